"""Reads the tensors out of files that torch wrote, without torch and without running anything.

Such a file is a pickle, a small program. Here it is only followed as far as tensors go: the one
function it may name builds a description of a tensor, every other name is refused, and the numbers
themselves are read as plain bytes. Both layouts are known: the zip archive (torch 1.6 and later)
and the bare file before it. Files that hold pickles are declared as ``tensors`` of a checkpoint, by
hash.
Source: ``torch/serialization.py`` and ``torch/_utils.py`` of PyTorch 2.
"""

import pickle
import struct
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
from numpy.typing import NDArray

from tonmeister.errors import ToolUnavailable

__all__ = ["read_tensors"]

TYPES: Mapping[str, type[np.generic]] = {
    "FloatStorage": np.float32,
    "DoubleStorage": np.float64,
    "HalfStorage": np.float16,
    "LongStorage": np.int64,
    "IntStorage": np.int32,
    "ByteStorage": np.uint8,
    "BoolStorage": np.bool_,
}
MAGIC = 0x1950A86A20F9469CFC6C
"""First number of a bare file."""

PROTOCOL = 1001
BIGGEST_STORAGE = 2**31
"""Bytes of one storage; no checkpoint read here comes near it."""


@dataclass(frozen=True, slots=True)
class _Storage:
    """Numbers in the file, not read yet."""

    key: str
    type_name: str
    count: int


@dataclass(frozen=True, slots=True)
class _Tensor:
    """How a tensor lies in its storage; offset and strides count numbers, not bytes."""

    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


class _Refusing(pickle.Unpickler):
    """Follows a pickle of tensors; whatever else it names is refused before it is looked up."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file, encoding="latin1")

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        if (module_name, global_name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module_name, global_name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _described
        if module_name == "torch" and global_name in TYPES:
            return global_name
        raise pickle.UnpicklingError(f"it names {module_name}.{global_name}")

    def persistent_load(self, pid: Any, /) -> _Storage:
        _, type_name, key, _, count, *_ = pid
        if type_name not in TYPES or not isinstance(count, int) or count < 0:
            raise pickle.UnpicklingError("a storage is of no known type")
        return _Storage(str(key), type_name, count)


def _described(
    storage: _Storage, offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: object
) -> _Tensor:
    return _Tensor(storage, offset, shape, strides)


def read_tensors(
    path: Path, entry: str | None = None, beginnings: tuple[str, ...] = ("",)
) -> dict[str, NDArray[Any]]:
    """Return the tensors of a file that torch wrote.

    Args:
        path: A file that holds a dictionary of tensors.
        entry: Key under which that dictionary lies; None when it is the whole.
        beginnings: Only tensors whose names begin so are read; by default all.

    Returns:
        Name → array in the type it was stored in.

    Raises:
        ToolUnavailable: The file holds something else, or is damaged.
    """
    try:
        if zipfile.is_zipfile(path):
            return _from_archive(path, entry, beginnings)
        with path.open("rb") as file:
            return _from_bare(file, entry, beginnings)
    except (
        *(pickle.UnpicklingError, OSError, EOFError, KeyError, IndexError, ValueError),
        *(TypeError, AttributeError, struct.error, zipfile.BadZipFile),
    ) as error:
        told = f"{path.name} is no plain file of tensors: {error}."
        raise ToolUnavailable(
            told, hint="Remove the model's weights (tonmeister models remove) and pull them again."
        ) from error


def _from_archive(
    path: Path, entry: str | None, beginnings: tuple[str, ...]
) -> dict[str, NDArray[Any]]:
    with zipfile.ZipFile(path) as archive:
        (program,) = (name for name in archive.namelist() if name.endswith("/data.pkl"))
        root = program.removesuffix("data.pkl")
        with archive.open(program) as file:
            found = _tensors(_Refusing(file).load(), entry, beginnings)

        def numbers(storage: _Storage) -> bytes:
            return archive.read(f"{root}data/{storage.key}")

        return _filled(found, numbers)


def _from_bare(
    file: IO[bytes], entry: str | None, beginnings: tuple[str, ...]
) -> dict[str, NDArray[Any]]:
    if _Refusing(file).load() != MAGIC or _Refusing(file).load() != PROTOCOL:
        raise ValueError("its first numbers are not those of torch")
    _Refusing(file).load()  # sizes and byte order of the machine it was written on
    whole = _Refusing(file).load()
    found = _tensors(whole, entry, beginnings)
    sizes = {storage.key: _size(storage) for storage in _storages(whole)}
    stored: dict[str, bytes] = {}
    for key in _Refusing(file).load():
        (count,) = struct.unpack("<q", file.read(8))
        width = sizes[str(key)] // max(1, count)
        stored[str(key)] = file.read(count * width)
    return _filled(found, lambda storage: stored[storage.key])


def _storages(whole: object) -> list[_Storage]:
    """Return every storage that is described anywhere in nested dictionaries and lists."""
    if isinstance(whole, _Tensor):
        return [whole.storage]
    if isinstance(whole, Mapping):
        members = list(cast("Mapping[Any, Any]", whole).values())
    else:
        members = cast("list[Any]", whole) if isinstance(whole, list) else []
    return [storage for member in members for storage in _storages(member)]


def _size(storage: _Storage) -> int:
    size = storage.count * np.dtype(TYPES[storage.type_name]).itemsize
    if size > BIGGEST_STORAGE:
        raise ValueError("a storage is too large")
    return size


def _tensors(whole: Any, entry: str | None, beginnings: tuple[str, ...]) -> dict[str, _Tensor]:
    chosen = whole if entry is None else whole[entry]
    return {
        name: tensor
        for name, tensor in chosen.items()
        if isinstance(tensor, _Tensor) and name.startswith(beginnings)
    }


def _filled(
    found: Mapping[str, _Tensor], numbers: Callable[[_Storage], bytes]
) -> dict[str, NDArray[Any]]:
    read: dict[str, NDArray[Any]] = {}
    for name, tensor in found.items():
        stored = numbers(tensor.storage)
        if len(stored) != _size(tensor.storage):
            raise ValueError(f"{name} is cut off")
        flat = np.frombuffer(stored, TYPES[tensor.storage.type_name])
        read[name] = _shaped(name, flat, tensor)
    return read


def _shaped(name: str, flat: NDArray[Any], tensor: _Tensor) -> NDArray[Any]:
    """Lay numbers out as the tensor says, never beyond its storage."""
    sizes = [*tensor.shape, *tensor.strides, tensor.offset]
    if len(tensor.shape) != len(tensor.strides) or any(size < 0 for size in sizes):
        raise ValueError(f"{name} has an impossible shape")
    if 0 in tensor.shape:
        return np.zeros(tensor.shape, flat.dtype)
    last = sum(
        (size - 1) * stride for size, stride in zip(tensor.shape, tensor.strides, strict=True)
    )
    if tensor.offset + last >= len(flat):
        raise ValueError(f"{name} reaches beyond its storage")
    steps = [stride * flat.itemsize for stride in tensor.strides]
    view = np.lib.stride_tricks.as_strided(flat[tensor.offset :], tensor.shape, steps)
    return view.copy()
