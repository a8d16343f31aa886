"""What is said of a sound that was just made: "another take", "longer", "again but in a cave".

Only directly after a turn that made sounds out of words and nothing else; the same plan is made
anew with other arguments. Anything that may mean an effect is left to others.
"""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from tonmeister.plan import Plan, Step
from tonmeister.planner.answers import PastTurn, Request
from tonmeister.planner.slots import fold
from tonmeister.planner.sound_requests import is_known_sound, request_words
from tonmeister.quantities import find_length
from tonmeister.registry import Catalog
from tonmeister.sound_rooms import PLACE, without_room
from tonmeister.sound_vocabulary import is_sound
from tonmeister.unwanted import without_unwanted

__all__ = ["sound_follow_up"]

TOOL = "generate_sound"
TIMES_LONGER = 2.0

_AGAIN = re.compile(
    r"(?:(?:give me |make |try )?(?:another|a different) (?:take|version|one|try)"
    r"|(?:again )?with (?:another|a different) seed|(?:da-me |faz )?(?:outra|mais uma)"
    r" (?:versao|vez|tomada)|(?:outra vez )?com outra semente)"
)
_LEAD = r"(?:(?:now|but|and|agora|mas|e),? )?"
_IT = r"(?:it|this|that|the sound|o som|isso|isto)"
_MAKE_IT = (
    rf"(?:(?:make|let) {_IT}(?: (?:last|be|go on))?|(?:faz|faca|torna|torne|deixa)(?:-[oa]| {_IT})?"
    rf"(?: durar)?|i want {_IT}(?: to (?:last|be))?|quero(?:-[oa]| {_IT})?)"
)
_LONGER = (
    r"(?:longer|twice as long|double the length|mais (?:comprid|long|demorad)[oa]|durar mais"
    r"|(?:com )?o dobro d(?:o tempo|a duracao))"
)
_MADE_LONGER = re.compile(rf"{_LEAD}(?:{_MAKE_IT} )?{_LONGER}")
_MADE_SO_LONG = re.compile(rf"(?:{_MAKE_IT} ?)?(?:by|com|with)?(?P<more> ?longer| ?mais \w+)?")
_SAYS_LENGTH = re.compile(
    r"(?:for|lasting|with|durante|com|por) .*|.* (?:long|in length|de duracao)"
)
_TO_IT = rf"(?: (?:to|in|into|behind|a|em) {_IT}| n?isso| n?isto| (?:a|n|d)o som)?"
_ADDED = re.compile(
    rf"{_LEAD}(?:(?:add|put|mix in|(?:junta|acrescenta|adiciona|poe|mete)(?:-lhe)?)"
    r" (?:also |tambem )?|(?:the same |o mesmo )?(?:with|com) )"
    rf"(?P<what>.+?)(?: too| as well| tambem)?{_TO_IT}(?: too| as well| tambem)?"
)
_ONCE_MORE = re.compile(
    r"(?:(?:(?:make|do) (?:it|that) )?(?:again|once more)|(?:(?:make|do) )?the same"
    r"(?: (?:thing|sound|one))?(?: again)?|(?:faz(?:-o)? )?(?:outra vez|de novo|novamente"
    r"|o mesmo(?: som)?|a mesma coisa))(?:,? (?:but|mas|now|agora))* "
    r"|(?:now|agora|but|mas),? "
)
_JOINT = re.compile(r",| (?:and|with|while|plus|e|com|mais|enquanto) ")
_PORTUGUESE = re.compile(r"(?:agora|mas|com|o mesmo|junta|acrescenta|adiciona|poe|mete)\b")
# What changes a sound rather than being one more, or is no sound of the library's kind.
_EFFECTS = re.compile(
    r"\b(?:bass|treble|highs|lows|echo(?:es)?|reverb(?:eration)?|delay|fades?|silence|pauses?"
    r"|volume|gain|level|chorus|effects?|hall|church|cathedral|cave|room|tunnel|bathroom|corridor"
    r"|more|less|mais|menos|graves|agudos|eco|ecos|reverberacao|silencio|pausas?|efeitos?|sala"
    r"|salao|igreja|gruta|take|version|versao|seed|semente|music|musica|voice|voz|song|cancao"
    r"|model|modelo|file|ficheiro|arquivo|recording|gravacao|it|this|that|isso|isto|then|depois"
    r"|without|sem|left|right|esquerda|direita|passing|passar)\b"
)


def sound_follow_up(request: Request, catalog: Catalog) -> Plan | None:
    """Return the plan of a wish for the sound that was just made, or None for anything else.

    Args:
        request: The request.
        catalog: What can be done here.
    """
    text = request_words(request)
    if TOOL not in catalog.tools or request.files or text is None:
        return None
    folded = fold(text)
    if _AGAIN.fullmatch(folded):
        planned = [turn for turn in request.history if turn.plan is not None]
        return _another(planned[-1]) if planned else None
    turn = request.history[-1] if request.history else None
    if turn is None or not turn.outputs or not _made_sounds_alone(turn):
        return None
    limit = catalog.tools[TOOL].parameters["duration"].limits.maximum
    lead = _ONCE_MORE.match(folded)
    length = _length_of(folded) or (_length_of(folded[lead.end() :]) if lead else None)
    if length is not None:
        return _so_long(turn, request, length, limit or float("inf"))
    if lead is not None:
        otherwise = _otherwise(turn, text[lead.end() :].strip(" ,"))
        if otherwise is not None:
            return otherwise
        text = text[lead.end() :].strip(" ,")
        folded = fold(text)
    added = _ADDED.fullmatch(folded)
    if added is None:
        return None
    what = text[added.start("what") : added.end("what")].strip(" ,")
    if _EFFECTS.search(fold(what)) or find_length(fold(what)) or not is_known_sound(what):
        return None
    joint = "e" if request.language == "pt" or _PORTUGUESE.match(folded) else "and"
    return _anew(turn, lambda _, args: {"description": f"{args['description']} {joint} {what}"})


def _otherwise(turn: PastTurn, wish: str) -> Plan | None:
    """Make the last sounds anew in a room, in other weather, or without something."""
    wanted, unwanted = without_unwanted(f"x {wish}", fold(f"x {wish}"))
    bare, room = without_room(f"x {wish}")
    change: Callable[[str], str | None]
    if wanted == "x" and unwanted and all(map(is_sound, unwanted)):
        change = partial(_without, unwanted=unwanted, wish=wish)
    elif _JOINT.search(fold(wish)):
        return None
    elif bare == "x" and room is not None:
        change = partial(_inside, where=wish)
    elif PLACE.match(f" {fold(wish)}") and is_known_sound(wish):
        change = partial(_at, where=wish)
    else:
        return None
    if turn.plan is None:
        return None
    made = {step.id: str(step.args["description"]) for step in turn.plan.steps if step.tool == TOOL}
    changed = {name: change(said) for name, said in made.items()}
    if None in changed.values():
        return None
    return _anew(turn, lambda step, _: {"description": changed[step.id]})


def _inside(description: str, where: str) -> str | None:
    """Put a sound in another room; None where it is not clear what belongs to the first one."""
    bare, _ = without_room(description)
    behind = description[len(bare) :]
    return None if _JOINT.search(fold(behind)) else f"{bare} {where}"


def _at(description: str, where: str) -> str | None:
    """Put a sound in the rain, say; not what is in a room."""
    return f"{description} {where}" if without_room(description)[1] is None else None


def _without(description: str, unwanted: tuple[str, ...], wish: str) -> str:
    """Take sounds out of a description, and say that they are not to be heard."""
    for words in unwanted:
        named = re.compile(
            rf"(?:,| and| with| e| com) (?:(?:an?|the|some|uma?|[oa]s?) )?{re.escape(fold(words))}"
            r"(?=$|,| (?:and|with|e|com) )"
        )
        if found := named.search(fold(description)):
            description = description[: found.start()] + description[found.end() :]
    return f"{description} {wish}"


def _made_sounds_alone(turn: PastTurn) -> bool:
    """Tell whether a turn made sounds out of words, perhaps in a format, and did nothing else."""
    if turn.plan is None:
        return False
    tools = {step.tool for step in turn.plan.steps}
    own = {step.id for step in turn.plan.steps}
    inside = all(ref.name in own for step in turn.plan.steps for _, ref in step.refs())
    return TOOL in tools and tools <= {TOOL, "convert_format"} and inside


def _length_of(folded: str) -> tuple[float, float] | None:
    """Return by what the last length is multiplied, and how many seconds are added to that."""
    if _MADE_LONGER.fullmatch(folded):
        return TIMES_LONGER, 0.0
    found = find_length(folded)
    if found is None:
        return None
    around = f"{folded[: found.start].rstrip(' ,')} {folded[found.end :].lstrip(' ,')} "
    around = re.sub(rf"^{_LEAD}", "", around.lstrip()).strip()
    matched = _MADE_SO_LONG.fullmatch(around)
    if matched is None:
        return None
    if matched["more"]:  # "10 seconds longer"
        wanted = re.search(rf"{_LONGER}$", around) is not None
        return (1.0, found.seconds) if wanted else None
    if not around:
        # By itself, only what says that it is a length: "20 s" may be a place as well.
        said = folded[found.start : found.end].strip(" ,")
        return (0.0, found.seconds) if _SAYS_LENGTH.fullmatch(said) else None
    return 0.0, found.seconds


def _so_long(
    turn: PastTurn, request: Request, length: tuple[float, float], limit: float
) -> Plan | None:
    """Make the last sounds anew in another length; None when it is not known or not another."""
    factor, added = length
    wanted: dict[str, float] = {}
    for step in turn.plan.steps if turn.plan else ():
        if step.tool != TOOL:
            continue
        last = _last_length(step, turn, request)
        if last is None and factor:
            return None
        # What is longer goes to the limit; a length that was said is the tool's to refuse.
        longest = limit if factor else float("inf")
        wanted[step.id] = min(longest, round((last or 0.0) * factor + added, 3))
        if wanted[step.id] == last:
            return None
    return _anew(turn, lambda step, _: {"duration": wanted[step.id]})


def _last_length(step: Step, turn: PastTurn, request: Request) -> float | None:
    """Return how long the sound of a step is: as made, or else as asked."""
    handle = turn.steps.get(f"{step.id}.sound")
    made = request.artifacts.get(handle) if handle else None
    known = made.facts.get("duration") if made else step.args.get("duration")
    return float(known) if isinstance(known, int | float) else None


def _anew(turn: PastTurn, change: Callable[[Step, dict[str, Any]], dict[str, Any]]) -> Plan | None:
    """Return the plan of a turn with other arguments for each sound."""
    if turn.plan is None:
        return None
    return Plan(
        steps=tuple(
            step.model_copy(update={"args": {**step.args, **change(step, dict(step.args))}})
            if step.tool == TOOL
            else step
            for step in turn.plan.steps
        )
    )


def _another(turn: PastTurn) -> Plan | None:
    """Make the last sound again, otherwise, and in its format."""
    if turn.plan is None or not _made_sounds_alone(turn):
        return None
    made = [step for step in turn.plan.steps if step.tool == TOOL][-1]
    args = {**made.args, "seed": int(made.args.get("seed") or 0) + 1}
    again = Step(id="s1", tool=TOOL, model=made.model, args=args)
    formats = [one.args["format"] for one in turn.plan.steps if one.tool == "convert_format"]
    if not formats:
        return Plan(steps=(again,))
    args = {"audio": "@s1.sound", "format": formats[-1]}
    return Plan(steps=(again, Step(id="s2", tool="convert_format", args=args)))
