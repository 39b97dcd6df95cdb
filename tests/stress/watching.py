"""What a server says of our sessions, asked on a session that is not the pool's."""

import re
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from activerecord import runtime
from activerecord.database import Database
from tests.stress.beside import Ask, beside

__all__ = ["Watch", "watching"]

# Seconds within which a server must have noticed that a connection was closed. What it has answered is over at once,
# nearly: MariaDB says so a moment after the answer.
PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class Session:
    """One of the others on the same database. `text` is what it runs, or ran last."""

    at_work: bool
    in_transaction: bool
    text: str


_POSTGRES = """
    SELECT state, query FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
_MYSQL = """
    SELECT id, command, coalesce(info, state, '') FROM information_schema.processlist
    WHERE db = DATABASE() AND id <> CONNECTION_ID()
"""
_THREAD = re.compile(r", ACTIVE.*?\b(?:MySQL|MariaDB) thread id (\d+)", re.DOTALL)


async def _postgres(ask: Ask) -> list[Session]:
    rows = await ask(_POSTGRES)
    return [Session(not str(state).startswith("idle"), str(state).startswith("idle in"), text) for state, text in rows]


async def _mysql(ask: Ask) -> list[Session]:
    """Not by `innodb_trx`: while it is asked more often than ten times in a second it repeats what it said at first."""
    rows = await ask(_MYSQL)
    ((_, _, status),) = await ask("SHOW ENGINE INNODB STATUS")
    blocks = [_THREAD.search(block) for block in status.split("---TRANSACTION")[1:]]
    active = {int(found[1]) for found in blocks if found}
    return [Session(command != "Sleep", number in active, text) for number, command, text in rows]


_SESSIONS: dict[str, Callable[[Ask], Awaitable[list[Session]]]] = {"postgresql": _postgres, "mysql": _mysql}


class Watch:
    """A session beside the pool's. In SQLite there is no server to ask, and nothing is ever wrong."""

    def __init__(self, database: Database, ask: Ask | None) -> None:
        self._database = database
        self._ask = ask

    async def fault(self) -> str | None:
        """What is wrong with the pool's sessions, and stays so: a sentence, or None. To be asked when nothing is under way."""
        until = time.monotonic() + PATIENCE
        while wrong := self._judge(await self.sessions()):
            if time.monotonic() > until:
                return wrong
            await runtime.sleep(0.001)
        return None

    async def sessions(self) -> list[Session]:
        """The other sessions of this database."""
        return [] if self._ask is None else await _SESSIONS[self._database.dialect.name](self._ask)

    def _judge(self, sessions: list[Session]) -> str | None:
        for session in sessions:
            if session.in_transaction:
                return f"the server has a transaction open, after: {session.text}"
            if session.at_work:
                return f"the server is still at: {session.text}"
        size = self._database.configuration.max_size
        return f"{len(sessions)} sessions are open, and the pool has {size}" if len(sessions) > size else None


@asynccontextmanager
async def watching(database: Database) -> AsyncGenerator[Watch]:
    """A watch over the sessions of a database."""
    async with beside(database) as ask:
        yield Watch(database, ask)
