"""Which recordings a description means: sentences compared with captions, in any language."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tonmeister.audio import Samples
from tonmeister.errors import ToolInputError
from tonmeister.models.sentence_encoder import SentenceEncoder
from tonmeister.soundlibrary import LibrarySound
from tonmeister.tools.signals import Signal, parse_signal
from tonmeister.tools.soundscape import Layer

__all__ = ["FITS", "UNSURE", "Candidate", "Found", "Part", "SoundFinder"]

FITS = 0.68
"""Likeness from which a recording is what was asked for: on 60 descriptions of sounds that are in
the library and 50 of others, the value with the fewest errors (see docs/tools/generation.md)."""

UNSURE = 0.75
"""Likeness below which the user is told that it is only the nearest."""

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


class SoundFinder:
    """Finds recordings by meaning.

    Args:
        encoder: Turns sentences into directions.
        sounds: The recordings.
    """

    def __init__(self, encoder: SentenceEncoder, sounds: Sequence[LibrarySound]) -> None:
        self._encoder, self._sounds = encoder, sounds
        phrases = [(row, phrase) for row, one in enumerate(sounds) for phrase in one.phrases]
        self._rows = np.array([row for row, _ in phrases])
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
        whole = self._part(layer.words)
        if not layer.where:
            return Found(whole or self._declined(layer.words))
        head = self._part(layer.head)
        if whole and not isinstance(whole, Signal):
            best = whole[0].likeness
            rival = head[0].likeness if head and not isinstance(head, Signal) else 0.0
            if not isinstance(head, Signal) and best >= rival - WHOLE_MARGIN:
                return Found(whole)
        if head is None:
            return Found(whole or self._declined(layer.words))
        around = self._part(layer.where)
        return Found(head, around, "" if around else layer.where)

    def _part(self, words: str) -> Part | None:
        signal = parse_signal(words)
        if signal is not None:
            return signal
        ranked = self.ranked(words)
        if ranked[0].likeness < FITS:
            return None
        least = max(FITS, ranked[0].likeness - WITHIN)
        return [one for one in ranked if one.likeness >= least]

    def _likeness(self, words: str) -> Samples:
        """Return how like each recording is: of its phrases, the nearest one counts."""
        (meaning,) = self._encoder.encode([words])
        likeness = np.full(len(self._sounds), -1.0, np.float32)
        np.maximum.at(likeness, self._rows, self._meanings @ meaning)
        return likeness

    def _declined(self, words: str) -> Part:
        nearest = [one.sound.caption for one in self.ranked(words)[:3]]
        raise ToolInputError(
            f"Nothing in the library of sounds fits '{words}'.",
            hint=f"The nearest are: {', '.join(nearest)}. `tonmeister sounds` lists all.",
        )
