"""Where a sound that is named in words is heard: words to classes, classes to moments, to times.

A moment counts by how far its best class stands out: its logit, and half of what it exceeds the
median of the recording by, so that a hum of traffic that is faintly like a drum all the time finds
no drum. Three facts of the network are used, each chosen on 167 recordings in 14 backgrounds that
no number in ``docs/capability.md`` rests on: recordings are turned down until most of them lies
where the network's own floor (0.001 in the mel spectrum) covers it; they are heard at that level
and ``LOUDER``; and a moment counts with its neighbours.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tonmeister.artifacts import Region, SoundEvent
from tonmeister.models.audioset import PLACES
from tonmeister.models.sound_words import SoundClass, SoundWords
from tonmeister.models.yamnet_network import PATCH_DURATION, SAMPLE_RATE, STEP, Heard, Listener
from tonmeister.sentence_encoder import SentenceEncoder
from tonmeister.streaming import Audio

__all__ = [
    "CLEAR",
    "MUSIC",
    "SPEECH",
    "SURE",
    "VOICES",
    "Moments",
    "SoundFinder",
    "confidences",
    "evidence",
    "found_events",
    "likeliest",
    "moments_of",
    "regions_of",
]

Moments = NDArray[np.float32]

SPEECH = frozenset(range(6))
"""Classes of people who speak."""

VOICES = frozenset({*SPEECH, *range(24, 32)})
"""Classes of people who speak or sing."""

MUSIC = frozenset(range(132, 277))
"""Classes of music and instruments."""

CLEAR = 0.3
"""Score from which a sound is heard, whatever else is."""

SURE = 0.5
"""Confidence from which a sound is there, as `find_sound` has it unless another is asked for."""

LOOKS = 2
"""Patches that begin in each half second: short sounds are seen twice as often in the middle."""

LOUDER = 3.0
"""Factor of the second level: what the first hides under the floor may be seen at this one."""

FOUND = -1.29
"""Evidence at which a sound is as likely there as not: 5 % of what is without it exceeds it."""

SLOPE = 0.24
"""Logistic slope of evidence, fitted on the same mixtures."""

DOUBT = 4.0
"""Logits by which a class that is meant less surely is held back, for each natural logarithm."""

ABSENT = -5.0
"""Evidence of a recording without the sound, at most: one that is full of it has no other."""

EDGE = 0.3
"""Share of the way from the median to the peak of an event from which a moment belongs to it."""

INSIDE = 0.48
"""Seconds a patch reaches beyond the sound at each end before it begins to see it."""

USUAL = 0.008
"""Level, as a root mean square, to which louder recordings are turned down (-42 dBFS)."""

LOWEST_GAIN = 0.1
LEVELS = 10 ** (np.arange(-80, 1) / 20)
"""Borders between classes of levels, a decibel each."""


class SoundFinder:
    """Knows sounds by words, and hears them.

    Args:
        weights: Folder with the files of YAMNet and of the sentence encoder.
        threads: CPU threads it may use.
    """

    def __init__(self, weights: Path, threads: int = 1) -> None:
        self._listener = Listener(weights, threads)
        self.labels = self._listener.labels
        self.words = SoundWords(SentenceEncoder(weights), self.labels)

    def meant(self, description: str, tool_name: str) -> tuple[SoundClass, ...]:
        """Return the classes that words mean, best first.

        Args:
            description: Words such as "dog barking".
            tool_name: Name of the tool, for the message.

        Raises:
            ToolInputError: No class is meant.
        """
        return self.words.meant(description, tool_name)

    def evidence(self, audio: Audio, sounds: Sequence[Mapping[int, float]]) -> list[Moments]:
        """Return how much each sound is heard in every patch, four in a second, in logits.

        Args:
            audio: Any recording that can be read twice.
            sounds: Weight by class of each sound.
        """
        return moments_of(self._listener, audio, sounds)

    def listen(self, audio: Audio) -> Iterator[Heard]:
        """Yield what is heard in blocks of patches, four in a second, at the levels that suit.

        Args:
            audio: Any recording that can be read twice.
        """
        return _heard(self._listener, audio)

    def share(self, audio: Audio, classes: frozenset[int], least: float) -> float:
        """Return the share of the time in which any of some classes is heard, 0.0 to 1.0.

        Args:
            audio: Any recording.
            classes: The classes.
            least: Score from which one is heard.
        """
        chosen = sorted(classes)
        heard = [
            float(scores[chosen].max())
            for scores in self._listener.scores(audio.converted(SAMPLE_RATE, 1))
        ]
        return float(np.mean(np.array(heard) >= least)) if heard else 0.0

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


def moments_of(
    listener: Listener, audio: Audio, sounds: Sequence[Mapping[int, float]]
) -> list[Moments]:
    """Return how much each sound is heard in every patch, four in a second, in logits.

    Args:
        listener: Who listens, at the levels that suit the recording.
        audio: Any recording that can be read twice.
        sounds: Weight by class of each sound.
    """
    blocks = [[evidence(one.scores, sound) for sound in sounds] for one in _heard(listener, audio)]
    return [
        np.concatenate([block[place] for block in blocks] or [np.zeros(0, np.float32)])
        for place in range(len(sounds))
    ]


def _heard(listener: Listener, audio: Audio) -> Iterator[Heard]:
    gain = _gain(audio)
    mono = audio.converted(SAMPLE_RATE, 1)
    return listener.listen(mono, looks=LOOKS, gains=(gain, LOUDER * gain))


def _gain(audio: Audio) -> float:
    """Return the factor that brings the median level of tenths of a second down to ``USUAL``."""
    counts = np.zeros(len(LEVELS) + 1, np.int64)
    for block in audio.blocks():
        length = max(1, round(block.sample_rate / 10))
        mono = block.samples.mean(axis=0)
        whole = len(mono) // length * length
        powers = np.square(mono[:whole].reshape(-1, length)).mean(axis=1)
        counts += np.bincount(np.digitize(np.sqrt(powers), LEVELS), minlength=len(counts))
    middle = int(np.searchsorted(np.cumsum(counts), counts.sum() / 2))
    level = float(LEVELS[min(middle, len(LEVELS) - 1)])
    return min(1.0, max(LOWEST_GAIN, USUAL / level))


def evidence(scores: NDArray[np.float32], meant: Mapping[int, float]) -> Moments:
    """Return how much each patch sounds like any of some classes, in logits.

    Args:
        scores: Of all classes, shape ``(patches, classes)``.
        meant: Weight by class, 1.0 for those that are surely meant.
    """
    wanted = np.clip(scores[:, list(meant)], 1e-7, 1.0 - 1e-7)
    weights = np.array([max(weight, 1e-3) for weight in meant.values()], np.float32)
    logits = np.log(wanted / (1.0 - wanted)) + DOUBT * np.log(weights)
    return np.asarray(logits.max(axis=1), np.float32)


def confidences(found: Moments) -> Moments:
    """Return how surely each patch has the sound, 0.0 to 1.0.

    Args:
        found: Evidence of all patches of a recording.
    """
    if not len(found):
        return found
    smoothed = _smoothed(found)
    # What is hardly heard by itself is not raised by a rest that is even less like it: the pause
    # before somebody speaks is a little like a cat, and no cat.
    middle = np.where(_highest(found) < ABSENT, smoothed, _middle(found))
    outstanding = 1.5 * smoothed - 0.5 * middle
    return np.asarray(1.0 / (1.0 + np.exp(-SLOPE * (outstanding - FOUND))), np.float32)


def found_events(
    found: Moments, label: str, threshold: float, duration: float
) -> tuple[SoundEvent, ...]:
    """Return the stretches in which a sound is heard, in order of time.

    Args:
        found: Evidence of all patches.
        label: What the events are called.
        threshold: Confidence that each must reach.
        duration: Length of the recording in seconds.
    """
    sure = confidences(found)
    middle = _middle(found)
    free = np.ones(len(found), bool)
    events: list[SoundEvent] = []
    for peak in np.argsort(-sure, kind="stable"):
        if sure[peak] < threshold:
            break
        if not free[peak]:
            continue
        highest = found[max(0, peak - 1) : peak + 2].max()
        belongs = free & (found >= middle + EDGE * (highest - middle))
        belongs[peak] = True
        first, last = _around(belongs, int(peak))
        # The moments beside it are as sure as they are by their neighbours in it.
        free[max(0, first - 1) : last + 2] = False
        start, end = _times(first, last, len(found), duration)
        events.append(SoundEvent(start, end, label, round(float(sure[peak]), 3)))
    return tuple(sorted(events, key=lambda event: event.start))


def regions_of(found: Moments, duration: float, threshold: float = SURE) -> list[Region]:
    """Return where a sound is heard, in order of time.

    Args:
        found: Evidence of all patches.
        duration: Length of the recording in seconds.
        threshold: Confidence that each must reach.
    """
    return [Region(one.start, one.end) for one in found_events(found, "", threshold, duration)]


def _middle(found: Moments) -> float:
    """Return what the recording sounds like most of the time, without the sound."""
    return min(ABSENT, float(np.median(found))) if len(found) else ABSENT


def _highest(found: Moments) -> Moments:
    """Return the highest of each moment and its neighbours."""
    beside = np.pad(found, 1, mode="edge")
    return np.asarray(np.maximum(found, np.maximum(beside[:-2], beside[2:])), np.float32)


def _smoothed(found: Moments) -> Moments:
    """Return the mean of each moment and its neighbours."""
    counts = np.convolve(np.ones(len(found)), np.ones(3), "full")[1:-1]
    return np.asarray(np.convolve(found, np.ones(3), "full")[1:-1] / counts, np.float32)


def _around(belongs: NDArray[np.bool_], peak: int) -> tuple[int, int]:
    outside = np.flatnonzero(~belongs)
    before, after = outside[outside < peak], outside[outside > peak]
    first = int(before[-1]) + 1 if len(before) else 0
    last = int(after[0]) - 1 if len(after) else len(belongs) - 1
    return first, last


def _times(first: int, last: int, count: int, duration: float) -> tuple[float, float]:
    """Return the seconds that patches stand for, at least a quarter of a second."""
    step = STEP / LOOKS
    start = 0.0 if first == 0 else first * step + INSIDE
    end = duration if last == count - 1 else last * step + PATCH_DURATION - INSIDE
    start, end = min(start, duration), min(end, duration)
    if end - start < step:
        middle = min(max((start + end) / 2, step / 2), max(duration - step / 2, step / 2))
        start, end = middle - step / 2, min(duration, middle + step / 2)
    return round(start, 3), round(end, 3)


def likeliest(found: Moments, duration: float) -> tuple[float, float]:
    """Return when a sound is likeliest to be there, in seconds, and how surely, 0.0 to 1.0.

    Args:
        found: Evidence of all patches, at least one.
        duration: Length of the recording in seconds.
    """
    sure = confidences(found)
    best = int(np.argmax(sure))
    return _times(best, best, len(found), duration)[0], float(sure[best])
