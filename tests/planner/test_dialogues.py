"""What a few words mean after what was done before: references, variations, commands."""

from pathlib import Path

import pytest

from tests.planner.conversations import answer_of, conversations
from tests.planner.situations import Situation, ask
from tonmeister.planner.answers import Question
from tonmeister.registry import Catalog, discover

TABLE = Path(__file__).parent / "dialogues.txt"
ROWS = list(conversations(TABLE, discover().offered.tools))
UNDERSTOOD = [row for row in ROWS if row[3] != "nothing"]
PASSED_ON = [row for row in ROWS if row[3] == "nothing"]


@pytest.mark.parametrize(
    ("situation", "said", "expected"),
    [pytest.param(*row[1:], id=f"{row[0]}: {row[2]}") for row in UNDERSTOOD],
)
def test_few_words_mean_what_the_conversation_makes_them_mean(
    situation: Situation, said: str, expected: str, catalog: Catalog
) -> None:
    answer, wanted = ask(said, situation, catalog), answer_of(expected)
    assert isinstance(answer, Question) if wanted is Question else answer == wanted, answer


@pytest.mark.parametrize(
    ("situation", "said"),
    [pytest.param(*row[1:3], id=f"{row[0]}: {row[2]}") for row in PASSED_ON],
)
def test_what_could_mean_something_else_is_left_to_another_planner(
    situation: Situation, said: str, catalog: Catalog
) -> None:
    assert ask(said, situation, catalog) is None


def test_the_table_is_as_large_as_it_claims() -> None:
    assert len(UNDERSTOOD) >= 120
    assert len(PASSED_ON) >= 40
