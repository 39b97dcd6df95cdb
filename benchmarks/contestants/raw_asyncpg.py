"""asyncpg alone: one connection where one task works, its pool where several do; pipelined where it can be."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

import asyncpg  # pyright: ignore[reportMissingTypeStubs]  # it has no type information

from benchmarks.contestant import Row
from benchmarks.contestants.raw import Raw

__all__ = ["RawAsyncpg"]

_asyncpg = cast("Any", asyncpg)


class RawAsyncpg(Raw):
    """The driver, which pipelines by `fetchmany` and `executemany`, and takes arrays for many values."""

    mark = "$"

    async def open(self) -> None:
        where = self.database
        told = {"host": where.host, "port": where.port, "user": where.user, "password": where.password}
        told |= {"database": where.name, "ssl": False}
        self._pool = await _asyncpg.create_pool(**told, min_size=where.pool, max_size=where.pool)
        self._alone = await _asyncpg.connect(**told)

    async def close(self) -> None:
        await self._alone.close()
        await self._pool.close()

    def session(self) -> Any:
        return self._alone if self.tasks == 1 else self._pool

    def request(self) -> Any:
        return self._pool

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Any]:
        if self.tasks == 1:
            async with self._alone.transaction():
                yield self._alone
            return
        async with self._pool.acquire() as connection, connection.transaction():
            yield connection

    async def insert(self, session: Any, sql: str, *binds: Any) -> int:
        key: int = await session.fetchval(f"{sql} RETURNING id", *binds)
        return key

    async def bulk_create(self, rows: Sequence[Row]) -> int:
        values = [self.entry_row(row) for row in rows]
        async with self._pool.acquire() as connection:
            await connection.copy_records_to_table("entry", records=values, columns=("timestamp", "level", "text"))
        return len(rows)

    async def queries(self, batches: Sequence[Sequence[int]]) -> int:
        total = 0
        for batch in batches:
            async with self._pool.acquire() as connection:
                found = await connection.fetchmany(self.sql["world"], [(key,) for key in batch])
            total += sum([row[1] for row in found])
        return total

    async def updates(self, batches: Sequence[Sequence[tuple[int, int]]]) -> int:
        for batch in batches:
            async with self._pool.acquire() as connection:
                found = await connection.fetchmany(self.sql["world"], [(key,) for key, _ in batch])
                changed = [(number, row[0]) for row, (_, number) in zip(found, batch, strict=True)]
                await connection.executemany(self.sql["world_set"], changed)
        return sum(len(batch) for batch in batches)

    async def among(self, session: Any, sql: str, keys: list[int]) -> Sequence[Any]:
        found: Sequence[Any] = await session.fetch(f"{sql.removesuffix('IN')} = ANY($1)", keys)
        return found

    async def bulk_keys(self, rows: Sequence[Row]) -> int:
        columns = [[row[name] for row in rows] for name in ("name", "value", "number")]
        sql = (
            "INSERT INTO sample (name, value, number)"
            " SELECT * FROM unnest($1::text[], $2::float8[], $3::int[]) RETURNING id"
        )
        return len({row[0] for row in await self._alone.fetch(sql, *columns)})

    async def batches(self, limit: int) -> AsyncIterator[Iterable[Any]]:
        async with self._alone.transaction(readonly=True):
            cursor = await self._alone.cursor(self.sql["events"], limit)
            while rows := await cursor.fetch(1000):
                yield rows
