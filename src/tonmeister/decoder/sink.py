"""Where decoded blocks go: an RF64 float32 WAV, and the books about it."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeAlias

from tonmeister.decoder.limits import Meter
from tonmeister.errors import AudioError, StoreError

if TYPE_CHECKING:  # a file that is refused never needs numpy
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["BLOCK_FRAMES", "Block", "Sink"]

Block: TypeAlias = "NDArray[np.float32]"  # shape (frames, channels)

BLOCK_FRAMES = 65_536
LOWEST_RATE, HIGHEST_RATE = 1_000, 768_000


@dataclass(slots=True)
class Sink:
    """Writes blocks to the output and keeps the books on them.

    The output opens with the first block, because only decoded frames tell the true rate.
    """

    path: Path
    meter: Meter
    notes: list[str] = field(default_factory=list)
    damaged: bool = False
    sample_rate: int = 0
    num_channels: int = 0
    num_frames: int = 0
    num_decoded: int = 0
    num_not_finite: int = 0
    _file: Any = None
    _pending: list[Block] = field(default_factory=list)
    _num_pending: int = 0

    def __enter__(self) -> "Sink":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()

    def start(self, sample_rate: int, num_channels: int) -> None:
        """Open the output; a second call changes nothing."""
        if self._file is not None:
            return
        import soundfile

        check_shape(sample_rate, num_channels, self.meter.limits.max_channels)
        self.sample_rate, self.num_channels = sample_rate, num_channels
        with _written():
            self._file = soundfile.SoundFile(
                self.path, "w", sample_rate, num_channels, format="RF64", subtype="FLOAT"
            )

    def write(self, block: Block, *, decoded: bool = True) -> None:
        """Append a block; samples that are not finite become zero and are counted.

        Args:
            block: float32, shape ``(frames, channels)``.
            decoded: False for silence put in place of a missing part.
        """
        self.num_frames += len(block)
        self.num_decoded += len(block) if decoded else 0
        self._pending.append(block)
        self._num_pending += len(block)
        if self._num_pending >= BLOCK_FRAMES:
            self.flush()

    def flush(self) -> None:
        """Write what was appended, after counting it against the limits."""
        if not self._pending:
            return
        import numpy as np

        block = np.concatenate(self._pending)
        self._pending, self._num_pending = [], 0
        self.meter.count(len(block), self.num_channels, self.duration)
        finite = np.isfinite(block)
        if not finite.all():
            self.num_not_finite += int(block.size - np.count_nonzero(finite))
            block = np.where(finite, block, np.float32(0))
        with _written():
            self._file.write(block)

    def blame(self, note: str) -> None:
        """Note a damage of the file."""
        self.damaged = True
        self.notes.append(note)

    @property
    def duration(self) -> float:
        """Seconds written so far."""
        return self.num_frames / self.sample_rate if self.sample_rate else 0.0


@contextmanager
def _written() -> Generator[None]:
    """Tell what the disk refuses from what the recording lacks."""
    import soundfile

    try:
        yield
    except (OSError, soundfile.LibsndfileError) as error:
        raise StoreError(
            "The decoded sound could not be stored.",
            hint="Free some disk space, or run `tonmeister gc`.",
        ) from error


def check_shape(sample_rate: int, num_channels: int, max_channels: int) -> None:
    """Raise AudioError for a rate or a number of channels that no recording has."""
    if not 1 <= num_channels <= max_channels:
        raise AudioError(
            f"The recording has {num_channels} channels; 1 to {max_channels} are accepted.",
            hint="Mix it down first.",
        )
    if not LOWEST_RATE <= sample_rate <= HIGHEST_RATE:
        raise AudioError(
            f"The sample rate is {sample_rate} Hz; {LOWEST_RATE} to {HIGHEST_RATE} are accepted.",
            hint="Its header is probably damaged; export the recording anew.",
        )
