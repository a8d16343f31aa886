"""Scores over judged answers: exact plans, tools, edges, arguments, refusals, time, certainty."""

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from tonmeister.evaluation.planning.answers import Judged
from tonmeister.evaluation.planning.comparison import Counts
from tonmeister.planner.choice import WITHOUT_MODEL

__all__ = ["SCORES", "groups", "reliability", "scores"]

SCORES: Mapping[str, str] = {
    "cases": "requests",
    "right": "answers that are right, plans and others",
    "exact": "requests that want a plan and got one that is right, or a question that is as right",
    "tool_f1": "tools, each as often as it is called; all requests that want a plan",
    "edge_f1": "which tool or handle feeds which tool",
    "argument_accuracy": "values and regions in steps of the same tool, defaults left out",
    "refusal_recall": "of the requests that cannot be done, those that were refused",
    "refusal_precision": "of the refusals, those that were right",
    "false_refusals": "of the requests that want a plan, those that were refused",
    "recognised": "requests answered without a language model",
    "recognised_precision": "of those, answers that are right",
    "sure": "answers that the planner called sure",
    "sure_precision": "of those, answers that are right",
    "errors": "requests that ended in an error",
    "seconds_median": "wall time of a request in seconds, median",
    "seconds_p95": "wall time that 95 % of the requests stay under",
    "calls": "answers of the language model per request, mean",
    "tokens": "tokens read and written per request, mean",
    "fresh_tokens": "the same without those that were read before",
}
"""What each score means; shares are 0.0 to 1.0, and None where there was nothing to count."""


def scores(judged: Sequence[Judged]) -> dict[str, float | int | None]:
    """Return all scores of some answers.

    Args:
        judged: The answers, errors included.
    """
    wanted = [one for one in judged if one.wants_plan]
    impossible = [one for one in judged if one.wants_refusal]
    refused = [one for one in judged if one.kind == "decline"]
    recognised = [one for one in judged if one.planner in WITHOUT_MODEL]
    sure = [one for one in judged if one.sure]
    far = [one.distance for one in judged if one.distance is not None]
    seconds = sorted(one.seconds for one in judged)
    return {
        "cases": len(judged),
        "right": _share(judged, _is_right),
        "exact": _share(wanted, _is_right),
        "tool_f1": sum((one.tools for one in far), Counts()).f1,
        "edge_f1": sum((one.edges for one in far), Counts()).f1,
        "argument_accuracy": sum((one.arguments for one in far), Counts()).accuracy,
        "refusal_recall": _share(impossible, lambda one: one.kind == "decline"),
        "refusal_precision": _share(refused, _is_right),
        "false_refusals": _share(wanted, lambda one: one.kind == "decline" and not one.right),
        "recognised": _share(judged, lambda one: one.planner in WITHOUT_MODEL),
        "recognised_precision": _share(recognised, _is_right),
        "sure": _share(judged, lambda one: one.sure),
        "sure_precision": _share(sure, _is_right),
        "errors": sum(one.kind == "error" for one in judged),
        "seconds_median": statistics.median(seconds) if seconds else None,
        "seconds_p95": seconds[min(len(seconds) - 1, int(0.95 * len(seconds)))]
        if seconds
        else None,
        "calls": _mean(one.calls for one in judged),
        "tokens": _mean(one.tokens for one in judged),
        "fresh_tokens": _mean(one.tokens - one.cached for one in judged),
    }


def groups(judged: Iterable[Judged]) -> dict[str, dict[str, dict[str, Any]]]:
    """Return the scores by split, language, category, planner and family.

    Args:
        judged: The answers.
    """
    answers = list(judged)
    by: Mapping[str, Callable[[Judged], str]] = {
        "split": lambda one: one.case.split,
        "language": lambda one: one.case.language,
        "category": lambda one: one.case.category,
        "category and language": lambda one: f"{one.case.category}, {one.case.language}",
        "planner": lambda one: one.planner or "error",
        "family": lambda one: one.case.family,
    }
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for name, key in by.items():
        parts: dict[str, list[Judged]] = {}
        for one in answers:
            parts.setdefault(key(one), []).append(one)
        found[name] = {part: scores(members) for part, members in parts.items()}
    return found


def reliability(judged: Iterable[Judged]) -> list[dict[str, Any]]:
    """Return how often answers are right that were called sure, and those that were not.

    Args:
        judged: The answers; errors claim nothing and are left to the scores.
    """
    answers = [one for one in judged if one.kind != "error"]
    rows: list[dict[str, Any]] = []
    for level, sure in (("sure", True), ("unsure", False)):
        chosen = [one for one in answers if one.sure is sure]
        plans = [one for one in chosen if one.kind == "plan"]
        rows.append(
            {
                "level": level,
                "answers": len(chosen),
                "right": _share(chosen, _is_right),
                "plans": len(plans),
                "exact": _share(plans, _is_right),
            }
        )
    return rows


def _is_right(one: Judged) -> bool:
    return one.right


def _share(judged: Sequence[Judged], holds: Callable[[Judged], bool]) -> float | None:
    return sum(map(holds, judged)) / len(judged) if judged else None


def _mean(numbers: Iterable[int]) -> float | None:
    values = list(numbers)
    return statistics.mean(values) if values else None
