"""Sessions as trees of turns: undo, redo and branches."""

import secrets
import time
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sql
from sqlalchemy.engine import Connection, Row

from tonmeister.blobs import Tenancy
from tonmeister.errors import StoreError
from tonmeister.ledger.rows import new_id
from tonmeister.ledger.tables import Ledger, handles, sessions, turns

__all__ = ["History", "SessionRecord", "Turn", "ancestry", "head_of", "line_of", "turn_of"]

_TEMPI = ("adagio", "allegro", "andante", "grave", "largo", "lento", "moderato", "presto", "vivace")
_INSTRUMENTS = ("bassoon", "cello", "clarinet", "flute", "harp", "horn", "oboe", "viola", "violin")


@dataclass(frozen=True, slots=True)
class Turn:
    """One request and its answer.

    Attributes:
        id: Identity in the ledger.
        session_id: Its session.
        parent_id: The turn it followed; None for a first one.
        number: Its number in the session, from 1, never used again.
        request: What was said or typed.
        answer: What was answered, as JSON; None until it is finished.
        state: "running", "done", "failed", "cancelled", or "interrupted" when its process died.
        created: Seconds since the epoch.
    """

    id: int
    session_id: int
    parent_id: int | None
    number: int
    request: str
    answer: Any
    state: str
    created: float


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """One conversation.

    Attributes:
        id: Identity in the ledger, never used again.
        name: What people call it.
        created: Seconds since the epoch.
        used: Time of its latest turn, in seconds since the epoch.
        num_turns: Turns on all branches.
        num_handles: Handles on all branches.
    """

    id: int
    name: str
    created: float
    used: float
    num_turns: int
    num_handles: int


class History:
    """All sessions.

    Args:
        ledger: Where they are kept.
        tenancy: Mark of the store that begins turns.
    """

    def __init__(self, ledger: Ledger, tenancy: Tenancy) -> None:
        self._ledger = ledger
        self._tenancy = tenancy

    def session(self, name: str | None = None) -> SessionRecord:
        """Return a session, which begins if there is none of that name.

        Args:
            name: Its name; None begins a new one under a name that is free.

        Raises:
            StoreError: The name is empty, too long, or not printable.
        """
        if name is not None and not (name.strip() and len(name) <= 100 and name.isprintable()):
            raise StoreError(
                "A session's name has 1 to 100 printable characters.",
                hint="Choose another name, such as 'interview'.",
            )
        with self._ledger.writing() as connection:
            chosen = name or _free_name(connection)
            self._ledger.insert_missing(
                connection, sessions, [{"name": chosen, "created": time.time()}]
            )
            return _records(connection, sessions.c.name == chosen)[0]

    def sessions(self) -> list[SessionRecord]:
        """Return all sessions, the one used last first."""
        with self._ledger.reading() as connection:
            return _records(connection, sql.true())

    def remove_session(self, session_id: int) -> None:
        """Forget a session with its turns, runs and handles; ``gc`` drops its files.

        Args:
            session_id: Its id.

        Raises:
            StoreError: There is no such session.
        """
        with self._ledger.writing() as connection:
            removed = connection.execute(sql.delete(sessions).where(sessions.c.id == session_id))
            if not removed.rowcount:
                raise _no_session(session_id)

    def begin_turn(self, session_id: int, request: str) -> Turn:
        """Begin a turn after the head and make it the head.

        Until it is finished, nothing used since it began is dropped by ``gc``.

        Args:
            session_id: Its session.
            request: What was said or typed.

        Raises:
            StoreError: There is no such session.
        """
        with self._ledger.writing() as connection:
            head = head_of(connection, session_id)
            numbers = sql.select(sql.func.max(turns.c.number))
            last = connection.scalar(numbers.where(turns.c.session_id == session_id)) or 0
            turn_id = new_id(
                connection.execute(
                    sql.insert(turns).values(
                        session_id=session_id,
                        parent_id=head,
                        number=last + 1,
                        request=request,
                        state="running",
                        owner=self._tenancy.owner,
                        created=time.time(),
                    )
                )
            )
            _move_head(connection, session_id, turn_id)
            return turn_of(connection, turn_id)

    def finish_turn(
        self, turn_id: int, answer: Any, *, state: Literal["done", "failed", "cancelled"] = "done"
    ) -> Turn:
        """Finish a turn.

        Args:
            turn_id: The turn.
            answer: The reply as JSON.
            state: How it ended.

        Raises:
            StoreError: There is no such turn.
        """
        with self._ledger.writing() as connection:
            ended = sql.update(turns).where(turns.c.id == turn_id)
            connection.execute(ended.values(answer=answer, state=state))
            return turn_of(connection, turn_id)

    def discard_turn(self, turn_id: int) -> None:
        """Forget a latest turn as if it had never begun, and move the head back to its parent.

        Its runs and handles go with it; its number, and theirs, are free again.

        Args:
            turn_id: The turn.

        Raises:
            StoreError: There is no such turn, or another one followed it.
        """
        with self._ledger.writing() as connection:
            turn = turn_of(connection, turn_id)
            head_of(connection, turn.session_id)
            if connection.scalar(
                sql.select(turns.c.id).where(turns.c.parent_id == turn_id).limit(1)
            ):
                raise StoreError(
                    f"Turn {turn.number} has a turn after it and stays.", hint="Undo it instead."
                )
            connection.execute(
                sql.update(sessions)
                .where(sessions.c.id == turn.session_id, sessions.c.head == turn_id)
                .values(head=turn.parent_id)
            )
            connection.execute(sql.delete(turns).where(turns.c.id == turn_id))

    def head(self, session_id: int) -> Turn | None:
        """Return the turn the next one will follow, or None at the beginning.

        Args:
            session_id: The session.
        """
        with self._ledger.reading() as connection:
            head = head_of(connection, session_id)
            return None if head is None else turn_of(connection, head)

    def undo(self, session_id: int) -> Turn | None:
        """Move the head to its parent.

        Args:
            session_id: The session.

        Returns:
            The turn that was undone, or None if there is nothing to undo.
        """
        with self._ledger.writing() as connection:
            head = head_of(connection, session_id)
            if head is None:
                return None
            undone = turn_of(connection, head)
            _move_head(connection, session_id, undone.parent_id)
            return undone

    def redo(self, session_id: int) -> Turn | None:
        """Move the head to that of its children which was left last.

        Args:
            session_id: The session.

        Returns:
            The turn that is the head again, or None if there is nothing to redo.
        """
        with self._ledger.writing() as connection:
            head = head_of(connection, session_id)
            child = connection.scalar(
                sql.select(turns.c.id)
                .where(
                    turns.c.session_id == session_id, turns.c.parent_id.is_not_distinct_from(head)
                )
                .order_by(turns.c.left_order.desc(), turns.c.number.desc())
                .limit(1)
            )
            if child is None:
                return None
            _move_head(connection, session_id, child)
            return turn_of(connection, child)

    def checkout(self, session_id: int, number: int) -> Turn:
        """Move the head to any turn; what follows becomes a branch.

        Args:
            session_id: The session.
            number: Number of the turn.

        Raises:
            StoreError: The session has no such turn.
        """
        with self._ledger.writing() as connection:
            head_of(connection, session_id)
            turn_id = connection.scalar(
                sql.select(turns.c.id).where(
                    turns.c.session_id == session_id, turns.c.number == number
                )
            )
            if turn_id is None:
                raise StoreError(
                    f"There is no turn {number} in this session.", hint="List them: tonmeister log"
                )
            _move_head(connection, session_id, turn_id)
            return turn_of(connection, turn_id)

    def turns(self, session_id: int) -> list[Turn]:
        """Return all turns by number; ``parent_id`` makes them a tree.

        Args:
            session_id: The session.
        """
        query = sql.select(turns).where(turns.c.session_id == session_id).order_by(turns.c.number)
        with self._ledger.reading() as connection:
            return [_turn_from_row(row) for row in connection.execute(query)]

    def path(self, session_id: int) -> list[Turn]:
        """Return the turns from the first one to the head.

        Args:
            session_id: The session.
        """
        query = sql.select(turns).where(turns.c.session_id == session_id)
        with self._ledger.reading() as connection:
            line = line_of(connection, session_id, head_of(connection, session_id))
            by_id = {row.id: _turn_from_row(row) for row in connection.execute(query)}
        return [by_id[turn_id] for turn_id in reversed(line)]


def ancestry(parent_of: dict[int, int | None], turn_id: int | None) -> list[int]:
    """Return a turn and all before it, the latest first.

    Args:
        parent_of: Parent of each turn by id.
        turn_id: Where to start; None gives an empty list.
    """
    line: list[int] = []
    while turn_id is not None:
        line.append(turn_id)
        turn_id = parent_of[turn_id]
    return line


def line_of(connection: Connection, session_id: int, turn_id: int | None) -> list[int]:
    """Return the ids of a turn and of all before it, the latest first.

    Args:
        connection: An open transaction.
        session_id: Its session.
        turn_id: Where to start; None gives an empty list.
    """
    query = sql.select(turns.c.id, turns.c.parent_id).where(turns.c.session_id == session_id)
    return ancestry({row.id: row.parent_id for row in connection.execute(query)}, turn_id)


def head_of(connection: Connection, session_id: int) -> int | None:
    """Return the id of a session's head, or None at its beginning.

    Args:
        connection: An open transaction.
        session_id: The session.

    Raises:
        StoreError: There is no such session.
    """
    # On a database with concurrent writers the row stays locked until the transaction ends, so
    # that numbers are given once.
    query = sql.select(sessions.c.head).where(sessions.c.id == session_id).with_for_update()
    row = connection.execute(query).first()
    if row is None:
        raise _no_session(session_id)
    return None if row.head is None else int(row.head)


def _move_head(connection: Connection, session_id: int, turn_id: int | None) -> None:
    before = line_of(connection, session_id, head_of(connection, session_id))
    after = line_of(connection, session_id, turn_id)
    here = turns.c.session_id == session_id
    last = connection.scalar(sql.select(sql.func.max(turns.c.left_order)).where(here)) or 0
    connection.execute(
        sql.update(turns)
        .where(turns.c.id.in_([one for one in before if one not in after]))
        .values(left_order=last + 1)
    )
    connection.execute(sql.update(sessions).where(sessions.c.id == session_id).values(head=turn_id))


def turn_of(connection: Connection, turn_id: int) -> Turn:
    """Return a turn.

    Args:
        connection: An open transaction.
        turn_id: Its id.

    Raises:
        StoreError: There is no such turn.
    """
    row = connection.execute(sql.select(turns).where(turns.c.id == turn_id)).first()
    if row is None:
        raise StoreError(
            f"There is no turn with id {turn_id}.", hint="Its session may have been removed."
        )
    return _turn_from_row(row)


def _turn_from_row(row: Row[Any]) -> Turn:
    return Turn(
        id=row.id,
        session_id=row.session_id,
        parent_id=row.parent_id,
        number=row.number,
        request=row.request,
        answer=row.answer,
        state=row.state,
        created=row.created,
    )


def _records(connection: Connection, condition: sql.ColumnElement[bool]) -> list[SessionRecord]:
    of_turns = sql.select(sql.func.count(), sql.func.max(turns.c.created)).where(
        turns.c.session_id == sessions.c.id
    )
    num_turns = of_turns.with_only_columns(sql.func.count()).scalar_subquery()
    latest = of_turns.with_only_columns(sql.func.max(turns.c.created)).scalar_subquery()
    num_handles = (
        sql.select(sql.func.count())
        .select_from(handles)
        .where(handles.c.session_id == sessions.c.id)
        .scalar_subquery()
    )
    used = sql.func.coalesce(latest, sessions.c.created)
    rows = connection.execute(
        sql.select(sessions.c.id, sessions.c.name, sessions.c.created, used, num_turns, num_handles)
        .where(condition)
        .order_by(used.desc(), sessions.c.id.desc())
    )
    return [SessionRecord(*row) for row in rows]


def _free_name(connection: Connection) -> str:
    taken = set(connection.scalars(sql.select(sessions.c.name)))
    stem = f"{secrets.choice(_TEMPI)}-{secrets.choice(_INSTRUMENTS)}"
    name, count = stem, 1
    while name in taken:
        count += 1
        name = f"{stem}-{count}"
    return name


def _no_session(session_id: int) -> StoreError:
    return StoreError(
        f"There is no session with id {session_id}.", hint="List them: tonmeister sessions"
    )
