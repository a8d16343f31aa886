"""Examples shown to a language model: the ones most like the request."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import log

from tonmeister.planner.slots import Names, read_sentence

__all__ = ["Demonstration", "load_demonstrations", "nearest"]


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


@cache
def load_demonstrations() -> tuple[Demonstration, ...]:
    """Return the whole bank."""
    text = (files("tonmeister.planner") / "demonstrations.jsonl").read_text(encoding="utf-8")
    bank: list[Demonstration] = []
    for line in text.splitlines():
        entry = json.loads(line)
        bank.append(
            Demonstration(
                entry["request"],
                tuple((name, kind, title, length) for name, kind, title, length in entry["files"]),
                entry["answer"],
                tuple((said, plan, made) for said, plan, made in entry.get("earlier", ())),
            )
        )
    return tuple(bank)


def nearest(text: str, tools: Iterable[str], count: int) -> list[Demonstration]:
    """Return the demonstrations most like a request, the most similar last.

    A request of several clauses is also compared clause by clause. Demonstrations of tools that
    are not there are left out, and no two show the same sequence of tools.

    Args:
        text: The request.
        tools: Names of the tools in the catalog.
        count: Demonstrations at most.
    """
    known = set(tools)
    clauses = [
        part for part in re.split(r"[,;.]\s|\b(?:and|then|e|depois)\b", text) if part.strip()
    ]
    parts = [text, *clauses[:3]] if len(clauses) > 1 else [text]
    best: dict[tuple[str, ...], tuple[float, Demonstration]] = {}
    for place, part in enumerate(parts):
        for score, demonstration in _ranked(part)[:10]:
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


def _ranked(text: str) -> list[tuple[float, Demonstration]]:
    weights, bank = _index()
    query = _vector(text, weights)
    scored = [
        (sum(share * other.get(gram, 0.0) for gram, share in query.items()), demonstration)
        for demonstration, other in bank
    ]
    return sorted(scored, key=lambda pair: -pair[0])


@cache
def _index() -> tuple[dict[str, float], list[tuple[Demonstration, dict[str, float]]]]:
    bank = load_demonstrations()
    documents = Counter(gram for shown in bank for gram in set(_grams(shown.request)))
    weights = {gram: log((1 + len(bank)) / (1 + count)) + 1 for gram, count in documents.items()}
    return weights, [(shown, _vector(shown.request, weights)) for shown in bank]


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
