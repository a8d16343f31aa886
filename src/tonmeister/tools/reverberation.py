"""Late reverberation: predicted from the sound before it, and taken away."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tonmeister.audio import Samples, Waveform
from tonmeister.streaming import Audio

__all__ = ["dereverberated"]

FRAME_DURATION = 0.032  # seconds of one transform
HOPS = 4  # transforms begin a quarter of a frame apart: 8 ms
DELAY = 3  # frames that are spared: direct sound and early reflections, about 25 ms
REACH = 0.4  # seconds before a frame from which its reverberation is predicted
HIGH_REACH = 0.15  # the same above 4 kHz, where rooms die away sooner
HIGH_HZ = 4_000.0
ITERATIONS = 3
BLOCK_DURATION = 16.0
OVERLAP = 2.0
LOADING = 1e-6  # of the mean power, so that silence can be solved for
FLOOR = 1e-10
LEAST_POWER = 1e-3  # of the mean: frames between words do not outweigh all others
MAX_UNKNOWNS = 90  # of all channels together; above, the same library solves on threads
ONE_THREAD_WORK = 60_000  # complex multiplications; OpenBLAS shares larger products out

Spectrum = NDArray[np.complex64]
"""Shape ``(bins, channels, frames)``."""


def dereverberated(audio: Audio, strength: float) -> Audio:
    """Take late reverberation away by weighted prediction error.

    In each frequency band a linear filter predicts the sound from what was heard 25 to 425 ms
    before (380 ms in stereo); what it predicts is late reverberation. Frames are weighted by the
    inverse of their power, as speech varies and reverberation does not. Blocks of 16 s are solved
    on their own and cross-faded, so that the room may change.

    Source: Nakatani et al., "Speech Dereverberation Based on Variance-Normalized Delayed Linear
    Prediction" (IEEE TASLP 18, 2010); for several channels Yoshioka & Nakatani (2012).

    Args:
        audio: A recording that can be read at any place.
        strength: Share of the reverberation to take away, 0.0 to 1.0.
    """
    shape = (audio.sample_rate, audio.num_channels, audio.num_frames)
    return Audio.from_blocks(_joined(audio, np.float32(strength)), *shape)


def _joined(audio: Audio, strength: np.float32) -> Iterator[Waveform]:
    rate, duration = audio.sample_rate, audio.duration
    overlap = round(OVERLAP * rate)
    fade_in = np.linspace(0.0, 1.0, overlap, dtype=np.float32)
    step = BLOCK_DURATION - OVERLAP
    start, tail = 0.0, np.zeros((audio.num_channels, 0), np.float32)
    while True:
        # A short rest would be too little to learn a room from: the last block takes it along.
        last = start + BLOCK_DURATION + step / 2 >= duration
        block = audio.read(start, None if last else start + BLOCK_DURATION).samples
        made = np.asarray(block + strength * (_dry(block, rate) - block), np.float32)
        count = min(tail.shape[1], made.shape[1])
        made[:, :count] = tail[:, :count] + fade_in[:count] * (made[:, :count] - tail[:, :count])
        if last:
            if made.shape[1]:
                yield Waveform(made, rate)
            return
        yield Waveform(made[:, :-overlap], rate)
        tail = made[:, -overlap:]
        start += step


def _dry(samples: Samples, sample_rate: int) -> Samples:
    """Return the channels without late reverberation; identical ones are done once."""
    if all(np.array_equal(samples[0], other) for other in samples[1:]):
        return np.repeat(_solved(samples[:1], sample_rate), len(samples), axis=0)
    return _solved(samples, sample_rate)


def _solved(samples: Samples, sample_rate: int) -> Samples:
    from scipy.signal import istft, stft

    hop = max(1, round(FRAME_DURATION * sample_rate / HOPS))
    size = HOPS * hop
    padded = np.pad(samples, ((0, 0), (0, max(0, size - samples.shape[1]))))
    _, _, spectrum = stft(padded, nperseg=size, noverlap=size - hop)
    bands = np.ascontiguousarray(np.moveaxis(spectrum, 0, 1), np.complex64)
    most = MAX_UNKNOWNS // len(samples)
    taps = max(1, min(most, round(REACH * sample_rate / hop)))
    high_taps = max(1, min(most, round(HIGH_REACH * sample_rate / hop)))
    edge = round(HIGH_HZ / sample_rate * size)
    for index, band in enumerate(bands):
        bands[index] = _band(band, taps if index <= edge else high_taps)
    _, made = istft(np.moveaxis(bands, 0, 1), nperseg=size, noverlap=size - hop)
    return np.asarray(made[:, : samples.shape[1]], np.float32)


def _band(observed: Spectrum, taps: int) -> Spectrum:
    """Return one band, shape ``(channels, frames)``, without what its past predicts."""
    channels, frames = observed.shape
    if frames <= DELAY + taps or not np.any(observed):
        return observed
    past = np.zeros((taps, channels, frames), np.complex64)
    for tap in range(taps):
        lag = DELAY + tap
        past[tap, :, lag:] = observed[:, : frames - lag]
    past = past.reshape(taps * channels, frames)
    dry = observed
    for _ in range(ITERATIONS):
        power = np.mean(np.abs(dry) ** 2, axis=0)
        weighted = past / np.maximum(power, FLOOR + LEAST_POWER * np.mean(power))
        correlation = _product(weighted, past)
        loading = LOADING * np.real(np.trace(correlation)) / len(correlation) + FLOOR
        correlation[np.diag_indices(len(correlation))] += loading
        target = np.einsum("kt,ct->kc", weighted, observed.conj())
        filters = np.linalg.solve(correlation, target)
        dry = observed - np.einsum("kc,kt->ct", filters.conj(), past)
    return dry.astype(np.complex64)


def _product(left: Spectrum, right: Spectrum) -> Spectrum:
    """Return ``left @ right.conj().T``, in pieces that a linear algebra library does on one thread.

    Threads that wait for each other thousands of times a second cost more than they bring, and
    on a busy machine a hundred times more.
    """
    rows, inner = left.shape
    columns = len(right)
    length = max(1, min(inner, ONE_THREAD_WORK // max(1, rows * columns)))
    whole = inner // length * length
    pieces = left[:, :whole].reshape(rows, -1, length).transpose(1, 0, 2)
    others = right[:, :whole].reshape(columns, -1, length).transpose(1, 2, 0).conj()
    made = np.matmul(pieces, others).sum(axis=0)
    if whole < inner:
        made += left[:, whole:] @ right[:, whole:].conj().T
    return made
