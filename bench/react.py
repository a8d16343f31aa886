"""A language model driven as AudioGPT drives it: one tool per turn, in free text.

Thought, Action, Action Input and Observation take turns until a Final Answer. The way is that of
ReAct (Yao et al., 2023, arXiv:2210.03629), the prompt's parts those of Visual ChatGPT (Wu et al.,
2023, arXiv:2303.04671), which AudioGPT (Huang et al., 2023, arXiv:2304.12995) took over. The words
are our own. Tools are not run: an observation names the result that would have been made.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tonmeister.artifacts import Artifact
from tonmeister.errors import LLMError, PlanError
from tonmeister.llm.client import Completion, Message
from tonmeister.plan import Plan, Step, check
from tonmeister.planner.dialect import parse_lines
from tonmeister.registry import Catalog
from tonmeister.toolspec import Tool

__all__ = ["MOST_TURNS", "Action", "Final", "drive", "parse", "prefix"]

MOST_TURNS = 10
TURN_TOKENS = 300

HEAD = """\
Tonmeister helps with sound: it edits, cleans, transcribes, translates and makes recordings.
It cannot hear or read recordings itself. It has tools for that, and uses them one after another,
each on the result of one before. It is strict about names of files such as @a1 and never makes one
up. The requests are in English or Portuguese.

TOOLS:
Tonmeister has these tools:
"""
FORMAT = """
To use a tool, write exactly this:

Thought: Do I need a tool? Yes
Action: the name of one tool, one of [{names}]
Action Input: its arguments as name=value, separated by commas; texts in quotation marks
Observation: the result

Thought, Action, Action Input and Observation may follow each other several times. When nothing is
left to do, write:

Thought: Do I need a tool? No
Final Answer: what you tell the person
"""


@dataclass(frozen=True, slots=True)
class Action:
    """A tool that is to be used.

    Attributes:
        tool: Its name, as the model wrote it.
        input: Its arguments, as the model wrote them.
    """

    tool: str
    input: str


@dataclass(frozen=True, slots=True)
class Final:
    """The end.

    Attributes:
        text: What the person is told.
    """

    text: str


class Asks(Protocol):
    """What is needed of a chat client."""

    def complete(
        self, messages: Sequence[Message], *, max_tokens: int = ..., stop: Sequence[str] = ...
    ) -> Completion:
        """Ask for one answer."""
        ...


_ACTION = re.compile(
    r"^[ \t]*Action[ \t]*:[ \t]*(?P<tool>[^\n]*)\n+"
    r"[ \t]*Action Input[ \t]*:[ \t]*(?P<input>[^\n]*)",
    re.MULTILINE | re.IGNORECASE,
)
_FINAL = re.compile(r"^[ \t]*Final Answer[ \t]*:[ \t]*(?P<text>.*)", re.MULTILINE | re.IGNORECASE)


def parse(text: str) -> Action | Final | None:
    """Read one turn: the first action, unless the final answer comes before it.

    Args:
        text: What the model wrote up to the observation.

    Returns:
        None when it is neither.
    """
    action, final = _ACTION.search(text), _FINAL.search(text)
    if action and not (final and final.start() < action.start()):
        return Action(action["tool"].strip(" `\"'[]."), action["input"].strip(" `"))
    return Final(final["text"].strip()) if final else None


def prefix(catalog: Catalog) -> list[Message]:
    """Return how every conversation begins: all tools, described, and the format.

    Args:
        catalog: What can be done.
    """
    tools = "\n".join(f"> {_described(tool)}" for tool in catalog.tools.values())
    form = FORMAT.replace("{names}", ", ".join(catalog.tools))
    return [{"role": "system", "content": f"{HEAD}{tools}\n{form}".strip()}]


def _described(tool: Tool) -> str:
    takes = "; ".join(
        f"{name} ({parameter.type}{'' if parameter.required else ', optional'})"
        for name, parameter in tool.parameters.items()
    )
    return f"{tool.name}: {tool.summary} The input to this tool: {takes}."


def drive(
    client: Asks, request: str, artifacts: Mapping[str, Artifact], catalog: Catalog
) -> Plan | None:
    """Let the model work through a request and return the tools it used as a plan.

    Args:
        client: The language model.
        request: The person's words.
        artifacts: What is at hand, by handle.
        catalog: What can be done.

    Returns:
        None when it used no tool, or wrote what nobody can read.
    """
    files = "\n".join(
        f"@{handle} {one.kind} {one.name}, {one.facts.get('duration', 0.0):.1f} s"
        for handle, one in artifacts.items()
    )
    scratchpad, steps = "", list[Step]()
    for _ in range(MOST_TURNS):
        page = f"Files:\n{files}\n\nNew input: {request}\n\nBegin!\n{scratchpad}"
        messages: list[Message] = [*prefix(catalog), {"role": "user", "content": page.strip()}]
        try:
            completion = client.complete(messages, max_tokens=TURN_TOKENS, stop=["Observation:"])
        except LLMError:  # cut off, or nothing said
            return None
        turn = parse(completion.text)
        if not isinstance(turn, Action):
            return Plan(steps=tuple(steps)) if turn and steps else None
        observed = _use(turn, steps, artifacts, catalog)
        scratchpad += f"{completion.text.strip()}\nObservation: {observed}\n"
    return Plan(steps=tuple(steps)) if steps else None


def _use(
    action: Action, steps: list[Step], artifacts: Mapping[str, Artifact], catalog: Catalog
) -> str:
    """Add the step an action stands for, and return what the model observes."""
    if action.tool not in catalog.tools:
        return f"{action.tool} is not a valid tool, try another one."
    try:
        answer = parse_lines(f"s1: {action.tool}({action.input})")
    except PlanError as error:
        return f"the input cannot be read: {error.problems[0]}"
    if not isinstance(answer, Plan):
        return "the input cannot be read."
    step = answer.steps[0].model_copy(update={"id": f"s{len(steps) + 1}"})
    problems = check(Plan(steps=(*steps, step)), catalog.tools, artifacts)
    if problems:
        return f"error: {problems[0]}"
    steps.append(step)
    outputs = catalog.tools[step.tool].outputs
    made = [f"@{step.id}"] if len(outputs) == 1 else [f"@{step.id}.{name}" for name in outputs]
    return f"{', '.join(made)} was made."
