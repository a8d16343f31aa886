"""From recognized wordings to the steps of a plan."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tonmeister.artifacts import Kind
from tonmeister.plan import Plan, Ref, Step, parse_ref
from tonmeister.planner.answers import PastTurn, Question, Request
from tonmeister.planner.references import (
    Unclear,
    choose,
    current,
    handed_over,
    is_recording,
)
from tonmeister.planner.rules import READINGS, Rule
from tonmeister.planner.slots import Slot
from tonmeister.planner.wording import ask_which
from tonmeister.registry import Catalog

__all__ = ["Assembly", "Call", "NotClearError"]

SLOWER, FASTER = 0.85, 1.15
_PRONOUNS = frozenset(
    {"this", "that", "it", "them", "isto", "isso", "these", "-o", "-a", "esta", "este"}
)


class NotClearError(Exception):
    """A request was not understood well enough to plan it.

    Args:
        question: What to ask the person; None to leave the request to another planner.
    """

    def __init__(self, question: Question | None = None) -> None:
        super().__init__()
        self.question = question


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
                args[name] = slot.value
                continue
            name, read = READINGS[name]
            args[name] = read(slot)
            if args[name] is None:
                return None
        return args


class Assembly:
    """Builds a plan call by call and keeps what "it" means in between.

    Args:
        request: The request.
        catalog: What can be done here.
    """

    def __init__(self, request: Request, catalog: Catalog) -> None:
        self.steps: list[Step] = []
        self._request = request
        self._catalog = catalog
        found = current(request)
        self._audio = found if isinstance(found, Unclear) else [f"@{handle}" for handle in found]
        self._transcripts: list[str] = []
        self._durations: dict[str, float | None] = {}

    def add(self, call: Call) -> None:
        """Add the steps of a call.

        Args:
            call: The call.

        Raises:
            NotClearError: It cannot be planned without asking or guessing.
        """
        args = call.values()
        if args is None:
            raise NotClearError
        special: Mapping[str, Callable[[Call, dict[str, Any]], None]] = {
            "join": self._join,
            "mix": self._mix,
            "convert": self._convert,
            "write_subtitles": self._subtitle,
            "synthesize_speech": self._speak,
            "read_transcript": self._read,
            "slower": self._change_tempo,
            "faster": self._change_tempo,
            "speak_in": self._speak_in,
            "fade_both": self._fade_both,
            "extract_audio": self._extract,
            "same": self._repeat,
        }
        special.get(call.rule.tool, self._plain)(call, args)

    # One recording in, one result out

    def _plain(self, call: Call, args: dict[str, Any]) -> None:
        tool = call.rule.tool
        span = {name: args.pop(name) for name in list(args) if name.startswith("span_")}
        _same_unit(call)
        args = {name: value for name, value in args.items() if name != "target"}
        self._each(tool, self._targets(tool, call), args, span)

    def _each(
        self,
        tool: str,
        refs: Iterable[str],
        args: Mapping[str, Any],
        span: Mapping[str, float] | None = None,
    ) -> list[str]:
        made: list[str] = []
        for ref in refs:
            full = dict(args)
            if span:
                start, end = self._limits(ref, span)
                if tool in ("trim", "remove_part"):
                    full |= self._cut(tool, ref, start, end)
                else:
                    ref = _piece(ref, start, end)
            made.append(self._step(tool, {"audio": ref, **full}))
        outputs = self._catalog.tools[tool].outputs
        if Kind.AUDIO in outputs.values():
            self._audio = made
            self._transcripts = []
        elif Kind.TRANSCRIPT in outputs.values():
            self._transcripts = made
        return made

    def _step(self, tool: str, args: dict[str, Any]) -> str:
        spec = self._catalog.tools.get(tool)
        if spec is None or any(name not in spec.parameters for name in args):
            raise NotClearError
        step = Step(id=f"s{len(self.steps) + 1}", tool=tool, args=args)
        self.steps.append(step)
        self._durations[f"@{step.id}"] = self._duration_after(step, spec.claims)
        return f"@{step.id}"

    def _targets(self, tool: str, call: Call) -> list[str]:
        slots = [
            slot for name, slot in call.slots.items() if re.fullmatch(r"target(?:_\d+)?", name)
        ]
        if len(slots) > 1:
            # "fade it in at the start of it": a pronoun adds nothing to a named recording.
            slots = [slot for slot in slots if slot.value not in _PRONOUNS] or slots[:1]
        if len(slots) > 1:
            raise NotClearError
        return self.resolve(tool, slots[0] if slots else None)

    def resolve(self, tool: str, slot: Slot | None) -> list[str]:
        """Return the references a slot means, each written as in a plan.

        Args:
            tool: Name of the tool that needs them, for the question.
            slot: A phrase or a file name; None for what is at hand.

        Raises:
            NotClearError: It is not clear which.
        """
        if slot is None or (self._made() and slot.value in _PRONOUNS):
            found = self._audio
            if isinstance(found, list) and len(found) > 1 and not self._made():
                found = Unclear("many")
        else:
            found = choose(slot, self._request, self._audio)
        if isinstance(found, list):
            return found
        if found.reason == "unread":
            raise NotClearError
        raise NotClearError(self._question(tool, found))

    def _made(self) -> bool:
        return isinstance(self._audio, list) and self._audio[0] in self._durations

    def _question(self, tool: str, unclear: Unclear) -> Question:
        known = self._request.artifacts
        names = [
            f"@{handle} {_shown(known[handle].name)}"
            for handle in (self._request.files or known)
            if is_recording(known[handle])
        ]
        listed = names[:6] if unclear.reason != "none" else []
        return ask_which(tool, self._request.language, listed, unclear.name)

    # Times

    def _duration(self, ref: str) -> float | None:
        if ref in self._durations:
            return self._durations[ref]
        parsed = parse_ref(ref)
        if (
            parsed is None
            or parsed.region is not None
            or parsed.name not in self._request.artifacts
        ):
            return None
        duration = self._request.artifacts[parsed.name].facts.get("duration")
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

    def _limits(self, ref: str, span: Mapping[str, float]) -> tuple[float, float | None]:
        (name, value), *others = [
            (name, value)
            for name, value in span.items()
            if re.sub(r"_\d+$", "", name) not in ("span_start", "span_end")
        ] or [("span", 0.0)]
        if others:
            raise NotClearError
        kind = name.removeprefix("span_").removesuffix("_in")
        if kind == "span":
            if span["span_end"] <= span["span_start"]:
                raise NotClearError
            return span["span_start"], span["span_end"]
        if kind in ("first", "upto"):
            return 0.0, value
        if kind == "from":
            return value, None
        duration = self._duration(ref)
        if duration is None or value >= duration:
            raise NotClearError
        return round(duration - value, 3), None

    def _cut(self, tool: str, ref: str, start: float, end: float | None) -> dict[str, float]:
        if tool == "trim":
            return ({"start": start} if start or end is None else {}) | (
                {} if end is None else {"end": end}
            )
        if end is None:
            end = self._duration(ref)
        if end is None:
            raise NotClearError
        return {"start": start, "end": end}

    # Calls with a shape of their own

    def _join(self, call: Call, args: dict[str, Any]) -> None:
        refs: list[str] = []
        for name, slot in call.slots.items():
            if name.startswith("recordings"):
                refs += self._resolve_several(slot)
        if len(refs) < 2:
            raise NotClearError(ask_which("join", self._request.language))
        options = {name: args[name] for name in ("gap", "crossfade") if name in args}
        self._audio = [self._step("join", {"recordings": refs, **options})]
        self._transcripts = []

    def _resolve_several(self, slot: Slot) -> list[str]:
        if slot.kind != "O":
            return self.resolve("join", slot)
        found = choose(slot, self._request, self._audio)
        if isinstance(found, list) and len(found) > 1:
            return found
        everything = handed_over(self._request)
        if not self._request.files and not self._made() and len(everything) > 1:
            return [f"@{handle}" for handle in everything]
        raise NotClearError(ask_which("join", self._request.language))

    def _mix(self, call: Call, args: dict[str, Any]) -> None:
        refs: dict[str, str] = {}
        for name in ("audio", "other"):
            slot = call.slots[name]
            if slot.kind == "O" and slot.value in _PRONOUNS and not self._made():
                raise NotClearError
            found = self.resolve("mix", slot)
            if len(found) != 1:
                raise NotClearError(ask_which("mix", self._request.language))
            refs[name] = found[0]
        if refs["audio"] == refs["other"]:
            raise NotClearError
        options = {name: args[name] for name in ("offset", "gain_db") if name in args}
        self._audio = [self._step("mix", {**refs, **options})]
        self._transcripts = []

    def _convert(self, call: Call, args: dict[str, Any]) -> None:
        wanted: dict[str, dict[str, Any]] = {}
        parts = str(args["spec"]).split("\x00")
        for part in parts:
            kind, _, value = part.partition("=")
            if kind == "F":
                tool, option = "convert_format", {"format": value}
            elif kind == "H":
                tool, option = "resample", {"sample_rate": int(float(value))}
            else:
                tool, option = "to_mono", dict[str, Any]()
            if tool in wanted:
                raise NotClearError
            wanted[tool] = option
        refs = self._targets("convert_format", call)
        for tool in ("to_mono", "resample", "convert_format"):
            if tool in wanted:
                refs = self._each(tool, refs, wanted[tool])

    def _subtitle(self, call: Call, args: dict[str, Any]) -> None:
        option = {"format": args["format"]} if "format" in args else {}
        named = call.slots.get("target")
        transcripts = self._transcripts if named is None or named.value in _PRONOUNS else []
        if named is not None and named.kind == "R":
            ref = parse_ref(f"@{str(named.value).removeprefix('@')}")
            known = self._request.artifacts.get(ref.name) if ref else None
            if ref and known and known.kind == Kind.TRANSCRIPT:
                transcripts = [f"@{ref.name}"]
        if (
            not transcripts
            and not self.steps
            and not self._request.files
            and (named is None or named.value in _PRONOUNS)
        ):
            transcripts = self._last_transcript()
        if not transcripts:
            transcripts = self._each("transcribe", self._targets("write_subtitles", call), {})
        for transcript in transcripts:
            self._step("write_subtitles", {"transcript": transcript, **option})

    def _last_transcript(self) -> list[str]:
        known = self._request.artifacts
        for turn in reversed(self._request.history):
            if turn.plan is not None:
                made = [name for name in turn.outputs if known[name].kind == Kind.TRANSCRIPT]
                return [f"@{made[0]}"] if len(made) == 1 else []
        return []

    def _speak(self, call: Call, args: dict[str, Any]) -> None:
        slot, words = call.slots["text"], call.slots.get("words")
        if words is not None and words.value not in _PRONOUNS:
            raise NotClearError
        text = str(slot.value)
        # A text that reads like a reference would be taken for one.
        if slot.unit == "open" or not text.strip() or parse_ref(text) is not None:
            raise NotClearError
        option = {"language": args["language"]} if "language" in args else {}
        slow = {"speed": SLOWER} if "slow" in args else {}
        self._audio = [self._step("synthesize_speech", {"text": text, **option, **slow})]
        self._transcripts = []

    def _read(self, call: Call, args: dict[str, Any]) -> None:
        transcripts = self._transcripts or self._last_transcript()
        if len(transcripts) != 1:
            raise NotClearError
        option = {"language": args["language"]} if "language" in args else {}
        self._audio = [self._step("synthesize_speech", {"text": transcripts[0], **option})]

    def _fade_both(self, call: Call, args: dict[str, Any]) -> None:
        option = {"fade_in": args["both"], "fade_out": args["both"]}
        self._each("fade", self._targets("fade", call), option)

    def _extract(self, call: Call, args: dict[str, Any]) -> None:
        sound = call.slots.get("sound")
        if sound is not None and not re.search(r"(audio|sound|som)$", str(sound.value)):
            raise NotClearError
        self._each("extract_audio", self._targets("extract_audio", call), {})

    # Calls that change what was done before

    def _change_tempo(self, call: Call, args: dict[str, Any]) -> None:
        factor = SLOWER if call.rule.tool == "slower" else FASTER
        named = call.slots.get("target")
        spoken = self._last_step("synthesize_speech")
        if spoken and (named is None or named.value in _PRONOUNS):
            speed = round(float(spoken.get("speed") or 1.0) * factor, 4)
            self._audio = [
                self._step("synthesize_speech", {**spoken, "speed": min(2.0, max(0.5, speed))})
            ]
        else:
            self._each("change_speed", self._targets("change_speed", call), {"factor": factor})

    def _speak_in(self, call: Call, args: dict[str, Any]) -> None:
        for tool in ("synthesize_speech", "transcribe"):
            last = self._last_step(tool)
            if last:
                # A voice belongs to a language.
                kept = {name: value for name, value in last.items() if name != "voice"}
                self._step(tool, {**kept, "language": args["language"]})
                return
        raise NotClearError

    def _last_step(self, tool: str) -> dict[str, Any] | None:
        """Return the arguments of the last turn's last step, results of others as artifacts."""
        turn = self._last_turn()
        if self.steps or self._request.files or not turn or not turn.plan:
            return None
        step = turn.plan.steps[-1]
        if step.tool != tool:
            return None
        args = dict(step.args)
        for name, ref in step.refs():
            handle = turn.steps.get(f"{ref.name}.{ref.output or 'result'}")
            if handle is not None and ref.region is None:
                args[name] = f"@{handle}"
            elif ref.name not in self._request.artifacts:
                raise NotClearError
        return args

    def _last_turn(self) -> PastTurn | None:
        return next((turn for turn in reversed(self._request.history) if turn.plan), None)

    def _repeat(self, call: Call, args: dict[str, Any]) -> None:
        turn = self._last_turn()
        if self.steps or turn is None or turn.plan is None:
            raise NotClearError
        plan = turn.plan
        own = {step.id for step in plan.steps}
        used = {ref.name for step in plan.steps for _, ref in step.refs()} - own
        counted_from_end = re.search(r"\blast\b|[uú]ltim", turn.request.lower())
        if len(used) != 1 or counted_from_end:
            raise NotClearError
        for target in self._targets(plan.steps[0].tool, call):
            if parse_ref(target) is None or "[" in target:
                raise NotClearError
            self._replay(plan, used.copy().pop(), target)

    def _replay(self, plan: Plan, before: str, target: str) -> None:
        shift = len(self.steps)

        def moved(value: Any) -> Any:
            if isinstance(value, list):
                return [moved(member) for member in value]
            ref = parse_ref(value)
            if ref is None:
                return value
            if ref.name == before:
                return target + value[len(f"@{before}") :]
            return f"@s{int(ref.name[1:]) + shift}" + value[len(f"@{ref.name}") :]

        for step in plan.steps:
            args = {name: moved(value) for name, value in step.args.items()}
            number = int(step.id[1:]) + shift
            self.steps.append(Step(id=f"s{number}", tool=step.tool, args=args, model=step.model))


def _piece(ref: str, start: float, end: float | None) -> str:
    parsed = parse_ref(ref)
    if parsed != Ref(ref[1:]):
        raise NotClearError
    return f"{ref}[{start!r}:{'' if end is None else repr(end)}]"


def _same_unit(call: Call) -> None:
    """Refuse "from 1 to 2 minutes": it is not clear whether the 1 means minutes."""
    times = [slot for slot in call.slots.values() if slot.kind in ("T", "N")]
    if any(slot.kind == "N" for slot in times) and any(
        slot.unit in ("min", "clock") for slot in times
    ):
        raise NotClearError


def _shown(name: str) -> str:
    return "".join(char for char in name if char.isprintable())[:40]
