"""What decoding one foreign file may cost, and the meter that watches it."""

import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tonmeister.errors import AudioError, StoreError

if sys.platform != "win32":
    import resource

__all__ = ["INPUT", "MEMORY_BYTES", "OUTPUT", "Limits", "Meter", "Reply", "too_long"]

INPUT = "input"
OUTPUT = "output"
MEMORY_BYTES = 512 * 1024**2

Reply = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost.

    Args:
        max_duration: Longest recording in seconds.
        max_samples: Most decoded samples, all channels together; of a document, characters.
        max_channels: Most channels.
        min_free_bytes: Free disk space that must remain.
        cpu_seconds: CPU time allowed before any sample is decoded.
        samples_per_cpu_second: Samples that earn one further second of CPU time.
    """

    max_duration: float
    max_samples: int
    max_channels: int
    min_free_bytes: int
    cpu_seconds: float
    samples_per_cpu_second: float

    def apply(self) -> None:
        """Limit this process; a platform without ``resource`` has the parent's time limit only."""
        if sys.platform == "win32":
            return
        # The address space bounds the resident memory, whatever the libraries do.
        for kind, amount in (
            (resource.RLIMIT_AS, MEMORY_BYTES),
            (resource.RLIMIT_FSIZE, 4 * self.max_samples + 1024**2),
            (resource.RLIMIT_NOFILE, 64),
            (resource.RLIMIT_CORE, 0),
        ):
            hard = resource.getrlimit(kind)[1]
            allowed = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
            try:
                resource.setrlimit(kind, (allowed, allowed))
            except (OSError, ValueError):  # macOS knows RLIMIT_AS and refuses to set it
                continue
        self.allow_cpu(0)

    def allow_cpu(self, num_samples: int) -> None:
        """Let the CPU time grow with the samples decoded so far."""
        if sys.platform == "win32":
            return
        seconds = int(self.cpu_seconds + num_samples / self.samples_per_cpu_second) + 1
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        allowed = seconds if hard == resource.RLIM_INFINITY else min(seconds, hard)
        resource.setrlimit(resource.RLIMIT_CPU, (allowed, hard))


@dataclass(slots=True)
class Meter:
    """Counts decoded samples against the limits and tells the parent about progress.

    Args:
        limits: What the file may cost.
        reply: Sends one line to the parent.
        folder: Where the output grows.
    """

    limits: Limits
    reply: Reply
    folder: Path
    num_samples: int = 0
    _unchecked_bytes: int = field(default=0, init=False)
    _last: tuple[float, int, float] = field(default=(0.0, 0, 0.0), init=False)

    def count(self, num_frames: int, num_channels: int, duration: float) -> None:
        """Count frames that are about to be written.

        Args:
            num_frames: Frames of the next block.
            num_channels: Its channels.
            duration: Seconds decoded, this block included.

        Raises:
            AudioError: The recording is longer or unpacks to more than allowed.
            StoreError: The disk is nearly full.
        """
        self.num_samples += num_frames * num_channels
        if duration > self.limits.max_duration:
            raise too_long(self.limits.max_duration)
        if self.num_samples > self.limits.max_samples:
            raise AudioError(
                f"The file unpacks to more than {self.limits.max_samples:,} samples, far more than "
                "its size justifies.",
                hint="Convert it to WAV or cut it into parts, if it is a genuine recording.",
            )
        self._unchecked_bytes += 4 * num_frames * num_channels
        if self._unchecked_bytes > 32 * 1024**2:
            self._unchecked_bytes = 0
            self.require_space(0)

    def require_space(self, num_bytes: int) -> None:
        """Raise StoreError unless so many bytes fit and the reserve remains."""
        free = shutil.disk_usage(self.folder).free
        if free < num_bytes + self.limits.min_free_bytes:
            raise StoreError(
                f"No space left to unpack the recording: {free // 1024**2} MiB are free, "
                f"{(num_bytes + self.limits.min_free_bytes) // 1024**2} MiB are needed.",
                hint="Free disk space, or move Tonmeister's home to a larger disk.",
            )

    def advance(self, fraction: float) -> None:
        """Tell the parent how far the work is, five times a second and only if it moved.

        Args:
            fraction: Share of the file that is done, 0 to 1.
        """
        now = time.monotonic()
        last, num_samples, before = self._last
        if now - last < 0.2 or (num_samples, before) == (self.num_samples, fraction):
            return
        self._last = (now, self.num_samples, fraction)
        self.reply({"samples": self.num_samples, "fraction": min(1.0, max(0.0, fraction))})


def too_long(max_duration: float) -> AudioError:
    """Return the error of a recording beyond the longest accepted duration."""
    return AudioError(
        f"The recording is longer than {max_duration:g} s, the longest that is accepted.",
        hint="Cut it into parts, or raise the setting max_duration.",
    )
