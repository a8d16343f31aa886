"""English words to Kokoro's phonemes: a dictionary, inflections, compounds, and a guess.

Source of the dictionaries, which Kokoro was trained with: hexgrad, misaki 0.9.4 (Apache-2.0); each
has about 90,000 words checked by hand ("gold") and as many of less certain origin ("silver").
"""

import json
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from tonmeister.models.english_grammar import part_of_speech
from tonmeister.models.english_spelling import SpellingModel

__all__ = ["DICTIONARIES", "SPELLING", "English"]

DICTIONARIES = {
    "en-us": ("us_gold.json", "us_silver.json"),
    "en-gb": ("gb_gold.json", "gb_silver.json"),
}
SPELLING = "checkpoint20.npz"

VOWELS = frozenset("AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻ")
CONSONANTS = frozenset("bdfhjklmnpstvwzðŋɡɹɾʃʒʤʧθ")
FLAPPING = frozenset("AIOWYiuæɑəɛɪɹʊʌ")
"""American sounds after which t before a vowel becomes a flap."""

SHORTEST_PART = 4
"""Letters of each half of a compound such as "livestream"."""

_SYMBOLS = {"%": "percent", "&": "and", "+": "plus", "@": "at", "=": "equals", "°": "degrees"}
_INITIALS = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]?")

Pronunciation = str | dict[str, str | None]


class English:
    """Turns English words into phonemes.

    Args:
        folder: Folder with the dictionaries and the spelling model.
        accent: "en-us" or "en-gb".
    """

    def __init__(self, folder: Path, accent: str) -> None:
        self._british = accent == "en-gb"
        self._gold, self._silver = (
            _with_capitals(json.loads((folder / name).read_text(encoding="utf-8")))
            for name in DICTIONARIES[accent]
        )
        self._spelling = SpellingModel(folder / SPELLING)

    def __call__(self, words: Sequence[str], sentence: Sequence[str]) -> list[str]:
        """Return the phonemes of each word of a clause.

        Args:
            words: The words between two punctuation marks.
            sentence: All words of the sentence, which decide whether "read" is past.
        """
        spoken: list[str] = []
        vowel_follows: bool | None = None
        # From back to front: "the" depends on the sound that follows.
        for index in range(len(words) - 1, -1, -1):
            sounds = self._word(words, index, vowel_follows, sentence)
            sounds = sounds.replace("ɾ", "T").replace("ʔ", "t")
            spoken.insert(0, sounds)
            first = next((sound for sound in sounds if sound in VOWELS | CONSONANTS), None)
            vowel_follows = vowel_follows if first is None else first in VOWELS
        return spoken

    def _word(
        self, words: Sequence[str], index: int, vowel_follows: bool | None, sentence: Sequence[str]
    ) -> str:
        word = words[index].replace("’", "'").replace("‘", "'")
        small = word.lower()
        if small in ("a", "an", "the", "to", "in", "am", "i", "used"):
            following = words[index + 1].lower() if index + 1 < len(words) else ""
            return self._function_word(word, vowel_follows, following)
        found = self._known(word)
        if isinstance(found, dict):
            tag = part_of_speech(words, index, found.keys(), sentence)
            if vowel_follows is None and "None" in found:
                tag = "None"
            return found.get(tag) or found["DEFAULT"] or ""
        return found or self._unknown(word, small)

    def _function_word(self, word: str, vowel_follows: bool | None, following: str) -> str:
        """Return the weak form of a word that changes with its surroundings."""
        small = word.lower()
        if small == "the":
            return "ði" if vowel_follows else "ðə"
        if small == "to":
            return "tu" if vowel_follows is None else "tʊ" if vowel_follows else "tə"
        if small == "a":
            return "ˈA" if vowel_follows is None else "ɐ"
        if small == "used":
            return ("jˈust" if not self._british else "jˈuːst") if following == "to" else "jˈuzd"
        if small == "in" and vowel_follows is None:
            return "ˈɪn"
        if small == "i":
            return "ˌI"
        return {"an": "ɐn", "in": "ɪn", "am": "æm" if vowel_follows is None else "ɐm"}[small]

    def _known(self, word: str) -> Pronunciation | None:
        """Look a word up as it is written, then in lower case."""
        for form in (word, word.lower()):
            for dictionary in (self._gold, self._silver):
                if found := dictionary.get(form):
                    # "LED" is a word only when written small; the light is spelt.
                    if isinstance(found, dict) and found.get("NOUN", "") is None:
                        return found["DEFAULT"]
                    if form != word and word.isupper() and len(word) in (2, 3):
                        return self._spelt(word) if not _has_vowel(word) else found
                    return found
        return None

    def _plain(self, word: str) -> str | None:
        found = self._known(word)
        return found["DEFAULT"] if isinstance(found, dict) else found

    def _unknown(self, word: str, small: str) -> str:
        if word in _SYMBOLS:
            return self._plain(_SYMBOLS[word]) or ""
        if _INITIALS.fullmatch(word):
            return self._spelt(word.replace(".", ""))
        if "-" in word or "." in word or "_" in word:
            parts = [part for part in re.split(r"[-._]+", word) if part]
            return "".join(self((part,), ())[0] for part in parts)
        bare = _without_accents(small)
        letters = re.sub(r"[^a-z']", "", bare)
        if not letters.strip("'"):
            return ""
        if word.isupper() and len(letters) <= 5 and (len(letters) < 4 or not _has_vowel(letters)):
            return self._spelt(letters)
        found = self._plain(bare) if bare != small else None
        found = found or self._inflected(letters) or self._compound(letters)
        return found or self._guessed(letters)

    def _guessed(self, letters: str) -> str:
        if letters.endswith("'s"):
            return self._with_s(self._guessed(letters[:-2])) or ""
        return self._spelling(letters.replace("'", ""), british=self._british)

    def _spelt(self, letters: str) -> str:
        """Read letter by letter, with the stress on the last."""
        sounds = [self._plain(letter.upper()) or "" for letter in letters if letter.isalpha()]
        last = sounds.pop() if sounds else ""
        return "".join(sound.replace("ˈ", "ˌ") for sound in sounds) + last

    def _inflected(self, word: str) -> str | None:
        """Find the stem of a word that ends in -s, -ed or -ing, and add the ending's sound."""
        if word.endswith("'") and (found := self._plain(word[:-1])):
            return found
        for stem in _stems(word, "s"):
            if found := self._plain(stem):
                return self._with_s(found)
        for stem in _stems(word, "ed"):
            if found := self._plain(stem):
                return self._with_ed(found)
        for stem in _stems(word, "ing"):
            if found := self._plain(stem):
                flapped = not self._british and found[-1:] == "t" and found[-2:-1] in FLAPPING
                return (found[:-1] + "ɾ" if flapped else found) + "ɪŋ"
        return None

    def _with_s(self, stem: str) -> str | None:
        if not stem:
            return None
        if stem[-1] in "ptkfθ":
            return stem + "s"
        if stem[-1] in "szʃʒʧʤ":
            return stem + ("ɪz" if self._british else "ᵻz")
        return stem + "z"

    def _with_ed(self, stem: str) -> str:
        weak = "ɪd" if self._british else "ᵻd"
        if stem[-1] == "t":
            flapped = not self._british and stem[-2:-1] in FLAPPING
            return (stem[:-1] + "ɾ" if flapped else stem) + weak
        if stem[-1] == "d":
            return stem + weak
        return stem + ("t" if stem[-1] in "pkfθʃsʧ" else "d")

    def _compound(self, word: str) -> str | None:
        """Read "livestream" as "live" and "stream", the second part with less stress."""
        places = range(SHORTEST_PART, len(word) - SHORTEST_PART + 1)
        for place in sorted(places, key=lambda place: abs(place - len(word) / 2)):
            first, second = word[:place], word[place:]
            if first in self._gold and (tail := self._plain(second) or self._inflected(second)):
                return (self._plain(first) or "") + tail.replace("ˌ", "").replace("ˈ", "ˌ")
        return None


def _with_capitals(words: dict[str, Pronunciation]) -> dict[str, Pronunciation]:
    """Add "Hello" for "hello", and "june" for "June"."""
    more: dict[str, Pronunciation] = {}
    for word, sounds in words.items():
        if len(word) > 1 and word == word.lower() != word.capitalize():
            more[word.capitalize()] = sounds
        elif len(word) > 1 and word == word.lower().capitalize():
            more[word.lower()] = sounds
    return {**more, **words}


def _stems(word: str, ending: str) -> list[str]:
    """Return what a word may have been before it took an ending, likeliest first."""
    if ending == "s":
        if word.endswith("'s"):
            return [word[:-2]]
        if len(word) < 4 or not word.endswith("s") or word.endswith("ss"):
            return []
        more = [word[:-3] + "y"] if word.endswith("ies") else []
        return [word[:-1], *more, *([word[:-2]] if word.endswith("es") else [])]
    bare = word.removesuffix(ending)
    if bare == word or len(bare) < 3:
        return []
    doubled = [bare[:-1]] if bare[-1] == bare[-2] else []
    more = [bare[:-1] + "y"] if ending == "ed" and bare.endswith("i") else []
    return [bare, bare + "e", *doubled, *more]


def _has_vowel(word: str) -> bool:
    return any(letter in "aeiouy" for letter in word.lower())


def _without_accents(word: str) -> str:
    word = word.replace("ß", "ss").replace("æ", "ae").replace("œ", "oe").replace("ø", "o")
    apart = unicodedata.normalize("NFD", word)
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
