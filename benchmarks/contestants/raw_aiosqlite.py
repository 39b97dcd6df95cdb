"""aiosqlite alone: one connection, whose thread does one thing after another; transactions take turns."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import aiosqlite

from benchmarks.contestant import Row
from benchmarks.contestants.plain import Entry
from benchmarks.contestants.raw import Raw

__all__ = ["ENTRY", "READING", "RawAiosqlite", "open_tuned"]

ENTRY = ("id", "timestamp", "level", "text")
READING = ("id", "name", "value", "number", "label", "note")
TUNED = ("PRAGMA journal_mode = wal", "PRAGMA synchronous = normal")


async def open_tuned(path: str) -> aiosqlite.Connection:
    """A connection to a file, tuned as all are."""
    connection = await aiosqlite.connect(path, isolation_level=None)
    for pragma in TUNED:
        await connection.execute_fetchall(pragma)
    return connection


class _Session:
    """aiosqlite's verbs, by the names that the others have: one turn of its thread each."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._fetchall, self.executemany = connection.execute_fetchall, connection.executemany

    async def fetch(self, sql: str, *binds: Any) -> Any:
        return await self._fetchall(sql, binds)

    execute = fetch


class RawAiosqlite(Raw):
    """The driver, one turn of its thread for each statement."""

    async def open(self) -> None:
        self._connection = await open_tuned(self.database.name)
        self._session, self._turn = _Session(self._connection), asyncio.Lock()

    async def close(self) -> None:
        await self._connection.close()

    def session(self) -> Any:
        return self._session

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Any]:
        async with self._turn:
            await self._session.execute("BEGIN IMMEDIATE")
            yield self._session
            await self._session.execute("COMMIT")

    async def insert(self, session: Any, sql: str, *binds: Any) -> int:
        del session
        row = await self._connection.execute_insert(sql, binds)
        assert row is not None, "it was inserted"
        return int(row[0])

    def entries(self, rows: Iterable[Any]) -> list[Entry]:
        read = datetime.fromisoformat
        return [Entry(key, read(moment), level, text) for key, moment, level, text in rows]

    def entry_row(self, row: Row) -> tuple[Any, ...]:
        return str(row["timestamp"]), row["level"], row["text"]

    def moment(self, value: Any) -> Any:
        return datetime.fromisoformat(value)

    def entry_dicts(self, rows: Iterable[Any]) -> list[dict[str, Any]]:
        read = datetime.fromisoformat
        return [
            {"id": key, "timestamp": read(moment), "level": level, "text": text} for key, moment, level, text in rows
        ]

    def entry_tuples(self, rows: Iterable[Any]) -> list[tuple[Any, ...]]:
        read = datetime.fromisoformat
        return [(key, read(moment), level, text) for key, moment, level, text in rows]

    def reading_dicts(self, rows: Iterable[Any]) -> list[dict[str, Any]]:
        return [dict(zip(READING, row, strict=True)) for row in rows]

    def reading_tuples(self, rows: Iterable[Any]) -> Sequence[tuple[Any, ...]]:
        return list(rows)

    async def bulk_keys(self, rows: Sequence[Row]) -> int:
        keys: set[int] = set()
        values = [(row["name"], row["value"], row["number"]) for row in rows]
        head = self.sql["sample"].removesuffix("(?, ?, ?)")
        async with self.transaction() as session:
            for start in range(0, len(values), 500):
                batch = values[start : start + 500]
                sql = f"{head} {', '.join(['(?, ?, ?)'] * len(batch))} RETURNING id"
                keys.update(row[0] for row in await session.fetch(sql, *[value for row in batch for value in row]))
        return len(keys)

    async def batches(self, limit: int) -> AsyncIterator[Iterable[Any]]:
        async with self._connection.execute(self.sql["events"], (limit,)) as cursor:
            while rows := list(await cursor.fetchmany(1000)):
                yield rows
