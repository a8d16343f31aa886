"""Requests to take sounds out of recordings, and questions about what is heard in them."""

import pytest

from tests.planner.situations import SITUATIONS, ask, plan_of, rows
from tonmeister.planner.answers import Decline
from tonmeister.registry import Catalog


@pytest.mark.parametrize(
    ("situation", "said", "calls"), [*rows("takeout_en.txt"), *rows("takeout_pt.txt")]
)
def test_a_clear_request_becomes_its_plan(
    situation: str, said: str, calls: str, catalog: Catalog
) -> None:
    assert ask(said, SITUATIONS[situation], catalog) == plan_of(calls)


@pytest.mark.parametrize(("situation", "said", "_"), list(rows("passed_on_takeout.txt")))
def test_a_near_miss_is_left_to_another_planner(
    situation: str, said: str, _: str, catalog: Catalog
) -> None:
    assert ask(said, SITUATIONS[situation], catalog) is None


@pytest.mark.parametrize("said", ["isolate the drums", "tira a bateria", "extract the bass"])
def test_single_instruments_are_declined(said: str, catalog: Catalog) -> None:
    assert isinstance(ask(said, SITUATIONS["one"], catalog), Decline)
