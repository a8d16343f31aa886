"""Requests about sounds that are heard: one that is looked for, and lists of them as files."""

import re
from collections.abc import Callable, Mapping

from tonmeister.artifacts import Kind
from tonmeister.plan import parse_ref
from tonmeister.planner.assembly import Assembly, Call, NotClearError, one_of
from tonmeister.planner.heard_parts import is_part
from tonmeister.planner.mentions import Args, kept, refuse_mixed_units
from tonmeister.planner.slots import Slot, fold

__all__ = ["CHAINS"]


def _find(assembly: Assembly, call: Call, args: Args) -> None:
    word = one_of(call, "description")
    if word is None:
        raise NotClearError
    said = _as_written(str(word.value), assembly.request.text)
    assembly.each("find_sound", assembly.targets("find_sound", call), {"description": said})


def _as_written(word: str, text: str) -> str:
    """Return a word with the accents it has in the request: "cao" may be wanted as "cão"."""
    written = (match for match in re.findall(r"[^\W\d_]+", text) if fold(match) == word)
    return next(written, word).lower()


def _write(assembly: Assembly, call: Call, args: Args) -> None:
    options = kept(args, "format")
    fresh = not assembly.steps and not assembly.request.files
    events = assembly.known(Kind.EVENTS)
    if not events and fresh and one_of(call, "target") is None:
        events = assembly.last_of(Kind.EVENTS)
    for ref in events:
        assembly.step("write_sounds", {"sounds": ref, **options})
    if not events:
        assembly.each("write_sounds", assembly.targets("write_sounds", call), options)


def _at_place(tool: str) -> Callable[[Assembly, Call, Args], None]:
    def chain(assembly: Assembly, call: Call, args: Args) -> None:
        _require_sound(one_of(call, "thing"))
        refuse_mixed_units(call)
        span = {name: value for name, value in args.items() if name.startswith("span_")}
        own = kept(args, "low_hz", "high_hz", "model")
        refs = assembly.targets(tool, call)
        named = [slot for name, slot in call.slots.items() if name.startswith("description")]
        if not named:
            assembly.each(tool, refs, own, span)
        for slot in named:
            # The next sound is taken out of what is left.
            refs = assembly.each(tool, refs, {"description": slot.value, **own}, span)

    return chain


def _require_sound(thing: Slot | None) -> None:
    """Refuse "remove the file from 1 to 2 s": only "the sound" is something heard in it."""
    if thing is not None and not _SOUND.fullmatch(str(thing.value)):
        raise NotClearError


def _part(assembly: Assembly, call: Call, args: Args) -> None:
    """Shorten a recording, unless it is a sound that is to go from where it is heard."""
    target = one_of(call, "target")
    if target is not None and _SOUND.fullmatch(str(target.value)):
        raise NotClearError
    span = {name: value for name, value in args.items() if name.startswith("span_")}
    refuse_mixed_units(call)
    assembly.each("remove_part", assembly.targets("remove_part", call), {}, span)


def _spans(assembly: Assembly, call: Call, tool: str) -> list[tuple[str, float, float]]:
    """Return the recording, the start and the end of the parts a call is for.

    Raises:
        NotClearError: It is for no part of a recording.
    """
    slot = one_of(call, "part")
    if slot is None or not is_part(slot) or assembly.made():
        raise NotClearError
    found = [(ref, parse_ref(ref)) for ref in assembly.resolve(tool, slot)]
    return [
        (f"@{part.name}", part.region.start, part.region.end)
        for _, part in found
        if part is not None and part.region is not None and part.region.end is not None
    ]


def _keep_part(assembly: Assembly, call: Call, args: Args) -> None:
    """Keep the parts in which a sound was heard, one after the other."""
    kept_parts = [
        assembly.step("trim", {"audio": ref, "start": start, "end": end})
        for ref, start, end in _spans(assembly, call, "trim")
    ]
    if len(kept_parts) > 1:
        kept_parts = [assembly.step("join", {"recordings": kept_parts})]
    assembly.now(kept_parts)


def _drop_part(assembly: Assembly, call: Call, args: Args) -> None:
    """Cut out the parts in which a sound was heard, the last first: the others stay in place."""
    left = ""
    for ref, start, end in sorted(_spans(assembly, call, "remove_part"), reverse=True):
        left = assembly.step("remove_part", {"audio": left or ref, "start": start, "end": end})
    assembly.now([left])


_SOUND = re.compile(r"(?:the|this|that|o|esse|este|aquele) (?:sound|som)")

CHAINS: Mapping[str, Callable[[Assembly, Call, Args], None]] = {
    "extract_sound": _at_place("extract_sound"),
    "drop_part": _drop_part,
    "find_sound": _find,
    "keep_part": _keep_part,
    "remove_part": _part,
    "remove_sound": _at_place("remove_sound"),
    "write_sounds": _write,
}
