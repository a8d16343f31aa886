"""Arrays are read out of pickles without running what is in them."""

import io
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tonmeister.errors import ToolUnavailable
from tonmeister.models.arrays import read_arrays


class Program:
    """What an attacker puts into a pickle: it makes a file when it is loaded."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.target,))


def written(path: Path, content: object, *, archived: bool = True) -> Path:
    buffer = io.BytesIO()
    pickle.Pickler(buffer, 2).dump(content)
    if not archived:
        path.write_bytes(buffer.getvalue())
        return path
    with zipfile.ZipFile(path, "w") as zipped:
        zipped.writestr("weights/data.pkl", buffer.getvalue())
    return path


@pytest.mark.parametrize("archived", [True, False])
def test_arrays_are_read_as_numpy_wrote_them(tmp_path: Path, archived: bool):
    draw = np.random.default_rng(1)
    arrays = {
        "rows": draw.normal(size=(3, 4)).astype(np.float32),
        "turned": np.asfortranarray(draw.normal(size=(2, 5))),
        "whole": np.arange(6).reshape(2, 3),
        "one": np.float32([255.0]),
    }
    found = read_arrays(written(tmp_path / "weights.ckpt", arrays, archived=archived))
    assert set(found) == set(arrays)
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype
        assert np.array_equal(found[name], array)


@pytest.mark.parametrize("archived", [True, False])
def test_a_program_in_the_file_is_refused_and_does_not_run(tmp_path: Path, archived: bool):
    target = tmp_path / "ran"
    content = {"layer": Program(target)}
    pickle.loads(pickle.dumps(content))
    assert target.exists(), "the control: it does run where pickles are loaded"
    target.unlink()
    with pytest.raises(ToolUnavailable, match="it names"):
        read_arrays(written(tmp_path / "weights.ckpt", content, archived=archived))
    assert not target.exists()


@pytest.mark.parametrize(
    "content",
    [
        {"text": "no array"},
        {"objects": np.array([{}], dtype=object)},
        {"big": np.zeros(2, ">f4")},
        {},
        [1],
    ],
)
def test_whatever_else_it_holds_is_refused(tmp_path: Path, content: object):
    with pytest.raises(ToolUnavailable, match="no plain file of arrays"):
        read_arrays(written(tmp_path / "weights.ckpt", content))


def test_a_file_that_is_cut_off_is_refused(tmp_path: Path):
    path = written(tmp_path / "w.ckpt", {"rows": np.zeros(9, np.float32)}, archived=False)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ToolUnavailable, match="no plain file of arrays"):
        read_arrays(path)
