"""Text to the phonemes Kokoro was trained on, in every language it speaks.

English, Spanish, French, Italian and Portuguese are read by modules of our own. Hindi needs
espeak-ng, whose licence is the GPL; Chinese and Japanese need dictionaries: each is an extra.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from tonmeister.errors import ToolInputError, ToolUnavailable
from tonmeister.models.letters import pairs_of
from tonmeister.models.markup import FIRST_MARK, Pronunciations

__all__ = ["ESPEAK_ACCENTS", "Phonemes", "sentences_of"]

MARKS = ';:,.!?—…"“”()'
ESPEAK_ACCENTS = ("hi",)
"""Accents that need the extra "espeak"."""

EXTRAS = {
    "hi": (
        "Hindi needs the phonemes of espeak-ng, which is not installed.",
        "Run: pip install 'tonmeister[espeak]' (its licence is the GPL-3.0).",
    ),
    "ja": (
        "Japanese needs a dictionary of readings, which is not installed.",
        "Run: pip install 'tonmeister[japanese]'",
    ),
    "zh": (
        "Chinese needs dictionaries of words and readings, which are not installed.",
        "Run: pip install 'tonmeister[chinese]'",
    ),
}
"""Accents whose sentences are read as a whole, by what an extra brings: the error and its hint
without it."""

_QUOTES = str.maketrans({"«": "“", "»": "”", "„": "“", "‹": "“", "›": "”", "¿": " ", "¡": " "})
_DASHES = re.compile(r"\s+[-–―]\s+|\s*—\s*|--+")
_MARK = re.compile(r'[;:,.!?—…"“”()]+')
# Initials such as "U.S." and names such as "o.k" keep their dots; so does every hyphen inside.
_WORD = re.compile(
    r"(?:[^\W\d_]\.){2,}(?=\s|$|[,;:!?)])|[\ue000-\uf8ff]|"
    r"[^\W_\ue000-\uf8ff]+(?:[-'’][^\W_\ue000-\uf8ff]+)*['’]?|[%&+@=°]"
)
_SENTENCE_END = re.compile(r'(?<=[.!?…।])["”’)»]*\s+|(?<=[。！？])(?![。！？”’」』）》】])\s*')

# IPA as people write it → Kokoro's symbols; longer ones first.
_IPA = {
    **pairs_of("t͡ʃ:ʧ d͡ʒ:ʤ t͡s:ʦ d͡z:ʣ tʃ:ʧ dʒ:ʤ ts:ʦ dz:ʣ g:ɡ ɫ:l ':ˈ `:ˈ ´:ˈ"),
    **dict.fromkeys(".‿͡", ""),
    ":": "ː",
}
_IPA_OTHERS = {
    "ja": pairs_of("tɕ:ʨ dʑ:ʥ ç:ç r:ɾ w:β"),
    "zh": pairs_of(
        "ʈʂ:ꭧ tʂ:ꭧ tɕ:ʨ ɻ̩:ɨ ʐ̩:ɨ ɹ̩:ɨ z̩:ɨ ɿ:ɨ ʅ:ɨ ɚ̯:ɚ ˧˩˧:↓ ˨˩˦:↓ ˨˩:↓ ˧˥:↗ ˥˩:↘ ˥:→ \u032f:"
    ),
}
_IPA_ENGLISH = pairs_of("eɪ:A aɪ:I aʊ:W oʊ:O əʊ:Q ɔɪ:Y ɝ:ɜɹ ɚ:əɹ r:ɹ ɾ:T e:ɛ ɐ:ə")


class _Language(Protocol):
    """Reads the words of a clause."""

    def __call__(self, words: Sequence[str], sentence: Sequence[str]) -> list[str]: ...


class Phonemes:
    """Turns sentences into phonemes.

    Args:
        folder: Folder with the English dictionaries.
        vocabulary: Symbols Kokoro knows.
    """

    def __init__(self, folder: Path, vocabulary: Sequence[str]) -> None:
        self._folder = folder
        self._vocabulary = frozenset(vocabulary)
        self._languages: dict[str, _Language] = {}
        self._whole: dict[str, Callable[[str], str]] = {}

    def prepare(self, accent: str) -> None:
        """Load what an accent needs, ahead of the first sentence.

        Args:
            accent: one of ``ACCENTS``, such as "en-us" or "zh".

        Raises:
            ToolUnavailable: The language needs an extra that is not installed.
        """
        if accent not in EXTRAS:
            self._language(accent)
        elif accent not in self._whole:
            try:
                self._whole[accent] = self._whole_reader(accent)
            except ImportError as error:
                told, hint = EXTRAS[accent]
                raise ToolUnavailable(told, tool="synthesize_speech", hint=hint) from error

    def __call__(self, sentence: str, accent: str, given: Pronunciations | None = None) -> str:
        """Return the phonemes of a sentence, its punctuation kept.

        Args:
            sentence: A sentence without digits or abbreviations, see ``written_out``.
            accent: one of ``ACCENTS``, such as "en-us" or "zh".
            given: Words with pronunciations of their own.

        Raises:
            ToolUnavailable: The language needs an extra that is not installed.
        """
        if accent in EXTRAS:
            return self._as_a_whole(sentence, accent, given)
        text = _DASHES.sub(" — ", sentence.translate(_QUOTES)) if sentence else ""
        read = self._language(accent)
        everything = [found[0] for found in _WORD.finditer(text)]
        spoken, clause = "", list[str]()
        for token, is_word in _tokens(text):
            if is_word:
                clause.append(token)
                continue
            spoken += _joined(read, clause, everything, given)
            clause = []
            spoken += token
        spoken += _joined(read, clause, everything, given)
        return re.sub(r"\s+(?=[;:,.!?…”)])", "", " ".join(spoken.split()))

    def of_ipa(self, ipa: str, word: str, accent: str) -> str:
        """Return Kokoro's phonemes of IPA that a text gives for a word.

        Args:
            ipa: International Phonetic Alphabet, without slashes.
            word: The word, for messages.
            accent: Whose symbols to use.

        Raises:
            ToolInputError: Kokoro does not know a symbol; the message names all of them.
        """
        own = _IPA_ENGLISH if accent.startswith("en") else _IPA_OTHERS.get(accent, {})
        table = {unicodedata.normalize("NFD", one): sound for one, sound in (_IPA | own).items()}
        sounds = unicodedata.normalize("NFD", ipa.strip())
        for symbol in sorted(table, key=len, reverse=True):
            sounds = sounds.replace(symbol, table[symbol])
        if accent == "en-us":
            sounds = sounds.replace("ː", "")
        unknown = sorted({one for one in sounds if one not in self._vocabulary})
        if unknown or not sounds.strip():
            listed = ", ".join(f"'{one}'" for one in unknown) or "nothing"
            raise ToolInputError(
                f"The pronunciation /{ipa}/ of '{word}' has {listed}, which no voice knows.",
                tool="synthesize_speech",
                hint="Use the symbols of the International Phonetic Alphabet, for example "
                "{tomato|/təˈmɑːtəʊ/}.",
            )
        return " ".join(sounds.split())

    def _language(self, accent: str) -> _Language:
        if accent not in self._languages:
            self._languages[accent] = _reader(accent, self._folder)
        return self._languages[accent]

    def _whole_reader(self, accent: str) -> Callable[[str], str]:
        if accent == "zh":
            from tonmeister.models.chinese import Chinese

            return Chinese(lambda words: self(words, "en-us"))
        if accent == "ja":
            from tonmeister.models.japanese import Japanese

            return Japanese()
        from tonmeister.models.espeak import Espeak

        espeak = Espeak()
        return lambda sentence: espeak(sentence, accent)

    def _as_a_whole(self, sentence: str, accent: str, given: Pronunciations | None) -> str:
        self.prepare(accent)
        read = self._whole[accent]
        spoken: list[str] = []
        for part in re.split(r"([\ue000-\uf8ff])", sentence):
            marked = given is not None and len(part) == 1 and ord(part) >= FIRST_MARK
            spoken.append(given[part] if given and marked else read(part))
        return re.sub(r"\s+(?=[;:,.!?…”)])", "", " ".join(" ".join(spoken).split()))


def _reader(accent: str, folder: Path) -> _Language:
    """Load the rules of a language; no program waits for those it does not speak."""
    match accent:
        case "es":
            from tonmeister.models.spanish import Spanish

            return Spanish()
        case "fr-fr":
            from tonmeister.models.french import French

            return French()
        case "it":
            from tonmeister.models.italian import Italian

            return Italian()
        case "pt-br":
            from tonmeister.models.portuguese import Portuguese

            return Portuguese()
        case _:
            from tonmeister.models.english import English

            return English(folder, accent)


def _tokens(text: str) -> list[tuple[str, bool]]:
    """Return words, and the marks between them with the space that belongs to each."""
    tokens: list[tuple[str, bool]] = []
    place = 0
    while place < len(text):
        if word := _WORD.match(text, place):
            tokens.append((word[0], True))
            place = word.end()
        elif mark := _MARK.match(text, place):
            before = " " if text[place - 1 : place].isspace() and place else ""
            after = " " if text[mark.end() : mark.end() + 1].isspace() else ""
            tokens.append((f"{before}{mark[0]}{after}", False))
            place = mark.end()
        else:
            place += 1
    return tokens


def _joined(
    read: _Language, clause: list[str], sentence: list[str], given: Pronunciations | None
) -> str:
    if not clause:
        return ""
    sounds = read(clause, sentence)
    if given is not None:
        for index, word in enumerate(clause):
            if len(word) == 1 and ord(word) >= FIRST_MARK:
                sounds[index] = given[word]
    return " ".join(sound for sound in sounds if sound)


def sentences_of(text: str) -> list[tuple[str, bool]]:
    """Split a text into sentences, each with whether a paragraph ends after it.

    Args:
        text: Any text; an empty line ends a paragraph, as does a line without a full stop
            before an empty line.
    """
    found: list[tuple[str, bool]] = []
    for paragraph in re.split(r"\n\s*\n", text):
        parts = _SENTENCE_END.split(" ".join(paragraph.split()))
        kept = [part for part in parts if any(_is_spoken(letter) for letter in part)]
        found += [(part, index == len(kept) - 1) for index, part in enumerate(kept)]
    return found


def _is_spoken(letter: str) -> bool:
    return letter.isalnum() or FIRST_MARK <= ord(letter) <= 0xF8FF
