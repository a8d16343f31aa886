"""Running a plan: steps in parallel, cache hits, retries, fallbacks, checks, deliveries."""

import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from tonmeister.artifacts import Artifact, Kind, Text, Transcript, from_json
from tonmeister.assign import Assignment
from tonmeister.checkpoints import Checkpoint
from tonmeister.checks import Finding, StepFacts, check_step
from tonmeister.config import Settings
from tonmeister.errors import RunCancelled, StepTimeout, ToolInputError, WorkerLost
from tonmeister.events import (
    CheckDone,
    ModelChanged,
    OnEvent,
    RunFinished,
    SoundMade,
    StepFailed,
    StepFinished,
    StepProgress,
    StepStarted,
)
from tonmeister.execution.executor import (
    Executor,
    Message,
    Output,
    TaskDone,
    TaskFailed,
    TaskProgress,
    TaskSound,
)
from tonmeister.execution.jobs import Job, Workbench
from tonmeister.execution.records import Delivery, RunResult, StepRecord
from tonmeister.ledger.runs import Ending
from tonmeister.plan import Plan, Step
from tonmeister.registry import Catalog
from tonmeister.store import Store
from tonmeister.streaming import PCM_MEDIA_TYPE, Audio, Synthetic

__all__ = ["Run"]

POLL_INTERVAL = 0.1
LONGEST_PROOF = 120.0  # seconds of synthesized speech that are transcribed back
SPOKEN = "says_the_text"  # the one claim that needs a job of its own


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
        digest_of: Hash of the weights of a checkpoint as they are on this machine.
        delivery: Formats of results that leave; None delivers nothing.
        on_event: Called with every event, in this thread.
        cancelled: Set it from another thread to stop the run.
        listen: Whether the sound of the last step is told while it is made.
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
        digest_of: Callable[[Checkpoint], str],
        delivery: Delivery | None,
        on_event: OnEvent,
        cancelled: threading.Event,
        listen: bool = False,
    ) -> None:
        self._plan = plan
        self._assignments = assignments
        self._proof = proof
        self._catalog = catalog
        self._store = store
        self._executor = executor
        self._settings = settings
        self._delivery = delivery
        self._emit = on_event
        self._cancelled = cancelled
        self._listened = plan.steps[-1].id if listen else None
        self._records = {step.id: StepRecord(step) for step in plan.steps}
        self._bench = Workbench(plan, catalog, artifacts, self._records, digest_of)
        self._waiting = [step.id for step in plan.steps]
        self._jobs: dict[str, Job] = {}
        self._extra: list[Job] = []
        self._inbox: queue.SimpleQueue[Message] = queue.SimpleQueue()
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
            complete = all(one.outputs and one.error is None for one in self._records.values())
            state = "done" if complete else "failed"
        except RunCancelled:
            state = "cancelled"
        finally:
            for task_id in self._jobs:
                self._executor.cancel(task_id)
            self._store.runs.finish(self._run_id, state)
        self._emit(RunFinished(self._run_id, state))
        return RunResult(self._run_id, state, tuple(self._records.values()), self._delivered)

    def _work_through(self) -> None:
        self._begin_what_can_begin()
        while self._jobs:
            if self._cancelled.is_set():
                raise RunCancelled("The run was stopped; finished steps are kept.")
            self._await_message()
            self._stop_the_stuck()
            self._begin_what_can_begin()

    def _begin_what_can_begin(self) -> None:
        """Fill the executor; a cache hit is used at once and may let further steps begin."""
        while len(self._jobs) < self._executor.capacity():
            step_id = next((one for one in self._waiting if self._is_ready(one)), None)
            extra = next((job for job in self._extra if self._fits(job.task.memory_mb)), None)
            if step_id is not None:
                self._waiting.remove(step_id)
                self._begin_step(self._records[step_id])
            elif extra is not None:
                self._extra.remove(extra)
                self._submit(extra)
            else:
                return

    def _is_ready(self, step_id: str) -> bool:
        sources = [ref.name for _, ref in self._records[step_id].step.refs()]
        made = all(self._records[name].outputs for name in sources if name in self._records)
        return made and self._fits(self._assignments[step_id].memory_mb)

    def _fits(self, memory_mb: int) -> bool:
        """Tell whether a model may be loaded beside those at work; one always may."""
        taken = sum(job.task.memory_mb for job in self._jobs.values())
        return not self._jobs or taken + memory_mb <= self._settings.memory_budget_mb

    def _begin_step(self, record: StepRecord) -> None:
        assignment = self._assignments[record.step.id]
        try:
            job = self._bench.step(record, assignment.model, assignment.alternatives)
        except ToolInputError as error:  # a result that was named when it was made is not there
            record.error = error
            self._emit(StepFailed(record.step.id, error))
            return
        self._enter(job, assignment.reason)
        self._emit(StepStarted(record.step.id, job.task.tool, job.task.model))
        self._submit(job)

    def _enter(self, job: Job, reason: str) -> None:
        job.record.model = job.model
        self._store.runs.begin_step(
            self._run_id,
            job.record.step.id,
            key=job.key,
            tool=job.task.tool,
            model=job.task.model,
            reason=reason,
        )

    def _submit(self, job: Job) -> None:
        listen = job.purpose == "step" and job.record.step.id == self._listened
        known = self._store.cached(job.key)
        if known is not None:
            if listen:
                self._play(job.record.step.id, known)
            self._use(job, known, seconds=0.0, cached=True)
            return
        job.task = replace(job.task, listen=listen)
        job.heard_of = time.monotonic()
        self._jobs[job.task.id] = job
        self._executor.submit(job.task, self._inbox.put)

    def _play(self, step_id: str, artifacts: Mapping[str, Artifact]) -> None:
        """Tell the sound of a result that was there before."""
        result = next(iter(artifacts.values()))
        if len(artifacts) == 1 and result.media_type == PCM_MEDIA_TYPE:
            for block in Audio.from_file(self._store.path(result)).blocks():
                self._emit(SoundMade(step_id, block))

    def _await_message(self) -> None:
        try:
            message = self._inbox.get(timeout=POLL_INTERVAL)
        except queue.Empty:
            return
        job = self._jobs.get(message.task_id)
        if job is None:  # the last word of a task that was given up
            return
        job.heard_of = time.monotonic()
        if isinstance(message, TaskProgress):
            if job.purpose == "step":
                self._emit(StepProgress(job.record.step.id, message.fraction))
            return
        if isinstance(message, TaskSound):
            self._emit(SoundMade(job.record.step.id, message.sound))
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
                    f"{job.task.tool} made no progress for {self._settings.step_timeout:g} s.",
                    hint="Raise step_timeout, or cut the recording into parts.",
                )
                self._fail(job, TaskFailed(task_id, error))

    def _succeed(self, job: Job, message: TaskDone) -> None:
        recipe = replace(job.recipe, notes=message.notes)
        if job.purpose == "step":
            made = {output: one.kind for output, one in message.outputs.items()}
            self._bench.name(job.record, made)
        names = job.record.names
        artifacts = {
            output: self._store.make_artifact(
                kind=made.kind,
                sha256=made.sha256,
                size=made.size,
                media_type=made.media_type,
                name=names.get(output) or names.get(job.output) or job.task.tool,
                facts=self._facts(job, made),
                recipe=recipe,
            )
            for output, made in message.outputs.items()
        }
        run_id = self._run_id if job.purpose == "step" else None
        step_id = job.record.step.id
        self._store.record_step(
            job.key, artifacts, run_id=run_id, step_id=step_id, duration=message.seconds
        )
        self._use(job, artifacts, seconds=message.seconds, cached=False)

    def _facts(self, job: Job, made: Output) -> dict[str, Any]:
        facts = dict(made.facts)
        if made.kind is Kind.AUDIO and "duration" not in facts and job.task.inputs.get("audio"):
            source = self._bench.known(job.task.inputs["audio"][0]["sha256"])
            kept = ("duration", "sample_rate", "num_channels")
            facts |= {name: source.facts[name] for name in kept if source and name in source.facts}
        synthetic = self._synthetic(job)
        if made.kind in (Kind.AUDIO, Kind.VIDEO) and synthetic:
            facts["synthetic"] = synthetic
        return facts

    def _synthetic(self, job: Job) -> Synthetic:
        """Tell whether a result is speech nobody spoke or sound nobody recorded, or made of it."""
        inputs = (one for many in job.task.inputs.values() for one in many)
        heard = [one["synthetic"] for one in inputs if one["kind"] == Kind.AUDIO]
        if self._catalog.tools[job.task.tool].synthetic or True in heard:
            return True  # a voice that is none weighs more than a noise that is none
        generated = job.model is not None and job.model.card.generates
        return "sound" if generated or "sound" in heard else False

    def _use(
        self, job: Job, artifacts: Mapping[str, Artifact], *, seconds: float, cached: bool
    ) -> None:
        record = job.record
        result = next(iter(artifacts.values()))
        notes = result.recipe.notes if result.recipe else ()
        if job.purpose == "deliver":
            self._delivered[f"{record.step.id}.{job.output}"] = result
            record.notes += notes
            return
        if job.purpose == "proof":
            heard = self._value(result)
            text = heard.text if isinstance(heard, Transcript) else None
            self._check(record, (SPOKEN,), {"heard": text})
            return
        record.outputs, record.seconds, record.cached = artifacts, seconds, cached
        record.notes = notes
        if cached:
            self._bench.name(record, {output: one.kind for output, one in artifacts.items()})
            self._store.runs.finish_step(self._run_id, record.step.id, cached=True)
        self._emit(StepFinished(record.step.id, artifacts, seconds, cached))
        claims = self._catalog.tools[record.step.tool].claims
        self._check(record, tuple(claim for claim in claims if claim != SPOKEN), {})
        if SPOKEN in claims:
            self._prove(record)
        self._deliver(record)

    def _prove(self, record: StepRecord) -> None:
        """Have synthesized speech transcribed back, where a model for that is installed."""
        duration = next(iter(record.outputs.values())).facts.get("duration", 0.0)
        if self._proof is None or self._proof.model is None or duration > LONGEST_PROOF:
            record.findings.append(Finding(SPOKEN, None, "not transcribed back"))
        else:
            self._extra.append(self._bench.proof(record, self._proof.model))

    def _deliver(self, record: StepRecord) -> None:
        if self._delivery is None:
            return
        for output, job in self._bench.deliveries(record, self._delivery).items():
            if job is None:
                self._delivered[f"{record.step.id}.{output}"] = record.outputs[output]
            else:
                self._extra.append(job)

    def _text_of(self, step: Step) -> dict[str, Any]:
        """Return the words a step was to say as its text; None where they lie in a document."""
        for name, ref in step.refs():
            if name == "text":
                value = self._value(self._bench.artifact(ref))
                return {"text": value.text if isinstance(value, Text | Transcript) else None}
        return {}

    def _check(self, record: StepRecord, claims: tuple[str, ...], extra: Mapping[str, Any]) -> None:
        tool = self._catalog.tools[record.step.tool]
        artifact = next(iter(record.outputs.values()))
        defaults = {name: parameter.default for name, parameter in tool.parameters.items()}
        spoken = self._text_of(record.step) if SPOKEN in claims else {}
        facts = StepFacts(
            arguments={**defaults, **record.step.args, **spoken},
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

    def _value(self, artifact: Artifact) -> object:
        if artifact.media_type != "application/json" or artifact.kind is Kind.FILE:
            return None
        return from_json(artifact.kind, self._store.path(artifact).read_bytes())

    def _input_facts(self, step: Step) -> dict[str, Any]:
        for _, ref in step.refs():
            facts = dict(self._bench.artifact(ref).facts)
            if ref.region is not None and "duration" in facts:
                end = facts["duration"] if ref.region.end is None else ref.region.end
                facts["duration"] = min(facts["duration"], end) - ref.region.start
            return facts
        return {}

    def _fail(self, job: Job, message: TaskFailed) -> None:
        """Try again after a lost worker, then the next model; else the step has failed."""
        error = message.error
        if isinstance(error, RunCancelled):
            raise error
        if isinstance(error, WorkerLost) and job.tries == 1:
            self._change(job, self._bench.again(job), message)
        elif job.fallbacks:
            following = self._bench.step(job.record, job.fallbacks[0], job.fallbacks[1:])
            self._enter(following, f"after a failure of {job.task.model}")
            self._change(job, following, message)
        elif job.purpose == "proof":
            job.record.findings.append(Finding(SPOKEN, None, error.message))
        else:
            job.record.error = error
            self._store.runs.fail_step(self._run_id, job.record.step.id, error.to_dict())
            self._emit(StepFailed(job.record.step.id, error))

    def _change(self, job: Job, following: Job, message: TaskFailed) -> None:
        step_id = job.record.step.id
        change = ModelChanged(step_id, job.task.model, following.task.model, message.error)
        job.record.changes.append(change)
        self._emit(change)
        self._submit(following)
