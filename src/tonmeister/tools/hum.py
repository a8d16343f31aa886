"""Mains hum: found by its lines at multiples of 50 or 60 Hz, and taken away."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tonmeister.audio import Samples, Waveform
from tonmeister.streaming import Audio, Feed
from tonmeister.tools.margins import pieces_with_margins

__all__ = ["MINIMUM_DURATION", "Hum", "find_hum", "without_hum"]

MAINS_HZ = (50.0, 60.0)
DRIFT_HZ = 0.25  # by which mains may be off
HIGHEST_HZ = 1_000.0
ANALYSIS_RATE = 2_400
N_FFT = 8 * ANALYSIS_RATE  # 8 s: voices move, hum stands still
HOP_LENGTH = N_FFT // 4
MAX_SECTIONS = 400
MINIMUM_DURATION = 3.0
LINE_DB = 10.0  # above the floor around it a line counts
SURE_DB = 16.0  # at least one line must stand out that far
NEIGHBOURHOOD_HZ = (2.0, 12.0)  # where the floor around a line is measured
NO_POWER = 1e-28

STEP = 0.01  # seconds over which a line is averaged at once
REACH = 1.0  # seconds before and after, from which the line at a moment is known
BLOCK_DURATION = 10.0


@dataclass(frozen=True, slots=True)
class Hum:
    """A hum that was found.

    Attributes:
        frequency_hz: Its fundamental.
        harmonics: Which multiples of it are there, 1 being the fundamental.
        level_db: Root mean square of its lines together, in dB relative to full scale.
        height_db: How far its strongest line stands out of the floor on both sides of it, in dB.
    """

    frequency_hz: float
    harmonics: tuple[int, ...]
    level_db: float
    height_db: float


def find_hum(audio: Audio) -> Hum | None:
    """Look for lines at multiples of about 50 or 60 Hz that are there most of the time.

    Args:
        audio: Any recording; it is read once.

    Returns:
        The hum, or None when there is none or the recording is shorter than 3 s.
    """
    if audio.duration < MINIMUM_DURATION:
        return None
    spectrum, bin_hz = _steady_spectrum(audio)
    found = [hum for mains in MAINS_HZ if (hum := _at(spectrum, bin_hz, mains)) is not None]
    return max(found, key=lambda hum: hum[0])[1] if found else None


def without_hum(audio: Audio, hum: Hum) -> Audio:
    """Take the lines of a hum away.

    Each line is followed through the recording: what is steady over about a second at its
    frequency is subtracted. Nothing else is filtered.

    Args:
        audio: Any recording.
        hum: What ``find_hum`` found in it.
    """
    shape = (audio.sample_rate, audio.num_channels, audio.num_frames)
    return Audio.from_blocks(_cleaned(audio, hum), *shape)


def _steady_spectrum(audio: Audio) -> tuple[NDArray[np.float64], float]:
    """Return the median power over time of every frequency, and the distance of two in Hz.

    The power of a steady tone is its mean square at the bin it falls on. The median forgets what
    sounds less than half the time, such as a held note.
    """
    feed = Feed(audio.converted(ANALYSIS_RATE, 1))
    size = min(N_FFT, round(audio.duration * ANALYSIS_RATE))
    total = max(1, (round(audio.duration * ANALYSIS_RATE) - size) // HOP_LENGTH + 1)
    stride = -(-total // MAX_SECTIONS)
    window = np.blackman(size)
    scale = np.sqrt(2.0) / max(float(window.sum()), 1e-9)
    powers = np.empty((-(-total // stride), N_FFT + 1), np.float32)  # 31 MB at most
    count = 0
    rest = feed.take(size)[0]
    for index in range(total):
        if len(rest) < size:
            break
        if index % stride == 0:
            section = np.fft.rfft(rest * window, 2 * N_FFT)
            powers[count] = np.abs(scale * section) ** 2
            count += 1
        rest = np.concatenate([rest[HOP_LENGTH:], feed.take(HOP_LENGTH)[0]])
    known = powers[:count]
    steady = np.median(known, axis=0, overwrite_input=True) if count else np.zeros(N_FFT + 1)
    return np.asarray(steady, np.float64), ANALYSIS_RATE / (2 * N_FFT)


def _at(spectrum: NDArray[np.float64], bin_hz: float, mains_hz: float) -> tuple[float, Hum] | None:
    """Return how far the lines of a hum stand out, in dB, and the hum; None when there is none."""
    count = int(HIGHEST_HZ / mains_hz)
    offsets = np.arange(-DRIFT_HZ, DRIFT_HZ + 1e-9, bin_hz / 4)
    # The harmonics agree on one fundamental; a voice or an instrument hits one of them at most.
    sums = [
        sum(max(0.0, _height(spectrum, bin_hz, k * (mains_hz + offset))) for k in range(1, 9))
        for offset in offsets
    ]
    fundamental = mains_hz + float(np.mean(offsets[np.asarray(sums) >= max(sums) - 1e-9]))
    heights = [_height(spectrum, bin_hz, k * fundamental) for k in range(1, count + 1)]
    lines = tuple(k for k, height in enumerate(heights, start=1) if height >= LINE_DB)
    if not lines or max(heights) < SURE_DB or (len(lines) == 1 and lines != (1,)):
        return None
    power = sum(_line(spectrum, bin_hz, k * fundamental) for k in lines)
    hum = Hum(fundamental, lines, 10.0 * float(np.log10(power + NO_POWER)), max(heights))
    return sum(height for height in heights if height >= LINE_DB), hum


def _height(spectrum: NDArray[np.float64], bin_hz: float, frequency_hz: float) -> float:
    """Return how far a frequency stands out of the floor on both sides of it, in dB."""
    place = round(frequency_hz / bin_hz)
    near, far = (round(distance / bin_hz) for distance in NEIGHBOURHOOD_HZ)
    line = _line(spectrum, bin_hz, frequency_hz)
    sides = (
        spectrum[max(0, place - far) : max(0, place - near)],
        spectrum[place + near : place + far],
    )
    floor = max(float(np.percentile(side, 75)) if len(side) else 0.0 for side in sides)
    return 10.0 * float(np.log10((line + NO_POWER) / (floor + NO_POWER)))


def _line(spectrum: NDArray[np.float64], bin_hz: float, frequency_hz: float) -> float:
    place = round(frequency_hz / bin_hz)
    return float(np.max(spectrum[max(0, place - 1) : place + 2], initial=0.0))


def _cleaned(audio: Audio, hum: Hum) -> Iterator[Waveform]:
    rate = audio.sample_rate
    for piece in pieces_with_margins(audio, BLOCK_DURATION, REACH):
        # Phases count from the beginning of the recording, so that pieces agree.
        cleaned = piece.samples - _lines(piece.samples, rate, piece.offset, hum)
        yield Waveform(cleaned[:, piece.first : piece.last], rate)


def _lines(samples: Samples, rate: int, offset: int, hum: Hum) -> Samples:
    """Return the hum alone, shape as the samples."""
    step = max(1, round(STEP * rate))
    count = -(-samples.shape[1] // step)
    padded = np.pad(samples, ((0, 0), (0, count * step - samples.shape[1])))
    width = min(round(REACH / STEP), (count - 1) // 2)
    window = np.hanning(2 * width + 1)
    weight = np.convolve(np.ones(count), window, mode="same")
    weight[-1] *= (samples.shape[1] - (count - 1) * step) / step
    times = np.arange(padded.shape[1])
    centres = (np.arange(count) + 0.5) * step - 0.5
    made = np.zeros(samples.shape, np.float64)
    for harmonic in hum.harmonics:
        turn = 2.0 * np.pi * harmonic * hum.frequency_hz / rate
        carrier = np.exp(-1j * turn * ((times + offset) % (rate * 1000)))
        for channel, line in zip(padded, made, strict=True):
            steps = (channel * carrier).reshape(count, step).mean(axis=1)
            smooth = np.convolve(steps, window, mode="same") / weight
            followed = np.interp(times, centres, smooth.real) + 1j * np.interp(
                times, centres, smooth.imag
            )
            line += 2.0 * np.real(followed * carrier.conj())[: samples.shape[1]]
    return made.astype(np.float32)
