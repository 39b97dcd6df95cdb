"""A connection of Python's sqlite3 and its verbs, which block."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TypeVar

from activerecord.driver import Binds, Result, Row
from activerecord_sqlite3.answers import Feed, columns_of, inserted_key
from activerecord_sqlite3.cursor import OpenQuery, Raw
from activerecord_sqlite3.deadline import Deadline
from activerecord_sqlite3.errors import RAISED, interrupted, is_interrupt, lost, translated, undecided
from activerecord_sqlite3.inline import Inline
from activerecord_sqlite3.opening import LOOK, has_log, open_database
from activerecord_sqlite3.settings import Settings

__all__ = ["Handle"]

T = TypeVar("T")


class Handle:
    """One sqlite3 connection, once it is open. Statements end early when `stopping()` says so, or at their deadline."""

    def __init__(self) -> None:
        self._raw: Raw | None = None
        self._stopping: Callable[[], bool] = lambda: False
        self._deadline = Deadline()
        self._inline: Inline | None = None

    def open(self, settings: Settings, stopping: Callable[[], bool]) -> None:
        """Open the database that the settings name."""
        self._stopping = stopping
        self._deadline = Deadline(settings.statement_timeout)
        self._raw = open_database(settings, self._is_over)
        if settings.in_memory or has_log(self._raw):
            self._inline = Inline()

    def close(self) -> None:
        """Close the database, where it is open."""
        raw, self._raw = self._raw, None
        if raw is not None:
            with suppress(sqlite3.Error):
                raw.close()

    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        raw = self._raw
        try:
            return raw is not None and raw.in_transaction
        except sqlite3.ProgrammingError:
            # Closed by its thread meanwhile.
            return False

    def fetch(self, sql: str, binds: Binds) -> list[Row]:
        """The rows of a query."""
        began = time.perf_counter()
        rows: list[Row] = self._told(lambda cursor: cursor.execute(sql, binds).fetchall(), sql, lambda: binds)
        if self._inline is not None:
            self._inline.note(sql, time.perf_counter() - began)
        return rows

    def fetch_inline(self, sql: str, binds: Binds) -> list[Row] | None:
        """The rows of a query that has shown itself short; None where it has not, or is not now, or fails."""
        if self._raw is None or self._inline is None or not self._inline.trusts(sql):
            return None
        return self._inline.fetch(self._raw, sql, binds, self._is_over, LOOK)

    def execute(self, sql: str, binds: Binds) -> Result:
        """All that one statement answers."""
        return self._told(lambda cursor: _result(cursor, sql, binds), sql, lambda: binds)

    def execute_many(self, sql: str, rows: Iterable[Binds]) -> None:
        """Run one statement for each of the rows."""
        feed = Feed(rows, sql, self._stopping, self._deadline)
        try:
            self._told(lambda cursor: cursor.executemany(sql, feed), sql, lambda: feed.last)
        except Exception:
            if feed.error is not None:
                raise feed.error from None
            raise

    def query(self, sql: str, binds: Binds) -> OpenQuery:
        """A query whose rows are fetched as they are needed."""
        raw = self._open()
        return self._in_words(lambda: raw.query(sql, binds), sql, lambda: binds)

    def next_rows(self, query: OpenQuery, count: int) -> list[Row]:
        """The next rows of a query, and fewer at the end."""
        return self._in_words(lambda: query.fetch(count), query.sql, lambda: query.binds)

    def _is_over(self) -> bool:
        return self._stopping() or self._deadline.over()

    def _told(self, work: Callable[[sqlite3.Cursor], T], sql: str, binds: Callable[[], Binds]) -> T:
        """What `work` answers with a cursor of its own, in the words of the house."""
        raw = self._open()
        cursor = raw.cursor()

        def run() -> T:
            if raw.queries.are_hurt(sql):
                raw.queries.set_aside(self._deadline)
                self._deadline.begin()
            return work(cursor)

        try:
            return self._in_words(run, sql, binds)
        finally:
            # A cursor in a traceback would hold its statement, and so its read lock.
            cursor.close()

    def _open(self) -> Raw:
        if self._raw is None:
            raise lost("is closed")
        return self._raw

    def _in_words(self, work: Callable[[], T], sql: str, binds: Callable[[], Binds]) -> T:
        """What `work` answers; its errors in the words of the house."""
        raw = self._open()
        self._deadline.begin()
        try:
            return work()
        except RAISED as error:
            failure = self._failure(raw, error, sql, binds())
        # Not in the `except`, where the error would be kept as the context even where it quotes a value.
        raise failure

    def _failure(self, raw: sqlite3.Connection, error: BaseException, sql: str, binds: Binds) -> BaseException:
        if is_interrupt(error):
            asked = self._stopping()
            return self._deadline.error(sql) if self._deadline.missed and not asked else _stopped(sql, asked=asked)
        return translated(error, sql, binds, _compiles(raw, sql, len(binds)) if undecided(error) else None)


def _stopped(sql: str, *, asked: bool) -> BaseException:
    """Unasked, a signal's handler raised in the progress handler: sqlite3 swallows that and stops the statement."""
    if not asked and threading.current_thread() is threading.main_thread():
        return KeyboardInterrupt()
    return interrupted(sql)


def _result(cursor: sqlite3.Cursor, sql: str, binds: Binds) -> Result:
    before = cursor.connection.total_changes
    cursor.execute(sql, binds)
    columns = columns_of(cursor.description)
    rows = cursor.fetchall() if columns else []
    affected, last_row = cursor.rowcount, cursor.lastrowid
    if affected < 0:
        # sqlite3 counts only for texts that begin with the word INSERT, UPDATE, DELETE or REPLACE.
        changed = cursor.connection.total_changes != before
        affected = cursor.execute("SELECT changes()").fetchone()[0] if changed else 0
    return Result(columns, rows, affected, inserted_key(sql, affected, last_row))


def _compiles(raw: sqlite3.Connection, sql: str, count: int) -> BaseException | None:
    try:
        raw.execute(f"EXPLAIN {sql}", [None] * count).close()
    except RAISED as error:
        return error
    return None
