"""Books and dubs in the languages that the VITS voices of ``vits`` speak and Kokoro does not."""

from dataclasses import replace
from typing import Any

import numpy as np

from tonmeister.artifacts import Later, Noted, Text, Transcript
from tonmeister.audio import Samples
from tonmeister.errors import ToolInputError
from tonmeister.models.kokoro_dub import EVERYBODY, dubbed, spoken_language, spoken_segments
from tonmeister.models.kokoro_narration import Part, Reading, chapters_with_words, shown_title
from tonmeister.models.text_language import spoken_duration
from tonmeister.models.translation_pairs import code_of, name_of
from tonmeister.models.vits import (
    MmsDutch,
    MmsGerman,
    MmsPolish,
    MmsRussian,
    MmsTurkish,
    MmsVoice,
    expect_no_voice,
)
from tonmeister.streaming import Audio
from tonmeister.tools.audiobook import narrate
from tonmeister.tools.translation import Dubbing, dub
from tonmeister.toolspec import Card, model

__all__ = [
    "MmsDutchDub",
    "MmsDutchNarrator",
    "MmsGermanDub",
    "MmsGermanNarrator",
    "MmsPolishDub",
    "MmsPolishNarrator",
    "MmsRussianDub",
    "MmsRussianNarrator",
    "MmsTurkishDub",
    "MmsTurkishNarrator",
]

REPLACED = "Speech replaces the whole original sound, music and noise included."
ONE_VOICE = "There is one voice: all speakers got it."


class _Narrates(MmsVoice):
    """Serves ``narrate`` with one voice."""

    card: Card

    def __call__(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, text: Text | str, language: str | None, voice: str | None, speed: float
    ) -> tuple[Audio, Later]:
        """Read a text aloud, chapter by chapter.

        Args:
            text: A book, or any text.
            language: The language of the voice, or None.
            voice: None; there is one voice.
            speed: Speaking rate relative to normal, 0.5 to 2.0.

        Returns:
            The speech, made while it is written, and the chapters, known after that.

        Raises:
            ToolInputError: There is nothing to say, or language or voice do not fit.
        """
        own = self.card.languages[0]
        book = Text.plain(text) if isinstance(text, str) else text
        if code_of(language) not in (None, own):
            raise ToolInputError(
                f"This voice reads {name_of(own)}, not {name_of(language or '')}.",
                tool="narrate",
                hint="Leave the model out, and one that fits is chosen.",
            )
        expect_no_voice(voice, "narrate")
        chapters = chapters_with_words(book)
        parts: list[Part] = []
        for number, chapter in enumerate(chapters, start=1):
            written = "\n\n".join(part for part in (chapter.title, chapter.text) if part)
            title = shown_title(chapter, number, chapters, book.title, own)
            sound = self.spoken(written, speed, "narrate")
            parts.append(Part(title, spoken_duration(written) / speed, sound))
        reading = Reading(parts, self.sample_rate)
        speech = Audio.from_blocks(
            reading.blocks(), self.sample_rate, 1, share_made=lambda: reading.share
        )
        return speech, Later(lambda: reading.chapters(book, own))


class _Dubs(MmsVoice):
    """Serves ``dub`` with one voice for everybody."""

    card: Card

    def __call__(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, audio: Audio, transcript: Transcript, voice: str | None = None
    ) -> Dubbing | Noted:
        """Speak a transcript at its times.

        Args:
            audio: The original recording, any rate and channels.
            transcript: What to say, in the language of the voice.
            voice: None; there is one voice.

        Raises:
            ToolInputError: There is nothing to say, or language, voice or times do not fit.
        """
        expect_no_voice(voice, "dub")
        spoken_language(transcript, self.card.languages)
        segments = spoken_segments(audio, transcript)
        voices = {one.speaker or EVERYBODY: self.card.name for one in segments}

        def speak(text: str, voice: str, speed: float) -> Samples:
            made = self.spoken(text, speed, "dub")
            return np.concatenate([block.samples[0] for block in made])

        result = dubbed(audio, segments, voices, speak, self.sample_rate)
        if len(voices) == 1:
            return result
        value, notes = (result.value, result.notes) if isinstance(result, Noted) else (result, ())
        return Noted(value, (*notes, ONE_VOICE))


def _narrator(name: str, voice: type[MmsVoice]) -> type[_Narrates]:
    card = _card_of(voice)
    return model(narrate, card=card)(type(name, (_Narrates,), _own(card, voice)))


def _dub(name: str, voice: type[MmsVoice]) -> type[_Dubs]:
    # A dub names no language, its transcript does: the voice has to be asked for.
    card = replace(_card_of(voice), by_name=True, note=REPLACED)
    return model(dub, card=card)(type(name, (_Dubs,), _own(card, voice)))


def _own(card: Card, voice: type[MmsVoice]) -> dict[str, Any]:
    return {"card": card, "__module__": __name__, "__doc__": voice.__doc__}


def _card_of(voice: type[MmsVoice]) -> Card:
    return voice.__tonmeister_model__.card  # pyright: ignore[reportAttributeAccessIssue]


MmsGermanNarrator = _narrator("MmsGermanNarrator", MmsGerman)
MmsDutchNarrator = _narrator("MmsDutchNarrator", MmsDutch)
MmsPolishNarrator = _narrator("MmsPolishNarrator", MmsPolish)
MmsRussianNarrator = _narrator("MmsRussianNarrator", MmsRussian)
MmsTurkishNarrator = _narrator("MmsTurkishNarrator", MmsTurkish)
MmsGermanDub = _dub("MmsGermanDub", MmsGerman)
MmsDutchDub = _dub("MmsDutchDub", MmsDutch)
MmsPolishDub = _dub("MmsPolishDub", MmsPolish)
MmsRussianDub = _dub("MmsRussianDub", MmsRussian)
MmsTurkishDub = _dub("MmsTurkishDub", MmsTurkish)
