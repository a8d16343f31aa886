"""What searching a collection of recordings is made of: numbers of one, classes of words."""

from tonmeister.artifacts import File, Measurement
from tonmeister.streaming import Audio
from tonmeister.toolspec import WorkingFolder, tool

__all__ = ["index_sound", "match_sounds"]


@tool(needs_model=True, internal=True, suffix="index", claims=("file_not_empty",))
def index_sound(audio: Audio, folder: WorkingFolder) -> File:  # pyright: ignore[reportReturnType]
    """Describe a recording in numbers by which it is found among many.

    The command ``tonmeister search`` uses it; to search one recording use find_sound. The file is
    NumPy's npz: the highest score of each sound class and when, what the whole is like as 1024
    numbers, the share of speech, and the loudness.

    Args:
        audio: Any recording.
        folder: Where the file is written.
    """


@tool(needs_model=True, internal=True)
def match_sounds(description: str) -> Measurement:  # pyright: ignore[reportReturnType]
    """Tell which known sound classes some words mean, and how surely.

    Use it to see what find_sound would listen for. It hears nothing.

    Args:
        description: A sound in a few words of any of 16 languages, such as "a dog barking".
    """
