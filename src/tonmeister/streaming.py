"""Sound of any length: read, made and written in blocks, with memory that stays flat."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from tonmeister.audio import Samples, Waveform
from tonmeister.errors import AudioError, StoreError

__all__ = [
    "PCM_MEDIA_TYPE",
    "Audio",
    "Feed",
    "Synthetic",
    "WrittenAudio",
    "fit_blocks",
    "resample_blocks",
    "write_pcm",
]

PCM_MEDIA_TYPE = "audio/x-rf64"
BLOCK_DURATION = 10.0

ReadFrames = Callable[[int, int], Samples]
OnRead = Callable[[float], None]
Synthetic = Literal[False, True, "sound"]


class Audio:
    """A recording of any length, read from a file or made block by block.

    It is what tools take and give. A recording that comes from a file can be read at any place
    and any number of times; one that is made from blocks is read once, from front to back.

    Attributes:
        sample_rate: Frames per second in Hz.
        num_channels: Number of channels.
        num_frames: Frames in total; None while it is not known, before the blocks are made.
        share_made: Tells, between its blocks, which share of it is made, 0.0 to 1.0; None where
            that is not known or not asked for.
        synthetic: True where it is, or holds, speech that nobody spoke; "sound" where a model
            made other sound in it that nobody recorded.
    """

    __slots__ = (
        "_blocks",
        "_read",
        "num_channels",
        "num_frames",
        "sample_rate",
        "share_made",
        "synthetic",
    )

    def __init__(
        self,
        sample_rate: int,
        num_channels: int,
        num_frames: int | None,
        *,
        read: ReadFrames | None = None,
        blocks: Iterable[Waveform] | None = None,
    ) -> None:
        self.sample_rate = sample_rate
        self.num_channels = num_channels
        self.num_frames = num_frames
        self.share_made: Callable[[], float] | None = None
        self.synthetic: Synthetic = False
        self._read = read
        self._blocks = blocks

    @classmethod
    def from_file(cls, path: Path, *, on_read: OnRead | None = None) -> "Audio":
        """Open a PCM file written by ``write_pcm`` or by the decoding gate.

        Args:
            path: The file; foreign files must pass ``decoding.decode`` first.
            on_read: Called with the share read so far, 0.0 to 1.0.

        Raises:
            AudioError: The file is missing or not PCM.
        """
        import soundfile

        try:
            file = soundfile.SoundFile(path)
        except (soundfile.LibsndfileError, OSError) as error:
            raise AudioError(f"The stored sound {path.name} cannot be read: {error}.") from error
        total = file.frames

        def read(first: int, count: int) -> Samples:
            file.seek(first)
            frames = file.read(count, dtype="float32", always_2d=True)
            if on_read is not None and total:
                on_read(min(1.0, (first + len(frames)) / total))
            return np.ascontiguousarray(frames.T, dtype=np.float32)

        return cls(file.samplerate, file.channels, total, read=read)

    @classmethod
    def from_waveform(cls, waveform: Waveform) -> "Audio":
        """Wrap samples that are already in memory."""

        def read(first: int, count: int) -> Samples:
            return waveform.samples[:, first : first + count]

        return cls(waveform.sample_rate, waveform.num_channels, waveform.num_frames, read=read)

    @classmethod
    def from_blocks(
        cls,
        blocks: Iterable[Waveform],
        sample_rate: int,
        num_channels: int,
        num_frames: int | None = None,
        *,
        share_made: Callable[[], float] | None = None,
    ) -> "Audio":
        """Make a recording out of consecutive blocks, produced while it is written.

        Args:
            blocks: Waveforms of any length that follow one another.
            sample_rate: Rate of every block in Hz.
            num_channels: Channels of every block.
            num_frames: Total number of frames, if it is known beforehand.
            share_made: Tells, between blocks, which share is made, 0.0 to 1.0; for work that takes
                minutes without reading a recording.
        """
        audio = cls(sample_rate, num_channels, num_frames, blocks=blocks)
        audio.share_made = share_made
        return audio

    @property
    def duration(self) -> float:
        """Length in seconds.

        Raises:
            AudioError: The blocks have not been made yet.
        """
        if self.num_frames is None:
            raise AudioError("The length of this recording is not known before it is made.")
        return self.num_frames / self.sample_rate

    def blocks(self, duration: float = BLOCK_DURATION) -> Iterator[Waveform]:
        """Iterate over the recording from front to back.

        Args:
            duration: Length of a block in seconds; the last one is shorter, and blocks that are
                made keep the length they were made with.
        """
        if self._read is None:
            yield from self._blocks or ()
            return
        count = max(1, round(duration * self.sample_rate))
        for first in range(0, self.num_frames or 0, count):
            length = min(count, (self.num_frames or 0) - first)
            yield Waveform(self._read(first, length), self.sample_rate)

    def read(self, start: float = 0.0, end: float | None = None) -> Waveform:
        """Read a piece into memory.

        Args:
            start: Seconds from the beginning.
            end: Seconds from the beginning; None for the end of the recording.

        Raises:
            AudioError: The recording is made from blocks and cannot be read at a place.
        """
        part = self.part(start, end)
        if part._read is None:
            raise AudioError("A recording made from blocks is read from front to back only.")
        return Waveform(part._read(0, part.num_frames or 0), self.sample_rate)

    def part(self, start: float = 0.0, end: float | None = None) -> "Audio":
        """Return a view of the piece between two times; times outside are clamped.

        Args:
            start: Seconds from the beginning.
            end: Seconds from the beginning; None for the end of the recording.

        Raises:
            AudioError: The recording is made from blocks and cannot be read at a place.
        """
        source = self._read
        if source is None or self.num_frames is None:
            raise AudioError("A recording made from blocks is read from front to back only.")
        first = min(self.num_frames, max(0, round(start * self.sample_rate)))
        last = self.num_frames if end is None else round(end * self.sample_rate)
        last = min(self.num_frames, max(first, last))

        def read(offset: int, count: int) -> Samples:
            return source(first + offset, min(count, last - first - offset))

        return Audio(self.sample_rate, self.num_channels, last - first, read=read)

    def map(self, transform: Callable[[Waveform], Waveform]) -> "Audio":
        """Apply a function that keeps rate, channels and length to every block.

        Args:
            transform: Called with consecutive blocks in order.
        """
        changed = (transform(block) for block in self.blocks())
        return Audio.from_blocks(changed, self.sample_rate, self.num_channels, self.num_frames)

    def converted(self, sample_rate: int | None = None, num_channels: int | None = None) -> "Audio":
        """Change rate and number of channels while streaming (soxr, high quality).

        To one channel the channels are averaged; from one channel it is repeated; other
        changes are refused.

        Args:
            sample_rate: Wanted rate in Hz; None keeps it.
            num_channels: Wanted number of channels; None keeps it.

        Raises:
            AudioError: The channels cannot be converted without choosing a layout.
        """
        rate = sample_rate or self.sample_rate
        channels = num_channels or self.num_channels
        if rate == self.sample_rate and channels == self.num_channels:
            return self
        if channels not in (1, self.num_channels) and self.num_channels != 1:
            raise AudioError(
                f"Found {self.num_channels} channels; {channels} were expected.",
                hint="Mix down to mono first.",
            )
        frames = self.num_frames
        total = None if frames is None else round(frames * rate / self.sample_rate)
        blocks = (_rechannelled(block, channels) for block in self.blocks())
        if rate != self.sample_rate:
            blocks = resample_blocks(blocks, self.sample_rate, rate, channels)
            # soxr may end a frame early or late; what was announced is what comes.
            blocks = blocks if total is None else fit_blocks(blocks, rate, channels, total)
        return Audio.from_blocks(blocks, rate, channels, total)


def _rechannelled(block: Waveform, num_channels: int) -> Waveform:
    if block.num_channels == num_channels:
        return block
    if num_channels == 1:
        return block.to_mono()
    return Waveform(np.repeat(block.samples, num_channels, axis=0), block.sample_rate)


class Feed:
    """A recording read from front to back in pieces of any chosen length.

    Args:
        audio: The recording; its blocks are made as frames are taken.
    """

    def __init__(self, audio: Audio) -> None:
        self._blocks = audio.blocks()
        self._rest: Samples = np.zeros((audio.num_channels, 0), np.float32)

    def take(self, num_frames: int) -> Samples:
        """Return the next frames, fewer at the end and none after it.

        Args:
            num_frames: How many are wanted.
        """
        parts = [self._rest]
        missing = num_frames - self._rest.shape[1]
        while missing > 0:
            block = next(self._blocks, None)
            if block is None:
                break
            parts.append(block.samples)
            missing -= block.num_frames
        joined = parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)
        self._rest = joined[:, num_frames:]
        return joined[:, :num_frames]


def fit_blocks(
    blocks: Iterable[Waveform], sample_rate: int, num_channels: int, num_frames: int
) -> Iterator[Waveform]:
    """Cut blocks off, or add silence, so that they have an exact length together.

    Args:
        blocks: Consecutive blocks.
        sample_rate: Their rate in Hz.
        num_channels: Their number of channels.
        num_frames: Wanted number of frames.
    """
    missing = num_frames
    for block in blocks:
        if block.num_frames and missing:
            yield Waveform(block.samples[:, :missing], sample_rate)
        missing -= min(missing, block.num_frames)
    while missing:
        count = min(missing, round(BLOCK_DURATION * sample_rate))
        yield Waveform(np.zeros((num_channels, count), np.float32), sample_rate)
        missing -= count


def resample_blocks(
    blocks: Iterable[Waveform], source_rate: float, target_rate: int, num_channels: int
) -> Iterator[Waveform]:
    """Convert consecutive blocks to another rate (soxr, high quality).

    Args:
        blocks: Consecutive blocks.
        source_rate: Rate the blocks are taken to have, in Hz; another than their own
            changes speed and pitch together.
        target_rate: Rate of the result in Hz.
        num_channels: Channels of every block.
    """
    import soxr

    stream = soxr.ResampleStream(
        source_rate, target_rate, num_channels, dtype="float32", quality="HQ"
    )
    for block in blocks:
        frames = stream.resample_chunk(np.ascontiguousarray(block.samples.T))
        if len(frames):
            yield Waveform(np.ascontiguousarray(frames.T), target_rate)
    rest = stream.resample_chunk(np.zeros((0, num_channels), np.float32), last=True)
    if len(rest):
        yield Waveform(np.ascontiguousarray(rest.T), target_rate)


@dataclass(frozen=True, slots=True)
class WrittenAudio:
    """What was written: shape, and the levels measured while writing.

    Attributes:
        sample_rate: Rate in Hz.
        num_channels: Number of channels.
        num_frames: Frames written.
        peak_db: Highest absolute sample in dB relative to full scale; None when digitally silent.
        loudness_lufs: Integrated loudness in LUFS (ITU-R BS.1770-4); None when too quiet or short.
        num_bad_samples: Samples that were NaN or infinite; they are written as zero.
    """

    sample_rate: int
    num_channels: int
    num_frames: int
    peak_db: float | None
    loudness_lufs: float | None
    num_bad_samples: int

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return self.num_frames / self.sample_rate


def write_pcm(audio: Audio, path: Path) -> WrittenAudio:
    """Write a recording as float32 RF64 and measure it on the way.

    Args:
        audio: The recording; its blocks are made now if they were not.
        path: The new file.

    Raises:
        AudioError: A block has another rate or number of channels than announced.
        StoreError: The disk is full or the file cannot be written.
    """
    import soundfile

    from tonmeister.metering import LoudnessMeter

    meter = LoudnessMeter(audio.sample_rate, audio.num_channels)
    frames = bad = 0
    try:
        with soundfile.SoundFile(
            path, "w", audio.sample_rate, audio.num_channels, format="RF64", subtype="FLOAT"
        ) as file:
            for block in audio.blocks():
                _expect_same_shape(block, audio)
                samples = block.samples
                finite = np.isfinite(samples)
                if not finite.all():
                    bad += int(samples.size - np.count_nonzero(finite))
                    samples = np.where(finite, samples, np.float32(0.0))
                file.write(samples.T)
                meter.add(Waveform(samples, block.sample_rate))
                frames += block.num_frames
    except (OSError, soundfile.LibsndfileError) as error:
        raise StoreError(
            f"The sound could not be stored: {error}.",
            hint="Free some disk space, or run `tonmeister gc`.",
        ) from error
    levels = meter.levels()
    return WrittenAudio(
        audio.sample_rate, audio.num_channels, frames, levels.peak_db, levels.loudness_lufs, bad
    )


def _expect_same_shape(block: Waveform, audio: Audio) -> None:
    if (block.sample_rate, block.num_channels) != (audio.sample_rate, audio.num_channels):
        raise AudioError(
            f"A block has {block.num_channels} channels at {block.sample_rate} Hz; "
            f"{audio.num_channels} at {audio.sample_rate} Hz were announced."
        )
