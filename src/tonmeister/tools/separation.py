"""Taking recordings apart: singing and music, a sound and everything else."""

from typing import Annotated, NamedTuple

from tonmeister.artifacts import Region
from tonmeister.errors import ToolInputError
from tonmeister.streaming import Audio
from tonmeister.toolspec import Range, tool

__all__ = [
    "ExtractedSound",
    "RemovedSound",
    "Stems",
    "extract_sound",
    "remove_sound",
    "separate_stems",
    "time_limits",
]

Hertz = Annotated[float, Range(0.0, 200_000.0)]
Seconds = Annotated[float, Range(0.0)]


class Stems(NamedTuple):
    """What ``separate_stems`` gives; together they are the mixture.

    Attributes:
        vocals: The voice that sings or speaks.
        accompaniment: Everything else.
    """

    vocals: Audio
    accompaniment: Audio


class ExtractedSound(NamedTuple):
    """What ``extract_sound`` gives; together they are the recording.

    Attributes:
        sound: The sound alone.
        rest: What is left without it.
    """

    sound: Audio
    rest: Audio


class RemovedSound(NamedTuple):
    """What ``remove_sound`` gives; together they are the recording.

    Attributes:
        rest: The recording without the sound.
        removed: The sound that was taken out.
    """

    rest: Audio
    removed: Audio


@tool(needs_model=True, suffix="stems", claims=("duration_kept", "shape_kept"))
def separate_stems(audio: Audio) -> Stems:  # pyright: ignore[reportReturnType]
    """Separate a song into vocals and accompaniment.

    Use it to take the voice out of music or the music from under a voice. The two add up to the
    mixture. It does not part single instruments (drums, bass, guitar) or single singers.

    Args:
        audio: A mixture of voice and music, of any length, rate and number of channels.
    """


@tool(version=2, needs_model=True, suffix="sound", claims=("duration_kept", "shape_kept"))
def extract_sound(
    audio: Audio,
    description: str = "",
    start: Seconds | None = None,
    end: Seconds | None = None,
    low_hz: Hertz | None = None,
    high_hz: Hertz | None = None,
) -> ExtractedSound:  # pyright: ignore[reportReturnType]
    """Take one sound out of a recording, by words or by where it is, and keep it.

    Use it for a siren, a dog, a voice in noise; give words, or times, or both, and frequencies if
    they are known. The result is as long as the recording, with the rest beside it. Two sounds at
    the same moment are told apart by the model audiosep alone, and no sound is made up.

    Args:
        audio: Any recording.
        description: What to take, in a few words, such as "dog barking"; empty when times say it.
        start: Where it begins in seconds; left out, from the beginning.
        end: Where it ends in seconds; left out, to the end.
        low_hz: Lowest frequency it has; left out, no limit.
        high_hz: Highest frequency it has; left out, no limit.
    """


@tool(version=2, needs_model=True, suffix="without", claims=("duration_kept", "shape_kept"))
def remove_sound(
    audio: Audio,
    description: str = "",
    start: Seconds | None = None,
    end: Seconds | None = None,
    low_hz: Hertz | None = None,
    high_hz: Hertz | None = None,
) -> RemovedSound:  # pyright: ignore[reportReturnType]
    """Remove one sound from a recording, by words or by where it is.

    Use it against a dog, a cough, a siren; give words, or times, or both. What was removed lies
    beside the result. Two sounds at the same moment are told apart by the model audiosep alone;
    hum, clicks and steady noise have tools of their own (remove_hum, repair_clicks,
    enhance_speech).

    Args:
        audio: Any recording.
        description: What to remove, in a few words, such as "dog barking"; empty when times say it.
        start: Where it begins in seconds; left out, from the beginning.
        end: Where it ends in seconds; left out, to the end.
        low_hz: Lowest frequency it has; left out, no limit.
        high_hz: Highest frequency it has; left out, no limit.
    """


def time_limits(
    audio: Audio,
    tool_name: str,
    description: str,
    times: tuple[float | None, float | None],
    band: tuple[float | None, float | None],
) -> Region:
    """Return where a sound is to be looked for, or say why that is nowhere.

    Args:
        audio: The recording.
        tool_name: Name of the tool, for messages.
        description: What the sound is; empty when only its place is known.
        times: Beginning and end in seconds.
        band: Lowest and highest frequency in Hz.

    Raises:
        ToolInputError: Nothing says what is meant, or the place is empty or outside.
    """
    if not description.strip() and times == band == (None, None):
        raise ToolInputError(
            "Found neither words, times nor frequencies; expected what the sound is or where.",
            tool=tool_name,
            hint='Say it in words ("dog barking") or give start and end.',
        )
    start, end = times[0] or 0.0, audio.duration if times[1] is None else times[1]
    if times != (None, None) and (end <= start or start >= audio.duration):
        raise ToolInputError(
            f"From {start:g} s to {end:g} s there is nothing; the recording has "
            f"{audio.duration:g} s.",
            tool=tool_name,
            hint="Give a start before the end, both inside the recording.",
        )
    low, high = band[0] or 0.0, float("inf") if band[1] is None else band[1]
    if low >= high or low >= audio.sample_rate / 2:
        raise ToolInputError(
            f"From {low:g} to {high:g} Hz there is nothing; the recording reaches "
            f"{audio.sample_rate / 2:g} Hz.",
            tool=tool_name,
            hint="Give low_hz below high_hz, both inside what the recording reaches.",
        )
    return Region(start, min(end, audio.duration))
