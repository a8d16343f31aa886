"""AudioSep: takes a sound out by English words, also where others sound at the same moment.

The published training checkpoint is a pickle, and so is its only known copy on the hub, a plain
dictionary of tensors. That one is read by ``read_tensors``, which runs nothing of it. Names of
tensors, sizes and settings are those of the authors' code; the weights themselves were not at hand
here, so separation was never heard.
Source: Liu et al., "Separate Anything You Describe" (2023), https://github.com/Audio-AGI/AudioSep,
MIT; the repository that holds the copy calls it Apache-2.0.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from tonmeister.artifacts import Noted
from tonmeister.audio import Samples
from tonmeister.checkpoints import Checkpoint, CheckpointCache
from tonmeister.errors import ToolInputError, ToolUnavailable
from tonmeister.models.by_channel import at_rate, channels_of, stored_sources
from tonmeister.models.sightings import SoundFinder
from tonmeister.models.sound_words import SOUND_WORDS
from tonmeister.models.spooling import Spool, remainder, within
from tonmeister.models.tensors import read_tensors
from tonmeister.models.text_language import language_of
from tonmeister.packages import Hub, Part
from tonmeister.sound_vocabulary import is_portuguese
from tonmeister.streaming import Audio, Feed
from tonmeister.tools.separation import extract_sound, remove_sound, time_limits
from tonmeister.toolspec import Card, model

__all__ = ["AUDIOSEP", "WEIGHTS", "AudioSepExtractor", "AudioSepRemover"]

WEIGHTS = "pytorch_model.bin"
_COPY = Hub("nielsr/audiosep-demo", "9188caa202a0d31845367e4dad8bb5549eddb4ba")
_WORDS = Hub("FacebookAI/roberta-base", "e2da8e2f811d1448a5b465c236feacd80ffbac7b")
AUDIOSEP = Checkpoint(
    name="audiosep",
    files={
        WEIGHTS: "37f1691fb067e2575f1ad1cfbfe44b7b3da18e52f33fcb2b0937b72952f11ba1",
        "vocab.json": "9e7f63c2d15d666b52e21d250d2e513b87c9b713cfa6987a82ed89e5e6e50655",
        "merges.txt": "1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5",
    },
    licence="MIT",
    size_mb=1180.0,
    sources=[
        {
            WEIGHTS: Part(_COPY, WEIGHTS),
            "vocab.json": Part(_WORDS, "vocab.json"),
            "merges.txt": Part(_WORDS, "merges.txt"),
        }
    ],
    tensors=frozenset({WEIGHTS}),
)

SAMPLE_RATE = 32_000
WINDOW, OVERLAP = 6.0, 1.0
"""Seconds heard at a time, and of them with the window before; it was trained on 5 s."""

LONGEST_WORDS = 512
FAINT = -40.0
"""Level in dB against the recording below which hardly anything was taken."""

SEPARATOR, WORDS = "ss_model.", "query_encoder.model."
TEXT = (f"{WORDS}text_branch.", f"{WORDS}text_projection.")

WORDS_CUT = "The description has more words than AudioSep takes: the last ones were left out."
BY_WORDS = "AudioSep takes what its network makes of the words; it does not tell when it is heard."
LIMIT = "AudioSep hears up to 16 kHz: what is above stays in the rest."


class _Separator:
    """Takes sounds out of recordings of one channel.

    Args:
        weights: Folder with the checkpoint's files.
        threads: CPU threads it may use.

    Raises:
        ToolUnavailable: The file is no checkpoint of AudioSep.
    """

    def __init__(self, weights: Path, threads: int) -> None:
        import torch
        from tokenizers import ByteLevelBPETokenizer

        from tonmeister.models.audiosep_network import AudioSepNetwork, WordsNetwork, below

        torch.set_num_threads(threads)
        self._torch: Any = torch
        tokenizer: Any = ByteLevelBPETokenizer(
            str(weights / "vocab.json"), str(weights / "merges.txt")
        )
        self._tokenizer = tokenizer
        stored = read_tensors(weights / WEIGHTS, beginnings=(SEPARATOR, *TEXT))
        tensors = {name: torch.from_numpy(array) for name, array in stored.items()}
        try:
            self._words = WordsNetwork(below(tensors, WORDS)).eval()
            self._network = AudioSepNetwork(below(tensors, SEPARATOR)).eval()
        except (RuntimeError, KeyError, IndexError, ValueError) as error:
            told = " ".join(str(error).split())[:200]
            raise ToolUnavailable(
                f"The file {WEIGHTS} is no checkpoint of AudioSep: {told}",
                hint="Run `tonmeister models remove audiosep`, and pull it again.",
            ) from error

    def direction(self, description: str) -> Any:
        """Return what words mean to the network, shape ``(size,)``.

        Args:
            description: English words, of which the first 510 tokens count.
        """
        marks = [self._tokenizer.token_to_id(mark) for mark in ("<s>", "</s>")]
        inner = self._tokenizer.encode(description).ids[: LONGEST_WORDS - 2]
        tokens = self._torch.tensor([marks[0], *inner, marks[1]])
        with self._torch.inference_mode():
            return self._words(tokens)

    def cuts(self, description: str) -> bool:
        """Tell whether a description has more tokens than count.

        Args:
            description: English words.
        """
        return len(self._tokenizer.encode(description).ids) > LONGEST_WORDS - 2

    def taken(
        self, audio: Audio, direction: Any, band: tuple[float | None, float | None]
    ) -> Iterator[Samples]:
        """Yield what is meant in consecutive pieces, shape ``(1, frames)``.

        Args:
            audio: Mono at 32 kHz.
            direction: From ``direction``.
            band: Lowest and highest frequency in Hz; None is no limit.
        """
        keep = None if band == (None, None) else self._torch.from_numpy(self._kept(band))
        overlap = round(OVERLAP * SAMPLE_RATE)
        step = round(WINDOW * SAMPLE_RATE) - overlap
        fade = np.linspace(0.0, 1.0, overlap, dtype=np.float32)
        feed = Feed(audio)
        window = feed.take(step + overlap)[0]
        tail: Samples | None = None
        while len(window):
            made = self._of_window(window, direction, keep)
            if tail is not None:
                ramp = fade[: len(tail)]
                made[: len(tail)] = ramp * made[: len(tail)] + (1.0 - ramp) * tail
            fresh = feed.take(step)[0]
            if not len(fresh):
                yield made[np.newaxis]
                return
            yield made[np.newaxis, :step]
            tail = made[step:]
            window = np.concatenate([window[step:], fresh])

    def _of_window(self, window: Samples, direction: Any, keep: Any) -> Samples:
        if not np.any(window):
            return np.zeros(len(window), np.float32)
        longer = max(0, self._network.n_fft - len(window))
        padded = np.pad(np.asarray(window, np.float32), (0, longer))
        with self._torch.inference_mode():
            made = self._network(self._torch.from_numpy(padded)[None], direction, keep)
        return made[0, : len(window)].numpy().copy()

    def _kept(self, band: tuple[float | None, float | None]) -> NDArray[np.float32]:
        """Return the share of each frequency to keep; a bin beside the band half."""
        bins = np.linspace(0.0, SAMPLE_RATE / 2, self._network.n_fft // 2 + 1)
        low, high = band[0] or 0.0, SAMPLE_RATE / 2 if band[1] is None else band[1]
        outside = np.maximum(low - bins, bins - high) / (2.0 * bins[1])
        return np.clip(1.0 - outside, 0.0, 1.0).astype(np.float32)


class _Takes:
    """Takes a sound out; a model says for which tool, and which part comes first."""

    wanted: ClassVar[str]
    sound_first: ClassVar[bool]

    def load(self, weights: Path | None, threads: int) -> None:
        """Load the networks.

        Args:
            weights: Folder with the checkpoint's files; those that know words of other languages
                may lie beside it.
            threads: CPU threads it may use.
        """
        self._weights = Path(weights or "")
        self._separator = _Separator(self._weights, threads)

    def __call__(
        self,
        audio: Audio,
        description: str,
        start: float | None,
        end: float | None,
        low_hz: float | None,
        high_hz: float | None,
    ) -> Noted:
        """Return both parts, the wanted one first; rate, channels and length stay.

        Args:
            audio: Any recording that can be read again.
            description: Which sound, in English; in another language it is put into the name of a
                class of AudioSet, if the weights for that are there.
            start: Where it begins in seconds.
            end: Where it ends in seconds.
            low_hz: Lowest frequency it has.
            high_hz: Highest frequency it has, below 16 kHz.

        Raises:
            ToolInputError: There are no words, not English ones, or the place is empty.
        """
        times, band = (start, end), (low_hz, high_hz)
        place = time_limits(audio, self.wanted, description, times, band)
        if not description.strip() or (low_hz or 0.0) >= SAMPLE_RATE / 2:
            raise ToolInputError(
                "AudioSep takes a sound by its words, up to 16 kHz; found "
                f"description = '{description.strip()}', low_hz = {low_hz or 0.0:g}.",
                tool=self.wanted,
                hint="Name the sound, or leave the choice of the model to the tool.",
            )
        words, notes = self._in_english(description.strip())
        notes += (WORDS_CUT,) if self._separator.cuts(words) else ()
        direction = self._separator.direction(words)
        channels = [
            stored_sources(self._separator.taken(one.converted(SAMPLE_RATE), direction, band), 1)[0]
            for one in channels_of(audio)
        ]
        whole = at_rate(channels, SAMPLE_RATE, audio)
        spool = Spool(whole if times == (None, None) else within(whole, place))
        notes += (BY_WORDS, _share(spool.audio(), audio, words))
        notes += (LIMIT,) if audio.sample_rate > SAMPLE_RATE else ()
        parts = (spool.audio(), remainder(audio, spool.audio()))
        return Noted(parts if self.sound_first else parts[::-1], notes)

    def _in_english(self, description: str) -> tuple[str, tuple[str, ...]]:
        """Return the words in English, and what must be said about that."""
        if language_of(description) in (None, "en") and not is_portuguese(description):
            return description, ()
        folder = CheckpointCache(self._weights.parent, offline=True).path(SOUND_WORDS)
        if folder is None:
            raise ToolInputError(
                f"AudioSep understands English; found '{description}'.",
                tool=self.wanted,
                hint="Name the sound in English, such as 'dog barking', or run: tonmeister models "
                f"pull {SOUND_WORDS.name}",
            )
        label = SoundFinder(folder).meant(description, self.wanted)[0].label.lower()
        return label, (f"AudioSep understands English; '{description}' was read as '{label}'.",)


def _share(sound: Audio, audio: Audio, words: str) -> str:
    """Return how loud the sound is against the recording, in words."""
    taken, whole = _energy(sound), _energy(audio)
    level = 10.0 * np.log10(max(taken, 1e-12) / max(whole, 1e-12)) if whole else -120.0
    if level < FAINT:
        return f"Almost nothing was taken for '{words}'; it may not be in the recording."
    return f"What was taken for '{words}' lies {abs(level):.1f} dB below the recording."


def _energy(audio: Audio) -> float:
    return sum(
        float(np.sum(np.square(block.samples, dtype=np.float64))) for block in audio.blocks()
    )


_CARD = Card(
    name="audiosep",
    licence="MIT",
    checkpoint=AUDIOSEP,
    memory_mb=2200,
    speed=1.5,  # of one channel; measured with random numbers in the published sizes
    load_duration=10.0,
    quality=70,
    packages=("torch", "transformers"),
    extra="torch",
    # It knows English only, and was never heard here.
    by_name=True,
)


@model(extract_sound, card=_CARD)
class AudioSepExtractor(_Takes):
    """Takes a sound out by English words and keeps it."""

    wanted, sound_first = "extract_sound", True


@model(remove_sound, card=_CARD)
class AudioSepRemover(_Takes):
    """Takes a sound out by English words and keeps the rest."""

    wanted, sound_first = "remove_sound", False
