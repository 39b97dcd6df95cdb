"""A driver whose cursors do not interleave with other statements: what the contract demands of one, and what the library does."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

import pytest

import activerecord_sqlite3
from activerecord import ActiveRecord, Column, UsageError, column, create_tables
from activerecord import database as databases_module
from activerecord.config import Configuration
from activerecord.database import Database
from activerecord.driver import Binds, Connection, Cursor, Driver, Result, Row
from activerecord.testing import RUNNERS, Runner
from activerecord.testing.contract import SQLITE_WORDS, DriverContract, Subject

_FORWARDED = frozenset({"dialect", "close", "terminate", "in_transaction", "aborted", "usable"})


class _Apart:
    """A connection of sqlite3 that takes nothing while a cursor is open on it."""

    def __init__(self, inner: Connection) -> None:
        self._inner = inner
        self._open: _Cursor | None = None

    def __getattr__(self, name: str) -> Any:
        if name not in _FORWARDED:
            raise AttributeError(name)
        return getattr(self._inner, name)

    async def fetch(self, sql: str, binds: Binds) -> list[Row]:
        self._check()
        return await self._inner.fetch(sql, binds)

    async def execute(self, sql: str, binds: Binds) -> Result:
        self._check()
        return await self._inner.execute(sql, binds)

    async def execute_many(self, sql: str, rows: Iterable[Binds]) -> None:
        self._check()
        await self._inner.execute_many(sql, rows)

    async def open_cursor(self, sql: str, binds: Binds) -> Cursor:
        self._check()
        self._open = _Cursor(self, await self._inner.open_cursor(sql, binds))
        return self._open

    def forget(self, cursor: "_Cursor") -> None:
        if self._open is cursor:
            self._open = None

    def _check(self) -> None:
        if self._open is not None:
            raise UsageError("a stream is open on this connection: open it outside the transaction")


class _Cursor:
    def __init__(self, connection: _Apart, inner: Cursor) -> None:
        self._connection = connection
        self._inner = inner

    async def fetch(self, count: int) -> list[Row]:
        return await self._inner.fetch(count)

    async def close(self) -> None:
        await self._inner.close()
        self._connection.forget(self)


class _Driver:
    """The driver for sqlite3 with such connections."""

    cursors_interleave = False

    def __getattr__(self, name: str) -> Any:
        return getattr(activerecord_sqlite3.driver, name)

    async def connect(self, configuration: Configuration) -> Any:
        return _Apart(await activerecord_sqlite3.driver.connect(configuration))


APART: Any = _Driver()


def _file(folder: Path) -> Configuration:
    return Configuration("contract", "sqlite", database=str(folder / "apart.db"))


def _demands(runner: Runner, folder: Path) -> Mapping[str, DriverContract]:
    driver: Driver = APART
    subject = Subject("apart", driver, lambda: _file(folder), SQLITE_WORDS)
    made = DriverContract.of(subject, [runner])
    return {demand.check.name: demand for demand in made if demand.chapter == "cursors"}


@pytest.mark.parametrize("runner", [RUNNERS["asyncio"], RUNNERS["sync"]], ids=lambda each: each.name)
@pytest.mark.parametrize(
    "name",
    [
        "what_cannot_run_between_is_refused",
        "a_cursor_gives_what_a_query_gives",
        "a_cursor_closed_early_leaves_the_session_free",
    ],
)
def test_demands(name: str, runner: Runner, tmp_path: Path) -> None:
    _demands(runner, tmp_path)[name].run()


def test_nothing_is_demanded_that_it_does_not_promise(tmp_path: Path) -> None:
    assert "other_statements_run_between" not in _demands(RUNNERS["asyncio"], tmp_path)


class Item(ActiveRecord):
    __table_name__ = "apart_items"
    __connection__ = "apart"
    id: Column[int] = column(primary_key=True)
    name: Column[str]


def test_a_stream_in_a_transaction_refuses_what_comes_between(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = Database(Configuration("apart", "sqlite", database=str(tmp_path / "items.db")), APART)
    monkeypatch.setitem(cast("dict[str, Database]", databases_module.__dict__["_databases"]), "apart", found)
    create_tables(Item)
    Item.insert_all([{"name": str(number)} for number in range(5)])
    with Item.transaction():
        with Item.query().order_by("id").stream(batch=2) as rows:
            with pytest.raises(UsageError, match="outside the transaction"):
                Item.create(name="between")
            assert [record.name for record in rows] == ["0", "1", "2", "3", "4"]
        Item.create(name="after")
    with Item.query().stream(batch=2) as rows:
        # On a connection of its own it is in nobody's way.
        for record in rows:
            record.update(name="seen")
    assert Item.where(name="seen").count() == 6
    found.retire()
