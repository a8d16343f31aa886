"""Synthesis: texts read aloud."""

from typing import Annotated

from tonmeister.artifacts import Text, Transcript
from tonmeister.streaming import Audio
from tonmeister.toolspec import Language, Range, tool

__all__ = ["synthesize_speech"]


@tool(
    needs_model=True,
    suffix="speech",
    synthetic=True,
    claims=("audible", "unclipped", "says_the_text"),
)
def synthesize_speech(
    text: str | Transcript | Text,
    language: Language | None = None,
    voice: str | None = None,
    speed: Annotated[float, Range(0.5, 2.0)] = 1.0,
) -> Audio:  # pyright: ignore[reportReturnType]
    """Read a text aloud.

    Use it to make speech from written words. Lines such as "HOST: …" and "GUEST: …" get one voice
    for each name. It does not translate and does not imitate a particular person.

    Args:
        text: What to say, of any length, or a transcript or document to read. "[pause 0.5]" is
            half a second of silence, "{word|/IPA/}" says how a word is pronounced.
        language: Language of the text; left out, it is detected from the text.
        voice: Name of the voice, "female" or "male"; left out, the default of the language. Of a
            script: "HOST=af_heart, GUEST=am_adam".
        speed: Speaking rate relative to normal, 0.5 to 2.0.
    """
