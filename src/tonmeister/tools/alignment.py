"""By how much one recording is later than another, from their cross-correlation."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tonmeister.audio import Waveform
from tonmeister.streaming import Audio

__all__ = ["Alignment", "find_alignment"]

Reals = NDArray[np.float64]

COARSE_RATE = 8_000  # Hz
EXCERPT = 30.0  # seconds of the first recording that are looked for
SEARCHED = 60.0  # seconds by which the other may be earlier or later
FINE_EXCERPT = 4.0
FINE_REACH = 0.002
FRAME = 0.1


@dataclass(frozen=True, slots=True)
class Alignment:
    """How two recordings lie against each other.

    Attributes:
        delay_frames: Frames by which the second is later; negative when it is earlier.
        likeness: Correlation of the two at that delay, -1.0 to 1.0; negative when the second is
            turned upside down.
    """

    delay_frames: int
    likeness: float


def find_alignment(audio: Audio, other: Audio) -> Alignment | None:
    """Look for the loudest half minute of one recording in another.

    Args:
        audio: A recording that can be read at any place.
        other: Another one, of the same rate.

    Returns:
        The delay at which they are most alike, up to a minute; None when one is silent.
    """
    start = _loudest_place(audio)
    rate = audio.sample_rate
    coarse = min(COARSE_RATE, rate)
    end = min(audio.duration, start + EXCERPT)
    from_there = max(0.0, start - SEARCHED)
    excerpt = _mono(audio, start, end, coarse)
    searched = _mono(other, from_there, min(other.duration, end + SEARCHED), coarse)
    found = _best_lag(excerpt, searched)
    if found is None:
        return None
    lag, likeness = found
    delay = from_there + lag / coarse - start
    fine = _refined(audio, other, start, end, delay, rate)
    return Alignment(fine if fine is not None else round(delay * rate), likeness)


def _refined(
    audio: Audio, other: Audio, start: float, end: float, delay: float, rate: int
) -> int | None:
    """Return the delay to the frame, near a coarse one."""
    first = max(start, -delay) + (FINE_REACH if delay < 0.0 else 0.0)
    last = min(end, other.duration - delay, first + FINE_EXCERPT)
    if last - first < 2.0 * FINE_REACH:
        return None
    excerpt = _mono(audio, first, last, rate)
    low = max(0, round((first + delay - FINE_REACH) * rate))
    count = len(excerpt) + 2 * round(FINE_REACH * rate)
    searched = _mono(other, low / rate, (low + count) / rate, rate)
    found = _best_lag(excerpt, searched, partly=False)
    return None if found is None else low + found[0] - round(first * rate)


def _loudest_place(audio: Audio) -> float:
    """Return where the loudest stretch of half a minute begins, in seconds."""
    length = max(1, round(FRAME * audio.sample_rate))
    powers: list[float] = []
    for block in audio.blocks(100 * FRAME):
        mono = block.to_mono().samples[0].astype(np.float64)
        starts = np.arange(0, len(mono), length)
        powers += np.add.reduceat(np.square(mono), starts).tolist()
    window = round(EXCERPT / FRAME)
    if len(powers) <= window:
        return 0.0
    summed = np.concatenate([[0.0], np.cumsum(powers)])
    return int(np.argmax(summed[window:] - summed[:-window])) * FRAME


def _mono(audio: Audio, start: float, end: float, sample_rate: int) -> Reals:
    part = audio.part(start, end).converted(sample_rate, 1)
    blocks: list[Waveform] = list(part.blocks())
    joined = np.concatenate([np.zeros(0), *(block.samples[0] for block in blocks)])
    return joined - joined.mean() if len(joined) else joined


def _best_lag(excerpt: Reals, searched: Reals, *, partly: bool = True) -> tuple[int, float] | None:
    """Return where an excerpt is most like a longer piece, and how much.

    Args:
        excerpt: What is looked for.
        searched: Where.
        partly: Whether it may stick out at either end, by half.
    """
    if not len(excerpt) or not len(searched):
        return None
    count, reach = len(excerpt), len(excerpt) // 2 if partly else 0
    padded = np.pad(searched, (reach, max(reach, count - len(searched))))
    size = 1 << (len(padded) + count - 1).bit_length()
    cross = np.fft.irfft(np.fft.rfft(padded, size) * np.conj(np.fft.rfft(excerpt, size)), size)[
        : len(padded) - count + 1
    ]
    heard = _sliding_energy(padded, count)
    # What sticks out is compared with nothing, so only the energy that overlaps counts.
    inside = np.pad(np.ones(len(searched)), (reach, len(padded) - reach - len(searched)))
    own = _overlapping_energy(excerpt, inside, size)[: len(cross)]
    norms = np.sqrt(np.maximum(heard, 0.0) * np.maximum(own, 0.0))
    # Quiet places are like anything.
    floor = 1e-3 * math.sqrt(float(heard.max()) * float(own.max())) + 1e-12
    if norms.max() <= 1e-10:
        return None
    alike = np.where(norms > floor, cross / np.maximum(norms, floor), 0.0)
    place = int(np.argmax(np.abs(alike)))
    return place - reach, float(np.clip(alike[place], -1.0, 1.0))


def _sliding_energy(samples: Reals, count: int) -> Reals:
    summed = np.concatenate([[0.0], np.cumsum(np.square(samples))])
    return summed[count:] - summed[:-count]


def _overlapping_energy(excerpt: Reals, inside: Reals, size: int) -> Reals:
    powers = np.conj(np.fft.rfft(np.square(excerpt), size))
    return np.fft.irfft(np.fft.rfft(inside, size) * powers, size)
