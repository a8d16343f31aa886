"""Whether two plans are the same, and how far one is from the other.

Defaults are left out, ids of steps do not matter, independent steps may come in any order, numbers
may differ by rounding, and texts by case and spaces.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tonmeister.plan import Plan, Ref, Step, parse_ref
from tonmeister.toolspec import Tool

__all__ = ["Counts", "Distance", "distance", "same_plan"]

OWN_WORDS = frozenset({"description", "question", "position", "positions"})
"""Parameters in the person's own words, of which there are many for the same."""

ARTICLES = frozenset(["the", "a", "an", "some", "o", "os", "as", "um", "uma", "uns", "umas"])
SHARED = 0.8
"""Share of their words, articles left out, that two such texts have in common."""

RELATIVE = 1e-3
ABSOLUTE = 0.01  # of a second, a decibel or a semitone: nothing a person asks for


@dataclass(frozen=True, slots=True)
class Counts:
    """What was found of what was wanted.

    Attributes:
        right: Wanted and there.
        missing: Wanted and not there.
        extra: There and not wanted.
    """

    right: int = 0
    missing: int = 0
    extra: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.right + other.right, self.missing + other.missing, self.extra + other.extra
        )

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall; None when nothing was wanted or given."""
        total = 2 * self.right + self.missing + self.extra
        return 2 * self.right / total if total else None

    @property
    def accuracy(self) -> float | None:
        """Share that is right of all that was wanted or given; None when there was nothing."""
        total = self.right + self.missing + self.extra
        return self.right / total if total else None


@dataclass(frozen=True, slots=True)
class Distance:
    """How far a plan is from the right one.

    Attributes:
        tools: Tools, each as often as it is called.
        edges: From a handle or a tool to the tool that takes it.
        arguments: Values and regions of the steps that both plans have, defaults left out.
    """

    tools: Counts
    edges: Counts
    arguments: Counts


def same_plan(one: Plan, other: Plan, tools: Mapping[str, Tool]) -> bool:
    """Tell whether two plans come to the same: the same calls on the same inputs.

    Args:
        one: A plan.
        other: Another plan.
        tools: The catalog's tools by name.
    """
    if Counter(step.tool for step in one.steps) != Counter(step.tool for step in other.steps):
        return False
    return _matched(one.steps, other.steps, {}, tools)


def _matched(
    steps: Sequence[Step], others: Sequence[Step], twins: dict[str, str], tools: Mapping[str, Tool]
) -> bool:
    """Find a twin among the others for each step, those it takes results from before it."""
    if not steps:
        return True
    step = steps[0]
    for twin in others:
        if twin.tool == step.tool and _same_call(step, twin, twins, tools):
            left = [other for other in others if other is not twin]
            if _matched(steps[1:], left, {**twins, step.id: twin.id}, tools):
                return True
    return False


def _same_call(step: Step, twin: Step, twins: Mapping[str, str], tools: Mapping[str, Tool]) -> bool:
    given, wanted = _stated(step, tools), _stated(twin, tools)
    if given.keys() != wanted.keys() or step.model != twin.model:
        return False
    return all(_same_argument(name, value, wanted[name], twins) for name, value in given.items())


def _same_argument(name: str, value: Any, other: Any, twins: Mapping[str, str]) -> bool:
    return _same_words(value, other) if name in OWN_WORDS else _same(value, other, twins)


def _same_words(one: Any, other: Any) -> bool:
    """Tell whether two texts in the person's own words say the same: most words are shared."""
    mine, theirs = (
        set(re.findall(r"\w+", str(text).casefold())) - ARTICLES for text in (one, other)
    )
    return 2 * len(mine & theirs) >= SHARED * (len(mine) + len(theirs))


def _same(value: Any, other: Any, twins: Mapping[str, str]) -> bool:
    if isinstance(value, list) and isinstance(other, list):
        pairs = zip(value, other, strict=False)
        return len(value) == len(other) and all(_same(one, two, twins) for one, two in pairs)
    if isinstance(value, Ref) and isinstance(other, Ref):
        source = twins.get(value.name, value.name)
        same_source = source == other.name and value.output == other.output
        return same_source and _same_region(value, other)
    return _same_value(value, other)


def _same_region(one: Ref, other: Ref) -> bool:
    if one.region is None or other.region is None:
        return one.region is other.region
    if (one.region.end is None) != (other.region.end is None):
        return False
    ends = _close(one.region.end or 0.0, other.region.end or 0.0)
    return ends and _close(one.region.start, other.region.start)


def _same_value(one: Any, other: Any) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return _close(one, other)
    return bool(one == other)


def _close(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=RELATIVE, abs_tol=ABSOLUTE)


def _stated(step: Step, tools: Mapping[str, Tool]) -> dict[str, Any]:
    """Return the arguments that are not the default, with references read."""
    tool = tools.get(step.tool)
    stated: dict[str, Any] = {}
    for name, value in step.args.items():
        parameter = tool.parameters.get(name) if tool else None
        if value is None:
            continue
        if parameter and not parameter.required and _same_value(value, parameter.default):
            continue
        members = [_read(one) for one in value] if isinstance(value, list) else _read(value)
        stated[name] = members
    return stated


def _read(value: Any) -> Any:
    """Return a reference in one form; the only result of a step is called "result"."""
    ref = parse_ref(value)
    if ref is None:
        return value
    output = None if ref.output == "result" else ref.output
    region = ref.region
    if region is not None and region.end is None and not region.start:
        region = None
    return Ref(ref.name, output, region)


def distance(plan: Plan, wanted: Plan, tools: Mapping[str, Tool]) -> Distance:
    """Count what a plan shares with the right one.

    Args:
        plan: The plan.
        wanted: The right plan.
        tools: The catalog's tools by name.
    """
    given = Counter(step.tool for step in plan.steps)
    called = _counted(given, Counter(step.tool for step in wanted.steps))
    edges = _counted(Counter(_edges(plan)), Counter(_edges(wanted)))
    return Distance(called, edges, _arguments(plan, wanted, tools))


def _counted(given: Counter[Any], wanted: Counter[Any]) -> Counts:
    right = sum((given & wanted).values())
    return Counts(right, sum(wanted.values()) - right, sum(given.values()) - right)


def _edges(plan: Plan) -> Iterable[tuple[str, str]]:
    makers = {step.id: step.tool for step in plan.steps}
    for step in plan.steps:
        for _, ref in step.refs():
            yield makers.get(ref.name, f"@{ref.name}"), step.tool


def _arguments(plan: Plan, wanted: Plan, tools: Mapping[str, Tool]) -> Counts:
    """Count over pairs of steps of the same tool, those first that agree most."""
    values = {id(step): _values(step, tools) for step in (*plan.steps, *wanted.steps)}
    pairs = [
        (_agreement(values[id(one)], values[id(two)]), -place, one, two)
        for place, one in enumerate(plan.steps)
        for two in wanted.steps
        if one.tool == two.tool
    ]
    paired: set[int] = set()
    total = Counts()
    for counts, _, one, two in sorted(pairs, key=_likeness, reverse=True):
        if paired.isdisjoint((id(one), id(two))):
            paired |= {id(one), id(two)}
            total += counts
    return total


def _likeness(pair: tuple[Counts, int, Step, Step]) -> tuple[int, int, int]:
    counts, place, _, _ = pair
    return counts.right, -counts.missing - counts.extra, place


def _values(step: Step, tools: Mapping[str, Tool]) -> dict[str, Any]:
    """Return what a step is given beside the results of others: values, regions, outputs."""
    values: dict[str, Any] = {}
    for name, value in _stated(step, tools).items():
        members: list[Any] = value if isinstance(value, list) else [value]
        refs = [one for one in members if isinstance(one, Ref)]
        if not refs:
            values[name] = value
        for number, ref in enumerate(refs):
            if ref.region is not None or ref.output is not None:
                values[f"{name}[{number}]"] = Ref("", ref.output, ref.region)
    return values


def _agreement(given: Mapping[str, Any], wanted: Mapping[str, Any]) -> Counts:
    right = sum(
        name in wanted and _same_argument(name, value, wanted[name], {})
        for name, value in given.items()
    )
    return Counts(right, len(wanted) - right, len(given) - right)
