"""CLAP: sounds and English words in one space, so that any description can be looked for.

The repository of the hub holds its numbers in a pickle alone. It is read by ``read_tensors``, which
runs nothing of it, and put into the network that transformers builds from the configuration.
Source: Wu et al., "Large-Scale Contrastive Language-Audio Pretraining with Feature Fusion and
Keyword-to-Caption Augmentation" (ICASSP 2023), the checkpoint without fusion.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tonmeister.artifacts import Noted, SoundEvent, SoundEvents
from tonmeister.audio import Samples
from tonmeister.checkpoints import Checkpoint
from tonmeister.models.pretrained import filled
from tonmeister.models.tensors import read_tensors
from tonmeister.packages import Hub, Part
from tonmeister.streaming import Audio, Feed
from tonmeister.tools.sound import find_sound
from tonmeister.toolspec import Card, model

__all__ = ["CLAP", "FILES", "ClapEncoder", "ClapFinder"]

FILES = (
    *("config.json", "preprocessor_config.json", "pytorch_model.bin", "tokenizer.json"),
    *("tokenizer_config.json", "special_tokens_map.json", "vocab.json", "merges.txt"),
)
_HUB = Hub("laion/clap-htsat-unfused", "main")
CLAP = Checkpoint(
    name="clap-htsat-unfused",
    files=dict.fromkeys(FILES, ""),
    licence="Apache-2.0",
    size_mb=618.0,
    sources=[{file: Part(_HUB, file) for file in FILES}],
)

SAMPLE_RATE = 48_000
WINDOW, HOP = 2.0, 1.0
"""Seconds that are compared with the words at a time, and from one to the next."""

WINDOWS_AT_ONCE = 4
PROMPT = "This is a sound of {}."
LONGEST_WORDS = 77
WORDS_CUT = "The description has more words than CLAP takes: the last ones were left out."
OTHERS = ("silence", "background noise", "people talking", "music", "wind and traffic")
"""What else may be heard; a sound is there when its words fit better than these."""

Floats = NDArray[np.float32]


class ClapEncoder:
    """Brings sounds and words into one space.

    Args:
        weights: Folder with the checkpoint's files.
        threads: CPU threads it may use.

    Raises:
        ToolUnavailable: The file of numbers does not fit the configuration.
    """

    def __init__(self, weights: Path, threads: int) -> None:
        import torch
        from transformers import AutoTokenizer, ClapConfig, ClapFeatureExtractor, ClapModel

        torch.set_num_threads(threads)
        self._torch: Any = torch
        folder = str(weights)
        self._words: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        features: Any = ClapFeatureExtractor.from_pretrained(folder, local_files_only=True)
        self._features = features
        network: Any = ClapModel(ClapConfig.from_pretrained(folder, local_files_only=True))
        self._network = filled(network, read_tensors(weights / "pytorch_model.bin"), weights)
        self.scale = float(network.logit_scale_a.exp().item())

    def cuts(self, description: str) -> bool:
        """Tell whether a description has more tokens than count.

        Args:
            description: A sentence in English.
        """
        return len(self._words(description, verbose=False)["input_ids"]) > LONGEST_WORDS

    def words(self, descriptions: Sequence[str]) -> Floats:
        """Return the direction of each description, of unit length, ``(descriptions, size)``.

        Args:
            descriptions: Sentences in English.
        """
        tokens = self._words(
            list(descriptions),
            padding=True,
            truncation=True,
            max_length=LONGEST_WORDS,
            return_tensors="pt",
        )
        with self._torch.inference_mode():
            made = self._network.get_text_features(**tokens)
        return _directions(made)

    def sounds(self, clips: Sequence[Samples]) -> Floats:
        """Return the direction of each clip, of unit length, ``(clips, size)``.

        Args:
            clips: Mono at 48 kHz, not empty, up to 10 s; shorter ones are repeated up to that.
        """
        prepared = self._features(
            [np.asarray(clip, np.float32) for clip in clips],
            sampling_rate=SAMPLE_RATE,
            return_tensors="pt",
        )
        with self._torch.inference_mode():
            made = self._network.get_audio_features(input_features=prepared["input_features"])
        return _directions(made)


def _directions(made: Any) -> Floats:
    # Newer versions of transformers wrap what older ones return as it is.
    rows = np.asarray(getattr(made, "pooler_output", made).numpy(), np.float32)
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


@model(
    find_sound,
    card=Card(
        name="clap-htsat-unfused",
        licence="Apache-2.0",
        checkpoint=CLAP,
        memory_mb=1900,
        speed=0.5,
        load_duration=8.0,
        quality=40,
        sample_rate=SAMPLE_RATE,
        num_channels=1,
        packages=("torch", "transformers"),
        extra="torch",
        # It knows English only, and its confidence was never set on recordings here.
        by_name=True,
        note="CLAP understands English; its confidence compares the words with five other sounds "
        "and was not calibrated.",
    ),
)
class ClapFinder:
    """Finds sounds of any English description, beyond the classes of AudioSet."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Load the network.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.
        """
        self._encoder = ClapEncoder(Path(weights or ""), threads)

    def __call__(self, audio: Audio, description: str, threshold: float) -> SoundEvents | Noted:
        """Find when a sound is heard, by windows of two seconds.

        Args:
            audio: Mono at 48 kHz.
            description: The sound in a few English words.
            threshold: Confidence from which it counts as there, 0.05 to 0.95.
        """
        told = [PROMPT.format(one) for one in (description.strip(), *OTHERS)]
        words = self._encoder.words(told)
        sure = np.array(list(self._confidences(audio, words)), np.float32)
        events = _events(sure, description.strip(), threshold, audio.duration)
        found = SoundEvents(events, audio.duration)
        cut = (WORDS_CUT,) if self._encoder.cuts(told[0]) else ()
        if events or not len(sure):
            return Noted(found, cut) if cut else found
        best = int(np.argmax(sure))
        absent = (
            f"Not there: the likeliest moment, at {best * HOP:.1f} s, reaches a confidence of "
            f"{sure[best]:.3f}; {threshold:.2f} is needed."
        )
        return Noted(found, (*cut, absent))

    def _confidences(self, audio: Audio, words: Floats) -> Iterator[float]:
        """Yield the share that the description has of all that each window may be."""
        batch: list[Samples] = []
        for window in _windows(audio):
            batch.append(window)
            if len(batch) == WINDOWS_AT_ONCE:
                yield from self._compared(batch, words)
                batch = []
        if batch:
            yield from self._compared(batch, words)

    def _compared(self, clips: Sequence[Samples], words: Floats) -> list[float]:
        logits = self._encoder.scale * self._encoder.sounds(clips) @ words.T
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        return (odds[:, 0] / odds.sum(axis=1)).tolist()


def _windows(audio: Audio) -> Iterator[Samples]:
    """Yield windows of two seconds, every second; the last ones are shorter."""
    feed, hop = Feed(audio), round(HOP * SAMPLE_RATE)
    held = feed.take(round(WINDOW * SAMPLE_RATE))[0]
    while len(held):
        yield held
        held = np.concatenate([held[hop:], feed.take(hop)[0]])
        if len(held) <= round((WINDOW - HOP) * SAMPLE_RATE):
            break  # what is left was heard in the window before


def _events(sure: Floats, label: str, threshold: float, duration: float) -> tuple[SoundEvent, ...]:
    """Join windows in a row that reach the threshold; each stands for its middle half."""
    events: list[SoundEvent] = []
    heard = np.flatnonzero(sure >= threshold)
    for run in np.split(heard, np.flatnonzero(np.diff(heard) > 1) + 1):
        if len(run):
            first, last = int(run[0]), int(run[-1])
            start = 0.0 if first == 0 else first * HOP + HOP / 2
            end = duration if last == len(sure) - 1 else last * HOP + WINDOW - HOP / 2
            score = round(float(sure[run].max()), 3)
            events.append(SoundEvent(min(start, duration), min(end, duration), label, score))
    return tuple(events)
