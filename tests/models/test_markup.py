import pytest

from tonmeister.errors import ToolInputError
from tonmeister.models.markup import Pronunciations, paragraphs_of, pieces_of


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("One [pause 0.5] two", ["One ", 0.5, " two"]),
        ("[pause 2] two", [2.0, " two"]),
        ("Um [pausa 0,5 s] dois [Pause 1s]", ["Um ", 0.5, " dois ", 1.0]),
        ("[pause 0][pause 10]", [0.0, 10.0]),
    ],
)
def test_pauses_are_taken_out(text: str, pieces: list[str | float]):
    assert list(pieces_of(text)) == pieces


@pytest.mark.parametrize(
    "text",
    [
        "We pause here",
        "[pause]",
        "[pause here 2]",
        "[applause]",
        "[1]",
        "{curly}",
        "{a|b}",
        "{|/x/}",
        "{word|/a/b/}",
        "{{x}}",
    ],
)
def test_what_looks_like_a_mark_but_is_none_stays_text(text: str):
    marks = Pronunciations(lambda ipa, word: ipa)
    assert [marks.taken_out(piece) for piece in pieces_of(text) if isinstance(piece, str)] == [text]


@pytest.mark.parametrize("seconds", ["10.1", "-1", "3600"])
def test_a_pause_out_of_range_is_refused(seconds: str):
    with pytest.raises(ToolInputError, match="0 to 10 s are possible"):
        list(pieces_of(f"a [pause {seconds}] b"))


def test_words_with_pronunciations_become_single_marks():
    marks = Pronunciations(lambda ipa, word: f"<{ipa}|{word}>")
    text = marks.taken_out("a {x|/y/} b {z| /q/} c {x|/y/}")
    first, second, third = text[2], text[6], text[10]
    assert (marks[first], marks[second]) == ("<y|x>", "<q|z>")
    assert first == third


def test_more_pronunciations_than_marks_do_not_fail():
    marks = Pronunciations(lambda ipa, word: ipa)
    for number in range(7000):
        text = marks.taken_out(f"{{w|/{number}/}}")
        assert marks[text] == str(number)


def test_private_characters_of_a_text_cannot_stand_for_pronunciations():
    assert list(paragraphs_of("a\ue000b\n\n\uf8ff\n \nc")) == ["ab", "c"]
