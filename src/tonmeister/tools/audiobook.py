"""Audiobooks: books read aloud chapter by chapter, and the file that players show chapters of."""

from typing import Annotated, Literal, NamedTuple

from tonmeister.artifacts import AudioFile, ChapterMark, Chapters, Noted, Text
from tonmeister.errors import ToolInputError, writing
from tonmeister.streaming import Audio
from tonmeister.tools.aac import AAC_RATES, FullScale, comment_on, nearest_rate, write_aac
from tonmeister.toolspec import Language, Range, WorkingFolder, tool

__all__ = ["Narration", "narrate", "write_audiobook"]

BIT_RATE = 64_000  # per channel: speech needs less than music
MOST_BYTES = 4_000_000_000  # many players and memory cards stop at 4 GiB
LONGEST_SHIFT = 1.0  # seconds by which recording and chapters may differ in length
AUDIOBOOK = "2"  # media type of Apple's "stik" tag
_ISO_639_2 = {
    "de": "deu", "en": "eng", "es": "spa", "fr": "fra", "hi": "hin", "it": "ita", "ja": "jpn",
    "nl": "nld", "pl": "pol", "pt": "por", "ru": "rus", "zh": "zho",
}  # fmt: skip


class Narration(NamedTuple):
    """A text read aloud, and where its chapters are."""

    speech: Audio
    chapters: Chapters


@tool(needs_model=True, synthetic=True, suffix="narration", claims=("audible", "unclipped"))
def narrate(
    text: Text | str,
    language: Language | None = None,
    voice: str | None = None,
    speed: Annotated[float, Range(0.5, 2.0)] = 1.0,
) -> Narration:  # pyright: ignore[reportReturnType]
    """Read a book or document aloud, chapter by chapter.

    Use it for audiobooks, before write_audiobook. Each chapter begins with its title and ends with
    a pause. It does not translate, shorten, or describe pictures; for a few sentences use
    synthesize_speech.

    Args:
        text: A document (TXT, MD, HTML, EPUB, PDF), or a text of any length.
        language: Language of the text; left out, the document's, or else it is detected.
        voice: Name of the voice, "female" or "male"; left out, the default of the language.
        speed: Speaking rate relative to normal, 0.5 to 2.0.
    """


@tool(suffix="audiobook", claims=("file_not_empty",))
def write_audiobook(
    audio: Audio,
    chapters: Chapters,
    folder: WorkingFolder,
    format: Literal["m4b"] = "m4b",
) -> AudioFile | Noted:
    """Write a recording with chapters as an audiobook (M4B).

    Use it after narrate. Players show the chapters, title and author, and remember the place. It
    does not change the sound beyond what AAC at 64 kbit/s per channel loses.

    Args:
        audio: The recording that was narrated, mono or stereo.
        chapters: Where its chapters are.
        folder: Where the file is written.
        format: m4b, an MP4 file with AAC.

    Raises:
        ToolInputError: The recording has more than two channels, is no match for the chapters, or
            would make a file of more than 4 GB.
        StoreError: The file cannot be written.
    """
    _check_fit(audio, chapters)
    synthetic, notes = audio.synthetic, list[str]()
    rate = nearest_rate(audio.sample_rate, AAC_RATES)
    if rate != audio.sample_rate:
        notes.append(f"m4b cannot hold {audio.sample_rate} Hz; the file has {rate} Hz.")
        audio = audio.converted(sample_rate=rate)
    tags = {
        "title": chapters.title,
        "album": chapters.title,
        "artist": chapters.author,
        "album_artist": chapters.author,
        "genre": "Audiobook",
        "media_type": AUDIOBOOK,
        "comment": comment_on(synthetic),
    }
    path = folder / f"audiobook.{format}"
    with writing(path.name):
        write_aac(
            audio,
            path,
            FullScale(),
            bit_rate=BIT_RATE,
            tags=tags,
            language=_ISO_639_2.get(chapters.language or "", ""),
            chapters=_within(chapters, audio.duration),
        )
    file = AudioFile(path, "audio/mp4", format)
    return Noted(file, tuple(notes)) if notes else file


def _check_fit(audio: Audio, chapters: Chapters) -> None:
    if audio.num_channels > 2:
        raise ToolInputError(
            f"Found {audio.num_channels} channels; an audiobook has one or two.",
            tool="write_audiobook",
            hint="Use to_mono first.",
        )
    if abs(audio.duration - chapters.duration) > LONGEST_SHIFT:
        raise ToolInputError(
            f"The recording has {audio.duration:.1f} s, and the chapters belong to one of "
            f"{chapters.duration:.1f} s.",
            tool="write_audiobook",
            hint="Use the recording that narrate made, without cutting it or changing its speed.",
        )
    num_bytes = BIT_RATE * audio.num_channels / 8 * audio.duration
    if num_bytes > MOST_BYTES:
        raise ToolInputError(
            f"The audiobook would have {num_bytes / 1e9:.1f} GB; players take 4 GB at most.",
            tool="write_audiobook",
            hint="Use to_mono first, or narrate the book in parts.",
        )


def _within(chapters: Chapters, duration: float) -> list[ChapterMark]:
    """Return the chapters inside a recording, each with a title."""
    return [
        ChapterMark(mark.start, min(mark.end, duration), mark.title or str(number))
        for number, mark in enumerate(chapters.marks, start=1)
        if mark.start < duration
    ]
