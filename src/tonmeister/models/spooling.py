"""Several results out of one pass over a recording, with memory that stays flat."""

import tempfile
import weakref
from collections.abc import Iterator

import numpy as np

from tonmeister.artifacts import Region
from tonmeister.audio import Waveform
from tonmeister.streaming import Audio, Feed

__all__ = ["Spool", "remainder", "within"]

BLOCK_DURATION = 10.0
FADE = 0.02


class Spool:
    """A recording that is made once and can be read from front to back many times.

    What is made goes to a temporary file on the way, so that a second result can be worked out
    from the same samples. The file is gone when the last of them is.

    Args:
        audio: A recording made from blocks; nothing else may read it.
    """

    def __init__(self, audio: Audio) -> None:
        self._blocks = audio.blocks()
        self._shape = (audio.sample_rate, audio.num_channels, audio.num_frames)
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as its readers
        weakref.finalize(self, self._file.close)
        self._written = 0

    def audio(self) -> Audio:
        """Return the recording; whoever reads first makes it."""
        return Audio.from_blocks(self._read(), *self._shape)

    def _read(self) -> Iterator[Waveform]:
        sample_rate, num_channels, _ = self._shape
        step, place = round(BLOCK_DURATION * sample_rate), 0
        while True:
            while self._written <= place:
                block = next(self._blocks, None)
                if block is None:
                    return
                self._file.seek(4 * num_channels * self._written)
                self._file.write(np.ascontiguousarray(block.samples.T, "<f4").tobytes())
                self._written += block.num_frames
            count = min(step, self._written - place)
            self._file.seek(4 * num_channels * place)
            frames = np.frombuffer(self._file.read(4 * num_channels * count), "<f4")
            yield Waveform(np.ascontiguousarray(frames.reshape(-1, num_channels).T), sample_rate)
            place += count


def remainder(audio: Audio, taken: Audio) -> Audio:
    """Return what is left of a recording without a part of it: together they are the whole.

    Args:
        audio: The recording; it can be read again.
        taken: The part, of the same rate, channels and length.
    """

    def blocks() -> Iterator[Waveform]:
        feed = Feed(taken)
        for block in audio.blocks():
            left = block.samples - feed.take(block.num_frames)
            yield Waveform(left, audio.sample_rate)

    return Audio.from_blocks(blocks(), audio.sample_rate, audio.num_channels, audio.num_frames)


def within(audio: Audio, place: Region) -> Audio:
    """Keep a piece of a recording, with silence before and after it.

    Args:
        audio: The recording.
        place: The piece; it fades in and out outside of it.
    """

    def blocks() -> Iterator[Waveform]:
        done = 0
        end = float("inf") if place.end is None else place.end
        for block in audio.blocks():
            times = (done + np.arange(block.num_frames)) / block.sample_rate
            share = np.clip(np.minimum(times - place.start, end - times) / FADE + 1.0, 0.0, 1.0)
            yield Waveform(block.samples * share.astype(np.float32), block.sample_rate)
            done += block.num_frames

    return Audio.from_blocks(blocks(), audio.sample_rate, audio.num_channels, audio.num_frames)
