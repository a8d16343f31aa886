"""The passage of a recording that fits best into a gap: its edges sound and swing alike."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Match", "best_match"]

EDGE = 0.05  # seconds at each side of the gap that are compared sample by sample
CONTEXT = 0.3  # seconds at each side whose spectrum is compared
HOP = 0.005
LOWEST_HZ, BANDS = 60.0, 24
FLOOR_DB = -80.0
SPECTRUM_SCALE_DB = 10.0  # a mean distance that counts as much as a correlation of 0 against 1
LEAST_EDGE = 0.01
MOST_GAIN = 2.0
CHUNK = 500  # candidates compared at once: memory

Scores = NDArray[np.float64]
Sound = NDArray[np.float32] | NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Match:
    """A passage that fits into a gap.

    Attributes:
        first: Index of its first frame.
        gain_before: Factor at its beginning that makes its edge as loud as that of the gap.
        gain_after: The same at its end.
        similarity: Mean correlation of the edges, -1.0 to 1.0; 0.0 where an edge is silent.
    """

    first: int
    gain_before: float
    gain_after: float
    similarity: float


def best_match(samples: Sound, first: int, last: int, sample_rate: int) -> Match | None:
    """Find the passage as long as a gap whose surroundings are most like those of the gap.

    Two things are compared for every possible place: the waveform of the edges, which says whether
    the phase fits, and the spectrum of 0.3 s on each side, which says whether it is the same sound.

    Args:
        samples: What is around the gap, shape ``(channels, frames)``; the gap itself is not read.
        first: Index of the first frame of the gap.
        last: Index after its last frame.
        sample_rate: In Hz.

    Returns:
        The best passage; None when none of that length, with its edges, lies beside the gap.
    """
    count, total = last - first, samples.shape[1]
    edge = min(round(EDGE * sample_rate), first, total - last)
    starts = np.arange(edge, total - count - edge + 1)
    free = (starts + count + edge <= first) | (starts - edge >= last)
    starts = starts[free]
    if edge < round(LEAST_EDGE * sample_rate) or not len(starts):
        return None
    before, power_before = _correlations(samples, samples[:, first - edge : first])
    after, power_after = _correlations(samples, samples[:, last : last + edge])
    likeness = (before[starts - edge] + after[starts + count]) / 2
    score = likeness - _distances(samples, first, last, starts, sample_rate) / SPECTRUM_SCALE_DB
    best = int(np.argmax(score))
    place = int(starts[best])
    gains = (
        _gain(power_before[first - edge], power_before[place - edge]),
        _gain(power_after[last], power_after[place + count]),
    )
    return Match(place, *gains, float(likeness[best]))


def _gain(wanted: float, found: float) -> float:
    if wanted <= 0.0 or found <= 0.0:
        return 1.0
    return float(np.clip(np.sqrt(wanted / found), 1 / MOST_GAIN, MOST_GAIN))


def _correlations(samples: Sound, template: Sound) -> tuple[Scores, Scores]:
    """Return the correlation of a template with every place, and the power found there."""
    from scipy.signal import fftconvolve

    count = template.shape[1]
    places = samples.shape[1] - count + 1
    products, power = np.zeros(places), np.zeros(places)
    for channel, wanted in zip(samples, template, strict=True):
        products += fftconvolve(channel, wanted[::-1], "valid")
        summed = np.concatenate([[0.0], np.cumsum(channel.astype(np.float64) ** 2)])
        power += summed[count:] - summed[:-count]
    own = float(np.sum(template.astype(np.float64) ** 2))
    scale = np.sqrt(np.maximum(power, 0.0) * own)
    silent = scale <= 1e-9 * count
    return np.where(silent, 0.0, products / np.where(silent, 1.0, scale)), np.maximum(power, 0.0)


def _distances(
    samples: Sound, first: int, last: int, starts: NDArray[np.int64], sample_rate: int
) -> Scores:
    """Return the mean distance in dB between the spectra around the gap and around each place."""
    hop = max(1, round(HOP * sample_rate))
    levels = _levels_db(samples, sample_rate, hop)
    count = (last - first) // hop
    # Frames that touch the gap are not compared.
    beside = -(-_window(sample_rate) // (2 * hop))
    steps = np.arange(round(CONTEXT / HOP))
    offsets = np.concatenate([-beside - 1 - steps, count + beside + 1 + steps])
    at_gap = first // hop
    known = (at_gap + offsets >= 0) & (at_gap + offsets < len(levels))
    offsets = offsets[known]
    if not len(offsets):
        return np.zeros(len(starts))
    wanted = levels[at_gap + offsets]
    frames = np.arange(starts[0] // hop, starts[-1] // hop + 1)
    distances = np.empty(len(frames))
    for begin in range(0, len(frames), CHUNK):
        some = frames[begin : begin + CHUNK]
        places = np.clip(some[:, None] + offsets[None, :], 0, len(levels) - 1)
        distances[begin : begin + CHUNK] = np.abs(levels[places] - wanted).mean(axis=(1, 2))
    return distances[starts // hop - frames[0]]


def _window(sample_rate: int) -> int:
    return max(64, 1 << round(0.02 * sample_rate).bit_length())


def _levels_db(samples: Sound, sample_rate: int, hop: int) -> NDArray[np.float32]:
    """Return the level of every frame in bands that widen upward, shape ``(frames, bands)``."""
    size = _window(sample_rate)
    mono = np.pad(samples.mean(axis=0), size // 2)
    edges_hz = np.geomspace(LOWEST_HZ, sample_rate / 2, BANDS + 1)
    edges = np.unique(np.round(edges_hz * size / sample_rate).astype(int).clip(1, size // 2))
    views = np.lib.stride_tricks.sliding_window_view(mono, size)[::hop]
    window = np.hanning(size).astype(np.float32)
    rows: list[NDArray[np.float32]] = []
    for begin in range(0, len(views), CHUNK):
        powers = np.abs(np.fft.rfft(views[begin : begin + CHUNK] * window)) ** 2 / size
        bands = np.add.reduceat(powers, edges, axis=1)
        rows.append((10 * np.log10(bands + 10 ** (FLOOR_DB / 10))).astype(np.float32))
    return np.concatenate(rows)
