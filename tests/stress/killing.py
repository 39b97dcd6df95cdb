"""Ending sessions of a database on its server at random, by a session that is not the pool's."""

import random
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import anyio

from activerecord import ConnectionLost, DatabaseError, TransactionClosed
from activerecord.database import Database
from tests.stress.beside import Ask, beside

__all__ = ["Killer", "killer", "killing", "reject_unexpected"]

_SESSIONS = {
    "postgresql": """
        SELECT pid FROM pg_stat_activity
        WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
    """,
    "mysql": "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()",
}
# PostgreSQL is waited for until it has obeyed. MariaDB obeys before the session's next statement.
_KILL = {"postgresql": "SELECT pg_terminate_backend({}, 5000)", "mysql": "KILL CONNECTION {}"}


class Killer:
    """In SQLite there is no server, and it does nothing. `deaths` counts the sessions that it has ended."""

    def __init__(self, database: Database, ask: Ask | None) -> None:
        self._engine = database.dialect.name
        self._ask = ask
        self.deaths = 0

    async def one_of_all(self, chance: random.Random) -> None:
        """End any session, whatever it is at."""
        if self._ask is None:
            return
        if sessions := [int(number) for (number,) in await self._ask(_SESSIONS[self._engine])]:
            await self.this(chance.choice(sessions))

    async def this(self, session: int) -> None:
        """End one session, which may have ended by itself."""
        assert self._ask is not None
        with suppress(DatabaseError):
            await self._ask(_KILL[self._engine].format(session))
            self.deaths += 1


def reject_unexpected(error: BaseException) -> None:
    """A scope that is closed for any other reason than its session's end is a fault."""
    assert not isinstance(error, TransactionClosed) or isinstance(error.__cause__, ConnectionLost), error


@asynccontextmanager
async def killer(database: Database) -> AsyncGenerator[Killer]:
    """A killer with a session of its own."""
    async with beside(database) as ask:
        yield Killer(database, ask)


@asynccontextmanager
async def killing(database: Database, *, seed: int, every: float) -> AsyncGenerator[Killer]:
    """Have a session end every so many seconds, about, as long as the block goes on."""
    chance = random.Random(seed)

    async def go_on(found: Killer) -> None:
        while True:
            await anyio.sleep(chance.uniform(0.5, 1.5) * every)
            await found.one_of_all(chance)

    async with killer(database) as found, anyio.create_task_group() as group:
        group.start_soon(go_on, found)
        yield found
        group.cancel_scope.cancel()
