"""Whether a plan uses every amount, format, language and text the request states.

A language model may forget half a sentence. What was said and is not in the plan must not be
dropped in silence, so it is sent back as a problem.
"""

import math
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, TypeGuard

from tonmeister.plan import Plan, parse_ref
from tonmeister.planner.answers import Request
from tonmeister.planner.matching import assigned
from tonmeister.planner.names import name_files
from tonmeister.planner.slots import Slot, read_sentence
from tonmeister.toolspec import Parameter

__all__ = ["takes", "unused"]

NUMBERS = "TNDLPHSX"
CODES = "GF"
# Every parameter may also be stated as a bare number.
KINDS_OF = (
    (r".*_db", "DN"),
    (r".*_lufs", "LN"),
    (r"semitones", "SN"),
    (r"sample_rate|.*_hz", "HN"),
    (
        r"offset|gap|crossfade|fade_in|fade_out|min_duration|duration|keep|decay|attack|release|hold",
        "TN",
    ),
    (r"factor|speed|strength|threshold|wet|width|amount", "PXN"),
)
IN_WORDS = {
    "T": "{:g} s",
    "D": "{:g} dB",
    "L": "{:g} LUFS",
    "P": "{:g} %",
    "H": "{:g} Hz",
    "S": "{:g} semitones",
    "X": "{:g} times",
}


class _Number(NamedTuple):
    """A number of a plan: the kinds of slots it may stand for, and what it may be called."""

    kinds: str
    readings: tuple[float, ...]


def unused(request: Request, plan: Plan) -> list[str]:
    """Return what a request states and no step of a plan uses, in words.

    A number of a plan stands for one stated amount only, and only for one of its own unit. The
    same amount stated twice counts once.

    Args:
        request: The request.
        plan: The plan.
    """
    speaks = any("text" in step.args and not step.is_ref("text") for step in plan.steps)
    text = request.text if speaks else re.sub(r":(?=\s)", ";", request.text)
    sentence = read_sentence(text, name_files(request))
    lengths = [one.facts.get("duration") for one in request.artifacts.values()]
    lengths = [length for length in lengths if isinstance(length, (int, float))]
    values = [value for step in plan.steps for value in step.args.values()]
    texts = [value.casefold() for value in values if isinstance(value, str)]
    slots = {(slot.kind, slot.value): slot for slot in sentence.slots.values()}
    stated = [slot for slot in slots.values() if slot.kind in NUMBERS]
    matched = _matched(stated, list(_numbers(plan)), lengths)
    return [
        _in_words(slot)
        for slot in slots.values()
        if (slot.kind in CODES + "Q" and not _is_said(slot, texts))
        or (slot.kind in NUMBERS and slot not in matched)
    ]


def _numbers(plan: Plan) -> Iterator[_Number]:
    for step in plan.steps:
        pieces = [ref.region for _, ref in step.refs() if ref.region is not None]
        ends = [(piece.start, piece.end) for piece in pieces]
        for start, end in [(step.args.get("start"), step.args.get("end")), *ends]:
            if _is_number(start):
                yield _Number("TN", (abs(start),))
            if _is_number(end):
                # "10 seconds from 0:30 on" ends at 40 s.
                length = (abs(end - start),) if _is_number(start) else ()
                yield _Number("TN", (abs(end), *length))
        for name, value in step.args.items():
            if name not in ("start", "end") and _is_number(value):
                yield _Number(_kinds_of(name), (abs(value),))


def _kinds_of(parameter: str) -> str:
    """Return the kinds of slots a parameter may take; every kind if its unit is not known."""
    for names, kinds in KINDS_OF:
        if re.fullmatch(names, parameter):
            return kinds
    return NUMBERS


def takes(parameter: Parameter, slot: Slot) -> bool:
    """Tell whether a slot may stand in an argument.

    Args:
        parameter: What is filled.
        slot: What is stated.
    """
    match parameter.type:
        case "number" | "integer":
            return slot.kind in _kinds_of(parameter.name)
        case "choice":
            return slot.kind in "FW" and slot.value in parameter.choices
        case "language":
            return slot.kind == "G"
        case "text":
            return slot.kind == "Q"
        case _:
            return False


def _matched(
    stated: list[Slot], numbers: list[_Number], lengths: Iterable[float]
) -> frozenset[Slot]:
    """Give as many slots as possible a number of their own, and return those that have one."""
    lengths = list(lengths)
    fitting = [
        [index for index, number in enumerate(numbers) if _fits(slot, number, lengths)]
        for slot in stated
    ]
    return frozenset(stated[slot] for slot in assigned(fitting))


def _fits(slot: Slot, number: _Number, lengths: Iterable[float]) -> bool:
    return slot.kind in number.kinds and any(
        math.isclose(wanted, reading, abs_tol=0.011)
        for wanted in _readings(slot, lengths)
        for reading in number.readings
    )


def _is_said(slot: Slot, texts: Iterable[str]) -> bool:
    said = str(slot.value).strip().casefold()
    return any(said == text or (slot.kind == "Q" and said in text) for text in texts)


def _readings(slot: Slot, lengths: Iterable[float]) -> Iterator[float]:
    """Yield the numbers a stated amount may become: as it is, as a factor, from the end."""
    value = abs(float(slot.value))
    yield value
    if slot.kind in "PNX":
        yield from (value / 100, 1 + value / 100, abs(1 - value / 100))
    if slot.kind in "XN" and value:
        yield 1 / value
    if slot.kind in "TN":
        yield from (abs(length - value) for length in lengths)


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _in_words(slot: Slot) -> str:
    if isinstance(slot.value, str):
        return f"'{slot.value}'" if parse_ref(slot.value) is None else slot.value
    return IN_WORDS.get(slot.kind, "{:g}").format(slot.value)
