"""Recordings a conversation knows: what "it" means, what was handed over, what came of what."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tonmeister.artifacts import Artifact, Kind
from tonmeister.planner.answers import PastTurn, Request
from tonmeister.planner.slots import Names, fold

__all__ = [
    "Unclear",
    "current",
    "current_text",
    "handed_over",
    "is_recording",
    "is_text",
    "name_files",
    "original",
    "origins",
    "recordings_of",
    "results",
    "without_beside",
]

# Of "remove the dog", what "it" means next is the recording without it; of stems, neither.
_BESIDE: Mapping[str, str] = {
    "remove_sound": "removed",
    "extract_sound": "rest",
    "compare_audio": "difference",
}


@dataclass(frozen=True, slots=True)
class Unclear:
    """It is not clear which recording is meant.

    Attributes:
        reason: "none" when there is none, "many" when several fit, "unknown" when a name does not
            exist, "parts" when several parts of a recording fit, "unread" when the phrase was
            not understood.
        name: The unknown name, or where the parts are.
    """

    reason: str
    name: str = ""


def is_recording(artifact: Artifact) -> bool:
    """Tell whether an artifact can stand where a recording is wanted.

    Args:
        artifact: Any artifact.
    """
    return artifact.kind in (Kind.AUDIO, Kind.VIDEO)


def is_text(artifact: Artifact) -> bool:
    """Tell whether an artifact can be read aloud or translated as words.

    Args:
        artifact: Any artifact.
    """
    return artifact.kind in (Kind.TEXT, Kind.DOCUMENT, Kind.TRANSCRIPT)


def name_files(
    request: Request, reserved: frozenset[str], models: Mapping[str, str] | None = None
) -> Names:
    """Return what the known files and models may be called in a request.

    Args:
        request: The request.
        reserved: Words that mean something else, so they name no file without an extension.
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
        and stem not in reserved
    )
    # Every handle is known by itself: "@a3".
    return Names(
        handles | {f"@{handle}": handle for handle in request.artifacts}, bare, models or {}
    )


def _is_made_of_words(artifact: Artifact) -> bool:
    return artifact.recipe is not None and not artifact.recipe.parents


def handed_over(request: Request) -> list[str]:
    """Return the handles of all recordings handed over in this conversation, in order.

    Args:
        request: The request.
    """
    turns = [handle for turn in request.history for handle in turn.inputs]
    handles = dict.fromkeys([*turns, *request.files])
    if not handles:
        handles = {name: None for name, known in request.artifacts.items() if known.recipe is None}
    return recordings_of(handles, request.artifacts)


def current(request: Request) -> list[str] | Unclear:
    """Return what "it" means before any step: this request's files, else the last results.

    Args:
        request: The request.
    """
    if request.files:
        files = recordings_of(request.files, request.artifacts)
        return files or Unclear("none")
    for turn in reversed(request.history):
        for handles in (turn.outputs, turn.inputs, _used(turn)):
            found = without_beside(recordings_of(handles, request.artifacts), turn)
            if found:
                return found
    known = recordings_of(request.artifacts, request.artifacts)
    return known if known else Unclear("none")


def without_beside(found: list[str], turn: PastTurn) -> list[str]:
    """Leave out what tools gave beside the results a turn was for.

    Args:
        found: Handles of results of the turn.
        turn: The turn.
    """
    steps = turn.plan.steps if turn.plan else ()
    beside = {
        turn.steps.get(f"{one.id}.{_BESIDE[one.tool]}") for one in steps if one.tool in _BESIDE
    }
    return [handle for handle in found if handle not in beside]


def current_text(request: Request) -> list[str]:
    """Return the documents and texts "it" may mean: this request's, else the last turn's.

    Args:
        request: The request.
    """
    known = request.artifacts
    if request.files:
        return [handle for handle in request.files if is_text(known[handle])]
    turn = next((turn for turn in reversed(request.history) if turn.plan), None)
    if turn is not None:
        made = [name for name in turn.outputs if is_text(known[name])]
        return made or [name for name in turn.inputs if known[name].kind == Kind.DOCUMENT]
    return [name for name, artifact in known.items() if artifact.kind == Kind.DOCUMENT]


def origins(request: Request, handle: str) -> frozenset[str]:
    """Return the handles of what was handed over that a result goes back to.

    Args:
        request: The request.
        handle: Handle of the result; one that was handed over goes back to itself.
    """
    by_id = {artifact.id: name for name, artifact in request.artifacts.items()}
    found: set[str] = set()
    open_handles, seen = [handle], set[str]()
    while open_handles:
        name = open_handles.pop()
        if name in seen:
            continue
        seen.add(name)
        recipe = request.artifacts[name].recipe
        if recipe is None:
            found.add(name)
        else:
            open_handles += [by_id[parent] for parent in recipe.parents if parent in by_id]
    return frozenset(found)


def original(request: Request, handle: str) -> str | None:
    """Return the handed-over recording a result goes back to, if it is one.

    Args:
        request: The request.
        handle: Handle of the result.
    """
    found = list(origins(request, handle))
    return found[0] if len(found) == 1 else None


def results(request: Request) -> list[str]:
    """Return the handles of all recordings the turns so far were for, oldest first.

    Args:
        request: The request.
    """
    made = [
        handle
        for turn in request.history
        if turn.plan
        for handle in without_beside(recordings_of(turn.outputs, request.artifacts), turn)
    ]
    return list(dict.fromkeys(made))


def recordings_of(handles: Iterable[str], artifacts: Mapping[str, Artifact]) -> list[str]:
    """Return those of some handles that are recordings.

    Args:
        handles: The handles.
        artifacts: What they stand for.
    """
    return [name for name in handles if name in artifacts and is_recording(artifacts[name])]


def _used(turn: PastTurn) -> list[str]:
    steps = turn.plan.steps if turn.plan else ()
    return list(dict.fromkeys(ref.name for step in steps for _, ref in step.refs()))
