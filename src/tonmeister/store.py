"""The store: artifacts and step results, sessions and runs, safe against a kill at any moment.

The files come first and the ledger second: a file is whole and on disk before a row names it, and
a row is gone before its file is. What dies in between is a file nobody names, which ``gc`` drops.
"""

import hashlib
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sql
from sqlalchemy.engine import Connection

from tonmeister.artifacts import Artifact, Kind, Recipe
from tonmeister.blobs import Blobs
from tonmeister.errors import StoreError
from tonmeister.ledger.handles import Handles
from tonmeister.ledger.history import History
from tonmeister.ledger.retention import GcReport, Usage, collect, measure
from tonmeister.ledger.rows import artifact_from_row, artifact_to_row
from tonmeister.ledger.runs import Runs
from tonmeister.ledger.tables import Ledger, artifacts, canonical_json, parents, results

__all__ = ["Store"]


class Store:
    """Everything Tonmeister remembers, in one folder.

    It may be used by several threads, and opened by several processes at once. A forked process
    opens its own.

    Attributes:
        home: The folder.
        history: Sessions and their turns.
        handles: Names of artifacts in a session.
        runs: Runs and their steps.

    Args:
        home: The folder; it is created if missing.
        url: SQLAlchemy URL of the ledger; by default ``ledger.sqlite`` in the folder. Machines
            that share a ledger share the folder too.
        lock_timeout: Seconds to wait for another process that is writing to the ledger.

    Raises:
        StoreError: The folder or the ledger cannot be used; the hint says what to do.
    """

    def __init__(self, home: Path, *, url: str | None = None, lock_timeout: float = 10.0) -> None:
        self.home = home.absolute()
        self._blobs = Blobs(self.home)
        try:
            file = self.home / "ledger.sqlite"
            is_new = url is None and not (file.exists() and file.stat().st_size)
            # Switching a new file to write-ahead logging does not wait for others; the lock does.
            with self._blobs.locked(exclusive=is_new):
                self._ledger = Ledger(url or f"sqlite:///{file}", lock_timeout=lock_timeout)
        except BaseException:
            self._blobs.close()
            raise
        self.history = History(self._ledger, self._blobs.tenancy)
        self.handles = Handles(self._ledger)
        self.runs = Runs(self._ledger, self._blobs.tenancy)
        self.runs.mark_interrupted()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the ledger and remove this process's scratch folders."""
        self._ledger.close()
        self._blobs.close()

    def scratch(self) -> Path:
        """Make an empty working folder on the store's disk; it lives until the store is closed."""
        return self._blobs.scratch()

    def discard(self, folder: Path) -> None:
        """Remove a working folder early, when a step has ended.

        Args:
            folder: A folder made by ``scratch`` of this store.

        Raises:
            StoreError: It is no such folder.
        """
        self._blobs.discard(folder)

    def adopt(
        self,
        contents: Path | bytes,
        *,
        kind: Kind,
        media_type: str,
        name: str,
        facts: Mapping[str, Any] | None = None,
        recipe: Recipe | None = None,
    ) -> Artifact:
        """Move finished contents into the store and describe them as an artifact.

        The ledger knows it only after ``record_step`` (results of a step) or ``add_artifact``
        (what was handed over). Call it inside a turn, which protects the file from ``gc``.

        Args:
            contents: A file in a folder made by ``scratch``, which is gone afterwards, or bytes.
            kind: What it is.
            media_type: Its format.
            name: What a person calls it.
            facts: Measured facts, never contents.
            recipe: How it was made; None for what was handed over.

        Raises:
            StoreError: The file does not lie in scratch, or there is no space left.
        """
        file = self._blobs.write(contents) if isinstance(contents, bytes) else contents
        sha256, size = self._blobs.adopt(file)
        return self.make_artifact(
            kind=kind,
            sha256=sha256,
            size=size,
            media_type=media_type,
            name=name,
            facts=facts,
            recipe=recipe,
        )

    def make_artifact(
        self,
        *,
        kind: Kind,
        sha256: str,
        size: int,
        media_type: str,
        name: str,
        facts: Mapping[str, Any] | None = None,
        recipe: Recipe | None = None,
    ) -> Artifact:
        """Describe a file as an artifact that a worker has moved into the store.

        Args:
            kind: What it is.
            sha256: Hash of its bytes.
            size: Number of its bytes.
            media_type: Its format.
            name: What a person calls it.
            facts: Measured facts, never contents.
            recipe: How it was made; None for what was handed over.
        """
        origin = asdict(recipe) if recipe else {"name": name}
        identity = canonical_json([kind, sha256, origin])
        return Artifact(
            id=hashlib.sha256(identity.encode()).hexdigest(),
            kind=kind,
            sha256=sha256,
            media_type=media_type,
            size=size,
            name=name,
            facts=dict(facts or {}),
            recipe=recipe,
            created=time.time(),
        )

    def path(self, artifact: Artifact) -> Path:
        """Return the file of an artifact, to be read only, and note that it is used.

        Args:
            artifact: From this store.

        Raises:
            StoreError: The file was dropped by ``gc``, is missing, or has another size.
        """
        path = self._blobs.path(artifact.sha256)
        if path is not None and path.stat().st_size == artifact.size:
            return path
        with self._ledger.reading() as connection:
            removed = connection.scalar(
                sql.select(artifacts.c.removed).where(artifacts.c.id == artifact.id)
            )
        label = f"The file of {artifact.kind} '{artifact.name}' ({artifact.id[:12]})"
        if path is None and removed is not None:
            day = time.strftime("%Y-%m-%d", time.localtime(removed))
            raise StoreError(
                f"{label} was dropped by gc on {day}.",
                hint="Repeat the request that made it, or hand the recording over again.",
            )
        found = "is missing" if path is None else f"has {path.stat().st_size} bytes"
        raise StoreError(
            f"{label} {found}, {artifact.size} bytes were stored.",
            hint="Check the disk; repeat the request that made it to store it anew.",
        )

    def add_artifact(self, artifact: Artifact) -> Artifact:
        """Enter what was handed over into the ledger; twice is fine.

        Args:
            artifact: From ``adopt``.

        Returns:
            The artifact as the ledger knows it, with the time it was first seen.

        Raises:
            StoreError: Its file is not stored.
        """
        with self._blobs.locked(exclusive=False), self._ledger.writing() as connection:
            self._insert(connection, [artifact])
            return _artifact(connection, artifact.id)

    def artifact(self, artifact_id: str) -> Artifact:
        """Return an artifact.

        Args:
            artifact_id: Its full id.

        Raises:
            StoreError: There is none.
        """
        with self._ledger.reading() as connection:
            return _artifact(connection, artifact_id)

    def made_with(self, sha256: str) -> list[Artifact]:
        """Return the results that have certain contents; not what was handed over.

        Args:
            sha256: Hash of the contents.
        """
        query = sql.select(artifacts).where(artifacts.c.sha256 == sha256)
        with self._ledger.reading() as connection:
            found = [artifact_from_row(row) for row in connection.execute(query)]
        return [one for one in found if one.recipe is not None]

    def record_step(
        self,
        key: str,
        outputs: Mapping[str, Artifact],
        *,
        run_id: int | None = None,
        step_id: str = "",
        duration: float = 0.0,
    ) -> None:
        """Enter all results of a step in one transaction: it is finished, or it never was.

        Results recorded earlier under the same key are replaced; their artifacts stay.

        Args:
            key: The step key.
            outputs: Artifacts from ``adopt`` by output name.
            run_id: Run whose step is marked as done, if any.
            step_id: Id of that step.
            duration: Seconds the step took.

        Raises:
            StoreError: A file of an output or a parent is not stored, or the step was not begun.
        """
        rows = [
            {"key": key, "output": output, "artifact_id": artifact.id, "position": position}
            for position, (output, artifact) in enumerate(outputs.items())
        ]
        with self._blobs.locked(exclusive=False), self._ledger.writing() as connection:
            self._insert(connection, list(outputs.values()))
            connection.execute(sql.delete(results).where(results.c.key == key))
            self._ledger.insert_missing(connection, results, rows)
            if run_id is not None:
                self.runs.mark_done(connection, run_id, step_id, duration=duration)

    def cached(self, key: str) -> Mapping[str, Artifact] | None:
        """Return the results of an equal step, or None if it has to be run.

        Args:
            key: The step key.

        Returns:
            Artifacts by output name in the order they were made, their files noted as used.
        """
        query = (
            sql.select(results.c.output, artifacts)
            .join(artifacts, artifacts.c.id == results.c.artifact_id)
            .where(results.c.key == key)
            .order_by(results.c.position)
        )
        with self._ledger.reading() as connection:
            found = {row.output: artifact_from_row(row) for row in connection.execute(query)}
        if not found:
            return None
        if all(self._is_whole(artifact) for artifact in found.values()):
            return found
        with self._ledger.writing() as connection:
            connection.execute(sql.delete(results).where(results.c.key == key))
        return None

    def _is_whole(self, artifact: Artifact) -> bool:
        path = self._blobs.path(artifact.sha256)
        return path is not None and path.stat().st_size == artifact.size

    def gc(self, budget_mb: int) -> GcReport:
        """Drop least recently used files until the store fits a budget.

        See ``tonmeister.ledger.retention`` for what goes first and what is never dropped.

        Args:
            budget_mb: Size all stored files may have together, in MiB.
        """
        self.runs.mark_interrupted()
        return collect(self._ledger, self._blobs, budget_mb=budget_mb)

    def usage(self) -> Usage:
        """Measure how much is stored and how much space is left."""
        return measure(self._ledger, self._blobs)

    def _insert(self, connection: Connection, added: list[Artifact]) -> None:
        for artifact in added:
            if self._blobs.touched(artifact.sha256) is None:
                raise StoreError(
                    f"The file of {artifact.kind} '{artifact.name}' is not stored.",
                    hint="Repeat the request.",
                )
        self._ledger.insert_missing(connection, artifacts, [artifact_to_row(one) for one in added])
        lineage = [
            {"artifact_id": artifact.id, "parent_id": parent}
            for artifact in added
            if artifact.recipe is not None
            for parent in dict.fromkeys(artifact.recipe.parents)
        ]
        self._ledger.insert_missing(connection, parents, lineage)
        connection.execute(
            sql.update(artifacts)
            .where(artifacts.c.sha256.in_([artifact.sha256 for artifact in added]))
            .values(removed=None)
        )


def _artifact(connection: Connection, artifact_id: str) -> Artifact:
    row = connection.execute(sql.select(artifacts).where(artifacts.c.id == artifact_id)).first()
    if row is None:
        raise StoreError(
            f"There is no artifact '{artifact_id[:12]}'.", hint="List them: tonmeister sessions"
        )
    return artifact_from_row(row)
