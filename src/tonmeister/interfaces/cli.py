"""The command line: ``tonmeister "request" files…`` and its sub-commands."""

import contextlib
import re
import signal
import sys
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tonmeister.errors import ConfigError, TonmeisterError

if TYPE_CHECKING:
    from tonmeister.checkpoints import Checkpoint, Progress
    from tonmeister.events import OnEvent
    from tonmeister.reply import Reply
    from tonmeister.session import Proposal, Session, Tonmeister

__all__ = ["main"]

DEFAULT_COMMAND = "ask"
FILE = click.Path(path_type=Path)


class _RequestGroup(click.Group):
    """A group whose first argument may be a request instead of a sub-command."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] in self.commands:
            return super().resolve_command(ctx, args)
        return DEFAULT_COMMAND, self.commands[DEFAULT_COMMAND], args

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {"--help", "--version", "--debug"}
        first = next((arg for arg in args if arg not in own), None)
        if first is not None and first.startswith("-"):  # an option of `ask` before the request
            args = [*[arg for arg in args if arg == "--debug"], DEFAULT_COMMAND, *args]
        return super().parse_args(ctx, args)


@click.group(
    cls=_RequestGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="tonmeister")
@click.option("--debug", is_flag=True, help="Show tracebacks.")
@click.pass_context
def cli(ctx: click.Context, debug: bool) -> None:
    """An AI sound engineer on your own machine.

    Say what you want and hand over recordings:

        tonmeister "clean up this recording and give me subtitles" interview.m4a
    """
    ctx.ensure_object(dict)["debug"] = debug
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def _settings_options(command: Any) -> Any:
    for option in (
        click.option("--session", help="Conversation to continue."),
        click.option("--prefer", type=click.Choice(["quality", "speed"]), help="Choose models by."),
        click.option("--workers", type=int, help="Worker processes at most."),
        click.option("-y", "--yes", is_flag=True, help="Download missing weights without asking."),
    ):
        command = option(command)
    return command


def _output_options(command: Any) -> Any:
    for option in (
        click.option("-o", "--output", type=FILE, help="Folder or file name for the results."),
        click.option("--force", is_flag=True, help="Replace existing files."),
        click.option(
            "--use", multiple=True, metavar="TOOL=MODEL", help="Use this model for that tool."
        ),
        click.option("-q", "--quiet", is_flag=True, help="Show no progress."),
    ):
        command = option(command)
    return command


@cli.command(hidden=True)
@click.argument("request")
@click.argument("files", nargs=-1, type=FILE)
@_output_options
@_settings_options
def ask(
    request: str,
    files: tuple[Path, ...],
    session: str | None,
    output: Path | None,
    force: bool,
    use: tuple[str, ...],
    quiet: bool,
    **settings: Any,
) -> None:
    """Do what is asked with the files."""
    if not files:
        request, named = _files_named_in(request)
        files = tuple(named)
    with _tonmeister(settings) as owner:
        models = _chosen_models(owner, use)
        conversation = owner.session(session)
        with _interruptible(conversation), _progress(quiet) as on_event:
            proposal = conversation.propose(request, files, on_event=on_event)
            proposal = conversation.with_models(proposal, models)
            _confirm(conversation, proposal, settings)
            target = conversation.target(files, output, force=force)
            reply = conversation.carry_out(
                proposal, target, on_event=on_event, approve=_approval(settings)
            )
        click.echo(reply.text)
        sys.exit(reply.exit_code)


@cli.command()
@click.argument("request")
@click.argument("files", nargs=-1, type=FILE)
@click.option("--edit", is_flag=True, help="Edit the plan as JSON before it runs.")
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON.")
@_output_options
@_settings_options
def plan(
    request: str,
    files: tuple[Path, ...],
    edit: bool,
    as_json: bool,
    session: str | None,
    output: Path | None,
    force: bool,
    use: tuple[str, ...],
    quiet: bool,
    **settings: Any,
) -> None:
    """Show the plan for a request: steps, models, estimated time and memory.

    With --yes it then runs; with --edit it can be changed first.
    """
    from tonmeister.interfaces.tables import plan_table, show
    from tonmeister.plan import Plan
    from tonmeister.planner.answers import Command

    if not files:
        request, named = _files_named_in(request)
        files = tuple(named)
    with _tonmeister(settings) as owner:
        models = _chosen_models(owner, use)
        conversation = owner.session(session)
        with _interruptible(conversation), _progress(quiet) as on_event:
            proposal = conversation.propose(request, files, on_event=None)
            proposal = conversation.with_models(proposal, models)
            if edit and isinstance(proposal.answer, Plan):
                proposal = _edited(conversation, proposal)
            if isinstance(proposal.answer, Command):
                conversation.discard(proposal)
                raise ConfigError(
                    f"'{proposal.answer.name}' steers the conversation and has no plan.",
                    hint="Say it without `plan`.",
                )
            if isinstance(proposal.answer, Plan):
                if as_json:
                    click.echo(proposal.answer.model_dump_json(indent=2))
                else:
                    show(plan_table(proposal))
                if not (settings["yes"] or edit):
                    conversation.discard(proposal)
                    return
            target = conversation.target(files, output, force=force)
            reply = conversation.carry_out(
                proposal, target, on_event=on_event, approve=_approval(settings)
            )
        click.echo(reply.text)
        sys.exit(reply.exit_code)


@cli.command()
@click.argument("files", nargs=-1, type=FILE)
@_output_options
@_settings_options
def chat(
    files: tuple[Path, ...],
    session: str | None,
    output: Path | None,
    force: bool,
    use: tuple[str, ...],
    quiet: bool,
    **settings: Any,
) -> None:
    """Talk with Tonmeister: one request after the other, with undo.

    Name existing files in a request to hand them over; Ctrl-D ends it.
    """
    with _tonmeister(settings) as owner:
        models = _chosen_models(owner, use)
        conversation = owner.session(session)
        click.echo(f"Session {conversation.name}. Ctrl-D ends it; `undo` goes back.", err=True)
        pending = list(files)
        while True:
            try:
                line = input("> ").strip()
            except (EOFError, KeyboardInterrupt):
                click.echo(err=True)
                return
            if not line:
                continue
            line, named = _files_named_in(line)
            handed, pending = [*pending, *named], []
            with _reported(), _interruptible(conversation), _progress(quiet) as on_event:
                proposal = conversation.propose(line, handed, on_event=on_event)
                proposal = conversation.with_models(proposal, models)
                _confirm(conversation, proposal, settings)
                target = conversation.target(handed, output, force=force)
                reply: Reply = conversation.carry_out(
                    proposal, target, on_event=on_event, approve=_approval(settings)
                )
                click.echo(reply.text + "\n")


@cli.command()
@click.argument("name", required=False)
def tools(name: str | None) -> None:
    """List the tools, or explain one."""
    from tonmeister.interfaces.tables import show, tool_details, tools_table
    from tonmeister.registry import discover

    catalog = discover()
    if name is None:
        show(tools_table(catalog))
    elif name in catalog.tools:
        click.echo(tool_details(catalog.tools[name], catalog))
    else:
        raise ConfigError(f"There is no tool '{name}'.", hint="See `tonmeister tools`.")


@cli.group(invoke_without_command=True)
@click.pass_context
def models(ctx: click.Context) -> None:
    """List, pull or remove models and their weights."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_models)


@models.command("list")
def list_models() -> None:
    """List the models with licence, size and whether they are installed."""
    from tonmeister.interfaces.tables import models_table, show

    catalog, cache, checkpoints = _weights()
    show(models_table(catalog, cache, checkpoints))


@models.command()
@click.argument("names", nargs=-1, required=True)
@click.option("--allow-pickle", is_flag=True, help="Accept formats that can run code.")
def pull(names: tuple[str, ...], allow_pickle: bool) -> None:
    """Download and verify the weights of models."""
    _, cache, checkpoints = _weights(allow_pickle=allow_pickle)
    chosen = [_known(name, checkpoints) for name in names]
    from tonmeister.events import PullProgress

    with _progress(False) as on_event:

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
    _, cache, checkpoints = _weights()
    for one in [_known(name, checkpoints) for name in names]:
        click.echo(f"{one.name}: {'removed' if cache.remove(one) else 'was not installed'}")


@cli.command()
@click.option("--remove", "doomed", help="Forget this session; its files go with `gc`.")
def sessions(doomed: str | None) -> None:
    """List the conversations, the latest first."""
    from tonmeister.interfaces.tables import sessions_table, show

    with _store() as store:
        if doomed is None:
            show(sessions_table([one for one in store.history.sessions() if one.num_turns]))
            return
        store.history.remove_session(_session_record(store, doomed).id)
        click.echo(f"{doomed}: forgotten")


@cli.command()
@click.argument("number", required=False, type=int)
def runs(number: int | None) -> None:
    """List the runs, or show the steps of one."""
    from tonmeister.interfaces.tables import run_table, runs_table, show

    with _store() as store:
        if number is None:
            show(runs_table(store.runs.latest()))
        else:
            show(run_table(store.runs.get(number)))


@cli.command("show")
@click.argument("handle")
@click.option("--session", help="Conversation; by default the latest.")
def show_artifact(handle: str, session: str | None) -> None:
    """Show an artifact such as @a3: facts, how it was made, and from what."""
    from tonmeister.interfaces.tables import artifact_details

    with _store() as store:
        artifact = store.handles.resolve(_session_record(store, session).id, handle)
        click.echo(artifact_details(handle, artifact, store))


@cli.command()
@click.argument("handle")
@click.argument("path", type=FILE)
@click.option("--session", help="Conversation; by default the latest.")
@click.option("--force", is_flag=True, help="Replace an existing file.")
def export(handle: str, path: Path, session: str | None, force: bool) -> None:
    """Write an artifact such as @a3 to a file; the extension chooses the format."""
    with _tonmeister({}) as owner:
        record = _session_record(owner.studio.store, session)
        click.echo(owner.session(record.name).export(handle, path, force=force).text)


@cli.command()
@click.option("--budget", type=int, help="Size to shrink to in MiB; by default the setting.")
def gc(budget: int | None) -> None:
    """Delete stored results that are least likely to be needed."""
    from tonmeister.config import load_settings

    with _store() as store:
        report = store.gc(budget if budget is not None else load_settings().store_budget_mb)
        freed = f"{report.freed / 2**20:.0f} MiB"
        kept = f"{report.size / 2**20:.0f} MiB"
        click.echo(f"Deleted {report.dropped} files, freed {freed}; {kept} are kept.")


def _move(name: str, session: str | None) -> None:
    with _tonmeister({}) as owner:
        record = _session_record(owner.studio.store, session)
        conversation = owner.session(record.name)
        click.echo((conversation.undo() if name == "undo" else conversation.redo()).text)


@cli.command()
@click.option("--session", help="Conversation; by default the latest.")
def undo(session: str | None) -> None:
    """Go back to before the latest request."""
    _move("undo", session)


@cli.command()
@click.option("--session", help="Conversation; by default the latest.")
def redo(session: str | None) -> None:
    """Return to the request that was undone last."""
    _move("redo", session)


@cli.command()
@click.argument("turn", type=int)
@click.option("--session", help="Conversation; by default the latest.")
def checkout(turn: int, session: str | None) -> None:
    """Go to any turn of a conversation; what follows becomes a branch."""
    with _store() as store:
        moved = store.history.checkout(_session_record(store, session).id, turn)
        click.echo(f"turn {moved.number}: {moved.request}")


@cli.command()
@click.option("--session", help="Conversation; by default the latest.")
def log(session: str | None) -> None:
    """Show the turns of a conversation as a tree."""
    from tonmeister.interfaces.tables import log_tree, show

    with _store() as store:
        record = _session_record(store, session)
        head = store.history.head(record.id)
        show(log_tree(record.name, store.history.turns(record.id), head.id if head else None))


@contextlib.contextmanager
def _tonmeister(options: dict[str, Any]) -> "Generator[Tonmeister]":
    from tonmeister.config import load_settings
    from tonmeister.session import Tonmeister

    arguments = {name: options.get(name) for name in ("prefer", "workers")}
    with Tonmeister(load_settings(arguments)) as owner:
        yield owner


@contextlib.contextmanager
def _store() -> Generator[Any]:
    from tonmeister.config import load_settings
    from tonmeister.store import Store

    with Store(load_settings().home) as store:
        yield store


def _session_record(store: Any, name: str | None) -> Any:
    records = [one for one in store.history.sessions() if one.num_turns or one.name == name]
    found = [one for one in records if name is None or one.name == name]
    if not found:
        known = ", ".join(one.name for one in records[:10]) or "none yet"
        raise ConfigError(f"There is no session '{name or 'latest'}'; there are: {known}.")
    return found[0]


def _weights(*, allow_pickle: bool = False) -> Any:
    from tonmeister.checkpoints import CheckpointCache
    from tonmeister.config import load_settings
    from tonmeister.llm.embedded import QWEN_CODER_1_5B
    from tonmeister.registry import discover

    settings = load_settings()
    catalog = discover()
    named = {
        model.card.checkpoint.name: model.card.checkpoint
        for model in catalog.models
        if model.card.checkpoint is not None
    }
    named |= {
        model.card.name: model.card.checkpoint
        for model in catalog.models
        if model.card.checkpoint is not None
    }
    named[QWEN_CODER_1_5B.name] = QWEN_CODER_1_5B
    cache = CheckpointCache(
        settings.weights, offline=settings.pull == "never", allow_pickle=allow_pickle
    )
    return catalog, cache, named


def _known(name: str, checkpoints: "dict[str, Checkpoint]") -> "Checkpoint":
    if name not in checkpoints:
        known = ", ".join(sorted(checkpoints))
        raise ConfigError(f"There is no model '{name}'; there are: {known}.")
    return checkpoints[name]


def _chosen_models(owner: "Tonmeister", use: Sequence[str]) -> dict[str, str]:
    catalog = owner.studio.catalog
    chosen: dict[str, str] = {}
    for pair in use:
        name, _, model = pair.partition("=")
        if not model:
            raise ConfigError(f"--use takes TOOL=MODEL, not '{pair}'.")
        if name not in catalog.tools:
            raise ConfigError(f"There is no tool '{name}'.", hint="See `tonmeister tools`.")
        known = [one.card.name for one in catalog.models_of(name)]
        if model not in known:
            found = f"there are: {', '.join(known)}" if known else "it needs none"
            raise ConfigError(f"{name} has no model '{model}'; {found}.")
        chosen[name] = model
    return chosen


def _edited(conversation: "Session", proposal: "Proposal") -> "Proposal":
    from tonmeister.plan import Plan, parse_plan

    assert isinstance(proposal.answer, Plan)  # noqa: S101 - the caller has asked
    try:
        text = click.edit(proposal.answer.model_dump_json(indent=2), extension=".json")
    except click.ClickException:
        conversation.discard(proposal)
        raise
    if text is None:
        return proposal
    try:
        edited = parse_plan(text)
    except TonmeisterError:
        conversation.discard(proposal)
        raise
    return conversation.with_plan(proposal, edited)


def _files_named_in(line: str) -> tuple[str, list[Path]]:
    """Find the words of a request that are paths of existing files.

    Returns:
        The request with each path shortened to the file's name, and the files.
    """
    files: list[Path] = []

    def take(match: re.Match[str]) -> str:
        word = match[0].strip("\"'")
        path = Path(word).expanduser()
        if "." not in word or not path.is_file():
            return match[0]
        files.append(path)
        return path.name

    return re.sub(r"\"[^\"]+\"|'[^']+'|[^\s,;:\"']+", take, line), files


def _confirm(conversation: "Session", proposal: "Proposal", options: dict[str, Any]) -> None:
    """Let a person look at a plan of the small embedded model before it runs."""
    if proposal.planner != "embedded" or not proposal.assignments or options.get("yes"):
        return
    if sys.stdin.isatty() and not click.confirm("Run this plan?", default=True, err=True):
        conversation.discard(proposal)
        raise click.Abort


def _approval(options: dict[str, Any]) -> Any:
    def approve(missing: "Sequence[Checkpoint]") -> bool:
        if options.get("yes"):
            return True
        if not sys.stdin.isatty():
            return False
        sizes = ", ".join(f"{one.name} ({one.size_mb:.0f} MB, {one.licence})" for one in missing)
        return click.confirm(f"Download weights: {sizes}?", default=True, err=True)

    return approve


@contextlib.contextmanager
def _progress(quiet: bool) -> "Generator[OnEvent]":
    from tonmeister.interfaces.progress import Progress

    with Progress(quiet=quiet) as progress:
        yield progress.on_event


@contextlib.contextmanager
def _interruptible(conversation: "Session") -> Generator[None]:
    """Let the first Ctrl-C stop the run in good order, and a second one break off."""

    def stop(number: int, frame: object) -> None:
        if not conversation.cancel():
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def _reported() -> Generator[None]:
    """Show an error and go on, for a conversation that must not end by it."""
    try:
        yield
    except TonmeisterError as error:
        _show_error(error)
    except (KeyboardInterrupt, click.Abort):
        click.echo("Stopped.", err=True)


def _show_error(error: TonmeisterError) -> None:
    line = " ".join(str(error).split())  # a file name may hold a line break
    click.echo(click.style("Error: ", fg="red", bold=True) + line, err=True)


def main() -> None:
    """Run the command line; errors become one line and an exit code."""
    debug = "--debug" in sys.argv[1:]
    try:
        cli.main(standalone_mode=False)
    except TonmeisterError as error:
        if debug:
            raise
        _show_error(error)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(1)
    except Exception as error:
        if debug:
            raise
        click.echo(f"Internal error: {type(error).__name__}: {error}", err=True)
        click.echo("  Run it again with --debug and report what it shows.", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
