"""Names of results that a person understands: ``interview.enhanced``, ``dog-barking``."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tonmeister.artifacts import Artifact, Kind
from tonmeister.plan import Plan, Step
from tonmeister.toolspec import Tool

__all__ = ["EDITED", "ResultName", "coming_names", "name_of_result", "parse_name", "said_name"]

EDITED = "edited"
LONGEST_SAID = 40
"""Characters of a name that is made of somebody's words."""

_ARTICLE = re.compile(r"^(?:an?|the|some|um|uma|uns|umas|os?|as)-(?=.)")
_ACCENTS = re.compile("[\u0300-\u036f]")


@dataclass(frozen=True, slots=True)
class ResultName:
    """A name made of what it came from and what was done to it.

    Attributes:
        root: Name of the recording that was handed over.
        suffixes: What was done to it, in order.
    """

    root: str
    suffixes: tuple[str, ...] = ()

    def __str__(self) -> str:
        done = [suffix for suffix in self.suffixes if suffix]
        if not done:
            return self.root
        return f"{self.root}.{done[0] if len(done) == 1 else EDITED}"


def parse_name(name: str, tools: Mapping[str, Tool]) -> ResultName:
    """Split the name of an earlier result again into its root and what was done.

    Args:
        name: Name of an artifact.
        tools: The catalog's tools by name.
    """
    known = {tool.suffix for tool in tools.values() if tool.suffix} | {EDITED}
    root, _, last = name.rpartition(".")
    return ResultName(root, (last,)) if root and last in known else ResultName(name)


def said_name(step: Step, plan: Plan, tools: Mapping[str, Tool]) -> str:
    """Return the name that the words of a step give its results; empty when they give none.

    Further steps of a plan whose words give the same name are its takes: "rain.take2".

    Args:
        step: The step.
        plan: The plan it belongs to.
        tools: The catalog's tools by name.
    """
    name = _short(step, tools)
    if not name:
        return ""
    alike = [one.id for one in plan.steps if _short(one, tools) == name]
    take = alike.index(step.id) + 1 if step.id in alike else 1
    return name if take == 1 else f"{name}.take{take}"


def _short(step: Step, tools: Mapping[str, Tool]) -> str:
    """Return a file name of a few words: small letters without accents, digits and hyphens."""
    named_by = tools[step.tool].named_by
    said = step.args.get(named_by) if named_by else None
    if not isinstance(said, str):
        return ""
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", said.lower()))
    # In scripts such as Devanagari marks are letters, which "\w" alone leaves out.
    kept = "".join(
        letter if unicodedata.category(letter)[0] in "LNM" else "-"
        for letter in unicodedata.normalize("NFC", plain)
    )
    words = _ARTICLE.sub("", re.sub("-+", "-", kept).strip("-"), count=1)
    if len(words) <= LONGEST_SAID:
        return words
    whole = words[: LONGEST_SAID + 1].rpartition("-")[0]
    return whole or words[:LONGEST_SAID]


def name_of_result(
    tool: Tool, output: str, kind: Kind, sources: Iterable[ResultName], said: str = ""
) -> ResultName:
    """Name the result of a step.

    Args:
        tool: The tool.
        output: Name of its output.
        kind: Kind of the output.
        sources: Names of the artifacts that went in, the first one counting.
        said: Name that the step's words give it, from ``said_name``; counts when nothing went in.
    """
    source = next(iter(sources), None)
    if source is None:
        name = said or tool.suffix or tool.name
        beside = len(tool.outputs) > 1 and output != next(iter(tool.outputs))
        return ResultName(name, (output,) if beside else ())
    if output not in tool.outputs:  # one of several alike: which one must stay readable
        return ResultName(f"{source.root}.{output}")
    if len(tool.outputs) > 1:
        return ResultName(source.root, (output,))
    if kind is Kind.AUDIO and tool.folder and tool.suffix:  # a finished file is what it is
        return ResultName(source.root, (tool.suffix,))
    if kind is Kind.AUDIO:
        return ResultName(source.root, (*source.suffixes, tool.suffix))
    if kind in (Kind.IMAGE, Kind.VIDEO):
        return ResultName(source.root, (tool.suffix,))
    return ResultName(source.root)


def coming_names(
    plan: Plan, artifacts: Mapping[str, Artifact], tools: Mapping[str, Tool]
) -> dict[str, str]:
    """Return the names that the results of a plan will have, by "step.output".

    Args:
        plan: A checked plan.
        artifacts: What it refers to, by handle without "@".
        tools: The catalog's tools by name.
    """
    names: dict[str, ResultName] = {}
    for step in plan.steps:
        tool = tools[step.tool]
        sources: list[ResultName] = []
        for _, ref in step.refs():
            if ref.name in artifacts:
                sources.append(parse_name(artifacts[ref.name].name, tools))
                continue
            made = tools[next(one.tool for one in plan.steps if one.id == ref.name)].outputs
            place = f"{ref.name}.{ref.output or next(iter(made))}"
            # One of several that are named when they are made: its name is known by its output.
            first = next(name for at, name in names.items() if at.startswith(f"{ref.name}."))
            sources.append(names.get(place) or ResultName(f"{first.root}.{ref.output}"))
        for output, kind in tool.outputs.items():
            said = said_name(step, plan, tools)
            names[f"{step.id}.{output}"] = name_of_result(tool, output, kind, sources, said)
    return {place: str(name) for place, name in names.items()}
