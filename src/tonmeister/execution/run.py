"""Running a plan: steps in parallel, cache hits, retries, fallbacks, checks, deliveries."""

import hashlib
import itertools
import json
import queue
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tonmeister.artifacts import Artifact, Kind, Recipe, Transcript, from_json
from tonmeister.assign import Assignment
from tonmeister.checks import Finding, StepFacts, check_step
from tonmeister.config import Settings
from tonmeister.errors import RunCancelled, StepTimeout, TonmeisterError, WorkerLost
from tonmeister.events import (
    CheckDone,
    ModelChanged,
    OnEvent,
    RunFinished,
    StepFailed,
    StepFinished,
    StepProgress,
    StepStarted,
)
from tonmeister.execution.executor import (
    Executor,
    Message,
    Output,
    Task,
    TaskDone,
    TaskFailed,
    TaskProgress,
)
from tonmeister.execution.naming import ResultName, name_of_result, parse_name
from tonmeister.ledger.runs import Ending
from tonmeister.plan import Plan, Ref, Step, deliverables
from tonmeister.registry import Catalog
from tonmeister.store import Store
from tonmeister.streaming import PCM_MEDIA_TYPE
from tonmeister.toolspec import Model

__all__ = ["Delivery", "Run", "RunResult", "StepRecord"]

POLL_INTERVAL = 0.1
LONGEST_PROOF = 120.0  # seconds of synthesized speech that are transcribed back


@dataclass(frozen=True, slots=True)
class Delivery:
    """In which formats results leave.

    Attributes:
        audio_format: For recordings that have none of their own yet.
        text_format: For transcripts.
    """

    audio_format: str = "flac"
    text_format: str = "txt"


@dataclass(slots=True)
class StepRecord:
    """What became of a step.

    Attributes:
        step: The step.
        model: Model that did it; None for signal processing or while it has not run.
        outputs: Results by name; empty when it has none.
        names: Names of the results for people.
        notes: What the user must be told.
        findings: Outcomes of the checks.
        seconds: Wall time of the work.
        cached: Whether an equal step had been done before.
        error: Why it has no results; None when it has, or when it was never begun.
        changes: Models that failed before.
    """

    step: Step
    model: Model | None = None
    outputs: Mapping[str, Artifact] = field(default_factory=dict[str, Artifact])
    names: dict[str, str] = field(default_factory=dict[str, str])
    notes: tuple[str, ...] = ()
    findings: list[Finding] = field(default_factory=list[Finding])
    seconds: float = 0.0
    cached: bool = False
    error: TonmeisterError | None = None
    changes: list[ModelChanged] = field(default_factory=list[ModelChanged])


@dataclass(frozen=True, slots=True)
class RunResult:
    """What became of a run.

    Attributes:
        run_id: Id in the ledger.
        state: "done", "failed" or "cancelled".
        steps: What became of each step, in the plan's order.
        delivered: What the user gets, by "step.output": the result in its delivery format.
    """

    run_id: int
    state: Ending
    steps: tuple[StepRecord, ...]
    delivered: Mapping[str, Artifact]


@dataclass(slots=True)
class _Job:
    """One piece of work under way: a step, a proof of a step, or a delivery."""

    purpose: str
    record: StepRecord
    task: Task
    key: str
    recipe: Recipe
    model: Model | None
    fallbacks: list[Model]
    output: str = ""
    tries: int = 1
    heard_of: float = field(default_factory=time.monotonic)


class Run:
    """One execution of a checked and assigned plan.

    Args:
        plan: The plan.
        assignments: A model for each step.
        proof: Who transcribes synthesized speech back; None leaves it unchecked.
        catalog: Tools and models.
        store: Where results are kept.
        executor: Where steps run.
        artifacts: What the plan refers to, by handle without "@".
        settings: Time limits.
        delivery: Formats of results that leave; None delivers nothing.
        on_event: Called with every event, in this thread.
        cancelled: Set it from another thread to stop the run.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        assignments: Mapping[str, Assignment],
        proof: Assignment | None,
        catalog: Catalog,
        store: Store,
        executor: Executor,
        artifacts: Mapping[str, Artifact],
        settings: Settings,
        delivery: Delivery | None,
        on_event: OnEvent,
        cancelled: threading.Event,
    ) -> None:
        self._plan = plan
        self._assignments = assignments
        self._proof = proof
        self._catalog = catalog
        self._store = store
        self._executor = executor
        self._artifacts = artifacts
        self._settings = settings
        self._delivery = delivery
        self._emit = on_event
        self._cancelled = cancelled
        self._records = {step.id: StepRecord(step) for step in plan.steps}
        self._waiting = [step.id for step in plan.steps]
        self._jobs: dict[str, _Job] = {}
        self._extra: list[_Job] = []
        self._inbox: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._numbers = itertools.count(1)
        self._names: dict[tuple[str, str], ResultName] = {}
        self._delivered: dict[str, Artifact] = {}
        self._run_id = 0

    def execute(self, turn_id: int | None) -> RunResult:
        """Run everything that can run and tell what became of it.

        Args:
            turn_id: The turn of the conversation this run belongs to, if any.
        """
        plan = self._plan.model_dump(mode="json")
        self._run_id = self._store.runs.begin(plan, turn_id=turn_id)
        state: Ending = "failed"
        try:
            self._work_through()
            state = self._state()
        except RunCancelled:
            state = "cancelled"
        finally:
            for task_id in list(self._jobs):
                self._executor.cancel(task_id)
            self._store.runs.finish(self._run_id, state)
        self._emit(RunFinished(self._run_id, state))
        return RunResult(self._run_id, state, tuple(self._records.values()), self._delivered)

    def _state(self) -> Ending:
        complete = all(one.outputs and one.error is None for one in self._records.values())
        return "done" if complete else "failed"

    def _work_through(self) -> None:
        while True:
            self._begin_what_can_begin()
            if not self._jobs:
                if not self._extra:
                    return
                continue
            self._await_message()

    def _begin_what_can_begin(self) -> None:
        progressed = True
        while progressed:
            progressed = False
            for step_id in list(self._waiting):
                if len(self._jobs) >= self._executor.capacity():
                    return
                if self._is_ready(step_id):
                    self._waiting.remove(step_id)
                    self._begin_step(step_id)
                    progressed = True
        while self._extra and len(self._jobs) < self._executor.capacity():
            self._submit(self._extra.pop(0))

    def _is_ready(self, step_id: str) -> bool:
        step = self._records[step_id].step
        sources = [ref.name for _, ref in step.refs() if ref.name in self._records]
        return all(self._records[name].outputs for name in sources)

    def _await_message(self) -> None:
        if self._cancelled.is_set():
            raise RunCancelled("The run was stopped; finished steps are kept.")
        try:
            message = self._inbox.get(timeout=POLL_INTERVAL)
        except queue.Empty:
            self._stop_the_stuck()
            return
        job = self._jobs.get(message.task_id)
        if job is None:
            return
        job.heard_of = time.monotonic()
        if isinstance(message, TaskProgress):
            if job.purpose == "step":
                self._emit(StepProgress(job.record.step.id, message.fraction))
            return
        del self._jobs[message.task_id]
        if isinstance(message, TaskDone):
            self._succeed(job, message)
        else:
            self._fail(job, message)

    def _stop_the_stuck(self) -> None:
        now = time.monotonic()
        for task_id, job in list(self._jobs.items()):
            if now - job.heard_of > self._settings.step_timeout:
                del self._jobs[task_id]
                self._executor.cancel(task_id)
                error = StepTimeout(
                    f"{job.task.tool} made no progress for {self._settings.step_timeout:.0f} s.",
                    hint="Raise step_timeout, or cut the recording into parts.",
                )
                self._fail(job, TaskFailed(task_id, error))

    def _begin_step(self, step_id: str) -> None:
        record = self._records[step_id]
        assignment = self._assignments[step_id]
        job = self._job("step", record, record.step, assignment.model)
        job.fallbacks = list(assignment.alternatives)
        record.model = assignment.model
        names = [self._name_of(ref) for _, ref in record.step.refs()]
        tool = self._catalog.tools[record.step.tool]
        for output, kind in tool.outputs.items():
            name = name_of_result(tool, output, kind, names)
            self._names[step_id, output] = name
            record.names[output] = str(name)
        self._store.runs.begin_step(
            self._run_id,
            step_id,
            key=job.key,
            tool=tool.name,
            model=assignment.model.card.name if assignment.model else None,
            reason=assignment.reason,
        )
        self._submit(job)

    def _name_of(self, ref: Ref) -> ResultName:
        if ref.name in self._records:
            return self._names[ref.name, ref.output or next(iter(self._records[ref.name].outputs))]
        return parse_name(self._artifacts[ref.name].name, self._catalog.tools)

    def _artifact(self, ref: Ref) -> Artifact:
        if ref.name not in self._records:
            return self._artifacts[ref.name]
        outputs = self._records[ref.name].outputs
        return outputs[ref.output or next(iter(outputs))]

    def _job(
        self, purpose: str, record: StepRecord, step: Step, model: Model | None, output: str = ""
    ) -> _Job:
        tool = self._catalog.tools[step.tool]
        inputs: dict[str, list[dict[str, Any]]] = {}
        parents: list[str] = []
        for name, ref in step.refs():
            if not tool.parameters[name].kinds:
                continue
            artifact = self._artifact(ref)
            parents.append(artifact.id)
            region = None if ref.region is None else [ref.region.start, ref.region.end]
            inputs.setdefault(name, []).append(
                {
                    "kind": artifact.kind.value,
                    "sha256": artifact.sha256,
                    "media_type": artifact.media_type,
                    "region": region,
                }
            )
        values = {
            name: step.args[name] if step.args.get(name) is not None else parameter.default
            for name, parameter in tool.parameters.items()
            if name not in inputs
        }
        checkpoint = model.card.checkpoint.digest if model and model.card.checkpoint else None
        recipe = Recipe(
            tool=tool.name,
            tool_version=tool.version,
            model=model.card.name if model else None,
            checkpoint=checkpoint,
            arguments=dict(step.args),
            parents=tuple(parents),
        )
        many = tuple(name for name, parameter in tool.parameters.items() if parameter.many)
        task = Task(
            id=f"{self._run_id}:{next(self._numbers)}",
            tool=tool.name,
            model=recipe.model,
            arguments=values,
            inputs=inputs,
            many=many,
            memory_mb=model.card.memory_mb if model else 0,
        )
        key = _step_key(recipe, values, inputs)
        return _Job(purpose, record, task, key, recipe, model, [], output)

    def _submit(self, job: _Job) -> None:
        if job.purpose == "step" and job.tries == 1:
            self._emit(StepStarted(job.record.step.id, job.task.tool, job.task.model))
        known = self._store.cached(job.key)
        if known is not None:
            self._use(job, known, seconds=0.0, cached=True)
            return
        self._jobs[job.task.id] = job
        job.heard_of = time.monotonic()
        self._executor.submit(job.task, self._inbox.put)

    def _succeed(self, job: _Job, message: TaskDone) -> None:
        recipe = replace(job.recipe, notes=message.notes)
        artifacts = {
            output: self._store.make_artifact(
                kind=made.kind,
                sha256=made.sha256,
                size=made.size,
                media_type=made.media_type,
                name=job.record.names.get(output)
                or job.record.names.get(job.output)
                or job.task.tool,
                facts=self._facts(job, made),
                recipe=recipe,
            )
            for output, made in message.outputs.items()
        }
        if job.purpose == "step":
            self._store.record_step(
                job.key,
                artifacts,
                run_id=self._run_id,
                step_id=job.record.step.id,
                duration=message.seconds,
            )
        else:
            self._store.record_step(job.key, artifacts)
        self._use(job, artifacts, seconds=message.seconds, cached=False)

    def _facts(self, job: _Job, made: Output) -> dict[str, Any]:
        facts = dict(made.facts)
        if made.kind is Kind.AUDIO and "duration" not in facts and job.task.inputs.get("audio"):
            sha256 = job.task.inputs["audio"][0]["sha256"]
            source = next((each for each in self._known() if each.sha256 == sha256), None)
            kept = ("duration", "sample_rate", "num_channels")
            facts |= {name: source.facts[name] for name in kept if source and name in source.facts}
        return facts

    def _known(self) -> list[Artifact]:
        made = [one for record in self._records.values() for one in record.outputs.values()]
        return [*self._artifacts.values(), *made]

    def _use(
        self, job: _Job, artifacts: Mapping[str, Artifact], *, seconds: float, cached: bool
    ) -> None:
        if job.purpose == "deliver":
            self._delivered[f"{job.record.step.id}.{job.output}"] = next(iter(artifacts.values()))
            return
        if job.purpose == "proof":
            heard = self._value(next(iter(artifacts.values())))
            text = heard.text if isinstance(heard, Transcript) else None
            self._check(job.record, {"heard": text}, only="says_the_text")
            return
        record = job.record
        record.outputs, record.seconds, record.cached = artifacts, seconds, cached
        record.notes = next((one.recipe.notes for one in artifacts.values() if one.recipe), ())
        if cached:
            self._store.runs.finish_step(self._run_id, record.step.id, cached=True)
        self._emit(StepFinished(record.step.id, artifacts, seconds, cached))
        self._check(record, {})
        self._plan_proof(record)
        self._plan_delivery(record)

    def _value(self, artifact: Artifact) -> object:
        if artifact.media_type != "application/json" or artifact.kind is Kind.FILE:
            return None
        return from_json(artifact.kind, self._store.path(artifact).read_bytes())

    def _check(self, record: StepRecord, extra: Mapping[str, Any], only: str = "") -> None:
        tool = self._catalog.tools[record.step.tool]
        artifact = next(iter(record.outputs.values()))
        claims = [only] if only else [claim for claim in tool.claims if claim != "says_the_text"]
        defaults = {name: parameter.default for name, parameter in tool.parameters.items()}
        facts = StepFacts(
            arguments={**defaults, **record.step.args},
            inputs=self._input_facts(record.step),
            output={**artifact.facts, "size": artifact.size, **extra},
            value=self._value(artifact),
        )
        for finding in check_step(claims, facts):
            record.findings.append(finding)
            if finding.passed is not None:
                self._emit(
                    CheckDone(record.step.id, finding.claim, finding.passed, finding.finding)
                )

    def _input_facts(self, step: Step) -> dict[str, Any]:
        for _, ref in step.refs():
            artifact = self._artifact(ref)
            facts = dict(artifact.facts)
            if ref.region is not None and "duration" in facts:
                end = facts["duration"] if ref.region.end is None else ref.region.end
                facts["duration"] = min(facts["duration"], end) - ref.region.start
            return facts
        return {}

    def _plan_proof(self, record: StepRecord) -> None:
        """Have synthesized speech transcribed back, where a model for that is installed."""
        if "says_the_text" not in self._catalog.tools[record.step.tool].claims:
            return
        output, artifact = next(iter(record.outputs.items()))
        if self._proof is None or artifact.facts.get("duration", 0.0) > LONGEST_PROOF:
            record.findings.append(Finding("says_the_text", None, "not transcribed back"))
            return
        args = {"audio": f"@{record.step.id}.{output}"}
        if isinstance(record.step.args.get("language"), str):
            args["language"] = record.step.args["language"]
        step = Step(id="s0", tool="transcribe", args=args)
        self._extra.append(self._job("proof", record, step, self._proof.model, output))

    def _plan_delivery(self, record: StepRecord) -> None:
        if self._delivery is None:
            return
        for ref in deliverables(self._plan, self._catalog.tools):
            if ref.name != record.step.id:
                continue
            output = ref.output or ""
            artifact = record.outputs[output]
            step = _delivery_step(ref, artifact, self._delivery)
            if step is None:
                self._delivered[f"{ref.name}.{output}"] = artifact
            else:
                self._extra.append(self._job("deliver", record, step, None, output))

    def _fail(self, job: _Job, message: TaskFailed) -> None:
        error = message.error
        if isinstance(error, RunCancelled):
            raise error
        retry = isinstance(error, WorkerLost) and job.tries == 1
        model = job.model if retry else (job.fallbacks.pop(0) if job.fallbacks else None)
        if not retry and model is None:
            if job.purpose == "proof":
                job.record.findings.append(Finding("says_the_text", None, error.message))
                return
            job.record.error = error
            self._store.runs.fail_step(self._run_id, job.record.step.id, error.to_dict())
            self._emit(StepFailed(job.record.step.id, error))
            return
        failed = job.model.card.name if job.model else None
        change = ModelChanged(job.record.step.id, failed, model.card.name if model else None, error)
        job.record.changes.append(change)
        self._emit(change)
        again = self._job(job.purpose, job.record, job.record.step, model, job.output)
        if job.purpose != "step":
            task_id = f"{self._run_id}:{next(self._numbers)}"
            again.task, again.key = replace(job.task, id=task_id), job.key
        again.fallbacks, again.tries = job.fallbacks, job.tries + 1
        job.record.model = model if job.purpose == "step" else job.record.model
        self._submit(again)


def _delivery_step(ref: Ref, artifact: Artifact, delivery: Delivery) -> Step | None:
    source = f"@{ref.name}.{ref.output}"
    if artifact.kind is Kind.AUDIO and artifact.media_type == PCM_MEDIA_TYPE:
        args = {"audio": source, "format": delivery.audio_format}
        return Step(id="s0", tool="convert_format", args=args)
    if artifact.kind is Kind.TRANSCRIPT:
        args = {"transcript": source, "format": delivery.text_format}
        return Step(id="s0", tool="write_subtitles", args=args)
    return None


def _step_key(
    recipe: Recipe, values: Mapping[str, Any], inputs: Mapping[str, Sequence[Mapping[str, Any]]]
) -> str:
    """Hash everything a result depends on; equal keys mean equal results."""
    identity = [
        recipe.tool,
        recipe.tool_version,
        recipe.model,
        recipe.checkpoint,
        dict(values),
        {name: [[one["sha256"], one["region"]] for one in many] for name, many in inputs.items()},
    ]
    encoded = json.dumps(identity, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(encoded.encode()).hexdigest()
