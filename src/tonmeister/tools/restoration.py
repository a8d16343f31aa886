"""Restoration of speech: enhance, remove reverberation and defects, extend, measure."""

from typing import Annotated

from tonmeister.artifacts import Measurement
from tonmeister.streaming import Audio
from tonmeister.toolspec import Range, tool

__all__ = ["enhance_speech", "measure_speech"]


@tool(
    needs_model=True,
    suffix="enhanced",
    claims=("audible", "unclipped", "duration_kept", "shape_kept"),
)
def enhance_speech(audio: Audio, strength: Annotated[float, Range(0.0, 1.0)] = 1.0) -> Audio:  # pyright: ignore[reportReturnType]
    """Remove background noise from a speech recording.

    Use it to clean up a voice, and before transcription when the recording is noisy. It does not
    separate speakers, and music is treated as noise.

    Args:
        audio: Speech, any rate and number of channels.
        strength: Share of the noise to remove, 0.0 (none) to 1.0 (all).
    """


@tool(needs_model=True, suffix="speech-measures")
def measure_speech(audio: Audio) -> Measurement:  # pyright: ignore[reportReturnType]
    """Measure speech: quality, noise, loudness, speaking rate, pauses, pitch range.

    Use it to judge how well a voice was recorded and how it was spoken, or to compare before and
    after. It does not tell what is said or who speaks.

    Args:
        audio: Speech of any length, any rate and number of channels.
    """
