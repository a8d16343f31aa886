import re
from collections.abc import Sequence

import pytest

from tonmeister.models.passages import LONGEST, Passages, Rendering, sentences_in

FOREIGN = re.compile(r"[^\x00-\u024f\u2000-\u206f]+")


class Echo:
    """Translates by adding a mark, and remembers what it was shown."""

    def __init__(self, change: dict[str, str] | None = None, *, complete: bool = True) -> None:
        self.shown: list[str] = []
        self.change = change or {}
        self.complete = complete

    def __call__(self, sentences: Sequence[str]) -> list[Rendering]:
        self.shown += sentences
        made: list[Rendering] = []
        for sentence in sentences:
            for old, new in self.change.items():
                sentence = sentence.replace(old, new)
            made.append(Rendering(f"~{sentence}", self.complete))
        return made


def passages(translate: Echo) -> Passages:
    return Passages(translate, "en", "pt", FOREIGN)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It rained. We left.", ["It rained.", "We left."]),
        ("Mr. Smith met Dr. Jones at 5 p.m. in the U.S. embassy.", None),
        ("Paid 3.5 million, e.g. in 2020.", None),
        ("“Stop!” he said. “It is late.”", ["“Stop!” he said.", "“It is late.”"]),
        ("Really? Yes! Well…", ["Really?", "Yes!", "Well…"]),
        ("O Sr. João saiu. A Dra. Ana ficou.", ["O Sr. João saiu.", "A Dra. Ana ficou."]),
        ("今日は雨です。明日は晴れです。", ["今日は雨です。", "明日は晴れです。"]),
        ("   ", []),
    ],
)
def test_a_line_is_divided_where_sentences_end(text: str, expected: list[str] | None):
    found = sentences_in(text)
    assert [sentence for sentence, _ in found] == (expected if expected is not None else [text])
    assert text.strip() == "" or "".join(part + gap for part, gap in found) == text


def test_an_endless_sentence_is_divided_after_a_clause_and_loses_no_word():
    text = "and then we went along the river to the old mill, " * 30
    found = [sentence for sentence, _ in sentences_in(text.strip())]
    assert len(found) > 3
    assert all(len(sentence) <= LONGEST for sentence in found)
    assert all(sentence.endswith(",") for sentence in found)
    assert " ".join(found).split() == text.split()
    unbroken = [sentence for sentence, _ in sentences_in("x" * 1000)]
    assert "".join(unbroken) == "x" * 1000


def test_paragraphs_lists_headings_and_scripts_keep_their_shape():
    text = (
        "# A title\n\n- one thing here\n- two things here\n\nHOST: Come in please.\n1. First of all"
    )
    assert passages(Echo()).text(text) == (
        "# ~A title\n\n- ~one thing here\n- ~two things here\n\n"
        "HOST: ~Come in please.\n1. ~First of all"
    )


def test_sentences_that_were_wrapped_are_translated_as_one():
    echo = Echo()
    passages(echo).text(
        "This is a rather long line of a text that was wrapped\nin the middle of a sentence.\nNew."
    )
    assert echo.shown[0].endswith("that was wrapped in the middle of a sentence.")


@pytest.mark.parametrize(
    "kept",
    [
        "https://example.org/a?b=1&c=2",
        "maria.silva@example.com",
        "{Tonmeister|/ˈtoːnˌmaɪstɐ/}",
        "interview.wav",
        "`a = 1`",
        "<b>",
        "@tonmeister",
        "Москва",
        "🎵",
    ],
)
def test_what_must_survive_is_never_shown_to_the_model(kept: str):
    echo = Echo()
    made = passages(echo).text(f"We like {kept} a lot.")
    assert made == f"~We like {kept} a lot."
    assert all(kept not in shown for shown in echo.shown)


def test_what_a_model_drops_is_put_back_by_translating_around_it():
    made = passages(Echo({"XQ1": ""})).text("Write to a@b.org before Friday.")
    assert made == "~Write to a@b.org ~before Friday."


def test_pauses_stay_between_the_sentences():
    echo = Echo()
    made = passages(echo).text("We wait here. [pause 0.5] Then we go on.")
    assert made == "~We wait here. [pause 0.5] ~Then we go on."


def test_a_number_that_got_lost_is_asked_for_again():
    one = passages(Echo({"204": "two"}))
    assert one.text("We met in room 204 today.") == "~We met in room 204 today."
    assert one.doubtful == []


def test_numbers_with_both_marks_follow_the_target_language():
    assert passages(Echo()).text("It costs 1,234.56 in all.") == "~It costs 1.234,56 in all."
    back = Passages(Echo(), "pt", "en")
    assert back.text("Custa 1.234,56 ao todo.") == "~Custa 1,234.56 ao todo."


def test_capitals_are_shown_in_small_letters_and_come_back():
    echo = Echo()
    assert passages(echo).text("THE GOLDEN AGE OF RADIO") == "~THE GOLDEN AGE OF RADIO"
    assert echo.shown == ["The golden age of radio"]


def test_a_lone_word_gets_a_full_stop_for_the_model_only():
    echo = Echo()
    assert passages(echo).text("Hello") == "~Hello"
    assert echo.shown == ["Hello."]


def test_lines_without_letters_are_copied():
    echo = Echo()
    assert passages(echo).text("1234\n***\nhttps://example.org") == "1234\n***\nhttps://example.org"
    assert echo.shown == []


def test_a_sentence_that_was_never_ended_is_told():
    one = passages(Echo(complete=False))
    one.text("All is well here. And there it is, too.")
    assert (one.num_sentences, one.doubtful) == (2, [1, 2])
