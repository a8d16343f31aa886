"""Amounts in words and digits, English and Portuguese: times, levels, shares, rates, pitches."""

import re
from collections.abc import Callable

from tonmeister.quantities import HOURS, MILLISECONDS, MINUTES, NUMBER_WORDS, SECONDS

__all__ = ["Mark", "take_amounts"]

Mark = Callable[[str, float, str], str]

_HOUR, _MINUTE, _SECOND = f"(?:{HOURS})", f"(?:{MINUTES})", f"(?:{SECONDS})"
_THING = r"(?! (?:file|one|recording|clip|ficheiro|arquivo|gravacao|audio|result|resultado))"
_COUNTED = (
    r"seconds|secs|segundos|segs|minutes?|minutos?|mins?|hours?|horas?|db|decibels?|decibeis"
    r"|semitones?|semitons?|semitom|octaves?|oitavas?|percent|por cento|times|vezes"
    rf"|(?:second|segundo)\b{_THING}"
)
_PEOPLE = (
    r"(?: (?:different|diferentes|other|unknown))?"
    r" (?:speakers|people|persons|participants|voices|oradores|pessoas|falantes|locutores"
    r"|interlocutores|participantes|vozes)\b"
)
_NUM = r"\d+(?:[.,]\d+)?"
_START = r"(?<![\w.,:@])"
_SIGN = r"(?<![\w\ue000-\uf8ff])(?<![\ue000-\uf8ff] )[+-]"
_AND = r" ?(?:and |e )?"
_REST = rf"(?P<rest>[1-5]?\d)(?![\w:%]|[.,]\d| ?(?:%|k?hz\b|lufs\b|(?:{_COUNTED})\b))"
_SPELLED = re.compile(
    rf"{_START}(?:(?P<h>{_NUM}) ?{_HOUR}\b(?:{_AND}(?P<hm>{_NUM}) ?{_MINUTE}\b)?"
    rf"|(?P<m>{_NUM}) ?{_MINUTE}(?:{_AND}(?:(?P<ms>{_NUM}) ?{_SECOND}\b|{_REST})|\b)"
    rf"|(?P<s>{_NUM}) ?{_SECOND}\b)"
)
_CLOCK = re.compile(
    rf"{_START}(?:(?P<h>\d{{1,2}}):(?=\d\d:))?(?P<m>\d{{1,3}}):(?P<s>[0-5]\d(?:[.,]\d+)?)(?![\w:])"
)
_HALVED = r"seconds?|minutes?|hours?|times|segundos?|minutos?|horas?|vez(?:es)?|oitavas?|octaves?"
_FEW = rf"(?:\d+|{'|'.join(NUMBER_WORDS)}|an?)"
_AND_A_HALF = re.compile(
    rf"{_START}\b(?:(?P<before>{_FEW}) and a half (?P<unit>{_HALVED})\b"
    rf"|(?:(?P<few>{_FEW}) )?(?P<halved>{_HALVED}) (?:and a half|e mei[oa])\b)"
)


def take_amounts(text: str, mark: Mark) -> str:
    """Replace every amount by what ``mark`` gives for it.

    Args:
        text: Folded text.
        mark: Takes the letter of the slot, its value and how it was written ("clock", "s", "min",
            "signed", ""), and returns what stands for it.
    """
    text = _AND_A_HALF.sub(_and_a_half, text)
    text = re.sub(
        rf"\b({'|'.join(NUMBER_WORDS)})(?= (?:{_COUNTED})\b)",
        lambda match: str(NUMBER_WORDS[match.group()]),
        text,
    )
    text = _take_people(text, mark)
    text = re.sub(rf"\b(?:half a second|meio segundo)\b{_THING}", "0.5 s", text)
    text = re.sub(r"\b(?:half a minute|meio minuto)\b", "30 s", text)
    text = re.sub(r"\ba(?=n? (?:minute|hour|semitone|octave)\b)n?", "1", text)
    text = re.sub(r"\bmeio tom\b", "1 semitone", text)
    # "44.1k" is a sample rate; "128k" and "320k" are bit rates.
    text = re.sub(r"\b(8|16|22[.,]05|24|44[.,]1|48|88[.,]2) ?k\b", r"\1 khz", text)
    return _take_levels(_take_times(text, mark), mark)


def _and_a_half(match: re.Match[str]) -> str:
    """Return "um segundo e meio" and "two and a half times" in digits."""
    number = match["before"] or match["few"] or "1"
    whole = 1 if number in ("a", "an") else NUMBER_WORDS.get(number) or int(number)
    unit = match["unit"] or match["halved"]
    return f"{whole}.5 {'vezes' if unit == 'vez' else unit}"


def _take_people(text: str, mark: Mark) -> str:
    def counted(match: re.Match[str]) -> str:
        return mark("C", float(NUMBER_WORDS.get(match[1], 0) or match[1]), "")

    words = "|".join(NUMBER_WORDS)
    return re.sub(rf"(?<![\w.,:])({words}|\d{{1,4}}){_PEOPLE}", counted, text)


def _take_times(text: str, mark: Mark) -> str:
    def clock(match: re.Match[str]) -> str:
        return mark("T", _seconds(match["h"], match["m"], match["s"]), "clock")

    def spelled(match: re.Match[str]) -> str:
        hours, minutes, seconds = match["h"], match["m"] or match["hm"], match["s"]
        value = _seconds(hours, minutes, seconds or match["ms"] or match["rest"])
        return mark("T", value, "s" if seconds else "min")

    def ordinal(match: re.Match[str]) -> str:
        minutes = match[1].startswith("min")
        return mark("T", _value(match[2]) * (60 if minutes else 1), "min" if minutes else "s")

    def milliseconds(match: re.Match[str]) -> str:
        return mark("T", round(_value(match[1]) / 1000, 4), "s")

    text = _CLOCK.sub(clock, text)
    text = re.sub(rf"\b(minuto|minute|second|segundo) ({_NUM})(?![\w:])", ordinal, text)
    text = re.sub(rf"{_START}({_NUM}) ?(?:{MILLISECONDS})\b", milliseconds, text)
    return _SPELLED.sub(spelled, text)


def _seconds(hours: str | None, minutes: str | None, seconds: str | None) -> float:
    parts = (_value(part or "0") for part in (hours, minutes, seconds))
    return round(sum(part * scale for part, scale in zip(parts, (3600, 60, 1), strict=True)), 3)


def _take_levels(text: str, mark: Mark) -> str:
    for kind, unit, scale in (
        ("D", r" ?(?:dbs?|dbfs|dbtp|decibels?|decibeis)\b", 1.0),
        ("L", r" ?(?:lufs|lkfs)\b", 1.0),
        ("S", r" ?(?:semitones?|semitons?|semitom|half steps?|meios tons)\b", 1.0),
        ("S", r" ?(?:octaves?|oitavas?)\b", 12.0),
        ("P", r" ?(?:%|percent\b|por cento\b)", 1.0),
        ("H", r" ?khz\b", 1000.0),
        ("H", r" ?hz\b", 1.0),
        ("X", r" ?(?:x(?!\w)|times\b|vezes\b)", 1.0),
        ("N", r"(?![\w:%]|[.,]\d)", 1.0),
    ):
        words = "" if kind == "N" else r"|\b(?:minus|menos|plus|mais) "

        def amount(match: re.Match[str], kind: str = kind, scale: float = scale) -> str:
            prefix = (match.group(1) or "").strip()
            value = round(_value(match.group(2)) * scale, 4)
            return mark(kind, -value if prefix in ("-", "minus", "menos") else value, prefix)

        text = re.sub(rf"({_SIGN}{words})?{_START}({_NUM}){unit}", amount, text)
    return text


def _value(digits: str) -> float:
    return float(digits.replace(",", "."))
