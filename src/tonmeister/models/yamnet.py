"""YAMNet: which of the 521 classes of AudioSet are heard, and when.

Source: Plakal and Ellis, "YAMNet" (2019); Hershey et al., "CNN Architectures for Large-Scale Audio
Classification" (2017).
"""

import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tonmeister.artifacts import File, Measurement, SoundEvent, SoundEvents
from tonmeister.errors import writing
from tonmeister.models.audioset import FAMILIES, PLACES
from tonmeister.models.yamnet_network import SAMPLE_RATE, STEP, YAMNET, Listener
from tonmeister.streaming import Audio
from tonmeister.tools.measuring import measure
from tonmeister.tools.sound import describe_audio, detect_sounds
from tonmeister.tools.sound_files import score_sounds
from tonmeister.toolspec import Card, model

__all__ = ["YAMNET", "Yamnet", "YamnetDescriber", "YamnetScores"]

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
        self._listener = Listener(weights)

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
    return duration if patch > last else min(duration, patch * STEP + STEP / 2)


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
        self._listener = Listener(weights)

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


@model(score_sounds, card=CARD)
class YamnetScores:
    """Saves what YAMNet gives for every class."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Open the graph and the class names.

        Args:
            weights: Folder with the checkpoint's files.
            threads: Not used; one is quickest.
        """
        self._listener = Listener(weights)

    def __call__(self, audio: Audio, folder: Path) -> File:
        """Write the scores of all patches: two bytes a score, 7.8 MB an hour.

        Args:
            audio: Mono at 16 kHz.
            folder: Where the file is written.

        Raises:
            StoreError: The disk is full.
        """
        path, rows = folder / "scores.npz", folder / "scores.raw"
        try:
            with writing("The scores"):
                with rows.open("wb") as file:
                    for heard in self._listener.listen(audio):
                        file.write(np.ascontiguousarray(heard.scores, "<f2").tobytes())
                _write_scores(path, rows, self._listener.labels)
        finally:
            rows.unlink(missing_ok=True)
        return File(path, "application/x-npz", "npz")


def _write_scores(path: Path, rows: Path, labels: tuple[str, ...]) -> None:
    """Write an npz whose largest array goes from file to file, a piece at a time."""
    count = rows.stat().st_size // (2 * len(labels))
    shape = {"descr": "<f2", "fortran_order": False, "shape": (count, len(labels))}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in (("times", np.arange(count) * STEP), ("labels", np.array(labels))):
            with archive.open(f"{name}.npy", "w") as member:
                np.lib.format.write_array(member, array, allow_pickle=False)
        with archive.open("scores.npy", "w", force_zip64=True) as member, rows.open("rb") as file:
            np.lib.format.write_array_header_1_0(member, shape)
            shutil.copyfileobj(file, member)
