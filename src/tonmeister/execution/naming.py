"""Names of results that a person understands: ``interview.enhanced``, ``talk.edited``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tonmeister.artifacts import Kind
from tonmeister.toolspec import Tool

__all__ = ["EDITED", "ResultName", "name_of_result", "parse_name"]

EDITED = "edited"


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


def name_of_result(
    tool: Tool, output: str, kind: Kind, sources: Iterable[ResultName]
) -> ResultName:
    """Name the result of a step.

    Args:
        tool: The tool.
        output: Name of its output.
        kind: Kind of the output.
        sources: Names of the artifacts that went in, the first one counting.
    """
    source = next(iter(sources), None)
    if source is None:
        return ResultName(tool.suffix or tool.name)
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
