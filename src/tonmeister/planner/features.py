"""What the router sees of a request beside its meaning: its words, pairs of them, pieces of them.

A sentence encoder hears that two requests are alike; it hears less well that one says "compress"
and the other "normalise". Both together tell more than each.
Source: hashed features, Weinberger et al., "Feature Hashing for Large Scale Multitask Learning"
(ICML 2009); pieces of words as in Bojanowski et al., "Enriching Word Vectors with Subword
Information" (TACL 2017).
"""

import re
import zlib
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tonmeister.planner.slots import Names, read_sentence

__all__ = ["NUM_WORDINGS", "worded"]

NUM_WORDINGS = 8192
PIECES = (3, 4, 5)
"""Letters of a piece of a word, its ends counted as letters."""

NOBODY = Names({})

Array = NDArray[np.float32]


def worded(texts: Sequence[str]) -> Array:
    """Return which words and pieces of words each text has, 0.0 or 1.0.

    Amounts, languages and formats count by their kind only, so that "3 dB" is "6 dB".

    Args:
        texts: Requests or parts of them.

    Returns:
        Shape ``(texts, NUM_WORDINGS)``; features share a place when their hashes do.
    """
    found = np.zeros((len(texts), NUM_WORDINGS), np.float32)
    for row, text in zip(found, texts, strict=True):
        row[[zlib.crc32(feature.encode()) % NUM_WORDINGS for feature in _features(text)]] = 1.0
    return found


def _features(text: str) -> Iterator[str]:
    words = re.sub(r"([A-Z])\d+", r"\1", read_sentence(text, NOBODY).text).split()
    yield from (f"w:{word}" for word in words)
    yield from (f"b:{first} {second}" for first, second in pairwise(words))
    for word in words:
        if len(word) > 2:
            ended = f"_{word}_"
            for size in PIECES:
                yield from (f"c:{ended[at : at + size]}" for at in range(len(ended) - size + 1))
