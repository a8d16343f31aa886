"""Which tools a request needs, by its meaning: the choice before a language model writes the plan.

A linear head over sentence embeddings and words, one logistic output for each tool and each other
kind of answer, learnt from the bank of demonstrations (``make train-planner``). Its word is
independent of the language model's, so that a plan both agree on is surer than one of them alone.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tonmeister.plan import Plan
from tonmeister.planner.demonstrations import load_demonstrations
from tonmeister.planner.features import worded
from tonmeister.sentence_encoder import SentenceEncoder

__all__ = [
    "OTHER_ANSWERS",
    "SEVERAL",
    "Router",
    "Routing",
    "agrees",
    "bank_digest",
    "clauses_of",
    "inputs",
    "neutral",
    "packed",
    "unpacked",
]

OTHER_ANSWERS = ("chat", "question", "decline")
SEVERAL = "several"
"""Learnt beside tools and answers: whether a plan has more than one step."""
_CLAUSE = re.compile(
    r"(?:[,;.!?]\s+|\s)(?:(?:and then|and|then|e depois|e|depois|but|mas)\s)|[,;.!?]\s+"
)
_FILE = re.compile(r"\S+\.\w{2,5}\b")
_QUOTED = re.compile(r"\"[^\"]{12,}\"|“[^”]{12,}”|«[^»]{12,}»")
MOST_CLAUSES = 8

WORDED = 1.5
"""How long the features of words are beside a meaning, which has length 1."""

AGREED, MISSED = 0.5, 0.5
"""From which chance a tool of a plan counts as agreed to, and one that is not in it as missed."""

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Routing:
    """What a request seems to need.

    Attributes:
        tools: How likely each tool has a part in the plan, 0.0 to 1.0, by name.
        others: How likely the answer is no plan, by "chat", "question" and "decline".
        several: How likely the plan has more than one step.
    """

    tools: Mapping[str, float]
    others: Mapping[str, float]
    several: float = 0.5

    def candidates(self, known: Iterable[str], count: int) -> frozenset[str]:
        """Return the tools worth considering; those the router never saw are always among them.

        Args:
            known: Names of the tools in the catalog.
            count: Learnt tools at most.
        """
        learnt = [name for name in known if name in self.tools]
        new = [name for name in known if name not in self.tools]
        learnt.sort(key=lambda name: -self.tools[name])
        return frozenset([*learnt[:count], *new])

    def conceivable(self, tools: Iterable[str], least: float) -> frozenset[str]:
        """Return those of some tools that have at least a chance, or that the router never saw.

        Args:
            tools: Their names.
            least: The chance, 0.0 to 1.0.
        """
        return frozenset(name for name in tools if self.tools.get(name, 1.0) >= least)


class Router:
    """Tells which tools a request needs.

    Args:
        encoder: Folder with the weights of the sentence encoder.

    Raises:
        ToolUnavailable: The weights cannot be read.
    """

    def __init__(self, encoder: Path) -> None:
        self._encoder = SentenceEncoder(encoder)

    def likeness(self, text: str) -> Sequence[float]:
        """Return how like a text each demonstration of the bank is, in its order.

        Args:
            text: A request or a part of one.
        """
        return [float(one) for one in self._bank @ self._encoder.encode([neutral(text)])[0]]

    @cached_property
    def _bank(self) -> Array:
        return unpacked(self._learnt["bank"])

    @cached_property
    def _head(self) -> tuple[Array, Array]:
        """Weights of all inputs, and biases."""
        meanings, wordings, scales, biases = (
            np.asarray(self._learnt[name], np.float32)
            for name in ("meanings", "wordings", "scales", "biases")
        )
        return np.hstack([meanings, wordings * scales[:, None]]), biases

    @cached_property
    def _learnt(self) -> Mapping[str, NDArray[np.generic]]:
        with (
            (files("tonmeister.planner") / "router.npz").open("rb") as file,
            np.load(file, allow_pickle=False) as stored,
        ):
            return {name: stored[name] for name in stored.files}

    def route(self, text: str) -> Routing:
        """Return what a request seems to need.

        Args:
            text: The person's words.
        """
        learnt, (weights, biases) = self._learnt, self._head
        said = neutral(text)
        parts = [said, *clauses_of(said)]
        rarity = np.asarray(learnt["rarity"], np.float32)
        logits = inputs(self._encoder.encode(parts), parts, rarity) @ weights.T + biases
        # Of several clauses each tells of its own tools; the whole tells of all and of the kind.
        chances = 1.0 / (1.0 + np.exp(-logits))
        together = chances[0] if len(chances) == 1 else np.maximum(chances[0], chances[1:].max(0))
        labels = [str(label) for label in learnt["labels"]]
        tools = {
            label: float(chance)
            for label, chance in zip(labels, together, strict=True)
            if label not in (*OTHER_ANSWERS, SEVERAL)
        }
        others = {
            label: float(chances[0][place])
            for place, label in enumerate(labels)
            if label in OTHER_ANSWERS
        }
        return Routing(tools, others, float(chances[0][labels.index(SEVERAL)]))


def inputs(meanings: Array, texts: Sequence[str], rarity: Array) -> Array:
    """Return what the head weighs of some texts, shape ``(texts, NUM_DIMS + NUM_WORDINGS)``.

    Args:
        meanings: Of the texts, shape ``(texts, NUM_DIMS)``.
        texts: The texts, after ``neutral``.
        rarity: What each feature of ``worded`` weighs, shape ``(NUM_WORDINGS,)``.
    """
    wordings = worded(texts) * rarity
    lengths = np.linalg.norm(wordings, axis=1, keepdims=True)
    return np.hstack([meanings, WORDED * wordings / np.maximum(lengths, 1e-9)]).astype(np.float32)


def packed(meanings: Array) -> NDArray[np.uint8]:
    """Return meanings in four bits a number, two numbers a byte.

    Args:
        meanings: Shape ``(texts, NUM_DIMS)``.
    """
    steps = np.rint(meanings / np.abs(meanings).max(axis=1, keepdims=True) * 7.0) + 8.0
    halves = steps.astype(np.uint8)
    return halves[:, ::2] << 4 | halves[:, 1::2]


def unpacked(halves: NDArray[np.generic]) -> Array:
    """Return what ``packed`` made into bytes, as directions of length 1.

    Args:
        halves: Shape ``(texts, NUM_DIMS / 2)``.
    """
    pairs = np.asarray(halves, np.uint8)
    both = np.stack([pairs >> 4, pairs & 15], axis=2).reshape(len(pairs), -1)
    meanings = both.astype(np.float32) - 8.0
    return meanings / np.linalg.norm(meanings, axis=1, keepdims=True)


def agrees(routing: Routing, plan: Plan) -> bool:
    """Tell whether a plan calls just the tools a request seems to need.

    Args:
        routing: Of the request.
        plan: The plan.
    """
    called = {step.tool for step in plan.steps}
    if any(routing.tools.get(tool, 0.0) < AGREED for tool in called):
        return False
    return all(tool in called for tool, chance in routing.tools.items() if chance >= MISSED)


def neutral(text: str) -> str:
    """Return a request without what its files are called and what it quotes at length.

    Args:
        text: The person's words.
    """
    return " ".join(_QUOTED.sub(" “…” ", _FILE.sub(" file ", text)).split())


def clauses_of(text: str) -> list[str]:
    """Return the clauses of a request that has several; an empty list for one.

    Args:
        text: The person's words.
    """
    parts = [part.strip() for part in _CLAUSE.split(text) if part and len(part.split()) > 1]
    return parts[:MOST_CLAUSES] if len(parts) > 1 else []


def bank_digest() -> str:
    """Return a digest of the bank, by which a head that was learnt from another one is noticed."""
    said = "\n".join(f"{shown.request}\t{shown.answer}" for shown in load_demonstrations())
    return hashlib.sha256(said.encode()).hexdigest()
