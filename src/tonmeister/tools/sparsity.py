"""Samples that are known only to lie beyond a level, drawn so that few frequencies make them."""

import numpy as np
from numpy.typing import NDArray

from tonmeister.audio import Samples

__all__ = ["sparsest"]

REDUNDANCY = 2  # frequencies per sample
STEP = 4  # frequencies more that are allowed in each round
TOLERANCE = 0.02  # share of a frame that may still lie outside the frequencies allowed
MOST_ROUNDS = 400
BATCH = 64  # frames at once: memory

Flags = NDArray[np.bool_]


def sparsest(samples: Samples, over: Flags, under: Flags, size: int) -> Samples:
    """Draw clipped samples so that every frame has the fewest frequencies, and nothing else moves.

    A-SPADE: the spectrum of a frame with one more group of frequencies at each round, and the
    frame that is nearest to it and keeps what is known, approach each other.

    Source: Kitić, Bertin & Gribonval, "Sparsity and Cosparsity for Audio Declipping: A Flexible
    Non-Convex Approach" (LVA/ICA 2015).

    Args:
        samples: One channel.
        over: Which samples may be higher than they are.
        under: Which samples may be lower than they are.
        size: Samples in a frame, an even number.
    """
    hop = size // 2
    tail = size + -len(samples) % hop
    window = np.hanning(size + 1)[:-1].astype(np.float32)
    beside = (size, tail)
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(samples, beside), size)[::hop]
    highs = np.lib.stride_tricks.sliding_window_view(np.pad(over, beside), size)[::hop]
    lows = np.lib.stride_tricks.sliding_window_view(np.pad(under, beside), size)[::hop]
    total = np.zeros(size + len(samples) + tail, np.float32)
    weight = np.zeros_like(total)
    touched = np.flatnonzero((highs | lows).any(axis=1))
    for begin in range(0, len(touched), BATCH):
        some = touched[begin : begin + BATCH]
        drawn = _drawn(frames[some] * window, highs[some], lows[some])
        for index, frame in zip(some, drawn, strict=True):
            place = slice(index * hop, index * hop + size)
            total[place] += frame * window
            weight[place] += window**2
    inner = slice(size, size + len(samples))
    found = weight[inner] > 1e-6
    return np.where(found, total[inner] / np.where(found, weight[inner], 1.0), samples)


def _drawn(frames: Samples, over: Flags, under: Flags) -> Samples:
    """Return frames with their flagged samples drawn anew, shape as given."""
    size = frames.shape[1]
    width = REDUNDANCY * size
    drawn = frames.copy()
    left = np.arange(len(frames))
    known, high, low = frames, over, under
    spectra = _spectra(known, width)
    dual = np.zeros_like(spectra)
    for round_ in range(1, MOST_ROUNDS + 1):
        allowed = _strongest(spectra + dual, STEP * round_)
        wanted = _frames(allowed - dual, width)[:, :size]
        current = np.where(high, np.maximum(wanted, known), known)
        current = np.where(low, np.minimum(wanted, known), current)
        spectra = _spectra(current, width)
        rest = spectra - allowed
        dual = dual + rest
        done = _norms(rest) <= TOLERANCE * _norms(spectra)
        if round_ == MOST_ROUNDS:
            done[:] = True
        drawn[left[done]] = current[done]
        if done.all():
            break
        if done.any():
            left, spectra, dual = left[~done], spectra[~done], dual[~done]
            known, high, low = known[~done], high[~done], low[~done]
    return drawn


# SciPy keeps 32 bits, which halves the time.
def _spectra(frames: Samples, width: int) -> NDArray[np.complex64]:
    from scipy.fft import rfft

    return np.asarray(rfft(frames, width, axis=1, norm="ortho"), np.complex64)


def _frames(spectra: NDArray[np.complex64], width: int) -> Samples:
    from scipy.fft import irfft

    return np.asarray(irfft(spectra, width, axis=1, norm="ortho"), np.float32)


def _strongest(spectra: NDArray[np.complex64], count: int) -> NDArray[np.complex64]:
    """Keep the strongest frequencies of every spectrum, and set the others to zero."""
    powers = spectra.real**2 + spectra.imag**2
    at = max(0, powers.shape[1] - count)
    least = np.partition(powers, at, axis=1)[:, at, None]
    return np.where(powers >= least, spectra, 0)


def _norms(spectra: NDArray[np.complex64]) -> NDArray[np.float32]:
    return np.sqrt((spectra.real**2 + spectra.imag**2).sum(axis=1))
