"""From recognized wordings to the steps of a plan: what "it" means and what a step needs."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tonmeister.artifacts import Kind
from tonmeister.plan import Ref, Step, parse_ref
from tonmeister.planner.answers import PastTurn, Question, Request
from tonmeister.planner.choosing import choose
from tonmeister.planner.heard_parts import is_part, parts_meant
from tonmeister.planner.references import (
    Unclear,
    current,
    current_text,
    is_recording,
    is_text,
)
from tonmeister.planner.rules import LISTS, READINGS, Rule
from tonmeister.planner.slots import Slot
from tonmeister.planner.spans import TAKE_TIMES, cut_arguments, limits_of, piece_of
from tonmeister.planner.wording import ask_part, ask_span, ask_which
from tonmeister.registry import Catalog
from tonmeister.toolspec import Tool

__all__ = ["MAKERS", "PRONOUNS", "Assembly", "Call", "MissingToolError", "NotClearError", "one_of"]

PRONOUNS = frozenset(
    {
        "this",
        "that",
        "it",
        "them",
        "isto",
        "isso",
        "these",
        "-o",
        "-a",
        "-os",
        "-as",
        "esta",
        "este",
    }
)
MAKERS: Mapping[Kind, str] = {
    Kind.TRANSCRIPT: "transcribe",
    Kind.TURNS: "diarize",
    Kind.EVENTS: "detect_sounds",
}
"""What makes a result of a kind that a later step needs and nobody asked for by name."""


_TAKE_PARTS = ("trim", "remove_part", "convert_format")


class NotClearError(Exception):
    """A request was not understood well enough to plan it.

    Args:
        question: What to ask the person; None to leave the request to another planner.
    """

    def __init__(self, question: Question | None = None) -> None:
        super().__init__()
        self.question = question


class MissingToolError(NotClearError):
    """A request was understood, but a tool it needs is not here.

    Args:
        tool: Name of the tool.
    """

    def __init__(self, tool: str) -> None:
        super().__init__()
        self.tool = tool


@dataclass(frozen=True, slots=True)
class Call:
    """A wording that was recognized.

    Attributes:
        rule: The rule it matched.
        slots: Slots by the name the pattern gives them, and captured words.
    """

    rule: Rule
    slots: Mapping[str, Slot]

    def values(self) -> dict[str, Any] | None:
        """Return the arguments; None when a slot does not fit the wording."""
        args: dict[str, Any] = dict(self.rule.fixed)
        for numbered, slot in self.slots.items():
            name = re.sub(r"_\d+$", "", numbered)
            if name not in READINGS:
                listed = name in LISTS and name in args
                args[name] = f"{args[name]}, {slot.value}" if listed else slot.value
                continue
            name, read = READINGS[name]
            args[name] = read(slot)
            if args[name] is None:
                return None
        return args


def one_of(call: Call, name: str) -> Slot | None:
    """Return the one slot of a name that a wording holds, whichever alternative gave it.

    Args:
        call: The call.
        name: Its name in the pattern.

    Raises:
        NotClearError: There are several.
    """
    slots = [slot for key, slot in call.slots.items() if re.fullmatch(rf"{name}(?:_\d+)?", key)]
    if len(slots) > 1:
        # "fade it in at the start of it": a pronoun adds nothing to a named recording.
        slots = [slot for slot in slots if slot.value not in PRONOUNS] or slots[:1]
    if len(slots) > 1:
        raise NotClearError
    return slots[0] if slots else None


class Assembly:
    """Builds a plan step by step and keeps what "it" means in between.

    Attributes:
        request: The request.
        catalog: What can be done here.
        steps: The steps so far.
        audio: What "it" means: references as in a plan.
        text: Translations and transcripts made so far that may be read or translated.
        pointed: Whether the request itself says what "it" means: "the second one, but slower".

    Args:
        request: The request.
        catalog: What can be done here.
    """

    def __init__(self, request: Request, catalog: Catalog) -> None:
        self.steps: list[Step] = []
        self.request = request
        self.catalog = catalog
        found = current(request)
        self.audio = found if isinstance(found, Unclear) else [f"@{handle}" for handle in found]
        self.text: list[str] = []
        self.pointed = False
        # Results of each kind made so far, by the recording they are of.
        self._known: dict[Kind, dict[str, str]] = {}
        self._durations: dict[str, float | None] = {}

    # Steps

    def require(self, *tools: str) -> None:
        """Refuse to go on without some tools.

        Args:
            tools: Their names.

        Raises:
            MissingToolError: One of them is not in the catalog.
        """
        for tool in tools:
            if tool not in self.catalog.tools:
                raise MissingToolError(tool)

    def step(self, tool: str, args: Mapping[str, Any], output: str = "") -> str:
        """Add a step and return the reference of one of its results.

        Args:
            tool: Name of the tool.
            args: Its arguments; "model" asks for a model by name.
            output: Name of the result; by default the first.

        Raises:
            MissingToolError: There is no such tool.
            NotClearError: It does not take these arguments, or the model does not serve it.
        """
        self.require(tool)
        spec = self.catalog.tools[tool]
        args = dict(args)
        model = args.pop("model", None)
        if any(name not in spec.parameters for name in args):
            raise NotClearError
        if model and model not in (known.card.name for known in self.catalog.models_of(tool)):
            raise NotClearError
        step = Step(id=f"s{len(self.steps) + 1}", tool=tool, args=args, model=model)
        self.steps.append(step)
        wanted = output or next(iter(spec.outputs))
        ref = f"@{step.id}" if len(spec.outputs) == 1 else f"@{step.id}.{wanted}"
        self._durations[ref] = self._duration_after(step, spec.claims)
        return ref

    def each(
        self,
        tool: str,
        refs: Iterable[str],
        args: Mapping[str, Any],
        span: Mapping[str, float] | None = None,
    ) -> list[str]:
        """Add one step for each of some recordings, and the steps it needs before it.

        Args:
            tool: Name of the tool.
            refs: The recordings.
            args: Arguments of the tool, or of what it needs before it.
            span: Which part of them.
        """
        self.require(tool)
        spec = self.catalog.tools[tool]
        made: list[str] = []
        for ref in refs:
            full = dict(args)
            if span:
                ref, limits = self._limited(tool, ref, span)
                full |= limits
            made.append(self.step(tool, self._with_needs(spec, ref, full)))
            for kind in spec.outputs.values():
                if kind in MAKERS:
                    self._known.setdefault(kind, {})[ref] = made[-1]
        if Kind.AUDIO in spec.outputs.values():
            self.now(made)
        elif Kind.TRANSCRIPT in spec.outputs.values():
            self.text = made
        return made

    def _limited(
        self, tool: str, ref: str, span: Mapping[str, float]
    ) -> tuple[str, Mapping[str, float | None]]:
        """Return what a tool is to take for a part of a recording: reference and arguments."""
        duration = self._duration(ref)
        limits = limits_of(span, duration)
        if limits is None:
            start, end = span.get("span_start"), span.get("span_end")
            if start is None or end is None or len(span) != 2:
                raise NotClearError
            raise NotClearError(ask_span(self.request.language, start, end))
        if tool not in TAKE_TIMES:
            if parse_ref(ref) != Ref(ref[1:]):
                raise NotClearError
            return piece_of(ref, limits), {}
        cut = cut_arguments(tool, limits, duration)
        if None in cut.values():
            raise NotClearError
        return ref, cut

    def now(self, audio: list[str]) -> None:
        """Say what "it" means from here on.

        Args:
            audio: References of recordings.
        """
        self.audio = audio
        self.text = []
        self._known = {}

    def point_at(self, refs: list[str]) -> None:
        """Say what "it" means because the request does, whatever was done last.

        Args:
            refs: References of recordings.
        """
        self.now(refs)
        self.pointed = True

    def known(self, kind: Kind) -> list[str]:
        """Return the results of a kind made so far of what "it" means.

        Args:
            kind: "transcript" or "turns".
        """
        return list(self._known.get(kind, {}).values())

    def replace(self, kind: Kind, ref: str, made: str) -> None:
        """Let a new result take the place of an earlier one of a recording.

        Args:
            kind: Its kind.
            ref: The recording.
            made: The new result.
        """
        self._known.setdefault(kind, {})[ref] = made
        if kind == Kind.TRANSCRIPT:
            self.text = self.known(kind)

    def of(self, kind: Kind, ref: str, args: Mapping[str, Any]) -> str:
        """Return the transcript or the turns of a recording, made now if need be.

        Args:
            kind: "transcript" or "turns".
            ref: The recording.
            args: Arguments of the tool that makes it.

        Raises:
            NotClearError: There is one already, and arguments that come too late for it.
        """
        if ref in self._known.get(kind, {}):
            if args:
                raise NotClearError
            return self._known[kind][ref]
        made = self.step(MAKERS[kind], {"audio": ref, **args})
        self.replace(kind, ref, made)
        return made

    def _with_needs(self, spec: Tool, ref: str, args: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments of a tool, with the recording and what has to be made of it."""
        own = {name: value for name, value in args.items() if name in spec.parameters}
        rest = {name: value for name, value in args.items() if name not in own}
        needed = [
            (name, parameter.kinds)
            for name, parameter in spec.parameters.items()
            if parameter.required and parameter.kinds and name not in args
        ]
        makes = not any(kinds & set(MAKERS) for _, kinds in needed)
        if makes and "model" in rest:
            own["model"] = rest.pop("model")
        filled: dict[str, Any] = {}
        for name, kinds in needed:
            kind = next((kind for kind in MAKERS if kind in kinds), Kind.AUDIO)
            if Kind.AUDIO in kinds or kind == Kind.AUDIO:
                filled[name] = ref
                continue
            maker = self.catalog.tools.get(MAKERS[kind])
            takes = (
                {*maker.parameters, *(("model",) if kind == Kind.TRANSCRIPT else ())}
                if maker
                else set[str]()
            )
            passed = {name: rest.pop(name) for name in list(rest) if name in takes}
            filled[name] = self.of(kind, ref, passed)
        if rest:
            raise NotClearError
        return filled | own

    # What is meant

    def targets(self, tool: str, call: Call) -> list[str]:
        """Return the recordings a call is for.

        Args:
            tool: Name of the tool that needs them, for the question.
            call: The call.

        Raises:
            NotClearError: It is not clear which.
        """
        return self.resolve(tool, one_of(call, "target"))

    def resolve(self, tool: str, slot: Slot | None) -> list[str]:
        """Return the references a slot means, each written as in a plan.

        Args:
            tool: Name of the tool that needs them, for the question.
            slot: A phrase or a file name; None for what is at hand.

        Raises:
            NotClearError: It is not clear which.
        """
        if slot is None or (self.made() and slot.value in PRONOUNS):
            found = self.audio
            if isinstance(found, list) and len(found) > 1 and not self.made():
                found = Unclear("many")
        elif is_part(slot):
            found = self._parts(tool, str(slot.value))
        else:
            found = choose(slot, self.request, self.audio)
        if isinstance(found, list):
            return found
        if found.reason == "unread":
            raise NotClearError
        raise NotClearError(self._question(tool, found))

    def _parts(self, tool: str, phrase: str) -> list[str] | Unclear:
        """Return the parts a phrase means; "make the part with the dog louder" is left alone.

        What changes sound would give the part by itself, and the rest would be lost.
        """
        spec = self.catalog.tools.get(tool)
        if tool not in _TAKE_PARTS and spec and Kind.AUDIO in spec.outputs.values():
            return Unclear("unread")
        return parts_meant(phrase, self.request, self.catalog.tools)

    def resolve_beside(self, tool: str, slot: Slot | None, others: Sequence[str]) -> str:
        """Return the one recording a slot means besides others that are named.

        Args:
            tool: Name of the tool that needs it, for the question.
            slot: A phrase or a file name; None for what is at hand.
            others: References of the others.

        Raises:
            NotClearError: It is not clear which.
        """
        try:
            found = self.resolve(tool, slot)
        except NotClearError:
            if slot is not None and slot.kind != "O":
                raise
            found = self.audio if isinstance(self.audio, list) else []
        left = [ref for ref in found if ref not in others]
        if len(left) != 1:
            raise NotClearError(ask_which(tool, self.request.language))
        return left[0]

    def resolve_text(self, slot: Slot | None) -> str:
        """Return the reference of the words a slot means: a document, a translation, a transcript.

        Args:
            slot: A phrase or a file name; None for what is at hand.

        Raises:
            NotClearError: It is not clear which.
        """
        known = self.request.artifacts
        if slot is not None and slot.kind in "RM":
            ref = parse_ref(f"@{str(slot.value).removeprefix('@')}")
            if slot.kind == "R" and ref and ref.name in known and is_text(known[ref.name]):
                return f"@{ref.name}"
            raise NotClearError
        found = self.text or [f"@{handle}" for handle in current_text(self.request)]
        if len(found) != 1:
            raise NotClearError
        return found[0]

    def made(self) -> bool:
        """Tell whether "it" is a result of this plan."""
        return isinstance(self.audio, list) and self.audio[0] in self._durations

    def last_turn(self) -> PastTurn | None:
        """Return the last turn in which something was done."""
        return next((turn for turn in reversed(self.request.history) if turn.plan), None)

    def last_of(self, kind: Kind) -> list[str]:
        """Return the only result of a kind of the last turn, as a list; else an empty one.

        Args:
            kind: The kind.
        """
        turn, known = self.last_turn(), self.request.artifacts
        made = [name for name in turn.outputs if known[name].kind == kind] if turn else []
        return [f"@{made[0]}"] if len(made) == 1 else []

    def _question(self, tool: str, unclear: Unclear) -> Question:
        if unclear.reason == "parts":
            return ask_part(self.request.language, unclear.name)
        known = self.request.artifacts
        names = [
            f"@{handle} {_shown(known[handle].name)}"
            for handle in (self.request.files or known)
            if is_recording(known[handle])
        ]
        listed = names[:6] if unclear.reason != "none" else []
        return ask_which(tool, self.request.language, listed, unclear.name)

    # Times

    def _duration(self, ref: str) -> float | None:
        if ref in self._durations:
            return self._durations[ref]
        parsed = parse_ref(ref)
        if parsed is None or parsed.region is not None or parsed.name not in self.request.artifacts:
            return None
        duration = self.request.artifacts[parsed.name].facts.get("duration")
        return float(duration) if isinstance(duration, (int, float)) else None

    def _duration_after(self, step: Step, claims: Iterable[str]) -> float | None:
        before = self._duration(str(step.args.get("audio")))
        if before is None:
            return None
        if step.tool == "trim":
            return (step.args.get("end") or before) - (step.args.get("start") or 0.0)
        if step.tool == "remove_part":
            return before - step.args["end"] + step.args["start"]
        return before if "duration_kept" in claims else None


def _shown(name: str) -> str:
    return "".join(char for char in name if char.isprintable())[:40]
