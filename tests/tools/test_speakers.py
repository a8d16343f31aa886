import pytest

from tonmeister.artifacts import (
    Artifact,
    Kind,
    Noted,
    Segment,
    SpeakerTurn,
    SpeakerTurns,
    Transcript,
    Word,
)
from tonmeister.errors import ToolInputError
from tonmeister.plan import Plan, Step, check
from tonmeister.registry import discover
from tonmeister.tools.speakers import label_speakers, name_speakers, names_of


def words(*timed: tuple[float, float, str]) -> tuple[Word, ...]:
    return tuple(Word(*one) for one in timed)


SPOKEN = Transcript(
    "en",
    (
        Segment(
            0.0,
            4.0,
            "Hello there. Hi, Ana.",
            words=words(
                (0.0, 0.5, "Hello"), (0.6, 1.0, "there."), (2.1, 2.4, "Hi,"), (2.5, 3.9, "Ana.")
            ),
        ),
        Segment(5.0, 6.0, "No words here."),
    ),
    10.0,
)
TURNS = SpeakerTurns(
    (
        SpeakerTurn(0.0, 1.2, "SPEAKER_00"),
        SpeakerTurn(2.0, 4.0, "SPEAKER_01"),
        SpeakerTurn(5.0, 5.2, "SPEAKER_00"),
        SpeakerTurn(5.1, 6.0, "SPEAKER_01"),
    ),
    10.0,
)


def test_a_segment_is_split_where_the_speaker_changes():
    labelled = label_speakers(SPOKEN, TURNS)
    assert [(one.speaker, one.text, one.start, one.end) for one in labelled.segments] == [
        ("SPEAKER_00", "Hello there.", 0.0, 1.0),
        ("SPEAKER_01", "Hi, Ana.", 2.1, 4.0),
        ("SPEAKER_01", "No words here.", 5.0, 6.0),
    ]
    assert labelled.text == SPOKEN.text
    said = [word for one in labelled.segments for word in one.words]
    assert said == list(SPOKEN.segments[0].words)


def test_a_word_between_turns_stays_with_the_words_before_it():
    gap = Transcript(
        "en",
        (
            Segment(
                0.0,
                30.0,
                "one two three",
                words=words((0.0, 1.0, "one"), (14.0, 15.0, "two"), (29.0, 30.0, "three")),
            ),
        ),
        30.0,
    )
    turns = SpeakerTurns((SpeakerTurn(0.0, 1.0, "A"), SpeakerTurn(29.0, 30.0, "B")), 30.0)
    labelled = label_speakers(gap, turns)
    assert [(one.speaker, one.text) for one in labelled.segments] == [
        ("A", "one two"),
        ("B", "three"),
    ]


def test_what_nobody_near_says_gets_no_label_and_is_told():
    turns = SpeakerTurns((SpeakerTurn(8.0, 9.0, "SPEAKER_00"),), 10.0)
    noted = label_speakers(SPOKEN, turns)
    assert isinstance(noted, Noted)
    assert "2 of 2 segments" in noted.notes[0]
    assert all(one.speaker is None for one in noted.value.segments)
    nobody = label_speakers(SPOKEN, SpeakerTurns((), 10.0))
    assert isinstance(nobody, Noted) and nobody.value == SPOKEN


@pytest.mark.parametrize(
    "names",
    [
        "SPEAKER_00=Ana Lima, SPEAKER_01=Rui",
        "speaker 0: Ana Lima; Speaker_1 = Rui",
        "SPEAKER_00 is Ana Lima\nSPEAKER_01 é Rui",
    ],
)
def test_names_replace_labels(names: str):
    named = name_speakers(label_speakers(SPOKEN, TURNS), names)
    assert [one.speaker for one in named.segments] == ["Ana Lima", "Rui", "Rui"]
    assert named.text == SPOKEN.text


def test_who_is_not_mentioned_keeps_the_label_and_names_can_be_changed_again():
    named = name_speakers(label_speakers(SPOKEN, TURNS), "SPEAKER_01=the host")
    assert {one.speaker for one in named.segments} == {"SPEAKER_00", "the host"}
    again = name_speakers(named, "the host=Rui")
    assert {one.speaker for one in again.segments} == {"SPEAKER_00", "Rui"}


def test_an_unknown_label_names_the_known_ones_and_the_nearest():
    labelled = label_speakers(SPOKEN, TURNS)
    with pytest.raises(ToolInputError, match="found SPEAKER_00, SPEAKER_01") as caught:
        name_speakers(labelled, "SPEAKER_07=Ana")
    assert "Did you mean SPEAKER_0" in caught.value.message
    with pytest.raises(ToolInputError, match="no label with a name"):
        name_speakers(labelled, "Ana")
    with pytest.raises(ToolInputError, match="No name"):
        name_speakers(labelled, " , ")
    with pytest.raises(ToolInputError, match="no speaker labels"):
        name_speakers(SPOKEN, "SPEAKER_00=Ana")


def test_every_reference_has_its_own_name():
    assert names_of("Ana,  Rui", 2) == ["Ana", "Rui"]
    for names in ("Ana", "Ana, Ana", "", "Ana, Rui, Eva"):
        with pytest.raises(ToolInputError, match="2 reference"):
            names_of(names, 2)


@pytest.mark.parametrize("tool", ["diarize", "separate_speakers"])
@pytest.mark.parametrize("number", [0, -1, 21, 1000])
def test_a_plan_for_a_thousand_speakers_is_refused_before_anything_runs(tool: str, number: int):
    recording = Artifact("id", Kind.AUDIO, "0" * 64, "audio/x-rf64", 1, "talk", {"duration": 10.0})
    step = Step(id="s1", tool=tool, args={"audio": "@a1", "num_speakers": number})
    (problem,) = check(Plan(steps=(step,)), discover().tools, {"a1": recording})
    assert "num_speakers" in problem and "20" in problem
    fine = Step(id="s1", tool=tool, args={"audio": "@a1", "num_speakers": 2})
    assert check(Plan(steps=(fine,)), discover().tools, {"a1": recording}) == []
