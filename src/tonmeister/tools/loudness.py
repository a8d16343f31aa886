"""Loudness and peaks: measure, limit, bring to a target."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tonmeister.artifacts import Noted
from tonmeister.audio import Samples, Waveform
from tonmeister.errors import ToolInputError
from tonmeister.metering import Levels, LoudnessMeter
from tonmeister.streaming import BLOCK_DURATION, Audio

__all__ = [
    "amplified",
    "amplitude",
    "decibels",
    "held_under",
    "levels_of",
    "limited",
    "normalized",
    "peak_of",
    "within_full_scale",
]

LIMITER_WINDOW = 0.02  # half a period of 25 Hz: the gain does not follow the wave of a bass
OVERSAMPLED_RATE = 192_000  # Hz, four times 48 kHz
RESAMPLER_REACH = 256  # frames beyond which the oversampling filter sees nothing
TOLERANCE_LU = 0.15
CEILING_MARGIN_DB = 0.05  # oversampling filters differ by about this much
MAX_PASSES = 8
FULL_SCALE_MARGIN_DB = -0.1
MAX_LIMITING_DB = 15.0  # beyond it a recording sounds crushed, and hardly gets louder


def amplitude(decibels: float) -> float:
    """Return the factor that a change of level in dB means."""
    return 10.0 ** (decibels / 20.0)


def decibels(peak: float) -> float:
    """Return a level in dB relative to full scale.

    Args:
        peak: Amplitude; 0.0 gives minus infinity.
    """
    return 20.0 * math.log10(peak) if peak > 0.0 else -math.inf


def within_full_scale(made: Callable[[], Audio]) -> Audio | Noted:
    """Turn a result down as a whole if its peaks exceed full scale.

    Args:
        made: Makes the result anew on every call, because its blocks are read twice.
    """
    excess_db = decibels(peak_of(made()))
    if excess_db <= 0.0:
        return made()
    change_db = FULL_SCALE_MARGIN_DB - excess_db
    note = f"Everything was turned down by {-change_db:.1f} dB, because it would have clipped."
    return Noted(amplified(made(), change_db), (note,))


def amplified(audio: Audio, gain_db: float) -> Audio:
    """Change the level by a number of decibels.

    Args:
        audio: Any recording.
        gain_db: Change in dB.
    """
    factor = np.float32(amplitude(gain_db))
    return audio.map(lambda block: Waveform(block.samples * factor, block.sample_rate))


def peak_of(audio: Audio) -> float:
    """Return the highest absolute sample, 0.0 for silence or nothing.

    Args:
        audio: Any recording; it is read once.
    """
    return max((_peak(block.samples) for block in audio.blocks()), default=0.0)


def levels_of(audio: Audio, *, true_peak: bool = False) -> Levels:
    """Measure a recording.

    Args:
        audio: Any recording; it is read once.
        true_peak: Whether to measure the true peak too.
    """
    meter = LoudnessMeter(audio.sample_rate, audio.num_channels, true_peak=true_peak)
    for block in audio.blocks():
        meter.add(block)
    return meter.levels()


def limited(audio: Audio, *, gain_db: float, ceiling_db: float) -> Audio:
    """Change the level and turn down, for a moment, what would exceed a ceiling.

    The gain looks ahead and back by 10 ms each, is the same for all channels, and follows
    the true peak (oversampled to 192 kHz or four times, ITU-R BS.1770-4 annex 2).

    Args:
        audio: A recording that can be read at any place.
        gain_db: Change of level in dB.
        ceiling_db: Highest true peak in dBTP.
    """
    blocks = _limited_blocks(audio, np.float32(amplitude(gain_db)), amplitude(ceiling_db))
    return Audio.from_blocks(blocks, audio.sample_rate, audio.num_channels, audio.num_frames)


def held_under(audio: Audio, *, gain_db: float, ceiling_db: float) -> Audio:
    """Change the level and limit it so that the measured true peak keeps a ceiling.

    Args:
        audio: A recording that can be read at any place; it is read until the ceiling is kept.
        gain_db: Change of level in dB.
        ceiling_db: Highest true peak in dBTP.
    """
    inner_db = ceiling_db - CEILING_MARGIN_DB
    for _ in range(MAX_PASSES):
        levels = levels_of(limited(audio, gain_db=gain_db, ceiling_db=inner_db), true_peak=True)
        excess = -math.inf if levels.true_peak_db is None else levels.true_peak_db - ceiling_db
        if excess <= 0.0:
            break
        inner_db -= excess + CEILING_MARGIN_DB
    return limited(audio, gain_db=gain_db, ceiling_db=inner_db)


def normalized(audio: Audio, *, target_lufs: float, ceiling_db: float, tool: str) -> Audio | Noted:
    """Bring a recording to a loudness; limit peaks only where they would exceed the ceiling.

    Args:
        audio: A recording that can be read at any place.
        target_lufs: Integrated loudness to reach in LUFS.
        ceiling_db: Highest true peak in dBTP.
        tool: Name of the tool that asks, for errors.

    Raises:
        ToolInputError: The loudness cannot be measured.
    """
    before = levels_of(audio, true_peak=True)
    if before.loudness_lufs is None or before.true_peak_db is None:
        raise ToolInputError(
            f"The loudness cannot be measured: the recording of {audio.duration:.2f} s is silent, "
            "below -70 LUFS, or shorter than 0.4 s.",
            tool=tool,
            hint="Use change_gain to change the level by a number of decibels.",
        )
    gain = target_lufs - before.loudness_lufs
    overshoot = before.true_peak_db + gain - ceiling_db
    if overshoot <= 0.0:
        return amplified(audio, gain)
    highest = ceiling_db - before.true_peak_db + MAX_LIMITING_DB
    found = _limiter_setting(audio, min(gain, highest), highest, target_lufs, ceiling_db)
    held = before.true_peak_db + found.gain_db - ceiling_db
    notes = [f"A limiter held peaks under {ceiling_db:g} dBTP, by up to {held:.1f} dB."]
    if abs(found.reached_lufs - target_lufs) > 2 * TOLERANCE_LU:
        notes.append(
            f"The result has {found.reached_lufs:.1f} LUFS: {target_lufs:g} LUFS under a ceiling "
            f"of {ceiling_db:g} dBTP would need more than {MAX_LIMITING_DB:g} dB of limiting."
        )
    made = limited(audio, gain_db=found.gain_db, ceiling_db=found.ceiling_db)
    return Noted(made, tuple(notes))


@dataclass(frozen=True, slots=True)
class _Setting:
    """What the limiter is given, and the loudness it was measured to lead to."""

    gain_db: float
    ceiling_db: float
    reached_lufs: float


def _limiter_setting(
    audio: Audio, gain: float, highest_gain: float, target_lufs: float, ceiling_db: float
) -> _Setting:
    """Find gain and ceiling by trial; only what was measured to keep the ceiling is returned."""
    ceiling = ceiling_db - CEILING_MARGIN_DB
    best = _Setting(gain, ceiling - CEILING_MARGIN_DB, -math.inf)
    slope, last_gain, last_reached = 0.7, gain, -math.inf
    for _ in range(MAX_PASSES):
        levels = levels_of(limited(audio, gain_db=gain, ceiling_db=ceiling), true_peak=True)
        reached = -math.inf if levels.loudness_lufs is None else levels.loudness_lufs
        missing = target_lufs - reached
        excess = 0.0 if levels.true_peak_db is None else levels.true_peak_db - ceiling_db
        if excess > 0.0:
            ceiling -= excess + CEILING_MARGIN_DB
            continue
        if abs(missing) < abs(target_lufs - best.reached_lufs):
            best = _Setting(gain, ceiling, reached)
        if abs(missing) <= TOLERANCE_LU or (missing > 0.0 and gain >= highest_gain):
            break
        # A part of each gain ends in the limiter; how much, the two last trials tell.
        if math.isfinite(last_reached) and gain != last_gain:
            slope = min(1.0, max(0.2, (reached - last_reached) / (gain - last_gain)))
        last_gain, last_reached = gain, reached
        gain = min(highest_gain, gain + missing / slope)
    return best


def _peak(samples: Samples) -> float:
    return float(np.max(np.abs(samples))) if samples.size else 0.0


def _limited_blocks(audio: Audio, factor: np.float32, ceiling: float) -> Iterator[Waveform]:
    rate, total = audio.sample_rate, audio.num_frames or 0
    half = max(1, round(LIMITER_WINDOW / 2 * rate))
    reach = 2 * half + RESAMPLER_REACH
    length = round(BLOCK_DURATION * rate)
    for first in range(0, total, length):
        last = min(total, first + length)
        start = max(0, first - reach)
        samples = audio.read(start / rate, min(total, last + reach) / rate).samples * factor
        inner = slice(first - start, last - start)
        # Between samples a recording rises 3 dB at most in practice: 6 dB down is safe.
        if _peak(samples) > ceiling / 2:
            samples = samples * _limiter_gain(samples, rate, ceiling, half)
        yield Waveform(samples[:, inner], rate)


def _limiter_gain(samples: Samples, rate: int, ceiling: float, half: int) -> NDArray[np.float32]:
    import soxr
    from scipy.ndimage import minimum_filter1d, uniform_filter1d

    factor = max(4, OVERSAMPLED_RATE // rate)
    between = soxr.resample(np.ascontiguousarray(samples.T), rate, factor * rate, quality="HQ")
    count = samples.shape[1]
    peaks = np.zeros(factor * count)
    peaks[: len(between)] = np.abs(between).max(axis=1)[: factor * count]
    peaks = np.maximum(peaks.reshape(count, factor).max(axis=1), np.abs(samples).max(axis=0))
    needed = minimum_filter1d(ceiling / np.maximum(peaks, ceiling), 2 * half + 1, mode="nearest")
    # Two averages over the window's half make a triangle no wider than the minimum's window, so
    # the smooth gain is never above the needed one.
    width = half // 2 * 2 + 1
    for _ in range(2):
        needed = uniform_filter1d(needed, width, mode="nearest")
    return needed.astype(np.float32)
