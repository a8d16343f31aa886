import pytest

from scripts.recordings import pulled
from tonmeister.models.english import English
from tonmeister.models.english_grammar import part_of_speech
from tonmeister.models.kokoro_weights import KOKORO

NOUN_OR_VERB = ("DEFAULT", "VERB")


@pytest.fixture(scope="module")
def english() -> English:
    return English(pulled(KOKORO), "en-us")


@pytest.fixture(scope="module")
def british() -> English:
    return English(pulled(KOKORO), "en-gb")


def read(english: English, text: str) -> str:
    return " ".join(english(text.split(), text.split()))


@pytest.mark.parametrize(
    ("text", "word", "tag"),
    [
        ("please record the meeting", "record", "VERB"),
        ("send me the record", "record", "DEFAULT"),
        ("they object to it", "object", "VERB"),
        ("an object fell", "object", "DEFAULT"),
        ("we will permit that", "permit", "VERB"),
        ("his permit ended", "permit", "DEFAULT"),
    ],
)
def test_neighbours_tell_a_noun_from_a_verb(text: str, word: str, tag: str):
    words = text.split()
    assert part_of_speech(words, words.index(word), NOUN_OR_VERB, words) == tag


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("I read it last year", "VBD"),
        ("she read the letter", "VBD"),
        ("I have read it", "VBN"),
        ("I want to read it", "DEFAULT"),
        ("we read every day", "DEFAULT"),
    ],
)
def test_the_sentence_tells_the_tense_of_read(text: str, tag: str):
    words = text.split()
    known = ("ADJ", "DEFAULT", "VBD", "VBN", "VBP")
    assert part_of_speech(words, words.index("read"), known, words) == tag


@pytest.mark.weights
@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("the apple", "ði ˈæpᵊl"),
        ("the pear", "ðə pˈɛɹ"),
        ("to eat", "tʊ ˈit"),
        ("to leave", "tə lˈiv"),
        ("we used to walk", "wi jˈust tə wˈɔk"),
        ("I read it yesterday", "ˌI ɹˈɛd ɪt jˈɛstəɹdˌA"),
        ("to read", "tə ɹˈid"),
        ("a record", "ɐ ɹˈɛkəɹd"),
        ("to record it", "tə ɹəkˈɔɹd ɪt"),
    ],
)
def test_words_are_read_as_their_surroundings_want(english: English, text: str, spoken: str):
    assert read(english, text) == spoken


@pytest.mark.weights
@pytest.mark.parametrize(
    ("word", "spoken"),
    [
        ("NASA", "nˈæsə"),
        ("USA", "jˌuˌɛsˈA"),
        ("GPU", "ʤˌipˌijˈu"),
        ("U.S.", "jˌuˈɛs"),
        ("café", "kæfˈA"),
        ("well-known", "wˈɛlnˈOn"),
        ("livestream", "lˈIvstɹˌim"),
        ("googling", "ɡˈuɡᵊlɪŋ"),
        ("Lisbon's", "lˈɪzbənz"),
        ("unfollowed", "ʌnfˈɑlOd"),
        ("tonmeister", "tˈɑnmIstəɹ"),
    ],
)
def test_words_no_dictionary_has_are_spelt_derived_or_guessed(
    english: English, word: str, spoken: str
):
    assert read(english, word) == spoken


@pytest.mark.weights
def test_british_english_has_vowels_of_its_own(british: English):
    assert read(british, "the harbour") == "ðə hˈɑːbə"
    assert read(british, "last tomato") == "lˈɑːst təmˈɑːtQ"
    guessed = read(british, "blorptastic")
    assert "ɜɹ" not in guessed
    assert len(guessed) > 6


@pytest.mark.weights
@pytest.mark.parametrize("word", ["", "'", "x", "zzzz", "ß", "ñandú", "Björk", "o'clock", "🙂"])
def test_no_word_is_too_strange(english: English, word: str):
    assert isinstance(english([word], [word])[0], str)
