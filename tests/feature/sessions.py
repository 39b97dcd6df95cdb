"""Who is connected to a database on a server, and how the server ends a connection."""

import random
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import asyncmy

from activerecord.database import database
from tests import raw

__all__ = ["end_sessions", "ending", "kill", "session", "sessions"]

_SESSION = {"postgresql": "SELECT pg_backend_pid()", "mysql": "SELECT connection_id()"}
_SESSIONS = {
    "postgresql": "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    "mysql": "SELECT id FROM information_schema.processlist WHERE db = database() AND id <> connection_id()",
}
# PostgreSQL is waited for until it has obeyed.
_KILL = {"postgresql": "SELECT pg_terminate_backend({}, 5000)", "mysql": "KILL {}"}


async def session(engine: str) -> int:
    """The server's number of the connection that the running task has, or would be lent."""
    ((number,),) = (await database().execute_text(_SESSION[engine])).rows
    return int(number)


async def kill(engine: str, number: int) -> None:
    """End a connection, by one that is configured as `killer`."""
    await database("killer").execute_text(_KILL[engine].format(number))


def sessions(url: str) -> list[int]:
    """The numbers of the connections to the database of a URL. Blocks."""
    engine, name = _place(url)
    with raw.connection(engine, name) as connection:
        return [number for (number,) in connection.rows(_SESSIONS[engine])]


def end_sessions(url: str) -> None:
    """End all connections to the database of a URL, with what runs on them. Blocks."""
    engine, name = _place(url)
    with raw.connection(engine, name) as connection:
        for (number,) in connection.rows(_SESSIONS[engine]):
            connection.rows(_KILL[engine].format(number))


@contextmanager
def ending(url: str) -> Generator[Callable[[random.Random], None]]:
    """What ends one of the connections to the database of a URL, by chance, each time that it is called. Blocks."""
    engine, name = _place(url)
    with raw.connection(engine, name) as connection:

        def end(chance: random.Random) -> None:
            if found := connection.rows(_SESSIONS[engine]):
                # It may just have ended by itself.
                with suppress(asyncmy.errors.OperationalError):
                    connection.rows(_KILL[engine].format(chance.choice(found)[0]))

        yield end


def _place(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme.partition("+")[0], parts.path.removeprefix("/")
