"""Which recording a phrase means: "it", "the second file", "the other one", "talk.wav", "@a3"."""

import re

from tonmeister.artifacts import Kind
from tonmeister.plan import parse_ref
from tonmeister.planner.answers import Request
from tonmeister.planner.places import beside_it, both, counted, last_two
from tonmeister.planner.references import (
    Unclear,
    current,
    handed_over,
    is_recording,
    original,
)
from tonmeister.planner.slots import Slot, fold
from tonmeister.planner.versions import made_by

__all__ = ["choose", "original_of"]

_PLURAL = re.compile(
    r"all|both|each|every|these|those|them|tod[oa]s|ambos|ambas|cada|os |as |est[ea]s|ess[ea]s"
    r"|aquel[ea]s|eles|elas|-l?[oa]s$|-n[oa]s$|(?:meus|minhas) |(?:my|our|the) (?:\w+ )*\w+s$"
)
_EVERY_FILE = re.compile(
    r"(?:all|both|each|every|tod[oa]s|ambos|ambas|cada|os dois|as duas)\b.* "
    r"(?:files?|recordings?|ficheiros?|arquivos?|gravac(?:ao|oes))$"
)


def choose(slot: Slot, request: Request, at_hand: list[str] | Unclear) -> list[str] | Unclear:
    """Return the references a phrase means, each written as in a plan.

    Args:
        slot: Slot of kind "O", "R" or "M".
        request: The request.
        at_hand: What "it" means at this point: results of the plan so far, or files; references
            as in a plan.
    """
    phrase = str(slot.value)
    if slot.kind == "M":
        return Unclear("unknown", phrase)
    if slot.kind == "R":
        return _named(phrase, request)
    found = last_two(phrase, request) or counted(phrase, request, at_hand)
    found = found or beside_it(phrase, request, at_hand)
    found = found or made_by(phrase, request) or _whole(phrase, request)
    found = found or _called(phrase, request, at_hand)
    if found is not None:
        return found
    made = isinstance(at_hand, list) and at_hand[0].startswith("@s")
    if not request.files and not made and _EVERY_FILE.match(phrase):
        return [f"@{handle}" for handle in handed_over(request)] or Unclear("none")
    if not made and isinstance(at_hand, list) and len(at_hand) == 1:
        two = both(phrase, request)
        if two is not None:
            return two
    if isinstance(at_hand, Unclear) or len(at_hand) == 1 or _PLURAL.match(phrase):
        return at_hand
    return Unclear("many")


def original_of(slot: Slot | None, request: Request, ref: str) -> str | None:
    """Return what "the original" means beside a result that is named: what it was made from.

    Args:
        slot: A phrase that may be "the original".
        request: The request.
        ref: Reference of the result.

    Returns:
        A reference; None when something else is meant, or it is not clear.
    """
    name = ref.removeprefix("@")
    if slot is None or slot.kind != "O" or "original" not in str(slot.value).split():
        return None
    root = original(request, name) if name in request.artifacts else None
    return f"@{root}" if root and root != name else None


def _named(name: str, request: Request) -> list[str] | Unclear:
    if not name:
        return Unclear("many")
    ref = parse_ref(name if name.startswith("@") else f"@{name}")
    if ref is None or ref.name not in request.artifacts or ref.output:
        return Unclear("unknown", name)
    return [name if name.startswith("@") else f"@{name}"]


def _whole(phrase: str, request: Request) -> list[str] | Unclear | None:
    if "original" not in phrase.split():
        return None
    handed = handed_over(request)
    if len(handed) == 1:
        return [f"@{handed[0]}"]
    last = current(request)
    roots = {original(request, handle) for handle in last} if isinstance(last, list) else {None}
    root = roots.pop()
    return [f"@{root}"] if root and not roots else Unclear("many")


def _called(
    phrase: str, request: Request, at_hand: list[str] | Unclear
) -> list[str] | Unclear | None:
    noun = phrase.split()[-1]
    called = [
        handle
        for handle, artifact in request.artifacts.items()
        if fold(artifact.name) == noun and is_recording(artifact)
    ]
    several = isinstance(at_hand, list) and len(at_hand) > 1
    if len(called) == 1 and len(phrase.split()) > 1 and several:
        return [f"@{called[0]}"]
    if re.search(r"\bvideos?$", phrase) and isinstance(at_hand, list) and several:
        videos = [
            ref
            for ref in at_hand
            if ref[1:] in request.artifacts and request.artifacts[ref[1:]].kind == Kind.VIDEO
        ]
        return videos if len(videos) == 1 else None
    return None
