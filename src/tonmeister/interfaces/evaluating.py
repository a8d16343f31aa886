"""The command ``tonmeister eval``: how requests are planned, what holds, what tools can do."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from tonmeister.errors import ConfigError

__all__ = ["evaluate"]

PLANNERS = ("recognizer", "embedded", "remote", "auto")
PLANNER_HELP = "No language model (recognizer), or this one for what is open without."
FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False)
PLACE = click.Path(path_type=Path)
TOLD = 20


class _Suites(click.Group):
    """A group that says which suites there are when it is asked for another."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            known = ", ".join(sorted(self.commands))
            raise ConfigError(f"`eval` has no suite '{args[0]}' in this version; it has: {known}.")
        return super().resolve_command(ctx, args)


def _report_options(command: Any) -> Any:
    for option in (
        click.option("--report", type=FOLDER, help="Folder for report.html and report.json."),
        click.option("--compare", type=PLACE, help="Report of an earlier run, or its folder."),
    ):
        command = option(command)
    return command


@click.group("eval", cls=_Suites, invoke_without_command=True)
@click.option("--planner", type=click.Choice(PLANNERS), default="auto", help=PLANNER_HELP)
@_report_options
@click.pass_context
def evaluate(ctx: click.Context, planner: Any, report: Path | None, compare: Path | None) -> None:
    """Measure Tonmeister itself; without a suite, run all of them.

    The capability suite needs a clone; without one it is left out, which is said.
    """
    if ctx.invoked_subcommand is not None:
        return
    from tonmeister.evaluation.running import Chosen, asked, run_planning, run_robustness

    old = _earlier(compare)
    suites = {
        "planning": run_planning(planner, Chosen(), _tell),
        "robustness": run_robustness(None, _tell),
        f"robustness with {planner}": run_robustness(planner, _tell),
    }
    try:
        suites["capability"] = _capability((), part=False)
    except ConfigError as error:
        click.echo(f"capability is left out: {error}", err=True)
    _finish(suites, asked(planner), report, old)
    if "capability" in suites:
        _name_failed(suites["capability"])


@evaluate.command()
@click.option(
    "--split",
    type=click.Choice(["development", "held-out", "all"]),
    default="all",
    help="Cases to develop on, those kept apart to measure, or all (the default).",
)
@click.option("--language", type=click.Choice(["en", "pt"]), help="Only requests in this language.")
@click.option("--category", multiple=True, help="Only this kind of request; may be repeated.")
@click.option("--limit", type=click.IntRange(min=1), help="So many cases, of every kind its share.")
@click.option("--planner", type=click.Choice(PLANNERS), default="auto", help=PLANNER_HELP)
@click.option(
    "--taskbench",
    type=FOLDER,
    help="Folder with TaskBench's data_multimedia; its requests are planned as well.",
)
@_report_options
def planning(
    split: str,
    language: str | None,
    category: tuple[str, ...],
    limit: int | None,
    planner: Any,
    taskbench: Path | None,
    report: Path | None,
    compare: Path | None,
) -> None:
    """Plan requests with known answers; nothing is executed.

    A planner is asked as in a conversation, with what is at hand and what was said before. Scores:
    exact plans, tools, edges, arguments, refusals, seconds, calls and tokens of the language
    model, and whether answers that are called sure are right.
    """
    from tonmeister.evaluation.running import Chosen, asked, run_planning, run_taskbench

    old = _earlier(compare)
    splits = ("development", "held-out") if split == "all" else (split,)
    suites = {"planning": run_planning(planner, Chosen(splits, language, category, limit), _tell)}
    if taskbench is not None:
        suites["taskbench"] = run_taskbench(planner, taskbench, _tell)
    _finish(suites, asked(planner), report, old)


@evaluate.command()
@click.option(
    "--planner",
    type=click.Choice(["scripted", *PLANNERS]),
    default="scripted",
    help="Answers as the scenarios are written (the default), or a real planner.",
)
@_report_options
def robustness(planner: Any, report: Path | None, compare: Path | None) -> None:
    """Act out conversations in which something goes wrong, and look at what holds.

    Long chains, unsupported tasks, errors of tools and workers, context out of order. It needs no
    weights: transcription and speech enhancement are stood in for. The exit code is 1 when a
    scenario does not pass.
    """
    from tonmeister.evaluation.running import asked, run_robustness

    old = _earlier(compare)
    suite = run_robustness(None if planner == "scripted" else planner, _tell)
    _finish({"robustness": suite}, asked(planner), report, old)
    failed = [one for one in suite["results"] if not one["right"]]
    for one in failed:
        click.echo(f"not passed: {one['key']}: {one['said']}")
    sys.exit(1 if failed or not suite["complete"] else 0)


@evaluate.command()
@click.option(
    "--tool",
    "tools",
    multiple=True,
    metavar="NAME",
    help="Only numbers of this tool; may be repeated. Test files that name it are run as a whole.",
)
@click.option("--part", is_flag=True, help="Measure a part of the data, which is much quicker.")
@_report_options
def capability(
    tools: tuple[str, ...], part: bool, report: Path | None, compare: Path | None
) -> None:
    """Measure what the tools can do, on named data with known truth.

    It runs the tests of tests/capability, so it needs a clone, and weights. All the data takes
    long; numbers on a part of it are compared only with numbers on a part. The exit code is 1
    when a bound does not hold.
    """
    old = _earlier(compare)
    suite = _capability(tools, part=part)
    name = "capability on a part of the data" if part else "capability"
    _finish({name: suite}, {"asked for": "none"}, report, old)
    _name_failed(suite)
    sys.exit(1 if suite["failed"] or not suite["complete"] else 0)


@evaluate.command()
@click.option("--gates", type=FILE, help="File with other gates than those that come along.")
@_report_options
def gate(gates: Path | None, report: Path | None, compare: Path | None) -> None:
    """Plan a fixed choice of cases; the exit code is 1 when a score is below its gate."""
    from tonmeister.evaluation.gates import load_gates
    from tonmeister.evaluation.running import Chosen, asked, run_planning

    old = _earlier(compare)
    chosen = load_gates(gates) if gates else load_gates()
    cases = Chosen(splits=chosen.splits, limit=chosen.cases)
    suite = run_planning(chosen.planner, cases, _tell)
    _finish({"planning": suite}, asked(chosen.planner), report, old)
    faults = [*chosen.faults(suite), *([] if suite["complete"] else ["it was stopped"])]
    for fault in faults:
        click.echo(f"below its gate: {fault}")
    sys.exit(1 if faults else 0)


def _capability(tools: tuple[str, ...], *, part: bool) -> dict[str, Any]:
    from tonmeister.evaluation.capability import clone, measured, results_of

    return results_of(measured(clone(), tools, part=part), tools)


def _name_failed(suite: Mapping[str, Any]) -> None:
    """Say what was not measured, and which bounds do not hold."""
    for note in suite["notes"]:
        click.echo(note)
    for one in suite["failed"]:
        click.echo(f"failed: {one['test']}: {one['said']}")


def _tell(done: int, wanted: int, right: int) -> None:
    """Say how far it is, some times in all."""
    if done % max(1, wanted // TOLD) == 0 or done == wanted:
        click.echo(f"{done} of {wanted}, {right} right", err=True)


def _earlier(path: Path | None) -> dict[str, Any] | None:
    from tonmeister.evaluation.report.document import load_document

    if path is None:
        return None
    return load_document(path / "report.json" if path.is_dir() else path)


def _finish(
    suites: Mapping[str, Any],
    planner: Mapping[str, Any],
    report: Path | None,
    old: Mapping[str, Any] | None,
) -> None:
    from tonmeister.evaluation.report.changes import changes
    from tonmeister.evaluation.report.document import document, save_report
    from tonmeister.evaluation.report.page import page, summary

    made = document(suites, planner)
    different = changes(old, made) if old else None
    click.echo(summary(made, different))
    if report is not None:
        html, values = save_report(report, made, page(made, different))
        click.echo(f"Report: {html} and {values.name}")
