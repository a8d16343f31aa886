"""Whether a plan uses every amount, format, language and text the request states.

A language model may forget half a sentence. What was said and is not in the plan must not be
dropped in silence, so it is sent back as a problem.
"""

import math
import re
from collections.abc import Iterable, Iterator
from typing import Any

from tonmeister.plan import Plan, parse_ref
from tonmeister.planner.answers import Request
from tonmeister.planner.references import name_files
from tonmeister.planner.slots import Slot, read_sentence

__all__ = ["unused"]

NUMBERS = "TNDLPHSX"
CODES = "GF"
IN_WORDS = {
    "T": "{:g} s",
    "D": "{:g} dB",
    "L": "{:g} LUFS",
    "P": "{:g} %",
    "H": "{:g} Hz",
    "S": "{:g} semitones",
    "X": "{:g} times",
}


def unused(request: Request, plan: Plan) -> list[str]:
    """Return what a request states and no step of a plan uses, in words.

    Args:
        request: The request.
        plan: The plan.
    """
    speaks = any(step.tool == "synthesize_speech" for step in plan.steps)
    text = request.text if speaks else re.sub(r":(?=\s)", ";", request.text)
    sentence = read_sentence(text, name_files(request, frozenset()))
    lengths = [one.facts.get("duration") for one in request.artifacts.values()]
    lengths = [length for length in lengths if isinstance(length, (int, float))]
    values = list(_values(plan))
    return [
        _in_words(slot)
        for slot in sentence.slots.values()
        if slot.kind in NUMBERS + CODES + "Q" and not _used(slot, values, lengths)
    ]


def _values(plan: Plan) -> Iterator[Any]:
    for step in plan.steps:
        yield from step.args.values()
        for _, ref in step.refs():
            if ref.region is not None:
                yield ref.region.start
                yield ref.region.end


def _used(slot: Slot, values: Iterable[Any], lengths: Iterable[float]) -> bool:
    if isinstance(slot.value, str):
        said = slot.value.strip().casefold()
        texts = [value.casefold() for value in values if isinstance(value, str)]
        return any(said == text or (slot.kind == "Q" and said in text) for text in texts)
    wanted = set(_readings(slot, lengths))
    numbers = [abs(value) for value in values if _is_number(value)]
    return any(math.isclose(one, number, abs_tol=0.011) for one in wanted for number in numbers)


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


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _in_words(slot: Slot) -> str:
    if isinstance(slot.value, str):
        return f"'{slot.value}'" if parse_ref(slot.value) is None else slot.value
    return IN_WORDS.get(slot.kind, "{:g}").format(slot.value)
