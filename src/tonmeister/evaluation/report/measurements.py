"""Measured numbers of tools: a table for each tool, every value beside its goal and reference."""

import re
from collections.abc import Mapping
from html import escape
from itertools import groupby
from typing import Any

from tonmeister.evaluation.report.plots import gauge

__all__ = ["measurements", "measurements_told"]

COLUMNS = ("model", "data", "measure")
LIMIT = re.compile(r"[≤≥<>]\s*(\d+(?:\.\d+)?)")


def measurements(suite: Mapping[str, Any], old: Mapping[str, Any] | None = None) -> str:
    """Return the tests that failed, and a table for each tool.

    Args:
        suite: Results of the suite.
        old: What is different from an earlier run, from ``changes``.
    """
    failed = "".join(
        f'<p><span class="wrong">failed</span> <b>{escape(one["test"])}</b></p>'
        f"<pre>{escape(one['said'])}</pre>"
        for one in suite["failed"]
    )
    values: Mapping[str, Any] = old["values"] if old else {}
    names = [*COLUMNS, "value", *(["before"] if old else []), "goal", "reference", ""]
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    parts = [failed]
    for tool, group in groupby(suite["results"], key=lambda one: one["tool"]):
        rows = "".join(_row(one, values.get(one["key"]), old is not None) for one in group)
        parts.append(f"<h3>{escape(tool)}</h3><table><tr>{head}</tr>{rows}</table>")
    return "".join(parts)


def _row(one: Mapping[str, Any], old: Mapping[str, Any] | None, compared: bool) -> str:
    cells = [escape(str(one[name])) for name in COLUMNS]
    said = escape(one["said"])
    cells.append(said if one["right"] else f'<span class="wrong">{said}</span>')
    if compared:
        cells.append(escape(old["said"]) if old else "–")
    cells += [escape(str(one.get(name) or "")) for name in ("goal", "reference")]
    cells.append(_gauge(one, old))
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _gauge(one: Mapping[str, Any], old: Mapping[str, Any] | None) -> str:
    """Draw the value beside its goal, where both are numbers that a bar can have."""
    limit = LIMIT.match(str(one.get("goal") or ""))
    goal = float(limit[1]) if limit else 0.0
    value = _number(one["value"])
    if goal <= 0 or value is None:
        return ""
    title = f"{one['measure']}: {one['said']}, goal {one['goal']}"
    return gauge(value, goal, _number(old["value"]) if old else None, title)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and value >= 0 else None


def measurements_told(suite: Mapping[str, Any], old: Mapping[str, Any] | None = None) -> list[str]:
    """Return the numbers as lines for a terminal.

    Args:
        suite: Results of the suite.
        old: What is different from an earlier run, from ``changes``.
    """
    values: Mapping[str, Any] = old["values"] if old else {}
    lines: list[str] = []
    for one in suite["results"]:
        before = f"  (before: {values[one['key']]['said']})" if one["key"] in values else ""
        lines.append(f"  {one['key']}: {one['said']}{before}")
    return lines
