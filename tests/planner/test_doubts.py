"""Plans that are valid and call the right tools, and are doubtful all the same."""

import pytest

from tests.planner.situations import SITUATIONS, plan_of
from tonmeister.planner.answers import Request
from tonmeister.planner.doubts import doubtful, without_twins
from tonmeister.planner.recognizer import language_of
from tonmeister.registry import discover


@pytest.mark.parametrize(
    ("situation", "text", "calls", "expected"),
    [
        ("one", "make it louder", "change_gain(audio=@a1, gain_db=3.0)", False),
        ("two", "make a good level of it", "normalize_loudness(audio=@a1)", True),
        ("two", "the second file to a good level", "normalize_loudness(audio=@a2)", False),
        ("two", "the second file to a good level", "normalize_loudness(audio=@a1)", True),
        ("two", "join them", "join(recordings=[@a1, @a2])", False),
        (
            "one",
            "clean it and make it louder",
            "enhance_speech(audio=@a1) ; change_gain(audio=@a1, gain_db=3.0)",
            True,
        ),
        (
            "one",
            "clean it and make it louder",
            "enhance_speech(audio=@a1) ; change_gain(audio=@s1, gain_db=3.0)",
            False,
        ),
        ("one", "who speaks, and what", "transcribe(audio=@a1) ; diarize(audio=@a1)", False),
    ],
)
def test_a_guess_or_a_fork_is_doubtful(
    situation: str, text: str, calls: str, expected: bool
) -> None:
    here = SITUATIONS[situation]
    request = Request(text, here.files, here.artifacts, here.history, language_of(text))
    assert doubtful(plan_of(calls), request, discover().offered) is expected


def test_the_same_step_is_made_once() -> None:
    twice = plan_of("describe_audio(audio=@a1) ; describe_audio(audio=@a1)")
    assert without_twins(twice) == plan_of("describe_audio(audio=@a1)")
    used = plan_of("fade(audio=@a1) ; fade(audio=@a1) ; to_mono(audio=@s2)")
    assert without_twins(used) == used
