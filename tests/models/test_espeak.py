"""espeak-ng is an extra; here it is installed."""

import pytest

from tonmeister.models.espeak import Espeak


@pytest.fixture(scope="module")
def espeak() -> Espeak:
    return Espeak()


def test_english_becomes_kokoros_phonemes(espeak: Espeak):
    assert espeak("Hello, world!", "en-us") == "həlˈO, wˈɜɹld!"
    assert espeak("Hello, world!", "en-gb") == "həlˈQ, wˈɜːld!"


def test_hindi_becomes_phonemes_with_its_punctuation(espeak: Espeak):
    spoken = espeak("नमस्ते, आप कैसे हैं?", "hi")
    assert spoken.endswith("?")
    assert "," in spoken
    assert len(spoken) > 10


def test_foreign_words_carry_no_flags(espeak: Espeak):
    assert "." not in espeak("It is 3.5 now", "en-us")
    assert "(" not in espeak("le week-end", "fr-fr")


def test_punctuation_stays_where_it_was(espeak: Espeak):
    spoken = espeak("“Yes” — he said (softly): no…", "en-us")
    assert [mark for mark in spoken if mark in "“”—():…"] == list("“”—():…")
