"""What the command line prints of recipes: their steps, and what became of each file."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from tonmeister.recipes.layout import one_line
from tonmeister.recipes.machine import Standing
from tonmeister.recipes.recipe import Recipe
from tonmeister.recipes.running import FileOutcome, State
from tonmeister.reply import duration_in_words
from tonmeister.toolspec import Tool

__all__ = ["STATES", "outcomes_table", "recipe_head", "recipe_table"]

SHOWN_DIGITS = 12
STATES: Mapping[State, str] = {
    "done": "done",
    "kept": "already done",
    "failed": "failed",
    "skipped": "skipped",
    "stopped": "stopped",
}


def recipe_head(recipe: Recipe, tools: Mapping[str, Tool]) -> str:
    """Return what a recipe was made of, what it takes and what it gives."""
    lines = [recipe.name]
    lines += [f"  “{one_line(one)}”" for one in recipe.requests]
    lines += [f"  left out: {one_line(one)}" for one in recipe.left_out]
    for role, one in recipe.inputs.items():
        how = "each file that is given" if one.varies else f"--with {role}=FILE"
        lines.append(f"takes  @{role}  {one.kind}, {how}")
    for one in recipe.outputs:
        how = one.format or "as the tool chooses"
        refined = "" if one.deliver else ", not delivered: a later request refined it"
        lines.append(f"gives  {one.result}  {how}{refined}")
    lines += [f'needs  --consent "…"  for {name}' for name in recipe.asks_consent(tools)]
    return "\n".join([*lines, ""])


def recipe_table(recipe: Recipe, standings: Sequence[Standing], tools: Mapping[str, Tool]) -> Table:
    """Show each step with its model, licence and weights, and what differs on this machine."""
    table = _table("step", "what it does", "model", "licence", "checkpoint", "here")
    for line, one in zip(recipe.plan({}).describe(), standings, strict=True):
        tool = tools.get(one.step.tool)
        signal = one.step.model is None and not (tool and tool.needs_model)
        model = "signal processing" if signal else one.step.model or "the best that is here"
        table.add_row(
            escape(line.removesuffix(f" on {one.step.model}")),
            escape(tool.summary if tool else "?"),
            model,
            one.model.card.licence if one.model else "–",
            f"{one.step.checkpoint[:SHOWN_DIGITS]}…" if one.step.checkpoint else "–",
            escape(one.found or "as recorded"),
        )
    return table


def outcomes_table(outcomes: Sequence[FileOutcome]) -> Table:
    """Show what became of each file, and how many were done, failed and skipped."""
    table = _table("file", "state", "time", "results")
    for one in outcomes:
        results = ", ".join(_place(path) for path in one.files)
        told = " ".join(one.message.split())
        table.add_row(
            escape(_place(one.path) if one.path else "–"),
            STATES[one.state],
            duration_in_words(one.seconds) if one.seconds else "–",
            escape("; ".join(part for part in (results, told) if part)) or "–",
        )
    states = [one.state for one in outcomes]
    told = ", ".join(f"{states.count(key)} {word}" for key, word in STATES.items() if key in states)
    total = sum(one.seconds for one in outcomes)
    table.add_section()
    table.add_row(f"{len(outcomes)} files", told, duration_in_words(total), "")
    return table


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _place(path: Path) -> str:
    """Return a path as a person would type it here."""
    whole = path.absolute()
    return str(whole.relative_to(Path.cwd()) if whole.is_relative_to(Path.cwd()) else path)
