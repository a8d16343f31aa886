"""M2M100: translates between any two of 100 languages, without English in between.

It needs the extra ``torch``. Its repository has the weights as a pickle only, which is opened with
``weights_only``, so that it can hold nothing but arrays; pulling it still wants a person's word.
Source: Fan et al., "Beyond English-Centric Multilingual Machine Translation" (JMLR 2021).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tonmeister.checkpoints import Checkpoint
from tonmeister.models.passages import Passages, Rendering
from tonmeister.models.translated import TranslatesTexts, TranslatesTranscripts
from tonmeister.models.translation_pairs import Pair
from tonmeister.packages import Hub, Part
from tonmeister.tools.translation import translate_text, translate_transcript
from tonmeister.toolspec import Card, model

__all__ = ["LANGUAGES", "M2M100", "M2M100Texts", "M2M100Transcripts"]

_CODES = (
    "af am ar ast az ba be bg bn br bs ca ceb cs cy da de el en es et fa ff fi fr fy ga gd gl gu "
    "ha he hi hr ht hu hy id ig ilo is it ja jv ka kk km kn ko lb lg ln lo lt lv mg mk ml mn mr ms "
    "my ne nl no ns oc or pa pl ps pt ro ru sd si sk sl so sq sr ss su sv sw ta th tl tn tr uk ur "
    "uz vi wo xh yi yo zh zu"
)
LANGUAGES = tuple(_CODES.split())

_HUB = Hub("facebook/m2m100_418M", "main")
_FILES = (
    "config.json",
    "generation_config.json",
    "pytorch_model.bin",
    "sentencepiece.bpe.model",
    "special_tokens_map.json",
    "tokenizer_config.json",
    "vocab.json",
)
M2M100 = Checkpoint(
    name="m2m100-418m",
    files=dict.fromkeys(_FILES, ""),
    licence="MIT",
    size_mb=1940.0,
    sources=[{file: Part(_HUB, file) for file in _FILES}],
)

TOLD = f"This model translates between any two of: {', '.join(LANGUAGES)}."

BATCH = 8
"""Sentences translated at once."""

BEAM = 4
LONGEST = 3
"""A translation has at most this many times the tokens of the longest source in its batch."""


class _Engine:
    """The loaded model and its tokenizer."""

    def __init__(self, folder: Path, threads: int) -> None:
        import torch
        from transformers import M2M100ForConditionalGeneration, M2M100Tokenizer

        torch.set_num_threads(threads)
        self._tokenizer: Any = M2M100Tokenizer.from_pretrained(folder, local_files_only=True)
        self._model: Any = M2M100ForConditionalGeneration.from_pretrained(
            folder, local_files_only=True
        ).eval()

    def passages(self, pair: Pair) -> Passages:
        """Return what translates texts of one direction."""

        def translate(sentences: Sequence[str]) -> list[Rendering]:
            return self._translated(sentences, pair)

        return Passages(translate, pair.source, pair.target)

    def _translated(self, sentences: Sequence[str], pair: Pair) -> list[Rendering]:
        order = sorted(range(len(sentences)), key=lambda index: len(sentences[index]))
        made: dict[int, Rendering] = {}
        for first in range(0, len(order), BATCH):
            batch = order[first : first + BATCH]
            renderings = self._batch([sentences[index] for index in batch], pair)
            made.update(zip(batch, renderings, strict=True))
        return [made[index] for index in range(len(sentences))]

    def _batch(self, sentences: list[str], pair: Pair) -> list[Rendering]:
        import torch

        tokenizer = self._tokenizer
        tokenizer.src_lang = pair.source
        inputs = tokenizer(
            sentences,
            return_tensors="pt",
            padding=True,
            truncation=True,
            max_length=self._model.config.max_position_embeddings,
        )
        with torch.inference_mode():
            tokens = self._model.generate(
                **inputs,
                forced_bos_token_id=tokenizer.get_lang_id(pair.target),
                num_beams=BEAM,
                do_sample=False,
                max_new_tokens=min(
                    LONGEST * inputs["input_ids"].shape[1] + 8,
                    self._model.config.max_position_embeddings - 2,
                ),
            )
        texts = tokenizer.batch_decode(tokens, skip_special_tokens=True)
        # The first token is the end mark as well: generation begins with it.
        ended = [tokenizer.eos_token_id in row[1:] for row in tokens.tolist()]
        return [Rendering(text.strip(), end) for text, end in zip(texts, ended, strict=True)]


CARD = Card(
    name="m2m100-418m",
    licence="MIT",
    checkpoint=M2M100,
    memory_mb=2600,
    speed=0.3,
    load_duration=10.0,
    quality=50,
    languages=LANGUAGES,
    packages=("torch", "transformers"),
    extra="torch",
)


class _M2M100:
    known = LANGUAGES
    told = TOLD

    def load(self, weights: Path | None, threads: int) -> None:
        """Load model and tokenizer.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.
        """
        self.engine = _Engine(Path(weights or ""), threads)


@model(translate_text, card=CARD)
class M2M100Texts(_M2M100, TranslatesTexts):
    """Translates texts with M2M100, 418 million parameters."""


@model(translate_transcript, card=CARD)
class M2M100Transcripts(_M2M100, TranslatesTranscripts):
    """Translates transcripts with M2M100, 418 million parameters."""
