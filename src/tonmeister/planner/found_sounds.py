"""Requests about sounds that are heard: one that is looked for, and lists of them as files."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from tonmeister.artifacts import Kind
from tonmeister.planner.assembly import Assembly, Call, NotClearError, one_of
from tonmeister.planner.slots import fold

__all__ = ["CHAINS"]

Args = dict[str, Any]


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
    options = {name: args[name] for name in ("format",) if name in args}
    fresh = not assembly.steps and not assembly.request.files
    events = assembly.known(Kind.EVENTS)
    if not events and fresh and one_of(call, "target") is None:
        events = assembly.last_of(Kind.EVENTS)
    for ref in events:
        assembly.step("write_sounds", {"sounds": ref, **options})
    if not events:
        assembly.each("write_sounds", assembly.targets("write_sounds", call), options)


CHAINS: Mapping[str, Callable[[Assembly, Call, Args], None]] = {
    "find_sound": _find,
    "write_sounds": _write,
}
