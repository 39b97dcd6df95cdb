"""The servers, the data on them, a copy of it for each contestant, and a referee who looks into the copies."""

import asyncio
import shutil
import sqlite3
from collections.abc import Coroutine, Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

import asyncmy
import asyncpg  # pyright: ignore[reportMissingTypeStubs]  # it has no type information

from benchmarks import data
from benchmarks.asked import Expected, Size
from benchmarks.contestant import Database
from benchmarks.workloads import Work
from tests import servers

__all__ = ["Copies", "Referee", "WrongAfter"]

T = TypeVar("T")

_asyncpg = cast("Any", asyncpg)
_asyncmy = cast("Any", asyncmy)
BATCH = 2000


class WrongAfter(Exception):
    """A database that is not as it should be after a piece of work."""


class Referee(Protocol):
    """Somebody who is none of the contestants, in a contestant's database."""

    def run(self, *statements: str) -> None:
        """Run statements, one after another."""
        ...

    def ask(self, sql: str) -> tuple[Any, ...]:
        """The first row of a query."""
        ...

    def load(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Put rows into a table."""
        ...

    def empty(self, table: str) -> None:
        """Take all rows out of a table; its keys begin at one again."""
        ...

    def settle(self) -> None:
        """Have the engine tidy up after many writes, so that it does not do so later."""
        ...

    def close(self) -> None: ...


def before(referee: Referee, work: Work) -> None:
    """Bring the tables that a piece of work writes into the state that it begins with."""
    for table in work.clear:
        referee.empty(table)
    for table, origin in work.fill:
        referee.empty(table)
        if origin:
            referee.run(f"INSERT INTO {table} SELECT * FROM {origin}")
        else:
            referee.load(table, data.ROWS[table]())
    if work.clear or work.fill:
        referee.settle()


def after(referee: Referee, work: Work, size: Size) -> None:
    """See that a piece of work has left what it should. Raises WrongAfter."""
    if work.after is None:
        return
    expected: Expected = work.after(size)
    found = referee.ask(expected.sql)
    if tuple(found) != expected.row:
        raise WrongAfter(f"{expected.sql} answers {found}, it should be {expected.row}")


def fill(referee: Referee, engine: str, events: int) -> None:
    """Make all tables and put the data into them."""
    referee.run(*data.ddl(engine))
    for table, rows in data.ROWS.items():
        referee.load(table, rows())
    referee.load("event", data.events(events))
    referee.run(*data.INDEXED)


class _Sqlite:
    def __init__(self, database: Database) -> None:
        self._raw = sqlite3.connect(database.name, isolation_level=None, timeout=30)
        self.run("PRAGMA journal_mode = wal", "PRAGMA synchronous = off")

    def run(self, *statements: str) -> None:
        for statement in statements:
            self._raw.execute(statement).fetchall()

    def ask(self, sql: str) -> tuple[Any, ...]:
        row: tuple[Any, ...] = self._raw.execute(sql).fetchone()
        return row

    def load(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        marks = ", ".join("?" * _width(table))
        self._raw.execute("BEGIN IMMEDIATE")
        self._raw.executemany(f"INSERT INTO {table} VALUES ({marks})", (tuple(map(_plain, row)) for row in rows))
        self._raw.execute("COMMIT")

    def empty(self, table: str) -> None:
        self.run(f"DELETE FROM {table}", f"DELETE FROM sqlite_sequence WHERE name = '{table}'")

    def settle(self) -> None:
        self.run("PRAGMA wal_checkpoint(passive)")

    def close(self) -> None:
        self._raw.close()


def _width(table: str) -> int:
    return len(data.TABLES[table].split(", "))


def _plain(value: Any) -> Any:
    """A point in time as the text that every library reads."""
    return str(value) if hasattr(value, "isoformat") else value


class _Server:
    """What the referees of servers have in common: a loop of their own, which turns while they are asked."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(work)


class _Postgres(_Server):
    def __init__(self, database: Database) -> None:
        super().__init__()
        told = {"host": database.host, "port": database.port, "user": database.user, "password": database.password}
        self._raw = self._do(_asyncpg.connect(**told, database=database.name, ssl=False))

    def run(self, *statements: str) -> None:
        for statement in statements:
            self._do(self._raw.execute(statement))

    def ask(self, sql: str) -> tuple[Any, ...]:
        return tuple(self._do(self._raw.fetchrow(sql)))

    def load(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        self._do(self._raw.copy_records_to_table(table, records=rows))
        # keys that were given are unknown to what makes the next one
        self.run(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")

    def empty(self, table: str) -> None:
        self.run(f"TRUNCATE {table} RESTART IDENTITY")

    def settle(self) -> None:
        """Nothing: a fresh table has nothing to tidy, and its server does not tidy by itself."""

    def analyze(self) -> None:
        """Tell the planner what there is, for nothing else does."""
        self.run("VACUUM ANALYZE")

    def close(self) -> None:
        self._do(self._raw.close())
        self._loop.close()


class _Mariadb(_Server):
    def __init__(self, database: Database) -> None:
        super().__init__()
        told = {"host": database.host, "port": database.port, "user": database.user, "password": database.password}
        self._raw = self._do(_asyncmy.connect(**told, db=database.name, autocommit=True, charset="utf8mb4"))

    def run(self, *statements: str) -> None:
        for statement in statements:
            self._do(self._execute(statement))

    async def _execute(self, sql: str) -> Any:
        async with self._raw.cursor() as cursor:
            await cursor.execute(sql)
            return await cursor.fetchone() if cursor.description else None

    def ask(self, sql: str) -> tuple[Any, ...]:
        return tuple(self._do(self._execute(sql)))

    def load(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        self._do(self._load(table, list(rows)))

    async def _load(self, table: str, rows: list[tuple[Any, ...]]) -> None:
        marks = ", ".join(["%s"] * _width(table))
        async with self._raw.cursor() as cursor:
            for start in range(0, len(rows), BATCH):
                await cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", rows[start : start + BATCH])

    def empty(self, table: str) -> None:
        self.run(f"TRUNCATE TABLE {table}")

    def settle(self) -> None:
        """Nothing that would be worth it."""

    def close(self) -> None:
        with suppress(Exception):
            self._do(self._raw.ensure_closed())
        self._loop.close()


_REFEREES: dict[str, type[_Sqlite | _Postgres | _Mariadb]] = {
    "sqlite": _Sqlite,
    "postgresql": _Postgres,
    "mariadb": _Mariadb,
}


class Copies:
    """The data on one engine, and a copy of it for whoever asks."""

    def __init__(self, engine: str, folder: Path, events: int) -> None:
        self.engine = engine
        self._folder, self._events = folder, events
        self._number = 0
        self._template: Database | None = None

    def available(self) -> bool:
        """Whether there is such a server."""
        return self.engine == "sqlite" or self._server() is not None

    def another(self) -> tuple[Database, Referee]:
        """A copy of the data that nobody else has, and a referee in it."""
        if self._template is None:
            self._template = self._make()
        self._number += 1
        database = getattr(self, f"_{self.engine}")(self._template)
        return database, _REFEREES[self.engine](database)

    def _server(self) -> servers.Server | None:
        return servers.server("mysql" if self.engine == "mariadb" else self.engine)

    def _make(self) -> Database:
        database = self._empty()
        referee = _REFEREES[self.engine](database)
        fill(referee, self.engine, self._events)
        referee.close()
        return database

    def _empty(self) -> Database:
        if self.engine == "sqlite":
            return Database("sqlite", str(self._folder / "template.db"))
        server = self._server()
        assert server is not None, "it is available"
        name = servers.fresh_database(server.engine)
        return Database(self.engine, name, server.host, server.port, server.user, server.password)

    def _sqlite(self, template: Database) -> Database:
        path = self._folder / f"copy{self._number}.db"
        shutil.copy(template.name, path)
        return replace(template, name=str(path))

    def _postgresql(self, template: Database) -> Database:
        copy = replace(template, name=f"{template.name}_copy{self._number}")
        other = _Postgres(replace(template, name="postgres"))
        other.run(f'CREATE DATABASE "{copy.name}" TEMPLATE "{template.name}"')
        other.close()
        referee = _Postgres(copy)
        referee.analyze()
        referee.close()
        return copy

    def _mariadb(self, template: Database) -> Database:
        copy = replace(template, name=f"{template.name}_copy{self._number}")
        referee = _Mariadb(template)
        referee.run(f"CREATE DATABASE `{copy.name}`")
        for table in data.TABLES:
            referee.run(f"CREATE TABLE `{copy.name}`.{table} LIKE {table}")
            referee.run(f"INSERT INTO `{copy.name}`.{table} SELECT * FROM {table}")
        referee.close()
        return copy

    def drop(self, database: Database) -> None:
        """Give up a copy."""
        if self.engine == "sqlite":
            for path in self._folder.glob(f"{Path(database.name).name}*"):
                path.unlink()
            return
        assert self._template is not None, "it was copied"
        quote = '"' if self.engine == "postgresql" else "`"
        force = " WITH (FORCE)" if self.engine == "postgresql" else ""
        referee = _REFEREES[self.engine](self._template)
        referee.run(f"DROP DATABASE {quote}{database.name}{quote}{force}")
        referee.close()
