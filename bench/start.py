"""How long it takes until something happens."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure, Goal, measured
from bench.studio import Bench

__all__ = ["measure"]

IMPORT = (
    "import time; began = time.perf_counter(); import tonmeister; "
    "print(time.perf_counter() - began)"
)
STAGES = {
    "plan_ready": "PlanReady",
    "step_started": "StepStarted",
    "step_finished": "first StepFinished",
}


def measure(bench: Bench) -> Iterator[Figure]:
    """Measure the start of the command line, of the package, and of a recognised request."""
    runs = bench.runs(15, 5)
    program = str(Path(sys.executable).with_name("tonmeister"))
    empty = [_seconds([sys.executable, "-c", "pass"]) for _ in range(runs)]
    yield measured("python -c pass", _ms(empty), "ms", note="the interpreter alone")
    imports = [
        float(subprocess.check_output([sys.executable, "-c", IMPORT], text=True))
        for _ in range(runs)
    ]
    yield measured("import tonmeister", _ms(imports), "ms", Goal("<", 50.0))
    helps = [_seconds([program, "--help"]) for _ in range(runs)]
    yield measured("tonmeister --help", _ms(helps), "ms", Goal("<", 300.0))
    yield from _first_events(bench)


def _first_events(bench: Bench) -> Iterator[Figure]:
    found = [
        bench.child(
            "first_events",
            began=time.monotonic(),
            files=[str(bench.speech()) for _ in range(4)],
        )
        for _ in range(bench.runs(5, 2))
    ]
    for stage, event in STAGES.items():
        cold = [run["cold"][stage] for run in found]
        yield measured(f"process start → {event}", _ms(cold), "ms", note="new 44 s recording")
    for stage, event in STAGES.items():
        warm = [seconds for run in found for seconds in run["warm"][stage]]
        yield measured(f"request → {event}, warm", _ms(warm), "ms", note="new 44 s recording")
    for stage, event in STAGES.items():
        known = [seconds for run in found for seconds in run["known"][stage]]
        note = "recording handed over before"
        yield measured(f"request → {event}, warm", _ms(known), "ms", note=note)


def _seconds(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def _ms(seconds: list[float]) -> list[float]:
    return [1000.0 * one for one in seconds]
