"""Streams at another rate, for models that work at one rate on recordings of any."""

import numpy as np

from tonmeister.audio import Samples

__all__ = ["StreamResampler"]


class StreamResampler:
    """Changes the rate of a stream; what comes out is aligned with what goes in.

    Args:
        source_rate: Rate of what comes in, in Hz.
        target_rate: Rate of what goes out, in Hz.
        num_channels: Channels of both.
    """

    def __init__(self, source_rate: int, target_rate: int, num_channels: int) -> None:
        import soxr

        self._empty: Samples = np.zeros((num_channels, 0), np.float32)
        self._stream = (
            soxr.ResampleStream(source_rate, target_rate, num_channels, dtype="float32")
            if source_rate != target_rate
            else None
        )

    def push(self, samples: Samples | None, *, last: bool = False) -> Samples:
        """Take the next samples, or None at the end, and return those that are ready.

        Args:
            samples: Shape ``(channels, frames)``.
            last: Whether they are the last ones.
        """
        frames = self._empty if samples is None else samples
        if self._stream is None:
            return frames
        ready = self._stream.resample_chunk(
            np.ascontiguousarray(frames.T), last=last or samples is None
        )
        return ready.reshape(-1, len(self._empty)).T
