"""What can be asked for instead, when a request is not understood or cannot be done.

The examples of ``examples.txt`` are compared with the request by the beginnings of their words and
of what their tool does. Nothing is run, and no language model is needed.
"""

import re
from collections import Counter
from functools import cache
from importlib.resources import files
from math import log, sqrt
from typing import NamedTuple

from tonmeister.planner.answers import Request
from tonmeister.planner.slots import fold
from tonmeister.planner.wording import summary_of
from tonmeister.registry import Catalog

__all__ = ["Example", "load_examples", "suggestions"]

FLOOR = 0.15
"""Cosine similarity from which an example is near enough to be shown."""

MOST = 2
STEM = 6
"""Letters of a word that are compared: "barking" is like "barks"."""

_GENERAL = {
    "en": ("transcribe it", "remove the background noise", "make it 3 dB louder"),
    "pt": ("transcreve isto", "tira o ruído de fundo", "põe isto 3 dB mais alto"),
}
_HEADS = {
    "en": ("The nearest I know:", "For example:", "“What can you do?” lists the rest."),
    "pt": ("O mais próximo que sei:", "Por exemplo:", "“O que sabes fazer?” mostra o resto."),
}
_COMMON_WORDS = """
the and for with from into make please can you could what when how that this them its add give put
get has have does are there any some remove take recording sound audio time times about write
uma uns umas com dos das nos nas para por que isto isso este esta faz poe tira gravacao som quero
podes favor quando como onde qual sem mais menos
"""
"""Words too many requests share to tell anything."""

_COMMON = frozenset(_COMMON_WORDS.split())


class Example(NamedTuple):
    """A request that works as it stands.

    Attributes:
        tool: The tool that does it.
        words: The request by language.
    """

    tool: str
    words: dict[str, str]


@cache
def load_examples() -> tuple[Example, ...]:
    """Return all examples, in the order of the file."""
    text = (files("tonmeister.planner") / "examples.txt").read_text(encoding="utf-8")
    rows = (line.split(" | ") for line in text.splitlines())
    return tuple(Example(tool, {"en": english, "pt": said}) for tool, english, said in rows)


def suggestions(request: Request, catalog: Catalog) -> str:
    """Return a sentence with what can be done that is nearest to a request.

    Args:
        request: The request that is declined.
        catalog: What can be done here.
    """
    language = "pt" if request.language == "pt" else "en"
    near, general, rest = _HEADS[language]
    found = [
        f"“{one.words[language]}” ({summary_of(one.tool, language, catalog).rstrip('.')})"
        for one in _nearest(request.text, language, catalog)
    ]
    if found:
        return f"{near} {'; '.join(found)}."
    return f"{general} {', '.join(f'“{one}”' for one in _GENERAL[language])}. {rest}"


def _nearest(text: str, language: str, catalog: Catalog) -> list[Example]:
    known = [one for one in load_examples() if one.tool in catalog.tools]
    described = [
        _stems(f"{one.words[language]} {summary_of(one.tool, language, catalog)}") for one in known
    ]
    shared = Counter(stem for stems in described for stem in stems)
    weights = {stem: log((1 + len(known)) / count) for stem, count in shared.items()}
    wanted = _stems(text)
    scores: dict[str, tuple[float, Example]] = {}
    for one, stems in zip(known, described, strict=True):
        score = _likeness(wanted, stems, weights)
        if score >= max(FLOOR, scores.get(one.tool, (0.0,))[0]):
            scores[one.tool] = (score, one)
    ordered = sorted(scores.values(), key=lambda pair: -pair[0])
    return [one for _, one in ordered[:MOST]]


def _likeness(wanted: frozenset[str], stems: frozenset[str], weights: dict[str, float]) -> float:
    """Return the cosine of two sets of stems; a stem no example has weighs as a rare one."""
    rare = max(weights.values(), default=1.0)

    def length(chosen: frozenset[str]) -> float:
        return sqrt(sum(weights.get(stem, rare) ** 2 for stem in chosen))

    both = sum(weights[stem] ** 2 for stem in wanted & stems)
    return both / (length(wanted) * length(stems)) if both else 0.0


def _stems(text: str) -> frozenset[str]:
    words = re.findall(r"[^\W\d_]{3,}", fold(text))
    return frozenset(word[:STEM] for word in words if word not in _COMMON)
