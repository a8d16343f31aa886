"""What is shown when a request is not understood: examples that work, near to what was asked."""

import pytest

from tests.planner.situations import SITUATIONS, ask
from tonmeister.plan import Plan
from tonmeister.planner.answers import Request
from tonmeister.planner.slots import language_of
from tonmeister.planner.suggestions import load_examples, suggestions
from tonmeister.registry import Catalog

WITHOUT_RECORDING = ("generate_sound", "synthesize_speech")


def shown(text: str, catalog: Catalog) -> str:
    return suggestions(Request(text, (), {}, (), language_of(text)), catalog)


@pytest.mark.parametrize(
    ("tool", "words"),
    [(one.tool, words) for one in load_examples() for words in one.words.values()],
)
def test_every_example_works_as_it_stands(tool: str, words: str, catalog: Catalog) -> None:
    situation = SITUATIONS["none" if tool in WITHOUT_RECORDING else "one"]
    answer = ask(words, situation, catalog)
    assert isinstance(answer, Plan) and answer.steps[-1].tool == tool


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("can you turn the vocals of my song into a separate thing?", "separate the vocals"),
        ("the bass is thin, boost that bass drastically", "boost the bass by 4 dB"),
        ("põe os graves da canção a rebentar", "aumenta os graves 4 dB"),
        ("legendas bonitas, coloridas e em srt", "legendas em srt"),
    ],
)
def test_the_nearest_examples_are_shown_in_the_language_of_the_request(
    text: str, near: str, catalog: Catalog
) -> None:
    assert near in shown(text, catalog)


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("please book me a flight to Rome", "For example: “transcribe it”"),
        ("qual é a capital de França?", "Por exemplo: “transcreve isto”"),
    ],
)
def test_what_is_near_to_nothing_gets_a_short_general_list(
    text: str, head: str, catalog: Catalog
) -> None:
    assert shown(text, catalog).startswith(head)
