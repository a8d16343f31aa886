"""Autoregression: a stretch of sound told from what is around it, sample by sample."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["autocorrelation", "continued", "interpolated", "prediction_error_filter"]

Signal = NDArray[np.float64]
Mask = NDArray[np.bool_]

RIDGE = 1e-9  # share of the power added to the diagonal: tones alone leave it singular
TINY = 1e-12  # power that stands in for silence


def autocorrelation(samples: Signal, order: int) -> Signal:
    """Return the autocorrelation of a sound under a Hann window, at lags 0 to ``order``.

    Args:
        samples: Sound of one channel.
        order: The last lag.
    """
    windowed = samples * np.hanning(len(samples) + 2)[1:-1]
    size = 1 << (len(windowed) + order).bit_length()
    return np.fft.irfft(np.abs(np.fft.rfft(windowed, size)) ** 2)[: order + 1]


def prediction_error_filter(powers: Signal, *, ridge: float = RIDGE) -> Signal:
    """Return the filter that takes from a sound what its past foretells: [1, -a1, …, -ap].

    Args:
        powers: Autocorrelation of the sound at lags 0 to p.
        ridge: Share of the power that is added as white noise.
    """
    from scipy.linalg import solve_toeplitz

    column = powers[:-1].copy()
    column[0] = column[0] * (1.0 + ridge) + TINY
    return np.concatenate([[1.0], -solve_toeplitz(column, powers[1:])])


def interpolated(samples: Signal, unknown: Mask, order: int, *, rounds: int = 3) -> Signal:
    """Fill in unknown samples so that an autoregressive model of the whole errs the least.

    Model and samples are estimated in turn. The unknown samples may lie anywhere.

    Source: Janssen, Veldhuis & Vries, "Adaptive Interpolation of Discrete-Time Signals That Can
    Be Modeled as Autoregressive Processes" (IEEE TASSP 34, 1986).

    Args:
        samples: Sound of one channel with some context on both sides of what is unknown.
        unknown: Which samples are to be filled in; their values are not looked at.
        order: Number of coefficients of the model.
        rounds: How often model and samples are estimated.
    """
    filled = np.where(unknown, 0.0, samples)
    places = np.flatnonzero(unknown)
    if not len(places) or not np.any(filled):
        return filled
    powers = _powers_of_known(filled, unknown, order)
    for _ in range(rounds):
        errors = prediction_error_filter(powers)
        filled[places] = _least_errors(filled, places, errors)
        powers = autocorrelation(filled, order)
    return filled


def continued(samples: Signal, count: int, order: int) -> Signal:
    """Let a sound go on as its past foretells; it decays.

    Args:
        samples: What comes before.
        count: Number of samples wanted.
        order: Number of coefficients of the model.
    """
    from scipy.signal import lfilter, lfiltic

    if len(samples) <= order or not np.any(samples):
        return np.zeros(count)
    errors = prediction_error_filter(autocorrelation(samples, order))
    state = lfiltic([1.0], errors, samples[::-1][:order])
    return np.asarray(lfilter([1.0], errors, np.zeros(count), zi=state)[0])


def _powers_of_known(samples: Signal, unknown: Mask, order: int) -> Signal:
    """Return the autocorrelation that known samples have among themselves.

    Products with an unknown sample are left out and made up for, by their number at each lag.
    """
    window = np.hanning(len(samples) + 2)[1:-1]
    size = 1 << (len(samples) + order).bit_length()
    seen = np.fft.rfft(np.where(unknown, 0.0, window), size)
    whole = np.fft.rfft(window, size)
    sound = np.fft.rfft(np.where(unknown, 0.0, samples * window), size)
    counts = [np.fft.irfft(np.abs(each) ** 2)[: order + 1] for each in (seen, whole)]
    powers = np.fft.irfft(np.abs(sound) ** 2)[: order + 1]
    return powers * counts[1] / np.maximum(counts[0], 0.05 * counts[1])


def _least_errors(samples: Signal, places: NDArray[np.int64], errors: Signal) -> Signal:
    """Return the values at some places that leave the least sum of squared prediction errors."""
    from scipy.linalg import solve, solve_toeplitz

    known = samples.copy()
    known[places] = 0.0
    order = len(errors) - 1
    # The normal equations are those of the filter's own autocorrelation.
    products = np.correlate(errors, errors, "full")[order:]
    both_ways = np.concatenate([products[::-1], products[1:]])
    pull = -np.convolve(known, both_ways, "same")[places]
    reach = np.zeros(max(len(samples), order + 1))
    reach[: order + 1] = products
    reach[0] *= 1.0 + RIDGE
    first, last = int(places[0]), int(places[-1])
    if last - first + 1 == len(places):
        return np.asarray(solve_toeplitz(reach[: len(places)], pull), np.float64)
    matrix = reach[np.abs(places[:, None] - places[None, :])]
    return np.asarray(solve(matrix, pull, assume_a="pos"), np.float64)
