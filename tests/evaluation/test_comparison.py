"""When two plans are the same, and how far they are apart when they are not."""

import pytest

from tonmeister.evaluation.planning.cases import plan_of
from tonmeister.evaluation.planning.comparison import Counts, distance, same_plan
from tonmeister.registry import Catalog

CHAIN = "trim(audio=@a1, start=12.0, end=31.0) ; transcribe(audio=@s1) ; draw_waveform(audio=@s1)"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (CHAIN, CHAIN),
        (
            CHAIN,
            "trim(audio=@a1, start=12, end=31.004) ; draw_waveform(audio=@s1) ; "
            "transcribe(audio=@s1)",
        ),
        (
            "to_mono(audio=@a1) ; to_mono(audio=@a2) ; join(recordings=[@s1, @s2])",
            "to_mono(audio=@a2) ; to_mono(audio=@a1) ; join(recordings=[@s2, @s1])",
        ),
        ("enhance_speech(audio=@a1)", "enhance_speech(audio=@a1, strength=1.0)"),
        ("transcribe(audio=@a1)", "transcribe(audio=@a1, language=None)"),
        ("transcribe(audio=@a1)", "transcribe(audio=@a1[0.0:])"),
        ("transcribe(audio=@a1[2.0:4.0])", "transcribe(audio=@a1[2:4])"),
        (
            "to_mono(audio=@a1) ; transcribe(audio=@s1)",
            "to_mono(audio=@a1) ; transcribe(audio=@s1.result)",
        ),
        ("synthesize_speech(text='Bom  dia ')", "synthesize_speech(text='bom dia')"),
    ],
)
def test_plans_that_come_to_the_same_are_the_same(catalog: Catalog, one: str, other: str):
    assert same_plan(plan_of(one), plan_of(other), catalog.tools)
    assert same_plan(plan_of(other), plan_of(one), catalog.tools)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (CHAIN, CHAIN.replace("31.0", "32.0")),
        (CHAIN, CHAIN.replace("draw_waveform(audio=@s1)", "draw_waveform(audio=@a1)")),
        (CHAIN, CHAIN.replace("transcribe", "describe_audio")),
        (CHAIN, f"{CHAIN} ; draw_spectrogram(audio=@s1)"),
        ("transcribe(audio=@a1)", "transcribe(audio=@a2)"),
        ("transcribe(audio=@a1)", "transcribe(audio=@a1, language='pt')"),
        ("transcribe(audio=@a1)", "transcribe(audio=@a1) on whisper-base"),
        ("transcribe(audio=@a1)", "transcribe(audio=@a1[2.0:])"),
        ("transcribe(audio=@a1[2.0:])", "transcribe(audio=@a1[2.0:9.0])"),
        (
            "separate_stems(audio=@a1) ; to_mono(audio=@s1.vocals)",
            "separate_stems(audio=@a1) ; to_mono(audio=@s1.accompaniment)",
        ),
        ("join(recordings=[@a1, @a2])", "join(recordings=[@a2, @a1])"),
        (
            "to_mono(audio=@a1) ; change_gain(audio=@s1, gain_db=3.0)",
            "change_gain(audio=@a1, gain_db=3.0) ; to_mono(audio=@s1)",
        ),
        ("synthesize_speech(text='Bom dia')", "synthesize_speech(text='Boa tarde')"),
    ],
)
def test_one_difference_that_matters_makes_another_plan(catalog: Catalog, one: str, other: str):
    assert not same_plan(plan_of(one), plan_of(other), catalog.tools)
    assert not same_plan(plan_of(other), plan_of(one), catalog.tools)


def test_the_distance_counts_tools_edges_and_values(catalog: Catalog):
    wanted = plan_of(
        "trim(audio=@a1, start=12.0, end=31.0) ; normalize_loudness(audio=@s1, target_lufs=-16.0)"
        " ; convert_format(audio=@s2, format='mp3')"
    )
    given = plan_of(
        "trim(audio=@a1, start=12.0, end=30.0) ; convert_format(audio=@s1, format='mp3') ; "
        "draw_waveform(audio=@s1)"
    )
    far = distance(given, wanted, catalog.tools)
    assert far.tools == Counts(right=2, missing=1, extra=1)
    # @a1 → trim is right; trim → convert_format and trim → draw_waveform are not.
    assert far.edges == Counts(right=1, missing=2, extra=2)
    # start and format are right; end is wrong on both sides; what a missing step takes is no value.
    assert far.arguments == Counts(right=2, missing=1, extra=1)


def test_steps_of_one_tool_are_paired_with_those_they_agree_with(catalog: Catalog):
    wanted = plan_of("change_gain(audio=@a1, gain_db=3.0) ; change_gain(audio=@a2, gain_db=6.0)")
    given = plan_of("change_gain(audio=@a2, gain_db=6.0) ; change_gain(audio=@a1, gain_db=2.0)")
    assert distance(given, wanted, catalog.tools).arguments == Counts(1, 1, 1)


def test_a_wrong_region_is_a_wrong_value(catalog: Catalog):
    wanted, given = plan_of("transcribe(audio=@a1[2.0:4.0])"), plan_of("transcribe(audio=@a1)")
    far = distance(given, wanted, catalog.tools)
    assert (far.edges, far.arguments) == (Counts(1, 0, 0), Counts(0, 1, 0))


def test_f1_and_accuracy_are_what_they_are_called():
    assert Counts(2, 1, 1).f1 == pytest.approx(2 / 3)
    assert Counts(2, 1, 1).accuracy == pytest.approx(0.5)
    assert Counts().f1 is None
    assert Counts().accuracy is None
