"""Positions and paths around a listener, and the words for them in English and Portuguese."""

import math
import re
import unicodedata
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tonmeister.errors import ToolInputError

__all__ = ["Path", "Place", "parse_path"]

UNDERSTOOD = (
    'Say a place, such as "30 degrees left, 2 m", "behind me", "front right", "above", '
    '"azimuth 45 elevation 20"; a way, such as "walks from left to right behind me", "from 10 m '
    'to 1 m in front"; or "circles around me twice", "circles anticlockwise, 8 s each". In '
    'Portuguese: "30 graus à esquerda, a 2 m", "passa da esquerda para a direita atrás de mim", '
    '"gira à minha volta". A way takes the whole recording unless it says "in 5 s" ("em 5 s").'
)
NEARBY, FAR_AWAY = 0.5, 8.0
"""Metres that "close" and "far" stand for; without a word it is 1 m."""

FARTHEST = 200.0
LOWEST, OVERHEAD = -40.0, 90.0
STRAIGHT_ABOVE = 89.0


@dataclass(frozen=True, slots=True)
class Place:
    """A place seen from the listener.

    Attributes:
        azimuth: Degrees anticlockwise seen from above: 0 in front, 90 left, 180 behind.
        elevation: Degrees upward, -90 to 90.
        distance: Metres.
    """

    azimuth: float = 0.0
    elevation: float = 0.0
    distance: float = 1.0

    @property
    def vector(self) -> NDArray[np.float64]:
        """Direction as a unit vector: forward, left, up."""
        azimuth, elevation = math.radians(self.azimuth), math.radians(self.elevation)
        level = math.cos(elevation)
        return np.array([level * math.cos(azimuth), level * math.sin(azimuth), math.sin(elevation)])


@dataclass(frozen=True, slots=True)
class Path:
    """A way from place to place along great circles, at an even pace.

    Attributes:
        places: Where it leads through; one place stays there.
        seconds: How long a lap takes; None when all of them take the whole recording.
        laps: How often it is gone; infinity until the recording ends, if ``seconds`` is given.
    """

    places: tuple[Place, ...]
    seconds: float | None = None
    laps: float = 1.0

    @property
    def is_still(self) -> bool:
        """Whether nothing moves."""
        return len(self.places) == 1

    def at(self, times: NDArray[np.float64], duration: float) -> NDArray[np.float64]:
        """Return where the source is at each time.

        Args:
            times: Seconds from the beginning, shape ``(n,)``.
            duration: Length of the recording in seconds.

        Returns:
            Azimuth and elevation in degrees, distance in metres, shape ``(n, 3)``.
        """
        first = self.places[0]
        if self.is_still:
            return np.tile([first.azimuth, first.elevation, first.distance], (len(times), 1))
        period = duration / self.laps if self.seconds is None else self.seconds
        gone = np.minimum(np.maximum(times, 0.0) / max(period, 1e-9), self.laps)
        share = np.mod(gone, 1.0)
        # A lap that is finished at the end leads to the last place, not back to the first.
        share[(gone == self.laps) & (share == 0.0)] = 1.0
        vectors = np.stack([place.vector for place in self.places])
        cosines = np.clip(np.sum(vectors[:-1] * vectors[1:], axis=1), -1.0, 1.0)
        angles = np.arccos(cosines)
        # A leg that only changes the distance takes its time, too.
        lengths = np.maximum(angles, 1e-3)
        ends = np.concatenate([[0.0], np.cumsum(lengths)]) / lengths.sum()
        leg = np.clip(np.searchsorted(ends, share, side="right") - 1, 0, len(angles) - 1)
        along = ((share - ends[leg]) / (ends[leg + 1] - ends[leg]))[:, np.newaxis]
        angle = np.maximum(angles[leg], 1e-6)[:, np.newaxis]
        start, end = vectors[leg], vectors[leg + 1]
        points = np.sin((1.0 - along) * angle) * start + np.sin(along * angle) * end
        points /= np.linalg.norm(points, axis=1, keepdims=True)
        logs = np.log([place.distance for place in self.places])
        distances = np.exp(logs[leg] * (1.0 - along[:, 0]) + logs[leg + 1] * along[:, 0])
        azimuths = np.degrees(np.arctan2(points[:, 1], points[:, 0]))
        elevations = np.degrees(np.arcsin(np.clip(points[:, 2], -1.0, 1.0)))
        return np.stack([azimuths, elevations, distances], axis=1)


def parse_path(words: str) -> Path:
    """Understand where a source is, or how it moves.

    Args:
        words: English or Portuguese, such as "walks from left to right behind me".

    Raises:
        ToolInputError: A word is not understood, or a number is out of range; the hint lists
            what is understood.
    """
    text = _plain(words)
    text, seconds = _take(text, _SECONDS)
    if re.search(_CIRCLE, text):
        return _circle(text, seconds, words)
    way = re.search(_FROM_TO, text)
    if way is None:
        if seconds is not None:
            raise _not_understood(words, "a time without a way")
        return Path((_whole_place(text, words),))
    before, start, end = text[: way.start()], way["start"], way["end"]
    via: Place | None = None
    # "behind me" after the goal says where the way leads; before "from" as well.
    for phrase in (end, before):
        found = re.search(_PASSING, phrase)
        if found is None or (phrase is end and not phrase[: found.start()].strip(" ,")):
            continue
        via = _whole_place(found["via"], words)
        if phrase is end:
            end = end[: found.start()] + " " + end[found.end() :]
        else:
            before = before[: found.start()] + " " + before[found.end() :]
        break
    if _leftover(before):
        raise _not_understood(words, _leftover(before))
    return Path(_way(_parse_place(start, words), _parse_place(end, words), via), _checked(seconds))


def _way(start: "_Found", end: "_Found", via: Place | None) -> tuple[Place, ...]:
    """Put a way together; what one end does not say, the other does."""
    azimuths = start.azimuth, end.azimuth
    first = start.placed(azimuths[1] if azimuths[0] is None and start.elevation is None else None)
    last = end.placed(azimuths[0] if azimuths[1] is None and end.elevation is None else None)
    if start.distance is None and end.distance is not None:
        first = Place(first.azimuth, first.elevation, end.distance)
    if end.distance is None and start.distance is not None:
        last = Place(last.azimuth, last.elevation, start.distance)
    if via is not None:
        middle = Place(via.azimuth, via.elevation, math.sqrt(first.distance * last.distance))
        return first, middle, last
    if float(first.vector @ last.vector) > -0.999:
        return first, last
    # Opposite places: from side to side in front of the listener, otherwise past the right side.
    sideways = abs(first.vector[1]) > 0.5
    middle = Place(0.0 if sideways else -90.0, 0.0, math.sqrt(first.distance * last.distance))
    return first, middle, last


def _circle(text: str, seconds: float | None, words: str) -> Path:
    text = re.sub(_CIRCLE, " ", text)
    text, laps = _take(text, _LAPS)
    clockwise = re.search(_ANTICLOCKWISE, text) is None
    text = re.sub(_ANTICLOCKWISE, " ", text)
    text = re.sub(_CLOCKWISE, " ", text)
    start = _parse_place(text, words)
    if start.elevation is not None and start.elevation > STRAIGHT_ABOVE:
        raise _not_understood(words, "a circle straight above")
    first = start.placed(None)
    turn = -90.0 if clockwise else 90.0
    places = tuple(
        Place(first.azimuth + turn * quarter, first.elevation, first.distance)
        for quarter in range(5)
    )
    if laps is not None and not 0.0 < laps <= 1000.0:
        raise _not_understood(words, f"{laps:g} circles")
    if seconds is None:
        return Path(places, None, 1.0 if laps is None else laps)
    return Path(places, _checked(seconds), math.inf if laps is None else laps)


@dataclass(slots=True)
class _Found:
    """What words say about a place; None for what they leave open."""

    azimuth: float | None = None
    elevation: float | None = None
    distance: float | None = None

    def placed(self, azimuth: float | None) -> Place:
        """Return a place; what is open is in front, level, 1 m away."""
        known = self.azimuth if self.azimuth is not None else azimuth
        return Place(
            0.0 if known is None else known,
            0.0 if self.elevation is None else self.elevation,
            1.0 if self.distance is None else self.distance,
        )


_NUMBER = r"(?P<n>[-+]?\d+(?:[.,]\d+)?)"
_DEGREES = r"\s*(?:degrees?|deg|graus?|°)"
_LEFT = r"(?:(?:a|na|da|pela|a minha|minha)\s+)?(?:left|esquerda)"
_RIGHT = r"(?:(?:a|na|da|pela|a minha|minha)\s+)?(?:right|direita)"
_FRONT = r"(?:in front(?: of)?|front|ahead|(?:em|a|na|pela|minha) frente|frente|diante|adiante)"
_BACK = r"(?:behind|back|rear|por tras|para tras|atras|tras)"
_UP = r"(?:above|overhead|over|up|acima|(?:em|por|de) cima|sobre)"
_DOWN = r"(?:below|beneath|under(?:neath)?|down|abaixo|(?:em|por|de) baixo|embaixo)"
_ME = r"(?:me|my head|us|the listener|mim|nos|minha cabeca|a minha cabeca|o ouvinte|do ouvinte)"
_ABOUT = r"(?:around|round|about|a volta de|em volta de|ao redor de|em torno de|em redor de)"
_CIRCLE = (
    rf"\b(?:(?:goes|going|moves?|moving|walks?|flies|runs?|anda|corre|voa|move-se|da)?\s*"
    rf"(?:(?:in|em)\s+)?(?:an?\s+|um\s+)?\b"
    rf"(?:circl(?:es?|ing)|orbits?|orbiting|rotates?|rotating|revolves?|circulos?|circula|gira"
    rf"|rodopia|roda|orbita)"
    rf"(?:\s+(?:{_ABOUT}\s+)?{_ME}|\s+(?:a|em|ao|ao meu|a minha|em minha)\s*(?:minha\s+)?"
    rf"(?:volta|redor))?"
    rf"|(?:goes|moves?|walks?|flies|runs?|anda|corre|voa|move-se)?\s*{_ABOUT}\s+{_ME}"
    rf"|(?:anda|corre|voa|move-se|da (?:uma )?voltas?)?\s*"
    rf"(?:(?:a|em)\s+minha\s+volta|ao\s+meu\s+redor))\b"
)
_SECONDS = (
    r"\b(?:(?:in|within|over|every|per|during|for|em|durante|a cada|cada)\s+)?(?:each\s+)?"
    r"(?P<n>\d+(?:[.,]\d+)?)\s*(?:s|secs?|seconds?|segundos?|seg)\b(?:\s*(?:each|cada|per circle))?"
)
_LAPS = (
    r"\b(?P<n>\d+(?:[.,]\d+)?|once|twice|one|two|three|uma|duas|tres)"
    r"\s*(?:times|laps?|voltas?|vez(?:es)?|circles)?\b"
)
_COUNTS = {
    "once": 1.0,
    "one": 1.0,
    "uma": 1.0,
    "twice": 2.0,
    "two": 2.0,
    "duas": 2.0,
    "three": 3.0,
    "tres": 3.0,
}
_CLOCKWISE = r"\b(?:clockwise|(?:no |em )?sentido (?:dos ponteiros do relogio|horario)|horario)\b"
_ANTICLOCKWISE = (
    r"\b(?:anti-?clockwise|counter-?\s?clockwise|(?:no |em )?sentido (?:contrario ao )?"
    r"(?:dos ponteiros do relogio contrario|anti-?horario)|anti-?horario"
    r"|(?:no |em )?sentido contrario ao dos ponteiros do relogio)\b"
)
_FROM_TO = (
    r"\b(?:from|de|da|do|desde a?)\s+(?!mim\b|nos\b)(?P<start>.+?)\s+"
    r"(?:to|towards?|until|para|ate|a)\s+(?:the\s+|a\s+|o\s+)?(?P<end>.+)$"
)
_PASSING = (
    rf"(?:\b(?:passing|going|via|by|through|passando|indo|por|pela)\s+)?"
    rf"(?P<via>\b(?:{_BACK}|{_FRONT}|{_UP}|{_DOWN}|over|sobre)\s+(?:(?:of|de|da|do)\s+)?{_ME}\b"
    rf"|(?:\ba\s+|\bpela\s+|\bna\s+)?\bminha frente\b|\boverhead\b)"
)
_OF = r"(?:\s+(?:of|de))?\s+"
_METRES = r"(?:m|metres?|meters?|metros?)\b"
_MEASURES = (
    ("distance", rf"\b(?:distance|distancia){_OF}{_NUMBER}\s*(?:{_METRES})?", 1.0),
    ("distance", rf"{_NUMBER}\s*{_METRES}(?:\s+(?:away|de distancia))?", 1.0),
    ("distance", rf"{_NUMBER}\s*(?:cm|centimet(?:re|er)s?|centimetros?)\b", 0.01),
    ("distance", rf"{_NUMBER}\s*(?:ft|feet|foot|pes)\b", 0.3048),
    ("azimuth", rf"\b(?:azimuth|azimute){_OF}{_NUMBER}(?:{_DEGREES})?", 1.0),
    ("elevation", rf"\b(?:elevation|elevacao){_OF}{_NUMBER}(?:{_DEGREES})?", 1.0),
    ("elevation", rf"{_NUMBER}{_DEGREES}\s+{_UP}\b", 1.0),
    ("elevation", rf"{_NUMBER}{_DEGREES}\s+{_DOWN}\b", -1.0),
)
"""What a number measures, its words, and its unit in degrees or metres."""

_FILLERS = re.compile(
    r"\b(?:the|an?|at|on|in|of|to|from|by|my|me|mim|us|is|it|me|side|hand|ear|direction|position|"
    r"and|e|then|walk|walks|walking|go|goes|going|move|moves|moving|pass|passes|passing|run|runs|"
    r"running|fl(?:y|ies|ying)|driv(?:es?|ing)|come|comes|coming|away|closer|approach(?:es|ing)?|"
    r"place|placed|put|stand|stands|standing|sound|voice|distance|past|slightly|directly|straight|"
    r"o|a|os|as|ao|aos|da|do|de|dos|das|na|no|em|um|uma|meu|minha|lado|ouvido|posicao|com|"
    r"passa|passar|passando|anda|andar|vai|ir|caminha|caminhar|corre|voa|move|mover|se|esta|fica|"
    r"vem|aproxima|afasta|distancia|som|voz|que|metros?|listener|ouvinte|head|cabeca|way|all|"
    r"once|degrees?|graus?)\b|[-,;.:!()]"
)


def _plain(words: str) -> str:
    folded = unicodedata.normalize("NFKD", words.lower().replace("º", "°"))
    return " ".join("".join(one for one in folded if not unicodedata.combining(one)).split())


def _take(text: str, pattern: str) -> tuple[str, float | None]:
    found = re.search(pattern, text)
    if found is None:
        return text, None
    said = found["n"]
    value = _COUNTS[said] if said in _COUNTS else float(said.replace(",", "."))
    return f"{text[: found.start()]} {text[found.end() :]}", value


def _leftover(text: str) -> str:
    return " ".join(_FILLERS.sub(" ", text).split())


def _whole_place(text: str, words: str) -> Place:
    found = _parse_place(text, words)
    if found == _Found():
        raise _not_understood(words, "no place")
    return found.placed(None)


def _parse_place(text: str, words: str) -> _Found:
    """Take all words about a place out of a text; nothing but fillers may be left."""
    found = _Found()
    text = _with_numbers(text, found)
    text, side_degrees = _sided(text)
    text = _with_directions(text, found, side_degrees)
    if rest := _leftover(text):
        raise _not_understood(words, f"'{rest}'")
    _check(found, words)
    return found


def _with_numbers(text: str, found: _Found) -> str:
    """Take out distances, "azimuth 30", "elevation 10", "20 degrees above"."""
    for name, pattern, factor in _MEASURES:
        text, value = _take(text, pattern)
        if value is not None:
            setattr(found, name, value * factor)
    for pattern, distance in (
        (r"\b(?:very )?(?:close|near|nearby|perto|proximo)\b", NEARBY),
        (r"\b(?:far|distant|longe|distante)(?: away)?\b", FAR_AWAY),
    ):
        if re.search(pattern, text) and found.distance is None:
            text = re.sub(pattern, " ", text)
            found.distance = distance
    return text


def _sided(text: str) -> tuple[str, float | None]:
    """Take out the degrees of "30 degrees (to the) left"; the word for the side stays."""
    match = re.search(
        rf"{_NUMBER}(?:{_DEGREES})(?=\s+(?:(?:to|on|the|a|para|my|da|do)\s+)*(?:{_LEFT}|{_RIGHT})\b)",
        text,
    )
    if match is None:
        return text, None
    return f"{text[: match.start()]} {text[match.end() :]}", float(match["n"].replace(",", "."))


def _with_directions(text: str, found: _Found, side_degrees: float | None) -> str:
    seen: dict[str, bool] = {}
    for name, pattern in (
        ("front", _FRONT), ("back", _BACK), ("left", _LEFT), ("right", _RIGHT),
        ("up", _UP), ("down", _DOWN),
    ):  # fmt: skip
        pattern = rf"\b{pattern}\b(?:\s+(?:of\s+|de\s+|da\s+)?{_ME}\b)?"
        seen[name] = re.search(pattern, text) is not None
        text = re.sub(pattern, " ", text)
    if (seen["left"] and seen["right"]) or (seen["front"] and seen["back"]):
        return f"{text} two opposite sides"
    side = 1.0 if seen["left"] else -1.0 if seen["right"] else 0.0
    level = any(seen[name] for name in ("front", "back", "left", "right"))
    if level and found.azimuth is None:
        if side and side_degrees is not None:
            found.azimuth = side * (180.0 - side_degrees if seen["back"] else side_degrees)
        elif side:
            found.azimuth = side * (45.0 if seen["front"] else 135.0 if seen["back"] else 90.0)
        else:
            found.azimuth = 180.0 if seen["back"] else 0.0
    if (seen["up"] or seen["down"]) and found.elevation is None:
        steep = OVERHEAD if not level and found.azimuth is None else 45.0
        found.elevation = steep if seen["up"] else LOWEST
    return text


def _check(found: _Found, words: str) -> None:
    if found.distance is not None and not 0.0 < found.distance <= FARTHEST:
        raise _not_understood(
            words, f"a distance of {found.distance:g} m (above 0 to {FARTHEST:g})"
        )
    if found.elevation is not None and not -90.0 <= found.elevation <= 90.0:
        raise _not_understood(words, f"an elevation of {found.elevation:g} degrees (-90 to 90)")
    if found.azimuth is not None and not -360.0 <= found.azimuth <= 360.0:
        raise _not_understood(words, f"an azimuth of {found.azimuth:g} degrees (-360 to 360)")


def _checked(seconds: float | None) -> float | None:
    if seconds is not None and not 0.1 <= seconds <= 36_000.0:
        raise _not_understood(f"{seconds:g} s", "a way of less than 0.1 s or more than ten hours")
    return seconds


def _not_understood(words: str, found: str) -> ToolInputError:
    return ToolInputError(
        f"The position {words!r} was not understood: found {found}.",
        tool="spatialize",
        hint=UNDERSTOOD,
    )
