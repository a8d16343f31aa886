"""Single events of a recording: one bark out of many, and how many are heard in a result."""

import numpy as np
from numpy.typing import NDArray

from tonmeister.audio import Samples
from tonmeister.models.bursts import GAP, bursts
from tonmeister.models.sightings import Moments, regions_of
from tonmeister.streaming import Audio

__all__ = ["counted", "is_several", "single_events"]

FRAME = 0.01
BELOW_PEAK = 0.1
"""An event is as loud as a tenth of the loudest, as those that are counted."""

STRONG = 0.4
"""Peak, against the loudest, of the events that are worth repeating."""

SHORTEST = 0.03
LONGEST = 6.0
"""Seconds of what is one event: longer sounds go on, and are not counted."""

SMOOTH, DIP = 0.05, 0.3
"""Seconds of an envelope's frames, and how far it falls between two sounds that run together."""

MARGIN = 0.05
"""Seconds kept before and after an event, faded."""


def single_events(samples: Samples, sample_rate: int) -> tuple[Samples, ...]:
    """Cut the single events out of a recording, the loudest first.

    Args:
        samples: Mono, shape ``(frames,)``.
        sample_rate: Rate in Hz.

    Returns:
        Those that are clear; none when it goes on without a pause.
    """
    step = max(1, round(FRAME * sample_rate))
    whole = np.pad(np.abs(samples), (0, -len(samples) % step))
    levels = whole.reshape(-1, step).max(axis=1)
    if not len(levels) or levels.max() <= 0.0:
        return ()
    runs = [
        (first, last)
        for first, last in _runs(levels >= BELOW_PEAK * levels.max())
        if SHORTEST <= (last + 1 - first) * FRAME <= LONGEST
        and levels[first : last + 1].max() >= STRONG * levels.max()
    ]
    runs.sort(key=lambda run: -float(levels[run[0] : run[1] + 1].max()))
    edge = round(MARGIN * sample_rate)
    return tuple(_cut(samples, a * step, (b + 1) * step, edge) for a, b in runs)


def is_several(event: Samples, sample_rate: int) -> bool:
    """Tell whether what has no pause is yet several sounds that run into one another.

    Args:
        event: Mono, shape ``(frames,)``.
        sample_rate: Rate in Hz.
    """
    step = max(1, round(SMOOTH * sample_rate))
    levels = np.abs(np.pad(event, (0, -len(event) % step))).reshape(-1, step).max(axis=1)
    before, after = np.maximum.accumulate(levels), np.maximum.accumulate(levels[::-1])[::-1]
    lower = np.minimum(before, after)
    strong = lower >= STRONG * levels.max(initial=0.0)
    return bool((strong & (levels < DIP * lower)).any())


def counted(sound: Audio, found: Moments) -> int:
    """Count how often a sound is made, as a question about the recording would be answered.

    Args:
        sound: The result; it is read at any place.
        found: Evidence of the sound in every patch, as of ``sightings.moments_of``.
    """
    regions = regions_of(found, sound.duration)
    return len(bursts(sound, regions)) if regions else 0


def _runs(heard: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return first and last frame of what is heard without a pause."""
    found: list[tuple[int, int]] = []
    for index in np.flatnonzero(heard).tolist():
        if found and (index - found[-1][1]) * FRAME <= GAP:
            found[-1] = (found[-1][0], index)
        else:
            found.append((index, index))
    return found


def _cut(samples: Samples, start: int, end: int, edge: int) -> Samples:
    first, last = max(0, start - edge), min(len(samples), end + edge)
    piece = samples[first:last].copy()
    rise, fall = start - first, last - end
    if rise > 0:
        piece[:rise] *= np.linspace(0.0, 1.0, rise, dtype=np.float32)
    if fall > 0:
        piece[-fall:] *= np.linspace(1.0, 0.0, fall, dtype=np.float32)
    return piece
