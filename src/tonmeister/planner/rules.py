"""What requests for each tool sound like: the wordings of ``wordings.txt``, read."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from tonmeister.planner.slots import Slot

__all__ = ["LISTS", "READINGS", "Rule", "load_rules"]

Reading = Callable[[Slot], float | str | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """Wordings of one tool call.

    Attributes:
        tool: Name of a tool, of a limit ("!music"), or of a wording that ``Assembly`` spells out.
        patterns: Wordings in the language of ``phrases``.
        fixed: Arguments that the wording alone gives.
    """

    tool: str
    patterns: tuple[str, ...]
    fixed: Mapping[str, Any] = field(default_factory=dict[str, Any])


@cache
def load_rules() -> tuple[Rule, ...]:
    """Return all rules, in the order of the file."""
    text = (files("tonmeister.planner") / "wordings.txt").read_text(encoding="utf-8")
    named: dict[str, str] = {}
    rules: list[Rule] = []
    head: str = ""
    patterns: list[str] = []
    for line in [*text.splitlines(), "end:"]:
        if line.startswith("#") or not line.strip():
            continue
        if line.startswith(" "):
            patterns.append(_filled(line.strip(), named))
        elif line.endswith(":"):
            if patterns:
                rules.append(_rule(head, tuple(patterns)))
            head, patterns = line[:-1], []
        else:
            name, _, pattern = line.partition(" = ")
            named[name] = _filled(pattern, named)
    return tuple(rules)


def _filled(pattern: str, named: Mapping[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: named[match[1]], pattern)


def _rule(head: str, patterns: tuple[str, ...]) -> Rule:
    tool, *given = head.split()
    fixed: dict[str, Any] = {}
    for word in given:
        name, _, value = word.partition("=")
        fixed[name] = float(value) if re.fullmatch(r"-?\d+\.\d+", value) else value
    return Rule(tool, patterns, fixed)


def _number(slot: Slot) -> float:
    return slot.value if isinstance(slot.value, float) else 0.0


def _raised(slot: Slot) -> float | None:
    # "3 dB louder" and "+3 dB", but not "-3 dB louder".
    return _number(slot) if slot.unit in ("", "+", "plus", "mais") else None


def _lowered(slot: Slot) -> float | None:
    return None if slot.unit else -_number(slot)


def _signed(slot: Slot) -> float | None:
    return _number(slot) if slot.unit else None


def _share(slot: Slot) -> float | None:
    return round(_number(slot) / 100, 4)


def _more(slot: Slot) -> float | None:
    return round(1 + _number(slot) / 100, 4) if _number(slot) > 0 else None


def _fewer(slot: Slot) -> float | None:
    return round(1 - _number(slot) / 100, 4) if _number(slot) > 0 else None


def _times(slot: Slot) -> float | None:
    return _number(slot) if _number(slot) > 1 else None


def _less(slot: Slot) -> float | None:
    return round(1 / _number(slot), 4) if _number(slot) > 1 else None


def _in_hertz(slot: Slot) -> float | None:
    # "1000 to 2000 Hz", but not "1 to 2 kHz".
    return _number(slot) if _number(slot) >= 20 else None


def _whole(slot: Slot) -> float | None:
    return int(_number(slot))


def _gender(slot: Slot) -> str:
    """Return whose voice is wanted: the tools choose one of that gender by these words."""
    return "female" if re.match(r"fem|wom|mulher", str(slot.value)) else "male"


# Slots that may come several times and then are one list.
LISTS = frozenset({"names", "vocabulary", "fillers"})
# Name of a slot in a pattern: the argument it fills and how; None refuses the wording.
READINGS: Mapping[str, tuple[str, Reading]] = {
    "louder": ("gain_db", _raised),
    "quieter": ("gain_db", _lowered),
    "gain_signed": ("gain_db", _signed),
    "higher": ("semitones", _raised),
    "deeper": ("semitones", _lowered),
    "shift": ("semitones", _signed),
    "strength": ("strength", _share),
    "share": ("factor", _share),
    "more": ("factor", _more),
    "fewer": ("factor", _fewer),
    "times": ("factor", _times),
    "less": ("factor", _less),
    "bass_up": ("low_shelf_db", _raised),
    "bass_down": ("low_shelf_db", _lowered),
    "treble_up": ("high_shelf_db", _raised),
    "treble_down": ("high_shelf_db", _lowered),
    "bell_up": ("bell_db", _raised),
    "bell_down": ("bell_db", _lowered),
    "ceiling": ("ceiling_db", _signed),
    "opens": ("threshold_db", _signed),
    "wet": ("wet", _share),
    "width": ("width", _share),
    "num_speakers": ("num_speakers", _whole),
    "low_bare": ("low_hz", _in_hertz),
    "speed_more": ("speed", _more),
    "speed_fewer": ("speed", _fewer),
    "speed_share": ("speed", _share),
    "gender": ("voice", _gender),
    "half": ("speed", lambda slot: 0.5),
    "twice": ("speed", lambda slot: 2.0),
}
