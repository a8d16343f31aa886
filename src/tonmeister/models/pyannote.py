"""Segmentation of speech: who of up to three local speakers talks, frame by frame, two at most.

The network hears ten seconds at a time and tells "first", "second", "third", or two of them at once
apart; who they are in the whole recording is found by comparing voices afterwards.
Source: Plaquet and Bredin, "Powerset multi-class cross entropy loss for neural speaker diarization"
(Interspeech 2023), segmentation-3.0; filters after Ravanelli and Bengio, "Speaker Recognition from
Raw Waveform with SincNet" (2018).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tonmeister.audio import Samples
from tonmeister.models.onnx import open_graph
from tonmeister.models.onnx_writing import GraphWriter
from tonmeister.models.tensors import read_tensors
from tonmeister.streaming import Audio, Feed

__all__ = ["FRAME_CENTER", "FRAME_STEP", "Chunk", "LocalSpeech", "gates_reordered"]

SAMPLE_RATE = 16_000
CHUNK_DURATION = 10.0
STEP_DURATION = 5.0
"""Every moment is judged twice, in two contexts."""

FRAME_STEP = 270 / SAMPLE_RATE
FRAME_CENTER = 495 / SAMPLE_RATE
"""Seconds from one frame to the next, and the middle of the first: receptive field of 991."""

CLASSES = np.array(
    [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1]], np.float32
)
"""Who speaks in each of the classes of the network."""

CHUNKS_AT_ONCE = 4
LOWEST_HZ = 50.0
NARROWEST_HZ = 50.0


@dataclass(frozen=True, slots=True)
class Chunk:
    """Ten seconds of a recording.

    Attributes:
        start: Seconds from the beginning of the recording; half a chunk before it for the first.
        samples: What is heard.
        speaking: Probability that each of three local speakers talks, shape ``(frames, 3)``.
    """

    start: float
    samples: Samples
    speaking: Samples


class LocalSpeech:
    """Tells local speakers apart in chunks of ten seconds.

    Args:
        weights: The file of tensors.
        threads: CPU threads it may use.
    """

    def __init__(self, weights: Path, threads: int) -> None:
        self._graph = open_graph(_graph(read_tensors(weights, "state_dict")), threads)

    def chunks(self, audio: Audio) -> Iterator[Chunk]:
        """Yield chunk after chunk, each beginning five seconds after the one before.

        Args:
            audio: Mono at 16 kHz; the end is filled up with silence.
        """
        width, step = round(CHUNK_DURATION * SAMPLE_RATE), round(STEP_DURATION * SAMPLE_RATE)
        feed = Feed(audio)
        # The first chunk begins half a chunk early, so that the beginning is judged twice as well.
        heard: Samples = np.zeros(width - step, np.float32)
        waiting: list[Samples] = []
        first = step - width
        more = True
        while more:
            fresh = feed.take(step)[0]
            more = len(fresh) == step
            heard = np.concatenate([heard, fresh, np.zeros(step - len(fresh), np.float32)])
            waiting.append(heard)
            heard = heard[step:]
            if len(waiting) == CHUNKS_AT_ONCE or not more:
                for samples, judged in zip(waiting, self._judged(waiting), strict=True):
                    yield Chunk(first / SAMPLE_RATE, samples, judged)
                    first += step
                waiting = []

    def _judged(self, chunks: list[Samples]) -> Samples:
        (scores,) = self._graph.run(None, {"audio": np.stack(chunks)[:, np.newaxis]})
        likely = np.exp(np.asarray(scores, np.float32))
        return likely @ CLASSES


def _graph(weights: Mapping[str, NDArray[np.float32]]) -> bytes:
    graph = GraphWriter()

    def normalised(signal: str, name: str) -> str:
        scale, shift = (graph.constant(weights[f"{name}.{part}"]) for part in ("weight", "bias"))
        return graph.node("InstanceNormalization", signal, scale, shift, epsilon=1e-5)

    signal = normalised(graph.input("audio", ["chunks", 1, "samples"]), "sincnet.wav_norm1d")
    for layer in range(3):
        if layer == 0:
            filters = graph.constant(_band_filters(weights))
            signal = graph.node("Abs", graph.node("Conv", signal, filters, strides=[10]))
        else:
            name = f"sincnet.conv1d.{layer}"
            kernel, bias = (
                graph.constant(weights[f"{name}.{part}"]) for part in ("weight", "bias")
            )
            signal = graph.node("Conv", signal, kernel, bias)
        signal = graph.node("MaxPool", signal, kernel_shape=[3], strides=[3])
        signal = graph.node("LeakyRelu", normalised(signal, f"sincnet.norm1d.{layer}"), alpha=0.01)
    signal = graph.node("Transpose", signal, perm=[2, 0, 1])
    for layer in range(4):
        signal = _both_ways(graph, signal, weights, layer)
    signal = graph.node("Transpose", signal, perm=[1, 0, 2])
    for name in ("linear.0", "linear.1", "classifier"):
        matrix = graph.constant(weights[f"{name}.weight"].T)
        signal = graph.node("MatMul", signal, matrix)
        signal = graph.node("Add", signal, graph.constant(weights[f"{name}.bias"]))
        if name != "classifier":
            signal = graph.node("LeakyRelu", signal, alpha=0.01)
    signal = graph.node("LogSoftmax", signal, axis=-1)
    return graph.written({signal: ["chunks", "frames", len(CLASSES)]})


def _both_ways(
    graph: GraphWriter, signal: str, weights: Mapping[str, NDArray[np.float32]], layer: int
) -> str:
    """Add a layer of an LSTM that reads forward and backward; shape ``(frames, chunks, 256)``."""
    suffixes = (f"l{layer}", f"l{layer}_reverse")

    def stacked(*names: str) -> str:
        parts = [
            np.concatenate([gates_reordered(weights[f"lstm.{name}_{suffix}"]) for name in names])
            for suffix in suffixes
        ]
        return graph.constant(np.stack(parts))

    inputs = (stacked("weight_ih"), stacked("weight_hh"), stacked("bias_ih", "bias_hh"))
    made = graph.add(
        "LSTM", signal, *inputs, outputs=3, hidden_size=128, direction="bidirectional"
    )[0]
    # (frames, directions, chunks, 128) → (frames, chunks, 256)
    turned = graph.node("Transpose", made, perm=[0, 2, 1, 3])
    return graph.node("Reshape", turned, graph.constant(np.array([0, 0, -1])))


def gates_reordered(weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Bring the gates of an LSTM from torch's order (input, forget, cell, output) to that of ONNX.

    Args:
        weights: A matrix or vector of an LSTM; the gates follow one another in its first axis.
    """
    entry, forget, cell, out = np.split(weights, 4)
    return np.concatenate([entry, out, forget, cell])


def _band_filters(weights: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float64]:
    """Return 40 even and 40 odd band-pass filters, shape ``(80, 1, 251)``."""
    stored = {
        name: weights[f"sincnet.conv1d.0.filterbank.{name}"].astype(np.float64)
        for name in ("low_hz_", "band_hz_", "window_", "n_")
    }
    low = LOWEST_HZ + np.abs(stored["low_hz_"])
    high = np.clip(low + NARROWEST_HZ + np.abs(stored["band_hz_"]), LOWEST_HZ, SAMPLE_RATE / 2)
    times, window, width = stored["n_"], stored["window_"], high - low
    even = (np.sin(high @ times) - np.sin(low @ times)) / (times / 2) * window
    odd = (np.cos(low @ times) - np.cos(high @ times)) / (times / 2) * window
    filters = [
        np.concatenate([even, 2 * width, even[:, ::-1]], axis=1),
        np.concatenate([odd, np.zeros_like(width), -odd[:, ::-1]], axis=1),
    ]
    return (np.concatenate(filters) / np.tile(2 * width, (2, 1)))[:, np.newaxis]
