"""A session on a database's server that is not one of the pool's."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TypeAlias

from activerecord import runtime
from activerecord.database import Database
from activerecord.driver import Row
from tests import servers

__all__ = ["Ask", "beside"]

Ask: TypeAlias = Callable[[str], Awaitable[Sequence[Row]]]

_BOUND = 5.0  # seconds that closing the session may take


@asynccontextmanager
async def beside(database: Database) -> AsyncGenerator[Ask | None]:
    """What asks in such a session; None in SQLite, where there is no server."""
    if database.dialect.name not in servers.ENGINES:
        yield None
        return
    connection = await runtime.host(asyncio_only=True).call(database.driver.connect(database.configuration))

    async def ask(sql: str) -> Sequence[Row]:
        return await runtime.host(asyncio_only=True).call(connection.fetch(sql, ()))

    try:
        yield ask
    finally:
        host = runtime.host(asyncio_only=True)
        await host.finish(connection.close(), bound=_BOUND, terminate=connection.terminate)
