"""Recipes on other files: one bad file stops no other, and what is finished stays finished."""

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import soundfile

from tests.recipes.conftest import Talk, step
from tonmeister.checkpoints import Checkpoint
from tonmeister.config import Settings
from tonmeister.errors import AudioError, ConfigError, RecipeError, ToolUnavailable
from tonmeister.recipes.recipe import Recipe
from tonmeister.recipes.running import FileOutcome, RecipeRun
from tonmeister.registry import Catalog
from tonmeister.session import Tonmeister
from tonmeister.toolspec import Model

Record = Callable[..., Path]


def recipe(*steps: dict[str, Any], name: str = "scaler", **fields: Any) -> Recipe:
    """Return a recipe that delivers its last step."""
    last = {"result": f"@s{len(steps)}", "format": "wav"}
    whole = {
        "version": 1,
        "name": name,
        "inputs": {"recording": {"kind": "audio", "varies": True}},
        "steps": [{"id": f"s{number}", **one} for number, one in enumerate(steps, 1)],
        "outputs": [last],
    }
    return Recipe.model_validate({**whole, **fields})


def scaling(log: Path) -> Recipe:
    return recipe({"tool": "scale", "args": {"audio": "@recording", "log": str(log)}})


def states(outcomes: tuple[FileOutcome, ...]) -> dict[str, str]:
    return {one.path.name: one.state for one in outcomes if one.path}


@pytest.fixture
def folder(tmp_path: Path, record: Record) -> Path:
    """Three recordings, one of them deeper, one that is broken, and a text."""
    for number, name in enumerate(("a.wav", "b.wav", "deep/c.wav")):
        record(f"talks/{name}", 300.0 + 100.0 * number)
    (tmp_path / "talks" / "broken.wav").write_bytes(b"RIFF\x00\x00")
    (tmp_path / "talks" / "notes.txt").write_text("buy milk")
    (tmp_path / "talks" / ".hidden.wav").write_bytes(b"RIFF\x00\x00")
    return tmp_path / "talks"


def test_every_recording_in_a_folder_is_worked_on_and_one_bad_file_stops_no_other(
    talk: Talk, folder: Path, tmp_path: Path
):
    log, out = tmp_path / "log", tmp_path / "out"
    report = talk.owner.run_recipe(scaling(log), [folder], output=out)
    wanted = {"a.wav": "done", "b.wav": "done", "c.wav": "done", "broken.wav": "failed"}
    assert states(report.outcomes) == {**wanted, "notes.txt": "skipped"}
    assert report.exit_code == 1
    written = sorted(path.relative_to(out).as_posix() for path in out.rglob("*.*"))
    assert written == ["a.scaled.wav", "b.scaled.wav", "deep/c.scaled.wav"]
    told = {one.path.name: one.message for one in report.outcomes if one.path}
    assert told["notes.txt"] == "not a recording"
    assert told["broken.wav"]
    assert log.read_text().count("scale") == 3


def test_a_second_run_does_nothing_twice_and_goes_on_where_it_stopped(
    talk: Talk, folder: Path, tmp_path: Path, record: Record
):
    log, out = tmp_path / "log", tmp_path / "out"
    talk.owner.run_recipe(scaling(log), [folder], output=out)
    times = {path: path.stat().st_mtime_ns for path in out.rglob("*.wav")}
    (out / "b.scaled.wav").unlink()
    record("talks/broken.wav", 700.0)
    for force in (False, True):
        again = talk.owner.run_recipe(scaling(log), [folder], output=out, force=force)
        first = "kept" if force else "done"
        wanted = {"a.wav": "kept", "b.wav": first, "c.wav": "kept", "broken.wav": first}
        assert states(again.outcomes) == {**wanted, "notes.txt": "skipped"}
        assert again.exit_code == 0
    now = {path: path.stat().st_mtime_ns for path in out.rglob("*.wav")}
    assert len(now) == 4
    assert all(now[path] == times[path] for path in times if path.name != "b.scaled.wav")
    assert log.read_text().count("scale") == 4


def test_results_beside_the_recordings_are_not_taken_for_recordings(
    talk: Talk, folder: Path, tmp_path: Path
):
    for _ in range(2):
        report = talk.owner.run_recipe(scaling(tmp_path / "log"), [folder])
    assert len(list(folder.rglob("*.scaled*"))) == 3
    skipped = {one.path.name: one.message for one in report.outcomes if one.state == "skipped"}
    assert skipped["a.scaled.wav"] == "made of a before"
    named = talk.owner.run_recipe(scaling(tmp_path / "log"), [folder / "a.scaled.wav"])
    assert states(named.outcomes) == {"a.scaled.wav": "done"}  # named, it is wanted


def test_what_exists_is_kept(talk: Talk, folder: Path, tmp_path: Path):
    taken = folder / "a.scaled.wav"
    taken.write_bytes(b"precious")
    report = talk.owner.run_recipe(scaling(tmp_path / "log"), [folder / "a.wav"])
    assert report.outcomes[0].files == (folder / "a.scaled.2.wav",)
    assert taken.read_bytes() == b"precious"
    talk.owner.run_recipe(scaling(tmp_path / "log"), [folder / "a.wav"], force=True)
    assert soundfile.info(taken).duration == 1.0


def test_a_named_file_of_another_kind_is_skipped_and_a_missing_one_refused(
    talk: Talk, folder: Path, tmp_path: Path
):
    paths = [folder / "notes.txt", folder / "a.wav"]
    report = talk.owner.run_recipe(scaling(tmp_path / "log"), paths, output=tmp_path / "out")
    assert states(report.outcomes) == {"notes.txt": "skipped", "a.wav": "done"}
    assert report.outcomes[0].message == "it is document, and the recipe takes audio"
    with pytest.raises(AudioError, match="There is no file"):
        talk.owner.run_recipe(scaling(tmp_path / "log"), [folder / "absent.wav"])
    with pytest.raises(ConfigError, match=r"run on files \(audio\), and none was named"):
        talk.owner.run_recipe(scaling(tmp_path / "log"), [])
    (tmp_path / "texts").mkdir()
    (folder / "notes.txt").rename(tmp_path / "texts" / "notes.txt")
    with pytest.raises(ConfigError, match=r"takes \(audio\); of other kinds or made before: 1"):
        talk.owner.run_recipe(scaling(tmp_path / "log"), [tmp_path / "texts"])


def test_a_failed_step_is_a_failed_file_with_its_reason(talk: Talk, record: Record):
    broken = recipe({"tool": "break_down", "args": {"audio": "@recording"}}, name="breaker")
    report = talk.owner.run_recipe(broken, [record("a.wav")])
    assert report.exit_code == 1
    assert report.outcomes[0].message == "s1 break_down: The string broke. Put on a new one."


def test_a_recording_too_short_for_the_recipe_fails_alone(talk: Talk, record: Record):
    part = recipe({"tool": "scale", "args": {"audio": "@recording[0.5:1.5]"}}, name="parts")
    paths = [record("short.wav", duration=1.0), record("long.wav", duration=2.0)]
    report = talk.owner.run_recipe(part, paths)
    assert states(report.outcomes) == {"short.wav": "failed", "long.wav": "done"}
    assert "which is 1.0 s long" in report.outcomes[0].message


def test_a_conversation_about_two_files_takes_the_other_one_by_name(
    talk: Talk, record: Record, tmp_path: Path
):
    files = record("talk.wav"), record("jingle.wav", 880.0)
    talk.ask([step(1, "mix", audio="@a1", other="@a2")], *files, text="mix them", output=tmp_path)
    made = talk.session.recipe("mixing")
    paths = [record("new/x.wav", 500.0), record("new/y.wav", 600.0)]
    with pytest.raises(ConfigError, match=r"'jingle' \(audio\) as well.*--with jingle=FILE"):
        talk.owner.run_recipe(made, paths)
    with pytest.raises(ConfigError, match="takes no 'jungle' beside its files; it takes: jingle"):
        talk.owner.run_recipe(made, paths, others={"jungle": files[1]})
    report = talk.owner.run_recipe(made, paths, others={"jingle": files[1]})
    assert [one.files[0].name for one in report.outcomes] == ["x.mixed.flac", "y.mixed.flac"]


def test_a_recipe_that_takes_no_files_is_run_once(talk: Talk, tmp_path: Path):
    note = recipe({"tool": "play_note", "args": {"frequency_hz": 440.0}}, name="note", inputs={})
    report = talk.owner.run_recipe(note, [], output=tmp_path / "out")
    assert report.outcomes[0].files == (tmp_path / "out" / "note.wav",)
    with pytest.raises(ConfigError, match="takes no files"):
        talk.owner.run_recipe(note, [tmp_path])


def test_the_words_of_consent_are_given_anew(talk: Talk, record: Record):
    asking = recipe({"tool": "imitate", "args": {"audio": "@recording"}}, name="imitator")
    with pytest.raises(ToolUnavailable, match="a recipe keeps none") as caught:
        talk.owner.run_recipe(asking, [record("a.wav")])
    assert "--consent" in caught.value.hint
    report = talk.owner.run_recipe(asking, [record("a.wav")], consent="it is my own voice")
    assert report.exit_code == 0
    session = talk.owner.session("recipe imitator")
    made = [one.recipe.arguments for one in session.artifacts.values() if one.recipe]
    assert [one["consent"] for one in made] == ["it is my own voice"]


def test_a_tool_that_is_not_here_is_named(talk: Talk, record: Record):
    strange = recipe({"tool": "levitate", "args": {"audio": "@recording"}})
    with pytest.raises(RecipeError, match="there is no tool 'levitate'") as caught:
        talk.owner.run_recipe(strange, [record("a.wav")])
    assert "plug-in" in caught.value.hint


def coloured(**fields: Any) -> Recipe:
    return recipe({"tool": "colour", "args": {"audio": "@recording"}, **fields}, name="painter")


def test_another_model_or_other_weights_are_refused_unless_the_current_ones_are_wanted(
    talk: Talk, record: Record
):
    path = record("a.wav")
    same = talk.owner.run_recipe(coloured(model="plain"), [path])
    assert same.exit_code == 0
    refused = r"The results would not be those of the recipe: s1 plain: checkpoint none here, aaaaa"
    with pytest.raises(ToolUnavailable, match=refused) as caught:
        talk.owner.run_recipe(coloured(model="plain", checkpoint="a" * 64), [path])
    assert caught.value.hint.endswith("--models current.")
    current = coloured(model="plain", checkpoint="a" * 64)
    assert talk.owner.run_recipe(current, [path], models="current").exit_code == 0
    with pytest.raises(ToolUnavailable, match="no model 'gold' here; there are: bright, plain"):
        talk.owner.run_recipe(coloured(model="gold"), [path])
    assert talk.owner.run_recipe(coloured(model="gold"), [path], models="current").exit_code == 0


def test_no_other_model_stands_in_for_the_recorded_one(talk: Talk, record: Record):
    report = talk.owner.run_recipe(coloured(model="bright"), [record("a.wav")])
    assert report.outcomes[0].state == "failed"
    assert "The lamp went out" in report.outcomes[0].message


def test_signal_processing_stays_what_it_was(talk: Talk, record: Record):
    polished = recipe({"tool": "polish", "args": {"audio": "@recording"}}, name="polisher")
    assert talk.owner.run_recipe(polished, [record("a.wav")]).exit_code == 0
    session = talk.owner.session("recipe polisher")
    made = [one.recipe.model for one in session.artifacts.values() if one.recipe]
    assert made == [None]  # though models of it are installed
    cracked = recipe({"tool": "crack", "args": {"audio": "@recording"}}, name="cracker")
    report = talk.owner.run_recipe(cracked, [record("a.wav")])
    assert report.outcomes[0].message == "s1 crack: The body cracked."  # and none stands in


def test_weights_that_are_not_here_are_named_before_anything_runs(
    talk: Talk, record: Record, tmp_path: Path
):
    weights = Checkpoint("brush", {"brush.onnx": "b" * 64}, "MIT", 5.0, [])
    studio = talk.owner.studio
    plain = next(one for one in studio.catalog.models if one.card.name == "plain")
    brushed = Model(plain.tool, replace(plain.card, checkpoint=weights), plain.adapter, "stage")
    others = tuple(one for one in studio.catalog.models if one is not plain)
    catalog = Catalog(studio.catalog.tools, (*others, brushed), ())
    run = RecipeRun(
        replace(studio, catalog=catalog), coloured(model="plain", checkpoint=weights.digest)
    )
    with pytest.raises(ToolUnavailable, match="brush") as caught:
        run.run([record("a.wav")])
    assert "tonmeister models pull brush" in caught.value.hint


@pytest.fixture(scope="module")
def real(stage_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tonmeister]:
    """Two workers that are processes."""
    folder = tmp_path_factory.mktemp("workers")
    settings = Settings(home=folder / "home", weights=folder, llm="off", workers=2, threads=1)
    settings = settings.model_copy(update={"step_timeout": 30.0})
    with pytest.MonkeyPatch.context() as patch:
        known = os.environ.get("PYTHONPATH")
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(stage_folder), known])))
        patch.syspath_prepend(stage_folder)
        with Tonmeister(settings) as owner:
            yield owner


def test_two_jobs_work_on_two_files_at_once_and_a_stop_is_resumed(
    real: Tonmeister, record: Record, tmp_path: Path
):
    gate, log = tmp_path / "gate", tmp_path / "log"
    os.mkfifo(gate)
    paths = [record(f"in/{name}.wav", hz) for name, hz in (("a", 300), ("b", 400))]
    scaled = {"tool": "scale", "args": {"audio": "@recording", "log": str(log)}}
    meeting = recipe(scaled, {"tool": "meet_twin", "args": {"audio": "@s1", "gate": str(gate)}})
    report = real.run_recipe(meeting, paths, jobs=8)
    assert report.jobs == 2  # no more than workers
    assert states(report.outcomes) == {"a.wav": "done", "b.wav": "done"}

    hanging = recipe(scaled, {"tool": "hang", "args": {"audio": "@s1", "gate": str(gate)}})
    run = RecipeRun(real.studio, hanging)
    stopped: list[Any] = []
    thread = threading.Thread(target=lambda: stopped.append(run.run(paths)))
    thread.start()
    gate.read_text()  # the first file has come to its second step
    assert run.cancel()
    thread.join()
    assert states(stopped[0].outcomes) == {"a.wav": "stopped", "b.wav": "stopped"}
    assert stopped[0].exit_code == 130
    assert log.read_text().count("scale") == 2  # what was finished before was not done again


def test_memory_allows_fewer_files_at_once_than_workers(real: Tonmeister, record: Record):
    paths = [record(f"in/{name}.wav", hz) for name, hz in (("a", 300), ("b", 400))]
    small = replace(real.studio, settings=real.studio.settings.model_copy(
        update={"memory_budget_mb": 500}
    ))  # fmt: skip
    report = RecipeRun(small, coloured(model="plain"), jobs=2).run(paths)
    assert report.jobs == 1  # a painter takes 300 MiB
    assert report.exit_code == 0


def test_a_portuguese_recipe_tells_its_errors_in_portuguese(talk: Talk, record: Record):
    asking = recipe({"tool": "imitate", "args": {"audio": "@recording"}}, requests=["imita a voz"])
    with pytest.raises(ToolUnavailable, match="uma receita não as guarda"):
        talk.owner.run_recipe(asking, [record("a.wav")])
    cut = recipe({"tool": "scale", "args": {"audio": "@recording[0.5:1.5]"}}, requests=["corta já"])
    report = talk.owner.run_recipe(cut, [record("a.wav")])
    assert "o trecho sai de @recording" in report.outcomes[0].message
