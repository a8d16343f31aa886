"""Scenes: several sources around the head of KEMAR, in one recording for headphones."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from tonmeister.artifacts import Noted
from tonmeister.audio import Samples, Waveform
from tonmeister.errors import ToolInputError
from tonmeister.models.binaural import CEILING, Stage
from tonmeister.models.kemar import FILE, KEMAR, read_responses
from tonmeister.streaming import Audio, Feed
from tonmeister.tools import positions as places
from tonmeister.tools.spatial import spatialize_scene
from tonmeister.toolspec import Card, model

__all__ = ["KemarScene"]

PIECE = 65_536
MOST = 32
MIXED = "Channels were mixed to one: each recording is one source."
QUIETER = "Everything was turned down by {:.1f} dB, because it would have clipped."


@model(
    spatialize_scene,
    card=Card(
        name="kemar",
        licence=KEMAR.licence,
        checkpoint=KEMAR,
        memory_mb=140,
        speed=0.03,
        load_duration=0.3,
    ),
)
class KemarScene:
    """Places every source around the head of KEMAR and adds them up, without a room.

    It is best on headphones. All sources keep their levels to each other; only the sum is turned
    down where it would clip.
    """

    def load(self, weights: Path | None, threads: int) -> None:
        """Read the measured responses.

        Args:
            weights: Folder with the checkpoint's file.
            threads: Not used.
        """
        self._stage = Stage(read_responses(Path(weights or "") / FILE))

    def __call__(self, recordings: Sequence[Audio], positions: str) -> Audio | Noted:
        """Place recordings around the listener; the rate is the highest of theirs.

        Args:
            recordings: The sources.
            positions: Where each is, between semicolons.

        Raises:
            ToolInputError: There are not as many positions, or words are not understood.
        """
        paths = _paths(positions, len(recordings))
        rate = max(audio.sample_rate for audio in recordings)
        total = max(
            round((audio.num_frames or 0) * rate / audio.sample_rate) for audio in recordings
        )

        def pieces() -> Iterator[Samples]:
            feeds = [
                Feed(self._stage.rendered(audio.converted(rate), path))
                for audio, path in zip(recordings, paths, strict=True)
            ]
            for first in range(0, total, PIECE):
                made = np.zeros((2, min(PIECE, total - first)), np.float32)
                for feed in feeds:
                    heard = feed.take(made.shape[1])
                    made[:, : heard.shape[1]] += heard
                yield made

        peak = max((float(np.max(np.abs(one))) for one in pieces()), default=0.0)
        gain = min(1.0, CEILING / peak) if peak > 0.0 else 1.0
        blocks = (Waveform(one * np.float32(gain), rate) for one in pieces())
        scene = Audio.from_blocks(blocks, rate, 2, total)
        notes = [MIXED] if any(audio.num_channels > 1 for audio in recordings) else []
        if (turned_down_db := -20.0 * float(np.log10(gain))) > 0.05:
            notes.append(QUIETER.format(turned_down_db))
        return Noted(scene, tuple(notes)) if notes else scene


def _paths(positions: str, count: int) -> list[places.Path]:
    listed = [words.strip() for words in positions.strip().strip(";").split(";")]
    if not 0 < count <= MOST:
        raise ToolInputError(
            f"Found {count} recordings; 1 to {MOST} can stand around you.",
            tool="spatialize_scene",
            hint="Mix some of them first.",
        )
    if len(listed) != count:
        raise ToolInputError(
            f"Found {len(listed)} positions for {count} recordings: {positions!r}.",
            tool="spatialize_scene",
            hint="Give one for each, in their order, between semicolons.",
        )
    try:
        return [places.parse_path(words) for words in listed]
    except ToolInputError as error:
        raise ToolInputError(error.message, tool="spatialize_scene", hint=error.hint) from error
