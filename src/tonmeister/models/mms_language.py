"""Which language is spoken, by a network that was trained for nothing else, of 126, with torch.

Source: Pratap et al., "Scaling Speech Technology to 1,000+ Languages" (2023, arXiv 2305.13516):
wav2vec 2.0 with a billion parameters and a classifier over the mean of its frames. The weights are
not at hand here; the code was run on random weights in the published layout only.
"""

from collections.abc import Callable
from typing import Any

from tonmeister.audio import Samples
from tonmeister.checkpoints import Checkpoint
from tonmeister.models.language_codes import short_code
from tonmeister.models.pretrained import pretrained
from tonmeister.models.spoken_language import NamesLanguage
from tonmeister.packages import Hub, Part
from tonmeister.tools.speech import detect_language
from tonmeister.toolspec import Card, model

__all__ = ["FILES", "MmsLanguage"]

FILES = ("config.json", "model.safetensors", "preprocessor_config.json")
_HUB = Hub("facebook/mms-lid-126", "main")
WEIGHTS = Checkpoint(
    name="mms-lid-126",
    files=dict.fromkeys(FILES, ""),
    licence="CC-BY-NC-4.0",
    size_mb=3860.0,
    sources=[{file: Part(_HUB, file) for file in FILES}],
)
SAMPLE_RATE = 16_000
SHORTEST = 8_000
"""Samples below which speech is filled up with silence."""


@model(
    detect_language,
    card=Card(
        name="mms-lid-126",
        licence="CC-BY-NC-4.0",
        commercial=False,
        checkpoint=WEIGHTS,
        memory_mb=5200,
        speed=0.5,  # from the parameter count, not measured
        load_duration=25.0,
        quality=75,
        sample_rate=SAMPLE_RATE,
        num_channels=1,
        packages=("torch", "transformers"),
        extra="torch",
    ),
)
class MmsLanguage(NamesLanguage):
    """Names the language of speech with MMS, and of text with py3langid."""

    def _shares(self, samples: Samples) -> dict[str, float]:
        prepared = self._features(
            samples,
            sampling_rate=SAMPLE_RATE,
            return_tensors="pt",
            padding="max_length" if len(samples) < SHORTEST else False,
            max_length=SHORTEST if len(samples) < SHORTEST else None,
        )
        with self._torch.inference_mode():
            made = self._network(prepared["input_values"].to(self._device)).logits[0]
            shares = self._torch.softmax(made.float(), dim=-1).cpu().tolist()
        found: dict[str, float] = {}
        for place, share in enumerate(shares):
            code = short_code(self._network.config.id2label[place])
            found[code] = found.get(code, 0.0) + share
        return found

    def opened(self) -> Callable[[Samples], dict[str, float]]:
        """Open the network, onto a GPU if there is one."""
        import torch
        from transformers import Wav2Vec2FeatureExtractor, Wav2Vec2ForSequenceClassification

        torch.set_num_threads(self.threads)
        self._torch: Any = torch
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        folder = str(self.weights)
        self._features: Any = Wav2Vec2FeatureExtractor.from_pretrained(
            folder, local_files_only=True
        )
        network = pretrained(Wav2Vec2ForSequenceClassification, self.weights)
        self._network = network.to(self._device)
        return self._shares
