"""Recordings meant by what was done to them: "the cleaned one", "a que tem reverb", "the mp3"."""

import re
from collections.abc import Iterable, Sequence
from functools import cache

from tonmeister.planner.answers import Request
from tonmeister.planner.deeds import Deed, deeds_called, words_for
from tonmeister.planner.nouns import NOME, NOUN
from tonmeister.planner.references import (
    Unclear,
    current,
    is_recording,
    origins,
    without_beside,
)
from tonmeister.planner.sound_names import is_called
from tonmeister.sound_vocabulary import sound_pattern

__all__ = ["made_by", "version_phrases"]

_ONE = "(?:version|one|take|copy)"
_VERSAO = f"(?:versao|{NOME})"
_END = r"(?= (?:[.,;!?]|(?:e|mas|para|em|com|do|da|de|a|o|ou|por|ate)\b|\d|[A-Z]\d)| ?$)"
# How a deed is named, by its relation to X. Of an adjective alone only Portuguese makes a noun.
_ENGLISH: Sequence[tuple[str, str]] = (
    ("made", rf"the X (?:{_ONE}|{NOUN})"),
    ("having", rf"the X (?:{_ONE}|file)"),
    ("having", r"the F(?= (?:[.,;!?]|(?:and|but|to|with)\b)| ?$)"),
    ("having", rf"the {_ONE} (?:with|that has)(?: (?:the|more))? X"),
    ("lacking", rf"the {_ONE} (?:without|that has no|with less)(?: (?:the|any))? X"),
    ("did", rf"the {_ONE} (?:that |which )?you(?: just)? X"),
    ("made", rf"the {_ONE} (?:that was|which was|(?:that |which )?you(?: just)?) X"),
)
_PORTUGUESE: Sequence[tuple[str, str]] = (
    ("made", rf"[oa] {_VERSAO}(?: que (?:foi|esta|ficou))? X"),
    ("made", r"[oa] que (?:foi|ficou) X"),
    ("did", rf"[oa](?: {_VERSAO})? que X"),
    ("having", r"[oa] versao (?:(?:com|de|em|que tem)(?: mais)?(?: [oa])?|d[oa]) X"),
    ("having", r"[oa] que tem(?: mais)?(?: [oa])? X"),
    ("lacking", r"[oa](?: versao)? (?:sem|(?:com|que tem) menos|que nao tem)(?: [oa]s?)? X"),
    ("made", rf"[oa] X{_END}"),
)


def version_phrases() -> tuple[str, str]:
    """Return regular expressions for such phrases in folded text, English and Portuguese."""

    def filled(relation: str, template: str) -> str:
        words = words_for(relation)
        if relation == "lacking":
            words += f"|{sound_pattern()}"
        # A format has become a slot by now.
        words = rf"(?:{words}|F\d+)(?![\w-])" if relation == "having" else rf"(?:{words})(?![\w-])"
        return re.sub(r"\bX\b", lambda _: words, re.sub(r"\bF\b", r"F\\d+", template))

    return (
        "|".join(filled(*one) for one in _ENGLISH),
        "|".join(filled(*one) for one in _PORTUGUESE),
    )


@cache
def _readers() -> Sequence[tuple[str, re.Pattern[str]]]:
    def reader(template: str) -> re.Pattern[str]:
        return re.compile(re.sub(r"\b[XF]\b", "(?P<said>.+?)", template))

    return [(relation, reader(one)) for relation, one in (*_ENGLISH, *_PORTUGUESE)]


def made_by(phrase: str, request: Request) -> list[str] | Unclear | None:
    """Return the recording that is meant by what was done to it; None when nothing is said of it.

    Of several, the one that comes of the same recording as what is at hand is meant, and of
    those the latest.

    Args:
        phrase: Folded words.
        request: The request.
    """
    asked = _asked(phrase)
    if asked is None:
        return None
    relation, said, deeds = asked
    if relation == "lacking" and _is_done(deeds_called("having", said), request):
        return Unclear("unread")  # as it was before, or with what was added taken away again?
    fitting = [
        name
        for name in _wanted(request)
        if any(_is_of(deed, name, request) for deed in deeds)
        or (not deeds and _is_without(said, name, request))
    ]
    found = _at_hand(fitting, request)
    return [f"@{found}"] if found else Unclear("many" if fitting else "unread")


def _asked(phrase: str) -> tuple[str, str, list[Deed]] | None:
    """Return how a phrase names a deed, in which words, and the deeds they mean."""
    for relation, reader in _readers():
        match = reader.fullmatch(phrase)
        if match is None:
            continue
        deeds = deeds_called(relation, match["said"])
        if deeds or (relation == "lacking" and re.fullmatch(sound_pattern(), match["said"])):
            return relation, match["said"], deeds
    return None


def _wanted(request: Request) -> list[str]:
    """Return all recordings but those a tool gave beside what it was asked for."""
    known = [name for name, one in request.artifacts.items() if is_recording(one)]
    for turn in request.history:
        kept = set(without_beside(known, turn))
        known = [name for name in known if name in kept]
    return known


def _is_of(deed: Deed, name: str, request: Request) -> bool:
    recipe = request.artifacts[name].recipe
    return recipe is not None and deed.is_done_by(recipe.tool, recipe.arguments)


def _is_done(deeds: Iterable[Deed], request: Request) -> bool:
    return any(_is_of(deed, name, request) for deed in deeds for name in request.artifacts)


def _is_without(sound: str, name: str, request: Request) -> bool:
    """Tell whether a sound was removed from a recording by these very words."""
    recipe = request.artifacts[name].recipe
    if recipe is None or recipe.tool != "remove_sound":
        return False
    return is_called(sound, str(recipe.arguments.get("description", "")))


def _at_hand(fitting: list[str], request: Request) -> str | None:
    """Return the one of several that is meant, or None when it is not clear."""
    if not fitting:
        return None
    if len({origins(request, name) for name in fitting}) == 1:
        return fitting[-1]
    at_hand = current(request)
    if isinstance(at_hand, list):
        of_these = {origins(request, name) for name in at_hand}
        near = [name for name in fitting if {origins(request, name)} == of_these]
        return near[-1] if near else None
    return None
