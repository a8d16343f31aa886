"""KEMAR: head-related transfer functions measured at 710 directions, and what places sound by them.

Source: Gardner and Martin, "HRTF measurements of a KEMAR", J. Acoust. Soc. Am. 97 (1995), 3907;
free of charge, and to be cited. The file is in the SOFA format (AES69), which is HDF5. The sha256
of the checkpoint is that of one known file, so its two tables are read at their known places:
reading nine compressed chunks does not need an HDF5 library.
"""

import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tonmeister.artifacts import Noted
from tonmeister.checkpoints import Checkpoint
from tonmeister.models.binaural import HeadResponses, Stage
from tonmeister.packages import Deb, Part
from tonmeister.streaming import Audio
from tonmeister.tools.positions import parse_path
from tonmeister.tools.spatial import spatialize
from tonmeister.toolspec import Card, model

__all__ = ["KEMAR", "KemarStage", "read_responses"]

FILE = "MIT_KEMAR_normal_pinna.sofa"
KEMAR = Checkpoint(
    name="kemar-hrtf",
    files={FILE: "2768ac841213a7ae11d1ea7fd0f25a69b39216102dc5dd913ea6ba0f0dc57e28"},
    licence="free of charge, citing Gardner and Martin (1995)",
    size_mb=1.2,
    sources=[{FILE: Part(Deb("libmysofa1"), f"usr/share/libmysofa/{FILE}")}],
)

SAMPLE_RATE = 44_100
NUM_DIRECTIONS, NUM_TAPS = 710, 512
CHUNK_SHAPE = (355, 1, 256)
CHUNKS = {
    (0, 0, 0): (38_305, 154_673),
    (0, 0, 256): (192_978, 126_805),
    (0, 1, 0): (319_783, 152_539),
    (0, 1, 256): (478_553, 126_888),
    (355, 0, 0): (605_441, 149_270),
    (355, 0, 256): (754_711, 133_566),
    (355, 1, 0): (888_277, 151_446),
    (355, 1, 256): (1_039_723, 133_408),
}
"""First direction, ear and tap of each chunk of ``Data.IR`` → offset and size in the file."""

DIRECTIONS_CHUNK = (477_084, 1_426)
"""Offset and size of ``SourcePosition``: azimuth, elevation in degrees, distance in metres."""

QUIETER = "Turned down by {:.1f} dB, because so near it would have been too loud for a file."
MIXED = "The channels of the recording were mixed to one: one source is placed."


def read_responses(path: Path) -> HeadResponses:
    """Read directions and impulse responses out of the file.

    Args:
        path: The SOFA file whose sha256 the checkpoint states.
    """
    content = path.read_bytes()
    responses = np.empty((NUM_DIRECTIONS, 2, NUM_TAPS))
    for (direction, ear, tap), place in CHUNKS.items():
        rows, ears, taps = CHUNK_SHAPE
        chunk = _unpacked(content, *place).reshape(CHUNK_SHAPE)
        responses[direction : direction + rows, ear : ear + ears, tap : tap + taps] = chunk
    directions = _unpacked(content, *DIRECTIONS_CHUNK).reshape(NUM_DIRECTIONS, 3)
    return HeadResponses(directions[:, 0], directions[:, 1], responses, SAMPLE_RATE)


def _unpacked(content: bytes, offset: int, size: int) -> NDArray[np.float64]:
    """Undo deflate and HDF5's shuffle filter, which stores the first bytes of all numbers first."""
    shuffled = np.frombuffer(zlib.decompress(content[offset : offset + size]), np.uint8)
    return shuffled.reshape(8, -1).T.copy().view("<f8").ravel()


@model(
    spatialize,
    card=Card(
        name="kemar",
        licence=KEMAR.licence,
        checkpoint=KEMAR,
        memory_mb=90,
        speed=0.03,
        load_duration=0.3,
        num_channels=None,
    ),
)
class KemarStage:
    """Places a source around the head of KEMAR, a manikin of average size, without a room.

    It is best on headphones. Other heads hear height, and front and back, less clearly than
    left and right.
    """

    def load(self, weights: Path | None, threads: int) -> None:
        """Read the measured responses.

        Args:
            weights: Folder with the checkpoint's file.
            threads: Not used.
        """
        self._stage = Stage(read_responses(Path(weights or "") / FILE))

    def __call__(self, audio: Audio, position: str) -> Audio | Noted:
        """Place a recording around the listener; rate and length stay.

        Args:
            audio: One source, any rate; several channels are mixed to mono.
            position: Where it is or how it moves, in words.

        Raises:
            ToolInputError: The words are not understood.
        """
        path = parse_path(position)
        placed, turned_down_db = self._stage.place(audio, path)
        notes = [MIXED] if audio.num_channels > 1 else []
        if turned_down_db > 0.05:
            notes.append(QUIETER.format(turned_down_db))
        return Noted(placed, tuple(notes)) if notes else placed
