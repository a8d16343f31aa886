"""Which recording is meant: "it", "the second file", "the cleaned version", "talk.wav", "@a3"."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tonmeister.artifacts import Artifact, Kind
from tonmeister.plan import parse_ref
from tonmeister.planner.answers import PastTurn, Request
from tonmeister.planner.slots import Names, Slot, fold
from tonmeister.planner.vocabulary import reserved

__all__ = [
    "Unclear",
    "choose",
    "current",
    "current_text",
    "handed_over",
    "is_recording",
    "is_text",
    "name_files",
    "original",
]

_ORDINALS = {
    "first": 0, "1st": 0, "primeir": 0, "second": 1, "2nd": 1, "segund": 1, "third": 2, "3rd": 2,
    "terceir": 2, "fourth": 3, "4th": 3, "quart": 3, "fifth": 4, "quint": 4,
    "last": -1, "latest": -1, "ultim": -1,
}  # fmt: skip
_MADE_BY: Sequence[tuple[str, frozenset[str]]] = (
    (r"clean|enhanced|denoised|limp|melhorad", frozenset({"enhance_speech"})),
    (r"trimmed|cut|cortad", frozenset({"trim", "remove_part"})),
    (r"normali", frozenset({"normalize_loudness"})),
    (r"faded", frozenset({"fade"})),
    (r"slow|fast|mais lent|mais rapid", frozenset({"change_speed"})),
    (r"loud|quiet|mais alt|mais baix", frozenset({"change_gain", "normalize_loudness"})),
    (r"mono", frozenset({"to_mono"})),
    (r"joined|junt", frozenset({"join"})),
    (r"mixed|misturad", frozenset({"mix"})),
    (r"resampled", frozenset({"resample"})),
    (r"tightened|shortened", frozenset({"remove_silence"})),
    (r"warmer|brighter|darker|mais (?:quente|brilhante|escur)", frozenset({"apply_preset"})),
    (r"compress|comprimid", frozenset({"compress"})),
    (r"limited", frozenset({"limit"})),
    (r"equali", frozenset({"equalize"})),
)
# Of "remove the dog", what "it" means next is the recording without it; of stems, neither.
_BESIDE: Mapping[str, str] = {"remove_sound": "removed", "extract_sound": "rest"}
_PLURAL = re.compile(
    r"all|both|each|every|these|those|them|tod[oa]s|ambos|ambas|cada|os |as |est[ea]s|ess[ea]s"
    r"|aquel[ea]s|eles|elas|-l?[oa]s$|-n[oa]s$|(?:meus|minhas) |(?:my|our|the) (?:\w+ )*\w+s$"
)
_EVERY_FILE = re.compile(
    r"(?:all|both|each|every|tod[oa]s|ambos|ambas|cada|os dois|as duas)\b.* "
    r"(?:files?|recordings?|ficheiros?|arquivos?|gravac(?:ao|oes))$"
)


@dataclass(frozen=True, slots=True)
class Unclear:
    """It is not clear which recording is meant.

    Attributes:
        reason: "none" when there is none, "many" when several fit, "unknown" when a name does not
            exist, "unread" when the phrase was not understood.
        name: The unknown name.
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


def handed_over(request: Request) -> list[str]:
    """Return the handles of all recordings handed over in this conversation, in order.

    Args:
        request: The request.
    """
    turns = [handle for turn in request.history for handle in turn.inputs]
    handles = dict.fromkeys([*turns, *request.files])
    if not handles:
        handles = {name: None for name, known in request.artifacts.items() if known.recipe is None}
    return _recordings(handles, request.artifacts)


def current(request: Request) -> list[str] | Unclear:
    """Return what "it" means before any step: this request's files, else the last results.

    Args:
        request: The request.
    """
    if request.files:
        files = _recordings(request.files, request.artifacts)
        return files or Unclear("none")
    for turn in reversed(request.history):
        for handles in (turn.outputs, turn.inputs, _used(turn)):
            found = _recordings(handles, request.artifacts)
            if found:
                return _without_beside(found, turn)
    known = _recordings(request.artifacts, request.artifacts)
    return known if known else Unclear("none")


def _without_beside(found: list[str], turn: PastTurn) -> list[str]:
    """Leave out what tools gave beside the results a turn was for, unless it is all there is."""
    steps = turn.plan.steps if turn.plan else ()
    beside = {
        turn.steps.get(f"{one.id}.{_BESIDE[one.tool]}") for one in steps if one.tool in _BESIDE
    }
    return [handle for handle in found if handle not in beside] or found


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


def original(request: Request, handle: str) -> str | None:
    """Return the handed-over recording a result goes back to, if it is one.

    Args:
        request: The request.
        handle: Handle of the result.
    """
    by_id = {artifact.id: name for name, artifact in request.artifacts.items()}
    roots: set[str] = set()
    open_handles, seen = [handle], set[str]()
    while open_handles:
        name = open_handles.pop()
        if name in seen:
            continue
        seen.add(name)
        recipe = request.artifacts[name].recipe
        if recipe is None:
            roots.add(name)
        else:
            open_handles += [by_id[parent] for parent in recipe.parents if parent in by_id]
    return roots.pop() if len(roots) == 1 else None


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
    for reading in (_ordinal, _made, _whole, _called):
        found = reading(phrase, request, at_hand)
        if found is not None:
            return found
    made = isinstance(at_hand, list) and at_hand[0].startswith("@s")
    if not request.files and not made and _EVERY_FILE.match(phrase):
        return [f"@{handle}" for handle in handed_over(request)] or Unclear("none")
    if isinstance(at_hand, Unclear) or len(at_hand) == 1 or _PLURAL.match(phrase):
        return at_hand
    return Unclear("many")


def _named(name: str, request: Request) -> list[str] | Unclear:
    if not name:
        return Unclear("many")
    ref = parse_ref(name if name.startswith("@") else f"@{name}")
    if ref is None or ref.name not in request.artifacts or ref.output:
        return Unclear("unknown", name)
    return [name if name.startswith("@") else f"@{name}"]


def _ordinal(
    phrase: str, request: Request, at_hand: list[str] | Unclear
) -> list[str] | Unclear | None:
    match = re.match(r"(?:the|o|a) (\w+?)[oa]?(?: |$)", phrase)
    place = _ORDINALS.get(match[1]) if match else None
    if place is None:
        return None
    if re.search(r"result|latest|the last one", phrase) and place == -1:
        return at_hand
    files = _recordings(request.files, request.artifacts)
    pools = [files] if len(files) > 1 else [handed_over(request)]
    if not files:
        if re.search(r" one$|^[oa] \w+ ?$", phrase) and request.history:
            results = _recordings(request.history[-1].outputs, request.artifacts)
            pools.append(results) if len(results) > 1 else None
    elif place == 1 and len(files) == 1:
        pools.append(files * 2)
    if place == -1 and not files:
        return Unclear("unread")
    found = {pool[place] for pool in pools if len(pool) > max(place, 1)}
    if len(found) == 1:
        return [f"@{found.pop()}"]
    return Unclear("many" if found else "unread")


def _made(
    phrase: str, request: Request, at_hand: list[str] | Unclear
) -> list[str] | Unclear | None:
    match = re.match(r"the (\S+)(?: up)? (?:version|one|\w+)$", phrase) or re.match(
        r"[oa] \S+(?: de \S+)? ((?:mais )?\S+)$", phrase
    )
    tools = next((made for word, made in _MADE_BY if match and re.match(word, match[1])), None)
    if tools is None:
        return None
    fitting = [
        handle
        for handle, artifact in request.artifacts.items()
        if artifact.recipe and artifact.recipe.tool in tools and is_recording(artifact)
    ]
    return [f"@{fitting[-1]}"] if fitting else Unclear("unread")


def _whole(
    phrase: str, request: Request, at_hand: list[str] | Unclear
) -> list[str] | Unclear | None:
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
    if (
        len(called) == 1
        and len(phrase.split()) > 1
        and isinstance(at_hand, list)
        and len(at_hand) > 1
    ):
        return [f"@{called[0]}"]
    if re.search(r"\bvideos?$", phrase) and isinstance(at_hand, list) and len(at_hand) > 1:
        videos = [
            ref
            for ref in at_hand
            if ref[1:] in request.artifacts and request.artifacts[ref[1:]].kind == Kind.VIDEO
        ]
        return videos if len(videos) == 1 else None
    return None


def _recordings(handles: Iterable[str], artifacts: Mapping[str, Artifact]) -> list[str]:
    return [name for name in handles if name in artifacts and is_recording(artifacts[name])]


def _used(turn: PastTurn) -> list[str]:
    steps = turn.plan.steps if turn.plan else ()
    return list(dict.fromkeys(ref.name for step in steps for _, ref in step.refs()))
