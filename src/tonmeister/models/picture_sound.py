"""Photos made audible: what EfficientNet sees in them, out of the library of sounds."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tonmeister.artifacts import Image, Noted
from tonmeister.checkpoints import Checkpoint
from tonmeister.errors import ToolInputError
from tonmeister.models.efficientnet import EFFICIENTNET, Picture, Viewer, read_picture
from tonmeister.models.picture_words import sound_words
from tonmeister.models.sound_library import SoundLibrary
from tonmeister.models.sound_recordings import SOUND_LIBRARY
from tonmeister.tools.generation import GeneratedSound, sonify_image
from tonmeister.toolspec import Card, model

__all__ = ["PICTURE_SOUND", "PictureSound"]

LEAST, SECOND = 0.35, 0.44
"""Share of what is seen that a sound needs, and that a second one needs besides: of a part of
the picture, which counts half, nearly all."""

SAW = "Seen in the picture: {}."
BECAME = "So the sound is: {}."

PICTURE_SOUND = Checkpoint(
    name="picture-sound",
    files={**SOUND_LIBRARY.files, **EFFICIENTNET.files},
    licence=f"{SOUND_LIBRARY.licence}; EfficientNet-Lite: {EFFICIENTNET.licence}",
    size_mb=SOUND_LIBRARY.size_mb + EFFICIENTNET.size_mb,
    sources=[{**SOUND_LIBRARY.sources[0], **EFFICIENTNET.sources[0]}],
)


@dataclass(frozen=True, slots=True)
class _Idea:
    """A sound that something in the picture makes.

    Attributes:
        caption: What is to be heard.
        share: How much of what is seen makes it, 0.0 to 1.0.
    """

    caption: str
    share: float


@model(
    sonify_image,
    card=Card(
        name="picture-sound",
        licence="Apache-2.0 (models); recordings CC0, CC-BY, CC-BY-SA, GPL",
        checkpoint=PICTURE_SOUND,
        memory_mb=520,
        speed=0.1,
        load_duration=6.0,
        quality=50,
    ),
)
class PictureSound:
    """Looks at a photo with EfficientNet-Lite3 and makes its sound of the library.

    It knows 1,000 things. Drawings are often taken for something else, and so are rare angles.
    """

    def load(self, weights: Path | None, threads: int) -> None:
        """Open both models.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads for looking.
        """
        folder = Path(weights or "")
        self._viewer = Viewer(folder, threads)
        self._library = SoundLibrary()
        self._library.load(folder, threads)

    def __call__(
        self, image: Image, folder: Path, duration: float | None = None, seed: int = 0
    ) -> GeneratedSound | Noted:
        """Make the sound of a photo.

        Args:
            image: The picture as the decoding gate wrote it.
            folder: Where the credits are written.
            duration: Length in seconds; None as it suits.
            seed: Decides what may be one way or the other.

        Raises:
            ToolInputError: Nothing is seen that has a sound in the library.
        """
        shares = self._viewer.shares(read_picture(image.path))
        seen = self._viewer.seen(shares)
        told = ", ".join(f"{one.label} ({one.score:.0%})" for one in seen)
        ideas = self._ideas(shares)
        if not ideas:
            raise ToolInputError(
                f"Nothing with a sound in the library is recognised in the picture; seen: {told}.",
                hint="Say what is to be heard instead: generate_sound makes it from words.",
            )
        description = " and ".join(one.caption for one in ideas)
        made = self._library(description, folder, duration, seed)
        assert isinstance(made, Noted)  # noqa: S101 - the library always says what it used
        return Noted(made.value, (SAW.format(told), BECAME.format(description), *made.notes))

    def sounds_in(self, picture: Picture) -> list[str]:
        """Return what would be heard of a picture, in words.

        Args:
            picture: Pixels of shape ``(height, width, 3)``.
        """
        return [one.caption for one in self._ideas(self._viewer.shares(picture))]

    def _ideas(self, shares: NDArray[np.float64]) -> list[_Idea]:
        """Gather what is seen by the sounds it makes: a husky and a kelpie both bark."""
        rows: dict[str, list[int]] = {}
        for row, label in enumerate(self._viewer.labels):
            words = sound_words(row, label)
            if words is not None:
                rows.setdefault(words, []).append(row)
        found = [
            _Idea(words, float(shares[:, members].sum(axis=1).max()))
            for words, members in rows.items()
        ]
        ideas = sorted(found, key=lambda one: -one.share)
        kept = [one for one in ideas[:1] if one.share >= LEAST]
        return [*kept, *(one for one in ideas[1:2] if kept and one.share >= SECOND)]
