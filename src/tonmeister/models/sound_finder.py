"""Finds a described sound with YAMNet: words to classes, classes to moments, moments to times.

A moment counts by how far its best class stands out: its logit, and half of what it exceeds the
median of the recording by, so that a hum of traffic that is faintly like a drum all the time finds
no drum. Loud recordings are turned down until most of them lies where YAMNet's own floor (0.001 in
the mel spectrum) covers it: that raises the area under the ROC curve by 0.03. Where a finding
begins was set on 550 mixtures of 45 recordings with a street, a market, voices and pink noise at 0
to 10 dB: one of twenty recordings without the sound is wrongly found to have it. Other recordings
are held to it in ``tests/capability``.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tonmeister.artifacts import Noted, SoundEvent, SoundEvents
from tonmeister.audio import Waveform
from tonmeister.errors import ToolInputError
from tonmeister.models.sentence_encoder import SentenceEncoder
from tonmeister.models.sound_words import SOUND_WORDS, SoundClass, SoundWords
from tonmeister.models.yamnet_network import PATCH_DURATION, SAMPLE_RATE, STEP, Heard, Listener
from tonmeister.streaming import Audio
from tonmeister.tools.sound import find_sound
from tonmeister.toolspec import Card, model

__all__ = ["YamnetFinder", "confidences", "evidence", "found_events", "listened"]

LOOKS = 2
"""Patches that begin in each half second: short sounds are seen twice as often in the middle."""

FOUND = 0.14
"""Evidence at which a sound is as likely there as not: 5 % of what is without it exceeds it."""

SLOPE = 0.29
"""Logistic slope of evidence, fitted on the same mixtures."""

DOUBT = 4.0
"""Logits by which a class that is meant less surely is held back, for each natural logarithm."""

ABSENT = -5.0
"""Evidence of a recording without the sound, at most: one that is full of it has no other."""

EDGE = 0.3
"""Share of the way from the median to the peak of an event from which a moment belongs to it."""

INSIDE = 0.36
"""Seconds a patch reaches beyond the sound at each end before it begins to see it."""

USUAL = 0.008
"""Level, as a root mean square, to which louder recordings are turned down (-42 dBFS)."""

LOWEST_GAIN = 0.1
LEVELS = 10 ** (np.arange(-80, 1) / 20)
"""Borders between classes of levels, a decibel each."""

Moments = NDArray[np.float32]


@model(
    find_sound,
    card=Card(
        name="yamnet-finder",
        licence="Apache-2.0",
        checkpoint=SOUND_WORDS,
        memory_mb=260,
        speed=0.02,
        load_duration=3.0,
    ),
)
class YamnetFinder:
    """Finds sounds among the 521 classes of AudioSet, asked for in 16 languages."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Open the graph, and read the names of classes.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.
        """
        self._listener = Listener(weights, threads)
        self._words = SoundWords(SentenceEncoder(Path(weights or "")), self._listener.labels)

    def __call__(self, audio: Audio, description: str, threshold: float) -> SoundEvents | Noted:
        """Find when a sound is heard.

        Args:
            audio: Any recording that can be read twice.
            description: The sound in a few words.
            threshold: Confidence from which it counts as there, 0.05 to 0.95.

        Raises:
            ToolInputError: The words mean no sound that is known.
        """
        meant = self._words.classes(description)
        if not meant:
            near = ", ".join(self._words.nearest(description))
            raise ToolInputError(
                f"No sound that is known is called '{description}'; the nearest are {near}.",
                tool="find_sound",
                hint="Describe the sound in other words, such as 'a dog barking'.",
            )
        blocks = [evidence(heard.scores, meant) for heard in self.listen(audio)]
        found = np.concatenate(blocks) if blocks else np.zeros(0, np.float32)
        events = found_events(found, description.strip(), threshold, audio.duration)
        told = f"Listened for: {', '.join(one.label for one in meant)}."
        notes = (told,) if events else (told, _absent(found, threshold, audio.duration))
        return Noted(SoundEvents(events, audio.duration), notes)

    def listen(self, audio: Audio) -> Iterator[Heard]:
        """Yield what is heard in blocks of patches, four in a second, at the level that suits.

        Args:
            audio: Any recording that can be read twice.
        """
        yield from listened(self._listener, audio)


def listened(listener: Listener, audio: Audio) -> Iterator[Heard]:
    """Yield what is heard in blocks of patches, four in a second, at the level that suits.

    Args:
        listener: Who listens.
        audio: Any recording that can be read twice.
    """
    gain = np.float32(_gain(audio))
    mono = audio.converted(SAMPLE_RATE, 1)
    turned = mono.map(lambda block: Waveform(block.samples * gain, block.sample_rate))
    yield from listener.listen(turned, looks=LOOKS)


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


def evidence(scores: NDArray[np.float32], meant: Sequence[SoundClass]) -> Moments:
    """Return how much each patch sounds like any of some classes, in logits.

    Args:
        scores: Of all classes, shape ``(patches, classes)``.
        meant: The classes.
    """
    wanted = np.clip(scores[:, [one.index for one in meant]], 1e-7, 1.0 - 1e-7)
    weights = np.array([max(one.weight, 1e-3) for one in meant], np.float32)
    logits = np.log(wanted / (1.0 - wanted)) + DOUBT * np.log(weights)
    return np.asarray(logits.max(axis=1), np.float32)


def confidences(found: Moments) -> Moments:
    """Return how surely each patch has the sound, 0.0 to 1.0.

    Args:
        found: Evidence of all patches of a recording.
    """
    if not len(found):
        return found
    outstanding = found + 0.5 * (found - _middle(found))
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
        belongs = free & (found >= middle + EDGE * (found[peak] - middle))
        first, last = _around(belongs, int(peak))
        free[first : last + 1] = False
        start, end = _times(first, last, len(found), duration)
        events.append(SoundEvent(start, end, label, round(float(sure[peak]), 3)))
    return tuple(sorted(events, key=lambda event: event.start))


def _middle(found: Moments) -> float:
    """Return what the recording sounds like most of the time, without the sound."""
    return min(ABSENT, float(np.median(found))) if len(found) else ABSENT


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


def _absent(found: Moments, threshold: float, duration: float) -> str:
    if not len(found):
        return "The recording is empty."
    sure = confidences(found)
    best = int(np.argmax(sure))
    when, _ = _times(best, best, len(found), duration)
    return (
        f"Not there: the likeliest moment, at {when:.1f} s, reaches a confidence of "
        f"{sure[best]:.2f}; {threshold:.2f} is needed."
    )
