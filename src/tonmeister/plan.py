"""Plans: steps, references between them, and the checks before anything runs."""

import difflib
import math
import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tonmeister.artifacts import Artifact, Kind, Region
from tonmeister.errors import PlanError
from tonmeister.toolspec import OPEN, Parameter, Tool

__all__ = ["ACCEPTED_AS", "Plan", "Ref", "Step", "check", "deliverables", "parse_plan", "parse_ref"]

_REF = re.compile(
    r"^@(?P<name>[a-z][a-z0-9_]*)(?:\.(?P<output>[a-z][a-z0-9_]*))?"
    r"(?:\[(?P<start>\d+(?:\.\d+)?)?:(?P<end>\d+(?:\.\d+)?)?\])?$"
)
MAX_STEPS = 32

# What else may stand where a kind is expected: the sound of a video, the words of a document.
ACCEPTED_AS: Mapping[Kind, frozenset[Kind]] = {
    Kind.AUDIO: frozenset({Kind.VIDEO}),
    Kind.TEXT: frozenset({Kind.DOCUMENT}),
}


@dataclass(frozen=True, slots=True)
class Ref:
    """A reference inside a plan: ``@a3``, ``@s1``, ``@s1.vocals``, ``@a3[12.0:15.5]``.

    Attributes:
        name: Handle of an artifact ("a3") or id of an earlier step ("s1").
        output: Named output of a step; None for its only one.
        region: Piece of a recording in seconds; None for all of it.
    """

    name: str
    output: str | None = None
    region: Region | None = None


def parse_ref(text: Any) -> Ref | None:
    """Read a reference, or return None when the value is none.

    Args:
        text: An argument of a step.
    """
    match = _REF.match(text) if isinstance(text, str) else None
    if match is None:
        return None
    region = None
    if text.endswith("]"):
        end = match["end"]
        region = Region(float(match["start"] or 0.0), None if end is None else float(end))
    return Ref(match["name"], match["output"], region)


class Step(BaseModel):
    """One tool call.

    Attributes:
        id: Name within the plan, such as "s1".
        tool: Name of the tool.
        args: Values, or references written as text.
        model: Model asked for by name; None lets assignment choose.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^s[0-9]{1,3}$")
    tool: str
    args: dict[str, Any] = Field(default_factory=dict)
    model: str | None = None

    def refs(self) -> list[tuple[str, Ref]]:
        """Return every reference among the arguments with the argument's name."""
        found: list[tuple[str, Ref]] = []
        for name, argument in self.args.items():
            members = argument if isinstance(argument, list) else [argument]
            found += [(name, ref) for ref in map(parse_ref, members) if ref is not None]
        return found

    def is_ref(self, name: str) -> bool:
        """Tell whether an argument is a reference, or a list of them.

        Args:
            name: Name of the argument.
        """
        return any(one == name for one, _ in self.refs())


class Plan(BaseModel):
    """What will be done: steps that use handed-over artifacts and each other's results."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: tuple[Step, ...] = Field(min_length=1, max_length=MAX_STEPS)

    def describe(self) -> list[str]:
        """Return one readable line per step."""
        lines: list[str] = []
        for step in self.steps:
            args = ", ".join(f"{name}={_shown(value)}" for name, value in step.args.items())
            model = f" on {step.model}" if step.model else ""
            lines.append(f"{step.id}: {step.tool}({args}){model}")
        return lines

    def on_models(self, models: Mapping[str, str]) -> "Plan":
        """Return the plan with the steps of some tools on the models named.

        Args:
            models: Name of the model by name of the tool.
        """
        steps = tuple(
            step.model_copy(update={"model": models.get(step.tool, step.model)})
            for step in self.steps
        )
        return Plan(steps=steps)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_shown(member) for member in value) + "]"
    return value if parse_ref(value) else repr(value)


def parse_plan(raw: str | bytes | Mapping[str, Any]) -> Plan:
    """Read a plan from JSON.

    Args:
        raw: JSON text, or the object it stands for.

    Raises:
        PlanError: It is no plan; every problem is listed.
    """
    try:
        if isinstance(raw, (str, bytes)):
            return Plan.model_validate_json(raw)
        return Plan.model_validate(raw)
    except ValidationError as error:
        faults = error.errors()
        problems = [
            f"{'.'.join(str(part) for part in fault['loc']) or 'plan'}: {fault['msg']}"
            for fault in faults
            if len(faults) == 1 or fault["type"] != "too_short"  # faulty steps are not missing ones
        ]
        raise PlanError(problems) from error


def check(plan: Plan, tools: Mapping[str, Tool], artifacts: Mapping[str, Artifact]) -> list[str]:
    """Return every problem of a plan; an empty list means it can run.

    Args:
        plan: The plan.
        tools: The catalog's tools by name.
        artifacts: What the plan may refer to, by handle without "@".
    """
    problems: list[str] = []
    made: dict[str, Tool | None] = {}
    ids = {step.id for step in plan.steps}
    if len(ids) < len(plan.steps):
        problems.append("Two steps have the same id; give each its own.")
    for step in plan.steps:
        spec = tools.get(step.tool)
        if spec is None:
            problems.append(f"{step.id}: there is no tool '{step.tool}'{_near(step.tool, tools)}.")
        else:
            late = ids - set(made)
            faults = _check_args(step, spec, made, artifacts, late)
            problems += [f"{step.id}: {line}" for line in faults]
        made[step.id] = spec
    return problems


def _check_args(
    step: Step,
    spec: Tool,
    made: Mapping[str, Tool | None],
    artifacts: Mapping[str, Artifact],
    late: Set[str],
) -> Iterable[str]:
    for name in step.args:
        if name not in spec.parameters:
            yield f"{spec.name} has no argument '{name}'{_near(name, spec.parameters)}."
    for name, parameter in spec.parameters.items():
        if name not in step.args or step.args[name] is None:
            if parameter.required:
                yield f"{spec.name} needs '{name}': {parameter.description}"
            continue
        value = step.args[name]
        if parameter.many:
            if not isinstance(value, list) or not value:
                yield f"'{name}' must be a list of references."
                continue
            for member in value:
                yield from _check_value(name, parameter, member, made, artifacts, late)
        else:
            yield from _check_value(name, parameter, value, made, artifacts, late)


def _check_value(
    name: str,
    parameter: Parameter,
    value: Any,
    made: Mapping[str, Tool | None],
    artifacts: Mapping[str, Artifact],
    late: Set[str],
) -> Iterable[str]:
    ref = parse_ref(value)
    if parameter.type == "artifact" or (parameter.kinds and ref is not None):
        if ref is None:
            yield f"'{name}' must be a reference such as @a1, not {value!r}."
        elif ref.name in late:
            yield f"'{name}' uses @{ref.name}, which does not come before it."
        elif ref.name in made or ref.name in artifacts:
            yield from _check_ref(name, parameter, ref, made, artifacts)
        else:
            known = ", ".join(f"@{one}" for one in (*artifacts, *made)) or "none yet"
            yield f"'{name}' refers to @{ref.name}, which does not exist; there are: {known}."
        return
    if ref is not None:
        yield f"'{name}' takes no reference such as {value}; give the value itself."
        return
    fault = _scalar_fault(parameter, value)
    if fault:
        yield f"'{name}' is {value!r}; {fault}."


def _check_ref(
    name: str,
    parameter: Parameter,
    ref: Ref,
    made: Mapping[str, Tool | None],
    artifacts: Mapping[str, Artifact],
) -> Iterable[str]:
    duration: float | None = None
    if ref.name in made:
        maker = made[ref.name]
        if maker is None:  # that its tool does not exist has been said
            return
        outputs = maker.outputs
        if OPEN in outputs:
            if ref.output is None:
                yield f"'{name}': @{ref.name} gives several results; name one of them."
                return
            kind = outputs[OPEN]
        else:
            output = ref.output or (next(iter(outputs)) if len(outputs) == 1 else "")
            if output not in outputs:
                yield f"'{name}': @{ref.name} gives {', '.join(outputs)}; name one of them."
                return
            kind = outputs[output]
    elif ref.output is not None:
        yield f"'{name}': @{ref.name} has no part '{ref.output}'; refer to @{ref.name} itself."
        return
    else:
        kind = artifacts[ref.name].kind
        duration = artifacts[ref.name].facts.get("duration")
    if not any(kind == wanted or kind in ACCEPTED_AS.get(wanted, ()) for wanted in parameter.kinds):
        wanted = " or ".join(sorted(parameter.kinds))
        yield f"'{name}' needs {wanted}; @{ref.name} is {kind}."
    elif ref.region is not None:
        yield from _check_region(name, ref, kind, duration)


def _check_region(name: str, ref: Ref, kind: Kind, duration: float | None) -> Iterable[str]:
    region = ref.region or Region(0.0)
    if kind not in (Kind.AUDIO, Kind.VIDEO):
        yield f"'{name}': a region needs a recording; @{ref.name} is {kind}."
    elif region.end is not None and region.end <= region.start:
        yield f"'{name}': the region ends at {region.end:g} s, not after its start."
    elif duration is not None and max(region.start, region.end or 0.0) > duration + 0.05:
        yield f"'{name}': the region leaves @{ref.name}, which is {duration:.1f} s long."


def _scalar_fault(parameter: Parameter, value: Any) -> str:
    numeric = isinstance(value, (int, float)) and not isinstance(value, bool)
    whole = parameter.type == "integer"
    if parameter.type in ("text", "language"):
        return "" if isinstance(value, str) else "a text was expected"
    if parameter.type == "flag":
        return "" if isinstance(value, bool) else "true or false was expected"
    if parameter.type == "choice":
        return (
            "" if value in parameter.choices else f"one of {', '.join(parameter.choices)} is valid"
        )
    if not numeric or not math.isfinite(value) or (whole and value != int(value)):
        return f"{'a whole number' if whole else 'a number'} was expected"
    low, high = parameter.limits.minimum, parameter.limits.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        bounds = [
            f"at least {low:g}" if low is not None else "",
            f"at most {high:g}" if high is not None else "",
        ]
        return f"it must be {' and '.join(bound for bound in bounds if bound)}"
    return ""


def _near(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; did you mean '{close[0]}'?" if close else ""


# A result is superseded when a later step turned it into more of the same.
_SAME: Mapping[Kind, str] = {Kind.TRANSCRIPT: "text", Kind.TEXT: "text", Kind.FILE: "text"}
_MEANS = frozenset({Kind.CHAPTERS})  # made for a later step; what it was used for is the result


def deliverables(
    plan: Plan, tools: Mapping[str, Tool], made: Mapping[str, Iterable[str]] | None = None
) -> list[Ref]:
    """Return the step results the user gets: those no later step made more of the same from.

    Sound that was enhanced and then transcribed is delivered, as is the transcript; sound that
    was trimmed and then faded is delivered once, faded.

    Args:
        plan: A checked plan.
        tools: The catalog's tools by name.
        made: Names of the results of each step that has some, by id; without it, results that
            are named when they are made stand as one, named ``OPEN``.
    """
    superseded: set[tuple[str, str]] = set()
    for step in plan.steps:
        kinds = {_SAME.get(kind, kind) for kind in tools[step.tool].outputs.values()}
        for _, ref in step.refs():
            source = next((other for other in plan.steps if other.id == ref.name), None)
            if source is None:
                continue
            outputs = tools[source.tool].outputs
            output = ref.output or next(iter(outputs))
            kind = outputs.get(output) or outputs[OPEN]
            if kind in _MEANS or _SAME.get(kind, kind) in kinds:
                superseded.add((source.id, output))
    return [
        Ref(step.id, output)
        for step in plan.steps
        for output in _outputs_of(step, tools, made or {})
        if (step.id, output) not in superseded
    ]


def _outputs_of(
    step: Step, tools: Mapping[str, Tool], made: Mapping[str, Iterable[str]]
) -> Iterable[str]:
    outputs = tools[step.tool].outputs
    return made.get(step.id, outputs) if OPEN in outputs else outputs
