"""Conversations in which something goes wrong: what holds, and that what does not is seen."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tonmeister.artifacts import Artifact, Kind, Recipe
from tonmeister.config import Settings
from tonmeister.errors import ConfigError, ToolFailed
from tonmeister.evaluation.planning.cases import plan_of
from tonmeister.evaluation.robustness.expectations import Observed, unmet
from tonmeister.evaluation.robustness.scenarios import (
    KINDS,
    Expected,
    Scenario,
    load_scenarios,
)
from tonmeister.evaluation.robustness.suite import Acted, acted, results_of
from tonmeister.execution.records import StepRecord
from tonmeister.registry import Catalog, discover
from tonmeister.testing import ScriptedPlanner

SCENARIOS = load_scenarios()


def named(words: str) -> Scenario:
    return next(one for one in SCENARIOS if words in one.name)


def test_there_are_scenarios_of_every_kind_and_half_are_portuguese():
    assert len(SCENARIOS) >= 16
    kinds = Counter(one.kind for one in SCENARIOS)
    assert set(kinds) == set(KINDS)
    assert min(kinds.values()) >= 4
    languages = Counter(one.language for one in SCENARIOS)
    assert languages["pt"] == len(SCENARIOS) / 2
    longest = [max(turn.plan.count(" ; ") + 1 for turn in one.turns) for one in SCENARIOS]
    assert longest.count(8) >= 3
    assert len({one.name for one in SCENARIOS}) == len(SCENARIOS)


@pytest.fixture(scope="module")
def whole() -> Catalog:
    return discover()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_a_scenario_holds(scenario: Scenario, whole: Catalog, tmp_path: Path):
    settings = Settings(home=tmp_path, weights=tmp_path / "weights", llm="off")
    (one,) = acted([scenario], settings, whole, tmp_path)
    assert one.faults == (), one.transcript
    assert all(f"> {turn.says}" in one.transcript for turn in scenario.turns)


def test_a_planner_that_does_something_else_is_seen(whole: Catalog, tmp_path: Path):
    settings = Settings(home=tmp_path, weights=tmp_path / "weights", llm="off")
    wrong = [ScriptedPlanner([plan_of("to_mono(audio=@a1)")])]
    (one,) = acted([named("talking head")], settings, whole, tmp_path, lambda scenario: wrong)
    assert one.faults == (
        "turn 1: it ended as 'done', not as decline",
        "turn 1: 1 results are new, not 0",
    )
    assert "  s1: to_mono(audio=@a1)" in one.transcript
    assert "✗ it ended as 'done', not as decline" in one.transcript


def observed() -> Observed:
    """A trim that was done and a picture that was not, of the recording called sea."""
    trim, draw = plan_of("trim(audio=@a1, end=2.0) ; draw_waveform(audio=@s1)").steps
    sea = Artifact("id-1", Kind.AUDIO, "1", "", 1, "sea", {"duration": 4.0})
    recipe = Recipe("trim", 1, None, None, {}, ("id-1",))
    cut = Artifact("id-2", Kind.AUDIO, "2", "", 1, "sea.trimmed", {"duration": 2.0}, recipe)
    steps = (
        StepRecord(trim, outputs={"result": cut}, cached=True),
        StepRecord(draw, error=ToolFailed("It broke.", tool="draw_waveform")),
    )
    return Observed(
        outcome="partial",
        text="Partly done: 1 of 2 steps.",
        steps=steps,
        before={"a1": sea},
        after={"a1": sea, "a2": cut},
        made_from={"id-2": frozenset({"sea"})},
    )


MET: dict[str, Any] = {
    "outcome": ("done", "partial"),
    "made": 1,
    "done": ("trim",),
    "not_done": ("draw_waveform",),
    "duration": 2.0,
    "from_files": ("sea",),
    "says": ("partly DONE",),
    "handles": ("a1", "a2"),
    "cached": 1,
}


def test_what_holds_is_no_fault():
    assert unmet(Expected(**MET), observed()) == []


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("outcome", ("done",), "it ended as 'partial', not as done"),
        ("made", 2, "1 results are new, not 2"),
        ("done", ("trim", "trim"), "done: trim; wanted: trim, trim"),
        ("not_done", (), "not done: draw_waveform; wanted: nothing"),
        ("duration", 2.5, "the result lasts 2.00 s, not 2.5 s"),
        ("from_files", ("wind",), "it was made from sea, not from wind"),
        ("says", ("2 of 2",), "the reply does not say “2 of 2”"),
        ("handles", ("a1",), "there are a1, a2, not a1"),
        ("cached", 0, "1 steps were there already, not 0"),
    ],
)
def test_whatever_does_not_hold_is_a_fault(name: str, value: Any, fault: str):
    assert unmet(Expected(**{**MET, name: value}), observed()) == [fault]


def test_results_count_the_scenarios_of_each_kind():
    passed = Acted(SCENARIOS[0], (), "> said", 1.0)
    failed = Acted(SCENARIOS[-1], ("turn 1: no",), "> said", 1.0)
    results = results_of([passed, failed], 2)
    assert results["scores"]["passed"] == 0.5
    assert results["scores"]["passed_long_chain"] == 1.0
    assert results["scores"]["passed_context"] == 0.0
    assert results["scores"]["passed_error"] is None
    assert results["results"][1]["faults"] == ["turn 1: no"]


def test_malformed_scenarios_are_refused(tmp_path: Path):
    path = tmp_path / "scenarios.toml"
    with pytest.raises(ConfigError, match="cannot be read"):
        load_scenarios(path)
    path.write_text('[[scenario]]\nname = "x"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"scenario\.0\.kind"):
        load_scenarios(path)
    path.write_text("scenario = [", encoding="utf-8")
    with pytest.raises(ConfigError, match="not valid TOML"):
        load_scenarios(path)
