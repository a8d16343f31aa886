"""Rooms that are heard around sounds, by the words for them: "in a large hall", "numa gruta"."""

import re
import unicodedata
from dataclasses import dataclass

__all__ = ["PLACE", "Room", "fold_sounds", "without_room"]

PLACE = re.compile(
    r"\s+(?:in|inside|at|on|under|near|by|through|from inside|em|n[oa]s?|num|numa|nuns|numas|ao|aos"
    r"|à|às|sob|debaixo d[aeo]s?|dentro d[aeo]|junto (?:à|ao)|perto d[aeo])\s+(?=\w)"
)
"""The word that says that a place follows, in folded text."""


@dataclass(frozen=True, slots=True)
class Room:
    """A room that is heard around all sounds.

    Attributes:
        name: What it is called.
        decay: Seconds until its echo has died away by 60 dB.
        wet_db: Level of the echo relative to the sound itself.
    """

    name: str
    decay: float
    wet_db: float


_ROOMS = tuple(
    (re.compile(rf"\b(?:{words})\b"), Room(name, decay, wet_db))
    for name, decay, wet_db, words in (
        ("cathedral", 5.0, -3.0, "cathedral|(?:big|large) church|catedral|igreja grande"),
        ("church", 3.2, -4.0, "church|chapel|igreja|capela"),
        ("cave", 3.5, -3.0, "caves?|cavern|caverna|gruta"),
        ("tunnel", 2.6, -4.0, "tunnel|underpass|tunel|passagem subterranea"),
        (
            "large hall",
            2.2,
            -5.0,
            "hall|ballroom|auditorium|gym|gymnasium|warehouse|hangar|salao|pavilhao|ginasio|armazem"
            "|auditorio|sala (?:de concertos|grande|enorme)",
        ),
        (
            "corridor",
            1.4,
            -6.0,
            "stairwell|staircase|corridor|hallway|garage|car park|escadas|corredor|garagem",
        ),
        ("bathroom", 0.8, -5.0, "bathroom|shower room|casa de banho|banheiro"),
        (
            "room",
            0.5,
            -9.0,
            "room|kitchen|office|classroom|bedroom|quarto|sala|cozinha|escritorio",
        ),
    )
)
"""In the order they are looked for; decays as Kuttruff, "Room Acoustics" (2016), finds them."""


def fold_sounds(text: str) -> str:
    """Return it in lower case without accents, letter by letter, so that places stay the same.

    "à" keeps its accent: it says where, and "a" does not.

    Args:
        text: Any text.
    """
    plain = (one if one == "à" else unicodedata.normalize("NFD", one)[0] for one in text.lower())
    return "".join(plain) if len(text.lower()) == len(text) else text


def without_room(part: str) -> tuple[str, Room | None]:
    """Take "in a large hall" off a part; it is a room only after a word of place.

    Args:
        part: Words for one thing that is heard.

    Returns:
        The words before, or all of them without a room.
    """
    for gap in PLACE.finditer(fold_sounds(part)):
        rest = fold_sounds(part)[gap.end() :]
        for pattern, room in _ROOMS:
            if pattern.search(rest):
                return part[: gap.start()].strip(), room
    return part, None
