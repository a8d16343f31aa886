"""Marian's small translation models, run with NumPy: Bergamot's "tiny" students.

A transformer encoder, and a decoder whose self-attention is replaced by a simple recurrent unit
(SSRU), so that a step costs the same however long the sentence is. Neither CTranslate2 nor ONNX
Runtime knows that unit, and Marian's own engines are not maintained as packages. The weights are
8-bit integers in the file and float32 here; a sentence takes about 0.05 s of one core.
Sources: Junczys-Dowmunt et al., "Marian: Fast Neural Machine Translation in C++" (2018); Kim et
al., "From Research to Production and Back: Ludicrously Fast Neural Machine Translation" (WNGT
2019), section 3.2, for the SSRU.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tonmeister.errors import ToolUnavailable
from tonmeister.models.passages import Rendering

__all__ = ["Marian"]

Floats = NDArray[np.float32]

FLOAT32 = 0x404
INTGEMM8 = 0x4101
"""Marian's codes of element types: float32, and int8 with one scale behind the elements."""

END = 0
"""The token that ends a sentence."""

HEADS = 8
EPSILON = 1e-6
LONGEST = 2.5
"""A translation has at most this many times the tokens of its source, as in Bergamot's settings."""

BATCH_TOKENS = 1024
"""Padded source tokens translated at once: the output layer then works at full speed."""

MASKED = np.float32(-1e9)
ZERO, ONE = np.float32(0.0), np.float32(1.0)


class Marian:
    """A model of one direction.

    Args:
        model: A ``.intgemm.alphas.bin`` file.
        vocabulary: The SentencePiece model both languages share.

    Raises:
        ToolUnavailable: The file has another layout.
    """

    def __init__(self, model: Path, vocabulary: Path) -> None:
        from sentencepiece import SentencePieceProcessor
        from threadpoolctl import ThreadpoolController

        self._threads = ThreadpoolController()
        self._weights = _read(model)
        self._pieces = SentencePieceProcessor(model_file=str(vocabulary))
        self._embeddings = self._weights["Wemb"]
        self._size = self._embeddings.shape[1]
        self._depths = {scope: _depth(self._weights, scope) for scope in ("encoder", "decoder")}

    def __call__(self, sentences: Sequence[str]) -> list[Rendering]:
        """Translate sentences, each on its own; best in one call, as they share the work.

        Args:
            sentences: In the source language, each below about 500 characters.
        """
        sources = [[*self._pieces.encode(sentence), END] for sentence in sentences]
        renderings: dict[int, Rendering] = {}
        # The matrices are small: a second thread waits longer than it helps.
        with self._threads.limit(limits=1, user_api="blas"):
            for batch in _batches(sources):
                made = self._translated([sources[index] for index in batch])
                for index, (tokens, complete) in zip(batch, made, strict=True):
                    renderings[index] = Rendering(self._pieces.decode(tokens), complete)
        return [renderings[index] for index in range(len(sentences))]

    def _translated(self, sources: list[list[int]]) -> list[tuple[list[int], bool]]:
        """Take the likeliest token at each step: the models were distilled for that."""
        longest = max(map(len, sources))
        context, mask = self._encoded(sources, longest)
        limits = np.array([int(LONGEST * len(source)) + 4 for source in sources])
        states = [np.zeros((len(sources), self._size), np.float32)] * self._depths["decoder"]
        keys = [self._keys(f"decoder_l{n + 1}_context", context) for n in range(len(states))]
        previous: Floats = np.zeros((len(sources), self._size), np.float32)
        chosen: list[list[int]] = [[] for _ in sources]
        complete = np.zeros(len(sources), bool)
        positions = _positions(int(limits.max()), self._size)
        for step in range(int(limits.max())):
            hidden = self._decoded(previous + positions[step], states, keys, mask)
            tokens = np.argmax(
                hidden @ self._embeddings.T + self._weights["decoder_ff_logit_out_b"], axis=1
            )
            running = ~complete & (step < limits)
            complete |= running & (tokens == END)
            for index in np.flatnonzero(running & (tokens != END)):
                chosen[index].append(int(tokens[index]))
            if not np.any(~complete & (step + 1 < limits)):
                break
            previous = self._embedded(tokens)
        return [(found, bool(done)) for found, done in zip(chosen, complete, strict=True)]

    def _embedded(self, tokens: NDArray[np.int64]) -> Floats:
        return self._embeddings[tokens] * np.float32(np.sqrt(self._size))

    def _encoded(self, sources: list[list[int]], longest: int) -> tuple[Floats, Floats]:
        """Return the context ``(sentences, tokens, size)`` and what is padding in it."""
        tokens = np.zeros((len(sources), longest), np.int64)
        mask = np.full((len(sources), 1, 1, longest), MASKED)
        for index, source in enumerate(sources):
            tokens[index, : len(source)] = source
            mask[index, :, :, : len(source)] = 0.0
        hidden = self._embedded(tokens) + _positions(longest, self._size)
        for layer in range(1, self._depths["encoder"] + 1):
            scope = f"encoder_l{layer}_self"
            hidden = self._attended(scope, hidden, self._keys(scope, hidden), mask)
            hidden = self._forward(f"encoder_l{layer}_ffn", hidden)
        return hidden, mask

    def _decoded(
        self, hidden: Floats, states: list[Floats], keys: list[tuple[Floats, Floats]], mask: Floats
    ) -> Floats:
        """Do one step; ``hidden`` is ``(sentences, size)``, ``states`` are renewed."""
        weights = self._weights
        for index, state in enumerate(states):
            layer = f"decoder_l{index + 1}"
            gate = weights[f"{layer}_rnn_bf"] + hidden @ weights[f"{layer}_rnn_Wf"]
            keep: Floats = ONE / (ONE + np.exp(-gate))
            fresh: Floats = hidden @ weights[f"{layer}_rnn_W"]
            states[index] = (fresh + keep * (state - fresh)).astype(np.float32, copy=False)
            hidden = self._normed(f"{layer}_rnn_ffn", hidden + np.maximum(states[index], ZERO))
            scope = f"{layer}_context"
            hidden = self._attended(scope, hidden[:, np.newaxis], keys[index], mask)[:, 0]
            hidden = self._forward(f"{layer}_ffn", hidden)
        return hidden

    def _keys(self, scope: str, context: Floats) -> tuple[Floats, Floats]:
        return self._heads(scope, "k", context), self._heads(scope, "v", context)

    def _heads(self, scope: str, name: str, hidden: Floats) -> Floats:
        """Project to ``(sentences, heads, tokens, size of a head)``."""
        made = hidden @ self._weights[f"{scope}_W{name}"] + self._weights[f"{scope}_b{name}"]
        return made.reshape(len(made), -1, HEADS, self._size // HEADS).transpose(0, 2, 1, 3)

    def _attended(
        self, scope: str, hidden: Floats, keys: tuple[Floats, Floats], mask: Floats
    ) -> Floats:
        key, value = keys
        scores = self._heads(scope, "q", hidden) @ key.transpose(0, 1, 3, 2)
        scores *= np.float32(1.0 / np.sqrt(self._size // HEADS))
        scores += mask
        scores -= scores.max(axis=-1, keepdims=True)
        shares = np.exp(scores).astype(np.float32, copy=False)
        shares /= shares.sum(axis=-1, keepdims=True)
        joined = (shares @ value).transpose(0, 2, 1, 3).reshape(hidden.shape)
        made: Floats = joined @ self._weights[f"{scope}_Wo"] + self._weights[f"{scope}_bo"]
        return self._normed(f"{scope}_Wo", hidden + made)

    def _forward(self, scope: str, hidden: Floats) -> Floats:
        weights = self._weights
        inner: Floats = np.maximum(hidden @ weights[f"{scope}_W1"] + weights[f"{scope}_b1"], ZERO)
        made: Floats = inner @ weights[f"{scope}_W2"] + weights[f"{scope}_b2"]
        return self._normed(f"{scope}_ffn", hidden + made)

    def _normed(self, scope: str, hidden: Floats) -> Floats:
        centred = hidden - hidden.mean(axis=-1, keepdims=True)
        spread = np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + np.float32(EPSILON))
        scale, bias = self._weights[f"{scope}_ln_scale"], self._weights[f"{scope}_ln_bias"]
        return scale * centred / spread + bias


def _batches(sources: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Yield indices of sentences of similar length that fit into a batch."""
    batch: list[int] = []
    for index in sorted(range(len(sources)), key=lambda index: len(sources[index])):
        if batch and (len(batch) + 1) * len(sources[index]) > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def _positions(count: int, size: int) -> Floats:
    """Return sinusoids ``(count, size)``: sines, then cosines; Marian divides by one less."""
    half = size // 2
    rates = np.exp(-np.log(10_000.0) / (half - 1) * np.arange(half))
    angles = np.arange(count)[:, np.newaxis] * rates
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1).astype(np.float32)


def _depth(weights: Mapping[str, Floats], scope: str) -> int:
    return sum(name.startswith(f"{scope}_l") and name.endswith("_ffn_W1") for name in weights)


def _read(path: Path) -> dict[str, Floats]:
    """Read a Marian file: version, headers, names, shapes, padding, then the tensors.

    A header has the lengths of name and shape, the type, and the length in bytes. Matrices of
    8-bit integers are stored transposed, but for the embeddings.
    """
    content = path.read_bytes()
    version, count = struct.unpack_from("<QQ", content)
    if version != 1:
        raise ToolUnavailable(
            f"{path.name} has version {version} of Marian's format; 1 was expected.",
            hint="Pull the model again.",
        )
    headers = [struct.unpack_from("<4Q", content, 16 + 32 * index) for index in range(count)]
    place = 16 + 32 * count
    names: list[str] = []
    for length, *_ in headers:
        names.append(content[place : place + length - 1].decode())
        place += length
    shapes: list[tuple[int, ...]] = []
    for _, _, dimensions, _ in headers:
        shapes.append(struct.unpack_from(f"<{dimensions}i", content, place))
        place += 4 * dimensions
    place += 8 + struct.unpack_from("<Q", content, place)[0]
    weights: dict[str, Floats] = {}
    for name, shape, (_, kind, _, size) in zip(names, shapes, headers, strict=True):
        if kind == FLOAT32:
            weights[name] = np.frombuffer(content, "<f4", int(np.prod(shape)), place).reshape(shape)
        elif kind == INTGEMM8 and not name.endswith("_QuantMultA"):
            weights[name] = _floats(content, place, shape, transposed=name != "Wemb")
        place += size
    return weights


def _floats(content: bytes, place: int, shape: tuple[int, ...], *, transposed: bool) -> Floats:
    count = int(np.prod(shape))
    integers = np.frombuffer(content, np.int8, count, place)
    scale = np.frombuffer(content, "<f4", 1, place + count)
    matrix = integers.reshape(shape[::-1]).T if transposed else integers.reshape(shape)
    return np.ascontiguousarray(matrix / scale, np.float32)
