"""Requests for something else of what is there: "that one but slower", "o mesmo mas em flac"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tonmeister.planner.answers import PastTurn
from tonmeister.planner.assembly import Assembly, Call, NotClearError
from tonmeister.planner.heard_parts import is_part
from tonmeister.planner.references import recordings_of, without_beside
from tonmeister.planner.repeats import last_step
from tonmeister.planner.slots import Sentence, Slot

__all__ = ["Variation", "variation_in"]

_BUT = re.compile(
    r"(?:(?:do|make|give me|i want|faz|da-me|quero) )?"
    r"(?:(?P<target>[OR]\d+)|(?:exactly )?the same(?: thing| one)?|o mesmo|a mesma(?: coisa)?)"
    r" (?:, )?(?:but|mas|so que) (?:(?:this time|desta vez) )?(?=[^,;.])"
)
_THIS = re.compile(r"th(?:is|at|e) one|it|this|that|ess[ea]|est[ea]|isso|isto")
_WRITING = ("write_subtitles", "write_sounds")


@dataclass(frozen=True, slots=True)
class Variation:
    """What "it" means in the rest of a sentence.

    Attributes:
        end: Where the rest begins.
        target: What is to be different; None for what was done last.
    """

    end: int
    target: Slot | None

    def point(self, assembly: Assembly, calls: Sequence[Call]) -> None:
        """Say in a plan what "it" means.

        Args:
            assembly: The plan, still empty.
            calls: What is to be done to it.

        Raises:
            NotClearError: It is not clear what is meant, or the calls are about something else.
        """
        named = [slot for call in calls for slot in call.slots.values() if slot.kind in "ORM"]
        if named or any(call.rule.tool in ("now_in", "same") for call in calls):
            raise NotClearError
        if self.target is None:
            _point_at_last(assembly, [call.rule.tool for call in calls])
            return
        # A part is meant by itself: "the part with the dog, but slower".
        tool = "trim" if is_part(self.target) else calls[0].rule.tool
        refs = assembly.resolve(tool, self.target)
        if len(refs) != 1:
            raise NotClearError
        if not _THIS.fullmatch(str(self.target.value)):
            assembly.point_at(refs)


def variation_in(sentence: Sentence) -> Variation | None:
    """Return how a sentence begins with what is to be different, or None.

    Args:
        sentence: The sentence, with phrases for recordings taken out.
    """
    match = _BUT.match(sentence.text)
    if match is None:
        return None
    target = sentence.slots[match["target"]] if match["target"] else None
    return Variation(match.end(), target)


def _point_at_last(assembly: Assembly, tools: Sequence[str]) -> None:
    """Take the last result; of one in another format, what it was converted from."""
    request, turn = assembly.request, assembly.last_turn()
    if request.files or turn is None or turn is not request.history[-1] or turn.plan is None:
        raise NotClearError
    last = turn.plan.steps[-1].tool
    if last in _WRITING:
        if any(tool != last for tool in tools):
            raise NotClearError
        return
    if last == "convert_format":
        if list(tools) != ["convert"]:
            raise NotClearError  # in the same format, or in any?
        assembly.point_at([_converted(assembly)])
        return
    made = _made_in(turn, assembly)
    if len(made) != 1:
        raise NotClearError
    if last != "synthesize_speech":  # speech is spoken anew
        assembly.point_at([f"@{made[0]}"])


def _converted(assembly: Assembly) -> str:
    args = last_step(assembly, "convert_format") or {}
    return str(args["audio"])


def _made_in(turn: PastTurn, assembly: Assembly) -> list[str]:
    return without_beside(recordings_of(turn.outputs, assembly.request.artifacts), turn)
