"""Sub-commands beside requests: tools, models, voices, sessions, results."""

import difflib
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tonmeister.errors import ConfigError
from tonmeister.interfaces.opening import (
    approval,
    confirmation,
    known_weights,
    opened,
    opened_store,
    session_record,
    shown_progress,
)
from tonmeister.interfaces.recipes import recipe

if TYPE_CHECKING:
    from collections.abc import Generator

    from tonmeister.checkpoints import Checkpoint, Progress
    from tonmeister.session import Session
    from tonmeister.toolspec import Voice

__all__ = ["COMMANDS"]

SAMPLES = {
    "en": "Good morning. This is how I sound when I read something to you.",
    "es": "Buenos días. Así sueno cuando le leo algo.",
    "fr": "Bonjour. Voici comment je lis un texte à voix haute.",
    "hi": "नमस्ते। मैं इस तरह पढ़ती हूँ।",
    "it": "Buongiorno. Ecco come leggo un testo ad alta voce.",
    "ja": "おはようございます。私はこのような声で文章を読みます。",
    "pt": "Bom dia. É assim que eu leio um texto em voz alta.",
    "zh": "早上好。我就是这样朗读文章的。",
}


@click.command()
@click.argument("name", required=False)
@click.option("--why-not", "wanted", metavar="WORDS", help="Tell why something cannot be done.")
def tools(name: str | None, wanted: str | None) -> None:
    """List the tools, or explain one; or tell why there is none for something."""
    from tonmeister.interfaces.tables import show, tool_details, tools_table
    from tonmeister.planner.suggestions import why_not
    from tonmeister.registry import discover

    catalog = discover().offered
    if wanted is not None:
        click.echo(why_not(wanted, catalog))
    elif name is None:
        show(tools_table(catalog))
    elif name in catalog.tools:
        click.echo(tool_details(catalog.tools[name], catalog))
    else:
        raise ConfigError(f"There is no tool '{name}'.", hint="See `tonmeister tools`.")


@click.group(invoke_without_command=True)
@click.pass_context
def models(ctx: click.Context) -> None:
    """List, pull or remove models and their weights."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_models)


@models.command("list")
def list_models() -> None:
    """List the models with licence, size and whether they are installed."""
    from tonmeister.interfaces.tables import models_table, show

    catalog, cache, checkpoints = known_weights()
    show(models_table(catalog, cache, checkpoints))


@models.command()
@click.argument("names", nargs=-1, required=True)
@click.option("--allow-pickle", is_flag=True, help="Accept formats that can run code.")
def pull(names: tuple[str, ...], allow_pickle: bool) -> None:
    """Download and verify the weights of models."""
    _, cache, checkpoints = known_weights(allow_pickle=allow_pickle)
    chosen = [_known(name, checkpoints) for name in names]
    from tonmeister.events import PullProgress

    with shown_progress(False) as on_event:

        def report(progress: "Progress") -> None:
            done, total = progress.received_mb, progress.total_mb
            on_event(PullProgress(progress.checkpoint, done, total))

        for one in chosen:
            click.echo(f"{one.name}: {one.size_mb:.0f} MB, licence {one.licence}", err=True)
            folder = cache.pull(one, on_progress=report)
            click.echo(f"{one.name}: {folder}")


@models.command()
@click.argument("names", nargs=-1, required=True)
def remove(names: tuple[str, ...]) -> None:
    """Delete the weights of models from this machine."""
    _, cache, checkpoints = known_weights()
    for one in [_known(name, checkpoints) for name in names]:
        click.echo(f"{one.name}: {'removed' if cache.remove(one) else 'was not installed'}")


@click.command()
@click.argument("words", nargs=-1)
def sounds(words: tuple[str, ...]) -> None:
    """List the recordings that sounds are made of, or those that match words."""
    from tonmeister.config import load_settings
    from tonmeister.interfaces.tables import show, sounds_table
    from tonmeister.soundfolder import refresh
    from tonmeister.soundlibrary import matching, recorded_sounds

    own, problems = refresh(load_settings())
    for problem in problems:
        click.echo(problem, err=True)
    found = matching(" ".join(words), [*own, *recorded_sounds()])
    if not found:
        said = " ".join(words)
        raise ConfigError(
            f"No recording is called '{said}'.", hint="`tonmeister sounds` lists all of them."
        )
    show(sounds_table(found))


@click.command()
@click.option("--remove", "doomed", help="Forget this session; its files go with `gc`.")
def sessions(doomed: str | None) -> None:
    """List the conversations, the latest first."""
    from tonmeister.interfaces.tables import sessions_table, show

    with opened_store() as store:
        if doomed is None:
            show(sessions_table([one for one in store.history.sessions() if one.num_turns]))
            return
        store.history.remove_session(session_record(store, doomed).id)
        click.echo(f"{doomed}: forgotten")


@click.command()
@click.argument("number", required=False, type=int)
def runs(number: int | None) -> None:
    """List the runs, or show the steps of one."""
    from tonmeister.interfaces.tables import run_table, runs_table, show

    with opened_store() as store:
        if number is None:
            show(runs_table(store.runs.latest()))
        else:
            show(run_table(store.runs.get(number)))


@click.command("show")
@click.argument("handle")
@click.option("--session", help="Conversation; by default the latest.")
def show_artifact(handle: str, session: str | None) -> None:
    """Show an artifact such as @a3: facts, how it was made, and from what."""
    from tonmeister.interfaces.tables import artifact_details

    with opened_store() as store:
        artifact = store.handles.resolve(session_record(store, session).id, handle)
        click.echo(artifact_details(handle, artifact, store))


@click.command()
@click.argument("handle")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--session", help="Conversation; by default the latest.")
@click.option("--force", is_flag=True, help="Replace an existing file.")
def export(handle: str, path: Path, session: str | None, force: bool) -> None:
    """Write an artifact such as @a3 to a file; the extension chooses the format."""
    with opened({}) as owner:
        record = session_record(owner.studio.store, session)
        click.echo(owner.session(record.name).export(handle, path, force=force).text)


@click.command()
@click.option("--budget", type=int, help="Size to shrink to in MiB; by default the setting.")
def gc(budget: int | None) -> None:
    """Delete stored results that are least likely to be needed."""
    from tonmeister.config import load_settings

    with opened_store() as store:
        report = store.gc(budget if budget is not None else load_settings().store_budget_mb)
        freed = f"{report.freed / 2**20:.0f} MiB"
        kept = f"{report.size / 2**20:.0f} MiB"
        click.echo(f"Deleted {report.dropped} files, freed {freed}; {kept} are kept.")


@contextmanager
def _conversation(session: str | None) -> "Generator[Session]":
    with opened({}) as owner:
        yield owner.session(session_record(owner.studio.store, session).name)


@click.command()
@click.option("--language", help="Only voices of this language, such as en or pt.")
@click.option("--sample", help="Write a sentence of this voice to a WAV file.")
@click.option("--force", is_flag=True, help="Replace an existing file.")
@click.option("-y", "--yes", is_flag=True, help="Agree to what would be asked first.")
def voices(language: str | None, sample: str | None, force: bool, yes: bool) -> None:
    """List the voices that read aloud, or hear one."""
    from tonmeister.interfaces.tables import show, voices_table
    from tonmeister.registry import discover

    found = [(one.card.name, voice) for one in discover().models for voice in one.card.voices]
    found = list(dict.fromkeys(found))  # a model of several tools has a card for each
    if sample is not None:
        _write_sample(sample, {voice.name: voice for _, voice in found}, force, yes)
        return
    shown = [pair for pair in found if language in (None, pair[1].language)]
    if not shown:
        known = ", ".join(sorted({voice.language for _, voice in found}))
        raise ConfigError(f"No voice speaks '{language}'.", hint=f"Languages: {known}.")
    show(voices_table(shown))


def _write_sample(name: str, known: "dict[str, Voice]", force: bool, yes: bool) -> None:
    from tonmeister.plan import Plan, Step

    if name not in known:
        close = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
        meant = f"Did you mean '{close[0]}'? " if close else ""
        raise ConfigError(f"There is no voice '{name}'.", hint=f"{meant}See `tonmeister voices`.")
    voice = known[name]
    args = {"text": SAMPLES[voice.language], "voice": name, "language": voice.language}
    plan = Plan(steps=(Step(id="s1", tool="synthesize_speech", args=args),))
    with opened({}) as owner:
        conversation = owner.session("voices")
        with shown_progress(False) as on_event:
            reply = conversation.carry_out(
                conversation.propose_plan(plan, f"voice {name}"),
                conversation.target((), Path(f"{name}.wav"), force=force),
                on_event=on_event,
                confirm=confirmation(yes),
            )
        click.echo(reply.text)
        sys.exit(reply.exit_code)


@click.command()
@click.argument("count", type=click.IntRange(min=1), default=1)
@click.option("--before", type=int, help="Number of a turn to go back to before.")
@click.option("--session", help="Conversation; by default the latest.")
def undo(count: int, before: int | None, session: str | None) -> None:
    """Go back to before the latest request, or the latest COUNT."""
    with _conversation(session) as conversation:
        click.echo(conversation.undo(count=count, before=before).text)


@click.command()
@click.argument("count", type=click.IntRange(min=1), default=1)
@click.option("--session", help="Conversation; by default the latest.")
def redo(count: int, session: str | None) -> None:
    """Return to the request that was undone last, or the last COUNT."""
    with _conversation(session) as conversation:
        click.echo(conversation.redo(count=count).text)


@click.command()
@click.argument("turn", type=int)
@click.option("--session", help="Conversation; by default the latest.")
def checkout(turn: int, session: str | None) -> None:
    """Go to any turn of a conversation; what follows becomes a branch."""
    with _conversation(session) as conversation:
        click.echo(conversation.checkout(turn).text)


@click.command()
@click.argument("first")
@click.argument("second")
@click.option("--session", help="Conversation; by default the latest for handles, else a new one.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder for the results.")
def compare(first: str, second: str, session: str | None, output: Path | None) -> None:
    """Compare two recordings at equal loudness: files, or handles such as @a3."""
    given = [(name, None if name.startswith("@") else Path(name)) for name in (first, second)]
    files = [file for _, file in given if file is not None]
    named = [name if file is None else "this file" for name, file in given]
    text = (
        "compare these two files" if len(files) == len(given) else f"compare {' with '.join(named)}"
    )
    with opened({}) as owner:
        if len(files) < len(given):
            session = session_record(owner.studio.store, session).name
        with shown_progress(False) as on_event:
            reply = owner.session(session).ask(text, files, output=output, on_event=on_event)
        click.echo(reply.text)
        sys.exit(reply.exit_code)


@click.command()
@click.option("--session", help="Conversation; by default the latest.")
def log(session: str | None) -> None:
    """Show the turns of a conversation as a tree."""
    from tonmeister.interfaces.tables import log_tree, show

    with opened_store() as store:
        record = session_record(store, session)
        head = store.history.head(record.id)
        show(log_tree(record.name, store.history.turns(record.id), head.id if head else None))


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("words", required=False)
@click.option("--like", type=click.Path(path_type=Path), help="Find what sounds like this file.")
@click.option("--limit", type=click.IntRange(1, 1000), default=10, help="Recordings at most.")
@click.option("-y", "--yes", is_flag=True, help="Download missing weights without asking.")
def search(folder: Path, words: str | None, like: Path | None, limit: int, yes: bool) -> None:
    """Find recordings in FOLDER by WORDS such as "a dog barking", or by example.

    The folder is indexed first; only what is new or changed is listened to. Without words and
    example it is only indexed.
    """
    from tonmeister.interfaces.tables import found_table, show
    from tonmeister.soundsearch import SoundSearch

    def report(number: int, count: int, name: str) -> None:
        click.echo(f"\r{number}/{count} {name[:60]:<60}", err=True, nl=number == count)

    with opened({}) as owner:
        searching = SoundSearch(owner.studio, approve=approval(yes), on_file=report)
        if words or like:
            found, done = searching.find(folder, words, like, limit)
        else:
            found, done = [], searching.index(folder)[1]
    for name, message in done.unreadable.items():
        click.echo(f"{name}: {message}", err=True)
    told = f"{done.total} recordings, {done.listened} new or changed, {done.forgotten} forgotten"
    click.echo(f"{told}, {len(done.unreadable)} unreadable.", err=True)
    if words or like:
        show(found_table(found, folder))


def _known(name: str, checkpoints: "dict[str, Checkpoint]") -> "Checkpoint":
    if name not in checkpoints:
        known = ", ".join(sorted(checkpoints))
        raise ConfigError(f"There is no model '{name}'; there are: {known}.")
    return checkpoints[name]


COMMANDS: tuple[click.Command, ...] = (
    search,
    tools,
    models,
    voices,
    sessions,
    sounds,
    runs,
    show_artifact,
    export,
    gc,
    recipe,
    undo,
    redo,
    checkout,
    compare,
    log,
)
