"""Levels of sound in blocks: peak, true peak, loudness, loudness range.

Loudness follows ITU-R BS.1770-4 and EBU R 128; the meter is FFmpeg's ``ebur128`` filter.
"""

import math
from array import array
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from tonmeister.audio import Waveform

__all__ = ["Levels", "LoudnessMeter"]

SILENCE_LUFS = -70.0  # the absolute gate of BS.1770: nothing below it counts
MINIMUM_DURATION = 0.4  # one gating block


@dataclass(frozen=True, slots=True)
class Levels:
    """Levels of a whole recording.

    Attributes:
        peak_db: Highest absolute sample in dB relative to full scale; None for digital silence.
        true_peak_db: Highest value between samples, four times oversampled, in dBTP; None when
            it was not asked for or there is only silence.
        loudness_lufs: Integrated loudness in LUFS; None below -70 LUFS or under 0.4 s.
        loudness_range_lu: Loudness range (EBU Tech 3342) in LU; None when loudness is.
        rms_db: Root mean square over all channels in dB relative to full scale; None for silence.
    """

    peak_db: float | None
    true_peak_db: float | None
    loudness_lufs: float | None
    loudness_range_lu: float | None
    rms_db: float | None


class LoudnessMeter:
    """Measure a recording that arrives in consecutive blocks.

    Args:
        sample_rate: Rate of the blocks in Hz.
        num_channels: Channels of the blocks, 1 to 8; above two, FFmpeg's default layout
            for that number decides the weights (surround +1.5 dB, LFE left out).
        true_peak: Whether to measure the true peak too, about three times the work.
    """

    def __init__(self, sample_rate: int, num_channels: int, *, true_peak: bool = False) -> None:
        import av
        import av.filter

        self._rate = sample_rate
        self._layout = {1: "mono", 2: "stereo"}.get(num_channels, f"{num_channels}c")
        self._frames = 0
        self._peak = 0.0
        self._power = 0.0
        self._count = 0
        self._latest: dict[str, str] = {}
        self._momentary = array("f")
        self._graph = av.filter.Graph()
        source = self._graph.add_abuffer(
            sample_rate=sample_rate,
            format="flt",
            layout=self._layout,
            time_base=Fraction(1, sample_rate),
        )
        options = "metadata=1:peak=true" if true_peak else "metadata=1"
        meter = self._graph.add("ebur128", options)
        sink = self._graph.add("abuffersink")
        source.link_to(meter)
        meter.link_to(sink)
        self._graph.configure()

    def add(self, waveform: Waveform) -> None:
        """Take the next block.

        Args:
            waveform: A block of the announced rate and number of channels.
        """
        import av

        samples = waveform.samples
        if samples.shape[1] == 0:
            return
        self._peak = max(self._peak, float(np.max(np.abs(samples))))
        self._power += float(np.sum(np.square(samples, dtype=np.float64)))
        self._count += samples.size
        packed = np.ascontiguousarray(samples.T).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(packed, format="flt", layout=self._layout)
        frame.sample_rate = self._rate
        frame.pts = self._frames
        frame.time_base = Fraction(1, self._rate)
        self._frames += samples.shape[1]
        self._graph.push(frame)
        self._drain()

    def _drain(self) -> None:
        import av.error

        while True:
            try:
                frame = self._graph.pull()
            except (av.error.BlockingIOError, EOFError):
                return
            self._latest = dict(frame.metadata) or self._latest  # pyright: ignore[reportAttributeAccessIssue]
            self._momentary.append(float(self._latest.get("lavfi.r128.M", "nan")))

    def levels(self) -> Levels:
        """Return the levels of everything added so far."""
        loudness = self._value("I")
        heard = (
            loudness is not None
            and loudness > SILENCE_LUFS
            and self._frames >= MINIMUM_DURATION * self._rate
        )
        true_peak = self._value("true_peak")
        return Levels(
            peak_db=_decibels(self._peak),
            true_peak_db=None if true_peak is None else _decibels(true_peak),
            loudness_lufs=loudness if heard else None,
            loudness_range_lu=self._value("LRA") if heard else None,
            rms_db=_decibels(math.sqrt(self._power / self._count)) if self._count else None,
        )

    def momentary(self) -> NDArray[np.float64]:
        """Return the loudness in LUFS over 0.4 s, every 0.1 s (EBU Tech 3341).

        Each value is of the 0.4 s that end with it, the first one 0.1 s after the beginning; below
        -70 LUFS it is minus infinity.
        """
        values = np.array(self._momentary, np.float64)
        return np.where(values > SILENCE_LUFS, values, -np.inf)

    def _value(self, name: str) -> float | None:
        text = self._latest.get(f"lavfi.r128.{name}")
        value = math.nan if text is None else float(text)
        return None if math.isnan(value) else value


def _decibels(amplitude: float) -> float | None:
    return None if amplitude <= 0.0 else 20.0 * math.log10(amplitude)
