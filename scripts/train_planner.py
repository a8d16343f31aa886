"""Learn the planner's router from the bank of demonstrations: ``make train-planner``.

One logistic regression per tool and kind of answer over sentence embeddings and words, with a
penalty on large weights, by L-BFGS. It takes a minute; the result is the same each time.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from tonmeister.checkpoints import CheckpointCache
from tonmeister.config import load_settings
from tonmeister.planner.demonstrations import Demonstration, load_demonstrations
from tonmeister.planner.features import worded
from tonmeister.planner.router import OTHER_ANSWERS, SEVERAL, bank_digest, inputs, neutral, packed
from tonmeister.sentence_encoder import NUM_DIMS, SENTENCE_ENCODER, SentenceEncoder

PAGE = Path(__file__).parents[1] / "src" / "tonmeister" / "planner" / "router.npz"
PENALTY = 6e-6
"""Of the squared weights, per demonstration; chosen on the development requests."""

MOST_ROUNDS = 200
UNLIKELY = -4.0
"""Where biases start: few requests need any one tool."""

Array = NDArray[np.float32]


def main() -> int:
    """Learn from the whole bank and write the file; return 0."""
    bank = load_demonstrations()
    labels = labels_of(bank)
    meanings, seen, rarity = features_of([shown.request for shown in bank])
    weights, biases = learnt(seen, targets_of(bank, labels))
    wordings = weights[:, NUM_DIMS:]
    scales = np.abs(wordings).max(axis=1) / 127.0
    np.savez_compressed(
        PAGE,
        meanings=weights[:, :NUM_DIMS].astype(np.float16),
        wordings=np.rint(wordings / scales[:, None]).astype(np.int8),
        scales=scales.astype(np.float32),
        biases=biases.astype(np.float32),
        rarity=rarity.astype(np.float16),
        labels=np.array(labels),
        bank=packed(meanings),
        digest=np.array(bank_digest()),
    )
    print(f"{len(bank)} demonstrations, {len(labels)} labels: {PAGE.stat().st_size / 1e6:.2f} MB")
    return 0


def features_of(requests: Sequence[str]) -> tuple[Array, Array, Array]:
    """Return the meanings of requests, what the head weighs of them, and the rarity of wordings.

    Args:
        requests: What is said.

    Returns:
        Shapes ``(requests, NUM_DIMS)``, ``(requests, NUM_DIMS + NUM_WORDINGS)``, and
        ``(NUM_WORDINGS,)``.
    """
    encoder = SentenceEncoder(CheckpointCache(load_settings().weights).pull(SENTENCE_ENCODER))
    said = [neutral(request) for request in requests]
    meanings = encoder.encode(said)
    holding = worded(said).sum(axis=0)
    rarity = (np.log((1.0 + len(said)) / (1.0 + holding)) + 1.0).astype(np.float16)
    return meanings, inputs(meanings, said, rarity.astype(np.float32)), rarity


def labels_of(bank: tuple[Demonstration, ...]) -> list[str]:
    """Return the names of what is learnt: tools, then other answers, then the number of steps.

    Args:
        bank: The demonstrations.
    """
    return [*sorted({tool for shown in bank for tool in shown.tools}), *OTHER_ANSWERS, SEVERAL]


def targets_of(bank: tuple[Demonstration, ...], labels: list[str]) -> Array:
    """Return 1.0 where a request needs a tool, shape ``(requests, labels)``.

    Args:
        bank: The demonstrations.
        labels: From ``labels_of``.
    """
    place = {label: at for at, label in enumerate(labels)}
    targets = np.zeros((len(bank), len(labels)), np.float32)
    for row, shown in enumerate(bank):
        for label in shown.tools or (shown.answer.split(":")[0],):
            targets[row, place[label]] = 1.0
        targets[row, place[SEVERAL]] = len(shown.tools) > 1
    return targets


def learnt(seen: Array, targets: Array, penalty: float = PENALTY) -> tuple[Array, Array]:
    """Return weights, shape ``(labels, inputs)``, and biases.

    Args:
        seen: What the head weighs of each request, shape ``(requests, inputs)``.
        targets: From ``targets_of``.
        penalty: Of the squared weights, per demonstration.
    """
    num_inputs, num_labels = seen.shape[1], targets.shape[1]

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.astype(np.float32).reshape(num_inputs + 1, num_labels)
        logits = seen @ weights[:-1] + weights[-1]
        misses = (1.0 / (1.0 + np.exp(-logits)) - targets) / len(seen)
        value = (np.logaddexp(0.0, logits) - targets * logits).sum() / len(seen)
        slope = np.vstack([seen.T @ misses + penalty * weights[:-1], misses.sum(axis=0)])
        total = value + penalty / 2 * (weights[:-1] ** 2).sum()
        return float(total), slope.astype(np.float64).ravel()

    start = np.zeros((num_inputs + 1, num_labels))
    start[-1] = UNLIKELY
    found = minimize(
        loss, start.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": MOST_ROUNDS}
    )
    weights = found.x.astype(np.float32).reshape(num_inputs + 1, num_labels)
    return weights[:-1].T, weights[-1]


if __name__ == "__main__":
    sys.exit(main())
