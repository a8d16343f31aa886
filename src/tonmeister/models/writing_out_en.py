"""English text as it is spoken.

Source: Ebden and Sproat, "The Kestrel TTS text normalization system" (2015), for the kinds of
tokens there are; the words are American usage.
"""

import re
from collections.abc import Callable, Mapping

from tonmeister.models.letters import listed, pairs_of, phrases_of
from tonmeister.models.numerals import cardinal, digits, ordinal, roman_value

__all__ = ["written_out"]

_MONTHS = listed(
    "January February March April May June July August September October November December"
)
_MONTH = r"(?:(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?)"
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_SCALE = r"(?:\s?(thousand|million|billion|trillion|[kKmMbB](?:n|io)?)\b)?"
_SCALES = {"k": "thousand", "m": "million", "b": "billion", "mio": "million", "bn": "billion"}
# Sign → one, many, one hundredth, many.
_CURRENCIES = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "US$": ("US dollar", "US dollars", "cent", "cents"),
    "€": ("euro", "euros", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
    "R$": ("real", "reais", "centavo", "centavos"),
    "¥": ("yen", "yen", "", ""),
    "USD": ("US dollar", "US dollars", "cent", "cents"),
    "EUR": ("euro", "euros", "cent", "cents"),
    "GBP": ("pound", "pounds", "penny", "pence"),
    "BRL": ("real", "reais", "centavo", "centavos"),
}
_CURRENCY = r"(US\$|R\$|[$€£¥]|\b(?:USD|EUR|GBP|BRL)\b)"
# Unit → one and many; "/" and "²" are made of their parts.
_UNITS = phrases_of(
    "km=kilometre|kilometres; m=metre|metres; cm=centimetre|centimetres; "
    "mm=millimetre|millimetres; mi=mile|miles; ft=foot|feet; yd=yard|yards; "
    "kg=kilogram|kilograms; g=gram|grams; mg=milligram|milligrams; t=ton|tons; "
    "lb=pound|pounds; oz=ounce|ounces; l=litre|litres; ml=millilitre|millilitres; "
    "h=hour|hours; s=second|seconds; ms=millisecond|milliseconds; min=minute|minutes; "
    "lbs=pound|pounds; hr=hour|hours; hrs=hour|hours; mins=minute|minutes; "
    "secs=second|seconds; sec=second|seconds; Hz=hertz|hertz; kHz=kilohertz|kilohertz; "
    "MHz=megahertz|megahertz; GHz=gigahertz|gigahertz; W=watt|watts; kW=kilowatt|kilowatts; "
    "kWh=kilowatt hour|kilowatt hours; V=volt|volts; A=ampere|amperes; "
    "mA=milliampere|milliamperes; dB=decibel|decibels; kB=kilobyte|kilobytes; "
    "KB=kilobyte|kilobytes; MB=megabyte|megabytes; GB=gigabyte|gigabytes; "
    "TB=terabyte|terabytes; Mbps=megabit per second|megabits per second; "
    "°C=degree Celsius|degrees Celsius; °F=degree Fahrenheit|degrees Fahrenheit; "
    "°=degree|degrees; ºC=degree Celsius|degrees Celsius; "
    "km/h=kilometre per hour|kilometres per hour; mph=mile per hour|miles per hour; "
    "m/s=metre per second|metres per second; km²=square kilometre|square kilometres; "
    "m²=square metre|square metres; m³=cubic metre|cubic metres; "
    "bpm=beat per minute|beats per minute; fps=frame per second|frames per second; "
    "px=pixel|pixels; kcal=kilocalorie|kilocalories"
)
_UNIT = "|".join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))
_ABBREVIATIONS = pairs_of(
    "Mr:Mister Mrs:Missis Ms:Miz Dr:Doctor Prof:Professor Jr:Junior Sr:Senior Gen:General "
    "Col:Colonel Capt:Captain Lt:Lieutenant Sgt:Sergeant Rev:Reverend Hon:Honourable "
    "Gov:Governor Sen:Senator Rep:Representative Pres:President St:Saint Mt:Mount Ft:Fort"
)
_LATER_ABBREVIATIONS = (
    (r"\be\.\s?g\.,?", "for example,"),
    (r"\bi\.\s?e\.,?", "that is,"),
    (r"\betc\.(?=\s+[A-Z]|\s*$)", "et cetera."),
    (r"\betc\b\.?", "et cetera"),
    (r"\bvs\b\.?", "versus"),
    (r"\bapprox\.", "approximately"),
    (r"\bdept\.", "department"),
    (r"\b(Inc|Corp)\.(?!\s*$)", r"\1"),
    (r"\bLtd\b\.?", "Limited"),
    (r"\bCo\.(?=\s|,|$)", "Company"),
    (r"\bmin\.(?=\s)", "minimum"),
    (r"\bmax\.(?=\s)", "maximum"),
    (r"\bAve\.", "Avenue"),
    (r"\bBlvd\b\.?", "Boulevard"),
    (r"(?<=[a-z] )St\.?(?=\s*$|[,.]|\s+[a-z])", "Street"),
    (r"(?<=[a-z] )Rd\.?(?=\s*$|[,.]|\s+[a-z])", "Road"),
    (r"\bw/o\b", "without"),
    (r"\bw/(?=\s|\w)", "with "),
    (r"\ba\.k\.a\.?", "also known as"),
    (r"\bp\.\s?(?=\d)", "page "),
    (r"\bpp\.\s?(?=\d)", "pages "),
    (r"\b(?:fig|Fig)\.\s?(?=\d)", "figure "),
    (r"\bvol\.\s?(?=\d|[IVX])", "volume "),
    (r"\b[Nn]os?\.\s?(?=\d)", "number "),
    (r"#(?=\d)", "number "),
)
_NUMBERED = (
    "Chapter|Part|Volume|Vol|Act|Scene|Book|Section|Article|War|Figure|Appendix|Phase|Type|Class|"
    "Level|Grade|Title|Canto|Stage|Mark|Episode|Season|Lesson|Unit|Module|Table|Step|Symphony|Opus"
)
_RULERS = (
    "King|Queen|Pope|Henry|Louis|George|Charles|James|William|Edward|Richard|Elizabeth|John|Paul|Pius|"
    "Benedict|Gregory|Innocent|Leo|Clement|Urban|Alexander|Philip|Frederick|Catherine|Nicholas|Peter|"
    "Napoleon|Ramses|Ramesses|Ptolemy|Francis|Ferdinand|Joseph|Otto|Leopold|Alfonso|Pedro|João|Harald|"
    "Felipe|Juan|Carlos|Haakon|Gustav|Christian|Mary|Robert|David|Malcolm|Constantine|Theodosius"
)
_YEARS_AFTER = (
    r"(?:in|since|from|until|till|by|before|after|around|circa|of|to|and|year|early|late|mid|during|"
    r"between|born|died|summer|winter|spring|autumn|fall|"
    + "|".join(_MONTHS)
    + r")"
)  # fmt: skip


def written_out(text: str) -> str:
    """Write an English text out in words.

    Args:
        text: A paragraph or less.
    """
    for pattern, write in _RULES:
        text = pattern.sub(write, text)
    return text


def _number(text: str) -> str:
    """Read a number with commas and a decimal point."""
    whole, _, rest = text.replace(",", "").partition(".")
    if len(whole) > 1 and whole.startswith("0"):
        return digits(text, "en")
    said = cardinal(int(whole or "0"), "en")
    return f"{said} point {digits(rest, 'en')}" if rest else said


def _year(number: int) -> str:
    """Read a year: "nineteen oh five", "two thousand one", "twenty twenty-six"."""
    head, tail = divmod(number, 100)
    if not 1010 <= number < 2100 or 2000 <= number < 2010 or number % 1000 == 0:
        return cardinal(number, "en")
    if tail == 0:
        return f"{cardinal(head, 'en')} hundred"
    return f"{cardinal(head, 'en')} {'oh ' if tail < 10 else ''}{cardinal(tail, 'en')}"


def _date(year: str | None, month: int, day: int) -> str | None:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    said = f"{_MONTHS[month - 1]} {ordinal(day, 'en')}"
    if not year:
        return said
    return f"{said}, {_year(int(year) if len(year) == 4 else 2000 + int(year))}"


def _numeric_date(found: re.Match[str]) -> str:
    """Read 11/24/2026 and 24/11/2026; where both are possible the month comes first."""
    first, second = int(found[1]), int(found[3])
    said = _date(found[4], first, second) or _date(found[4], second, first)
    return said or found[0]


def _named_month(name: str) -> int:
    return next(place for place, month in enumerate(_MONTHS, 1) if month.startswith(name[:3]))


def _time(found: re.Match[str]) -> str:
    hours, minutes, seconds, half = int(found[1]), int(found[2]), found[3], found[4]
    said = cardinal(hours, "en")
    if minutes:
        said += f" {'oh ' if minutes < 10 else ''}{cardinal(minutes, 'en')}"
    elif not half:
        said += " o'clock" if hours <= 12 and hours else " hundred hours"
    if seconds:
        said += f" and {cardinal(int(seconds), 'en')} seconds"
    return f"{said} {half[0].upper()}M" if half else said


def _amount(sign: str, number: str, scale: str | None) -> str:
    one, many, cent, cents = _CURRENCIES[sign]
    if scale:
        return f"{_number(number)} {_SCALES.get(scale.lower(), scale.lower())} {many}"
    whole, _, rest = number.replace(",", "").partition(".")
    if len(rest) not in (0, 2) or not cent:
        return f"{_number(number)} {many}"
    parts: list[str] = []
    if int(whole or "0") or not int(rest or "0"):
        parts.append(
            f"{cardinal(int(whole or '0'), 'en')} {one if int(whole or '0') == 1 else many}"
        )
    if int(rest or "0"):
        parts.append(f"{cardinal(int(rest), 'en')} {cent if int(rest) == 1 else cents}")
    return " and ".join(parts)


def _measure(number: str, unit: str) -> str:
    one, many = _UNITS[unit].split("|")
    return f"{_number(number)} {one if number == '1' else many}"


def _roman(found: re.Match[str]) -> str:
    value = roman_value(found[2])
    return found[0] if value is None else f"{found[1]} {cardinal(value, 'en')}"


def _ruler(found: re.Match[str]) -> str:
    value = roman_value(found[2])
    return found[0] if value is None else f"{found[1]} the {ordinal(value, 'en')}"


def _century(found: re.Match[str]) -> str:
    value = roman_value(found[1])
    return found[0] if value is None else f"{ordinal(value, 'en')} {found[2]}"


def _fraction(found: re.Match[str]) -> str:
    above, below = int(found[1]), int(found[2])
    if not 0 < above < below or below > 20:
        return f"{cardinal(above, 'en')} over {cardinal(below, 'en')}"
    name = {2: "half", 4: "quarter"}.get(below, ordinal(below, "en"))
    plural = "" if above == 1 else "s"
    return f"{cardinal(above, 'en')} {name}{plural}"


def _address(found: re.Match[str]) -> str:
    """Read a web or mail address: dots and slashes are said."""
    text = re.sub(r"^[a-z]+://", "", found[0], flags=re.IGNORECASE)
    ending = re.search(r"[.,;:!?)]*$", text)
    tail = ending[0] if ending else ""
    text = text.removesuffix(tail).rstrip("/")
    said = {".": " dot ", "/": " slash ", "@": " at ", "-": " dash ", "_": " underscore "}
    text = re.sub(r"www(?=\.)", "w w w", text, flags=re.IGNORECASE)
    text = re.sub(r"[./@_-]", lambda sign: said[sign[0]], text)
    text = re.sub(r"[^\w\s]+", " ", text)
    text = re.sub(r"\d+", lambda number: f" {digits(number[0], 'en')} ", text)
    return " ".join(text.split()) + tail


_PLURALS: Mapping[str, str] = {"twenty": "twenties", "hundred": "hundreds", "thousand": "thousands"}


def _decade(found: re.Match[str]) -> str:
    said = _year(int(found[1])) if len(found[1]) == 4 else cardinal(int(found[1]), "en")
    head, _, last = said.rpartition(" ")
    last = _PLURALS.get(last, f"{last[:-1]}ies" if last.endswith("y") else f"{last}s")
    return f"{head} {last}".strip()


_FRACTION_SIGNS = {"½": "1/2", "¼": "1/4", "¾": "3/4", "⅓": "1/3", "⅔": "2/3"}
_Write = str | Callable[[re.Match[str]], str]
_SOURCES: tuple[tuple[str, _Write], ...] = (
    (r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+", _address),
    (r"\bhttps?://\S+|\bwww\.\S+", _address),
    (r"\b[a-z][\w-]*(?:\.[a-z][\w-]*)*\.(?:com|org|net|io|dev|edu|gov|co\.uk|de|fr|pt|br|eu|ai)\b"
     r"(?:/[\w./-]*\w)?", _address),
    (r"\b(Mr|Mrs|Ms|Dr|Prof|Gen|Col|Capt|Lt|Sgt|Rev|Hon|Gov|Sen|Rep|Pres|St|Mt|Ft)\b\.?"
     r"(?=\s+[A-Z\ue000-\uf8ff])(?<!\w\.\w\.)", lambda m: _ABBREVIATIONS[m[1]]),
    (r"\b(Jr|Sr)\.", lambda m: _ABBREVIATIONS[m[1]]),
    *_LATER_ABBREVIATIONS,
    # Dates and times.
    (r"\b(\d{4})-(\d{2})-(\d{2})(?:T[\d:.]+Z?)?\b",
     lambda m: _date(m[1], int(m[2]), int(m[3])) or m[0]),
    (r"\b(\d{1,2})([/.-])(\d{1,2})\2(\d{4})\b", _numeric_date),
    (rf"\b{_MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})\b",
     lambda m: _date(m[3], _named_month(m[1]), int(m[2])) or m[0]),
    (rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH},?\s+(\d{{4}})\b",
     lambda m: _date(m[3], _named_month(m[2]), int(m[1])) or m[0]),
    (rf"\b{_MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*[:%]|\.\d)",
     lambda m: _date(None, _named_month(m[1]), int(m[2])) or m[0]),
    (rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH}(?=\W|$)",
     lambda m: f"the {ordinal(int(m[1]), 'en')} of {_MONTHS[_named_month(m[2]) - 1]}"),
    (r"\b(\d{1,2}):([0-5]\d)(?::([0-5]\d))?(?:\s?([aApP])\.?[mM]\b(?:\.(?=\s+[^A-Z\s]))?)?", _time),
    (r"\b(\d{1,2})\s?([aApP])\.?[mM]\b(?:\.(?=\s+[^A-Z\s]))?",
     lambda m: f"{cardinal(int(m[1]), 'en')} {m[2].upper()}M"),
    (r"\b(\d{3}0)['’]?s\b", _decade),
    (r"['’](\d0)s\b", _decade),
    (r"\b([3-7])['’](\d{1,2})(?!\d)[\"”]?", lambda m: f"{_number(m[1])} foot {_number(m[2])}"),
    (r"\b24/7\b", "twenty-four seven"),
    # Money, shares, units.
    (rf"[-−]\s?{_CURRENCY}\s?({_NUMBER}){_SCALE}",
     lambda m: f"minus {_amount(m[1], m[2], m[3])}"),
    (rf"{_CURRENCY}\s?({_NUMBER}){_SCALE}", lambda m: _amount(m[1], m[2], m[3])),
    (rf"({_NUMBER}){_SCALE}\s?{_CURRENCY}", lambda m: _amount(m[3], m[1], m[2])),
    (rf"(?<![\w.,])({_NUMBER})(M|B|bn|k)\b", lambda m: f"{_number(m[1])} {_SCALES[m[2].lower()]}"),
    (rf"({_NUMBER})\s?%", lambda m: f"{_number(m[1])} percent"),
    (rf"(?<![\w.,])({_NUMBER})\s?({_UNIT})(?![\w/²³°])", lambda m: _measure(m[1], m[2])),
    # Telephone numbers, ranks, decades, years.
    (r"\+\d[\d ().-]{6,}\d", lambda m: f"plus {digits(m[0], 'en')}"),
    (r"\(\d{3}\)\s?\d{3}[-. ]\d{4}\b|\b\d{3}[-.]\d{3}[-.]\d{4}\b|\b\d{3}-\d{4}\b",
     lambda m: digits(m[0], "en")),
    (r"\b(\d{1,3}(?:,\d{3})*|\d+)(?:st|nd|rd|th)\b",
     lambda m: ordinal(int(m[1].replace(",", "")), "en")),
    (rf"\b({_NUMBERED}\.?) ([IVXLC]+)\b(?!['’.]\w)", _roman),
    (rf"\b({_RULERS}) ([IVX]{{2,}}|V|X)\b", _ruler),
    (r"\b([IVX]+)(?:th|st|nd|rd)? (century|centuries|dynasty)\b", _century),
    (rf"(?i:\b({_YEARS_AFTER},?\s+(?:the\s+year\s+)?))(1\d\d\d|20\d\d)\b(?![,.]\d|\s?[-–]\d)",
     lambda m: m[1] + _year(int(m[2]))),
    (r"\b(1[1-9]\d\d|20\d\d)\s?[-–]\s?(1[1-9]\d\d|20\d\d)\b",
     lambda m: f"{_year(int(m[1]))} to {_year(int(m[2]))}"),
    (r"(?<![\d,.$€£-])\b(1[5-9]\d\d|20\d\d)\b(?![,.]\d|\s?[-–]\d|\s(?:people|[a-z]{2,}s)\b)",
     lambda m: _year(int(m[1]))),
    # What is left of numbers.
    (r"[½¼¾⅓⅔]", lambda m: _FRACTION_SIGNS[m[0]]),
    (r"(?<![\d/])(\d{1,3})/(\d{1,3})(?![\d/])", _fraction),
    (r"\b(\d+)\.(\d+)\.(\d+)(?:\.(\d+))?\b",
     lambda m: " point ".join(cardinal(int(part), "en") for part in m.groups() if part)),
    (rf"({_NUMBER})\s?[–-]\s?({_NUMBER})(?![\w-])",
     lambda m: f"{_number(m[1])} to {_number(m[2])}"),
    (r"(?<![\w.)-])[-−](?=\.?\d)", "minus "),
    (r"(?<=\d)\s?[x×]\s?(?=\d)", " times "),
    (r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])", " "),
    (rf"{_NUMBER}", lambda m: _number(m[0])),
)  # fmt: skip
_RULES = [(re.compile(pattern), write) for pattern, write in _SOURCES]
