"""What planners are told of names, which whoever made a file has chosen.

A name says which recording is meant, and it can say that only in words the person uses as well.
So these words are shown, and no others: a name cannot tell a language model anything that the
person has not said. Words that requests are made of, such as "mp3", are not shown either; nouns
such as "interview" are.
"""

import re
from collections.abc import Mapping

from tonmeister.artifacts import Artifact
from tonmeister.planner.answers import Request
from tonmeister.planner.nouns import NOME, NOUN
from tonmeister.planner.references import recordings_of
from tonmeister.planner.slots import Names, fold
from tonmeister.planner.vocabulary import reserved

__all__ = ["label_of", "name_as_said", "name_files"]

LONGEST_LABEL = 40
MOST_WORDS = 6
"""Words of a name that somebody might say a part of; longer ones are sentences, not names."""

_EXTENSION = re.compile(r"\.\w{2,5}(?!\w)")


def name_files(request: Request, models: Mapping[str, str] | None = None) -> Names:
    """Return what the known files and models may be called in a request.

    Words that mean something else name no file without an extension.

    Args:
        request: The request.
        models: Name of a model by what it may be called.
    """
    owners: dict[str, list[str]] = {}
    for handle, artifact in request.artifacts.items():
        owners.setdefault(fold(artifact.name).strip(), []).append(handle)
    handles: dict[str, str] = {}
    for stem, owned in owners.items():
        fresh = [handle for handle in owned if handle in request.files]
        sole = fresh or owned
        if len(sole) > 1:
            # "talk.wav" is the recording, not what was measured in it and is called by its name.
            sole = recordings_of(sole, request.artifacts) or sole
        handles[stem] = sole[0] if len(sole) == 1 else ""
    bare = frozenset(
        stem
        for stem, handle in handles.items()
        # What was made of words is called by them: "rain" alone is rather the sound than the file.
        if not (handle and _is_made_of_words(request.artifacts[handle]))
        and re.fullmatch(r"[\w.-]{3,}", stem)
        and re.search("[a-z]", stem)
        and stem not in reserved()
    )
    # Every handle is known by itself: "@a3".
    return Names(
        handles | {f"@{handle}": handle for handle in request.artifacts}, bare, models or {}
    )


def _is_made_of_words(artifact: Artifact) -> bool:
    return artifact.recipe is not None and not artifact.recipe.parents


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
