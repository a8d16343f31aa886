"""The executor protocol: where single steps run."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from tonmeister.artifacts import Kind
from tonmeister.audio import Waveform
from tonmeister.errors import TonmeisterError

__all__ = [
    "Executor",
    "Inbox",
    "Message",
    "Output",
    "Task",
    "TaskDone",
    "TaskFailed",
    "TaskProgress",
    "TaskSound",
]


@dataclass(frozen=True, slots=True)
class Task:
    """One step, ready to run anywhere: names, values and artifact hashes only.

    Attributes:
        id: Identity within the executor.
        tool: Name of the tool.
        model: Name of the model; None for the tool's own body.
        arguments: Plain values by parameter.
        inputs: By parameter, the artifacts to open: dictionaries with ``kind``, ``sha256``,
            ``media_type``, ``region`` (two times or None) and ``synthetic``.
        many: Parameters that take a list of artifacts.
        memory_mb: Memory the model needs, in MiB.
        listen: Whether the sound of a single result is sent while it is made.
    """

    id: str
    tool: str
    model: str | None
    arguments: Mapping[str, Any]
    inputs: Mapping[str, list[dict[str, Any]]]
    many: tuple[str, ...] = ()
    memory_mb: int = 0
    listen: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the task as JSON-able data."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Output:
    """A result that a worker has stored.

    Attributes:
        kind: What it is.
        sha256: Hash of the stored bytes.
        size: Number of stored bytes.
        media_type: Format of the stored bytes.
        facts: Measured facts.
    """

    kind: Kind
    sha256: str
    size: int
    media_type: str
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class TaskProgress:
    """A task went on; ``fraction`` runs from 0.0 to 1.0."""

    task_id: str
    fraction: float


@dataclass(frozen=True, slots=True)
class TaskSound:
    """A task that is listened to went on making sound."""

    task_id: str
    sound: Waveform


@dataclass(frozen=True, slots=True)
class TaskDone:
    """A task has results by output name, and notes for the user."""

    task_id: str
    outputs: Mapping[str, Output]
    notes: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class TaskFailed:
    """A task has no results."""

    task_id: str
    error: TonmeisterError


Message = TaskProgress | TaskSound | TaskDone | TaskFailed
Inbox = Callable[[Message], None]


class Executor(Protocol):
    """Runs tasks somewhere. Every implementation passes the same conformance test."""

    def start(self) -> None:
        """Get ready; workers may be started ahead of the first task."""
        ...

    def submit(self, task: Task, inbox: Inbox) -> None:
        """Begin a task; call only while fewer than ``capacity()`` are under way.

        Args:
            task: What to do.
            inbox: Called from another thread with every message about the task; exactly one
                ``TaskDone`` or ``TaskFailed`` comes last.
        """
        ...

    def cancel(self, task_id: str) -> None:
        """End a task at once; its last message is a ``TaskFailed`` with ``RunCancelled``."""
        ...

    def capacity(self) -> int:
        """Return how many tasks may be under way together."""
        ...

    def stop(self) -> None:
        """End everything and give all memory back."""
        ...
