"""Numbers of what tools can do, recorded while they are tested: ``make capability`` writes them."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROWS = pytest.StashKey[list[dict[str, Any]]]()
COLUMNS = ("tool", "model", "data", "measure", "value", "unit", "goal", "reference")


@pytest.fixture
def capability(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Record a measured number; the test itself asserts its bound.

    Called with ``tool``, ``model``, ``data``, ``measure`` and ``value``; ``unit``, ``goal`` and
    ``reference`` (another's number and its source) where there is one.
    """
    rows = request.config.stash.setdefault(ROWS, [])

    def record(**row: Any) -> None:
        unknown = set(row) - set(COLUMNS)
        assert not unknown, f"a row has no column {unknown}"
        assert {"tool", "model", "data", "measure", "value"} <= set(row), "a row is complete"
        rows.append({"test": request.node.name, **row})

    return record


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    rows = config.stash.get(ROWS, [])
    if not rows:
        return
    terminalreporter.section("capability")
    for row in rows:
        value = f"{row['value']:.4g}" if isinstance(row["value"], float) else row["value"]
        terminalreporter.write_line(
            f"{row['tool']} ({row['model']}): {row['measure']} {value} {row.get('unit', '')}"
            f" on {row['data']}"
        )
    if target := os.environ.get("TONMEISTER_CAPABILITY"):
        Path(target).write_text(json.dumps(rows, indent=1, ensure_ascii=False), encoding="utf-8")
