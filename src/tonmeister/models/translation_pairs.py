"""From which language into which: found, checked, and refused with what would work."""

from collections.abc import Collection
from dataclasses import dataclass

from tonmeister.errors import ToolInputError
from tonmeister.models.text_language import NAMES, language_of, script_of

__all__ = ["MORE_LANGUAGES", "Pair", "code_of", "found_pair", "name_of"]

MORE_LANGUAGES = (
    "M2M100 knows 100 languages: `pip install 'tonmeister[torch]'`, then "
    "`tonmeister models pull m2m100-418m --allow-pickle`."
)

SCRIPTS = {
    "cyrillic": "ru",
    "greek": "el",
    "arabic": "ar",
    "hebrew": "he",
    "devanagari": "hi",
    "thai": "th",
    "hangul": "ko",
    "hiragana": "ja",
    "katakana": "ja",
    "cjk": "zh",
    "georgian": "ka",
    "armenian": "hy",
}
"""The most widely written language of each script, for texts that say no language."""

ENOUGH = 5_000
"""Characters that are looked at to tell the language."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A direction of translation.

    Attributes:
        source: ISO 639-1 code.
        target: ISO 639-1 code.
        note: What the user must be told about how the source was found; empty for nothing.
    """

    source: str
    target: str
    note: str = ""


def name_of(code: str) -> str:
    """Return the English name of a language, or its code.

    Args:
        code: ISO 639-1 code.
    """
    return NAMES.get(code, f"'{code}'")


def code_of(language: str | None) -> str | None:
    """Return the plain code of "pt-BR" or "EN".

    Args:
        language: A code as people write it.
    """
    plain = (language or "").replace("_", "-").split("-")[0].strip().lower()
    return plain or None


def found_pair(
    text: str,
    target: str,
    *,
    stated: tuple[str | None, str | None],
    known: Collection[str],
    told: str,
    tool: str,
) -> Pair:
    """Decide the direction of a translation.

    Args:
        text: What is to be translated.
        target: Language to translate into.
        stated: Source language as the user says it, and as the text says it itself.
        known: Languages the model translates between, each into every other.
        told: What the model can do, and what would do more; for the refusal.
        tool: Name of the tool, for errors.

    Raises:
        ToolInputError: There are no words, both languages are the same, or the pair is unknown.
    """
    if not any(letter.isalpha() for letter in text):
        raise ToolInputError(
            "There are no words to translate.", tool=tool, hint="Give at least one word."
        )
    wanted = code_of(target) or ""
    note, source = "", code_of(stated[0]) or code_of(stated[1])
    if source is None:
        source, note = _guessed(text, wanted, known)
    if source == wanted:
        raise ToolInputError(
            f"The text is in {name_of(wanted)} already; there is nothing to translate.",
            tool=tool,
            hint="Name another target language, or the language it is really written in.",
        )
    if not {source, wanted} <= set(known):
        raise ToolInputError(
            f"This model does not translate from {name_of(source)} into {name_of(wanted)}.",
            tool=tool,
            hint=told,
        )
    return Pair(source, wanted, note)


def _guessed(text: str, target: str, known: Collection[str]) -> tuple[str, str]:
    """Return the language of a text, and a note that says what it was taken for."""
    sample = text[:ENOUGH]
    script = script_of(sample) or "latin"
    found = language_of(sample) if script == "latin" else SCRIPTS.get(script)
    if found is not None:
        return found, f"The text was taken for {name_of(found)}."
    others = [code for code in ("en", *sorted(known)) if code in known and code != target]
    guess = others[0] if others else "en"
    return guess, f"The language of the text was not clear; it is read as {name_of(guess)}."
