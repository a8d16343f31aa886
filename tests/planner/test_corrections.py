"""Corrections of what was done last, recognized without a language model."""

import pytest

from tests.planner.situations import artifact, plan_of
from tonmeister.planner.answers import PastTurn, Request
from tonmeister.planner.corrections import correction
from tonmeister.planner.recognizer import Recognizer, language_of
from tonmeister.registry import Catalog, discover

KNOWN = {one.sha256: one for one in (artifact("a1", "talk"), artifact("a2", "talk.first"))}
DELIVERED = (
    "normalize_loudness(audio=@a1, target_lufs=-14.0) ; convert_format(audio=@s1, format='mp3')"
)
KNOWN |= {"a3": artifact("a3", "talk.second")}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return discover().offered


def asked(done: str, text: str, files: tuple[str, ...] = ()) -> Request:
    plan = plan_of(done)
    made = {f"{step.id}.result": f"a{at}" for at, step in enumerate(plan.steps, 2)}
    turn = PastTurn("do it", plan, ("a1",), (list(made.values())[-1],), made)
    return Request(text, files, KNOWN, (turn,), language_of(text))


@pytest.mark.parametrize(
    ("done", "text", "calls"),
    [
        (
            "change_gain(audio=@a1, gain_db=6.0)",
            "sorry, I meant 2 dB",
            "change_gain(audio=@a1, gain_db=2.0)",
        ),
        (
            "change_gain(audio=@a1, gain_db=-6.0)",
            "não, eu disse 2 dB",
            None,  # "disse" is no word of corrections
        ),
        (
            "change_gain(audio=@a1, gain_db=-6.0)",
            "enganei-me, era 2 dB",
            "change_gain(audio=@a1, gain_db=-2.0)",
        ),
        (
            "change_pitch(audio=@a1, semitones=2.0)",
            "down, not up",
            "change_pitch(audio=@a1, semitones=-2.0)",
        ),
        (
            DELIVERED,
            "no, ogg instead of mp3",
            "convert_format(audio=@a2, format='ogg')",
        ),
        (
            DELIVERED,
            "espera, era para ser -19 LUFS",
            "normalize_loudness(audio=@a1, target_lufs=-19.0) ; "
            "convert_format(audio=@s1, format='mp3')",
        ),
        (
            "reverb(audio=@a1, room='church')",
            "oops, I wanted a bathroom",
            "reverb(audio=@a1, room='bathroom')",
        ),
        ("transcribe(audio=@a1)", "no, it was in French", "transcribe(audio=@a1, language='fr')"),
        # Nothing to correct, or nothing that tells how.
        ("transcribe(audio=@a1)", "no, that was wrong", None),
        ("transcribe(audio=@a1)", "sorry, I meant 3 dB", None),
        ("change_gain(audio=@a1, gain_db=6.0)", "6 dB more", None),
        ("change_gain(audio=@a1, gain_db=6.0)", "no, 3 dB on the drums", None),
        ("change_gain(audio=@a1, gain_db=6.0)", "up, not down", None),
        ("change_gain(audio=@a1, gain_db=6.0)", "no, 3 dB or 4 dB", None),
    ],
)
def test_a_correction_makes_the_last_plan_again(
    catalog: Catalog, done: str, text: str, calls: str | None
) -> None:
    expected = plan_of(calls) if calls else None
    assert correction(asked(done, text), catalog) == expected


def test_a_new_file_is_no_correction(catalog: Catalog) -> None:
    request = asked("change_gain(audio=@a1, gain_db=6.0)", "sorry, I meant 2 dB", ("a1",))
    assert correction(request, catalog) is None


def test_the_recognizer_knows_corrections(catalog: Catalog) -> None:
    request = asked("change_gain(audio=@a1, gain_db=6.0)", "não, eu queria dizer 2 dB")
    assert Recognizer().plan(request, catalog) == plan_of("change_gain(audio=@a1, gain_db=2.0)")
