"""Taking recordings apart: singing and music, a sound and everything else."""

from typing import NamedTuple

from tonmeister.streaming import Audio
from tonmeister.toolspec import tool

__all__ = ["Stems", "separate_stems"]


class Stems(NamedTuple):
    """What ``separate_stems`` gives; together they are the mixture.

    Attributes:
        vocals: The voice that sings or speaks.
        accompaniment: Everything else.
    """

    vocals: Audio
    accompaniment: Audio


@tool(needs_model=True, suffix="stems", claims=("duration_kept", "shape_kept"))
def separate_stems(audio: Audio) -> Stems:  # pyright: ignore[reportReturnType]
    """Separate a song into vocals and accompaniment.

    Use it to take the voice out of music or the music from under a voice. The two add up to the
    mixture. It does not part single instruments (drums, bass, guitar) or single singers.

    Args:
        audio: A mixture of voice and music, of any length, rate and number of channels.
    """
