"""Examples shown to a language model: the ones most like the request."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import log

from tonmeister.planner.slots import Names, read_sentence

__all__ = ["Demonstration", "Likeness", "like_by_letters", "load_demonstrations", "nearest"]

Likeness = Callable[[str], Sequence[float]]
MOST_COMPARED = 30


@dataclass(frozen=True, slots=True)
class Demonstration:
    """One request with its right answer.

    Attributes:
        request: The request.
        files: Handle, kind, name and duration of every artifact.
        answer: The answer in lines, as the prompt wants it.
        earlier: Request, plan and results of earlier turns.
    """

    request: str
    files: tuple[tuple[str, str, str, str], ...]
    answer: str
    earlier: tuple[tuple[str, str, str], ...] = ()

    @property
    def tools(self) -> tuple[str, ...]:
        """Names of the tools its plan calls, in order."""
        return tuple(re.findall(r"^s\d+: (\w+)\(", self.answer, flags=re.MULTILINE))


_FILE = re.compile(r'@(?P<handle>\w+) (?P<kind>\w+) "(?P<name>.*)" ?(?P<seconds>[\d.]*)')
_EARLIER = re.compile(r'- (?P<said>".*") => (?P<calls>.*) -> (?P<made>.*)')


@cache
def load_demonstrations() -> tuple[Demonstration, ...]:
    """Return the whole bank, in the order of the file."""
    text = (files("tonmeister.planner") / "demonstrations.txt").read_text(encoding="utf-8")
    blocks = [block for block in re.split(r"\n{2,}", text) if not block.startswith("#")]
    return tuple(shown for block in blocks for shown in _read(block.strip("\n")))


def _read(block: str) -> Iterator[Demonstration]:
    """Yield the demonstrations of a block, which differ in their words only."""
    at_hand: list[tuple[str, str, str, str]] = []
    earlier: list[tuple[str, str, str]] = []
    answer = ""
    for line in block.splitlines():
        if match := _FILE.fullmatch(line.strip()):
            at_hand.append((match["handle"], match["kind"], match["name"], match["seconds"]))
        elif match := _EARLIER.fullmatch(line):
            earlier.append((json.loads(match["said"]), _numbered(match["calls"]), match["made"]))
        elif line.startswith("= "):
            answer = _numbered(line[2:])
        else:
            yield Demonstration(line.strip(), tuple(at_hand), answer, tuple(earlier))


def _numbered(calls: str) -> str:
    """Return calls one a line as a plan is written; other answers as they are."""
    if not re.match(r"\w+\(", calls):
        return calls.strip()
    return "\n".join(f"s{n}: {call}" for n, call in enumerate(calls.strip().split(" ; "), 1))


def nearest(
    text: str, tools: Iterable[str], count: int, likeness: Likeness | None = None
) -> list[Demonstration]:
    """Return the demonstrations most like a request, the most similar last.

    A request of several clauses is also compared clause by clause. Demonstrations of tools that
    are not there are left out, and no two show the same sequence of tools.

    Args:
        text: The request.
        tools: Names of the tools in the catalog.
        count: Demonstrations at most.
        likeness: How like a text each demonstration of the bank is; by default by its letters.
    """
    likeness = likeness or like_by_letters
    known = set(tools)
    clauses = [
        part for part in re.split(r"[,;.]\s|\b(?:and|then|e|depois)\b", text) if part.strip()
    ]
    parts = [text, *clauses[:3]] if len(clauses) > 1 else [text]
    best: dict[tuple[str, ...], tuple[float, Demonstration]] = {}
    for place, part in enumerate(parts):
        scored = zip(likeness(part), load_demonstrations(), strict=True)
        for score, demonstration in sorted(scored, key=lambda pair: -pair[0])[:MOST_COMPARED]:
            weighted = score * (1.0 if place == 0 else 0.9)
            # A request of several clauses should see plans of several steps.
            if len(parts) > 1 and place == 0 and len(demonstration.tools) > 1:
                weighted *= 1.3
            # One chat, question or decline of each kind is enough, as is one per tool sequence.
            shown = demonstration.tools or (demonstration.answer.split(":")[0],)
            if set(demonstration.tools) <= known and weighted > best.get(shown, (0.0,))[0]:
                best[shown] = (weighted, demonstration)
    ordered = sorted(best.values(), key=lambda pair: pair[0])
    return [demonstration for _, demonstration in ordered[-count:]]


def like_by_letters(text: str) -> list[float]:
    """Return how like a text each demonstration is by its words and pieces of them, 0.0 to 1.0.

    Args:
        text: A request or a part of one.
    """
    weights, bank = _index()
    query = _vector(text, weights)
    return [sum(share * one.get(gram, 0.0) for gram, share in query.items()) for one in bank]


@cache
def _index() -> tuple[dict[str, float], list[dict[str, float]]]:
    bank = load_demonstrations()
    documents = Counter(gram for shown in bank for gram in set(_grams(shown.request)))
    weights = {gram: log((1 + len(bank)) / (1 + count)) + 1 for gram, count in documents.items()}
    return weights, [_vector(shown.request, weights) for shown in bank]


def _vector(text: str, weights: dict[str, float]) -> dict[str, float]:
    counts = Counter(_grams(text))
    vector = {gram: n * weights[gram] for gram, n in counts.items() if gram in weights}
    length = sum(share * share for share in vector.values()) ** 0.5
    return {gram: share / length for gram, share in vector.items()} if length else {}


def _grams(text: str) -> list[str]:
    """Return words and 3- to 4-letter pieces of them, with slots by their letter only."""
    plain = re.sub(r"([A-Z])\d+", r"\1", read_sentence(text, Names({})).text)
    words = plain.split()
    pieces = [
        padded[at : at + size]
        for padded in (f"_{word}_" for word in words if len(word) > 2)
        for size in (3, 4)
        for at in range(len(padded) - size + 1)
    ]
    return [f"w:{word}" for word in words] + pieces
