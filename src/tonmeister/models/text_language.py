"""Which language a text is written in: its script, then its most frequent small words."""

import re
import unicodedata
from collections import Counter

__all__ = ["NAMES", "language_of", "script_of", "spoken_duration"]

NAMES = {
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "hi": "Hindi",
    "it": "Italian",
    "pt": "Portuguese",
    "de": "German",
    "nl": "Dutch",
    "pl": "Polish",
    "sv": "Swedish",
    "tr": "Turkish",
    "ro": "Romanian",
    "ja": "Japanese",
    "zh": "Chinese",
}

MARGIN = 0.3  # A word that only one language has is 1 vote, one that n languages share 1/n.

KANA_SHARE = 0.1
"""Share of kana from which a text with Chinese characters is Japanese; sentences have half."""

LETTERS_PER_SECOND = 15.0
WIDE_PER_SECOND = 5.0
"""Of speech at normal speed; only to tell how far a reading is."""

# Words that nearly every sentence has. Languages that are not spoken are listed as well, so that
# a German text is not read aloud as if it were English.
_WORDS = {
    "en": "the of and to in is it that was for you he on with as this be are have not at we "
    "they but from or his her my i an there what which when hello good morning thank "
    "thanks please yes a no do as me",
    "es": "el la los las de que y en un una es no se por con para lo su al del como más pero "
    "este está muy yo hoy ha son fue hola buenos días gracias sí usted qué cómo señor "
    "todo hay también me gusta",
    "fr": "le la les de des et en un une est que qui dans pour pas ne sur au aux avec ce il "
    "elle je nous vous mais se sont été aujourd'hui c'est l'on plus du bonjour merci oui "
    "très ça tout à me",
    "it": "il lo la gli le di che e un una è non per con del della dei nel si sono ma come più "
    "anche questo oggi ha io al alla buongiorno ciao grazie sì molto tutto perché ho noi me",
    "pt": "o a os as de que e em um uma é não se por com para do da dos das no na ao mais mas "
    "como foi ele ela eu você está hoje isso são muito nós bom dia olá obrigado obrigada "
    "sim tudo também me",
    "de": "der die das und ist nicht ein eine zu den von mit sich auf für im dem des es ich wir "
    "sie auch als wird guten hallo danke ja heute war aber wie vielen dank",
    "nl": "de het een en van ik niet dat die je op te zijn met voor hij maar er aan ook als dan "
    "hallo goede dank naar wij wordt",
    "pl": "i w nie na się z do to jest że co jak ale po od za tak dzień dobry czy był przez jego",
    "sv": "och att det som en på är av för med den till inte om ett men var jag vi han så hej "
    "god tack",
    "tr": "bir ve bu da de için ile çok ne ben mi değil gibi daha var olan merhaba günaydın "
    "teşekkür",
    "ro": "și în de la cu pe nu este un care mai să din ce sunt pentru bună ziua mulțumesc foarte",
}
_SMALL = {language: frozenset(words.split()) for language, words in _WORDS.items()}
_SHARE = {
    word: 1.0 / sum(word in words for words in _SMALL.values())
    for words in _SMALL.values()
    for word in words
}
_LETTERS = {
    "ã": "pt",
    "õ": "pt",
    "ñ": "es",
    "¿": "es",
    "¡": "es",
    "œ": "fr",
    "ê": "fr",
    "ß": "de",
    "ä": "de",
    "ł": "pl",
    "ą": "pl",
    "ę": "pl",
    "å": "sv",
    "ğ": "tr",
    "ı": "tr",
    "ş": "tr",
    "ț": "ro",
    "ș": "ro",
    "ă": "ro",
    "ì": "it",
    "ò": "it",
    "û": "fr",
    "î": "fr",
}


def script_of(text: str) -> str | None:
    """Return the Unicode name of the script of most letters, such as "latin"; None without any.

    Japanese is "hiragana", however many of its characters are Chinese ones, which alone are "cjk".

    Args:
        text: Any text.
    """
    names = (unicodedata.name(letter, "").split(" ")[0] for letter in text if letter.isalpha())
    counted = Counter(name for name in names if name)
    kana = sum(counted.pop(name, 0) for name in ("HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"))
    han = counted.pop("CJK", 0)
    # A character stands for as much as two or three Latin letters.
    if kana or han:
        japanese = KANA_SHARE * (kana + han) <= kana
        counted["HIRAGANA" if japanese else "CJK"] = 2 * (kana + han)
    return counted.most_common(1)[0][0].lower() if counted else None


def spoken_duration(text: str) -> float:
    """Estimate how long a text sounds at normal speed, in seconds.

    Args:
        text: Any text; East Asian characters take longer than letters.
    """
    num_wide = sum("\u3040" <= letter <= "\u9fff" for letter in text)
    return num_wide / WIDE_PER_SECOND + (len(text) - num_wide) / LETTERS_PER_SECOND


def language_of(text: str) -> str | None:
    """Return the language of a text in Latin script; None when none is clearly ahead.

    It can return a language that is not spoken here.

    Args:
        text: A sentence or more; single names cannot be told apart.
    """
    votes = dict.fromkeys(_SMALL, 0.0)
    for word in re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", text.lower().replace("’", "'")):
        for language, words in _SMALL.items():
            if word in words:
                votes[language] += _SHARE[word]
    for letter, language in _LETTERS.items():
        votes[language] += 0.5 * (letter in text.lower())
    best, second = sorted(votes, key=lambda language: votes[language], reverse=True)[:2]
    return best if votes[best] - votes[second] >= MARGIN else None
