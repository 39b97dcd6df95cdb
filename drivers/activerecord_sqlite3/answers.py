"""What goes into sqlite3 and what comes out of it, in the words of the contract."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from activerecord.driver import Binds
from activerecord_sqlite3.deadline import Deadline
from activerecord_sqlite3.errors import interrupted

__all__ = ["Feed", "columns_of", "inserted_key"]

_INSERT = re.compile(r"\s*(?:INSERT|REPLACE)\b", re.IGNORECASE)
_UPSERT = re.compile(r"\bCONFLICT\b", re.IGNORECASE)


class Feed:
    """The rows of binds of one statement on their way into `executemany`, which looks at no flag between two of them.

    Each row is a statement of its own, with the time of one. `last` is the row sent last, `error` what the rows themselves raised.
    """

    def __init__(self, rows: Iterable[Binds], sql: str, stopping: Callable[[], bool], deadline: Deadline) -> None:
        self._rows = rows
        self._sql = sql
        self._stopping = stopping
        self._deadline = deadline
        self.last: Binds = ()
        self.error: Exception | None = None

    def __iter__(self) -> Iterator[Binds]:
        try:
            for row in self._rows:
                if self._stopping():
                    raise interrupted(self._sql)
                self.last = row
                self._deadline.begin()
                yield row
        except Exception as error:
            self.error = error
            raise


def columns_of(description: Sequence[Sequence[Any]] | None) -> tuple[str, ...]:
    """The names of the columns of an answer."""
    return tuple(column[0] for column in description or ())


def inserted_key(sql: str, affected: int, last_row: int | None) -> int | None:
    """The rowid that a statement made, as far as that can be known.

    SQLite tells the last rowid made on the connection, by whatever statement: a query, an update or an INSERT that met
    a conflict would get that of an earlier one.
    """
    made = affected > 0 and _INSERT.match(sql) and not _UPSERT.search(sql)
    return last_row or None if made else None
