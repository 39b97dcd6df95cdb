"""Making tables where the engine cannot undo it: what was made before a failure is dropped again."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from activerecord import ActiveRecord, Column, DatabaseError, UsageError, column, create_tables, drop_tables
from activerecord.database import database
from activerecord.runtime import run_blocking
from activerecord.sql.cache import StatementCache
from activerecord.sql.dialects.sqlite import SQLITE
from activerecord.testing.queries import count_queries

pytestmark = pytest.mark.engines("sqlite")


class First(ActiveRecord):
    __table_name__ = "firsts"
    id: Column[int] = column(primary_key=True)


class Second(ActiveRecord):
    __table_name__ = "seconds"
    id: Column[int] = column(primary_key=True)
    first_id: Column[int] = column(references="firsts.id", index=True)


class Unmade(ActiveRecord):
    """Its index has the name of another's, which shows only when the table stands."""

    __table_name__ = "unmade"
    id: Column[int] = column(primary_key=True)
    second_id: Column[int] = column(references="seconds.id", index=True)


# SQLite as if it could not roll CREATE TABLE back.
@pytest.fixture(params=[True, False], ids=["forward keys", "keys at the end"])
def hasty(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    ActiveRecord.configure(f"sqlite:///{tmp_path / 'test.db'}")
    dialect = replace(SQLITE, transactional_ddl=False, forward_keys=request.param)
    database().statements = StatementCache(dialect)


def run(sql: str) -> list[tuple[Any, ...]]:
    return run_blocking(lambda: database().execute_text(sql, writes=True), "execute").rows


def tables() -> list[str]:
    return [name for (name,) in run("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]


@pytest.fixture
def doomed(hasty: None) -> None:
    """`Unmade` cannot be made whole."""
    run("CREATE TABLE kept (id INTEGER)")
    run("CREATE INDEX ix_unmade_second_id ON kept (id)")


def kept() -> list[str]:
    return [name for name in tables() if not name.startswith("sqlite_")]


def test_none_is_left(doomed: None) -> None:
    with pytest.raises(DatabaseError, match="already exists") as failed, count_queries(database()) as sent:
        create_tables(First, Second, Unmade)
    assert failed.value.__notes__ == [
        "these tables had been made, and were dropped again, since sqlite cannot undo it: firsts, seconds, unmade"
    ]
    assert not any(sql.startswith("BEGIN") for sql in sent)
    assert kept() == ["kept"]


def test_what_stood_before_stays(doomed: None) -> None:
    create_tables(First)
    First.create()
    for conditionally in (True, False):
        with pytest.raises(DatabaseError):
            create_tables(First, Second, Unmade, if_not_exists=conditionally)
        assert kept() == ["firsts", "kept"]
    create_tables(First, Second, if_not_exists=True)
    assert kept() == ["firsts", "kept", "seconds"]
    assert First.query().count() == 1


def test_what_cannot_be_dropped_again_is_told(doomed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def removal(_tables: object, _dialect: object) -> list[str]:
        return ["DROP TABLE nothing"]

    monkeypatch.setattr("activerecord.model.tables.removal", removal)
    with pytest.raises(DatabaseError, match="already exists") as failed:
        create_tables(First, Unmade)
    assert failed.value.__notes__ == [
        "these tables had been made and could not be dropped again (SyntaxError_): firsts, unmade"
    ]


def test_not_inside_a_transaction(hasty: None) -> None:
    with First.transaction():
        for change in (create_tables, drop_tables):
            with pytest.raises(UsageError, match="outside of transactions"):
                change(First)
    create_tables(First)
    drop_tables(First)
    assert kept() == []
