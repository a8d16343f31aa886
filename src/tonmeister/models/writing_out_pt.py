"""Portuguese text as it is spoken in Brazil.

Sources: for the kinds of tokens, Ebden and Sproat, "The Kestrel TTS text normalization system"
(2015); for numerals, Cunha and Cintra, "Nova gramática do português contemporâneo" (1985).
"""

import re
from collections.abc import Callable

from tonmeister.models.letters import listed, pairs_of, phrases_of
from tonmeister.models.numerals import cardinal, digits, ordinal, roman_value

__all__ = ["written_out"]

_MONTHS = listed(
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro"
)
_MONTH = r"(jan|fev|mar|abr|mai|jun|jul|ago|set|out|nov|dez)[a-zç]*\.?"
_NUMBER = r"\d{1,3}(?:[.  ]\d{3})+(?:,\d+)?|\d+(?:,\d+)?"
_SCALE = r"(?:\s(mil|milhão|milhões|bilhão|bilhões|trilhão|trilhões)\b)?"
# Sign → one, many, one hundredth, many, whether "uma", "duas".
_CURRENCIES = {
    "R$": ("real", "reais", "centavo", "centavos", False),
    "US$": ("dólar", "dólares", "centavo", "centavos", False),
    "$": ("dólar", "dólares", "centavo", "centavos", False),
    "€": ("euro", "euros", "centavo", "centavos", False),
    "£": ("libra", "libras", "centavo", "centavos", True),
    "¥": ("iene", "ienes", "", "", False),
    "BRL": ("real", "reais", "centavo", "centavos", False),
    "USD": ("dólar", "dólares", "centavo", "centavos", False),
    "EUR": ("euro", "euros", "centavo", "centavos", False),
}
_CURRENCY = r"(R\$|US\$|[$€£¥]|\b(?:BRL|USD|EUR)\b)"
_UNITS = phrases_of(
    "km=quilômetro|quilômetros; m=metro|metros; cm=centímetro|centímetros; "
    "mm=milímetro|milímetros; kg=quilo|quilos; g=grama|gramas; mg=miligrama|miligramas; "
    "t=tonelada|toneladas; l=litro|litros; L=litro|litros; ml=mililitro|mililitros; "
    "mL=mililitro|mililitros; h=hora|horas; hs=hora|horas; min=minuto|minutos; "
    "s=segundo|segundos; ms=milissegundo|milissegundos; Hz=hertz|hertz; "
    "kHz=quilohertz|quilohertz; MHz=megahertz|megahertz; GHz=gigahertz|gigahertz; "
    "W=watt|watts; kW=quilowatt|quilowatts; kWh=quilowatt-hora|quilowatts-hora; V=volt|volts; "
    "A=ampère|ampères; dB=decibel|decibéis; kB=quilobaite|quilobaites; "
    "KB=quilobaite|quilobaites; MB=megabaite|megabaites; GB=gigabaite|gigabaites; "
    "TB=terabaite|terabaites; km/h=quilômetro por hora|quilômetros por hora; "
    "m/s=metro por segundo|metros por segundo; °C=grau Celsius|graus Celsius; "
    "ºC=grau Celsius|graus Celsius; °=grau|graus; °F=grau Fahrenheit|graus Fahrenheit; "
    "km²=quilômetro quadrado|quilômetros quadrados; m²=metro quadrado|metros quadrados; "
    "m³=metro cúbico|metros cúbicos"
)
_UNIT = "|".join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))
_FEMININE_UNITS = frozenset(listed("t h hs"))
# Nouns that numbers agree with: "duas horas", "trezentas pessoas".
_FEMININE = (
    r"(?:[a-zà-ú]{3,}(?:as|ãs|ções|sões|dades|agens|eses)|vezes|mãos|mulheres|noites|tardes|partes|"
    r"fontes|redes|chaves|frases|classes|cidades|hora|pessoa|semana|casa|página|coisa|vez|noite|"
    r"tarde|parte|cidade|mulher|libra|garota|menina|aluna|linha|folha|palavra|pergunta|questão)"
)
_MASCULINE_AS = r"(?:dias|problemas|sistemas|temas|programas|mapas|planetas|poetas|gramas|idiomas)"
_ABBREVIATIONS = pairs_of(
    "Sr:Senhor Sra:Senhora Srs:Senhores Srta:Senhorita Dr:Doutor Dra:Doutora Drs:Doutores "
    "Prof:Professor Profa:Professora Profª:Professora Eng:Engenheiro Arq:Arquiteto "
    "Exmo:Excelentíssimo Exma:Excelentíssima Sto:Santo Sta:Santa Gen:General Cel:Coronel "
    "Cap:Capitão Ten:Tenente Av:Avenida Pe:Padre Ilmo:Ilustríssimo Pça:Praça"
)
_LATER_ABBREVIATIONS = (
    (r"\bp\.\s?ex\.,?", "por exemplo,"),
    (r"\bi\.\s?e\.,?", "isto é,"),
    (r"\betc\b\.?(?=\s*$|\s+[A-ZÀ-Ú])", "et cetera."),
    (r"\betc\b\.?", "et cetera"),
    (r"\ba\.\s?C\.", "antes de Cristo"),
    (r"\bd\.\s?C\.", "depois de Cristo"),
    (r"\b[Nn](?:\.?[º°o]|úm\.)\s?(?=\d)", "número "),
    (r"\bpág(s?)\.\s?(?=\d)", r"página\1 "),
    (r"\bpp?\.\s?(?=\d)", "página "),
    (r"\bcap\.\s?(?=\d|[IVX])", "capítulo "),
    (r"\bvol\.\s?(?=\d|[IVX])", "volume "),
    (r"\bart\.\s?(?=\d)", "artigo "),
    (r"\bfig\.\s?(?=\d)", "figura "),
    (r"\btel\.:?", "telefone"),
    (r"\baprox\.", "aproximadamente"),
    (r"\bvs\b\.?", "versus"),
    (r"\bS\.\s(?=[A-ZÀ-Ú])", "São "),
    (r"\bD\.\s(?=[A-ZÀ-Ú])", "Dom "),
    (r"\bR\.\s(?=[A-ZÀ-Ú])", "Rua "),
    (r"\bLtda\b\.?", "Limitada"),
    (r"\bCia\b\.?", "Companhia"),
    (r"\bc/(?=\s|\w)", "com "),
    (r"&", " e "),
)
_LETTERS = pairs_of(
    "A:á B:bê C:cê D:dê E:é F:éfi G:gê H:agá I:i J:jóta K:ká L:éli M:êmi N:êni O:ó P:pê Q:quê "
    "R:érri S:éssi T:tê U:u V:vê W:dábliu X:xis Y:ípsilon Z:zê"
)
# Abbreviations that are read as words although they are short.
_READ_AS_WORDS = frozenset(listed("ONU OTAN AIDS SIDA UNESCO FIFA NASA"))
_WEEK = pairs_of(
    "2:segunda 3:terça 4:quarta 5:quinta 6:sexta"
)  # "2ª feira" is Monday, the second day of the week
_NUMBERED = (
    "[Cc]apítulo|[Pp]arte|[Vv]olume|[Aa]to|[Cc]ena|[Ll]ivro|[Ss]eção|[Tt]omo|[Aa]rtigo|[Ff]igura|"
    "[Aa]nexo|[Ff]ase|[Tt]ipo|[Nn]ível|[Tt]ítulo|[Cc]anto|[Mm]undial|[Ss]éculo|[Ss]éculos|[Ee]tapa|"
    "[Uu]nidade|[Tt]abela|[Gg]rau|[Ee]pisódio"
)
_RULERS = (
    "João|Pedro|Afonso|Sancho|Dinis|Fernando|Duarte|Manuel|Sebastião|Filipe|Felipe|José|Maria|Luís|"
    "Luis|Miguel|Carlos|Henrique|Jorge|Isabel|Elizabeth|Papa|Bento|Paulo|Pio|Leão|Gregório|Clemente|"
    "Inocêncio|Napoleão|Catarina|Nicolau|Ricardo|Eduardo|Guilherme|Carlos|Ramsés|Alexandre|Francisco"
)


def written_out(text: str) -> str:
    """Write a Portuguese text out in words.

    Args:
        text: A paragraph or less.
    """
    for pattern, write in _RULES:
        text = pattern.sub(write, text)
    return text


def _number(text: str, *, feminine: bool = False) -> str:
    """Read a number with dots between thousands and a decimal comma."""
    whole, _, rest = re.sub(r"[.  ]", "", text).partition(",")
    if len(whole) > 1 and whole.startswith("0"):
        return digits(text, "pt")
    said = cardinal(int(whole), "pt", feminine=feminine)
    if not rest:
        return said
    # "3,14" is "três vírgula quatorze"; more digits, or a zero first, are said one by one.
    short = len(rest) <= 2 and not rest.startswith("0")
    return f"{said} vírgula {cardinal(int(rest), 'pt') if short else digits(rest, 'pt')}"


def _date(year: str | None, month: int, day: int) -> str | None:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    said = f"{'primeiro' if day == 1 else cardinal(day, 'pt')} de {_MONTHS[month - 1]}"
    return f"{said} de {cardinal(int(year), 'pt')}" if year else said


def _named_month(name: str) -> int:
    return next(
        place for place, month in enumerate(_MONTHS, 1) if month.startswith(name.lower()[:3])
    )


def _time(found: re.Match[str]) -> str:
    hours, minutes = int(found[1]), int(found[2] or 0)
    said = cardinal(hours, "pt", feminine=True)
    name = "hora" if hours == 1 else "horas"
    if not minutes:
        return f"{said} {name}"
    return f"{said} {name} e {cardinal(minutes, 'pt')}"


def _amount(sign: str, number: str, scale: str | None) -> str:
    one, many, cent, cents, feminine = _CURRENCIES[sign]
    if scale:
        of = "" if scale == "mil" else " de"
        return f"{_number(number)} {scale}{of} {many}"
    whole, _, rest = re.sub(r"[.  ]", "", number).partition(",")
    if len(rest) not in (0, 2) or not cent:
        return f"{_number(number)} {many}"
    parts: list[str] = []
    if int(whole) or not int(rest or "0"):
        of = " de" if int(whole) and int(whole) % 1_000_000 == 0 else ""
        said = cardinal(int(whole), "pt", feminine=feminine)
        parts.append(f"{said}{of} {one if int(whole) == 1 else many}")
    if int(rest or "0"):
        parts.append(f"{cardinal(int(rest), 'pt')} {cent if int(rest) == 1 else cents}")
    return " e ".join(parts)


def _measure(number: str, unit: str) -> str:
    one, many = _UNITS[unit].split("|")
    said = _number(number, feminine=unit in _FEMININE_UNITS)
    return f"{said} {one if number in ('0', '1') else many}"


def _rank(found: re.Match[str]) -> str:
    feminine = found[2] in ("ª", "a", "as")
    plural = "s" if found[2] in ("os", "as") else ""
    return ordinal(int(found[1].replace(".", "")), "pt", feminine=feminine) + plural


def _roman(found: re.Match[str]) -> str:
    """Read "século XX" and "Capítulo IV" with cardinals, "João VI" with ordinals up to ten."""
    value = roman_value(found[2])
    if value is None:
        return found[0]
    if re.fullmatch(_RULERS, found[1]):
        feminine = found[1] in ("Maria", "Isabel", "Elizabeth", "Catarina")
        said = ordinal(value, "pt", feminine=feminine) if value <= 10 else cardinal(value, "pt")
    elif found[1].lower() in ("século", "séculos") and value <= 10:
        said = ordinal(value, "pt")
    else:
        said = cardinal(value, "pt")
    return f"{found[1]} {said}"


def _is_war(found: re.Match[str]) -> bool:
    """Tell whether "guerra" or another feminine noun follows."""
    return found.string[found.end() :].lower().startswith(("guerra", "confer"))


def _fraction(found: re.Match[str]) -> str:
    above, below = int(found[1]), int(found[2])
    names = {2: "meio", 3: "terço"}
    if not 0 < above < below or below > 10:
        return f"{cardinal(above, 'pt')} sobre {cardinal(below, 'pt')}"
    name = names.get(below, ordinal(below, "pt"))
    return f"{cardinal(above, 'pt')} {name}{'' if above == 1 else 's'}"


def _address(found: re.Match[str]) -> str:
    """Read a web or mail address: dots and slashes are said."""
    text = re.sub(r"^[a-z]+://", "", found[0], flags=re.IGNORECASE)
    ending = re.search(r"[.,;:!?)]*$", text)
    tail = ending[0] if ending else ""
    text = text.removesuffix(tail).rstrip("/")
    said = {".": " ponto ", "/": " barra ", "@": " arroba ", "-": " hífen ", "_": " sublinhado "}
    text = re.sub(r"www(?=\.)", "três dáblius", text, flags=re.IGNORECASE)
    text = re.sub(r"[./@_-]", lambda sign: said[sign[0]], text)
    text = re.sub(r"[^\w\s]+", " ", text)
    text = re.sub(r"\d+", lambda number: f" {digits(number[0], 'pt')} ", text)
    return re.sub(r"\bcom\b", "cóm", " ".join(text.split())) + tail


def _spelt(found: re.Match[str]) -> str:
    """Read "CPF" letter by letter, and "ONU" as a word."""
    word = found[0]
    if not re.search(r"[a-zà-ú]", found.string) and found.string.strip(" .!?") != word:
        return word  # a text in capitals throughout
    if len(word) > 1 and re.fullmatch(r"[IVX]+", word) and (value := roman_value(word)):
        return cardinal(value, "pt")
    vowels = sum(letter in "AEIOU" for letter in word)
    readable = vowels and len(word) > 3 and not re.search(r"[^AEIOU]{3}|[^AEIOU]{2}$", word)
    if word in _READ_AS_WORDS or readable or not word.isascii():
        return word
    return " ".join(_LETTERS[letter] for letter in word)


_FRACTION_SIGNS = {"½": "1/2", "¼": "1/4", "¾": "3/4"}
_Write = str | Callable[[re.Match[str]], str]
_SOURCES: tuple[tuple[str, _Write], ...] = (
    (r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+", _address),
    (r"\bhttps?://\S+|\bwww\.\S+", _address),
    (r"\b[a-z][\w-]*(?:\.[a-z][\w-]*)*\.(?:com|org|net|io|gov|edu|br|pt)\b(?:\.br)?(?:/[\w./-]*\w)?",
     _address),
    (rf"\b({'|'.join(_ABBREVIATIONS)})\b\.?(?=\s+[A-ZÀ-Ú\ue000-\uf8ff])",
     lambda m: _ABBREVIATIONS[m[1]]),
    *_LATER_ABBREVIATIONS,
    # Dates and times.
    (r"\b(\d{4})-(\d{2})-(\d{2})(?:T[\d:.]+Z?)?\b",
     lambda m: _date(m[1], int(m[2]), int(m[3])) or m[0]),
    (r"\b(\d{1,2})([/.-])(\d{1,2})\2(\d{4})\b",
     lambda m: _date(m[4], int(m[3]), int(m[1])) or m[0]),
    (rf"(?i)\b(\d{{1,2}})[º°]?\s+(?:de\s+)?{_MONTH}(?:(?:\s+de)?\s+(\d{{4}}))?(?=\W|$)",
     lambda m: _date(m[3], _named_month(m[2]), int(m[1])) or m[0]),
    (r"\b([01]?\d|2[0-3])[:h]([0-5]\d)(?:min)?\b(?::[0-5]\d)?h?", _time),
    (r"\b([01]?\d|2[0-3])()\s?hs?\b(?!/)", _time),
    # Money, shares, units.
    (rf"[-−]\s?{_CURRENCY}\s?({_NUMBER}){_SCALE}", lambda m: f"menos {_amount(m[1], m[2], m[3])}"),
    (rf"{_CURRENCY}\s?({_NUMBER}){_SCALE}", lambda m: _amount(m[1], m[2], m[3])),
    (rf"({_NUMBER}){_SCALE}\s?{_CURRENCY}", lambda m: _amount(m[3], m[1], m[2])),
    (rf"({_NUMBER})\s?%", lambda m: f"{_number(m[1])} por cento"),
    (rf"(?<![\w.,])({_NUMBER})\s?({_UNIT})(?![\w/²³°])", lambda m: _measure(m[1], m[2])),
    # Telephone numbers, ranks, Roman numerals.
    (r"\+\d[\d ().-]{6,}\d", lambda m: f"mais {digits(m[0], 'pt')}"),
    (r"\(\d{2}\)\s?\d{4,5}[-. ]?\d{4}\b|\b\d{4,5}-\d{4}\b|\b\d{5}-\d{3}\b|"
     r"\b\d{3}\.\d{3}\.\d{3}-\d{2}\b",
     lambda m: digits(m[0], "pt")),
    (r"\b([2-6])[ªa][ -]feira", lambda m: f"{_WEEK[m[1]]}-feira"),
    (r"\b(\d{1,3}(?:\.\d{3})*|\d+)\.?(º|°|ª|(?<=\.)[oa]s?)(?!\w)", _rank),
    (rf"\b({_NUMBERED}) ([IVXLC]+)\b", _roman),
    (rf"\b({_RULERS}) ([IVX]+)\b", _roman),
    (r"\b([IVX]+) (?=[Gg]uerra|[Cc]ongresso|[Ee]ncontro|[Ss]imp[óo]sio|[Cc]onfer[êe]ncia)",
     lambda m: f"{ordinal(roman_value(m[1]) or 1, 'pt', feminine=_is_war(m))} "),
    # What is left of numbers.
    (r"[½¼¾]", lambda m: _FRACTION_SIGNS[m[0]]),
    (r"(?<![\d/])(\d{1,3})/(\d{1,3})(?![\d/])", _fraction),
    (r"\b(\d{1,2})\.(\d{1,2})\.(\d+)\b",
     lambda m: " ponto ".join(cardinal(int(part), "pt") for part in m.groups())),
    (rf"\b({_NUMBER})\s?[–-]\s?({_NUMBER})(?![\w-])",
     lambda m: f"{_number(m[1])} a {_number(m[2])}"),
    (r"(?<![\w.)-])[-−](?=,?\d)", "menos "),
    (r"(?<=\d)\s?[x×]\s?(?=\d)", " vezes "),
    (r"(?<=[^\W\d_])-?(?=\d)|(?<=\d)(?=[^\W\d_])", " "),
    (rf"\b({_NUMBER})(?=\s(?!{_MASCULINE_AS}\b){_FEMININE}\b)",
     lambda m: _number(m[1], feminine=True)),
    (r"\b(\d+)\.(\d+)\b(?<!\.\d{3})", lambda m: f"{_number(m[1])} ponto {digits(m[2], 'pt')}"),
    (rf"{_NUMBER}", lambda m: _number(m[0])),
    (r"\b[A-Z]{2,5}\b(?!\W*[A-Z]{6,})", _spelt),
    (r"\+", " mais "),
    (r"=", " igual a "),
    (r"@", " arroba "),
)  # fmt: skip
_RULES = [(re.compile(pattern), write) for pattern, write in _SOURCES]
