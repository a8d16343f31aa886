"""What a planner answered to a case, judged against what is right."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from tonmeister.errors import TonmeisterError
from tonmeister.evaluation.planning.cases import Case
from tonmeister.evaluation.planning.comparison import Counts, Distance, distance, same_plan
from tonmeister.plan import Plan
from tonmeister.planner.answers import Answer, Chat, Command, Decline, Question
from tonmeister.toolspec import Tool

__all__ = ["Judged", "judge", "kind_of_answer", "told"]


@dataclass(frozen=True, slots=True)
class Judged:
    """The result of one case.

    Attributes:
        case: The case.
        kind: "plan", "question", "decline", "chat", a command, or "error".
        said: The plan's lines, or the words of another answer or of the error.
        planner: Who answered: "recognizer", "drafter", "embedded", "remote", "none"; empty after
            an error.
        sure: Whether the planner called itself sure.
        right: Whether the answer is one of those that are right.
        seconds: Wall time.
        calls: Answers of the language model.
        tokens: Tokens it read and wrote, as the endpoint counts.
        cached: Those of them that it did not read anew.
        distance: How far it is from the nearest right plan; None when no plan was wanted, or the
            answer is right without one.
    """

    case: Case
    kind: str
    said: str
    planner: str
    sure: bool
    right: bool
    seconds: float
    calls: int
    tokens: int
    cached: int
    distance: Distance | None

    @property
    def wants_plan(self) -> bool:
        """Whether some plan is right."""
        return bool(self.case.plans)

    @property
    def wants_refusal(self) -> bool:
        """Whether only a refusal is right."""
        return self.case.answer == "decline" and not self.case.plans

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-able values."""
        case = self.case
        plans = [" ; ".join(_calls(plan)) for plan in case.plans]
        own = {
            name: getattr(self, name)
            for name in ("kind", "said", "planner", "sure", "right", "calls", "tokens", "cached")
        }
        return {
            "key": case.key,
            "split": case.split,
            "category": case.category,
            "family": case.family,
            "language": case.language,
            "situation": case.situation.name,
            "request": case.text,
            "wanted": [*plans, *([case.answer] if case.answer else [])],
            **own,
            "seconds": round(self.seconds, 4),
            "distance": asdict(self.distance) if self.distance else None,
        }


def kind_of_answer(answer: Answer | None) -> str:
    """Return what an answer is, in the words that cases use.

    Args:
        answer: The answer; None after an error.
    """
    if isinstance(answer, Command):
        return answer.name
    kinds = {Plan: "plan", Question: "question", Decline: "decline", Chat: "chat"}
    return next((name for cls, name in kinds.items() if isinstance(answer, cls)), "error")


def told(answer: Answer | None, error: TonmeisterError | None) -> str:
    """Return an answer in words.

    Args:
        answer: The answer; None after an error.
        error: The error, if there was one.
    """
    if isinstance(answer, Plan):
        return " ; ".join(_calls(answer))
    if isinstance(answer, Decline):
        return answer.missing
    if isinstance(answer, (Question, Chat)):
        return answer.text
    return f"{type(error).__name__}: {error}" if error else ""


def judge(
    case: Case,
    answer: Answer | None,
    tools: Mapping[str, Tool],
    *,
    planner: str,
    sure: bool = False,
    seconds: float = 0.0,
    calls: int = 0,
    tokens: int = 0,
    cached: int = 0,
    error: TonmeisterError | None = None,
) -> Judged:
    """Judge an answer; an error counts as one, and is never left out.

    Args:
        case: The case.
        answer: The answer; None after an error.
        tools: The catalog's tools by name.
        planner: Who answered.
        sure: Whether it called itself sure.
        seconds: Wall time.
        calls: Answers of the language model.
        tokens: Tokens it read and wrote.
        cached: Those of them that it did not read anew.
        error: The error instead of an answer.
    """
    kind = kind_of_answer(answer)
    plan = answer if isinstance(answer, Plan) else None
    exact = plan is not None and any(same_plan(plan, one, tools) for one in case.plans)
    right = exact or (kind != "plan" and kind == case.answer)
    far = None if right and not exact else _nearest(case, plan, tools)
    return Judged(
        case=case,
        kind=kind,
        said=told(answer, error),
        planner=planner,
        sure=sure,
        right=right,
        seconds=seconds,
        calls=calls,
        tokens=tokens,
        cached=cached,
        distance=far,
    )


def _nearest(case: Case, plan: Plan | None, tools: Mapping[str, Tool]) -> Distance | None:
    """Return the distance to the right plan that is nearest; without a plan all is missing."""
    if not case.plans:
        return None
    if plan is None:
        far = distance(case.plans[0], case.plans[0], tools)
        return Distance(_lost(far.tools), _lost(far.edges), _lost(far.arguments))
    exact = [wanted for wanted in case.plans if same_plan(plan, wanted, tools)]
    return max((distance(plan, wanted, tools) for wanted in exact or case.plans), key=_closeness)


def _closeness(far: Distance) -> tuple[float, float, float]:
    tools, edges, arguments = far.tools.f1, far.edges.f1, far.arguments.accuracy
    return tools or 0.0, 1.0 if edges is None else edges, 1.0 if arguments is None else arguments


def _lost(counts: Counts) -> Counts:
    return Counts(0, counts.right + counts.missing, 0)


def _calls(plan: Plan) -> list[str]:
    return [line.partition(": ")[2] for line in plan.describe()]
