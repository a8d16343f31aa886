"""The command ``tonmeister eval``: how well requests are planned, and what holds under stress."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tonmeister.errors import ConfigError

if TYPE_CHECKING:
    from tonmeister.evaluation.planning.answers import Judged
    from tonmeister.evaluation.planning.cases import Case

__all__ = ["evaluate"]

PLANNERS = ("recognizer", "embedded", "remote", "auto")
FOLDER = click.Path(path_type=Path, file_okay=False)


class _Suites(click.Group):
    """A group that says which suites there are when it is asked for another."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            raise ConfigError(
                f"There is no suite '{args[0]}'; there are: {', '.join(sorted(self.commands))}."
            )
        return super().resolve_command(ctx, args)


def _report_options(command: Any) -> Any:
    for option in (
        click.option("--report", type=FOLDER, help="Folder for report.html and report.json."),
        click.option(
            "--compare",
            type=click.Path(path_type=Path, dir_okay=False),
            help="report.json of an earlier run.",
        ),
        click.option(
            "--planner",
            type=click.Choice(PLANNERS),
            help="Planner: the recognizer alone, or it and then a language model.",
        ),
    ):
        command = option(command)
    return command


@click.group("eval", cls=_Suites, invoke_without_command=True)
@_report_options
@click.pass_context
def evaluate(ctx: click.Context, planner: str | None, **options: Any) -> None:
    """Measure Tonmeister itself; without a suite, run all of them."""
    if ctx.invoked_subcommand is None:
        planner = planner or "auto"
        suites = _planning(planner, ("development", "held-out"), None, (), None)
        _finish(suites, planner, **options)


@evaluate.command()
@click.option(
    "--split",
    type=click.Choice(["development", "held-out", "all"]),
    default="all",
    show_default=True,
    help="Cases to develop on, or those kept apart to measure.",
)
@click.option("--language", type=click.Choice(["en", "pt"]), help="Only requests in this language.")
@click.option("--category", multiple=True, help="Only this kind of request; may be repeated.")
@click.option("--limit", type=click.IntRange(min=1), help="So many cases, of every kind its share.")
@_report_options
def planning(
    split: str,
    language: str | None,
    category: tuple[str, ...],
    limit: int | None,
    planner: str | None,
    **options: Any,
) -> None:
    """Plan requests with known answers; nothing is executed.

    A planner is asked as in a conversation, with what is at hand and what was said before. Scores:
    exact plans, tools, edges, arguments, refusals, seconds, calls and tokens of the language
    model, and whether answers that are called sure are right.
    """
    planner = planner or "auto"
    splits = ("development", "held-out") if split == "all" else (split,)
    suites = _planning(planner, splits, language, category, limit)
    _finish(suites, planner, **options)


def _planning(
    planner: str,
    splits: tuple[str, ...],
    language: str | None,
    categories: tuple[str, ...],
    limit: int | None,
) -> dict[str, Any]:
    from tonmeister.evaluation.planning.cases import CATEGORIES, load_cases, spread
    from tonmeister.evaluation.planning.suite import judged_cases, results_of
    from tonmeister.registry import discover

    unknown = [name for name in categories if name not in CATEGORIES]
    if unknown:
        message = f"There is no category '{unknown[0]}'; there are: {', '.join(CATEGORIES)}."
        raise ConfigError(message)
    catalog = discover().offered
    cases = spread(
        [
            case
            for case in load_cases(catalog, splits)
            if language in (None, case.language) and (not categories or case.category in categories)
        ],
        limit,
    )
    if not cases:
        raise ConfigError("No case is left to evaluate.", hint="Choose fewer restrictions.")
    planners = _planners(planner, catalog)
    judged: list[Judged] = []
    try:
        for one in judged_cases(cases, planners, catalog):
            judged.append(one)
            _tell(judged, cases)
    except KeyboardInterrupt:
        click.echo("Stopped; the report has what was judged before.", err=True)
    finally:
        planners.close()
    return {"planning": results_of(judged, len(cases))}


def _planners(planner: str, catalog: Any) -> Any:
    from tonmeister.checkpoints import CheckpointCache
    from tonmeister.config import load_settings
    from tonmeister.planner.choice import Planners

    llm = {"recognizer": "off", "auto": None}.get(planner, planner)
    settings = load_settings({"llm": llm})
    return Planners(settings, CheckpointCache(settings.weights), catalog)


def _tell(judged: "list[Judged]", cases: "list[Case]") -> None:
    """Say how far it is, about twenty times in all."""
    if len(judged) % max(1, len(cases) // 20) == 0 or len(judged) == len(cases):
        right = sum(one.right for one in judged)
        click.echo(f"{len(judged)} of {len(cases)} planned, {right} right", err=True)


def _finish(
    suites: Mapping[str, Any], planner: str, report: Path | None, compare: Path | None
) -> None:
    from tonmeister.evaluation.report.changes import changes
    from tonmeister.evaluation.report.document import document, load_document, save_report
    from tonmeister.evaluation.report.page import page, shown

    made = document(suites, {"asked for": planner})
    different = changes(load_document(compare), made) if compare else None
    for name, suite in suites.items():
        click.echo(f"\n{name}")
        old = (different or {"suites": {}})["suites"].get(name)
        for score, value in suite["scores"].items():
            before = f"  (before {shown(score, old['scores'][score][0])})" if old else ""
            click.echo(f"  {score:22} {shown(score, value)}{before}")
    if report is not None:
        html, values = save_report(report, made, page(made, different))
        click.echo(f"\nReport: {html}, {values}")
