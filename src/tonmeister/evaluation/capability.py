"""What the tools can do: the capability tests of a clone, run and collected.

The numbers come from the tests in ``tests/capability``, which also hold their bounds. They need
recordings and helpers that only a clone has, so an installed package alone measures nothing.
"""

import contextlib
import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tonmeister.errors import ConfigError

__all__ = ["Measured", "clone", "measured", "results_of", "value_of"]

TESTS = Path("tests") / "capability"
EXTENT = "TONMEISTER_CAPABILITY"  # read by tests/capability/extent.py
FINISHED = (0, 1)  # pytest: all passed, some failed
STDERR = 2
HEARD = 2.0  # seconds; tests that heard Ctrl-C end by themselves
GRACE = 10.0  # seconds; tests put away what they started
KEY = ("tool", "model", "data", "measure")
MEANING = {
    "measured": "numbers that were measured",
    "tools": "tools that they are about",
    "tests": "tests that measured them, and hold their bounds",
    "passed": "tests whose bounds all hold",
    "seconds": "these tests together",
}
NOTE = (
    "A bound belongs to a test, which may measure several numbers: when it is missed, all of them "
    "are marked."
)


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of the capability tests.

    Attributes:
        tests: Every test that ended: its name, ``outcome`` ("passed", "failed", "skipped"),
            ``seconds``, ``said`` when it did not pass, and its ``rows``.
        fault: What kept the tests from running to their end; empty when they did.
    """

    tests: Sequence[Mapping[str, Any]]
    fault: str = ""

    @property
    def rows(self) -> list[Mapping[str, Any]]:
        """The numbers of all tests."""
        return [row for test in self.tests for row in test["rows"]]

    @property
    def failed(self) -> list[dict[str, str]]:
        """Tests whose bounds do not hold, and what they said."""
        return [
            {"test": test["test"], "said": test["said"]}
            for test in self.tests
            if test["outcome"] == "failed"
        ]


def clone() -> Path:
    """Return the folder of the clone that this package runs from.

    Raises:
        ConfigError: It runs from nowhere that has capability tests.
    """
    package = Path(__file__).parents[1]
    root = package.parents[1]
    if package.parent.name == "src" and (root / TESTS / "conftest.py").is_file():
        return root
    raise ConfigError(
        "Tools are measured with the tests of a clone of Tonmeister, but this one is installed "
        f"without them, in {package}.",
        hint="git clone THE-REPOSITORY tonmeister && cd tonmeister && make setup weights && "
        ".venv/bin/tonmeister eval capability",
    )


def measured(root: Path, tools: Collection[str] = (), *, part: bool = False) -> Measured:
    """Run the capability tests in a process of their own; what they say goes to stderr.

    Args:
        root: Folder of the clone.
        tools: Run only the test files in which one of these names stands in quotes; empty for all.
        part: Measure a part of the data, as ``make test`` does.

    Raises:
        ConfigError: pytest is not installed, or no test is about one of the tools.
    """
    if importlib.util.find_spec("pytest") is None:
        raise ConfigError("Tools are measured by tests, but pytest is not here.", hint="make setup")
    files = _files(root, tools)
    extent = {} if part else {EXTENT: "all"}
    environment = {name: value for name, value in os.environ.items() if name != EXTENT}
    with tempfile.TemporaryDirectory(prefix="tonmeister-eval-") as folder:
        told = Path(folder) / "tests.jsonl"
        told.touch()
        command = [sys.executable, "-m", "pytest", "-q", f"--capability={told}", *files]
        code = _run(command, root, {**environment, **extent})
        lines = [json.loads(line) for line in told.read_text(encoding="utf-8").splitlines()]
    tests = [line for line in lines if "test" in line]
    wanted = sum(line.get("wanted", 0) for line in lines)
    if code is None:
        return Measured(tests, "it was stopped")
    if code not in FINISHED or len(tests) < wanted:
        return Measured(tests, f"pytest ended with exit code {code}; see above what it said")
    return Measured(tests)


def _files(root: Path, tools: Collection[str]) -> list[str]:
    if not tools:
        return [str(TESTS)]
    texts = {path: path.read_text(encoding="utf-8") for path in (root / TESTS).glob("test_*.py")}
    chosen: set[Path] = set()
    for tool in tools:
        about = {p for p, text in texts.items() if re.search(rf"[\"']{re.escape(tool)}[\"']", text)}
        if not about:
            raise ConfigError(
                f"No capability test is about a tool '{tool}'.",
                hint="docs/capability.md has a heading for each tool that is measured.",
            )
        chosen |= about
    return [str(path.relative_to(root)) for path in sorted(chosen)]


def _run(command: Sequence[str], root: Path, environment: Mapping[str, str]) -> int | None:
    """Return the exit code, or None after Ctrl-C."""
    child = subprocess.Popen(command, cwd=root, env=environment, stdout=STDERR)
    try:
        return child.wait()
    except KeyboardInterrupt:
        # Ctrl-C in a terminal reaches the tests, too; a signal to this process alone does not.
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(HEARD)
        if child.poll() is None:
            child.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(GRACE)
        return None
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()


def results_of(found: Measured, tools: Collection[str] = ()) -> dict[str, Any]:
    """Return the results of the suite as JSON-able values.

    Args:
        found: What came of the tests.
        tools: Keep only the numbers of these tools, the tests that measured them, and tests that
            failed; empty for all.
    """
    kept = [test for test in found.tests if not tools or _concerns(test, tools)]
    tests = [one for one in kept if one["outcome"] != "skipped"]
    results = _results(kept, tools)
    left_out = [f"Not measured: {one['test']}: {one['said']}" for one in kept if one not in tests]
    unmeasured = sorted(set(tools) - {one["tool"] for one in results})
    passed = [one for one in tests if one["outcome"] == "passed"]
    return {
        "complete": not found.fault,
        "scores": {
            "measured": len(results),
            "tools": len({one["tool"] for one in results}),
            "tests": len(tests),
            "passed": len(passed) / len(tests) if tests else None,
            "seconds": sum(one["seconds"] for one in tests),
        },
        "meaning": MEANING,
        "notes": [
            *([NOTE] if len(passed) < len(tests) else []),
            *left_out,
            *(f"Nothing was measured of {tool}." for tool in unmeasured),
            *([f"Not complete: {found.fault}."] if found.fault else []),
        ],
        "failed": Measured(kept).failed,
        "results": results,
    }


def _concerns(test: Mapping[str, Any], tools: Collection[str]) -> bool:
    return test["outcome"] == "failed" or any(row["tool"] in tools for row in test["rows"])


def _results(tests: Sequence[Mapping[str, Any]], tools: Collection[str]) -> list[dict[str, Any]]:
    seen: Counter[str] = Counter()
    results: list[dict[str, Any]] = []
    for test in tests:
        for row in test["rows"]:
            if tools and row["tool"] not in tools:
                continue
            key = " · ".join(str(row[name]) for name in KEY)
            seen[key] += 1
            name = key if seen[key] == 1 else f"{key} · {seen[key]}"
            right = test["outcome"] == "passed"
            about = {"key": name, "right": right, "said": value_of(row), "test": test["test"]}
            results.append({**row, **about})
    return sorted(results, key=lambda one: one["tool"])


def value_of(row: Mapping[str, Any]) -> str:
    """Return a measured number with its unit.

    Args:
        row: What a test recorded.
    """
    value = f"{row['value']:.3g}" if isinstance(row["value"], float) else str(row["value"])
    return f"{value} {row.get('unit', '')}".strip()
