"""Which language is spoken or written, by Whisper.

Source: Radford et al. (2022), section 2.3: the first token that is predicted is the language.
"""

from collections.abc import Callable

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

    def opened(self) -> Callable[[Samples], dict[str, float]]:
        """Open Whisper, which hears half a minute of each stretch."""
        decoder = Decoder(self.weights, self.threads)

        def languages(samples: Samples) -> dict[str, float]:
            return decoder.languages(decoder.encoded(decoder.opened(samples)[:1]))

        return languages
