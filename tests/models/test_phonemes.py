import json
import sys
from pathlib import Path

import pytest

from scripts.recordings import pulled
from tonmeister.errors import ToolInputError, ToolUnavailable
from tonmeister.models.kokoro_voices import ACCENTS
from tonmeister.models.kokoro_weights import KOKORO
from tonmeister.models.markup import Pronunciations
from tonmeister.models.phonemes import EXTRAS, Phonemes, sentences_of

SENTENCES = {
    "en-us": "“Hello,” she said (quietly): the U.S. team's 50 % rule — really? Yes…",
    "en-gb": "The colour of the harbour changed; nobody knew why.",
    "es": "¿Dónde está la biblioteca? ¡Aquí!",
    "fr-fr": "L'été, les enfants jouent « dehors ».",
    "it": "C'è un'altra città, perché no?",
    "pt-br": "Olá, como vai você? As crianças não vêm amanhã.",
}


@pytest.fixture(scope="module")
def phonemes() -> Phonemes:
    folder = pulled(KOKORO)
    return Phonemes(folder, tuple(json.loads((folder / "vocab.json").read_text("utf-8"))["vocab"]))


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


@pytest.mark.weights
@pytest.mark.parametrize("accent", sorted(SENTENCES))
def test_every_phoneme_is_in_the_vocabulary_and_no_word_is_lost(phonemes: Phonemes, accent: str):
    spoken = phonemes(SENTENCES[accent], accent)
    vocabulary = json.loads((pulled(KOKORO) / "vocab.json").read_text("utf-8"))["vocab"]
    assert set(spoken) <= set(vocabulary)
    assert len(spoken) > 0.6 * len(SENTENCES[accent])


@pytest.mark.weights
def test_punctuation_stays_where_it_was(phonemes: Phonemes):
    spoken = phonemes("“Yes” — he said (softly): no…", "en-us")
    assert [mark for mark in spoken if mark in "“”—():…"] == list("“”—():…")
    assert phonemes("Hello, world!", "en-us") == "həlˈO, wˈɜɹld!"
    assert phonemes("Hello, world!", "en-gb") == "həlˈQ, wˈɜːld!"


@pytest.mark.weights
def test_three_languages_need_an_extra(phonemes: Phonemes):
    assert set(ACCENTS) - set(SENTENCES) == set(EXTRAS) == {"hi", "ja", "zh"}


@pytest.mark.weights
@pytest.mark.parametrize(
    ("accent", "text", "sounds"),
    [
        ("zh", "我喜欢{重庆|/ʈʂʰʊŋ˧˥ tɕʰiŋ˥˩/}。", "wo↓ ɕi↓xwa→n ꭧʰʊŋ↗ ʨʰiŋ↘."),
        ("zh", "他说 hello，好吗？", "tʰa→ ʂwo→ həlˈO, xau↓ ma?"),
        ("ja", "私は{明日|/aɕita/}行く。", "βataɕiβa aɕita ikɯ."),
    ],
)
def test_marks_and_foreign_words_in_east_asian_text(
    phonemes: Phonemes, accent: str, text: str, sounds: str
):
    marks = Pronunciations(lambda ipa, word: phonemes.of_ipa(ipa, word, accent))
    assert phonemes(marks.taken_out(text), accent, marks) == sounds
    vocabulary = json.loads((pulled(KOKORO) / "vocab.json").read_text("utf-8"))["vocab"]
    assert set(sounds) <= set(vocabulary)


@pytest.mark.parametrize(
    ("accent", "package", "extra"),
    [("zh", "rjieba", "chinese"), ("zh", "pypinyin", "chinese"), ("ja", "pyopenjtalk", "japanese")],
)
def test_a_missing_extra_is_named_with_its_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, accent: str, package: str, extra: str
):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ToolUnavailable, match="not installed") as caught:
        Phonemes(tmp_path, ("a",)).prepare(accent)
    assert caught.value.hint == f"Run: pip install 'tonmeister[{extra}]'"


@pytest.mark.weights
def test_a_given_pronunciation_takes_the_place_of_the_word(phonemes: Phonemes):
    marks = Pronunciations(lambda ipa, word: phonemes.of_ipa(ipa, word, "en-us"))
    text = marks.taken_out("Say {tomato|/təˈmɑːtoʊ/} now.")
    assert phonemes(text, "en-us", marks) == "sˈA təˈmɑtO nˈW."


@pytest.mark.weights
def test_unknown_symbols_of_a_pronunciation_are_all_named(phonemes: Phonemes):
    with pytest.raises(ToolInputError, match=r"/qɮ7/ of 'word' has '7', 'ɮ'"):
        phonemes.of_ipa("qɮ7", "word", "en-us")
    with pytest.raises(ToolInputError, match="has nothing"):
        phonemes.of_ipa(" . ", "word", "en-us")
    assert phonemes.of_ipa("dʒʌdʒ", "judge", "en-gb") == "ʤʌʤ"
    # The tilde is a character of its own in Kokoro's vocabulary.
    assert phonemes.of_ipa("\u02c8m\xe3j", "mãe", "pt-br") == "\u02c8ma\u0303j"
