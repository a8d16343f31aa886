"""The capability suite: the tests of a clone are run, their numbers collected and compared."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tonmeister.errors import ConfigError
from tonmeister.evaluation.capability import clone, measured, results_of
from tonmeister.evaluation.report.plots import gauge

ROOT = Path(__file__).parents[2]
SLOPE = """
import pytest
from tests.capability.extent import some

@pytest.mark.parametrize("name", ["first", "second"])
def test_a_slope_is_straight(capability, name):
    places = some(range(8), 2)
    error = {error} * len(places)
    capability(tool="limit", model=name, data="a slope", measure="error", value=error, unit="%",
               goal="≤ 20", reference="30 % <elsewhere>")
    assert error <= 20.0

def test_another_tool(capability):
    capability(tool="reverb", model="m", data="a click", measure="kind", value="dry")
"""
OTHER = """
import pytest

def test_what_is_not_here(capability):
    pytest.skip("it takes a moon")

def test_more(capability):
    capability(tool="compress", model="m", data="d", measure="ratio", value=-2.0, goal="≤ 2")
"""


def made_clone(folder: Path, error: float, other: str = OTHER) -> Path:
    """Make a clone with this very package and capability tests of its own."""
    tests = folder / "tests" / "capability"
    tests.mkdir(parents=True)
    (folder / "src").mkdir()
    (folder / "src" / "tonmeister").symlink_to(ROOT / "src" / "tonmeister")
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --import-mode=importlib\npythonpath=.")
    for name in ("conftest.py", "extent.py"):
        shutil.copy(ROOT / "tests" / "capability" / name, tests / name)
    (tests / "test_slope.py").write_text(SLOPE.format(error=error), encoding="utf-8")
    (tests / "test_other.py").write_text(other, encoding="utf-8")
    return folder


def command(folder: Path, *words: str, package: str = "src") -> "subprocess.Popen[str]":
    """Start ``tonmeister eval capability`` from the package in a folder."""
    return subprocess.Popen(
        [sys.executable, "-m", "tonmeister", "eval", "capability", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / package)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_runs_are_compared_number_by_number_and_a_missed_bound_fails(tmp_path: Path):
    good, bad = made_clone(tmp_path / "good", 2.0), made_clone(tmp_path / "bad", 3.0)
    first = command(good, "--report", "report")
    out, err = first.communicate()
    assert first.returncode == 0, err
    assert "limit · first · a slope · error: 16 %" in out
    assert "Not measured: tests/capability/test_other.py::test_what_is_not_here: " in out
    report = json.loads((good / "report" / "report.json").read_text(encoding="utf-8"))
    suite = report["suites"]["capability"]
    assert suite["complete"]
    assert suite["scores"] | {"seconds": 0} == {
        "measured": 4,
        "tools": 3,
        "tests": 4,
        "passed": 1.0,
        "seconds": 0,
    }
    second = command(bad, "--compare", str(good / "report" / "report.json"), "--report", "report")
    out, _ = second.communicate()
    assert second.returncode == 1
    assert "limit · first · a slope · error: 24 %  (before: 16 %)" in out
    assert "failed: tests/capability/test_slope.py::test_a_slope_is_straight[second]: assert" in out
    page = (bad / "report" / "report.html").read_text(encoding="utf-8")
    assert '<td><span class="wrong">24 %</span></td><td>16 %</td><td>≤ 20</td>' in page
    assert "30 % &lt;elsewhere&gt;" in page
    assert page.count('class="goal"') == 2  # a bar for each of the two numbers with such a goal
    assert "Right before, wrong now: 2" in page


def test_a_part_is_measured_and_never_compared_with_all(tmp_path: Path):
    folder = made_clone(tmp_path, 2.0)
    whole = {"scores": {}, "results": []}
    old = {"format": 1, "date": "then", "planner": {}, "suites": {"capability": whole}}
    (tmp_path / "old.json").write_text(json.dumps(old), encoding="utf-8")
    run = command(folder, "--part", "--tool", "limit", "--compare", "old.json", "--report", "new")
    out, err = run.communicate()
    assert run.returncode == 0, err
    assert "error: 4 %" in out
    assert "before" not in out
    assert "test_other" not in out
    page = (tmp_path / "new" / "report.html").read_text(encoding="utf-8")
    assert "The report of then has no such suite to compare with." in page
    assert "<h3>limit</h3>" in page
    assert "<h3>reverb</h3>" not in page


def test_an_unknown_tool_is_refused_before_anything_is_measured(tmp_path: Path):
    with pytest.raises(ConfigError, match="No capability test is about a tool 'lim'"):
        measured(made_clone(tmp_path, 2.0), ["limit", "lim"])


def test_tests_that_cannot_begin_are_told(tmp_path: Path):
    found = measured(made_clone(tmp_path, 2.0, other="import nothing_like_this"))
    assert "pytest ended with exit code 2" in found.fault
    suite = results_of(found)
    assert not suite["complete"]
    assert suite["results"] == []


def test_what_was_measured_before_a_stop_is_kept(tmp_path: Path):
    endless = (
        "from pathlib import Path\nfrom threading import Event\n"
        "def test_first(capability):\n"
        "    capability(tool='t', model='m', data='d', measure='n', value=1)\n"
        "def test_then():\n    Path('begun').touch()\n"
        "    try:\n        Event().wait()\n    finally:\n        Path('put away').touch()\n"
    )
    run = command(made_clone(tmp_path, 2.0, other=endless))
    deadline = time.monotonic() + 60
    while not (tmp_path / "begun").exists() and time.monotonic() < deadline:
        with pytest.raises(subprocess.TimeoutExpired):
            run.wait(0.1)
    run.send_signal(signal.SIGINT)
    out, _ = run.communicate()
    assert run.returncode == 1
    assert "capability, stopped before its end" in out
    assert "t · m · d · n: 1" in out
    assert "Not complete: it was stopped." in out
    assert (tmp_path / "put away").exists()


def test_without_a_clone_the_command_to_get_one_is_told(tmp_path: Path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "tonmeister").symlink_to(ROOT / "src" / "tonmeister")
    run = command(tmp_path, package="site")
    _, err = run.communicate()
    assert run.returncode == 2
    assert "Tools are measured with the tests of a clone of Tonmeister" in err
    assert "git clone" in err
    assert clone() == ROOT


def test_every_tool_that_is_measured_is_named_in_quotes_where_it_is():
    page = (ROOT / "docs" / "capability.md").read_text(encoding="utf-8")
    tests = "".join(p.read_text(encoding="utf-8") for p in ROOT.glob("tests/capability/test_*.py"))
    tools = re.findall("^## (.+)$", page, re.MULTILINE)
    assert len(tools) > 30
    assert [tool for tool in tools if not re.search(f"[\"']{tool}[\"']", tests)] == []


def test_a_gauge_holds_its_value_its_goal_and_the_earlier_value():
    drawn = gauge(5.0, 10.0, before=20.0)
    widths = [float(width) for width in re.findall(r'<rect[^>]* width="([\d.]+)"', drawn)]
    goal = float(re.findall(r'x1="([\d.]+)"', drawn)[0])
    assert widths[1] == pytest.approx(4 * widths[0], rel=0.01)
    assert goal == pytest.approx(2 * widths[0], rel=0.01)
