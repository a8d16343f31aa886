"""What is said of a sound that was just looked for: "then take it out", "então tira-o".

Only directly after one question about one sound of one recording; what the sound is called and
which recording it is in are those of the question.
"""

import re

from tonmeister.plan import Plan, Step
from tonmeister.planner.answers import Request
from tonmeister.planner.slots import fold
from tonmeister.planner.sound_requests import request_words
from tonmeister.questions import read_question
from tonmeister.registry import Catalog

__all__ = ["found_follow_up"]

_LEAD = r"(?:(?:so|then|and|now|ok|okay|well|good|entao|e|agora|pois|bem|bom),? )*"
_IT = r"(?:it|them|that|those|(?:that|the) (?:sound|noise|hum))"
_ISSO = r"(?:-l?[oa]s?|-n[oa]s?| isso| iss[oa]| ess[ea] som| o (?:som|zumbido))"
_HERE = (
    r"(?: (?:from|in|of|out of) (?:it|there|here|(?:the|this) recording)"
    r"| d(?:aqui|ali|a gravacao|isto))?"
)
_TAKE_OUT = re.compile(
    rf"{_LEAD}(?:(?:take|filter|cut) {_IT} out|take out {_IT}|(?:remove|get rid of) {_IT}"
    rf"|(?:tira|retira|remove|elimina|limpa){_ISSO}){_HERE}"
)
_KEEP = re.compile(
    rf"{_LEAD}(?:(?:extract|isolate) {_IT}|keep only {_IT}|(?:extrai|isola){_ISSO}"
    rf"|(?:fica|deixa) (?:so |apenas )(?:com )?(?:isso|esse som)){_HERE}"
)
_OF_A_SOUND = ("is_there", "when", "count", "how_long", "how_loud", "how_much")


def found_follow_up(request: Request, catalog: Catalog) -> Plan | None:
    """Return the plan that takes out or keeps what was just looked for, or None.

    Args:
        request: The request.
        catalog: What can be done here.
    """
    text = request_words(request)
    turn = request.history[-1] if request.history else None
    if request.files or text is None or turn is None or turn.plan is None:
        return None
    folded = fold(text)
    keeps = _KEEP.fullmatch(folded) is not None
    if (not keeps and not _TAKE_OUT.fullmatch(folded)) or len(turn.plan.steps) != 1:
        return None
    (asked,) = turn.plan.steps
    audio = asked.args.get("audio")
    if not isinstance(audio, str) or audio.removeprefix("@") not in request.artifacts:
        return None
    step = _of_hum(asked, audio) if not keeps else None
    sound = _looked_for(asked)
    if step is None and sound:
        tool = "extract_sound" if keeps else "remove_sound"
        step = Step(id="s1", tool=tool, args={"audio": audio, "description": sound})
    return Plan(steps=(step,)) if step is not None and step.tool in catalog.tools else None


def _looked_for(asked: Step) -> str:
    if asked.tool == "find_sound":
        return str(asked.args.get("description", ""))
    if asked.tool != "answer_about_audio":
        return ""
    question = read_question(str(asked.args.get("question", "")))
    return question.subject if question is not None and question.asks in _OF_A_SOUND else ""


def _of_hum(asked: Step, audio: str) -> Step | None:
    question = read_question(str(asked.args.get("question", "")))
    if asked.tool != "answer_about_audio" or question is None or question.asks != "hum":
        return None
    return Step(id="s1", tool="remove_hum", args={"audio": audio})
