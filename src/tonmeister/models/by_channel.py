"""Models of one channel and one rate, run over recordings of any channels and rate."""

import tempfile
import weakref
from collections.abc import Iterator, Sequence

import numpy as np

from tonmeister.audio import Samples, Waveform
from tonmeister.streaming import Audio, fit_blocks, resample_blocks

__all__ = ["Stored", "at_rate", "channels_of", "stored_sources"]


def channels_of(audio: Audio) -> list[Audio]:
    """Return each channel as a recording; one, when all are the same.

    Args:
        audio: Any recording that can be read again.
    """
    if all(
        np.array_equal(block.samples[0], other)
        for block in audio.blocks()
        for other in block.samples[1:]
    ):
        return [_channel(audio, 0)]
    return [_channel(audio, index) for index in range(audio.num_channels)]


def _channel(audio: Audio, index: int) -> Audio:
    blocks = (Waveform(block.samples[index], block.sample_rate) for block in audio.blocks())
    return Audio.from_blocks(blocks, audio.sample_rate, 1, audio.num_frames)


class Stored:
    """A long array of samples in a temporary file, so that memory stays flat."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as its recording
        weakref.finalize(self, self._file.close)
        self._written = 0

    def append(self, samples: Samples) -> None:
        """Add samples at the end.

        Args:
            samples: One channel, shape ``(frames,)``.
        """
        self._file.seek(4 * self._written)
        self._file.write(np.ascontiguousarray(samples, np.float32).tobytes())
        self._written += len(samples)

    def audio(self, sample_rate: int) -> Audio:
        """Return what is stored as a recording that can be read once.

        Args:
            sample_rate: Its rate in Hz.
        """

        def blocks() -> Iterator[Waveform]:
            step = 30 * sample_rate
            for first in range(0, self._written, step):
                self._file.seek(4 * first)
                read = self._file.read(4 * min(step, self._written - first))
                yield Waveform(np.frombuffer(read, np.float32), sample_rate)

        return Audio.from_blocks(blocks(), sample_rate, 1, self._written)


def stored_sources(pieces: Iterator[Samples], count: int) -> list[Stored]:
    """Store what a network makes of a recording, piece after piece.

    Args:
        pieces: Consecutive pieces, each of shape ``(sources, frames)``.
        count: Number of sources.
    """
    stored = [Stored() for _ in range(count)]
    for piece in pieces:
        for one, samples in zip(stored, piece, strict=True):
            one.append(samples)
    return stored


def at_rate(sources: Sequence[Stored], sample_rate: int, audio: Audio) -> Audio:
    """Bring the channels of a source to the rate, channels and length of the original.

    Args:
        sources: Its channels; a single one goes to all channels of the original.
        sample_rate: Their rate in Hz.
        audio: The original.
    """

    def blocks() -> Iterator[Waveform]:
        for parts in zip(*(one.audio(sample_rate).blocks() for one in sources), strict=True):
            yield Waveform(np.concatenate([part.samples for part in parts]), sample_rate)

    length = audio.num_frames or 0
    made = resample_blocks(blocks(), sample_rate, audio.sample_rate, len(sources))
    fitted = fit_blocks(made, audio.sample_rate, len(sources), length)
    joined = Audio.from_blocks(fitted, audio.sample_rate, len(sources), length)
    return joined.converted(num_channels=audio.num_channels)
