"""Speech: write it down, find it, name its language, match it with a text, take fillers out."""

from typing import Annotated, NamedTuple

from tonmeister.artifacts import (
    Measurement,
    Noted,
    SoundEvent,
    SoundEvents,
    SpeechRegions,
    Text,
    Transcript,
)
from tonmeister.streaming import Audio
from tonmeister.tools.fillers import HESITATION, doubtful_words, filler_events, fillers_of, without
from tonmeister.toolspec import Language, Range, tool

__all__ = [
    "WithoutFillers",
    "align",
    "detect_language",
    "detect_speech",
    "remove_fillers",
    "tidied",
    "transcribe",
]

MAX_TOLD = 8
"""Doubtful words named in a note."""


@tool(needs_model=True, suffix="transcript", claims=("times_inside",))
def transcribe(
    audio: Audio, language: Language | None = None, vocabulary: str | None = None
) -> Transcript:  # pyright: ignore[reportReturnType]
    """Write down what is said in a recording, with the time of every word.

    Use it for transcripts and as the step before subtitles. It writes nothing where nobody
    speaks, does not name the speakers, and does not translate.

    Args:
        audio: Speech of any length and rate.
        language: Language that is spoken; left out, it is detected.
        vocabulary: Words and names to expect, spelled as wanted, separated by commas.
    """


@tool(needs_model=True, suffix="speech-regions", claims=("times_inside",))
def detect_speech(
    audio: Audio, threshold: Annotated[float, Range(0.05, 0.95)] = 0.5
) -> SpeechRegions:  # pyright: ignore[reportReturnType]
    """Find when somebody speaks in a recording.

    Use it for the times of speech and pauses. It does not tell who speaks or what is said.

    Args:
        audio: Any recording.
        threshold: Confidence from which sound counts as speech, 0.05 to 0.95.
    """


@tool(needs_model=True, suffix="language")
def detect_language(text: str | Audio | Transcript | Text) -> Measurement:  # pyright: ignore[reportReturnType]
    """Tell which language is spoken or written, and how sure that is.

    Use it when the language of a recording or of a text is asked for. It says so when that is not
    clear; single names and a few syllables cannot be told apart.

    Args:
        text: A recording, a transcript or text, or the words themselves.
    """


@tool(needs_model=True, suffix="aligned", claims=("times_inside",))
def align(
    audio: Audio, text: str | Transcript | Text, language: Language | None = None
) -> Transcript:  # pyright: ignore[reportReturnType]
    """Match a known text with its recording: the time of every word as it is written.

    Use it when the right words exist already, for subtitles from a script or lyrics. It corrects
    neither the text nor the speech, and refuses a text that is not what is said.

    Args:
        audio: Speech, of any length.
        text: The words that are said, in their order.
        language: Language of both; left out, it is detected.
    """


class WithoutFillers(NamedTuple):
    """A recording without its fillers, and what was cut.

    Attributes:
        recording: The recording, with the rate and channels it had.
        edits: What was cut, with times in the recording as it was.
    """

    recording: Audio
    edits: SoundEvents


@tool(version=2, suffix="no-fillers", claims=("audible", "shape_kept"))
def remove_fillers(
    audio: Audio, transcript: Transcript, fillers: str | None = None
) -> WithoutFillers | Noted:
    """Cut um, uh, er, hmm (é, hã, hum …) out of a recording of speech.

    Use it to tidy up speech; it needs a transcript with word times. It takes out what was written
    down as a filler or is held between pauses; it misses some. "É" is cut only between pauses.

    Args:
        audio: The recording that was transcribed.
        transcript: What is said in it, with word times.
        fillers: Words to cut, separated by commas; left out, the usual ones of the language.
    """
    events = filler_events(audio, transcript, fillers_of(transcript.language, fillers))
    return tidied(audio, transcript, events)


def tidied(
    audio: Audio, transcript: Transcript, events: list[SoundEvent]
) -> WithoutFillers | Noted:
    """Return a recording without some events, with notes on what was done and what was not.

    Args:
        audio: The recording.
        transcript: What is said in it.
        events: In order of time, not overlapping.
    """
    edits = SoundEvents(tuple(events), audio.duration)
    if not events:
        result = WithoutFillers(audio, edits)
        note = "No fillers were found in this recording, so nothing was cut."
    else:
        result = WithoutFillers(without(audio, events), edits)
        lost = sum(event.end - event.start for event in events)
        what = "filler was" if len(events) == 1 else "fillers were"
        note = f"{len(events)} {what} cut, {lost:.1f} s in all; some may not have been recognised."
    notes = [note]
    if held := sum(event.label == HESITATION for event in events):
        notes.append(
            f"Found by the sound alone, a vowel or hum held between two pauses: {held} of them."
        )
    if doubtful := doubtful_words(audio, transcript, events):
        told = ", ".join(
            f"'{word.text.strip('.,!?')}' at {word.start:.1f} s" for word in doubtful[:MAX_TOLD]
        )
        notes.append(f"Left in, but perhaps misheard fillers or names: {told}.")
    return Noted(result, tuple(notes))  # pyright: ignore[reportArgumentType]
