"""Making sound from words."""

from typing import Annotated, NamedTuple

from tonmeister.artifacts import File, Image
from tonmeister.streaming import Audio
from tonmeister.toolspec import Range, WorkingFolder, tool

__all__ = ["GeneratedSound", "generate_sound", "sonify_image"]


class GeneratedSound(NamedTuple):
    """What ``generate_sound`` gives.

    Attributes:
        sound: The sound.
        credits: Who recorded what is heard in it, under which terms; how it was made.
    """

    sound: Audio
    credits: File


@tool(
    version=3,
    needs_model=True,
    suffix="sound",
    named_by="description",
    claims=("audible", "unclipped", "duration_as_asked"),
)
def generate_sound(
    description: str,
    folder: WorkingFolder,
    duration: Annotated[float | None, Range(0.1, 3600.0)] = None,
    seed: Annotated[int, Range(0, 2_147_483_647)] = 0,
) -> GeneratedSound:  # pyright: ignore[reportReturnType]
    """Make a sound, or a scene of several sounds, from words.

    Use it for effects and backgrounds: a motorcycle in the rain, a cat in a large hall, a busy
    street with a distant siren, white noise, a 440 Hz tone. Call it again with another seed for
    another take. It makes no speech and no music.

    Args:
        description: What is to be heard, in English, Portuguese or another language of the sentence
            encoder: sounds joined by "and" or "with", each near or distant, passing, on the left or
            the right, in a room; what is not to be heard after "without".
        folder: Where the credits are written.
        duration: Length in seconds, 0.1 to 3600; left out, as the description says, or as it suits.
        seed: Decides between recordings that fit as well, and when events are heard; the same seed
            gives the same sound.
    """


@tool(needs_model=True, suffix="sound", claims=("audible", "unclipped", "duration_as_asked"))
def sonify_image(
    image: Image,
    folder: WorkingFolder,
    duration: Annotated[float | None, Range(0.1, 3600.0)] = None,
    seed: Annotated[int, Range(0, 2_147_483_647)] = 0,
) -> GeneratedSound:  # pyright: ignore[reportReturnType]
    """Make the sound of a photo: what is seen in it is heard.

    Use it for photos of animals, vehicles, instruments and things that sound. The reply says what
    was seen and how it became a sound. It does not read text, and does not know single persons.

    Args:
        image: A photo.
        folder: Where the credits are written.
        duration: Length in seconds, 0.1 to 3600; left out, as it suits.
        seed: Decides between recordings that fit as well, and when events are heard.
    """
