"""Restoration of speech: enhance, remove reverberation and defects, extend, measure."""

from typing import Annotated

from tonmeister.streaming import Audio
from tonmeister.toolspec import Range, tool

__all__ = ["enhance_speech"]


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
