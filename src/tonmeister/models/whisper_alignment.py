"""Known text matched with its recording by Whisper's cross-attention, in any of its languages.

A rough transcription tells where in the recording which part of the text is said. The text is then
divided over windows of speech of at most 28 s, whose borders lie between words that both agree on,
and in each window the decoder is made to say the text: where its attention lies is where the word
is. A word that begins after quiet begins where the quiet ends.
Source: Radford et al. (2022); dynamic time warping over the attention as in OpenAI's whisper.
"""

import difflib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tonmeister.artifacts import Noted, Text, Transcript, Word
from tonmeister.audio import Waveform
from tonmeister.errors import ToolInputError
from tonmeister.models.sentences import sentences
from tonmeister.models.silero import SAMPLE_RATE, SpeechDetector
from tonmeister.models.speech_pieces import SPEECH, Piece, grouped
from tonmeister.models.whisper import restored
from tonmeister.models.whisper_decoding import FRAMES_PER_SECOND, Decoder, Hearing
from tonmeister.models.whisper_weights import LANGUAGES, WHISPER_BASE
from tonmeister.streaming import Audio
from tonmeister.tools.pauses import loud_runs
from tonmeister.tools.speech import align
from tonmeister.tools.subtitles import UNSPACED_LANGUAGES
from tonmeister.toolspec import Card, model

__all__ = ["WhisperAlignment"]

LONGEST_WINDOW = 28.0
SHORTEST_WINDOW = 12.0
MARGIN = 0.3
"""Seconds of sound around the words of a window."""

MOST_TOKENS = 440
"""Tokens the decoder takes beside those of language and task."""

LEAST_SHARE = 0.4
"""Share of the letters that text and rough transcription must have in common, in order."""

SNAP = 0.2
"""Seconds by which the beginning of a word may move to the end of a quiet stretch."""


@dataclass(frozen=True, slots=True)
class _Window:
    """A part of the text and where it is said.

    Attributes:
        start: Seconds of the recording.
        end: Seconds of the recording.
        first: Index of its first word in the text.
        last: Index after its last word.
    """

    start: float
    end: float
    first: int
    last: int


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
            raise _refused(
                f"Language '{language}' is unknown to Whisper.", "Give its code, such as 'en'."
            )
        rough, language = self._rough(audio, language)
        words = _units(text, language)
        if not words:
            raise _refused("The text has no words.", "Give the words that are said.")
        if not rough:
            note = "Nobody speaks in this recording, so no word of the text has a place in it."
            return Noted(Transcript(None, (), audio.duration), (note,))
        places, share = _matched(words, rough)
        if share < LEAST_SHARE:
            heard = "".join(word.text for word in rough).strip()
            raise _refused(
                f"Text and speech do not match: only {share:.0%} of their letters agree. The "
                f"speech begins with: “{heard[:60]}”.",
                "Give the words that are said in this recording, in their order.",
            )
        timed: list[Word] = []
        for window in _windows(words, rough, places, audio.duration):
            timed += self._timed(audio, window, words, language)
        segments = sentences(_in_order(timed))
        transcript = Transcript(language, tuple(segments), audio.duration)
        if share < 0.8:
            note = f"Text and speech differ in places ({share:.0%} of the letters agree); there "
            return Noted(transcript, (f"{note}the times are estimates.",))
        return transcript

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
        self, audio: Audio, window: _Window, words: Sequence[str], language: str
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
            raise _refused(
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


def _units(text: str, language: str) -> list[str]:
    """Return what is timed: words, or characters where a language writes no spaces."""
    if language not in UNSPACED_LANGUAGES:
        return [word for word in text.split() if any(letter.isalnum() for letter in word)]
    letters = "".join(text.split())
    return re.findall(r"\w\W*", letters)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in decomposed if letter.isalnum())


def _matched(words: Sequence[str], rough: Sequence[Word]) -> tuple[list[tuple[int, int]], float]:
    """Match the text with the rough transcription by letters.

    Returns:
        Pairs of (index in the text, index in the rough transcription) of words that begin alike,
        and the share of letters in common.
    """
    text, text_starts = _letters([_plain(word) for word in words])
    heard, heard_starts = _letters([_plain(word.text) for word in rough])
    starts_at = {place: index for index, place in enumerate(heard_starts)}
    wanted = {place: index for index, place in enumerate(text_starts)}
    pairs: list[tuple[int, int]] = []
    common = 0
    for i, j, count in _common(text, heard):
        common += count
        for step in range(count):
            if i + step in wanted and j + step in starts_at and count - step >= 3:
                pairs.append((wanted[i + step], starts_at[j + step]))
    return pairs, 2.0 * common / max(1, len(text) + len(heard))


def _letters(words: Sequence[str]) -> tuple[str, list[int]]:
    starts: list[int] = []
    position = 0
    for word in words:
        starts.append(position)
        position += len(word)
    return "".join(words), starts


CHUNK = 1_200
"""Letters matched at a time: the matching takes quadratic time."""


def _common(text: str, heard: str) -> Iterator[tuple[int, int, int]]:
    """Yield blocks of letters in common, each at least three long, along the whole text."""
    i = j = 0
    while i < len(text) and j < len(heard):
        one, two = text[i : i + CHUNK], heard[j : j + CHUNK]
        matcher = difflib.SequenceMatcher(None, one, two, autojunk=False)
        blocks = [block for block in matcher.get_matching_blocks() if block.size >= 3]
        whole = i + CHUNK >= len(text) and j + CHUNK >= len(heard)
        # What matches near the end of a chunk may match better with what comes after it.
        limit = CHUNK * (2 if whole else 1) * 3 // 4
        used = (CHUNK // 2, CHUNK // 2)
        for block in blocks:
            if (size := min(block.size, limit - block.a)) > 0:
                yield i + block.a, j + block.b, size
                used = (block.a + size, block.b + size)
        if whole:
            return
        i, j = i + used[0], j + used[1]


def _windows(
    words: Sequence[str], rough: Sequence[Word], pairs: Sequence[tuple[int, int]], duration: float
) -> Iterator[_Window]:
    """Divide the text over windows, cut before words that both agree on, at the longest pauses."""
    first, start = 0, max(0.0, rough[0].start - MARGIN)
    index = 0
    while first < len(words):
        rest = [pair for pair in pairs[index:] if pair[0] > first and pair[1] > 0]
        end_of_speech = rough[-1].end
        if end_of_speech - start <= LONGEST_WINDOW or not rest:
            yield _Window(start, min(duration, end_of_speech + MARGIN), first, len(words))
            return
        near = [p for p in rest if rough[p[1] - 1].end - start <= LONGEST_WINDOW - MARGIN]
        far = [p for p in near if rough[p[1] - 1].end - start >= SHORTEST_WINDOW]
        chosen = max(
            far or near[-1:] or rest[:1],
            key=lambda p: rough[p[1]].start - rough[p[1] - 1].end,
        )
        before, after = rough[chosen[1] - 1].end, rough[chosen[1]].start
        middle = (before + after) / 2
        yield _Window(start, min(before + MARGIN, max(middle, before)), first, chosen[0])
        first, start = chosen[0], max(after - MARGIN, min(middle, after))
        index = pairs.index(chosen)


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


def _in_order(words: Sequence[Word]) -> list[Word]:
    """Return the words with times that never go back."""
    ordered: list[Word] = []
    earliest = 0.0
    for word in words:
        start = max(word.start, earliest)
        earliest = max(start, word.end)
        ordered.append(Word(start, earliest, word.text, word.probability))
    return ordered


def _refused(message: str, hint: str) -> ToolInputError:
    return ToolInputError(message, tool="align", hint=hint)
