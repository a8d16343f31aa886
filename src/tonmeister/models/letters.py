"""Letter-to-sound rules: an ordered list of patterns, the first that fits at a place counts."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

__all__ = [
    "Rules",
    "compiled",
    "listed",
    "pairs_of",
    "phrases_of",
    "sounds_of",
    "with_secondary",
    "words_of",
]

Rules = Sequence[tuple[re.Pattern[str], str]]


def listed(words: str) -> list[str]:
    """Return the words of a text in order.

    Args:
        words: Separated by spaces.
    """
    return words.split()


def words_of(words: str) -> frozenset[str]:
    """Return the different words of a text.

    Args:
        words: Separated by spaces.
    """
    return frozenset(words.split())


def pairs_of(pairs: str) -> dict[str, str]:
    """Return words and their sounds.

    Args:
        pairs: Each "word:sounds", separated by spaces.
    """
    return dict(pair.split(":") for pair in pairs.split())


def phrases_of(phrases: str) -> dict[str, str]:
    """Return words and the phrases they stand for.

    Args:
        phrases: Each "word=a phrase", separated by "; ".
    """
    return dict(phrase.split("=") for phrase in phrases.split("; "))


def compiled(rules: Iterable[tuple[str, str]]) -> Rules:
    """Compile rules, each a pattern of letters and the sounds they stand for.

    Args:
        rules: In order of precedence; look-around patterns see the whole word.
    """
    return [(re.compile(pattern), sounds) for pattern, sounds in rules]


def sounds_of(word: str, rules: Rules) -> str:
    """Return the sounds of a word; a letter that no rule knows stands for itself.

    Args:
        word: Lower-case letters, with "ˈ" before the stressed vowel.
        rules: Rules of the language.

    Returns:
        Phonemes in Unicode's decomposed form, as in Kokoro's vocabulary.
    """
    spoken, place = "", 0
    while place < len(word):
        for pattern, sounds in rules:
            found = pattern.match(word, place)
            if found and found.end() > place:
                spoken += sounds
                place = found.end()
                break
        else:
            spoken += word[place]
            place += 1
    return unicodedata.normalize("NFD", spoken)


def with_secondary(spoken: str, vowels: str, *, every_other: bool, from_first: bool) -> str:
    """Give syllables before the stressed one a weaker stress.

    Args:
        spoken: Phonemes of a word, its stress marked.
        vowels: The phonemes that are vowels.
        every_other: The first, third … syllable; otherwise the first alone.
        from_first: Also a single syllable before the stress.
    """
    before, mark, rest = spoken.partition("ˈ")
    if not mark:
        return spoken
    places = [place for place, sound in enumerate(before) if sound in vowels]
    weak = [place for place in places[::2] if place != places[-1]]
    if not weak and from_first:
        weak = places[:1]
    for place in reversed(weak if every_other else weak[:1]):
        before = f"{before[:place]}ˌ{before[place:]}"
    return before + mark + rest
