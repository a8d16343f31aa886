"""Calculated sounds of any length: exact tones, sweeps and noises, and rain of single drops.

Each is an endless or measured stream of mono blocks; the same seed gives the same samples.
Pink noise is white noise through the filter of Kasdin, "Discrete simulation of colored noise and
stochastic processes and 1/f^a power law noise generation" (Proc. IEEE 83, 1995).
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tonmeister.audio import Samples
from tonmeister.tools.signals import Signal

__all__ = ["BLOCK", "signal_blocks"]

BLOCK = 1 << 16
"""Frames of a block: about 1.5 s."""

TONE_LEVEL = 0.25
"""-12 dB of full scale, as test tones usually have."""

NOISE_LEVEL = 0.1
"""Root mean square of noise: -20 dB of full scale."""

FADE = 0.005
"""Seconds in which a tone begins and ends, so that it does not click."""

PINK_TAPS = 4096
PERIOD = 1 << 16
"""Points of a period that is read between its points: the error is below -90 dB."""

DROPS_PER_SECOND = 600.0
"""Single drops heard near the listener in steady rain; those further away are the hiss. With these
numbers YAMNet hears rain, at 0.9 on average, from loud to faint."""

Reals = NDArray[np.float64]


def signal_blocks(asked: Signal, num_frames: int, sample_rate: int, seed: int) -> Iterator[Samples]:
    """Yield blocks of shape ``(frames,)``, together as many frames as asked.

    Args:
        asked: What to make.
        num_frames: How many frames in all.
        sample_rate: Rate in Hz.
        seed: Decides noise and drops.
    """
    generator = np.random.default_rng(seed)
    if asked.kind == "rain":
        yield from _rain(num_frames, sample_rate, asked.strength, generator)
    elif asked.kind in ("white", "pink", "brown"):
        yield from _noise(asked.kind, num_frames, sample_rate, generator)
    else:
        for first in range(0, num_frames, BLOCK):
            frames = np.arange(first, min(num_frames, first + BLOCK), dtype=np.float64)
            wave = _wave(asked, frames, num_frames, sample_rate)
            fade = np.minimum(frames, num_frames - 1 - frames) / (FADE * sample_rate)
            yield (TONE_LEVEL * wave * np.clip(fade, 0.0, 1.0)).astype(np.float32)


def _wave(asked: Signal, frames: Reals, num_frames: int, sample_rate: int) -> Reals:
    times = frames / sample_rate
    if asked.kind == "silence":
        return np.zeros_like(times)
    if asked.kind == "sweep":
        return _swept(asked, times, num_frames / sample_rate)
    turns = np.mod(asked.frequency_hz * times, 1.0)
    if asked.kind == "sine":
        return np.sin(2.0 * np.pi * turns)
    period = _period(asked.kind, int(sample_rate / 2 / asked.frequency_hz))
    return np.interp(turns * (len(period) - 1), np.arange(len(period)), period)


@cache
def _period(kind: str, highest: int) -> Reals:
    """Return one period made of the harmonics below half the rate, so that nothing folds back."""
    numbers = np.arange(1, max(1, highest) + 1)
    odd = numbers % 2
    if kind == "sawtooth":
        shares = -(2.0 / np.pi) * (-1.0) ** numbers / numbers
    elif kind == "square":
        shares = odd * (4.0 / np.pi) / numbers
    else:
        shares = odd * (8.0 / np.pi**2) * (-1.0) ** ((numbers - 1) // 2) / numbers**2
    spectrum = np.zeros(PERIOD // 2 + 1, np.complex128)
    spectrum[numbers] = -0.5j * PERIOD * shares
    period = np.fft.irfft(spectrum, PERIOD)
    return np.append(period, period[0])


def _swept(asked: Signal, times: Reals, duration: float) -> Reals:
    """Return a sweep that takes equally long for each octave (Farina, AES 108, 2000)."""
    octaves = np.log(asked.end_frequency_hz / asked.frequency_hz)
    if abs(octaves) < 1e-9:
        return np.sin(2.0 * np.pi * asked.frequency_hz * times)
    grown = np.expm1(times * octaves / duration)
    return np.sin(2.0 * np.pi * asked.frequency_hz * duration / octaves * grown)


def _noise(
    kind: str, num_frames: int, sample_rate: int, generator: np.random.Generator
) -> Iterator[Samples]:
    from scipy import signal as scipy_signal

    taps, gain = _colour(kind, sample_rate)
    history = generator.standard_normal(len(taps) - 1)  # the beginning is as loud as the rest
    for first in range(0, num_frames, BLOCK):
        count = min(BLOCK, num_frames - first)
        white = np.concatenate([history, generator.standard_normal(count)])
        coloured = scipy_signal.fftconvolve(white, taps, mode="valid") if len(taps) > 1 else white
        history = white[len(white) - len(history) :]
        yield np.clip(NOISE_LEVEL * gain * coloured, -1.0, 1.0).astype(np.float32)


def _colour(kind: str, sample_rate: int) -> tuple[Reals, float]:
    """Return the filter of a colour of noise, and the gain that makes it as strong as white."""
    if kind == "white":
        return np.ones(1), 1.0
    size = 2 * PINK_TAPS
    frequencies = np.fft.rfftfreq(size, 1.0 / sample_rate)
    lowest = 20.0
    slope = 0.5 if kind == "pink" else 1.0
    magnitudes = (lowest / np.maximum(frequencies, lowest)) ** slope
    magnitudes[0] = 0.0
    taps = np.fft.fftshift(np.fft.irfft(magnitudes, size)) * np.hanning(size)
    return taps, float(1.0 / np.sqrt(np.sum(taps**2)))


def _rain(
    num_frames: int, sample_rate: int, strength: float, generator: np.random.Generator
) -> Iterator[Samples]:
    """Yield rain: the hiss of many far drops, and single near ones that ring shortly."""
    from scipy import signal as scipy_signal

    highest = min(13_000.0, 0.45 * sample_rate)
    hiss: Any = scipy_signal.butter(1, [700.0, highest], "band", fs=sample_rate, output="sos")
    state = np.zeros((len(hiss), 2))
    longest = round(0.004 * sample_rate)
    tail: Reals = np.zeros(longest)
    # Half as many drops in a drizzle, twice as many in a downpour; and quieter, or louder.
    share = 4.0 ** (strength - 0.5)
    gain = 10.0 ** (10.0 * (strength - 0.5) / 20.0)
    rate = DROPS_PER_SECOND * share / sample_rate
    for first in range(0, num_frames, BLOCK):
        count = min(BLOCK, num_frames - first)
        noise, state = scipy_signal.sosfilt(hiss, generator.standard_normal(count), zi=state)
        block = np.zeros(count + longest)
        block[:longest] += tail
        block[:count] += 0.045 * np.sqrt(share) * noise
        starts = generator.integers(0, count, generator.poisson(rate * count))
        drops = _drops(len(starts), sample_rate, longest, generator)
        np.add.at(block, starts[:, np.newaxis] + np.arange(longest), drops)
        tail = block[count:]
        yield np.clip(gain * block[:count], -1.0, 1.0).astype(np.float32)


def _drops(number: int, sample_rate: int, longest: int, generator: np.random.Generator) -> Reals:
    """Return drops that ring for a few milliseconds, shape ``(number, longest)``."""
    frames = np.arange(longest)
    lengths = generator.uniform(0.25, 1.0, (number, 1)) * longest
    frequencies = generator.uniform(1_500.0, 11_000.0, (number, 1))
    rings = np.exp(-5.0 * frames / lengths) * (frames < lengths)
    levels = generator.exponential(0.1, (number, 1))
    return levels * rings * np.sin(2.0 * np.pi * frequencies * frames / sample_rate)
