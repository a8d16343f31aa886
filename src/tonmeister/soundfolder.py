"""A folder of the user's own sounds beside the library: decoded once, named by their file names.

Foreign files are decoded in the limited child, as everywhere. What is new or changed is decoded
again, what is gone is forgotten, and the rest stays as it is.
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from tonmeister.config import Settings
from tonmeister.decoding import decode
from tonmeister.errors import AudioError, ConfigError, StoreError
from tonmeister.soundlibrary import INDEX, LibrarySound, own_sounds

__all__ = ["own_folder", "refresh"]

SUFFIXES = frozenset((".wav", ".flac", ".mp3", ".ogg", ".opus", ".m4a", ".aiff", ".aif"))
MOST_FILES = 2_000
LONGEST = 180.0
GOES_ON = 6.0
"""Seconds from which a recording may go on for ever; "loop" in its name says so too."""


def own_folder(weights: Path) -> Path:
    """Return where decoded sounds of one's own lie.

    Args:
        weights: Folder of the checkpoints.
    """
    return weights / "own-sounds"


def refresh(settings: Settings) -> tuple[list[LibrarySound], list[str]]:
    """Bring the index of the user's own folder up to date.

    Args:
        settings: ``sound_library`` names the folder; without one there are no such sounds.

    Returns:
        The sounds, and one sentence for each file that cannot be used.

    Raises:
        ConfigError: The folder does not exist or has too many files.
        StoreError: The decoded sounds cannot be written.
    """
    kept = own_folder(settings.weights)
    if settings.sound_library is None:
        if (kept / INDEX).exists():
            _write(kept, {})
        return [], []
    folder = settings.sound_library.expanduser()
    if not folder.is_dir():
        raise ConfigError(
            f"Setting 'sound_library': there is no folder {folder}.", hint="Correct or unset it."
        )
    found = sorted(
        one for one in folder.rglob("*") if one.suffix.lower() in SUFFIXES and one.is_file()
    )
    if len(found) > MOST_FILES:
        raise ConfigError(
            f"Setting 'sound_library': {folder} has {len(found)} recordings; {MOST_FILES} at most "
            "are read.",
            hint="Name a smaller folder.",
        )
    known = _read(kept)
    entries = {str(one.relative_to(folder)): _entry(one, folder, known, kept) for one in found}
    if entries != known:
        _write(kept, entries)
        _forget(kept, entries)
    problems = [f"{name}: {one['problem']}" for name, one in entries.items() if one["problem"]]
    return own_sounds(kept), problems


def _entry(path: Path, folder: Path, known: dict[str, Any], kept: Path) -> dict[str, Any]:
    status = path.stat()
    stamp = [status.st_size, status.st_mtime_ns]
    old = known.get(str(path.relative_to(folder)))
    if old is not None and old["stamp"] == stamp:
        return old
    entry: dict[str, Any] = {"stamp": stamp, "caption": _caption(path.stem), "problem": ""}
    try:
        kept.mkdir(parents=True, exist_ok=True)
        with path.open("rb") as content:
            sha256 = hashlib.file_digest(content, "sha256").hexdigest()
        facts = decode(path, kept / f"{sha256[:24]}.wav", max_duration=LONGEST)
    except AudioError as error:
        return {**entry, "problem": error.message}
    except OSError as error:
        raise StoreError(f"{path.name} cannot be kept: {error.strerror or error}.") from error
    goes_on = facts.duration >= GOES_ON or re.search(r"\bloop\b", entry["caption"]) is not None
    return {
        **entry,
        "file": f"{sha256[:24]}.wav",
        "sha256": sha256,
        "duration": round(facts.duration, 2),
        "kind": "loop" if goes_on else "event",
    }


def _caption(stem: str) -> str:
    """Make words of a file name: "heavy_rain-02" is "heavy rain", "DogBarking" is "dog barking"."""
    words = re.sub(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Ý])", " ", stem)
    words = re.sub(r"[\W_\d]+", " ", words)
    return " ".join(words.lower().split()) or stem


def _read(kept: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((kept / INDEX).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _write(kept: Path, entries: dict[str, Any]) -> None:
    try:
        kept.mkdir(parents=True, exist_ok=True)
        fresh = kept / f"{INDEX}.new"
        fresh.write_text(json.dumps(entries, indent=1, ensure_ascii=False), encoding="utf-8")
        fresh.replace(kept / INDEX)
    except OSError as error:
        raise StoreError(
            f"The index of your own sounds cannot be written: {error.strerror or error}.",
            hint="Free some disk space.",
        ) from error


def _forget(kept: Path, entries: dict[str, Any]) -> None:
    used = {one.get("file") for one in entries.values()}
    for file in kept.glob("*.wav"):
        if file.name not in used:
            file.unlink(missing_ok=True)
