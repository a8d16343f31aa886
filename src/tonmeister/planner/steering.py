"""Requests that steer the conversation: "undo the last two", "volta ao que era antes do reverb".

Where such a request leads is certain, or it is left to the next planner: going back to a turn that
did more than what was said would take back what nobody asked to take back.
"""

import re
from collections.abc import Mapping
from functools import cache

from tonmeister.planner.answers import Command, PastTurn, Request
from tonmeister.planner.deeds import Deed, deeds_called, words_for
from tonmeister.planner.references import recordings_of, without_beside
from tonmeister.planner.versions import made_by
from tonmeister.quantities import NUMBER_WORDS
from tonmeister.sound_vocabulary import flat

__all__ = ["steering"]

_COUNTS: Mapping[str, int] = {**NUMBER_WORDS, "twice": 2}
_NUMBER = rf"(?:{'|'.join(_COUNTS)}|\d{{1,2}})"
_STEPS = r"(?:steps?|changes?|edits?|requests?|turns?|things?|ones?|actions?)"
_PASSOS = r"(?:passos?|alterac(?:ao|oes)|mudancas?|pedidos?|turnos?|coisas?|vezes)"
_MANY = (
    rf"(?:the )?last {_NUMBER}(?: {_STEPS})?|{_NUMBER} {_STEPS}|{_NUMBER} times"
    rf"|[oa]s (?:{_NUMBER} ultim[oa]s|ultim[oa]s {_NUMBER})(?: {_PASSOS})?|{_NUMBER} {_PASSOS}"
    r"|twice"
)
_UNDO = r"(?P<undo>undo|take back|desfaz|desfaca|desfazer|anula|anular)"
_REDO = r"(?P<redo>redo|refaz|refaca|refazer)"
_LAST = r"(?: (?:that|it|this|the last (?:step|change|one)|isso|isto|o ultimo(?: passo)?))?"
_BACK = (
    r"(?:(?:(?:go|let's go|take (?:it|me|us)) )?back"
    r"|volta(?:r)?(?: atras)?(?! (?:com|para tras)))"
)
_BEFORE = (
    r"(?:(?: to)?(?: how it was| what it was| the way it was| where we were| the version)?"
    r"(?: right| just)? before"
    r"|(?: ao que (?:era|estava|tinhamos)| a como (?:era|estava)| ate| para| a| ao estado de)?"
    r" antes)"
)
_STEP = re.compile(rf"(?:{_UNDO}|{_REDO})(?: (?:{_MANY})|{_LAST})")
_EVERYTHING = re.compile(
    rf"{_UNDO} (?:everything|it all|all(?: of (?:it|that|them))?|all (?:the )?{_STEPS}"
    rf"|tudo(?: isto| isso)?|tod[oa]s [oa]s {_PASSOS})"
)
_TO_TURN = re.compile(
    rf"(?:(?:{_BACK}|go|switch)(?: to| ao| para o)?|checkout|vai para o) (?:turn|turno)"
    r"(?: number)? (\d{1,6})"
)
_TO_VERSION = re.compile(rf"{_BACK}(?: to (?P<en>the .+)| (?:para )?(?P<pt>(?:ao|a|o) .+))")
_COURTESY = r"(?:(?:please|por favor|ok|okay|now|agora),? )?"
_THEN = re.compile(
    r"(?: ?[,;.])? ?(?:\band then\b|\be (?:depois|a seguir|em seguida)\b|\bthen\b|\bdepois\b"
    r"|\band\b|\be\b|(?<=[,;.] ))[,:]? ?"
)
# What follows and takes it back again, or turns it round.
_DOUBT = re.compile(r"(?:no|not|never|don't|do not|wait|nao|espera|nem|sem|or|ou)\b|[^\w\"'@«“]")


def steering(request: Request) -> Command | None:
    """Return the command a request is in this conversation, or None.

    Args:
        request: The request; with files it is about these.
    """
    if request.files or not request.history:
        return None
    text = " ".join(request.text.split())
    folded = flat(text).replace("’", "'")
    begin = re.match(_COURTESY, folded)
    start = begin.end() if begin else 0
    for end, after in _endings(folded, start):
        then = re.sub(r"[ ,]*(?:please|por favor)?[ .!]*$", "", text[after:]) if after else ""
        if after and (not then or _DOUBT.match(flat(then))):
            continue
        command = _command(folded[start:end].strip(" ,;.!?"), request, then)
        if command is not None:
            return command
    return None


def _endings(folded: str, start: int) -> list[tuple[int, int]]:
    """Return where a command may end and what is asked for after it may begin; 0 for nothing."""
    whole = re.sub(r"[ ,]*(?:please|por favor)?[ .!?]*$", "", folded)
    joints = [(one.start(), one.end()) for one in _THEN.finditer(folded, start) if one[0].strip()]
    return [(len(whole), 0), *joints]


def _command(said: str, request: Request, then: str) -> Command | None:
    if match := _STEP.fullmatch(said):
        numbers = [_COUNTS.get(word) or int(word) for word in re.findall(rf"\b{_NUMBER}\b", said)]
        count = numbers[0] if numbers else 1
        return Command("redo" if match["redo"] else "undo", count, None, then) if count else None
    if _EVERYTHING.fullmatch(said):
        count = sum(turn.plan is not None for turn in request.history)
        return Command("undo", count, None, then) if count else None
    if match := _TO_TURN.fullmatch(said):
        return Command("checkout", 1, int(match[1]), then)
    if match := _before().fullmatch(said):
        turn = _only_turn(match["doing"], match["did"] or match["fez"], request)
        return Command("undo", 1, turn.number, then) if turn else None
    if match := re.fullmatch(rf"{_UNDO} (?:the|o|a) (?P<doing>.+)", said):
        return Command("undo", 1, None, then) if _is_all(match["doing"], request) else None
    if match := _TO_VERSION.fullmatch(said):
        version = match["en"] or re.sub("^ao ", "o ", match["pt"])
        return _to_version(version, request, then)
    return None


@cache
def _before() -> re.Pattern[str]:
    return re.compile(
        rf"(?:{_BACK}|undo (?:everything|all) (?:back )?){_BEFORE}"
        rf"(?: (?:you|i|we) (?P<did>{words_for('did')})"
        rf"| d?e? ?(?:the |[oa]s? )?(?P<doing>{words_for('doing')})"
        rf"| de (?P<fez>{words_for('did')}))"
    )


def _only_turn(doing: str | None, did: str | None, request: Request) -> PastTurn | None:
    """Return the one turn that began with a deed; None when it did something else before."""
    deeds = deeds_called("doing", doing) if doing else deeds_called("did", did or "")
    found = [turn for turn in request.history if _steps_of(deeds, turn)]
    if len(found) != 1 or found[0].plan is None:
        return None
    first = found[0].plan.steps[0]
    return found[0] if any(deed.is_done_by(first.tool, first.args) for deed in deeds) else None


def _is_all(doing: str, request: Request) -> bool:
    """Tell whether the last turn that did something did this and nothing else."""
    deeds = deeds_called("doing", doing)
    last = next((turn for turn in reversed(request.history) if turn.plan), None)
    return bool(
        last and last.plan and deeds and len(_steps_of(deeds, last)) == len(last.plan.steps)
    )


def _steps_of(deeds: list[Deed], turn: PastTurn) -> list[str]:
    steps = turn.plan.steps if turn.plan else ()
    return [
        step.id for step in steps if any(deed.is_done_by(step.tool, step.args) for deed in deeds)
    ]


def _to_version(phrase: str, request: Request, then: str) -> Command | None:
    """Go to the turn that was for a recording which is meant by what was done to it."""
    found = made_by(phrase, request)
    if not isinstance(found, list):
        return None
    for turn in request.history:
        results = without_beside(recordings_of(turn.outputs, request.artifacts), turn)
        if results == [found[0].removeprefix("@")]:
            return Command("checkout", 1, turn.number, then)
    return None
