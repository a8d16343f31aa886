"""A part of a sequence of latents made anew, so that it fits to the rest, by a diffusion model.

The known part is put in again at every level of noise, and every level is passed several times, so
that both parts get to agree. Any model that was trained to make whole sounds can do it; none has to
be trained for gaps. Source: Lugmayr et al., "RePaint: Inpainting using Denoising Diffusion
Probabilistic Models" (CVPR 2022), equation 8 and algorithm 1, written for noise that is added to an
unscaled signal (Karras et al., "Elucidating the Design Space of Diffusion-Based Generative Models",
NeurIPS 2022).
"""

import itertools
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["refilled"]


def refilled(
    known: "Tensor",
    unknown: "Tensor",
    sigmas: Sequence[float],
    denoised: "Callable[[Tensor, float], Tensor]",
    noise: "Callable[[], Tensor]",
    *,
    rounds: int,
    on_progress: Callable[[float], None],
) -> "Tensor":
    """Make the unknown part of latents, given the rest.

    Args:
        known: Latents without noise, shape ``(batch, channels, frames)``; the unknown part of them
            is not read.
        unknown: Where they are made anew, booleans of shape ``(frames,)``.
        sigmas: Standard deviations of the noise, falling, of at least two levels; the last is 0.
        denoised: Called with latents and the standard deviation of their noise; returns what the
            model takes them to be without it.
        noise: Returns standard normal numbers of the shape of ``known``.
        rounds: How often each level is passed, 1 or more.
        on_progress: Called with the share done after each call of the model.

    Returns:
        Latents that are exactly ``known`` outside the unknown part.
    """
    latents = sigmas[0] * noise()
    steps = list(itertools.pairwise(sigmas))
    for number, (here, there) in enumerate(steps):
        turns = rounds if there > 0.0 else 1  # nothing is left to agree about without noise
        for turn in range(turns):
            clean = denoised(latents, here)
            kept = (there / here) ** 2
            free = kept * latents + (1.0 - kept) * clean
            if there > 0.0:
                free = free + there * math.sqrt(1.0 - kept) * noise()
            latents = free.where(unknown, known + there * noise())
            if turn < turns - 1:
                latents = latents + math.sqrt(here**2 - there**2) * noise()
            on_progress((number + (turn + 1) / turns) / len(steps))
    return latents
