from typing import Any

import pytest

from tonmeister.artifacts import (
    Measurement,
    Region,
    SoundEvent,
    SoundEvents,
    SpeakerTurn,
    SpeakerTurns,
    SpeechRegions,
)
from tonmeister.checks import CHECKS, StepFacts, check_step, word_error_rate
from tonmeister.registry import discover
from tonmeister.wording import CLAIMS


def passed(claim: str, *, value: object = None, **facts: dict[str, Any]) -> bool | None:
    given = StepFacts(
        facts.get("arguments", {}), facts.get("inputs", {}), facts.get("output", {}), value
    )
    (finding,) = check_step([claim], given)
    assert finding.finding
    return finding.passed


LONG = {"duration": 10.0}


SHAPE = {"sample_rate": 8000, "num_channels": 1}
SPOKEN = {"duration": 10.0, "num_segments": 4, "num_words": 90}
TEXT = {"text": "Bom dia a todos"}
SCRIPT = {"text": "ANA: Hoje é 24/5. [pause 1]\nRUI: E {chove|/ˈʃɔvi/}."}


@pytest.mark.parametrize(
    ("claim", "arguments", "inputs", "output", "expected"),
    [
        ("audible", {}, {}, {"peak_db": -20.0}, True),
        ("audible", {}, {}, {"peak_db": -90.0}, False),
        ("audible", {}, {}, {"peak_db": None}, False),
        ("unclipped", {}, {}, {"peak_db": -0.1}, True),
        ("unclipped", {}, {}, {"peak_db": 1.5}, False),
        ("duration_kept", {}, LONG, {"duration": 10.01}, True),
        ("duration_kept", {}, LONG, {"duration": 9.5}, False),
        ("duration_kept", {}, {}, {"duration": 9.5}, None),
        ("loudness_reached", {"target_lufs": -16}, {}, {"loudness_lufs": -16.4}, True),
        ("loudness_reached", {"target_lufs": -16}, {}, {"loudness_lufs": -17.0}, False),
        ("loudness_reached", {"target_lufs": -16}, {}, {}, None),
        ("duration_scaled", {"factor": 2.0}, LONG, {"duration": 5.0}, True),
        ("duration_scaled", {"factor": 2.0}, LONG, LONG, False),
        ("duration_is_range", {"start": 2.0, "end": 5.0}, LONG, {"duration": 3.0}, True),
        ("duration_is_range", {"start": None, "end": None}, LONG, LONG, True),
        ("duration_is_range", {"start": 2.0}, LONG, LONG, False),
        ("rate_is", {"sample_rate": 8000}, {}, {"sample_rate": 8000}, True),
        ("rate_is", {"sample_rate": 8000}, {}, {"sample_rate": 16000}, False),
        ("rate_not_lowered", {}, {"sample_rate": 8000}, {"sample_rate": 48000}, True),
        ("rate_not_lowered", {}, {"sample_rate": 8000}, {"sample_rate": 4000}, False),
        ("rate_not_lowered", {}, {}, {"sample_rate": 4000}, None),
        ("is_mono", {}, {}, {"num_channels": 2}, False),
        ("is_stereo", {}, {}, {"num_channels": 2}, True),
        ("is_stereo", {}, {}, {"num_channels": 1}, False),
        ("shape_kept", {}, SHAPE, SHAPE, True),
        ("shape_kept", {}, {**SHAPE, "num_channels": 2}, SHAPE, False),
        ("file_not_empty", {}, {}, {"size": 0}, False),
        ("file_not_empty", {}, {"num_words": 0}, {"size": 0}, True),
        ("file_not_empty", {}, {"num_words": 3}, {"size": 0}, False),
        ("says_the_text", TEXT, {}, {"heard": "bom dia à todos."}, True),
        ("says_the_text", TEXT, {}, {"heard": "la la la"}, False),
        ("says_the_text", TEXT, {}, {}, None),
        ("says_the_text", {"text": None}, {}, {"heard": "bom dia"}, None),
        (
            "says_the_text",
            {"text": "No século XX pagaram R$ 2,99 por 5 km, disse o Sr. Silva."},
            {},
            {"heard": "no século vinte pagaram por cinco quilómetros disse o senhor silva"},
            True,
        ),
        # The same words in the other script, and with another character of the same sound.
        ("says_the_text", {"text": "今天天气很好。"}, {}, {"heard": "今天天氣很好"}, None),
        ("says_the_text", {"text": "今日は天気がいい。"}, {}, {"heard": "京は天気がいい"}, None),
        ("duration_as_asked", {}, {}, {"duration": 8.0}, True),
        ("duration_as_asked", {"duration": None}, {}, {"duration": 8.0}, True),
        ("duration_as_asked", {"duration": 9.0}, {}, {"duration": 8.0}, False),
        ("duration_as_asked", {}, {}, {}, None),
        ("timing_kept", {}, SPOKEN, SPOKEN, True),
        ("timing_kept", {}, SPOKEN, {**SPOKEN, "num_segments": 3}, False),
        ("timing_kept", {}, LONG, {"duration": 11.0}, False),
        ("timing_kept", {}, {}, LONG, None),
        (
            "translated_whole",
            {"text": "Good morning", "language": "pt"},
            {},
            {"num_words": 2},
            True,
        ),
        ("translated_whole", {"language": "pt"}, SPOKEN, {"num_words": 80}, True),
        ("translated_whole", {"language": "pt"}, SPOKEN, {"num_words": 20}, False),
        ("translated_whole", {"language": "pt"}, SPOKEN, {"num_words": 300}, False),
        ("translated_whole", {"language": "ja"}, SPOKEN, {"num_words": 1}, None),
        ("says_the_text", SCRIPT, {}, {"heard": "hoje é vinte e quatro de maio e chove"}, True),
        ("says_the_text", SCRIPT, {}, {"heard": "la la vinte e quatro la la"}, False),
        (
            "says_the_text",  # with all its short words gone it says the opposite
            {"text": "No, I do not owe you 5 euros, and he is not in on it."},
            {},
            {"heard": "owe euros"},
            False,
        ),
        (
            "says_the_text",
            {"text": "No, I do not owe you 5 euros, and he is not in on it."},
            {},
            {"heard": "no i do not owe you five euros and he is not in on it"},
            True,
        ),
        ("says_the_text", {"text": "24/11/2026"}, {}, {"heard": "vinte e quatro"}, None),
    ],
)
def test_a_claim_holds_only_when_it_was_measured(
    claim: str,
    arguments: dict[str, Any],
    inputs: dict[str, Any],
    output: dict[str, Any],
    expected: bool | None,
):
    assert passed(claim, arguments=arguments, inputs=inputs, output=output) is expected


def test_times_outside_the_recording_are_found():
    inside = SpeechRegions((Region(0.0, 2.0),), 3.0)
    outside = SoundEvents((SoundEvent(1.0, 9.0, "Bell", 0.9),), 3.0)
    backwards = SpeechRegions((Region(2.0, 1.0),), 3.0)
    assert passed("times_inside", value=inside, inputs={"duration": 3.0}) is True
    assert passed("times_inside", value=outside, inputs={"duration": 3.0}) is False
    assert passed("times_inside", value=backwards, inputs={"duration": 3.0}) is False
    late = SpeakerTurns((SpeakerTurn(1.0, 9.0, "SPEAKER_00"),), 3.0)
    assert passed("times_inside", value=late, inputs={"duration": 3.0}) is False


def test_another_number_of_speakers_than_was_asked_for_is_found():
    one = SpeakerTurns((SpeakerTurn(0.0, 1.0, "A"), SpeakerTurn(1.0, 2.0, "A")), 3.0)
    two = SpeakerTurns((SpeakerTurn(0.0, 1.0, "A"), SpeakerTurn(1.0, 2.0, "B")), 3.0)
    asked = {"num_speakers": 2}
    assert passed("speakers_as_asked", value=two, arguments=asked) is True
    assert passed("speakers_as_asked", value=one, arguments=asked) is False
    assert passed("speakers_as_asked", value=one, arguments={"num_speakers": None}) is True


def test_opinions_outside_their_scale_are_found():
    for score, expected in ((3.2, True), (0.4, False), (5.6, False), (None, None)):
        rated = Measurement({"dnsmos_sig_mos": score, "snr_db": 40.0})
        assert passed("opinion_in_range", value=rated) is expected


def test_invalid_samples_are_always_looked_for():
    (finding,) = check_step([], StepFacts({}, {}, {"num_bad_samples": 7}))
    assert (finding.claim, finding.passed) == ("finite", False)


def test_a_claim_of_a_plugin_that_no_check_knows_is_not_passed():
    assert passed("sounds_nice") is None


def test_a_check_without_its_facts_is_not_passed():
    for claim in CHECKS:
        assert passed(claim) is not True


def test_every_claim_of_the_catalog_has_a_check_and_words():
    for spec in discover().tools.values():
        assert set(spec.claims) <= set(CHECKS), spec.name
    for words in CLAIMS.values():
        assert set(words) == {*CHECKS, "finite"}


@pytest.mark.parametrize(
    ("said", "heard", "rate"),
    [
        ("one two three", "One, two: three!", 0.0),
        ("one two three", "one three", 1 / 3),
        ("one two", "one two three four", 1.0),
        ("São João", "sao joao", 0.0),
        ("", "", 0.0),
        ("", "word", 1.0),
        ("one", "", 1.0),
    ],
)
def test_word_error_rate_counts_edits_per_word(said: str, heard: str, rate: float):
    assert word_error_rate(said, heard) == pytest.approx(rate)
