"""Run the benchmarks: ``python -m bench [section…] [--quick] [--long]``."""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from bench import conducting, lengths, memory, planning, report, sounds, speed, start
from bench.figures import Figure
from bench.studio import Bench, CaseFailed, MissingPart
from tonmeister.config import load_settings
from tonmeister.errors import TonmeisterError
from tonmeister.evaluation import machine

__all__ = ["main"]

SECTIONS: Mapping[str, Callable[[Bench], Iterator[Figure]]] = {
    "start": start.measure,
    "planning": planning.measure,
    "conducting": conducting.measure,
    "transcribe": speed.measure_transcribe,
    "peer": speed.measure_peer,
    "synthesize": speed.measure_synthesize,
    "sounds": sounds.measure,
    "lengths": lengths.measure,
    "memory": memory.measure_length,
    "unloading": memory.measure_unloading,
}


def main() -> None:
    """Measure the sections asked for, print them, and keep them in ``bench.json``."""
    options = _options()
    console, progress = Console(), Console(stderr=True, style="dim")
    results = report.load_results(options.json)
    results["machine"] = machine.description()
    kept = results.setdefault("sections", {})
    with tempfile.TemporaryDirectory(prefix="tonmeister-bench-") as folder:
        home = Path(folder)
        settings = load_settings({"home": home / "home", "pull": "never", "llm": "off"})
        bench = Bench(settings, quick=options.quick, long=options.long, folder=home)
        for name in options.sections or SECTIONS:
            for section in _run(name, bench, progress):
                kept[name] = section
                results["sections"] = {each: kept[each] for each in SECTIONS if each in kept}
                report.save_results(options.json, results)
            report.show(console, kept[name])
    if options.page is not None:
        options.page.write_text(report.page(results), encoding="utf-8")
    missed = sum(figure["met"] is False for one in kept.values() for figure in one["figures"])
    console.print(f"{missed} goals missed; all numbers are in {options.json}")


def _run(name: str, bench: Bench, progress: Console) -> Iterator[dict[str, Any]]:
    """Yield the section after every figure, so that a run that is stopped leaves what it has."""
    before, began = machine.load(), time.monotonic()
    section: dict[str, Any] = {
        "name": name,
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "quick": bench.quick,
        "figures": [],
        "missing": "stopped before its end",
    }

    def now(**changes: Any) -> dict[str, Any]:
        section.update(changes)
        seconds = round(time.monotonic() - began, 1)
        return {**section, "seconds": seconds, "load": [before, machine.load()]}

    try:
        for figure in SECTIONS[name](bench):
            section["figures"].append(figure.to_dict())
            progress.print(f"{name} · {figure.name}: {figure.value:.4g} {figure.unit}")
            yield now()
    except (MissingPart, CaseFailed) as missing:
        yield now(missing=str(missing))
    except TonmeisterError as error:
        yield now(missing=f"{error.message} {error.hint}")
    else:
        yield now(missing="")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="section", help=", ".join(SECTIONS))
    parser.add_argument("--quick", action="store_true", help="fewer and shorter runs")
    parser.add_argument("--long", action="store_true", help="an hour of transcription, too")
    parser.add_argument("--json", type=Path, default=Path("bench.json"), help="file of results")
    parser.add_argument("--page", type=Path, help="write all results as Markdown")
    options = parser.parse_args()
    unknown = [name for name in options.sections if name not in SECTIONS]
    if unknown:
        parser.error(f"unknown section {', '.join(unknown)}; sections: {', '.join(SECTIONS)}")
    return options


if __name__ == "__main__":
    main()
