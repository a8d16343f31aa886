"""Every format is parsed back, by another's parser or by one written from its definition."""

import re
from dataclasses import dataclass
from itertools import pairwise

import pytest
import srt
import webvtt
from textgrid import TextGrid

from tonmeister.artifacts import (
    Kind,
    Noted,
    Segment,
    SpeakerTurn,
    SpeakerTurns,
    Transcript,
    Word,
    from_json,
)
from tonmeister.errors import ToolInputError
from tonmeister.tools import export
from tonmeister.tools.subtitles import MAX_RATE, subtitles_of


def segment(start: float, text: str, speaker: str | None = None, pace: float = 0.4) -> Segment:
    words = tuple(
        Word(start + i * pace, start + (i + 0.9) * pace, word)
        for i, word in enumerate(text.split())
    )
    return Segment(start, words[-1].end, text, speaker, words)


TALK = Transcript(
    "en",
    (
        segment(0.5, "Good morning, and welcome to the show.", "Anna"),
        segment(4.0, 'He said "hello" to me, twice.', "Rui Costa"),
        segment(8.0, "Then he left.", "Rui Costa"),
        segment(12.0, "How strange.", "Anna"),
    ),
    15.0,
)
TURNS = SpeakerTurns(
    (
        SpeakerTurn(0.5, 4.2, "SPEAKER_00"),
        SpeakerTurn(4.0, 9.0, "SPEAKER_01"),
        SpeakerTurn(9.5, 12.0, "SPEAKER_00"),
    ),
    14.0,
)


def written(subject, format, folder) -> str:
    result = export.write_subtitles(subject, folder, format)
    file = result.value if isinstance(result, Noted) else result
    return file.path.read_text(encoding="utf-8")


@dataclass
class Line:
    start: float
    duration: float
    speaker: str


def read_rttm(text: str) -> list[Line]:
    """Read RTTM by its ten fields (NIST 2009)."""
    lines = []
    for line in text.splitlines():
        fields = line.split(" ")
        assert len(fields) == 10 and fields[0] == "SPEAKER" and fields[2] == "1"
        assert fields[5:7] == ["<NA>", "<NA>"] and fields[8:] == ["<NA>", "<NA>"]
        lines.append(Line(float(fields[3]), float(fields[4]), fields[7]))
    return lines


def test_rttm_has_every_turn_even_where_two_talk_at_once(tmp_path):
    found = read_rttm(written(TURNS, "rttm", tmp_path))
    assert [(one.start, round(one.start + one.duration, 3), one.speaker) for one in found] == [
        (turn.start, turn.end, turn.speaker) for turn in TURNS.turns
    ]


def test_rttm_of_a_transcript_has_its_speakers_without_spaces(tmp_path):
    found = read_rttm(written(TALK, "rttm", tmp_path))
    assert [one.speaker for one in found] == ["Anna", "Rui_Costa", "Rui_Costa", "Anna"]


def test_rttm_says_when_nobody_is_named(tmp_path):
    result = export.write_subtitles(Transcript("en", (segment(0, "Hi"),), 2.0), tmp_path, "rttm")
    assert isinstance(result, Noted) and "UNKNOWN" in result.notes[0]


@pytest.mark.parametrize("subject", [TALK, TURNS], ids=["transcript", "turns"])
def test_audacity_labels_have_three_fields_each(subject, tmp_path):
    lines = written(subject, "audacity", tmp_path).splitlines()
    fields = [line.split("\t") for line in lines]
    assert all(len(one) == 3 for one in fields)
    spans = subject.segments if isinstance(subject, Transcript) else subject.turns
    assert [(float(one[0]), float(one[1])) for one in fields] == [
        (pytest.approx(span.start), pytest.approx(span.end)) for span in spans
    ]
    if subject is TALK:
        assert fields[1][2] == 'Rui Costa: He said "hello" to me, twice.'


def read_textgrid(text: str, folder) -> TextGrid:
    path = folder / "read.TextGrid"
    path.write_text(text, encoding="utf-8")
    return TextGrid.fromFile(str(path))


def test_a_textgrid_has_a_tier_for_each_speaker_and_one_of_words(tmp_path):
    text = written(TALK, "textgrid", tmp_path)
    grid = read_textgrid(text, tmp_path)
    assert grid.getNames() == ["Anna", "Rui Costa", "words"]
    assert (grid.minTime, grid.maxTime) == (0.0, 15.0)
    said = [(one.minTime, one.mark) for one in grid.getFirst("Rui Costa") if one.mark]
    assert said == [(4.0, 'He said "hello" to me, twice.'), (8.0, "Then he left.")]
    assert len([one for one in grid.getFirst("words") if one.mark]) == 18
    for tier in grid:
        edges = [(one.minTime, one.maxTime) for one in tier]
        assert edges[0][0] == 0.0 and edges[-1][1] == 15.0
        assert all(one[1] == two[0] for one, two in pairwise(edges))
    assert re.search(r'text = "He said ""hello"" to me, twice."', text)


def test_a_textgrid_of_turns_keeps_talk_at_once(tmp_path):
    grid = read_textgrid(written(TURNS, "textgrid", tmp_path), tmp_path)
    assert grid.getNames() == ["SPEAKER_00", "SPEAKER_01"]
    first = [(one.minTime, one.maxTime) for one in grid.getFirst("SPEAKER_00") if one.mark]
    assert first == [(0.5, 4.2), (9.5, 12.0)]


def test_json_of_turns_is_read_back(tmp_path):
    assert from_json(Kind.TURNS, written(TURNS, "json", tmp_path).encode()) == TURNS


def test_turns_are_listed_as_text(tmp_path):
    lines = written(TURNS, "txt", tmp_path).splitlines()
    assert lines[0] == "00:00:00.5 – 00:00:04.2  SPEAKER_00"


@pytest.mark.parametrize("format", ["srt", "vtt"])
def test_turns_have_no_words_for_subtitles(format, tmp_path):
    with pytest.raises(ToolInputError, match="hold no words") as caught:
        export.write_subtitles(TURNS, tmp_path, format)
    assert "rttm" in caught.value.hint


def test_srt_names_a_speaker_where_another_begins(tmp_path):
    cues = list(srt.parse(written(TALK, "srt", tmp_path)))
    texts = [" ".join(cue.content.split()) for cue in cues]
    assert texts[0].startswith("Anna: Good morning")
    assert texts[1].startswith("Rui Costa: He said")
    assert texts[2] == "Then he left."
    assert texts[3] == "Anna: How strange."
    assert [cue.index for cue in cues] == [1, 2, 3, 4]


def test_vtt_has_a_voice_tag_in_every_cue(tmp_path):
    text = written(TALK, "vtt", tmp_path)
    cues = webvtt.from_string(text).captions
    assert [cue.voice for cue in cues] == ["Anna", "Rui Costa", "Rui Costa", "Anna"]
    assert " ".join(cues[0].text.split()) == "Good morning, and welcome to the show."


@pytest.mark.parametrize("format", ["srt", "vtt", "txt", "rttm", "audacity", "textgrid", "json"])
def test_an_empty_transcript_gives_a_valid_file_and_says_so(format, tmp_path):
    result = export.write_subtitles(Transcript(None, (), 3.0), tmp_path, format)
    assert "nothing was said" in result.notes[0]
    text = result.value.path.read_text(encoding="utf-8")
    if format == "textgrid":
        assert read_textgrid(text, tmp_path).maxTime == 3.0


def test_marks_inside_a_text_break_no_format(tmp_path):
    wild = Transcript("en", (segment(0.0, 'a\tb "c" --> <d> & e\n\nf', "X\tY"),), 5.0)
    assert len(written(wild, "audacity", tmp_path).splitlines()) == 1
    assert len(read_rttm(written(wild, "rttm", tmp_path))) == 1
    assert read_textgrid(written(wild, "textgrid", tmp_path), tmp_path).getNames()[0] == "X Y"
    assert len(list(srt.parse(written(wild, "srt", tmp_path)))) == 1
    assert len(webvtt.from_string(written(wild, "vtt", tmp_path)).captions) == 1


FAST = "Quickly spoken sentences need more time to be read than they take to be said, always."


def test_fast_speech_stays_as_long_as_the_pause_after_it_allows():
    fast = segment(1.0, FAST, pace=0.1)
    (cue,) = subtitles_of(Transcript("en", (fast,), 20.0))
    assert cue.length / (cue.end - cue.start) <= MAX_RATE + 0.01


def test_fast_speech_between_neighbours_uses_every_gap():
    first, fast = segment(0.0, "One moment please."), segment(5.0, FAST, pace=0.1)
    after = segment(fast.end + 0.5, "And so it went.")
    cues = subtitles_of(Transcript("en", (first, fast, after), 12.0))
    hurried = next(cue for cue in cues if cue.lines[0].startswith("Quickly"))
    # It comes half a second early, and stays until the next begins.
    assert hurried.start == pytest.approx(4.5, abs=0.01) or hurried.length / MAX_RATE <= (
        hurried.end - hurried.start + 0.01
    )
    assert all(one.end <= two.start for one, two in pairwise(cues))


def test_no_word_stands_alone_in_a_stretch():
    text = "Well. We waited for a long time in the cold rain, and nobody came to open. Strange."
    cues = subtitles_of(Transcript("en", (segment(0.0, text),), 20.0))
    assert all(len(" ".join(cue.lines).split()) > 1 for cue in cues)
    assert all(len(line.split()) > 1 for cue in cues for line in cue.lines)
