"""Voices: speak with another person's voice, with their consent; find the closest built-in one."""

import re

from tonmeister.artifacts import Measurement, Text
from tonmeister.errors import ToolUnavailable
from tonmeister.streaming import Audio
from tonmeister.toolspec import Language, tool

__all__ = ["clone_voice", "closest_voice", "convert_voice", "require_consent"]

# Answers that say no, or nothing, are no consent, in English or Portuguese.
HARMLESS = re.compile(
    r"\b(?:no|without|n[aã]o h[aá]|sem) (?:any )?"
    r"(?:problems?|objections?|problemas?|obje[cç][oõ]es)\b",
    re.IGNORECASE,
)
DENIES = re.compile(
    r"\b(?:no|not|never|none|nobody|nothing|without|against|refus\w*|declin\w*|den(?:y|ied|ies)"
    r"|forgot\w*|unknown|pending|maybe|perhaps|if|will|would|should|must|cannot|unless|until"
    r"|ask(?:ed|ing)?"
    r"|n[aã]o|nunca|jamais|ningu[eé]m|nenhum\w*|nada|sem|contra|recus\w*|neg(?:ou|a|aram)|talvez"
    r"|se|quando|vai|vou|esquec\w*|desconhec\w*|pedi\w*|falta)\b|n['’]t\b",
    re.IGNORECASE,
)
AGREES = re.compile(
    r"\b(?:my (?:own )?voice|(?:the )?voice is (?:mine|my own)|agree[sd]?|agreement"
    r"|consent(?:s|ed)?|permission|permit(?:s|ted)?|allow(?:s|ed)|authori[sz](?:es|ed|ation)|approv(?:es|ed|al)"
    r"|(?:said|says) yes|signed|licen[cs]ed?|minha (?:pr[oó]pria )?voz|voz [eé] minha"
    r"|concord(?:a|ou|am|aram|o)|consent(?:e|iu|em|iram|imento)|permi(?:te|tiu|tem|tiram|ss[aã]o)"
    r"|autoriz(?:a|ou|am|aram|a[cç][aã]o)|aceit(?:a|ou|am|aram)|deixou|disse(?:ram)? que sim"
    r"|assin(?:ou|aram)|licen[cç]a)\b",
    re.IGNORECASE,
)
"""What agreement sounds like in English and Portuguese. Words that also deny, ask or wait for it
count as none: to refuse wrongly costs a rewording, to accept wrongly takes somebody's voice."""


@tool(
    needs_model=True,
    synthetic=True,
    imitates=True,
    suffix="cloned",
    claims=("audible", "unclipped"),
)
def clone_voice(
    reference_audio: Audio, text: str | Text, consent: str, language: Language | None = None
) -> Audio:  # pyright: ignore[reportReturnType]
    """Read a text aloud in the voice of a reference recording, with consent.

    Use it to make new speech in the voice of a person who agreed to it. It does not change what
    was already said; convert_voice does that.

    Args:
        reference_audio: The voice to speak with: one person, 3 s of speech or more.
        text: What to say, of any length.
        consent: The words in which the owner of the voice agrees, such as "it is my own voice".
        language: Language of the text; left out, it is detected from the text.
    """


@tool(
    needs_model=True,
    synthetic=True,
    imitates=True,
    suffix="converted",
    claims=("audible", "unclipped", "duration_kept", "shape_kept"),
)
def convert_voice(audio: Audio, reference_audio: Audio, consent: str) -> Audio:  # pyright: ignore[reportReturnType]
    """Make a recording sound as if the voice of a reference had spoken it.

    Use it to change who speaks and keep the words and their timing. It does not make new words;
    clone_voice does that. Several people in one recording all get the same voice.

    Args:
        audio: Speech of one person, of any length, rate and number of channels.
        reference_audio: The voice to take on: one person, 3 s of speech or more.
        consent: The words in which the owner of the voice agrees, such as "it is my own voice".
    """


@tool(needs_model=True, suffix="closest-voice")
def closest_voice(reference_audio: Audio, language: Language | None = None) -> Measurement:  # pyright: ignore[reportReturnType]
    """Find the built-in voice that sounds most like a recording.

    Use it to choose a voice for synthesize_speech. It compares voices as a speaker recognizer
    does, and does not imitate anybody.

    Args:
        reference_audio: The voice to compare with: one person, 3 s of speech or more.
        language: Language the voice must speak; left out, voices of all languages.
    """


def require_consent(consent: str, wanted: str) -> None:
    """Refuse to imitate a voice unless words are there in which its owner agrees.

    Args:
        consent: The words; they are kept in the recipe of the result.
        wanted: Name of the tool.

    Raises:
        ToolUnavailable: There are none, or they say no; the hint says how to give them.
    """
    said = HARMLESS.sub(" ", consent)
    if not AGREES.search(said) or DENIES.search(said):
        found = f"found {consent.strip()!r}" if consent.strip() else "none was given"
        raise ToolUnavailable(
            f"Imitating a voice needs the consent of the person it belongs to; {found}.",
            tool=wanted,
            hint="Say in the request who agreed, and it is recorded with the result: add "
            '"consent: it is my own voice", or "consent: Ana Silva agreed on 3 May 2026".',
        )
