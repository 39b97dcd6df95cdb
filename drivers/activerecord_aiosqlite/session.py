"""A connection of aiosqlite, as the contract of drivers has it."""

import asyncio
import os
import sqlite3
import warnings
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from traceback import clear_frames
from typing import Any, TypeVar, cast

from activerecord.config import Configuration
from activerecord.driver import Binds, Result, Row
from activerecord.errors import DatabaseError, UsageError
from activerecord.runtime import Wakeup
from activerecord.sql.dialect import Dialect
from activerecord.sql.dialects.sqlite import SQLITE
from activerecord_aiosqlite.thread import Flags, Opener, end_thread, in_thread, unstarted
from activerecord_sqlite3.answers import Feed, columns_of, inserted_key
from activerecord_sqlite3.cursor import OpenQuery, Raw, check_count
from activerecord_sqlite3.errors import RAISED, interrupted, is_interrupt, lost, translated, undecided
from activerecord_sqlite3.settings import Settings

__all__ = ["Cursor", "Session"]

T = TypeVar("T")

# Seconds that the caller of a statement on a terminated connection waits for the statement's own end: it was told to stop
# and does so at its next look at the flag, but for an instruction that takes long by itself.
SETTLING = 0.5

# What must never be freed: connections that came through a fork, where closing one would disturb its parent's.
_inherited: list[object] = []


class Session:
    """One connection. It may move between event loops, from one verb to the next."""

    def __init__(self, settings: Settings) -> None:
        self._flags = Flags()
        self._opener = Opener(settings, self._flags.stopping)
        self._database = unstarted(self._opener.open)
        self._wakeup: Wakeup | None = None
        self._process = os.getpid()

    @classmethod
    async def open(cls, configuration: Configuration) -> "Session":
        """A session with the database that the configuration describes. Raises ConnectionFailed."""
        session = cls(Settings.read(configuration))
        try:
            await session._outlast(session._connect())
        except BaseException:
            session.terminate()
            raise
        return session

    @property
    def dialect(self) -> Dialect:
        """SQLite's SQL."""
        return SQLITE

    async def fetch(self, sql: str, binds: Binds) -> list[Row]:
        """The rows of a query."""
        return await self._told(self._fetch(sql, binds), sql, lambda: binds)

    async def execute(self, sql: str, binds: Binds) -> Result:
        """All that one statement answers. `last_id` is told for a plain INSERT or REPLACE into a table with a rowid."""
        return await self._told(self._execute(sql, binds), sql, lambda: binds)

    async def execute_many(self, sql: str, rows: Iterable[Binds]) -> None:
        """Run one statement for each of the rows, which are taken in aiosqlite's thread."""
        feed = Feed(rows, sql, self._flags.stopping, self._opener.deadline)
        try:
            await self._told(self._execute_many(sql, feed), sql, lambda: feed.last)
        except Exception:
            if feed.error is not None:
                raise feed.error from None
            raise

    async def open_cursor(self, sql: str, binds: Binds) -> "Cursor":
        """Run a query whose rows are asked for as they are needed."""
        return Cursor(self, await self.run(lambda raw: raw.query(sql, binds), sql, binds))

    async def run(self, work: Callable[[Raw], T], sql: str, binds: Binds) -> T:
        """What `work` answers in aiosqlite's thread; its errors are those of this statement."""
        return await self._told(self._in_thread(work), sql, lambda: binds)

    async def close(self) -> None:
        """Close the database in good order; nothing happens where it is closed already."""
        if not self.usable():
            return
        try:
            await self._outlast(self._database.close())
        finally:
            self.terminate()

    def terminate(self) -> None:
        """Close the database as soon as nothing runs in it, and refuse what comes."""
        self._end()

    def in_transaction(self) -> bool:
        """What SQLite says. A write that was stopped in the middle has ended its transaction."""
        try:
            return self.usable() and self._database.in_transaction
        except (ValueError, sqlite3.ProgrammingError):
            # Closed by its thread meanwhile.
            return False

    def aborted(self) -> bool:
        """SQLite goes on after a statement that failed, or has rolled back everything."""
        return False

    def usable(self) -> bool:
        """Whether it is open, and of this process."""
        return not self._flags.ended and os.getpid() == self._process

    def __del__(self) -> None:
        if self._end():
            warnings.warn(f"{self!r} was never closed", ResourceWarning, source=self, stacklevel=1)

    def _end(self) -> bool:
        """Terminate; whether there was something to close here."""
        if self._flags.ended:
            return False
        self._flags.ended = True
        if os.getpid() != self._process:
            _inherited.append(self._database)
            return False
        if self._wakeup is not None:
            self._wakeup.set()
        end_thread(self._database)
        return True

    async def _connect(self) -> None:
        _ = await self._database
        if self._opener.error is not None:
            raise self._opener.error

    async def _in_thread(self, work: Callable[[Raw], T]) -> T:
        raw = self._opener.raw
        assert raw is not None
        return await in_thread(self._database, lambda: work(raw))

    async def _protect(self, sql: str) -> None:
        """Make the queries that are being read independent of the statement that comes."""
        raw, deadline = self._opener.raw, self._opener.deadline
        if raw is not None and raw.queries.are_hurt(sql):
            await in_thread(self._database, lambda: raw.queries.set_aside(deadline))
            deadline.begin()

    async def _fetch(self, sql: str, binds: Binds) -> list[Row]:
        await self._protect(sql)
        return cast(list[Row], await self._database.execute_fetchall(sql, binds))

    async def _execute(self, sql: str, binds: Binds) -> Result:
        await self._protect(sql)
        before = self._database.total_changes
        cursor = await self._database.execute(sql, binds)
        columns = columns_of(cursor.description)
        rows = cast(list[Row], await cursor.fetchall()) if columns else []
        affected, last_row = cursor.rowcount, cursor.lastrowid
        if affected < 0:
            # sqlite3 counts only for texts that begin with the word INSERT, UPDATE, DELETE or REPLACE.
            changed = self._database.total_changes != before
            affected = (await self._fetch("SELECT changes()", ()))[0][0] if changed else 0
        return Result(columns, rows, affected, inserted_key(sql, affected, last_row))

    async def _execute_many(self, sql: str, feed: Feed) -> None:
        await self._protect(sql)
        await self._database.executemany(sql, feed)

    async def _told(self, work: Coroutine[Any, Any, T], sql: str, binds: Callable[[], Binds]) -> T:
        """What `work` answers; its errors in the words of the house."""
        try:
            return await self._outlast(work)
        except RAISED as error:
            # A cursor in the traceback would hold its statement, and so its read lock.
            clear_frames(error.__traceback__)
            if is_interrupt(error):
                failure: Exception = self._interrupted(sql)
            else:
                compiles = await self._compiles(sql, len(binds())) if undecided(error) else None
                failure = translated(error, sql, binds(), compiles)
        # Not in the `except`, where the error would be kept as the context even where it quotes a value.
        raise failure

    def _interrupted(self, sql: str) -> DatabaseError:
        deadline = self._opener.deadline
        return deadline.error(sql) if deadline.missed and not self._flags.stopping() else interrupted(sql)

    async def _compiles(self, sql: str, count: int) -> BaseException | None:
        try:
            await self._outlast(self._fetch(f"EXPLAIN {sql}", [None] * count))
        except RAISED as error:
            return error
        return None

    async def _outlast(self, work: Coroutine[Any, Any, T]) -> T:
        """The outcome of `work`. A cancellation stops the statement, waits for its real end and is raised then.

        Where it came too late the value is returned: it was done, and the host, which raises the cancellation, must be
        able to tell.
        """
        self._begin(work)
        wakeup = self._wakeup = Wakeup()
        self._flags.stopped = False
        self._opener.deadline.begin()
        task = asyncio.create_task(self._settled(work))

        def ended(task: asyncio.Task[T]) -> None:
            # Looked at, so that nobody is told of an error that nobody waits for.
            _ = task.cancelled() or task.exception()
            wakeup.set()

        task.add_done_callback(ended)
        try:
            await wakeup.outlast(self._flags.stop)
        except BaseException:
            if not self._flags.stopped or not _is_success(task):
                raise
        finally:
            self._wakeup = None
            if not task.done():
                # Terminated: the thread will still send word to this loop, which should not be closed by then.
                await asyncio.wait([task], timeout=SETTLING)
        if self._flags.ended:
            raise lost("was terminated")
        return task.result()

    def _begin(self, work: Coroutine[Any, Any, T]) -> None:
        try:
            if not self.usable():
                raise lost("is closed" if os.getpid() == self._process else "was made in another process")
            if self._wakeup is not None:
                raise UsageError("a SQLite connection runs one statement at a time, and another one is running on it")
        except BaseException:
            work.close()
            raise

    async def _settled(self, work: Coroutine[Any, Any, T]) -> T:
        """`work`, to the end of its statement even where the loop is ending and cancels all its tasks."""
        try:
            return await work
        except asyncio.CancelledError:
            self._flags.stop()
            with suppress(Exception):
                # aiosqlite has only let go of the statement; this one waits behind it.
                await self._database.execute_fetchall("SELECT 1")
            raise


class Cursor:
    """The rows of one query, some at a time."""

    def __init__(self, session: Session, query: OpenQuery) -> None:
        self._session = session
        self._query = query

    async def fetch(self, count: int) -> list[Row]:
        """The next rows, and fewer at the end."""
        check_count(count)
        query = self._query
        return await self._session.run(lambda _: query.fetch(count), query.sql, query.binds)

    async def close(self) -> None:
        """Let go of the lock, and of the rows that are left."""
        query = self._query
        if self._session.usable() and not query.is_closed:
            await self._session.run(lambda _: query.close(), query.sql, query.binds)


def _is_success(task: "asyncio.Task[Any]") -> bool:
    return task.done() and not task.cancelled() and task.exception() is None
