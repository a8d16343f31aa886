"""SeamlessM4T v2: speech in any of about 100 languages, written down in any of 89, with torch.

One network hears and translates; no transcript lies in between. Stretches of speech of at most
20 s, cut at pauses, are read one by one, so that times are those of stretches.
Source: Seamless Communication, "Seamless: Multilingual Expressive and Streaming Speech
Translation" (2023, arXiv 2312.05187). The weights are not at hand here: the code was run on random
weights in the published layout only.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tonmeister.artifacts import Noted, Segment, Transcript
from tonmeister.audio import Samples
from tonmeister.checkpoints import Checkpoint
from tonmeister.errors import ToolInputError
from tonmeister.models.language_codes import THREE_LETTERS
from tonmeister.models.pretrained import pretrained
from tonmeister.models.silero import SAMPLE_RATE, SpeechDetector, SpeechRules
from tonmeister.models.speech_pieces import mono_16k
from tonmeister.models.translation_pairs import code_of, name_of
from tonmeister.packages import Hub, Part
from tonmeister.streaming import Audio
from tonmeister.tools.translation import translate_speech
from tonmeister.toolspec import Card, model

__all__ = ["FILES", "LANGUAGES", "Seamless"]

FILES = (
    "config.json",
    "generation_config.json",
    "model-00001-of-00002.safetensors",
    "model-00002-of-00002.safetensors",
    "model.safetensors.index.json",
    "preprocessor_config.json",
    "sentencepiece.bpe.model",
)
_HUB = Hub("facebook/seamless-m4t-v2-large", "main")
WEIGHTS = Checkpoint(
    name="seamless-m4t-v2-large",
    files=dict.fromkeys(FILES, ""),
    licence="CC-BY-NC-4.0",
    size_mb=9250.0,
    sources=[{file: Part(_HUB, file) for file in FILES}],
)

_CODES = (
    "af am ar as az be bg bn bs ca cs cy da de el en es et eu fa fi fr ga gl gu he hi hr hu hy id "
    "ig is it ja jv ka kk km kn ko ku ky lg lo lt lv mk ml mn mr ms mt my ne nl nn no ny om or pa "
    "pl ps pt ro ru sd sk sl sn so sr sv sw ta te tg th tl tr uk ur uz vi yo yue zh zu"
)
LANGUAGES = tuple(_CODES.split())
"""Languages it writes that have a code of users' kind."""

_OWN = THREE_LETTERS | {"ms": "zsm", "yue": "yue"}

RULES = SpeechRules(min_silence=0.5, pad=0.2, max_speech=20.0)
SHORTEST = 1_600
"""Samples below which a stretch is not read: a tenth of a second."""

BEAM = 5
MAX_TOKENS = 256
SPECIAL = 4
"""Padding, unknown, beginning and end come before the pieces of words."""

END = 3


@model(
    translate_speech,
    card=Card(
        name="seamless-m4t-v2-large",
        licence="CC-BY-NC-4.0",
        commercial=False,
        checkpoint=WEIGHTS,
        memory_mb=7500,
        speed=3.0,  # from the parameter count, not measured
        load_duration=60.0,
        quality=85,
        languages=LANGUAGES,
        sample_rate=SAMPLE_RATE,
        num_channels=1,
        packages=("torch", "transformers"),
        extra="torch",
    ),
)
class Seamless:
    """Translates speech into text with SeamlessM4T v2, 1.5 of its 2.3 billion parameters."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Load what hears and what writes, onto a GPU if there is one; not what speaks.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.

        Raises:
            ToolUnavailable: The files do not fit together.
        """
        import torch
        from sentencepiece import SentencePieceProcessor
        from transformers import SeamlessM4TFeatureExtractor, SeamlessM4Tv2ForSpeechToText

        torch.set_num_threads(threads)
        self._torch: Any = torch
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        folder = Path(weights or "")
        kind = torch.float16 if self._device == "cuda" else torch.float32
        network = pretrained(SeamlessM4Tv2ForSpeechToText, folder, dtype=kind)
        self._network = network.to(self._device)
        self._features: Any = SeamlessM4TFeatureExtractor.from_pretrained(
            folder, local_files_only=True
        )
        self._pieces: Any = SentencePieceProcessor(
            model_proto=(folder / "sentencepiece.bpe.model").read_bytes()
        )
        self._detector = SpeechDetector(threads=1)

    def __call__(
        self, audio: Audio, language: str = "en", source_language: str | None = None
    ) -> Transcript | Noted:
        """Write down in one language what is said in another.

        Args:
            audio: Mono at 16 kHz, of any length; it is read in places.
            language: One of ``LANGUAGES``.
            source_language: Language that is spoken. The network finds it alone; it is only
                looked at to refuse a translation into itself.

        Raises:
            ToolInputError: The target is unknown, or the language that is spoken.
        """
        wanted = code_of(language) or ""
        known = self._network.generation_config.text_decoder_lang_to_code_id
        target = _OWN.get(wanted, wanted)
        if target not in known:
            raise _refused(
                f"This model does not write {name_of(wanted)}.", f"Codes: {', '.join(LANGUAGES)}."
            )
        if code_of(source_language) == wanted:
            raise _refused(
                f"The speech is in {name_of(wanted)} already; there is nothing to translate.",
                "Use transcribe; or name the language that is spoken, if it is another.",
            )
        segments: list[Segment] = []
        cut = 0
        for region in self._detector.regions(audio, RULES):
            samples = mono_16k(audio, region)
            if len(samples) < SHORTEST:
                continue
            tokens = self._translated(samples, target)
            cut += END not in tokens[1:]  # the first one is the end mark as well
            text = self._text(tokens)
            if any(letter.isalnum() for letter in text):
                end = region.start if region.end is None else region.end
                segments.append(Segment(round(region.start, 3), round(end, 3), text))
        if not segments:
            return Transcript(None, (), audio.duration)
        transcript = Transcript(wanted, tuple(segments), audio.duration)
        if cut:
            note = f"In {cut} of {len(segments)} stretches the translation may break off."
            return Noted(transcript, (note,))
        return transcript

    def _translated(self, samples: Samples, target: str) -> list[int]:
        """Return the tokens of a stretch in the target language, ``END`` first."""
        heard = self._features(samples, sampling_rate=SAMPLE_RATE, return_tensors="pt")
        limit = min(MAX_TOKENS, int(self._network.config.max_position_embeddings) - 2)
        with self._torch.inference_mode():
            made = self._network.generate(
                input_features=heard["input_features"].to(self._device, self._network.dtype),
                attention_mask=heard["attention_mask"].to(self._device),
                tgt_lang=target,
                num_beams=BEAM,
                do_sample=False,
                max_new_tokens=limit,
            )
        return [int(token) for token in made[0]]

    def _text(self, tokens: Sequence[int]) -> str:
        """Join pieces to text: they are numbered one higher than in their file; marks are not."""
        count = self._pieces.get_piece_size()
        pieces = [token - 1 for token in tokens if SPECIAL <= token <= count]
        return str(self._pieces.decode(pieces)).strip()


def _refused(message: str, hint: str) -> ToolInputError:
    return ToolInputError(message, tool="translate_speech", hint=hint)
