"""Runs of plans: order, cache, failures, retries, fallbacks, time limits, cancelling."""

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import soundfile

from tonmeister.config import Settings
from tonmeister.errors import StepTimeout, ToolFailed, WorkerLost
from tonmeister.events import (
    CheckDone,
    Event,
    ModelChanged,
    PlanReady,
    RunFinished,
    SoundMade,
    StepFailed,
    StepFinished,
    StepProgress,
    StepStarted,
)
from tonmeister.plan import Plan, Step
from tonmeister.reply import Reply
from tonmeister.session import Tonmeister
from tonmeister.testing import ScriptedPlanner


class Studio:
    """A conversation in which plans are given, not planned."""

    def __init__(self, owner: Tonmeister, planner: ScriptedPlanner, folder: Path) -> None:
        self.owner = owner
        self.folder = folder
        self.events: list[Event] = []
        self.session = owner.session()
        self._planner = planner

    def run(self, *steps: Step, deliver: bool = False, **options: Any) -> Reply:
        """Carry out steps and keep their events."""
        self._planner.answers.append(Plan(steps=steps))
        self.events.clear()
        return self.session.ask(
            "play", on_event=self.events.append, deliver=deliver, output=self.folder, **options
        )

    def of(self, *kinds: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kinds)]


@pytest.fixture(scope="module")
def owner_and_planner(
    stage_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Tonmeister, ScriptedPlanner]]:
    folder = tmp_path_factory.mktemp("runs")
    planner = ScriptedPlanner([])
    settings = Settings(
        home=folder / "home", weights=folder / "weights", workers=2, threads=1, step_timeout=20.0
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(stage_folder)
        known = os.environ.get("PYTHONPATH")
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(stage_folder), known])))
        with Tonmeister(settings, planners=[planner]) as owner:
            yield owner, planner


@pytest.fixture
def studio(owner_and_planner: tuple[Tonmeister, ScriptedPlanner], tmp_path: Path) -> Studio:
    return Studio(*owner_and_planner, tmp_path)


def note(step_id: str = "s1", frequency_hz: float = 440.0) -> Step:
    return Step(id=step_id, tool="play_note", args={"frequency_hz": frequency_hz})


def on(source: str, step_id: str, tool: str, model: str | None = None, **args: Any) -> Step:
    return Step(id=step_id, tool=tool, args={"audio": f"@{source}", **args}, model=model)


def test_events_tell_a_step_from_its_start_to_its_checks(studio: Studio):
    reply = studio.run(note(frequency_hz=441.0), on("s1", "s2", "scale", factor=0.3))
    assert reply.outcome == "done"
    kinds = [type(event) for event in studio.events if not isinstance(event, StepProgress)]
    assert kinds == [
        *(PlanReady, StepStarted, StepFinished, CheckDone),
        *(StepStarted, StepFinished, RunFinished),
    ]
    assert studio.of(RunFinished)[0].state == "done"
    assert studio.of(CheckDone)[0].passed


def test_independent_steps_run_at_the_same_time(studio: Studio, tmp_path: Path):
    left, right = str(tmp_path / "left"), str(tmp_path / "right")
    os.mkfifo(left)
    os.mkfifo(right)
    reply = studio.run(
        note(),
        on("s1", "s2", "meet", mine=left, theirs=right),
        on("s1", "s3", "meet", mine=right, theirs=left),
    )
    assert reply.outcome == "done"
    moments = [
        (type(event).__name__, event.step_id)
        for event in studio.of(StepStarted, StepFinished)
        if event.step_id != "s1"
    ]
    assert [name for name, _ in moments] == ["StepStarted"] * 2 + ["StepFinished"] * 2


@pytest.mark.parametrize(("memory_budget_mb", "together"), [(512, False), (1024, True)])
def test_a_step_waits_until_its_model_fits_beside_the_others(
    stage: None, settings: Settings, tmp_path: Path, memory_budget_mb: int, together: bool
):
    planner = ScriptedPlanner([])
    narrow = settings.model_copy(update={"memory_budget_mb": memory_budget_mb})
    with Tonmeister(narrow, planners=[planner]) as owner:  # two models of 300 MiB
        studio = Studio(owner, planner, tmp_path)
        reply = studio.run(
            note(), on("s1", "s2", "colour", model="plain"), on("s1", "s3", "polish", model="wax")
        )
    assert reply.outcome == "done"
    order = [(type(event), event.step_id) for event in studio.of(StepStarted, StepFinished)]
    first_end = next(at for at, (kind, step) in enumerate(order) if at > 1 and kind is StepFinished)
    assert (order[first_end - 1][0] is StepStarted and order[first_end - 2][0] is StepStarted) == (
        together
    )


def test_an_equal_step_is_not_run_again_and_another_one_is(studio: Studio, tmp_path: Path):
    log = str(tmp_path / "log")
    first = studio.run(note(), on("s1", "s2", "scale", factor=0.25, log=log))
    again = studio.run(note(), on("s1", "s2", "scale", factor=0.25, log=log))
    assert [record.cached for record in again.steps] == [True, True]
    assert first.steps[1].outputs["result"].id == again.steps[1].outputs["result"].id
    assert Path(log).read_text() == "scale\n"
    studio.run(note(), on("s1", "s2", "scale", factor=0.75, log=log))
    studio.run(note(frequency_hz=330.0), on("s1", "s2", "scale", factor=0.25, log=log))
    assert Path(log).read_text() == "scale\n" * 3
    assert "already there" in again.text


def test_a_step_on_another_model_is_another_step(studio: Studio):
    first = studio.run(note(), on("s1", "s2", "polish", model="wax"))
    other = studio.run(note(), on("s1", "s2", "polish"))  # falls from buffer to wax
    assert not first.steps[1].cached
    assert other.steps[1].cached
    assert other.steps[1].outputs == first.steps[1].outputs


def test_a_model_that_works_long_tells_how_far_it_is(studio: Studio):
    studio.run(note(frequency_hz=443.0), on("s1", "s2", "polish", model="wax"))
    told = [one.fraction for one in studio.of(StepProgress) if one.step_id == "s2"]
    assert 0.625 in told


def test_a_failure_of_one_branch_leaves_the_other_done(studio: Studio):
    reply = studio.run(
        note(),
        on("s1", "s2", "break_down"),
        on("s2", "s3", "scale"),
        on("s1", "s4", "scale", factor=0.4),
    )
    assert reply.outcome == "partial"
    assert reply.exit_code == 1
    done = [bool(record.outputs) for record in reply.steps]
    assert done == [True, False, False, True]
    assert isinstance(reply.errors[0], ToolFailed)
    assert "s2 break_down failed: The string broke. Put on a new one." in reply.text
    assert "s3 scale was not begun, because it needs the result of @s2." in reply.text
    assert [event.step_id for event in studio.of(StepFailed)] == ["s2"]
    record = studio.owner.studio.store.runs.latest(1)[0]
    assert {step.step_id: step.state for step in record.steps} == {
        "s1": "done",
        "s2": "failed",
        "s4": "done",
    }


def test_a_step_is_repeated_once_when_its_worker_is_lost(studio: Studio, tmp_path: Path):
    reply = studio.run(note(), on("s1", "s2", "fall", mark=str(tmp_path / "fallen")))
    assert reply.outcome == "done"
    (change,) = studio.of(ModelChanged)
    assert isinstance(change.error, WorkerLost)
    assert "the worker was lost once and the step repeated" in reply.text


def test_a_step_whose_worker_is_lost_twice_has_failed(studio: Studio):
    reply = studio.run(note(), on("s1", "s2", "fall", mark="always"))
    assert reply.outcome == "partial"
    assert len(studio.of(ModelChanged)) == 1
    assert isinstance(reply.errors[0], WorkerLost)


def test_a_model_that_fails_is_replaced_by_the_next_and_the_reply_says_so(studio: Studio):
    reply = studio.run(note(frequency_hz=500.0), on("s1", "s2", "colour"))
    assert reply.outcome == "done"
    assert reply.steps[1].model is not None
    assert reply.steps[1].model.card.name == "plain"
    assert "bright failed (The lamp went out.); plain was used instead" in reply.text
    assert "It is a plain colour" in reply.text
    step = studio.owner.studio.store.runs.latest(1)[0].steps[1]
    assert (step.model, step.state, step.reason) == ("plain", "done", "after a failure of bright")


def test_signal_processing_stands_in_when_every_model_fails(studio: Studio):
    reply = studio.run(note(frequency_hz=700.0), on("s1", "s2", "sand"))
    assert reply.outcome == "done"
    assert reply.steps[1].model is None
    assert "paper failed (The paper wore off.); signal processing was used instead" in reply.text


def test_a_model_asked_for_by_name_is_not_replaced(studio: Studio):
    reply = studio.run(note(), on("s1", "s2", "colour", model="bright"))
    assert reply.outcome == "partial"
    assert "The lamp went out." in reply.text


def test_invalid_samples_are_set_to_zero_and_reported(studio: Studio):
    reply = studio.run(note(), on("s1", "s2", "spoil"))
    assert "3 invalid samples were set to zero" in reply.text


def test_two_results_of_a_step_are_delivered_under_their_names(studio: Studio, tmp_path: Path):
    reply = studio.run(note(frequency_hz=550.0), on("s1", "s2", "split_halves"), deliver=True)
    assert [path.name for path in reply.files] == ["note.first.flac", "note.second.flac"]
    assert [soundfile.info(path).duration for path in reply.files] == [0.1, 0.1]


def test_a_step_without_progress_is_stopped_in_time(
    stage: Path, settings: Settings, tmp_path: Path
):
    os.mkfifo(tmp_path / "gate")
    plan = Plan(steps=(note(), on("s1", "s2", "hang", gate=str(tmp_path / "gate"))))
    limited = settings.model_copy(update={"step_timeout": 6.0})
    opened = threading.Thread(target=(tmp_path / "gate").read_text, daemon=True)
    opened.start()
    with Tonmeister(limited, planners=[ScriptedPlanner([plan])]) as owner:
        reply = owner.ask("hang", deliver=False)
    assert isinstance(reply.errors[0], StepTimeout)
    assert "made no progress for 6 s" in reply.text
    opened.join()


def test_cancelling_keeps_finished_steps_and_is_quick(studio: Studio, tmp_path: Path):
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    asked: list[float] = []

    def cancel_when_begun() -> None:
        gate.read_text()
        asked.append(time.monotonic())
        studio.session.cancel()

    helper = threading.Thread(target=cancel_when_begun)
    helper.start()
    log = str(tmp_path / "log")
    steps = (
        note(frequency_hz=600.0),
        on("s1", "s2", "scale", log=log),
        on("s2", "s3", "hang", gate=str(gate)),
    )
    reply = studio.run(*steps)
    helper.join()
    assert time.monotonic() - asked[0] < 10.0
    assert reply.outcome == "cancelled"
    assert reply.exit_code == 130
    assert reply.text.startswith("Stopped: 2 of 3 steps were finished and are kept.")
    record = studio.owner.studio.store.runs.latest(1)[0]
    assert [step.state for step in record.steps] == ["done", "done", "cancelled"]
    more = studio.run(*steps[:2])
    assert [one.cached for one in more.steps] == [True, True]
    assert Path(log).read_text() == "scale\n"


def test_the_ledger_is_whole_after_all_that(studio: Studio):
    with closing(sqlite3.connect(studio.owner.studio.store.home / "ledger.sqlite")) as ledger:
        assert ledger.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert ledger.execute("PRAGMA foreign_key_check").fetchall() == []
        running = "SELECT count(*) FROM steps WHERE state = 'running'"
        assert ledger.execute(running).fetchone() == (0,)


def test_results_named_when_they_are_made_all_leave_under_their_names(studio: Studio):
    parts = Step(id="s2", tool="split_parts", args={"audio": "@s1", "count": 3})
    reply = studio.run(note(), parts, deliver=True)
    assert reply.outcome == "done", reply.text
    assert [path.name for path in reply.files] == [
        f"note.part_{number}.flac" for number in (1, 2, 3)
    ]
    assert {soundfile.info(path).frames for path in reply.files} <= {1066, 1067}


def test_a_later_step_takes_one_of_them_and_the_others_leave(studio: Studio):
    parts = Step(id="s2", tool="split_parts", args={"audio": "@s1"})
    louder = Step(id="s3", tool="scale", args={"audio": "@s2.part_2"})
    reply = studio.run(note(frequency_hz=441.0), parts, louder, deliver=True)
    assert [path.name for path in reply.files] == ["note.part_1.flac", "note.part_2.scaled.flac"]


def test_one_that_was_not_made_fails_the_step_and_the_others_are_kept(studio: Studio):
    parts = Step(id="s2", tool="split_parts", args={"audio": "@s1"})
    louder = Step(id="s3", tool="scale", args={"audio": "@s2.part_7"})
    reply = studio.run(note(), parts, louder)
    assert reply.outcome == "partial"
    assert "no 'part_7'" in str(reply.errors[0]) and "part_1, part_2" in str(reply.errors[0])


def test_speech_that_nobody_spoke_is_said_to_be_so_in_the_reply_and_in_the_file(studio: Studio):
    steps = [
        Step(id="s1", tool="speak_tone"),
        Step(id="s2", tool="scale", args={"audio": "@s1"}),
    ]
    reply = studio.run(*steps, deliver=True)
    assert "synthetic speech" in reply.text
    with soundfile.SoundFile(reply.files[0]) as file:
        assert file.comment.startswith("Synthetic speech")
    plain = studio.run(note(), deliver=True)
    assert "synthetic" not in plain.text
    with soundfile.SoundFile(plain.files[0]) as file:
        assert not file.comment


def listened(studio: Studio, gate: Path, on_event: Any) -> Reply:
    step = Step(id="s1", tool="play_live", args={"gate": str(gate)})
    proposal = studio.session.propose_plan(Plan(steps=(step,)), "play live")
    return studio.session.carry_out(proposal, None, on_event=on_event, listen=True)


def test_sound_is_heard_while_it_is_made(studio: Studio, tmp_path: Path):
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    heard: list[int] = []

    def open_gate(event: Event) -> None:
        if isinstance(event, SoundMade):
            heard.append(event.sound.num_frames)
            if len(heard) == 1:  # the step waits for it, so the step cannot be done yet
                gate.write_text("go on")

    assert listened(studio, gate, open_gate).outcome == "done"
    assert heard == [3_200, 3_200]
    again: list[Event] = []
    assert listened(studio, gate, again.append).outcome == "done"  # from the cache, no gate needed
    assert sum(one.sound.num_frames for one in again if isinstance(one, SoundMade)) == 6_400


def test_a_listener_who_goes_away_stops_the_run(studio: Studio, tmp_path: Path):
    gate = tmp_path / "gate"
    os.mkfifo(gate)

    def go_away(event: Event) -> None:
        if isinstance(event, SoundMade):
            raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        listened(studio, gate, go_away)
    assert studio.run(note()).outcome == "done"
