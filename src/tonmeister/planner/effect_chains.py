"""Wordings about effects, scenes and comparisons that are more than one recording in, one out."""

import re
from collections.abc import Callable, Mapping

from tonmeister.planner.assembly import Assembly, Call, NotClearError, one_of
from tonmeister.planner.choosing import original_of
from tonmeister.planner.mentions import Args, is_said, kept
from tonmeister.planner.slots import Slot
from tonmeister.planner.wording import ask_which

__all__ = ["CHAINS"]

A_BIT, MUCH = 0.5, 1.5
"""What "a bit warmer" and "much warmer" make of a preset."""


def _preset(assembly: Assembly, call: Call, args: Args) -> None:
    _check_word(call, "podcast")
    amount = {"amount": A_BIT} if "bit" in args else {"amount": MUCH} if "much" in args else {}
    options = {"preset": args["preset"], **amount}
    assembly.each("apply_preset", assembly.targets("apply_preset", call), options)


def _de_ess(assembly: Assembly, call: Call, args: Args) -> None:
    _check_word(call, "esses")
    assembly.each("de_ess", assembly.targets("de_ess", call), kept(args, "amount_db"))


def _check_word(call: Call, word: str) -> None:
    """Refuse a phrase for a recording that stands where only one word makes sense."""
    slot = one_of(call, word)
    if slot is not None and not str(slot.value).endswith(word):
        raise NotClearError


def _compress(assembly: Assembly, call: Call, args: Args) -> None:
    slot = one_of(call, "target")
    # "Compress this file" may as well mean its size.
    if slot is not None and re.search(r"(?:files?|videos?|ficheiros?|arquivos?)$", str(slot.value)):
        raise NotClearError
    options = kept(args, "threshold_db", "attack", "release")
    if "ratio" in args:
        options["ratio"] = float(args["ratio"])
    if options.get("threshold_db", -1.0) >= 0.0:
        raise NotClearError
    assembly.each("compress", assembly.targets("compress", call), options)


def _compare(assembly: Assembly, call: Call, args: Args) -> None:
    slot, beside = one_of(call, "target"), one_of(call, "other")
    slot = slot or one_of(call, "kept")
    if beside is not None:
        other = _original_beside(assembly, slot, beside)
        other = other or assembly.resolve("compare_audio", beside)
        audio = [assembly.resolve_beside("compare_audio", slot, other)]
    else:
        found = assembly.resolve("compare_audio", slot) if is_said(slot) else assembly.audio
        audio, other = (found[:1], found[1:]) if isinstance(found, list) else ([], [])
    if len(audio) != 1 or len(other) != 1 or audio == other:
        raise NotClearError(ask_which("compare_audio", assembly.request.language))
    assembly.step("compare_audio", {"audio": audio[0], "other": other[0]})


def _original_beside(assembly: Assembly, slot: Slot | None, beside: Slot) -> list[str]:
    """Return what "the original" is of the recording it is compared with."""
    if not is_said(slot) or assembly.made():
        return []
    named = assembly.resolve("compare_audio", slot)
    root = original_of(beside, assembly.request, named[0]) if len(named) == 1 else None
    return [root] if root else []


def _scene(assembly: Assembly, call: Call, args: Args) -> None:
    named = [slot for name, slot in call.slots.items() if name.startswith("recordings")]
    places = [str(slot.value) for name, slot in call.slots.items() if name.startswith("positions")]
    refs = [assembly.resolve("spatialize_scene", slot) for slot in named]
    if any(len(found) != 1 for found in refs) or len(refs) != len(places):
        raise NotClearError
    recordings = [found[0] for found in refs]
    if len(set(recordings)) < len(recordings):
        raise NotClearError
    given = {"recordings": recordings, "positions": "; ".join(places)}
    assembly.now([assembly.step("spatialize_scene", given)])


CHAINS: Mapping[str, Callable[[Assembly, Call, Args], None]] = {
    "apply_preset": _preset,
    "compress": _compress,
    "de_ess": _de_ess,
    "compare_audio": _compare,
    "spatialize_scene": _scene,
}
