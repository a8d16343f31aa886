"""What a request says that the arguments of a plan may be made of, for the grammar."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tonmeister.artifacts import Artifact, Kind
from tonmeister.planner.names import label_of
from tonmeister.planner.slots import Sentence
from tonmeister.toolspec import Parameter

__all__ = [
    "KEPT",
    "MOST_STEPS",
    "SCENE",
    "Grounding",
    "ground",
    "is_signed",
    "step_limit",
    "unit_of",
    "way_of",
]

MOST_STEPS = 8
MOST_WORDS = 60


@dataclass(frozen=True, slots=True)
class Grounding:
    """What a request says that arguments may be made of.

    Attributes:
        artifacts: What may be referred to, by handle without "@".
        times: Seconds, by value.
        amounts: Other numbers by the unit they fit: "db", "lufs", "hz", "semitones", "factor", "".
        texts: Texts to be said.
        quoted: Texts in quotes.
        phrase: The words of the request in order, each with the comma that follows it.
        kept: Words by the parameter they fill: names, consent, position, voice, vocabulary.
        languages: ISO 639-1 codes.
        words: Folded words, for choices.
    """

    artifacts: Mapping[str, Artifact]
    times: tuple[float, ...]
    amounts: Mapping[str, tuple[float, ...]]
    texts: tuple[str, ...]
    languages: tuple[str, ...]
    words: frozenset[str]
    quoted: tuple[str, ...] = ()
    phrase: tuple[str, ...] = ()
    kept: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def stated(self, parameter: Parameter) -> tuple[float, ...]:
        """Return the amounts that fit a number's unit and limits.

        Args:
            parameter: A number of a tool.
        """
        amounts = self.amounts.get(unit_of(parameter), ())
        return tuple(value for value in amounts if parameter.limits.has(value))


_UNITS = (("_db", "db"), ("lufs", "lufs"), ("sample_rate", "hz"), ("_hz", "hz"),
          ("semitones", "semitones"), ("factor", "factor"), ("speed", "factor"))  # fmt: skip
SIGNED = ("db", "semitones")


def unit_of(parameter: Parameter) -> str:
    """Return the unit of a number as ``Grounding.amounts`` names it; "" for none known.

    Args:
        parameter: A number of a tool.
    """
    return next((unit for ending, unit in _UNITS if parameter.name.endswith(ending)), "")


KEPT = {"B": "names", "K": "consent", "Z": "position", "V": "voice", "U": "vocabulary"}
SCENE = "positions"  # of several recordings: all that are said, between semicolons


def ground(sentence: Sentence, request: str, artifacts: Mapping[str, Artifact]) -> Grounding:
    """Collect what a request says that arguments may be made of.

    Args:
        sentence: The request, read.
        request: The request as it was written.
        artifacts: What may be referred to, by handle without "@".
    """
    times: list[float] = []
    amounts: dict[str, list[float]] = {}
    for slot in sentence.slots.values():
        if not isinstance(slot.value, float):
            continue
        value = slot.value
        if slot.kind in "TN":
            times.append(value)
        for unit, values in _meanings(slot.kind, value).items():
            amounts.setdefault(unit, []).extend(_directed(unit, slot.kind, values, sentence.text))
    if re.search(r"\b(?:half|metade)\b", sentence.text):
        amounts.setdefault("factor", []).append(0.5)
    if re.search(r"\b(?:double|twice|dobro|duas vezes)\b", sentence.text):
        amounts.setdefault("factor", []).append(2.0)
    quoted = tuple(str(slot.value) for slot in sentence.slots.values() if slot.kind == "Q")
    return Grounding(
        artifacts,
        tuple(dict.fromkeys(times)),
        {unit: tuple(dict.fromkeys(values)) for unit, values in amounts.items()},
        quoted or _spoken(request),
        tuple(dict.fromkeys(str(s.value) for s in sentence.slots.values() if s.kind == "G")),
        frozenset(sentence.text.split())
        | {str(slot.value) for slot in sentence.slots.values() if slot.kind in "FW"},
        quoted,
        _phrase(request),
        _kept(sentence, artifacts),
    )


def _phrase(request: str) -> tuple[str, ...]:
    """Return the words of a request, a comma with the word before it and nothing else."""
    words = re.findall(r"[\w@:.%+-]*[\w%](?:['’][^\W\d_]+)?,?", request)
    return tuple(words[:MOST_WORDS])


def _kept(sentence: Sentence, artifacts: Mapping[str, Artifact]) -> dict[str, tuple[str, ...]]:
    """Return the words that fill a parameter as they were said."""
    kept: dict[str, tuple[str, ...]] = {}
    for letter, name in KEPT.items():
        said = [str(slot.value) for slot in sentence.slots.values() if slot.kind == letter]
        if said:
            kept[name] = (*said, ", ".join(said)) if len(said) > 1 else tuple(said)
    if len(places := [str(slot.value) for slot in sentence.slots.values() if slot.kind == "Z"]) > 1:
        kept[SCENE] = ("; ".join(places),)
    known = [
        label_of(found.name) or handle
        for handle, found in artifacts.items()
        if found.kind == Kind.AUDIO
    ]
    # Known voices are called by their files; consent that nobody gave is empty.
    kept.setdefault("names", tuple(", ".join(known[at:]) for at in range(min(2, len(known)))))
    kept.setdefault("consent", ("",))
    return kept


_SPEAKING = re.compile(
    r"\b(?:say|says|saying|read|speak|announce|pronounce|tell|diz|diga|dizer|l[eê]|leia|ler|fal[ae]"
    r"|anuncia\w*|narr\w+)\b[\s,]+",
    re.IGNORECASE,
)


def _spoken(request: str) -> tuple[str, ...]:
    """Return what may be the text to say when nothing is quoted: the ends of the request."""
    verb = _SPEAKING.search(request)
    words = request[verb.end() :].strip(" .!?").split() if verb else []
    return tuple(" ".join(words[start:]) for start in range(min(len(words), 6)))


def _meanings(kind: str, value: float) -> dict[str, list[float]]:
    signed = [value, -value]
    match kind:
        case "D":
            return {"db": signed if value > 0 else [value]}
        case "L":
            return {"lufs": [-abs(value)]}
        case "H":
            return {"hz": [value]}
        case "S":
            return {"semitones": signed}
        case "P":
            share = value / 100
            return {
                "factor": [_round(share), _round(1 + share), _round(1 - share)],
                "": [_round(share)],
            }
        case "X":
            return {"factor": [value, _round(1 / value) if value else 1.0]}
        case "N":
            return dict.fromkeys(("db", "lufs", "semitones"), signed) | {
                "factor": [value],
                "hz": [value],
                "": [value],
            }
        case _:
            return {"": [value]}


_DOWN = re.compile(
    r"\b(?:lower|down|deeper|dip|cut|narrow\w*|quieter|softer|less|reduce|drop|under"
    r"|below|behind|grave|baix\w+|desc\w+|menos|diminu\w+|reduz\w*|tira|cort\w+|fundo|debaixo)\b"
)
_UP = re.compile(
    r"\b(?:higher|up|raise|louder|more|boost|increase|add|brighter|agud\w+|alt[oa]|sob\w+|aument\w+"
    r"|a?cima|mais alt\w)\b"
)
_SLOWER = re.compile(r"\b(?:slow\w*|devagar|lent[oa]s?|abranda\w*|desaceler\w+)\b")


def _directed(unit: str, kind: str, values: list[float], text: str) -> list[float]:
    """Return the values the words leave open: "4 semitones deeper" is -4, "1.5 times" is 1.5."""
    if kind == "X" and unit == "factor":
        return values if _SLOWER.search(text) else values[:1]
    way = way_of(text)
    if unit not in SIGNED or not way:
        return values
    return list(dict.fromkeys(way * abs(value) for value in values))


def way_of(text: str) -> int:
    """Return which way an amount goes by some words: 1 up, -1 down, 0 when they do not tell.

    Args:
        text: Folded words.
    """
    return bool(_UP.search(text)) - bool(_DOWN.search(text))


def is_signed(parameter: Parameter) -> bool:
    """Tell whether a number of a tool may go up and down.

    Args:
        parameter: The number.
    """
    low = parameter.limits.minimum
    return unit_of(parameter) in SIGNED and (low is None or low < 0)


def _round(value: float) -> float:
    return round(value, 4)


# What is said in one clause and takes several steps: how many more.
_LONGER = (
    (r"subtitles?|captions?|legend\w+|srt|vtt|W\d+", 1),
    (r"dub(?:s|bed|bing)?|dobr[ae]\w*|dubl\w+", 2),
    (r"speakers?|oradores|orador|who sa(?:ys|id)|quem (?:diz|disse|fala)", 2),
    (r"translat\w+|tradu\w+", 1),
    (r"ums?|uhs?|fillers?|hesit\w+", 1),
    (r"audio ?(?:book|livro)s?|m4b|chapters?|capitulos?", 1),
)


def step_limit(sentence: Sentence, num_files: int) -> int:
    """Return how many steps a request can ask for at most.

    Args:
        sentence: The request, read.
        num_files: Number of recordings handed over with it.
    """
    text = sentence.text
    clauses = len(re.findall(r"[,;.] |\b(?:and|then|e|depois) ", text)) + 1
    clauses += sum(more for words, more in _LONGER if re.search(rf"\b(?:{words})\b", text))
    clauses += len(re.findall(r"\bmono\b|\bH\d+|\bF\d+", text)) > 1
    each = num_files if re.search(r"\b(?:each|every|all|both|tod[oa]s|cada|ambos)\b", text) else 1
    return max(1, min(MOST_STEPS, clauses * max(1, each)))
