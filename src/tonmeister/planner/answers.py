"""What a planner is asked and what it may answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from tonmeister.artifacts import Artifact
from tonmeister.plan import Plan
from tonmeister.registry import Catalog

__all__ = ["Answer", "Chat", "Command", "Decline", "PastTurn", "Planner", "Question", "Request"]


@dataclass(frozen=True, slots=True)
class PastTurn:
    """An earlier turn of the conversation, as facts.

    Attributes:
        request: What the person said.
        plan: What was done for it; None when nothing was.
        inputs: Handles of the files handed over with it, without "@".
        outputs: Handles of its delivered results, without "@".
        steps: Handle of every step's result, by "step id.output name"; intermediate ones too.
        number: Number of the turn in its conversation, from 1.
    """

    request: str
    plan: Plan | None
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    steps: Mapping[str, str] = field(default_factory=dict[str, str])
    number: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked, with everything a planner may know: facts and handles, never contents.

    Attributes:
        text: The person's own words.
        files: Handles of what was handed over with these words, in order, without "@".
        artifacts: Everything that can be referred to, by handle without "@", oldest first.
        history: Earlier turns of this branch, oldest first.
        language: Language of the words, "en" or "pt".
    """

    text: str
    files: tuple[str, ...]
    artifacts: Mapping[str, Artifact]
    history: Sequence[PastTurn] = ()
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Question:
    """One fact is missing; the person is asked for it.

    Attributes:
        text: The question, in the person's language.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Decline:
    """It cannot be done.

    Attributes:
        missing: What is missing, in the person's language.
        nearest: The nearest plan that is possible; None without one.
        loses: What that plan would not give, in the person's language.
    """

    missing: str
    nearest: Plan | None = None
    loses: str = ""


@dataclass(frozen=True, slots=True)
class Chat:
    """Small talk, or a question about Tonmeister itself.

    Attributes:
        text: The answer, in the person's language.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Command:
    """The person steers the conversation itself.

    Attributes:
        name: What to do with the conversation.
        count: How many requests "undo" takes back, or "redo" brings again.
        turn: Number of the turn that "undo" goes back to before, or that "checkout" goes to.
        then: What is asked for after that, in the person's own words; empty for nothing.
    """

    name: Literal["undo", "redo", "checkout", "explain", "list"]
    count: int = 1
    turn: int | None = None
    then: str = ""


Answer = Plan | Question | Decline | Chat | Command


class Planner(Protocol):
    """Turns a request into an answer.

    Attributes:
        name: "recognizer", "drafter", "embedded" or "remote".
    """

    name: str

    def plan(self, request: Request, catalog: Catalog) -> Answer | None:
        """Return an answer, or None when this planner is not sure enough to give one."""
        ...

    def repair(
        self, request: Request, catalog: Catalog, plan: Plan, problems: Sequence[str]
    ) -> Answer | None:
        """Return a better answer after ``plan.check`` found problems, or None, as by default."""
        return None
