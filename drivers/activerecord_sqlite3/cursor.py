"""Queries of one connection that are read some rows at a time, in calls that block."""

import marshal
import re
import sqlite3
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import cast
from weakref import WeakSet

from activerecord.driver import Binds, Row
from activerecord.errors import DatabaseError, UsageError
from activerecord_sqlite3.deadline import Deadline
from activerecord_sqlite3.errors import RAISED, is_interrupt

__all__ = ["OpenQueries", "OpenQuery", "Raw", "check_count"]

# Statements that change nothing a query reads. Of all others SQLite leaves open what a query that is being read, on the
# same connection, sees of them: an UPDATE may show it a row twice, or for ever.
_HARMLESS = re.compile(r"\s*(?:SELECT|VALUES|EXPLAIN|BEGIN|SAVEPOINT|RELEASE|COMMIT|END)\b", re.IGNORECASE)

# Rows that are set aside in one go, each with the time of a statement. Bytes of them that are kept in memory; what is more
# goes to a file that has no name.
_ROWS, _BYTES = 1_000, 1 << 20


class _Aside:
    """Rows set aside, to be taken in their order."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile[bytes](max_size=_BYTES)  # closed with the query
        self._sizes: list[int] = []
        self._next: Iterator[int] = iter(())
        self._rows: list[Row] = []

    def fill(self, cursor: sqlite3.Cursor, deadline: Deadline) -> None:
        """Take all rows of a cursor. Those that came before it fails are there."""
        try:
            rows = [()] * _ROWS
            while len(rows) == _ROWS:
                deadline.begin()
                rows = cursor.fetchmany(_ROWS)
                packed = marshal.dumps(rows)
                self._file.write(packed)
                self._sizes.append(len(packed))
        finally:
            self._file.seek(0)
            self._next = iter(self._sizes)

    def take(self, count: int) -> list[Row]:
        """The next rows, and fewer at the end."""
        while len(self._rows) < count and (size := next(self._next, 0)):
            self._rows += cast("list[Row]", marshal.loads(self._file.read(size)))  # noqa: S302  # written by ourselves
        taken, self._rows = self._rows[:count], self._rows[count:]
        return taken

    def close(self) -> None:
        """Forget what is left."""
        self._file.close()

    def __del__(self) -> None:
        """A query that nobody closed has ended all the same."""
        self.close()


class OpenQuery:
    """A query whose rows are fetched as they are needed. It holds its read lock until it is at its end, or closed."""

    def __init__(self, cursor: sqlite3.Cursor, sql: str, binds: Binds) -> None:
        self.sql = sql
        self.binds = binds
        self.is_closed = False
        self._cursor: sqlite3.Cursor | None = cursor
        self._aside: _Aside | None = None
        self._failure: BaseException | None = None

    def fetch(self, count: int) -> list[Row]:
        """The next rows, and fewer at the end. Raises what sqlite3 raises, and UsageError once it is closed."""
        if self.is_closed:
            raise UsageError("the cursor is closed, or has failed before: open another")
        try:
            rows = self._take(count)
        except BaseException:
            self.close()
            raise
        if len(rows) < count and self._failure is not None:
            failure, self._failure = self._failure, None
            self.close()
            raise failure
        return rows

    @property
    def is_live(self) -> bool:
        """Whether it reads from the database still."""
        return self._cursor is not None

    def set_aside(self, deadline: Deadline) -> None:
        """Read all that is still to come, so that no statement has any influence on it.

        Raises sqlite3's error where it is interrupted, and loses the rows. What else fails is raised in its turn.
        """
        cursor, self._cursor = self._cursor, None
        if cursor is None:
            return
        self._aside = _Aside()
        try:
            self._aside.fill(cursor, deadline)
        except (*RAISED, OSError) as error:
            if is_interrupt(error):
                self.close()
                raise
            self._failure = DatabaseError(f"no room for the rows: {error}") if isinstance(error, OSError) else error
        finally:
            cursor.close()

    def close(self) -> None:
        """Let go of the lock, and of the rows that are left."""
        self.is_closed = True
        cursor, self._cursor = self._cursor, None
        aside, self._aside = self._aside, None
        if cursor is not None:
            cursor.close()
        if aside is not None:
            aside.close()

    def _take(self, count: int) -> list[Row]:
        if self._aside is not None:
            return self._aside.take(count)
        assert self._cursor is not None
        return self._cursor.fetchmany(count)


class OpenQueries:
    """Those of one connection. One that is forgotten ends by itself."""

    def __init__(self) -> None:
        self._open: WeakSet[OpenQuery] = WeakSet()

    def add(self, query: OpenQuery) -> OpenQuery:
        """Know of one more."""
        self._open.add(query)
        return query

    def are_hurt(self, sql: str) -> bool:
        """Whether rows have to be set aside before this statement is run."""
        return len(self._open) > 0 and not _HARMLESS.match(sql) and any(query.is_live for query in self._open)

    def set_aside(self, deadline: Deadline) -> None:
        """Make all of them independent of what is run next."""
        for query in list(self._open):
            query.set_aside(deadline)

    def close(self) -> None:
        """Close all of them."""
        for query in list(self._open):
            query.close()


class Raw(sqlite3.Connection):
    """A connection of sqlite3 that can be closed while queries are open: they would keep the file open, and its lock."""

    queries: OpenQueries

    def query(self, sql: str, binds: Binds) -> OpenQuery:
        """Run a query whose rows are fetched as they are needed."""
        return self.queries.add(OpenQuery(self.execute(sql, binds), sql, binds))

    def close(self) -> None:
        """Close it, with its queries."""
        self.queries.close()
        super().close()


def check_count(count: int) -> None:
    """Raise UsageError for what is no number of rows to fetch."""
    if count < 1:
        raise UsageError(f"a cursor fetches one row or more at a time, not {count}")
