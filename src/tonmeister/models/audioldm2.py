"""AudioLDM 2: sounds of English words, up to 10.24 s, mono at 16 kHz.

It needs the extra ``torch``; the weights are for non-commercial use. It is used only when asked for
by name. Written to the published layout (``cvssp/audioldm2``), whose language model is a bare GPT-2
while diffusers steps through one with a head: that head is tied to the words and never asked. Run
here on random weights of that layout only: the published ones are not at hand.
Source: Liu et al., "AudioLDM 2: Learning Holistic Audio Generation with Self-supervised
Pretraining" (IEEE/ACM TASLP 2024), and the pipeline of diffusers.
"""

import warnings
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from tonmeister.audio import Samples
from tonmeister.checkpoints import Checkpoint
from tonmeister.models.generated_sound import (
    Ear,
    MakesSounds,
    memory_watched,
    nobody,
    on_device,
    too_long,
)
from tonmeister.models.pretrained import pretrained
from tonmeister.packages import Hub, Part
from tonmeister.tools.generation import generate_sound
from tonmeister.toolspec import Card, model

__all__ = ["AUDIOLDM2", "FILES", "AudioLdm", "AudioLdmSounds"]

NAME, LABEL = "audioldm2", "AudioLDM 2"
_HUB = Hub("cvssp/audioldm2", "main")
FILES = (
    "feature_extractor/preprocessor_config.json",
    *("language_model/config.json", "language_model/model.safetensors"),
    *("projection_model/config.json", "projection_model/diffusion_pytorch_model.safetensors"),
    "scheduler/scheduler_config.json",
    *("text_encoder/config.json", "text_encoder/model.safetensors"),
    *("text_encoder_2/config.json", "text_encoder_2/model.safetensors"),
    *("tokenizer/merges.txt", "tokenizer/special_tokens_map.json", "tokenizer/tokenizer.json"),
    *("tokenizer/tokenizer_config.json", "tokenizer/vocab.json"),
    *("tokenizer_2/special_tokens_map.json", "tokenizer_2/spiece.model"),
    *("tokenizer_2/tokenizer.json", "tokenizer_2/tokenizer_config.json"),
    *("unet/config.json", "unet/diffusion_pytorch_model.safetensors"),
    *("vae/config.json", "vae/diffusion_pytorch_model.safetensors"),
    *("vocoder/config.json", "vocoder/model.safetensors"),
)
LICENCE = "CC-BY-NC-SA-4.0"
AUDIOLDM2 = Checkpoint(
    name=NAME,
    files=dict.fromkeys(FILES, ""),
    licence=LICENCE,
    size_mb=4450.0,
    sources=[{file: Part(_HUB, file) for file in FILES}],
)

MEMORY_MB = 5600
STEPS = 200
GUIDANCE = 3.5
"""Weight of the words. Steps and weight are those of the pipeline."""

UNWANTED = "Low quality."
"""What the sound is to be unlike; the words of the pipeline's own example."""

SHORTEST = 1.0
"""Seconds the network is told at least; what is shorter is cut."""

CREDIT = (
    "Model: AudioLDM 2 (audioldm2) by Haohe Liu and others, arXiv 2308.05734",
    "Licence of the model: CC-BY-NC-SA-4.0, https://creativecommons.org/licenses/by-nc-sa/4.0/",
    "Not for commercial use",
)


class AudioLdm:
    """The networks of AudioLDM 2.

    Args:
        folder: Folder with the checkpoint's files.
        threads: CPU threads it may use; a GPU is used if there is one.

    Attributes:
        sample_rate: In Hz; 16,000 in the published checkpoint.
        window: Seconds it makes at a time, those it was trained on; 10.24 in the published one.

    Raises:
        ToolUnavailable: The files do not fit together, or the memory does not suffice.
    """

    def __init__(self, folder: Path, threads: int) -> None:
        import torch

        torch.set_num_threads(threads)
        self._torch: Any = torch
        device = "cuda" if torch.cuda.is_available() else "cpu"
        with memory_watched(LABEL, MEMORY_MB):
            self._pipeline: Any = on_device(_pipeline(folder), device)
        vocoder = self._pipeline.vocoder.config
        self.sample_rate = int(vocoder.sampling_rate)
        frames = int(self._pipeline.unet.config.sample_size) * self._pipeline.vae_scale_factor
        self.window = frames * float(np.prod(vocoder.upsample_rates)) / self.sample_rate

    def cuts(self, words: str) -> bool:
        """Say whether words are more than the network takes: it does not know the last ones.

        Args:
            words: What is to be heard, in English.
        """
        return too_long(words, self._pipeline.tokenizer, self._pipeline.tokenizer_2)

    def generated(
        self, words: str, duration: float, seed: int, on_progress: Callable[[float], None]
    ) -> Samples:
        """Return sound of shape ``(1, frames)``, at least as long as asked.

        Args:
            words: What is to be heard, in English.
            duration: Length in seconds, at most ``window``.
            seed: The same seed gives the same sound.
            on_progress: Called with the share done after each step.

        Raises:
            ToolUnavailable: The memory does not suffice.
        """
        torch = self._torch

        def told(step: int, *_: Any) -> None:
            on_progress((step + 1) / STEPS)

        with memory_watched(LABEL, MEMORY_MB), warnings.catch_warnings(), torch.inference_mode():
            warnings.simplefilter("ignore")  # diffusers warns of itself, and of words cut off
            made = self._pipeline(
                words,
                negative_prompt=UNWANTED,
                # A frame more, which is cut: a fraction of one would be left out.
                audio_length_in_s=min(self.window, max(SHORTEST, duration + 0.01)),
                num_inference_steps=STEPS,
                guidance_scale=GUIDANCE,
                generator=torch.Generator("cpu").manual_seed(seed),
                callback=told,
            ).audios
        return np.asarray(made, np.float32).reshape(1, -1)


@model(
    generate_sound,
    card=Card(
        name=NAME,
        licence=LICENCE,
        checkpoint=AUDIOLDM2,
        memory_mb=MEMORY_MB,
        # Not measured: 0.3 trillion operations for each of 200 steps and 10 s, both ways.
        speed=120.0,
        load_duration=60.0,
        commercial=False,
        quality=70,
        packages=("torch", "transformers", "diffusers"),
        extra="torch",
        by_name=True,
        generates=True,
        spoken=("audioldm", "audioldm 2", "audio ldm", "audio ldm 2"),
        note="AudioLDM 2 understands English; its sound is mono and ends at 8 kHz.",
    ),
)
class AudioLdmSounds(MakesSounds):
    """Makes sounds of English words with AudioLDM 2, mono at 16 kHz."""

    label = LABEL
    credit = CREDIT

    def load(self, weights: Path | None, threads: int) -> None:
        """Load the networks, and YAMNet where it is installed.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.
        """
        folder = Path(weights or "")
        self.on_progress = nobody
        self.network = AudioLdm(folder, threads)
        self.ear = Ear.beside(folder)


def _pipeline(folder: Path) -> Any:
    """Build the pipeline of the published folders."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        diffusers: Any = import_module("diffusers")  # it has no types
        from transformers import (
            AutoTokenizer,
            ClapFeatureExtractor,
            ClapModel,
            GPT2LMHeadModel,
            SpeechT5HifiGan,
            T5EncoderModel,
        )

    networks = {
        "vae": diffusers.AutoencoderKL,
        "text_encoder": ClapModel,
        "text_encoder_2": T5EncoderModel,
        "projection_model": diffusers.AudioLDM2ProjectionModel,
        "language_model": GPT2LMHeadModel,
        "unet": diffusers.AudioLDM2UNet2DConditionModel,
        "vocoder": SpeechT5HifiGan,
    }
    others: dict[str, Any] = {
        "tokenizer": AutoTokenizer,
        "tokenizer_2": AutoTokenizer,
        "feature_extractor": ClapFeatureExtractor,
        "scheduler": diffusers.DDIMScheduler,
    }
    loaded = {name: pretrained(kind, folder / name, folder.name) for name, kind in networks.items()}
    for name, kind in others.items():
        loaded[name] = kind.from_pretrained(str(folder / name), local_files_only=True)
    return diffusers.AudioLDM2Pipeline(**loaded)
