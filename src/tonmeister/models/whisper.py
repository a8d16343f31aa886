"""Whisper: writes down speech of any length, in the sizes of one family.

Silero VAD picks the stretches with speech, ``whisper_decoding`` reads them, and the times of the
words are mapped back to the recording.
Source: Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision" (2022).
"""

from pathlib import Path

from tonmeister.artifacts import Noted, Segment, Transcript, Word
from tonmeister.checkpoints import Checkpoint
from tonmeister.errors import ToolInputError
from tonmeister.models.sentences import sentences
from tonmeister.models.silero import SpeechDetector
from tonmeister.models.speech_pieces import SPEECH, Piece, grouped
from tonmeister.models.whisper_decoding import Decoder, Hearing, SpokenWord
from tonmeister.models.whisper_weights import (
    LANGUAGES,
    LANGUAGES_V3,
    SIZES,
    WHISPER_BASE,
    WHISPER_TINY_EN,
)
from tonmeister.streaming import Audio
from tonmeister.tools.speech import transcribe
from tonmeister.toolspec import Card, model

__all__ = ["LANGUAGES", "WHISPER_BASE", "Whisper", "WhisperBase", "WhisperTinyEn", "restored"]

UNSURE = 0.5
"""Probability below which a detected language is told as a guess."""

CONTRADICTED = 0.8
"""Probability from which another language than the one asked for is worth a word."""


class Whisper:
    """Transcribes with a Whisper model of any size."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Load the weights.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.
        """
        self._detector = SpeechDetector(threads=1)
        self._decoder = Decoder(Path(weights or ""), threads)

    def __call__(
        self, audio: Audio, language: str | None = None, vocabulary: str | None = None
    ) -> Transcript | Noted:
        """Write down what is said.

        Args:
            audio: Mono at 16 kHz, of any length; it is read in places.
            language: One of ``LANGUAGES``; None to detect it from the first speech.
            vocabulary: Words and names to expect, separated by commas.

        Raises:
            ToolInputError: The language is not one of the model's.
        """
        self._check(language)
        asked, notes = language, list[str]()
        segments: list[Segment] = []
        for regions in grouped(self._detector.regions(audio, SPEECH)):
            piece = Piece.read(audio, regions)
            streams = self._decoder.opened(piece.samples, piece.offsets)
            encoded = self._decoder.encoded(streams)
            first = not segments
            votes = self._decoder.languages(encoded) if first and self._decoder.multilingual else {}
            spoken = language or max(votes, key=lambda code: votes[code], default="en")
            heard = self._decoder.read(
                streams, Hearing(spoken, vocabulary=vocabulary or ""), encoded
            )
            words = restored(piece, heard, segments[-1].end if segments else 0.0)
            if first and votes and (words or asked):
                notes = _doubts(asked, votes)
            if not words:
                continue
            segments += sentences(words)
            language = spoken
        transcript = Transcript(language if segments else None, tuple(segments), audio.duration)
        return Noted(transcript, tuple(notes)) if notes else transcript

    def _check(self, language: str | None) -> None:
        if language is not None and not self._decoder.multilingual and language != "en":
            raise ToolInputError(
                f"Language '{language}' was asked for; this Whisper model knows English only.",
                tool="transcribe",
                hint="Use whisper-base or a larger one.",
            )
        known = self._decoder.languages_known
        if language is not None and language not in known:
            raise ToolInputError(
                f"Language '{language}' is unknown to Whisper; expected a code.",
                tool="transcribe",
                hint=f"Codes: {', '.join(known)}; or leave it out to detect the language.",
            )


def restored(piece: Piece, heard: list[SpokenWord], earliest: float) -> list[Word]:
    """Map heard words to the recording, none before another.

    Args:
        piece: What was listened to.
        heard: Words with times inside the piece.
        earliest: No word begins before, in seconds of the recording.
    """
    words: list[Word] = []
    for spoken in heard:
        start, end = piece.restored(spoken.start, spoken.end)
        start = max(start, earliest)
        earliest = max(start, end)
        words.append(Word(round(start, 3), round(earliest, 3), spoken.text, spoken.probability))
    return words


def _doubts(asked: str | None, votes: dict[str, float]) -> list[str]:
    """Say when the language is a guess, or is not the one asked for."""
    likeliest = max(votes, key=lambda code: votes[code])
    share = votes[likeliest]
    if asked is None and share < UNSURE:
        return [f"The language seems to be '{likeliest}' ({share:.0%} sure)."]
    if asked is not None and likeliest != asked and share >= CONTRADICTED:
        return [
            f"The speech sounds like '{likeliest}' ({share:.0%} sure), not like '{asked}', which "
            "was asked for; the words may be wrong or translated."
        ]
    return []


def _card(
    size: str,
    checkpoint: Checkpoint,
    *,
    memory_mb: int,
    speed: float,
    quality: int,
    languages: tuple[str, ...] = LANGUAGES,
    load_duration: float = 2.0,
) -> Card:
    return Card(
        name=f"whisper-{size}",
        licence="MIT",
        checkpoint=checkpoint,
        memory_mb=memory_mb,
        speed=speed,
        load_duration=load_duration,
        quality=quality,
        languages=languages,
        sample_rate=16_000,
        num_channels=1,
    )


@model(transcribe, card=_card("base", WHISPER_BASE, memory_mb=850, speed=0.13, quality=50))
class WhisperBase(Whisper):
    """Transcribes with Whisper base, 74 million parameters, 99 languages."""


@model(
    transcribe,
    card=_card(
        "tiny.en",
        WHISPER_TINY_EN,
        memory_mb=560,
        speed=0.08,
        quality=40,
        languages=("en",),
        load_duration=1.0,
    ),
)
class WhisperTinyEn(Whisper):
    """Transcribes English with Whisper tiny.en, 39 million parameters."""


# Not measured here: memory and speed of the sizes below are whisper-base's, measured, times the
# parameters of the publisher's table (Radford et al. 2022, and the model cards), int8 weights.
@model(transcribe, card=_card("tiny", SIZES["tiny"], memory_mb=560, speed=0.08, quality=35))
class WhisperTiny(Whisper):
    """Transcribes with Whisper tiny, 39 million parameters, 99 languages."""


@model(
    transcribe,
    card=_card("small", SIZES["small"], memory_mb=1100, speed=0.45, quality=60, load_duration=4.0),
)
class WhisperSmall(Whisper):
    """Transcribes with Whisper small, 244 million parameters, 99 languages."""


@model(
    transcribe,
    card=_card(
        "medium", SIZES["medium"], memory_mb=2100, speed=1.4, quality=70, load_duration=10.0
    ),
)
class WhisperMedium(Whisper):
    """Transcribes with Whisper medium, 769 million parameters, 99 languages."""


@model(
    transcribe,
    card=_card(
        "large-v3",
        SIZES["large-v3"],
        memory_mb=3600,
        speed=2.8,
        quality=90,
        languages=LANGUAGES_V3,
        load_duration=20.0,
    ),
)
class WhisperLargeV3(Whisper):
    """Transcribes with Whisper large-v3, 1550 million parameters, 100 languages."""


@model(
    transcribe,
    card=_card(
        "large-v3-turbo",
        SIZES["large-v3-turbo"],
        memory_mb=2300,
        speed=1.3,
        quality=85,
        languages=LANGUAGES_V3,
        load_duration=12.0,
    ),
)
class WhisperLargeV3Turbo(Whisper):
    """Transcribes with Whisper large-v3-turbo, 809 million parameters, 100 languages."""


@model(
    transcribe,
    card=_card(
        "distil-large-v3",
        SIZES["distil-large-v3"],
        memory_mb=2200,
        speed=1.2,
        quality=80,
        languages=("en",),
        load_duration=12.0,
    ),
)
class WhisperDistilLargeV3(Whisper):
    """Transcribes English with Distil-Whisper large-v3, 756 million parameters."""
