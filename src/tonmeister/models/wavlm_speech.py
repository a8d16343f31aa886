"""When somebody speaks, heard by WavLM: a network for two voices at once, with torch.

It was trained to tell for every 20 ms which of two people talk; speech is where either does.
Source: Chen et al., "WavLM" (IEEE JSTSP 2022); Yang et al., "SUPERB: Speech processing Universal
PERformance Benchmark" (Interspeech 2021), speaker diarization on LibriMix, which has no music and
little noise. The weights are not at hand here: the code was run on random weights only.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tonmeister.artifacts import Region, SpeechRegions
from tonmeister.audio import Samples
from tonmeister.checkpoints import Checkpoint
from tonmeister.models.frame_windows import SAMPLE_RATE, framewise
from tonmeister.models.pretrained import pretrained
from tonmeister.models.silero import SpeechRules, speech_spans
from tonmeister.packages import Hub, Part
from tonmeister.streaming import Audio
from tonmeister.tools.speech import detect_speech
from tonmeister.toolspec import Card, model

__all__ = ["FILES", "WavlmSpeech"]

FILES = ("config.json", "model.safetensors", "preprocessor_config.json")
# The main branch has a pickle only; on this one the hub's converter added a safe file.
_HUB = Hub("microsoft/wavlm-base-plus-sd", "refs/pr/1")
WEIGHTS = Checkpoint(
    name="wavlm-base-plus-sd",
    files=dict.fromkeys(FILES, ""),
    licence="CC-BY-SA-3.0",
    size_mb=378.0,
    sources=[{file: Part(_HUB, file) for file in FILES}],
)
HOP = 320
REACH = 400
"""Samples from one frame to the next, and those that a frame hears."""


@model(
    detect_speech,
    card=Card(
        name="wavlm-base-plus-sd",
        licence="CC-BY-SA-3.0",
        checkpoint=WEIGHTS,
        memory_mb=1200,
        speed=0.15,  # from the parameter count, not measured
        load_duration=6.0,
        quality=40,  # below Silero, which was trained on noise and many languages
        sample_rate=SAMPLE_RATE,
        num_channels=1,
        packages=("torch", "transformers"),
        extra="torch",
    ),
)
class WavlmSpeech:
    """Finds speech with WavLM base+, 94 million parameters."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Load the network.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.

        Raises:
            ToolUnavailable: The files do not fit together.
        """
        import torch
        from transformers import Wav2Vec2FeatureExtractor, WavLMForAudioFrameClassification

        torch.set_num_threads(threads)
        self._torch: Any = torch
        folder = Path(weights or "")
        self._features: Any = Wav2Vec2FeatureExtractor.from_pretrained(
            folder, local_files_only=True
        )
        self._network = pretrained(WavLMForAudioFrameClassification, folder)

    def __call__(self, audio: Audio, threshold: float) -> SpeechRegions:
        """Find when somebody speaks.

        Args:
            audio: Mono at 16 kHz, of any length.
            threshold: Probability from which sound counts as speech, 0.05 to 0.95.
        """
        likely = (share for part in self.probabilities(audio) for share in part.tolist())
        spans = speech_spans(likely, SpeechRules(threshold=threshold), HOP / SAMPLE_RATE)
        regions = (Region(max(0.0, start), min(end, audio.duration)) for start, end in spans)
        return SpeechRegions(tuple(regions), audio.duration)

    def probabilities(self, audio: Audio) -> Iterator[Samples]:
        """Return the probability of speech for consecutive frames of 20 ms, begun ones too.

        Args:
            audio: Mono at 16 kHz.
        """
        return framewise(audio, HOP, REACH, self._heard)

    def _heard(self, samples: Samples) -> Samples:
        prepared = self._features(samples, sampling_rate=SAMPLE_RATE, return_tensors="pt")
        with self._torch.inference_mode():
            made = self._network(prepared["input_values"]).logits[0]
        return np.asarray(self._torch.sigmoid(made).amax(dim=-1).numpy(), np.float32)
