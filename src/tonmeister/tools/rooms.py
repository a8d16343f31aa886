"""Reverberation: hear a recording as in a room."""

from typing import Annotated, Literal

from tonmeister.artifacts import Noted
from tonmeister.errors import ToolInputError
from tonmeister.streaming import Audio
from tonmeister.tools.convolution import convolved
from tonmeister.tools.loudness import within_full_scale
from tonmeister.tools.room_acoustics import ROOMS, impulse_responses
from tonmeister.toolspec import Range, tool

__all__ = ["reverb"]

RoomName = Literal["bathroom", "room", "hall", "church", "cathedral", "plate"]


@tool(suffix="reverb", claims=("audible", "unclipped", "is_stereo"))
def reverb(
    audio: Audio,
    room: RoomName = "room",
    wet: Annotated[float, Range(0.0, 1.0)] = 0.35,
    decay: Annotated[float, Range(0.1, 12.0)] | None = None,
) -> Audio | Noted:
    """Add the reverberation of a room, as two microphones hear it (stereo).

    Use it to put a dry recording into a bathroom, hall or church. The result is longer by the
    tail. It does not take the reverberation of the recording away (reduce_reverb does).

    Args:
        audio: A mono or stereo recording; left and right stand in the room like loudspeakers.
        room: Which one; "plate" is a bright tail without a room, like a reverberation plate's.
        wet: Share of the room's sound in the result; the rest is the recording itself.
        decay: Reverberation time (RT60) in seconds; left out, that of the room.
    """
    if audio.num_channels > 2:
        raise ToolInputError(
            f"Found {audio.num_channels} channels; a room takes one or two.",
            tool="reverb",
            hint="Mix down to mono first, with to_mono.",
        )
    responses = impulse_responses(ROOMS[room], audio.sample_rate, audio.num_channels, decay)
    return within_full_scale(lambda: convolved(audio, responses, 1.0 - wet, wet))
