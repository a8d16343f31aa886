import pytest

from tonmeister.models.phonemes import Phonemizer, sentences_of, written_out


def test_a_text_is_split_at_sentences_and_paragraphs():
    text = "One is here. Two is\nthere! “Three?” Yes.\n\nA title\n\n... Last 3.5 and end"
    assert sentences_of(text) == [
        ("One is here.", False),
        ("Two is there!", False),
        ("“Three?", False),
        ("Yes.", True),
        ("A title", True),
        ("Last 3.5 and end", True),
    ]


def test_titles_are_written_out():
    assert written_out("Mr. Smith and Dr Jones", "en") == "Mister Smith and Doctor Jones"
    assert written_out("O Sr. Silva", "pt") == "O senhor Silva"
    assert written_out("M. Dupont dit M.", "fr") == "monsieur Dupont dit M."
    assert written_out("Plan M is Mr", "fr") == "Plan M is Mr"


@pytest.fixture(scope="module")
def phonemizer() -> Phonemizer:
    return Phonemizer()


def test_english_becomes_kokoros_phonemes(phonemizer: Phonemizer):
    assert phonemizer("Hello, world!", "en-us") == "həlˈO, wˈɜɹld!"
    assert phonemizer("Hello, world!", "en-gb") == "həlˈQ, wˈɜːld!"


def test_numbers_stay_whole_and_foreign_words_carry_no_flags(phonemizer: Phonemizer):
    assert "." not in phonemizer("It is 3.5 now", "en-us")
    assert phonemizer("le week-end", "fr-fr").isascii() is False
    assert "(" not in phonemizer("le week-end", "fr-fr")


def test_punctuation_stays_where_it_was(phonemizer: Phonemizer):
    spoken = phonemizer("“Yes” — he said (softly): no…", "en-us")
    assert [mark for mark in spoken if mark in "“”—():…"] == list("“”—():…")
