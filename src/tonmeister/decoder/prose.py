"""From lines to paragraphs and chapters: line ends, hyphens, headings of plain text."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

__all__ = [
    "Draft",
    "Piece",
    "hyphenated",
    "is_heading",
    "joined",
    "paragraphs_of",
    "plain_chapters",
    "same_words",
    "usual_width",
]

SENTENCE_ENDS = tuple('.!?…:;"”’»)')
SHORT_LINE = 0.8  # of the usual line length: a line that is shorter ends its paragraph
WRAP_WIDTHS = (30, 110)  # characters of a line that was broken to fit a page

_BULLET = re.compile(r"\s*[•‣▪◦●■]\s")
_SOFT_HYPHEN = "\u00ad"
_BROKEN = re.compile(r"(\w+)[-\u2010]$")
_WORD = re.compile(r"\w+(?:[-\u2010]\w+)*")
# Pronouns that Portuguese joins to a verb with a hyphen that stays: "disse-lhe", "fazê-lo".
_ENCLITICS = frozenset(
    {
        *("me", "te", "se", "lhe", "lhes", "lo", "la", "los", "las", "o", "a", "os", "as", "nos"),
        *("vos", "no", "na"),
    }
)
_NUMBER = r"(?:\d{1,3}|[ivxlcdm]{1,9})"
_ORDINALS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|the first|the last"
    "|um|dois|três|quatro|cinco|seis|sete|oito|nove|dez|onze|doze"
    "|primeiro|segundo|terceiro|quarto|quinto|último|primeira|segunda|terceira"
)
_NAMES = (
    "chapter|part|book|section|letter|act|scene|canto"
    "|capítulo|capitulo|parte|livro|secção|seção|carta|ato|acto|cena"
    "|chapitre|partie|livre|capitolo|kapitel|teil"
)
_SINGLE = (
    "prologue|epilogue|preface|foreword|introduction|conclusion|afterword|appendix"
    "|prólogo|epílogo|prefácio|introdução|conclusão|posfácio|apêndice|advertência"
)
_HEADING = re.compile(
    rf"(?:(?:{_NAMES})\s+(?:{_NUMBER}|{_ORDINALS})\b[\s.:—–-]*.{{0,80}}|(?:{_SINGLE})\b.{{0,60}})",
    re.IGNORECASE,
)
_LONE = re.compile(rf"({_NUMBER})\.?", re.IGNORECASE)
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
FEWEST_LONE = 3  # numbers standing alone that count as headings when they count up from one


@dataclass(slots=True)
class Piece:
    """A chapter: its title, and its paragraphs."""

    title: str
    paragraphs: list[str] = field(default_factory=list[str])


@dataclass(slots=True)
class Draft:
    """What was read from a document.

    Args:
        pieces: Chapters in order.
        title: Title of the whole; empty without one.
        author: Who wrote it; empty when it is not known.
        language: As the document states it, such as "pt-BR"; None without a statement.
        notes: Sentences for the user.
    """

    pieces: list[Piece] = field(default_factory=list[Piece])
    title: str = ""
    author: str = ""
    language: str | None = None
    notes: list[str] = field(default_factory=list[str])


def same_words(text: str) -> str:
    """Return the letters and digits of a text in lower case, to compare headings."""
    return "".join(letter for letter in text.lower() if letter.isalnum())


def is_heading(line: str) -> bool:
    """Tell whether a line reads like the heading of a chapter: "Capítulo II. Do livro".

    Args:
        line: A line that stands alone.
    """
    line = line.strip()
    return bool(_HEADING.fullmatch(line)) and not line.endswith((",", ";", "-"))


def joined(lines: Sequence[str], known: frozenset[str] = frozenset()) -> str:
    """Join the lines of a paragraph; a word broken by a hyphen at the end of a line is mended.

    Args:
        lines: Lines that follow one another.
        known: Hyphenated words of the document in lower case, whose hyphen stays.
    """
    text = ""
    for line in lines:
        line = " ".join(line.split())
        if not line:
            continue
        if text.endswith(_SOFT_HYPHEN):
            text = text[:-1] + line
            continue
        broken = _BROKEN.search(text)
        if broken is None or not line[0].islower():
            text = f"{text} {line}" if text else line
            continue
        rest = re.match(r"\w+", line)
        whole = f"{broken[1]}-{rest[0] if rest else ''}".lower()
        keeps = whole in known or (rest is not None and rest[0] in _ENCLITICS)
        text = (text if keeps else text[:-1]) + line
    return text.replace(_SOFT_HYPHEN, "")


def hyphenated(text: str) -> frozenset[str]:
    """Return the words with a hyphen that stand inside lines, in lower case."""
    return frozenset(word.lower() for word in _WORD.findall(text) if "-" in word and len(word) < 60)


def paragraphs_of(
    lines: Sequence[str], known: frozenset[str] = frozenset(), *, printed: bool = False
) -> Iterator[str]:
    """Yield paragraphs of lines that are not separated by empty ones.

    Lines that were broken to fit a page are joined until a sentence ends in a short line; lines
    of any other length are paragraphs of their own.

    Args:
        lines: Lines, none of them empty.
        known: As for ``joined``.
        printed: Whether lines come from a page, where every line is broken to fit.
    """
    usual = usual_width(lines)
    wrapped = printed or (len(lines) > 1 and WRAP_WIDTHS[0] <= usual <= WRAP_WIDTHS[1])
    waiting: list[str] = []
    for line in lines:
        if waiting and _BULLET.match(line):
            yield joined(waiting, known)
            waiting = []
        waiting.append(line)
        ends = line.rstrip().endswith(SENTENCE_ENDS)
        if not wrapped or (ends and len(line.strip()) < SHORT_LINE * usual):
            yield joined(waiting, known)
            waiting = []
    if waiting:
        yield joined(waiting, known)


def usual_width(lines: Sequence[str]) -> int:
    """Return the width that most long lines have."""
    widths = sorted(len(line.strip()) for line in lines)
    return widths[len(widths) * 3 // 4] if widths else 0


def plain_chapters(text: str) -> list[Piece]:
    """Split plain text into chapters, at headings that stand alone.

    Args:
        text: Text whose paragraphs are separated by empty lines, or stand on a line each.
    """
    known = hyphenated(text)
    blocks = [
        [line for line in block.split("\n") if line.strip()]
        for block in re.split(r"\n[ \t\f]*\n|\f", text)
    ]
    blocks = [block for block in blocks if block]
    lone = _counting_up(block[0].strip() if len(block) == 1 else "" for block in blocks)
    pieces = [Piece("")]
    fresh = False  # whether the last thing was a heading that consisted of a number only
    for index, block in enumerate(blocks):
        first = block[0].strip()
        if index in lone or (is_heading(first) and len(block) <= 2):
            pieces.append(Piece(joined(block)))
            fresh = index in lone
        elif fresh and _is_subtitle(block):
            pieces[-1].title = f"{pieces[-1].title.rstrip('.')}. {joined(block)}"
            fresh = False
        else:
            pieces[-1].paragraphs += _block_paragraphs(block, known)
            fresh = False
    return pieces


def _block_paragraphs(block: Sequence[str], known: frozenset[str]) -> Iterator[str]:
    # Separated by empty lines, a block is one paragraph unless its lines are: a list, a dialogue.
    turns = [index for index, line in enumerate(block) if _TURN.match(line)]
    if len(turns) > 1:
        for start, end in pairwise(sorted({0, *turns, len(block)})):
            yield joined(block[start:end], known)
        return
    usual = usual_width(block)
    ends = sum(line.rstrip().endswith(SENTENCE_ENDS) for line in block)
    if len(block) > 1 and (ends == len(block) or usual > WRAP_WIDTHS[1]):
        yield from paragraphs_of(block, known)
    else:
        yield joined(block, known)


_TURN = re.compile(r"\s*[^\W\d_][\w .'’-]{0,30}:\s+\S")
"""What somebody says in a script: "HOST: Good morning"."""


def _is_subtitle(block: Sequence[str]) -> bool:
    """Tell a title under a number from the first sentence of the chapter."""
    line = joined(block)
    return len(block) == 1 and len(line) <= 60 and not line.endswith(tuple(",;-.!?…"))


def _counting_up(lines: Iterable[str]) -> frozenset[int]:
    """Return the places of numbers that stand alone and count up from one without a gap."""
    found: list[int] = []
    for index, line in enumerate(lines):
        match = _LONE.fullmatch(line)
        if match and _value(match[1]) == len(found) + 1:
            found.append(index)
    return frozenset(found) if len(found) >= FEWEST_LONE else frozenset()


def _value(number: str) -> int:
    if number.isdecimal():
        return int(number)
    total = 0
    digits = [_ROMAN[letter] for letter in number.lower()]
    for digit, following in zip(digits, [*digits[1:], 0], strict=True):
        total += -digit if digit < following else digit
    return total
