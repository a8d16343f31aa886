"""The only door for foreign bytes: probe and decode in a limited child process.

A file gets a private folder and the name ``input``, so that no odd name reaches a decoder. The
child (``tonmeister.decoder``) decodes into that folder; only a complete result is moved to its
destination.
"""

import json
import os
import queue
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Literal, cast

from tonmeister.decoder.formats import ACCEPTED
from tonmeister.decoder.limits import INPUT, OUTPUT, Limits
from tonmeister.errors import (
    AudioError,
    RunCancelled,
    StoreError,
    TonmeisterError,
    error_from_dict,
)

__all__ = ["DecodedFacts", "SoundFacts", "decode", "probe"]

MAX_CHANNELS = 8
# An hour of mono at 48 kHz for any file, then 512 samples for each byte: the densest honest
# recordings (speech in Opus at 6 kbit/s, 48 kHz) need 64.
FREE_SAMPLES = 180_000_000
SAMPLES_PER_BYTE = 512
CPU_SECONDS = 8.0
CPU_BYTES_PER_SECOND = 5_000_000
SAMPLES_PER_CPU_SECOND = 4_000_000
WALL_PER_CPU = 4.0  # other programs want the processor, too
MAX_LINE = 65_536
INHERITED = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "TEMP", "TMP")


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
    size = _checked_size(path)
    with _private_folder(path, Path(tempfile.gettempdir())) as folder:
        limits = _limits(size, max_duration=0.0, min_free_mb=0)
        facts = _Child(folder, "probe", limits, size, idle_timeout).result(None, None)
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
    size = _checked_size(path)
    limits = _limits(size, max_duration=max_duration, min_free_mb=min_free_mb)
    with _private_folder(path, destination.parent) as folder:
        child = _Child(folder, "decode", limits, size, idle_timeout)
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
            raise _not_written(destination.parent, error) from error
    return decoded


def _limits(size: int, *, max_duration: float, min_free_mb: int) -> Limits:
    return Limits(
        max_duration=max_duration,
        max_samples=FREE_SAMPLES + SAMPLES_PER_BYTE * size,
        max_channels=MAX_CHANNELS,
        min_free_bytes=min_free_mb * 1024**2,
        cpu_seconds=CPU_SECONDS + size / CPU_BYTES_PER_SECOND,
        samples_per_cpu_second=SAMPLES_PER_CPU_SECOND,
    )


def _checked_size(path: Path) -> int:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            found = "a folder" if stat.S_ISDIR(status.st_mode) else "a device or a pipe"
            raise AudioError(f"The path leads to {found}, not to a file.", hint=ACCEPTED)
        with path.open("rb"):
            pass
    except FileNotFoundError as error:
        raise AudioError("The file does not exist.", hint="Check its path.") from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise AudioError(f"The file cannot be read: {reason}.", hint="Check its rights.") from error
    if status.st_size == 0:
        raise AudioError("The file is empty (0 bytes).", hint="Copy or export it again.")
    return status.st_size


def _not_written(folder: Path, error: OSError) -> StoreError:
    return StoreError(
        f"Nothing can be written to {folder}: {error.strerror}.",
        hint="Check that the folder exists, is writable and has space left.",
    )


@contextmanager
def _private_folder(path: Path, parent: Path) -> Generator[Path]:
    try:
        folder = Path(tempfile.mkdtemp(prefix=".decoding-", dir=parent))
    except OSError as error:
        raise _not_written(parent, error) from error
    try:
        target, link = path.resolve(), folder / INPUT
        try:
            link.symlink_to(target)
        except OSError:  # Windows allows links to few users
            shutil.copyfile(target, link)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Child:
    """One child process with one request."""

    def __init__(
        self, folder: Path, action: str, limits: Limits, size: int, idle_timeout: float
    ) -> None:
        self._folder = folder
        self._request = {"action": action, "limits": asdict(limits)}
        self._size = size
        self._idle_timeout = idle_timeout

    def result(
        self, on_progress: Callable[[float], None] | None, cancelled: threading.Event | None
    ) -> dict[str, Any]:
        """Run the child to its end and return its result, or raise its error."""
        child = subprocess.Popen(
            [sys.executable, "-P", "-m", "tonmeister.decoder"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._folder,
            env=_environment(),
        )
        stdin, stdout = cast("IO[bytes]", child.stdin), cast("IO[bytes]", child.stdout)
        lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        reader = threading.Thread(target=_read_lines, args=(stdout, lines), daemon=True)
        reader.start()
        try:
            with suppress(BrokenPipeError), stdin:
                stdin.write(json.dumps(self._request).encode() + b"\n")
            answer = self._watch(lines, on_progress, cancelled)
            if answer is None:
                raise _died(child)
        finally:
            child.kill()
            child.wait()
            reader.join()
            stdout.close()
        if "result" not in answer:
            raise _told(answer)
        if on_progress:
            on_progress(1.0)
        return answer["result"]

    def _watch(
        self,
        lines: "queue.SimpleQueue[bytes]",
        on_progress: Callable[[float], None] | None,
        cancelled: threading.Event | None,
    ) -> dict[str, Any] | None:
        started = moved = time.monotonic()
        num_samples = 0
        while True:
            if cancelled is not None and cancelled.is_set():
                raise RunCancelled("Decoding was stopped.")
            now = time.monotonic()
            earned = self._size / CPU_BYTES_PER_SECOND + num_samples / SAMPLES_PER_CPU_SECOND
            deadline = started + self._idle_timeout + WALL_PER_CPU * earned
            if now > min(deadline, moved + self._idle_timeout):
                raise _too_slow()
            try:
                line = lines.get(timeout=0.1)
            except queue.Empty:
                continue
            answer = _parsed(line)
            if answer is None or "samples" not in answer:
                return answer
            moved, num_samples = now, int(answer["samples"])
            if on_progress:
                on_progress(min(1.0, max(0.0, float(answer["fraction"]))))


def _read_lines(stream: IO[bytes], lines: "queue.SimpleQueue[bytes]") -> None:
    while line := stream.readline(MAX_LINE):
        lines.put(line)
    lines.put(b"")


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        answer = json.loads(line)
    except ValueError:
        return None
    return cast("dict[str, Any]", answer) if isinstance(answer, dict) else None


def _environment() -> dict[str, str]:
    # No key or token of the parent reaches a process that foreign bytes may take over, and the
    # modules are found wherever the parent finds them.
    kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
    modules = os.pathsep.join(str(Path(entry).resolve()) for entry in sys.path if entry)
    single = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {**kept, **single, "PYTHONPATH": modules, "LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2"}


def _too_slow() -> AudioError:
    return AudioError(
        "The file was given up: decoding it takes far more time than its size justifies.",
        hint="Convert it to WAV or FLAC, if it is a genuine recording.",
    )


def _died(child: "subprocess.Popen[bytes]") -> AudioError:
    try:
        code = child.wait(timeout=2.0)
    except subprocess.TimeoutExpired:
        code = 0
    if code == -getattr(signal, "SIGXCPU", 0) != 0:
        return _too_slow()
    return AudioError(
        f"The file cannot be decoded: the decoder ended without an answer (exit code {code}).",
        hint="The file is probably damaged; export it again or convert it to WAV or FLAC.",
    )


def _told(answer: dict[str, Any]) -> TonmeisterError:
    error = error_from_dict(answer)
    if isinstance(error, AudioError | StoreError):
        return error
    return AudioError(f"The file cannot be decoded: {error.message}", hint=ACCEPTED)
