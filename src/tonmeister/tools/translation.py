"""Translation: of texts, of transcripts with their times, of speech; and dubbing."""

from typing import NamedTuple

from tonmeister.artifacts import Measurement, Text, Transcript
from tonmeister.streaming import Audio
from tonmeister.toolspec import Language, tool

__all__ = ["Dubbing", "dub", "translate_speech", "translate_text", "translate_transcript"]


@tool(needs_model=True, suffix="translated", claims=("translated_whole",))
def translate_text(
    text: str | Text, language: Language, source_language: str | None = None
) -> Text:  # pyright: ignore[reportReturnType]
    """Translate a text into another language.

    Use it for written words, from a line to a book; chapters, paragraphs, links and marks such as
    [pause 0.5] stay. It does not translate recordings: transcribe them first.

    Args:
        text: What to translate, or a text or document.
        language: Language to translate into.
        source_language: Language it is written in, as a code such as "en"; left out, it is
            detected.
    """


@tool(needs_model=True, suffix="translated", claims=("timing_kept", "translated_whole"))
def translate_transcript(
    transcript: Transcript, language: Language, source_language: str | None = None
) -> Transcript:  # pyright: ignore[reportReturnType]
    """Translate a transcript into another language and keep its times and speakers.

    Use it between a transcription and subtitles or a dub in another language. Words get no times
    of their own, since they come in another order.

    Args:
        transcript: What is said, with times.
        language: Language to translate into.
        source_language: Language that is spoken, as a code such as "en"; left out, that of the
            transcript.
    """


@tool(needs_model=True, suffix="translated", claims=("times_inside",))
def translate_speech(
    audio: Audio, language: Language = "en", source_language: str | None = None
) -> Transcript:  # pyright: ignore[reportReturnType]
    """Write down in English what is said in a recording in another language.

    Use it for speech of any language when an English transcript is wanted. It gives text with
    times, not speech; for other languages transcribe, then translate the transcript.

    Args:
        audio: Speech of any length and rate.
        language: Language to translate into.
        source_language: Language that is spoken, as a code such as "fr"; left out, it is detected.
    """


class Dubbing(NamedTuple):
    """What ``dub`` gives.

    Attributes:
        dubbed: The new speech, at the times of the old.
        report: How well it fits.
    """

    dubbed: Audio
    report: Measurement


@tool(
    version=2,
    needs_model=True,
    synthetic=True,
    suffix="dubbed",
    claims=("audible", "unclipped", "timing_kept"),
)
def dub(audio: Audio, transcript: Transcript, voice: str | None = None) -> Dubbing:  # pyright: ignore[reportReturnType]
    """Speak a translated transcript at the times of the original recording.

    Use it after translating a transcript, to replace the speech of a recording. Each speaker gets
    a man's or a woman's voice of about the same pitch; it does not imitate them, does not move
    lips, and does not keep music or noise of the original.

    Args:
        audio: The original recording.
        transcript: What to say, in the language to speak, with the times of the original.
        voice: Name of the voice for everybody, "female" or "male"; left out, a fitting one for
            each speaker.
    """
