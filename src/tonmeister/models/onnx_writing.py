"""Writes ONNX graphs from weights that come in another form, without the onnx package.

Only what the adapters need: operators, constant tensors, inputs and outputs of free size. The
result goes to ``open_graph`` in memory.
Source: ``onnx/onnx.proto`` (ONNX IR version 8); the wire format of protocol buffers.
"""

import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["GraphWriter"]

IR_VERSION = 8
OPSET = 17
FLOAT, INT64 = 1, 7
"""Element types of tensors."""

VARINT, BYTES, FIXED32 = 0, 2, 5
"""Wire types."""

Attribute = int | float | str | Sequence[int] | Sequence[str]


def _number(number: int) -> bytes:
    """Encode an integer; negative ones take ten bytes, as the format wants."""
    rest = number & 0xFFFF_FFFF_FFFF_FFFF
    encoded = bytearray()
    while rest > 0x7F:
        encoded.append(rest & 0x7F | 0x80)
        rest >>= 7
    encoded.append(rest)
    return bytes(encoded)


def _field(number: int, value: int | str | bytes) -> bytes:
    if isinstance(value, int):
        return _number(number << 3 | VARINT) + _number(value)
    content = value.encode() if isinstance(value, str) else value
    return _number(number << 3 | BYTES) + _number(len(content)) + content


def _attribute(name: str, value: Attribute) -> bytes:
    if isinstance(value, str):
        content, kind = _field(4, value), 3
    elif isinstance(value, int):
        content, kind = _field(3, value), 2
    elif isinstance(value, float):
        content, kind = _number(2 << 3 | FIXED32) + struct.pack("<f", value), 1
    elif all(isinstance(one, str) for one in value):
        content, kind = b"".join(_field(9, one) for one in value), 8
    else:
        content, kind = b"".join(_field(8, one) for one in value), 7
    return _field(1, name) + content + _field(20, kind)


class GraphWriter:
    """Collects the nodes of a graph; each method returns the name of what the node gives."""

    def __init__(self) -> None:
        self._nodes: list[bytes] = []
        self._constants: list[bytes] = []
        self._inputs: list[bytes] = []
        self._count = 0

    def input(self, name: str, shape: Sequence[int | str]) -> str:
        """Declare an input of float32.

        Args:
            name: Its name.
            shape: Sizes; a word stands for a size that is free.
        """
        self._inputs.append(_declared(name, shape))
        return name

    def constant(self, array: NDArray[Any]) -> str:
        """Add a constant tensor.

        Args:
            array: Whole numbers are kept as int64, all others as float32.
        """
        whole = np.issubdtype(array.dtype, np.integer)
        stored = np.ascontiguousarray(array, "<i8" if whole else "<f4")
        name = self._fresh("c")
        sizes = b"".join(_field(1, size) for size in array.shape)
        kind = _field(2, INT64 if whole else FLOAT)
        self._constants.append(sizes + kind + _field(8, name) + _field(9, stored.tobytes()))
        return name

    def add(
        self, operator: str, *inputs: str, outputs: int = 1, **attributes: Attribute
    ) -> list[str]:
        """Add a node that gives several things.

        Args:
            operator: Name in the ONNX operator set.
            inputs: Names of what goes in; empty for one that is left out.
            outputs: How many things it gives.
            attributes: Attributes of the operator.
        """
        names = [self._fresh("t") for _ in range(outputs)]
        node = b"".join(_field(1, name) for name in inputs)
        node += b"".join(_field(2, name) for name in names)
        node += _field(4, operator)
        node += b"".join(_field(5, _attribute(*pair)) for pair in attributes.items())
        self._nodes.append(node)
        return names

    def node(self, operator: str, *inputs: str, **attributes: Attribute) -> str:
        """Add a node that gives one thing.

        Args:
            operator: Name in the ONNX operator set.
            inputs: Names of what goes in; empty for one that is left out.
            attributes: Attributes of the operator.
        """
        return self.add(operator, *inputs, outputs=1, **attributes)[0]

    def written(self, outputs: Mapping[str, Sequence[int | str]]) -> bytes:
        """Return the serialised model.

        Args:
            outputs: Name → shape of what the graph gives.
        """
        graph = b"".join(_field(1, node) for node in self._nodes) + _field(2, "graph")
        graph += b"".join(_field(5, constant) for constant in self._constants)
        graph += b"".join(_field(11, declared) for declared in self._inputs)
        graph += b"".join(_field(12, _declared(name, shape)) for name, shape in outputs.items())
        return _field(1, IR_VERSION) + _field(7, graph) + _field(8, _field(2, OPSET))

    def _fresh(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}{self._count}"


def _declared(name: str, shape: Sequence[int | str]) -> bytes:
    sizes = b"".join(_field(1, _field(1 if isinstance(size, int) else 2, size)) for size in shape)
    tensor = _field(1, FLOAT) + _field(2, sizes)
    return _field(1, name) + _field(2, _field(1, tensor))
