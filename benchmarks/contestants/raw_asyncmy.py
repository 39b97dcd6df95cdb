"""asyncmy alone: one connection where one task works, its pool where several do."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

import asyncmy
import asyncmy.cursors

from benchmarks.contestant import Row
from benchmarks.contestants.raw import Raw
from benchmarks.contestants.raw_aiosqlite import ENTRY, READING

__all__ = ["RawAsyncmy"]

_asyncmy = cast("Any", asyncmy)


class _Session:
    """A connection's verbs, by the names that the others have."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    async def fetch(self, sql: str, *binds: Any) -> Any:
        async with self.connection.cursor() as cursor:
            await cursor.execute(sql, binds)
            return await cursor.fetchall()

    async def execute(self, sql: str, *binds: Any) -> int:
        async with self.connection.cursor() as cursor:
            await cursor.execute(sql, binds)
            return int(cursor.lastrowid or 0)

    async def executemany(self, sql: str, rows: Sequence[Any]) -> None:
        async with self.connection.cursor() as cursor:
            await cursor.executemany(sql, rows)


class _Pooled:
    """The same verbs, each on a connection that is lent for it."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    async def fetch(self, sql: str, *binds: Any) -> Any:
        async with self._pool.acquire() as connection:
            return await _Session(connection).fetch(sql, *binds)

    async def execute(self, sql: str, *binds: Any) -> int:
        async with self._pool.acquire() as connection:
            return await _Session(connection).execute(sql, *binds)


class RawAsyncmy(Raw):
    """The driver, which writes values into the text of its statements."""

    mark = "%s"

    async def open(self) -> None:
        where = self.database
        told: dict[str, Any] = {"host": where.host, "port": where.port, "user": where.user, "password": where.password}
        told |= {"db": where.name, "autocommit": True, "charset": "utf8mb4"}
        self._pool = await _asyncmy.create_pool(**told, minsize=where.pool, maxsize=where.pool)
        self._alone = _Session(await _asyncmy.connect(**told))
        self._pooled = _Pooled(self._pool)

    async def close(self) -> None:
        await self._alone.connection.ensure_closed()
        self._pool.close()
        await self._pool.wait_closed()

    def session(self) -> Any:
        return self._alone if self.tasks == 1 else self._pooled

    def request(self) -> Any:
        return self._pooled

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Any]:
        if self.tasks == 1:
            async with self._within(self._alone) as session:
                yield session
            return
        async with self._pool.acquire() as connection, self._within(_Session(connection)) as session:
            yield session

    @asynccontextmanager
    async def _within(self, session: _Session) -> AsyncGenerator[Any]:
        await session.connection.begin()
        yield session
        await session.connection.commit()

    async def insert(self, session: Any, sql: str, *binds: Any) -> int:
        return int(await session.execute(sql, *binds))

    def entry_dicts(self, rows: Iterable[Any]) -> list[dict[str, Any]]:
        return [dict(zip(ENTRY, row, strict=True)) for row in rows]

    def entry_tuples(self, rows: Iterable[Any]) -> list[tuple[Any, ...]]:
        return list(rows)

    def reading_dicts(self, rows: Iterable[Any]) -> list[dict[str, Any]]:
        return [dict(zip(READING, row, strict=True)) for row in rows]

    def reading_tuples(self, rows: Iterable[Any]) -> Sequence[tuple[Any, ...]]:
        return list(rows)

    async def bulk_keys(self, rows: Sequence[Row]) -> int:
        keys: set[int] = set()
        values = [(row["name"], row["value"], row["number"]) for row in rows]
        head = self.sql["sample"].removesuffix("(%s, %s, %s)")
        async with self.transaction() as session:
            for start in range(0, len(values), 1000):
                batch = values[start : start + 1000]
                sql = f"{head} {', '.join(['(%s, %s, %s)'] * len(batch))} RETURNING id"
                keys.update(row[0] for row in await session.fetch(sql, *[value for row in batch for value in row]))
        return len(keys)

    async def batches(self, limit: int) -> AsyncIterator[Iterable[Any]]:
        async with self._alone.connection.cursor(asyncmy.cursors.SSCursor) as cursor:
            await cursor.execute(self.sql["events"], (limit,))
            while rows := await cursor.fetchmany(1000):
                yield rows
