"""Plain connections to the tests' servers, without the library and without a loop of the caller's."""

import asyncio
from collections.abc import Callable, Coroutine, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import Any, Protocol, cast

import asyncmy
import asyncpg  # pyright: ignore[reportMissingTypeStubs]

from tests import servers

__all__ = ["Raw", "connection"]

# Neither library has type information.
_asyncpg = cast("Any", asyncpg)
_asyncmy = cast("Any", asyncmy)


class _Link(Protocol):
    """What differs between the two libraries."""

    async def script(self, sql: str) -> None: ...

    async def rows(self, sql: str, binds: Sequence[Any]) -> list[tuple[Any, ...]]: ...

    async def close(self) -> None: ...


class _Postgres:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    @classmethod
    async def open(cls, server: servers.Server, database: str) -> "_Postgres":
        who: dict[str, Any] = {
            "host": server.host,
            "port": server.port,
            "user": server.user,
            "password": server.password,
        }
        return cls(await _asyncpg.connect(**who, database=database, timeout=30))

    async def script(self, sql: str) -> None:
        await self._connection.execute(sql)

    async def rows(self, sql: str, binds: Sequence[Any]) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await self._connection.fetch(sql, *binds)]

    async def close(self) -> None:
        await self._connection.close()


class _MySQL:
    """Binds go to the server apart from the text, for a prepared statement, as the library's do."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    @classmethod
    async def open(cls, server: servers.Server, database: str) -> "_MySQL":
        who: dict[str, Any] = {
            "host": server.host,
            "port": server.port,
            "user": server.user,
            "password": server.password,
        }
        link = cls(await _asyncmy.connect(**who, db=database, charset="utf8mb4", connect_timeout=30))
        await link.script("SET time_zone = '+00:00', sql_mode = 'STRICT_TRANS_TABLES', sql_notes = 0")
        return link

    async def script(self, sql: str) -> None:
        await self._fetch(sql)

    async def rows(self, sql: str, binds: Sequence[Any]) -> list[tuple[Any, ...]]:
        if not binds:
            return await self._fetch(sql)
        names = ", ".join(f"@b{number}" for number in range(len(binds)))
        await self._fetch("PREPARE asked FROM %s", sql)
        await self._fetch("SET " + ", ".join(f"@b{number} = %s" for number in range(len(binds))), *binds)
        return await self._fetch(f"EXECUTE asked USING {names}")

    async def _fetch(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        async with self._connection.cursor() as cursor:
            await cursor.execute(sql, values or None)
            return list(await cursor.fetchall())

    async def close(self) -> None:
        await self._connection.ensure_closed()


_OPEN: dict[str, Callable[[servers.Server, str], Coroutine[Any, Any, _Link]]] = {
    "postgresql": _Postgres.open,
    "mysql": _MySQL.open,
}


class Raw:
    """A connection that its own thread waits for."""

    def __init__(self, run: Callable[[Coroutine[Any, Any, Any]], Any], link: _Link) -> None:
        self._run = run
        self._link = link

    def script(self, *statements: str) -> None:
        """Run statements without binds, each as it is: PostgreSQL takes several in one."""
        for statement in statements:
            self._run(self._link.script(statement))

    def rows(self, sql: str, *binds: Any) -> list[tuple[Any, ...]]:
        """The rows of a query; binds are `$1` on PostgreSQL and `?` on MySQL."""
        found: list[tuple[Any, ...]] = self._run(self._link.rows(sql, binds))
        return found


@contextmanager
def connection(engine: str, database: str) -> Generator[Raw]:
    """A connection for the length of the block. Raises servers.Missing, which skips a test, where there is no server."""
    server = servers.server(engine)
    if server is None:
        raise servers.Missing(f"no {engine} server is installed")
    # In a thread of its own, loop and all: the caller's may be running a loop.
    with ThreadPoolExecutor(1) as thread, closing(_Waiter(thread)) as waiter:
        link = waiter.run(_OPEN[engine](server, database))
        try:
            yield Raw(waiter.run, link)
        finally:
            waiter.run(link.close())


class _Waiter:
    """A loop that a thread runs whenever there is something to wait for."""

    def __init__(self, thread: ThreadPoolExecutor) -> None:
        self._thread = thread
        self._runner = asyncio.Runner()

    def run(self, waiting: Coroutine[Any, Any, Any]) -> Any:
        return self._thread.submit(self._runner.run, waiting).result()

    def close(self) -> None:
        self._thread.submit(self._runner.close).result()
