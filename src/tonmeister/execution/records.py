"""What becomes of a run and of its steps."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tonmeister.artifacts import Artifact
from tonmeister.checks import Finding
from tonmeister.errors import TonmeisterError
from tonmeister.events import ModelChanged
from tonmeister.ledger.runs import Ending
from tonmeister.plan import Step
from tonmeister.toolspec import Model

__all__ = ["Delivery", "RunResult", "StepRecord"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """In which formats results leave.

    Attributes:
        audio_format: For recordings that have none of their own yet.
        text_format: For transcripts.
        formats: What leaves, with its format, by "step.output" (``OPEN`` for all outputs of a
            step); None lets leave what ``deliverables`` says, in the formats above.
    """

    audio_format: str = "flac"
    text_format: str = "txt"
    formats: Mapping[str, str] | None = None


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
