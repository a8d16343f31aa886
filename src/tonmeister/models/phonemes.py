"""Text to the phonemes Kokoro was trained on, spoken out by espeak-ng.

Source of the mapping: misaki 0.9.4 (hexgrad, Apache-2.0), ``misaki/espeak.py``; of the marks, the
vocabulary in Kokoro's ``config.json``.
"""

import re

__all__ = ["Phonemizer", "sentences_of", "written_out"]

TIE = "\u0361"
SYLLABIC = "\u0329"
MARKS = ';:,.!?—…"“”()'

# A mark counts before a space or the end, an opening one after a space or the beginning, so that
# espeak still sees "3.5", "10:30" and "e.g" whole.
_FRAGMENT = re.compile(r'((?:^|(?<=\s))["“(¿¡]+|[;:,.!?—…"”)]+(?=\s|$)|—)')
_SENTENCE_END = re.compile(r'(?<=[.!?…。।])["”’)»]*\s+')
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

_ABBREVIATIONS = {
    "en": {"Mr": "Mister", "Mrs": "Missis", "Ms": "Miz", "Dr": "Doctor", "Prof": "Professor"},
    "es": {"Sr": "señor", "Sra": "señora", "Srta": "señorita", "Dr": "doctor", "Dra": "doctora"},
    "fr": {"M": "monsieur", "Mme": "madame", "Mlle": "mademoiselle", "Dr": "docteur"},
    "it": {"Sig": "signor", "Sig.ra": "signora", "Dott": "dottor", "Prof": "professor"},
    "pt": {"Sr": "senhor", "Sra": "senhora", "Dr": "doutor", "Dra": "doutora"},
}


def written_out(text: str, language: str) -> str:
    """Write titles such as "Mr." out, whose full stop would end the sentence.

    Args:
        text: What will be said.
        language: ISO 639-1 code.
    """
    for short, full in _ABBREVIATIONS.get(language, {}).items():
        # A lone letter is a title only with its full stop: "M. Dupont".
        dot = r"\." if len(short) == 1 else r"\.?"
        text = re.sub(rf"\b{re.escape(short)}{dot}(?=\s+[^\W\d_])", full, text)
    return text


def sentences_of(text: str) -> list[tuple[str, bool]]:
    """Split a text into sentences, each with whether a paragraph ends after it.

    Args:
        text: Any text; an empty line ends a paragraph, as does a line without a full stop
            before an empty line.
    """
    found: list[tuple[str, bool]] = []
    for paragraph in re.split(r"\n\s*\n", text):
        parts = _SENTENCE_END.split(" ".join(paragraph.split()))
        kept = [part for part in parts if any(letter.isalnum() for letter in part)]
        found += [(part, index == len(kept) - 1) for index, part in enumerate(kept)]
    return found


class Phonemizer:
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
