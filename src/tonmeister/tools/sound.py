"""Sound in general: describe a recording, detect what is heard, find one sound."""

from typing import Annotated

from tonmeister.artifacts import Measurement, Noted, SoundEvents
from tonmeister.streaming import Audio
from tonmeister.tools.measuring import measure
from tonmeister.toolspec import Range, tool

__all__ = ["describe_audio", "detect_sounds", "find_sound"]


@tool(suffix="description")
def describe_audio(audio: Audio) -> Measurement:
    """Measure a recording: length, format, loudness, peaks, silence, speech, music.

    Use it for technical facts about a recording. It does not name single sounds and does not
    tell what is said.

    Args:
        audio: Any recording.
    """
    return Measurement(measure(audio))


@tool(needs_model=True, suffix="sounds", claims=("times_inside",))
def detect_sounds(
    audio: Audio, threshold: Annotated[float, Range(0.05, 0.95)] = 0.3
) -> SoundEvents:  # pyright: ignore[reportReturnType]
    """List the sounds heard in a recording and when each is heard.

    Use it for questions about which sounds are there. It knows the 521 classes of AudioSet and
    does not transcribe speech.

    Args:
        audio: Any recording.
        threshold: Score from which a sound is listed, 0.05 to 0.95.
    """


@tool(version=2, needs_model=True, suffix="found", claims=("times_inside",))
def find_sound(
    audio: Audio, description: str, threshold: Annotated[float, Range(0.05, 0.95)] = 0.5
) -> SoundEvents | Noted:  # pyright: ignore[reportReturnType]
    """Find when one sound that is described in words is heard, or say it is not there.

    Use it for questions about one sound: "is there a dog?", "when does the bell ring?". It does
    not look for spoken words, and it does not tell one dog from another.

    Args:
        audio: Any recording.
        description: The sound in a few words of any of 16 languages, such as "a dog barking".
        threshold: Confidence from which it counts as there, 0.05 to 0.95.
    """
