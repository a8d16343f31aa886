"""What stays when space runs short.

Files nobody names (a crash left them) go first, at an hour of age. Then, while the store exceeds
its budget, and within each class the least recently used first:

1. what no head of a session sees: undone turns, other branches, removed sessions, failed runs;
2. what was only a step on the way to something a head sees.

What is seen from the head of a session is never dropped, be it a result or a recording that was
handed over: remove the session or undo the turn to let it go. Nor is anything that was used since
the oldest turn or run began that is still running, in any process.

A dropped file's artifact stays in the ledger with its recipe while anything refers to it.
"""

import shutil
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

import sqlalchemy as sql
from sqlalchemy.engine import Connection

from tonmeister.blobs import Blob, Blobs, store_errors
from tonmeister.ledger.history import ancestry
from tonmeister.ledger.tables import (
    Ledger,
    artifacts,
    handles,
    parents,
    results,
    runs,
    sessions,
    turns,
)

__all__ = ["GcReport", "Usage", "collect", "measure"]

ORPHAN_AGE = 3600.0
_ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class GcReport:
    """What a collection did.

    Attributes:
        dropped: Number of files dropped.
        freed: Bytes freed.
        size: Bytes still stored.
        budget: Bytes allowed.
        num_orphans: Files dropped that nothing in the ledger named.
        num_unseen: Files dropped that no head of a session saw.
        num_intermediate: Files dropped that were steps on the way to something seen.
        num_in_use: Files that would have been dropped, but a live turn or run may use them.
    """

    dropped: int
    freed: int
    size: int
    budget: int
    num_orphans: int
    num_unseen: int
    num_intermediate: int
    num_in_use: int

    @property
    def over_budget(self) -> int:
        """Bytes above the budget: what sessions still show or live runs use."""
        return max(0, self.size - self.budget)


@dataclass(frozen=True, slots=True)
class Usage:
    """How much is stored.

    Attributes:
        num_files: Number of stored files.
        size: Their bytes.
        num_artifacts: Number of artifacts the ledger knows.
        num_sessions: Number of sessions.
        free: Bytes left on the disk.
    """

    num_files: int
    size: int
    num_artifacts: int
    num_sessions: int
    free: int


class _Rank(IntEnum):
    ORPHAN = 0
    UNSEEN = 1
    INTERMEDIATE = 2
    SEEN = 3


def collect(ledger: Ledger, blobs: Blobs, *, budget_mb: int) -> GcReport:
    """Drop least recently used files until the store fits a budget.

    Args:
        ledger: Runs and turns of processes that are gone must be marked before.
        blobs: The files.
        budget_mb: Size all files may have together, in MiB.

    Raises:
        StoreError: The ledger or the folder cannot be written.
    """
    budget = budget_mb * 2**20
    with blobs.locked(exclusive=True):
        now = time.time()
        with ledger.writing() as connection:
            in_use_since = min([now, *_running_since(connection)])
            ranks = _ranks(connection)
            stored = blobs.stored()
            chosen, spared = _choose(stored, ranks, budget, in_use_since, now)
            _forget(connection, [blob.sha256 for blob in chosen], now)
        # The rows are gone for good before the files go: a kill in between leaves orphans only.
        for blob in chosen:
            blobs.drop(blob.sha256)
    counts = [ranks.get(blob.sha256, _Rank.ORPHAN) for blob in chosen]
    freed = sum(blob.size for blob in chosen)
    return GcReport(
        dropped=len(chosen),
        freed=freed,
        size=sum(blob.size for blob in stored) - freed,
        budget=budget,
        num_orphans=counts.count(_Rank.ORPHAN),
        num_unseen=counts.count(_Rank.UNSEEN),
        num_intermediate=counts.count(_Rank.INTERMEDIATE),
        num_in_use=spared,
    )


def measure(ledger: Ledger, blobs: Blobs) -> Usage:
    """Measure how much is stored.

    Args:
        ledger: The ledger.
        blobs: The files.
    """
    stored = blobs.stored()
    with ledger.reading() as connection:
        num_artifacts, num_sessions = (
            connection.scalar(sql.select(sql.func.count()).select_from(table)) or 0
            for table in (artifacts, sessions)
        )
    with store_errors(blobs.home):
        free = shutil.disk_usage(blobs.home).free
    return Usage(len(stored), sum(blob.size for blob in stored), num_artifacts, num_sessions, free)


def _choose(
    stored: Iterable[Blob],
    ranks: Mapping[str, _Rank],
    budget: int,
    in_use_since: float,
    now: float,
) -> tuple[list[Blob], int]:
    remaining = sum(blob.size for blob in stored)
    chosen: list[Blob] = []
    spared = 0

    def order(blob: Blob) -> tuple[int, float]:
        return ranks.get(blob.sha256, _Rank.ORPHAN), blob.used

    for blob in sorted(stored, key=order):
        rank = ranks.get(blob.sha256, _Rank.ORPHAN)
        if rank is _Rank.SEEN or (rank is not _Rank.ORPHAN and remaining <= budget):
            continue
        young = rank is _Rank.ORPHAN and blob.used > now - ORPHAN_AGE
        if young or blob.used >= in_use_since:
            spared += 1
            continue
        chosen.append(blob)
        remaining -= blob.size
    return chosen, spared


def _running_since(connection: Connection) -> list[float]:
    return [
        row.created
        for table in (turns, runs)
        for row in connection.execute(sql.select(table.c.created).where(table.c.state == "running"))
    ]


def _ranks(connection: Connection) -> dict[str, _Rank]:
    seen = _seen_artifacts(connection)
    parents_of: dict[str, list[str]] = {}
    for row in connection.execute(sql.select(parents)):
        parents_of.setdefault(row.artifact_id, []).append(row.parent_id)
    needed, waiting = set(seen), list(seen)
    while waiting:
        for parent in parents_of.get(waiting.pop(), ()):
            if parent not in needed:
                needed.add(parent)
                waiting.append(parent)
    ranks: dict[str, _Rank] = {}
    query = sql.select(artifacts.c.id, artifacts.c.sha256).where(artifacts.c.removed.is_(None))
    for row in connection.execute(query):
        rank = _Rank.UNSEEN
        if row.id in seen:
            rank = _Rank.SEEN
        elif row.id in needed:
            rank = _Rank.INTERMEDIATE
        ranks[row.sha256] = max(rank, ranks.get(row.sha256, _Rank.ORPHAN))
    return ranks


def _seen_artifacts(connection: Connection) -> set[str]:
    parent_of = {
        row.id: row.parent_id
        for row in connection.execute(sql.select(turns.c.id, turns.c.parent_id))
    }
    visible = {
        turn_id
        for head in connection.scalars(sql.select(sessions.c.head))
        for turn_id in ancestry(parent_of, head)
    }
    query = sql.select(handles.c.turn_id, handles.c.artifact_id)
    return {row.artifact_id for row in connection.execute(query) if row.turn_id in visible}


def _forget(connection: Connection, hashes: list[str], now: float) -> None:
    for start in range(0, len(hashes), _ROWS_AT_ONCE):
        here = artifacts.c.sha256.in_(hashes[start : start + _ROWS_AT_ONCE])
        ids = sql.select(artifacts.c.id).where(here)
        keys = sql.select(results.c.key).where(results.c.artifact_id.in_(ids))
        connection.execute(sql.delete(results).where(results.c.key.in_(keys)))
        connection.execute(sql.update(artifacts).where(here).values(removed=now))
    unnamed = sql.delete(artifacts).where(
        artifacts.c.removed.is_not(None),
        *(
            ~sql.exists().where(column == artifacts.c.id)
            for column in (handles.c.artifact_id, results.c.artifact_id, parents.c.parent_id)
        ),
    )
    while connection.execute(unnamed).rowcount:
        pass
