"""How often a short sound is made: its separate bursts, by level and likeness.

YAMNet hears a second at a time and misses very short sounds; those that resemble the ones it hears
are found by their spectrum, once it is known what to look for.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from tonmeister.artifacts import Region
from tonmeister.audio import Samples
from tonmeister.models.spectral_gate import Band, SpectralGate
from tonmeister.streaming import Audio, Feed

__all__ = ["GAP", "bursts"]

GAP = 0.25
"""Bursts nearer than this are one sound: the syllables of a laugh, the echo of a bark."""

FRAME = 0.01
BELOW_PEAK = 10 ** (-20 / 20)
"""A burst reaches a tenth of the loudest one's amplitude."""

SHORTEST = 0.02
ALIKE = 0.92
"""Product of two spectra of unit length from which bursts are of one kind."""

STRENGTH = 0.3
"""Amplitude that a burst of the same kind has at least, against the median of those known."""

EDGE_FRAMES = 6
CUT_SHARE = 0.3
"""A burst that begins or ends as near as this to the edge of its stretch is cut off there, when it
is still as loud as this share beyond it."""

N_FFT, NUM_BANDS = 1024, 32
LOWEST_HZ = 60.0
PIECE_DURATION = 10.0
SHAPE_DURATION = 5.0
"""A burst that lasts longer is known by its beginning."""


def bursts(audio: Audio, regions: Sequence[Region]) -> tuple[Region, ...]:
    """Return the separate bursts of a sound: where it is heard, and others that are alike.

    Args:
        audio: The recording; it is read at any place.
        regions: Where the sound is heard, in order of time.
    """
    gate = SpectralGate(audio, regions, Band(), grow=True)
    levels = np.fromiter(_levels(gate.sound()), np.float32)
    if not len(levels) or levels.max() <= 0.0:
        return ()
    heard = np.fromiter(_levels(audio), np.float32)
    found = _runs(levels >= BELOW_PEAK * levels.max())
    known = [run for run in found if not _is_cut(run, gate.regions, heard)] or found
    if not known:
        return ()
    return tuple(
        Region(round(first * FRAME, 2), round((last + 1) * FRAME, 2))
        for first, last in sorted([*known, *_others(audio, known, heard)])
    )


def _is_cut(run: tuple[int, int], regions: Sequence[Region], heard: Samples) -> bool:
    """Tell whether a burst is the end of another sound, cut off where a stretch begins or ends.

    A second in which a dog barks may begin in the middle of a cough.
    """
    first, last = run
    loud = CUT_SHARE * float(heard[first : last + 1].max())
    for region in regions:
        start, end = region.start / FRAME, (region.end or region.start) / FRAME
        if abs(first - start) < EDGE_FRAMES and heard[max(0, first - EDGE_FRAMES)] >= loud:
            return True
        after = min(len(heard) - 1, last + EDGE_FRAMES)
        if abs(end - last) < EDGE_FRAMES and heard[after] >= loud:
            return True
    return False


def _others(
    audio: Audio, known: Sequence[tuple[int, int]], levels: Samples
) -> list[tuple[int, int]]:
    """Return bursts elsewhere in the recording that are like those that are known."""
    shapes = [_shape(audio, *run) for run in known]
    if not all(shape.any() for shape in shapes):
        return []
    strength = float(np.median([levels[a : b + 1].max() for a, b in known]))
    longest = max(b + 1 - a for a, b in known)
    found: list[tuple[int, int]] = []
    for first, last in _runs(levels >= STRENGTH * strength):
        beside = all(last + GAP / FRAME < a or first - GAP / FRAME > b for a, b in known)
        if not beside or last + 1 - first > 2 * longest:
            continue
        shape = _shape(audio, first, last)
        if max(float(shape @ one) for one in shapes) >= ALIKE:
            found.append((first, last))
    return found


def _levels(audio: Audio) -> Iterator[float]:
    """Yield the highest amplitude of every frame."""
    step = max(1, round(FRAME * audio.sample_rate))
    feed = Feed(audio)
    count = step * round(PIECE_DURATION / FRAME)
    while (samples := feed.take(count)).shape[1]:
        heard = np.abs(samples).max(axis=0)
        whole = np.pad(heard, (0, -len(heard) % step))
        yield from whole.reshape(-1, step).max(axis=1).tolist()


def _runs(heard: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the first and last frame of every burst."""
    found: list[list[int]] = []
    for index in np.flatnonzero(heard).tolist():
        if found and (index - found[-1][1]) * FRAME <= GAP:
            found[-1][1] = index
        else:
            found.append([index, index])
    return [(a, b) for a, b in found if (b + 1 - a) * FRAME >= SHORTEST]


def _shape(audio: Audio, first: int, last: int) -> NDArray[np.float64]:
    """Return the spectrum of a burst in bands of equal ratio, of unit length."""
    start, sample_rate = first * FRAME, audio.sample_rate
    end = min((last + 1) * FRAME, start + SHAPE_DURATION)
    mono = audio.read(start, end).samples.mean(axis=0)
    whole = np.pad(mono, (0, max(0, N_FFT - len(mono))))
    frames = np.lib.stride_tricks.sliding_window_view(whole, N_FFT)[:: N_FFT // 2]
    power = np.mean(np.abs(np.fft.rfft(frames * np.hanning(N_FFT))) ** 2, axis=0)
    edges = np.geomspace(LOWEST_HZ, sample_rate / 2, NUM_BANDS + 1) * N_FFT / sample_rate
    bands = np.digitize(np.arange(len(power)), edges)
    shape = np.sqrt(np.bincount(bands, power, NUM_BANDS + 2))
    return shape / max(float(np.linalg.norm(shape)), 1e-12)
