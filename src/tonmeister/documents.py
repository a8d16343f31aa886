"""The door for foreign documents: read in a limited child process, as chapters of text.

The child (``tonmeister.decoder``) parses the file and writes JSON; nothing is fetched, run or
unpacked to disk. Only a complete result is moved to its destination.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tonmeister.decoder.formats import ACCEPTED_DOCUMENTS
from tonmeister.decoder.limits import OUTPUT, Limits
from tonmeister.errors import DocumentError
from tonmeister.sandbox import (
    CPU_BYTES_PER_SECOND,
    CPU_SECONDS,
    Child,
    Subject,
    checked_size,
    not_written,
    private_folder,
)

__all__ = ["SUFFIXES", "DocumentFacts", "is_document", "read_document"]

SUFFIXES = frozenset(
    {
        *(".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml", ".epub", ".pdf", ".srt"),
        *(".vtt",),
    }
)
# Named like documents, so that one error can say what to do instead.
UNREAD = frozenset(
    {
        *(".doc", ".docx", ".odt", ".rtf", ".pages", ".mobi", ".azw", ".azw3", ".kfx", ".fb2"),
        *(".djvu", ".ps", ".tex", ".xps", ".cbz", ".cbr"),
    }
)
MAX_BYTES = 256 * 1024**2
MAX_CHARACTERS = 20_000_000  # six times War and Peace
CHARACTERS_PER_CPU_SECOND = 10_000  # a dense PDF page has 3,000 and takes pypdf 0.05 s
SUBJECT = Subject(
    DocumentError,
    ACCEPTED_DOCUMENTS,
    "Convert it to EPUB or plain text",
    "if it is a genuine document",
    "read",
)


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What was read.

    Args:
        kind: ``"document"`` for chapters of text, ``"transcript"`` for subtitles.
        container: "text", "markdown", "html", "epub", "pdf", "srt" or "vtt".
        language: ISO 639-1 code, if the document states it.
        num_words: Number of words.
        num_characters: Number of characters of a text; 0 of a transcript.
        num_chapters: Number of chapters; 0 of a transcript.
        num_segments: Number of subtitles; 0 of a text.
        duration: Seconds from the beginning to the end of the last subtitle; 0.0 of a text.
        note: What there is to tell the user; empty if nothing.
        peak_memory_mb: Most memory the child had resident, in MiB; 0.0 where unknown.
    """

    kind: Literal["document", "transcript"]
    container: str
    language: str | None
    num_words: int
    num_characters: int
    num_chapters: int
    num_segments: int
    duration: float
    note: str
    peak_memory_mb: float


def is_document(path: Path) -> bool:
    """Tell by its extension whether a file passes this door.

    Args:
        path: Any path.
    """
    return path.suffix.lower() in SUFFIXES | UNREAD


def read_document(
    path: Path,
    destination: Path,
    *,
    idle_timeout: float = 20.0,
    cancelled: threading.Event | None = None,
) -> DocumentFacts:
    """Read a foreign document and write it as JSON.

    The JSON is that of ``artifacts.Text``, or of ``artifacts.Transcript`` for subtitles. What the
    file is, is told from its contents; its extension only tells Markdown from plain text.

    Args:
        path: Any file.
        destination: Where the result goes; its folder must exist. A file there is replaced.
        idle_timeout: Seconds without progress after which the file is given up.
        cancelled: Set it from another thread to stop within a second.

    Raises:
        DocumentError: Missing, unreadable, empty, protected, without text, too long, of another
            format, or it costs more time or memory than its size justifies.
        StoreError: The destination cannot be written.
        RunCancelled: ``cancelled`` was set.
    """
    suffix = path.suffix.lower()
    if suffix in UNREAD:
        raise DocumentError(
            f"Documents of the format {suffix.lstrip('.').upper()} are not read.",
            hint=f"Save or convert it to EPUB, PDF or plain text. {ACCEPTED_DOCUMENTS}",
        )
    size = checked_size(path, SUBJECT)
    if size > MAX_BYTES:
        raise DocumentError(
            f"The document has {size / 1024**2:,.0f} MiB; {MAX_BYTES // 1024**2} are accepted.",
            hint="Save it without its pictures, or cut it into parts.",
        )
    limits = Limits(
        max_duration=0.0,
        max_samples=MAX_CHARACTERS,
        max_channels=0,
        min_free_bytes=0,
        cpu_seconds=CPU_SECONDS + size / CPU_BYTES_PER_SECOND,
        samples_per_cpu_second=CHARACTERS_PER_CPU_SECOND,
    )
    with private_folder(path, destination.parent) as folder:
        options = {"suffix": suffix}
        child = Child(folder, "read", limits, SUBJECT, size, idle_timeout, options)
        facts = child.result(cancelled=cancelled)
        try:
            (folder / OUTPUT).replace(destination)
        except OSError as error:
            raise not_written(destination.parent, error) from error
    return _facts(facts)


def _facts(facts: Mapping[str, Any]) -> DocumentFacts:
    return DocumentFacts(
        kind="transcript" if facts["kind"] == "transcript" else "document",
        container=str(facts["container"]),
        language=None if facts["language"] is None else str(facts["language"]),
        num_words=int(facts["num_words"]),
        num_characters=int(facts.get("num_characters", 0)),
        num_chapters=int(facts.get("num_chapters", 0)),
        num_segments=int(facts.get("num_segments", 0)),
        duration=float(facts.get("duration", 0.0)),
        note=str(facts["note"]),
        peak_memory_mb=float(facts["peak_memory_mb"]),
    )
