"""The thread that aiosqlite runs a connection in: how it is begun, told to stop, and ended."""

import sqlite3
import sys
from collections.abc import Callable
from contextlib import suppress
from threading import Lock, Thread
from typing import Any, TypeVar, cast

import aiosqlite

from activerecord_sqlite3.cursor import Raw
from activerecord_sqlite3.deadline import Deadline
from activerecord_sqlite3.opening import open_database
from activerecord_sqlite3.settings import MEMORY, Settings

__all__ = ["Flags", "Opener", "end_thread", "in_thread", "unstarted"]

T = TypeVar("T")


class Flags:
    """What the thread reads while a statement runs. Apart from the session, so that a forgotten one can be freed."""

    __slots__ = ("ended", "stopped")

    def __init__(self) -> None:
        self.stopped = False
        self.ended = False

    def stop(self) -> None:
        """Ask the statement at work to end early."""
        self.stopped = True

    def stopping(self) -> bool:
        """Whether what runs now was asked to stop."""
        return self.stopped or self.ended


class Opener:
    """Opens the database in aiosqlite's thread.

    It keeps an error instead of raising it: after one, aiosqlite ends its thread with a message to a loop that may be
    closed by then. `open` is then an empty database in memory.
    """

    def __init__(self, settings: Settings, stopping: Callable[[], bool]) -> None:
        self._settings = settings
        self.deadline = Deadline(settings.statement_timeout)
        self._stopping = stopping
        self.error: Exception | None = None
        self.raw: Raw | None = None

    def open(self) -> sqlite3.Connection:
        """A connection of sqlite3, whatever happens."""
        try:
            self.raw = open_database(self._settings, self._is_over)
            return self.raw
        except Exception as error:  # noqa: BLE001  # raised in the task that connects
            self.error = error
            return sqlite3.connect(MEMORY, check_same_thread=False)

    def _is_over(self) -> bool:
        return self._stopping() or self.deadline.over()


def unstarted(connector: Callable[[], sqlite3.Connection]) -> aiosqlite.Connection:
    """A connection of aiosqlite whose thread begins when it is awaited."""
    database = aiosqlite.Connection(connector, iter_chunk_size=64)
    # A thread that is not a daemon would keep a program without an event loop from ever ending: it is joined before
    # anything runs that could close the connection.
    thread = getattr(database, "_thread", None)
    if isinstance(thread, Thread):
        thread.daemon = True
    return database


async def in_thread(database: aiosqlite.Connection, work: Callable[[], T]) -> T:
    """What `work()` gives in the connection's thread. aiosqlite has no public name for it."""
    return cast(T, await cast(Any, database)._execute(work))


def end_thread(database: aiosqlite.Connection) -> None:
    """End aiosqlite's thread, behind what it is doing.

    `stop` makes a future of the caller's loop, which may be closed before the thread answers; without one, it makes a
    loop, which nobody closes. In a thread of its own it does neither.
    """
    if sys.is_finalizing():
        # A thread that is started now never runs, and the one of the connection has been frozen.
        return
    stop = cast(Callable[[], Any], database.stop)  # pyright: ignore[reportUnknownMemberType]
    told = Lock()
    told.acquire()

    def tell() -> None:
        try:
            stop()
        finally:
            told.release()

    with suppress(RuntimeError):
        Thread(target=tell, daemon=True).start()
        # A join would ask which thread this is; one that is ending itself would be entered into the books again, for good.
        told.acquire()
