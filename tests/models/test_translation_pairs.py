import pytest

from tonmeister.errors import ToolInputError
from tonmeister.models.translation_pairs import MORE_LANGUAGES, Pair, code_of, found_pair

ENGLISH = "The weather was lovely this morning, and we were at the river."


def pair(text: str, target: str, *stated: str | None) -> Pair:
    said = (stated[0] if stated else None, stated[1] if len(stated) > 1 else None)
    return found_pair(
        text,
        target,
        stated=said,
        known=("en", "pt"),
        told=f"It does en → pt and pt → en. {MORE_LANGUAGES}",
        tool="translate_text",
    )


def test_the_source_is_taken_from_the_user_then_from_the_text_then_detected():
    assert pair("Tonmeister", "pt", "en", "pt") == Pair("en", "pt")
    assert pair("Tonmeister", "en", None, "pt-BR") == Pair("pt", "en")
    found = pair(ENGLISH, "pt")
    assert (found.source, found.target) == ("en", "pt")
    assert found.note == "The text was taken for English."


def test_an_unclear_text_is_read_as_the_other_language_and_told():
    found = pair("Tonmeister", "en")
    assert found.source == "pt"
    assert "not clear" in found.note


@pytest.mark.parametrize(
    ("text", "target", "stated", "message"),
    [
        (ENGLISH, "en", None, "in English already"),
        (ENGLISH, "es", None, "from English into Spanish"),
        (
            "El niño está en la casa con su madre y no quiere salir.",
            "en",
            None,
            "from Spanish into",
        ),
        ("Привет, как дела?", "en", None, "from 'ru' into English"),
        (ENGLISH, "pt", "fr", "from French into Portuguese"),
        ("12 %", "pt", None, "no words"),
    ],
)
def test_what_cannot_be_translated_is_refused_with_what_can(
    text: str, target: str, stated: str | None, message: str
):
    with pytest.raises(ToolInputError, match=message) as found:
        pair(text, target, stated)
    if "from" in message:
        assert "en → pt and pt → en" in str(found.value)
        assert "pip install 'tonmeister[torch]'" in str(found.value)


def test_codes_are_read_as_people_write_them():
    assert [code_of(code) for code in ("pt-BR", "EN", "pt_PT", " ", None)] == [
        *("pt", "en", "pt"),
        None,
        None,
    ]
