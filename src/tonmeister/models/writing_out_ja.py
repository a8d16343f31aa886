"""Japanese text as it is spoken: what Open JTalk's dictionary does not read in dates and amounts.

Numbers themselves stay in digits: their readings depend on what they count, which it knows.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence

from tonmeister.models.letters import pairs_of

__all__ = ["written_out"]

_CURRENCIES = pairs_of("¥:円 $:ドル US$:ドル €:ユーロ £:ポンド R$:レアル")
_CURRENCY = "|".join(re.escape(sign) for sign in sorted(_CURRENCIES, key=len, reverse=True))
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_WIDE = re.compile("[\uff01-\uff5e￥]+")


def written_out(text: str) -> str:
    """Write dates, times, amounts, ranges and telephone numbers as they are said.

    Args:
        text: Japanese text.
    """
    text = _WIDE.sub(lambda found: _narrow(found[0]), text)
    for pattern, write in _RULES:
        text = re.sub(pattern, write, text)
    return text


def _narrow(wide: str) -> str:
    """Return letters, digits and signs in their usual width; marks of a sentence stay."""
    return "".join(
        letter if letter in "！？，．（）：；" else unicodedata.normalize("NFKC", letter)
        for letter in wide
    )


def _time(found: re.Match[str]) -> str:
    hours, minutes, seconds = found[1], int(found[2]), found[3]
    words = f"{int(hours)}時"
    words += f"{minutes}分" if minutes or seconds else ""
    return f"{words}{int(seconds)}秒" if seconds else words


_RULES: Sequence[tuple[str, Callable[[re.Match[str]], str]]] = (
    (r"(?<=\d)：(?=\d)", lambda m: ":"),
    (
        r"(?<!\d)(\d{4})[-/.](0?[1-9]|1[0-2])[-/.](0?[1-9]|[12]\d|3[01])(?!\d)",
        lambda m: f"{m[1]}年{int(m[2])}月{int(m[3])}日",
    ),
    (r"(?<!\d)([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d))?(?!\d)", _time),
    (r"(?<!\d)0(?=\d[月日時分秒])", lambda m: ""),
    (r"(?<![\d-])(0\d{1,3})-(\d{1,4})-(\d{3,4})(?![\d-])", lambda m: f"{m[1]}の{m[2]}の{m[3]}"),
    (rf"({_CURRENCY})\s?({_NUMBER})([万億]?)", lambda m: f"{m[2]}{m[3]}{_CURRENCIES[m[1]]}"),
    (r"(?<![\d/])(\d{1,2})/(\d{1,2})(?![\d/])", lambda m: f"{m[2]}分の{m[1]}"),
    (r"(?<=\d)\s?[-~〜～–]\s?(?=\d)", lambda m: "から"),
    (r"(?<![0-9A-Za-z])[-−](?=\d)", lambda m: "マイナス"),
    (r"(?<!\d)20歳", lambda m: "はたち"),
    (r"(?<=\d)\s?(?:°C|℃)", lambda m: "度"),
)
