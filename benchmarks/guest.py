"""`python -m benchmarks.guest`: asyncpg under trio, through the guest loop, beside asyncpg under asyncio.

The same queries in rounds that alternate: through the driver alone, and through a model.
"""

import argparse
import asyncio
import statistics
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar, cast

import anyio
import asyncpg  # pyright: ignore[reportMissingTypeStubs]  # it has no type information
import trio

from activerecord import ActiveRecord, Column, close, column, create_tables
from activerecord.config import Configuration
from activerecord.driver import Connection
from activerecord.drivers import check, find_driver
from activerecord.runtime import host
from tests import servers

__all__ = ["Compared", "compare"]

T = TypeVar("T")

_asyncpg = cast("Any", asyncpg)

ONE = 300  # queries of one task in a round
TASKS, EACH = 20, 30  # tasks at once, and the queries of each in a round
POOL = 10
ROW = "SELECT id, name, age FROM guests WHERE id = $1"


class Guest(ActiveRecord):
    """A row of three columns."""

    __connection__ = "guests"
    id: Column[int] = column(primary_key=True)
    name: Column[str]
    age: Column[int]


@dataclass(frozen=True)
class Compared:
    """Seconds for one query: of asyncpg alone on asyncio, of ours on asyncio, and of ours on trio."""

    raw: float
    asyncio: float
    trio: float


Timed = Callable[[], Coroutine[Any, Any, float]]


def compare(url: str, rounds: int) -> dict[str, Compared]:
    """Each piece of work on both loops, at one task and at twenty on a pool of ten."""
    ActiveRecord.configure({"guests": f"{url}?max_size={POOL}"})
    create_tables(Guest)
    Guest.insert_all({"name": f"name {number}", "age": number} for number in range(100))
    driver = _Driver(url)
    raw = _Raw(url)
    return {
        "driver, one task": _compared(raw.one, driver.one, rounds),
        "driver, 20 tasks on 20 connections": _compared(raw.apart, driver.twenty, rounds),
        "find by key, one task": _compared(raw.one, _find_one, rounds),
        "find by key, 20 tasks on a pool of 10": _compared(raw.twenty, _find_twenty, rounds),
    }


def _compared(raw: Timed, ours: Timed, rounds: int) -> Compared:
    figures = [(asyncio.run(raw()), asyncio.run(ours()), trio.run(ours)) for _ in range(rounds)]
    return Compared(*[statistics.median(column) for column in zip(*figures, strict=True)])


async def _timed(work: Callable[[int], Coroutine[Any, Any, object]], times: int) -> float:
    """Seconds for one of so many queries, one after another; the first two are not counted."""
    for key in (1, 2):
        await work(key)
    start = time.perf_counter()
    for number in range(times):
        await work(number % 100 + 1)
    return (time.perf_counter() - start) / times


async def _timed_together(works: list[Callable[[int], Coroutine[Any, Any, object]]]) -> float:
    """Seconds for one query where each of `works` is done by tasks of its own."""
    for work in works:
        await work(1)
    start = time.perf_counter()
    async with anyio.create_task_group() as group:
        for number in range(TASKS):
            group.start_soon(_repeat, works[number % len(works)])
    return (time.perf_counter() - start) / (TASKS * EACH)


async def _repeat(work: Callable[[int], Coroutine[Any, Any, object]]) -> None:
    for number in range(EACH):
        await work(number + 1)


async def _find_one() -> float:
    return await _timed(Guest.async_find, ONE)


async def _find_twenty() -> float:
    return await _timed_together([Guest.async_find])


class _Raw:
    """asyncpg and nothing else, with its own pool."""

    def __init__(self, url: str) -> None:
        self._url = url.replace("+asyncpg", "")

    async def one(self) -> float:
        connection = await _asyncpg.connect(self._url)
        try:
            return await _timed(lambda key: connection.fetch(ROW, key), ONE)
        finally:
            await connection.close()

    async def twenty(self) -> float:
        async with _asyncpg.create_pool(self._url, min_size=POOL, max_size=POOL) as pool:
            return await _timed_together([lambda key: pool.fetch(ROW, key)])

    async def apart(self) -> float:
        opened = [await _asyncpg.connect(self._url) for _ in range(TASKS)]
        try:
            return await _timed_together([partial(connection.fetch, ROW) for connection in opened])
        finally:
            for connection in opened:
                await connection.close()


class _Driver:
    """The driver's connections, called through the host of the running loop."""

    def __init__(self, url: str) -> None:
        read = Configuration.read("guests", url)
        self._driver = find_driver(read)
        self._configuration = check(read, self._driver)

    async def one(self) -> float:
        return await self._with_connections(1, lambda works: _timed(works[0], ONE))

    async def twenty(self) -> float:
        return await self._with_connections(TASKS, _timed_together)

    async def _with_connections(
        self, count: int, timed: Callable[[list[Callable[[int], Coroutine[Any, Any, object]]]], Coroutine[Any, Any, T]]
    ) -> T:
        opened = [await self._call(self._driver.connect(self._configuration)) for _ in range(count)]
        try:
            return await timed([self._query(connection) for connection in opened])
        finally:
            for connection in opened:
                await self._call(connection.close())

    def _query(self, connection: Connection) -> Callable[[int], Coroutine[Any, Any, object]]:
        return lambda key: self._call(connection.fetch(ROW, [key]))

    async def _call(self, work: Coroutine[Any, Any, T]) -> T:
        return await host(asyncio_only=self._driver.asyncio_only).call(work)


def main() -> None:
    """Compare, and print a line for each piece of work."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="rounds of each piece of work")
    rounds = parser.parse_args().rounds
    server = servers.postgres()
    if server is None:
        raise SystemExit("PostgreSQL is not installed (scripts/servers installs it)")
    print(f"{'':<40}{'raw us':>10}{'asyncio us':>12}{'trio us':>10}{'trio/asyncio':>14}")
    for name, found in compare(server.url(servers.fresh_database("postgresql")), rounds).items():
        times = f"{found.raw * 1e6:>10.1f}{found.asyncio * 1e6:>12.1f}{found.trio * 1e6:>10.1f}"
        print(f"  {name:<38}{times}{found.trio / found.asyncio:>14.2f}")
    close()
    servers.end()


if __name__ == "__main__":
    main()
