"""Requests about sounds that are heard, in two languages, and what must be left to others."""

import pytest

from tests.planner.situations import SITUATIONS, Situation, artifact, ask, plan_of, rows
from tonmeister.planner.answers import PastTurn
from tonmeister.registry import Catalog

HERE = {
    **SITUATIONS,
    "heard": Situation(
        artifact("a1", "talk"),
        artifact("a2", "talk.sounds", "events", "detect_sounds"),
        history=(
            PastTurn("what is heard?", plan_of("detect_sounds(audio=@a1)"), ("a1",), ("a2",), {}),
        ),
    ),
}


@pytest.mark.parametrize(
    ("situation", "said", "calls"), [*rows("sounds_en.txt"), *rows("sounds_pt.txt")]
)
def test_a_clear_request_about_sounds_becomes_its_plan(
    situation: str, said: str, calls: str, catalog: Catalog
) -> None:
    assert ask(said, HERE[situation], catalog) == plan_of(calls)


@pytest.mark.parametrize(("situation", "said", "_"), list(rows("passed_on_sounds.txt")))
def test_a_near_miss_is_left_to_another_planner(
    situation: str, said: str, _: str, catalog: Catalog
) -> None:
    assert ask(said, HERE[situation], catalog) is None
