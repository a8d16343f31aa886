"""Discovery of tools and models from entry points."""

import importlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType

from tonmeister.toolspec import Model, Tool

__all__ = ["GROUP", "Catalog", "Problem", "discover"]

GROUP = "tonmeister.plugins"


@dataclass(frozen=True, slots=True)
class Problem:
    """A plug-in that could not be used.

    Attributes:
        plugin: Name of the entry point.
        source: Module it names.
        message: Why, in one line.
    """

    plugin: str
    source: str
    message: str


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything that can be done here.

    Attributes:
        tools: By name.
        models: All models, for every tool.
        problems: Plug-ins that could not be used; the rest works.
    """

    tools: Mapping[str, Tool]
    models: tuple[Model, ...]
    problems: tuple[Problem, ...]

    @property
    def offered(self) -> "Catalog":
        """The same without internal tools: what planners and people are told of."""
        tools = {name: tool for name, tool in self.tools.items() if not tool.internal}
        return Catalog(tools, self.models, self.problems)

    def models_of(self, tool: str) -> list[Model]:
        """Return the models that serve a tool, best quality first."""
        serving = [model for model in self.models if model.tool == tool]
        return sorted(serving, key=lambda model: -model.card.quality)

    def names_of_models(self, tool: str = "") -> dict[str, str]:
        """Return the names of models by what they may be called, in lower case.

        Args:
            tool: The tool they serve; empty for all models.
        """
        return {
            said: model.card.name
            for model in (self.models_of(tool) if tool else self.models)
            for said in (model.card.name, model.card.name.replace("-", " "), *model.card.spoken)
        }


def discover(points: Iterable[EntryPoint] | None = None) -> Catalog:
    """Import every plug-in and collect its tools and models.

    A plug-in that fails becomes a visible problem. A name that is taken is refused, naming both
    sources.

    Args:
        points: Entry points to use; by default those installed in the group
            ``tonmeister.plugins``.
    """
    tools: dict[str, Tool] = {}
    models: dict[tuple[str, str], Model] = {}
    problems: list[Problem] = []
    chosen = entry_points(group=GROUP) if points is None else points
    for point in sorted(
        chosen, key=lambda point: (not point.value.startswith("tonmeister."), point.name)
    ):
        try:
            module = importlib.import_module(point.module)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a foreign plug-in may raise anything
            message = f"{type(error).__name__}: {error}"
            problems.append(Problem(point.name, point.value, message))
            continue
        for name, known, spec in _specs(module, tools, models):
            if known is not None:
                message = f"'{name}' is already defined by {known}; rename one of them"
                problems.append(Problem(point.name, point.value, message))
            elif isinstance(spec, Tool):
                tools[spec.name] = spec
            else:
                models[spec.tool, spec.card.name] = spec
    orphans = [model for model in models.values() if model.tool not in tools]
    for model in orphans:
        message = f"model '{model.card.name}' serves the unknown tool '{model.tool}'"
        problems.append(Problem(model.card.name, model.source, message))
        del models[model.tool, model.card.name]
    return Catalog(tools, tuple(models.values()), tuple(problems))


def _specs(
    module: ModuleType, tools: Mapping[str, Tool], models: Mapping[tuple[str, str], Model]
) -> Iterable[tuple[str, str | None, Tool | Model]]:
    for member in vars(module).values():
        if isinstance(member, Tool) and member.source == module.__name__:
            known = tools.get(member.name)
            yield member.name, known.source if known else None, member
        spec = getattr(member, "__tonmeister_model__", None) if isinstance(member, type) else None
        if isinstance(spec, Model) and spec.source == module.__name__:
            twin = models.get((spec.tool, spec.card.name))
            yield spec.card.name, twin.source if twin else None, spec
