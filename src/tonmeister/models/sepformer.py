"""SepFormer: parts two people who talk at the same time, and cleans speech, with torch.

Recordings of any length are heard in overlapping windows; in each, the sources come in any order,
which the overlap with the window before puts right. Source: Subakan et al., "Attention is All You
Need in Speech Separation" (ICASSP 2021), checkpoints of SpeechBrain.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tonmeister.audio import Samples, Waveform
from tonmeister.checkpoints import Checkpoint
from tonmeister.errors import ToolInputError, ToolUnavailable
from tonmeister.models.by_channel import Stored, at_rate, channels_of, stored_sources
from tonmeister.models.voice_tools import checked_number, result_name
from tonmeister.packages import Hub, Part
from tonmeister.streaming import Audio, Feed
from tonmeister.tools.restoration import enhance_speech
from tonmeister.tools.speakers import separate_speakers
from tonmeister.toolspec import Card, model

__all__ = ["FILES", "SepformerEnhancer", "SepformerSeparator"]

FILES = ("encoder.ckpt", "masknet.ckpt", "decoder.ckpt")
WINDOW_DURATION = 8.0
OVERLAP_DURATION = 2.0
"""Seconds heard at a time, and of them with the window before: room for a word of each person."""


def _weights(repository: str) -> Checkpoint:
    hub = Hub(f"speechbrain/{repository}", "main")
    return Checkpoint(
        name=repository,
        files=dict.fromkeys(FILES, ""),
        licence="Apache-2.0",
        size_mb=113.0,
        sources=[{file: Part(hub, file) for file in FILES}],
    )


class _Windows:
    """Runs the network over a recording of one channel, window after window.

    Args:
        weights: Folder with the checkpoint's files.
        sample_rate: Rate the network hears, in Hz.
        threads: CPU threads it may use.

    Raises:
        ToolUnavailable: The files are not those of a SepFormer.
    """

    def __init__(self, weights: Path | None, sample_rate: int, threads: int) -> None:
        import torch

        from tonmeister.models.sepformer_network import SepformerNetwork

        torch.set_num_threads(threads)
        self._torch: Any = torch
        self._rate = sample_rate
        folder = Path(weights or "")
        try:
            # Plain tensors only: whatever else a pickle may name is refused by torch.
            tensors: list[Any] = [
                torch.load(folder / file, map_location="cpu", weights_only=True) for file in FILES
            ]
            self._network = SepformerNetwork(*tensors).eval()
        except (RuntimeError, KeyError, ValueError) as error:
            told = str(error).splitlines()[0]
            raise ToolUnavailable(
                f"The files in {folder.name} are no SepFormer: {told}",
                hint="Remove the model's weights and pull them again.",
            ) from error

    @property
    def num_sources(self) -> int:
        """How many sources it parts."""
        return int(self._network.num_sources)

    def sources(self, audio: Audio) -> Iterator[Samples]:
        """Yield the sources in consecutive pieces, shape ``(sources, frames)``.

        Args:
            audio: Mono at the network's rate.
        """
        overlap = round(OVERLAP_DURATION * self._rate)
        step = round(WINDOW_DURATION * self._rate) - overlap
        fade = np.linspace(0.0, 1.0, overlap, dtype=np.float32)
        feed = Feed(audio)
        window = feed.take(step + overlap)[0]
        tail: Samples | None = None
        while True:
            made = self._parted(window)
            if tail is not None:
                length = tail.shape[1]
                made = made[_order(tail, made[:, :length])]
                ramp = fade[:length]
                made[:, :length] = ramp * made[:, :length] + (1.0 - ramp) * tail
            fresh = feed.take(step)[0]
            if not len(fresh):
                yield made
                return
            yield made[:, :step]
            tail = made[:, step:]
            window = np.concatenate([window[step:], fresh])

    def _parted(self, window: Samples) -> Samples:
        """Return the sources of a window, scaled so that together they come nearest to it."""
        level = float(np.sqrt(np.mean(np.square(window, dtype=np.float64))))
        if level < 1e-7:
            return np.zeros((self.num_sources, len(window)), np.float32)
        with self._torch.inference_mode():
            mixture = self._torch.from_numpy(np.ascontiguousarray(window / np.float32(level)))
            made = self._network(mixture).numpy().astype(np.float64)
        gram = made @ made.T + 1e-6 * np.eye(len(made)) * max(1e-12, float(np.trace(made @ made.T)))
        gains = np.clip(np.linalg.solve(gram, made @ (window / level)), 0.0, 10.0)
        return (gains[:, np.newaxis] * made * level).astype(np.float32)


def _order(before: Samples, after: Samples) -> list[int]:
    """Return the order of sources in which they resemble those before most."""
    from scipy.optimize import linear_sum_assignment

    lengths = np.linalg.norm(before, axis=1)[:, np.newaxis] * np.linalg.norm(after, axis=1)
    alike = (before @ after.T) / np.maximum(lengths, 1e-9)
    return linear_sum_assignment(-alike)[1].tolist()


SEPARATED = (
    "Two people are parted also where they talk at once; which of them is speaker_00 is chance, "
    "and the model hears up to 4 kHz, so the recordings sound like a telephone."
)


@model(
    separate_speakers,
    card=Card(
        name="sepformer-wsj02mix",
        licence="Apache-2.0",
        checkpoint=_weights("sepformer-wsj02mix"),
        memory_mb=1800,
        speed=2.0,
        load_duration=5.0,
        quality=60,
        packages=("torch",),
        extra="torch",
        note=SEPARATED,
    ),
)
class SepformerSeparator:
    """Parts two people who talk at the same time."""

    sample_rate = 8_000

    def load(self, weights: Path | None, threads: int) -> None:
        """Load the network.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.
        """
        self._windows = _Windows(weights, self.sample_rate, threads)

    def __call__(self, audio: Audio, num_speakers: int | None) -> dict[str, Audio]:
        """Make a recording of each speaker, as long as the original.

        Args:
            audio: Any rate and number of channels; both are kept.
            num_speakers: None or the number of people the model was made for.

        Raises:
            ToolInputError: Another number of people was asked for.
        """
        count = self._windows.num_sources
        if checked_number(num_speakers, "separate_speakers") not in (None, count):
            raise ToolInputError(
                f"Found num_speakers = {num_speakers}; this model parts {count} people.",
                tool="separate_speakers",
                hint="Choose another model, which parts people by their turns.",
            )
        channels = channels_of(audio)
        first: list[Stored] | None = None
        stored: list[list[Stored]] = []
        for channel in channels:
            made = stored_sources(self._windows.sources(channel.converted(self.sample_rate)), count)
            order = range(count) if first is None else _alike(first, made)
            first = first or made
            stored.append([made[index] for index in order])
        return {
            result_name(f"SPEAKER_{index:02d}"): at_rate(
                [one[index] for one in stored], self.sample_rate, audio
            )
            for index in range(count)
        }


def _alike(first: list[Stored], made: list[Stored]) -> list[int]:
    """Return the order of one channel's sources in which they are those of the first channel."""
    count = len(first)
    products = np.zeros((count, count))
    pairs = zip(
        zip(*(one.audio(1).blocks() for one in first), strict=True),
        zip(*(one.audio(1).blocks() for one in made), strict=True),
        strict=True,
    )
    for ours, theirs in pairs:
        left = np.stack([block.samples[0] for block in ours])
        right = np.stack([block.samples[0] for block in theirs])
        products += np.abs(left) @ np.abs(right).T
    from scipy.optimize import linear_sum_assignment

    return linear_sum_assignment(-products)[1].tolist()


@model(
    enhance_speech,
    card=Card(
        name="sepformer-dns4-16k",
        licence="Apache-2.0",
        checkpoint=_weights("sepformer-dns4-16k-enhancement"),
        memory_mb=2200,
        speed=4.0,
        load_duration=5.0,
        quality=60,
        packages=("torch",),
        extra="torch",
        note="The model hears up to 8 kHz; what is above is removed as far as noise is.",
    ),
)
class SepformerEnhancer:
    """Removes noise from speech; slower than the default models."""

    sample_rate = 16_000

    def load(self, weights: Path | None, threads: int) -> None:
        """Load the network.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.
        """
        self._windows = _Windows(weights, self.sample_rate, threads)

    def __call__(self, audio: Audio, strength: float) -> Audio:
        """Remove background noise; rate, channels and length stay.

        Args:
            audio: Speech, any rate and number of channels.
            strength: Share of the noise to remove, 0.0 to 1.0.
        """
        if strength == 0.0:
            return audio
        stored = [
            stored_sources(self._windows.sources(channel.converted(self.sample_rate)), 1)[0]
            for channel in channels_of(audio)
        ]
        clean = at_rate(stored, self.sample_rate, audio)
        shape = (audio.sample_rate, audio.num_channels, audio.num_frames)
        return Audio.from_blocks(_blended(audio, clean, strength), *shape)


def _blended(audio: Audio, clean: Audio, strength: float) -> Iterator[Waveform]:
    feed = Feed(clean)
    for block in audio.blocks():
        wanted = feed.take(block.num_frames)
        blended = block.samples + np.float32(strength) * (wanted - block.samples)
        yield Waveform(blended.astype(np.float32), audio.sample_rate)
