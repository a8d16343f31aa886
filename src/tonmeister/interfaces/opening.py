"""What the commands open: a Tonmeister, its store, the weights, a display of progress."""

import contextlib
import signal
import sys
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from tonmeister.errors import ConfigError

if TYPE_CHECKING:
    from tonmeister.checkpoints import Checkpoint
    from tonmeister.events import OnEvent
    from tonmeister.production import Approve
    from tonmeister.session import Confirm, Proposal, Tonmeister

__all__ = [
    "approval",
    "confirmation",
    "interruptible",
    "known_weights",
    "opened",
    "opened_store",
    "session_record",
    "shown_progress",
]


class _Work(Protocol):
    def cancel(self) -> bool: ...


@contextlib.contextmanager
def opened(options: dict[str, Any]) -> "Generator[Tonmeister]":
    """Open a Tonmeister for the length of a command.

    Args:
        options: Settings given on the command line.
    """
    from tonmeister.config import load_settings
    from tonmeister.session import Tonmeister

    arguments = {name: options.get(name) for name in ("prefer", "workers")}
    with Tonmeister(load_settings(arguments)) as owner:
        yield owner


@contextlib.contextmanager
def opened_store() -> Generator[Any]:
    """Open the store alone, without workers and planners."""
    from tonmeister.config import load_settings
    from tonmeister.store import Store

    with Store(load_settings().home) as store:
        yield store


def session_record(store: Any, name: str | None) -> Any:
    """Return a conversation of the ledger.

    Args:
        store: An open store.
        name: Its name; None for the latest.

    Raises:
        ConfigError: There is none of that name, or none at all.
    """
    records = [one for one in store.history.sessions() if one.num_turns or one.name == name]
    found = [one for one in records if name is None or one.name == name]
    if not found:
        known = ", ".join(one.name for one in records[:10]) or "none yet"
        raise ConfigError(f"There is no session '{name or 'latest'}'; there are: {known}.")
    return found[0]


def known_weights(*, allow_pickle: bool = False) -> Any:
    """Return the catalog, the cache, and every checkpoint by the names it goes by.

    Args:
        allow_pickle: Accept formats that can run code.
    """
    from tonmeister.checkpoints import CheckpointCache
    from tonmeister.config import load_settings
    from tonmeister.llm.embedded import QWEN_CODER_1_5B
    from tonmeister.registry import discover
    from tonmeister.sentence_encoder import SENTENCE_ENCODER

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
    named |= {one.name: one for one in (QWEN_CODER_1_5B, SENTENCE_ENCODER)}  # those that plan
    cache = CheckpointCache(
        settings.weights, offline=settings.pull == "never", allow_pickle=allow_pickle
    )
    return catalog, cache, named


def confirmation(yes: bool) -> "Confirm | None":
    """Return who agrees to what must be shown before it runs; None where nobody can be asked.

    Args:
        yes: Whether the person has agreed to it beforehand.
    """
    if yes:
        return lambda proposal: True
    return _asked if sys.stdin.isatty() else None


def approval(yes: bool) -> "Approve":
    """Return who agrees to downloads of a command that is no request.

    Args:
        yes: Whether the person has agreed to them beforehand.
    """

    def approve(missing: "Sequence[Checkpoint]") -> bool:
        import click

        if yes:
            return True
        told = ", ".join(f"{one.name} ({one.size_mb:.0f} MB, {one.licence})" for one in missing)
        return sys.stdin.isatty() and click.confirm(f"Download {told}?", err=True)

    return approve


def _asked(proposal: "Proposal") -> bool:
    import click

    for one in proposal.unsettled:
        click.echo(f"! {one.text}", err=True)
    words = "Avançar?" if proposal.request.language == "pt" else "Go ahead?"
    try:
        return click.confirm(words, default=False, err=True)
    except click.Abort:
        click.echo(err=True)
        return False


@contextlib.contextmanager
def shown_progress(quiet: bool) -> "Generator[OnEvent]":
    """Show what happens while it happens.

    Args:
        quiet: Show nothing.
    """
    from tonmeister.interfaces.progress import Progress

    with Progress(quiet=quiet) as progress:
        yield progress.on_event


@contextlib.contextmanager
def interruptible(work: _Work) -> Generator[None]:
    """Let the first Ctrl-C stop the work in good order, and a second one break off.

    Args:
        work: A conversation, or a recipe that is run.
    """

    def stop(number: int, frame: object) -> None:
        if not work.cancel():
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
