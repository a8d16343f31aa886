"""What was done last should be otherwise: "no, I meant 3 dB", "mp3 não, flac", "up, not down!".

The last plan is made again from the step that is corrected, on what that step worked on. Like every
recognized request, a correction is one only when every word of it has its place.
"""

import math
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from tonmeister.plan import Plan, Step, check
from tonmeister.planner.answers import PastTurn, Request
from tonmeister.planner.coverage import takes
from tonmeister.planner.grounding import Grounding, ground, is_signed, way_of
from tonmeister.planner.names import name_files
from tonmeister.planner.slots import Sentence, Slot, read_sentence
from tonmeister.registry import Catalog
from tonmeister.toolspec import Parameter

__all__ = ["correction"]

_CUE = re.compile(
    r"^(?:(?:no|nope|sorry|oops|wait|actually|not|hang on|hold on|nao|desculpa|espera|afinal|alias)"
    r"\b|[A-Z]\d+ nao\b)|\b(?:meant|instead|should|supposed|rather|wrong|mistake|enganei|queria"
    r"|quis dizer|era para|devia|em vez|plenty|enough|too much|demais|chega)\b|, (?:not|nao) \w"
)
"""What tells that the last result is not as it was meant."""

_NOT_WANTED = re.compile(
    r"(?:\b(?:and |e )?(?:not|instead of|rather than|em vez d[aeo]s?|nao)"
    r"(?! (?:[,.!;]|era|e\b|i\b))[^,;.!]*)|[A-Z]\d+ nao\b"
)
_FILLER_WORDS = """
, . ; : ! ? … no nope sorry oops wait actually hang hold on i i'd i'm it it's meant mean said want
wanted should could would have been be was were is to that this the a an of at in by for with
please make do my me you wrong mistake instead rather supposed just only but and then still same
too much plenty enough ok okay well so there more
nao desculpa espera la afinal alias eu era para ser foi e o a os as um uma de do da em no na por
com isto isso quero queria quis dizer devia ter sido enganei enganei-me me chega bem basta demais
so mas ainda mesma mesmo favor se faz faca mete poe -o -a deve fica mais
volume level nivel format formato language lingua speed velocidade
"""
_FILLERS = frozenset(_FILLER_WORDS.split())
"""Words of corrections that say nothing of what is wanted."""

MIN_STEM = 3


class _Place(NamedTuple):
    """An argument of a step of the last plan."""

    step: int
    parameter: Parameter


def correction(request: Request, catalog: Catalog) -> Plan | None:
    """Return the last plan as a request wants it corrected; None when it is no correction.

    Args:
        request: The request.
        catalog: What can be done here.
    """
    turn = request.history[-1] if request.history else None
    if turn is None or turn.plan is None or request.files:
        return None
    sentence = read_sentence(request.text, name_files(request))
    if not _CUE.search(sentence.text):
        return None
    wanted = _NOT_WANTED.sub(" ", sentence.text)
    values = {name: sentence.slots[name] for name in re.findall(r"[A-Z]\d+", wanted)}
    steps = turn.plan.steps
    if not all(step.tool in catalog.tools for step in steps):
        return None
    choices = _choices(steps, catalog)
    for word in set(wanted.split()) - values.keys():
        if word in choices:
            values[word] = Slot("W", word)
        elif not _is_no_news(word, steps):
            return None
    changed = _changed(steps, Sentence(wanted, values), request, catalog)
    plan = _again(steps, changed, turn) if changed else None
    return plan if plan and not check(plan, catalog.tools, request.artifacts) else None


def _choices(steps: Sequence[Step], catalog: Catalog) -> frozenset[str]:
    """Return what the choices that were made could have been instead."""
    return frozenset(
        choice
        for step in steps
        for name in step.args
        for choice in catalog.tools[step.tool].parameters[name].choices
    )


def _is_no_news(word: str, steps: Sequence[Step]) -> bool:
    """Tell whether a word says only which way, or what was done: "reverb", "reverberação"."""
    done = {part for step in steps for part in step.tool.split("_") if len(part) > MIN_STEM}
    return word in _FILLERS or way_of(word) != 0 or word.startswith(tuple(done))


def _changed(
    steps: Sequence[Step], wanted: Sentence, request: Request, catalog: Catalog
) -> dict[_Place, Any]:
    """Return the arguments that become otherwise; none when anything stated has no one place."""
    places = [
        _Place(at, parameter)
        for at, step in enumerate(steps)
        for parameter in catalog.tools[step.tool].parameters.values()
    ]
    if not wanted.slots:
        return _turned(steps, places, way_of(wanted.text))
    grounding = ground(wanted, wanted.text, request.artifacts)
    changed: dict[_Place, Any] = {}
    for slot in wanted.slots.values():
        fitting = [place for place in places if takes(place.parameter, slot)]
        given = [one for one in fitting if one.parameter.name in steps[one.step].args]
        found = given or fitting
        if len(found) != 1:
            return {}
        place = found[0]
        old = steps[place.step].args.get(place.parameter.name)
        value = _value(place.parameter, slot, grounding, old)
        if value is None:
            return {}
        if value != old:
            changed[place] = value
    return changed


def _turned(steps: Sequence[Step], places: Sequence[_Place], way: int) -> dict[_Place, Any]:
    """Return the one amount that goes the other way: "up, not down"."""
    against: dict[_Place, Any] = {}
    for place in places:
        old = steps[place.step].args.get(place.parameter.name)
        if is_signed(place.parameter) and isinstance(old, (int, float)) and old * way < 0:
            against[place] = -old
    return against if len(against) == 1 else {}


def _value(parameter: Parameter, slot: Slot, grounding: Grounding, old: Any) -> Any:
    """Return what an argument becomes; None when that is not clear."""
    if parameter.type not in ("number", "integer"):
        return None if slot.kind == "Q" else slot.value
    stated = grounding.stated(parameter)
    if is_signed(parameter) and len(stated) == 2 and isinstance(old, (int, float)):
        stated = (math.copysign(stated[0], old),)
    if len(stated) != 1:
        return None
    return int(stated[0]) if parameter.type == "integer" else stated[0]


def _again(steps: Sequence[Step], changed: dict[_Place, Any], turn: PastTurn) -> Plan:
    """Return the steps from the first one that is changed, on what it worked on."""
    first = min(place.step for place in changed)
    known = {f"@{name.removesuffix('.result')}": f"@{made}" for name, made in turn.steps.items()}
    names = {step.id: f"s{at}" for at, step in enumerate(steps[first:], 1)}
    made: list[Step] = []
    for at, step in enumerate(steps[first:], first):
        args = dict(step.args) | {
            place.parameter.name: value for place, value in changed.items() if place.step == at
        }
        for name, ref in step.refs():
            if ref.name in names:
                args[name] = str(args[name]).replace(f"@{ref.name}", f"@{names[ref.name]}", 1)
            elif args[name] in known:
                args[name] = known[args[name]]
        made.append(step.model_copy(update={"id": names[step.id], "args": args}))
    return Plan(steps=tuple(made))
