"""Small books in every format that is read, with known text: for the tests and the measurements."""

import html
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["DOM_CASMURRO", "Book", "Line", "epub_members", "write_epub", "write_pdf", "write_zip"]


@dataclass(frozen=True)
class Book:
    """A book whose text is known.

    Args:
        title: Its title.
        author: Who wrote it.
        language: As metadata state it, such as "pt-BR".
        chapters: Title and paragraphs of each chapter.
    """

    title: str
    author: str
    language: str
    chapters: Mapping[str, Sequence[str]]


# Machado de Assis, 1899; in the public domain.
DOM_CASMURRO = Book(
    "Dom Casmurro",
    "Machado de Assis",
    "pt-BR",
    {
        "Capítulo um. Do título": (
            "Uma noite destas, vindo da cidade para o Engenho Novo, encontrei no trem da Central "
            "um rapaz aqui do bairro, que eu conheço de vista e de chapéu.",
            "Cumprimentou-me, sentou-se ao pé de mim, falou da lua e dos ministros, e acabou "
            "recitando-me versos.",
        ),
        "Capítulo dois. Do livro": (
            "Agora que expliquei o título, passo a escrever o livro. Antes disso, porém, digamos "
            "os motivos que me põem a pena na mão.",
            "Vivo só, com um criado. A casa em que moro é própria.",
        ),
        "Capítulo três. A denúncia": (
            "Ia a entrar na sala de visitas, quando ouvi proferir o meu nome e escondi-me atrás "
            "da porta.",
        ),
    },
)


def epub_members(book: Book, *, version: int = 3) -> dict[str, str]:
    """Return the files of an EPUB by name.

    The table of contents is a navigation page in version 3 and an NCX in version 2. Before the
    chapters come a cover without text and a page of contents.

    Args:
        book: What it holds.
        version: 2 or 3.
    """
    numbered = list(enumerate(book.chapters.items(), start=1))
    page = (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html xmlns='
        '"http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">'
        "<head><title>{}</title></head><body>{}</body></html>"
    )
    pages = {
        f"OEBPS/c{number}.xhtml": page.format(
            html.escape(title),
            f"<h1 id='h{number}'>{html.escape(title)}</h1>"
            + "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in paragraphs),
        )
        for number, (title, paragraphs) in numbered
    }
    links = "".join(
        f"<li><a href='c{number}.xhtml#h{number}'>{html.escape(title)}</a></li>"
        for number, (title, _) in numbered
    )
    points = "".join(
        f"<navPoint id='n{number}'><navLabel><text>{html.escape(title)}</text></navLabel>"
        f"<content src='c{number}.xhtml'/></navPoint>"
        for number, (title, _) in numbered
    )
    manifest = "".join(
        f"<item id='c{number}' href='c{number}.xhtml' media-type='application/xhtml+xml'/>"
        for number, _ in numbered
    )
    spine = "".join(f"<itemref idref='c{number}'/>" for number, _ in numbered)
    return {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": "<container><rootfiles><rootfile full-path='OEBPS/book.opf' "
        "media-type='application/oebps-package+xml'/></rootfiles></container>",
        "OEBPS/book.opf": f"<package version='{version}.0'><metadata>"
        f"<dc:title>{html.escape(book.title)}</dc:title>"
        f"<dc:creator>{html.escape(book.author)}</dc:creator>"
        f"<dc:language>{book.language}</dc:language></metadata><manifest>"
        "<item id='cover' href='cover.xhtml' media-type='application/xhtml+xml'/>"
        "<item id='nav' href='nav.xhtml' media-type='application/xhtml+xml'"
        + (" properties='nav'/>" if version == 3 else "/>")
        + ("<item id='ncx' href='toc.ncx' media-type='application/x-dtbncx+xml'/>" * (version == 2))
        + f"{manifest}</manifest><spine toc='ncx'><itemref idref='cover'/><itemref idref='nav'/>"
        f"{spine}</spine></package>",
        "OEBPS/cover.xhtml": page.format("Capa", "<img src='cover.jpg' alt='Capa'/>"),
        "OEBPS/nav.xhtml": page.format("Índice", f"<nav epub:type='toc'><ol>{links}</ol></nav>"),
        **({"OEBPS/toc.ncx": f"<ncx><navMap>{points}</navMap></ncx>"} if version == 2 else {}),
        **pages,
    }


def write_zip(path: Path, members: Mapping[str, str | bytes]) -> Path:
    """Write a ZIP archive and return its path.

    Args:
        path: The new file.
        members: Contents by name.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def write_epub(path: Path, book: Book = DOM_CASMURRO, *, version: int = 3) -> Path:
    """Write a book as EPUB and return its path.

    Args:
        path: The new file.
        book: What it holds.
        version: 2 or 3.
    """
    return write_zip(path, epub_members(book, version=version))


@dataclass(frozen=True)
class Line:
    """A line on a PDF page.

    Args:
        text: What it says.
        size: Size of the letters in points.
        mark: Number of a footnote behind it, small and raised; empty without one.
    """

    text: str
    size: float = 11.0
    mark: str = ""


def write_pdf(
    path: Path,
    pages: Sequence[Sequence[Line]],
    *,
    outline: Mapping[str, int] | None = None,
    title: str = "",
    author: str = "",
    language: str = "",
) -> Path:
    """Write lines as a PDF 1.4 and return its path.

    Args:
        path: The new file.
        pages: Lines of each page, from the top down.
        outline: Number of a page from 0, by title.
        title: Of the document.
        author: Of the document.
        language: Of the document, such as "pt-BR".
    """
    bodies: list[bytes] = [b"", b"", b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica"]
    bodies[2] += b"/Encoding/WinAnsiEncoding>>"
    bodies.append(b"<</Title" + _string(title) + b"/Author" + _string(author) + b">>")
    kids: list[int] = []
    for lines in pages:
        drawn = b"".join(_drawn(line, 780 - 15 * place) for place, line in enumerate(lines))
        stream = b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn)
        bodies.append(stream)
        bodies.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>>>"
            b"/Contents %d 0 R>>" % len(bodies)
        )
        kids.append(len(bodies))
    references = b" ".join(b"%d 0 R" % kid for kid in kids)
    bodies[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), references)
    catalog = b"<</Type/Catalog/Pages 2 0 R"
    if language:
        catalog += b"/Lang" + _string(language)
    if outline:
        catalog += b"/Outlines %d 0 R" % (len(bodies) + 1)
        bodies += _outline(outline, kids, len(bodies) + 1)
    bodies[0] = catalog + b">>"
    path.write_bytes(_assembled(bodies))
    return path


def _string(text: str) -> bytes:
    return b"<" + (b"\xfe\xff" + text.encode("utf-16-be")).hex().encode() + b">"


def _drawn(line: Line, height: float) -> bytes:
    letters = line.text.encode("cp1252", "replace")
    escaped = letters.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    drawn = b"BT /F %g Tf 60 %g Td (%s) Tj ET\n" % (line.size, height, escaped)
    if line.mark:
        place = (60 + 0.5 * line.size * len(line.text), height + 4, line.mark.encode())
        drawn += b"BT /F 6 Tf %g %g Td (%s) Tj ET\n" % place
    return drawn


def _outline(outline: Mapping[str, int], kids: Sequence[int], root: int) -> list[bytes]:
    first, last = root + 1, root + len(outline)
    bodies = [b"<</Type/Outlines/First %d 0 R/Last %d 0 R/Count %d>>" % (first, last, len(outline))]
    for number, (title, page) in enumerate(outline.items(), start=first):
        body = (
            b"<</Title" + _string(title) + b"/Parent %d 0 R/Dest[%d 0 R/Fit]" % (root, kids[page])
        )
        body += b"/Prev %d 0 R" % (number - 1) if number > first else b""
        body += b"/Next %d 0 R" % (number + 1) if number < last else b""
        bodies.append(body + b">>")
    return bodies


def _assembled(bodies: Sequence[bytes]) -> bytes:
    written = b"%PDF-1.4\n"
    places: list[int] = []
    for number, body in enumerate(bodies, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(bodies) + 1
    trailer = b"trailer<</Size %d/Root 1 0 R/Info 4 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        size,
        len(written),
    )
    return written + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + trailer
