"""Reads nodes and constants out of ONNX files, without the onnx package.

For graphs that are published in a form that is not wanted, such as quantised: what is needed is
read here, and written anew by ``GraphWriter``.
Source: ``onnx/onnx.proto`` (ONNX IR version 11); the wire format of protocol buffers.
"""

import struct
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tonmeister.errors import ToolUnavailable

__all__ = ["Graph", "Node", "read_graph"]

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
"""Wire types."""

TYPES: Mapping[int, str] = {
    1: "<f4",
    2: "u1",
    3: "i1",
    4: "<u2",
    5: "<i2",
    6: "<i4",
    7: "<i8",
    10: "<f2",
    11: "<f8",
}
"""Number of an element type → NumPy's name of it."""

Fields = dict[int, list[Any]]


@dataclass(frozen=True, slots=True)
class Node:
    """One operation.

    Attributes:
        operator: Name in the ONNX operator set.
        inputs: Names of what goes in; empty for one that is left out.
        outputs: Names of what comes out.
        attributes: Whole numbers, and lists of them, by name; others are left out.
    """

    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, int | tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Graph:
    """What a file holds.

    Attributes:
        nodes: In the order of the file.
        constants: Name → array.
    """

    nodes: tuple[Node, ...]
    constants: Mapping[str, NDArray[Any]]


def read_graph(path: Path) -> Graph:
    """Read a file and the files beside it that hold its larger constants.

    Args:
        path: The ``.onnx`` file.

    Raises:
        ToolUnavailable: It is damaged or holds something else.
    """
    try:
        (encoded,) = _fields(path.read_bytes())[7]
        graph = _fields(encoded)
        nodes = tuple(_node(_fields(one)) for one in graph[1])
        stored = [_fields(one) for one in graph[5]]
        constants = {_text(one[8][0]): _array(one, path.parent) for one in stored}
    except (OSError, ValueError, KeyError, IndexError, TypeError, struct.error) as error:
        raise ToolUnavailable(
            f"{path.name} is no ONNX file that can be read: {error}.",
            hint="Remove the model's weights (tonmeister models remove) and pull them again.",
        ) from error
    return Graph(nodes, constants)


def _fields(message: bytes) -> Fields:
    """Return the values of each field: numbers as they are, everything else as bytes."""
    found: Fields = defaultdict(list)
    position = 0
    while position < len(message):
        key, position = _number(message, position)
        wire = key & 7
        if wire == VARINT:
            value, position = _number(message, position)
        else:
            if wire == BYTES:
                size, position = _number(message, position)
            else:
                size = {FIXED64: 8, FIXED32: 4}[wire]
            if position + size > len(message):
                raise ValueError("a field is cut off")
            value = message[position : position + size]
            position += size
        found[key >> 3].append(value)
    return found


def _number(message: bytes, position: int) -> tuple[int, int]:
    """Return an integer of 64 bits, and where what follows it begins."""
    value = shift = 0
    while True:
        byte = message[position]
        position += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value - (value >> 63 << 64), position


def _numbers(values: Sequence[int | bytes]) -> tuple[int, ...]:
    """Return repeated integers, which may be written one by one or packed together."""
    numbers: list[int] = []
    for value in values:
        if isinstance(value, int):
            numbers.append(value)
            continue
        position = 0
        while position < len(value):
            number, position = _number(value, position)
            numbers.append(number)
    return tuple(numbers)


def _text(encoded: bytes) -> str:
    return encoded.decode("utf-8")


def _node(fields: Fields) -> Node:
    attributes: dict[str, int | tuple[int, ...]] = {}
    for encoded in fields[5]:
        attribute = _fields(encoded)
        name = _text(attribute[1][0])
        if attribute[8]:
            attributes[name] = _numbers(attribute[8])
        elif attribute[3]:
            attributes[name] = int(attribute[3][0])
    inputs, outputs = (tuple(map(_text, fields[number])) for number in (1, 2))
    return Node(_text(fields[4][0]), inputs, outputs, attributes)


def _array(fields: Fields, folder: Path) -> NDArray[Any]:
    shape = _numbers(fields[1])
    kind = np.dtype(TYPES[fields[2][0]])
    if any(size < 0 for size in shape):
        raise ValueError("a constant has an impossible shape")
    size = int(np.prod(shape, dtype=np.int64)) * kind.itemsize
    raw = _outside(fields[13], folder, size) if fields[13] else fields[9][0] if fields[9] else b""
    if len(raw) != size:
        raise ValueError("a constant is stored in another form, or cut off")
    return np.frombuffer(raw, kind).reshape(shape)


def _outside(entries: Sequence[bytes], folder: Path, size: int) -> bytes:
    """Read a constant from the file beside, never from another folder."""
    pairs = [_fields(entry) for entry in entries]
    place = {_text(pair[1][0]): _text(pair[2][0]) for pair in pairs}
    name = PurePosixPath(place["location"])
    if len(name.parts) != 1 or name.is_absolute() or name.parts[0] == "..":
        raise ValueError("a constant lies outside of its folder")
    with (folder / name).open("rb") as file:
        file.seek(int(place.get("offset", "0")))
        return file.read(size)
