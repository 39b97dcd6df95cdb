"""A cursor on PostgreSQL: a portal, which the server keeps within its transaction."""

from typing import Protocol

from activerecord.driver import Row
from activerecord.errors import UsageError
from activerecord_asyncpg.library import Portal
from activerecord_asyncpg.statements import Prepared

__all__ = ["Cursor"]


class _Session(Protocol):
    """What a cursor needs of its session."""

    def usable(self) -> bool: ...

    def in_transaction(self) -> bool: ...

    async def next_rows(self, prepared: Prepared, portal: Portal, count: int, sql: str) -> list[Row]: ...

    async def close_portal(self, portal: Portal, sql: str) -> None: ...


class Cursor:
    """The rows of one query, some at a time, within the transaction."""

    def __init__(self, session: _Session, prepared: Prepared, portal: Portal, sql: str) -> None:
        self._session = session
        self._prepared = prepared
        self._portal: Portal | None = portal
        self._sql = sql
        self._in_order = True

    async def fetch(self, count: int) -> list[Row]:
        """The next rows, and fewer at the end."""
        if count < 1:
            raise UsageError(f"a cursor fetches one row or more at a time, not {count}")
        portal = self._portal
        if portal is None or not self._in_order:
            raise UsageError("the cursor is closed, or has failed before: open another")
        if self._session.usable() and not self._session.in_transaction():
            raise UsageError("the cursor ended with the transaction that it was opened in")
        # Rows may be lost with a failure, of which a cancellation is one.
        self._in_order = False
        rows = await self._session.next_rows(self._prepared, portal, count, self._sql)
        self._in_order = True
        return rows

    async def close(self) -> None:
        """Have the server forget the rest of the rows."""
        portal, self._portal = self._portal, None
        if portal is not None:
            await self._session.close_portal(portal, self._sql)
