"""Executors that act out what can go wrong, and models that stand in for those with weights."""

import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Generic, TypeVar

from tonmeister.artifacts import Segment, Transcript, Word
from tonmeister.config import Settings
from tonmeister.errors import ToolError, ToolFailed, ToolInputError
from tonmeister.execution.executor import Executor, Inbox, Task, TaskFailed
from tonmeister.execution.local import LocalExecutor
from tonmeister.registry import Catalog
from tonmeister.streaming import Audio
from tonmeister.testing import InlineExecutor
from tonmeister.toolspec import Card, Model

__all__ = ["ERRORS", "FailingExecutor", "KillingExecutor", "with_stand_ins"]

ERRORS: Mapping[str, type[ToolError]] = {"failed": ToolFailed, "input": ToolInputError}


_Inner = TypeVar("_Inner", bound=Executor)


class _Wrapping(Generic[_Inner]):
    """Hands on to another executor all but the tasks."""

    def __init__(self, inner: _Inner) -> None:
        self._inner = inner
        self._tool = ""
        self._left = 0

    def start(self) -> None:
        """Start the other one."""
        self._inner.start()

    def capacity(self) -> int:
        """Return how many tasks run at a time."""
        return self._inner.capacity()

    def cancel(self, task_id: str) -> None:
        """End a task."""
        self._inner.cancel(task_id)

    def stop(self) -> None:
        """End the other one."""
        self._inner.stop()


class FailingExecutor(_Wrapping[InlineExecutor]):
    """Runs tasks inline, but lets some fail as a worker would report it.

    Args:
        settings: Folders and limits.
        catalog: Tools and models.
    """

    def __init__(self, settings: Settings, catalog: Catalog) -> None:
        super().__init__(InlineExecutor(settings, catalog))
        self._error: type[ToolError] = ToolFailed

    def arm(self, tool: str, error: str, times: int) -> None:
        """Let the next tasks of a tool fail.

        Args:
            tool: Name of the tool.
            error: One of ``ERRORS``.
            times: How many of them.
        """
        self._tool, self._error, self._left = tool, ERRORS[error], times

    def submit(self, task: Task, inbox: Inbox) -> None:
        """Run a task, or let it fail.

        Args:
            task: What to do.
            inbox: Called with every message about the task.
        """
        if task.tool != self._tool or not self._left:
            self._inner.submit(task, inbox)
            return
        self._left -= 1
        inbox(TaskFailed(task.id, self._error("It broke off on purpose.", tool=task.tool)))


class KillingExecutor(_Wrapping[LocalExecutor]):
    """Runs tasks in worker processes, and kills the worker under some of them.

    Args:
        settings: Number of workers, folders and limits.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__(LocalExecutor(settings))

    def arm(self, tool: str, times: int) -> None:
        """Kill the workers of the next tasks of a tool.

        Args:
            tool: Name of the tool.
            times: How many of them.
        """
        self._tool, self._left = tool, times

    def submit(self, task: Task, inbox: Inbox) -> None:
        """Run a task; a worker that shall die is stopped first, so that it cannot be quicker.

        Args:
            task: What to do.
            inbox: Called with every message about the task.
        """
        doomed = task.tool == self._tool and self._left > 0
        if doomed:
            self._left -= 1
            self._signal(signal.SIGSTOP)
        self._inner.submit(task, inbox)
        if doomed:
            self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        for pid in self._inner.pids:
            os.kill(pid, number)


class _Words:
    """Stands in for a model of transcription: a word for every second, whatever is said."""

    def load(self, weights: Path | None, threads: int) -> None:
        """There is nothing to load."""

    def __call__(self, audio: Audio, language: str | None, vocabulary: str | None) -> Transcript:
        """Return as many words as there are seconds."""
        words = tuple(
            Word(float(second), second + 0.9, f"word{second}", 1.0)
            for second in range(int(audio.duration))
        )
        text = " ".join(word.text for word in words)
        segments = (Segment(0.0, audio.duration, text, words=words),) if words else ()
        return Transcript(language or "en", segments, audio.duration)


class _Passing:
    """Stands in for a model of speech enhancement: it gives back what it gets."""

    def load(self, weights: Path | None, threads: int) -> None:
        """There is nothing to load."""

    def __call__(self, audio: Audio, strength: float) -> Audio:
        """Return the recording."""
        return audio


_STAND_INS: tuple[tuple[str, str, type], ...] = (
    ("transcribe", "stand-in", _Words),
    ("transcribe", "second-stand-in", _Words),
    ("enhance_speech", "stand-in-enhancer", _Passing),
)


def with_stand_ins(catalog: Catalog) -> Catalog:
    """Return a catalog whose models need no weights; tools keep their own signal processing.

    Args:
        catalog: Tools and models.
    """
    models = tuple(
        Model(tool, Card(name, "CC0-1.0", None, 1, 0.01, quality=90 - place), adapter, __name__)
        for place, (tool, name, adapter) in enumerate(_STAND_INS)
    )
    return Catalog(catalog.tools, models, catalog.problems)
