"""Plans without a language model where no wording is known: tools by meaning, the rest by rule.

The router names the tools of a request, or of each of its clauses; what is stated fills their
arguments. It is an answer only when nothing is open: the tools are likely by far, every amount,
language and format has one place, one recording can be meant, and requests most like this one are
planned in the same way. Everything else is left to the next planner.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from tonmeister.artifacts import Kind
from tonmeister.plan import Plan, Step, check
from tonmeister.planner.answers import Answer, Planner, Request
from tonmeister.planner.assembly import MAKERS, Assembly, NotClearError
from tonmeister.planner.coverage import takes, unused
from tonmeister.planner.demonstrations import Demonstration, load_demonstrations
from tonmeister.planner.dialect import parse_lines
from tonmeister.planner.grounding import Grounding, ground
from tonmeister.planner.names import name_files
from tonmeister.planner.references import Unclear
from tonmeister.planner.router import Router, Routing, clauses_of
from tonmeister.planner.slots import Slot, fold, read_sentence, unquoted
from tonmeister.planner.spans import TAKE_TIMES
from tonmeister.registry import Catalog
from tonmeister.toolspec import Parameter, Tool

__all__ = ["Drafter"]

LIKELY, LEAST = 0.5, 0.3
"""Chance from which a tool is needed; the first one may be less likely than that."""

UNLIKELY = 0.2
"""How likely others may be at most, beside the least likely tool that is needed."""

MOST_ALIKE = 3
"""Requests of the bank, of which one must be planned in the same way."""

IN_STEPS = 0.5
"""Chance of several steps from which a plan must have them."""

_POINTS = re.compile(
    r"\b(?:before|earlier|previous|original|first|second|third|fourth|last|other|another|again"
    r"|instead|version|result|not|don't|doesn't|never|no|except|but|each|every|all|both|these|those"
    r"|them|antes|anterior|origina[li]s?|primeir[oa]s?|segund[oa]s?|terceir[oa]s?|ultim[oa]s?"
    r"|outr[oa]s?|versao|resultado|nao|nunca|exceto|excepto|mas|cada|tod[oa]s|ambos|ambas"
    r"|est[ea]s|ess[ea]s|aquel[ea]s?)\b"
)
"""Words that may mean another recording than the one at hand, or that something is not wanted."""
_CORRECTS = re.compile(
    r"\b(?:too|meant|wanted|wrong|enough|plenty|rather|should|demais|demasiad[oa]|queria|errad[oa]"
    r"|chega|basta|afinal|antes|devia)\b"
)
"""Words that may mean that what was done last should be done otherwise."""

_SPAN = re.compile(
    r"\b(?:from|between|de|do|dos|da|entre|desde)(?: os?| as?)? (?P<start>T\d+) "
    r"(?:to|until|till|and|a|ao|aos|ate|e|-)(?: ao?s?)? (?P<end>T\d+) "
)


class Drafter(Planner):
    """Plans requests whose tools the router is sure of, and leaves all others.

    Args:
        router: Tells which tools a request needs.

    Attributes:
        name: "drafter".
    """

    name = "drafter"

    def __init__(self, router: Router) -> None:
        self._router = router

    def plan(self, request: Request, catalog: Catalog) -> Answer | None:
        """Return a plan, or a question for the recording; None when anything else is open.

        Args:
            request: The request.
            catalog: What can be done here.
        """
        said = fold(unquoted(request.text))
        if _POINTS.search(said) or (request.history and _CORRECTS.search(said)):
            return None
        routing = self._router.route(request.text)
        tools = likely(routing)
        calls = self._calls(request.text, tools, catalog) if tools else None
        if calls is None:
            return None
        assembly = Assembly(request, catalog)
        try:
            for tool, text in calls:
                begun = len(assembly.steps)
                _add(assembly, catalog.tools[tool], text)
                if not self._is_usual(text, assembly.steps[begun:]):
                    return None
        except NotClearError as error:
            nothing = isinstance(assembly.audio, Unclear) and assembly.audio.reason == "none"
            return error.question if nothing else None
        plan = Plan(steps=tuple(assembly.steps))
        if (len(plan.steps) > 1) != (routing.several > IN_STEPS) or unused(request, plan):
            return None
        return None if check(plan, catalog.tools, request.artifacts) else plan

    def _calls(
        self, text: str, tools: frozenset[str], catalog: Catalog
    ) -> list[tuple[str, str]] | None:
        """Return the tools in the order of the clauses that ask for them, each with its clause."""
        if not tools <= catalog.tools.keys():
            return None
        asked = tools - _made_for(tools, catalog)
        if len(asked) == 1:
            return [(min(asked), text)]
        clauses = clauses_of(text)
        found: list[tuple[str, str]] = []
        for clause in clauses:
            own = likely(self._router.route(clause)) & tools
            own -= _made_for(own, catalog)
            if len(own) != 1:
                return None
            found.append((min(own), clause))
        names = [name for name, _ in found]
        return found if sorted(names) == sorted(asked) else None

    def _is_usual(self, text: str, steps: Sequence[Step]) -> bool:
        """Tell whether one of the requests most like a text is planned in the same way."""
        scored = zip(self._router.likeness(text), load_demonstrations(), strict=True)
        alike = sorted(scored, key=lambda pair: -pair[0])[:MOST_ALIKE]
        return any(_shape(_steps(one)) == _shape(steps) for _, one in alike)


def _add(assembly: Assembly, tool: Tool, text: str) -> None:
    """Add the step that a clause asks for, with all that the clause states.

    Raises:
        NotClearError: Something stated has no place or two, or it is not clear which recording.
    """
    request = assembly.request
    sentence = read_sentence(text, name_files(request))
    left = dict(sentence.slots)
    span: dict[str, float] = {}
    if match := _SPAN.search(sentence.text):
        span = {
            "span_start": float(left.pop(match["start"]).value),
            "span_end": float(left.pop(match["end"]).value),
        }
    named = [left.pop(name) for name, slot in list(left.items()) if slot.kind == "R"]
    open_ones = [
        parameter
        for parameter in tool.parameters.values()
        if not (span and tool.name in TAKE_TIMES and parameter.name in ("start", "end"))
    ]
    args = _arguments(open_ones, left, ground(sentence, text, request.artifacts))
    needs = [one for one in tool.parameters.values() if one.required and one.type == "artifact"]
    heard = all(one.kinds & (MAKERS.keys() | {Kind.AUDIO}) and not one.many for one in needs)
    made = any(one.kinds & MAKERS.keys() for one in needs) and request.history
    if left or len(named) > 1 or len(needs) > 1 or not heard or made:
        raise NotClearError
    if not needs:
        if named or span:
            raise NotClearError
        assembly.step(tool.name, args)
        return
    refs = assembly.resolve(tool.name, named[0] if named else None)
    if len(refs) != 1:
        raise NotClearError
    assembly.each(tool.name, refs, args, span)


def _arguments(
    parameters: Iterable[Parameter], left: dict[str, Slot], grounding: Grounding
) -> dict[str, Any]:
    """Take the slots that fill arguments, each its only one, and return the arguments."""
    filled: list[Parameter] = []
    args: dict[str, Any] = {}
    for parameter in parameters:
        numeric = parameter.type in ("number", "integer")
        if numeric and not any(takes(parameter, slot) for slot in left.values()):
            values: Sequence[Any] = ()
        else:
            values = _values(parameter, grounding)
        if len(values) > 1 or (parameter.required and not values and parameter.type != "artifact"):
            raise NotClearError
        if values:
            args[parameter.name] = values[0]
            filled.append(parameter)
    for name, slot in list(left.items()):
        if sum(takes(parameter, slot) for parameter in filled) != 1:
            raise NotClearError
        del left[name]
    return args


def _values(parameter: Parameter, grounding: Grounding) -> Sequence[Any]:
    """Return what a request states that an argument may be."""
    match parameter.type:
        case "choice":
            return [choice for choice in parameter.choices if choice in grounding.words]
        case "language":
            return grounding.languages if parameter.name != "source_language" else ()
        case "number":
            return grounding.stated(parameter)
        case "integer":
            return [int(value) for value in grounding.stated(parameter)]
        case "text" if parameter.name == "text":
            return grounding.quoted
        case _:
            return ()


def likely(routing: Routing) -> frozenset[str]:
    """Return the tools a request surely needs; none when it is not sure which those are.

    Args:
        routing: Of the request.
    """
    first = max(routing.tools, key=lambda name: routing.tools[name])
    found = {name for name, chance in routing.tools.items() if chance >= LIKELY} | {first}
    rest = [chance for name, chance in routing.tools.items() if name not in found]
    least = min(routing.tools[name] for name in found)
    near = max([*rest, *routing.others.values()])
    return frozenset(found) if least >= LEAST and near <= UNLIKELY * least else frozenset()


def _made_for(tools: Iterable[str], catalog: Catalog) -> frozenset[str]:
    """Return the tools that are only there for what others of them need, as a transcript."""
    return frozenset(
        MAKERS[kind]
        for tool in tools
        for parameter in catalog.tools[tool].parameters.values()
        for kind in parameter.kinds & MAKERS.keys()
        if parameter.required and MAKERS[kind] != tool
    )


def _steps(shown: Demonstration) -> Sequence[Step]:
    answer = parse_lines(shown.answer)
    return answer.steps if isinstance(answer, Plan) else ()


def _shape(steps: Sequence[Step]) -> list[tuple[str, list[str]]]:
    return [(step.tool, sorted(step.args)) for step in steps]
