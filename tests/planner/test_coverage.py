"""A plan must use every amount, format, language and text that was stated."""

import pytest

from tonmeister.artifacts import Artifact, Kind
from tonmeister.plan import Plan, Step
from tonmeister.planner.answers import Request
from tonmeister.planner.coverage import unused

TALK = Artifact("id", Kind.AUDIO, "sha", "audio/x-rf64", 1, "talk", {"duration": 60.0})


def request(text: str) -> Request:
    return Request(text, ("a1",), {"a1": TALK})


def plan(*calls: tuple[str, dict[str, object]]) -> Plan:
    steps = (
        Step(id=f"s{number}", tool=tool, args=args)
        for number, (tool, args) in enumerate(calls, start=1)
    )
    return Plan(steps=tuple(steps))


def test_a_forgotten_loudness_and_format_are_named() -> None:
    half = plan(("normalize_loudness", {"audio": "@a1"}))
    said = request("tame the peaks: bring it to minus 19 LUFS, then give me an mp3")
    assert unused(said, half) == ["-19 LUFS", "'mp3'"]


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("to -19 LUFS", plan(("normalize_loudness", {"audio": "@a1", "target_lufs": -19.0}))),
        ("remove the last 10 seconds", plan(("trim", {"audio": "@a1", "end": 50.0}))),
        ("20 % slower", plan(("change_speed", {"audio": "@a1", "factor": 0.8}))),
        ("3 times as fast", plan(("change_speed", {"audio": "@a1", "factor": 3.0}))),
        ("transcribe the first 5 seconds", plan(("transcribe", {"audio": "@a1[0:5]"}))),
        ("in French", plan(("transcribe", {"audio": "@a1", "language": "fr"}))),
    ],
)
def test_an_amount_counts_as_used_in_whatever_form_the_tool_takes_it(
    text: str, whole: Plan
) -> None:
    assert unused(request(text), whole) == []


def test_amounts_inside_a_text_to_read_are_not_instructions() -> None:
    spoken = plan(("synthesize_speech", {"text": "wait 5 seconds, then 3 more", "language": "en"}))
    assert unused(request("read this in English: wait 5 seconds, then 3 more"), spoken) == []


def test_a_plan_that_speaks_another_text_is_noticed() -> None:
    spoken = plan(("synthesize_speech", {"text": "goodbye"}))
    assert unused(request('say "good morning to you"'), spoken) == ["'good morning to you'"]
