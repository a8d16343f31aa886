"""Wordings that do again what was done before, in another way or to another recording."""

import re
from typing import Any

from tonmeister.artifacts import Kind
from tonmeister.plan import Plan, Step, parse_ref
from tonmeister.planner.assembly import PRONOUNS, Assembly, Call, NotClearError, one_of

__all__ = ["SLOWER", "change_tempo", "last_step", "now_in", "repeat", "speak_in"]

SLOWER, FASTER = 0.85, 1.15


def change_tempo(assembly: Assembly, call: Call, args: dict[str, Any]) -> None:
    """Speak again slower or faster, or change the speed of a recording.

    Args:
        assembly: The plan so far.
        call: "slower" or "faster".
        args: Its arguments.
    """
    factor = SLOWER if call.rule.tool == "slower" else FASTER
    named = one_of(call, "target")
    spoken = last_step(assembly, "synthesize_speech")
    if spoken and (named is None or named.value in PRONOUNS):
        speed = min(2.0, max(0.5, round(float(spoken.get("speed") or 1.0) * factor, 4)))
        assembly.now([assembly.step("synthesize_speech", {**spoken, "speed": speed})])
    else:
        refs = assembly.targets("change_speed", call)
        assembly.each("change_speed", refs, {"factor": factor})


def speak_in(assembly: Assembly, call: Call, args: dict[str, Any]) -> None:
    """Speak or transcribe again in another language or voice.

    Args:
        assembly: The plan so far.
        call: The call.
        args: Its arguments: "language" or "voice".
    """
    for tool in ("synthesize_speech", "transcribe"):
        last = last_step(assembly, tool)
        if last and not ("voice" in args and tool == "transcribe"):
            # A voice belongs to a language.
            kept = {name: value for name, value in last.items() if name != "voice"}
            assembly.step(tool, {**kept, **args})
            return
    raise NotClearError


def now_in(assembly: Assembly, call: Call, args: dict[str, Any]) -> None:
    """Say in another language what was spoken or written down last: "now in English".

    Args:
        assembly: The plan so far.
        call: The call.
        args: Its arguments: "language".
    """
    for tool in ("translate_transcript", "translate_text"):
        if last := last_step(assembly, tool):
            assembly.step(tool, {**last, **args})
            return
    if last_step(assembly, "transcribe") is None:
        speak_in(assembly, call, args)
        return
    transcripts = assembly.last_of(Kind.TRANSCRIPT)
    known = [assembly.request.artifacts[ref[1:]].facts.get("language") for ref in transcripts]
    if len(transcripts) != 1 or args["language"] in known:
        raise NotClearError  # it is in that language already: what is meant?
    assembly.step("translate_transcript", {"transcript": transcripts[0], **args})


def last_step(assembly: Assembly, tool: str) -> dict[str, Any] | None:
    """Return the arguments of the last turn's last step, results of others as artifacts.

    Args:
        assembly: The plan so far.
        tool: The tool the step must have called, or None is returned.
    """
    turn = assembly.last_turn()
    if assembly.steps or assembly.request.files or not turn or not turn.plan or assembly.pointed:
        return None
    step = turn.plan.steps[-1]
    if step.tool != tool:
        return None
    args = dict(step.args)
    for name, ref in step.refs():
        handle = turn.steps.get(f"{ref.name}.{ref.output or 'result'}")
        if handle is not None and ref.region is None:
            args[name] = f"@{handle}"
        elif ref.name not in assembly.request.artifacts:
            raise NotClearError
    return args


def repeat(assembly: Assembly, call: Call, args: dict[str, Any]) -> None:
    """Do to another recording what was done to the last one.

    Args:
        assembly: The plan so far.
        call: The call.
        args: Its arguments.
    """
    turn = assembly.last_turn()
    if assembly.steps or turn is None or turn.plan is None:
        raise NotClearError
    plan = turn.plan
    own = {step.id for step in plan.steps}
    used = {ref.name for step in plan.steps for _, ref in step.refs()} - own
    counted_from_end = re.search(r"\blast\b|[uú]ltim", turn.request.lower())
    if len(used) != 1 or counted_from_end:
        raise NotClearError
    for target in assembly.targets(plan.steps[0].tool, call):
        if parse_ref(target) is None or "[" in target or target[1:] in turn.outputs:
            raise NotClearError  # to a part, or to what it was done to already
        _replay(assembly, plan, used.copy().pop(), target)


def _replay(assembly: Assembly, plan: Plan, before: str, target: str) -> None:
    shift = len(assembly.steps)

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
        assembly.steps.append(Step(id=f"s{number}", tool=step.tool, args=args, model=step.model))
