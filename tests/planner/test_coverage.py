"""A plan must use every amount, format, language and text that was stated."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tonmeister.artifacts import Artifact, Kind
from tonmeister.plan import Plan, Step
from tonmeister.planner.answers import Request
from tonmeister.planner.coverage import unused
from tonmeister.planner.dialect import parse_lines

TALK = Artifact("id", Kind.AUDIO, "sha", "audio/x-rf64", 1, "talk", {"duration": 60.0})


def request(text: str) -> Request:
    return Request(text, ("a1",), {"a1": TALK})


def plan(*calls: tuple[str, Mapping[str, object]]) -> Plan:
    steps = (
        Step(id=f"s{number}", tool=tool, args=dict(args))
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
        ("10 seconds from 0:30 on", plan(("transcribe", {"audio": "@a1[30:40]"}))),
        ("fade in and out 2 s", plan(("fade", {"audio": "@a1", "fade_in": 2, "fade_out": 2}))),
        ("fade in 2 s, fade out 2 s", plan(("fade", {"audio": "@a1", "fade_out": 2.0}))),
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


def test_one_number_does_not_serve_two_amounts() -> None:
    short = Artifact("id", Kind.AUDIO, "sha", "audio/x-rf64", 1, "talk", {"duration": 5.0})
    said = Request("lose the last 2 seconds and make it 3 dB hotter", ("a1",), {"a1": short})
    cut = ("trim", {"audio": "@a1", "end": 3.0})
    assert unused(said, plan(cut)) == ["3 dB"]
    assert unused(said, plan(cut, ("change_gain", {"audio": "@s1", "gain_db": 3.0}))) == []


def test_an_end_is_used_once_though_it_may_be_said_in_two_ways() -> None:
    cut = plan(("trim", {"audio": "@a1", "start": 0.0, "end": 50.0}))
    assert unused(request("lose the last 10 seconds, then fade for 50 s"), cut) == ["50 s"]


@pytest.mark.parametrize(
    ("text", "tool", "args"),
    [
        ("3 dB louder", "change_pitch", {"semitones": 3.0}),
        ("3 semitones up", "change_gain", {"gain_db": 3.0}),
        ("fade in for 3 seconds", "change_gain", {"gain_db": 3.0}),
        ("to -16 LUFS", "change_gain", {"gain_db": -16.0}),
        ("resample to 8000 Hz", "trim", {"end": 8000.0}),
    ],
)
def test_a_number_of_another_unit_does_not_count(
    text: str, tool: str, args: dict[str, object]
) -> None:
    assert len(unused(request(text), plan((tool, {"audio": "@a1", **args})))) == 1


def _recognised() -> list[tuple[str, str]]:
    tables = sorted(Path(__file__).parent.glob("recognized_*.txt"))
    lines = [line for table in tables for line in table.read_text("utf-8").splitlines()]
    return [(said, calls) for said, _, calls in (line.partition(" => ") for line in lines)]


def test_what_the_recognizer_plans_gives_no_false_alarm() -> None:
    alarms: dict[str, list[str]] = {}
    for said, calls in _recognised():
        numbered = (f"s{n}: {call}" for n, call in enumerate(calls.split(" ; "), 1))
        whole = parse_lines("\n".join(numbered))
        assert isinstance(whole, Plan)
        alarms[said] = unused(request(said), whole)
    assert len(alarms) > 250
    assert {said: left for said, left in alarms.items() if left} == {}
