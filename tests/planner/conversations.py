"""Conversations written in a table: turns that were taken, and what may be said after them."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.planner.situations import Situation, plan_of
from tonmeister.artifacts import Artifact, Kind, Recipe
from tonmeister.plan import Plan, deliverables
from tonmeister.planner.answers import Answer, Command, PastTurn, Question
from tonmeister.toolspec import Tool

__all__ = ["Conversation", "answer_of", "conversations"]

LENGTH = 120.0


class Conversation:
    """What a conversation knows after some turns.

    Attributes:
        artifacts: By handle.
        turns: Those taken so far.
    """

    def __init__(self, name: str, tools: Mapping[str, Tool]) -> None:
        self.name = name
        self.tools = tools
        self.artifacts: dict[str, Artifact] = {}
        self.turns: list[PastTurn] = []
        self.files: list[str] = []

    def situation(self) -> Situation:
        """Return it as it is now, nothing being handed over."""
        situation = Situation(*self.artifacts.values(), history=tuple(self.turns))
        situation.files = ()
        return situation

    def hand_over(self, names: str) -> tuple[str, ...]:
        """Hand files over and return their handles."""
        handles = [self._add(name.strip(), Kind.AUDIO, None, {}) for name in names.split(",")]
        return tuple(handles)

    def take(self, request: str, plan: Plan | None, inputs: tuple[str, ...], heard: str) -> None:
        """Take a turn: every step gives what its tool gives."""
        steps: dict[str, str] = {}
        for step in plan.steps if plan else ():
            parents = [
                self.artifacts[steps.get(f"{ref.name}.{ref.output or 'result'}", ref.name)]
                for _, ref in step.refs()
            ]
            recipe = Recipe(step.tool, 1, None, None, step.args, tuple(one.id for one in parents))
            for output, kind in self.tools[step.tool].outputs.items():
                stem = parents[0].name if parents else "speech"
                facts = {"heard": _times(heard)} if kind is Kind.EVENTS else {}
                name = f"{stem}.{self.tools[step.tool].suffix or output}"
                steps[f"{step.id}.{output}"] = self._add(name, kind, recipe, facts)
        wanted = (
            [f"{one.name}.{one.output}" for one in deliverables(plan, self.tools)] if plan else []
        )
        outputs = tuple(steps[one] for one in wanted)
        number = len(self.turns) + 1
        self.turns.append(PastTurn(request, plan, inputs, outputs, steps, number))

    def _add(
        self, name: str, kind: Kind, recipe: Recipe | None, facts: Mapping[str, object]
    ) -> str:
        handle = f"a{len(self.artifacts) + 1}"
        known = {"duration": LENGTH, **facts}
        made = Artifact(f"id-{handle}", kind, handle, "", 1, name, known, recipe)
        self.artifacts[handle] = made
        return handle


def _times(heard: str) -> dict[str, list[list[float]]]:
    spans = re.findall(r"([\d.]+)-([\d.]+)", heard)
    return {"it": [[float(start), float(end)] for start, end in spans]} if spans else {}


def answer_of(said: str) -> Answer | type[Question] | None:
    """Read what is expected: a plan, a command, "?" for a question, "nothing"."""
    if said == "nothing":
        return None
    if said == "?":
        return Question
    match = re.fullmatch(
        r"!(undo|redo|checkout)(?: (?:@(?P<turn>\d+)|(?P<count>\d+)))?(?: then (?P<then>.+))?", said
    )
    if match is None:
        return plan_of(said)
    number, turn = int(match["count"] or 1), int(match["turn"] or 0)
    if match[1] == "checkout":
        return Command("checkout", 1, number, match["then"] or "")
    return Command(
        "redo" if match[1] == "redo" else "undo", number, turn or None, match["then"] or ""
    )


def conversations(
    path: Path, tools: Mapping[str, Tool]
) -> Iterator[tuple[str, Situation, str, str]]:
    """Yield the name of a conversation, what is at hand, what is said, and what it becomes."""
    talk, handed = Conversation("", tools), ()
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("= "):
            name, _, files = line[2:].partition(": ")
            talk = Conversation(name, tools)
            handed = talk.hand_over(files)
        elif line.startswith("- "):
            said, _, calls = line[2:].partition(" => ")
            said, _, files = said.partition(" <= ")
            inputs = handed + (talk.hand_over(files) if files else ())
            calls, tilde, heard = calls.partition(" ~")
            talk.take(said, plan_of(calls) if calls else None, inputs, heard if tilde else "")
            handed = ()
        elif line.startswith("  "):
            said, _, expected = line.strip().partition(" => ")
            yield talk.name, talk.situation(), said, expected
