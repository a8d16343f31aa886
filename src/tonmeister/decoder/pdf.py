"""PDF: lines of text without page headers, page numbers and footnote marks, and the outline.

Source: ISO 32000-2, read by pypdf. A page has no paragraphs, only placed characters; what belongs
together is told from line lengths and from what pages repeat.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tonmeister.decoder.prose import (
    Draft,
    Piece,
    hyphenated,
    is_heading,
    paragraphs_of,
    same_words,
)
from tonmeister.errors import DocumentError

__all__ = ["read_pdf"]

Count = Callable[[int, float], None]

MAX_PAGES = 20_000
MAX_DEPTH = 2  # levels of the outline that make chapters
SMALL = 0.78  # of the usual size: digits that are smaller are the mark of a footnote
REPEATED = 0.25  # share of the pages from which a line at their edge is no text
FEWEST_REPEATS = 3
NUMBERED = 0.3  # share of the pages that have a page number, from which there are page numbers
EDGE = 2  # lines at the top and the bottom of a page that may repeat
_NUMBER = re.compile(
    r"[-–—\[(\s]*(?:page|página|pág\.?|p\.)?\s*(?:\d{1,5}|[ivxlc]{1,8})"
    r"(?:\s*(?:/|of|de)\s*\d{1,5})?[-–—\])\s]*",
    re.IGNORECASE,
)
_SECTION = re.compile(r"(?:[A-Z]?\d{1,3}(?:\.\d{1,3})*\.?|[IVXLC]{1,6}\.|[A-Z]\.?)\s+(?=\S{2})")
_MARK = re.compile(r"\s*(?:\d{1,3}|[*†‡])\s*")


@dataclass(frozen=True, slots=True)
class _Mark:
    """An entry of the outline: the page it leads to, and its title."""

    page: int
    title: str


def read_pdf(path: Path, count: Count) -> Draft:
    """Read the text of a PDF.

    Args:
        path: A PDF file.
        count: Called with the characters of each page and the share that is done.

    Raises:
        DocumentError: It is encrypted, damaged, or has no text.
    """
    import pypdf
    from pypdf.errors import DependencyError, LimitReachedError, PyPdfError

    with path.open("rb") as file:
        try:
            reader = pypdf.PdfReader(file)
            if reader.is_encrypted and not reader.decrypt(""):
                raise _locked("and needs a password")
            return _read(reader, count)
        except DependencyError as error:
            raise _locked("with AES, which is not opened here") from error
        except LimitReachedError as error:
            raise DocumentError(
                "The PDF unpacks to far more than a page of text.",
                hint="Print it to a new PDF, if it is a genuine document.",
            ) from error
        except PyPdfError as error:
            reason = " ".join(str(error).split())[:120]
            raise DocumentError(
                f"The PDF is damaged: {reason}.", hint="Download or export it again."
            ) from error


def _locked(reason: str) -> DocumentError:
    return DocumentError(
        f"The PDF is encrypted {reason}.",
        hint="Save a copy without a password, for example by printing it to a new PDF.",
    )


def _read(reader: Any, count: Count) -> Draft:
    total = len(reader.pages)
    if total > MAX_PAGES:
        raise DocumentError(
            f"The PDF has {total:,} pages; {MAX_PAGES:,} are accepted.", hint="Cut it into parts."
        )
    pages: list[list[str]] = []
    for number, page in enumerate(reader.pages, start=1):
        lines = _lines(page)
        count(sum(map(len, lines)), number / max(1, total))
        pages.append(lines)
    blank = sum(not lines for lines in pages)
    if blank == total:
        raise DocumentError(
            f"The PDF has {total} pages and no text; they are probably scanned pictures.",
            hint="Run a text recognition (OCR) on it first, and hand over its result.",
        )
    draft = _described(reader)
    if blank > total / 2:
        draft.notes.append(f"{blank} of {total} pages have no text, only pictures.")
    pages = _without_edges(pages)
    draft.pieces = list(_pieces(pages, list(_outline(reader))))
    return draft


def _described(reader: Any) -> Draft:
    stated = reader.metadata or {}
    language = reader.trailer["/Root"].get("/Lang")
    return Draft(
        title=str(stated.get("/Title") or ""),
        author=str(stated.get("/Author") or ""),
        language=str(language) if language else None,
    )


def _lines(page: Any) -> list[str]:
    """Return the lines of a page that are not empty, without the marks of footnotes."""
    found: list[tuple[str, float]] = []

    def visit(text: str, matrix: Any, text_matrix: Any, font: Any, size: float) -> None:
        scale = abs(text_matrix[3] * matrix[3]) or 1.0
        found.append((text, size * scale))

    page.extract_text(visitor_text=visit)
    usual = _usual_size(found)
    kept: list[str] = []
    for text, size in found:
        small = size < SMALL * usual and _MARK.fullmatch(text)
        if small and "".join(kept[-3:]).strip():
            kept.append("\n" if "\n" in text else "")
        else:
            kept.append(text)
    text = "".join(kept).replace("\x00", "")
    return [line.strip() for line in text.split("\n") if line.strip()]


def _usual_size(found: Sequence[tuple[str, float]]) -> float:
    sizes = Counter[float]()
    for text, size in found:
        sizes[round(size, 1)] += len(text.strip())
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _without_edges(pages: Sequence[Sequence[str]]) -> list[list[str]]:
    """Leave out page numbers, and what the tops or bottoms of pages repeat."""
    repeated: set[str] = set()
    for edge in (slice(None, EDGE), slice(-EDGE, None)):
        counts = Counter(key for lines in pages for key in {_key(line) for line in lines[edge]})
        least = max(FEWEST_REPEATS, REPEATED * sum(bool(lines) for lines in pages))
        repeated |= {key for key, number in counts.items() if number >= least}
    numbers = sum(bool(_NUMBER.fullmatch(line)) for lines in pages for line in _ends(lines))
    numbered = numbers >= max(2, NUMBERED * len(pages))
    first = _first_number(pages)
    return [
        _trimmed(
            lines, repeated, numbered=numbered, number=None if first is None else first + place
        )
        for place, lines in enumerate(pages)
    ]


def _first_number(pages: Sequence[Sequence[str]]) -> int | None:
    """Return the number of the first page, if lines at the edges count the pages."""
    counts = Counter(
        number - place
        for place, lines in enumerate(pages)
        for number in {number for line in _ends(lines) for number in _outer_numbers(line)}
    )
    first, times = counts.most_common(1)[0] if counts else (0, 0)
    return first if times >= max(FEWEST_REPEATS, NUMBERED * len(pages)) else None


def _outer_numbers(line: str) -> set[int]:
    """Return the numbers a line begins or ends with: "Chapter 2: Naming 14"."""
    words = line.split()
    outer = {words[0], words[-1]} if words else set[str]()
    return {int(word) for word in outer if word.isdecimal() and len(word) <= 5}


def _key(line: str) -> str:
    """Return what running heads have in common when their page numbers differ."""
    return re.sub(r"\d+", "#", line).lower()


def _ends(lines: Sequence[str]) -> set[str]:
    return {lines[0], lines[-1]} if lines else set()


def _trimmed(
    lines: Sequence[str], repeated: set[str], *, numbered: bool, number: int | None
) -> list[str]:
    def dropped(line: str) -> bool:
        if _NUMBER.fullmatch(line):
            return numbered
        return _key(line) in repeated or (number is not None and number in _outer_numbers(line))

    kept = list(lines)
    for _ in range(EDGE):
        if kept and dropped(kept[0]):
            kept.pop(0)
        if kept and dropped(kept[-1]):
            kept.pop()
    return kept


def _outline(reader: Any) -> Iterator[_Mark]:
    """Yield the entries of the outline; a damaged outline is none."""
    from pypdf.errors import PyPdfError

    def walk(entries: Sequence[Any], depth: int) -> Iterator[_Mark]:
        for entry in entries:
            if isinstance(entry, list):
                if depth < MAX_DEPTH:
                    yield from walk(entry, depth + 1)
                continue
            page = reader.get_destination_page_number(entry)
            title = " ".join(str(entry.title or "").split())
            if page is not None and page >= 0 and title:
                yield _Mark(page, title)

    try:
        yield from sorted(walk(reader.outline, 1), key=lambda mark: mark.page)
    except (PyPdfError, KeyError, TypeError, AttributeError, ValueError):
        return


def _pieces(pages: Sequence[Sequence[str]], outline: Sequence[_Mark]) -> Iterator[Piece]:
    known = hyphenated("\n".join(line for lines in pages for line in lines))
    title, waiting = "", list[str]()
    for number, lines in enumerate(pages):
        marks = [mark.title for mark in outline if mark.page == number]
        cuts = _places(lines, marks) if outline else _headings(lines)
        start = 0
        for place, length, heading in cuts:
            waiting += lines[start:place]
            yield Piece(title, list(paragraphs_of(waiting, known, printed=True)))
            title, waiting, start = heading, [], place + length
        waiting += lines[start:]
    yield Piece(title, list(paragraphs_of(waiting, known, printed=True)))


def _places(lines: Sequence[str], titles: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Yield place, number of heading lines and title of the chapters that begin on a page."""
    start = 0
    for title in titles:
        place, length = _found(lines, title, start)
        yield place, length, title
        start = place + length


def _found(lines: Sequence[str], title: str, start: int) -> tuple[int, int]:
    """Return place and length of a heading; outlines and pages number sections differently."""
    wanted = same_words(_SECTION.sub("", title, count=1))
    for place in range(start, len(lines)):
        said = ""
        for length in range(1, min(4, len(lines) - place) + 1):
            line = lines[place + length - 1]
            said += same_words(line if said else _SECTION.sub("", line, count=1))
            if said == wanted:
                return place, length
            if not wanted.startswith(said):
                break
    return start, 0


def _headings(lines: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    for place, line in enumerate(lines):
        # In running text a line may begin with "Part two of"; a heading follows a sentence's end.
        before = lines[place - 1] if place else ""
        if is_heading(line) and len(line) <= 70 and (not before or before[-1] in '.!?…”"»'):
            yield place, 1, line
