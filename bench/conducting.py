"""What conducting a step costs beyond the work that the step asks for."""

import itertools
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.figures import Figure, Goal, measured
from bench.machine import cpu_seconds
from bench.studio import Bench, Given, Timeline
from tonmeister.artifacts import Noted
from tonmeister.blobs import Blobs
from tonmeister.decoding import decode
from tonmeister.events import RunFinished, StepFinished, StepStarted
from tonmeister.execution.local import LocalExecutor
from tonmeister.plan import Plan, Step
from tonmeister.session import Session, Tonmeister
from tonmeister.streaming import Audio, write_pcm
from tonmeister.tools.editing import change_gain

__all__ = ["measure"]

NUM_STEPS = 20
CLIP_DURATION = 3.0
GOAL = Goal("<", 30.0)
MEMORY_DISK = Path("/dev/shm")


@dataclass(slots=True)
class _Chains:
    """Seconds of several chains.

    Attributes:
        steps: From step to step.
        inside: What the worker reports of each step.
        cpu: Processor time of a step, the mean of each chain.
        request: The whole request, divided by its steps.
    """

    steps: list[float] = field(default_factory=list[float])
    inside: list[float] = field(default_factory=list[float])
    cpu: list[float] = field(default_factory=list[float])
    request: list[float] = field(default_factory=list[float])


def measure(bench: Bench) -> Iterator[Figure]:
    """Run a chain of cheap steps, new and from the cache, and the parts of one on their own."""
    clip = bench.speech(CLIP_DURATION)
    body = _body(bench, clip)
    fresh, known = _chains(bench, clip, bench.with_settings().home)
    note = f"chain of {NUM_STEPS} change_gain on {CLIP_DURATION:g} s, warm worker"
    yield measured("a step, all in all", _ms(fresh.steps), "ms", note=note)
    yield body
    beyond = [step - body.value for step in _ms(fresh.steps)]
    yield measured("conducting: a step without its body", beyond, "ms", GOAL)
    outside = [step - work for step, work in zip(fresh.steps, fresh.inside, strict=True)]
    yield measured("… outside the worker", _ms(outside), "ms", note="ledger, pipe, checks, cache")
    yield measured("… within the worker", _ms(fresh.inside), "ms", note="open, body, write, store")
    note = "of interface and worker; the rest is waiting for the disk and for other programs"
    yield measured("processor time of a step", _ms(fresh.cpu), "ms", note=note)
    note = "plan, handles and reply included"
    yield measured("whole request, per step", _ms(fresh.request), "ms", note=note)
    yield measured("a cache hit", _ms(known.steps), "ms", GOAL)
    yield measured("processor time of a cache hit", _ms(known.cpu), "ms")
    yield from _without_disk(bench, clip, body)
    yield from _parts(bench, clip)


def _without_disk(bench: Bench, clip: Path, body: Figure) -> Iterator[Figure]:
    """Run the same chain with the store in memory, which takes the disk out of the numbers."""
    if not MEMORY_DISK.is_dir():
        return
    with tempfile.TemporaryDirectory(dir=MEMORY_DISK, prefix="tonmeister-bench-") as home:
        fresh, _ = _chains(bench, clip, Path(home))
    beyond = [step - body.value for step in _ms(fresh.steps)]
    yield measured("conducting with the store in memory", beyond, "ms", note="no disk to wait for")


def _chains(bench: Bench, clip: Path, home: Path) -> tuple[_Chains, _Chains]:
    """Run new chains, and each once more from the cache."""
    planner = Given(_chain(0))
    settings = bench.settings.model_copy(update={"home": home})
    executor = LocalExecutor(settings)
    fresh, known = _Chains(), _Chains()
    with Tonmeister(settings, executor=executor, planners=[planner]) as owner:
        for number in range(bench.runs(9, 3) + 1):
            planner.chosen = _chain(number)
            for chains, cached in ((fresh, False), (known, True)):
                pids = [os.getpid(), *executor.pids]
                before, began = sum(map(cpu_seconds, pids)), time.perf_counter()
                steps, inside = _timed(owner.session(), clip, cached=cached)
                request = time.perf_counter() - began
                spent = sum(map(cpu_seconds, pids)) - before
                if number:  # the first chain starts the worker
                    chains.steps += steps
                    chains.inside += inside
                    chains.cpu.append(spent / NUM_STEPS)
                    chains.request.append(request / NUM_STEPS)
    return fresh, known


def _ms(seconds: Iterable[float]) -> list[float]:
    return [1000.0 * one for one in seconds]


def _chain(number: int) -> Plan:
    gains = [0.01 * (number * NUM_STEPS + index + 1) for index in range(NUM_STEPS)]
    steps = (
        Step(
            id=f"s{index + 1}",
            tool="change_gain",
            args={
                "audio": f"@s{index}" if index else "@a1",
                "gain_db": gain if index % 2 else -gain,
            },
        )
        for index, gain in enumerate(gains)
    )
    return Plan(steps=tuple(steps))


def _timed(session: Session, clip: Path, *, cached: bool) -> tuple[list[float], list[float]]:
    """Return the seconds from step to step, and those that the worker reports."""
    timeline = Timeline()
    reply = session.ask("", [clip], deliver=False, on_event=timeline)
    finished = timeline.all(StepFinished)
    if reply.outcome != "done" or any(event.cached is not cached for _, event in finished):
        raise RuntimeError(f"The chain did not run as expected: {reply.text}")
    moments = [moment for moment, _ in timeline.all(StepStarted)]
    moments.append(timeline.first(RunFinished))
    steps = [after - before for before, after in itertools.pairwise(moments)]
    return steps, [event.seconds for _, event in finished]


def _body(bench: Bench, clip: Path) -> Figure:
    """Call the tool itself, as a Python function, and make its blocks."""
    pcm = bench.fresh("body") / "clip.wav"
    decode(clip, pcm, max_duration=60.0)

    def call() -> None:
        result = change_gain(Audio.from_file(pcm), -0.5)
        audio = result.value if isinstance(result, Noted) else result
        if isinstance(audio, Audio):
            for _ in audio.blocks():  # they are made as they are read
                pass

    return measured("the body of the step, called directly", _repeated(call), "ms")


def _parts(bench: Bench, clip: Path) -> Iterator[Figure]:
    """Measure where a step's time may go, each part on its own in this process."""
    home = bench.fresh("parts")
    pcm = bench.fresh("body") / "clip.wav"
    decode(clip, pcm, max_duration=60.0)
    blobs = Blobs(home)
    folder = blobs.scratch()
    written = folder / "written.wav"

    def write() -> None:
        write_pcm(Audio.from_file(pcm), written)

    def adopt() -> float:
        write_pcm(Audio.from_file(pcm), written)
        began = time.perf_counter()
        blobs.adopt(written)
        return time.perf_counter() - began

    def sync() -> float:
        path = folder / "synced"
        path.write_bytes(os.urandom(4096))
        with path.open("rb") as file:
            began = time.perf_counter()
            os.fsync(file.fileno())
        return time.perf_counter() - began

    runs = range(20)
    yield measured("part: read, write and measure the result", _repeated(write), "ms")
    yield measured("part: hash and store it", _ms(adopt() for _ in runs), "ms")
    yield measured("part: one fsync of 4 kB", _ms(sync() for _ in runs), "ms")
    blobs.close()


def _repeated(call: Callable[[], None], times: int = 20) -> list[float]:
    """Return the milliseconds of repeated calls, after one that does not count."""
    call()
    moments = [time.perf_counter()]
    for _ in range(times):
        call()
        moments.append(time.perf_counter())
    return _ms(after - before for before, after in itertools.pairwise(moments))
