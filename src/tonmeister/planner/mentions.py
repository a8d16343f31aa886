"""What a call mentions: arguments, files, documents, quoted words."""

from typing import Any

from tonmeister.plan import parse_ref
from tonmeister.planner.assembly import PRONOUNS, Assembly, Call, NotClearError, one_of
from tonmeister.planner.references import is_recording, is_text
from tonmeister.planner.slots import Slot

__all__ = [
    "Args",
    "ref_name",
    "is_said",
    "is_text_meant",
    "kept",
    "references_of",
    "refuse_mixed_units",
    "words_of",
]

Args = dict[str, Any]


def kept(args: Args, *names: str) -> Args:
    """Return some arguments of a call.

    Args:
        args: All of them.
        names: The names of those wanted, where they are given.
    """
    return {name: args[name] for name in names if name in args}


def is_said(slot: Slot | None) -> bool:
    """Tell whether a slot names something beyond "it".

    Args:
        slot: A phrase or a file name; None for nothing said.
    """
    return slot is not None and slot.value not in PRONOUNS


def ref_name(slot: Slot | None) -> str:
    """Return the handle a slot names, or "" when it names none.

    Args:
        slot: A phrase or a file name; None for nothing said.
    """
    if slot is None or slot.kind != "R":
        return ""
    ref = parse_ref(f"@{str(slot.value).removeprefix('@')}")
    return ref.name if ref else ""


def is_text_meant(assembly: Assembly, slot: Slot | None) -> bool:
    """Tell whether a document or text is meant, not a recording.

    Args:
        assembly: The plan so far.
        slot: A phrase or a file name; None for what is at hand.
    """
    known, files = assembly.request.artifacts, assembly.request.files
    handle = ref_name(slot)
    if handle:
        return handle in known and is_text(known[handle])
    if files and not assembly.made():
        return not any(is_recording(known[name]) for name in files)
    return False


def words_of(assembly: Assembly, call: Call) -> str:
    """Return the words of a call: quoted ones as they are, others by reference.

    Args:
        assembly: The plan so far.
        call: The call.

    Raises:
        NotClearError: It is not clear which.
    """
    slot = one_of(call, "text")
    if slot is None:
        return assembly.resolve_text(one_of(call, "target"))
    text = str(slot.value)
    # A text that reads like a reference would be taken for one.
    if slot.unit == "open" or not text.strip() or parse_ref(text) is not None:
        raise NotClearError
    return text


def references_of(assembly: Assembly, call: Call, tool: str) -> list[str]:
    """Return the recordings of known voices a call names.

    Args:
        assembly: The plan so far.
        call: The call.
        tool: Name of the tool that needs them, for the question.

    Raises:
        NotClearError: There are none, or one twice.
    """
    slots = [slot for name, slot in call.slots.items() if name.startswith("reference")]
    found = [ref for slot in slots for ref in assembly.resolve(tool, slot)]
    if not found or len(set(found)) < len(found):
        raise NotClearError
    return found


def refuse_mixed_units(call: Call) -> None:
    """Refuse "from 1 to 2 minutes": it is not clear whether the 1 means minutes.

    Args:
        call: The call.

    Raises:
        NotClearError: A bare number stands beside minutes.
    """
    times = [slot for slot in call.slots.values() if slot.kind in ("T", "N")]
    if any(slot.kind == "N" for slot in times) and any(
        slot.unit in ("min", "clock") for slot in times
    ):
        raise NotClearError
