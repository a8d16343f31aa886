"""Whisper: writes down speech of any length, in seven sizes of one family.

Silero VAD picks the stretches with speech, ``whisper_decoding`` reads them, and the times of the
words are mapped back to the recording.
Source: Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision" (2022).
"""

from pathlib import Path

from tonmeister.artifacts import Noted, Segment, Transcript, Word
from tonmeister.errors import ToolInputError
from tonmeister.models.sentences import sentences
from tonmeister.models.silero import SpeechDetector
from tonmeister.models.speech_pieces import SPEECH, Piece, grouped
from tonmeister.models.whisper_decoding import Decoder, Hearing, SpokenWord
from tonmeister.models.whisper_weights import LANGUAGES, WHISPER_BASE
from tonmeister.streaming import Audio
from tonmeister.tools.speech import transcribe
from tonmeister.toolspec import Card, model

__all__ = ["LANGUAGES", "WHISPER_BASE", "Whisper", "WhisperBase"]

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
            heard = self._decoder.read(streams, Hearing(spoken, vocabulary=vocabulary or ""), encoded)
            words = restored(piece, heard, segments[-1].end if segments else 0.0)
            if not words:
                continue
            if first and votes:
                notes = _doubts(asked, votes)
            segments += sentences(words)
            language = spoken
        if not segments:
            return Transcript(None, (), audio.duration)
        transcript = Transcript(language, tuple(segments), audio.duration)
        return Noted(transcript, tuple(notes)) if notes else transcript

    def _check(self, language: str | None) -> None:
        if language is not None and not self._decoder.multilingual and language != "en":
            raise ToolInputError(
                f"Language '{language}' was asked for; this Whisper model knows English only.",
                tool="transcribe",
                hint="Use whisper-base or a larger one.",
            )
        if language is not None and language not in LANGUAGES:
            raise ToolInputError(
                f"Language '{language}' is unknown to Whisper; expected a code.",
                tool="transcribe",
                hint=f"Codes: {', '.join(LANGUAGES)}; or leave it out to detect the language.",
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
        sample_rate=16_000,
        num_channels=1,
    ),
)
class WhisperBase(Whisper):
    """Transcribes with Whisper base, 74 million parameters, 99 languages."""
