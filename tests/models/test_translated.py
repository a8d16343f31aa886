from collections.abc import Sequence
from dataclasses import replace

import pytest

from tonmeister.artifacts import Chapter, Noted, Segment, Text, Transcript, Word
from tonmeister.models.passages import Passages, Rendering
from tonmeister.models.translated import _noted, translated_text, translated_transcript


def upper(sentences: Sequence[str]) -> list[Rendering]:
    return [Rendering(sentence.upper(), True) for sentence in sentences]


def passages() -> Passages:
    return Passages(upper, "en", "pt")


def transcript(*spoken: tuple[float, float, str, str | None]) -> Transcript:
    segments = tuple(
        Segment(start, end, text, speaker, (Word(start, end, text, 0.9),))
        for start, end, text, speaker in spoken
    )
    return Transcript("en", segments, 30.0)


def test_segments_keep_times_and_speakers_and_words_get_none():
    given = transcript((0.5, 2.0, "It rained all day.", "A"), (2.5, 3.0, "We stayed in.", "B"))
    made = translated_transcript(given, passages())
    assert (made.language, made.duration) == ("pt", 30.0)
    assert [(one.start, one.end, one.speaker) for one in made.segments] == [
        (0.5, 2.0, "A"),
        (2.5, 3.0, "B"),
    ]
    assert [one.text for one in made.segments] == ["IT RAINED ALL DAY.", "WE STAYED IN."]
    assert all(one.words == () for one in made.segments)


def test_a_sentence_over_three_segments_is_translated_as_a_whole_and_dealt_out():
    asked: list[str] = []

    def remember(sentences: Sequence[str]) -> list[Rendering]:
        asked.extend(sentences)
        return upper(sentences)

    given = transcript(
        (0.0, 1.0, "When the rain stopped,", None),
        (1.0, 2.0, "we went down to", None),
        (2.0, 3.0, "the old river. It was", None),
        (3.0, 4.0, "high.", None),
    )
    made = translated_transcript(given, Passages(remember, "en", "pt"))
    assert asked == ["When the rain stopped, we went down to the old river.", "It was high."]
    assert [one.text for one in made.segments] == [
        "WHEN THE RAIN STOPPED,",
        "WE WENT DOWN TO",
        "THE OLD RIVER. IT WAS",
        "HIGH.",
    ]


def test_a_sentence_never_goes_on_with_another_speaker_or_after_a_long_pause():
    given = transcript(
        (0.0, 1.0, "I think that", "A"), (1.0, 2.0, "it is late", "B"), (9.0, 9.5, "and dark", "B")
    )
    asked: list[str] = []

    def remember(sentences: Sequence[str]) -> list[Rendering]:
        asked.extend(sentences)
        return upper(sentences)

    translated_transcript(given, Passages(remember, "en", "pt"))
    assert asked == ["I think that", "it is late", "and dark."]


def test_a_segment_that_gets_no_word_gives_its_time_to_the_one_before():
    given = transcript((0.0, 1.0, "It is", None), (1.0, 1.5, "me.", None))
    short = Passages(lambda asked: [Rendering("Eu.", True) for _ in asked], "en", "pt")
    made = translated_transcript(given, short)
    assert [(one.start, one.end, one.text) for one in made.segments] == [(0.0, 1.5, "Eu.")]


def test_chapters_titles_and_paragraphs_stay():
    book = Text(
        (Chapter("One day", "It rained.\n\nIt poured."), Chapter("", "The end.")),
        "en",
        "A book",
        "A",
    )
    made = translated_text(book, passages())
    assert made == Text(
        (Chapter("ONE DAY", "IT RAINED.\n\nIT POURED."), Chapter("", "THE END.")),
        "pt",
        "A BOOK",
        "A",
    )


def test_doubts_are_told_with_the_places_to_look_at():
    one = replace(passages(), num_sentences=9, doubtful=[3, 7])
    told = _noted(Text.plain("x"), one, "The text was taken for English.")
    assert isinstance(told, Noted)
    assert told.notes[0] == "The text was taken for English."
    assert "In 2 of 9 sentences" in told.notes[1]
    assert told.notes[1].endswith("3, 7.")
    assert _noted(Text.plain("x"), passages(), "") == Text.plain("x")


@pytest.mark.parametrize("count", [0, 1, 40])
def test_no_word_is_lost_however_many_segments_share_a_sentence(count: int):
    words = [f"word{index}" for index in range(count)]
    given = transcript(*((i * 0.5, i * 0.5 + 0.5, word, None) for i, word in enumerate(words)))
    made = translated_transcript(given, passages())
    assert made.text.lower().split() == words or made.text.lower().rstrip(".").split() == words
