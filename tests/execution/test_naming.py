"""Names that results get from what was said."""

import pytest

from tonmeister.artifacts import Kind
from tonmeister.execution.naming import name_of_result, parse_name, said_name
from tonmeister.plan import Plan, Step
from tonmeister.registry import discover

TOOLS = discover().tools


def names(*said: str) -> list[str]:
    steps = tuple(
        Step(id=f"s{number}", tool="generate_sound", args={"description": words, "seed": number})
        for number, words in enumerate(said, 1)
    )
    return [said_name(step, Plan(steps=steps), TOOLS) for step in steps]


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("rain", "rain"),
        ("a dog barking", "dog-barking"),
        ("um cão a ladrar", "cao-a-ladrar"),
        ("The 440 Hz tone!", "440-hz-tone"),
        ("rain, thunder & a/../wind", "rain-thunder-a-wind"),
        ("雨の音", "雨の音"),
        ("बारिश", "बारिश"),
        ("a busy street with a distant siren and people talking", None),
        ("x" * 300, "x" * 40),
        ("a", "a"),
        ("?!", ""),
    ],
)
def test_a_sound_is_called_what_was_asked_for(said: str, name: str | None):
    expected = "busy-street-with-a-distant-siren-and" if name is None else name
    assert names(said) == [expected]


def test_further_takes_of_one_request_are_numbered_in_the_order_of_the_plan():
    assert names("a dog barking", "dog barking", "rain", "dog barking") == [
        "dog-barking",
        "dog-barking.take2",
        "rain",
        "dog-barking.take3",
    ]


def test_what_lies_beside_keeps_the_stem_and_a_tool_without_words_is_called_by_its_suffix():
    tool = TOOLS["generate_sound"]
    made = [str(name_of_result(tool, "sound", Kind.AUDIO, (), "rain.take2"))]
    made.append(str(name_of_result(tool, "credits", Kind.FILE, (), "rain.take2")))
    made.append(str(name_of_result(tool, "sound", Kind.AUDIO, (), "")))
    assert made == ["rain.take2", "rain.take2.credits", "sound"]
    faded = name_of_result(TOOLS["fade"], "result", Kind.AUDIO, [parse_name("rain.take2", TOOLS)])
    assert str(faded) == f"rain.take2.{TOOLS['fade'].suffix}"
    fade = Step(id="s1", tool="fade", args={"audio": "@a1"})
    assert said_name(fade, Plan(steps=(fade,)), TOOLS) == ""
