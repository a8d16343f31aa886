"""BLIP: says in an English sentence what is to be seen in a picture; then its sound is made.

The repository of the hub holds its numbers in a pickle alone. It is read by ``read_tensors``, which
runs nothing of it, and put into the network that transformers builds from the configuration. The
weights were not at hand here: the code was run on small random ones in the published layout.
Source: Li et al., "BLIP: Bootstrapping Language-Image Pre-training for Unified Vision-Language
Understanding and Generation" (ICML 2022), https://huggingface.co/Salesforce.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tonmeister.artifacts import Image, Noted
from tonmeister.checkpoints import Checkpoint
from tonmeister.errors import ToolInputError
from tonmeister.models.efficientnet import Picture, read_picture
from tonmeister.models.pretrained import filled
from tonmeister.models.sound_choice import Candidate
from tonmeister.models.sound_library import SoundLibrary
from tonmeister.models.sound_recordings import SOUND_LIBRARY
from tonmeister.models.tensors import read_tensors
from tonmeister.packages import Hub, Part
from tonmeister.tools.generation import GeneratedSound, sonify_image
from tonmeister.toolspec import Card, model

__all__ = ["BLIP_SOUND", "FILES", "BlipSound", "CaptionWriter", "Heard", "heard_of"]

WEIGHTS = "pytorch_model.bin"
FILES = {
    "config.json": "f7846f82f4e2c4a2ccbab9ae8b0e44873540a271a76a1288effd078180c13a82",
    "preprocessor_config.json": "065c10ec97edc5081fbd9655b3d9d25e2647ea6d5dab873325e88eed12d80a7d",
    "tokenizer.json": "d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66",
    WEIGHTS: "d6638651a5526cc2ede56f2b5104d6851b0755816d220e5e046870430180c767",
}
_HUB = Hub("Salesforce/blip-image-captioning-base", "82a37760796d32b1411fe092ab5d4e227313294b")
BLIP_SOUND = Checkpoint(
    name="blip",
    files={**SOUND_LIBRARY.files, **FILES},
    licence=f"{SOUND_LIBRARY.licence}; BLIP: BSD-3-Clause",
    size_mb=SOUND_LIBRARY.size_mb + 990.5,
    sources=[{**SOUND_LIBRARY.sources[0], **{file: Part(_HUB, file) for file in FILES}}],
    tensors=frozenset({WEIGHTS}),
)

MOST_TOKENS, BEAMS = 30, 3
MOST_SOUNDS = 2
MOST_WORDS = 3
LIKE = 0.8
"""Likeness between words of the caption and a recording from which they stand for a sound. Of 22
captions written for the purpose, 14 name something with a sound, and all get one that fits (a fire
truck that of a truck); the eight others get none."""

_SMALL_WORDS = """
a an the some of in on at to with and or is are there its his her their down up through by around
near over under next side lots very
"""
SMALL_WORDS = frozenset(_SMALL_WORDS.split())
SAW = "Seen in the picture, in BLIP's words: “{}”."
STOPPED = "BLIP writes {} tokens at most: its words were stopped before their end."
BECAME = "So the sound is: {}."


class CaptionWriter:
    """Describes pictures in one English sentence.

    Args:
        weights: Folder with the checkpoint's files.
        threads: CPU threads it may use.

    Raises:
        ToolUnavailable: The file of numbers does not fit the configuration.
    """

    def __init__(self, weights: Path, threads: int) -> None:
        import torch
        from tokenizers import Tokenizer
        from transformers import BlipConfig, BlipForConditionalGeneration

        torch.set_num_threads(threads)
        self._torch: Any = torch
        config: Any = BlipConfig.from_pretrained(str(weights), local_files_only=True)
        network: Any = BlipForConditionalGeneration(config)
        stored = read_tensors(weights / WEIGHTS)
        # The last layer is that of the words again.
        self._network = filled(network, stored, weights, tied=".predictions.decoder.")
        self._end = int(config.text_config.sep_token_id)
        self._tokenizer: Any = Tokenizer.from_file(str(weights / "tokenizer.json"))
        shown = json.loads((weights / "preprocessor_config.json").read_text("utf-8"))
        size = shown["size"]
        self._size = (size["height"], size["width"]) if isinstance(size, dict) else (size, size)
        self._mean, self._deviation = (
            torch.tensor(shown[name])[:, None, None] for name in ("image_mean", "image_std")
        )

    def caption(self, picture: Picture) -> tuple[str, bool]:
        """Return a sentence in lower case, without a full stop, and whether it came to its end.

        Args:
            picture: Pixels of shape ``(height, width, 3)``.
        """
        torch = self._torch
        pixels = torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].float()
        # As the processor of the checkpoint does: the whole picture, squeezed to a square.
        square = torch.nn.functional.interpolate(
            pixels, self._size, mode="bicubic", antialias=True, align_corners=False
        )
        shown = (square.clamp(0.0, 255.0) / 255.0 - self._mean) / self._deviation
        with torch.inference_mode():
            made = self._network.generate(
                pixel_values=shown, max_new_tokens=MOST_TOKENS, num_beams=BEAMS, do_sample=False
            )
        # The first token says only that a sentence begins; the tokenizer does not know it.
        words = made[0, 1:].tolist()
        ended = len(words) < MOST_TOKENS or self._end in words
        return str(self._tokenizer.decode(words, skip_special_tokens=True)).strip(), ended


@dataclass(frozen=True, slots=True)
class Heard:
    """Words of a caption that stand for a sound.

    Attributes:
        words: As they are in the caption.
        caption: The recording they stand for, in words.
    """

    words: str
    caption: str


def heard_of(sentence: str, nearest: Callable[[str], Candidate]) -> list[Heard]:
    """Return what would be heard of what a sentence describes, the surest first.

    Args:
        sentence: An English sentence.
        nearest: Returns the recording nearest to some words.
    """
    words = re.findall(r"[\w'-]+", sentence.lower())
    spans = [
        (first, first + length)
        for length in range(MOST_WORDS, 0, -1)
        for first in range(len(words) - length + 1)
        if not SMALL_WORDS & {words[first], words[first + length - 1]}
    ]
    found = [(span, nearest(" ".join(words[span[0] : span[1]]))) for span in dict.fromkeys(spans)]
    # More words say more, as long as they fit: a fire truck is no fire.
    fitting = [one for one in found if one[1].likeness >= LIKE]
    fitting.sort(key=lambda one: (one[0][0] - one[0][1], -one[1].likeness))
    kept: list[Heard] = []
    used: set[str] = set()
    for (first, end), best in fitting:
        told = best.sound.caption
        if not used.isdisjoint(words[first:end]) or told in (one.caption for one in kept):
            continue
        kept.append(Heard(" ".join(words[first:end]), told))
        used |= set(words[first:end]) - SMALL_WORDS
    return kept[:MOST_SOUNDS]


def _reasons(heard: Sequence[Heard]) -> str:
    return ", ".join(f"{one.caption} (for “{one.words}”)" for one in heard)


@model(
    sonify_image,
    card=Card(
        name="blip",
        licence="BSD-3-Clause (BLIP), Apache-2.0; recordings CC0, CC-BY, CC-BY-SA, GPL",
        checkpoint=BLIP_SOUND,
        memory_mb=2600,
        speed=0.5,
        load_duration=15.0,
        quality=60,
        packages=("torch", "transformers"),
        extra="torch",
        # Its sentences were never read here.
        by_name=True,
    ),
)
class BlipSound:
    """Has BLIP describe a photo, and makes the sounds of the library that its words stand for."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Load the network and open the library.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.
        """
        folder = Path(weights or "")
        self._writer = CaptionWriter(folder, threads)
        self._library = SoundLibrary()
        self._library.load(folder, threads)

    def __call__(
        self, image: Image, folder: Path, duration: float | None = None, seed: int = 0
    ) -> GeneratedSound | Noted:
        """Make the sound of a photo.

        Args:
            image: The picture as the decoding gate wrote it.
            folder: Where the credits are written.
            duration: Length in seconds; None as it suits.
            seed: Decides what may be one way or the other.

        Raises:
            ToolInputError: No word of the caption stands for a sound in the library.
        """
        sentence, ended = self._writer.caption(read_picture(image.path))
        heard = heard_of(sentence, self._library.nearest)
        if not heard:
            raise ToolInputError(
                f"Nothing with a sound in the library is in BLIP's words: “{sentence}”.",
                hint="Say what is to be heard instead: generate_sound makes it from words.",
            )
        description = " and ".join(one.caption for one in heard)
        made = self._library(description, folder, duration, seed)
        assert isinstance(made, Noted)  # noqa: S101 - the library always says what it used
        cut = () if ended else (STOPPED.format(MOST_TOKENS),)
        notes = (SAW.format(sentence), *cut, BECAME.format(_reasons(heard)), *made.notes)
        return Noted(made.value, notes)
