"""Scores of answers made by hand, whose truth is known."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from tonmeister.checkpoints import CheckpointCache
from tonmeister.config import Settings
from tonmeister.errors import LLMError, PlanError, TonmeisterError
from tonmeister.evaluation.planning.answers import Judged, judge
from tonmeister.evaluation.planning.cases import Case, plan_of
from tonmeister.evaluation.planning.scores import SCORES, groups, reliability, scores
from tonmeister.evaluation.planning.suite import judged_cases, results_of
from tonmeister.planner.answers import Answer, Chat, Command, Decline, Question
from tonmeister.planner.choice import Planners
from tonmeister.planner.llm import LLMPlanner
from tonmeister.planner.recognizer import Recognizer
from tonmeister.registry import Catalog
from tonmeister.testing import ScriptedLLM, ScriptedPlanner


@pytest.fixture
def judged(cases: list[Case], catalog: Catalog) -> list[Judged]:
    """Answers to all cases: who gave them, and whether they are right, stands in the table."""
    transcribed = plan_of("transcribe(audio=@a1)")
    error = LLMError("The language model's answer is no plan.")
    table: dict[str, tuple[str, Answer | TonmeisterError]] = {
        "transcribe this recording": ("recognizer", transcribed),
        "what is said in this recording?": ("embedded", Decline("No.")),
        "transcreve esta gravação": ("recognizer", plan_of("transcribe(audio=@a1, language='pt')")),
        "cut from 0:12 to 0:31, normalise to -16 LUFS and save as flac": ("", error),
        "corta de 0:12 a 0:31 e guarda em mp3": (
            "embedded",
            plan_of(
                "trim(audio=@a1, start=12.0, end=31.0) ; convert_format(audio=@s1, format='mp3')"
            ),
        ),
        "hello": ("recognizer", Chat("Hello.")),
        "olá": ("embedded", transcribed),
        "tell me whether the interviewer is any good at her job": ("none", Decline("Nobody.")),
        "undo": ("recognizer", Command("undo")),
        "desfaz": ("recognizer", Command("redo")),
        "bring its soul out": ("embedded", Question("How?")),
        "brilha": ("embedded", Question("Como?")),
    }
    answers: list[Judged] = []
    for number, case in enumerate(cases):
        planner, answer = table[case.text]
        failed = answer if isinstance(answer, TonmeisterError) else None
        given = None if isinstance(answer, TonmeisterError) else answer
        answers.append(
            judge(
                case,
                given,
                catalog.tools,
                planner=planner,
                sure=planner == "recognizer",
                error=failed,
                seconds=float(number),
                calls=planner == "embedded",
                tokens=100 * (planner == "embedded"),
                cached=80 * (planner == "embedded"),
            )
        )
    return answers


def test_scores_are_those_counted_by_hand(judged: list[Judged]):
    found = scores(judged)
    assert set(found) == set(SCORES)
    assert found["cases"] == 12
    # transcribe, the Portuguese cut, hello, the interviewer, undo, and the question about the soul
    assert found["right"] == pytest.approx(6 / 12)
    assert found["exact"] == pytest.approx(3 / 7)
    assert found["refusal_recall"] == 1.0
    assert found["refusal_precision"] == pytest.approx(1 / 2)
    assert found["false_refusals"] == pytest.approx(1 / 7)  # a question is no refusal
    assert found["recognised"] == pytest.approx(5 / 12)
    assert found["recognised_precision"] == pytest.approx(3 / 5)
    assert found["errors"] == 1
    assert found["seconds_median"] == pytest.approx(5.5)
    assert found["seconds_p95"] == 11.0
    assert found["calls"] == pytest.approx(5 / 12)
    assert found["tokens"] == pytest.approx(500 / 12)
    assert found["fresh_tokens"] == pytest.approx(100 / 12)


def test_refusals_errors_and_unwanted_questions_lose_all_tools_of_the_plan(judged: list[Judged]):
    found = scores(judged)
    # Right: transcribe twice, trim and convert_format. Lost: transcribe, three of the chain, and
    # enhance_speech for the question in Portuguese, which only a plan answers.
    assert found["tool_f1"] == pytest.approx(2 * 4 / (2 * 4 + 1 + 3 + 1))
    assert found["edge_f1"] == pytest.approx(2 * 4 / (2 * 4 + 1 + 3 + 1))
    # Right: start, end, format. Lost: start, end, format of the chain; its loudness is the default.
    # Extra: a language that nobody named.
    assert found["argument_accuracy"] == pytest.approx(3 / (3 + 3 + 1))


def test_groups_hold_every_answer_once(judged: list[Judged]):
    found = groups(judged)
    assert set(found) >= {"split", "language", "category", "family", "planner"}
    for parts in found.values():
        assert sum(part["cases"] for part in parts.values()) == len(judged)
    assert found["language"]["pt"]["cases"] == 5
    assert found["planner"]["error"]["errors"] == 1
    assert found["category"]["talk"]["exact"] is None  # no plan is wanted there


def test_reliability_tells_how_often_sure_answers_are_right(judged: list[Judged]):
    sure, unsure = reliability(judged)
    assert (sure["level"], sure["answers"], sure["right"]) == ("sure", 5, pytest.approx(3 / 5))
    assert (sure["plans"], sure["exact"]) == (2, pytest.approx(1 / 2))
    assert (unsure["level"], unsure["answers"]) == ("unsure", 6)  # an error claims nothing


def test_every_result_is_in_the_results_with_what_was_said(judged: list[Judged]):
    results = results_of(judged, len(judged))
    assert results["complete"]
    assert len({one["key"] for one in results["results"]}) == 12
    (error,) = [one for one in results["results"] if one["kind"] == "error"]
    assert error["said"].startswith("LLMError: ")
    assert error["distance"]["tools"] == {"right": 0, "missing": 3, "extra": 0}
    assert not results_of(judged[:3], len(judged))["complete"]


def planned(
    cases: Iterable[Case], catalog: Catalog, tmp_path: Path, *planners: object
) -> list[Judged]:
    settings = Settings(home=tmp_path, weights=tmp_path, llm="off")
    given = Planners(settings, CheckpointCache(tmp_path), catalog, planners)  # type: ignore[arg-type]
    return list(judged_cases(cases, given, catalog))


def test_planners_are_asked_as_in_a_conversation(
    cases: list[Case], catalog: Catalog, tmp_path: Path
):
    scripted = ScriptedPlanner([plan_of("enhance_speech(audio=@a2)")])
    scripted.name = "embedded"  # a language model is sure only when the router agrees
    chosen = [case for case in cases if case.text in ("transcribe this recording", "brilha")]
    first, last = planned(chosen, catalog, tmp_path, Recognizer(), scripted)
    assert (first.planner, first.right, first.sure) == ("recognizer", True, True)
    assert (last.planner, last.right, last.sure) == ("embedded", True, False)
    assert scripted.requests[0].history[0].request == "clean this up"
    assert first.seconds > 0.0


def test_invented_tools_and_unreadable_answers_count_as_errors(
    cases: list[Case], catalog: Catalog, tmp_path: Path
):
    chosen = [case for case in cases if case.family == "single/transcribe"]
    invented = '{"steps": [{"tool": "write_it_down", "args": {"audio": "@a1"}}]}'
    llm = ScriptedLLM(["No idea.", "None at all.", *[invented] * 3, invented])
    judged = planned(chosen, catalog, tmp_path, LLMPlanner("remote", llm))
    assert [one.kind for one in judged] == ["error"] * 3
    assert judged[0].said.startswith(LLMError.__name__)
    assert judged[1].said.startswith(PlanError.__name__)
    assert not any(one.right for one in judged)
    assert scores(judged)["tool_f1"] == 0.0
