"""Resemblyzer: what a voice sounds like, as 256 numbers, from a small recurrent network.

Source: Wan et al., "Generalized End-to-End Loss for Speaker Verification" (ICASSP 2018),
weights and features of Resemble AI's Resemblyzer.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tonmeister.audio import Samples
from tonmeister.checkpoints import Checkpoint
from tonmeister.models.diarization import PauseDiarizer
from tonmeister.models.onnx import open_graph
from tonmeister.models.onnx_writing import GraphWriter
from tonmeister.models.pyannote import gates_reordered
from tonmeister.models.silero import SpeechDetector
from tonmeister.models.tensors import read_tensors
from tonmeister.models.voice_tools import Diarizes, Identifies, Separates, Verifies
from tonmeister.packages import Part, Wheel
from tonmeister.tools.speakers import diarize, identify_speaker, separate_speakers, verify_speaker
from tonmeister.toolspec import Card, model

__all__ = [
    "RESEMBLYZER",
    "Resemblyzer",
    "ResemblyzerDiarizer",
    "ResemblyzerIdentifier",
    "ResemblyzerSeparator",
    "ResemblyzerVerifier",
]

RESEMBLYZER = Checkpoint(
    name="resemblyzer",
    files={"pretrained.pt": "39373b86598fa3da9fcddee6142382efe09777e8d37dc9c0561f41f0070f134e"},
    tensors=frozenset({"pretrained.pt"}),
    licence="Apache-2.0",
    size_mb=17.1,
    sources=[
        {"pretrained.pt": Part(Wheel("Resemblyzer", "0.1.4"), "resemblyzer/pretrained.pt")},
    ],
)

SAMPLE_RATE = 16_000
WIN_LENGTH = 400
HOP_LENGTH = 160
NUM_BANDS = 40
HEARD_FRAMES = 160
"""Frames the network hears at a time: 1.6 s."""

STEP_FRAMES = 80
WINDOWS_AT_ONCE = 32
QUIETEST = 10 ** (-30 / 20)
"""Quieter speech is raised to this root mean square, as in training."""


class Resemblyzer:
    """Turns speech into voices.

    Args:
        weights: The file of tensors.
        threads: CPU threads it may use.
    """

    apart = 0.34
    same = 0.72

    def __init__(self, weights: Path, threads: int) -> None:
        self._graph = open_graph(_graph(read_tensors(weights, "model_state")), threads)
        self._filters = _mel_filters()
        self._window = np.hanning(WIN_LENGTH + 1)[:-1]

    def embed(self, clips: Sequence[Samples]) -> Samples:
        """Return the voice in each clip, of unit length, shape ``(clips, 256)``.

        Args:
            clips: Speech of one person each, mono at 16 kHz, not empty.
        """
        owners: list[int] = []
        windows: list[Samples] = []
        for index, clip in enumerate(clips):
            for window in self._windows(clip):
                owners.append(index)
                windows.append(window)
        sums = np.zeros((len(clips), 256), np.float32)
        for first in range(0, len(windows), WINDOWS_AT_ONCE):
            some = np.stack(windows[first : first + WINDOWS_AT_ONCE], axis=1)
            (found,) = self._graph.run(None, {"bands": some})
            np.add.at(sums, owners[first : first + WINDOWS_AT_ONCE], np.asarray(found, np.float32))
        return sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)

    def _windows(self, clip: Samples) -> list[Samples]:
        """Return mel spectra of 1.6 s, every 0.8 s; shorter speech is repeated."""
        level = float(np.sqrt(np.mean(np.square(clip, dtype=np.float64))))
        scaled = clip * max(1.0, QUIETEST / max(level, 1e-6))
        padded = np.pad(scaled, WIN_LENGTH // 2)
        frames = np.lib.stride_tricks.sliding_window_view(padded, WIN_LENGTH)[::HOP_LENGTH]
        spectrum = np.abs(np.fft.rfft(frames * self._window)) ** 2
        bands = (spectrum @ self._filters).astype(np.float32)
        if len(bands) < HEARD_FRAMES:
            return [np.resize(bands, (HEARD_FRAMES, NUM_BANDS))]
        count = -(-(len(bands) - HEARD_FRAMES) // STEP_FRAMES) + 1
        starts = np.linspace(0, len(bands) - HEARD_FRAMES, count).astype(int)
        return [bands[start : start + HEARD_FRAMES] for start in starts]


def _mel_filters() -> NDArray[np.float64]:
    """Return 40 triangles of equal area up to 8000 Hz on Slaney's mel scale, ``(201, 40)``."""
    # Linear up to 1 kHz in steps of 200/3 Hz, then 27 steps to 6.4 times as much.
    corner, growth = 15.0, np.log(6.4) / 27.0
    highest = corner + np.log(8.0) / growth
    steps = np.linspace(0.0, highest, NUM_BANDS + 2)
    edges = np.where(
        steps < corner, steps * 200.0 / 3.0, 1000.0 * np.exp(growth * (steps - corner))
    )
    bins = np.linspace(0.0, SAMPLE_RATE / 2, WIN_LENGTH // 2 + 1)[:, np.newaxis]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    return triangles * (2.0 / (edges[2:] - edges[:-2]))


def _graph(weights: Mapping[str, NDArray[np.float32]]) -> bytes:
    graph = GraphWriter()
    signal = graph.input("bands", [HEARD_FRAMES, "windows", NUM_BANDS])
    last = ""
    for layer in range(3):
        matrices = [
            gates_reordered(weights[f"lstm.weight_{part}_l{layer}"]) for part in ("ih", "hh")
        ]
        biases = [gates_reordered(weights[f"lstm.bias_{part}_l{layer}"]) for part in ("ih", "hh")]
        constants = [graph.constant(one[np.newaxis]) for one in (*matrices, np.concatenate(biases))]
        signal, last, _ = graph.add("LSTM", signal, *constants, outputs=3, hidden_size=256)
        signal = graph.node("Squeeze", signal, graph.constant(np.array([1])))
    last = graph.node("Squeeze", last, graph.constant(np.array([0])))
    matrix, bias = (graph.constant(weights[f"linear.{part}"]) for part in ("weight", "bias"))
    voice = graph.node("Relu", graph.node("Gemm", last, matrix, bias, transB=1))
    voice = graph.node("Div", voice, graph.node("ReduceL2", voice, axes=[1], keepdims=1))
    return graph.written({voice: ["windows", 256]})


CARD = Card(
    name="resemblyzer",
    licence="Apache-2.0",
    checkpoint=RESEMBLYZER,
    memory_mb=150,
    speed=0.03,
    load_duration=0.5,
    quality=40,
)


class _Compares:
    """Loads what tells voices apart."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Build the graph.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.
        """
        self.encoder = Resemblyzer(Path(weights or "") / "pretrained.pt", threads)
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
        self.diarizer = PauseDiarizer(self.encoder, self.detector)


@model(diarize, card=CARD)
class ResemblyzerDiarizer(_Hears, Diarizes):
    """Finds who speaks when by pauses and changes of voice; it cannot hear talk at once."""


@model(separate_speakers, card=CARD)
class ResemblyzerSeparator(_Hears, Separates):
    """Parts speakers by their turns; it cannot hear talk at once."""


@model(identify_speaker, card=CARD)
class ResemblyzerIdentifier(_Hears, Identifies):
    """Finds known people by their voices."""


@model(verify_speaker, card=CARD)
class ResemblyzerVerifier(_Compares, Verifies):
    """Compares voices."""
