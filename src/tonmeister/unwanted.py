"""What a description of sound says is not to be heard: "rain without thunder", "sem buzinas"."""

import re

__all__ = ["without_unwanted"]

_NOT = re.compile(
    r"\s*[,;]?\s*\b(?:(?:and|but|e|mas) )?(?:without|with no|but not?|and no|except(?: for)?"
    r"|sem|exceto|mas nao|e nao)\b(?: (?:any|nenhum|nenhuma|qualquer))?\s+"
)
# A comma ends it, unless a list goes on: "without thunder, wind or hail".
_FEW = r"(?: [\w-]+){1,3}"
_ENDS = re.compile(
    rf"\s*[,;+&](?!(?:{_FEW},)*{_FEW},? (?:or|nor|ou|nem) )\s*(?!(?:and|or|nor|e|ou|nem)\b)"
    r"|\s+(?:but|with|while|mas|com|enquanto)\s+"
)
_AMONG = re.compile(r"\s*,\s*(?:(?:and|or|nor|e|ou|nem)\s+)?|\s+(?:and|or|nor|e|ou|nem)\s+")
_ARTICLE = re.compile(r"^(?:(?:the|a|an|any|o|a|os|as|um|uma|uns|umas|sem|no)\s+)+")


def without_unwanted(text: str, folded: str) -> tuple[str, tuple[str, ...]]:
    """Return a description without what is not to be heard, and that, one by one.

    "Rain without thunder or wind, with a dog" is rain with a dog, and neither thunder nor wind.

    Args:
        text: The description.
        folded: The same letter for letter, in lower case without accents.
    """
    wanted, last = "", 0
    unwanted: list[str] = []
    for lead in _NOT.finditer(folded):
        if lead.start() < last:
            continue
        end = _ENDS.search(folded, lead.end())
        stop = end.start() if end else len(text)
        wanted += text[last : lead.start()]
        for start, finish in _pieces(folded, lead.end(), stop):
            article = _ARTICLE.match(folded[start:finish])
            words = text[start + (article.end() if article else 0) : finish].strip(" ,;.")
            unwanted += [words] if words else []
        last = stop
    return (wanted + text[last:]).strip(" ,;"), tuple(unwanted)


def _pieces(folded: str, start: int, stop: int) -> list[tuple[int, int]]:
    pieces: list[tuple[int, int]] = []
    for gap in _AMONG.finditer(folded, start, stop):
        pieces.append((start, gap.start()))
        start = gap.end()
    return [*pieces, (start, stop)]
