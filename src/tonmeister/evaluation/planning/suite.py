"""Run the planning suite: requests are planned as a session does it, and nothing is executed."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from tonmeister.errors import TonmeisterError
from tonmeister.evaluation.planning.answers import Judged, judge
from tonmeister.evaluation.planning.cases import Case
from tonmeister.evaluation.planning.scores import SCORES, groups, reliability, scores
from tonmeister.events import ignored
from tonmeister.planner.answers import Answer
from tonmeister.planner.choice import Planners
from tonmeister.registry import Catalog

__all__ = ["judged_cases", "results_of"]


def judged_cases(
    cases: Iterable[Case],
    planners: Planners,
    catalog: Catalog,
    clock: Callable[[], float] = time.perf_counter,
) -> Iterator[Judged]:
    """Plan every case and judge the answer, one after the other.

    Args:
        cases: The cases.
        planners: Who is asked. They are started first, so that no request waits for that.
        catalog: What can be done here.
        clock: Gives the time in seconds.
    """
    for _ in planners.in_order(ignored):
        pass
    for case in cases:
        before, began = planners.usage, clock()
        answer: Answer | None = None
        error: TonmeisterError | None = None
        planner, sure = "", False
        try:
            answer, planner, sure = planners.answer(case.request(), ignored)
        except TonmeisterError as caught:
            error = caught
        seconds, after = clock() - began, planners.usage
        yield judge(
            case,
            answer,
            catalog.tools,
            planner=planner,
            sure=sure,
            seconds=seconds,
            calls=after.calls - before.calls,
            tokens=after.tokens - before.tokens,
            cached=after.cached_tokens - before.cached_tokens,
            error=error,
        )


def results_of(judged: Sequence[Judged], wanted: int) -> dict[str, Any]:
    """Return the results of the suite as JSON-able values.

    Args:
        judged: The answers.
        wanted: How many cases were to be judged; fewer were when it was stopped.
    """
    return {
        "complete": len(judged) == wanted,
        "scores": scores(judged),
        "meaning": dict(SCORES),
        "groups": groups(judged),
        "reliability": reliability(judged),
        "results": [one.to_dict() for one in judged],
    }
