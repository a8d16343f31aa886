from pathlib import Path

import numpy as np
import pytest

from tonmeister.errors import ToolUnavailable
from tonmeister.models.onnx_reading import read_graph
from tonmeister.models.onnx_writing import GraphWriter


def written(folder: Path) -> Path:
    graph = GraphWriter()
    sound = graph.input("sound", [1, 3, 4, 4])
    matrix = graph.constant(np.arange(6, dtype=np.float32).reshape(2, 3, 1, 1))
    made = graph.node("Conv", sound, matrix, pads=[0, 0, 1, 1], strides=[2, 2], group=1)
    made = graph.node("Gather", made, graph.constant(np.array([-1, 1])), axis=-1)
    path = folder / "small.onnx"
    path.write_bytes(graph.written({made: [1, 2, 2, 2]}))
    return path


def test_what_was_written_is_read_back(tmp_path: Path):
    graph = read_graph(written(tmp_path))
    conv, gather = graph.nodes
    assert (conv.operator, gather.operator) == ("Conv", "Gather")
    assert conv.attributes == {"pads": (0, 0, 1, 1), "strides": (2, 2), "group": 1}
    assert gather.attributes == {"axis": -1}
    assert gather.inputs[0] == conv.outputs[0]
    matrix, index = graph.constants[conv.inputs[1]], graph.constants[gather.inputs[1]]
    assert matrix.tolist() == np.arange(6.0).reshape(2, 3, 1, 1).tolist()
    assert (index.dtype, index.tolist()) == (np.int64, [-1, 1])


@pytest.mark.parametrize("cut", [1, 20, 60, -3])
def test_a_damaged_file_is_refused(tmp_path: Path, cut: int):
    path = written(tmp_path)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(ToolUnavailable, match=r"no ONNX file that can be read"):
        read_graph(path)


def test_constants_in_another_folder_are_refused(tmp_path: Path):
    def field(number: int, content: bytes) -> bytes:
        return bytes([number << 3 | 2, len(content)]) + content

    (tmp_path / "secret").write_bytes(b"1234")
    inside = tmp_path / "inside"
    inside.mkdir()
    place = field(13, field(1, b"location") + field(2, b"../secret"))
    tensor = b"\x08\x04\x10\x02" + field(8, b"name") + place
    (inside / "m.onnx").write_bytes(field(7, field(5, tensor)))
    with pytest.raises(ToolUnavailable, match="outside of its folder"):
        read_graph(inside / "m.onnx")
