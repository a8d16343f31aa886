"""Wordings that become more than one step, or a step with a shape of its own."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from tonmeister.planner import (
    effect_chains,
    found_sounds,
    sound_chains,
    transcript_chains,
    voice_chains,
)
from tonmeister.planner.answers import Question
from tonmeister.planner.assembly import PRONOUNS, Assembly, Call, NotClearError, one_of
from tonmeister.planner.choosing import choose
from tonmeister.planner.mentions import refuse_mixed_units
from tonmeister.planner.references import handed_over
from tonmeister.planner.repeats import change_tempo, now_in, repeat, speak_in
from tonmeister.planner.slots import Slot
from tonmeister.planner.wording import ask_which

__all__ = ["CHAINS", "expand"]

Chain = Callable[[Assembly, Call, dict[str, Any]], None]


def expand(assembly: Assembly, call: Call) -> None:
    """Add the steps of a call.

    Args:
        assembly: The plan so far.
        call: The call.

    Raises:
        NotClearError: It cannot be planned without asking or guessing.
    """
    args = call.values()
    if args is None:
        raise NotClearError
    if "model" in args and call.rule.tool in CHAINS and call.rule.tool not in _ON_A_MODEL:
        raise NotClearError
    CHAINS.get(call.rule.tool, _plain)(assembly, call, args)


def _plain(assembly: Assembly, call: Call, args: dict[str, Any]) -> None:
    """One recording in, one result out."""
    tool = call.rule.tool
    span = {name: args.pop(name) for name in list(args) if name.startswith("span_")}
    refuse_mixed_units(call)
    args = {name: value for name, value in args.items() if name not in ("target", "between")}
    assembly.require(tool)
    assembly.each(tool, assembly.targets(tool, call), args, span)


def _join(assembly: Assembly, call: Call, args: dict[str, Any]) -> None:
    refs: list[str] = []
    named = [slot for name, slot in call.slots.items() if name.startswith("recordings")]
    for slot in named:
        refs += assembly.resolve("join", slot) if len(named) > 1 else _several(assembly, slot)
    if len(refs) < 2:
        raise NotClearError(_which(assembly, "join"))
    options = {name: args[name] for name in ("gap", "crossfade") if name in args}
    assembly.now([assembly.step("join", {"recordings": refs, **options})])


def _which(assembly: Assembly, tool: str) -> Question:
    return ask_which(tool, assembly.request.language)


def _several(assembly: Assembly, slot: Slot) -> list[str]:
    if slot.kind != "O":
        return assembly.resolve("join", slot)
    found = choose(slot, assembly.request, assembly.audio)
    if isinstance(found, list) and len(found) > 1:
        return found
    everything = handed_over(assembly.request)
    if not assembly.request.files and not assembly.made() and len(everything) > 1:
        return [f"@{handle}" for handle in everything]
    raise NotClearError(_which(assembly, "join"))


def _mix(assembly: Assembly, call: Call, args: dict[str, Any]) -> None:
    refs: dict[str, str] = {}
    for name in ("audio", "other"):
        slot = call.slots[name]
        if slot.kind == "O" and slot.value in PRONOUNS and not assembly.made():
            raise NotClearError
        found = assembly.resolve("mix", slot)
        if len(found) != 1:
            raise NotClearError(_which(assembly, "mix"))
        refs[name] = found[0]
    if refs["audio"] == refs["other"]:
        raise NotClearError
    options = {name: args[name] for name in ("offset", "gain_db") if name in args}
    assembly.now([assembly.step("mix", {**refs, **options})])


def _convert(assembly: Assembly, call: Call, args: dict[str, Any]) -> None:
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
    refs = assembly.targets("convert_format", call)
    for tool in ("to_mono", "resample", "convert_format"):
        if tool in wanted:
            refs = assembly.each(tool, refs, wanted[tool])


def _fade_both(assembly: Assembly, call: Call, args: dict[str, Any]) -> None:
    option = {"fade_in": args["both"], "fade_out": args["both"]}
    assembly.each("fade", assembly.targets("fade", call), option)


def _extract(assembly: Assembly, call: Call, args: dict[str, Any]) -> None:
    sound = one_of(call, "sound")
    if sound is not None and not re.search(r"(audio|sound|som)$", str(sound.value)):
        raise NotClearError
    refs = assembly.each("extract_audio", assembly.targets("extract_audio", call), {})
    if "format" in args:
        assembly.each("convert_format", refs, {"format": args["format"]})


# Chains in which it is clear which of the steps a model that is named is for.
_ON_A_MODEL = frozenset(
    {
        "caption_audio",
        "extract_sound",
        "label_speakers",
        "read_text",
        "remove_sound",
        "synthesize_speech",
        "transcribe_with",
    }
)
CHAINS: Mapping[str, Chain] = {
    **transcript_chains.CHAINS,
    **voice_chains.CHAINS,
    **effect_chains.CHAINS,
    **found_sounds.CHAINS,
    **sound_chains.CHAINS,
    "join": _join,
    "mix": _mix,
    "convert": _convert,
    "fade_both": _fade_both,
    "extract_audio": _extract,
    "slower": change_tempo,
    "faster": change_tempo,
    "now_in": now_in,
    "speak_in": speak_in,
    "same": repeat,
}
