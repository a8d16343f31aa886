"""What happens during a run, as it happens; the same events for every interface."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tonmeister.artifacts import Artifact
from tonmeister.audio import Waveform
from tonmeister.errors import TonmeisterError

__all__ = [
    "CheckDone",
    "Event",
    "ModelChanged",
    "OnEvent",
    "PlanReady",
    "PlannerStarted",
    "PullProgress",
    "RunFinished",
    "SoundMade",
    "StepFailed",
    "StepFinished",
    "StepProgress",
    "StepStarted",
    "ignored",
]


@dataclass(frozen=True, slots=True)
class PlanReady:
    """A plan was made and checked.

    Attributes:
        lines: The plan, one readable line per step.
        planner: Which planner made it: "recognizer", "drafter", "embedded", "remote", "given".
        seconds: How long planning took.
    """

    lines: tuple[str, ...]
    planner: str
    seconds: float


@dataclass(frozen=True, slots=True)
class PlannerStarted:
    """The embedded language model is being loaded; it is asked once the tools are known to it.

    Reading what the tools are takes up to minutes the first time, and is kept on disk.
    """


@dataclass(frozen=True, slots=True)
class PullProgress:
    """Weights are being downloaded.

    Attributes:
        name: Name of the checkpoint.
        done_mb: MiB so far.
        total_mb: MiB in total.
    """

    name: str
    done_mb: float
    total_mb: float


@dataclass(frozen=True, slots=True)
class StepStarted:
    """A step began on a worker.

    Attributes:
        step_id: Id within the plan.
        tool: Name of the tool.
        model: Name of the model; None for signal processing.
    """

    step_id: str
    tool: str
    model: str | None


@dataclass(frozen=True, slots=True)
class StepProgress:
    """A step went on.

    Attributes:
        step_id: Id within the plan.
        fraction: Share done, 0.0 to 1.0.
    """

    step_id: str
    fraction: float


@dataclass(frozen=True, slots=True)
class SoundMade:
    """A step went on making sound, which can be heard before the step is done.

    Attributes:
        step_id: Id within the plan.
        sound: What follows on the sound made before it.
    """

    step_id: str
    sound: Waveform


@dataclass(frozen=True, slots=True)
class StepFinished:
    """A step has its results.

    Attributes:
        step_id: Id within the plan.
        outputs: Results by name.
        seconds: Wall time; 0.0 for a cache hit.
        cached: Whether an equal step had been done before.
    """

    step_id: str
    outputs: Mapping[str, Artifact]
    seconds: float
    cached: bool


@dataclass(frozen=True, slots=True)
class StepFailed:
    """A step has no results.

    Attributes:
        step_id: Id within the plan.
        error: Why.
    """

    step_id: str
    error: TonmeisterError


@dataclass(frozen=True, slots=True)
class ModelChanged:
    """A step is tried once more, on the same or on another model.

    Attributes:
        step_id: Id within the plan.
        failed: Model that failed.
        next: Model that is tried now.
        error: Why the first one failed.
    """

    step_id: str
    failed: str | None
    next: str | None
    error: TonmeisterError


@dataclass(frozen=True, slots=True)
class CheckDone:
    """A claim of a step was measured.

    Attributes:
        step_id: Id within the plan.
        claim: Name of the check.
        passed: Whether the claim holds.
        finding: What was measured, in a few words.
    """

    step_id: str
    claim: str
    passed: bool
    finding: str


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The run ended.

    Attributes:
        run_id: Id in the ledger.
        state: "done", "failed" or "cancelled".
    """

    run_id: int
    state: str


Event = (
    PlannerStarted
    | PlanReady
    | PullProgress
    | StepStarted
    | StepProgress
    | SoundMade
    | StepFinished
    | StepFailed
    | ModelChanged
    | CheckDone
    | RunFinished
)
OnEvent = Callable[[Event], None]


def ignored(event: Event) -> None:
    """Take an event nobody asked for.

    Args:
        event: It is dropped.
    """
