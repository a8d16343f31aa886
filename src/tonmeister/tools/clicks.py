"""Clicks and crackle: found by what a linear predictor cannot foresee, and filled in."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tonmeister.audio import Samples, Waveform
from tonmeister.streaming import Audio
from tonmeister.tools.autoregression import (
    autocorrelation,
    interpolated,
    prediction_error_filter,
)
from tonmeister.tools.margins import pieces_with_margins

__all__ = ["Gap", "find_clicks", "without_clicks"]

FRAME_DURATION = 0.05
ORDER = 24
MAX_CLICK = 0.004  # seconds; longer disturbances are no clicks
GUARD = 0.0003  # seconds added on both sides: a click rings on under the threshold
JOIN = 0.0006  # seconds between two finds that are one click
NEAR = 0.0025  # seconds around a find that are not compared with
AROUND = 0.02  # seconds around it that are: several periods of a voice
THRESHOLD = 6.0  # times the second strongest surprise around: one other click may be there
ONSET = 3.0  # times as much surprise after a find as before it: something begins there
ONSET_THRESHOLD = 20.0  # instead of the threshold, where something begins
BACKGROUND = 20.0  # times the usual surprise of the frame
TAIL = 4.0  # times the usual surprise a click still has where it fades
MAX_TAIL = 0.001  # seconds
CONTEXT = 0.02  # seconds on both sides of a gap from which it is filled
BLOCK_DURATION = 10.0
MARGIN = 0.1
FLOOR = 1e-5  # full scale: dither and silence surprise nobody

Prediction = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Gap:
    """A disturbed stretch of one channel.

    Attributes:
        channel: Which channel, from 0.
        first: Index of its first frame in the recording.
        last: Index after its last frame.
    """

    channel: int
    first: int
    last: int


def find_clicks(audio: Audio) -> list[Gap]:
    """Find short disturbances that stand far out of the voice, note or noise they fall into.

    A linear predictor of the surrounding 50 ms foresees each sample from those before it and, run
    backwards, from those after it. A click surprises both ways; the beat of the vocal cords
    surprises one way and comes again a period later, so that a find is compared with what
    surprises within 20 ms around it.

    Source: Godsill & Rayner, "Digital Audio Restoration" (1998), chapter 5.

    Args:
        audio: Any recording; it is read once.

    Returns:
        In order of time.
    """
    found: list[Gap] = []
    for piece in pieces_with_margins(audio, BLOCK_DURATION, MARGIN):
        for index, channel in enumerate(piece.samples):
            for first, last in _disturbed(channel.astype(np.float64), audio.sample_rate):
                if piece.first <= first < piece.last:
                    found.append(Gap(index, int(first) + piece.offset, int(last) + piece.offset))
    return sorted(found, key=lambda gap: gap.first)


def without_clicks(audio: Audio, gaps: Sequence[Gap]) -> Audio:
    """Fill gaps with what a linear predictor of their surroundings expects.

    Source: Janssen, Veldhuis & Vries, "Adaptive Interpolation of Discrete-Time Signals That Can Be
    Modeled as Autoregressive Processes" (IEEE TASSP 34, 1986).

    Args:
        audio: Any recording.
        gaps: What ``find_clicks`` found in it.
    """
    shape = (audio.sample_rate, audio.num_channels, audio.num_frames)
    return Audio.from_blocks(_filled(audio, gaps), *shape)


def _disturbed(samples: Prediction, rate: int) -> Iterator[tuple[int, int]]:
    """Yield first index and index after the last of every disturbance in one channel."""
    surprise = _surprise(samples, rate)
    near, around = max(1, round(NEAR * rate)), round(AROUND * rate)
    usual = _usual(surprise, round(FRAME_DURATION * rate))
    suspects = np.flatnonzero(surprise > BACKGROUND * usual)
    ends = 0
    for group in _groups(suspects, round(JOIN * rate)):
        first, last = group[0], group[-1] + 1
        if first < ends or last - first > MAX_CLICK * rate:
            continue
        before = surprise[max(0, first - around) : max(0, first - near)]
        after = surprise[last + near : last + around]
        if np.max(surprise[first:last]) > _bar(before, after, near):
            first, last = _with_tails(surprise, usual, first, last, round(MAX_TAIL * rate))
            guard = max(1, round(GUARD * rate))
            begin, ends = max(ends, first - guard), min(len(samples), last + guard)
            yield max(0, begin), ends


def _bar(before: Prediction, after: Prediction, length: int) -> float:
    """Return what a click must exceed between what comes before it and what comes after."""
    peaks = np.concatenate([_peaks(before, length), _peaks(after, length)])
    if len(peaks) < 2:
        return float("inf")
    # A consonant bursts out of silence and goes on; a click is gone as it came.
    onset = np.median(after) > ONSET * np.median(before) if len(before) and len(after) else False
    return float(np.sort(peaks)[-2]) * (ONSET_THRESHOLD if onset else THRESHOLD)


def _peaks(surprise: Prediction, length: int) -> Prediction:
    """Return the highest value of every whole stretch of a length."""
    whole = len(surprise) // length * length
    return surprise[:whole].reshape(-1, length).max(axis=1)


def _with_tails(
    surprise: Prediction, usual: Prediction, first: int, last: int, reach: int
) -> tuple[int, int]:
    """Widen a find on both sides as far as it still surprises."""
    calm = surprise <= TAIL * usual
    before = np.flatnonzero(calm[max(0, first - reach) : first])
    after = np.flatnonzero(calm[last : last + reach])
    begin = max(0, first - reach) + int(before[-1]) + 1 if len(before) else max(0, first - reach)
    end = last + int(after[0]) if len(after) else min(len(surprise), last + reach)
    return begin, end


def _surprise(samples: Prediction, rate: int) -> Prediction:
    """Return how far each sample is from what both predictions expect, the nearer one."""
    from scipy.signal import lfilter

    size = max(4 * ORDER, round(FRAME_DURATION * rate))
    surprise = np.zeros(len(samples))
    for start in range(0, len(samples), size):
        begin, end = max(0, start - size // 2), min(len(samples), start + size + size // 2)
        piece = samples[begin:end]
        if len(piece) <= 2 * ORDER or np.max(np.abs(piece)) < FLOOR:
            continue
        filter_taps = _predictor(piece)
        forward = np.abs(lfilter(filter_taps, 1.0, piece))
        backward = np.abs(lfilter(filter_taps, 1.0, piece[::-1])[::-1])
        # The beginning of the filter knows no past, the end no future.
        forward[:ORDER], backward[-ORDER:] = backward[:ORDER], forward[-ORDER:]
        both = np.minimum(_spread(forward), _spread(backward))
        count = min(size, len(samples) - start)
        surprise[start : start + count] = both[start - begin : start - begin + count]
    return surprise


def _spread(errors: Prediction) -> Prediction:
    """Let the strongest of a few neighbours stand for each: both ways peak a little apart."""
    from scipy.ndimage import maximum_filter1d

    return np.asarray(maximum_filter1d(errors, 5))


def _predictor(piece: Prediction) -> Prediction:
    """Return the prediction error filter of a piece: [1, -a1, …, -ap]."""
    # Clipped at a few deviations, a click does not teach the predictor to expect it.
    limit = 4.0 * float(np.median(np.abs(piece))) / 0.6745 + FLOOR
    powers = autocorrelation(np.clip(piece, -limit, limit), ORDER)
    return prediction_error_filter(powers, ridge=1e-6)


def _usual(surprise: Prediction, size: int) -> Prediction:
    """Return the usual surprise around every sample: the median of its frame."""
    count = max(1, -(-len(surprise) // size))
    frames = np.pad(surprise, (0, count * size - len(surprise)), mode="edge").reshape(count, size)
    return np.repeat(np.median(frames, axis=1) + FLOOR, size)[: len(surprise)]


def _groups(indices: NDArray[np.int64], distance: int) -> Iterator[NDArray[np.int64]]:
    if len(indices):
        yield from np.split(indices, 1 + np.flatnonzero(np.diff(indices) > max(1, distance)))


def _filled(audio: Audio, gaps: Sequence[Gap]) -> Iterator[Waveform]:
    rate = audio.sample_rate
    firsts = [gap.first for gap in gaps]
    for piece in pieces_with_margins(audio, BLOCK_DURATION, MARGIN):
        filled = piece.samples.copy()
        # A gap may begin in the margin and reach into the piece.
        end = piece.offset + piece.samples.shape[1]
        for gap in gaps[bisect_left(firsts, piece.offset) : bisect_left(firsts, end)]:
            first, last = gap.first - piece.offset, min(gap.last, end) - piece.offset
            filled[gap.channel, first:last] = _interpolated(
                filled[gap.channel], first, last, round(CONTEXT * rate)
            )
        yield Waveform(filled[:, piece.first : piece.last], rate)


def _interpolated(samples: Samples, first: int, last: int, context: int) -> Samples:
    """Return what a predictor of the surroundings of a gap expects in it."""
    begin, end = max(0, first - context), min(len(samples), last + context)
    unknown = np.zeros(end - begin, np.bool_)
    unknown[first - begin : last - begin] = True
    order = max(1, min(ORDER, len(unknown) // 3))
    piece = samples[begin:end].astype(np.float64)
    return interpolated(piece, unknown, order, rounds=2)[unknown].astype(np.float32)
