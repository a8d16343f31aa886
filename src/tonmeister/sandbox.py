"""One limited child process for one foreign file.

A file gets a private folder and the name ``input``, so that no odd name reaches a decoder. The
child (``tonmeister.decoder``) works in that folder and answers in lines of JSON.
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
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, cast

from tonmeister.decoder.limits import INPUT, Limits
from tonmeister.errors import (
    AudioError,
    DocumentError,
    RunCancelled,
    StoreError,
    TonmeisterError,
    error_from_dict,
)

__all__ = [
    "CPU_BYTES_PER_SECOND",
    "CPU_SECONDS",
    "Child",
    "Subject",
    "checked_size",
    "not_written",
    "private_folder",
]

CPU_SECONDS = 8.0
CPU_BYTES_PER_SECOND = 5_000_000
WALL_PER_CPU = 4.0  # other programs want the processor, too
MAX_LINE = 65_536
INHERITED = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "TEMP", "TMP")


@dataclass(frozen=True, slots=True)
class Subject:
    """How failures with one kind of file are told.

    Args:
        error: What is raised.
        accepted: Sentence that names the accepted formats.
        remedy: What helps with a damaged or expensive file, without a full stop.
        genuine: Condition under which it helps.
        verb: What cannot be done with the file: "decoded" or "read".
    """

    error: type[AudioError | DocumentError]
    accepted: str
    remedy: str
    genuine: str
    verb: str

    def too_slow(self) -> TonmeisterError:
        """Return the error of a file that costs too much time."""
        return self.error(
            "The file was given up: decoding it takes far more time than its size justifies.",
            hint=f"{self.remedy}, {self.genuine}.",
        )

    def died(self, code: int) -> TonmeisterError:
        """Return the error of a child that ended without an answer."""
        return self.error(
            f"The file cannot be {self.verb}: the decoder ended without an answer "
            f"(exit code {code}).",
            hint=f"The file is probably damaged; export it again. {self.remedy}.",
        )


def checked_size(path: Path, subject: Subject) -> int:
    """Return the size of a regular, readable file that is not empty.

    Args:
        path: Any path.
        subject: What kind of file is expected.

    Raises:
        AudioError: It is missing, unreadable, empty or no regular file.
        DocumentError: The same, where a document is expected.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            found = "a folder" if stat.S_ISDIR(status.st_mode) else "a device or a pipe"
            raise subject.error(f"The path leads to {found}, not to a file.", hint=subject.accepted)
        with path.open("rb"):
            pass
    except FileNotFoundError as error:
        raise subject.error("The file does not exist.", hint="Check its path.") from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise subject.error(
            f"The file cannot be read: {reason}.", hint="Check its rights."
        ) from error
    if status.st_size == 0:
        raise subject.error("The file is empty (0 bytes).", hint="Copy or export it again.")
    return status.st_size


def not_written(folder: Path, error: OSError) -> StoreError:
    """Return the error of a folder that takes no file."""
    return StoreError(
        f"Nothing can be written to {folder}: {error.strerror}.",
        hint="Check that the folder exists, is writable and has space left.",
    )


@contextmanager
def private_folder(path: Path, parent: Path) -> Generator[Path]:
    """Give a file a folder of its own for a while, in which it is called ``input``.

    Args:
        path: Any file.
        parent: Where the folder is made.
    """
    try:
        folder = Path(tempfile.mkdtemp(prefix=".decoding-", dir=parent))
    except OSError as error:
        raise not_written(parent, error) from error
    try:
        target, link = path.resolve(), folder / INPUT
        try:
            link.symlink_to(target)
        except OSError:  # Windows allows links to few users
            shutil.copyfile(target, link)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Child:
    """One child process with one request.

    Args:
        folder: From ``private_folder``.
        action: "probe", "decode", "picture" or "read".
        limits: What the file may cost.
        subject: How failures are told.
        size: Bytes of the file.
        idle_timeout: Seconds without progress after which the file is given up.
        options: What else the action must know.
    """

    def __init__(
        self,
        folder: Path,
        action: str,
        limits: Limits,
        subject: Subject,
        size: int,
        idle_timeout: float,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self._folder = folder
        self._request = {**(options or {}), "action": action, "limits": asdict(limits)}
        self._limits = limits
        self._subject = subject
        self._size = size
        self._idle_timeout = idle_timeout

    def result(
        self,
        on_progress: Callable[[float], None] | None = None,
        cancelled: threading.Event | None = None,
    ) -> dict[str, Any]:
        """Run the child to its end and return its result, or raise its error.

        Args:
            on_progress: Called in this thread with the share that is done, 0.0 to 1.0.
            cancelled: Set it from another thread to stop within a second.
        """
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
                raise self._died(child)
        finally:
            child.kill()
            child.wait()
            reader.join()
            stdout.close()
        if "result" not in answer:
            raise self._told(answer)
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
            earned = (
                self._size / CPU_BYTES_PER_SECOND
                + num_samples / self._limits.samples_per_cpu_second
            )
            deadline = started + self._idle_timeout + WALL_PER_CPU * earned
            if now > min(deadline, moved + self._idle_timeout):
                raise self._subject.too_slow()
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

    def _died(self, child: "subprocess.Popen[bytes]") -> TonmeisterError:
        try:
            code = child.wait(timeout=2.0)
        except subprocess.TimeoutExpired:
            code = 0
        if code == -getattr(signal, "SIGXCPU", 0) != 0:
            return self._subject.too_slow()
        return self._subject.died(code)

    def _told(self, answer: dict[str, Any]) -> TonmeisterError:
        error, subject = error_from_dict(answer), self._subject
        if isinstance(error, subject.error | StoreError):
            return error
        message = f"The file cannot be {subject.verb}: {error.message}"
        return subject.error(message, hint=subject.accepted)


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
