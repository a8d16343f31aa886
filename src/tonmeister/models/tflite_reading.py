"""Reads operators and tensors out of TensorFlow Lite files, without TensorFlow.

For weights that are published in this form only: what is needed is read here, and written anew by
``GraphWriter``. Only quantised and float tensors are read; nothing is run.
Source: ``tensorflow/lite/schema/schema.fbs`` (version 3); the internals of FlatBuffers.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tonmeister.errors import ToolUnavailable

__all__ = ["LiteGraph", "LiteOperator", "LiteTensor", "read_lite"]

TYPES = {0: "<f4", 2: "<i4", 3: "u1", 4: "<i8", 9: "i1"}
"""Element types by their number in the schema."""

OPERATORS = {
    0: "Add",
    1: "AveragePool2D",
    3: "Conv2D",
    4: "DepthwiseConv2D",
    9: "FullyConnected",
    22: "Reshape",
    25: "Softmax",
    114: "Quantize",
}


@dataclass(frozen=True, slots=True, eq=False)
class LiteTensor:
    """A tensor of the graph.

    Attributes:
        shape: Its sizes.
        values: What it holds, as stored; None for what is calculated.
        scales: Of a quantised one, by channel or for all; empty for floats.
        zeros: The values that stand for zero.
    """

    shape: tuple[int, ...]
    values: NDArray[np.generic] | None
    scales: NDArray[np.float32]
    zeros: NDArray[np.int64]

    def real(self, axis: int = 0) -> NDArray[np.float32]:
        """Return its values as floats.

        Args:
            axis: The axis of the channels.
        """
        assert self.values is not None  # noqa: S101 - only constants are asked for
        if not len(self.scales):
            return np.asarray(self.values, np.float32)
        along = [1] * len(self.shape)
        along[axis] = -1 if len(self.scales) > 1 else 1
        whole = np.asarray(self.values, np.float32) - self.zeros.reshape(along)
        return np.asarray(whole * self.scales.reshape(along), np.float32)


@dataclass(frozen=True, slots=True)
class LiteOperator:
    """A step of the graph.

    Attributes:
        name: What it does, one of ``OPERATORS``.
        inputs: Numbers of the tensors that go in.
        outputs: Numbers of the tensors that come out.
        stride: Of a convolution.
    """

    name: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    stride: int


@dataclass(frozen=True, slots=True)
class LiteGraph:
    """A graph as stored.

    Attributes:
        tensors: All tensors by number.
        operators: In the order they are run.
    """

    tensors: tuple[LiteTensor, ...]
    operators: tuple[LiteOperator, ...]


def read_lite(path: Path) -> LiteGraph:
    """Read the first graph of a file.

    Args:
        path: The file; its sha256 should be known.

    Raises:
        ToolUnavailable: It is damaged, or has operators that are not known here.
    """
    try:
        return _Reader(path.read_bytes()).graph()
    except (OSError, struct.error, KeyError, IndexError, ValueError) as error:
        raise ToolUnavailable(f"{path.name} cannot be read: {error}.") from error


class _Reader:
    """Follows the offsets of a FlatBuffer: tables have numbered fields that may be missing."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def graph(self) -> LiteGraph:
        root = self._uint(0)
        codes = [self._byte(one, 0) for one in self._tables(root, 1)]
        (main,) = self._tables(root, 2)[:1]
        buffers = self._tables(root, 4)
        tensors = tuple(self._tensor(one, buffers) for one in self._tables(main, 0))
        operators = tuple(self._operator(one, codes) for one in self._tables(main, 3))
        return LiteGraph(tensors, operators)

    def _tensor(self, table: int, buffers: Sequence[int]) -> LiteTensor:
        shape = tuple(int(one) for one in self._array(table, 0, "<i4"))
        place = self._field(table, 2)
        raw = self._array(buffers[self._uint(place) if place else 0], 0, "u1")
        kind = np.dtype(TYPES[self._byte(table, 1)])
        values = raw.tobytes()
        stored = np.frombuffer(values, kind).reshape(shape) if values else None
        told = self._field(table, 4)
        scales, zeros = np.zeros(0, np.float32), np.zeros(0, np.int64)
        if told:
            quantised = told + self._uint(told)
            scales = self._array(quantised, 2, "<f4").astype(np.float32)
            zeros = self._array(quantised, 3, "<i8").astype(np.int64)
        return LiteTensor(shape, stored, scales, zeros)

    def _operator(self, table: int, codes: Sequence[int]) -> LiteOperator:
        place, options = self._field(table, 0), self._field(table, 4)
        name = OPERATORS[codes[self._uint(place) if place else 0]]
        stride = 1
        if options and name in ("Conv2D", "DepthwiseConv2D"):
            found = self._field(options + self._uint(options), 1)
            stride = self._uint(found) if found else 1
        inputs, outputs = (
            tuple(int(one) for one in self._array(table, field, "<i4")) for field in (1, 2)
        )
        return LiteOperator(name, inputs, outputs, stride)

    def _uint(self, place: int) -> int:
        return int(struct.unpack_from("<I", self._content, place)[0])

    def _field(self, table: int, number: int) -> int:
        """Return where a field of a table lies; 0 for one that is missing."""
        described = table - int(struct.unpack_from("<i", self._content, table)[0])
        size = int(struct.unpack_from("<H", self._content, described)[0])
        entry = 4 + 2 * number
        if entry >= size:
            return 0
        offset = int(struct.unpack_from("<H", self._content, described + entry)[0])
        return table + offset if offset else 0

    def _byte(self, table: int, number: int) -> int:
        place = self._field(table, number)
        return self._content[place] if place else 0

    def _array(self, table: int, number: int, kind: str) -> NDArray[np.generic]:
        place = self._field(table, number)
        if not place:
            return np.zeros(0, kind)
        start = place + self._uint(place)
        return np.frombuffer(self._content, kind, self._uint(start), start + 4)

    def _tables(self, table: int, number: int) -> list[int]:
        place = self._field(table, number)
        if not place:
            return []
        start = place + self._uint(place)
        entries = range(start + 4, start + 4 + 4 * self._uint(start), 4)
        return [entry + self._uint(entry) for entry in entries]
