"""Numbers of what tools can do, recorded while they are tested; tests/conftest.py prints them.

``--capability FILE`` is how ``tonmeister.evaluation.capability`` learns of them.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

COLUMNS = ("tool", "model", "data", "measure", "value", "unit", "goal", "reference")
NAME = "capability"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the file that what came of each test is written to."""
    parser.addoption("--capability", type=Path, metavar="FILE", help="where numbers are written")


def pytest_configure(config: pytest.Config) -> None:
    """Write down what comes of the tests, when somebody wants to know."""
    if path := config.getoption("--capability", None):
        config.pluginmanager.register(Writer(path), "capability-writer")


class Writer:
    """Writes a line of JSON when a test ends, so that nothing is lost when the next one is stopped.

    Args:
        path: The file; the first line says how many tests there are.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reports: list[pytest.TestReport] = []

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._write({"wanted": len(session.items)})

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._reports.append(report)
        if report.when != "teardown":
            return
        # A test is set up, called and torn down; each of the three may fail.
        reports, self._reports = self._reports, []
        bad = [one for kind in ("failed", "skipped") for one in reports if one.outcome == kind]
        self._write(
            {
                "test": report.nodeid,
                "outcome": bad[0].outcome if bad else "passed",
                "said": _said(bad[0].longrepr) if bad else "",
                "seconds": sum(one.duration for one in reports),
                # The report of the tearing down has everything that was recorded before.
                "rows": [
                    json.loads(str(row)) for name, row in report.user_properties if name == NAME
                ],
            }
        )

    def _write(self, line: dict[str, Any]) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def _said(longrepr: Any) -> str:
    """The message of a failure, or the reason of a skip, without where it happened."""
    if isinstance(longrepr, tuple):
        return str(longrepr[2])
    crash = getattr(longrepr, "reprcrash", None)
    return str(crash.message if crash else longrepr)


@pytest.fixture
def capability(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Record a measured number; the test itself asserts its bound.

    Called with ``tool``, ``model``, ``data``, ``measure`` and ``value``; ``unit``, ``goal`` and
    ``reference`` (another's number and its source) where there is one. What was measured before
    belongs into ``reference``: reports find a number again by tool, model, data and measure.
    """

    def record(**row: Any) -> None:
        unknown = set(row) - set(COLUMNS)
        assert not unknown, f"a row has no column {unknown}"
        assert {"tool", "model", "data", "measure", "value"} <= set(row), "a row is complete"
        # As text: what processes of tests tell each other is made of plain values only.
        told = json.dumps({"test": request.node.name, **row}, default=float)
        request.node.user_properties.append((NAME, told))

    return record
