"""The log of runs and steps: what was asked of which model, and how it ended."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sql
from sqlalchemy.engine import Connection, Row

from tonmeister.blobs import Tenancy
from tonmeister.errors import StoreError
from tonmeister.ledger.rows import new_id
from tonmeister.ledger.tables import Ledger, runs, steps, turns

__all__ = ["Ending", "RunRecord", "Runs", "StepRecord"]

Ending = Literal["done", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class StepRecord:
    """A step of a run.

    Attributes:
        step_id: Its name in the plan.
        key: The step key.
        tool: Name of the tool.
        model: Name of the model; None for a tool's own body.
        reason: Why this model was chosen.
        state: "running", "done", "failed", "cancelled" or "interrupted".
        cached: Whether an equal step had been done before.
        duration: Seconds it took.
        error: What ``TonmeisterError.to_dict`` returned, if it failed.
    """

    step_id: str
    key: str
    tool: str
    model: str | None
    reason: str
    state: str
    cached: bool
    duration: float
    error: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One execution of a plan.

    Attributes:
        id: Its number.
        turn_id: The turn it belongs to, if any.
        plan: The plan as JSON.
        state: "running", "done", "failed", "cancelled", or "interrupted" when its process died.
        created: Seconds since the epoch.
        finished: Seconds since the epoch; None while it runs.
        steps: In the order they began.
    """

    id: int
    turn_id: int | None
    plan: Any
    state: str
    created: float
    finished: float | None
    steps: tuple[StepRecord, ...]


class Runs:
    """Runs and their steps.

    Args:
        ledger: Where they are kept.
        tenancy: Mark of the store that begins them.
    """

    def __init__(self, ledger: Ledger, tenancy: Tenancy) -> None:
        self._ledger = ledger
        self._tenancy = tenancy

    def begin(self, plan: Any, *, turn_id: int | None = None) -> int:
        """Begin a run.

        Args:
            plan: The plan as JSON.
            turn_id: The turn it belongs to, if any.

        Returns:
            Its id.
        """
        with self._ledger.writing() as connection:
            return new_id(
                connection.execute(
                    sql.insert(runs).values(
                        turn_id=turn_id,
                        plan=plan,
                        state="running",
                        owner=self._tenancy.owner,
                        created=time.time(),
                    )
                )
            )

    def begin_step(
        self,
        run_id: int,
        step_id: str,
        *,
        key: str,
        tool: str,
        model: str | None = None,
        reason: str = "",
    ) -> None:
        """Begin a step, or begin it again after a failure, perhaps with another model.

        Args:
            run_id: Its run.
            step_id: Its name in the plan.
            key: The step key.
            tool: Name of the tool.
            model: Name of the model; None for the tool's own body.
            reason: Why this model was chosen.
        """
        with self._ledger.writing() as connection:
            connection.execute(_delete_step(run_id, step_id))
            connection.execute(
                sql.insert(steps).values(
                    run_id=run_id,
                    step_id=step_id,
                    key=key,
                    tool=tool,
                    model=model,
                    reason=reason,
                    state="running",
                    cached=False,
                    duration=0.0,
                    created=time.time(),
                )
            )

    def finish_step(
        self, run_id: int, step_id: str, *, duration: float = 0.0, cached: bool = False
    ) -> None:
        """Mark a step as done; for a step that was run, ``Store.record_step`` does so itself.

        Args:
            run_id: Its run.
            step_id: Its name in the plan.
            duration: Seconds it took.
            cached: Whether an equal step had been done before.

        Raises:
            StoreError: The step was not begun.
        """
        with self._ledger.writing() as connection:
            self.mark_done(connection, run_id, step_id, duration=duration, cached=cached)

    def mark_done(
        self,
        connection: Connection,
        run_id: int,
        step_id: str,
        *,
        duration: float,
        cached: bool = False,
    ) -> None:
        """Do what ``finish_step`` does, inside a transaction of the caller.

        Args:
            connection: An open transaction that writes.
            run_id: Its run.
            step_id: Its name in the plan.
            duration: Seconds it took.
            cached: Whether an equal step had been done before.

        Raises:
            StoreError: The step was not begun.
        """
        _end_step(connection, run_id, step_id, state="done", duration=duration, cached=cached)

    def fail_step(
        self,
        run_id: int,
        step_id: str,
        error: Mapping[str, Any],
        *,
        duration: float = 0.0,
        state: Literal["failed", "cancelled"] = "failed",
    ) -> None:
        """Mark a step as failed or cancelled.

        Args:
            run_id: Its run.
            step_id: Its name in the plan.
            error: What ``TonmeisterError.to_dict`` returned.
            duration: Seconds it took.
            state: How it ended.

        Raises:
            StoreError: The step was not begun.
        """
        with self._ledger.writing() as connection:
            _end_step(
                connection, run_id, step_id, state=state, duration=duration, error=dict(error)
            )

    def finish(self, run_id: int, state: Ending) -> None:
        """End a run; steps that still run get its ending.

        Args:
            run_id: The run.
            state: How it ended.

        Raises:
            StoreError: There is no such run.
        """
        with self._ledger.writing() as connection:
            ended = connection.execute(
                sql.update(runs)
                .where(runs.c.id == run_id)
                .values(state=state, finished=time.time())
            )
            if not ended.rowcount:
                raise _no_run(run_id)
            connection.execute(
                sql.update(steps)
                .where(steps.c.run_id == run_id, steps.c.state == "running")
                .values(state=state)
            )

    def get(self, run_id: int) -> RunRecord:
        """Return a run.

        Args:
            run_id: Its id.

        Raises:
            StoreError: There is no such run.
        """
        with self._ledger.reading() as connection:
            row = connection.execute(sql.select(runs).where(runs.c.id == run_id)).first()
            if row is None:
                raise _no_run(run_id)
            return _with_steps(connection, [row])[0]

    def latest(self, limit: int = 20) -> list[RunRecord]:
        """Return the latest runs, the newest first.

        Args:
            limit: How many at most.
        """
        with self._ledger.reading() as connection:
            rows = connection.execute(sql.select(runs).order_by(runs.c.id.desc()).limit(limit))
            return _with_steps(connection, list(rows))

    def mark_interrupted(self) -> None:
        """Mark what is said to be running, but whose process is gone, as interrupted."""
        running = sql.union(
            sql.select(runs.c.owner).where(runs.c.state == "running"),
            sql.select(turns.c.owner).where(turns.c.state == "running"),
        )
        with self._ledger.reading() as connection:
            owners = list(connection.scalars(running))
        dead = [owner for owner in owners if not self._tenancy.is_alive(owner)]
        if not dead:
            return
        with self._ledger.writing() as connection:
            lost = sql.select(runs.c.id).where(runs.c.state == "running", runs.c.owner.in_(dead))
            connection.execute(
                sql.update(steps)
                .where(steps.c.state == "running", steps.c.run_id.in_(lost))
                .values(state="interrupted")
            )
            for table, values in ((runs, {"finished": time.time()}), (turns, {})):
                connection.execute(
                    sql.update(table)
                    .where(table.c.state == "running", table.c.owner.in_(dead))
                    .values(state="interrupted", **values)
                )


def _delete_step(run_id: int, step_id: str) -> sql.Delete:
    return sql.delete(steps).where(steps.c.run_id == run_id, steps.c.step_id == step_id)


def _end_step(connection: Connection, run_id: int, step_id: str, **values: Any) -> None:
    ended = connection.execute(
        sql.update(steps)
        .where(steps.c.run_id == run_id, steps.c.step_id == step_id)
        .values(**values)
    )
    if not ended.rowcount:
        raise StoreError(f"Run {run_id} has no step '{step_id}'.", hint="Begin the step first.")


def _with_steps(connection: Connection, rows: list[Row[Any]]) -> list[RunRecord]:
    query = (
        sql.select(steps)
        .where(steps.c.run_id.in_([row.id for row in rows]))
        .order_by(steps.c.created)
    )
    by_run: dict[int, list[StepRecord]] = {}
    for row in connection.execute(query):
        by_run.setdefault(row.run_id, []).append(
            StepRecord(
                step_id=row.step_id,
                key=row.key,
                tool=row.tool,
                model=row.model,
                reason=row.reason,
                state=row.state,
                cached=row.cached,
                duration=row.duration,
                error=row.error,
            )
        )
    return [
        RunRecord(
            id=row.id,
            turn_id=row.turn_id,
            plan=row.plan,
            state=row.state,
            created=row.created,
            finished=row.finished,
            steps=tuple(by_run.get(row.id, ())),
        )
        for row in rows
    ]


def _no_run(run_id: int) -> StoreError:
    return StoreError(f"There is no run {run_id}.", hint="List them: tonmeister runs")
