import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tonmeister.artifacts import Artifact, Kind
from tonmeister.delivery import Destination, check_output, destination, write_files
from tonmeister.errors import PlanError, StoreError
from tonmeister.plan import Plan, Step
from tonmeister.registry import discover

TOOLS = discover().tools


def result(folder: Path, name: str, suffix: str = "flac", contents: bytes = b"sound"):
    stored = folder / f"blob-{name.replace('/', '_')[:20]}-{suffix}-{len(contents)}"
    stored.write_bytes(contents)
    kind = Kind.AUDIO if suffix != "txt" else Kind.FILE
    artifact = Artifact(name, kind, name, "x/y", len(contents), name, {"suffix": suffix})
    return name, artifact, stored


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    (tmp_path / "blobs").mkdir()
    return tmp_path / "blobs"


def write(target: Destination, *results) -> list[str]:
    places = {str(number): one for number, one in enumerate(results)}
    return [path.name for path in write_files(places, target).files]


def test_a_result_is_called_what_a_person_calls_it(tmp_path: Path, stored: Path):
    out = tmp_path / "out"
    names = write(
        Destination(out),
        result(stored, "interview.enhanced"),
        result(stored, "São João à noite", "txt"),
    )
    assert names == ["interview.enhanced.flac", "São João à noite.txt"]
    assert sorted(path.name for path in out.iterdir()) == sorted(names)
    assert (out / names[0]).read_bytes() == b"sound"


def test_what_exists_is_never_overwritten_unasked(tmp_path: Path, stored: Path):
    (tmp_path / "talk.flac").write_bytes(b"precious")
    written = write_files({"s1": result(stored, "talk")}, Destination(tmp_path))
    assert [path.name for path in written.files] == ["talk.2.flac"]
    assert [(a.name, b.name) for a, b in written.renamed.items()] == [("talk.flac", "talk.2.flac")]
    assert (tmp_path / "talk.flac").read_bytes() == b"precious"
    assert write(Destination(tmp_path, force=True), result(stored, "talk")) == ["talk.flac"]
    assert (tmp_path / "talk.flac").read_bytes() == b"sound"


def test_the_same_contents_again_make_no_second_file(tmp_path: Path, stored: Path):
    for _ in range(2):
        assert write(Destination(tmp_path), result(stored, "talk")) == ["talk.flac"]
    other = result(stored, "talk", contents=b"other")
    assert write(Destination(tmp_path), other) == ["talk.2.flac"]


def test_two_results_of_one_name_do_not_replace_each_other_even_by_force(
    tmp_path: Path, stored: Path
):
    first, second = result(stored, "take"), result(stored, "take", contents=b"the other")
    assert write(Destination(tmp_path, force=True), first, second) == ["take.flac", "take.2.flac"]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("a\nb\x1b[31m", "a_b_[31m"),
        ("...", "result"),
        ("what? <now>", "what_ _now_"),
    ],
)
def test_a_name_cannot_leave_its_folder_or_trip_a_terminal(
    tmp_path: Path, stored: Path, name: str, kept: str
):
    assert write(Destination(tmp_path), result(stored, name)) == [f"{kept}.flac"]


def test_a_long_name_in_any_script_fits_the_file_system(tmp_path: Path, stored: Path):
    (name,) = write(Destination(tmp_path), result(stored, "録音" * 100))
    assert name.startswith("録音録音")
    assert len(name.encode()) < 255


def test_an_output_is_a_folder_or_a_file_name(tmp_path: Path):
    assert destination(None, tmp_path, force=False) == Destination(tmp_path)
    assert destination(tmp_path, Path("x"), force=False) == Destination(tmp_path)
    assert destination(tmp_path / "new", Path("x"), force=False) == Destination(tmp_path / "new")
    asked = destination(tmp_path / "x.MP3", Path("x"), force=True)
    assert asked == Destination(tmp_path, "x.MP3", force=True)
    assert (asked.audio_format, asked.text_format) == ("mp3", "txt")


def plan(tool: str, **args: object) -> Plan:
    return Plan(steps=(Step(id="s1", tool=tool, args=args),))


@pytest.mark.parametrize(
    ("made", "file"),
    [
        (plan("transcribe", audio="@a1"), "x.wav"),
        (plan("trim", audio="@a1"), "x.docx"),
        (plan("convert_format", audio="@a1", format="mp3"), "x.wav"),
        (plan("describe_audio", audio="@a1"), "x.wav"),
        (plan("write_subtitles", transcript="@a1"), "x.vtt"),
    ],
)
def test_an_output_name_no_result_fits_is_refused_before_the_run(made: Plan, file: str):
    with pytest.raises(PlanError, match="was asked for, but the result is"):
        check_output(made, TOOLS, Destination(Path(), file))


@pytest.mark.parametrize(
    ("made", "file"),
    [
        (plan("transcribe", audio="@a1"), "x.srt"),
        (plan("trim", audio="@a1"), "x.m4a"),
        (plan("draw_waveform", audio="@a1"), "x.png"),
        (plan("detect_sounds", audio="@a1"), "x.json"),
        (plan("trim", audio="@a1"), None),
    ],
)
def test_an_output_name_that_a_result_fits_is_taken(made: Plan, file: str | None):
    check_output(made, TOOLS, Destination(Path(), file))


@pytest.mark.parametrize("place", ["file.txt/below", "/proc/tonmeister"])
def test_a_folder_that_cannot_be_written_is_one_error_with_its_cure(
    tmp_path: Path, stored: Path, place: str
):
    (tmp_path / "file.txt").touch()
    with pytest.raises(StoreError, match="cannot be written") as caught:
        write(Destination(tmp_path / place), result(stored, "talk"))
    assert "choose another folder with -o" in caught.value.hint


FULL_DISK = """
import resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from test_delivery import Destination, StoreError, result, write
folder = Path(sys.argv[2])
one = result(folder, "talk", contents=bytes(100_000))
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
try:
    write(Destination(folder / "out"), one)
except StoreError as error:
    print(error)
"""


def test_a_full_disk_leaves_no_half_file(tmp_path: Path):
    assert resource.RLIMIT_FSIZE
    command = [sys.executable, "-c", FULL_DISK, str(Path(__file__).parent), str(tmp_path)]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    told = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    assert "cannot be written: File too large" in told.stdout
    assert list((tmp_path / "out").iterdir()) == []


def pair(folder: Path, contents: bytes = b"rain", root: str = "rain") -> dict:
    return {
        "s1.sound": result(folder, root, contents=contents),
        "s1.credits": result(folder, f"{root}.credits", "txt", contents + b" by Ana"),
    }


def test_what_one_step_made_keeps_one_stem_when_one_of_its_names_is_taken(
    tmp_path: Path, stored: Path
):
    out = tmp_path / "out"
    out.mkdir()
    (out / "rain.credits.txt").write_text("of another rain")
    written = write_files(pair(stored), Destination(out))
    assert [path.name for path in written.files] == ["rain.2.flac", "rain.2.credits.txt"]
    assert [one.name for one in written.renamed] == ["rain.credits.txt"]
    again = write_files(pair(stored), Destination(out))
    assert list(again.files) == list(written.files)  # the same again makes no further files
    other = write_files(pair(stored, b"hail"), Destination(out))
    # "rain.flac" is free and yet not taken: the credits beside it would be another's.
    assert [path.name for path in other.files] == ["rain.3.flac", "rain.3.credits.txt"]
    assert (out / "rain.credits.txt").read_text() == "of another rain"
    assert not list(out.glob(".*"))


def test_by_force_a_pair_is_replaced_together(tmp_path: Path, stored: Path):
    write_files(pair(stored), Destination(tmp_path))
    written = write_files(pair(stored, b"hail"), Destination(tmp_path, force=True))
    assert [path.name for path in written.files] == ["rain.flac", "rain.credits.txt"]
    assert (tmp_path / "rain.credits.txt").read_bytes() == b"hail by Ana"


def test_the_credits_take_the_name_that_was_asked_for_the_sound(tmp_path: Path, stored: Path):
    target = Destination(tmp_path, "storm.flac")
    assert [one.name for one in write_files(pair(stored), target).files] == [
        "storm.flac",
        "storm.credits.txt",
    ]
    assert [one.name for one in write_files(pair(stored, b"hail"), target).files] == [
        "storm.2.flac",
        "storm.2.credits.txt",
    ]


def test_another_format_of_a_sound_keeps_its_credits(tmp_path: Path, stored: Path):
    (tmp_path / "rain.mp3").touch()
    made = Plan(
        steps=(
            Step(id="s1", tool="generate_sound", args={"description": "rain"}),
            Step(id="s2", tool="convert_format", args={"audio": "@s1.sound", "format": "mp3"}),
        )
    )
    leaving = pair(stored)
    del leaving["s1.sound"]
    leaving["s2.result"] = result(stored, "rain", "mp3")
    written = write_files(leaving, Destination(tmp_path), made)
    assert {one.name for one in written.files} == {"rain.2.mp3", "rain.2.credits.txt"}


def test_results_of_a_step_that_are_called_alike_are_all_kept(tmp_path: Path, stored: Path):
    alike = {
        "s1.x": result(stored, "a?"),
        "s1.y": result(stored, "a*", contents=b"the other"),
    }
    written = write_files(alike, Destination(tmp_path))
    assert [path.name for path in written.files] == ["a_.flac", "a_.2.flac"]


def test_when_files_cannot_be_linked_a_pair_still_keeps_one_stem(
    tmp_path: Path, stored: Path, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*_: object) -> None:
        raise PermissionError

    (tmp_path / "rain.credits.txt").touch()
    monkeypatch.setattr(os, "link", refuse)
    written = write_files(pair(stored), Destination(tmp_path))
    assert [path.name for path in written.files] == ["rain.2.flac", "rain.2.credits.txt"]
    assert (tmp_path / "rain.2.flac").read_bytes() == b"rain"
    assert {one.name for one in tmp_path.iterdir() if one.is_file()} == {
        "rain.credits.txt",
        "rain.2.flac",
        "rain.2.credits.txt",
    }
