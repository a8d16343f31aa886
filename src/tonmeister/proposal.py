"""What would be done for a request, before anything runs."""

from collections.abc import Mapping
from dataclasses import dataclass

from tonmeister.assign import Assignment
from tonmeister.planner.answers import Answer, Request

__all__ = ["Proposal"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would be done for a request, before anything runs.

    Attributes:
        request: The request as the planner saw it.
        answer: A plan, a question, a decline, small talk or a command.
        assignments: Model, estimated seconds and memory of each step of a plan.
        planner: Which planner answered.
        turn_id: Turn of the conversation that waits for it.
        moved: What was said of going elsewhere in the conversation first; empty without.
        left: Number of the turn the conversation stood at before that.
        sure: Whether the planner is sure that this is what was asked.
    """

    request: Request
    answer: Answer
    assignments: Mapping[str, Assignment]
    planner: str
    turn_id: int
    moved: str = ""
    left: int | None = None
    sure: bool = True
