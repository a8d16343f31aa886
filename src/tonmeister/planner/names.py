"""What planners are told of names, which whoever made a file has chosen.

A name says which recording is meant, and it can say that only in words the person uses as well.
So these words are shown, and no others: a name cannot tell a language model anything that the
person has not said. Words that requests are made of, such as "mp3", are not shown either; nouns
such as "interview" are.
"""

import re

from tonmeister.planner.nouns import NOME, NOUN
from tonmeister.planner.slots import fold
from tonmeister.planner.vocabulary import reserved

__all__ = ["label_of", "name_as_said"]

LONGEST_LABEL = 40
MOST_WORDS = 6
"""Words of a name that somebody might say a part of; longer ones are sentences, not names."""

_EXTENSION = re.compile(r"\.\w{2,5}(?!\w)")


def name_as_said(name: str, said: str) -> str:
    """Return what a request says of a name: all of it, some of its words, or nothing.

    Args:
        name: Name of an artifact.
        said: The person's own words.
    """
    label, request = label_of(name), fold(said)
    stem = fold(label)
    place = re.search(rf"(?<!\w){re.escape(stem)}(?!\w)", request) if stem else None
    if place and (_tells_apart(stem) or _EXTENSION.match(request, place.end())):
        return label
    words = re.findall(r"[^\W_]+", label)
    if len(words) > MOST_WORDS:
        return ""
    known = set(re.findall(r"[^\W_]+", request))
    return " ".join(word for word in words if fold(word) in known and _tells_apart(fold(word)))


def label_of(name: str) -> str:
    """Return a name as a short label on one line, without what separates labels in a list.

    Args:
        name: Name of an artifact.
    """
    plain = "".join(char if char.isprintable() and char not in ",;=" else " " for char in name)
    return " ".join(plain.split())[:LONGEST_LABEL].strip()


def _tells_apart(word: str) -> bool:
    """Tell whether a folded word can say which recording is meant."""
    if re.fullmatch(f"{NOUN}|{NOME}", word):
        return True
    return word not in reserved() and (len(word) > 2 or word.isdigit())
