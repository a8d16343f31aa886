"""Files out of published packages, each fetched by its registry's ordinary client.

A package is foreign content: its archive is downloaded, the named members are copied out, and
nothing in it is installed, imported or run. Clients run as child processes, so that mirrors,
proxies and credentials are the user's own, and a download can be stopped at any time.
"""

import contextlib
import importlib.util
import json
import lzma
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from tonmeister.errors import ToolUnavailable

__all__ = ["Deb", "Folder", "Hub", "Npm", "Package", "Part", "Watch", "Wheel", "copy_members"]

Members = Mapping[str, Path]
"""Path inside a package or archive → file to write."""

Watch = Callable[[], None]
"""Called several times a second while a client runs; it stops the download by raising."""

# Clients have time-outs of their own for a stalled connection; this one is the last resort.
CLIENT_LIMIT = 4 * 3600.0
POLL = 0.2
CHUNK = 1 << 20
NOISE = re.compile(r"complete log of this run|npm error code|Could not find a version")

# Any one of these wheels will do: the member is checked by its hash, not by its platform.
ANY_PLATFORM = [
    *("--platform=any", "--platform=manylinux_2_34_x86_64", "--platform=manylinux_2_28_x86_64"),
    *("--platform=manylinux_2_17_x86_64", "--platform=manylinux2014_x86_64"),
    *("--platform=macosx_14_0_arm64", "--platform=macosx_11_0_arm64", "--platform=win_amd64"),
    *("--python-version=3.11", "--implementation=cp", "--abi=cp311", "--abi=abi3", "--abi=none"),
]

# One plain request first: without a network the client would retry for half a minute.
REACH_HUB = """
import sys
from huggingface_hub import constants, hf_hub_download
from huggingface_hub.utils import get_session
try:
    get_session().head(constants.ENDPOINT, timeout=15)
except Exception as error:
    sys.exit(f"it cannot be reached: {error}")
"""
FETCH_FROM_HUB = """
repo, revision, folder, *paths = sys.argv[1:]
for path in paths:
    hf_hub_download(repo, path, revision=revision, local_dir=folder)
"""


# The hub states the sha256 of large files, and git's sha1 of small ones; those are fetched to hash
# them. Only what the hub itself says can be recorded, so this is trust on first use.
ASK_HUB = """
import hashlib, json
from pathlib import Path
from huggingface_hub import get_hf_file_metadata, hf_hub_url
repo, revision, folder, answer, *paths = sys.argv[1:]
stated = {path: get_hf_file_metadata(hf_hub_url(repo, path, revision=revision)) for path in paths}
commits = {one.commit_hash for one in stated.values()}
if len(commits) != 1:
    sys.exit("it changed while it was asked; try again")
files = {}
for path, one in stated.items():
    files[path] = one.etag
    if len(one.etag) == 64:
        continue
    fetched = hf_hub_download(repo, path, revision=min(commits), local_dir=folder)
    content = Path(fetched).read_bytes()
    if hashlib.sha1(b"blob %d\\0" % len(content) + content).hexdigest() != one.etag:
        sys.exit(f"{path} is not what it states")
    files[path] = hashlib.sha256(content).hexdigest()
Path(answer).write_text(json.dumps({"commit": min(commits), "files": files}))
"""


class Package(Protocol):
    """A package of one registry, in one version."""

    @property
    def label(self) -> str:
        """Registry, name and version, for messages."""
        ...

    def fetch(self, members: Members, *, scratch: Path, limit: int, watch: Watch) -> None:
        """Download the package and copy members out of it.

        Args:
            members: Path inside the package → file to write. ``outer.zip!inner.onnx`` names a
                file inside an archive inside the package.
            scratch: Existing folder for downloads, on the same disk.
            limit: Largest accepted size of one member, in bytes.
            watch: Called while a client runs.

        Raises:
            ToolUnavailable: The client is absent or failed, or a member is missing or too large.
        """
        ...


@dataclass(frozen=True, slots=True)
class Part:
    """One member of a package: a whole file, or a piece of one.

    Args:
        package: Where it lies.
        path: Path inside the package; ``outer.zip!inner.onnx`` looks inside a member.
    """

    package: Package
    path: str


@dataclass(frozen=True, slots=True)
class Hub:
    """A repository of the Hugging Face Hub at an immutable revision.

    Args:
        repo: Owner and name.
        revision: Commit, 40 hexadecimal digits. A branch may move: ``pinned`` turns it into the
            commit it stands for now, and nothing is fetched before.
    """

    repo: str
    revision: str

    @property
    def is_pinned(self) -> bool:
        """Whether the revision is a full commit."""
        return re.fullmatch(r"[0-9a-f]{40}", self.revision) is not None

    def pinned(
        self, paths: Iterable[str], *, scratch: Path, watch: Watch
    ) -> tuple["Hub", dict[str, str]]:
        """Ask the hub what a branch stands for and what its files are.

        Args:
            paths: Files of the repository.
            scratch: Existing folder for small downloads.
            watch: Called while the client runs.

        Returns:
            The repository at its present commit, and the sha256 of each file.

        Raises:
            ToolUnavailable: The client is absent or failed, or a file is missing.
        """
        with tempfile.TemporaryDirectory(dir=scratch) as name:
            answer = Path(name) / "answer"
            self._ask(ASK_HUB, Path(name), [name, str(answer), *paths], watch)
            stated = json.loads(answer.read_text(encoding="utf-8"))
        return Hub(self.repo, stated["commit"]), dict(stated["files"])

    @property
    def label(self) -> str:
        """Registry, name and version."""
        return f"hub {self.repo}@{self.revision[:8]}"

    def fetch(self, members: Members, *, scratch: Path, limit: int, watch: Watch) -> None:
        """Download files of the repository; an interrupted file is resumed by the client."""
        folder = scratch / "hub" / self.repo.replace("/", "--") / self.revision
        folder.mkdir(parents=True, exist_ok=True)
        self._ask(FETCH_FROM_HUB, folder, [str(folder), *members], watch)
        for path, target in members.items():
            _check_size(path, (folder / path).stat().st_size, limit)
            shutil.move(folder / path, target)

    def _ask(self, script: str, folder: Path, arguments: Iterable[str], watch: Watch) -> None:
        if importlib.util.find_spec("huggingface_hub") is None:
            raise ToolUnavailable("huggingface_hub is not installed")
        quiet = {"HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}
        command = [sys.executable, "-c", REACH_HUB + script, self.repo, self.revision, *arguments]
        _run(command, folder=folder, watch=watch, environment=quiet)


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel of the Python package index, fetched with pip.

    Args:
        name: Name of the distribution.
        version: Its exact version.
    """

    name: str
    version: str

    @property
    def label(self) -> str:
        """Registry, name and version."""
        return f"wheel {self.name} {self.version}"

    def fetch(self, members: Members, *, scratch: Path, limit: int, watch: Watch) -> None:
        """Download the wheel, for whatever platform it was built, and copy members out."""
        # Our own copy is kept until verified, so pip's cache would only double the disk space.
        options = ["--no-deps", "--only-binary=:all:", "--no-cache-dir", "--no-input", "--quiet"]
        with tempfile.TemporaryDirectory(dir=scratch) as folder:
            # pip downloads to TMPDIR first: inside the folder its progress can be seen.
            environment = {"TMPDIR": folder, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
            command = [*_pip(), "download", *options, "--dest", folder]
            command.append(f"{self.name}=={self.version}")
            try:
                _run(command, folder=Path(folder), watch=watch, environment=environment)
            except ToolUnavailable as error:
                if "matching distribution" not in error.message:
                    raise
                command += ANY_PLATFORM
                _run(command, folder=Path(folder), watch=watch, environment=environment)
            copy_members(_only(Path(folder), "*.whl"), members, limit=limit)


@dataclass(frozen=True, slots=True)
class Npm:
    """A package of the npm registry, fetched with ``npm pack``.

    Args:
        name: Name of the package, with its scope.
        version: Its exact version.
    """

    name: str
    version: str

    @property
    def label(self) -> str:
        """Registry, name and version."""
        return f"npm {self.name} {self.version}"

    def fetch(self, members: Members, *, scratch: Path, limit: int, watch: Watch) -> None:
        """Download the tarball and copy members out; their paths begin with ``package/``."""
        npm = _client("npm")
        with tempfile.TemporaryDirectory(dir=scratch) as folder:
            command = [npm, "pack", "--ignore-scripts", "--loglevel=error"]
            _run([*command, f"{self.name}@{self.version}"], folder=Path(folder), watch=watch)
            copy_members(_only(Path(folder), "*.tgz"), members, limit=limit)


@dataclass(frozen=True, slots=True)
class Deb:
    """A Debian package, fetched with apt-get; no root rights are needed.

    Args:
        name: Name of the package.
        version: Its version; empty for the one the user's release offers.
    """

    name: str
    version: str = ""

    @property
    def label(self) -> str:
        """Registry, name and version."""
        return f"deb {self.name} {self.version}".strip()

    def fetch(self, members: Members, *, scratch: Path, limit: int, watch: Watch) -> None:
        """Download the package and copy members out; their paths begin with ``usr/``."""
        apt, dpkg = _client("apt-get"), _client("dpkg-deb")
        wanted = f"{self.name}={self.version}" if self.version else self.name
        with tempfile.TemporaryDirectory(dir=scratch) as name:
            folder = Path(name)
            options = ["-qq", "-o", "APT::Sandbox::User="]
            try:
                _run([apt, *options, "download", wanted], folder=folder, watch=watch)
            except ToolUnavailable as error:
                # A fresh container has no package lists, and a user may not write the system's.
                if "Unable to locate" not in error.message and "find a source" not in error.message:
                    raise
                lists, cache = folder / "lists", folder / "cache"
                for place in (lists / "partial", cache / "archives" / "partial"):
                    place.mkdir(parents=True)
                options += ["-o", f"Dir::State::Lists={lists}", "-o", f"Dir::Cache={cache}"]
                _run([apt, *options, "update"], folder=folder, watch=watch)
                _run([apt, *options, "download", wanted], folder=folder, watch=watch)
            package, content = _only(folder, "*.deb"), folder / "content.tar"
            with content.open("wb") as output:
                _run([dpkg, "--fsys-tarfile", str(package)], folder=folder, watch=watch, out=output)
            copy_members(content, members, limit=limit)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of this machine or of a shared disk, for machines without a network.

    Args:
        path: The folder; member paths are relative to it.
    """

    path: Path

    @property
    def label(self) -> str:
        """The folder's path."""
        return f"folder {self.path}"

    def fetch(self, members: Members, *, scratch: Path, limit: int, watch: Watch) -> None:
        """Copy files of the folder."""
        for path, target in members.items():
            watch()
            original = self.path / path
            if not original.is_file():
                raise ToolUnavailable(f"has no file {path}")
            _check_size(path, original.stat().st_size, limit)
            shutil.copyfile(original, target)


def copy_members(archive: Path, members: Members, *, limit: int) -> None:
    """Copy named members out of a zip or tar archive, and nothing else.

    Only the given targets are written, so the paths inside a hostile archive cannot lead astray.

    Args:
        archive: Zip file (a wheel is one) or tar file, compressed or not.
        members: Path inside the archive → file to write; ``outer.zip!inner`` goes one level deeper.
        limit: Largest accepted size of one member, in bytes.

    Raises:
        ToolUnavailable: A member is missing or too large, or the archive is damaged.
    """
    wanted: dict[str, dict[str, Path]] = defaultdict(dict)
    for path, target in members.items():
        outer, _, inner = path.partition("!")
        wanted[outer][inner] = target
    try:
        for name, size, content in _entries(archive, set(wanted)):
            _check_size(name, size, limit)
            _copy_entry(content, wanted.pop(name), limit=limit)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, tarfile.TarError, EOFError) as error:
        told = str(error).partition("\n")[0]
        raise ToolUnavailable(f"the archive is damaged: {told}") from error
    if wanted:
        raise ToolUnavailable(f"has no member {min(wanted)}")


def _copy_entry(content: IO[bytes], targets: Members, *, limit: int) -> None:
    """Write one member to its target, or the members inside it to theirs (key "" is itself)."""
    nested = {inner: target for inner, target in targets.items() if inner}
    whole = targets.get("")
    place = whole or next(iter(nested.values())).with_suffix(".outer")
    with place.open("wb") as output:
        shutil.copyfileobj(content, output, CHUNK)
    if nested:
        copy_members(place, nested, limit=limit)
    if whole is None:
        place.unlink()


def _entries(archive: Path, wanted: set[str]) -> Iterator[tuple[str, int, IO[bytes]]]:
    """Yield name, size and content of each wanted regular file, in one pass."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as zipped:
            for name in sorted(wanted.intersection(zipped.namelist())):
                with zipped.open(name) as content:
                    yield name, zipped.getinfo(name).file_size, content
        return
    with tarfile.open(archive) as tar:
        for entry in tar:
            name = entry.name.removeprefix("./")
            content = tar.extractfile(entry) if name in wanted and entry.isreg() else None
            if content is not None:
                yield name, entry.size, content


def _check_size(name: str, size: int, limit: int) -> None:
    if size > limit:
        raise ToolUnavailable(f"{name} has {size:,} bytes; expected {limit:,} at most")


def _only(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise ToolUnavailable(f"the client left {len(found)} {pattern} files; expected one")
    return found[0]


def _client(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise ToolUnavailable(f"{name} is not installed")
    return found


def _pip() -> list[str]:
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    # Environments made by uv have no pip of their own; for a download any pip will do.
    found = shutil.which("pip3") or shutil.which("pip")
    if found is None:
        raise ToolUnavailable("pip is not installed")
    return [found]


def _run(
    command: list[str],
    *,
    folder: Path,
    watch: Watch,
    environment: Mapping[str, str] | None = None,
    out: IO[bytes] | None = None,
) -> None:
    """Run a client silently; end it when ``watch`` raises or the time is up."""
    with tempfile.TemporaryFile() as complaints:
        child = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=out or subprocess.DEVNULL,
            stderr=complaints,
            start_new_session=True,
        )
        deadline = time.monotonic() + CLIENT_LIMIT
        try:
            while child.poll() is None:
                watch()
                if time.monotonic() > deadline:
                    raise ToolUnavailable(f"no end after {CLIENT_LIMIT / 3600:.0f} hours")
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(POLL)
        finally:
            if child.returncode is None:
                child.kill()
                child.wait()
        if child.returncode != 0:
            complaints.seek(0)
            raise ToolUnavailable(_reason(complaints.read().decode(errors="replace")))


def _reason(complaints: str) -> str:
    """Shorten what a client wrote to one line, without hosts, addresses or credentials in them."""
    lines = [line.strip() for line in complaints.splitlines() if line.strip()]
    lines = [line for line in lines if not NOISE.search(line)]
    told = [line for line in lines if re.match(r"(error|npm error|e:)", line, re.IGNORECASE)]
    line = told[0] if told else lines[-1] if lines else "it failed silently"
    line = re.sub(r"^(ERROR:|npm error|E:)\s*", "", line)
    line = re.sub(r"\w+://\S+|\b(?:[\w-]+\.)+(?:com|org|net|io|co|dev|local)\b(:\d+)?", "…", line)
    return line[:200]
