"""Reads NumPy arrays out of a file that torch wrote, without unpickling anything.

Some checkpoints keep arrays instead of tensors. Such a pickle names four functions, which describe
an array, its type and its bytes; here each of them is a stand-in that only takes notes, and every
other name is refused.
Source: ``numpy/_core/multiarray.py`` and ``ndarray.__reduce__`` of NumPy.
"""

import pickle
import zipfile
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from tonmeister.errors import ToolUnavailable

__all__ = ["read_arrays"]

TYPES = {"f2": np.float16, "f4": np.float32, "f8": np.float64, "i4": np.int32, "i8": np.int64}
ARRAY, TYPE, BYTES = "array", "type", "bytes"


class _Type:
    """The type of an array's numbers, as the file names it."""

    def __init__(self, code: str, *_: object) -> None:
        if code not in TYPES:
            raise pickle.UnpicklingError(f"numbers of the type {code!r} are not known")
        self.code = code

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        if state[1] != "<":
            raise pickle.UnpicklingError("its numbers are not in little-endian order")


class _Array:
    """An array that is filled when its state is read."""

    def __init__(self, *_: object) -> None:
        self.array: NDArray[Any] | None = None

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _, shape, kind, transposed, content = state
        if not isinstance(kind, _Type) or not isinstance(content, bytes):
            raise pickle.UnpicklingError("an array has no numbers")
        numbers = np.frombuffer(content, TYPES[kind.code])
        self.array = numbers.reshape(shape, order="F" if transposed else "C")


def _encoded(text: str, encoding: str) -> bytes:
    if encoding != "latin1":
        raise pickle.UnpicklingError(f"bytes in {encoding!r} are not known")
    return text.encode("latin1")


class _Refusing(pickle.Unpickler):
    """Follows a pickle of arrays; whatever else it names is refused before it is looked up."""

    stand_ins = {  # noqa: RUF012 - never changed
        ("numpy.core.multiarray", "_reconstruct"): _Array,
        ("numpy._core.multiarray", "_reconstruct"): _Array,
        ("numpy", "ndarray"): ARRAY,
        ("numpy", "dtype"): _Type,
        ("_codecs", "encode"): _encoded,
    }

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        found = self.stand_ins.get((module_name, global_name))
        if found is None:
            raise pickle.UnpicklingError(f"it names {module_name}.{global_name}")
        return found


def read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Return the arrays of a file that torch wrote, or of a bare pickle.

    Args:
        path: A file that holds a dictionary of NumPy arrays.

    Returns:
        Name → array, in the type it was stored in.

    Raises:
        ToolUnavailable: The file holds something else, or is damaged.
    """
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                (program,) = (name for name in archive.namelist() if name.endswith("/data.pkl"))
                with archive.open(program) as file:
                    return _arrays(file)
        with path.open("rb") as file:
            return _arrays(file)
    except (
        *(pickle.UnpicklingError, OSError, EOFError, KeyError, IndexError, ValueError),
        *(TypeError, AttributeError, zipfile.BadZipFile),
    ) as error:
        told = f"{path.name} is no plain file of arrays: {error}."
        raise ToolUnavailable(
            told, hint="Remove the model's weights (tonmeister models remove) and pull them again."
        ) from error


def _arrays(file: IO[bytes]) -> dict[str, NDArray[Any]]:
    whole = _Refusing(file).load()
    found = {str(name): value.array for name, value in whole.items() if isinstance(value, _Array)}
    if len(found) != len(whole) or not found:
        raise ValueError("it holds something else than arrays")
    return {name: array for name, array in found.items() if array is not None}
