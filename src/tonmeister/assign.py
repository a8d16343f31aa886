"""Model assignment: for each step the best model that may run here, with the reason."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from tonmeister.artifacts import Artifact
from tonmeister.checkpoints import Checkpoint
from tonmeister.config import Settings
from tonmeister.errors import ToolUnavailable
from tonmeister.plan import Plan, Step
from tonmeister.registry import Catalog
from tonmeister.toolspec import Card, Model, Tool

__all__ = ["Assignment", "assign"]

BODY_SPEED = 0.02  # seconds per second of audio that signal processing takes, roughly
CHARACTERS_PER_SECOND = 15.0  # of speech, to estimate how long a text will sound

Installed = Callable[[Checkpoint], bool]


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who does a step, and what it will take.

    Attributes:
        step_id: Id within the plan.
        model: The chosen model; None for the tool's own signal processing.
        reason: Why this one, in a few words.
        seconds: Estimated wall time in seconds.
        memory_mb: Memory the model takes, in MiB.
        download_mb: Weights that must be downloaded first, in MiB.
        alternatives: What to fall back to after a failure, best first; None is the tool's own
            signal processing.
    """

    step_id: str
    model: Model | None
    reason: str
    seconds: float
    memory_mb: int
    download_mb: float
    alternatives: tuple[Model | None, ...]


def assign(
    plan: Plan,
    catalog: Catalog,
    settings: Settings,
    installed: Installed,
    artifacts: Mapping[str, Artifact],
) -> dict[str, Assignment]:
    """Choose a model for every step of a checked plan.

    Args:
        plan: The plan.
        catalog: Tools and models.
        settings: Preference, licence policy, memory budget.
        installed: Whether the weights of a checkpoint are on this machine.
        artifacts: What the plan refers to, by handle without "@"; for durations.

    Returns:
        An assignment for each step, by step id.

    Raises:
        ToolUnavailable: No model may do a step; every model's reason is given.
    """
    durations: dict[str, float] = {}
    assignments: dict[str, Assignment] = {}
    for step in plan.steps:
        duration = _duration(step, durations, artifacts)
        durations[step.id] = duration
        tool = catalog.tools[step.tool]
        assignments[step.id] = _assign_step(step, tool, catalog, settings, installed, duration)
    return assignments


def _assign_step(
    step: Step,
    tool: Tool,
    catalog: Catalog,
    settings: Settings,
    installed: Installed,
    duration: float,
) -> Assignment:
    models = catalog.models_of(tool.name)
    if step.model is not None:
        models = [model for model in models if model.card.name == step.model]
        if not models:
            known = ", ".join(model.card.name for model in catalog.models_of(tool.name)) or "none"
            raise ToolUnavailable(
                f"{tool.name} has no model '{step.model}'; there are: {known}.", tool=tool.name
            )
    obstacles = {model.card.name: _obstacle(model.card, step, tool, settings) for model in models}
    able = [model for model in models if not obstacles[model.card.name]]
    if not tool.needs_model and step.model is None:
        able = [model for model in able if _ready(model, installed)]
    if not able:
        if not tool.needs_model and step.model is None:
            return Assignment(step.id, None, "signal processing", duration * BODY_SPEED, 0, 0.0, ())
        raise _unavailable(tool, obstacles)
    able.sort(key=lambda model: _rank(model, settings, installed))
    best = able[0]
    card = best.card
    weights = card.checkpoint
    missing = weights is not None and not installed(weights)
    alternatives: list[Model | None] = [model for model in able[1:] if _ready(model, installed)]
    if not tool.needs_model and step.model is None:
        alternatives.append(None)
    return Assignment(
        step_id=step.id,
        model=best,
        reason=_reason(step, able, settings, installed),
        seconds=card.load_duration + duration * card.speed,
        memory_mb=card.memory_mb,
        download_mb=weights.size_mb if weights is not None and missing else 0.0,
        alternatives=tuple(alternatives),
    )


def _ready(model: Model, installed: Installed) -> bool:
    return model.card.checkpoint is None or installed(model.card.checkpoint)


def _rank(model: Model, settings: Settings, installed: Installed) -> tuple[bool, bool, float]:
    """Rank what is installed first, and of the rest what is downloaded without a second thought."""
    merit = -float(model.card.quality) if settings.prefer == "quality" else model.card.speed
    ready, weights = _ready(model, installed), model.card.checkpoint
    return (not ready, not ready and weights is not None and not weights.is_stated, merit)


def _obstacle(card: Card, step: Step, tool: Tool, settings: Settings) -> str:
    chosen = tool.parameters.get("language")
    language = step.args.get("language") or (chosen.default if chosen else None)
    if step.model is None:
        if card.by_name:
            return f"works only when asked for: `--use {step.tool}={card.name}`"
        if len(card.languages) == 1 and not isinstance(language, str):
            return f"knows only '{card.languages[0]}', and no language was named"
    if card.languages and isinstance(language, str) and language not in card.languages:
        return f"does not know '{language}' (it knows {', '.join(card.languages[:12])})"
    if settings.commercial_use and not card.commercial:
        return f"its licence, {card.licence}, forbids commercial use"
    if card.memory_mb > settings.memory_budget_mb:
        budget = f"the budget, memory_budget_mb, is {settings.memory_budget_mb} MiB"
        return f"needs {card.memory_mb} MiB; {budget}"
    absent = [package for package in card.packages if find_spec(package) is None]
    if absent:
        return f"needs the package '{absent[0]}': `pip install 'tonmeister[{card.extra}]'`"
    return ""


def _unavailable(tool: Tool, obstacles: Mapping[str, str]) -> ToolUnavailable:
    if not obstacles:
        return ToolUnavailable(
            f"No model for {tool.name} is installed.",
            tool=tool.name,
            hint="See `tonmeister models`.",
        )
    reasons = "; ".join(f"{name} {reason}" for name, reason in obstacles.items())
    return ToolUnavailable(f"No model can do {tool.name} here: {reasons}.", tool=tool.name)


def _reason(step: Step, able: list[Model], settings: Settings, installed: Installed) -> str:
    if step.model is not None:
        return "asked for by name"
    if len(able) == 1:
        return "the only one that fits"
    if _ready(able[0], installed) and not all(_ready(model, installed) for model in able[1:]):
        return "installed"
    return f"best {settings.prefer} of {len(able)}"


def _duration(
    step: Step, durations: Mapping[str, float], artifacts: Mapping[str, Artifact]
) -> float:
    found = 0.0
    for _, ref in step.refs():
        if ref.name in artifacts:
            facts = artifacts[ref.name].facts
            seconds = float(facts.get("duration") or 0.0)
            if not seconds and step.is_ref("text"):  # it will be read aloud
                seconds = float(facts.get("num_characters") or 0.0) / CHARACTERS_PER_SECOND
        else:
            seconds = durations.get(ref.name, 0.0)
        if ref.region is not None:
            end = seconds if ref.region.end is None else ref.region.end
            seconds = max(0.0, end - ref.region.start)
        found = max(found, seconds)
    start, end = _number(step.args.get("start")), _number(step.args.get("end"))
    if step.tool == "trim" and (start is not None or end is not None):
        return max(0.0, min(found, found if end is None else end) - (start or 0.0))
    text, asked = step.args.get("text"), _number(step.args.get("duration"))
    if not step.refs() and isinstance(text, str):
        return len(text) / CHARACTERS_PER_SECOND
    if not step.refs() and asked is not None:  # of a sound that is made
        return asked
    return found


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None
