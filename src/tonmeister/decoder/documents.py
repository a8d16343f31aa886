"""Documents as chapters of text, or as a transcript: what the child process does with them."""

import json
import re
import time
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tonmeister.decoder.captions import is_captions, transcript_of
from tonmeister.decoder.encodings import characters, declared_encoding
from tonmeister.decoder.formats import ACCEPTED_DOCUMENTS, foreign_content, picture_format
from tonmeister.decoder.limits import Limits, Reply
from tonmeister.decoder.prose import Draft, plain_chapters
from tonmeister.errors import DocumentError

__all__ = ["read"]

MARKDOWN = frozenset({".md", ".markdown"})
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.I | re.S
)
_FRONT = re.compile(r"---[ \t]*\n(.{0,8000}?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_STATED = re.compile(r"^(title|author|lang|language)\s*:\s*(.+)$", re.IGNORECASE | re.MULTILINE)
_BEGIN = re.compile(
    r"^\*\*\* ?START OF (?:THE|THIS) PROJECT GUTENBERG.*\*\*\*[ \t]*$", re.MULTILINE
)
_END = re.compile(r"^\*\*\* ?END OF (?:THE|THIS) PROJECT GUTENBERG", re.MULTILINE)
_NOTE = re.compile(r"^\[\^[^\]\n]{1,40}\]:.*(?:\n(?:[ \t]+.*|(?=\S)(?!\[\^).+))*", re.MULTILINE)
_NOTE_MARK = re.compile(r"\[\^[^\]\n]{1,40}\]")
_LANGUAGES = {
    "eng": "en", "por": "pt", "spa": "es", "fra": "fr", "fre": "fr", "ita": "it", "deu": "de",
    "english": "en", "portuguese": "pt", "spanish": "es", "french": "fr", "italian": "it",
    "german": "de", "ger": "de", "hin": "hi", "jpn": "ja", "zho": "zh", "chi": "zh", "nld": "nl",
    "rus": "ru",
}  # fmt: skip
_COVERS = frozenset(
    {"cover", "coverpage", "coverimage", "capa", "portada", "couverture", "copertina"}
)
LONGEST_FACT = 200  # characters of a title or an author


@dataclass(slots=True)
class _Quota:
    """Counts characters against the limits and tells the parent about progress."""

    limits: Limits
    reply: Reply
    num_characters: int = 0
    _last: float = field(default=0.0, init=False)

    def count(self, num_characters: int, fraction: float) -> None:
        """Count characters that were read.

        Raises:
            DocumentError: There are more than allowed.
        """
        self.num_characters += num_characters
        if self.num_characters > self.limits.max_samples:
            raise DocumentError(
                f"The document has more than {self.limits.max_samples:,} characters, the most that "
                "is accepted.",
                hint="Cut it into parts.",
            )
        now = time.monotonic()
        if now - self._last >= 0.2:
            self._last = now
            self.reply({"samples": self.num_characters, "fraction": fraction})


def read(path: Path, output: Path, suffix: str, limits: Limits, reply: Reply) -> dict[str, Any]:
    """Read a document and write it as JSON: a text in chapters, or a transcript.

    Args:
        path: The document.
        output: The new file.
        suffix: File name extension with its dot, in lower case.
        limits: What it may cost; its samples are characters.
        reply: Sends one line to the parent.

    Raises:
        DocumentError: It cannot be read, or there is nothing in it.
    """
    quota = _Quota(limits, reply)
    with path.open("rb") as file:
        head = file.read(4096)
    _refuse(head)
    if head.startswith(b"%PDF"):
        from tonmeister.decoder.pdf import read_pdf

        return _written(read_pdf(path, quota.count), "pdf", output, quota)
    if zipfile.is_zipfile(path) or head.startswith(b"PK\x03\x04"):
        from tonmeister.decoder.epub import read_epub

        return _written(read_epub(path, quota.count), "epub", output, quota)
    return _read_text(path.read_bytes(), suffix, output, quota)


def _refuse(head: bytes) -> None:
    """Refuse what is surely no document."""
    found = foreign_content(head)
    if picture_format(head):
        found = f"a {picture_format(head)} picture"
    elif head[:4] in (b"RIFF", b"fLaC", b"OggS") or head[:3] == b"ID3" or head[4:8] == b"ftyp":
        found = "a recording or video"
    documents = ("text", "a PDF", "a ZIP", "a web page", "XML", "an SVG", "a list", "a playlist")
    if found is not None and not found.startswith(documents):
        raise DocumentError(f"The file is {found}, not a document.", hint=ACCEPTED_DOCUMENTS)


def _read_text(content: bytes, suffix: str, output: Path, quota: _Quota) -> dict[str, Any]:
    text, lost = characters(content, declared_encoding(content))
    quota.count(len(text), 0.5)
    if suffix in (".srt", ".vtt") or is_captions(text):
        return _write_transcript(transcript_of(text), suffix.lstrip("."), output)
    if suffix in MARKDOWN:
        draft, container = _markdown(text), "markdown"
    elif _HTML.match(text[:4096]) or suffix in (".html", ".htm", ".xhtml"):
        draft, container = _html(text), "html"
    else:
        draft, container = _plain(text), "text"
    if lost:
        draft.notes.append(f"{lost} characters were unreadable and left out.")
    return _written(draft, container, output, quota)


def _plain(text: str) -> Draft:
    """Read plain text; of a Project Gutenberg file, what stands between its two marks."""
    begin, end = _BEGIN.search(text), _END.search(text)
    if begin is None:
        return Draft(plain_chapters(text))
    stated = {name.lower(): value.strip() for name, value in _STATED.findall(text[: begin.start()])}
    book = text[begin.end() : end.start() if end else len(text)]
    return Draft(
        plain_chapters(book),
        title=stated.get("title", ""),
        author=stated.get("author", ""),
        language=stated.get("language"),
    )


def _html(text: str) -> Draft:
    from tonmeister.decoder.markup import Page, chapters_of

    return chapters_of(Page(text))


def _markdown(text: str) -> Draft:
    """Read CommonMark with tables, without footnotes; title, author and language stand above it."""
    from markdown_it import MarkdownIt

    stated: dict[str, str] = {}
    front = _FRONT.match(text)
    if front:
        stated = {name.lower(): value.strip(" \"'") for name, value in _STATED.findall(front[1])}
        text = text[front.end() :]
    text = _NOTE_MARK.sub("", _NOTE.sub("", text))
    draft = _html(MarkdownIt("commonmark").enable("table").render(text))
    draft.title = stated.get("title") or draft.title
    draft.author = stated.get("author") or draft.author
    draft.language = stated.get("lang") or stated.get("language") or draft.language
    return draft


def _written(draft: Draft, container: str, output: Path, quota: _Quota) -> dict[str, Any]:
    chapters: list[dict[str, str]] = []
    quota.num_characters = 0  # they were counted before they were put into chapters
    for piece in draft.pieces:
        title = " ".join(piece.title.split())[:LONGEST_FACT]
        text = "\n\n".join(paragraph for paragraph in piece.paragraphs if paragraph)
        quota.count(len(title) + len(text), 0.9)
        cover = not text and "".join(title.lower().split()) in _COVERS
        if (_has_words(title) or _has_words(text)) and not cover:
            chapters.append({"title": title, "text": text})
    if not any(_has_words(chapter["text"]) for chapter in chapters):
        raise DocumentError(
            "The document has no text.", hint="Check that it is the right file, and not empty."
        )
    language = _language(draft.language)
    fields = {
        "chapters": chapters,
        "language": language,
        "title": " ".join(draft.title.split())[:LONGEST_FACT],
        "author": " ".join(draft.author.split())[:LONGEST_FACT],
    }
    output.write_text(json.dumps(fields, ensure_ascii=False), encoding="utf-8", errors="replace")
    words = sum(len(chapter["text"].split()) for chapter in chapters)
    return {
        "kind": "document",
        "container": container,
        "language": language,
        "num_chapters": len(chapters),
        "num_words": words,
        "num_characters": sum(len(chapter["text"]) for chapter in chapters),
        "note": " ".join(draft.notes),
    }


def _write_transcript(fields: dict[str, Any], container: str, output: Path) -> dict[str, Any]:
    output.write_text(json.dumps(fields, ensure_ascii=False), encoding="utf-8", errors="replace")
    words = sum(len(segment["text"].split()) for segment in fields["segments"])
    return {
        "kind": "transcript",
        "container": container,
        "language": None,
        "num_segments": len(fields["segments"]),
        "num_words": words,
        "duration": fields["duration"],
        "note": "",
    }


def _has_words(text: str) -> bool:
    return any(letter.isalnum() for letter in text)


def _language(stated: str | None) -> str | None:
    """Return the ISO 639-1 code of what a document states, such as "pt-BR" or "por"."""
    code = re.split(r"[-_\s;,]", (stated or "").strip().lower())[0]
    code = _LANGUAGES.get(code, code)
    return code if re.fullmatch(r"[a-z]{2}", code) and code != "un" else None
