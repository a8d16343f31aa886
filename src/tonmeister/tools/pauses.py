"""Where sound begins and ends inside a few seconds of speech, to about 10 ms."""

import numpy as np

from tonmeister.audio import Waveform

__all__ = ["RUN_GAP", "levels_db", "loud_runs", "quietest"]

STEP = 0.01
RUN_GAP = 0.06
"""Seconds of quiet that do not end a run: stops such as [p] and [t] hold their breath so long."""

MARGIN_DB = 30.0
FLOOR_MARGIN_DB = 8.0
QUIETEST_DB = -100.0


def levels_db(waveform: Waveform) -> np.ndarray:
    """Return the level of every 10 ms in dB relative to full scale, over all channels.

    Args:
        waveform: Any sound.
    """
    step = max(1, round(STEP * waveform.sample_rate))
    count = waveform.num_frames // step
    if count == 0:
        return np.zeros(0)
    mono = waveform.samples[:, : count * step].astype(np.float64).mean(axis=0)
    power = np.mean(np.square(mono.reshape(count, step)), axis=1)
    return np.maximum(QUIETEST_DB, 10.0 * np.log10(np.maximum(power, 1e-12)))


def loud_runs(waveform: Waveform) -> list[tuple[float, float]]:
    """Return the stretches that stand out of the quiet, as (start, end) in seconds.

    Loud is what is no more than 30 dB below the loudest 10 ms and at least 8 dB above the floor,
    the tenth percentile of all levels.

    Args:
        waveform: A few seconds of speech.
    """
    levels = levels_db(waveform)
    if len(levels) == 0:
        return []
    peak, floor = float(np.max(levels)), float(np.percentile(levels, 10))
    threshold = max(peak - MARGIN_DB, min(floor + FLOOR_MARGIN_DB, peak - FLOOR_MARGIN_DB))
    loud = np.concatenate([[False], levels > threshold, [False]])
    edges = np.flatnonzero(np.diff(loud.astype(np.int8)))
    runs: list[tuple[float, float]] = []
    for start, end in zip(edges[::2] * STEP, edges[1::2] * STEP, strict=True):
        if runs and start - runs[-1][1] < RUN_GAP:
            runs[-1] = (runs[-1][0], float(end))
        else:
            runs.append((float(start), float(end)))
    return runs


def quietest(waveform: Waveform) -> float:
    """Return the time in the middle of the quietest 30 ms, in seconds.

    Args:
        waveform: A piece of a recording.
    """
    levels = levels_db(waveform)
    if len(levels) < 3:
        return waveform.num_frames / waveform.sample_rate / 2
    smooth = np.convolve(levels, np.ones(3) / 3, mode="valid")
    return (int(np.argmin(smooth)) + 1.5) * STEP
