"""The Python interface for one request: ``tonmeister.ask`` and ``tonmeister.ask_async``."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

from tonmeister.config import Settings
from tonmeister.events import OnEvent
from tonmeister.reply import Reply
from tonmeister.session import Confirm, Tonmeister

__all__ = ["ask", "ask_async"]


def ask(
    text: str,
    files: Iterable[str | Path] = (),
    *,
    output: str | Path | None = None,
    force: bool = False,
    deliver: bool = True,
    session: str | None = None,
    settings: Settings | None = None,
    on_event: OnEvent | None = None,
    confirm: Confirm | None = None,
) -> Reply:
    """Do what is asked with recordings, on this machine, and tell what was done.

    For several requests in a row keep a ``Tonmeister`` instead; its workers stay warm.

    Args:
        text: The request in your own words, English or Portuguese.
        files: Recordings, videos or pictures it is about.
        output: Folder or file name for the results; by default beside the first file.
        force: Whether existing files may be replaced.
        deliver: Whether to write files at all.
        session: Name of a conversation to continue; None begins a new one.
        settings: How to run; by default from file and environment.
        on_event: Called with everything that happens.
        confirm: Asked when the plan should be seen first, because it downloads weights for example;
            None answers with a question, to which a request such as "yes" in the session agrees.

    Raises:
        TonmeisterError: A file is unreadable, weights are missing, or the plan is not valid.
    """
    with Tonmeister(settings) as owner:
        return owner.session(session).ask(
            text,
            files,
            output=output,
            force=force,
            deliver=deliver,
            on_event=on_event,
            confirm=confirm,
        )


async def ask_async(
    text: str,
    files: Iterable[str | Path] = (),
    *,
    output: str | Path | None = None,
    force: bool = False,
    deliver: bool = True,
    session: str | None = None,
    settings: Settings | None = None,
    on_event: OnEvent | None = None,
    confirm: Confirm | None = None,
) -> Reply:
    """Do what ``ask`` does without blocking the event loop; cancelling it stops the run."""
    owner = await asyncio.to_thread(Tonmeister, settings)
    try:
        return await owner.session(session).ask_async(
            text,
            files,
            output=output,
            force=force,
            deliver=deliver,
            on_event=on_event,
            confirm=confirm,
        )
    finally:
        owner.close()
