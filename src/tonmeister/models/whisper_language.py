"""Which language is spoken or written, by Whisper.

Source: Radford et al. (2022), section 2.3: the first token that is predicted is the language.
"""

from pathlib import Path

from tonmeister.audio import Samples
from tonmeister.models.spoken_language import NamesLanguage
from tonmeister.models.whisper_decoding import Decoder
from tonmeister.models.whisper_weights import WHISPER_BASE
from tonmeister.tools.speech import detect_language
from tonmeister.toolspec import Card, model

__all__ = ["WhisperLanguage"]


@model(
    detect_language,
    card=Card(
        name="whisper-base",
        licence="MIT",
        checkpoint=WHISPER_BASE,
        memory_mb=560,
        speed=0.01,
        load_duration=2.0,
        sample_rate=16_000,
        num_channels=1,
    ),
)
class WhisperLanguage(NamesLanguage):
    """Names the language of speech with Whisper base, and of text with py3langid."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Remember the weights; they are opened when there is something to hear.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.
        """
        super().load(weights, threads)
        self._decoder: Decoder | None = None

    def votes(self, samples: Samples) -> dict[str, float]:
        """Return the probability of each language by its code.

        Args:
            samples: Speech, mono at 16 kHz; half a minute is heard.
        """
        if self._decoder is None:
            self._decoder = Decoder(self.weights, self.threads)
        streams = self._decoder.opened(samples)
        return self._decoder.languages(self._decoder.encoded(streams[:1]))
