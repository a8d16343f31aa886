"""Space: put a mono recording somewhere around the listener's head, for headphones."""

from tonmeister.streaming import Audio
from tonmeister.toolspec import tool

__all__ = ["spatialize"]


@tool(
    needs_model=True,
    suffix="binaural",
    claims=("audible", "unclipped", "duration_kept", "is_stereo"),
)
def spatialize(audio: Audio, position: str) -> Audio:  # pyright: ignore[reportReturnType]
    """Place a recording around the listener, still or moving, for headphones.

    Use it for binaural sound: a voice from the left, steps that pass behind. Stereo is mixed to
    mono first, since one source is placed. It adds no room and no echo.

    Args:
        audio: One source, of any length and rate.
        position: Where it is or how it moves, in words: "30 degrees left, 2 m", "behind me", "walks
            from left to right behind me", "circles around me in 10 s", "azimuth 45 elevation 20".
    """
