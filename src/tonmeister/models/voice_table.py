"""How Kokoro's voices sound, measured once.

``scripts/voice_table.py`` let each voice read a sentence and kept its speaker embedding and
its pitch in ``voice_table.npz``.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tonmeister.audio import Samples

__all__ = ["VoiceTable", "read_table"]

TABLE = Path(__file__).with_name("voice_table.npz")


@dataclass(frozen=True, slots=True, eq=False)
class VoiceTable:
    """What the built-in voices sound like.

    Attributes:
        names: Names of the voices.
        languages: ISO 639-1 code of each.
        voices: Speaker embeddings of unit length, shape ``(voices, 256)``.
        pitches_hz: Median pitch of each.
    """

    names: tuple[str, ...]
    languages: tuple[str, ...]
    voices: Samples
    pitches_hz: NDArray[np.float32]

    def of(self, language: str | None) -> NDArray[np.intp]:
        """Return where the voices of a language are; those of all languages for None."""
        return np.flatnonzero([language in (None, one) for one in self.languages])

    def nearest_pitch(self, pitch_hz: float, language: str | None) -> str | None:
        """Return the voice of a language whose pitch is nearest; None when no voice speaks it.

        Args:
            pitch_hz: Median pitch of the wanted voice.
            language: ISO 639-1 code; None for all.
        """
        able = self.of(language)
        if not len(able):
            return None
        distances = np.abs(np.log(self.pitches_hz[able] / pitch_hz))
        return self.names[able[int(np.argmin(distances))]]


def read_table() -> VoiceTable:
    """Read the table that comes with the package."""
    with np.load(TABLE, allow_pickle=False) as kept:
        names = tuple(str(name) for name in kept["names"])
        languages = tuple(str(language) for language in kept["languages"])
        voices = kept["voices"].astype(np.float32)
        pitches = kept["pitches_hz"]
    lengths = np.linalg.norm(voices, axis=1, keepdims=True)
    return VoiceTable(names, languages, voices / lengths, pitches)
