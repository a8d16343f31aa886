import pytest

from tonmeister.models.text_language import language_of, script_of

SENTENCES = {
    "en": ["The weather was lovely this morning.", "Thank you for your help", "Good morning!"],
    "pt": [
        "Bom dia, hoje vamos aprender.",
        "Obrigado pela ajuda",
        "A reunião não foi adiada.",
        "Bom dia a todos",
        "A música brasileira é conhecida",
        "O gato dorme",
    ],
    "es": [
        "Buenos días, ¿cómo estás?",
        "La reunión no fue aplazada.",
        "Gracias por la ayuda",
        "Buenos días a todos",
        "Me gusta la música",
    ],
    "fr": [
        "Bonjour, je m'appelle Pierre.",
        "C'est une belle journée",
        "Merci pour votre aide",
        "Bonjour à tous",
    ],
    "it": [
        "Buongiorno, oggi impariamo.",
        "La riunione non è stata rinviata.",
        "Grazie a tutti",
        "Buongiorno a tutti",
    ],
    "de": ["Das Wetter ist heute schön.", "Vielen Dank für die Hilfe"],
    "nl": ["Het weer is vandaag mooi en niet koud."],
    "pl": ["Dzień dobry, jak się masz?"],
}


@pytest.mark.parametrize(
    ("language", "text"), [(code, text) for code, texts in SENTENCES.items() for text in texts]
)
def test_a_short_sentence_is_enough(language: str, text: str):
    assert language_of(text) == language


@pytest.mark.parametrize(
    "text",
    ["Call me a taxi", "Read a book", "Take a look at a radio", "No problem", "Do as I say"],
)
def test_small_words_that_english_shares_decide_nothing_else(text: str):
    assert language_of(text) in ("en", None)


def test_languages_that_are_equally_likely_are_not_guessed():
    assert language_of("La La Land") is None


def test_a_name_alone_tells_nothing():
    assert language_of("Tonmeister") is None


def test_scripts_are_named():
    assert script_of("Hello") == "latin"
    assert script_of("नमस्ते") == "devanagari"
    assert script_of("Привет") == "cyrillic"
    assert script_of("你好") == "cjk"
    assert script_of("OpenAI 发布了新模型") == "cjk"
    assert script_of("東京都庁舎の会議室") == script_of("コーヒー") == "hiragana"
    assert script_of("The word 你好 means hello") == "latin"
    assert script_of("123 !") is None
