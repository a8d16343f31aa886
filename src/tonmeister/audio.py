"""Sound in memory: samples and their sample rate, always together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tonmeister.errors import AudioError

__all__ = ["Samples", "Waveform"]

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Waveform:
    """A piece of sound held in memory.

    Args:
        samples: float32, shape ``(channels, frames)``, nominal range [-1, 1]; a one-dimensional
            array is taken as mono.
        sample_rate: Frames per second in Hz, 1 or more.

    Raises:
        AudioError: The array is neither one- nor two-dimensional, has no channel, or the rate is
            not positive.
    """

    samples: Samples
    sample_rate: int

    def __post_init__(self) -> None:
        samples = np.asarray(self.samples, dtype=np.float32)
        if samples.ndim == 1:
            samples = samples[np.newaxis, :]
        if samples.ndim != 2 or samples.shape[0] == 0:
            raise AudioError(f"Samples have shape {samples.shape}; expected (channels, frames).")
        if self.sample_rate <= 0:
            raise AudioError(f"The sample rate is {self.sample_rate} Hz; expected 1 or more.")
        object.__setattr__(self, "samples", samples)

    @property
    def num_channels(self) -> int:
        """Number of channels."""
        return int(self.samples.shape[0])

    @property
    def num_frames(self) -> int:
        """Number of frames (samples per channel)."""
        return int(self.samples.shape[1])

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return self.num_frames / self.sample_rate

    def to_mono(self) -> "Waveform":
        """Average the channels into one."""
        if self.num_channels == 1:
            return self
        return Waveform(self.samples.mean(axis=0, dtype=np.float32), self.sample_rate)

    def resampled(self, sample_rate: int) -> "Waveform":
        """Convert to another sample rate (soxr, high quality).

        Args:
            sample_rate: The wanted rate in Hz.
        """
        if sample_rate == self.sample_rate:
            return self
        import soxr

        converted = soxr.resample(self.samples.T, self.sample_rate, sample_rate, quality="HQ")
        return Waveform(np.ascontiguousarray(converted.T, dtype=np.float32), sample_rate)

    def part(self, start: float, end: float) -> "Waveform":
        """Return the piece between two times; times outside the waveform are clamped.

        Args:
            start: Seconds from the beginning.
            end: Seconds from the beginning, after ``start``.
        """
        first = max(0, round(start * self.sample_rate))
        last = min(self.num_frames, round(end * self.sample_rate))
        return Waveform(self.samples[:, first : max(first, last)], self.sample_rate)
