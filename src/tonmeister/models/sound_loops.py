"""Recordings that go on: loops without a seam, events at their times, levels that agree.

A loop is cut where the sound before its beginning is like the sound before its end, and the two are
cross-faded at equal power, so that neither a click nor a dip marks the seam.
"""

import numpy as np
from numpy.typing import NDArray

from tonmeister.audio import Samples

__all__ = ["levelled", "loop_of", "repeated", "times_of_events"]

SEAM = 0.4
"""Longest cross-fade in seconds; of a short recording a fifth."""

STEP = 0.02
BANDS = 24
SHIFT = 0.006
"""Seconds by which the end is moved so that the waves of both sides agree best."""

LOOP_DB, EVENT_DB = -24.0, -18.0
"""Level of a sound that goes on (all of it), and of an event (its loudest 0.3 s), in dB."""

HIGHEST = 0.9
FRAME = 0.3
SHORTEST_GAP, GAP_FACTOR = 1.2, 0.9
FIRST_EVENT = (0.1, 0.6)
"""Seconds between which the first event begins."""

FLOOR = 1e-9

Reals = NDArray[np.float64]


def levelled(samples: Samples, sample_rate: int, *, goes_on: bool) -> Samples:
    """Bring a recording to its usual level.

    Args:
        samples: Shape ``(frames,)`` or ``(channels, frames)``.
        sample_rate: Rate in Hz.
        goes_on: Whether it is a loop; an event is as loud as its loudest moment.
    """
    power = np.atleast_2d(np.square(samples, dtype=np.float64)).mean(axis=0)
    frame = max(1, min(len(power), round(FRAME * sample_rate)))
    if goes_on:
        loudness = float(power.mean()) if len(power) else 0.0
    else:
        sums = np.concatenate([[0.0], np.cumsum(power)])
        loudness = float((sums[frame:] - sums[:-frame]).max(initial=0.0)) / frame
    if loudness <= FLOOR:
        return samples
    gain = 10.0 ** ((LOOP_DB if goes_on else EVENT_DB) / 20.0) / np.sqrt(loudness)
    # A recording with high peaks keeps them below full scale.
    peak = float(np.abs(samples).max(initial=0.0)) * gain
    return (samples * min(gain, gain * HIGHEST / peak)).astype(np.float32)


def loop_of(samples: Samples, sample_rate: int) -> Samples:
    """Cut a piece out of a recording that can be repeated without a seam.

    Args:
        samples: Shape ``(frames,)``, or ``(channels, frames)``: cut at one place for all.
        sample_rate: Rate in Hz.

    Returns:
        The piece; its end is cross-faded into what comes before its beginning.
    """
    mono = samples if samples.ndim == 1 else samples.mean(axis=0)
    fade = min(round(SEAM * sample_rate), len(mono) // 5)
    if fade < 32:
        return samples
    start, end = _alike(mono, fade, round(STEP * sample_rate))
    end = _shifted(mono, start, end, fade, round(SHIFT * sample_rate))
    piece = samples[..., start:end].copy()
    before, last = samples[..., start - fade : start], samples[..., end - fade : end]
    rising = np.sin(np.linspace(0.0, np.pi / 2, fade))
    falling = np.cos(np.linspace(0.0, np.pi / 2, fade))
    # Two sounds that agree add up to more than their powers: that much is taken off.
    agreement = max(-0.5, _agreement(mono[start - fade : start], mono[end - fade : end]))
    mixed = (falling * last + rising * before) / np.sqrt(1.0 + 2.0 * agreement * rising * falling)
    piece[..., -fade:] = mixed
    return piece.astype(np.float32)


def repeated(piece: Samples, first: int, count: int) -> Samples:
    """Read from a loop that never ends.

    Args:
        piece: From ``loop_of``, time in its last dimension.
        first: Frame to begin at.
        count: How many frames.
    """
    return np.take(piece, np.arange(first, first + count), axis=-1, mode="wrap")


def times_of_events(
    length: float, duration: float, times: int | None, generator: np.random.Generator
) -> list[float]:
    """Return when an event begins, in seconds.

    Args:
        length: How long it lasts.
        duration: Length of the whole.
        times: How often it is wanted; None for as often as it suits.
        generator: Decides the gaps.
    """
    room = max(0.0, duration - length)
    begin = min(float(generator.uniform(*FIRST_EVENT)), room)
    if times is not None:
        if times <= 1:
            return [begin][:times]
        spread = np.linspace(begin, room, times)
        jitter = generator.uniform(-0.1, 0.1, times) * (room / times)
        return sorted(float(min(room, max(0.0, one))) for one in spread + jitter)
    found: list[float] = []
    start = begin
    while start <= room:
        found.append(start)
        gap = max(SHORTEST_GAP, GAP_FACTOR * length)
        start += length + float(generator.uniform(0.6, 1.6)) * gap
        if len(found) > 5_000:
            break
    return found


def _alike(samples: Samples, fade: int, step: int) -> tuple[int, int]:
    """Find a beginning in the first third and an end in the last that sound alike before them."""
    total = len(samples)
    starts = np.arange(fade, max(fade + 1, round(0.35 * total)), step)
    ends = np.arange(max(round(0.65 * total), starts[-1] + fade), total + 1, step)
    ends = ends if len(ends) else np.array([total])
    here, there = (
        np.array([_colour(samples[one - fade : one]) for one in at]) for at in (starts, ends)
    )
    costs = np.abs(here[:, np.newaxis] - there[np.newaxis]).mean(axis=2)
    # Of pieces that are as good, the longer one repeats less often.
    costs += 2.0 * (1.0 - (ends[np.newaxis] - starts[:, np.newaxis]) / total)
    row, column = np.unravel_index(int(np.argmin(costs)), costs.shape)
    return int(starts[row]), int(ends[column])


def _colour(samples: Samples) -> Reals:
    """Return levels in dB of bands that widen upward."""
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    edges = np.unique(np.geomspace(2, len(power), BANDS + 1).astype(int))
    sums = np.add.reduceat(power, edges[:-1])
    return np.asarray(10.0 * np.log10(sums + FLOOR), np.float64)


def _shifted(samples: Samples, start: int, end: int, fade: int, most: int) -> int:
    before = samples[start - fade : start]
    shifts = range(-min(most, end - fade - start), min(most, len(samples) - end) + 1, 4)
    return max(
        (end + shift for shift in shifts),
        key=lambda one: _agreement(before, samples[one - fade : one]),
        default=end,
    )


def _agreement(one: Samples, other: Samples) -> float:
    """Return the correlation of two stretches, -1.0 to 1.0."""
    norm = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(np.dot(one, other)) / norm if norm > FLOOR else 0.0
