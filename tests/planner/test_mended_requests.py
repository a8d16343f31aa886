"""Requests that a person made and that were once not understood."""

import pytest

from tests.planner.situations import SITUATIONS, ask, plan_of, rows
from tonmeister.planner.answers import Decline, Question
from tonmeister.registry import Catalog


@pytest.mark.parametrize(("situation", "said", "calls"), list(rows("mended_requests.txt")))
def test_a_clear_request_becomes_its_plan(
    situation: str, said: str, calls: str, catalog: Catalog
) -> None:
    assert ask(said, SITUATIONS[situation], catalog) == plan_of(calls)


@pytest.mark.parametrize(("situation", "said", "_"), list(rows("passed_on_mended.txt")))
def test_a_near_miss_is_left_to_another_planner(
    situation: str, said: str, _: str, catalog: Catalog
) -> None:
    assert ask(said, SITUATIONS[situation], catalog) is None


@pytest.mark.parametrize(
    ("said", "missing"),
    [
        ("compose a happy piano song", "composes music"),
        ("play it backwards", "backwards"),
        ("toca isto ao contrário", "ao contrário"),
    ],
)
def test_what_no_tool_does_is_said(said: str, missing: str, catalog: Catalog) -> None:
    answer = ask(said, SITUATIONS["one"], catalog)
    assert isinstance(answer, Decline) and missing in answer.missing


def test_of_two_stems_neither_is_it(catalog: Catalog) -> None:
    """The control of "it" after a sound was removed."""
    assert isinstance(ask("save it as mp3", SITUATIONS["parted"], catalog), Question)
