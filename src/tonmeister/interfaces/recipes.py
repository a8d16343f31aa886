"""The command ``tonmeister recipe``: save a conversation, show it, run it on other files."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tonmeister.errors import ConfigError
from tonmeister.interfaces.opening import (
    approval,
    interruptible,
    opened,
    opened_store,
    session_record,
    shown_progress,
)

if TYPE_CHECKING:
    from tonmeister.recipes.running import FileOutcome, OnFile

__all__ = ["recipe"]

STOPPED = 130
FILE = click.Path(path_type=Path)


@click.group()
def recipe() -> None:
    """Save a conversation as a recipe, show it, run it on other files."""


@recipe.command()
@click.argument("session")
@click.argument("file", type=FILE)
@click.option("--name", help="What it is called; by default as the conversation.")
@click.option("--up-to", metavar="@A5", help="Leave out what came after this result.")
@click.option("--force", is_flag=True, help="Replace an existing file.")
def save(session: str, file: Path, name: str | None, up_to: str | None, force: bool) -> None:
    """Write what was done in SESSION to FILE, a text in TOML that you can edit.

    Only its current branch: what was undone is not in it.
    """
    from tonmeister.recipes.saving import recipe_of_session
    from tonmeister.registry import discover

    tools = discover().tools
    with opened_store() as store:
        record = session_record(store, session)
        made = recipe_of_session(store, record, tools, name=name, up_to=up_to)
    made.save(file, force=force)
    click.echo(f"{file}: {len(made.steps)} steps of {len(made.requests)} requests.")
    for one in made.left_out:
        click.echo(f"Left out: {one}.")
    for one in made.outputs:
        if not one.deliver:
            click.echo(f"Not delivered, because a later request refined it: {one.result}.")
    for role in made.others:
        click.echo(f"Each run is given '{role}' too: --with {role}=FILE.")
    for tool in made.asks_consent(tools):
        click.echo(f'{tool} needs consent anew in each run: --consent "…".')


@recipe.command()
@click.argument("file", type=FILE)
def show(file: Path) -> None:
    """Show what a recipe does, what it takes and gives, and what differs on this machine."""
    from tonmeister.interfaces.recipe_tables import recipe_head, recipe_table
    from tonmeister.interfaces.tables import show as show_table
    from tonmeister.recipes.machine import standings
    from tonmeister.recipes.recipe import Recipe

    known = Recipe.load(file)
    with opened({}) as owner:
        click.echo(recipe_head(known, owner.studio.catalog.tools))
        show_table(recipe_table(known, standings(known, owner.studio), owner.studio.catalog.tools))
        known.demand(owner.studio.catalog.offered.tools)


@recipe.command()
@click.argument("file", type=FILE)
@click.argument("paths", nargs=-1, type=FILE)
@click.option("-o", "--output", type=FILE, help="Folder for the results; else beside each file.")
@click.option("--with", "others", multiple=True, metavar="ROLE=FILE", help="Another file it takes.")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, help="Files at once, at most.")
@click.option("--force", is_flag=True, help="Replace existing files.")
@click.option(
    "--models",
    type=click.Choice(["recorded", "current"]),
    default="recorded",
    help="Insist on the models of the recipe, or take those that are here.",
)
@click.option("--consent", default="", help="The words in which the owner of a voice agrees.")
@click.option("--workers", type=int, help="Worker processes at most.")
@click.option("-y", "--yes", is_flag=True, help="Download missing weights without asking.")
@click.option("-q", "--quiet", is_flag=True, help="Show no progress.")
def run(
    file: Path,
    paths: tuple[Path, ...],
    output: Path | None,
    others: tuple[str, ...],
    jobs: int,
    force: bool,
    models: str,
    consent: str,
    workers: int | None,
    yes: bool,
    quiet: bool,
) -> None:
    """Run a recipe on PATHS: files, and every file in folders that it takes.

    One bad file does not stop the others. Run it again to go on where it stopped: what is
    finished is not done again.
    """
    from tonmeister.interfaces.recipe_tables import outcomes_table
    from tonmeister.interfaces.tables import show as show_table
    from tonmeister.recipes.recipe import Recipe
    from tonmeister.recipes.running import RecipeRun

    known = Recipe.load(file)
    with opened({"workers": workers}) as owner, shown_progress(quiet) as on_event:
        running = RecipeRun(
            owner.studio,
            known,
            output=output,
            others=_named(others),
            jobs=jobs,
            force=force,
            models="current" if models == "current" else "recorded",
            consent=consent,
            approve=approval(yes),
            on_file=None if quiet else _reporter(),
            on_event=on_event,
        )
        with interruptible(running):
            report = running.run(paths)
    if report.jobs < min(jobs, len(report.outcomes)) and not quiet:
        told = f"{report.jobs} of {jobs} files at once: workers or memory_budget_mb allow no more."
        click.echo(told, err=True)
    show_table(outcomes_table(report.outcomes))
    if report.exit_code == STOPPED:
        click.echo("Stopped. Run the same command again to go on.", err=True)
    sys.exit(report.exit_code)


def _named(pairs: Sequence[str]) -> dict[str, Path]:
    named: dict[str, Path] = {}
    for pair in pairs:
        role, _, path = pair.partition("=")
        if not path:
            raise ConfigError(f"--with takes ROLE=FILE, not '{pair}'.")
        named[role] = Path(path)
    return named


def _reporter() -> "OnFile":
    from tonmeister.interfaces.recipe_tables import STATES

    def report(outcome: "FileOutcome", number: int, count: int) -> None:
        name = outcome.path.name if outcome.path else "recipe"
        told = f": {' '.join(outcome.message.split())}" if outcome.message else ""
        seconds = f", {outcome.seconds:.1f} s" if outcome.seconds else ""
        click.echo(f"{number}/{count} {name}: {STATES[outcome.state]}{seconds}{told}", err=True)

    return report
