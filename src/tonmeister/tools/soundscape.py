"""What a description of sound says: layers, how near they are, how they move, in which room."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from tonmeister.errors import ToolInputError
from tonmeister.quantities import find_count, find_events, find_length
from tonmeister.sound_rooms import PLACE, Room, fold_sounds, without_room
from tonmeister.unwanted import without_unwanted

__all__ = ["Distance", "Layer", "Motion", "Scene", "parse_scene"]

Distance = Literal["near", "normal", "distant"]
Motion = Literal["still", "passing", "coming", "leaving"]

LOUDER_DB, QUIETER_DB = 4.0, -6.0
MOST_LAYERS = 6
MOST_TIMES = 100
LONGEST_DESCRIPTION = 500
LONGEST = 3600.0
"""Seconds of a sound, at most."""

_BETWEEN = re.compile(
    r"\s*[,;+&]\s*(?:(?:and|with|e|com)\s+)?|\s+(?:and|with|while|plus|over|e|com|enquanto|mais)\s+"
)
_SEQUENCE = re.compile(
    r"\b(?:then|followed by|afterwards|depois|em seguida|seguid[oa] (?:de|por))\b"
)
# "no" is Portuguese for "in the" as well: "grilos no campo".
_NEGATION = re.compile(r"(?:^|[,;.]\s*|\b(?:and|but|with|is|are|there's)\s+)no\b|\b(?:not|nao)\b")
_DISTANT = re.compile(
    r"\b(?:(?:very )?(?:distant|faint|faraway|far-off)|(?:very )?far (?:away|off)|in the distance"
    r"|(?:from|heard from) (?:far away|afar)|in the background|ao longe|la longe"
    r"|(?:muito )?distantes?|longinqu[oa]s?|ao fundo|de fundo|[aà] distancia)\b"
)
_NEAR = re.compile(
    r"\b(?:close[- ]up|(?:very )?close by|nearby|up close|very close|de perto"
    r"|(?:muito )?(?:perto|proxim[oa]s?))\b"
)
_LEFT_RIGHT = re.compile(r"\b(?:from (?:the )?left to (?:the )?right|da esquerda para a direita)\b")
_RIGHT_LEFT = re.compile(r"\b(?:from (?:the )?right to (?:the )?left|da direita para a esquerda)\b")
_LEFT = re.compile(r"\b(?:(?:on|to|from) the left|[aà] esquerda|do lado esquerdo)\b")
_RIGHT = re.compile(r"\b(?:(?:on|to|from) the right|[aà] direita|do lado direito)\b")
_LOUD = re.compile(r"\b(?:loudly|very loud|muito alto|bem alto)\b")
_QUIET = re.compile(r"\b(?:quietly|softly|baixinho|suavemente)\b")
_PASSING = re.compile(
    r"\b(?:pass(?:ing|es)?(?: by| past)?|(?:driv|rid|rush|speed|fly|go)(?:ing|es|s)(?: by| past)"
    r"|a passar|passando|passa|que passa)\b"
)
_COMING = re.compile(
    r"\b(?:approach(?:ing|es)?|com(?:ing|es) (?:closer|nearer)|a aproximar-se|aproximando-se"
    r"|aproxima-se)\b"
)
_LEAVING = re.compile(
    r"\b(?:(?:mov|go|driv)(?:ing|es) away|leaving|a afastar-se|afastando-se|afasta-se"
    r"|a ir embora)\b"
)
_ARTICLE = re.compile(
    r"^(?:a (?:bit|little) (?:of )?|um (?:pouco|bocado) de "
    r"|(?:a|an|the|some|um|uma|uns|umas|o|os|as)\s+)+"
)
_SOUND_OF = re.compile(
    r"^(?:the |a |an |o |um )?(?:sounds?|noises?|sound effects?|recording|ambience|som|sons|barulho"
    r"|efeito sonoro|gravacao|ambiente)(?: effect)? (?:of|from|de|do|da|dos|das) "
)
_WEATHER = re.compile(
    r"^(?:(?:a|an|the|um|uma|o|a) )?(?:(?:heavy|light|pouring|strong) )?(?:rain|storm|thunderstorm"
    r"|wind|chuva|tempestade|trovoada|temporal|vento|ventania)\b"
)
_STORM = re.compile(
    r"(?:\b(?:summer|heavy|violent|strong|big) )?"
    r"\b(?:thunder ?storms?|storms?|tempestades?|trovoadas?|temporal)\b"
    r"(?: (?:de verao|forte|violenta)\b)?"
)


@dataclass(frozen=True, slots=True)
class Layer:
    """One thing that is heard.

    Attributes:
        words: What it is, without how it is heard.
        head: The same without the place it is in.
        where: That place, when it is no room; empty without one.
        bare: The thing without its motion; empty when it does not move.
        distance: How far away it is.
        motion: How it moves.
        pan: Where it is heard at the beginning and at the end, -1 left to 1 right; None for where
            it suits.
        level_db: Added to its usual level.
        times: How often a single event is heard; None for as often as it suits.
    """

    words: str
    head: str = ""
    where: str = ""
    bare: str = ""
    distance: Distance = "normal"
    motion: Motion = "still"
    pan: tuple[float, float] | None = None
    level_db: float = 0.0
    times: int | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """What is to be heard.

    Attributes:
        layers: At least one.
        room: Around all of them; None in the open.
        duration: Length that was said, in seconds; None for none.
        unwanted: What is not to be heard.
    """

    layers: tuple[Layer, ...]
    room: Room | None = None
    duration: float | None = None
    unwanted: tuple[str, ...] = ()


def parse_scene(description: str) -> Scene:
    """Read a description in English or Portuguese.

    Args:
        description: For example "a busy street with a distant siren, 30 s".

    Raises:
        ToolInputError: There is nothing to hear in it, or more than can be made in one go.
    """
    if len(description) > LONGEST_DESCRIPTION:
        raise ToolInputError(
            f"The description has {len(description)} characters; {LONGEST_DESCRIPTION} are read.",
            hint="Say what is heard in a sentence.",
        )
    text, duration = _without_duration(unicodedata.normalize("NFC", description).strip(" .!?"))
    text, unwanted = without_unwanted(text, fold_sounds(text))
    folded = fold_sounds(text)
    if _SEQUENCE.search(folded):
        raise ToolInputError(
            "Sounds that follow one another are not made in one go.",
            hint="Make each by itself, and join them.",
        )
    if _NEGATION.search(folded):
        raise ToolInputError(
            "The description says what is not to be heard.",
            hint="Say it with 'without': 'rain without thunder'.",
        )
    layers: list[Layer] = []
    room: Room | None = None
    for part in _split(text):
        part, inside = without_room(part)
        room = room or inside
        layers += _layers(part)
    layers = [one for one in layers if any(map(str.isalnum, one.words))]
    if not layers:
        raise ToolInputError(
            "The description names nothing that sounds.",
            hint='Say what is heard, such as "a dog barking in the rain".',
        )
    if any((one.times or 0) > MOST_TIMES for one in layers):
        raise ToolInputError(
            f"An event is heard {MOST_TIMES} times at most.",
            hint="Say a length instead, and it is heard as often as it suits.",
        )
    if len(layers) > MOST_LAYERS:
        raise ToolInputError(
            f"The description names {len(layers)} sounds; at most {MOST_LAYERS} are made at once.",
            hint="Make some of them by themselves, and mix them.",
        )
    named = tuple(_plain(_marked(one)[0]) or one for one in unwanted)
    return Scene(tuple(layers), room, duration, named)


def _without_duration(text: str) -> tuple[str, float | None]:
    found = find_length(fold_sounds(text))
    if found is None:
        return text, None
    if found.seconds > LONGEST:
        raise ToolInputError(
            f"A sound of {found.seconds:g} s was asked for; {LONGEST:g} s can be made.",
            hint="Ask for an hour or less, and join several.",
        )
    rest = f"{text[: found.start].rstrip(' ,;')}, {text[found.end :].lstrip(' ,;')}"
    return rest.strip(" ,;"), found.seconds


def _split(text: str) -> list[str]:
    parts: list[str] = []
    last = 0
    for gap in _BETWEEN.finditer(fold_sounds(text)):
        parts.append(text[last : gap.start()])
        last = gap.end()
    return [part.strip() for part in (*parts, text[last:]) if part.strip()]


def _layers(part: str) -> list[Layer]:
    """Read one part: a thing, and the weather it is in as a layer of its own."""
    part, marks = _marked(part)
    gap = next(iter(PLACE.finditer(fold_sounds(part))), None)
    if gap is not None and _WEATHER.match(fold_sounds(part)[gap.end() :]):
        weather = _weather(_plain(part[gap.end() :]), "normal")
        return [_layer(part[: gap.start()], None, marks), *weather]
    if _STORM.fullmatch(fold_sounds(_plain(part))):
        return _weather(_plain(part), marks.distance)
    return [_layer(part, gap, marks)]


def _weather(words: str, distance: Distance) -> list[Layer]:
    """Return the layers of weather: a thunderstorm is rain and thunder."""
    if _STORM.search(fold_sounds(words)):
        return [Layer("heavy rain", distance=distance), Layer("thunder", distance=distance)]
    return [Layer(words, distance=distance)]


@dataclass(frozen=True, slots=True)
class _Marks:
    """How a thing is heard."""

    distance: Distance
    motion: Motion
    pan: tuple[float, float] | None
    level_db: float
    times: int | None


def _marked(part: str) -> tuple[str, _Marks]:
    part, far = _taken(part, _DISTANT)
    part, near = _taken(part, _NEAR) if not far else (part, None)
    part, pan = _panned(part)
    part, loud = _taken(part, _LOUD)
    part, quiet = _taken(part, _QUIET)
    often = find_count(fold_sounds(part)) or find_events(fold_sounds(part))
    if often is not None:
        part = f"{part[: often.start].rstrip()} {part[often.end :].lstrip()}".strip()
    folded = fold_sounds(part)
    motion: Motion = "still"
    if _PASSING.search(folded):
        motion = "passing"
    elif _COMING.search(folded):
        motion = "coming"
    elif _LEAVING.search(folded):
        motion = "leaving"
    level_db = LOUDER_DB * (loud is not None) + QUIETER_DB * (quiet is not None)
    distance: Distance = "distant" if far else "near" if near else "normal"
    return part, _Marks(distance, motion, pan, level_db, often.times if often else None)


def _without_motion(part: str) -> str:
    for pattern in (_PASSING, _COMING, _LEAVING):
        part, _ = _taken(part, pattern)
    return part


def _panned(part: str) -> tuple[str, tuple[float, float] | None]:
    for pattern, pan in (
        (_LEFT_RIGHT, (-0.9, 0.9)),
        (_RIGHT_LEFT, (0.9, -0.9)),
        (_LEFT, (-0.8, -0.8)),
        (_RIGHT, (0.8, 0.8)),
    ):
        part, found = _taken(part, pattern)
        if found:
            return part, pan
    return part, None


def _taken(part: str, pattern: re.Pattern[str]) -> tuple[str, re.Match[str] | None]:
    found = pattern.search(fold_sounds(part))
    if found is None:
        return part, None
    return f"{part[: found.start()].rstrip()} {part[found.end() :].lstrip()}".strip(), found


def _plain(words: str) -> str:
    """Leave out articles and "the sound of", which say nothing of what it is."""
    words = words.strip(" ,;.")
    for pattern in (_SOUND_OF, _ARTICLE):
        found = pattern.match(fold_sounds(words))
        words = words[found.end() :] if found else words
    return words.strip()


def _layer(words: str, gap: re.Match[str] | None, marks: _Marks) -> Layer:
    return Layer(
        _plain(words),
        "" if gap is None else _plain(words[: gap.start()]),
        "" if gap is None else _plain(words[gap.end() :]),
        "" if marks.motion == "still" else _plain(_without_motion(words)),
        marks.distance,
        marks.motion,
        marks.pan,
        marks.level_db,
        marks.times,
    )
