"""Where each letter of a known text lies in what a recogniser of letters heard, frame by frame.

The network says for every frame how likely each letter is, or none ("blank"). The most likely way
to say the letters in their order is found by dynamic programming.
Source: Graves et al., "Connectionist Temporal Classification: Labelling Unsegmented Sequence Data
with Recurrent Neural Networks" (ICML 2006); Viterbi (1967).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tonmeister.audio import Samples

__all__ = ["ANY", "MOST_CELLS", "Span", "fewest_frames", "letter_spans"]

ANY = -1
"""Stands for a letter the network does not know: any sound but none fits it."""

MOST_CELLS = 100_000_000
"""Frames times states that one path may take: a byte each. 28 s of speech take 2 million."""

UNLIKELY = np.float32(-1e30)


@dataclass(frozen=True, slots=True)
class Span:
    """Where a letter is said.

    Attributes:
        first: Its first frame.
        last: The frame after its last.
        probability: Mean probability of the letter in these frames, 0.0 to 1.0.
    """

    first: int
    last: int
    probability: float


def fewest_frames(letters: Sequence[int]) -> int:
    """Return how many frames letters take at least: the same one twice has a blank between.

    Args:
        letters: Indices among the network's letters, or ``ANY``.
    """
    return len(letters) + sum(one == two for one, two in pairwise(letters))


def letter_spans(scores: Samples, letters: Sequence[int], blank: int) -> list[Span]:
    """Return where the letters lie on the most likely path through all frames.

    Args:
        scores: Natural logarithms of probabilities, shape ``(frames, letters of the network)``.
        letters: What is said: indices of the second axis but ``blank``, or ``ANY``; at least one.
        blank: Index of "no letter".

    Raises:
        ValueError: There are fewer frames than ``fewest_frames``, or more than ``MOST_CELLS``.
    """
    num_states = 2 * len(letters) + 1
    if len(scores) < fewest_frames(letters) or len(scores) * num_states > MOST_CELLS:
        raise ValueError(f"{len(letters)} letters do not go through {len(scores)} frames")
    emitted = _emitted(scores, letters, blank)
    states = _best_states(emitted, letters)
    spans: list[Span] = []
    for index in range(len(letters)):
        first, last = np.searchsorted(states, (2 * index + 1, 2 * index + 2))
        likely = float(np.mean(np.exp(emitted[first:last, index])))
        spans.append(Span(int(first), int(last), min(1.0, likely)))
    return spans


def _emitted(scores: Samples, letters: Sequence[int], blank: int) -> Samples:
    """Return how likely each letter of the text, and after them the blank, is in every frame."""
    others = np.delete(scores, blank, axis=1).max(axis=1)
    places = np.array(letters)
    known = np.where(places == ANY, blank, places)
    emitted = scores[:, [*known, blank]]
    emitted[:, np.flatnonzero(places == ANY)] = others[:, np.newaxis]
    return np.asarray(emitted, np.float32)


def _best_states(emitted: Samples, letters: Sequence[int]) -> NDArray[np.int32]:
    """Return the state of every frame: odd ones are letters, even ones the blanks around them."""
    num_frames, num_states = len(emitted), 2 * len(letters) + 1
    source = np.full(num_states, len(letters))
    source[1::2] = np.arange(len(letters))
    # From one letter to the next without a blank, unless they are the same.
    jump = np.zeros(num_states, bool)
    jump[3::2] = np.array(letters[1:]) != np.array(letters[:-1])
    steps = np.zeros((num_frames, num_states), np.uint8)
    best = np.full(num_states, UNLIKELY)
    best[:2] = emitted[0, source[:2]]
    choices = np.full((3, num_states), UNLIKELY)
    for frame in range(1, num_frames):
        choices[0] = best
        choices[1, 1:] = best[:-1]
        choices[2, 2:] = np.where(jump[2:], best[:-2], UNLIKELY)
        steps[frame] = choices.argmax(axis=0)
        best = choices.max(axis=0) + emitted[frame, source]
    state = num_states - 1 - int(best[-2] > best[-1])
    path = np.empty(num_frames, np.int32)
    for frame in range(num_frames - 1, -1, -1):
        path[frame] = state
        state -= int(steps[frame, state])
    return path
