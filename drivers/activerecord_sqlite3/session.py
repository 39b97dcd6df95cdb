"""A connection of the sqlite3 driver: each verb is one job of its worker, however many calls of sqlite3 that takes."""

import warnings
from collections.abc import Coroutine, Iterable
from typing import Any

from activerecord.config import Configuration
from activerecord.driver import Binds, Result, Row
from activerecord.sql.dialect import Dialect
from activerecord.sql.dialects.sqlite import SQLITE
from activerecord_sqlite3.cursor import OpenQuery, check_count
from activerecord_sqlite3.handle import Handle
from activerecord_sqlite3.settings import Settings
from activerecord_sqlite3.worker import Worker

__all__ = ["Cursor", "Session"]


class Session:
    """One connection. It may move between threads and event loops, from one verb to the next."""

    def __init__(self, name: str) -> None:
        self._handle = Handle()
        self._worker = Worker(name, self._handle.close)

    @classmethod
    async def open(cls, configuration: Configuration) -> "Session":
        """A session with the database that the configuration describes. Raises ConnectionFailed."""
        settings = Settings.read(configuration)
        session = cls(f"activerecord-sqlite3 {configuration.name}")
        handle, worker = session._handle, session._worker
        try:
            await worker.run(lambda: handle.open(settings, worker.stopping))
        except BaseException:
            session.terminate()
            raise
        return session

    @property
    def dialect(self) -> Dialect:
        """SQLite's SQL."""
        return SQLITE

    def fetch(self, sql: str, binds: Binds) -> Coroutine[Any, Any, list[Row]]:
        """The rows of a query."""
        return self._worker.run(lambda: self._handle.fetch(sql, binds))

    def fetch_inline(self, sql: str, binds: Binds) -> list[Row] | None:
        """The rows of a short query, if it has shown itself short by `fetch` and nothing stands in its way just now."""
        if not self._worker.try_inline():
            return None
        try:
            return self._handle.fetch_inline(sql, binds)
        finally:
            self._worker.leave_inline()

    def execute(self, sql: str, binds: Binds) -> Coroutine[Any, Any, Result]:
        """All that one statement answers. `last_id` is told for a plain INSERT or REPLACE into a table with a rowid."""
        return self._worker.run(lambda: self._handle.execute(sql, binds))

    async def execute_many(self, sql: str, rows: Iterable[Binds]) -> None:
        """Run one statement for each of the rows, which are taken in the connection's thread."""
        await self._worker.run(lambda: self._handle.execute_many(sql, rows))

    async def open_cursor(self, sql: str, binds: Binds) -> "Cursor":
        """Run a query whose rows are asked for as they are needed."""
        return Cursor(self._worker, self._handle, await self._worker.run(lambda: self._handle.query(sql, binds)))

    async def close(self) -> None:
        """Close the database in good order; nothing happens where it is closed already."""
        if self._worker.ended:
            return
        try:
            await self._worker.run(self._handle.close)
        finally:
            self.terminate()

    def terminate(self) -> None:
        """Close the database as soon as nothing runs in it, and refuse what comes."""
        self._worker.terminate()

    def in_transaction(self) -> bool:
        """What SQLite says. A write that was stopped in the middle has ended its transaction."""
        return not self._worker.ended and self._handle.in_transaction()

    def aborted(self) -> bool:
        """SQLite goes on after a statement that failed, or has rolled back everything."""
        return False

    def usable(self) -> bool:
        """Whether it is open, and of this process."""
        return not self._worker.ended

    def __del__(self) -> None:
        if self._worker.terminate():
            warnings.warn(f"{self!r} was never closed", ResourceWarning, source=self, stacklevel=1)


class Cursor:
    """The rows of one query, some at a time."""

    def __init__(self, worker: Worker, handle: Handle, query: OpenQuery) -> None:
        self._worker = worker
        self._handle = handle
        self._query = query

    async def fetch(self, count: int) -> list[Row]:
        """The next rows, and fewer at the end."""
        check_count(count)
        return await self._worker.run(lambda: self._handle.next_rows(self._query, count))

    async def close(self) -> None:
        """Let go of the lock, and of the rows that are left."""
        if not (self._query.is_closed or self._worker.ended):
            await self._worker.run(self._query.close)
