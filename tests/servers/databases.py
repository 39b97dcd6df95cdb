"""Empty databases for tests, by name. Used ones are emptied and used again: making one takes far longer."""

import asyncio
import itertools
import os
from collections import defaultdict
from collections.abc import Callable, Coroutine, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, cast
from unittest import SkipTest

import asyncmy
import asyncpg  # pyright: ignore[reportMissingTypeStubs]

from tests.servers.run import at_end, server
from tests.servers.server import Server

__all__ = ["Missing", "another", "fresh_database", "give_back", "given_back"]

_numbers = itertools.count(1)
_free: dict[str, list[str]] = defaultdict(list)
_taken: list[tuple[str, str]] = []


class Missing(SkipTest):
    """No server of the engine is installed. pytest skips the test, and the run says so at its end."""


def fresh_database(engine: str) -> str:
    """The name of a database with nothing in it, for the caller alone. Blocks; works in any thread and beside any loop.

    A test need not give it back.
    Raises Missing where there is no server of the engine, RuntimeError where it does not start.
    """
    found = server(engine)
    if found is None:
        raise Missing(f"no {engine} server is installed")
    if _free[engine]:
        name = _free[engine].pop()
        _run(partial(_EMPTIED[engine], found, name))
    else:
        name = another(found)
    _taken.append((engine, name))
    return name


def give_back(engine: str, name: str) -> None:
    """Let a later caller have the database. Who is still connected to it will be thrown out then."""
    _taken.remove((engine, name))
    _free[engine].append(name)


@contextmanager
def given_back() -> Generator[None]:
    """Databases that are taken within the block are given back at its end. The tests' conftest does so for each test."""
    before = list(_taken)
    yield
    for engine, name in [each for each in _taken if each not in before]:
        give_back(engine, name)


def another(server: Server) -> str:
    """The name of a new database on this server. Blocks."""
    # The number of the process tells its databases from those of others on the same server.
    name = f"activerecord_test_{os.getpid()}_{next(_numbers)}"
    _run(partial(_MADE[server.engine], server, name))
    if server.admin is None:
        # A server that was there before outlives us.
        at_end(lambda: _run(partial(_DROPPED[server.engine], server, name)))
    return name


def _run(make: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run in a thread of its own, for the caller's may be running a loop."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(make())).result()


# Neither library has type information.
_asyncpg = cast("Any", asyncpg)
_asyncmy = cast("Any", asyncmy)


async def _postgres(server: Server, database: str, statements: Sequence[str]) -> None:
    who = {"host": server.host, "user": server.user, "password": server.password}
    if server.admin and server.socket:
        who = {"host": server.socket, "user": server.admin}
    connection = await _asyncpg.connect(**who, port=server.port, database=database, timeout=30)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


async def _make_postgres(server: Server, name: str) -> None:
    await _postgres(server, "postgres", [f'CREATE DATABASE "{name}" OWNER "{server.user}"'])


async def _drop_postgres(server: Server, name: str) -> None:
    await _postgres(server, "postgres", [f'DROP DATABASE "{name}" WITH (FORCE)'])


async def _empty_postgres(server: Server, name: str) -> None:
    others = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database()"
    schemas = """DO $$ DECLARE name text; BEGIN
        FOR name IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP
            EXECUTE format('DROP SCHEMA %I CASCADE', name);
        END LOOP;
    END $$"""
    public = f'CREATE SCHEMA public AUTHORIZATION "{server.user}"'
    await _postgres(server, name, [f"{others} AND pid <> pg_backend_pid()", schemas, public])


async def _mysql(server: Server, statements: Sequence[str], *, without: str | None = None) -> None:
    """Run the statements, when those are gone who are still in the database `without`."""
    who: dict[str, Any] = {"host": server.host, "port": server.port, "user": server.user, "password": server.password}
    if server.admin and server.socket:
        who = {"unix_socket": server.socket, "user": server.admin}
    connection = await _asyncmy.connect(**who, connect_timeout=30)
    async with connection.cursor() as cursor:
        if without is not None:
            await _throw_out(cursor, without)
        for statement in statements:
            await cursor.execute(statement)
    await connection.ensure_closed()


async def _throw_out(cursor: Any, database: str) -> None:
    """End who is still connected to a database: what a connection that was cut off had begun may run for minutes."""
    await cursor.execute("SELECT id FROM information_schema.processlist WHERE db = %s", (database,))
    for (session,) in await cursor.fetchall():
        with suppress(_asyncmy.errors.OperationalError):  # it has just gone by itself
            await cursor.execute(f"KILL {session}")


async def _make_mysql(server: Server, name: str) -> None:
    await _mysql(server, [f"CREATE DATABASE `{name}`"])


async def _drop_mysql(server: Server, name: str) -> None:
    await _mysql(server, [f"DROP DATABASE `{name}`"], without=name)


async def _empty_mysql(server: Server, name: str) -> None:
    await _mysql(server, [f"DROP DATABASE `{name}`", f"CREATE DATABASE `{name}`"], without=name)


_Change = Callable[[Server, str], Coroutine[Any, Any, None]]
_MADE: dict[str, _Change] = {"postgresql": _make_postgres, "mysql": _make_mysql}
_EMPTIED: dict[str, _Change] = {"postgresql": _empty_postgres, "mysql": _empty_mysql}
_DROPPED: dict[str, _Change] = {"postgresql": _drop_postgres, "mysql": _drop_mysql}
