"""Which part of speech an English word is, as far as its sound depends on it: "the record".

It looks at the neighbours only; it is no parser.
"""

from collections.abc import Collection, Sequence

from tonmeister.models.letters import words_of

__all__ = ["part_of_speech"]

_DETERMINERS = words_of(
    "the a an this that these those my your his her its our their some any no each every "
    "another either neither which what whose many few several both all such"
)
_PREPOSITIONS = words_of(
    "of in on at for with from by about into through between without under over against during "
    "per as than"
)
_BEFORE_VERB = words_of(
    "to will would can could shall should may might must do does did don't doesn't didn't "
    "won't wouldn't can't couldn't shouldn't cannot please let's i you we they who he she it "
    "i'll you'll we'll they'll he'll she'll it'll i'd you'd we'd they'd and or not never "
    "always often"
)
_BE = words_of("am is are was were be been being isn't aren't wasn't weren't")
_HAVE = words_of("have has had having i've you've we've they've he'd she'd haven't hasn't")
_DEGREES = words_of("very so too more most quite rather less really")
_PAST = words_of("yesterday ago last earlier previously once was were did had when before")
_THIRD = frozenset(["he", "she", "it"])
_SUBJECTS = words_of("i you we they he she it who")
_FUNCTION = _DETERMINERS | _PREPOSITIONS | _BEFORE_VERB | _BE | _HAVE | {"", "but", "if", "because"}


def part_of_speech(
    words: Sequence[str], index: int, known: Collection[str], sentence: Sequence[str]
) -> str:
    """Return which pronunciation of a dictionary's entry fits.

    Args:
        words: The clause.
        index: Place of the word.
        known: Tags the entry tells apart: "NOUN", "VERB", "ADJ", "VBD" …, and "DEFAULT".
        sentence: All words of the sentence.

    Returns:
        One of ``known``, or "DEFAULT".
    """
    before = words[index - 1].lower() if index else ""
    earlier = words[index - 2].lower() if index > 1 else ""
    after = words[index + 1].lower() if index + 1 < len(words) else ""
    if "VBD" in known:
        return _tense(before, earlier, sentence, known)
    if "DT" in known:
        return "DEFAULT" if after in _SUBJECTS | _DETERMINERS else "DT"
    if "ADV" in known:
        return "ADV" if not after or after in _FUNCTION else "DEFAULT"
    guess = _guess(words[index].lower(), before, after)
    if guess == "ADJ" and "ADJ" not in known:
        guess = "NOUN"
    return guess if guess in known else "DEFAULT"


def _tense(before: str, earlier: str, sentence: Sequence[str], known: Collection[str]) -> str:
    """Tell "I read it yesterday" from "I read every day"."""
    if before in _HAVE | _BE or earlier in _HAVE | _BE:
        return "VBN"
    if before in _THIRD:
        return "VBD"
    if before in _SUBJECTS or before not in _FUNCTION:
        past = any(word.lower() in _PAST for word in sentence)
        return "VBD" if past and before not in _DETERMINERS else "DEFAULT"
    return "NOUN" if before in _DETERMINERS and "NOUN" in known else "DEFAULT"


def _guess(word: str, before: str, after: str) -> str:
    """Guess from the neighbours whether a word is a noun, verb or adjective."""
    if before in _DEGREES:
        return "ADJ"
    if before in _DETERMINERS or before.endswith("'s"):
        named = after and after not in _FUNCTION and not after.endswith(("ed", "s", "ly"))
        return "ADJ" if named else "NOUN"
    if before in _BEFORE_VERB or (not before and after in _DETERMINERS):
        return "VERB"
    if before in _BE:
        return "VERB" if word.endswith("ed") else "ADJ"
    if before in _PREPOSITIONS:
        return "NOUN"
    return "VERB" if after in _DETERMINERS | {"it", "them", "him", "me", "us"} else "NOUN"
