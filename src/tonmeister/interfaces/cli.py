"""The command line: ``tonmeister "request" files…`` and its sub-commands."""

import contextlib
import re
import shlex
import sys
from collections.abc import Generator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from tonmeister.errors import ConfigError, TonmeisterError
from tonmeister.interfaces.commands import COMMANDS
from tonmeister.interfaces.evaluating import evaluate
from tonmeister.interfaces.opening import confirmation, interruptible, opened, shown_progress

if TYPE_CHECKING:
    from tonmeister.reply import Reply
    from tonmeister.session import Proposal, Session, Tonmeister

__all__ = ["main"]

DEFAULT_COMMAND = "ask"
LONGEST_TITLE = 200  # characters of a text that name its turn
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
        click.option("-y", "--yes", is_flag=True, help="Agree to what would be asked first."),
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
    with opened(settings) as owner:
        models = _chosen_models(owner, use)
        conversation = owner.session(session)
        with interruptible(conversation), shown_progress(quiet) as on_event:
            proposal = conversation.propose(request, files, on_event=on_event)
            proposal = conversation.with_models(proposal, models)
            target = conversation.target(files, output, force=force, proposal=proposal)
            reply = conversation.carry_out(
                proposal, target, on_event=on_event, confirm=confirmation(settings["yes"])
            )
        _end(conversation, reply)


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
    from tonmeister.proposal import weighed

    if not files:
        request, named = _files_named_in(request)
        files = tuple(named)
    with opened(settings) as owner:
        models = _chosen_models(owner, use)
        conversation = owner.session(session)
        with interruptible(conversation), shown_progress(quiet) as on_event:
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
            target = conversation.target(files, output, force=force, proposal=proposal)
            proposal = weighed(proposal, owner.studio, target)
            if isinstance(proposal.answer, Plan):
                if as_json:
                    click.echo(proposal.answer.model_dump_json(indent=2))
                else:
                    show(plan_table(proposal))
                    for one in proposal.concerns:
                        click.echo(f"! {one.text}")
                if not (settings["yes"] or edit):
                    conversation.discard(proposal)
                    return
            reply = conversation.carry_out(
                proposal, target, on_event=on_event, confirm=confirmation(settings["yes"])
            )
        _end(conversation, reply)


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
    with opened(settings) as owner:
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
            with _reported(), interruptible(conversation), shown_progress(quiet) as on_event:
                proposal = conversation.propose(line, handed, on_event=on_event)
                proposal = conversation.with_models(proposal, models)
                target = conversation.target(handed, output, force=force, proposal=proposal)
                reply: Reply = conversation.carry_out(
                    proposal, target, on_event=on_event, confirm=confirmation(settings["yes"])
                )
                click.echo(reply.text + "\n")


@cli.command()
@click.argument("text")
@click.option(
    "--voice",
    help='Name of the voice; see `tonmeister voices`. Of a script: "HOST=af_heart, GUEST=am_adam".',
)
@click.option("--language", help="Language of the text, such as en or pt; by default detected.")
@click.option("--speed", type=click.FloatRange(0.5, 2.0), help="Speaking rate, 1.0 being normal.")
@_output_options
@_settings_options
def say(
    text: str,
    voice: str | None,
    language: str | None,
    speed: float | None,
    session: str | None,
    output: Path | None,
    force: bool,
    use: tuple[str, ...],
    quiet: bool,
    **settings: Any,
) -> None:
    """Read a text aloud; "-" reads it from standard input.

    With -o - the sound goes to standard output as WAV while it is made:

        tonmeister say "Good morning." -o - | aplay -
    """
    from tonmeister.interfaces.live import LiveWav
    from tonmeister.plan import Plan, Step

    text = sys.stdin.read() if text == "-" else text
    args = {"text": text, "voice": voice, "language": language, "speed": speed}
    given = {name: value for name, value in args.items() if value is not None}
    spoken = Plan(steps=(Step(id="s1", tool="synthesize_speech", args=given),))
    live = LiveWav(sys.stdout.buffer) if output == Path("-") else None
    with opened(settings) as owner:
        models = _chosen_models(owner, use)
        conversation = owner.session(session)
        with interruptible(conversation), shown_progress(quiet) as on_event:
            proposal = conversation.propose_plan(spoken, f"say: {text}"[:LONGEST_TITLE])
            proposal = conversation.with_models(proposal, models)
            reply = conversation.carry_out(
                proposal,
                None if live else conversation.target((), output, force=force),
                on_event=live.on_event if live else on_event,
                confirm=confirmation(settings["yes"]),
                listen=live is not None,
            )
        click.echo(reply.text, err=live is not None)
        sys.exit(reply.exit_code)


def _chosen_models(owner: "Tonmeister", use: Sequence[str]) -> dict[str, str]:
    catalog = owner.studio.catalog.offered
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
    # Whoever has written it knows what it does.
    return replace(conversation.with_plan(proposal, edited), sure=True)


def _files_named_in(line: str) -> tuple[str, list[Path]]:
    """Find the words of a request that are paths of existing files.

    Returns:
        The request with each path shortened to the file's name, and the files.
    """
    files: list[Path] = []

    def take(match: re.Match[str]) -> str:
        # "Transcribe talk.wav." and "(talk.wav)?": marks of the sentence, unless the name has them.
        whole = match[0].strip("\"'")
        for word in (whole, whole.lstrip("(").rstrip(").!?…")):
            path = Path(word).expanduser()
            if "." in word and path.is_file():
                files.append(path)
                return path.name
        return match[0]

    return re.sub(r"\"[^\"]+\"|'[^']+'|[^\s,;:\"']+", take, line), files


def _end(conversation: "Session", reply: "Reply") -> NoReturn:
    """Show a reply, how to agree where it waits for that, and end the command."""
    click.echo(reply.text)
    if reply.proposed is not None:
        word = "sim" if reply.language == "pt" else "yes"
        click.echo(f'tonmeister "{word}" --session {shlex.quote(conversation.name)}', err=True)
    sys.exit(reply.exit_code)


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


for _command in (*COMMANDS, evaluate):
    cli.add_command(_command)


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
