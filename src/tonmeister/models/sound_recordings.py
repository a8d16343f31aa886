"""The recordings of the sound library: fetched with what finds and judges them, and read.

One checkpoint holds the recordings, the sentence encoder that finds them by meaning, and YAMNet,
which listens to the result. The bytes are known by their sha256, so they are read here as they are.
"""

import io
from functools import cached_property
from pathlib import Path, PurePosixPath

import numpy as np

from tonmeister.audio import Samples
from tonmeister.checkpoints import Checkpoint
from tonmeister.errors import ToolUnavailable
from tonmeister.models.yamnet_network import YAMNET
from tonmeister.packages import Deb, Part
from tonmeister.sentence_encoder import SENTENCE_ENCODER
from tonmeister.soundlibrary import LIBRARY, LibrarySound, recorded_sounds

__all__ = ["SAMPLE_RATE", "SOUND_LIBRARY", "Recordings"]

SAMPLE_RATE = 44_100
_CATALOGUE = "opensfx.cat"
_CATALOGUE_SHA256 = "cd348625bd82cca10620977bdf11ca5ff4fd4477bf2a87bf4463b095d12310ec"
SILENCE_DB = -50.0
"""Below the peak: what is quieter at either end of a recording is cut away."""


def file_of(sound: LibrarySound) -> str:
    """Return the name of the file that holds a recording, inside the checkpoint."""
    if sound.place is not None:
        return _CATALOGUE
    return f"{sound.name}{PurePosixPath(sound.member).suffix}"


def _library() -> Checkpoint:
    sounds = recorded_sounds()
    digests = {file_of(one): one.sha256 for one in sounds} | {_CATALOGUE: _CATALOGUE_SHA256}
    parts = {file_of(one): Part(Deb(one.package), one.member) for one in sounds}
    return Checkpoint(
        name=LIBRARY,
        files={**YAMNET.files, **SENTENCE_ENCODER.files, **digests},
        licence="each recording its own, see `tonmeister sounds`; Apache-2.0 (YAMNet, encoder)",
        size_mb=73.5,
        sources=[{**YAMNET.sources[0], **SENTENCE_ENCODER.sources[0], **parts}],
    )


SOUND_LIBRARY = _library()


class Recordings:
    """Reads recordings of the library.

    Args:
        folder: Folder with the checkpoint's files.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def _catalogue(self) -> bytes:
        return (self._folder / _CATALOGUE).read_bytes()

    def read(self, sound: LibrarySound) -> Samples:
        """Return a recording as mono at 44.1 kHz, silence at both ends cut away.

        Args:
            sound: Which one; of the user's own, ``member`` is the path of a decoded file.

        Raises:
            ToolUnavailable: It cannot be read.
        """
        import soundfile
        import soxr

        try:
            samples, rate = soundfile.read(self._opened(sound), dtype="float32", always_2d=True)
        except (OSError, soundfile.LibsndfileError) as error:
            raise ToolUnavailable(
                f"The recording {sound.name} cannot be read: {error}.",
                hint="Remove the library (tonmeister models remove) and pull it again.",
            ) from error
        mono = samples.mean(axis=1)
        if rate != SAMPLE_RATE:
            mono = soxr.resample(mono, rate, SAMPLE_RATE)
        return _without_silence(mono.astype(np.float32))

    def _opened(self, sound: LibrarySound) -> Path | io.BytesIO:
        if not sound.package:
            return Path(sound.member)
        if sound.place is None:
            return self._folder / file_of(sound)
        first, size = sound.place
        return io.BytesIO(self._catalogue[first : first + size])


def _without_silence(samples: Samples) -> Samples:
    """Cut silence off both ends, and take out a constant offset."""
    samples = samples - samples.mean(dtype=np.float64).astype(np.float32)
    level = np.abs(samples)
    heard = np.flatnonzero(level >= level.max(initial=0.0) * 10 ** (SILENCE_DB / 20))
    if not len(heard) or not level.max():
        return samples
    return samples[max(0, heard[0] - 200) : heard[-1] + 2_000]
