"""A cursor on MySQL and MariaDB: the server runs the query to its end, keeps the rows, and gives them as they are asked for."""

from itertools import islice
from typing import Protocol

from activerecord.driver import Row
from activerecord.errors import UsageError
from activerecord_asyncmy.wire import Answer, Prepared

__all__ = ["Cursor"]


class _Session(Protocol):
    """What a cursor needs of its session."""

    async def next_rows(self, prepared: Prepared, count: int, sql: str) -> Answer: ...

    async def close_cursor(self, prepared: Prepared, sql: str) -> None: ...


class Cursor:
    """The rows of one query, some at a time, from where the server keeps them."""

    def __init__(self, session: _Session, prepared: Prepared, answer: Answer, sql: str) -> None:
        self._session = session
        self._prepared: Prepared | None = prepared
        self._sql = sql
        # All of them, from a server that could not keep them.
        self._rows = iter(answer.rows)
        self._is_whole = answer.is_whole
        self._in_order = True

    async def fetch(self, count: int) -> list[Row]:
        """The next rows, and fewer at the end."""
        if count < 1:
            raise UsageError(f"a cursor fetches one row or more at a time, not {count}")
        prepared = self._prepared
        if prepared is None or not self._in_order:
            raise UsageError("the cursor is closed, or has failed before: open another")
        if self._is_whole:
            return list(islice(self._rows, count))
        # Rows may be lost with a failure, of which a cancellation is one.
        self._in_order = False
        answer = await self._session.next_rows(prepared, count, self._sql)
        self._in_order, self._is_whole = True, answer.is_whole
        return answer.rows

    async def close(self) -> None:
        """Have the server forget the rest of the rows."""
        prepared, self._prepared = self._prepared, None
        if prepared is not None:
            await self._session.close_cursor(prepared, self._sql)
