"""The only door for foreign sound and pictures: probe and decode in a limited child process.

Only a complete result is moved to its destination. Documents have a door of their own,
``tonmeister.documents``.
"""

import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tonmeister.decoder.formats import ACCEPTED
from tonmeister.decoder.limits import OUTPUT, Limits
from tonmeister.errors import AudioError
from tonmeister.sandbox import (
    CPU_BYTES_PER_SECOND,
    CPU_SECONDS,
    Child,
    Subject,
    checked_size,
    not_written,
    private_folder,
)

__all__ = ["DecodedFacts", "SoundFacts", "decode", "decode_picture", "probe"]

MAX_CHANNELS = 8
PICTURE_PIXELS = 1_024
# An hour of mono at 48 kHz for any file, then 512 samples for each byte: the densest honest
# recordings (speech in Opus at 6 kbit/s, 48 kHz) need 64.
FREE_SAMPLES = 180_000_000
SAMPLES_PER_BYTE = 512
SAMPLES_PER_CPU_SECOND = 4_000_000
SOUND = Subject(
    AudioError, ACCEPTED, "Convert it to WAV or FLAC", "if it is a genuine recording", "decoded"
)


@dataclass(frozen=True, slots=True)
class SoundFacts:
    """What a file's header claims; a header may lie.

    Args:
        kind: ``"audio"``, ``"video"`` (a cover picture makes no video) or ``"image"``.
        container: Short name of the container or picture format, such as ``"mp4"``.
        codec: Codec of the first audio stream, else of the pictures; may be empty.
        sample_rate: Hz; 0 without sound.
        num_channels: Channels of the first audio stream; 0 without sound.
        duration: Seconds; None if the header does not say.
        has_video: Whether there are moving pictures.
        width: Pixels of the picture or video; 0 if there is none.
        height: Pixels of the picture or video; 0 if there is none.
    """

    kind: Literal["audio", "video", "image"]
    container: str
    codec: str
    sample_rate: int
    num_channels: int
    duration: float | None
    has_video: bool
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class DecodedFacts:
    """What was decoded.

    Args:
        sample_rate: Hz, as in the file.
        num_channels: 1 to 8, as in the file.
        num_frames: Frames written, 1 or more.
        damaged: Whether something of the recording is missing, silenced or altered.
        note: What there is to tell the user about the decoding; empty if nothing.
        container: Short name of the container, such as ``"mp4"``.
        codec: Name of the codec, such as ``"aac"``.
        peak_memory_mb: Most memory the child had resident, in MiB; 0.0 where unknown.
    """

    sample_rate: int
    num_channels: int
    num_frames: int
    damaged: bool
    note: str
    container: str
    codec: str
    peak_memory_mb: float

    @property
    def duration(self) -> float:
        """Decoded length in seconds."""
        return self.num_frames / self.sample_rate


def probe(path: Path, *, idle_timeout: float = 8.0) -> SoundFacts:
    """Tell what a foreign file claims to be, without decoding it.

    Args:
        path: Any file.
        idle_timeout: Seconds after which the attempt is given up.

    Raises:
        AudioError: It is missing, unreadable, empty, or neither sound, video nor picture.
    """
    size = checked_size(path, SOUND)
    with private_folder(path, Path(tempfile.gettempdir())) as folder:
        limits = _limits(size, max_duration=0.0, min_free_mb=0)
        facts = Child(folder, "probe", limits, SOUND, size, idle_timeout).result()
    kind = str(facts["kind"])
    claimed = facts.get("duration")
    return SoundFacts(
        kind="image" if kind == "image" else "video" if kind == "video" else "audio",
        container=str(facts["container"]),
        codec=str(facts["codec"]),
        sample_rate=int(facts.get("sample_rate", 0)),
        num_channels=int(facts.get("num_channels", 0)),
        duration=None if claimed is None else float(claimed),
        has_video=kind == "video",
        width=int(facts.get("width", 0)),
        height=int(facts.get("height", 0)),
    )


def decode(
    path: Path,
    destination: Path,
    *,
    max_duration: float,
    idle_timeout: float = 8.0,
    min_free_mb: int = 256,
    on_progress: Callable[[float], None] | None = None,
    cancelled: threading.Event | None = None,
) -> DecodedFacts:
    """Decode the first audio stream of a foreign file to working PCM.

    The result is an RF64 WAV of float32 at the file's own rate and with all its channels. It
    appears at ``destination`` only when complete; an error or a cancel leaves nothing behind.
    A recording that breaks off is kept as far as it goes, and ``note`` says so. Samples that are
    NaN or infinite become zero, and ``note`` says so, too.

    Args:
        path: Any file.
        destination: Where the result goes; its folder must exist. A file there is replaced.
        max_duration: Longest accepted recording in seconds; a longer one is an error, never cut.
        idle_timeout: Seconds without progress after which the file is given up. Work that does
            progress gets time in proportion to the file's size and the samples decoded.
        min_free_mb: Free space in MiB that must remain on the destination's disk.
        on_progress: Called in this thread with the share that is done, 0.0 to 1.0.
        cancelled: Set it from another thread to stop within a second.

    Raises:
        AudioError: Missing, unreadable, empty, no sound, too long, too many channels, or it costs
            more time or memory than its size justifies.
        StoreError: The disk is full or the destination cannot be written.
        RunCancelled: ``cancelled`` was set.
    """
    size = checked_size(path, SOUND)
    limits = _limits(size, max_duration=max_duration, min_free_mb=min_free_mb)
    with private_folder(path, destination.parent) as folder:
        child = Child(folder, "decode", limits, SOUND, size, idle_timeout)
        facts = child.result(on_progress, cancelled)
        decoded = DecodedFacts(
            sample_rate=int(facts["sample_rate"]),
            num_channels=int(facts["num_channels"]),
            num_frames=int(facts["num_frames"]),
            damaged=bool(facts["damaged"]),
            note=str(facts["note"]),
            container=str(facts["container"]),
            codec=str(facts["codec"]),
            peak_memory_mb=float(facts["peak_memory_mb"]),
        )
        try:
            (folder / OUTPUT).replace(destination)
        except OSError as error:
            raise not_written(destination.parent, error) from error
    return decoded


def decode_picture(path: Path, destination: Path, *, idle_timeout: float = 20.0) -> tuple[int, int]:
    """Decode a foreign picture to a binary PPM: upright, on grey, 1,024 pixels wide at most.

    Args:
        path: A PNG, JPEG, WebP or GIF.
        destination: Where the result goes; its folder must exist.
        idle_timeout: Seconds after which the attempt is given up.

    Returns:
        Width and height of the result.

    Raises:
        AudioError: It is missing, unreadable, no picture, or too large.
        StoreError: The destination cannot be written.
    """
    size = checked_size(path, SOUND)
    limits = _limits(size, max_duration=0.0, min_free_mb=64)
    options = {"most_pixels_wide": PICTURE_PIXELS}
    with private_folder(path, destination.parent) as folder:
        facts = Child(folder, "picture", limits, SOUND, size, idle_timeout, options).result()
        try:
            (folder / OUTPUT).replace(destination)
        except OSError as error:
            raise not_written(destination.parent, error) from error
    return int(facts["width"]), int(facts["height"])


def _limits(size: int, *, max_duration: float, min_free_mb: int) -> Limits:
    return Limits(
        max_duration=max_duration,
        max_samples=FREE_SAMPLES + SAMPLES_PER_BYTE * size,
        max_channels=MAX_CHANNELS,
        min_free_bytes=min_free_mb * 1024**2,
        cpu_seconds=CPU_SECONDS + size / CPU_BYTES_PER_SECOND,
        samples_per_cpu_second=SAMPLES_PER_CPU_SECOND,
    )
