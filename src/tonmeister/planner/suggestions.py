"""What can be asked for instead, when a request is not understood or cannot be done.

The examples of ``examples.txt`` are compared with the request by the beginnings of their words and
of what their tool does. Nothing is run, and no language model is needed.
"""

from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from tonmeister.planner.answers import Request
from tonmeister.planner.demonstrations import load_demonstrations
from tonmeister.planner.likeness import likeness, stems, weights_of
from tonmeister.planner.limits import Limit, limit_in, limits
from tonmeister.planner.slots import language_of
from tonmeister.planner.wording import summary_of
from tonmeister.registry import Catalog
from tonmeister.wording import say

__all__ = ["Example", "load_examples", "nearest_limit", "suggestions", "why_not"]

FLOOR = 0.15
"""Cosine similarity from which an example is near enough to be shown."""

LIMIT_FLOOR = 0.6
"""Cosine similarity from which words are taken for those of a limit."""

MOST = 2
_GENERAL = {
    "en": ("transcribe it", "remove the background noise", "make it 3 dB louder"),
    "pt": ("transcreve isto", "tira o ruído de fundo", "põe isto 3 dB mais alto"),
}
_HEADS = {
    "en": ("The nearest I know:", "For example:", "“What can you do?” lists the rest."),
    "pt": ("O mais próximo que sei:", "Por exemplo:", "“O que sabes fazer?” mostra o resto."),
}


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


def nearest_limit(text: str, catalog: Catalog) -> Limit | None:
    """Return the limit some words are most like, unless they are more like what can be done.

    Args:
        text: Words for what is wanted.
        catalog: What can be done here.
    """
    sure = limit_in(text, catalog)
    if sure is not None:
        return sure
    known = tuple(name for name, one in limits().items() if not one.is_possible(catalog.tools))
    rows, possible, weights = _compared(known)
    wanted = stems(text)
    best, name = max((likeness(wanted, row, weights), name) for name, row in rows)
    rival = max(likeness(wanted, row, weights) for row in possible)
    return limits()[name] if best >= LIMIT_FLOOR and best > rival else None


@lru_cache(4)
def _compared(
    names: tuple[str, ...],
) -> tuple[list[tuple[str, frozenset[str]]], list[frozenset[str]], dict[str, float]]:
    """Return what words may be like: limits by their names, and requests that can be met."""
    rows = [
        (name, stems(said))
        for name in names
        for language, title in limits()[name].title.items()
        for said in (title, *limits()[name].examples.get(language, ()))
    ]
    possible = [stems(said) for one in load_examples() for said in one.words.values()]
    possible += [stems(shown.request) for shown in load_demonstrations() if shown.tools]
    return rows, possible, weights_of([*(row for _, row in rows), *possible])


def why_not(wanted: str, catalog: Catalog) -> str:
    """Return why something cannot be done, and what comes near.

    Args:
        wanted: What it is, in a few words.
        catalog: What can be done here.
    """
    language = "pt" if language_of(wanted) == "pt" else "en"
    limit = nearest_limit(wanted, catalog)
    if limit is None:
        near = suggestions(Request(wanted, (), {}, (), language), catalog)
        return f"{say(language, 'no_limit')} {near}"
    lines = [limit.told(language)]
    if language in limit.nearest:
        instead = limit.nearest[language].replace('"{quote}"', "…")
        lines.append(say(language, "nearest", plan=f"“{instead}”"))
        lines.append(say(language, "loses", loses=limit.loses[language]))
    return " ".join(lines)


def _nearest(text: str, language: str, catalog: Catalog) -> list[Example]:
    known = [one for one in load_examples() if one.tool in catalog.tools]
    described = [
        stems(f"{one.words[language]} {summary_of(one.tool, language, catalog)}") for one in known
    ]
    weights = weights_of(described)
    wanted = stems(text)
    scores: dict[str, tuple[float, Example]] = {}
    for one, row in zip(known, described, strict=True):
        score = likeness(wanted, row, weights)
        if score >= max(FLOOR, scores.get(one.tool, (0.0,))[0]):
            scores[one.tool] = (score, one)
    ordered = sorted(scores.values(), key=lambda pair: -pair[0])
    return [one for _, one in ordered[:MOST]]
