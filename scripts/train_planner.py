"""Learn the planner's router from the bank of demonstrations: ``make train-planner``.

One logistic regression per tool and kind of answer over sentence embeddings, with a penalty on
large weights, by L-BFGS. It takes seconds on one core; the result is the same each time.
"""

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from tonmeister.checkpoints import CheckpointCache
from tonmeister.config import load_settings
from tonmeister.planner.demonstrations import Demonstration, load_demonstrations
from tonmeister.planner.router import OTHER_ANSWERS, bank_digest, neutral
from tonmeister.sentence_encoder import SENTENCE_ENCODER, SentenceEncoder

PAGE = Path(__file__).parents[1] / "src" / "tonmeister" / "planner" / "router.npz"
PENALTY = 1e-5
"""Of the squared weights, per demonstration; chosen by leaving out every tenth block."""

Array = NDArray[np.float64]


def main() -> int:
    """Learn from the whole bank and write the file; return 0."""
    bank = load_demonstrations()
    meanings = embedded(bank)
    labels = labels_of(bank)
    weights = learnt(meanings, targets_of(bank, labels))
    np.savez_compressed(
        PAGE,
        weights=weights.astype(np.float16),
        labels=np.array(labels),
        bank=np.round(meanings * 127.0).astype(np.int8),
        digest=np.array(bank_digest()),
    )
    print(f"{len(bank)} demonstrations, {len(labels)} labels: {PAGE.stat().st_size / 1e6:.2f} MB")
    return 0


def embedded(bank: tuple[Demonstration, ...]) -> Array:
    """Return the meaning of each request, shape ``(requests, 512)``.

    Args:
        bank: The demonstrations.
    """
    encoder = SentenceEncoder(CheckpointCache(load_settings().weights).pull(SENTENCE_ENCODER))
    return encoder.encode(neutral(shown.request) for shown in bank).astype(np.float64)


def labels_of(bank: tuple[Demonstration, ...]) -> list[str]:
    """Return the names of what is learnt: tools, then other answers.

    Args:
        bank: The demonstrations.
    """
    return [*sorted({tool for shown in bank for tool in shown.tools}), *OTHER_ANSWERS]


def targets_of(bank: tuple[Demonstration, ...], labels: list[str]) -> Array:
    """Return 1.0 where a request needs a tool, shape ``(requests, labels)``.

    Args:
        bank: The demonstrations.
        labels: From ``labels_of``.
    """
    place = {label: at for at, label in enumerate(labels)}
    targets = np.zeros((len(bank), len(labels)))
    for row, shown in enumerate(bank):
        for label in shown.tools or (shown.answer.split(":")[0],):
            targets[row, place[label]] = 1.0
    return targets


def learnt(meanings: Array, targets: Array, penalty: float = PENALTY) -> Array:
    """Return weights and biases, shape ``(labels, 513)``.

    Args:
        meanings: From ``embedded``.
        targets: From ``targets_of``.
        penalty: Of the squared weights, per demonstration.
    """
    inputs = np.hstack([meanings, np.ones((len(meanings), 1))])
    return np.stack([_one(inputs, target, penalty) for target in targets.T])


def _one(inputs: Array, target: Array, penalty: float) -> Array:
    def loss(weights: Array) -> tuple[float, Array]:
        logits = inputs @ weights
        chances = 1.0 / (1.0 + np.exp(-logits))
        value = np.logaddexp(0.0, logits) - target * logits
        shrunk = weights.copy()
        shrunk[-1] = 0.0
        slope = inputs.T @ (chances - target) / len(inputs) + penalty * shrunk
        return float(value.mean() + penalty / 2 * shrunk @ shrunk), slope

    found = minimize(loss, np.zeros(inputs.shape[1]), jac=True, method="L-BFGS-B")
    return np.asarray(found.x)


if __name__ == "__main__":
    sys.exit(main())
