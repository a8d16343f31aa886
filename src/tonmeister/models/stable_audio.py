"""Stable Audio Open: sounds of English words, up to 47 s in stereo, and long gaps filled.

It needs the extra ``torch``, and weights that Stability AI gives to people who have accepted its
terms. It is used only when asked for by name: a sound takes about an hour on two cores of a laptop.
Written to the published layout (``stabilityai/stable-audio-open-1.0``, its diffusers folders), and
run here on random weights of that layout only: the published ones are not at hand.
Source: Evans et al., "Stable Audio Open" (arXiv 2407.14358).
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from tonmeister.artifacts import Noted, SoundEvent, SoundEvents
from tonmeister.audio import Samples
from tonmeister.checkpoints import Checkpoint
from tonmeister.errors import ToolFailed, ToolInputError
from tonmeister.models.generated_sound import Ear, MakesSounds, nobody
from tonmeister.models.stable_audio_network import LABEL, MEMORY_MB, StableAudio
from tonmeister.packages import Hub, Part
from tonmeister.streaming import Audio
from tonmeister.tools.generation import generate_sound
from tonmeister.tools.inpainting import fill_with, with_fill
from tonmeister.tools.mending import Mended, band_of, inpaint, span_of
from tonmeister.toolspec import Card, model

__all__ = ["FILES", "STABLE_AUDIO", "StableAudioFilling", "StableAudioSounds"]

NAME = "stable-audio-open-1.0"
_HUB = Hub("stabilityai/stable-audio-open-1.0", "main")
FILES = (
    *("projection_model/config.json", "projection_model/diffusion_pytorch_model.safetensors"),
    "scheduler/scheduler_config.json",
    *("text_encoder/config.json", "text_encoder/model.safetensors"),
    *("tokenizer/special_tokens_map.json", "tokenizer/spiece.model"),
    *("tokenizer/tokenizer.json", "tokenizer/tokenizer_config.json"),
    *("transformer/config.json", "transformer/diffusion_pytorch_model.safetensors"),
    *("vae/config.json", "vae/diffusion_pytorch_model.safetensors"),
)
LICENCE = "Stability AI Community License (commercial use below 1 million USD a year only)"
STABLE_AUDIO = Checkpoint(
    name=NAME,
    files=dict.fromkeys(FILES, ""),
    licence=LICENCE,
    size_mb=5300.0,
    sources=[{file: Part(_HUB, file) for file in FILES}],
    access="Stability AI gives these files to people who have accepted its terms: do so with your "
    "account at https://huggingface.co/stabilityai/stable-audio-open-1.0, then sign in on this "
    "machine with `hf auth login`, or put a token of yours into HF_TOKEN.",
)

CREDIT = (
    "Model: Stable Audio Open 1.0 by Stability AI, arXiv 2407.14358",
    "Licence of the model: Stability AI Community License, https://stability.ai/license",
    "Who earns more than 1 million USD a year needs another licence of Stability AI to use it "
    "commercially",
)
LABEL_OF_EDIT = "generated (Stable Audio Open)"
POOR_FIT = 0.4
FADE = 0.05
"""Seconds at each end of a gap over which the surroundings go over into what was generated."""

BESIDE = 0.1
"""Seconds beside a gap over which the network's version of the recording is compared with it."""

SLOW = 4500.0
"""Seconds for one sound of any length: not measured, but 450 trillion operations of two cores that
do 100 billion a second. It counts as loading, since the length of a sound does not matter."""


@model(
    generate_sound,
    card=Card(
        name=NAME,
        licence=LICENCE,
        checkpoint=STABLE_AUDIO,
        memory_mb=MEMORY_MB,
        speed=0.1,
        load_duration=SLOW,
        commercial=False,
        quality=80,
        packages=("torch", "transformers", "diffusers", "torchsde"),
        extra="torch",
        # Slow, large, and neither places nor times what is heard: the library stays the usual way.
        by_name=True,
        generates=True,
        spoken=("stable audio", "stable audio open", "stableaudio"),
        note="Stable Audio Open understands English; it was trained on sounds and music, not on "
        "speech.",
    ),
)
class StableAudioSounds(MakesSounds):
    """Makes sounds of English words with Stable Audio Open, in stereo at 44.1 kHz."""

    label = LABEL
    credit = CREDIT

    def load(self, weights: Path | None, threads: int) -> None:
        """Load the networks, and YAMNet where it is installed.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.
        """
        folder = Path(weights or "")
        self.on_progress = nobody
        self.network = StableAudio(folder, threads)
        self.ear = Ear.beside(folder)


@model(
    inpaint,
    card=Card(
        name=NAME,
        licence=LICENCE,
        checkpoint=STABLE_AUDIO,
        memory_mb=MEMORY_MB,
        speed=0.1,
        load_duration=SLOW,
        commercial=False,
        quality=60,
        packages=("torch", "transformers", "diffusers"),
        extra="torch",
        by_name=True,
        generates=True,
        spoken=("stable audio", "stable audio open", "stableaudio"),
        note="What was filled in is an estimate: no words or notes that were lost come back.",
    ),
)
class StableAudioFilling:
    """Fills gaps of up to half its window, 23 s, with what Stable Audio Open takes to fit there.

    The rest of the recording stays as it is, bit for bit. It is told no words.
    """

    on_progress: Callable[[float], None]

    def load(self, weights: Path | None, threads: int) -> None:
        """Load the networks.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.
        """
        self.on_progress = nobody
        self._network = StableAudio(Path(weights or ""), threads)

    def __call__(
        self,
        audio: Audio,
        start: float,
        end: float | None = None,
        low_hz: float | None = None,
        high_hz: float | None = None,
    ) -> Noted:
        """Fill a gap.

        Args:
            audio: Mono or stereo, at any rate; up to 47 s around the gap are read.
            start: Beginning of the gap in seconds.
            end: Its end in seconds; None to look for a dropout near the start.
            low_hz: Lowest frequency to fill in; None for all from 0 Hz.
            high_hz: Highest frequency to fill in; None for all upward.

        Raises:
            ToolInputError: The gap is longer than half the window or has nothing beside it, or the
                recording has more than two channels.
            ToolUnavailable: The memory did not suffice.
            ToolFailed: What the network made is no sound.
        """
        network = self._network
        if audio.num_channels > 2:
            raise ToolInputError(
                f"The recording has {audio.num_channels} channels; one or two are expected.",
                tool="inpaint",
                hint="Mix it down first.",
            )
        longest = network.window / 2
        start, end = span_of(audio, start, end, longest, f"{LABEL} fills {longest:.1f} s at most.")
        band_hz = band_of(audio, low_hz, high_hz)
        passage, similarity = self._passage(audio, start, end)
        fill = fill_with(audio, start, passage, FADE, band_hz)
        if fill is None:
            raise ToolInputError(
                f"Too little is around the gap from {start:.3f} to {end:.3f} s: 10 ms on both "
                "sides are expected.",
                tool="inpaint",
                hint="Cut the place out with remove_part instead.",
            )
        event = SoundEvent(round(start, 4), round(end, 4), LABEL_OF_EDIT, round(similarity, 3))
        notes = [
            f"The gap from {start:.3f} to {end:.3f} s was filled by {LABEL} with sound that nobody "
            f"recorded; its version of what is beside the gap is alike to {similarity:.2f} (1.00 "
            "is the same sound)."
        ]
        if similarity < POOR_FIT:
            notes.append("It fits badly: listen to the place.")
        edits = SoundEvents((event,), audio.duration)
        return Noted(Mended(with_fill(audio, fill), edits), tuple(notes))  # pyright: ignore[reportArgumentType]

    def _passage(self, audio: Audio, start: float, end: float) -> tuple[Samples, float]:
        """Return what fits into a gap at the recording's rate, and how like it is beside it."""
        network, rate = self._network, audio.sample_rate
        half = (network.window - (end - start)) / 2
        offset = min(max(0.0, start - half), max(0.0, audio.duration - network.window))
        around = audio.read(offset, min(audio.duration, offset + network.window)).samples
        seen = _changed(around, rate, network.sample_rate, network.num_channels)
        seen = seen[:, : round(network.window * network.sample_rate)]
        first, last = (round((one - offset) * network.sample_rate) for one in (start, end))
        made, begin = network.filled(seen, first, last, 0, self.on_progress)
        if not np.isfinite(made).all():
            raise ToolFailed(f"{LABEL} made numbers that are no sound.", tool="inpaint")
        similarity = _alike(seen, made, begin, (first, last), round(BESIDE * network.sample_rate))
        inside = made[:, first - begin : last - begin]
        wanted = round(end * rate) - round(start * rate)
        passage = _changed(inside, network.sample_rate, rate, audio.num_channels)
        # A rate that was changed ends a frame early or late.
        passage = np.pad(passage, ((0, 0), (0, max(0, wanted - passage.shape[1]))), mode="edge")
        peak = float(np.abs(passage).max(initial=0.0))
        return passage[:, :wanted] / np.float32(max(1.0, peak)), similarity


def _changed(samples: Samples, source: int, target: int, num_channels: int) -> Samples:
    """Change rate and number of channels of a passage."""
    import soxr

    if samples.shape[0] > num_channels:
        samples = samples.mean(axis=0, keepdims=True)
    if source != target:
        samples = soxr.resample(samples.T, source, target).T
    return np.repeat(samples, num_channels // samples.shape[0], axis=0).astype(np.float32)


def _alike(real: Samples, made: Samples, begin: int, gap: tuple[int, int], beside: int) -> float:
    """Return the correlation of both versions of what is beside a gap, 0.0 to 1.0."""
    first, last = gap
    end = min(begin + made.shape[1], real.shape[1])
    spans = ((max(begin, first - beside), first), (last, min(end, last + beside)))
    here = np.concatenate([real[:, a:b].ravel() for a, b in spans]).astype(np.float64)
    there = np.concatenate([made[:, a - begin : b - begin].ravel() for a, b in spans])
    norm = float(np.linalg.norm(here) * np.linalg.norm(there))
    return max(0.0, min(1.0, float(here @ there) / norm)) if norm > 0.0 else 0.0
