"""Gates: which scores hold, and the command that fails when one does not."""

import json
import shutil
from pathlib import Path

import pytest

from tonmeister.errors import ConfigError
from tonmeister.evaluation.gates import Gate, load_gates
from tonmeister.evaluation.planning.scores import SCORES
from tonmeister.evaluation.running import Chosen, run_planning

CASES = Path(__file__).parent / "cases"
RESULTS = {
    "scores": {"exact": 0.8, "errors": 2, "refusal_recall": None},
    "groups": {"language": {"pt": {"exact": 0.6}}},
}


@pytest.mark.parametrize(
    ("gate", "fault"),
    [
        (Gate(score="exact", least=0.8), ""),
        (Gate(score="exact", least=0.81), "exact is 0.800, less than 0.81"),
        (
            Gate(score="exact", among=("language", "pt"), least=0.7),
            "exact (pt) is 0.600, less than 0.7",
        ),
        (Gate(score="errors", most=2), ""),
        (Gate(score="errors", most=1), "errors is 2.000, more than 1"),
        (Gate(score="refusal_recall", least=0.9), "refusal_recall has nothing to count"),
    ],
)
def test_a_gate_is_passed_or_says_why_not(gate: Gate, fault: str):
    found = gate.fault(RESULTS)
    assert found.startswith(fault) if fault else found == ""


def test_a_gate_about_nothing_is_refused(tmp_path: Path):
    with pytest.raises(ConfigError, match="names the score 'exakt'"):
        Gate(score="exakt", least=0.5).fault(RESULTS)
    with pytest.raises(ConfigError, match="of which there are no cases"):
        Gate(score="exact", among=("language", "fr"), least=0.5).fault(RESULTS)
    path = tmp_path / "gates.toml"
    path.write_text(
        'planner = "embedded"\nsplits = ["held-out"]\ncases = 5\n[[gate]]\nscore = "exact"\n',
        encoding="utf-8",
    )
    with pytest.raises(ConfigError, match="'least' or 'most'"):
        load_gates(path)


def test_the_gates_that_come_along_name_scores_that_there_are():
    gates = load_gates()
    assert gates.planner == "embedded"
    assert {gate.score for gate in gates.gate} <= set(SCORES)


def test_the_recognizer_is_measured_from_the_files_on(tmp_path: Path):
    told: list[tuple[int, int, int]] = []
    folder = Path(shutil.copytree(CASES, tmp_path / "cases"))
    chosen = Chosen(splits=("development",), language="en", limit=3, folder=folder)
    results = run_planning("recognizer", chosen, lambda *told_now: told.append(told_now))
    assert [one[:2] for one in told] == [(1, 3), (2, 3), (3, 3)]
    assert results["scores"]["recognised_precision"] == 1.0
    assert results["scores"]["calls"] == 0
    json.dumps(results)
    with pytest.raises(ConfigError, match="no category 'gossip'"):
        run_planning("recognizer", Chosen(categories=("gossip",), folder=folder), lambda *_: None)
    with pytest.raises(ConfigError, match="No case is left"):
        nothing = Chosen(("held-out",), "pt", ("unsupported",), folder=folder)
        run_planning("recognizer", nothing, lambda *_: None)
