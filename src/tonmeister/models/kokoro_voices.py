"""Kokoro's voices: who they are, what they speak, and which one fits.

Names, genders and grades are the publisher's: hexgrad, "Kokoro-82M", VOICES.md (2025). A grade
weighs quality and amount of a voice's recordings; Spanish and Portuguese voices have none.
"""

import difflib
from collections.abc import Sequence

from tonmeister.errors import ToolInputError
from tonmeister.models.text_language import NAMES, script_of
from tonmeister.toolspec import Voice

__all__ = [
    "ACCENTS",
    "GENDERS",
    "LANGUAGES",
    "SCRIPTS",
    "VOICES",
    "cast",
    "expect_script",
    "fitting_voice",
    "voice_named",
]


# First letter of a name → language, accent, extra that it needs.
_FAMILIES = {
    "a": ("en", "en-us", ""),
    "b": ("en", "en-gb", ""),
    "e": ("es", "es", ""),
    "f": ("fr", "fr-fr", ""),
    "h": ("hi", "hi", "espeak"),
    "i": ("it", "it", ""),
    "p": ("pt", "pt-br", ""),
    "j": ("ja", "ja", "japanese"),
    "z": ("zh", "zh", "chinese"),
}
# Within an accent, the default voice first, then by grade.
_GRADES = (
    *("af_heart=A", "af_bella=A-", "af_nicole=B-", "af_aoede=C+", "af_kore=C+", "af_sarah=C+"),
    *("af_alloy=C", "af_nova=C", "af_sky=C-", "af_jessica=D", "af_river=D"),
    *("am_michael=C+", "am_fenrir=C+", "am_puck=C+", "am_echo=D", "am_eric=D", "am_liam=D"),
    *("am_onyx=D", "am_santa=D-", "am_adam=F+"),
    *("bf_emma=B-", "bf_isabella=C", "bf_alice=D", "bf_lily=D"),
    *("bm_fable=C", "bm_george=C", "bm_lewis=D+", "bm_daniel=D"),
    *("ef_dora=", "em_alex=", "em_santa=", "ff_siwis=B-"),
    *("hf_alpha=C", "hf_beta=C", "hm_omega=C", "hm_psi=C", "if_sara=C", "im_nicola=C"),
    *("jf_alpha=C+", "jf_gongitsune=C", "jf_tebukuro=C", "jf_nezumi=C-", "jm_kumo=C-"),
    *("pf_dora=", "pm_alex=", "pm_santa="),
    *("zf_xiaobei=D", "zf_xiaoni=D", "zf_xiaoxiao=D", "zf_xiaoyi=D"),
    *("zm_yunjian=D", "zm_yunxi=D", "zm_yunxia=D", "zm_yunyang=D"),
)


def _voice(entry: str) -> Voice:
    name, grade = entry.split("=")
    language, accent, extra = _FAMILIES[name[0]]
    return Voice(name, language, accent, {"f": "female", "m": "male"}[name[1]], grade, extra)


VOICES = tuple(_voice(entry) for entry in _GRADES)
GENDERS = frozenset({voice.gender for voice in VOICES})
_BY_NAME = {voice.name: voice for voice in VOICES}
LANGUAGES = tuple(sorted({voice.language for voice in VOICES}))
ACCENTS = tuple(sorted({voice.accent for voice in VOICES}))
SCRIPTS = {"latin": None, "devanagari": "hi", "hiragana": "ja", "cjk": "zh"}
"""Scripts that are read, each with its language; several are written in Latin letters."""


def voice_named(name: str, fitting: Sequence[Voice] = ()) -> Voice:
    """Return the voice of a name.

    Args:
        name: Name of a voice.
        fitting: Voices to suggest; all by default.

    Raises:
        ToolInputError: There is none.
    """
    voice = _BY_NAME.get(name.strip().lower())
    if voice is None:
        known = [one.name for one in fitting or VOICES]
        close = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.4)
        meant = f"Did you mean '{close[0]}'? " if close else ""
        raise _refused(f"Voice '{name}' is unknown.", f"{meant}Voices: {', '.join(known)}.")
    return voice


def fitting_voice(name: str | None, language: str | None) -> Voice:
    """Return the voice to use; either its name or a language is given.

    Args:
        name: Name of a voice, or "female" or "male" for the first such one of the language; None
            for the default one.
        language: ISO 639-1 code; None to accept any.

    Raises:
        ToolInputError: The voice or the language is not to be had, or they do not go together.
    """
    if language is not None and language not in LANGUAGES:
        told = f"Language '{language}' is not spoken here."
        raise _refused(told, f"Languages: {', '.join(LANGUAGES)}.")
    fitting = [one for one in VOICES if one.language == language or language is None]
    if name is None:
        return fitting[0]
    if name.strip().lower() in GENDERS:
        return _of_gender(name.strip().lower(), fitting)
    voice = voice_named(name, fitting)
    if voice not in fitting:
        raise _refused(
            f"Voice '{voice.name}' speaks {NAMES[voice.language]}, not '{language}'.",
            f"Voices: {', '.join(one.name for one in fitting)}.",
        )
    return voice


def _of_gender(gender: str, fitting: Sequence[Voice]) -> Voice:
    found = [one for one in fitting if one.gender == gender]
    if not found:
        language = NAMES[fitting[0].language]
        raise _refused(
            f"No {gender} voice speaks {language}.",
            f"Voices: {', '.join(one.name for one in fitting)}.",
        )
    return found[0]


def cast(speakers: Sequence[str], language: str, given: dict[str, Voice]) -> dict[str, Voice]:
    """Give every speaker of a script a voice of its own, women and men in turn.

    Args:
        speakers: Names in order of appearance.
        language: ISO 639-1 code.
        given: Voices that are settled already, by speaker.

    Returns:
        A voice for each speaker; voices repeat only when there are more speakers than voices.
    """
    first = fitting_voice(None, language)
    fitting = [one for one in VOICES if one.language == language]
    # The default accent first: an American and a British voice do not mix unless they must.
    fitting.sort(key=lambda one: one.accent != first.accent)
    chosen: dict[str, Voice] = {}
    gender = "female"
    for speaker in speakers:
        if speaker in given:
            chosen[speaker] = given[speaker]
        else:
            taken = {one.name for one in (*chosen.values(), *given.values())}
            free = [one for one in fitting if one.name not in taken] or fitting
            same = [one for one in free if one.gender == gender]
            chosen[speaker] = (same or free)[0]
        gender = "male" if chosen[speaker].gender == "female" else "female"
    return chosen


def expect_script(text: str, language: str, tool: str) -> None:
    """Refuse a text whose characters the voices of a language do not read.

    Args:
        text: All that will be said.
        language: ISO 639-1 code of the voice.
        tool: For the error.

    Raises:
        ToolInputError: Chinese or Japanese is asked for, and the text is written in neither; or
            it is written in one of them, and another language is asked for.
    """
    wide = "".join(letter for letter in text if "\u3040" <= letter <= "\u9fff")
    if language in ("ja", "zh"):
        found = SCRIPTS.get(script_of(wide) or "")
        # Japanese may have no kana in it.
        fits = found == language or (language == "ja" and found == "zh")
    else:
        found = SCRIPTS.get(script_of(text) or "")
        fits = found not in ("ja", "zh")
    if fits:
        return
    told = f"is {NAMES[found]}" if found else f"has no {NAMES[language]} characters"
    raise ToolInputError(
        f"The text {told}, so no {NAMES[language]} voice can read it.",
        tool=tool,
        hint="Translate it first, or let a voice of its own language read it.",
    )


def _refused(message: str, hint: str) -> ToolInputError:
    return ToolInputError(message, tool="synthesize_speech", hint=hint)
