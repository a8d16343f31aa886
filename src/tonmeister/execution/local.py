"""The default executor: worker processes on this machine."""

import base64
import contextlib
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tonmeister.artifacts import Kind
from tonmeister.audio import Waveform
from tonmeister.config import Settings
from tonmeister.errors import RunCancelled, TonmeisterError, WorkerLost, error_from_dict
from tonmeister.execution.executor import (
    Inbox,
    Message,
    Output,
    Task,
    TaskDone,
    TaskFailed,
    TaskProgress,
    TaskSound,
)

__all__ = ["LocalExecutor"]


@dataclass(eq=False, slots=True)
class _Worker:
    """A worker process, as its parent sees it."""

    popen: subprocess.Popen[str]
    task: Task | None = None
    inbox: Inbox | None = None
    loaded: dict[str, int] = field(default_factory=dict[str, int])
    ended: bool = False
    idle: threading.Timer | None = None
    listener: threading.Thread | None = None


class LocalExecutor:
    """Runs steps in worker processes; cancelling or freeing memory ends a worker, never us.

    Args:
        settings: Number of workers, threads, memory budget, idle time, folders.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.RLock()
        self._workers: list[_Worker] = []
        self._numbers = itertools.count(1)

    def start(self) -> None:
        """Start one worker ahead of the first task, so that it loads while we plan."""
        with self._lock:
            if not self._living():
                self._spawn()

    def capacity(self) -> int:
        """Return the number of workers allowed."""
        return self._settings.workers

    @property
    def pids(self) -> list[int]:
        """Process ids of the workers that live."""
        with self._lock:
            return [worker.popen.pid for worker in self._living()]

    def submit(self, task: Task, inbox: Inbox) -> None:
        """Begin a task on the idle worker that suits best, or on a new one.

        Args:
            task: What to do.
            inbox: Called with every message about the task.
        """
        with self._lock:
            worker = self._choose(task)
            if worker.idle is not None:
                worker.idle.cancel()
                worker.idle = None
            worker.task, worker.inbox = task, inbox
            message = {"task": task.to_dict(), "budget_mb": self._budget_for(worker, task)}
            line = json.dumps(message) + "\n"
            try:
                assert worker.popen.stdin is not None  # noqa: S101 - we opened it as a pipe
                worker.popen.stdin.write(line)
                worker.popen.stdin.flush()
            except OSError:
                worker.popen.kill()  # its reader reports the loss

    def cancel(self, task_id: str) -> None:
        """End the worker of a task at once."""
        with self._lock:
            for worker in self._workers:
                if worker.task is not None and worker.task.id == task_id:
                    self._end(worker)

    def stop(self) -> None:
        """End all workers and wait until they are gone."""
        with self._lock:
            workers = list(self._workers)
            for worker in workers:
                self._end(worker)
        for worker in workers:
            if worker.listener is not None:
                worker.listener.join()

    def _living(self) -> list[_Worker]:
        return [worker for worker in self._workers if not worker.ended]

    def _choose(self, task: Task) -> _Worker:
        key = f"{task.tool}:{task.model}"
        free = [worker for worker in self._living() if worker.task is None]
        warm = [worker for worker in free if key in worker.loaded]
        if warm:
            return warm[0]
        empty = [worker for worker in free if task.model is None or not worker.loaded]
        if empty:
            return empty[0]
        if not free or len(self._living()) < self._settings.workers:
            return self._spawn()
        return free[0]

    def _budget_for(self, worker: _Worker, task: Task) -> int:
        """Give a worker what the others leave; idle others are ended when that is too little."""
        total = self._settings.memory_budget_mb
        others = [other for other in self._living() if other is not worker]
        for other in others:
            if total - _memory(others) >= task.memory_mb:
                break
            if other.task is None:
                self._end(other)
        return max(task.memory_mb, total - _memory(others))

    def _spawn(self) -> _Worker:
        settings = {
            "home": str(self._settings.home),
            "weights": str(self._settings.weights),
            "threads": self._settings.threads,
            "max_duration": self._settings.max_duration,
        }
        popen = subprocess.Popen(
            # -P: what lies in the current folder must not stand in for a module.
            [sys.executable, "-P", "-m", "tonmeister.execution.worker", json.dumps(settings)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            start_new_session=True,  # Ctrl-C reaches us alone; we end the workers
        )
        worker = _Worker(popen)
        self._workers.append(worker)
        name = f"tonmeister-worker-{next(self._numbers)}"
        worker.listener = threading.Thread(
            target=self._listen, args=(worker,), name=name, daemon=True
        )
        worker.listener.start()
        return worker

    def _listen(self, worker: _Worker) -> None:
        assert worker.popen.stdout is not None  # noqa: S101 - we opened it as a pipe
        for line in worker.popen.stdout:
            try:
                message = json.loads(line)
            except json.JSONDecodeError:  # it was killed in the middle of a line
                break
            self._receive(worker, message)
        worker.popen.wait()
        with self._lock:
            self._workers.remove(worker)
            if worker.idle is not None:
                worker.idle.cancel()
            error: TonmeisterError = WorkerLost(
                f"The worker process ended unexpectedly (status {worker.popen.returncode}).",
                hint="If this repeats, the machine may be out of memory: lower --workers.",
            )
            if worker.ended:
                error = RunCancelled("The step was stopped.")
            task, inbox = worker.task, worker.inbox
            worker.task = worker.inbox = None
        if worker.popen.stdin is not None:
            worker.popen.stdin.close()
        worker.popen.stdout.close()
        if task is not None and inbox is not None:
            inbox(TaskFailed(task.id, error))

    def _receive(self, worker: _Worker, message: dict[str, Any]) -> None:
        with self._lock:
            task, inbox = worker.task, worker.inbox
            if task is None or inbox is None or worker.ended or "ready" in message:
                return
            if "progress" in message:
                answer: Message = TaskProgress(task.id, message["progress"])
            elif "sound" in message:
                answer = TaskSound(task.id, _sound(message))
            else:
                worker.loaded = message["loaded"]
                worker.task = worker.inbox = None
                self._rest(worker)
                answer = _finished(task, message)
        inbox(answer)

    def _rest(self, worker: _Worker) -> None:
        worker.idle = threading.Timer(self._settings.idle_unload, self._end_if_idle, [worker])
        worker.idle.daemon = True
        worker.idle.start()

    def _end_if_idle(self, worker: _Worker) -> None:
        with self._lock:
            if worker.task is None:
                self._end(worker)

    def _end(self, worker: _Worker) -> None:
        """Kill a worker with everything it has started; its listener sees to the rest."""
        worker.ended = True
        if worker.popen.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(worker.popen.pid, signal.SIGKILL)


def _memory(workers: list[_Worker]) -> int:
    """Return the MiB that models take, those included that are just being loaded."""
    taken = 0
    for worker in workers:
        if not worker.ended:
            models = dict(worker.loaded)
            if worker.task is not None:
                models[f"{worker.task.tool}:{worker.task.model}"] = worker.task.memory_mb
            taken += sum(models.values())
    return taken


def _sound(message: dict[str, Any]) -> Waveform:
    samples = np.frombuffer(base64.b64decode(message["sound"]), "<f4")
    return Waveform(samples.reshape(message["num_channels"], -1), message["sample_rate"])


def _finished(task: Task, message: dict[str, Any]) -> Message:
    if "failed" in message:
        return TaskFailed(task.id, error_from_dict(message["failed"]))
    outputs = {
        name: Output(
            Kind(fields["kind"]),
            fields["sha256"],
            fields["size"],
            fields["media_type"],
            fields["facts"],
        )
        for name, fields in message["done"].items()
    }
    return TaskDone(task.id, outputs, tuple(message["notes"]), message["seconds"])
