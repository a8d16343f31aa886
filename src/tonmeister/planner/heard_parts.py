"""Parts of a recording meant by what is heard there: "the part with the dog", "a parte do cão".

Where a sound is heard is known from an earlier search: its times are facts of the result. Without
one, or when it was not heard, nothing is guessed.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from tonmeister.artifacts import Artifact, Kind
from tonmeister.planner.answers import Request
from tonmeister.planner.references import Unclear, current
from tonmeister.planner.slots import Slot
from tonmeister.planner.sound_names import is_called
from tonmeister.sound_vocabulary import sound_pattern
from tonmeister.toolspec import Tool

__all__ = ["PART_PHRASE", "is_part", "parts_meant"]

_SOUND = rf"(?:{sound_pattern()})"
_HEARD = (
    "barks?|rings?|meows?|cries|crows?|sings?|sounds?|is heard|passes|plays?|goes off"
    "|(?:ladra|late|toca|mia|chora|canta|soa|se ouve|passa|apita)m?"
)
PART_PHRASE = (
    rf"the parts? (?:(?:with|of)(?: (?:the|a))? {_SOUND}"
    rf"|(?:where|in which)(?: (?:the|a))? {_SOUND}(?: (?:{_HEARD}))?)"
    rf"|[oa]s? (?:partes?|trechos?) (?:(?:com|de|d[oa]s?)(?: (?:[oa]s?|uma?))? {_SOUND}"
    rf"|(?:em que|onde)(?: se ouve)? (?:[oa]s?|uma?) {_SOUND}(?: (?:{_HEARD}))?)"
)
"""Such phrases in folded text, as a regular expression."""


def is_part(slot: Slot) -> bool:
    """Tell whether a slot means parts of a recording.

    Args:
        slot: Any slot.
    """
    return slot.kind == "O" and re.fullmatch(PART_PHRASE, str(slot.value)) is not None


def parts_meant(phrase: str, request: Request, tools: Mapping[str, Tool]) -> list[str] | Unclear:
    """Return references of the parts in which a sound was heard, as earlier results tell.

    Args:
        phrase: Folded words that match ``PART_PHRASE``.
        request: The request.
        tools: The catalog's tools by name; some keep every time where it is.
    """
    by_id = {artifact.id: name for name, artifact in request.artifacts.items()}
    said = _word(phrase)
    found: dict[str, list[Sequence[float]]] = {}
    for artifact in request.artifacts.values():
        recipe = artifact.recipe
        if artifact.kind != Kind.EVENTS or recipe is None or len(recipe.parents) != 1:
            continue
        times, searched = _heard(artifact, said), by_id.get(recipe.parents[0])
        name = _as_it_is_now(searched, request, tools) if searched and times else None
        if name is not None:
            found[name] = times  # of two searches, the later
    at_hand = current(request)
    near = [name for name in found if isinstance(at_hand, list) and name in at_hand] or [*found]
    if len(near) != 1:
        return Unclear("unread")
    name, times = near[0], found[near[0]]
    if len(times) > 1 and re.match(r"(?:the|o|a) (?:part|parte|trecho)\b", phrase):
        return Unclear("parts", ", ".join(f"{start:g}–{end:g}" for start, end in times))
    return [f"@{name}[{float(start)!r}:{float(end)!r}]" for start, end in times]


def _word(phrase: str) -> str:
    """Return what the sound is called: "the part where the dog barks" is about a dog."""
    clause = re.search(r"\b(?:where|in which|em que|onde)\b", phrase)
    named = re.sub(rf" (?:{_HEARD})$", "", phrase) if clause else phrase
    match = re.search(rf"{_SOUND}$", named)
    return match[0] if match else ""


def _heard(artifact: Artifact, said: str) -> list[Sequence[float]]:
    """Return when a sound was heard: one that was searched for, or one of those listed."""
    heard: Mapping[str, Any] = artifact.facts.get("heard") or {}
    recipe = artifact.recipe
    asked = str(recipe.arguments.get("description", "")) if recipe else ""
    if asked:
        fits = is_called(said, asked)
        return [times for listed in heard.values() for times in listed] if fits else []
    return [times for label, listed in heard.items() if is_called(said, label) for times in listed]


def _as_it_is_now(name: str, request: Request, tools: Mapping[str, Tool]) -> str | None:
    """Return what was made of a recording and is at hand, if every time is where it was.

    Args:
        name: Handle of the recording in which the sound was searched for.
        request: The request.
        tools: The catalog's tools by name.

    Returns:
        A handle: of what is at hand when that came of it, else of the recording itself. None when
        times moved on the way, so that it is not known where the sound is.
    """
    at_hand = current(request)
    if not isinstance(at_hand, list) or len(at_hand) != 1:
        return name
    by_id = {artifact.id: handle for handle, artifact in request.artifacts.items()}
    handle, moved = at_hand[0], False
    while handle != name:
        recipe = request.artifacts[handle].recipe
        parents = [by_id[one] for one in recipe.parents if one in by_id] if recipe else []
        if recipe is None or len(parents) != 1:
            return name  # at hand is something else
        tool = tools.get(recipe.tool)
        moved = moved or tool is None or "duration_kept" not in tool.claims
        handle = parents[0]
    return None if moved else at_hand[0]
