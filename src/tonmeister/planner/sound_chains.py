"""Wordings about what is in a sound: stems, single sounds, questions."""

import re
from collections.abc import Callable, Mapping

from tonmeister.artifacts import Kind
from tonmeister.plan import Plan, check
from tonmeister.planner.answers import Answer, Request
from tonmeister.planner.assembly import Assembly, Call, NotClearError
from tonmeister.planner.mentions import Args, kept
from tonmeister.planner.slots import Sentence, language_of
from tonmeister.questions import read_question
from tonmeister.registry import Catalog

__all__ = ["CHAINS", "question_answer"]

_ANSWERS = "answer_about_audio"


def _stems(assembly: Assembly, call: Call, args: Args) -> None:
    """Part a song; what was asked for is "it" from then on, or both when nothing was."""
    wanted = [args["keep"]] if "keep" in args else ["vocals", "accompaniment"]
    made: list[str] = []
    for ref in assembly.targets("separate_stems", call):
        assembly.step("separate_stems", {"audio": ref}, wanted[0])
        made += [f"@{assembly.steps[-1].id}.{stem}" for stem in wanted]
    assembly.now(made)


def _caption(assembly: Assembly, call: Call, args: Args) -> None:
    """Describe a recording in the language of the request."""
    wanted = kept(args, "model")
    if assembly.request.language == "pt":
        wanted["language"] = "pt"
    assembly.each("caption_audio", assembly.targets("caption_audio", call), wanted)


def _asked_of(text: str, catalog: Catalog) -> tuple[str, str | None]:
    """Return the question, and the model asked to answer it: "ask Qwen2-Audio: …".

    Args:
        text: The request.
        catalog: What can be done here.
    """
    for said, model in catalog.names_of_models(_ANSWERS).items():
        asking = rf"(?i)(?:ask|pergunt[ae] ao)(?: the)? {re.escape(said)}[:,]? (.+)"
        if found := re.fullmatch(asking, text):
            return found[1], model
    return text, None


def question_answer(sentence: Sentence, request: Request, catalog: Catalog) -> Answer | None:
    """Return the plan that answers a question about a recording, if the request is one.

    Args:
        sentence: The request, read.
        request: The request; its own words are the question.
        catalog: What can be done here.
    """
    if _ANSWERS not in catalog.tools:
        return None
    question, model = _asked_of(request.text, catalog)
    asked = read_question(question)
    if asked is None and model is None:
        return None
    named = [slot for slot in sentence.slots.values() if slot.kind in ("R", "M")]
    assembly = Assembly(request, catalog)
    try:
        (ref,) = assembly.resolve(_ANSWERS, named[0] if len(named) == 1 else None)
        args: Args = {"audio": ref, "question": question.strip()}
        if asked is not None and asked.needs:
            kind = Kind.TRANSCRIPT if asked.needs == "transcript" else Kind.TURNS
            args[asked.needs] = assembly.of(kind, ref, {})
        if (language_of(question) if asked is None else asked.language) == "pt":
            args["language"] = "pt"
        if model is not None:
            args["model"] = model
        assembly.step(_ANSWERS, args)
    except NotClearError as error:
        return error.question
    except ValueError:
        return None
    plan = Plan(steps=tuple(assembly.steps))
    return None if len(named) > 1 or check(plan, catalog.tools, request.artifacts) else plan


CHAINS: Mapping[str, Callable[[Assembly, Call, Args], None]] = {
    "caption_audio": _caption,
    "separate_stems": _stems,
}
