"""What planners are told of names, which whoever made a file has chosen.

A name says which recording is meant, and it can say that only in words the person uses as well.
So these words are shown, and no others: a name cannot tell a language model anything that the
person has not said.
"""

import re

from tonmeister.planner.slots import common_words, fold

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
    shown, request = label_of(name), fold(said)
    stem = fold(shown)
    common = {fold(word) for word in common_words()}
    place = re.search(rf"(?<!\w){re.escape(stem)}(?!\w)", request) if stem else None
    if place and (stem not in common or _EXTENSION.match(request, place.end())):
        return shown
    words = re.findall(r"[^\W_]+", shown)
    if len(words) > MOST_WORDS:
        return ""
    known = set(re.findall(r"[^\W_]+", request)) - common
    return " ".join(
        word for word in words if fold(word) in known and (len(word) > 2 or word.isdigit())
    )


def label_of(name: str) -> str:
    """Return a name as a short label on one line, without what separates labels in a list.

    Args:
        name: Name of an artifact.
    """
    plain = "".join(char if char.isprintable() and char not in ",;=" else " " for char in name)
    return " ".join(plain.split())[:LONGEST_LABEL].strip()
