"""Putting what is heard into words: a caption, an answer to a question."""

from typing import Literal

from tonmeister.artifacts import SpeakerTurns, Text, Transcript
from tonmeister.streaming import Audio
from tonmeister.toolspec import tool

__all__ = ["answer_about_audio", "caption_audio"]


@tool(version=2, needs_model=True, phrased=True, suffix="caption")
def caption_audio(
    audio: Audio, transcript: Transcript | None = None, language: Literal["en", "pt"] = "en"
) -> Text:  # pyright: ignore[reportReturnType]
    """Describe in a sentence or two what is heard in a recording.

    Use it for "what is this?". It names sounds, speech and music with their times, and what was
    measured; it does not tell what is said, or anything that was not measured.

    Args:
        audio: Any recording.
        transcript: What is said in it, if known: then the language is named.
        language: Language of the sentence.
    """


@tool(version=3, needs_model=True, phrased=True, suffix="answer")
def answer_about_audio(
    audio: Audio,
    question: str,
    transcript: Transcript | None = None,
    turns: SpeakerTurns | None = None,
    language: Literal["en", "pt"] = "en",
) -> Text:  # pyright: ignore[reportReturnType]
    """Answer a question about a recording from what is measured in it, with the times.

    Use it for how many times, when, how long, how loud, whether something is heard, which of two
    sounds is louder, what is loudest, and whether there is hum or clipping. Questions about words
    need the transcript, how many people speak needs the speaker turns. It does not explain, judge
    or guess.

    Args:
        audio: Any recording.
        question: In English or Portuguese, such as "How many times does the dog bark?".
        transcript: What is said, for questions about words and language.
        turns: Who speaks when, for the number of speakers.
        language: Language of the answer.
    """
