"""Chinese text as it is spoken: numbers, dates, times, amounts, percentages and units.

Source of the kinds of tokens: Ebden and Sproat, "The Kestrel TTS text normalization system"
(2015); of the numerals, GB/T 15835-2011, "General rules for writing numerals in publications".
"""

import re
from collections.abc import Callable, Sequence

from tonmeister.models.letters import pairs_of

__all__ = ["cardinal", "written_out"]

DIGITS = "零一二三四五六七八九"
_PLACES = ("", "十", "百", "千")
_GROUPS = ("", "万", "亿", "万亿")
LARGEST = 10**16 - 1
"""Larger numbers are read digit by digit."""

_TELEPHONE = str.maketrans("一", "幺")  # "yi" is easily mistaken for "qi"
_WIDE = str.maketrans("０１２３４５６７８９％．－／＋＄￥", "0123456789%.-/+$¥")

_CURRENCIES = pairs_of("¥:元 $:美元 US$:美元 €:欧元 £:英镑 R$:雷亚尔 HK$:港元")
_UNITS = pairs_of(
    "km/h:公里每小时 km²:平方公里 m²:平方米 m³:立方米 km:公里 cm:厘米 mm:毫米 m:米 kg:公斤 mg:毫克 "
    "g:克 ml:毫升 mL:毫升 L:升 °C:摄氏度 ℃:摄氏度 °:度 kHz:千赫 MHz:兆赫 GHz:吉赫 Hz:赫兹 dB:分贝 "
    "kWh:千瓦时 kW:千瓦 W:瓦 V:伏"
)
_UNIT = "|".join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))
_CURRENCY = "|".join(re.escape(sign) for sign in sorted(_CURRENCIES, key=len, reverse=True))
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_COUNTED = (
    "[个位名天次本张只件杯瓶条块家间辆台部匹头颗把双对座岁种分秒米公斤克升倍遍篇句点万亿]|年(?!级)"
)
"""Measure words, and what is counted like them: before these, two is "liang"."""


def written_out(text: str) -> str:
    """Write out in words what is written in digits and signs.

    Args:
        text: Chinese text of either script.
    """
    text = re.sub(r"(?<=\d)：(?=\d)", ":", text.translate(_WIDE))
    for pattern, write in _RULES:
        text = re.sub(pattern, write, text)
    return text


def cardinal(number: int, *, counting: bool = False) -> str:
    """Return a number in words.

    Args:
        number: 0 or more.
        counting: Whether a measure word follows, so that 2 is "liang".
    """
    if number > LARGEST:
        return _by_digit(str(number))
    if number == 0:
        return "零"
    if counting and number == 2:
        return "两"
    groups: list[int] = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    words = ""
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if not group:
            continue
        # A gap in the digits is said once, as zero.
        gap = words and (group < 1_000 or not groups[place + 1])
        said = "两" if group == 2 and place else _thousands(group)
        words += f"{'零' if gap else ''}{said}{_GROUPS[place]}"
    # 十五, not 一十五, but only where nothing stands before it.
    return words[1:] if words.startswith("一十") else words


def _thousands(group: int) -> str:
    words, gap = "", False
    for place, digit in zip(range(3, -1, -1), f"{group:04d}", strict=True):
        if digit == "0":
            gap = bool(words)
            continue
        said = "两" if digit == "2" and place == 3 else DIGITS[int(digit)]
        words += f"{'零' if gap else ''}{said}{_PLACES[place]}"
        gap = False
    return words


def _by_digit(digits: str) -> str:
    return "".join(DIGITS[int(digit)] for digit in digits)


def _said(number: str, *, counting: bool = False) -> str:
    whole, _, rest = number.replace(",", "").partition(".")
    if len(whole) > 1 and whole.startswith("0"):
        return _by_digit(whole) + (f"点{_by_digit(rest)}" if rest else "")
    words = cardinal(int(whole), counting=counting and not rest)
    return f"{words}点{_by_digit(rest)}" if rest else words


def _date(found: re.Match[str]) -> str:
    return f"{_by_digit(found[1])}年{cardinal(int(found[2]))}月{cardinal(int(found[3]))}日"


def _time(found: re.Match[str]) -> str:
    hours, minutes, seconds = int(found[1]), int(found[2]), found[3]
    words = f"{cardinal(hours, counting=True)}点"
    if minutes or seconds:
        words += f"{'零' if 0 < minutes < 10 else ''}{cardinal(minutes)}分"
    return f"{words}{cardinal(int(seconds))}秒" if seconds else words


def _telephone(found: re.Match[str]) -> str:
    parts = re.split(r"[-\s]", found[0])
    return "，".join(_by_digit(part).translate(_TELEPHONE) for part in parts)


_RULES: Sequence[tuple[str, Callable[[re.Match[str]], str]]] = (
    (r"(?<![\d.])(1\d{2}[-\s]?\d{4}[-\s]?\d{4}|0\d{2,3}-\d{7,8})(?![\d.])", _telephone),
    (r"(?<!\d)(\d{4})[-/.](0?[1-9]|1[0-2])[-/.](0?[1-9]|[12]\d|3[01])(?!\d)", _date),
    (r"(\d{4})\s?[-~～至到]\s?(\d{4})(?=\s?年)", lambda m: f"{_by_digit(m[1])}到{_by_digit(m[2])}"),
    (r"(?<!\d)(\d{4}|\d{2})\s?(?=年(?![级龄代以之后前间内]))", lambda m: _by_digit(m[1])),
    (r"(?<!\d)([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d))?(?!\d)", _time),
    (rf"({_CURRENCY})\s?({_NUMBER})(万|亿)?", lambda m: _amount(m)),
    (rf"({_NUMBER})\s?%", lambda m: f"百分之{_said(m[1])}"),
    (r"(?<![\d/])(\d{1,2})/(\d{1,2})(?![\d/])", lambda m: f"{_said(m[2])}分之{_said(m[1])}"),
    (rf"(?<=\d)\s?[-~～–—]\s?(?={_NUMBER})", lambda m: "到"),
    (rf"(?<![0-9A-Za-z])[-−](?={_NUMBER})", lambda m: "负"),
    (
        rf"({_NUMBER})\s?({_UNIT})(?![A-Za-z])",
        lambda m: f"{_said(m[1], counting=True)}{_UNITS[m[2]]}",
    ),
    (rf"(?<!第)({_NUMBER})\s?(?={_COUNTED})", lambda m: _said(m[1], counting=True)),
    (rf"({_NUMBER})", lambda m: _said(m[1])),
)


def _amount(found: re.Match[str]) -> str:
    scale = found[3] or ""
    return f"{_said(found[2], counting=bool(scale))}{scale}{_CURRENCIES[found[1]]}"
