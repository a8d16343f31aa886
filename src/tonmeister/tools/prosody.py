"""How somebody speaks, in numbers: rate, pauses, pitch range, level over the noise."""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tonmeister.artifacts import Region
from tonmeister.audio import Samples

__all__ = ["FRAME_DURATION", "frame_powers", "pause_figures", "snr_of", "syllable_times"]

FRAME_DURATION = 0.01
DIP_DB = 2.0  # between two nuclei the intensity falls by at least this much
BELOW_LOUD_DB = 25.0  # softer peaks are no nuclei
NEARBY = 2.0  # seconds to either side in which the loudest frame is looked for
BELOW_ALL_DB = 45.0  # softer than the loudest of the recording by this much, nothing counts
SMOOTHING = 0.03  # seconds; shorter movements of the intensity are no syllables
FLOOR = 1e-12
SPEECH_MARGIN = 0.05  # seconds inside a stretch of speech that surely are speech
NOISE_MARGIN = 0.2  # seconds beside speech that may still hold its end
MIN_NOISE = 0.3  # seconds of noise from which its level is known


def frame_powers(samples: Samples, sample_rate: int) -> Samples:
    """Return the mean power of consecutive frames of 10 ms; a shorter rest is left out.

    Args:
        samples: One channel, shape ``(frames,)``.
        sample_rate: Its rate in Hz.
    """
    length = max(1, round(FRAME_DURATION * sample_rate))
    whole = len(samples) // length * length
    squares = np.square(samples[:whole].reshape(-1, length))
    return np.asarray(squares.mean(axis=1), np.float32)


def syllable_times(powers: Samples, voiced: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Find syllable nuclei: voiced peaks of intensity with a dip before them.

    Source: de Jong & Wempe, "Praat script to detect syllable nuclei and measure speech rate
    automatically" (Behavior Research Methods 41, 2009): peaks at most 25 dB below the loudest
    frames, after a dip of 2 dB or more, where there is a pitch. The loudest frame is that within
    two seconds, so that somebody who speaks softly counts beside somebody who speaks up.

    Args:
        powers: Mean power of consecutive frames of 10 ms.
        voiced: Whether each frame has a pitch; as many.

    Returns:
        Seconds of the nuclei.
    """
    if not len(powers) or not voiced.any():
        return np.zeros(0)
    width = round(SMOOTHING / FRAME_DURATION)
    window = np.hanning(2 * width + 1)
    smooth = np.convolve(powers, window / window.sum(), mode="same")
    level = 10.0 * np.log10(smooth + FLOOR)
    loud = _reference(level, voiced)
    inner = level[1:-1]
    peaks = 1 + np.flatnonzero((inner >= level[:-2]) & (inner > level[2:]))
    kept: list[int] = []
    for peak in peaks[(level[peaks] > loud[peaks]) & voiced[peaks]]:
        if kept:
            dip = float(np.min(level[kept[-1] : peak + 1]))
            if min(level[peak], level[kept[-1]]) - dip < DIP_DB:
                # One nucleus with two humps: the higher one stands for it.
                kept[-1] = peak if level[peak] > level[kept[-1]] else kept[-1]
                continue
        kept.append(int(peak))
    return (np.asarray(kept) + 0.5) * FRAME_DURATION


def _reference(
    level: NDArray[np.floating[Any]], voiced: NDArray[np.bool_]
) -> NDArray[np.floating[Any]]:
    """Return for each frame the level that a nucleus there exceeds, in dB."""
    from scipy.ndimage import maximum_filter1d

    overall = float(np.percentile(level[voiced], 99))
    heard = np.where(voiced, np.minimum(level, overall), -np.inf)
    near = maximum_filter1d(heard, 2 * round(NEARBY / FRAME_DURATION) + 1, mode="nearest")
    return np.maximum(near - BELOW_LOUD_DB, overall - BELOW_ALL_DB)


def pause_figures(regions: Sequence[Region]) -> dict[str, float | int | None]:
    """Count and measure the pauses between stretches of speech.

    Args:
        regions: Stretches of speech in order of time, both ends given.

    Returns:
        ``num_pauses``, ``mean_pause_duration`` and ``longest_pause_duration`` in seconds, and
        ``pause_share`` of the time from the first word to the last, 0.0 to 1.0.
    """
    ends = [(one.start, one.end if one.end is not None else one.start) for one in regions]
    gaps = [later[0] - earlier[1] for earlier, later in itertools.pairwise(ends)]
    span = ends[-1][1] - ends[0][0] if ends else 0.0
    return {
        "num_pauses": len(gaps) if ends else None,
        "mean_pause_duration": sum(gaps) / len(gaps) if gaps else None,
        "longest_pause_duration": max(gaps) if gaps else None,
        "pause_share": sum(gaps) / span if span > 0.0 else None,
    }


def snr_of(powers: Samples, regions: Sequence[Region]) -> float | None:
    """Estimate the signal-to-noise ratio from speech and from what lies between.

    The noise is taken to go on under the speech as it is in the pauses, so its power there is
    subtracted.

    Args:
        powers: Mean power of consecutive frames of 10 ms.
        regions: Stretches of speech in order of time, both ends given.

    Returns:
        The ratio in dB; None without speech, without pauses, or when they are digitally silent.
    """
    times = (np.arange(len(powers)) + 0.5) * FRAME_DURATION
    speech = _inside(times, regions, -SPEECH_MARGIN)
    noise = ~_inside(times, regions, NOISE_MARGIN) & (powers > FLOOR)
    if not speech.any() or np.count_nonzero(noise) * FRAME_DURATION < MIN_NOISE:
        return None
    noise_power = float(np.mean(powers[noise], dtype=np.float64))
    speech_power = float(np.mean(powers[speech], dtype=np.float64)) - noise_power
    if speech_power <= 0.0:
        return None
    return float(10.0 * np.log10(speech_power / noise_power))


def _inside(
    times: NDArray[np.floating[Any]], regions: Sequence[Region], margin: float
) -> NDArray[np.bool_]:
    inside = np.zeros(len(times), np.bool_)
    for region in regions:
        end = region.end if region.end is not None else region.start
        first, last = np.searchsorted(times, (region.start - margin, end + margin))
        inside[first:last] = True
    return inside
