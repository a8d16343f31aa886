"""Technical facts about a recording, measured in one pass."""

import math

import numpy as np
from numpy.typing import NDArray

from tonmeister.audio import Samples, Waveform
from tonmeister.metering import Levels, LoudnessMeter
from tonmeister.streaming import Audio, Feed

__all__ = ["measure"]

FRAME_DURATION = 0.05
SILENCE_BELOW_PEAK_DB = -45.0  # as in remove_silence
BANDWIDTH_BELOW_PEAK_DB = -60.0
N_FFT = 4096
FLOOR_DB = -200.0


def measure(audio: Audio) -> dict[str, float | int | str | None]:
    """Measure length, format, loudness, peaks, silence and bandwidth.

    Args:
        audio: Any recording; it is read once.

    Returns:
        Values by name; each name tells its unit, and None is "not measurable". Shares are 0.0 to
        1.0. ``silence_share`` counts stretches of 50 ms more than 45 dB under the peak,
        ``noise_floor_db`` is the level under which the quietest tenth of them lies, and
        ``bandwidth_hz`` the highest frequency less than 60 dB under the strongest one.
    """
    meter = LoudnessMeter(audio.sample_rate, audio.num_channels, true_peak=True)
    tally = _Tally(audio.sample_rate, audio.num_channels)
    feed = Feed(audio)
    frame = max(1, round(FRAME_DURATION * audio.sample_rate))
    while (samples := feed.take(200 * frame)).shape[1]:
        meter.add(Waveform(samples, audio.sample_rate))
        tally.add(samples, frame)
    return tally.values(meter.levels())


class _Tally:
    """Sums over all blocks; a block holds whole frames, except the last one."""

    def __init__(self, sample_rate: int, num_channels: int) -> None:
        self._rate = sample_rate
        self._frames = 0
        self._sum = np.zeros(num_channels)
        self._clipped = 0
        self._identical = True
        self._frame_levels: list[NDArray[np.float64]] = []
        self._spectrum = np.zeros(N_FFT // 2 + 1)

    def add(self, samples: Samples, frame: int) -> None:
        self._frames += samples.shape[1]
        self._sum += samples.sum(axis=1, dtype=np.float64)
        self._clipped += _count_clipped(samples)
        self._identical = self._identical and bool(np.all(samples == samples[:1]))
        starts = np.arange(0, samples.shape[1], frame)
        power = np.add.reduceat(np.square(samples, dtype=np.float64).mean(axis=0), starts)
        power /= np.diff(np.append(starts, samples.shape[1]))
        self._frame_levels.append(10.0 * np.log10(np.maximum(power, 10 ** (FLOOR_DB / 10))))
        self._spectrum += _power_spectrum(samples)

    def values(self, levels: Levels) -> dict[str, float | int | str | None]:
        heard = levels.peak_db is not None and levels.rms_db is not None
        quiet = np.concatenate(self._frame_levels or [np.zeros(0)])
        share = 1.0
        if levels.peak_db is not None:
            share = float(np.mean(quiet < levels.peak_db + SILENCE_BELOW_PEAK_DB))
        floor = float(np.percentile(quiet, 10)) if len(quiet) else FLOOR_DB
        offset = float(np.max(np.abs(self._sum))) / self._frames if self._frames else 0.0
        return {
            "duration": round(self._frames / self._rate, 4),
            "sample_rate_hz": self._rate,
            "num_channels": len(self._sum),
            "loudness_lufs": _rounded(levels.loudness_lufs),
            "loudness_range_lu": _rounded(levels.loudness_range_lu),
            "peak_db": _rounded(levels.peak_db),
            "true_peak_db": _rounded(levels.true_peak_db),
            "rms_db": _rounded(levels.rms_db),
            "crest_factor_db": _rounded(
                (levels.peak_db or 0.0) - (levels.rms_db or 0.0) if heard else None
            ),
            "noise_floor_db": _rounded(floor) if floor > FLOOR_DB else None,
            "silence_share": round(share, 4),
            "dc_offset": round(offset, 6),
            "clipped_samples": self._clipped,
            "bandwidth_hz": self._bandwidth(),
            "channels_identical": "yes" if self._identical else "no",
        }

    def _bandwidth(self) -> float | None:
        strongest = float(np.max(self._spectrum))
        if strongest <= 0.0:
            return None
        above = np.flatnonzero(self._spectrum > strongest * 10 ** (BANDWIDTH_BELOW_PEAK_DB / 10))
        return round(float(above[-1]) * self._rate / N_FFT, 1)


def _count_clipped(samples: Samples) -> int:
    """Count full-scale samples that have one for a neighbour: a single one may be intended."""
    full = np.abs(samples) >= 0.9999
    beside = np.zeros_like(full)
    beside[:, 1:] |= full[:, :-1]
    beside[:, :-1] |= full[:, 1:]
    return int(np.count_nonzero(full & beside))


def _power_spectrum(samples: Samples) -> NDArray[np.float64]:
    """Return summed powers of whole windows; a rest counts only where there is nothing else."""
    length = min(N_FFT, samples.shape[1])
    whole = samples.shape[1] // length * length
    frames = samples[:, :whole].astype(np.float64).reshape(-1, length)
    frames -= frames.mean(axis=1, keepdims=True)
    spectrum = np.abs(np.fft.rfft(frames * np.blackman(length), N_FFT, axis=1))
    return np.square(spectrum).sum(axis=0)


def _rounded(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(value, 2)
