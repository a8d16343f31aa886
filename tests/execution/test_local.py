"""What every executor does, shown on the local one."""

import json
import os
import queue
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tonmeister.artifacts import Artifact, Kind, Measurement, from_json
from tonmeister.config import Settings
from tonmeister.errors import RunCancelled, ToolFailed, WorkerLost
from tonmeister.execution.executor import Message, Task, TaskDone, TaskFailed, TaskProgress
from tonmeister.execution.local import LocalExecutor
from tonmeister.store import Store
from tonmeister.streaming import PCM_MEDIA_TYPE, Audio, write_pcm
from tonmeister.testing import tone

GENEROUS = 30.0  # seconds for what takes tenths of one


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("workers")
    return Settings(home=folder / "home", weights=folder / "weights", workers=2, threads=1)


@pytest.fixture(scope="module")
def stage(stage_folder: Path) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        known = os.environ.get("PYTHONPATH")
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(stage_folder), known])))
        yield


@pytest.fixture(scope="module")
def sound(settings: Settings) -> Iterator[Artifact]:
    with Store(settings.home) as store:
        pcm = store.scratch() / "tone.wav"
        write_pcm(Audio.from_waveform(tone(duration=25.0)), pcm)
        yield store.adopt(pcm, kind=Kind.AUDIO, media_type=PCM_MEDIA_TYPE, name="tone")


@pytest.fixture(scope="module")
def executor(stage: None, settings: Settings) -> Iterator[LocalExecutor]:
    made = LocalExecutor(settings)
    yield made
    made.stop()


def task(name: str, tool: str, sound: Artifact, model: str | None = None, **values: Any) -> Task:
    source = {"kind": "audio", "sha256": sound.sha256, "media_type": PCM_MEDIA_TYPE, "region": None}
    return Task(name, tool, model, values, {"audio": [source]}, memory_mb=300 if model else 0)


class Post:
    """An inbox one can wait at."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self._arrived: queue.SimpleQueue[Message] = queue.SimpleQueue()

    def __call__(self, message: Message) -> None:
        self.messages.append(message)
        self._arrived.put(message)

    def last(self, timeout: float = GENEROUS) -> TaskDone | TaskFailed:
        while True:
            message = self._arrived.get(timeout=timeout)
            if not isinstance(message, TaskProgress):
                return message


def run(executor: LocalExecutor, work: Task) -> TaskDone | TaskFailed:
    post = Post()
    executor.submit(work, post)
    return post.last()


def begun(gate: Path) -> int:
    """Wait until a hanging step has begun and return its worker."""
    with gate.open() as file:
        return int(file.read())


def gone(pid: int) -> bool:
    """Wait until a process has ended; False if it never does."""
    try:
        watched = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        ended, _, _ = select.select([watched], [], [], GENEROUS)
    finally:
        os.close(watched)
    return bool(ended)


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "gate")
    return tmp_path / "gate"


def test_a_task_reports_progress_and_then_its_results_once(
    executor: LocalExecutor, sound: Artifact
):
    post = Post()
    executor.submit(task("one", "scale", sound, factor=0.5), post)
    done = post.last()
    assert isinstance(done, TaskDone)
    assert done.outputs["result"].facts["duration"] == pytest.approx(25.0)
    progress = [one for one in post.messages if isinstance(one, TaskProgress)]
    assert progress
    assert all(0.0 <= one.fraction <= 1.0 and one.task_id == "one" for one in progress)
    assert [type(one) for one in post.messages].count(TaskDone) == 1
    assert post.messages[-1] is done


def test_every_output_of_a_step_arrives_under_its_name(executor: LocalExecutor, sound: Artifact):
    done = run(executor, task("one", "split_halves", sound))
    assert isinstance(done, TaskDone)
    assert [one.facts["duration"] for one in done.outputs.values()] == [12.5, 12.5]
    assert list(done.outputs) == ["first", "second"]


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("typed", "The string broke."),
        ("untyped", "ValueError: unexpected"),
        ("memory", "The step ran out of memory."),
    ],
)
def test_a_failure_arrives_as_one_typed_line(
    executor: LocalExecutor, sound: Artifact, kind: str, message: str
):
    failed = run(executor, task("one", "break_down", sound, kind=kind))
    assert isinstance(failed, TaskFailed)
    assert isinstance(failed.error, ToolFailed)
    assert failed.error.message == message


def test_a_failed_step_does_not_cost_the_worker(executor: LocalExecutor, sound: Artifact):
    run(executor, task("one", "scale", sound))
    before = executor.pids
    run(executor, task("two", "break_down", sound, kind="untyped"))
    assert executor.pids == before


def test_what_a_tool_prints_does_not_reach_the_channel(executor: LocalExecutor, sound: Artifact):
    assert isinstance(run(executor, task("one", "chatter", sound)), TaskDone)


def test_a_cancelled_task_ends_soon_and_the_next_one_runs(
    executor: LocalExecutor, sound: Artifact, gate: Path
):
    post = Post()
    executor.submit(task("stuck", "hang", sound, gate=str(gate)), post)
    worker = begun(gate)
    asked = time.monotonic()
    executor.cancel("stuck")
    failed = post.last()
    assert time.monotonic() - asked < 10.0
    assert isinstance(failed, TaskFailed)
    assert isinstance(failed.error, RunCancelled)
    assert gone(worker)
    assert isinstance(run(executor, task("next", "scale", sound)), TaskDone)


def test_a_task_given_right_after_a_cancel_is_not_taken_for_the_cancelled_one(
    executor: LocalExecutor, sound: Artifact, gate: Path
):
    for number in range(3):
        post = Post()
        executor.submit(task(f"stuck {number}", "hang", sound, gate=str(gate)), post)
        begun(gate)
        executor.cancel(f"stuck {number}")
        assert isinstance(run(executor, task(f"next {number}", "who_works", sound)), TaskDone)
        assert isinstance(post.last(), TaskFailed)


def test_a_killed_worker_is_a_lost_one_and_another_takes_its_place(
    executor: LocalExecutor, sound: Artifact
):
    failed = run(executor, task("one", "fall", sound, mark="always"))
    assert isinstance(failed, TaskFailed)
    assert isinstance(failed.error, WorkerLost)
    assert isinstance(run(executor, task("two", "scale", sound)), TaskDone)


def test_a_worker_killed_while_idle_costs_one_lost_task_at_most(
    executor: LocalExecutor, sound: Artifact
):
    assert isinstance(run(executor, task("one", "scale", sound)), TaskDone)
    os.kill(executor.pids[0], signal.SIGKILL)
    first = run(executor, task("two", "scale", sound))
    assert isinstance(first, TaskDone) or isinstance(first.error, WorkerLost)
    assert isinstance(run(executor, task("three", "scale", sound)), TaskDone)


def test_as_many_tasks_as_the_capacity_run_together(
    executor: LocalExecutor, sound: Artifact, tmp_path: Path
):
    assert executor.capacity() == 2
    gates = [str(tmp_path / name) for name in ("left", "right")]
    for one in gates:
        os.mkfifo(one)
    posts = [Post(), Post()]
    executor.submit(task("a", "meet", sound, mine=gates[0], theirs=gates[1]), posts[0])
    executor.submit(task("b", "meet", sound, mine=gates[1], theirs=gates[0]), posts[1])
    assert all(isinstance(post.last(), TaskDone) for post in posts)
    assert len(executor.pids) == 2


def test_a_model_that_is_loaded_is_used_again(executor: LocalExecutor, sound: Artifact):
    for number in range(3):
        done = run(executor, task(str(number), "colour", sound, "plain", language=None))
        assert isinstance(done, TaskDone)
        assert done.notes == (f"It is a plain colour, number {number + 1}.",)


def test_models_stay_within_the_memory_budget_together(
    stage: None, settings: Settings, sound: Artifact, tmp_path: Path
):
    for name in ("left", "right"):
        os.mkfifo(tmp_path / name)
    gates = [str(tmp_path / "left"), str(tmp_path / "right")]
    executor = LocalExecutor(settings.model_copy(update={"memory_budget_mb": 512}))
    try:
        posts = [Post(), Post()]
        executor.submit(task("a", "meet", sound, mine=gates[0], theirs=gates[1]), posts[0])
        executor.submit(task("b", "meet", sound, mine=gates[1], theirs=gates[0]), posts[1])
        assert all(isinstance(post.last(), TaskDone) for post in posts)
        first = run(executor, task("c", "colour", sound, "plain", language=None))
        assert isinstance(first, TaskDone)
        both = set(executor.pids)
        second = run(executor, task("d", "polish", sound, "wax"))
        assert isinstance(second, TaskDone)
        # 300 MiB and 300 MiB do not fit 512 MiB: the idle worker with the first model is ended.
        assert len(both) == 2
        assert len(executor.pids) == 1
    finally:
        executor.stop()


def test_an_idle_worker_gives_its_memory_back(stage: None, settings: Settings, sound: Artifact):
    executor = LocalExecutor(settings.model_copy(update={"idle_unload": 0.0}))
    try:
        done = run(executor, task("one", "who_works", sound))
        assert isinstance(done, TaskDone)
        with Store(settings.home) as store:
            made = done.outputs["result"]
            one = store.make_artifact(
                kind=made.kind,
                sha256=made.sha256,
                size=made.size,
                media_type=made.media_type,
                name="pid",
            )
            path = store.path(one)
            measured = from_json(Kind.MEASUREMENT, path.read_bytes())
        assert isinstance(measured, Measurement)
        worker = int(measured.values["pid"] or 0)
        assert gone(worker)
        assert executor.pids == []
    finally:
        executor.stop()


def test_stopping_leaves_no_worker(stage: None, settings: Settings, sound: Artifact, gate: Path):
    before = threading.enumerate()
    executor = LocalExecutor(settings)
    executor.start()
    post = Post()
    executor.submit(task("stuck", "hang", sound, gate=str(gate)), post)
    worker = begun(gate)
    pids = executor.pids
    executor.stop()
    assert worker in pids
    assert all(gone(pid) for pid in pids)
    assert executor.pids == []
    assert set(threading.enumerate()) <= set(before)


PARENT = """
import json, sys
from tonmeister.config import Settings
from tonmeister.execution.executor import Task
from tonmeister.execution.local import LocalExecutor

executor = LocalExecutor(Settings.model_validate_json(sys.argv[1]))
executor.submit(Task(**json.loads(sys.argv[2])), lambda message: None)
print("begun", flush=True)
sys.stdin.read()
"""


def test_a_worker_ends_when_its_parent_is_killed(
    stage: None, settings: Settings, sound: Artifact, gate: Path
):
    work = json.dumps(task("stuck", "hang", sound, gate=str(gate)).to_dict())
    command = [sys.executable, "-c", PARENT, settings.model_dump_json(), work]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as parent:
        worker = begun(gate)
        parent.kill()
    assert gone(worker)
