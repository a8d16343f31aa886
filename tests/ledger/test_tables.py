import sqlite3
from contextlib import closing

import pytest
import sqlalchemy as sql
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from tonmeister.errors import StoreError
from tonmeister.ledger import tables
from tonmeister.ledger.tables import Ledger, canonical_json
from tonmeister.store import Store


def execute(home, statement):
    with closing(sqlite3.connect(home / "ledger.sqlite")) as connection:
        rows = connection.execute(statement).fetchall()
        connection.commit()
    return rows


def test_canonical_json_does_not_depend_on_the_order_of_keys():
    assert canonical_json({"b": 1, "a": [1, 2.5, None]}) == '{"a":[1,2.5,null],"b":1}'
    assert canonical_json({"a": 1, "b": 2}) == canonical_json({"b": 2, "a": 1})


def test_a_value_without_a_json_form_is_refused():
    for value in (float("nan"), {1, 2}, b"bytes"):
        with pytest.raises(StoreError, match="cannot be kept"):
            canonical_json(value)


def test_a_value_the_ledger_refuses_inside_a_transaction_is_the_same_error(tmp_path):
    with Store(tmp_path) as store:
        with pytest.raises(StoreError, match="None stands for"):
            store.runs.begin({"strength": float("inf")})
        assert store.runs.latest() == []


def test_the_ledger_is_kept_the_safe_way(tmp_path):
    with Store(tmp_path) as store, store._ledger.reading() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        }
    assert pragmas == {
        "journal_mode": "wal", "foreign_keys": 1, "synchronous": 1, "busy_timeout": 10_000,
    }  # fmt: skip


@pytest.mark.parametrize(("version", "cure"), [(99, "Upgrade"), (0, "Use the version")])
def test_another_schema_is_refused_with_its_cure(tmp_path, version, cure):
    Store(tmp_path).close()
    execute(tmp_path, f"UPDATE schema_version SET version = {version}")
    with pytest.raises(StoreError, match=f"has schema {version}.*{cure}"):
        Store(tmp_path)
    execute(tmp_path, f"UPDATE schema_version SET version = {tables.SCHEMA_VERSION}")
    Store(tmp_path).close()


def test_a_ledger_of_the_version_before_is_brought_up_to_date(tmp_path):
    Store(tmp_path).close()
    execute(tmp_path, "ALTER TABLE results DROP COLUMN position")
    execute(tmp_path, "UPDATE schema_version SET version = 1")
    for _ in range(2):
        with Store(tmp_path) as store:
            assert store.cached("0" * 64) is None


def test_a_file_that_is_no_ledger_is_reported_and_left_alone(tmp_path):
    file = tmp_path / "ledger.sqlite"
    file.write_bytes(b"a shopping list, not a ledger" * 100)
    with pytest.raises(StoreError, match=r"is not a ledger, or is damaged.*move ledger.sqlite"):
        Store(tmp_path)
    assert file.read_bytes() == b"a shopping list, not a ledger" * 100
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_damaged_ledger_is_reported(tmp_path):
    with Store(tmp_path) as store:
        for number in range(50):
            store.history.session(f"session {number}")
    file = tmp_path / "ledger.sqlite"
    contents = bytearray(file.read_bytes())
    contents[4096:] = b"\xff" * len(contents[4096:])
    file.write_bytes(contents)
    with pytest.raises(StoreError, match=r"is damaged.*Restore it"):
        Store(tmp_path)


def test_a_locked_ledger_is_reported_after_the_time_limit(tmp_path):
    with (
        Store(tmp_path, lock_timeout=0.1) as store,
        closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked by another program"):
            store.history.session("interview")
        assert store.history.sessions() == []
        other.rollback()
        assert store.history.session("interview").name == "interview"


def test_a_transaction_that_fails_leaves_nothing(tmp_path):
    with Store(tmp_path) as store:
        row = {"name": "half", "created": 0.0}
        with pytest.raises(ZeroDivisionError), store._ledger.writing() as connection:
            connection.execute(sql.insert(tables.sessions).values(row))
            raise ZeroDivisionError
        assert store.history.sessions() == []
        with store._ledger.writing() as connection:
            connection.execute(sql.insert(tables.sessions).values(row))
        assert [one.name for one in store.history.sessions()] == ["half"]


def test_the_ledger_can_be_chosen_by_url(tmp_path):
    with Store(tmp_path / "home", url=f"sqlite:///{tmp_path}/elsewhere.sqlite") as store:
        store.history.session("interview")
    assert not (tmp_path / "home" / "ledger.sqlite").exists()
    ledger = Ledger(f"sqlite:///{tmp_path}/elsewhere.sqlite")
    with ledger.reading() as connection:
        assert connection.scalar(sql.select(tables.sessions.c.name)) == "interview"
    ledger.close()


@pytest.mark.parametrize("url", ["nonsense", "nonsense://x", "sqlite+nonsense:///x"])
def test_an_unusable_url_is_a_store_error(tmp_path, url):
    with pytest.raises(StoreError, match="URL of the ledger cannot be used"):
        Store(tmp_path, url=url)


def test_the_tables_can_be_made_on_postgresql():
    for table in tables._metadata.sorted_tables:
        assert str(CreateTable(table).compile(dialect=postgresql.dialect())).strip()
