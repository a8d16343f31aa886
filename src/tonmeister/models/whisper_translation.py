"""Whisper's other task: speech in any of its languages, written down in English.

The same weights and the same reading as ``whisper``. The times of a translated word point at what
it was taken from, in another order, so that only sentences get times.
Source: Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision" (2022).
"""

from dataclasses import replace
from pathlib import Path

from tonmeister.artifacts import Noted, Segment, Transcript
from tonmeister.checkpoints import Checkpoint
from tonmeister.errors import ToolInputError
from tonmeister.models.sentences import sentences
from tonmeister.models.silero import SpeechDetector
from tonmeister.models.speech_pieces import SPEECH, Piece, grouped
from tonmeister.models.translation_pairs import code_of, name_of
from tonmeister.models.whisper import LANGUAGES, restored
from tonmeister.models.whisper_decoding import Decoder, Hearing
from tonmeister.models.whisper_weights import SIZES, WHISPER_BASE
from tonmeister.streaming import Audio
from tonmeister.tools.translation import translate_speech
from tonmeister.toolspec import Card, model

__all__ = ["WhisperLargeTranslation", "WhisperMediumTranslation", "WhisperTranslation"]

UNSURE = 0.5
"""Probability below which a detected language is told as a guess."""

POOR = frozenset({"ja", "pl", "zh"})
"""Languages whose translations by the base model were of no use when tried."""

ROUGH = "The base model of Whisper translates roughly: check names, numbers and idioms."


def _card(size: str, weights: Checkpoint, memory_mb: int, speed: float, quality: int) -> Card:
    return Card(
        name=f"whisper-{size}",
        licence="MIT",
        checkpoint=weights,
        memory_mb=memory_mb,
        speed=speed,
        load_duration=2.0,
        quality=quality,
        languages=("en",),
        sample_rate=16_000,
        num_channels=1,
        note=ROUGH if size == "base" else "",
    )


class _Translates:
    """Translates speech into English with Whisper, from 98 languages."""

    poor: frozenset[str] = frozenset()

    def load(self, weights: Path | None, threads: int) -> None:
        """Load the weights.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.
        """
        self._detector = SpeechDetector(threads=1)
        self._decoder = Decoder(Path(weights or ""), threads)

    def __call__(
        self, audio: Audio, language: str = "en", source_language: str | None = None
    ) -> Transcript | Noted:
        """Write down in English what is said in another language.

        Args:
            audio: Mono at 16 kHz, of any length; it is read in places.
            language: "en".
            source_language: One of ``LANGUAGES``; None to detect it from the first speech.

        Raises:
            ToolInputError: Another target than English, or speech that is English already.
        """
        spoken = _checked(language, code_of(source_language))
        notes: list[str] = []
        segments: list[Segment] = []
        for regions in grouped(self._detector.regions(audio, SPEECH)):
            piece = Piece.read(audio, regions)
            streams = self._decoder.opened(piece.samples, piece.offsets)
            encoded = self._decoder.encoded(streams)
            if spoken is None:
                votes = self._decoder.languages(encoded)
                spoken = max(votes, key=lambda code: votes[code])
                notes = [_heard(spoken, votes[spoken])]
            heard = self._decoder.read(streams, Hearing(spoken, task="translate"), encoded)
            words = restored(piece, heard, segments[-1].end if segments else 0.0)
            segments += [replace(made, words=()) for made in sentences(words)]
        if not segments:
            return Transcript(None, (), audio.duration)
        if spoken in self.poor:
            notes.append(
                f"From {name_of(spoken)} the base model translates badly; a larger Whisper, or "
                "transcribe and translate_transcript with M2M100, does better."
            )
        transcript = Transcript("en", tuple(segments), audio.duration)
        return Noted(transcript, tuple(notes)) if notes else transcript


@model(translate_speech, card=_card("base", WHISPER_BASE, 720, 0.15, 40))
class WhisperTranslation(_Translates):
    """Translates with Whisper base, 74 million parameters."""

    poor = POOR


# Not measured here: memory and speed of the larger ones are those of ``whisper.py``.
@model(translate_speech, card=_card("medium", SIZES["medium"], 2000, 1.4, 60))
class WhisperMediumTranslation(_Translates):
    """Translates with Whisper medium, 769 million parameters."""


@model(translate_speech, card=_card("large-v3", SIZES["large-v3"], 3500, 2.8, 75))
class WhisperLargeTranslation(_Translates):
    """Translates with Whisper large-v3, 1550 million; turbo was not trained to translate."""


def _checked(language: str, source: str | None) -> str | None:
    """Return the spoken language that was stated, if it can be translated into the wanted one."""
    if code_of(language) != "en":
        raise ToolInputError(
            f"Whisper translates speech into English only, not into {name_of(language)}.",
            tool="translate_speech",
            hint="Use transcribe, then translate_transcript on its result.",
        )
    if source == "en":
        raise _english()
    if source is not None and source not in LANGUAGES:
        raise ToolInputError(
            f"Language '{source}' is unknown to Whisper; expected a code.",
            tool="translate_speech",
            hint=f"Codes: {', '.join(LANGUAGES)}; or leave it out to detect the language.",
        )
    return source


def _heard(spoken: str, share: float) -> str:
    if spoken == "en" and share >= UNSURE:
        raise _english()
    sure = f" ({share:.0%} sure)" if share < UNSURE else ""
    return f"The speech was taken for {name_of(spoken)}{sure}."


def _english() -> ToolInputError:
    return ToolInputError(
        "The speech is in English already; there is nothing to translate.",
        tool="translate_speech",
        hint="Use transcribe; or name the language that is spoken, if it is another.",
    )
