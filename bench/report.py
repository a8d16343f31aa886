"""The results: a table to read, ``bench.json`` to compare, a page for the documentation."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

__all__ = ["load_results", "page", "save_results", "show"]

MARKS = {True: "ok", False: "missed", None: ""}


def load_results(path: Path) -> dict[str, Any]:
    """Return earlier results, so that one section can be measured again; empty without any."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def save_results(path: Path, results: Mapping[str, Any]) -> None:
    """Write the results as JSON."""
    path.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def show(console: Console, section: Mapping[str, Any]) -> None:
    """Print a section as a table; a note stands below what it is about."""
    table = Table("what", title=_title(section), title_justify="left", box=SIMPLE_HEAD)
    for name in ("median", "spread (runs)", "goal"):
        table.add_column(name, justify="right")
    table.add_column("")
    for what, *numbers, note in _rows(section["figures"]):
        table.add_row(f"{what}\n[dim]{note}[/dim]" if note else what, *numbers)
    console.print(table if section["figures"] else _title(section))
    if section["missing"]:
        console.print(f"  not measured: {section['missing']}\n")


def page(results: Mapping[str, Any]) -> str:
    """Return all results as a page of Markdown."""
    machine = results["machine"]
    packages = ", ".join(f"{name} {version}" for name, version in machine["packages"].items())
    lines = [
        "# Benchmarks",
        "",
        "Written by `python -m bench --page docs/bench.md`; do not edit. Run `make bench` for the",
        "numbers of your machine. Each number is the median of several runs with the lowest and",
        "the highest; what is compared took turns within one run. *Load* is the number of",
        "programs that wanted the processor before and after: above the number of cores, others",
        "worked on the machine, too.",
        "",
        f"- Machine: {machine['cores']} cores ({machine['processor']}), "
        f"{machine['memory_gb']} GB, {machine['system']}",
        f"- Versions: Python {machine['python']}, {packages}",
    ]
    for section in results["sections"].values():
        lines += ["", f"## {section['name']}", "", _title(section)[len(section["name"]) + 2 :], ""]
        lines += ["| what | median | spread | goal | | note |", "|---|--:|--:|--:|---|---|"]
        lines += [f"| {' | '.join(row)} |" for row in _rows(section["figures"])]
        if section["missing"]:
            lines += ["", f"Not measured: {section['missing']}"]
    return "\n".join(lines) + "\n"


def _title(section: Mapping[str, Any]) -> str:
    before, after = section["load"]
    kind = ", quick" if section["quick"] else ""
    taken = f"{section['seconds']:.0f} s"
    return f"{section['name']}: {section['date']}, {taken}, load {before} → {after}{kind}"


def _rows(figures: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, ...]]:
    for figure in figures:
        unit = f" {figure['unit']}" if figure["unit"] else ""
        spread = f"{_number(figure['low'])}–{_number(figure['high'])} ({figure['runs']})"
        goal = figure["goal"]
        yield (
            figure["name"],
            f"{_number(figure['value'])}{unit}",
            spread if figure["runs"] > 1 else "",
            f"{goal['relation']} {goal['limit']:g}" if goal else "",
            MARKS[figure["met"]],
            figure["note"],
        )


def _number(value: float) -> str:
    if value == round(value):
        return f"{value:.0f}"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
