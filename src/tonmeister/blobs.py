"""Stored files named by the sha256 of their contents, and scratch folders to make them in.

home/
├─ blobs/ab/abcdef…     one read-only file per content; its modification time is its last use
├─ blobs.lock           shared while blobs are added or used, exclusive while they are dropped
└─ scratch/             one folder and one lock file per open store; the lock dies with its process
"""

import errno
import fcntl
import hashlib
import os
import secrets
import shutil
import stat
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tonmeister.errors import StoreError

__all__ = ["Blob", "Blobs", "Tenancy", "store_errors"]

_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NOT_ALLOWED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


@dataclass(frozen=True, slots=True)
class Blob:
    """A stored file.

    Attributes:
        sha256: Hash of its contents.
        size: Number of bytes.
        used: Last use, in seconds since the epoch.
    """

    sha256: str
    size: int
    used: float


@contextmanager
def store_errors(home: Path) -> Generator[None]:
    """Turn what the file system refuses into a ``StoreError`` with its cure.

    Args:
        home: Folder of the store, for the message.

    Raises:
        StoreError: There is no space left, the folder may not be written, or a file is missing.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _NO_SPACE:
            message = f"No space left to store results in {home}."
            hint = "Free some space, or drop old results with: tonmeister gc"
        elif error.errno in _NOT_ALLOWED:
            message = f"The folder of results {home} may not be written ({error.strerror})."
            hint = "Change its permissions, or choose another folder with TONMEISTER_HOME."
        else:
            message = f"The folder of results {home} cannot be used: {error.strerror or error}."
            hint = "Check the disk, or choose another folder with TONMEISTER_HOME."
        raise StoreError(message, hint=hint) from error


class Tenancy:
    """The mark of an open store: a lock that the system releases when its process ends.

    A process number would be reused, and means nothing in another container on the same folder;
    a lock is neither. A store is never shared by ``fork``; each process opens its own.

    Attributes:
        owner: Name of this opening, unique for ever.
        folder: Private scratch folder.
    """

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        while True:
            self.owner = f"{os.getpid()}-{secrets.token_hex(8)}"
            self._lock_file = scratch / f"{self.owner}.lock"
            self._lock = os.open(self._lock_file, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            # Another store may have swept the file between its creation and its locking.
            if self._lock_file.exists():
                break
            os.close(self._lock)
        self.folder = scratch / self.owner
        self.folder.mkdir()

    def is_alive(self, owner: str) -> bool:
        """Return whether the store opened under this name is still open.

        Args:
            owner: What its ``Tenancy.owner`` was.
        """
        return _is_held(self._scratch / f"{owner}.lock")

    def sweep(self) -> None:
        """Remove the scratch folders of processes that are gone."""
        for lock_file in self._scratch.glob("*.lock"):
            _is_held(lock_file, sweep=True)

    def end(self) -> None:
        """Remove the scratch folder and the mark."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._lock_file.unlink(missing_ok=True)
        os.close(self._lock)


class Blobs:
    """The files of a store.

    Args:
        home: Folder of the store; it is created if missing.

    Raises:
        StoreError: The folder cannot be created or written.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self._folder = home / "blobs"
        self._scratch = home / "scratch"
        with store_errors(home):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._scratch.mkdir(exist_ok=True)
            self.tenancy = Tenancy(self._scratch)
            self.tenancy.sweep()

    def close(self) -> None:
        """Remove the scratch folder."""
        with store_errors(self.home):
            self.tenancy.end()

    @contextmanager
    def locked(self, *, exclusive: bool) -> Generator[None]:
        """Keep blobs from being dropped, or, exclusively, from being added or used.

        A ledger transaction is begun inside of it, never around it: one order, no deadlock.

        Args:
            exclusive: Whether nobody else may add or use blobs meanwhile.
        """
        with store_errors(self.home):
            lock = os.open(self.home / "blobs.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
            yield
        finally:
            # Said aloud, because a child forked meanwhile would keep the lock of a closed file.
            fcntl.flock(lock, fcntl.LOCK_UN)
            os.close(lock)

    def scratch(self) -> Path:
        """Make an empty working folder; it lives until the store is closed."""
        with store_errors(self.home):
            folder = self.tenancy.folder / secrets.token_hex(8)
            folder.mkdir()
            return folder

    def write(self, contents: bytes) -> Path:
        """Write a file in scratch, to be adopted.

        Args:
            contents: All of it.

        Raises:
            StoreError: There is no space left.
        """
        file = self.tenancy.folder / secrets.token_hex(8)
        with store_errors(self.home):
            try:
                file.write_bytes(contents)
            except OSError:
                file.unlink(missing_ok=True)
                raise
        return file

    def discard(self, folder: Path) -> None:
        """Remove a folder made by ``scratch`` before the store is closed.

        Args:
            folder: The folder.

        Raises:
            StoreError: It is not such a folder.
        """
        if folder.parent != self.tenancy.folder:
            raise StoreError(f"{folder} is not a scratch folder of this store.")
        with store_errors(self.home):
            shutil.rmtree(folder)

    def adopt(self, file: Path) -> tuple[str, int]:
        """Move a finished file from a scratch folder into the store.

        When it returns, the file is on disk whole and under its final name, or not at all. A
        content that is there already is replaced by its equal, which also heals a damaged one.

        Args:
            file: A regular file below a folder made by ``scratch``; it is gone afterwards.

        Returns:
            The sha256 of its contents and its size in bytes.

        Raises:
            StoreError: It does not lie in a scratch folder, or cannot be stored.
        """
        with store_errors(self.home):
            status = file.lstat()
            inside = file.resolve().is_relative_to(self._scratch.resolve())
            if not stat.S_ISREG(status.st_mode) or not inside:
                raise StoreError(
                    f"{file} is not a regular file in a scratch folder of {self.home}.",
                    hint="Only files made in scratch() are moved into the store; copy it there.",
                )
            with file.open("rb") as stream:
                os.fchmod(stream.fileno(), 0o444)
                sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
                size = os.fstat(stream.fileno()).st_size
                os.fsync(stream.fileno())
            target = self._path(sha256)
            with self.locked(exclusive=False):
                target.parent.mkdir(exist_ok=True)
                _touch(file)
                file.replace(target)
            _sync_folder(target.parent)
            return sha256, size

    def path(self, sha256: str) -> Path | None:
        """Return where a blob lies and note that it is used, or None if it is not stored.

        Args:
            sha256: Hash of its contents.
        """
        with self.locked(exclusive=False):
            return self.touched(sha256)

    def touched(self, sha256: str) -> Path | None:
        """Do what ``path`` does, for callers that hold the lock already.

        Args:
            sha256: Hash of its contents.
        """
        path = self._path(sha256)
        with store_errors(self.home):
            try:
                _touch(path)
            except FileNotFoundError:
                return None
        return path

    def stored(self) -> list[Blob]:
        """Return all blobs, in no order."""
        found: list[Blob] = []
        with store_errors(self.home), os.scandir(self._folder) as folders:
            for folder in folders:
                with os.scandir(folder) as files:
                    for file in files:
                        status = file.stat()
                        found.append(Blob(file.name, status.st_size, status.st_mtime))
        return found

    def drop(self, sha256: str) -> None:
        """Delete a blob; the caller holds the exclusive lock.

        Args:
            sha256: Hash of its contents.
        """
        with store_errors(self.home):
            self._path(sha256).unlink(missing_ok=True)

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256


def _is_held(lock_file: Path, *, sweep: bool = False) -> bool:
    try:
        lock = os.open(lock_file, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if sweep:
            shutil.rmtree(lock_file.with_suffix(""), ignore_errors=True)
            lock_file.unlink(missing_ok=True)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def _touch(path: Path) -> None:
    # Without explicit times the kernel uses a clock that lags behind time.time() by up to 10 ms.
    now = time.time_ns()
    os.utime(path, ns=(now, now))


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
