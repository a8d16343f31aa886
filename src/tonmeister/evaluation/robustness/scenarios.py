"""Scenarios, read from TOML: what is said turn by turn, what goes wrong, and what must hold."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from tonmeister.evaluation.tables import read_as

__all__ = ["KINDS", "Expected", "Scenario", "Turn", "load_scenarios"]

SHIPPED = Path(__file__).with_suffix(".toml")
KINDS = ("long chain", "unsupported task", "error", "context")
_STRICT = ConfigDict(frozen=True, extra="forbid")


class Fault(BaseModel):
    """What goes wrong in a turn.

    Attributes:
        tool: Under which tool.
        error: The error it reports; "killed" kills the worker.
        times: How many of its next tasks.
    """

    model_config = _STRICT

    tool: str
    error: Literal["failed", "input", "killed"]
    times: int = Field(default=1, ge=1)


class Expected(BaseModel):
    """What must hold after a turn; what is left out may be anything.

    Attributes:
        outcome: Outcomes of the reply that are right; "error" is a typed error.
        made: How many results are new in the conversation.
        done: Tools of the steps that gave a result, in any order.
        not_done: Tools of the steps that gave none.
        duration: Length of the last recording that was made, in seconds.
        from_files: Names of the files that the last result was made from, in the end.
        says: What stands in the reply.
        handles: Everything that can be referred to afterwards.
        cached: How many steps were there already.
    """

    model_config = _STRICT

    outcome: tuple[str, ...] = ("done",)
    made: int | None = None
    done: tuple[str, ...] | None = None
    not_done: tuple[str, ...] | None = None
    duration: float | None = None
    from_files: tuple[str, ...] | None = None
    says: tuple[str, ...] = ()
    handles: tuple[str, ...] | None = None
    cached: int | None = None


class Turn(BaseModel):
    """One request.

    Attributes:
        says: The words.
        files: Names of the recordings handed over.
        plan: What the scripted planner answers; with an answer, the nearest plan.
        answer: What it answers instead; "none" is a request that nobody understands.
        fault: What goes wrong while it runs.
        rename: Files that have another name before it, new names by old ones.
        delete: Files that are gone before it.
        expect: What must hold afterwards.
    """

    model_config = _STRICT

    says: str
    files: tuple[str, ...] = ()
    plan: str = ""
    answer: Literal["", "decline", "none", "undo", "redo"] = ""
    fault: Fault | None = None
    rename: dict[str, str] = Field(default_factory=dict[str, str])
    delete: tuple[str, ...] = ()
    expect: Expected = Expected()


class Scenario(BaseModel):
    """A conversation.

    Attributes:
        name: What happens.
        kind: One of ``KINDS``.
        language: "en" or "pt".
        recordings: Length of each recording in seconds, by file name.
        turns: The requests, in order.
    """

    model_config = _STRICT

    name: str
    kind: Literal["long chain", "unsupported task", "error", "context"]
    language: Literal["en", "pt"]
    recordings: dict[str, float]
    turns: tuple[Turn, ...] = Field(min_length=1)


class _File(BaseModel):
    model_config = _STRICT

    scenario: tuple[Scenario, ...]


def load_scenarios(path: Path = SHIPPED) -> tuple[Scenario, ...]:
    """Read scenarios.

    Args:
        path: The file.

    Raises:
        ConfigError: It is missing or malformed.
    """
    return read_as(_File, path, "scenarios").scenario
