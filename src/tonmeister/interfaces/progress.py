"""Progress on the terminal: bars where there is one, plain lines where there is none."""

import sys
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from tonmeister.events import (
    Event,
    ModelChanged,
    PlannerStarted,
    PlanReady,
    PullProgress,
    StepFailed,
    StepFinished,
    StepProgress,
    StepStarted,
)

__all__ = ["Progress"]


class Progress:
    """Shows events on standard error.

    Args:
        quiet: Show nothing.
    """

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._console = Console(stderr=True, highlight=False)
        self._bars: Bars | None = None
        self._rows: dict[str, TaskID] = {}
        self._names: dict[str, str] = {}
        self._live = not quiet and sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._bars is not None:
            self._bars.stop()

    def on_event(self, event: Event) -> None:
        """Show an event.

        Args:
            event: What happened.
        """
        if self._quiet:
            return
        for line in _lines(event):
            self._say(line)
        if isinstance(event, StepStarted):
            model = f" ({event.model})" if event.model else ""
            self._begin(event.step_id, f"{event.step_id} {event.tool}{model}")
        elif isinstance(event, StepProgress):
            self._advance(event.step_id, event.fraction)
        elif isinstance(event, PullProgress):
            self._begin(event.name, f"downloading {event.name}")
            self._advance(event.name, event.done_mb / max(event.total_mb, 1e-9))
        elif isinstance(event, StepFinished):
            self._end(event.step_id, "already there" if event.cached else f"{event.seconds:.1f} s")
        elif isinstance(event, StepFailed):
            self._end(event.step_id, "failed")

    def _begin(self, key: str, name: str) -> None:
        if self._names.get(key) == name:
            return
        self._names[key] = name
        if not self._live:
            self._say(f"{name} …")
            return
        if self._bars is None:
            self._bars = Bars(
                TextColumn("{task.description}"),
                BarColumn(bar_width=30),
                TextColumn("{task.percentage:>3.0f} %"),
                TimeElapsedColumn(),
                console=self._console,
            )
            self._bars.start()
        self._rows[key] = self._bars.add_task(name, total=1.0)

    def _advance(self, key: str, fraction: float) -> None:
        if self._bars is not None and key in self._rows:
            self._bars.update(self._rows[key], completed=min(1.0, fraction))

    def _end(self, key: str, outcome: str) -> None:
        name = self._names.get(key, key)
        if self._bars is not None and key in self._rows:
            self._bars.update(self._rows[key], completed=1.0, description=f"{name}: {outcome}")
            self._bars.stop_task(self._rows[key])
        else:
            self._say(f"{name}: {outcome}")

    def _say(self, line: str) -> None:
        self._console.print(line, markup=False)


def _lines(event: Event) -> tuple[str, ...]:
    """Return what is said of an event that has no bar."""
    if isinstance(event, PlannerStarted):
        return ("starting the language model; the first time it reads all tools, for minutes …",)
    if isinstance(event, PlanReady):
        return event.lines
    if isinstance(event, ModelChanged):
        return (f"{event.step_id}: {event.failed} failed, trying {event.next}",)
    return ()
