"""Known text matched with its recording by Whisper's cross-attention, in any of its languages.

In each window of a text divided over its recording the decoder is made to say the text: where its
attention lies is where the word is. A word that begins after quiet begins where the quiet ends.
Source: Radford et al. (2022); dynamic time warping over the attention as in OpenAI's whisper.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tonmeister.artifacts import Noted, Text, Transcript, Word
from tonmeister.audio import Waveform
from tonmeister.models.silero import SAMPLE_RATE, SpeechDetector
from tonmeister.models.speech_pieces import SPEECH, Piece, grouped
from tonmeister.models.text_matching import Window, aligned, refused, units
from tonmeister.models.whisper import restored
from tonmeister.models.whisper_decoding import FRAMES_PER_SECOND, Decoder, Hearing
from tonmeister.models.whisper_weights import LANGUAGES, WHISPER_BASE
from tonmeister.streaming import Audio
from tonmeister.tools.pauses import loud_runs
from tonmeister.tools.speech import align
from tonmeister.tools.subtitles import UNSPACED_LANGUAGES
from tonmeister.toolspec import Card, model

__all__ = ["WhisperAlignment"]

MOST_TOKENS = 440
"""Tokens the decoder takes beside those of language and task."""

SNAP = 0.2
"""Seconds by which the beginning of a word may move to the end of a quiet stretch."""


@model(
    align,
    card=Card(
        name="whisper-base",
        licence="MIT",
        checkpoint=WHISPER_BASE,
        memory_mb=850,
        speed=0.17,
        load_duration=2.0,
        languages=LANGUAGES,
        sample_rate=SAMPLE_RATE,
        num_channels=1,
    ),
)
class WhisperAlignment:
    """Matches text and speech with Whisper base."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Load the weights.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.
        """
        self._detector = SpeechDetector(threads=1)
        self._decoder = Decoder(Path(weights or ""), threads)

    def __call__(
        self, audio: Audio, text: str | Transcript | Text, language: str | None = None
    ) -> Transcript | Noted:
        """Match a text with its recording.

        Args:
            audio: Mono at 16 kHz, of any length.
            text: The words that are said.
            language: One of ``LANGUAGES``; None for that of the text, or to detect it.

        Raises:
            ToolInputError: There are no words, or the speech is another text.
        """
        if not isinstance(text, str):
            language, text = language or text.language, text.text
        if language is not None and language not in LANGUAGES:
            raise refused(
                f"Language '{language}' is unknown to Whisper.", "Give its code, such as 'en'."
            )
        rough, language = self._rough(audio, language)
        words = units(text, language)
        if not words:
            raise refused("The text has no words.", "Give the words that are said.")

        def timed(window: Window) -> list[Word]:
            return self._timed(audio, window, words, language)

        return aligned(words, rough, timed, language=language, duration=audio.duration)

    def _rough(self, audio: Audio, language: str | None) -> tuple[list[Word], str]:
        """Transcribe, and return the words with the language."""
        words: list[Word] = []
        for regions in grouped(self._detector.regions(audio, SPEECH)):
            piece = Piece.read(audio, regions)
            streams = self._decoder.opened(piece.samples, piece.offsets)
            encoded = self._decoder.encoded(streams)
            if language is None:
                votes = self._decoder.languages(encoded)
                language = max(votes, key=lambda code: votes[code])
            heard = self._decoder.read(streams, Hearing(language), encoded)
            words += restored(piece, heard, words[-1].end if words else 0.0)
        return words, language or "en"

    def _timed(
        self, audio: Audio, window: Window, words: Sequence[str], language: str
    ) -> list[Word]:
        """Return the words of a window with their times in the recording."""
        samples = audio.read(window.start, window.end).samples[0]
        part = words[window.first : window.last]
        stream = self._decoder.opened(samples)[0]
        tokenizer = self._decoder.tokenizer(Hearing(language))
        space = "" if language in UNSPACED_LANGUAGES else " "
        # Attention rests on marks while nobody speaks; without one, a word gets the pause before.
        marked = [f"{word}," if space and word[-1].isalnum() else word for word in part]
        said = space + space.join(marked)
        tokens: Any = [tokenizer.encode(said)]
        if len(tokens[0]) > MOST_TOKENS:
            raise refused(
                f"Much more text than can be said between {window.start:.0f} and "
                f"{window.end:.0f} s: “{said.strip()[:60]}…”.",
                "Give the words that are said in this recording, in their order.",
            )
        found: Any = self._decoder.whisper.find_alignment(
            tokenizer, tokens, self._decoder.encoded([stream]), stream.size
        )
        spans = _spans(marked, space, found[0] if found else [])
        runs = loud_runs(Waveform(samples, SAMPLE_RATE))
        limit = stream.num_frames / FRAMES_PER_SECOND
        timed: list[Word] = []
        starts = _snapped(spans, runs)
        for word, start, (_, end, probability) in zip(part, starts, spans, strict=True):
            start = min(start, limit)
            end = min(max(end, start), limit)
            start, end = start + window.start, end + window.start
            timed.append(Word(round(start, 3), round(end, 3), space + word, probability))
        return timed


def _spans(
    part: Sequence[str], space: str, found: Sequence[dict[str, Any]]
) -> list[tuple[float, float, float]]:
    """Return (start, end, probability) of every word, from what the library calls words."""
    owners = np.repeat(np.arange(len(part)), [len(space) + len(word) for word in part])
    spans: list[list[float]] = [[] for _ in part]
    shares: list[list[float]] = [[] for _ in part]
    position = 0
    for one in found:
        length = len(one["word"])
        # The word that most letters of this piece belong to; a space belongs to what follows.
        place = min(position + length // 2, len(owners) - 1)
        position += length
        if any(letter.isalnum() for letter in one["word"]):
            spans[owners[place]] += [float(one["start"]), float(one["end"])]
            shares[owners[place]].append(float(one["probability"]))
    result: list[tuple[float, float, float]] = []
    last = 0.0
    for times, share in zip(spans, shares, strict=True):
        start, end = (min(times), max(times)) if times else (last, last)
        last = max(last, end)
        result.append((start, end, round(min(1.0, float(np.mean(share or [0.0]))), 3)))
    return result


def _snapped(
    spans: Sequence[tuple[float, float, float]], runs: Sequence[tuple[float, float]]
) -> list[float]:
    """Move one beginning to each onset of sound: that of the word around it, or the nearest."""
    starts = [start for start, _, _ in spans]
    quiet = [not any(run[0] <= start < run[1] for run in runs) for start in starts]
    moved = list(starts)
    for onset, _ in runs:
        around = (i for i, (start, end, _) in enumerate(spans) if quiet[i] and start <= onset < end)
        chosen = next(around, None)
        if chosen is None:
            chosen = min(range(len(starts)), key=lambda i: abs(starts[i] - onset))
            if abs(starts[chosen] - onset) > SNAP:
                continue
        moved[chosen] = onset if moved[chosen] == starts[chosen] else moved[chosen]
    return moved
