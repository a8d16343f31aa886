"""EPUB: a ZIP archive of XHTML pages, an order of reading and a table of contents.

Source: EPUB 3.3 (W3C, 2023), packages and navigation; EPUB 2.0.1 (IDPF, 2010), the NCX. Nothing is
unpacked to disk and nothing outside the archive is read.
"""

import posixpath
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

from tonmeister.decoder.encodings import characters, declared_encoding
from tonmeister.decoder.markup import Attributes, Block, Page, refuse_entities, without_heading
from tonmeister.decoder.prose import Draft, Piece
from tonmeister.errors import DocumentError

__all__ = ["read_epub"]

Count = Callable[[int, float], None]

MAX_FILES = 20_000
MAX_FILE_BYTES = 24 * 1024**2
MAX_BYTES = 160 * 1024**2  # unpacked, of all pages together
MAX_DEPTH = 2  # levels of the table of contents that make chapters
CONTAINER = "META-INF/container.xml"
PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")
# Fonts may be disguised without any protection of the text (EPUB 3.3, font obfuscation).
FONTS_ONLY = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")


@dataclass(slots=True)
class _Element:
    name: str
    values: dict[str, str]
    text: str = ""


class _Elements(HTMLParser):
    """Lists the elements of an XML file, and the ends of those in ``closing``.

    Element names come in lower case and without their prefix.
    """

    def __init__(self, text: str, closing: tuple[str, ...] = ()) -> None:
        super().__init__(convert_charrefs=True)
        refuse_entities(text)
        self.found: list[_Element] = []
        self._closing = closing
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        """Note an element."""
        values = {name.rpartition(":")[2]: value or "" for name, value in attrs}
        self.found.append(_Element(tag.rpartition(":")[2], values))

    def handle_endtag(self, tag: str) -> None:
        """Note the end of an element where it counts."""
        name = tag.rpartition(":")[2]
        if name in self._closing:
            self.found.append(_Element(f"/{name}", {}))

    def handle_data(self, text: str) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Give text to the element that was opened last."""
        if self.found:
            self.found[-1].text += text


class _Archive:
    """The members of a book, with limits on what they unpack to."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file
        self._members = {entry.filename: entry for entry in file.infolist()}
        self._unpacked = 0
        if len(self._members) > MAX_FILES:
            raise DocumentError(
                f"The book has {len(self._members):,} files; {MAX_FILES:,} are accepted.",
                hint="Export it again, if it is a genuine book.",
            )

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def text(self, name: str) -> str:
        """Return a member, decoded.

        Raises:
            DocumentError: It is missing, encrypted, damaged, or unpacks to too much.
        """
        entry = self._members.get(name)
        if entry is None:
            raise DocumentError(
                f"The book is incomplete: its file {name[:80]} is missing.",
                hint="Download or export it again.",
            )
        if entry.flag_bits & 1:
            raise _protected()
        try:
            with self._file.open(entry) as member:
                content = member.read(MAX_FILE_BYTES + 1)
        except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
            raise _damaged(str(error)) from error
        self._unpacked += len(content)
        if len(content) > MAX_FILE_BYTES or self._unpacked > MAX_BYTES:
            raise DocumentError(
                f"The book unpacks to more than {MAX_BYTES // 1024**2} MiB of pages, or a page to "
                f"more than {MAX_FILE_BYTES // 1024**2} MiB.",
                hint="Export it again without what is not text, if it is a genuine book.",
            )
        return characters(content, declared_encoding(content))[0]


@dataclass(slots=True)
class _Package:
    """What the package file says.

    Args:
        pages: Names of the pages in order of reading.
        navigation: Name of the navigation page (EPUB 3); empty without one.
        ncx: Name of the older table of contents; empty without one.
        facts: Title, author and language, the first of each.
        contents: Pages that are a table of contents.
    """

    pages: list[str] = field(default_factory=list[str])
    navigation: str = ""
    ncx: str = ""
    facts: dict[str, str] = field(default_factory=dict[str, str])
    contents: set[str] = field(default_factory=set[str])


@dataclass(slots=True)
class _Entry:
    """A line of the table of contents: where it leads, and what it is called."""

    page: str
    anchor: str
    title: str


def read_epub(path: Path, count: Count) -> Draft:
    """Read a book.

    Args:
        path: An EPUB file.
        count: Called with the characters of each page and the share that is done.

    Raises:
        DocumentError: It is damaged, protected against copying, or unpacks to too much.
    """
    try:
        with zipfile.ZipFile(path) as file:
            return _read(_Archive(file), count)
    except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
        raise _damaged(str(error)) from error


def _read(archive: _Archive, count: Count) -> Draft:
    if CONTAINER not in archive:
        raise DocumentError(
            "The file is a ZIP archive and no EPUB book.",
            hint="Unpack it, and hand over the documents in it.",
        )
    _refuse_protection(archive)
    roots = [one for one in _Elements(archive.text(CONTAINER)).found if one.name == "rootfile"]
    name = next((one.values.get("full-path", "") for one in roots), "")
    if not name:
        raise _damaged("it does not say where its package is")
    package = _package(archive, _inside("", name))
    entries = _contents(archive, package)
    draft = Draft(
        title=package.facts.get("title", ""),
        author=package.facts.get("creator", ""),
        language=package.facts.get("language"),
    )
    draft.pieces = list(_pieces(archive, package, entries, count))
    return draft


def _refuse_protection(archive: _Archive) -> None:
    if "META-INF/rights.xml" in archive or "META-INF/sinf.xml" in archive:
        raise _protected()
    if "META-INF/encryption.xml" in archive:
        elements = _Elements(archive.text("META-INF/encryption.xml")).found
        used = [one.values.get("algorithm", "") for one in elements if "algorithm" in one.values]
        if not all(algorithm in FONTS_ONLY for algorithm in used):
            raise _protected()


def _package(archive: _Archive, name: str) -> _Package:
    package, manifest = _Package(), dict[str, _Element]()
    folder = posixpath.dirname(name)
    spine: list[str] = []
    for one in _Elements(archive.text(name)).found:
        if one.name in ("title", "creator", "language") and one.text.strip():
            package.facts.setdefault(one.name, " ".join(one.text.split()))
        elif one.name == "item":
            manifest[one.values.get("id", "")] = one
            if "nav" in one.values.get("properties", "").split():
                package.navigation = _inside(folder, one.values.get("href", ""))
            elif one.values.get("media-type") == "application/x-dtbncx+xml":
                package.ncx = _inside(folder, one.values.get("href", ""))
        elif one.name == "itemref" and one.values.get("linear", "yes") != "no":
            spine.append(one.values.get("idref", ""))
        elif one.name == "reference" and one.values.get("type") == "toc":
            package.contents.add(_inside(folder, one.values.get("href", "")).partition("#")[0])
    listed = (manifest[entry].values for entry in spine if entry in manifest)
    package.pages = [
        _inside(folder, values.get("href", ""))
        for values in listed
        if values.get("media-type") in PAGES
    ]
    if not package.pages:
        raise _damaged("it names no page to read")
    return package


def _inside(folder: str, link: str) -> str:
    """Return the name of a member that a link leads to, with the anchor it has.

    Raises:
        DocumentError: The link leads out of the book.
    """
    place, mark, anchor = link.partition("#")
    name = posixpath.normpath(posixpath.join(folder, unquote(place)))
    if name.startswith(("/", "../")) or name == ".." or "://" in place:
        raise DocumentError(
            "The book is not self-contained: it refers to a file outside itself.",
            hint="Download or export it again.",
        )
    return name + mark + unquote(anchor)


def _contents(archive: _Archive, package: _Package) -> list[_Entry]:
    """Return the table of contents in order; empty when there is none."""
    if package.navigation in archive:
        found = list(_navigation(archive.text(package.navigation), package.navigation))
        if found:
            return found
    return list(_ncx(archive.text(package.ncx), package.ncx)) if package.ncx in archive else []


def _navigation(text: str, name: str) -> Iterator[_Entry]:
    depth, wanted, link = 0, False, None
    for one in _Elements(text, closing=("ol", "a", "nav")).found:
        if one.name == "nav":
            wanted = one.values.get("type", "toc") == "toc"
        elif one.name in ("ol", "/ol"):
            depth += 1 if one.name == "ol" else -1
        elif one.name == "/nav":
            wanted = False
        elif one.name == "a":
            link = one
        elif one.name == "/a" and link is not None:
            if wanted and depth <= MAX_DEPTH and link.values.get("href"):
                yield _entry(name, link.values["href"], link.text)
            link = None
        elif link is not None:  # a title in bold or italics
            link.text += one.text


def _ncx(text: str, name: str) -> Iterator[_Entry]:
    depth, title = 0, ""
    for one in _Elements(text, closing=("navpoint",)).found:
        if one.name in ("navpoint", "/navpoint"):
            depth += 1 if one.name == "navpoint" else -1
            title = "" if one.name == "navpoint" else title
        elif one.name == "text" and depth:
            title = one.text
        elif one.name == "content" and 0 < depth <= MAX_DEPTH and one.values.get("src"):
            yield _entry(name, one.values["src"], title)


def _entry(name: str, link: str, title: str) -> _Entry:
    page, _, anchor = _inside(posixpath.dirname(name), link).partition("#")
    return _Entry(page, anchor, " ".join(title.split()))


def _pieces(
    archive: _Archive, package: _Package, entries: list[_Entry], count: Count
) -> Iterator[Piece]:
    by_page: dict[str, list[_Entry]] = {}
    for entry in entries:
        by_page.setdefault(entry.page, []).append(entry)
    title, blocks = "", list[Block]()
    names = list(dict.fromkeys(package.pages))
    for number, name in enumerate(names, start=1):
        if name == package.navigation or name in package.contents:
            continue
        page = Page(archive.text(name))
        count(sum(len(block.text) for block in page.blocks), number / len(names))
        if page.is_contents:
            continue
        cuts = _cuts(page, by_page.get(name, [])) if entries else _first_heading(page)
        start = 0
        for place, heading in sorted(cuts.items()):
            blocks += page.blocks[start:place]
            yield _piece(title, blocks)
            title, blocks, start = heading, [], place
        blocks += page.blocks[start:]
    yield _piece(title, blocks)


def _cuts(page: Page, entries: list[_Entry]) -> Mapping[int, str]:
    """Return the titles of chapters by the place of their first block."""
    cuts: dict[int, str] = {}
    for entry in entries:
        places = (place for place, block in enumerate(page.blocks) if entry.anchor in block.anchors)
        place = next(places, 0)
        before = cuts.get(place)  # a part and its first chapter may begin at the same place
        cuts[place] = f"{before.rstrip('.')}. {entry.title}" if before else entry.title
    return cuts


def _first_heading(page: Page) -> Mapping[int, str]:
    """Return the heading a page begins with; without one it goes on where the last one ended."""
    first = next(iter(page.blocks), None)
    return {0: first.text} if first and first.level else {}


def _piece(title: str, blocks: list[Block]) -> Piece:
    title, rest = without_heading(title, blocks)
    return Piece(title, [block.text for block in rest])


def _damaged(reason: str) -> DocumentError:
    reason = " ".join(reason.split())[:120]
    return DocumentError(f"The book is damaged: {reason}.", hint="Download or export it again.")


def _protected() -> DocumentError:
    return DocumentError(
        "The book is protected against copying (DRM) and cannot be read.",
        hint="Use an edition without protection.",
    )
