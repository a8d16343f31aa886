"""Cases that need a process of their own: ``python -m bench.cases CASE JSON`` prints JSON."""

import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

__all__ = ["main"]

START_REQUEST = "make it {gain} dB louder"


def first_events(request: Mapping[str, Any]) -> dict[str, Any]:
    """Tell when the first events come, counted from the start of the process and warm."""
    from bench.studio import Timeline
    from tonmeister.config import Settings
    from tonmeister.events import PlanReady, StepFinished, StepStarted
    from tonmeister.session import Tonmeister

    kinds = {"plan_ready": PlanReady, "step_started": StepStarted, "step_finished": StepFinished}
    found: dict[str, dict[str, Any]] = {
        "cold": {},
        "warm": {name: [] for name in kinds},
        "known": {name: [] for name in kinds},
    }
    settings = Settings.model_validate(request["settings"])
    with Tonmeister(settings) as owner:
        for number, file in enumerate([*request["files"], *request["files"][1:]]):
            timeline = Timeline()
            before = time.monotonic() - request["began"]
            text = START_REQUEST.format(gain=number + 1)
            owner.session().ask(text, [file], deliver=False, on_event=timeline)
            for name, kind in kinds.items():
                if number == 0:
                    found["cold"][name] = before + timeline.first(kind)
                else:
                    group = "warm" if number < len(request["files"]) else "known"
                    found[group][name].append(timeline.first(kind))
    return found


def decode(request: Mapping[str, Any]) -> dict[str, Any]:
    """Decode a file and tell the peak memory of decoder and caller."""
    from bench.machine import peak_mb
    from tonmeister.decoding import decode as decode_file

    destination = Path(request["settings"]["home"]) / "decoded.wav"
    limit = request["settings"]["max_duration"]
    facts = decode_file(Path(request["file"]), destination, max_duration=limit)
    return {"decoder": facts.peak_memory_mb, "interface": peak_mb()}


def step(request: Mapping[str, Any]) -> dict[str, Any]:
    """Run one tool on a file in a fresh worker; tell times and peak memory of both processes."""
    from bench.machine import cpu_seconds, peak_mb
    from bench.studio import Given, Timeline
    from tonmeister.config import Settings
    from tonmeister.events import StepFinished, StepStarted
    from tonmeister.execution.local import LocalExecutor
    from tonmeister.plan import Plan, Step
    from tonmeister.session import Tonmeister

    settings = Settings.model_validate(request["settings"])
    plan = Plan(steps=(Step(id="s1", tool=request["tool"], args=request["args"]),))
    executor = LocalExecutor(settings)
    with Tonmeister(settings, executor=executor, planners=[Given(plan)]) as owner:
        timeline = Timeline()
        reply = owner.session().ask("", [request["file"]], deliver=False, on_event=timeline)
        if reply.outcome != "done":
            raise SystemExit(f"{request['tool']}: {reply.text}")
        seconds = timeline.first(StepFinished) - timeline.first(StepStarted)
        peak = max(map(peak_mb, executor.pids))
        cpu = sum(map(cpu_seconds, executor.pids))
        return {"worker": peak, "interface": peak_mb(), "seconds": seconds, "cpu": cpu}


def unload(request: Mapping[str, Any]) -> dict[str, Any]:
    """Tell the memory before, during and after a model was in a worker."""
    from bench.machine import peak_mb, resident_mb, wait_until_gone
    from tonmeister.config import Settings
    from tonmeister.execution.local import LocalExecutor
    from tonmeister.session import Tonmeister

    settings = Settings.model_validate(request["settings"])
    executor = LocalExecutor(settings)
    with Tonmeister(settings, executor=executor) as owner:
        session = owner.session()
        session.ask("make it 1 dB louder", [request["file"]], deliver=False)
        found = {"interface_before": resident_mb()}
        (pid,) = executor.pids
        found["worker_before"] = resident_mb(pid)
        session.ask("transcribe @a1", deliver=False)
        (pid,) = executor.pids
        found |= {"worker_during": peak_mb(pid), "worker_idle": resident_mb(pid)}
        found["interface_during"] = resident_mb()
        gone = wait_until_gone(pid, settings.idle_unload + 30.0)
        found["gone_after"] = -1.0 if gone is None else gone
        found["worker_after"] = resident_mb(pid) if gone is None else 0.0
        found["interface_after"] = resident_mb()
    return found


CASES: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    case.__name__: case for case in (first_events, decode, step, unload)
}


def main() -> None:
    """Run the case named on the command line."""
    print(json.dumps(CASES[sys.argv[1]](json.loads(sys.argv[2]))))


if __name__ == "__main__":
    main()
