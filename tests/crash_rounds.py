"""Kill a process that writes to a store, again and again, and look at what it leaves.

Run as ``python crash_rounds.py MODE HOME``; it prints what it found as JSON. It forks, so it is a
program of its own with a single thread, not a part of the test process.
"""

import hashlib
import json
import os
import random
import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import Engine

from tonmeister.artifacts import Artifact, Kind, Recipe
from tonmeister.store import Store

OUTPUTS = ("vocals", "rest")
FILE_CALLS = {"os.rename", "os.remove", "os.utime", "os.mkdir", "os.rmdir", "shutil.rmtree"}


def cycle(store: Store, label: str, *, undo: bool) -> None:
    """One turn with one step of two outputs; perhaps undone and collected at the end."""
    session = store.history.session("rounds")
    turn = store.history.begin_turn(session.id, label)
    run_id = store.runs.begin({"label": label}, turn_id=turn.id)
    key = hashlib.sha256(label.encode()).hexdigest()
    store.runs.begin_step(run_id, "separate", key=key, tool="separate_stems")
    made = {name: make(store, f"{label} {name}") for name in OUTPUTS}
    store.record_step(key, made, run_id=run_id, step_id="separate", duration=0.1)
    for artifact in made.values():
        store.handles.assign(turn.id, artifact)
        assert store.path(artifact).stat().st_size == artifact.size
    store.runs.finish(run_id, "done")
    store.history.finish_turn(turn.id, {"text": "done"})
    if undo:
        store.history.undo(session.id)
        store.gc(0)


def make(store: Store, text: str) -> Artifact:
    folder = store.scratch()
    file = folder / "made.wav"
    file.write_bytes(text.encode() * 100)
    recipe = Recipe("separate_stems", 1, None, None, {"text": text})
    artifact = store.adopt(
        file, kind=Kind.AUDIO, media_type="audio/wav", name="mixture", recipe=recipe
    )
    store.discard(folder)
    return artifact


def problems(home: Path) -> list[str]:
    """What is wrong with a store after it was opened again."""
    found: list[str] = []
    with closing(sqlite3.connect(home / "ledger.sqlite")) as ledger:
        found += [str(row) for row in ledger.execute("PRAGMA integrity_check") if row != ("ok",)]
        found += [f"foreign key {row}" for row in ledger.execute("PRAGMA foreign_key_check")]
        query = "SELECT key, output, sha256 FROM results JOIN artifacts ON id = artifact_id"
        outputs: dict[str, set[str]] = {}
        for key, output, sha256 in ledger.execute(query):
            outputs.setdefault(key, set()).add(output)
            if not (home / "blobs" / sha256[:2] / sha256).exists():
                found.append(f"result {output} has no file")
        found += [f"half a step: {half}" for half in outputs.values() if half != set(OUTPUTS)]
        query = "SELECT count(*) FROM steps WHERE state = 'running'"
        if ledger.execute(query).fetchone() != (0,):
            found.append("a step of a dead process is running")
        for blob in (home / "blobs").glob("*/*"):
            if hashlib.sha256(blob.read_bytes()).hexdigest() != blob.name:
                found.append("a file does not have the contents its name says")
    return found


def forked(home: Path, before: Callable[[Store], int]) -> bool:
    """Run as many cycles as ``before`` says in a forked process; True if it got to their end."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            with Store(home) as store:
                for number in range(before(store)):
                    cycle(store, f"{os.getpid()} {number}", undo=number % 2 == 0)
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise SystemExit("a writer failed by itself")
    return os.WIFEXITED(status)


def reopened(home: Path) -> list[str]:
    with Store(home):
        found = problems(home)
        if len(list((home / "scratch").iterdir())) != 2:
            found.append("scratch of a dead process is left")
    return found


def random_moments(home: Path) -> dict[str, object]:
    chance = random.Random(7)
    found: list[str] = []
    killed = 0
    moment = 0.0

    def before(_: Store) -> int:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, moment)
        return 1000

    for _ in range(25):
        moment = chance.uniform(0.001, 0.1)
        killed += not forked(home, before)
        found += reopened(home)
    return {"killed": killed, "problems": found}


def chosen_moments(home: Path) -> dict[str, object]:
    """Kill before each change to the ledger or the files in a turn, one after the other."""
    found: list[str] = []
    moment = 0

    def before(_: Store) -> int:
        count = 0

        def tick(*_: object) -> None:
            nonlocal count
            count += 1
            if count == moment:
                os.kill(os.getpid(), signal.SIGKILL)

        def statement(*arguments: object) -> None:
            if not str(arguments[2]).startswith("SELECT"):
                tick()

        event.listen(Engine, "before_cursor_execute", statement)
        event.listen(Engine, "commit", tick)
        sys.addaudithook(lambda name, _: tick() if name in FILE_CALLS else None)
        return 1

    while True:
        moment += 1
        if forked(home, before):
            break
        found += reopened(home)
    return {"killed": moment - 1, "problems": found}


def together(home: Path) -> dict[str, object]:
    """Four processes open a store that does not exist yet and write at the same time."""
    children = [os.fork() for _ in range(4) if os.getpid() == PARENT]
    if os.getpid() != PARENT:
        code = 1
        try:
            with Store(home) as store:
                for number in range(12):
                    cycle(store, f"{os.getpid()} {number}", undo=number % 2 == 0)
            code = 0
        finally:
            os._exit(code)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    with Store(home) as store:
        session = store.history.session("rounds")
        numbers = [turn.number for turn in store.history.turns(session.id)]
        states = {turn.state for turn in store.history.turns(session.id)}
    return {
        "codes": codes,
        "numbers": numbers,
        "states": sorted(states),
        "problems": problems(home),
    }


PARENT = os.getpid()

if __name__ == "__main__":
    mode, folder = sys.argv[1:]
    print(json.dumps(globals()[mode](Path(folder))))
