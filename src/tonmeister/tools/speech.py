"""Speech: transcribe, enhance, find."""

from typing import Annotated

from tonmeister.artifacts import SpeechRegions, Transcript
from tonmeister.streaming import Audio
from tonmeister.toolspec import Language, Range, tool

__all__ = ["detect_speech", "enhance_speech", "transcribe"]


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


@tool(
    needs_model=True,
    suffix="enhanced",
    claims=("audible", "unclipped", "duration_kept", "shape_kept"),
)
def enhance_speech(audio: Audio, strength: Annotated[float, Range(0.0, 1.0)] = 1.0) -> Audio:  # pyright: ignore[reportReturnType]
    """Remove background noise from a speech recording.

    Use it to clean up a voice, and before transcription when the recording is noisy. It does not
    separate speakers, and music is treated as noise.

    Args:
        audio: Speech, any rate and number of channels.
        strength: Share of the noise to remove, 0.0 (none) to 1.0 (all).
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
