"""Recordings meant by their place: "the third result", "a última", "the other file", "both"."""

import re
from collections.abc import Mapping

from tonmeister.planner.answers import PastTurn, Request
from tonmeister.planner.references import (
    Unclear,
    current,
    handed_over,
    origins,
    recordings_of,
    results,
    without_beside,
)

__all__ = ["beside_it", "both", "counted", "last_two"]

_ORDINALS: Mapping[str, int] = {
    "first": 0, "1st": 0, "primeir": 0, "second": 1, "2nd": 1, "segund": 1, "third": 2, "3rd": 2,
    "terceir": 2, "fourth": 3, "4th": 3, "quart": 3, "fifth": 4, "quint": 4, "sixth": 5, "sext": 5,
    "seventh": 6, "setim": 6, "eighth": 7, "oitav": 7, "ninth": 8, "non": 8, "tenth": 9,
    "decim": 9, "last": -1, "latest": -1, "ultim": -1,
}  # fmt: skip
_RESULT = re.compile(r"result|version|versao|\btake\b")
_FILE = r"(?:files?|recordings?|ficheiros?|arquivos?|gravac(?:ao|oes))$"
_LAST_TWO = re.compile(
    r"(?:the (?:last|latest) two|[oa]s (?:dois|duas) ultim[oa]s|[oa]s ultim[oa]s (?:dois|duas))"
    r"(?: \w+)?"
)
_BOTH = re.compile(r"both(?: of (?:them|these))?|os dois|as duas|ambos|ambas")


def counted(
    phrase: str, request: Request, at_hand: list[str] | Unclear
) -> list[str] | Unclear | None:
    """Return the recording an ordinal means; None when the phrase has none.

    Files are counted as they were handed over, results as they were made. What may be counted in
    two ways must come out the same in both.

    Args:
        phrase: Folded words.
        request: The request.
        at_hand: What "it" means, as references.
    """
    match = re.match(r"(?:the|o|a) (\w+?)[oa]?(?: |$)", phrase)
    place = _ORDINALS.get(match[1]) if match else None
    if place is None:
        return None
    if place == -1:
        return _last(phrase, request, at_hand)
    if _RESULT.search(phrase):
        return _of_results(place, request)
    files = recordings_of(request.files, request.artifacts)
    pools = [files] if len(files) > 1 else [handed_over(request)]
    if not files:
        if re.search(r" one$|^[oa] \w+ ?$", phrase) and request.history:
            made = recordings_of(request.history[-1].outputs, request.artifacts)
            pools.append(made if len(made) > 1 else results(request))
            # One result is not counted; of several, "the second one" may be one.
    elif place == 1 and len(files) == 1:
        pools.append(files * 2)
    found = {pool[place] for pool in pools if len(pool) > max(place, 1)}
    if len(found) == 1:
        return [f"@{found.pop()}"]
    return Unclear("many" if found else "unread")


def _last(phrase: str, request: Request, at_hand: list[str] | Unclear) -> list[str] | Unclear:
    files = recordings_of(request.files, request.artifacts)
    if len(files) > 1:
        return [f"@{files[-1]}"]
    if _RESULT.search(phrase) or re.fullmatch(r"the (?:last|latest) one|[oa] ultim[oa] ?", phrase):
        return at_hand if isinstance(at_hand, Unclear) else at_hand[-1:]
    handed = handed_over(request)
    # "The last file" may as well be the last result.
    return Unclear("unread") if results(request) or len(handed) < 2 else [f"@{handed[-1]}"]


def _of_results(place: int, request: Request) -> Unclear | list[str]:
    if request.files:
        return Unclear("unread")
    every = [handle for turn in request.history if turn.plan for handle in turn.outputs]
    pools = [results(request), list(dict.fromkeys(every))]
    last = next((turn for turn in reversed(request.history) if turn.plan), None)
    latest = without_beside(recordings_of(last.outputs, request.artifacts), last) if last else []
    if len(latest) > 1:
        pools.append(latest)
    found = {pool[place] if len(pool) > place else "" for pool in pools}
    if len(found) == 1 and (name := found.pop()):
        return [f"@{name}"] if recordings_of([name], request.artifacts) else Unclear("unread")
    return Unclear("unread")


def beside_it(
    phrase: str, request: Request, at_hand: list[str] | Unclear
) -> list[str] | Unclear | None:
    """Return the recording that is the other or the one before; None when neither is meant.

    Args:
        phrase: Folded words.
        request: The request.
        at_hand: What "it" means, as references.
    """
    if re.match(r"(?:the|o|a) (?:other|outr[oa])\b", phrase):
        return _other(request)
    if re.fullmatch(
        r"the previous (?:version|result|one)|[oa] (?:versao|resultado) anterior", phrase
    ):
        return _previous(request)
    return None


def _other(request: Request) -> list[str] | Unclear:
    """Return the one of two files that is not what was worked on last."""
    if len(request.files) == 1:
        return Unclear("unread")
    handed, at_hand = handed_over(request), current(request)
    if len(handed) != 2 or not isinstance(at_hand, list) or len(at_hand) != 1:
        return Unclear("unread")
    used = origins(request, at_hand[0])
    left = [name for name in handed if name not in used]
    return [f"@{left[0]}"] if len(left) == 1 else Unclear("unread")


def _previous(request: Request) -> list[str] | Unclear:
    made, at_hand = results(request), current(request)
    if request.files or not isinstance(at_hand, list) or len(made) < 2 or at_hand != made[-1:]:
        return Unclear("unread")
    before, now = made[-2:]
    same = origins(request, before) == origins(request, now)
    return [f"@{before}"] if same else Unclear("unread")


def last_two(phrase: str, request: Request) -> list[str] | Unclear | None:
    """Return what "the last two" means: results, or files handed over with the request.

    Args:
        phrase: Folded words.
        request: The request.
    """
    if not _LAST_TWO.fullmatch(phrase.strip()):
        return None
    files = recordings_of(request.files, request.artifacts)
    made, handed = results(request), handed_over(request)
    if not files and made and handed and re.search(_FILE, phrase):
        return Unclear("unread")  # results are files, too
    pool = files or made or handed
    return [f"@{name}" for name in pool[-2:]] if len(pool) > 1 else Unclear("unread")


def both(phrase: str, request: Request) -> list[str] | Unclear | None:
    """Return the two recordings "both" means where only one is at hand: it, and the one before.

    Args:
        phrase: Folded words.
        request: The request.
    """
    if not _BOTH.fullmatch(phrase.strip()):
        return None
    at_hand, made = current(request), results(request)
    last = _last_that_made(request)
    if request.files or last is None or not isinstance(at_hand, list) or made[-1:] != at_hand:
        return Unclear("unread")
    now, known = at_hand[0], {one.id: name for name, one in request.artifacts.items()}
    recipe = request.artifacts[now].recipe
    parents = recordings_of(
        [known[one] for one in (recipe.parents if recipe else ()) if one in known],
        request.artifacts,
    )
    if len(parents) != 1 or len(last.plan.steps if last.plan else ()) != 1:
        return Unclear("unread")
    before = made[-2] if len(made) > 1 else parents[0]
    # Made from one another, or two ways to treat one recording.
    sibling = request.artifacts[before].recipe
    if before != parents[0] and not (sibling and sibling.parents == (recipe and recipe.parents)):
        return Unclear("unread")
    return [f"@{before}", f"@{now}"]


def _last_that_made(request: Request) -> PastTurn | None:
    made = (
        turn
        for turn in reversed(request.history)
        if turn.plan and without_beside(recordings_of(turn.outputs, request.artifacts), turn)
    )
    return next(made, None)
