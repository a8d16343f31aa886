"""Handles such as "@a3": what artifacts are called in a session, and what its head sees of them."""

import re
from collections.abc import Collection
from typing import Any, NamedTuple

import sqlalchemy as sql
from sqlalchemy.engine import Connection, Row

from tonmeister.artifacts import Artifact
from tonmeister.errors import StoreError
from tonmeister.ledger.history import head_of, line_of, turn_of
from tonmeister.ledger.rows import artifact_from_row
from tonmeister.ledger.tables import Ledger, artifacts, handles, turns

__all__ = ["Handles", "NamedArtifact"]


class NamedArtifact(NamedTuple):
    """An artifact under its name in a session.

    Attributes:
        handle: For example "@a3".
        artifact: What it names.
        turn: Number of the turn that brought it.
    """

    handle: str
    artifact: Artifact
    turn: int


class Handles:
    """The handles of all sessions.

    Args:
        ledger: Where they are kept.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def assign(self, turn_id: int, artifact: Artifact) -> str:
        """Give an artifact its name in a session, such as "@a3".

        An artifact that has a name on the way to this turn keeps it. Numbers are never used again.

        Args:
            turn_id: The turn that brings it.
            artifact: It must be in the ledger.

        Raises:
            StoreError: There is no such turn, or the artifact is not in the ledger.
        """
        with self._ledger.writing() as connection:
            session_id = turn_of(connection, turn_id).session_id
            head_of(connection, session_id)
            line = line_of(connection, session_id, turn_id)
            here = handles.c.session_id == session_id
            number = connection.scalar(
                sql.select(sql.func.min(handles.c.number)).where(
                    here,
                    handles.c.artifact_id == artifact.id,
                    handles.c.turn_id.in_(line) if artifact.recipe else sql.true(),
                )
            )
            if number is None:
                last = connection.scalar(sql.select(sql.func.max(handles.c.number)).where(here))
                number = (last or 0) + 1
                connection.execute(
                    sql.insert(handles).values(
                        session_id=session_id,
                        number=number,
                        artifact_id=artifact.id,
                        turn_id=turn_id,
                        name=artifact.name,
                    )
                )
            return f"@a{number}"

    def visible(self, session_id: int) -> list[NamedArtifact]:
        """Return what can be seen from the head, by number.

        Args:
            session_id: The session.
        """
        with self._ledger.reading() as connection:
            line = set(line_of(connection, session_id, head_of(connection, session_id)))
            rows = [row for row in _named(connection, session_id) if _is_seen(row, line)]
        return [
            NamedArtifact(f"@a{row.handle_number}", artifact_from_row(row), row.turn_number)
            for row in rows
        ]

    def resolve(self, session_id: int, handle: str) -> Artifact:
        """Return the artifact a handle names, seen from the head.

        Args:
            session_id: The session.
            handle: For example "@a3".

        Raises:
            StoreError: There is no such handle, or it was undone, or lies on another branch.
        """
        match = re.fullmatch(r"@a([0-9]{1,9})", handle)
        number = int(match.group(1)) if match else None
        with self._ledger.reading() as connection:
            head = head_of(connection, session_id)
            line = line_of(connection, session_id, head)
            rows = _named(connection, session_id)
            found = next((row for row in rows if row.handle_number == number), None)
            if found is not None and _is_seen(found, line):
                return artifact_from_row(found)
            if found is not None:
                undone = head is None or head in line_of(connection, session_id, found.turn_id)
                raise _out_of_sight(handle, found.turn_number, undone=undone)
        visible = [f"@a{row.handle_number} ({row.kind})" for row in rows if _is_seen(row, line)]
        raise StoreError(
            f"There is no {handle} in this session.",
            hint=f"There is: {', '.join(visible)}." if visible else "Hand over a recording first.",
        )


def _is_seen(row: Row[Any], line: Collection[int]) -> bool:
    """Tell whether a handle is seen: what was handed over outlives an undo, results do not."""
    return row.recipe is None or row.turn_id in line


def _named(connection: Connection, session_id: int) -> list[Row[Any]]:
    query = (
        sql.select(
            artifacts,
            handles.c.number.label("handle_number"),
            handles.c.turn_id,
            turns.c.number.label("turn_number"),
        )
        .join(handles, handles.c.artifact_id == artifacts.c.id)
        .join(turns, turns.c.id == handles.c.turn_id)
        .where(handles.c.session_id == session_id)
        .order_by(handles.c.number)
    )
    return list(connection.execute(query))


def _out_of_sight(handle: str, turn: int, *, undone: bool) -> StoreError:
    if undone:
        return StoreError(
            f"{handle} was undone; it came with turn {turn}.",
            hint=f"Bring it back: tonmeister redo, or tonmeister checkout {turn}",
        )
    return StoreError(
        f"{handle} lies on another branch; it came with turn {turn}.",
        hint=f"Go there: tonmeister checkout {turn}",
    )
