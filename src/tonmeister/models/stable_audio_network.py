"""Stable Audio Open as diffusers builds it: sound from words, and gaps from what is around them.

The repository's folders hold the networks as safetensors; ``model_index.json`` is not read: which
class each folder belongs to is known, and nothing chooses code by name. The autoencoder is run in
pieces that fit into the memory of a laptop, with so much beside each that they equal the whole.
Sources: Evans et al., "Stable Audio Open" (arXiv 2407.14358), and the pipeline of diffusers.
"""

import warnings
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from tonmeister.audio import Samples
from tonmeister.models.generated_sound import memory_watched, on_device, too_long
from tonmeister.models.latent_filling import refilled
from tonmeister.models.pretrained import pretrained

__all__ = ["LABEL", "MEMORY_MB", "StableAudio"]

LABEL = "Stable Audio Open"
MEMORY_MB = 6400
"""1.33 billion numbers of four bytes, and a piece of the autoencoder."""

STEPS = 100
GUIDANCE = 7.0
"""Weight of the words, as the pipeline has it."""

UNWANTED = "Low quality."
"""What the sound is to be unlike; the words of the publisher's own example."""

SHORTEST = 1.0
"""Seconds the network is told at least; what is shorter is cut."""

FILLING_STEPS, ROUNDS = 50, 3
"""Levels of noise for a gap, and how often each is passed: more than once, or both sides of the
gap's edges would not know of each other."""

BESIDE = 1
"""Latent frames at each side of a gap that are made anew too: the gap's own sound is in them."""

PIECE, CONTEXT = 96, 24
"""Latent frames the autoencoder takes at a time, and on both sides those that can change a result:
fewer than 14 reach so far, in its encoder as in its decoder."""


class StableAudio:
    """The networks of Stable Audio Open.

    Args:
        folder: Folder with the checkpoint's files.
        threads: CPU threads it may use; a GPU is used if there is one.

    Attributes:
        sample_rate: In Hz; 44,100 in the published checkpoint.
        num_channels: 2 in the published checkpoint.
        window: Seconds it makes at a time; 47.6 in the published checkpoint.

    Raises:
        ToolUnavailable: The files do not fit together, or the memory does not suffice.
    """

    def __init__(self, folder: Path, threads: int) -> None:
        import torch

        torch.set_num_threads(threads)
        self._torch: Any = torch
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        with memory_watched(LABEL, MEMORY_MB):
            self._pipeline: Any = on_device(_pipeline(folder), self._device)
        self._vae: Any = self._pipeline.vae
        self.sample_rate = int(self._vae.config.sampling_rate)
        self.num_channels = int(self._vae.config.audio_channels)
        self._hop = int(self._vae.hop_length)
        self._frames = int(self._pipeline.transformer.config.sample_size)
        self.window = self._frames * self._hop / self.sample_rate

    def cuts(self, words: str) -> bool:
        """Say whether words are more than the network takes: it does not know the last ones.

        Args:
            words: What is to be heard, in English.
        """
        return too_long(words, self._pipeline.tokenizer)

    def generated(
        self, words: str, duration: float, seed: int, on_progress: Callable[[float], None]
    ) -> Samples:
        """Return sound of shape ``(channels, frames)``, at least as long as asked.

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
            latents = self._pipeline(
                words,
                negative_prompt=UNWANTED,
                audio_end_in_s=min(self.window, max(SHORTEST, duration)),
                num_inference_steps=STEPS,
                guidance_scale=GUIDANCE,
                generator=torch.Generator("cpu").manual_seed(seed),
                output_type="latent",
                callback=told,
            ).audios
            count = min(self._frames, -(-round(duration * self.sample_rate) // self._hop))
            return self._decoded(latents, 0, max(1, count))

    def filled(
        self,
        around: Samples,
        first: int,
        last: int,
        seed: int,
        on_progress: Callable[[float], None],
    ) -> tuple[Samples, int]:
        """Make what may belong into a gap, without words: from what is around it.

        Args:
            around: The recording around the gap at its own rate, shape ``(channels, frames)``, at
                most ``window`` long.
            first: Index of the first frame of the gap.
            last: Index after its last frame.
            seed: The same seed gives the same sound.
            on_progress: Called with the share done after each step.

        Returns:
            Sound of shape ``(channels, frames)`` that begins before the gap and ends after it, as
            the network sees both, and the index of its first frame in ``around``.

        Raises:
            ToolUnavailable: The memory does not suffice.
        """
        torch = self._torch
        begin = max(0, first // self._hop - BESIDE)
        end = min(self._frames, -(-last // self._hop) + BESIDE)
        sound = np.zeros((self.num_channels, self._frames * self._hop), np.float32)
        sound[:, : around.shape[1]] = around
        sound[:, first:last] = 0.0
        generator = torch.Generator("cpu").manual_seed(seed)
        with memory_watched(LABEL, MEMORY_MB), warnings.catch_warnings(), torch.inference_mode():
            warnings.simplefilter("ignore")
            known = self._encoded(sound)
            unknown = torch.zeros(self._frames, dtype=torch.bool, device=self._device)
            unknown[begin:end] = True

            def noise() -> Any:
                made = torch.randn(known.shape, generator=generator, dtype=torch.float32)
                return made.to(self._device)

            latents = refilled(
                known,
                unknown,
                self._sigmas(),
                self._denoiser(around.shape[1] / self.sample_rate),
                noise,
                rounds=ROUNDS,
                on_progress=on_progress,
            )
            shown = max(0, begin - CONTEXT), min(self._frames, end + CONTEXT)
            return self._decoded(latents, *shown), shown[0] * self._hop

    def _sigmas(self) -> list[float]:
        scheduler = self._pipeline.scheduler
        scheduler.set_timesteps(FILLING_STEPS, device="cpu")
        return [float(one) for one in scheduler.sigmas[:-1]] + [0.0]

    def _denoiser(self, duration: float) -> Callable[[Any, float], Any]:
        """Return what takes latents of a recording of a length for, told no words."""
        from diffusers.models.embeddings import get_1d_rotary_pos_embed

        torch, pipeline = self._torch, self._pipeline
        said = pipeline.encode_prompt("", self._device, False)
        begin, end = pipeline.encode_duration(0.0, duration, self._device, False, 1)
        states, whole = torch.cat([said, begin, end], dim=1), torch.cat([begin, end], dim=2)
        places = get_1d_rotary_pos_embed(
            pipeline.rotary_embed_dim,
            self._frames + 1,
            use_real=True,
            repeat_interleave_real=False,
        )
        scheduler, transformer = pipeline.scheduler, pipeline.transformer

        def denoised(latents: Any, sigma: float) -> Any:
            level = torch.tensor(sigma, device=self._device)
            made = transformer(
                scheduler.precondition_inputs(latents, level).to(transformer.dtype),
                scheduler.precondition_noise(level).reshape(1).to(transformer.dtype),
                encoder_hidden_states=states,
                global_hidden_states=whole,
                rotary_embedding=places,
                return_dict=False,
            )[0]
            return scheduler.precondition_outputs(latents, made.float(), level)

        return denoised

    def _encoded(self, sound: Samples) -> Any:
        """Return the latents of a sound, shape ``(1, channels, frames)``, piece by piece."""
        torch, hop = self._torch, self._hop
        pieces: list[Any] = []
        for first in range(0, self._frames, PIECE):
            last = min(self._frames, first + PIECE)
            begin, end = max(0, first - CONTEXT), min(self._frames, last + CONTEXT)
            part = torch.from_numpy(sound[np.newaxis, :, begin * hop : end * hop])
            made = self._vae.encode(part.to(self._device, self._vae.dtype)).latent_dist.mode()
            pieces.append(made[:, :, first - begin : last - begin].float())
        return torch.cat(pieces, dim=2)

    def _decoded(self, latents: Any, first: int, last: int) -> Samples:
        """Return the sound of some frames of latents, shape ``(channels, frames)``."""
        pieces: list[Samples] = []
        for start in range(first, last, PIECE):
            stop = min(last, start + PIECE)
            begin, end = max(0, start - CONTEXT), min(latents.shape[2], stop + CONTEXT)
            made = self._vae.decode(latents[:, :, begin:end].to(self._vae.dtype)).sample[0]
            inner = slice((start - begin) * self._hop, (stop - begin) * self._hop)
            pieces.append(made[:, inner].float().cpu().numpy())
        return np.concatenate(pieces, axis=1)


def _pipeline(folder: Path) -> Any:
    """Build the pipeline of the published folders."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        diffusers: Any = import_module("diffusers")  # it has no types
        from transformers import AutoTokenizer, T5EncoderModel

    networks = {
        "vae": diffusers.AutoencoderOobleck,
        "text_encoder": T5EncoderModel,
        "projection_model": diffusers.StableAudioProjectionModel,
        "transformer": diffusers.StableAudioDiTModel,
    }
    loaded = {name: pretrained(kind, folder / name, folder.name) for name, kind in networks.items()}
    scheduler = diffusers.CosineDPMSolverMultistepScheduler
    return diffusers.StableAudioPipeline(
        **loaded,
        tokenizer=AutoTokenizer.from_pretrained(str(folder / "tokenizer"), local_files_only=True),
        scheduler=scheduler.from_pretrained(str(folder / "scheduler"), local_files_only=True),
    )
