"""Where a sound that is named in words is heard in a recording.

A sound is heard where its classes score high, or, fainter, where they stand out of what they score
elsewhere in the recording.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tonmeister.artifacts import Region
from tonmeister.errors import ToolInputError
from tonmeister.models.audioset import PLACES
from tonmeister.models.sentence_encoder import SentenceEncoder
from tonmeister.models.sound_words import SoundClass, SoundWords
from tonmeister.models.yamnet_network import SAMPLE_RATE, STEP, Listener
from tonmeister.streaming import Audio

__all__ = ["MUSIC", "SPEECH", "VOICES", "Sighting", "SoundFinder", "sightings"]

Curve = NDArray[np.float32]

SPEECH = frozenset(range(6))
"""Classes of people who speak."""

VOICES = frozenset({*SPEECH, *range(24, 32)})
"""Classes of people who speak or sing."""

MUSIC = frozenset(range(132, 277))
"""Classes of music and instruments."""

CLEAR = 0.3
"""Score from which a sound is heard, whatever else is."""

FAINT = 0.05
"""Score from which a sound may be heard that stands out: on 96 mixtures of eight sounds with four
backgrounds, 66 % were found at 10 dB, and 6 % of those that were not there."""

STANDS_OUT = 2.0
"""How much higher the odds must be than usual in the recording, as a natural logarithm."""

ABOVE_USUAL = 1.5
MAX_GAP = 2
"""Patches from one sighting to the next that still belong to one: a gap of half a second."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A stretch in which a sound is heard.

    Attributes:
        start: Seconds from the beginning.
        end: Seconds from the beginning.
        score: Highest score in it, 0.0 to 1.0.
    """

    start: float
    end: float
    score: float

    @property
    def region(self) -> Region:
        """The stretch as a region."""
        return Region(self.start, self.end)


class SoundFinder:
    """Knows sounds by words, and hears them.

    Args:
        weights: Folder with the files of YAMNet and of the sentence encoder.
    """

    def __init__(self, weights: Path) -> None:
        self._listener = Listener(weights)
        self.labels = self._listener.labels
        self._words = SoundWords(SentenceEncoder(weights), self.labels)

    def meant(self, description: str, tool_name: str) -> tuple[SoundClass, ...]:
        """Return the classes that words mean, best first.

        Args:
            description: Words such as "dog barking".
            tool_name: Name of the tool, for the message.

        Raises:
            ToolInputError: No class is meant.
        """
        found = self._words.classes(description)
        if not found:
            near = ", ".join(self._words.nearest(description))
            raise ToolInputError(
                f"'{description}' is no sound that is known here; the nearest are: {near}.",
                tool=tool_name,
                hint="Name a sound in other words, or give its times.",
            )
        return found

    def curves(self, audio: Audio, sounds: Sequence[Mapping[int, float]]) -> list[Curve]:
        """Return how much each sound is heard, every 0.48 s.

        Args:
            audio: Any recording.
            sounds: Weight by class of each sound.
        """
        heard: list[list[float]] = [[] for _ in sounds]
        for scores in self._listener.scores(audio.converted(SAMPLE_RATE, 1)):
            for one, weights in zip(heard, sounds, strict=True):
                one.append(max(float(scores[index]) * weights[index] for index in weights))
        return [np.array(one, np.float32) for one in heard]

    def highest(self, audio: Audio) -> dict[str, float]:
        """Return the highest score of each class that is clearly heard, places left out.

        Args:
            audio: Any recording.
        """
        best = np.zeros(len(self.labels), np.float32)
        for scores in self._listener.scores(audio.converted(SAMPLE_RATE, 1)):
            np.maximum(best, scores, out=best)
        return {
            label: float(score)
            for label, score in zip(self.labels, best, strict=True)
            if score >= CLEAR and label not in PLACES
        }


def sightings(curve: Curve, duration: float) -> tuple[Sighting, ...]:
    """Return where a sound is heard.

    Args:
        curve: How much it is heard, every 0.48 s.
        duration: Length of the recording in seconds.
    """
    found: list[list[int]] = []
    for index in np.flatnonzero(_heard(curve)).tolist():
        if found and index - found[-1][-1] <= MAX_GAP:
            found[-1].append(index)
        else:
            found.append([index])
    return tuple(
        Sighting(
            start=round(max(0.0, _begin(one[0])), 3),
            end=round(min(duration, _begin(one[-1]) + 2 * STEP), 3),
            score=round(float(curve[one[0] : one[-1] + 1].max()), 3),
        )
        for one in found
        if _begin(one[0]) < duration
    )


def _heard(curve: Curve) -> NDArray[np.bool_]:
    if not len(curve):
        return np.zeros(0, np.bool_)
    kept = np.clip(curve, 1e-4, 1.0 - 1e-4)
    odds = np.log(kept / (1.0 - kept))
    usual, highest = float(np.median(odds)), float(odds.max())
    line = max(usual + 0.5 * (highest - usual), usual + ABOVE_USUAL)
    stands_out = (odds > line) & (curve >= FAINT) & (highest - usual > STANDS_OUT)
    return (curve >= CLEAR) | stands_out


def _begin(patch: int) -> float:
    """Return when a patch begins, which is 0.98 s long."""
    return patch * STEP
