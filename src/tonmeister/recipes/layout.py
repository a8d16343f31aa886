"""How a recipe is laid out in its file: written as TOML, and the line on which something stands."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

__all__ = ["Place", "line_of", "one_line", "written"]

Place = tuple[str | int, ...]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_TABLE = re.compile(r"^\s*(?P<many>\[)?\[\s*(?P<path>[\w.\"-]+)\s*\]")
_FIELD = re.compile(r"^\s*(?P<name>[\w-]+)\s*=")
_HEAD = """\
# What was done in a conversation with Tonmeister, to be done to other files:
#   tonmeister recipe show FILE.toml               what it does and what it needs here
#   tonmeister recipe run FILE.toml FOLDER -o OUT  do it to every recording in a folder
"""


def written(recipe: Mapping[str, Any], summaries: Mapping[str, str]) -> str:
    """Return the text of a recipe.

    Args:
        recipe: Its fields, as plain values.
        summaries: One line for each tool, by name.
    """
    return "\n".join(_lines(recipe, summaries)) + "\n"


def _lines(recipe: Mapping[str, Any], summaries: Mapping[str, str]) -> Iterator[str]:
    yield _HEAD
    yield f"version = {_value(recipe['version'])}"
    yield f"name = {_value(recipe['name'])}"
    for field in ("requests", "left_out"):
        if recipe.get(field):
            yield f"{field} = ["
            yield from (f"    {_value(one)}," for one in recipe[field])
            yield "]"
    for role, one in recipe.get("inputs", {}).items():
        varies = one.get("varies", False)
        yield ""
        yield "# Each file that is given" if varies else f"# The same in a run: --with {role}=FILE"
        yield f"[inputs.{_key(role)}]"
        yield from _fields(one)
    said: int | None = None
    for step in recipe["steps"]:
        yield ""
        if step.get("request") != said:
            said = step.get("request")
            yield from _comment(recipe.get("requests", ()), said)
        yield "[[steps]]"
        for line in _fields(step):
            summary = summaries.get(step["tool"]) if line.startswith("tool = ") else None
            yield f"{line}  # {one_line(summary)}" if summary else line
    for one in recipe["outputs"]:
        yield ""
        if not one.get("deliver", True):
            yield "# A later request refined it; with true it is delivered as well."
        yield "[[outputs]]"
        yield from _fields(one)


def _comment(requests: Sequence[str], number: int | None) -> Iterator[str]:
    if number is not None and number <= len(requests):
        yield f"# {number}: {one_line(requests[number - 1])}"


def one_line(text: str) -> str:
    """Return a text that may stand in a comment, and on a terminal.

    Args:
        text: It may come from anywhere.
    """
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _fields(table: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{name} = {_value(value)}" for name, value in table.items())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        inside = ", ".join(f"{_key(name)} = {_value(one)}" for name, one in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    # Strings, numbers and truth are written as in JSON; TOML escapes one letter more.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _value(name)


def line_of(text: str, place: Sequence[str | int]) -> int | None:
    """Return the line on which a field stands, or what it should be in; None when it is nowhere.

    Args:
        text: The file.
        place: Names of tables and fields, and numbers in lists: ("steps", 0, "tool").
    """
    best, depth = None, 0
    for number, here in _places(text):
        shared = _shared(here, place)
        if shared == len(here) and shared > depth:
            best, depth = number, shared
        elif here[:1] == place[:1] and depth == 0:
            best = best or number
    return best


def _places(text: str) -> Iterator[tuple[int, Place]]:
    """Yield each line that begins a table or a field, with its place."""
    table: Place = ()
    counts: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if match := _TABLE.match(line):
            names = [name.strip('"') for name in match["path"].split(".")]
            if match["many"]:
                counts[names[0]] = counts.get(names[0], -1) + 1
            first: Place = (names[0],)
            if names[0] in counts:
                first = (names[0], counts[names[0]])
            table = (*first, *names[1:])
            yield number, table
        elif match := _FIELD.match(line):
            yield number, (*table, match["name"])


def _shared(here: Place, place: Sequence[str | int]) -> int:
    count = 0
    while count < min(len(here), len(place)) and here[count] == place[count]:
        count += 1
    return count
