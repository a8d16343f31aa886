"""HTML and XHTML as headings and paragraphs, without scripts, entities or anything fetched.

The parser of the standard library builds no tree, so nesting costs no stack; it knows the entities
of HTML and no others, so none can be made to grow.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

from tonmeister.decoder.prose import Draft, Piece, same_words
from tonmeister.errors import DocumentError

__all__ = ["Block", "Page", "chapters_of", "refuse_entities", "without_heading"]

Attributes = Sequence[tuple[str, str | None]]

_SILENT = frozenset(
    {
        *("script", "style", "nav", "template", "noscript", "iframe", "object", "svg", "math"),
        *("canvas", "audio", "video", "button", "select", "textarea", "rt", "rp"),
    }
)
_EMPTY = frozenset(
    {
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source"),
        *("track", "wbr"),
    }
)
_INLINE = frozenset(
    {
        *("a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i"),
        *("ins", "kbd", "label", "mark", "q", "ruby", "rb", "s", "samp", "small", "span", "strike"),
        *("strong", "sub", "sup", "time", "tt", "u", "var"),
    }
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_ROLES = frozenset(
    {
        *("pagebreak", "noteref", "footnote", "footnotes", "endnote", "endnotes", "rearnote"),
        *("toc",),
    }
)
_MARK = re.compile(r"[\[(]?(?:\d{1,3}|[*†‡§]{1,3}|[a-z])[\])]?", re.IGNORECASE)
_DECLARES = re.compile(r"<!ENTITY", re.IGNORECASE)
MOST_LINKED = 0.6  # share of a page's text in links from which it is a table of contents
FEWEST_LINKS = 4


@dataclass(slots=True)
class Block:
    """A heading or paragraph.

    Args:
        level: 1 to 6 for a heading, 0 for a paragraph.
        text: Its text in one line.
        anchors: Names that links can lead to, at its beginning.
    """

    level: int
    text: str
    anchors: frozenset[str] = frozenset()


def refuse_entities(text: str) -> None:
    """Refuse markup that declares entities of its own, which can be nested to grow without end.

    Args:
        text: A whole XML or HTML file.

    Raises:
        DocumentError: It declares an entity.
    """
    if _DECLARES.search(text):
        raise DocumentError(
            "The document declares XML entities of its own, which are not read.",
            hint="Export it again as EPUB or plain text.",
        )


@dataclass(slots=True)
class _State:
    parts: list[str] = field(default_factory=list[str])
    level: int = 0
    anchors: set[str] = field(default_factory=set[str])


class Page(HTMLParser):
    """Reads one page into ``blocks``.

    Args:
        text: The page, decoded.

    Attributes:
        blocks: Headings and paragraphs in order.
        title: What its head calls it.
        author: Who wrote it, as its head says; empty without a statement.
        language: As its first element says; None without a statement.

    Raises:
        DocumentError: It declares entities of its own.
    """

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        refuse_entities(text)
        self.blocks: list[Block] = []
        self.title = self.author = ""
        self.language: str | None = None
        self._state = _State()
        self._silent = ("", 0)  # element that is left out, and how often it is open
        self._in_title = False
        self._linked = self._links = 0
        self._marks: list[tuple[str, int, bool]] = []  # open links and superscripts: begin, is note
        self.feed(text)
        self.close()
        self._flush()

    @property
    def is_contents(self) -> bool:
        """Whether it is a table of contents: hardly anything but links."""
        total = sum(len(block.text) for block in self.blocks)
        return self._links >= FEWEST_LINKS and self._linked > MOST_LINKED * total

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        """Open an element."""
        values = {name: value or "" for name, value in attrs}
        if tag in _EMPTY:
            self._void(tag, values)
            return
        element, depth = self._silent
        if depth:
            self._silent = (element, depth + (tag == element))
            return
        if tag in _SILENT or "hidden" in values or _roles(values) & _ROLES:
            self._anchor(values)
            self._silent = (tag, 1)
            return
        self.language = self.language or values.get("lang") or values.get("xml:lang") or None
        self._in_title = tag == "title" and not self.blocks
        if tag in ("a", "sup"):
            target = values.get("href", "")
            self._marks.append((tag, len(self._state.parts), "#" in target))
        if tag not in _INLINE:
            self._flush()
            self._state.level = _HEADINGS.get(tag, 0)
        self._anchor(values)

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        """Take an element without contents."""
        if not self._silent[1]:
            self._void(tag, {name: value or "" for name, value in attrs})

    def handle_endtag(self, tag: str) -> None:
        """Close an element."""
        element, depth = self._silent
        if depth:
            self._silent = (element, depth - (tag == element))
        elif tag == "title":
            self._in_title = False
        elif tag in ("a", "sup"):
            self._close_mark(tag)
        elif tag not in _INLINE:
            self._flush()

    def handle_data(self, text: str) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Take text."""
        if self._silent[1]:
            return
        if self._in_title:
            self.title = " ".join(f"{self.title}{text}".split())
        else:
            self._state.parts.append(text)

    def _void(self, tag: str, values: dict[str, str]) -> None:
        if tag in ("br", "hr", "img", "td", "th"):
            self._state.parts.append(" ")
        if tag == "meta" and values.get("name", "").lower() in ("author", "dc.creator"):
            self.author = self.author or values.get("content", "").strip()
        self._anchor(values)

    def _anchor(self, values: dict[str, str]) -> None:
        names = (values.get(name, "") for name in ("id", "name", "xml:id"))
        self._state.anchors |= {name for name in names if name}

    def _close_mark(self, tag: str) -> None:
        """Leave out the mark of a footnote; count what is linked."""
        while self._marks:
            opened, begin, is_note = self._marks.pop()
            if opened == tag:
                break
        else:
            return
        text = "".join(self._state.parts[begin:]).strip()
        if tag == "a":
            self._links += 1
            self._linked += len(text)
        before = "".join(self._state.parts[max(0, begin - 8) : begin])
        noted = is_note if tag == "a" else text.isdecimal() and _ends_in_word(before)
        if noted and self._state.level == 0 and before.strip() and _MARK.fullmatch(text):
            del self._state.parts[begin:]

    def _flush(self) -> None:
        state = self._state
        text = " ".join("".join(state.parts).replace("\u00ad", "").split())
        if text:
            self.blocks.append(Block(state.level, text, frozenset(state.anchors)))
            state.anchors = set()
        self._state = _State(anchors=state.anchors)
        self._marks = []


def _roles(values: dict[str, str]) -> set[str]:
    stated = f"{values.get('epub:type', '')} {values.get('role', '')}".lower().split()
    return {role.removeprefix("doc-") for role in stated}


def _ends_in_word(text: str) -> bool:
    """Tell the mark of a note from an exponent: "m²" ends in a unit, which is short."""
    last = text.split()[-1:] or [""]
    return len(last[0]) >= 3 or not last[0][-1:].isalnum()


def chapters_of(page: Page) -> Draft:
    """Split a page of headings and paragraphs into chapters.

    A single heading of the highest level is the title of the whole. Chapters begin at the highest
    level that has several headings; lower headings stay in the text.

    Args:
        page: A page that was read.
    """
    draft = Draft(title=page.title, author=page.author, language=page.language)
    blocks = list(page.blocks)
    levels = [block.level for block in blocks if block.level]
    highest = min(levels, default=0)
    if levels.count(highest) == 1 and len(levels) > 1 and blocks[0].level == highest:
        draft.title = blocks.pop(0).text
        levels.remove(highest)
        highest = min(levels)
    draft.pieces.append(Piece(""))
    for block in blocks:
        if block.level and block.level == highest:
            draft.pieces.append(Piece(block.text))
        else:
            draft.pieces[-1].paragraphs.append(block.text)
    return draft


def without_heading(title: str, blocks: Sequence[Block]) -> tuple[str, list[Block]]:
    """Return a chapter's title, and its blocks without those that repeat it at the beginning.

    Args:
        title: What the table of contents says.
        blocks: The chapter.
    """
    rest, wanted = list(blocks), same_words(title)
    while rest:
        said = same_words(rest[0].text)
        if rest[0].level and said and wanted and wanted in said:
            title, wanted = rest[0].text, said
        elif not (said and said in wanted and (rest[0].level or said == wanted)):
            break
        rest.pop(0)
        if said == wanted:
            break
    return title, rest
