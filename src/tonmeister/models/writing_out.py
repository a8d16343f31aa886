"""Text as it is spoken: numbers, dates, amounts, units and abbreviations in words."""

import re
from collections.abc import Callable, Sequence

from tonmeister.models.numerals import cardinal, digits

__all__ = ["written_out"]

_ABBREVIATIONS = {
    "es": "Sr=señor Sra=señora Srta=señorita Dr=doctor Dra=doctora Ud=usted etc=etcétera",
    "fr": "M=monsieur Mme=madame Mlle=mademoiselle Dr=docteur etc=etcétéra",
    "it": "Sig=signor Sig.ra=signora Dott=dottor Prof=professor ecc=eccetera",
}
_WORDS = {
    "es": ("coma", "menos", "por ciento", "y"),
    "fr": ("virgule", "moins", "pour cent", "et"),
    "it": ("virgola", "meno", "per cento", "e"),
}
_CURRENCIES = {
    "es": {"€": "euros", "$": "dólares", "£": "libras"},
    "fr": {"€": "euros", "$": "dollars", "£": "livres"},
    "it": {"€": "euro", "$": "dollari", "£": "sterline"},
}
_NUMBER = r"\d{1,3}(?:[.  ]\d{3})+(?:,\d+)?|\d+(?:,\d+)?"


def written_out(text: str, language: str) -> str:
    """Write out in words what is written in digits, signs and abbreviations.

    English and Portuguese are done fully; Chinese and Japanese have numbers, dates, times, amounts
    and units; Spanish, French and Italian numbers, amounts, percentages, times and titles; other
    languages stay as they are.

    Args:
        text: What will be said.
        language: ISO 639-1 code.
    """
    # The many patterns of a language are compiled when it is first spoken.
    if language == "en":
        from tonmeister.models import writing_out_en

        return writing_out_en.written_out(text)
    if language == "pt":
        from tonmeister.models import writing_out_pt

        return writing_out_pt.written_out(text)
    if language == "zh":
        from tonmeister.models import writing_out_zh

        return writing_out_zh.written_out(text)
    if language == "ja":
        from tonmeister.models import writing_out_ja

        return writing_out_ja.written_out(text)
    if language not in _WORDS:
        return text
    for entry in _ABBREVIATIONS[language].split():
        short, full = entry.split("=")
        # A lone letter is a title only with its full stop: "M. Dupont".
        dot = r"\." if len(short) == 1 else r"\.?"
        text = re.sub(rf"\b{re.escape(short)}{dot}(?=\s+[^\W\d_]|\s*$)", full, text)
    return _with_numbers(text, language)


def _with_numbers(text: str, language: str) -> str:
    comma, minus, percent, and_ = _WORDS[language]

    def said(number: str) -> str:
        plain = re.sub(r"[.  ]", "", number)
        whole, _, rest = plain.partition(",")
        if len(whole) > 1 and whole.startswith("0"):
            return digits(whole, language)
        words = cardinal(int(whole), language)
        return f"{words} {comma} {digits(rest, language)}" if rest else words

    symbols = _CURRENCIES[language]
    signs = "".join(re.escape(sign) for sign in symbols)
    rules: Sequence[tuple[str, Callable[[re.Match[str]], str]]] = (
        (rf"({_NUMBER})\s?([{signs}])", lambda m: f"{said(m[1])} {symbols[m[2]]}"),
        (rf"([{signs}])\s?({_NUMBER})", lambda m: f"{said(m[2])} {symbols[m[1]]}"),
        (rf"({_NUMBER})\s?%", lambda m: f"{said(m[1])} {percent}"),
        (r"\b([01]?\d|2[0-3])[:h]([0-5]\d)\b", lambda m: _time(m[1], m[2], language, and_)),
        (r"\b([01]?\d|2[0-3])()\s?h\b", lambda m: _time(m[1], "0", language, and_)),
        (rf"(?<![\w-])[-−]({_NUMBER})", lambda m: f"{minus} {said(m[1])}"),
        (r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])", lambda m: " "),
        (rf"({_NUMBER})(?=\s[^\W\d_])", lambda m: _before_noun(said(m[1]), language)),
        (rf"{_NUMBER}", lambda m: said(m[0])),
    )
    for pattern, write in rules:
        text = re.sub(pattern, write, text)
    return text


def _before_noun(words: str, language: str) -> str:
    """Shorten a Spanish "uno": "veintiún años"."""
    if language != "es":
        return words
    return re.sub(r"veintiuno$", "veintiún", re.sub(r"\buno$", "un", words))


def _time(hours: str, minutes: str, language: str, and_: str) -> str:
    head, tail = cardinal(int(hours), language), cardinal(int(minutes), language)
    if language == "fr":
        head = f"{'une' if int(hours) == 1 else head} heure{'s' if int(hours) > 1 else ''}"
        return head if int(minutes) == 0 else f"{head} {tail}"
    if int(minutes) == 0:
        return head
    return f"{head} {and_} {tail}"
