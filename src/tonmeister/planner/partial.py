"""A plan made of the parts of a request that are understood, and the words that are not.

The recognizer answers only when every word has its place. This reads on: words between wordings
are left out at a price, so that "could you be a dear and clean this up for grandma" still gives a
plan. What was left out is told, and nobody may take such a plan as certain by itself.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import heappop, heappush

from tonmeister.plan import Plan
from tonmeister.planner.answers import Request
from tonmeister.planner.assembly import Call
from tonmeister.planner.phrases import CONNECTOR, COURTESY, compile_pattern, needs_of, tokens_in
from tonmeister.planner.recognizer import answer_of, read, slots_of
from tonmeister.planner.rules import Rule, load_rules
from tonmeister.planner.slots import Sentence
from tonmeister.registry import Catalog

__all__ = ["PartialReading", "read_partly"]

CALL = 0.4
"""Price of a wording: one that covers two parts is better than two that cover a part each."""

WORD, LIGHT, SLOT = 1.0, 0.1, 2.5
"""Prices of leaving out a word, one that carries little, and an amount, format or file."""

MOST_TRIED = 12
MOST_WORDS = 120

# What turns the meaning of the words around it can never be left out.
_TURNING = re.compile(
    r"(?:not|no|never|don't|doesn't|won't|can't|isn't|without|except|unless|if|but|only|instead|than"
    r"|nao|nunca|sem|exceto|menos|salvo|se|mas|so|apenas|invez|do que|nem|when|quando|while) "
)
_LIGHT_WORDS = """
a an the of to in on at for from with and or as by is are be it its it's this that these those
my our your his her their me you we i so just really very quite please maybe perhaps actually
also too now then here there some all up out can could would will get got have has had do does
want need like think bit little kind sort thing things one way nice good well sure hey hi hello
ok okay thanks thank o a os as um uma uns umas de do da dos das em no na nos nas ao aos e ou que
com por para pelo pela meu minha meus minhas teu tua me te lhe eu tu ele ela isto isso este esta
esse essa muito bem mesmo so ja la ca aqui ali entao tambem agora depois favor quero queria
gostava preciso podes pode podias tens ter ser estar esta ficar fazer faz coisa assim tipo pouco
bocado bocadinho obrigado obrigada ola oi tudo
"""
_LIGHT = frozenset(_LIGHT_WORDS.split())


@dataclass(frozen=True, slots=True)
class PartialReading:
    """A plan and what it leaves out.

    Attributes:
        plan: A valid plan.
        unread: Words and slots of the read sentence that have no place in it.
        price: What leaving them out costs; 0.0 when every word is read.
    """

    plan: Plan
    unread: tuple[str, ...]
    price: float


@dataclass(frozen=True, slots=True)
class _Edge:
    """A step of a reading: a wording, or words left out, from one place to another."""

    end: int
    price: float
    call: Call | None = None
    unread: str = ""


def read_partly(request: Request, catalog: Catalog) -> PartialReading | None:
    """Return the valid plan that leaves out least of a request; None when there is none.

    Args:
        request: The request.
        catalog: What can be done here.
    """
    sentence = read(request, catalog)
    if sentence.text.count(" ") > MOST_WORDS:
        return None
    for number, (price, calls, unread) in enumerate(_cheapest(sentence)):
        if number >= MOST_TRIED:
            return None
        answer = answer_of(calls, request, catalog)
        if isinstance(answer, Plan):
            return PartialReading(answer, unread, price)
    return None


def _cheapest(
    sentence: Sentence,
) -> Iterator[tuple[float, tuple[Call, ...], tuple[str, ...]]]:
    """Yield readings with at least one wording, the cheapest first."""
    end = len(sentence.text)
    edges = {at: list(_edges(sentence, at)) for at in _starts(sentence.text)}
    order = 0
    queue: list[tuple[float, int, int, tuple[Call, ...], tuple[str, ...]]] = [(0.0, 0, 0, (), ())]
    seen: dict[tuple[int, tuple[tuple[str, int], ...]], int] = {}
    while queue:
        price, _, at, calls, unread = heappop(queue)
        key = (at, tuple((call.rule.tool, id(call)) for call in calls))
        if key in seen:
            continue
        seen[key] = 1
        if at == end:
            if calls:
                yield price - CALL * len(calls), calls, unread
            continue
        for edge in edges[at]:
            order += 1
            more = (*calls, edge.call) if edge.call else calls
            left = (*unread, edge.unread) if edge.unread else unread
            heappush(queue, (price + edge.price, order, edge.end, more, left))


def _starts(text: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer(" ", text))][:-1]


def _edges(sentence: Sentence, at: int) -> Iterator[_Edge]:
    text = sentence.text
    for free in (COURTESY, CONNECTOR):
        match = free.match(text, at)
        if match is not None and match.end() > at:
            yield _Edge(match.end(), 0.0)
    for rule, pattern in _patterns_for(tokens_in(text)):
        match = pattern.match(text, at)
        if match is not None and match.end() > at:
            yield _Edge(match.end(), CALL, Call(rule, slots_of(match, sentence)))
    if not _TURNING.match(text, at):
        word = text[at : text.index(" ", at)]
        yield _Edge(at + len(word) + 1, _price(word), unread=word)


def _price(word: str) -> float:
    if word[0].isupper():
        return LIGHT if word[0] == "O" else SLOT
    return LIGHT if word in _LIGHT or not word[0].isalnum() else WORD


@lru_cache(maxsize=1)
def _patterns_for(tokens: frozenset[str]) -> Sequence[tuple[Rule, re.Pattern[str]]]:
    return [
        (rule, compile_pattern(pattern, bounded=bounded))
        for rule in load_rules()
        for pattern in rule.patterns
        if all(not tokens.isdisjoint(needed) for needed in needs_of(pattern))
        for bounded in (True, False)
    ]
