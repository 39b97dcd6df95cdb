"""What takes part: how a library is reached, on which engines and loops, and the work that it is asked to do."""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Protocol, TypeAlias
from urllib.parse import quote

__all__ = ["CONTESTANTS", "Contestant", "Database", "Entrant", "NotDone", "Row"]

Row: TypeAlias = dict[str, Any]


class NotDone(Exception):
    """A library has no way to do a piece of work. Its message says why, and stands in the table."""


@dataclass(frozen=True)
class Database:
    """Where a contestant's own copy of the data is. `name` is a file's path on SQLite; `pool` is how many connections."""

    engine: str
    name: str
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = field(default="", repr=False)
    pool: int = 10

    def url(self, scheme: str, options: str = "") -> str:
        """The URL of the database on its server."""
        who = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}"
        return f"{scheme}://{who}@{self.host}:{self.port}/{self.name}{options}"


class Contestant(Protocol):
    """One library over one database. It is opened once, on one loop, and then does one piece of work after another.

    A method does all of its piece, in one task, and answers with something that can be checked; where several tasks
    are wanted, it is called in each. The entrants of plain sync code have plain methods of the same names. A method
    that is missing, or raises NotDone, is work that the library is not measured in.
    Records are objects of the library's own, made from all columns of the row. `tasks` is how many will call it at
    once; it is set before each round.
    """

    tasks: int

    def __init__(self, database: Database) -> None: ...

    def open(self) -> Awaitable[None]:
        """Connect, with as many connections as the pool is to have."""
        ...

    def close(self) -> Awaitable[None]:
        """Close the connections."""
        ...

    def get(self, keys: Sequence[int]) -> Awaitable[int]:
        """Find a journal entry by each key, one after another: the sum of their levels."""
        ...

    def objects(self, levels: Sequence[int]) -> Awaitable[int]:
        """For each level all records of it: the sum of their levels. `dicts` and `tuples` are its like."""
        ...

    def dicts(self, levels: Sequence[int]) -> Awaitable[int]: ...
    def tuples(self, levels: Sequence[int]) -> Awaitable[int]: ...

    def pages(self, pages: Sequence[tuple[int, int]]) -> Awaitable[int]:
        """For each level and offset twenty records by the order of their keys: the sum of all keys."""
        ...

    def create(self, rows: Sequence[Row]) -> Awaitable[int]:
        """Make and insert an entry of each row, each on its own and kept at once: the sum of their new keys."""
        ...

    def create_together(self, rows: Sequence[Row]) -> Awaitable[int]:
        """The same in one transaction."""
        ...

    def bulk_create(self, rows: Sequence[Row]) -> Awaitable[int]:
        """Insert all entries at once: their number. Keys are not asked for."""
        ...

    def hold(self, keys: Sequence[int]) -> Awaitable[Any]:
        """The entries of these keys, as records, for the following. It is not timed."""
        ...

    def update(self, held: Any) -> Awaitable[int]:
        """Set the level of each entry to 60 and save it, each on its own: their number."""
        ...

    def update_part(self, held: Any) -> Awaitable[int]:
        """The same in one transaction."""
        ...

    def update_whole(self, held: Any) -> Awaitable[int]:
        """In one transaction: set level to 60 and text to "changed", and save all columns of each record."""
        ...

    def delete(self, held: Any) -> Awaitable[int]:
        """Delete each entry on its own: their number."""
        ...

    def delete_together(self, held: Any) -> Awaitable[int]:
        """The same in one transaction."""
        ...

    def movie(self, keys: Sequence[int]) -> Awaitable[list[str]]:
        """A movie's page of each key, as `documents` describes it."""
        ...

    def user(self, keys: Sequence[int]) -> Awaitable[list[str]]:
        """A user's page of each key, as `documents` describes it."""
        ...

    def insert_movie(self, movies: Sequence[Row]) -> Awaitable[list[str]]:
        """Insert each movie with a director and three actors, and give it back with them, as `documents` describes it."""
        ...

    def db(self, keys: Sequence[int]) -> Awaitable[int]:
        """Find a world by each key, each as a request of its own: the sum of their numbers."""
        ...

    def queries(self, batches: Sequence[Sequence[int]]) -> Awaitable[int]:
        """Of each batch find each world by a query of its own: the sum of their numbers. A batch is one request."""
        ...

    def updates(self, batches: Sequence[Sequence[tuple[int, int]]]) -> Awaitable[int]:
        """Of each batch read each world by a query of its own, set its number and keep it: how many were written."""
        ...

    def fortunes(self, times: int) -> Awaitable[int]:
        """So often: read all fortunes as objects, add one, sort by message and write the page: the pages' length."""
        ...

    def wide_objects(self, limit: int) -> Awaitable[int]:
        """The first readings as records: the sum of their numbers. `wide_dicts` and `wide_tuples` are its like."""
        ...

    def wide_dicts(self, limit: int) -> Awaitable[int]: ...
    def wide_tuples(self, limit: int) -> Awaitable[int]: ...

    def eager(self, low: int, high: int) -> Awaitable[int]:
        """The authors between two keys with their books, as records: the number of books."""
        ...

    def nested(self, low: int, high: int) -> Awaitable[int]:
        """The authors between two keys with their books and these with their pages, as records: the number of pages."""
        ...

    def bulk_keys(self, rows: Sequence[Row]) -> Awaitable[int]:
        """Insert samples at once and learn their keys: the number of different keys."""
        ...

    def stream(self, limit: int) -> Awaitable[int]:
        """Go through so many events as records, without having all in memory: the sum of their keys."""
        ...

    def transfer(self, transfers: Sequence[tuple[int, int, int]]) -> Awaitable[int]:
        """For each source, target and amount, in a transaction: read both accounts as records, change, save: their number."""
        ...


@dataclass(frozen=True)
class Entrant:
    """One way in which a library takes part: the class that does the work, and where it can.

    `package` is what has to be installed, and whose version is reported. `lacking` says, for engines that the library does
    not have, why.
    """

    name: str
    place: str
    package: str
    engines: tuple[str, ...] = ("postgresql", "sqlite", "mariadb")
    loops: tuple[str, ...] = ("asyncio", "uvloop")
    needs: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    lacking: dict[str, str] = field(default_factory=dict[str, str])
    peer: bool = True

    def version(self) -> str | None:
        """The version that is installed, None where none is."""
        return _installed(self.package)

    def absent(self, engine: str) -> str | None:
        """Why it cannot take part on this engine, None where it can."""
        if engine not in self.engines:
            return self.lacking.get(engine, f"has no {engine}")
        for packages in (self.package, *self.needs.get(engine, ())):
            if not any(map(_installed, packages.split("|"))):
                return f"{packages.replace('|', ' or ')} is not installed"
        return None

    def make(self, database: Database) -> Contestant:
        """The contestant, not opened yet. Its module is imported now, in the process that is to do the work."""
        module, _, name = self.place.partition(":")
        found: type[Contestant] = getattr(import_module(f"benchmarks.contestants.{module}"), name)
        return found(database)


def _installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


_OURS = ("asyncio", "uvloop", "trio")

CONTESTANTS = (
    Entrant("asyncpg", "raw_asyncpg:RawAsyncpg", "asyncpg", ("postgresql",), peer=False),
    Entrant("aiosqlite", "raw_aiosqlite:RawAiosqlite", "aiosqlite", ("sqlite",), peer=False),
    Entrant("asyncmy", "raw_asyncmy:RawAsyncmy", "asyncmy", ("mariadb",), peer=False),
    Entrant("sqlite3", "raw_sqlite3:RawSqlite3", "activerecord", ("sqlite",), ("sync",), peer=False),
    Entrant("ours", "ours:Ours", "activerecord", loops=_OURS, peer=False),
    Entrant("ours aiosqlite", "ours:OursAiosqlite", "activerecord", ("sqlite",), ("asyncio",), peer=False),
    Entrant("ours sync", "ours_sync:OursSync", "activerecord", loops=("sync",), peer=False),
    Entrant("SQLAlchemy", "sqlalchemy:Sqlalchemy", "sqlalchemy", needs={"postgresql": ("greenlet",)}),
    Entrant("Tortoise", "tortoise:Tortoise", "tortoise-orm"),
    Entrant(
        "Piccolo",
        "piccolo:Piccolo",
        "piccolo",
        ("postgresql", "sqlite"),
        lacking={"mariadb": "has no MySQL or MariaDB"},
    ),
    Entrant("Oxyde", "oxyde:Oxyde", "oxyde"),
    Entrant("peewee", "peewee:Peewee", "peewee", needs={"mariadb": ("aiomysql",), "sqlite": ("greenlet",)}),
    Entrant(
        "Django", "django:Django", "django", needs={"postgresql": ("psycopg",), "mariadb": ("mysqlclient|PyMySQL",)}
    ),
)
