"""Marks in a text to read: "[pause 0.5]" and "{word|/IPA/}"; all else in brackets is text."""

import re
from collections.abc import Callable, Iterator

from tonmeister.errors import ToolInputError

__all__ = ["FIRST_MARK", "LONGEST_PAUSE", "Pronunciations", "paragraphs_of", "pieces_of"]

LONGEST_PAUSE = 10.0
"""Seconds of one pause at most."""

FIRST_MARK = 0xE000
LAST_MARK = 0xF8FF
"""Unicode's private characters stand for words whose pronunciation is given."""

_PAUSE = re.compile(
    r"\[\s*(?:pause|pausa)\s+([+-]?\d+(?:[.,]\d+)?)\s*(?:s|sec|seconds?|segundos?)?\s*\]",
    re.IGNORECASE,
)
_PRONUNCIATION = re.compile(r"\{([^{}|\n]+)\|\s*/([^/{}\n]+)/\s*\}")
_PRIVATE = re.compile(f"[{chr(FIRST_MARK)}-{chr(LAST_MARK)}]")


def paragraphs_of(text: str) -> Iterator[str]:
    """Yield the paragraphs of a text, which empty lines separate.

    Args:
        text: Any text; its private-use characters are dropped.
    """
    for paragraph in re.split(r"\n[^\S\n]*\n", text):
        plain = _PRIVATE.sub("", paragraph)
        if plain.strip():
            yield plain


def pieces_of(paragraph: str) -> Iterator[str | float]:
    """Yield texts, and the pauses between them in seconds.

    Args:
        paragraph: Text that may have "[pause 0.5]" in it.

    Raises:
        ToolInputError: A pause is negative or too long.
    """
    end = 0
    for found in _PAUSE.finditer(paragraph):
        pause = float(found[1].replace(",", "."))
        if not 0.0 <= pause <= LONGEST_PAUSE:
            raise ToolInputError(
                f"'{found[0]}' asks for {pause:g} s; 0 to {LONGEST_PAUSE:g} s are possible.",
                tool="synthesize_speech",
                hint="Put several pauses one after another for a longer one.",
            )
        if paragraph[end : found.start()].strip():
            yield paragraph[end : found.start()]
        yield pause
        end = found.end()
    if paragraph[end:].strip():
        yield paragraph[end:]


class Pronunciations:
    """Words whose phonemes are given in a text, each replaced by a private character.

    Args:
        phonemes_of: Turns IPA into phonemes; called with the IPA and the word.
    """

    def __init__(self, phonemes_of: Callable[[str, str], str]) -> None:
        self._phonemes_of = phonemes_of
        self._given: list[str] = []

    def taken_out(self, text: str) -> str:
        """Return a text with a private character for each "{word|/IPA/}".

        Args:
            text: A piece of text.

        Raises:
            ToolInputError: A symbol is unknown.
        """

        def replaced(found: re.Match[str]) -> str:
            sounds = self._phonemes_of(found[2], found[1])
            if sounds not in self._given:
                if len(self._given) > LAST_MARK - FIRST_MARK:
                    self._given.clear()  # what was said with them has been read
                self._given.append(sounds)
            return chr(FIRST_MARK + self._given.index(sounds))

        return _PRONUNCIATION.sub(replaced, text)

    def __getitem__(self, mark: str) -> str:
        """Return the phonemes a private character stands for."""
        return self._given[ord(mark) - FIRST_MARK]
