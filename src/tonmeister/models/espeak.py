"""Text to the phonemes Kokoro was trained on, spoken out by espeak-ng (GPL-3.0, an extra).

It serves the languages that we have no rules of our own for, and measurements.

Source of the mapping: misaki 0.9.4 (hexgrad, Apache-2.0), ``misaki/espeak.py``; of the marks, the
vocabulary in Kokoro's ``config.json``.
"""

import re

__all__ = ["Espeak"]

TIE = "\u0361"
SYLLABIC = "\u0329"
MARKS = ';:,.!?—…"“”()'

# A mark counts before a space or the end, an opening one after a space or the beginning, so that
# espeak still sees "3.5", "10:30" and "e.g" whole.
_FRAGMENT = re.compile(r'((?:^|(?<=\s))["“(¿¡]+|[;:,.!?—…"”)]+(?=\s|$)|—)')
_FLAG = re.compile(rf"\((?:{TIE}?[a-z-])+{TIE}?\)")

_ENGLISH = {
    f"ʔˌn{SYLLABIC}": "ʔn",
    f"ʔn{SYLLABIC}": "ʔn",
    "a^ɪ": "I",
    "a^ʊ": "W",
    "d^ʒ": "ʤ",
    "e^ɪ": "A",
    "t^ʃ": "ʧ",
    "ɔ^ɪ": "Y",
    "ə^l": "ᵊl",
    "ʲo": "jo",
    "ʲə": "jə",
    "ʲ": "",
    "e": "A",
    "ɚ": "əɹ",
    "r": "ɹ",
    "x": "k",
    "ç": "k",
    "ɐ": "ə",
    "ɬ": "l",
    "\u0303": "",
}
_BRITISH = {"e^ə": "ɛː", "iə": "ɪə", "ə^ʊ": "Q"}
_AMERICAN = {"o^ʊ": "O", "ɜːɹ": "ɜɹ", "ɜː": "ɜɹ", "ɪə": "iə", "ː": ""}
_ENGLISH_LAST = {"o": "ɔ", "ɾ": "T", "ʔ": "t", "^": ""}
_OTHERS = {
    "a^ɪ": "I",
    "a^ʊ": "W",
    "d^z": "ʣ",
    "d^ʒ": "ʤ",
    "e^ɪ": "A",
    "o^ʊ": "O",
    "ə^ʊ": "Q",
    "s^s": "S",
    "t^s": "ʦ",
    "t^ʃ": "ʧ",
    "ɔ^ɪ": "Y",
    "^": "",
    "-": "",
}


class Espeak:
    """Turns text into phonemes with espeak-ng."""

    def __init__(self) -> None:
        import espeakng_loader
        from phonemizer.backend.espeak.wrapper import EspeakWrapper

        EspeakWrapper.set_library(espeakng_loader.get_library_path())
        EspeakWrapper.set_data_path(espeakng_loader.get_data_path())
        self._espeak = EspeakWrapper()
        self._accent = ""

    def __call__(self, text: str, accent: str) -> str:
        """Return the phonemes of a text, its punctuation kept.

        Args:
            text: A sentence.
            accent: espeak's name of the language: "en-us", "en-gb", "es", "fr-fr", "pt-br" …
        """
        if accent != self._accent:
            self._espeak.set_voice(accent)
            self._accent = accent
        spoken: list[str] = []
        for fragment in _FRAGMENT.split(text.replace("«", "“").replace("»", "”")):
            if any(letter.isalnum() for letter in fragment):
                spoken.append(_padded(fragment, self._phonemes(fragment.strip(), accent)))
            else:
                spoken.append("".join(mark for mark in fragment if mark in MARKS or mark == " "))
        return " ".join("".join(spoken).split())

    def _phonemes(self, fragment: str, accent: str) -> str:
        found = _FLAG.sub("", self._espeak.text_to_phonemes(fragment, True)).replace(TIE, "^")
        if not accent.startswith("en"):
            return _replaced(found, _OTHERS)
        found = _replaced(found, dict(sorted(_ENGLISH.items(), key=lambda pair: -len(pair[0]))))
        found = re.sub(rf"(\S){SYLLABIC}", r"ᵊ\1", found).replace(SYLLABIC, "")
        found = _replaced(found, _BRITISH if accent == "en-gb" else _AMERICAN)
        return _replaced(found, _ENGLISH_LAST)


def _padded(fragment: str, phonemes: str) -> str:
    """Give phonemes the outer spaces of their fragment."""
    before = " " if fragment[:1].isspace() else ""
    return before + phonemes + (" " if fragment[-1:].isspace() else "")


def _replaced(phonemes: str, replacements: dict[str, str]) -> str:
    for old, new in replacements.items():
        phonemes = phonemes.replace(old, new)
    return phonemes
