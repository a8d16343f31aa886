"""Every error Tonmeister raises on purpose.

TonmeisterError              one line + hint for the user; a traceback only with --debug
├─ ConfigError               names the setting and where its value came from
├─ AudioError                unreadable, empty, too long, wrong shape: found versus expected
├─ DocumentError             unreadable, empty, protected, without text: found versus expected
├─ StoreError                ledger or stored file missing, damaged, or not writable (no space left)
├─ ToolError                 carries the tool's name
│  ├─ ToolInputError         the arguments do not fit; a planner may repair them and call again
│  ├─ ToolFailed             it ran and failed; the reply must say so
│  └─ ToolUnavailable        missing extra, weights, memory or consent; the hint is the command
├─ PlanError                 all problems at once, each with its step and what would be valid
│  └─ RecipeError            a recipe file cannot be used; each problem names its line and field
├─ RunError
│  ├─ StepTimeout            a step exceeded its time limit
│  ├─ RunCancelled           the user stopped the run; finished steps are kept
│  └─ WorkerLost             a worker process died under a step
└─ LLMError                  endpoint refused, or its answer could not be used

Errors cross process borders as plain data: ``to_dict`` and ``error_from_dict``.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

__all__ = [
    "AudioError",
    "ConfigError",
    "DocumentError",
    "LLMError",
    "PlanError",
    "RecipeError",
    "RunCancelled",
    "RunError",
    "StepTimeout",
    "StoreError",
    "TonmeisterError",
    "ToolError",
    "ToolFailed",
    "ToolInputError",
    "ToolUnavailable",
    "WorkerLost",
    "error_from_dict",
    "writing",
]


class TonmeisterError(Exception):
    """An expected failure: one line that says what was found, and a hint that says what to do.

    Args:
        message: What was found and what was expected, in one line.
        hint: What to do about it, where possible the exact command.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()

    def to_dict(self) -> dict[str, Any]:
        """Return the error as JSON-able data, to be rebuilt by ``error_from_dict``."""
        return {"error": type(self).__name__, "message": self.message, "hint": self.hint}


class ConfigError(TonmeisterError):
    """A setting has an unusable value; the message names the setting and its origin."""

    exit_code = 2


class AudioError(TonmeisterError):
    """A recording is unreadable, empty, too long, or has the wrong shape."""


class DocumentError(TonmeisterError):
    """A document is unreadable, empty, protected, without text, or too long."""


class StoreError(TonmeisterError):
    """The ledger or a stored file is missing, damaged, or cannot be written."""


class ToolError(TonmeisterError):
    """A tool call failed.

    Args:
        message: What was found and what was expected.
        tool: Name of the tool.
        hint: What to do about it.
    """

    retryable = False

    def __init__(self, message: str, *, tool: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.tool = tool

    def to_dict(self) -> dict[str, Any]:
        """Return the error as JSON-able data."""
        return {**super().to_dict(), "tool": self.tool}


class ToolInputError(ToolError):
    """The arguments do not fit the tool or the recording; other arguments may."""

    retryable = True


class ToolFailed(ToolError):
    """The tool ran and did not produce a result."""


class ToolUnavailable(ToolError):
    """The tool cannot run here yet: an extra, weights, memory or consent is missing."""


class PlanError(TonmeisterError):
    """A plan is not valid; ``problems`` lists every reason.

    Args:
        problems: One line per problem, each naming its step and what would be valid.
    """

    exit_code = 2

    def __init__(self, problems: list[str], *, hint: str = "") -> None:
        super().__init__("; ".join(problems), hint=hint)
        self.problems = list(problems)

    def to_dict(self) -> dict[str, Any]:
        """Return the error as JSON-able data."""
        return {**super().to_dict(), "problems": self.problems}


class RecipeError(PlanError):
    """A recipe is not valid; ``problems`` lists every reason, with its line and field."""


class RunError(TonmeisterError):
    """A run could not be completed."""


class StepTimeout(RunError):
    """A step exceeded its time limit; its worker was ended."""


class RunCancelled(RunError):
    """The run was stopped on request; finished steps are kept."""

    exit_code = 130


class WorkerLost(RunError):
    """A worker process ended while it ran a step."""


class LLMError(TonmeisterError):
    """The language model refused, could not be reached, or gave an unusable answer."""


def error_from_dict(fields: dict[str, Any]) -> TonmeisterError:
    """Rebuild an error that crossed a process border.

    Args:
        fields: What ``TonmeisterError.to_dict`` returned.
    """
    cls = _BY_NAME.get(str(fields.get("error")), ToolFailed)
    hint = str(fields.get("hint", ""))
    if issubclass(cls, PlanError):
        return cls([str(problem) for problem in fields.get("problems", [])], hint=hint)
    message = str(fields.get("message", ""))
    if issubclass(cls, ToolError):
        return cls(message, tool=str(fields.get("tool", "")), hint=hint)
    return cls(message, hint=hint)


def _tree(cls: type[TonmeisterError]) -> list[type[TonmeisterError]]:
    return [cls, *(found for child in cls.__subclasses__() for found in _tree(child))]


_BY_NAME = {cls.__name__: cls for cls in _tree(TonmeisterError)}


@contextmanager
def writing(what: str) -> Generator[None]:
    """Turn what the file system refuses while a result is written into a ``StoreError``.

    Args:
        what: The result, as the message begins: "The picture".

    Raises:
        StoreError: It cannot be written.
    """
    try:
        yield
    except OSError as error:
        message = f"{what} could not be written: {error}."
        raise StoreError(message, hint="Free some disk space.") from error
