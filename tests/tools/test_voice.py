import pytest

from tonmeister.errors import ToolUnavailable
from tonmeister.tools.voice import require_consent


@pytest.mark.parametrize(
    "words",
    [
        "it is my own voice",
        "Ana Silva agreed on 3 May 2026",
        "no problem, she agreed",
        "I have his permission",
        "é a minha própria voz",
        "não há problema, ela concordou",
        "tenho a autorização dela",
        "sem problemas, o João autorizou",
        "com autorização dele",
        "with his permission",
        "the voice is mine",
        "o dono da voz disse que sim",
    ],
)
def test_words_that_agree_are_consent(words: str):
    require_consent(words, "convert_voice")


@pytest.mark.parametrize(
    "words",
    [
        "",
        " ... ",
        "no",
        "None.",
        "n/a",
        "not given",
        "without her permission",
        "no consent",
        "he didn't agree",
        "I do not have permission",
        "não",
        "sem autorização",
        "ela não concordou",
        "não tenho autorização",
        "she refused",
        "asdf",
        "ele não sabe",
        "ela recusou",
        "he said no",
        "ele disse que não",
        "she will never agree",
        "against her will",
        "nobody asked him",
        "I forgot to ask for permission",
        "no one agreed",
        "she doesn't want it",
        "permission pending",
        "maybe she agreed",
        "I will ask for her consent",
        "he is dead",
        "x",
    ],
)
def test_words_that_say_no_or_nothing_are_refused(words: str):
    with pytest.raises(ToolUnavailable, match="consent") as refused:
        require_consent(words, "clone_voice")
    assert refused.value.tool == "clone_voice"
    assert "consent: it is my own voice" in refused.value.hint
