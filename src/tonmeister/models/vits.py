"""VITS voices of the Massively Multilingual Speech project, for languages Kokoro does not speak.

Source: Kim, Kong and Son, "Conditional Variational Autoencoder with Adversarial Learning for
End-to-End Text-to-Speech" (ICML 2021, arXiv 2106.06103); Pratap et al., "Scaling Speech Technology
to 1,000+ Languages" (2023, arXiv 2305.13516). One voice a language; the text is read letter by
letter, so numbers and foreign words come out badly.
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from tonmeister.artifacts import Text, Transcript
from tonmeister.audio import Waveform
from tonmeister.checkpoints import Checkpoint
from tonmeister.errors import ToolInputError
from tonmeister.models.phonemes import sentences_of
from tonmeister.models.pretrained import pretrained
from tonmeister.packages import Hub, Part
from tonmeister.streaming import Audio
from tonmeister.tools.synthesis import synthesize_speech
from tonmeister.toolspec import Card, model

__all__ = [
    "MmsDutch",
    "MmsGerman",
    "MmsPolish",
    "MmsRussian",
    "MmsTurkish",
    "MmsVoice",
    "expect_no_voice",
]

FILES = ("config.json", "model.safetensors", "tokenizer_config.json", "vocab.json")
SEED = 0  # the length of sounds and the voice's breath are drawn by lot; the same text sounds alike
SENTENCE_PAUSE = 0.3
PARAGRAPH_PAUSE = 0.7
CEILING = 0.97


def _card(code: str, language: str) -> Card:
    hub = Hub(f"facebook/mms-tts-{code}", "main")
    weights = Checkpoint(
        name=f"mms-tts-{code}",
        files=dict.fromkeys(FILES, ""),
        licence="CC-BY-NC-4.0",
        size_mb=145.3,
        sources=[{file: Part(hub, file) for file in FILES}],
    )
    return Card(
        name=f"mms-tts-{code}",
        licence="CC-BY-NC-4.0",
        commercial=False,
        checkpoint=weights,
        memory_mb=700,  # 36 million parameters, torch and its libraries
        speed=0.3,
        load_duration=5.0,
        quality=35,
        languages=(language,),
        packages=("torch", "transformers"),
        extra="torch",
        note="The voice reads letter by letter; write numbers and abbreviations out.",
    )


class MmsVoice:
    """Reads text aloud with one VITS voice, 16 kHz mono."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Load the network and the letters it knows.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.

        Raises:
            ToolUnavailable: The files do not fit together.
        """
        import torch
        from transformers import VitsModel, VitsTokenizer

        torch.set_num_threads(threads)
        folder = Path(weights or "")
        self._letters: Any = VitsTokenizer.from_pretrained(folder, local_files_only=True)
        self._network = pretrained(VitsModel, folder)
        self.sample_rate = int(self._network.config.sampling_rate)

    def __call__(
        self, text: str | Transcript | Text, language: str | None, voice: str | None, speed: float
    ) -> Audio:
        """Read a text aloud.

        Args:
            text: What to say, of any length.
            language: The language of the voice, which is the only one it knows.
            voice: None; there is one voice.
            speed: Speaking rate relative to normal, 0.5 to 2.0.

        Raises:
            ToolInputError: There is nothing to say, or another voice was asked for.
        """
        expect_no_voice(voice, "synthesize_speech")
        words = text if isinstance(text, str) else text.text
        return Audio.from_blocks(self.spoken(words, speed), self.sample_rate, 1)

    def spoken(
        self, text: str, speed: float, tool: str = "synthesize_speech"
    ) -> Iterator[Waveform]:
        """Read a text aloud, sentence by sentence; the silence after one belongs to it.

        Args:
            text: What to say, of any length.
            speed: Speaking rate relative to normal, 0.5 to 2.0.
            tool: Who asks.

        Raises:
            ToolInputError: There is nothing to say; at once, not at the first block.
        """
        sentences = [
            (tokens, end)
            for sentence, end in sentences_of(text)
            if (tokens := self._letters(sentence, return_tensors="pt"))["input_ids"].shape[1] > 1
        ]
        if not sentences:
            raise ToolInputError(
                "The text has no letters that the voice knows.",
                tool=tool,
                hint="Give at least one word in the language of the voice.",
            )
        return self._spoken(sentences, speed)

    def _spoken(self, sentences: list[tuple[Any, bool]], speed: float) -> Iterator[Waveform]:
        import torch

        self._network.speaking_rate = speed
        for tokens, paragraph_ends in sentences:
            with torch.inference_mode(), _own_lots(torch):
                made = self._network(**tokens).waveform[0].numpy()
            peak = float(np.max(np.abs(made), initial=0.0))
            pause = PARAGRAPH_PAUSE if paragraph_ends else SENTENCE_PAUSE
            silence = np.zeros(round(pause / speed * self.sample_rate), np.float32)
            sound = made.astype(np.float32) * np.float32(min(1.0, CEILING / max(peak, 1e-9)))
            yield Waveform(np.concatenate([sound, silence])[np.newaxis], self.sample_rate)


def expect_no_voice(voice: str | None, tool: str) -> None:
    """Refuse a voice that was asked for: there is one.

    Args:
        voice: As asked; None for the one there is.
        tool: Who asks.

    Raises:
        ToolInputError: A voice was asked for.
    """
    if voice is not None:
        raise ToolInputError(
            f"Voice '{voice}' is unknown to this model, which has one voice.",
            tool=tool,
            hint="Leave the voice out.",
        )


@contextmanager
def _own_lots(torch: Any) -> Generator[None]:
    """Draw from a seed of our own, and leave the global ones of torch and NumPy as they were."""
    state = np.random.get_state()  # the library draws from it for each layer, even when it reads
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        try:
            yield
        finally:
            np.random.set_state(state)


@model(synthesize_speech, card=_card("deu", "de"))
class MmsGerman(MmsVoice):
    """The German voice."""


@model(synthesize_speech, card=_card("nld", "nl"))
class MmsDutch(MmsVoice):
    """The Dutch voice."""


@model(synthesize_speech, card=_card("pol", "pl"))
class MmsPolish(MmsVoice):
    """The Polish voice."""


@model(synthesize_speech, card=_card("rus", "ru"))
class MmsRussian(MmsVoice):
    """The Russian voice."""


@model(synthesize_speech, card=_card("tur", "tr"))
class MmsTurkish(MmsVoice):
    """The Turkish voice."""
