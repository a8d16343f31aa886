"""Kill the conductor of a 4-step plan at every moment, resume, and look at what came of it.

Run as ``python kill_rounds.py MODE FOLDER``; it prints what it found as JSON. Each round is forked
and kills itself with SIGKILL before its N-th moment, N going over all of them. In the mode
"inline" steps run in the round itself, and a moment is an event, a commit or a change of a file;
in the mode "workers" they run in worker processes, and a moment is the start of a step.
"""

import hashlib
import json
import os
import signal
import sqlite3
import sys
import threading
import traceback
from contextlib import closing
from pathlib import Path
from typing import Any

import av.filter  # noqa: F401 - imported before the forks, once for all rounds
import soundfile  # noqa: F401
from sqlalchemy import event
from sqlalchemy.engine import Engine

from tonmeister.config import Settings
from tonmeister.events import StepStarted
from tonmeister.plan import Plan
from tonmeister.registry import discover
from tonmeister.session import Tonmeister
from tonmeister.testing import InlineExecutor, ScriptedPlanner

CATALOG = discover()
FILE_CALLS = {"os.rename", "os.link", "os.remove", "os.mkdir", "shutil.copyfile"}


def plan(folder: Path) -> Plan:
    log = str(folder / "log")
    steps = [
        {"id": "s1", "tool": "play_note", "args": {"frequency_hz": 440.0}},
        {"id": "s2", "tool": "scale", "args": {"audio": "@s1", "factor": 0.9, "log": log}},
        {"id": "s3", "tool": "scale", "args": {"audio": "@s2", "factor": 0.8, "log": log}},
        {"id": "s4", "tool": "colour", "args": {"audio": "@s3"}, "model": "plain"},
    ]
    return Plan.model_validate({"steps": steps})


def conduct(folder: Path, moment: int, *, inline: bool) -> dict[str, Any]:
    """Run the plan once; die before a moment comes, or tell the results when it never does."""
    count = 0
    armed = False

    def tick(*_: object) -> None:
        nonlocal count
        count += armed
        if armed and count == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    def on_event(happened: object) -> None:
        if inline or isinstance(happened, StepStarted):
            tick()

    if inline:
        event.listen(Engine, "commit", tick)
        sys.addaudithook(lambda name, _: tick() if name in FILE_CALLS else None)
    settings = Settings(
        home=folder / "home", weights=folder / "weights", llm="off", workers=1, threads=1
    )
    executor = InlineExecutor(settings, CATALOG) if inline else None
    planner = ScriptedPlanner([plan(folder)])
    with Tonmeister(settings, planners=[planner], executor=executor, catalog=CATALOG) as owner:
        armed = True
        reply = owner.session("kept").ask("play", output=folder / "out", on_event=on_event)
        armed = False
    return {
        "made": {record.step.id: record.outputs["result"].sha256 for record in reply.steps},
        "cached": [record.step.id for record in reply.steps if record.cached],
        "files": [path.name for path in reply.files],
    }


def done_before(home: Path) -> set[str]:
    """Return which steps the ledger knew as done before a run is resumed."""
    if not (home / "ledger.sqlite").exists():
        return set()
    with closing(sqlite3.connect(home / "ledger.sqlite")) as ledger:
        query = "SELECT DISTINCT step_id FROM steps WHERE state = 'done'"
        return {row[0] for row in ledger.execute(query)}


def problems(folder: Path) -> list[str]:
    """Return what is wrong with the store and the files of a folder."""
    found: list[str] = []
    home = folder / "home"
    with closing(sqlite3.connect(home / "ledger.sqlite")) as ledger:
        found += [str(row) for row in ledger.execute("PRAGMA integrity_check") if row != ("ok",)]
        found += [f"foreign key {row}" for row in ledger.execute("PRAGMA foreign_key_check")]
        for table in ("steps", "runs", "turns"):
            query = f"SELECT count(*) FROM {table} WHERE state = 'running'"
            if ledger.execute(query).fetchone() != (0,):
                found.append(f"{table}: something of a dead process is running")
    for blob in (home / "blobs").glob("*/*"):
        if hashlib.sha256(blob.read_bytes()).hexdigest() != blob.name:
            found.append("a file does not have the contents its name says")
    return found


def forked(folder: Path, moment: int, *, inline: bool) -> dict[str, Any] | None:
    """Run a round in a process of its own; None if it was killed."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            with os.fdopen(write, "w") as stream:
                json.dump(conduct(folder, moment, inline=inline), stream)
            code = 0
        finally:
            if code:
                traceback.print_exc()
            os._exit(code)
    os.close(write)
    with os.fdopen(read) as stream:
        told = stream.read()
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return None
    if os.WEXITSTATUS(status):
        raise SystemExit("a conductor failed by itself")
    return json.loads(told)


def rounds(folder: Path, *, inline: bool) -> dict[str, Any]:
    """Kill at every moment until a round gets to its end, and resume after each kill."""
    conduct(folder / "first", 0, inline=True)  # what is imported and compiled once, forks inherit
    assert threading.active_count() == 1, "a fork keeps no thread but its own"
    wanted = forked(folder / "whole", 0, inline=inline)
    assert wanted is not None
    found: list[str] = []
    saved = moment = 0
    while True:
        moment += 1
        home = folder / str(moment)
        if forked(home, moment, inline=inline) is not None:
            break
        finished = done_before(home / "home")
        resumed = forked(home, 0, inline=inline)
        assert resumed is not None
        saved += len(finished)
        where = f"killed before moment {moment}"
        if resumed["made"] != wanted["made"] or resumed["files"] != wanted["files"]:
            found.append(f"{where}: other results: {resumed}")
        if not finished <= set(resumed["cached"]):
            found.append(f"{where}: {finished} were done, but only {resumed['cached']} are kept")
        shown = [path.name for path in (home / "out").iterdir() if path.name[0] != "."]
        if shown != wanted["files"]:
            found.append(f"{where}: files are {shown}")
        found += [f"{where}: {problem}" for problem in problems(home)]
    return {"killed": moment - 1, "saved": saved, "problems": found, "wanted": wanted}


if __name__ == "__main__":
    print(json.dumps(rounds(Path(sys.argv[2]), inline=sys.argv[1] == "inline")))
