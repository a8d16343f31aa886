"""What is different from an earlier report: scores, measured values, cases that changed sides."""

from collections.abc import Mapping
from typing import Any

__all__ = ["changes"]


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Compare two reports, suite by suite; suites that only one of them has are left out.

    Args:
        old: The earlier report.
        new: The report.
    """
    found: dict[str, Any] = {
        name: _suite(old["suites"][name], suite)
        for name, suite in new["suites"].items()
        if name in old["suites"]
    }
    return {"date": old["date"], "planner": old["planner"], "suites": found}


def _suite(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    before = {one["key"]: one for one in old["results"]}
    after = {one["key"]: one for one in new["results"]}
    shared = [key for key in after if key in before]
    right = [sum(bool(side[key]["right"]) for key in shared) for side in (before, after)]
    return {
        "scores": _scores(old["scores"], new["scores"]),
        "shared": len(shared),
        "shared_right": right,
        "added": len(after) - len(shared),
        "gone": len(before) - len(shared),
        "gained": [_change(before[k], after[k]) for k in shared if _turned(before[k], after[k])],
        "lost": [_change(before[k], after[k]) for k in shared if _turned(after[k], before[k])],
        "values": {k: _value(before[k]) for k in shared if "value" in before[k]},
    }


def _scores(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[float | None]]:
    return {name: [old.get(name), value] for name, value in new.items()}


def _turned(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return bool(other["right"]) and not one["right"]


def _value(old: Mapping[str, Any]) -> dict[str, Any]:
    return {"value": old["value"], "said": old["said"]}


def _change(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    return {"key": new["key"], "before": old["said"], "after": new["said"]}
