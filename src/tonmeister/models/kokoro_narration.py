"""Kokoro reads whole books: every chapter with its title, and where each one begins."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tonmeister.artifacts import Chapter, ChapterMark, Chapters, Later, Noted, Text
from tonmeister.audio import Waveform
from tonmeister.errors import ToolInputError
from tonmeister.models.kokoro import SAMPLE_RATE, Kokoro
from tonmeister.models.kokoro_voices import (
    GENDERS,
    LANGUAGES,
    SCRIPTS,
    expect_script,
    fitting_voice,
)
from tonmeister.models.phonemes import ESPEAK_ACCENTS
from tonmeister.models.text_language import NAMES, language_of, script_of, spoken_duration
from tonmeister.streaming import Audio
from tonmeister.tools.audiobook import narrate
from tonmeister.toolspec import model

__all__ = ["KokoroNarrator", "Part", "Reading", "chapters_with_words", "shown_title"]

CHAPTER_PAUSE = 1.8
"""Seconds of silence after a chapter, in addition to the pause after its last sentence."""

SAMPLE_CHARACTERS = 4_000  # read to tell the language
SURE_CHARACTERS = 400  # from here the words of a text count more than what its file states
ESPEAK_NOTE = "The phonemes of this language come from espeak-ng (GPL-3.0)."

_NAMES = {  # what players show of chapters without a title: the n-th, and what precedes the first
    "de": ("Kapitel", "Anfang"),
    "en": ("Chapter", "Beginning"),
    "es": ("Capítulo", "Inicio"),
    "fr": ("Chapitre", "Début"),
    "hi": ("अध्याय", "आरंभ"),
    "it": ("Capitolo", "Inizio"),
    "ja": ("チャプター", "はじめに"),
    "nl": ("Hoofdstuk", "Begin"),
    "pl": ("Rozdział", "Początek"),
    "pt": ("Capítulo", "Início"),
    "ru": ("Глава", "Начало"),
    "tr": ("Bölüm", "Başlangıç"),
    "zh": ("章节", "开头"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A chapter ready to be read.

    Attributes:
        title: What players show.
        expected: How long it may sound, in s.
        sound: Its speech, made as it is asked for.
    """

    title: str
    expected: float
    sound: Iterator[Waveform]


@model(narrate, card=Kokoro.__tonmeister_model__.card)
class KokoroNarrator:
    """Reads books aloud with Kokoro, 24 kHz mono."""

    def load(self, weights: Path | None, threads: int) -> None:
        """Open the model.

        Args:
            weights: Folder with the checkpoint's files.
            threads: CPU threads it may use.
        """
        self._kokoro = Kokoro()
        self._kokoro.load(weights, threads)

    def __call__(
        self, text: Text | str, language: str | None, voice: str | None, speed: float
    ) -> tuple[Audio, Later] | Noted:
        """Read a text aloud, chapter by chapter.

        Args:
            text: A book, or any text.
            language: ISO 639-1 code; None to take the text's, the voice's, or to detect it.
            voice: Name of the voice; None for the default one of the language.
            speed: Speaking rate relative to normal, 0.5 to 2.0.

        Returns:
            The speech, made while it is written, and the chapters, known after that.

        Raises:
            ToolInputError: There is nothing to say, or language and voice do not fit it.
            ToolUnavailable: The language needs an extra that is not installed.
        """
        book = Text.plain(text) if isinstance(text, str) else text
        chapters = chapters_with_words(book)
        notes: list[str] = []
        if language is None and (voice is None or voice in GENDERS):
            language, note = _language(book, chapters)
            notes += [note] if note else []
        reader = fitting_voice(voice, language)
        expect_script(book.text, reader.language, "narrate")
        if reader.accent in ESPEAK_ACCENTS:
            notes.append(ESPEAK_NOTE)
        parts: list[Part] = []
        for number, chapter in enumerate(chapters, start=1):
            written = "\n\n".join(part for part in (chapter.title, chapter.text) if part)
            sound = self._kokoro.spoken(written, reader.language, reader.name, speed)
            title = shown_title(chapter, number, chapters, book.title, reader.language)
            parts.append(Part(title, spoken_duration(written) / speed, sound))
        reading = Reading(parts)
        blocks = reading.blocks()
        speech = Audio.from_blocks(blocks, SAMPLE_RATE, 1, share_made=lambda: reading.share)
        result = speech, Later(lambda: reading.chapters(book, reader.language))
        return Noted(result, tuple(notes)) if notes else result


class Reading:
    """Speaks parts one after the other and notes where each one begins.

    Args:
        parts: The chapters.
        sample_rate: Rate of the speech in Hz.

    Attributes:
        share: Share of the text that has been read, 0.0 to 1.0.
    """

    def __init__(self, parts: Sequence[Part], sample_rate: int = SAMPLE_RATE) -> None:
        self._sample_rate = sample_rate
        self._parts = parts
        self._total = sum(part.expected for part in parts)
        self._starts: list[int] = []  # in frames
        self._num_frames = 0
        self.share = 0.0

    def blocks(self) -> Iterator[Waveform]:
        """Yield the speech of all parts, with silence between them."""
        quiet = np.zeros((1, round(CHAPTER_PAUSE * self._sample_rate)), np.float32)
        silence = Waveform(quiet, self._sample_rate)
        said = 0.0
        for number, part in enumerate(self._parts):
            if number:
                yield self._counted(silence)
            self._starts.append(self._num_frames)
            for block in part.sound:
                yield self._counted(block)
                made = (self._num_frames - self._starts[-1]) / self._sample_rate
                self.share = (said + min(made, part.expected)) / self._total
            said += part.expected

    def _counted(self, block: Waveform) -> Waveform:
        self._num_frames += block.num_frames
        return block

    def chapters(self, book: Text, language: str) -> Chapters:
        """Return where the chapters are, once all blocks were taken.

        Args:
            book: Gives title and author.
            language: Language it was read in.
        """
        bounds = [frame / self._sample_rate for frame in (*self._starts, self._num_frames)]
        marks = tuple(
            ChapterMark(start, end, part.title)
            for part, start, end in zip(self._parts, bounds, bounds[1:], strict=False)
        )
        return Chapters(marks, bounds[-1], book.title, book.author, language)


def chapters_with_words(book: Text) -> list[Chapter]:
    """Return the chapters that have something to read.

    Args:
        book: Any text.

    Raises:
        ToolInputError: There is none.
    """
    chapters = [one for one in book.chapters if _has_words(one.title) or _has_words(one.text)]
    if not chapters:
        raise ToolInputError(
            "The text has no words.", tool="narrate", hint="Give at least one word."
        )
    return chapters


def _has_words(text: str) -> bool:
    return any(letter.isalnum() for letter in text)


def _language(book: Text, chapters: Sequence[Chapter]) -> tuple[str, str]:
    """Return the language of a book, and what the user must be told about it."""
    # Title pages are in any language, so the beginning of the longest chapter tells.
    sample = max((chapter.text or chapter.title for chapter in chapters), key=len)
    sample = sample[:SAMPLE_CHARACTERS]
    script = script_of(sample) or "latin"
    if script not in SCRIPTS:
        raise ToolInputError(
            f"The text is in {script.title()} script, which no voice here reads.",
            tool="narrate",
            hint=f"Languages: {', '.join(LANGUAGES)}.",
        )
    found, stated = SCRIPTS[script] or language_of(sample), book.language
    if found is None:
        unclear = "The language of the text was not clear; it is read as English."
        return (stated, "") if stated else ("en", unclear)
    if stated is None:
        return found, f"The text was taken for {NAMES[found]}."
    if found != stated and len(sample) >= SURE_CHARACTERS:  # programs state their own language
        return found, (
            f"The document says that its language is '{stated}', but it is {NAMES[found]}; it is "
            "read as such."
        )
    return stated, ""


def shown_title(
    chapter: Chapter, number: int, chapters: Sequence[Chapter], book_title: str, language: str
) -> str:
    """Return what players show of a chapter, which may have no title.

    Args:
        chapter: The chapter.
        number: Its number, the first being 1.
        chapters: All of them.
        book_title: Title of the book; empty without one.
        language: Language it is read in.
    """
    if chapter.title:
        return chapter.title
    counted, first = _NAMES.get(language, _NAMES["en"])
    if number == 1 and (len(chapters) == 1 or chapters[1].title):
        return book_title or first
    return f"{counted} {number}"
