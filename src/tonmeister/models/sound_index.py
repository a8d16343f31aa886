"""Recordings as numbers for searching, and words as classes, with YAMNet's classes."""

from pathlib import Path

import numpy as np

from tonmeister.artifacts import File, Measurement
from tonmeister.errors import StoreError
from tonmeister.metering import LoudnessMeter
from tonmeister.models.sound_words import SOUND_WORDS, SoundWords
from tonmeister.models.yamnet_network import SAMPLE_RATE, STEP, YAMNET, Listener
from tonmeister.sentence_encoder import SentenceEncoder
from tonmeister.streaming import Audio
from tonmeister.tools.sound_index import index_sound, match_sounds
from tonmeister.toolspec import Card, model

__all__ = ["WordMatcher", "YamnetIndexer"]

SPEECH = slice(0, 6)
MUSIC = slice(132, 277)
HEARD = 0.3
"""Score from which speech or music counts in the shares."""


@model(
    index_sound,
    card=Card(
        name="yamnet-index",
        licence="Apache-2.0",
        checkpoint=YAMNET,
        memory_mb=150,
        speed=0.012,
        load_duration=0.4,
    ),
)
class YamnetIndexer:
    """Describes recordings by what YAMNet hears in them."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Open the graph and the class names.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.
        """
        self._listener = Listener(weights, threads)

    def __call__(self, audio: Audio, folder: Path) -> File:
        """Write what is heard as numbers: about 30 kB, whatever the length.

        Args:
            audio: Any recording that can be read twice.
            folder: Where the file is written.

        Raises:
            StoreError: The disk is full.
        """
        labels = self._listener.labels
        highest, when = np.zeros(len(labels), np.float32), np.zeros(len(labels), np.float32)
        total = np.zeros(1024)
        patches = speech = music = 0
        for heard in self._listener.listen(audio.converted(SAMPLE_RATE, 1)):
            best, first = heard.scores.max(axis=0), heard.scores.argmax(axis=0)
            when = np.where(best > highest, (patches + first) * STEP, when)
            highest = np.maximum(highest, best)
            total += heard.embeddings.sum(axis=0)
            speech += int(np.count_nonzero(heard.scores[:, SPEECH].max(axis=1) >= HEARD))
            music += int(np.count_nonzero(heard.scores[:, MUSIC].max(axis=1) >= HEARD))
            patches += len(heard.scores)
        count = max(1, patches)
        path = folder / "index.npz"
        try:
            np.savez(
                path,
                scores=highest.astype(np.float16),
                times=when.astype(np.float32),
                embedding=(total / count).astype(np.float16),
                labels=np.char.encode(np.array(labels), "utf-8"),
                speech_share=speech / count,
                music_share=music / count,
                loudness_lufs=_loudness(audio),
                duration=audio.duration,
            )
        except OSError as error:
            raise StoreError(
                f"The index could not be written: {error}.", hint="Free some disk space."
            ) from error
        return File(path, "application/x-npz", "npz")


def _loudness(audio: Audio) -> float:
    """Return the integrated loudness in LUFS; NaN when it is too quiet or short for one."""
    meter = LoudnessMeter(audio.sample_rate, audio.num_channels)
    for block in audio.blocks():
        meter.add(block)
    loudness = meter.levels().loudness_lufs
    return float("nan") if loudness is None else loudness


@model(
    match_sounds,
    card=Card(
        name="sound-words",
        licence="Apache-2.0",
        checkpoint=SOUND_WORDS,
        memory_mb=200,
        speed=0.001,
        load_duration=2.5,
    ),
)
class WordMatcher:
    """Brings words to classes by their meaning."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Read the names of all classes.

        Args:
            weights: Folder with the checkpoint's files.
            threads: Not used.
        """
        folder = Path(weights or "")
        self._words = SoundWords(SentenceEncoder(folder), Listener(folder).labels)

    def __call__(self, description: str) -> Measurement:
        """Tell which classes are meant, the best first, with weights up to 1.0.

        Args:
            description: A sound in a few words.

        Raises:
            ToolInputError: The words mean no sound that is known.
        """
        meant = self._words.meant(description, "match_sounds")
        return Measurement({one.label: round(one.weight, 3) for one in meant})
