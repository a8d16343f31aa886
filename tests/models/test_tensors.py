"""Files of torch are followed as far as tensors go, and nothing in them runs."""

import collections
import io
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tonmeister.errors import ToolUnavailable
from tonmeister.models.tensors import read_tensors


class Program:
    """What an attacker puts into a pickle: it makes a file when it is loaded."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.target,))


def archive(path: Path, program: bytes, **storages: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.writestr("archive/data.pkl", program)
        for key, content in storages.items():
            zipped.writestr(f"archive/data/{key}", content)
    return path


@pytest.mark.parametrize("bare", [False, True])
def test_a_program_in_the_file_is_refused_and_does_not_run(tmp_path: Path, bare: bool):
    target = tmp_path / "ran"
    program = pickle.dumps({"layer": Program(target)})
    pickle.loads(program)
    assert target.exists(), "the control: it does run where pickles are loaded"
    target.unlink()
    path = tmp_path / "weights.pt"
    if bare:
        numbers = [pickle.dumps(0x1950A86A20F9469CFC6C), pickle.dumps(1001), pickle.dumps({})]
        path.write_bytes(b"".join([*numbers, program]))
    else:
        archive(path, program)
    with pytest.raises(ToolUnavailable, match="it names"):
        read_tensors(path)
    assert not target.exists()


@pytest.mark.parametrize("name", ["os system", "torch FancyStorage", "builtins eval"])
def test_every_other_name_is_refused(tmp_path: Path, name: str):
    module, _, attribute = name.partition(" ")
    program = b"\x80\x02c" + f"{module}\n{attribute}\n".encode() + b"."
    with pytest.raises(ToolUnavailable, match=f"{module}.{attribute}"):
        read_tensors(archive(tmp_path / "weights.pt", program))


@pytest.mark.parametrize("content", [b"", b"RIFF", b"\x80\x02K\x01.", bytes(100)])
def test_other_files_are_told_from_tensors(tmp_path: Path, content: bytes):
    path = tmp_path / "weights.pt"
    path.write_bytes(content)
    with pytest.raises(ToolUnavailable, match="no plain file of tensors"):
        read_tensors(path)


def described(shape: tuple[int, ...], strides: tuple[int, ...], count: int) -> bytes:
    """Write what torch writes for one tensor of floats, by hand."""

    class Pickler(pickle.Pickler):
        def persistent_id(self, obj: Any) -> Any:
            return obj.parts if isinstance(obj, Stored) else None

        def reducer_override(self, obj: Any) -> Any:
            if isinstance(obj, Tensor):
                return (rebuild, (Stored(), 0, shape, strides, False, collections.OrderedDict()))
            return NotImplemented

    class Tensor:
        pass

    class Stored:
        parts = ("storage", storage, "0", "cpu", count)

    buffer = io.BytesIO()
    Pickler(buffer, 2).dump({"w": Tensor()})
    written = buffer.getvalue()
    own = __name__.encode()
    for ours, theirs in (
        (b"rebuild", b"torch._utils\n_rebuild_tensor_v2"),
        (b"storage", b"torch\nFloatStorage"),
    ):
        written = written.replace(b"c" + own + b"\n" + ours + b"\n", b"c" + theirs + b"\n")
    return written


def rebuild() -> None: ...
def storage() -> None: ...


def test_a_tensor_never_reaches_beyond_its_storage(tmp_path: Path):
    four = np.arange(4, dtype=np.float32).tobytes()
    good = archive(tmp_path / "good.pt", described((2, 2), (2, 1), 4), **{"0": four})
    assert read_tensors(good)["w"].tolist() == [[0.0, 1.0], [2.0, 3.0]]
    for shape, strides in (((3, 2), (2, 1)), ((2, 2), (9, 1)), ((2, -2), (2, 1)), ((4,), (1, 1))):
        bad = archive(tmp_path / "bad.pt", described(shape, strides, 4), **{"0": four})
        with pytest.raises(ToolUnavailable, match=r"beyond its storage|impossible shape"):
            read_tensors(bad)
    cut = archive(tmp_path / "cut.pt", described((2, 2), (2, 1), 4), **{"0": four[:-4]})
    with pytest.raises(ToolUnavailable, match="cut off"):
        read_tensors(cut)


@pytest.mark.torch
@pytest.mark.parametrize("archived", [True, False])
def test_what_torch_writes_is_read_as_torch_reads_it(tmp_path: Path, archived: bool):
    import torch

    shared = torch.arange(12.0).reshape(3, 4)
    tensors = {
        "turned": shared.T,
        "row": shared[1],
        "whole": torch.tensor([1, 2]),
        "one": shared[0, 2],
    }
    path = tmp_path / "weights.pt"
    torch.save({"state": tensors, "step": 7}, path, _use_new_zipfile_serialization=archived)
    found = read_tensors(path, "state")
    assert set(found) == set(tensors)
    for name, tensor in tensors.items():
        assert np.array_equal(found[name], tensor.numpy()), name
        assert found[name].dtype == tensor.numpy().dtype
