"""A recipe on this machine: whether its models and weights are those it was made with."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import Literal

from tonmeister.artifacts import Artifact
from tonmeister.assign import Assignment
from tonmeister.errors import ToolUnavailable
from tonmeister.plan import Plan
from tonmeister.production import Studio
from tonmeister.recipes.recipe import Recipe, RecipeStep
from tonmeister.toolspec import Model

__all__ = ["Models", "Standing", "assigned", "chosen_plan", "require_same", "standings"]

Models = Literal["recorded", "current"]
"""Whether a run insists on the models and weights of the recipe, or takes those that are here."""

SHOWN_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Standing:
    """How a step of a recipe stands on this machine.

    Attributes:
        step: The step.
        model: Its model, where it is known here.
        found: What differs, in words; empty when all is as it was.
        changed: Whether the model or its weights are others, so that a run is refused.
    """

    step: RecipeStep
    model: Model | None
    found: str
    changed: bool = False


def standings(recipe: Recipe, studio: Studio) -> list[Standing]:
    """Return how each step stands on this machine.

    Args:
        recipe: The recipe.
        studio: Tools, models and weights that are here.
    """
    return [_standing(step, studio) for step in recipe.steps]


def _standing(step: RecipeStep, studio: Studio) -> Standing:
    tool = studio.catalog.offered.tools.get(step.tool)
    if tool is None:
        return Standing(step, None, f"there is no tool '{step.tool}' here")
    aged = ""
    if tool.version != step.tool_version:
        aged = f"version {tool.version} of the tool, {step.tool_version} in the recipe"
    if step.model is None:
        return Standing(step, None, aged)
    models = {one.card.name: one for one in studio.catalog.models_of(step.tool)}
    model = models.get(step.model)
    if model is None:
        known = ", ".join(models) or "none"
        told = f"there is no model '{step.model}' here; there are: {known}"
        return Standing(step, None, told, changed=True)
    absent = [package for package in model.card.packages if find_spec(package) is None]
    if absent:
        command = f"`pip install 'tonmeister[{model.card.extra}]'`"
        return Standing(step, model, f"needs the package '{absent[0]}': {command}")
    weights = model.card.checkpoint
    installed = weights is None or studio.installed(weights)
    if weights is not None and not installed and not weights.is_stated:
        return Standing(step, model, f"not installed: `{weights.pull_command}`")
    found = studio.digest(weights) if weights else None
    if found != step.checkpoint and (step.checkpoint or weights):
        told = f"checkpoint {_short(found)} here, {_short(step.checkpoint)} in the recipe"
        return Standing(step, model, told, changed=True)
    if weights is not None and not installed:
        return Standing(step, model, f"not installed: `{weights.pull_command}`")
    return Standing(step, model, aged)


def _short(digest: str | None) -> str:
    return f"{digest[:SHOWN_DIGITS]}…" if digest else "none"


def require_same(recipe: Recipe, studio: Studio) -> None:
    """Refuse a run whose models or weights are not those of the recipe.

    Args:
        recipe: The recipe.
        studio: Tools, models and weights that are here.

    Raises:
        ToolUnavailable: A model is missing, or its weights are others; each is named.
    """
    changed = [one for one in standings(recipe, studio) if one.changed]
    if changed:
        told = "; ".join(f"{one.step.id} {one.step.model}: {one.found}" for one in changed)
        raise ToolUnavailable(
            f"The results would not be those of the recipe: {told}.",
            tool=changed[0].step.tool,
            hint="To run it with the models that are here: --models current.",
        )


def chosen_plan(recipe: Recipe, studio: Studio, models: Models, consent: str) -> Plan:
    """Return the plan to be run; with current models, one that is not here is chosen anew.

    Args:
        recipe: The recipe.
        studio: Tools, models and weights that are here.
        models: Whose models.
        consent: Given to every step that needs it.
    """
    plan = recipe.plan(studio.catalog.tools, consent)
    if models == "recorded":
        return plan
    unknown = {one.step.id for one in standings(recipe, studio) if one.changed and not one.model}
    steps = (
        step.model_copy(update={"model": None}) if step.id in unknown else step
        for step in plan.steps
    )
    return Plan(steps=tuple(steps))


def assigned(
    plan: Plan, recipe: Recipe, studio: Studio, artifacts: Mapping[str, Artifact], models: Models
) -> dict[str, Assignment]:
    """Check and price the plan of a recipe for the files it is to be done to.

    A step of signal processing stays one, even if a model for it has been installed since.

    Args:
        plan: From ``chosen_plan``.
        recipe: The recipe.
        studio: Tools, models and weights that are here.
        artifacts: The files, by role.
        models: Whose models.

    Raises:
        PlanError: It does not fit the files.
        ToolUnavailable: No model may do a step.
    """
    assignments = studio.price(plan, artifacts)
    if models == "current":
        return assignments
    for step in recipe.steps:
        if step.model is None and not studio.catalog.tools[step.tool].needs_model:
            assignments[step.id] = replace(
                assignments[step.id],
                model=None,
                reason="as in the recipe",
                memory_mb=0,
                download_mb=0.0,
                alternatives=(),
            )
    return assignments
