"""Space: put recordings somewhere around the listener's head, for headphones."""

from tonmeister.streaming import Audio
from tonmeister.toolspec import tool

__all__ = ["spatialize", "spatialize_scene"]


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


@tool(needs_model=True, suffix="scene", claims=("audible", "unclipped", "is_stereo"))
def spatialize_scene(recordings: list[Audio], positions: str) -> Audio:  # pyright: ignore[reportReturnType]
    """Place several recordings around the listener at once, for headphones.

    Use it for a scene: one voice on the left, another behind, steps that pass. All begin together
    and the result is as long as the longest. For one recording, use spatialize. It adds no room.

    Args:
        recordings: The sources, of any length and rate; stereo ones are mixed to mono.
        positions: Where each is or how it moves, in the order of the recordings, between
            semicolons: "on my left; 30 degrees right, 2 m; circles around me".
    """
