"""WavLM: what a voice sounds like, from a large network of the hub, with torch.

Source: Chen et al., "WavLM: Large-Scale Self-Supervised Pre-Training for Full Stack Speech
Processing" (IEEE JSTSP 2022), with an x-vector head trained for speaker verification.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tonmeister.audio import Samples
from tonmeister.checkpoints import Checkpoint
from tonmeister.models.diarization import PauseDiarizer
from tonmeister.models.pretrained import pretrained
from tonmeister.models.silero import SpeechDetector
from tonmeister.models.voice_tools import Diarizes, Identifies, Separates, Verifies
from tonmeister.packages import Hub, Part
from tonmeister.tools.speakers import diarize, identify_speaker, separate_speakers, verify_speaker
from tonmeister.toolspec import Card, model

__all__ = [
    "FILES",
    "WavlmDiarizer",
    "WavlmIdentifier",
    "WavlmSeparator",
    "WavlmVerifier",
    "WavlmVoices",
]

FILES = ("config.json", "preprocessor_config.json", "model.safetensors")
# The main branch has a pickle only; on this one the hub's converter added a safe file.
_HUB = Hub("microsoft/wavlm-base-sv", "refs/pr/2")
WEIGHTS = Checkpoint(
    name="wavlm-base-sv",
    files=dict.fromkeys(FILES, ""),
    licence="CC-BY-SA-3.0",
    size_mb=405.0,
    sources=[{file: Part(_HUB, file) for file in FILES}],
)
SHORTEST = 8_000
"""Shorter speech, below half a second, is repeated up to that."""


class WavlmVoices:
    """Turns speech into voices.

    Args:
        weights: Folder with the checkpoint's files.
        threads: CPU threads it may use.

    Raises:
        ToolUnavailable: The files do not fit together.
    """

    # The authors' model card gives 0.86 as the similarity from which speakers are the same.
    apart = 0.25
    same = 0.86

    def __init__(self, weights: Path, threads: int) -> None:
        import torch
        from transformers import AutoFeatureExtractor, WavLMForXVector

        torch.set_num_threads(threads)
        self._torch: Any = torch
        folder = str(weights)
        self._features: Any = AutoFeatureExtractor.from_pretrained(folder, local_files_only=True)
        self._network = pretrained(WavLMForXVector, weights)

    def embed(self, clips: Sequence[Samples]) -> Samples:
        """Return the voice in each clip, of unit length, shape ``(clips, dimensions)``.

        Args:
            clips: Speech of one person each, mono at 16 kHz, not empty.
        """
        long = [np.resize(clip, SHORTEST) if len(clip) < SHORTEST else clip for clip in clips]
        found: list[Samples] = []
        for clip in long:
            prepared = self._features(clip, sampling_rate=16_000, return_tensors="pt")
            with self._torch.inference_mode():
                made = self._network(prepared["input_values"])
            found.append(made.embeddings[0].numpy())
        voices = np.stack(found)
        lengths = np.maximum(np.linalg.norm(voices, axis=1, keepdims=True), 1e-9)
        return np.asarray(voices / lengths, np.float32)


CARD = Card(
    name="wavlm-base-sv",
    licence="CC-BY-SA-3.0",
    checkpoint=WEIGHTS,
    memory_mb=1200,
    speed=1.0,
    load_duration=6.0,
    quality=35,
    packages=("torch", "transformers"),
    extra="torch",
)


class _Compares:
    """Loads what tells voices apart."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Load the network.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.
        """
        self.encoder = WavlmVoices(Path(weights or ""), threads)
        self.detector = SpeechDetector(1)


class _Hears(_Compares):
    """Loads what finds who speaks when, as well."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Load the network.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.
        """
        super().load(weights, threads)
        self.diarizer = PauseDiarizer(self.encoder, self.detector)


@model(diarize, card=CARD)
class WavlmDiarizer(_Hears, Diarizes):
    """Finds who speaks when by pauses and changes of voice; it cannot hear talk at once."""


@model(separate_speakers, card=CARD)
class WavlmSeparator(_Hears, Separates):
    """Parts speakers by their turns; it cannot hear talk at once."""


@model(identify_speaker, card=CARD)
class WavlmIdentifier(_Hears, Identifies):
    """Finds known people by their voices."""


@model(verify_speaker, card=CARD)
class WavlmVerifier(_Compares, Verifies):
    """Compares voices."""
