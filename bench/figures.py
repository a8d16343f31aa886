"""What was measured: a figure with its spread and, where there is one, its goal."""

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

__all__ = ["Figure", "Goal", "measured", "ratio"]


@dataclass(frozen=True, slots=True)
class Goal:
    """A promise about a figure.

    Attributes:
        relation: On which side of the limit the figure must be.
        limit: In the unit of the figure.
    """

    relation: Literal["<", "≤", "≥", "="]
    limit: float

    def met_by(self, value: float) -> bool:
        """Tell whether a value keeps the promise."""
        return {
            "<": value < self.limit,
            "≤": value <= self.limit,
            "≥": value >= self.limit,
            "=": value == self.limit,
        }[self.relation]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number: the median of several runs.

    Attributes:
        name: What was measured.
        value: Median.
        unit: Unit, empty for ratios.
        low: Lowest run.
        high: Highest run.
        runs: Number of runs.
        goal: The promise about it; None without one.
        note: What must be known to read it.
    """

    name: str
    value: float
    unit: str
    low: float
    high: float
    runs: int
    goal: Goal | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without a goal."""
        return None if self.goal is None else self.goal.met_by(self.value)

    def to_dict(self) -> dict[str, Any]:
        """Return the figure as JSON-able values."""
        return {**asdict(self), "met": self.met}


def measured(
    name: str, values: Sequence[float], unit: str, goal: Goal | None = None, note: str = ""
) -> Figure:
    """Make a figure of the values of several runs."""
    median = statistics.median(values)
    return Figure(name, median, unit, min(values), max(values), len(values), goal, note)


def ratio(
    name: str,
    numerators: Sequence[float],
    denominators: Sequence[float],
    goal: Goal | None = None,
    note: str = "",
) -> Figure:
    """Make a figure of the ratios of runs that took place next to each other."""
    pairs = zip(numerators, denominators, strict=True)
    return measured(name, [above / below for above, below in pairs], "", goal, note)
