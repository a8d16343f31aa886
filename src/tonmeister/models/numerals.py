"""Numbers in words: English, Portuguese (Brazil), Spanish, French and Italian."""

import re

__all__ = ["cardinal", "digits", "ordinal", "roman_value"]

LARGEST = 10**15 - 1
"""Larger numbers are read digit by digit."""

_ENGLISH = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety"
)
_PORTUGUESE = (
    "zero um dois três quatro cinco seis sete oito nove dez onze doze treze quatorze quinze "
    "dezesseis dezessete dezoito dezenove vinte trinta quarenta cinquenta sessenta setenta oitenta "
    "noventa"
)
_SPANISH = (
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
    "dieciséis diecisiete dieciocho diecinueve veinte treinta cuarenta cincuenta sesenta setenta "
    "ochenta noventa"
)
_FRENCH = (
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize "
    "dix-sept dix-huit dix-neuf vingt trente quarante cinquante soixante"
)
_ITALIAN = (
    "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici "
    "quindici sedici diciassette diciotto diciannove venti trenta quaranta cinquanta sessanta "
    "settanta ottanta novanta"
)
_SMALL = {
    language: words.split()
    for language, words in (
        ("en", _ENGLISH),
        ("pt", _PORTUGUESE),
        ("es", _SPANISH),
        ("fr", _FRENCH),
        ("it", _ITALIAN),
    )
}
_HUNDREDS = {
    language: words.split()
    for language, words in (
        ("pt", "- cento duzentos trezentos quatrocentos quinhentos seiscentos setecentos "
               "oitocentos novecentos"),
        ("es", "- ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos "
               "ochocientos novecientos"),
    )
}  # fmt: skip
_SCALES = {
    "en": ("thousand", "million", "billion", "trillion"),
    "pt": ("mil", "milhão milhões", "bilhão bilhões", "trilhão trilhões"),
    "es": ("mil", "millón millones", "mil millones", "billón billones"),
    "fr": ("mille", "million millions", "milliard milliards", "billion billions"),
    "it": ("mila", "milione milioni", "miliardo miliardi", "bilione bilioni"),
}
_ORDINAL_ENDINGS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_ORDINALS_PT = (
    "- primeiro segundo terceiro quarto quinto sexto sétimo oitavo nono",
    "- décimo vigésimo trigésimo quadragésimo quinquagésimo sexagésimo septuagésimo octogésimo "
    "nonagésimo",
    "- centésimo ducentésimo trecentésimo quadringentésimo quingentésimo sexcentésimo "
    "septingentésimo octingentésimo noningentésimo",
)
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_ROMAN_FORM = re.compile(
    r"(?=[MDCLXVI])M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
)


def cardinal(number: int, language: str, *, feminine: bool = False) -> str:
    """Return a whole number in words.

    Args:
        number: Any whole number.
        language: "en", "pt", "es", "fr" or "it".
        feminine: Agree with a feminine noun, where the language does.
    """
    if number < 0:
        minus = {"pt": "menos", "es": "menos", "fr": "moins", "it": "meno"}.get(language, "minus")
        return f"{minus} {cardinal(-number, language, feminine=feminine)}"
    if number > LARGEST:
        return digits(str(number), language)
    groups: list[int] = []
    rest = number
    while rest or not groups:
        rest, group = divmod(rest, 1000)
        groups.append(group)
    parts: list[tuple[int, str]] = []
    for power in range(len(groups) - 1, -1, -1):
        if groups[power]:
            parts.append((groups[power], _scaled(groups[power], power, language, feminine)))
    if not parts:
        return _SMALL[language][0]
    words = parts[0][1]
    for place, (group, said) in enumerate(parts[1:], start=2):
        # "mil e cem", "mil e dois", but "mil duzentos e dois"
        link = language == "pt" and place == len(parts) and (group <= 100 or group % 100 == 0)
        words += f" e {said}" if link else f" {said}"
    return words


def ordinal(number: int, language: str, *, feminine: bool = False) -> str:
    """Return a number of a rank in words, such as "twenty-first".

    Args:
        number: 1 or more; in Portuguese from 1000 on the cardinal is used, as people do.
        language: "en" or "pt".
        feminine: "primeira" for "primeiro".
    """
    if language == "en":
        words = cardinal(number, "en")
        head, last = re.fullmatch(r"(.*?)([a-z]+)", words).groups()  # pyright: ignore[reportOptionalMemberAccess]
        if last in _ORDINAL_ENDINGS:
            return head + _ORDINAL_ENDINGS[last]
        return head + (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")
    if not 0 < number < 1000:
        return cardinal(number, "pt", feminine=feminine)
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    tables = [words.split() for words in _ORDINALS_PT]
    parts = [tables[2][hundreds], tables[1][tens], tables[0][ones]]
    said = " ".join(part for part in parts if part != "-")
    return re.sub(r"o\b", "a", said) if feminine else said


def digits(text: str, language: str) -> str:
    """Return digits one by one; other characters separate groups.

    Args:
        text: For example "555-1234".
        language: "en", "pt", "es", "fr" or "it".
    """
    groups = re.findall(r"\d+", text)
    return ", ".join(" ".join(_SMALL[language][int(one)] for one in group) for group in groups)


def roman_value(text: str) -> int | None:
    """Return the value of a Roman numeral in capitals; None when it is none.

    Args:
        text: For example "XIV".
    """
    if not text or not _ROMAN_FORM.fullmatch(text):
        return None
    values = [_ROMAN[letter] for letter in text]
    following = [*values[1:], 0]
    return sum(-one if one < two else one for one, two in zip(values, following, strict=True))


def _scaled(group: int, power: int, language: str, feminine: bool) -> str:
    """Return three digits with "thousand" or "million" after them."""
    if power == 0:
        return _group(group, language, feminine)
    scale, *plural = _SCALES[language][power - 1].split(" ", 1)
    if language == "es" and power == 3:
        return f"{'' if group == 1 else _short(_group(group, 'es', False)) + ' '}mil millones"
    if power == 1:
        if group == 1 and language != "en":
            return {"it": "mille"}.get(language, scale)
        if language == "it":
            return f"{_group(group, 'it', False)}mila"
        said = _group(group, language, feminine)
        return f"{_short(said) if language == 'es' else said} {scale}"
    if group == 1:
        one = {"pt": "um", "es": "un", "fr": "un", "it": "un"}.get(language, "one")
        return f"{one} {scale}"
    said = _group(group, language, False)
    return f"{_short(said) if language == 'es' else said} {plural[0] if plural else scale}"


def _short(said: str) -> str:
    """Shorten a Spanish "uno" before a noun."""
    return re.sub(r"veintiuno$", "veintiún", re.sub(r"\buno$", "un", said))


def _group(number: int, language: str, feminine: bool) -> str:
    """Return 1 to 999 in words."""
    makers = {"en": _english, "fr": _french, "it": _italian}
    if language in makers:
        return makers[language](number)
    said = _iberian(number, language)
    if feminine and language == "pt":
        said = re.sub(r"\bum$", "uma", re.sub(r"\bdois$", "duas", said))
        said = re.sub(r"entos\b", "entas", said)
    if feminine and language == "es":
        said = re.sub(r"uno$", "una", said).replace("ientos", "ientas")
    return said


def _english(number: int) -> str:
    small, (hundreds, rest) = _SMALL["en"], divmod(number, 100)
    tens = small[rest] if rest < 20 else small[18 + rest // 10]
    if rest >= 20 and rest % 10:
        tens += f"-{small[rest % 10]}"
    if not hundreds:
        return tens
    return f"{small[hundreds]} hundred" + (f" {tens}" if rest else "")


def _iberian(number: int, language: str) -> str:
    small, (hundreds, rest) = _SMALL[language], divmod(number, 100)
    if rest < 20:
        tens = small[rest]
    elif language == "es" and 20 < rest < 30:
        tens = "veinti" + {2: "dós", 3: "trés", 6: "séis"}.get(rest % 10, small[rest % 10])
    else:
        link = "e" if language == "pt" else "y"
        tens = small[18 + rest // 10] + (f" {link} {small[rest % 10]}" if rest % 10 else "")
    if not hundreds:
        return tens
    if number == 100:
        return "cem" if language == "pt" else "cien"
    return _HUNDREDS[language][hundreds] + (
        f"{' e' if language == 'pt' else ''} {tens}" if rest else ""
    )


def _french(number: int) -> str:
    small, (hundreds, rest) = _SMALL["fr"], divmod(number, 100)
    if rest < 20:
        tens = small[rest]
    elif rest < 70:
        tens = small[18 + rest // 10]
        tens += {0: "", 1: " et un"}.get(rest % 10, f"-{small[rest % 10]}")
    elif rest < 80:
        tens = "soixante et onze" if rest == 71 else f"soixante-{small[rest - 60]}"
    else:
        tens = "quatre-vingts" if rest == 80 else f"quatre-vingt-{small[rest - 80]}"
    if not hundreds:
        return tens
    head = "cent" if hundreds == 1 else f"{small[hundreds]} cent{'' if rest else 's'}"
    return f"{head} {tens}" if rest else head


def _italian(number: int) -> str:
    small, (hundreds, rest) = _SMALL["it"], divmod(number, 100)
    if rest < 20:
        tens = small[rest] if rest else ""
    else:
        tens, one = small[18 + rest // 10], rest % 10
        tens = (tens[:-1] if one in (1, 8) else tens) + (small[one] if one else "")
        tens = tens[:-3] + "tré" if one == 3 else tens
    if not hundreds:
        return tens or small[0]
    return f"{'' if hundreds == 1 else small[hundreds]}cento{tens}"
