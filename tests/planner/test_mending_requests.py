"""Requests to mend a recording in words: what they become, and what must be left to others."""

import pytest

from tests.planner.situations import SITUATIONS, ask, plan_of, rows
from tonmeister.plan import Plan
from tonmeister.registry import Catalog


@pytest.mark.parametrize(
    ("situation", "said", "calls"), [*rows("mending_en.txt"), *rows("mending_pt.txt")]
)
def test_a_clear_request_to_mend_becomes_its_plan(
    situation: str, said: str, calls: str, catalog: Catalog
) -> None:
    assert ask(said, SITUATIONS[situation], catalog) == plan_of(calls)


@pytest.mark.parametrize(("situation", "said", "_"), list(rows("passed_on_mending.txt")))
def test_a_near_miss_is_left_to_another_planner(
    situation: str, said: str, _: str, catalog: Catalog
) -> None:
    assert not isinstance(ask(said, SITUATIONS[situation], catalog), Plan)
