"""Scores that must not fall: which cases are asked, and what must be reached."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tonmeister.errors import ConfigError
from tonmeister.evaluation.tables import read_as

__all__ = ["Gate", "Gates", "load_gates"]

SHIPPED = Path(__file__).with_suffix(".toml")
_STRICT = ConfigDict(frozen=True, extra="forbid")


class Gate(BaseModel):
    """A bound of one score.

    Attributes:
        score: Its name in the planning suite.
        among: "all", or a group and its part, such as ("language", "pt").
        least: Lowest value that passes.
        most: Highest value that passes.
    """

    model_config = _STRICT

    score: str
    among: Literal["all"] | tuple[str, str] = "all"
    least: float | None = None
    most: float | None = None

    @model_validator(mode="after")
    def _bounded(self) -> "Gate":
        if self.least is None and self.most is None:
            raise ValueError("a gate needs 'least' or 'most'")
        return self

    def fault(self, results: Mapping[str, Any]) -> str:
        """Return why the gate is not passed; empty when it is.

        Args:
            results: Results of the planning suite.

        Raises:
            ConfigError: There is no such score.
        """
        scores = results["scores"] if self.among == "all" else self._part(results)
        if self.score not in scores:
            known = ", ".join(scores)
            raise ConfigError(f"A gate names the score '{self.score}'; there are: {known}.")
        value = scores[self.score]
        place = self.score if self.among == "all" else f"{self.score} ({self.among[1]})"
        if value is None:
            return f"{place} has nothing to count among the chosen cases"
        if self.least is not None and value < self.least:
            return f"{place} is {value:.3f}, less than {self.least:g}"
        if self.most is not None and value > self.most:
            return f"{place} is {value:.3f}, more than {self.most:g}"
        return ""

    def _part(self, results: Mapping[str, Any]) -> Mapping[str, Any]:
        group, part = self.among
        parts = results["groups"].get(group, {})
        if part not in parts:
            raise ConfigError(f"A gate is about '{group}: {part}', of which there are no cases.")
        return parts[part]


class Gates(BaseModel):
    """All gates, and what is measured for them.

    Attributes:
        planner: Planner that is asked.
        splits: Cases that are chosen from.
        cases: How many are asked.
        gate: The bounds.
    """

    model_config = _STRICT

    planner: Literal["recognizer", "embedded", "remote", "auto"]
    splits: tuple[Literal["development", "held-out"], ...]
    cases: int = Field(ge=1)
    gate: tuple[Gate, ...]

    def faults(self, results: Mapping[str, Any]) -> list[str]:
        """Return what is below its bound.

        Args:
            results: Results of the planning suite.
        """
        return [fault for one in self.gate if (fault := one.fault(results))]


def load_gates(path: Path = SHIPPED) -> Gates:
    """Read gates.

    Args:
        path: The file.

    Raises:
        ConfigError: It is missing or malformed.
    """
    return read_as(Gates, path, "gates")
