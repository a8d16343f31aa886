"""Requests about tone, level, rooms, comparisons and scenes: what they become, and what is left."""

from collections.abc import Iterator

import pytest

from tests.planner.situations import SITUATIONS, Situation, artifact, ask, plan_of, rows
from tonmeister.plan import Plan
from tonmeister.planner.answers import PastTurn, Request
from tonmeister.planner.coverage import unused
from tonmeister.registry import Catalog

A, B, C = artifact("a1", "a"), artifact("a2", "b"), artifact("a3", "c")
WARMED = plan_of("apply_preset(audio=@a1, preset='warmer')")
HERE = {
    **SITUATIONS,
    "ab": Situation(A, B),
    "abc": Situation(A, B, C),
    "edited": Situation(
        artifact("a1", "talk"),
        artifact("a2", "talk.preset", "audio", "apply_preset"),
        history=(PastTurn("make it warmer", WARMED, ("a1",), ("a2",), {}),),
    ),
}
TOOLS = frozenset(
    {
        *("equalize", "compress", "limit", "gate", "de_ess", "stereo_width", "reverb"),
        *("apply_preset", "compare_audio", "spatialize_scene"),
    }
)


def said(language: str) -> Iterator[tuple[str, str, str]]:
    yield from rows(f"effects_{language}.txt")


@pytest.mark.parametrize(("situation", "words", "calls"), [*said("en"), *said("pt")])
def test_a_clear_request_about_effects_becomes_its_plan(
    situation: str, words: str, calls: str, catalog: Catalog
) -> None:
    assert ask(words, HERE[situation], catalog) == plan_of(calls)


@pytest.mark.parametrize(("situation", "words", "_"), list(rows("passed_on_effects.txt")))
def test_a_near_miss_is_left_to_another_planner(
    situation: str, words: str, _: str, catalog: Catalog
) -> None:
    assert not isinstance(ask(words, HERE[situation], catalog), Plan)


def test_every_effect_has_wordings_in_both_languages() -> None:
    for language in ("en", "pt"):
        worded = {step.tool for _, _, calls in said(language) for step in plan_of(calls).steps}
        assert worded >= TOOLS


@pytest.mark.parametrize(("situation", "words", "calls"), [*said("en"), *said("pt")])
def test_every_amount_that_is_said_counts_as_used(situation: str, words: str, calls: str) -> None:
    here = HERE[situation]
    request = Request(words, here.files, here.artifacts, here.history)
    if "spatialize" not in calls and ":1" not in words:
        assert unused(request, plan_of(calls)) == []
