"""What tools take and give, and how it is kept: kinds, values, artifacts, regions."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from tonmeister.streaming import Audio

__all__ = [
    "Artifact",
    "AudioFile",
    "Chapter",
    "ChapterMark",
    "Chapters",
    "File",
    "Image",
    "Kind",
    "Later",
    "Measurement",
    "Noted",
    "Recipe",
    "Region",
    "Segment",
    "SoundEvent",
    "SoundEvents",
    "SpeakerTurn",
    "SpeakerTurns",
    "SpeechRegions",
    "Text",
    "Transcript",
    "Value",
    "Video",
    "Word",
    "from_json",
    "kind_of",
    "to_json",
]


class Kind(StrEnum):
    """What an artifact is."""

    AUDIO = "audio"
    VIDEO = "video"
    IMAGE = "image"
    TRANSCRIPT = "transcript"
    TEXT = "text"
    DOCUMENT = "document"
    CHAPTERS = "chapters"
    SPEECH = "speech"
    TURNS = "turns"
    EVENTS = "events"
    MEASUREMENT = "measurement"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Word:
    """A spoken word.

    Attributes:
        start: Seconds from the beginning of the recording.
        end: Seconds from the beginning of the recording.
        text: The word, with the punctuation that follows it.
        probability: The model's confidence, 0.0 to 1.0; None when it gives none.
    """

    start: float
    end: float
    text: str
    probability: float | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of speech, about a sentence.

    Attributes:
        start: Seconds from the beginning of the recording.
        end: Seconds from the beginning of the recording.
        text: What is said.
        speaker: Label of who speaks inside this recording, if known.
        words: The words with their times, if known.
    """

    start: float
    end: float
    text: str
    speaker: str | None = None
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Transcript:
    """What is said in a recording.

    Attributes:
        language: ISO 639-1 code such as "en"; None when there is no speech.
        segments: Stretches of speech in order of time.
        duration: Length of the recording in seconds.
    """

    language: str | None
    segments: tuple[Segment, ...]
    duration: float

    @property
    def text(self) -> str:
        """All that is said, in one line."""
        return " ".join(segment.text.strip() for segment in self.segments).strip()


@dataclass(frozen=True, slots=True)
class Region:
    """A piece of a recording in time.

    Attributes:
        start: Seconds from the beginning.
        end: Seconds from the beginning; None for the end of the recording.
    """

    start: float
    end: float | None = None


@dataclass(frozen=True, slots=True)
class SpeechRegions:
    """Where somebody speaks.

    Attributes:
        regions: Stretches with speech in order of time, both ends given.
        duration: Length of the recording in seconds.
    """

    regions: tuple[Region, ...]
    duration: float


@dataclass(frozen=True, slots=True)
class SpeakerTurn:
    """A stretch in which one person speaks.

    Attributes:
        start: Seconds from the beginning of the recording.
        end: Seconds from the beginning of the recording.
        speaker: Label inside this recording, such as "SPEAKER_00", or a name that was given.
    """

    start: float
    end: float
    speaker: str


@dataclass(frozen=True, slots=True)
class SpeakerTurns:
    """Who speaks when.

    Attributes:
        turns: In order of their start; turns of two speakers that overlap are talk at once.
        duration: Length of the recording in seconds.
    """

    turns: tuple[SpeakerTurn, ...]
    duration: float

    @property
    def speakers(self) -> tuple[str, ...]:
        """Labels of all speakers, in order of their first turn."""
        return tuple(dict.fromkeys(turn.speaker for turn in self.turns))


@dataclass(frozen=True, slots=True)
class Chapter:
    """A piece of a text.

    Attributes:
        title: Its heading; empty without one.
        text: What is written, paragraphs separated by empty lines; without the heading.
    """

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """Written words, from a line to a book.

    Attributes:
        chapters: In order of reading.
        language: ISO 639-1 code; None when it is not known.
        title: Title of the whole; empty without one.
        author: Who wrote it; empty when it is not known.
        basis: Measured facts that a sentence rests on, in English, the surest first; what was said
            in a recording stands in them in “ ” only. Empty for other texts.
    """

    chapters: tuple[Chapter, ...]
    language: str | None = None
    title: str = ""
    author: str = ""
    basis: tuple[str, ...] = ()

    @classmethod
    def plain(cls, text: str, language: str | None = None, basis: Iterable[str] = ()) -> "Text":
        """Make a text of one chapter without a heading."""
        return cls((Chapter("", text),), language, basis=tuple(basis))

    @property
    def text(self) -> str:
        """All that is written, headings included, parts separated by empty lines."""
        parts = (part for chapter in self.chapters for part in (chapter.title, chapter.text))
        return "\n\n".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class ChapterMark:
    """Where a chapter lies in a recording.

    Attributes:
        start: Seconds from the beginning.
        end: Seconds from the beginning.
        title: What players show.
    """

    start: float
    end: float
    title: str


@dataclass(frozen=True, slots=True)
class Chapters:
    """The chapters of a recording.

    Attributes:
        marks: In order of time, one after the other.
        duration: Length of the recording in seconds.
        title: Title of the whole; empty without one.
        author: Who wrote it; empty when it is not known.
        language: ISO 639-1 code; None when it is not known.
    """

    marks: tuple[ChapterMark, ...]
    duration: float
    title: str = ""
    author: str = ""
    language: str | None = None


@dataclass(frozen=True, slots=True)
class SoundEvent:
    """A sound that was heard.

    Attributes:
        start: Seconds from the beginning.
        end: Seconds from the beginning.
        label: Name of the sound's class.
        score: Highest score inside the event, 0.0 to 1.0; not a calibrated probability.
    """

    start: float
    end: float
    label: str
    score: float


@dataclass(frozen=True, slots=True)
class SoundEvents:
    """The sounds that were heard.

    Attributes:
        events: In order of time.
        duration: Length of the recording in seconds.
    """

    events: tuple[SoundEvent, ...]
    duration: float


@dataclass(frozen=True, slots=True)
class Measurement:
    """Named measured values.

    Attributes:
        values: Each key names its unit (``loudness_lufs``, ``peak_db``); None is "not measurable".
    """

    values: Mapping[str, float | int | str | None]


@dataclass(frozen=True, slots=True)
class File:
    """A finished file of any format.

    Attributes:
        path: Where it lies; a tool writes it into its own working folder.
        media_type: For example ``application/x-subrip``.
        suffix: File name extension without the dot.
    """

    path: Path
    media_type: str
    suffix: str


@dataclass(frozen=True, slots=True)
class AudioFile(File):
    """A finished recording in a delivery format; later steps can still take it as audio."""


@dataclass(frozen=True, slots=True)
class Image(File):
    """A picture."""


@dataclass(frozen=True, slots=True)
class Video(File):
    """A video, with or without sound."""


@dataclass(frozen=True, slots=True)
class Noted:
    """A result together with what the user must be told about it.

    Attributes:
        value: The result proper, several in order, or by name from a tool that names them itself.
        notes: Full sentences in English, for example about a limit that was met.
        later: Returns those that are known only when the result has been stored, such as how sound
            came out that is made while it is written; None where there are none.
    """

    value: "Value | tuple[Value | Later, ...] | Mapping[str, Audio]"
    notes: tuple[str, ...]
    later: "Callable[[], tuple[str, ...]] | None" = None


@dataclass(frozen=True, slots=True)
class Later:
    """One of several results, known only when those before it have been made.

    The chapters of a recording are an example: where they begin is known once it is written. A
    worker stores results in order, and asks for this one when its turn comes.

    Attributes:
        make: Returns the result proper.
    """

    make: "Callable[[], Value]"


Value = (
    Audio
    | Transcript
    | Text
    | Chapters
    | SpeechRegions
    | SpeakerTurns
    | SoundEvents
    | Measurement
    | File
)
_KINDS: tuple[tuple[type, Kind], ...] = (
    (Audio, Kind.AUDIO),
    (AudioFile, Kind.AUDIO),
    (Image, Kind.IMAGE),
    (Video, Kind.VIDEO),
    (File, Kind.FILE),
    (Transcript, Kind.TRANSCRIPT),
    (Text, Kind.TEXT),
    (Chapters, Kind.CHAPTERS),
    (SpeechRegions, Kind.SPEECH),
    (SpeakerTurns, Kind.TURNS),
    (SoundEvents, Kind.EVENTS),
    (Measurement, Kind.MEASUREMENT),
)
_JSON_TYPES: Mapping[Kind, type] = {
    Kind.TRANSCRIPT: Transcript,
    Kind.TEXT: Text,
    Kind.DOCUMENT: Text,  # handed over, and read when it was
    Kind.CHAPTERS: Chapters,
    Kind.SPEECH: SpeechRegions,
    Kind.TURNS: SpeakerTurns,
    Kind.EVENTS: SoundEvents,
    Kind.MEASUREMENT: Measurement,
}


def kind_of(cls: type) -> Kind | None:
    """Return the kind of artifact a value class becomes, or None if it becomes none.

    Args:
        cls: A class such as ``Audio`` or ``Transcript``.
    """
    return next((kind for known, kind in _KINDS if cls is known), None)


@cache
def _adapter(cls: type) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(cls)


def to_json(value: Value) -> bytes:
    """Return the canonical JSON of a value that is not stored as a file.

    Args:
        value: A transcript, speech regions, sound events or a measurement.
    """
    encoded: bytes = _adapter(type(value)).dump_json(value, indent=1)
    return encoded


def from_json(kind: Kind, encoded: bytes) -> Value:
    """Read back what ``to_json`` wrote.

    Args:
        kind: Kind of the artifact.
        encoded: Its JSON.
    """
    value: Value = _adapter(_JSON_TYPES[kind]).validate_json(encoded)
    return value


@dataclass(frozen=True, slots=True)
class Recipe:
    """How an artifact was made.

    Attributes:
        tool: Name of the tool.
        tool_version: Its version.
        model: Name of the model; None for a signal-processing body.
        checkpoint: sha256 of the model's checkpoint; None without weights.
        arguments: Arguments as in the plan, references replaced by artifact ids.
        parents: Ids of the artifacts it was made from.
        notes: What the user was told about it.
    """

    tool: str
    tool_version: int
    model: str | None
    checkpoint: str | None
    arguments: Mapping[str, Any]
    parents: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Artifact:
    """An immutable stored result, or a recording that was handed over.

    Attributes:
        id: Identity in the store: a hash of contents and recipe.
        kind: What it is.
        sha256: Hash of the stored bytes.
        media_type: Format of the stored bytes.
        size: Number of stored bytes.
        name: What a person calls it: a file name stem such as "interview.enhanced".
        facts: Measured facts: ``duration``, ``sample_rate``, ``num_channels``, ``loudness_lufs``,
            ``language`` …; never contents.
        recipe: How it was made; None for what was handed over.
        created: Seconds since the epoch.
    """

    id: str
    kind: Kind
    sha256: str
    media_type: str
    size: int
    name: str
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])
    recipe: Recipe | None = None
    created: float = 0.0
