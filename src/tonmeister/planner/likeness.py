"""How much two requests have in common: the beginnings of their words, rare ones counting more."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from math import log, sqrt

from tonmeister.planner.slots import fold

__all__ = ["likeness", "stems", "weights_of"]

STEM = 6
"""Letters of a word that are compared: "barking" is like "barks"."""

_COMMON_WORDS = """
the and for with from into make please can you could what when how that this them its add give put
get has have does are there any some remove take recording sound audio time times about write
uma uns umas com dos das nos nas para por que isto isso este esta faz poe tira gravacao som quero
podes favor quando como onde qual sem mais menos
"""
"""Words too many requests share to tell anything."""

_COMMON = frozenset(_COMMON_WORDS.split())


def stems(text: str) -> frozenset[str]:
    """Return the beginnings of the words that tell something.

    Args:
        text: A request.
    """
    words = re.findall(r"[^\W\d_]{3,}", fold(text))
    return frozenset(word[:STEM] for word in words if word not in _COMMON)


def weights_of(texts: Sequence[frozenset[str]]) -> dict[str, float]:
    """Return how much each beginning tells: the more, the fewer texts have it.

    Args:
        texts: Beginnings of the words of each text.
    """
    shared = Counter(stem for one in texts for stem in one)
    return {stem: log((1 + len(texts)) / count) for stem, count in shared.items()}


def likeness(wanted: frozenset[str], known: frozenset[str], weights: Mapping[str, float]) -> float:
    """Return the cosine of two sets of stems; a stem no text has weighs as a rare one.

    Args:
        wanted: Beginnings of the words of a request.
        known: Those of the text it is compared with.
        weights: How much each tells.
    """
    rare = max(weights.values(), default=1.0)

    def length(chosen: frozenset[str]) -> float:
        return sqrt(sum(weights.get(stem, rare) ** 2 for stem in chosen))

    both = sum(weights[stem] ** 2 for stem in wanted & known)
    return both / (length(wanted) * length(known)) if both else 0.0
