"""The files a recipe is run on: those that are named, and those that lie in folders."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tonmeister.artifacts import Artifact, Kind
from tonmeister.documents import SUFFIXES as DOCUMENTS
from tonmeister.errors import AudioError
from tonmeister.plan import ACCEPTED_AS
from tonmeister.soundsearch import SUFFIXES as RECORDINGS
from tonmeister.store import Store

__all__ = ["Handed", "accepts", "found_files"]

PICTURES = frozenset((".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff"))


@dataclass(frozen=True, slots=True)
class Handed:
    """A file that a recipe is to be run on.

    Attributes:
        path: The file.
        inside: Folder of it within the folder that was named, "." for a file that was.
        passed_over: Why it is left out; empty when it is not.
    """

    path: Path
    inside: Path = Path()
    passed_over: str = ""


def accepts(wanted: Kind, found: Kind) -> bool:
    """Tell whether an artifact may stand where a kind is expected.

    Args:
        wanted: What is expected.
        found: What is there.
    """
    return found == wanted or found in ACCEPTED_AS.get(wanted, ())


def found_files(paths: Iterable[Path], kind: Kind, store: Store) -> list[Handed]:
    """Return the files that are named, and those in named folders and in folders inside them.

    In a folder, what by its name is of another kind is passed over, and so is what was made of
    another of the files: the results of an earlier run.

    Args:
        paths: Files and folders.
        kind: What the recipe takes.
        store: Knows what was made of what.

    Raises:
        AudioError: A path does not exist.
    """
    found: dict[Path, Handed] = {}
    in_folders: list[Path] = []
    for path in paths:
        path = path.expanduser()
        if not path.exists():
            raise AudioError(f"There is no file {path}.", hint="Check the name and the folder.")
        if not path.is_dir():
            found.setdefault(path.resolve(), Handed(path))
            continue
        for one in _in_folder(path):
            reason = "" if one.suffix.lower() in _suffixes(kind) else f"not {_NAMES[kind]}"
            inside = one.parent.relative_to(path)
            if found.setdefault(one.resolve(), handed := Handed(one, inside, reason)) is handed:
                in_folders += [] if reason else [one]
    stems = Counter(one.path.stem for one in found.values() if not one.passed_over)
    for path in in_folders:
        origin = _made_of(path, stems, store)
        if origin:
            known = found[path.resolve()]
            found[path.resolve()] = Handed(path, known.inside, f"made of {origin} before")
    return list(found.values())


_NAMES = {
    Kind.AUDIO: "a recording",
    Kind.VIDEO: "a video",
    Kind.IMAGE: "a picture",
    Kind.DOCUMENT: "a document",
    Kind.TRANSCRIPT: "subtitles",
}


def _suffixes(kind: Kind) -> frozenset[str]:
    if kind in (Kind.DOCUMENT, Kind.TRANSCRIPT):
        return DOCUMENTS
    return PICTURES if kind is Kind.IMAGE else RECORDINGS


def _in_folder(folder: Path) -> Iterator[Path]:
    """Yield the files in a folder that are not hidden; links out of it are left out."""
    inside = folder.resolve()
    for path in sorted(folder.rglob("*")):
        if any(part.startswith(".") for part in path.relative_to(folder).parts):
            continue
        if path.is_file() and path.resolve().is_relative_to(inside):
            yield path


def _made_of(path: Path, stems: Counter[str], store: Store) -> str:
    """Return the name of another of the files that this one was made of; empty for none.

    Results are called after what they were made of, so that few files need to be read.
    """
    parts = path.stem.split(".")
    names = {".".join(parts[:count]) for count in range(1, len(parts))} & stems.keys()
    if stems[path.stem] > 1:  # talk.mp3 beside talk.wav
        names.add(path.stem)
    if not names:
        return ""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    origins = {name for made in store.made_with(sha256) for name in _origins(made, store)}
    return min(origins & names, default="")


def _origins(artifact: Artifact, store: Store) -> set[str]:
    """Return the names of what was handed over, of which an artifact was made in the end."""
    names: set[str] = set()
    seen: set[str] = set()
    waiting = [artifact]
    while waiting:
        one = waiting.pop()
        if one.recipe is None:
            names.add(one.name)
        elif one.id not in seen:
            seen.add(one.id)
            waiting += [store.artifact(parent) for parent in one.recipe.parents]
    return names
