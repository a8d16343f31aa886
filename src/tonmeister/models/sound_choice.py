"""Which recordings a description means: sentences compared with captions, in any language."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tonmeister.audio import Samples
from tonmeister.errors import ToolInputError
from tonmeister.sentence_encoder import SentenceEncoder
from tonmeister.soundlibrary import LibrarySound, words_of
from tonmeister.tools.signals import Signal, parse_signal
from tonmeister.tools.soundscape import Layer

__all__ = ["FITS", "UNSURE", "Candidate", "Found", "Part", "RecordingFinder"]

FITS = 0.68
"""Likeness from which a recording is what was asked for: of 78 descriptions of sounds that are in
the library one is below, of 59 descriptions of others six are above, five of them below UNSURE."""

UNSURE = 0.75
"""Likeness below which the user is told that it is only the nearest, and a place is left out."""

WITHIN = 0.12
"""Candidates that are less like the description than the best by more than this are not taken."""

WHOLE_MARGIN = 0.03
"""A caption for the whole, place included, is preferred although the thing alone fits better."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A recording that may be what was asked for.

    Attributes:
        sound: The recording.
        likeness: Of its nearest caption to the words, 1.0 for the same meaning.
    """

    sound: LibrarySound
    likeness: float


SAID, RELATED = 0.7, 0.4
"""Where every word of a caption is said, it fits, unless the whole means something quite different;
sentences with more in them are less like a caption than they should be."""

REMEDY = (
    "A model may make it out of words: say 'with Stable Audio' (stable-audio-open-1.0) or 'with "
    "AudioLDM' (audioldm2)."
)

Part = Signal | Sequence[Candidate]
"""What makes a part of a layer: a calculated sound, or candidates, the best first."""


@dataclass(frozen=True, slots=True)
class Found:
    """What makes a layer.

    Attributes:
        part: The thing itself.
        around: The place it is in, when that sounds too; None without one.
        left_out: Words for a place that is not in the library; empty without any.
    """

    part: Part
    around: Part | None = None
    left_out: str = ""


class RecordingFinder:
    """Finds recordings by meaning.

    Args:
        encoder: Turns sentences into directions.
        sounds: The recordings.
    """

    def __init__(self, encoder: SentenceEncoder, sounds: Sequence[LibrarySound]) -> None:
        self._encoder, self._sounds = encoder, sounds
        phrases = [(row, phrase) for row, one in enumerate(sounds) for phrase in one.phrases]
        self._rows = np.array([row for row, _ in phrases])
        self._words = [words_of(phrase) for _, phrase in phrases]
        self._meanings = encoder.encode([phrase for _, phrase in phrases])

    def ranked(self, words: str) -> list[Candidate]:
        """Return all recordings, the most fitting first.

        Args:
            words: What is heard.
        """
        likeness = self._likeness(words)
        return [
            Candidate(self._sounds[row], float(likeness[row]))
            for row in np.argsort(-likeness, kind="stable")
        ]

    def find(self, layer: Layer) -> Found:
        """Return what makes a layer.

        Args:
            layer: The layer.

        Raises:
            ToolInputError: Nothing fits; the message names the nearest.
        """
        whole = self._part(layer.words) or (self._part(layer.bare) if layer.bare else None)
        head = self._part(layer.head) if layer.where else None
        if head is None or _is_as_like(whole, head):
            return Found(whole or self._declined(layer.words))
        around = _going_on(self._part(layer.where, UNSURE))
        if around is None:
            return Found(head, left_out=layer.where)
        # Birds in a forest are what the forest sounds like: one recording does for both.
        both = _shared(head, around)
        return Found(both) if both else Found(head, around)

    def _part(self, words: str, least: float = FITS) -> Part | None:
        signal = parse_signal(words)
        if signal is not None:
            return signal
        ranked = self.ranked(words)
        if ranked[0].likeness < least:
            return None
        least = max(least, ranked[0].likeness - WITHIN)
        return [one for one in ranked if one.likeness >= least]

    def _likeness(self, words: str) -> Samples:
        """Return how like each recording is: of its phrases, the nearest one counts."""
        (meaning,) = self._encoder.encode([words])
        alike = self._meanings @ meaning
        said = words_of(words)
        literal = np.array([bool(one) and one <= said for one in self._words]) & (alike >= RELATED)
        # Among those that are named, the order of their likeness stays.
        alike[literal] = np.maximum(alike[literal], SAID + 0.1 * alike[literal])
        likeness = np.full(len(self._sounds), -1.0, np.float32)
        np.maximum.at(likeness, self._rows, alike)
        return likeness

    def _declined(self, words: str) -> Part:
        nearest = [one.sound.caption for one in self.ranked(words)[:3]]
        raise ToolInputError(
            f"Nothing in the library of sounds fits '{words}'.",
            hint=f"The nearest are: {', '.join(nearest)}. `tonmeister sounds` lists all. {REMEDY}",
        )


def _going_on(part: Part | None) -> Part | None:
    """Keep of a place what sounds all the time: a tree does not fall because crows sit in it."""
    if part is None or isinstance(part, Signal):
        return part
    return [one for one in part if one.sound.kind == "loop"] or None


def _is_as_like(whole: Part | None, head: Part) -> bool:
    """Tell whether a caption for the whole fits about as well as one for the thing alone."""
    if whole is None or isinstance(head, Signal):
        return False
    return isinstance(whole, Signal) or whole[0].likeness >= head[0].likeness - WHOLE_MARGIN


def _shared(one: Part, other: Part) -> list[Candidate]:
    if isinstance(one, Signal) or isinstance(other, Signal):
        return []
    there = {candidate.sound.name for candidate in other}
    return [candidate for candidate in one if candidate.sound.name in there]
