import pytest

from tonmeister.artifacts import Segment, Transcript
from tonmeister.models.dialogue import (
    Turn,
    assigned_voices,
    speakers_of,
    turns_of_script,
    turns_of_transcript,
)


def test_a_script_is_split_into_turns_that_go_over_several_lines():
    turns = turns_of_script("A title\n\nHOST: Hello.\nHow are you?\n\nGUEST: Fine.\nHOST: Good.")
    assert turns == [
        Turn(None, "A title\n"),
        Turn("HOST", "Hello.\nHow are you?\n"),
        Turn("GUEST", "Fine."),
        Turn("HOST", "Good."),
    ]
    assert speakers_of(turns or []) == ["HOST", "GUEST"]


@pytest.mark.parametrize(
    "text",
    [
        "Note: bring an umbrella.",
        "NOTE: wet floor.\nWARNING: hot.",
        "Note: one.\nTip: two.\nNote: three.",
        "Nota: um.\nAviso: dois.\nNota: três.",
        "HOST: only one speaks.\nHOST: still alone.",
        "He said: yes.\nShe said nothing.",
        "At 10:30 we met.\nhttps://example.com: a site",
        "Ingredients: eggs\nMethod: stir",
        "",
    ],
)
def test_ordinary_texts_are_no_scripts(text: str):
    assert turns_of_script(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Ana: Olá.\nRui: Oi.\nAna: Tudo bem?",
        "ANA: Olá.\nRUI: Oi.",
        "**Host:** Hello.\n**Guest:** Hi.\n**Host:** Bye.",
        "SPEAKER_01: a\nSPEAKER_02: b",
    ],
)
def test_names_in_capitals_or_named_again_are_speakers(text: str):
    assert len(speakers_of(turns_of_script(text) or [])) == 2


def test_voices_that_are_given_say_who_speaks():
    assert assigned_voices("HOST=af_heart, Guest = am_adam;") == {
        "HOST": "af_heart",
        "Guest": "am_adam",
    }
    assert assigned_voices("af_heart") is None
    assert assigned_voices("HOST=af_heart, nonsense") is None
    assert assigned_voices(None) is None
    turns = turns_of_script("Note: hello.\nBye.", {"note": "af_heart"})
    assert turns == [Turn("NOTE", "hello.\nBye.")]


def test_a_transcript_becomes_turns_when_two_speak():
    segments = tuple(
        Segment(float(at), at + 1.0, text, speaker)
        for at, (text, speaker) in enumerate([("a", "S1"), ("b", "S1"), ("c", "S2")])
    )
    assert turns_of_transcript(Transcript("en", segments, 3.0)) == [
        Turn("S1", "a b"),
        Turn("S2", "c"),
    ]
    assert turns_of_transcript(Transcript("en", segments[:2], 3.0)) is None


def test_a_speaker_without_a_voice_of_their_own_stays_a_speaker():
    turns = turns_of_script("HOST: Hi there.\nGUEST: Thanks.", {"HOST": "am_adam"})
    assert turns is not None
    assert [turn.speaker for turn in turns] == ["HOST", "GUEST"]
