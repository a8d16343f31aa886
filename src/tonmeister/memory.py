"""What a conversation remembers of its turns: plans, handles, models, folders; never contents."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tonmeister.delivery import Destination
from tonmeister.ledger.history import Turn
from tonmeister.ledger.runs import RunRecord
from tonmeister.plan import Plan, deliverables
from tonmeister.planner.answers import PastTurn, Request
from tonmeister.reply import Reply
from tonmeister.toolspec import Tool
from tonmeister.translations import in_words
from tonmeister.wording import say

__all__ = ["account_of", "asked_last", "explanation", "latest_folder", "past_turns", "words_of"]


def account_of(
    reply: Reply, request: Request, target: Destination | None, tools: Mapping[str, Tool]
) -> dict[str, Any]:
    """Return what the ledger keeps of a turn, enough to refer back to it.

    Args:
        reply: What was answered.
        request: What was asked.
        target: Where files went, if any were written.
        tools: The catalog's tools by name.
    """
    by_id = {artifact.id: handle for handle, artifact in reply.artifacts.items()}
    steps: dict[str, str] = {}
    models: dict[str, Any] = {}
    for record in reply.steps:
        for output, artifact in record.outputs.items():
            steps[f"{record.step.id}.{output}"] = by_id.get(artifact.id, "").lstrip("@")
        card = record.model.card if record.model else None
        models[record.step.id] = {
            "tool": record.step.tool,
            "model": card.name if card else None,
            "licence": card.licence if card else None,
        }
    wanted: list[str] = []
    if reply.plan is not None:
        made = {record.step.id: record.outputs for record in reply.steps}
        refs = deliverables(reply.plan, tools, made)
        wanted = [steps.get(f"{ref.name}.{ref.output}", "") for ref in refs]
    return {
        "outcome": reply.outcome,
        "text": reply.text,
        "plan": reply.plan.model_dump(mode="json") if reply.plan else None,
        "inputs": list(request.files),
        "outputs": [handle for handle in wanted if handle],
        "steps": steps,
        "models": models,
        "folder": str(target.folder.absolute()) if target else None,
        "formats": [target.audio_format, target.text_format] if target else None,
    }


def past_turns(turns: Iterable[Turn]) -> list[PastTurn]:
    """Return turns as facts for a planner.

    Args:
        turns: Finished turns, oldest first.
    """
    past: list[PastTurn] = []
    for turn in turns:
        answer: dict[str, Any] = turn.answer or {}
        plan = answer.get("plan") if answer.get("steps") else None
        past.append(
            PastTurn(
                request=words_of(turn),
                plan=Plan.model_validate(plan) if plan else None,
                inputs=tuple(answer.get("inputs", ())),
                outputs=tuple(answer.get("outputs", ())),
                steps=answer.get("steps", {}),
                number=turn.number,
            )
        )
    return past


def asked_last(turns: Sequence[Turn]) -> bool:
    """Tell whether the latest turn ended with a question, which the next request may answer.

    Args:
        turns: Turns of the conversation, oldest first.
    """
    return bool(turns) and (turns[-1].answer or {}).get("outcome") == "question"


def words_of(turn: Turn) -> str:
    """Return the words a turn was done for: those of the request that "yes" agreed to.

    Args:
        turn: The turn.
    """
    return (turn.answer or {}).get("request") or turn.request


def latest_folder(turns: Sequence[Turn]) -> Path:
    """Return where files went last, or the current folder.

    Args:
        turns: Turns, oldest first.
    """
    for turn in reversed(turns):
        folder = (turn.answer or {}).get("folder")
        if folder:
            return Path(folder)
    return Path.cwd()


def explanation(turns: Sequence[Turn], runs: Iterable[RunRecord], language: str) -> str:
    """Tell which models the latest turn that did something ran on, and why.

    Args:
        turns: Turns, oldest first.
        runs: Runs that may belong to them.
        language: "en" or "pt".
    """
    for turn in reversed(turns):
        models = (turn.answer or {}).get("models")
        if not models:
            continue
        mine = next((run for run in runs if run.turn_id == turn.id), None)
        reasons = {step.step_id: step.reason for step in mine.steps} if mine else {}
        return "\n".join(
            say(
                language,
                "explain_step" if one["model"] else "explain_signal",
                step=step_id,
                reason=in_words(language, reasons.get(step_id, "?")),
                **one,
            )
            for step_id, one in models.items()
        )
    return say(language, "nothing_yet")
