"""``tonmeister eval`` on the command line: reports, gates, exit codes."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tonmeister.interfaces.cli import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)

    def go(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["tonmeister", "eval", *words])
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        return code, *capsys.readouterr()

    return go


def test_a_report_is_written_and_compared_with_an_earlier_one(run: Run, tmp_path: Path):
    words = ("planning", "--planner", "recognizer", "--category", "talk", "--limit", "6")
    code, out, err = run(*words, "--report", "old")
    assert code == 0
    assert "6 of 6" in err
    assert "recognised_precision" in out
    report = json.loads((tmp_path / "old" / "report.json").read_text(encoding="utf-8"))
    assert report["planner"]["asked for"] == "recognizer"
    assert report["planner"]["language model"] is None
    assert len(report["suites"]["planning"]["results"]) == 6
    code, out, _ = run(*words, "--compare", "old/report.json", "--report", "new")
    assert code == 0
    assert "(before: " in out
    page = (tmp_path / "new" / "report.html").read_text(encoding="utf-8")
    assert "6 cases are in both" in page


def test_a_score_below_its_gate_fails_and_is_named(run: Run, tmp_path: Path):
    gates = tmp_path / "gates.toml"
    text = 'planner = "recognizer"\nsplits = ["development"]\ncases = 5\n'
    gates.write_text(f'{text}[[gate]]\nscore = "errors"\nmost = 0\n', encoding="utf-8")
    assert run("gate", "--gates", "gates.toml")[0] == 0
    gates.write_text(f'{text}[[gate]]\nscore = "calls"\nleast = 1.0\n', encoding="utf-8")
    code, out, _ = run("gate", "--gates", "gates.toml")
    assert code == 1
    assert "below its gate: calls is 0.000, less than 1" in out


def test_a_suite_that_is_not_there_is_told_with_those_that_are(run: Run):
    code, _, err = run("listening")
    assert code == 2
    assert (
        "no suite 'listening' in this version; it has: capability, gate, planning, robustness."
        in err
    )
    assert run("planning", "--compare", "absent.json")[0] == 2
    assert "absent.json cannot be read" in run("planning", "--compare", "absent.json")[2]
