"""From what a person calls a sound to the classes of AudioSet, in 16 languages.

A class has several names: AudioSet's own, its parts ("Vehicle horn, car horn, honking"), and what
people say every day (``sound_names``). A description is brought to the classes whose names mean
nearly the same; the exact threshold below which nothing is meant was chosen on words that no sound
has ("tax return") and words of sounds in five languages. A name that is known letter by letter, but
for an article before it, is looked up first: nothing is nearer than that.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tonmeister.checkpoints import Checkpoint
from tonmeister.errors import ToolInputError
from tonmeister.models.sound_names import EVERYDAY
from tonmeister.models.sound_names_foreign import FOREIGN
from tonmeister.models.yamnet_network import YAMNET
from tonmeister.sentence_encoder import SENTENCE_ENCODER, SentenceEncoder

__all__ = ["SOUND_WORDS", "SoundClass", "SoundWords", "weights_of"]

SOUND_WORDS = Checkpoint(
    name="sound-words",
    files={**YAMNET.files, **SENTENCE_ENCODER.files},
    licence="Apache-2.0",
    size_mb=YAMNET.size_mb + SENTENCE_ENCODER.size_mb,
    sources=[{**YAMNET.sources[0], **SENTENCE_ENCODER.sources[0]}],
)
"""YAMNet and the sentence encoder together, for models that need both."""

LEAST = 0.58
"""Likeness from which a name is meant."""

NEXT = 0.08
"""Classes this much less alike than the best one are meant as well."""

_ARTICLE = re.compile(
    r"^(an?|the|uma?|os?|as|una?|el|las?|los|une|les?|des|eine?n?|de[rs]|die|das|il|lo|gli|uno) "
)


@dataclass(frozen=True, slots=True)
class SoundClass:
    """A class that is meant.

    Attributes:
        index: Its place among the labels.
        label: Its name.
        weight: How surely it is meant, 1.0 for the best class, down to 0.0.
        likeness: Product of the meanings of the words and of its nearest name, up to 1.0.
    """

    index: int
    label: str
    weight: float
    likeness: float


def weights_of(meant: Sequence[SoundClass]) -> dict[int, float]:
    """Return the weights of classes by their places.

    Args:
        meant: The classes.
    """
    return {one.index: one.weight for one in meant}


class SoundWords:
    """Knows the names of all classes.

    Args:
        encoder: Compares meanings.
        labels: Names of the classes, as the tagger gives them.
    """

    def __init__(self, encoder: SentenceEncoder, labels: Sequence[str]) -> None:
        self._encoder = encoder
        self._labels = tuple(labels)
        names = [(index, name) for index, label in enumerate(labels) for name in _names(label)]
        self._owners = np.array([index for index, _ in names])
        self._meanings = encoder.encode(name for _, name in names)
        self._known: dict[str, set[int]] = {}
        foreign = ((labels.index(label), name) for label in FOREIGN for name in FOREIGN[label])
        for index, name in (*names, *foreign):
            self._known.setdefault(_bare(name), set()).add(index)

    def classes(self, description: str) -> tuple[SoundClass, ...]:
        """Return the classes that are meant, best first; none when no class is near.

        Args:
            description: Words such as "a dog barking" or "campainha".
        """
        likeness = self.likeness(description)
        best = float(likeness.max())
        if best < LEAST:
            return ()
        meant = np.flatnonzero(likeness >= max(LEAST, best - NEXT))
        ordered = meant[np.argsort(-likeness[meant], kind="stable")]
        return tuple(self._class(int(index), likeness, best) for index in ordered)

    def meant(self, description: str, tool_name: str) -> tuple[SoundClass, ...]:
        """Return the classes that are meant, best first.

        Args:
            description: Words such as "a dog barking".
            tool_name: Name of the tool, for the message.

        Raises:
            ToolInputError: No class is meant.
        """
        found = self.classes(description)
        if not found:
            near = ", ".join(self.nearest(description))
            raise ToolInputError(
                f"No sound that is known is called '{description}'; the nearest are {near}.",
                tool=tool_name,
                hint="Describe the sound in other words, such as 'a dog barking'.",
            )
        return found

    def nearest(self, description: str, count: int = 3) -> tuple[str, ...]:
        """Return the labels nearest to a description, however far away they are.

        Args:
            description: Any words.
            count: How many.
        """
        order = np.argsort(-self.likeness(description), kind="stable")
        return tuple(self._labels[index] for index in order[:count])

    def likeness(self, description: str) -> NDArray[np.float32]:
        """Return how near the nearest name of each class is, up to 1.0, shape ``(classes,)``.

        Args:
            description: Any words.
        """
        written = description.lower() if description.isupper() else description
        (meaning,) = self._encoder.encode([written])
        nearest = np.full(len(self._labels), -1.0, np.float32)
        np.maximum.at(nearest, self._owners, self._meanings @ meaning)
        known = self._known.get(_bare(description))
        if known:
            nearest = np.minimum(nearest, 1.0 - 2 * NEXT)
            nearest[list(known)] = 1.0
        return nearest

    def _class(self, index: int, likeness: NDArray[np.float32], best: float) -> SoundClass:
        like = float(likeness[index])
        return SoundClass(index, self._labels[index], max(0.0, 1.0 - (best - like)), like)


def _names(label: str) -> list[str]:
    parts = re.sub(r"\(.*?\)", "", label).split(",")
    names = [label, *parts, *EVERYDAY.get(label, ())]
    return list(dict.fromkeys(name.strip().lower() for name in names if name.strip()))


def _bare(name: str) -> str:
    """Return a name in small letters, without an article and what frames it."""
    words = re.sub(r"[\s.,!?]+", " ", name.lower().replace("\u2019", "'")).strip()
    return _ARTICLE.sub("", words)
