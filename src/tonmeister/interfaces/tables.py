"""Tables and details the command line prints."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.tree import Tree

from tonmeister.artifacts import Artifact
from tonmeister.checkpoints import Checkpoint, CheckpointCache
from tonmeister.ledger.history import SessionRecord, Turn
from tonmeister.ledger.runs import RunRecord
from tonmeister.plan import Plan
from tonmeister.registry import Catalog
from tonmeister.reply import duration_in_words
from tonmeister.session import Proposal
from tonmeister.soundlibrary import LibrarySound
from tonmeister.soundsearch import Found
from tonmeister.store import Store
from tonmeister.toolspec import Parameter, Tool, Voice

__all__ = [
    "artifact_details",
    "found_table",
    "log_tree",
    "models_table",
    "plan_table",
    "run_table",
    "runs_table",
    "sessions_table",
    "show",
    "sounds_table",
    "tool_details",
    "tools_table",
    "voices_table",
]


def show(renderable: RenderableType) -> None:
    """Print to standard output, as wide as needed when it is not a terminal.

    Args:
        renderable: A table or tree.
    """
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=200)
    console.print(renderable)


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def found_table(found: Sequence[Found], folder: Path) -> Table:
    """Show recordings that were found, the best first.

    Args:
        found: The recordings.
        folder: What was searched; names are shown from there.
    """
    table = _table("score", "file", "at", "sound", "length", "loudness", "speech")
    for one in found:
        loudness = one.loudness_lufs
        path = one.path
        table.add_row(
            f"{one.score:.2f}",
            str(path.relative_to(folder) if path.is_relative_to(folder) else path),
            "" if one.start is None else duration_in_words(one.start),
            one.label,
            duration_in_words(one.duration),
            "–" if loudness is None else f"{loudness:.1f} LUFS",
            f"{100 * one.speech_share:.0f} %",
        )
    return table


def voices_table(voices: Sequence[tuple[str, Voice]]) -> Table:
    """Show who reads aloud.

    Args:
        voices: Name of a model and a voice of it.
    """
    table = _table("voice", "language", "accent", "gender", "grade", "model")
    for model, one in voices:
        row = (one.name, one.language, one.accent, one.gender, one.grade or "-")
        needed = escape(f", with tonmeister[{one.extra}]") if one.extra else ""
        table.add_row(*row, f"{model}{needed}")
    return table


def sounds_table(sounds: Sequence[LibrarySound]) -> Table:
    """Show recordings of the library: what is heard, how long, who made it, under which terms."""
    table = _table("name", "what is heard", "length", "licence", "by")
    for one in sounds:
        length = f"{one.duration:.1f} s"
        table.add_row(one.name, one.caption, length, one.licence or "yours", one.credit or "-")
    return table


def plan_table(proposal: Proposal) -> Table:
    """Show each step of a plan with model, reason, estimated time and memory."""
    table = _table("step", "model", "why", "time", "memory", "download")
    assert isinstance(proposal.answer, Plan)  # noqa: S101 - only plans are shown
    for line, step in zip(proposal.answer.describe(), proposal.answer.steps, strict=True):
        one = proposal.assignments[step.id]
        table.add_row(
            line.replace("[", "\\["),
            one.model.card.name if one.model else "signal processing",
            one.reason,
            f"~{duration_in_words(one.seconds)}",
            f"{one.memory_mb} MiB" if one.memory_mb else "–",
            f"{one.download_mb:.0f} MB" if one.download_mb else "–",
        )
    return table


def tools_table(catalog: Catalog) -> Table:
    """List tools, and the plug-ins that could not be used."""
    table = _table("tool", "what it does", "models")
    for name, tool in sorted(catalog.tools.items()):
        models = ", ".join(model.card.name for model in catalog.models_of(name))
        table.add_row(name, tool.summary, models or "signal processing")
    for problem in catalog.problems:
        table.add_row(f"! {problem.plugin}", f"{problem.source}: {problem.message}", "not usable")
    return table


def tool_details(tool: Tool, catalog: Catalog) -> str:
    """Explain a tool: parameters, results, models."""
    lines = [f"{tool.name}: {tool.summary}", "", tool.description, "", "Parameters:"]
    lines += [f"  {_signature(one)}  {one.description}" for one in tool.parameters.values()]
    results = ", ".join(f"{name} ({kind})" for name, kind in tool.outputs.items())
    lines += ["", f"Gives: {results}"]
    for model in catalog.models_of(tool.name):
        card = model.card
        lines.append(f"Model: {card.name}, licence {card.licence}, {card.memory_mb} MiB of memory")
    return "\n".join(lines)


def _signature(parameter: Parameter) -> str:
    kinds = "|".join(sorted(parameter.kinds))
    name = "|".join(
        part for part in ("" if parameter.type == "artifact" else parameter.type, kinds) if part
    )
    if parameter.choices:
        name = "|".join(parameter.choices)
    default = "" if parameter.required else f" = {parameter.default}"
    return f"{parameter.name}: {name}{default}"


def models_table(
    catalog: Catalog, cache: CheckpointCache, checkpoints: Mapping[str, Checkpoint]
) -> Table:
    """List models with licence, size, memory and whether their weights are here."""
    table = _table("model", "tool", "licence", "weights", "memory", "installed", "source")
    listed: set[str] = set()
    for model in sorted(catalog.models, key=lambda one: (one.tool, -one.card.quality)):
        card, weights = model.card, model.card.checkpoint
        listed |= {card.name} | ({weights.name} if weights else set())
        table.add_row(
            card.name,
            model.tool,
            card.licence,
            f"{weights.size_mb:.0f} MB" if weights else "none",
            f"{card.memory_mb} MiB",
            "yes" if weights is None or cache.path(weights) else "no",
            _sources(weights),
        )
    for name, weights in checkpoints.items():
        if name not in listed:
            installed = "yes" if cache.path(weights) else "no"
            row = (name, "planning", weights.licence, f"{weights.size_mb:.0f} MB", "–", installed)
            table.add_row(*row, _sources(weights))
    return table


def _sources(weights: Checkpoint | None) -> str:
    if weights is None:
        return ""
    labels: list[str] = []
    for source in weights.sources:
        for parts in source.values():
            first = parts[0] if isinstance(parts, Sequence) else parts
            label = first.package.label
            if label not in labels:
                labels.append(label)
            break
    return ", ".join(labels)


def sessions_table(records: Sequence[SessionRecord]) -> Table:
    """List conversations."""
    table = _table("session", "turns", "artifacts", "last used")
    for one in records:
        table.add_row(one.name, str(one.num_turns), str(one.num_handles), _when(one.used))
    return table


def runs_table(records: Sequence[RunRecord]) -> Table:
    """List runs."""
    table = _table("run", "state", "begun", "took", "steps")
    for one in records:
        took = duration_in_words(one.finished - one.created) if one.finished else "–"
        steps = ", ".join(f"{step.tool}{'*' if step.cached else ''}" for step in one.steps)
        table.add_row(str(one.id), one.state, _when(one.created), took, steps)
    return table


def run_table(record: RunRecord) -> Table:
    """Show the steps of a run."""
    table = _table("step", "tool", "model", "why", "state", "took", "error")
    for step in record.steps:
        table.add_row(
            step.step_id,
            step.tool,
            step.model or "signal processing",
            step.reason,
            f"{step.state}{' (already there)' if step.cached else ''}",
            duration_in_words(step.duration),
            str((step.error or {}).get("message", "")),
        )
    return table


def artifact_details(handle: str, artifact: Artifact, store: Store) -> str:
    """Show what an artifact is, how it was made, and from what."""
    lines = [
        f"{handle}  {artifact.kind}  {artifact.name}",
        f"stored   {artifact.size} bytes, {artifact.media_type}, sha256 {artifact.sha256}",
        f"made     {_when(artifact.created)}",
    ]
    lines += [f"{name:<16} {value}" for name, value in sorted(artifact.facts.items())]
    if artifact.recipe is None:
        return "\n".join([*lines, "handed over"])
    recipe: dict[str, Any] = asdict(artifact.recipe)
    parents = recipe.pop("parents")
    lines.append("recipe   " + json.dumps(recipe, ensure_ascii=False, default=str))
    for parent in parents:
        known = store.artifact(parent)
        lines.append(f"from     {known.kind} {known.name} (sha256 {known.sha256[:16]}…)")
    return "\n".join(lines)


def log_tree(name: str, turns: Sequence[Turn], head: int | None) -> Tree:
    """Show the turns of a conversation; the arrow marks where it stands."""
    root = Tree(name)
    branches: dict[int | None, Tree] = {None: root}
    for turn in turns:
        mark = " ←" if turn.id == head else ""
        label = f"{turn.number}: {turn.request} ({turn.state}){mark}".replace("[", "\\[")
        branches[turn.id] = branches[turn.parent_id].add(label)
    return root


def _when(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))
