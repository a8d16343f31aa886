"""The tools of speech by their signatures alone, for what is planned before they are installed."""

from collections.abc import Mapping
from typing import Annotated, Literal, NamedTuple

from tonmeister.artifacts import (
    AudioFile,
    Chapters,
    File,
    Measurement,
    SoundEvents,
    SpeakerTurns,
    Text,
    Transcript,
)
from tonmeister.streaming import Audio
from tonmeister.toolspec import Language, Range, Tool, WorkingFolder, tool

__all__ = ["SIGNATURES"]


class Tightened(NamedTuple):
    recording: Audio
    edits: SoundEvents


class Narration(NamedTuple):
    speech: Audio
    chapters: Chapters


class Dubbing(NamedTuple):
    dubbed: Audio
    report: Measurement


@tool(needs_model=True)
def transcribe(
    audio: Audio, language: Language | None = None, vocabulary: str | None = None
) -> Transcript:  # pyright: ignore[reportReturnType]
    """Write down what is said.

    Args:
        audio: Speech.
        language: Its language.
        vocabulary: Words to expect.
    """


@tool(needs_model=True)
def detect_language(text: str | Audio | Transcript | Text) -> Measurement:  # pyright: ignore[reportReturnType]
    """Tell which language it is.

    Args:
        text: Words or speech.
    """


@tool(needs_model=True)
def align(
    audio: Audio, text: str | Transcript | Text, language: Language | None = None
) -> Transcript:  # pyright: ignore[reportReturnType]
    """Find the times of known words.

    Args:
        audio: Speech.
        text: What is said.
        language: Its language.
    """


@tool(needs_model=True)
def remove_fillers(audio: Audio, transcript: Transcript, fillers: str | None = None) -> Tightened:  # pyright: ignore[reportReturnType]
    """Remove filler words.

    Args:
        audio: Speech.
        transcript: What is said.
        fillers: The words.
    """


@tool(needs_model=True)
def write_subtitles(
    transcript: Transcript | SpeakerTurns,
    folder: WorkingFolder,
    format: Literal["srt", "vtt", "txt", "json", "rttm", "audacity", "textgrid"] = "srt",
) -> File:  # pyright: ignore[reportReturnType]
    """Write subtitles.

    Args:
        transcript: What is said, or who speaks.
        folder: Where.
        format: Format.
    """


@tool(needs_model=True)
def diarize(audio: Audio, num_speakers: int | None = None) -> SpeakerTurns:  # pyright: ignore[reportReturnType]
    """Tell who speaks when.

    Args:
        audio: Speech.
        num_speakers: How many.
    """


@tool(needs_model=True)
def label_speakers(transcript: Transcript, turns: SpeakerTurns) -> Transcript:  # pyright: ignore[reportReturnType]
    """Say in a transcript who speaks.

    Args:
        transcript: What is said.
        turns: Who speaks when.
    """


@tool(needs_model=True)
def name_speakers(transcript: Transcript, names: str) -> Transcript:  # pyright: ignore[reportReturnType]
    """Give speakers their names.

    Args:
        transcript: With speakers.
        names: Label and name.
    """


@tool(needs_model=True)
def identify_speaker(
    audio: Audio, reference_audio: list[Audio], names: str, num_speakers: int | None = None
) -> SpeakerTurns:  # pyright: ignore[reportReturnType]
    """Tell when known voices speak.

    Args:
        audio: Speech.
        reference_audio: Known voices.
        names: Their names.
        num_speakers: How many.
    """


@tool(needs_model=True)
def verify_speaker(audio: Audio, reference_audio: Audio) -> Measurement:  # pyright: ignore[reportReturnType]
    """Tell whether two recordings are of one voice.

    Args:
        audio: Speech.
        reference_audio: Speech.
    """


@tool(needs_model=True)
def separate_speakers(audio: Audio, num_speakers: int | None = None) -> Mapping[str, Audio]:  # pyright: ignore[reportReturnType]
    """Give each speaker a recording.

    Args:
        audio: Speech.
        num_speakers: How many.
    """


@tool(needs_model=True, synthetic=True)
def synthesize_speech(
    text: str | Transcript | Text,
    language: Language | None = None,
    voice: str | None = None,
    speed: Annotated[float, Range(0.5, 2.0)] = 1.0,
) -> Audio:  # pyright: ignore[reportReturnType]
    """Read a text aloud.

    Args:
        text: What to say.
        language: Its language.
        voice: Who says it.
        speed: How fast.
    """


@tool(needs_model=True, synthetic=True)
def narrate(
    text: Text | str,
    language: Language | None = None,
    voice: str | None = None,
    speed: Annotated[float, Range(0.5, 2.0)] = 1.0,
) -> Narration:  # pyright: ignore[reportReturnType]
    """Read a book.

    Args:
        text: What to read.
        language: Its language.
        voice: Who reads.
        speed: How fast.
    """


@tool(needs_model=True)
def write_audiobook(audio: Audio, chapters: Chapters, folder: WorkingFolder) -> AudioFile:  # pyright: ignore[reportReturnType]
    """Write an audiobook.

    Args:
        audio: The reading.
        chapters: Where chapters begin.
        folder: Where.
    """


@tool(needs_model=True)
def translate_text(
    text: str | Text, language: Language, source_language: str | None = None
) -> Text:  # pyright: ignore[reportReturnType]
    """Translate a text.

    Args:
        text: The text.
        language: Into which.
        source_language: From which.
    """


@tool(needs_model=True)
def translate_transcript(
    transcript: Transcript, language: Language, source_language: str | None = None
) -> Transcript:  # pyright: ignore[reportReturnType]
    """Translate a transcript.

    Args:
        transcript: The transcript.
        language: Into which.
        source_language: From which.
    """


@tool(needs_model=True)
def translate_speech(
    audio: Audio, language: Language = "en", source_language: str | None = None
) -> Transcript:  # pyright: ignore[reportReturnType]
    """Translate speech.

    Args:
        audio: Speech.
        language: Into which.
        source_language: From which.
    """


@tool(needs_model=True, synthetic=True)
def dub(audio: Audio, transcript: Transcript, voice: str | None = None) -> Dubbing:  # pyright: ignore[reportReturnType]
    """Speak a translation over a recording.

    Args:
        audio: The original.
        transcript: What to say.
        voice: Who says it.
    """


@tool(needs_model=True, synthetic=True)
def clone_voice(
    reference_audio: Audio, text: str | Text, consent: str, language: Language | None = None
) -> Audio:  # pyright: ignore[reportReturnType]
    """Say a text in a voice.

    Args:
        reference_audio: The voice.
        text: What to say.
        consent: Whose.
        language: Its language.
    """


@tool(needs_model=True, synthetic=True)
def convert_voice(audio: Audio, reference_audio: Audio, consent: str) -> Audio:  # pyright: ignore[reportReturnType]
    """Turn a voice into another.

    Args:
        audio: Speech.
        reference_audio: The voice.
        consent: Whose.
    """


@tool(needs_model=True)
def closest_voice(reference_audio: Audio, language: Language | None = None) -> Measurement:  # pyright: ignore[reportReturnType]
    """Find the built-in voice most like another.

    Args:
        reference_audio: The voice.
        language: Its language.
    """


@tool(needs_model=True)
def spatialize(audio: Audio, position: str) -> Audio:  # pyright: ignore[reportReturnType]
    """Place a voice around the listener.

    Args:
        audio: Speech.
        position: Where.
    """


@tool(needs_model=True)
def reduce_reverb(audio: Audio, strength: Annotated[float, Range(0.0, 1.0)] = 1.0) -> Audio:  # pyright: ignore[reportReturnType]
    """Reduce reverberation.

    Args:
        audio: Speech.
        strength: Share.
    """


@tool(needs_model=True)
def repair(audio: Audio, kind: Literal["all", "hum", "clicks"] = "all") -> Audio:  # pyright: ignore[reportReturnType]
    """Remove hum and clicks.

    Args:
        audio: A recording.
        kind: Which.
    """


@tool(needs_model=True)
def extend_bandwidth(audio: Audio) -> Audio:  # pyright: ignore[reportReturnType]
    """Estimate missing high frequencies.

    Args:
        audio: Speech.
    """


@tool(needs_model=True)
def measure_speech(audio: Audio) -> Measurement:  # pyright: ignore[reportReturnType]
    """Measure speech.

    Args:
        audio: Speech.
    """


SIGNATURES = {made.name: made for made in list(globals().values()) if isinstance(made, Tool)}
