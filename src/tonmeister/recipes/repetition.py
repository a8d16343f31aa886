"""The same done to several files is one thing to do: a recipe does it to each file of a run."""

from collections.abc import Iterable, Sequence
from typing import Any

from tonmeister.plan import parse_ref
from tonmeister.recipes.recipe import RecipeStep

__all__ = ["without_repetition"]


def without_repetition(steps: Sequence[RecipeStep]) -> list[RecipeStep]:
    """Return steps without those that repeat, for another file, what others do.

    Args:
        steps: In order; what they refer to and do not make is handed over.
    """
    seen: list[Any] = []
    kept: set[str] = set()
    for group in _groups(steps):
        shape, takes_files = _shape(group)
        if shape not in seen or not takes_files:
            seen.append(shape)
            kept |= {step.id for step in group}
    return [step for step in steps if step.id in kept]


def _groups(steps: Sequence[RecipeStep]) -> list[list[RecipeStep]]:
    """Return steps in groups that share neither a file nor a result."""
    groups: list[tuple[set[str], list[RecipeStep]]] = []
    for step in steps:
        names, members = {step.id, *_named(step)}, [step]
        apart: list[tuple[set[str], list[RecipeStep]]] = []
        for others, group in groups:
            if others & names:
                names, members = names | others, [*group, *members]
            else:
                apart.append((others, group))
        groups = [*apart, (names, members)]
    order = {step.id: number for number, step in enumerate(steps)}
    found = [sorted(members, key=lambda step: order[step.id]) for _, members in groups]
    return sorted(found, key=lambda group: order[group[0].id])


def _named(step: RecipeStep) -> Iterable[str]:
    for value in step.args.values():
        for member in value if isinstance(value, list) else [value]:
            ref = parse_ref(member)
            if ref is not None:
                yield ref.name


def _shape(group: Sequence[RecipeStep]) -> tuple[Any, bool]:
    """Return what a group does, whatever its files and steps are called, and whether it has any."""
    numbers: dict[str, int] = {}

    def plain(value: Any) -> Any:
        if isinstance(value, list):
            return [plain(member) for member in value]
        ref = parse_ref(value)
        if ref is None:
            return ("value", type(value).__name__, value)
        return ("ref", numbers.setdefault(ref.name, len(numbers)), ref.output, ref.region)

    shape: list[Any] = []
    for step in group:
        args = {name: plain(value) for name, value in sorted(step.args.items())}
        place = numbers.setdefault(step.id, len(numbers))
        shape.append((step.tool, step.model, step.checkpoint, place, args))
    return shape, len(numbers) > len(group)
