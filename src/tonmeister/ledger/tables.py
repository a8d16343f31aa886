"""The ledger: its tables, its transactions, and what can go wrong with them.

Queries are plain SQLAlchemy Core, so that PostgreSQL can take the place of SQLite by URL.
"""

import json
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sql
from sqlalchemy import Column, ForeignKey, Index, Integer, Table, event
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import ArgumentError, StatementError

from tonmeister.errors import StoreError

__all__ = [
    "Ledger",
    "artifacts",
    "canonical_json",
    "handles",
    "parents",
    "results",
    "runs",
    "sessions",
    "steps",
    "turns",
]

SCHEMA_VERSION = 2
# What brings a ledger of the version before to each version; run in the order of versions.
_UPGRADES = {2: "ALTER TABLE results ADD COLUMN position INTEGER NOT NULL DEFAULT 0"}


def canonical_json(value: object) -> str:
    """Return the one JSON text of a value: sorted keys, no spaces, ASCII.

    Args:
        value: Anything JSON can hold; numbers must be finite.

    Raises:
        StoreError: The value has no JSON form.
    """
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise StoreError(
            f"A value cannot be kept in the ledger: {error}.",
            hint="Use JSON types and finite numbers; None stands for 'not measurable'.",
        ) from error


class _Text(sql.types.TypeDecorator[str]):
    """Text from anywhere: what no database can hold is replaced, not refused."""

    impl = sql.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


_JSON = sql.JSON(none_as_null=True)
_HASH = sql.String(64)
_metadata = sql.MetaData()


def _refers(target: str) -> ForeignKey:
    return ForeignKey(target, ondelete="CASCADE")


_schema = Table("schema_version", _metadata, Column("version", Integer, primary_key=True))

# The head has no foreign key: sessions and turns would refer to each other in a circle.
sessions = Table(
    "sessions",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("name", _Text, nullable=False, unique=True),
    Column("created", sql.Double, nullable=False),
    Column("head", Integer),
    sqlite_autoincrement=True,
)
turns = Table(
    "turns",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("session_id", _refers("sessions.id"), nullable=False),
    Column("parent_id", _refers("turns.id"), index=True),
    Column("number", Integer, nullable=False),
    Column("request", _Text, nullable=False),
    Column("answer", _JSON),
    Column("state", sql.String(16), nullable=False),
    Column("owner", sql.String(64), nullable=False),
    Column("left_order", Integer, nullable=False, default=0),
    Column("created", sql.Double, nullable=False),
    sql.UniqueConstraint("session_id", "number"),
    sqlite_autoincrement=True,
)
runs = Table(
    "runs",
    _metadata,
    Column("id", Integer, primary_key=True),
    Column("turn_id", _refers("turns.id"), index=True),
    Column("plan", _JSON, nullable=False),
    Column("state", sql.String(16), nullable=False, index=True),
    Column("owner", sql.String(64), nullable=False),
    Column("created", sql.Double, nullable=False),
    Column("finished", sql.Double),
    sqlite_autoincrement=True,
)
steps = Table(
    "steps",
    _metadata,
    Column("run_id", _refers("runs.id"), primary_key=True),
    Column("step_id", _Text, primary_key=True),
    Column("key", _HASH, nullable=False),
    Column("tool", _Text, nullable=False),
    Column("model", _Text),
    Column("reason", _Text, nullable=False),
    Column("state", sql.String(16), nullable=False),
    Column("cached", sql.Boolean, nullable=False),
    Column("duration", sql.Double, nullable=False),
    Column("error", _JSON),
    Column("created", sql.Double, nullable=False),
)
artifacts = Table(
    "artifacts",
    _metadata,
    Column("id", _HASH, primary_key=True),
    Column("kind", sql.String(16), nullable=False),
    Column("sha256", _HASH, nullable=False, index=True),
    Column("media_type", _Text, nullable=False),
    Column("size", sql.BigInteger, nullable=False),
    Column("name", _Text, nullable=False),
    Column("facts", _JSON, nullable=False),
    Column("recipe", _JSON),
    Column("created", sql.Double, nullable=False),
    Column("removed", sql.Double),
)
parents = Table(
    "parents",
    _metadata,
    Column("artifact_id", _refers("artifacts.id"), primary_key=True),
    Column("parent_id", ForeignKey("artifacts.id"), primary_key=True, index=True),
)
results = Table(
    "results",
    _metadata,
    Column("key", _HASH, primary_key=True),
    Column("output", _Text, primary_key=True),
    Column("artifact_id", ForeignKey("artifacts.id"), nullable=False, index=True),
    Column("position", Integer, nullable=False, server_default="0"),
)
handles = Table(
    "handles",
    _metadata,
    Column("session_id", _refers("sessions.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("artifact_id", ForeignKey("artifacts.id"), nullable=False, index=True),
    Column("turn_id", _refers("turns.id"), nullable=False),
    Column("name", _Text, nullable=False),
)
Index("handles_by_turn", handles.c.turn_id)


class Ledger:
    """An open ledger.

    Args:
        url: SQLAlchemy URL; its tables are created if there are none.
        lock_timeout: Seconds to wait for another process that is writing.

    Raises:
        StoreError: It cannot be opened, is damaged, or has another version.
    """

    def __init__(self, url: str, *, lock_timeout: float = 10.0) -> None:
        try:
            address = sql.make_url(url)
            is_sqlite = address.get_backend_name() == "sqlite"
            self._engine = sql.create_engine(
                address,
                connect_args={"timeout": lock_timeout} if is_sqlite else {},
                json_serializer=canonical_json,
            )
        except (ArgumentError, ImportError) as error:
            raise StoreError(
                f"The URL of the ledger cannot be used: {error}.",
                hint="Expected: sqlite:///FILE, or postgresql+psycopg://… with psycopg installed.",
            ) from error
        self._place = address.database or address.render_as_string(hide_password=True)
        if is_sqlite:
            event.listen(self._engine, "connect", _prepare_sqlite)
            event.listen(self._engine, "begin", _begin_sqlite)
        self._writer = self._engine.execution_options(tonmeister_writes=True)
        try:
            self._check_version()
        except StoreError:
            self.close()
            raise

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Generator[Connection]:
        """Open a transaction that only reads, with one unchanging view of the ledger."""
        with self._translated(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Generator[Connection]:
        """Open a transaction that writes, all of it or nothing.

        Raises:
            StoreError: Another process kept the ledger locked, there is no space left, or the
                ledger is damaged or may not be written.
        """
        with self._translated(), self._writer.begin() as connection:
            yield connection

    @staticmethod
    def insert_missing(
        connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]
    ) -> None:
        """Insert the rows whose key is not in the table yet.

        Args:
            connection: An open transaction that writes.
            table: One of the tables of this module.
            rows: Columns by name.
        """
        if not rows:
            return
        if connection.dialect.name == "postgresql":
            from sqlalchemy.dialects.postgresql import insert
        else:
            from sqlalchemy.dialects.sqlite import insert
        connection.execute(insert(table).on_conflict_do_nothing(), list(rows))

    def _check_version(self) -> None:
        with self.reading() as connection:
            is_new = not sql.inspect(connection).has_table(_schema.name)
        if is_new:
            with self.writing() as connection:
                _metadata.create_all(connection)
                self.insert_missing(connection, _schema, [{"version": SCHEMA_VERSION}])
        latest = sql.select(sql.func.max(_schema.c.version))
        with self.reading() as connection:
            version = connection.scalar(latest)
        if version is not None and version + 1 in _UPGRADES:
            with self.writing() as connection:  # another process may have been quicker
                for number in range((connection.scalar(latest) or version) + 1, SCHEMA_VERSION + 1):
                    connection.exec_driver_sql(_UPGRADES[number])
                    self.insert_missing(connection, _schema, [{"version": number}])
            version = SCHEMA_VERSION
        if version != SCHEMA_VERSION:
            newer = version is not None and version > SCHEMA_VERSION
            cure = "Upgrade Tonmeister" if newer else "Use the version that wrote it"
            raise StoreError(
                f"The ledger {self._place} has schema {version}; this version reads "
                f"{SCHEMA_VERSION}.",
                hint=f"{cure}, or choose another folder with TONMEISTER_HOME.",
            )

    @contextmanager
    def _translated(self) -> Generator[None]:
        try:
            yield
        except OverflowError as error:
            raise StoreError("A number is too large for the ledger.") from error
        except StatementError as error:
            if isinstance(error.orig, StoreError):
                raise error.orig from error
            name = str(getattr(error.orig, "sqlite_errorname", ""))
            for prefix, (found, cure) in _CURES.items():
                if name.startswith(prefix):
                    raise StoreError(f"The ledger {self._place} {found}.", hint=cure) from error
            raise StoreError(
                f"The ledger {self._place} refused: {error.orig}.",
                hint="Check that its database can be reached and was not changed by hand.",
            ) from error


_FOLDER_CURE = "Check the folder's permissions, or choose another one with TONMEISTER_HOME."
_DAMAGE_CURE = (
    "Restore it from a backup, or move ledger.sqlite and its -wal and -shm files away to begin "
    "a new one; stored files are kept."
)
_SPACE_CURE = "Free some space, or drop old results with: tonmeister gc"
_CURES: Mapping[str, tuple[str, str]] = {
    "SQLITE_BUSY": (
        "is locked by another program",
        "Try again when the other program has finished, or close it.",
    ),
    "SQLITE_FULL": ("cannot grow: no space left", _SPACE_CURE),
    "SQLITE_READONLY": ("may not be written", _FOLDER_CURE),
    "SQLITE_CANTOPEN": ("cannot be opened", _FOLDER_CURE),
    "SQLITE_CORRUPT": ("is damaged", _DAMAGE_CURE),
    "SQLITE_NOTADB": ("is not a ledger, or is damaged", _DAMAGE_CURE),
    "SQLITE_CONSTRAINT_FOREIGNKEY": (
        "does not hold something that was referred to",
        "It may have been removed meanwhile; repeat the request.",
    ),
    "SQLITE_IOERR": (
        "cannot be read or written (disk error, or no space left)",
        "Free some space and check the disk.",
    ),
}


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver would begin transactions late and by itself; _begin_sqlite begins them instead.
    connection.isolation_level = None
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later cannot wait for another writer; one that
    # announces its writing can.
    writes = connection.get_execution_options().get("tonmeister_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
