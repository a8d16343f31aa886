"""Pocket TTS: reads a text in the voice of a reference, one network for each of seven languages.

Source: Kyutai, "Pocket TTS" (2026), and Rouard et al., "Continuous Audio Language Models" (2025,
arXiv 2509.06926). The publisher's package ``pocket-tts`` (MIT) is the extra "pocket-tts"; its
network is loaded from verified files and given text that is written out. The weights (CC-BY-4.0)
lie in ``kyutai/pocket-tts``, whose terms must be accepted on the hub once; they could not be
fetched for the tests, which run on random weights of the same names and small shapes.
"""

import logging
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from tonmeister.artifacts import Noted, Text
from tonmeister.audio import Samples, Waveform
from tonmeister.checkpoints import Checkpoint
from tonmeister.errors import ToolInputError
from tonmeister.models.phonemes import sentences_of
from tonmeister.models.pretrained import unfit
from tonmeister.models.reference_voice import reference_speech
from tonmeister.models.silero import SpeechDetector
from tonmeister.models.text_language import script_of
from tonmeister.models.writing_out import written_out
from tonmeister.packages import Hub, Part
from tonmeister.streaming import Audio
from tonmeister.tools.voice import clone_voice, require_consent
from tonmeister.toolspec import Card, model

__all__ = ["FILES", "PocketCloner", "PocketEnglish", "PocketPortuguese"]

FILES = ("model.safetensors", "tokenizer.json")
REFERENCE_DURATION = 30.0
"""Seconds of the reference that are listened to; the publisher's package takes no more."""

USUAL_CHARACTERS = 200
"""Sentences are joined up to here: the package speaks some 50 pieces of words at once, and short
sentences badly."""

MOST_CHARACTERS = 1_000
"""A sentence longer than this is cut between words."""

SENTENCE_PAUSE = 0.25
PARAGRAPH_PAUSE = 0.7
SEED = 0  # melody and breath are drawn by lot; the same text sounds alike each time
CEILING = 0.97
ENDLESS = "without EOS"
"""In the warning of the package when it stops a network that did not end by itself."""

CUT = "In {} of {} passages the voice was stopped before it ended: there words may be missing."


def _card(name: str, code: str) -> Card:
    hub = Hub("kyutai/pocket-tts", "main")
    weights = Checkpoint(
        name=f"pocket-tts-{name}",
        files=dict.fromkeys(FILES, ""),
        licence="CC-BY-4.0",
        size_mb=219.3,
        sources=[{file: Part(hub, f"languages/{name}/{file}") for file in FILES}],
    )
    return Card(
        name=f"pocket-tts-{name}",
        licence="CC-BY-4.0",
        checkpoint=weights,
        memory_mb=900,  # 55 million parameters, torch and its libraries
        speed=0.6,
        load_duration=6.0,
        quality=75,
        languages=(code,),
        packages=("torch", "pocket_tts"),
        extra="pocket-tts",
    )


class PocketCloner:
    """Reads a text with one network of Pocket TTS, 24 kHz mono.

    Attributes:
        language: The package's name of the network, "english", "portuguese" …
        code: ISO 639-1 code of its language.
    """

    language = ""
    code = ""

    def load(self, weights: Path | None, threads: int) -> None:
        """Load the network as the package configures it, and the speech detector.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.

        Raises:
            ToolUnavailable: The files are not those of this network.
        """
        import torch
        from pocket_tts import TTSModel
        from pocket_tts.utils.config import CONFIGS_DIR, load_config
        from safetensors import SafetensorError

        folder = Path(weights or "")
        config = load_config(CONFIGS_DIR / f"{self.language}.yaml")
        config.weights_path = str(folder / FILES[0])
        config.weights_path_without_voice_cloning = None
        config.flow_lm.lookup_table.tokenizer_path = str(folder / FILES[1])
        with tempfile.TemporaryDirectory() as place:
            # It reads a file of settings; JSON is YAML.
            settings = Path(place) / "config.yaml"
            settings.write_text(config.model_dump_json(), encoding="utf-8")
            try:
                loaded: Any = TTSModel.load_model(config=settings)
            except (RuntimeError, SafetensorError) as error:
                told = " ".join(str(error).split())[:200]
                raise unfit(f"pocket-tts-{self.language}", told) from error
        self._network = loaded.eval()
        self._sample_rate = int(loaded.sample_rate)
        self._detector = SpeechDetector(1)
        torch.set_num_threads(threads)  # the package sets one, for the whole process

    def __call__(
        self, reference_audio: Audio, text: str | Text, consent: str, language: str | None
    ) -> Noted:
        """Read a text in the voice of a reference, mono at 24 kHz.

        Args:
            reference_audio: The voice to speak with, any rate and number of channels.
            text: What to say, of any length.
            consent: The words in which the owner of the voice agrees.
            language: The language of the network, which is the only one it knows.

        Raises:
            ToolUnavailable: There is no consent.
            ToolInputError: The reference holds less than 3 s of speech, or the text no words in
                Latin letters.
        """
        import torch

        require_consent(consent, "clone_voice")
        words = text.text if isinstance(text, Text) else text
        if script_of(words) != "latin":
            raise ToolInputError(
                "The text has no words in Latin letters, which are all this model reads.",
                tool="clone_voice",
                hint="Give a text in English, Portuguese, Spanish, French, Italian, German or "
                "Dutch, and name its language.",
            )
        speech = reference_speech(
            reference_audio, self._detector, self._sample_rate, "clone_voice"
        ).part(0.0, REFERENCE_DURATION)
        voice = self._network.get_state_for_audio_prompt(torch.from_numpy(speech.samples.copy()))
        ended: list[bool] = []

        def later() -> tuple[str, ...]:
            return () if all(ended) else (CUT.format(ended.count(False), len(ended)),)

        blocks = self._spoken(words, voice, ended)
        return Noted(Audio.from_blocks(blocks, self._sample_rate, 1), (), later)

    def _spoken(self, words: str, voice: Any, ended: list[bool]) -> Iterator[Waveform]:
        """Speak passage after passage, and add for each whether the voice ended it by itself."""
        for passage, pause in _passages(written_out(words, self.code)):
            silence = np.zeros(round(pause * self._sample_rate), np.float32)
            with _warnings_heard() as warnings:
                said = self._said(passage, voice)
            ended.append(not any(ENDLESS in one for one in warnings))
            yield Waveform(np.concatenate([said, silence])[np.newaxis], self._sample_rate)

    def _said(self, passage: str, voice: Any) -> Samples:
        import torch

        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(SEED)
            made = self._network.generate_audio(voice, passage).numpy()
        peak = float(np.max(np.abs(made), initial=0.0))
        return made.astype(np.float32) * np.float32(min(1.0, CEILING / max(peak, 1e-9)))


class _Listener(logging.Handler):
    """Collects what a logger warns of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(record.getMessage())


@contextmanager
def _warnings_heard() -> Generator[list[str]]:
    """Collect what the package warns of while it speaks; in no other way does it tell."""
    logger, listener = logging.getLogger("pocket_tts.models.tts_model"), _Listener()
    level = logger.level
    logger.addHandler(listener)
    logger.setLevel(logging.WARNING)  # whatever the loggers above it let through
    try:
        yield listener.heard
    finally:
        logger.setLevel(level)
        logger.removeHandler(listener)


def _passages(words: str) -> Iterator[tuple[str, float]]:
    """Yield what is said in one go, and the seconds of silence after it."""
    waiting = ""
    for sentence, paragraph_ends in sentences_of(words):
        for piece in _cut(sentence):
            if waiting and len(waiting) + len(piece) >= USUAL_CHARACTERS:
                yield waiting, SENTENCE_PAUSE
                waiting = ""
            waiting = f"{waiting} {piece}".strip()
        if paragraph_ends and waiting:
            yield waiting, PARAGRAPH_PAUSE
            waiting = ""


def _cut(sentence: str) -> Iterator[str]:
    while len(sentence) > MOST_CHARACTERS:
        place = sentence.rfind(" ", 1, MOST_CHARACTERS)
        place = place if place > 0 else MOST_CHARACTERS
        yield sentence[:place]
        sentence = sentence[place:].strip()
    if sentence:
        yield sentence


@model(clone_voice, card=_card("english", "en"))
class PocketEnglish(PocketCloner):
    """Reads English in the voice of a reference."""

    language, code = "english", "en"


@model(clone_voice, card=_card("portuguese", "pt"))
class PocketPortuguese(PocketCloner):
    """Reads Portuguese in the voice of a reference."""

    language, code = "portuguese", "pt"


@model(clone_voice, card=_card("spanish", "es"))
class PocketSpanish(PocketCloner):
    """Reads Spanish in the voice of a reference."""

    language, code = "spanish", "es"


@model(clone_voice, card=_card("french", "fr"))
class PocketFrench(PocketCloner):
    """Reads French in the voice of a reference."""

    language, code = "french", "fr"


@model(clone_voice, card=_card("italian", "it"))
class PocketItalian(PocketCloner):
    """Reads Italian in the voice of a reference."""

    language, code = "italian", "it"


@model(clone_voice, card=_card("german", "de"))
class PocketGerman(PocketCloner):
    """Reads German in the voice of a reference."""

    language, code = "german", "de"


@model(clone_voice, card=_card("dutch", "nl"))
class PocketDutch(PocketCloner):
    """Reads Dutch in the voice of a reference."""

    language, code = "dutch", "nl"
