"""The built-in voice that is most like a recording, which is also what a declined cloning names."""

from pathlib import Path

import numpy as np

from tonmeister.artifacts import Measurement, Text
from tonmeister.errors import ToolInputError, ToolUnavailable
from tonmeister.models.reference_voice import reference_speech
from tonmeister.models.resemblyzer import RESEMBLYZER, Resemblyzer
from tonmeister.models.silero import SpeechDetector
from tonmeister.models.text_language import language_of
from tonmeister.models.voice_table import read_table
from tonmeister.streaming import Audio
from tonmeister.tools.voice import clone_voice, closest_voice
from tonmeister.toolspec import Card, model

__all__ = ["ClosestVoice", "NoCloning"]

SAMPLE_RATE = 16_000
SHOWN_CHARACTERS = 60


class _Comparison:
    """Compares a recording with the built-in voices."""

    def __init__(self, weights: Path | None, threads: int) -> None:
        self._encoder = Resemblyzer(Path(weights or "") / "pretrained.pt", threads)
        self._detector = SpeechDetector(1)
        self._table = read_table()

    def speaks(self, language: str | None) -> bool:
        """Return whether there is a voice for a language."""
        return language in self._table.languages

    def language_of(self, name: str) -> str:
        """Return the language of a voice."""
        return self._table.languages[self._table.names.index(name)]

    def ranked(
        self, reference_audio: Audio, language: str | None, wanted: str
    ) -> list[tuple[str, float]]:
        """Return names and similarities of the voices of a language, most similar first."""
        able = self._table.of(language)
        if not len(able):
            raise ToolInputError(
                f"No built-in voice speaks '{language}'; there are voices for "
                f"{', '.join(sorted(set(self._table.languages)))}.",
                tool=wanted,
                hint="Name one of these languages, or none to compare with all voices.",
            )
        speech = reference_speech(reference_audio, self._detector, SAMPLE_RATE, wanted)
        (voice,) = self._encoder.embed([speech.samples[0]])
        similarities = self._table.voices[able] @ voice
        order = np.argsort(-similarities)
        return [(self._table.names[able[one]], float(similarities[one])) for one in order]


@model(
    closest_voice,
    card=Card(
        name="resemblyzer-voices",
        licence="Apache-2.0",
        checkpoint=RESEMBLYZER,
        memory_mb=150,
        speed=0.05,
        load_duration=0.5,
    ),
)
class ClosestVoice:
    """Compares speaker embeddings of a recording and of all built-in voices."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Open the speaker encoder.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.
        """
        self._comparison = _Comparison(weights, threads)

    def __call__(self, reference_audio: Audio, language: str | None) -> Measurement:
        """Find the built-in voice that is most like a recording.

        Args:
            reference_audio: The voice to compare with.
            language: ISO 639-1 code the voice must speak; None for any.

        Returns:
            ``similarity`` is the cosine of two speaker embeddings: 1.0 is the same voice.

        Raises:
            ToolInputError: Too little speech, or no voice speaks the language.
        """
        ranked = self._comparison.ranked(reference_audio, language, "closest_voice")
        (name, similarity), *others = ranked
        return Measurement(
            {
                "voice": name,
                "similarity": round(similarity, 3),
                "language": self._comparison.language_of(name),
                "next_voice": others[0][0] if others else None,
                "next_similarity": round(others[0][1], 3) if others else None,
            }
        )


@model(
    clone_voice,
    card=Card(
        name="no-cloning",
        licence="Apache-2.0",
        checkpoint=RESEMBLYZER,
        memory_mb=150,
        speed=0.05,
        load_duration=0.5,
        quality=0,
        note="It clones nothing: it tells which built-in voice is closest, and what to install.",
    ),
)
class NoCloning:
    """Declines to clone a voice, and names the closest built-in one."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Open the speaker encoder.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.
        """
        self._comparison = _Comparison(weights, threads)

    def __call__(
        self, reference_audio: Audio, text: str | Text, consent: str, language: str | None
    ) -> Audio:
        """Say that nothing here clones voices, and what is nearest.

        Args:
            reference_audio: The voice that was to be cloned.
            text: What it was to say.
            consent: Not looked at: nothing is imitated.
            language: ISO 639-1 code of the text; None to detect it.

        Raises:
            ToolUnavailable: Always.
            ToolInputError: The reference holds too little speech to compare.
        """
        words = text.text if isinstance(text, Text) else text
        spoken = language or (text.language if isinstance(text, Text) else language_of(words))
        able = spoken if self._comparison.speaks(spoken) else None
        name, similarity = self._comparison.ranked(reference_audio, able, "clone_voice")[0]
        shown = words if len(words) <= SHOWN_CHARACTERS else f"{words[:SHOWN_CHARACTERS]}…"
        raise ToolUnavailable(
            "No model that clones voices is installed, so nothing was imitated. The closest "
            f"built-in voice is {name}, with a speaker similarity of {similarity:.2f} (1.00 is the "
            "same voice).",
            tool="clone_voice",
            hint=f'To hear that one: tonmeister "read with the voice {name}: {shown}". To clone: '
            "pip install 'tonmeister[torch]', then tonmeister models pull openvoice-v2 "
            "--allow-pickle",
        )
