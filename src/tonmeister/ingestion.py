"""What is handed over: foreign files pass the decoding gate and become artifacts."""

import hashlib
import os
import shutil
import threading
from pathlib import Path
from typing import Any

from tonmeister.artifacts import Artifact, Kind, from_json
from tonmeister.blobs import store_errors
from tonmeister.config import Settings
from tonmeister.decoding import decode, probe
from tonmeister.documents import is_document, read_document
from tonmeister.errors import AudioError, DocumentError
from tonmeister.store import Store
from tonmeister.streaming import PCM_MEDIA_TYPE

__all__ = ["ingest"]


def ingest(path: Path, store: Store, settings: Settings, cancelled: threading.Event) -> Artifact:
    """Take a recording, video, picture or document into the store.

    The same contents handed over again are not decoded again. Of a document, what is written is
    kept, chapter by chapter; subtitles become a transcript.

    Args:
        path: Any file.
        store: Where it is kept.
        settings: Longest accepted recording.
        cancelled: Set it from another thread to stop.

    Raises:
        AudioError: The file is missing, unreadable, or neither sound, video nor picture.
        DocumentError: A document is unreadable, protected, or without text.
    """
    path = path.expanduser()
    try:
        missing = not path.exists()
    except OSError:  # a name longer than any file's
        missing = True
    if missing:
        raise AudioError(f"There is no file {path}.", hint="Check the name and the folder.")
    if not path.is_file():  # a pipe or a device never ends
        found = "a folder" if path.is_dir() else "a pipe or a device"
        raise AudioError(f"{path.name} is {found}, not a file.", hint="Name a recording.")
    key = f"handed-over:{_digest(path)}:{_called(path.name)}"
    known = store.cached(key)
    if known is not None:
        return known["result"]
    scratch = store.scratch()
    try:
        if is_document(path):
            artifact = _document(path, scratch, store, cancelled)
        else:
            artifact = _media(path, scratch, store, settings, cancelled)
        store.record_step(key, {"result": artifact})
        return artifact
    except (AudioError, DocumentError) as error:
        raise type(error)(f"{path.name}: {error.message}", hint=error.hint) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _media(
    path: Path, scratch: Path, store: Store, settings: Settings, cancelled: threading.Event
) -> Artifact:
    facts = probe(path)
    if facts.kind == "audio":
        return _recording(path, scratch, store, settings, cancelled)
    return _copy(path, scratch, store, facts.kind, facts.container, facts.duration)


def _recording(
    path: Path, scratch: Path, store: Store, settings: Settings, cancelled: threading.Event
) -> Artifact:
    pcm = scratch / "decoded.wav"
    decoded = decode(path, pcm, max_duration=settings.max_duration, cancelled=cancelled)
    facts: dict[str, Any] = {
        "duration": decoded.duration,
        "sample_rate": decoded.sample_rate,
        "num_channels": decoded.num_channels,
        "num_frames": decoded.num_frames,
        "container": decoded.container,
        "codec": decoded.codec,
    }
    if decoded.note:
        facts["note"] = decoded.note
    return store.adopt(
        pcm, kind=Kind.AUDIO, media_type=PCM_MEDIA_TYPE, name=_called(path.stem), facts=facts
    )


def _document(path: Path, scratch: Path, store: Store, cancelled: threading.Event) -> Artifact:
    written = scratch / "read.json"
    found = read_document(path, written, cancelled=cancelled)
    kind = Kind(found.kind)
    try:  # what a child says of foreign bytes is not believed unseen
        from_json(kind, written.read_bytes())
    except ValueError as error:
        raise DocumentError(
            "The document was not read as expected.", hint="Convert it to EPUB or plain text."
        ) from error
    facts: dict[str, Any] = {
        "container": found.container,
        "language": found.language,
        "num_words": found.num_words,
    }
    if kind is Kind.TRANSCRIPT:
        facts |= {"num_segments": found.num_segments, "duration": found.duration}
    else:
        facts |= {"num_chapters": found.num_chapters, "num_characters": found.num_characters}
    if found.note:
        facts["note"] = found.note
    return store.adopt(
        written, kind=kind, media_type="application/json", name=_called(path.stem), facts=facts
    )


def _copy(
    path: Path, scratch: Path, store: Store, kind: str, container: str, duration: float | None
) -> Artifact:
    copied = scratch / "original"
    with store_errors(store.home):
        shutil.copyfile(path, copied)
    facts: dict[str, Any] = {"container": container, "suffix": path.suffix.lstrip(".").lower()}
    if duration is not None:
        facts["duration"] = duration
    return store.adopt(
        copied,
        kind=Kind(kind),
        media_type=f"{kind}/{container}",
        name=_called(path.stem),
        facts=facts,
    )


def _called(name: str) -> str:
    """Return a file name as text; what is no UTF-8 in it, as from another system, is marked."""
    return os.fsencode(name).decode("utf-8", "replace")


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise AudioError(
            f"{path} cannot be read: {error.strerror or error}.", hint="Check its permissions."
        ) from error
