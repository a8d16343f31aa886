"""Lengths and counts in words, English and Portuguese: "a minute and a half", "três vezes".

All text is folded: lower case, without accents.
"""

import re
from dataclasses import dataclass

__all__ = [
    "HOURS",
    "MILLISECONDS",
    "MINUTES",
    "NUMBER_WORDS",
    "SECONDS",
    "Count",
    "Length",
    "find_count",
    "find_events",
    "find_length",
]

NUMBER_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30,
    "forty": 40, "um": 1, "uma": 1, "dois": 2, "duas": 2, "tres": 3, "quatro": 4, "cinco": 5,
    "seis": 6, "sete": 7, "oito": 8, "nove": 9, "dez": 10, "onze": 11, "doze": 12, "quinze": 15,
    "vinte": 20, "trinta": 30, "quarenta": 40,
}  # fmt: skip
"""What numbers are called: to twelve, and some beyond."""

_NAMES = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
_HALVES = {"half a": 0.5, "half an": 0.5, "half": 0.5, "meia": 0.5, "meio": 0.5}
HOURS = r"hours?|hrs?|horas?|h"
MINUTES = r"minutes?|mins?|minutos?|m(?= ?\d)"
SECONDS = r"seconds?|secs?|segundos?|segs?|s"
MILLISECONDS = r"ms|milliseconds?|millisegundos?|milissegundos?"
_UNITS = ((3600.0, HOURS), (60.0, MINUTES), (1.0, SECONDS), (0.001, MILLISECONDS))
_UNIT = "|".join(rf"(?P<u{row}>{names})" for row, (_, names) in enumerate(_UNITS))
_FURTHER = re.compile(
    rf"(?P<number>\d+(?:[.,]\d+)?|(?:half an?|half|mei[oa]|{_NAMES}|an?)\b)[ -]?"
    rf"(?:{_UNIT})(?![^\W\d_])(?P<half> and a half| e mei[oa])?"
)
_PIECE = re.compile(rf"(?<![\w.,:]){_FURTHER.pattern}")
_JOINT = re.compile(r"(?: and | e |, ?| )?")
_BARE_REST = re.compile(r" ?(?P<number>[0-5]?\d)(?![\w:%]|[.,]\d| ?(?:k?hz|%))")
_LEAD = re.compile(
    r"[\s,;]*\b(?P<lead>for|lasting|of length|with a length of|durante|por|com|de|of|with) $"
)
_TAIL = re.compile(r"(?: long\b| of(?= \w)| de duracao\b| de(?= \w)| in length\b)")
_SAYS_LENGTH = frozenset(("for", "lasting", "of length", "with a length of", "durante", "por"))
_ONE = frozenset(("a", "an", "um", "uma", "one"))
_COUNT = re.compile(
    r"\b(?:(?P<once>once|uma (?:so |unica )?vez)|(?P<twice>twice)|(?P<thrice>thrice)"
    rf"|(?P<number>\d+|{_NAMES}) (?:times|vezes))\b"
)

_EVENTS = """
barks woofs meows howls growls roars moos neighs quacks croaks chirps hoots bleats oinks squeaks
caws squawks knocks raps claps snaps clicks beeps bleeps rings chimes strokes tolls honks toots
whistles coughs sneezes hiccups burps snores sobs sniffs gasps sighs screams shouts yells laughs
shots gunshots explosions bangs booms crashes slams hits thuds splashes drips drops creaks ticks
thunderclaps steps footsteps latidos miados uivos rosnados rugidos mugidos relinchos grasnidos
balidos batidas palmas estalos estalidos cliques bips apitos toques badaladas buzinadelas buzinadas
tosses espirros solucos arrotos suspiros gritos gargalhadas tiros disparos explosoes estrondos
pancadas salpicos pingas gotas rangidos passos trovoes
"""
_SINGLE = """
bark woof meow howl growl roar moo neigh quack croak chirp hoot bleat oink squeak knock clap snap
click beep ring chime stroke toll honk toot whistle cough sneeze hiccup burp scream shout yell laugh
shot gunshot explosion bang boom crash slam thud splash creak latido miado uivo rugido mugido
relincho grasnido balido batida estalo clique bip apito toque badalada buzinadela espirro soluco
arroto grito gargalhada tiro disparo explosao estrondo pancada salpico
"""
_SO_MANY = re.compile(
    rf"^(?:the |[oa]s? )?(?:(?P<number>\d+|{_NAMES}) (?=(?:(?!of\b|d[eoa]s?\b)[\w-]+ ){{0,2}}"
    rf"(?:{'|'.join(_EVENTS.split())})\b)"
    r"|(?:one|(?:a|one) single|just one|only one|um so|uma so|um unico|uma unica|so uma?) "
    rf"(?=(?:(?!of\b|d[eoa]s?\b)[\w-]+ ){{0,2}}(?:{'|'.join(_SINGLE.split())})\b))"
)


@dataclass(frozen=True, slots=True)
class Length:
    """A length that is said in a text.

    Attributes:
        seconds: How long.
        start: First character of what says it, "for" and the like included.
        end: The one after its last.
    """

    seconds: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Count:
    """How often something happens, as said in a text.

    Attributes:
        times: How often.
        start: First character of what says it.
        end: The one after its last.
    """

    times: int
    start: int
    end: int


def find_length(text: str) -> Length | None:
    """Return the first length of a text, or None.

    Reads "1 minute and 30 seconds", "2 min 30", "half an hour", "dez segundos", "500 ms". "Um
    segundo cão" is another dog: "a second" is a length where it says so.

    Args:
        text: Folded text.
    """
    for first in _PIECE.finditer(text):
        lead = _LEAD.search(text[: first.start()])
        tail = _TAIL.match(text, first.end())
        if first["number"] in _ONE:
            named = lead is not None and lead["lead"] in _SAYS_LENGTH
            if not (named or tail or first["half"]):
                continue
        # In "the sound of ten seconds of rain", the first "of" belongs to the sound.
        apart = tail is not None and lead is not None and lead["lead"] not in _SAYS_LENGTH
        return _whole(text, first, first.start() if lead is None or apart else lead.start())
    return None


def find_count(text: str) -> Count | None:
    """Return how often something is to happen: "twice", "três vezes", "5 times"; None without.

    Args:
        text: Folded text.
    """
    found = _COUNT.search(text)
    if found is None:
        return None
    single = 1 if found["once"] else 2 if found["twice"] else 3 if found["thrice"] else 0
    return Count(single or round(_value(found["number"])), found.start(), found.end())


def find_events(text: str) -> Count | None:
    """Return how many single events a thing is: "three barks", "um só tiro"; None for others.

    "Two dogs" is no number of events: each may bark as often as it likes.

    Args:
        text: Folded text that names one thing.
    """
    found = _SO_MANY.match(text)
    if found is None:
        return None
    return Count(round(_value(found["number"])) if found["number"] else 1, 0, found.end())


def _whole(text: str, piece: re.Match[str], start: int) -> Length:
    """Add what follows in smaller units: "and 30 seconds", or the bare "30" of "2 min 30"."""
    seconds, unit = 0.0, 1e9
    while True:
        row = next(row for row in range(len(_UNITS)) if piece[f"u{row}"])
        unit = _UNITS[row][0]
        share = _value(piece["number"]) + (0.5 if piece["half"] else 0.0)
        seconds, end = seconds + share * unit, piece.end()
        joint = _JOINT.match(text, end)
        further = _FURTHER.match(text, joint.end() if joint else end)
        if further is None or not any(further[f"u{later}"] for later in range(row + 1, 4)):
            break
        piece = further
    rest = _BARE_REST.match(text, end) if unit in (3600.0, 60.0) else None
    if rest is not None:
        seconds, end = seconds + _value(rest["number"]) * unit / 60.0, rest.end()
    tail = _TAIL.match(text, end)
    return Length(round(seconds, 3), start, end if tail is None else tail.end())


def _value(said: str) -> float:
    if said in _HALVES:
        return _HALVES[said]
    if said in ("a", "an"):
        return 1.0
    return float(NUMBER_WORDS.get(said) or said.replace(",", "."))
