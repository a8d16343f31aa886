"""Pieces of work: what a worker is sent for a step, for its proof, and for its delivery."""

import hashlib
import itertools
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from tonmeister.artifacts import Artifact, Kind, Recipe
from tonmeister.checkpoints import Checkpoint
from tonmeister.errors import ToolInputError
from tonmeister.execution.executor import Task
from tonmeister.execution.naming import ResultName, name_of_result, parse_name, said_name
from tonmeister.execution.records import Delivery, StepRecord
from tonmeister.plan import Plan, Ref, Step, deliverables, parse_ref
from tonmeister.registry import Catalog
from tonmeister.streaming import PCM_MEDIA_TYPE
from tonmeister.toolspec import OPEN, Model

__all__ = ["Job", "Workbench"]

Purpose = Literal["step", "proof", "deliver"]


@dataclass(slots=True)
class Job:
    """One piece of work.

    Attributes:
        purpose: A step of the plan, a proof of its result, or its delivery.
        record: The step it is done for.
        task: What a worker is sent.
        key: Hash of everything the result depends on.
        recipe: How the result is made, for the ledger.
        model: Who does it; None for the tool's own signal processing.
        fallbacks: Who does it after a failure, best first.
        output: Name of the step's output that is proved or delivered.
        tries: How often it has been begun.
        heard_of: Time of the latest sign of life.
    """

    purpose: Purpose
    record: StepRecord
    task: Task
    key: str
    recipe: Recipe
    model: Model | None
    fallbacks: tuple[Model | None, ...] = ()
    output: str = ""
    tries: int = 1
    heard_of: float = field(default_factory=time.monotonic)


class Workbench:
    """Prepares the jobs of one plan from what is handed over and what is made so far.

    Args:
        plan: A checked plan.
        catalog: Tools and models.
        artifacts: What the plan refers to, by handle without "@".
        records: What became of each step so far, by id; read, and never changed but for names.
        digest_of: Hash of the weights of a checkpoint as they are on this machine.
    """

    def __init__(
        self,
        plan: Plan,
        catalog: Catalog,
        artifacts: Mapping[str, Artifact],
        records: Mapping[str, StepRecord],
        digest_of: Callable[[Checkpoint], str],
    ) -> None:
        self._plan = plan
        self._catalog = catalog
        self._artifacts = artifacts
        self._records = records
        self._digest_of = digest_of
        self._names: dict[tuple[str, str], ResultName] = {}
        self._numbers = itertools.count(1)

    def step(
        self, record: StepRecord, model: Model | None, fallbacks: tuple[Model | None, ...] = ()
    ) -> Job:
        """Prepare a step whose sources are made.

        Args:
            record: The step.
            model: Who does it.
            fallbacks: Who does it after a failure, best first.
        """
        return self._job("step", record, record.step, model, fallbacks=fallbacks)

    def proof(self, record: StepRecord, model: Model) -> Job:
        """Prepare the transcription of synthesized speech.

        Args:
            record: A step that made speech.
            model: Who transcribes.
        """
        output = next(iter(record.outputs))
        args = {"audio": f"@{record.step.id}.{output}"}
        if isinstance(record.step.args.get("language"), str):
            args["language"] = record.step.args["language"]
        step = Step(id="s0", tool="transcribe", args=args)
        return self._job("proof", record, step, model, output=output)

    def deliveries(self, record: StepRecord, delivery: Delivery) -> dict[str, Job | None]:
        """Prepare what a finished step gives to the user.

        Args:
            record: The step.
            delivery: In which formats results leave.

        Returns:
            For each output that leaves, the job that brings it into its format, or None when it
            leaves as it is.
        """
        leaving: dict[str, Job | None] = {}
        for output, own in self._leaving(record, delivery).items():
            step = _delivery_step(Ref(record.step.id, output), record.outputs[output], own)
            leaving[output] = (
                self._job("deliver", record, step, None, output=output) if step else None
            )
        return leaving

    def _leaving(self, record: StepRecord, delivery: Delivery) -> dict[str, Delivery]:
        """Return how each output of a step leaves; those that do not are left out."""
        step_id = record.step.id
        if delivery.formats is None:
            refs = deliverables(self._plan, self._catalog.tools, {step_id: record.outputs})
            return {ref.output: delivery for ref in refs if ref.name == step_id and ref.output}
        found: dict[str, Delivery] = {}
        for output in record.outputs:
            every = delivery.formats.get(f"{step_id}.{OPEN}")
            chosen = delivery.formats.get(f"{step_id}.{output}", every)
            if chosen is not None:
                found[output] = Delivery(chosen, chosen)
        return found

    def again(self, job: Job) -> Job:
        """Prepare the same job once more.

        Args:
            job: One that was lost.
        """
        task = replace(job.task, id=self._task_id())
        return replace(job, task=task, tries=job.tries + 1)

    def artifact(self, ref: Ref) -> Artifact:
        """Return what a reference stands for.

        Args:
            ref: To something handed over, or to a step that is done.
        """
        if ref.name not in self._records:
            return self._artifacts[ref.name]
        outputs = self._records[ref.name].outputs
        output = ref.output or next(iter(outputs))
        if output not in outputs:
            raise ToolInputError(
                f"@{ref.name} has made no '{output}'; it made {', '.join(outputs)}.",
                tool=self._records[ref.name].step.tool,
                hint="Refer to one of them.",
            )
        return outputs[output]

    def known(self, sha256: str) -> Artifact | None:
        """Return what is handed over or made so far and has certain contents.

        Args:
            sha256: Hash of the contents.
        """
        made = (one for record in self._records.values() for one in record.outputs.values())
        everything = itertools.chain(self._artifacts.values(), made)
        return next((one for one in everything if one.sha256 == sha256), None)

    def name(self, record: StepRecord, made: Mapping[str, Kind]) -> None:
        """Give the results of a step names for people.

        Args:
            record: The step.
            made: Kind of each result, by name.
        """
        sources = [self._name_of(ref) for _, ref in record.step.refs()]
        tool = self._catalog.tools[record.step.tool]
        said = said_name(record.step, self._plan, self._catalog.tools)
        for output, kind in made.items():
            name = name_of_result(tool, output, kind, sources, said)
            self._names[record.step.id, output] = name
            record.names[output] = str(name)

    def _name_of(self, ref: Ref) -> ResultName:
        if ref.name in self._records:
            return self._names[ref.name, ref.output or next(iter(self._records[ref.name].outputs))]
        return parse_name(self._artifacts[ref.name].name, self._catalog.tools)

    def _job(
        self,
        purpose: Purpose,
        record: StepRecord,
        step: Step,
        model: Model | None,
        *,
        output: str = "",
        fallbacks: tuple[Model | None, ...] = (),
    ) -> Job:
        tool = self._catalog.tools[step.tool]
        inputs: dict[str, list[dict[str, Any]]] = {}
        parents: list[str] = []
        for name, ref in step.refs():
            artifact = self.artifact(ref)
            parents.append(artifact.id)
            inputs.setdefault(name, []).append(_input(artifact, ref))
        values = {
            name: step.args[name] if step.args.get(name) is not None else parameter.default
            for name, parameter in tool.parameters.items()
            if name not in inputs
        }
        weights = model.card.checkpoint if model else None
        checkpoint = self._digest_of(weights) if weights else None
        recipe = Recipe(
            tool=tool.name,
            tool_version=tool.version,
            model=model.card.name if model else None,
            checkpoint=checkpoint,
            arguments={name: self._recorded(value) for name, value in step.args.items()},
            parents=tuple(parents),
        )
        task = Task(
            id=self._task_id(),
            tool=tool.name,
            model=recipe.model,
            arguments=values,
            inputs=inputs,
            many=tuple(name for name, parameter in tool.parameters.items() if parameter.many),
            memory_mb=model.card.memory_mb if model else 0,
        )
        key = _step_key(recipe, values, inputs)
        return Job(purpose, record, task, key, recipe, model, fallbacks, output)

    def _recorded(self, value: Any) -> Any:
        """Return an argument as the ledger keeps it, artifact ids instead of references."""
        if isinstance(value, list):
            return [self._recorded(member) for member in value]
        ref = parse_ref(value)
        if ref is None:
            return value
        _, bracket, region = value.partition("[")
        return f"{self.artifact(ref).id}{bracket}{region}"

    def _task_id(self) -> str:
        return f"{id(self):x}:{next(self._numbers)}"


def _input(artifact: Artifact, ref: Ref) -> dict[str, Any]:
    return {
        "kind": artifact.kind.value,
        "sha256": artifact.sha256,
        "media_type": artifact.media_type,
        "region": None if ref.region is None else [ref.region.start, ref.region.end],
        "synthetic": artifact.facts.get("synthetic") or False,
    }


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
