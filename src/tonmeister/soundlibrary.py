"""The library of recorded sounds: what is in it, who made it, and under which terms.

``sounds.csv`` names every recording: a caption in English and in Portuguese, other words for it,
classes of AudioSet a listener should hear in it, length, licence, credit, where it comes from, and
its sha256. The recordings themselves are fetched when they are first needed.
"""

import csv
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

__all__ = [
    "DUTIES",
    "INDEX",
    "LIBRARY",
    "LibrarySound",
    "duties_of",
    "matching",
    "own_sounds",
    "recorded_sounds",
    "words_of",
]

LIBRARY = "sound-library"
"""Name of the checkpoint that holds the recordings."""

INDEX = "index.json"
"""File that names the sounds of the user's own folder."""

SoundKind = Literal["event", "loop", "pass"]

DUTIES = {
    "CC0-1.0": "no duties",
    "CC-BY-3.0": "name the author when you share the result",
    "CC-BY-SA-3.0": "name the author; share the result under CC BY-SA 3.0 or a later version of it",
    "GPL-2.0-or-later OR CC-BY-SA-2.0": (
        "name the author; share the result under GPL 2 or later, or CC BY-SA 2.0 or later"
    ),
    "GPL-2.0-or-later": "share the result under GPL 2 or later",
}
"""What each licence asks of somebody who shares a result; for private use none asks anything."""

_LITTLE_WORDS = "a an the of in on and with um uma o os as de do da dos das e com em no na"


@dataclass(frozen=True, slots=True)
class LibrarySound:
    """A recording of the library, or of the user's own folder.

    Attributes:
        name: Its name, unique in the library.
        kind: "event" happens once, "loop" may go on for ever, "pass" comes near and goes away.
        caption: What is heard, in English.
        caption_pt: The same in Portuguese.
        also: Other words for it, in both languages.
        classes: Classes of AudioSet a listener should hear in it.
        duration: Length in seconds.
        licence: SPDX expression.
        credit: Who made it.
        package: Debian package it comes in; empty for one of the user's own.
        member: Path inside the package.
        place: First byte and number of bytes of a sound that lies inside its file; None for a
            whole file.
        sha256: Of the sound's own bytes.
    """

    name: str
    kind: SoundKind
    caption: str
    caption_pt: str = ""
    also: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    duration: float = 0.0
    licence: str = ""
    credit: str = ""
    package: str = ""
    member: str = ""
    place: tuple[int, int] | None = None
    sha256: str = ""

    @property
    def phrases(self) -> tuple[str, ...]:
        """Everything it is called, in both languages."""
        return tuple(
            dict.fromkeys(one for one in (self.caption, self.caption_pt, *self.also) if one)
        )


def own_sounds(folder: Path) -> list[LibrarySound]:
    """Return the user's own sounds, as they were last indexed.

    Args:
        folder: Where they lie decoded, with their index.
    """
    try:
        entries = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [
        LibrarySound(
            name=name,
            kind="loop" if one["kind"] == "loop" else "event",
            caption=one["caption"],
            duration=float(one["duration"]),
            credit="your own folder",
            member=str(folder / one["file"]),
            sha256=one["sha256"],
        )
        for name, one in sorted(entries.items())
        if not one["problem"]
    ]


@cache
def recorded_sounds() -> tuple[LibrarySound, ...]:
    """Return all recordings of the library, in the order of the table."""
    table = files("tonmeister").joinpath("sounds.csv").read_text(encoding="utf-8")
    return tuple(_sound(row) for row in csv.DictReader(table.splitlines()))


def duties_of(licences: Iterable[str]) -> list[str]:
    """Return what the licences of used recordings ask, one sentence each, in a fixed order.

    Args:
        licences: SPDX expressions; those that are not known are passed over.
    """
    used = set(licences)
    found = [f"{licence}: {duty}." for licence, duty in DUTIES.items() if licence in used]
    if {"GPL-2.0-or-later", "CC-BY-SA-3.0"} <= used:
        found.append(
            "GPL and CC BY-SA 3.0 ask for different terms, so keep this result to yourself, or make"
            " it again with another seed or other words."
        )
    return found


def matching(words: str, sounds: Sequence[LibrarySound]) -> list[LibrarySound]:
    """Return the sounds whose names or captions hold every word, beginnings of words included.

    Args:
        words: English or Portuguese, case and accents ignored; none finds all.
        sounds: Where to look.
    """
    wanted = words_of(words)

    def holds(sound: LibrarySound) -> bool:
        there = [word for phrase in (sound.name, *sound.phrases) for word in _folded(phrase)]
        return all(any(one.startswith(word) for one in there) for word in wanted)

    return [sound for sound in sounds if holds(sound)]


def words_of(text: str) -> frozenset[str]:
    """Return the words of a text without case, accents, and words such as "the" and "de".

    Args:
        text: English or Portuguese.
    """
    return frozenset(_folded(text)) - frozenset(_LITTLE_WORDS.split())


def _folded(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.lower())
    return re.findall(r"\w+", "".join(one for one in plain if not unicodedata.combining(one)))


def _sound(row: dict[str, str]) -> LibrarySound:
    first, _, size = row["slice"].partition("+")
    kinds: dict[str, SoundKind] = {"event": "event", "loop": "loop", "pass": "pass"}
    return LibrarySound(
        name=row["name"],
        kind=kinds[row["kind"]],
        caption=row["caption"],
        caption_pt=row["caption_pt"],
        also=tuple(filter(None, row["also"].split(";"))),
        classes=tuple(filter(None, row["classes"].split(";"))),
        duration=float(row["duration"]),
        licence=row["licence"],
        credit=row["credit"],
        package=row["package"],
        member=row["member"],
        place=(int(first), int(size)) if size else None,
        sha256=row["sha256"],
    )
