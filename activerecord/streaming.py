"""The rows of one query as they are needed: through the transaction that the caller is in, or on a connection of their own."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Protocol

from activerecord import runtime
from activerecord.database import Database
from activerecord.driver import Connection, Cursor, Row
from activerecord.errors import ActiveRecordError, TransactionClosed, UsageError
from activerecord.pool import Lease, Lender, hold, let_go
from activerecord.sql.dialect import Terms
from activerecord.transaction import Outcome, Transaction, current_transaction

__all__ = ["RowStream", "closed_after", "row_stream"]


class RowStream(Protocol):
    """Rows on their way. Opened once, and closed whatever happens."""

    async def open(self) -> None:
        """Have the query run. Cancelled or failing, it leaves nothing open."""
        ...

    async def fetch(self, count: int) -> list[Row]:
        """The next rows, and fewer only at the end. Raises TransactionClosed where its scope was left."""
        ...

    async def close(self) -> None:
        """Let go of what it reads through; never cut, but bounded. Nothing where that has ended already."""
        ...

    def abandon(self) -> None:
        """The same where nothing can be waited for, since the loop it was opened in is gone."""
        ...


def row_stream(database: Database, sql: str, binds: Sequence[Any], opened_at: str) -> RowStream:
    """The rows of a query, in the caller's transaction if there is one. `opened_at` is said where it is in the way."""
    reader = _Reader(database, sql, binds)
    scope = current_transaction(database)
    if scope is not None:
        return _InScope(database, reader, scope)
    return _Apart(database, reader, f"a stream opened at {opened_at}: {sql}")


class _Reader:
    """A cursor, called through the driver's host."""

    def __init__(self, database: Database, sql: str, binds: Sequence[Any]) -> None:
        self.sql = sql
        self._database = database
        self._binds = binds
        self._cursor: Cursor | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is a cursor to close."""
        return self._cursor is not None

    async def open(self, connection: Connection) -> None:
        """Run the query. A cursor that comes together with a cancellation is there to be closed."""
        self._note(await self._database.call(connection, lambda c: c.open_cursor(self.sql, self._binds), self._note))

    async def fetch(self, connection: Connection, count: int) -> list[Row]:
        """The next rows."""
        cursor = self._cursor
        if cursor is None:
            raise UsageError("the stream was left: open another")
        return await self._database.call(connection, lambda _: cursor.fetch(count))

    async def close(self, connection: Connection) -> None:
        """Have the database forget the rest. No cancellation breaks it off."""
        cursor, self._cursor = self._cursor, None
        if cursor is not None:
            host = runtime.host(asyncio_only=self._database.driver.asyncio_only)
            bound = self._database.configuration.close_timeout
            await host.finish(cursor.close(), bound=bound, terminate=connection.terminate)

    def forget(self) -> None:
        """Leave the cursor to whoever ends the connection."""
        self._cursor = None

    def _note(self, cursor: Cursor) -> None:
        self._cursor = cursor


class _InScope:
    """Rows read through a transaction: each batch takes a turn, so that other statements of the scope may run between."""

    def __init__(self, database: Database, reader: _Reader, scope: Transaction) -> None:
        self._database = database
        self._reader = reader
        self._scope = scope

    async def open(self) -> None:
        """See `RowStream.open`. The scope knows of it first, so that its end finds it whatever comes between."""
        self._scope.before_end(self._reader.close)
        try:
            with self._database.in_time("a stream"):
                self._database.observe(self._reader.sql)
                await self._scope.run(self._reader.open, writes=False)
        except BaseException as error:
            await closed_after(error, self.close)
            raise

    async def fetch(self, count: int) -> list[Row]:
        """See `RowStream.fetch`."""
        with self._database.in_time("a batch of a stream"):
            return await self._place().run(lambda connection: self._reader.fetch(connection, count), writes=False)

    async def close(self) -> None:
        """See `RowStream.close`. Where the scope takes no statements any more, its own end closes the cursor."""
        if self._reader.is_open and self._scope.outcome is Outcome.OPEN:
            try:
                await self._place().run(self._reader.close, writes=False)
            except TransactionClosed:
                return
        self._scope.not_before_end(self._reader.close)

    def abandon(self) -> None:
        """See `RowStream.abandon`: its scope is left as well."""
        self._reader.forget()

    def _place(self) -> Transaction:
        """The innermost scope of the caller, if it is inside the stream's: it has the turn while it lasts."""
        inner = current_transaction(self._database)
        return inner if inner is not None and inner.is_within(self._scope) else self._scope


class _Apart:
    """Rows on a connection of their own, which is not the caller's scope."""

    def __init__(self, database: Database, reader: _Reader, purpose: str) -> None:
        self._database = database
        self._reader = reader
        self._purpose = purpose
        self._lender: Lender | None = None
        self._lease: Lease | None = None
        self._has_failed = False

    async def open(self) -> None:
        """See `RowStream.open`."""
        try:
            with self._database.in_time("a stream"):
                lease = await self._borrowed()
                await self._begin(lease.connection)
                self._database.observe(self._reader.sql)
                await self._database.patiently(lambda: self._reader.open(lease.connection))
        except BaseException as error:
            self._has_failed = True
            await closed_after(error, self.close)
            raise
        hold(lease)

    async def fetch(self, count: int) -> list[Row]:
        """See `RowStream.fetch`."""
        if self._lease is None:
            raise UsageError("the stream was left: open another")
        connection = self._lease.connection
        try:
            with self._database.in_time("a batch of a stream"):
                return await self._reader.fetch(connection, count)
        except BaseException:
            self._has_failed = True
            raise

    async def close(self) -> None:
        """See `RowStream.close`."""
        lender, lease = self._taken()
        if lender is None or lease is None:
            return
        try:
            await self._end(lease.connection)
        finally:
            lender.release(lease)

    def abandon(self) -> None:
        """See `RowStream.abandon`."""
        lender, lease = self._taken()
        self._reader.forget()
        if lender is not None and lease is not None:
            if not self._database.driver.shared(self._database.configuration):
                lease.connection.terminate()
            lender.release(lease)

    async def _borrowed(self) -> Lease:
        lender = self._lender = self._database.lender()
        lease = self._lease = await self._database.patiently(lambda: lender.acquire(self._purpose))
        return lease

    def _taken(self) -> tuple[Lender | None, Lease | None]:
        lender, lease = self._lender, self._lease
        self._lender = self._lease = None
        if lease is not None:
            let_go(lease)
        return lender, lease

    async def _begin(self, connection: Connection) -> None:
        """Begin a transaction that only reads, where cursors need one."""
        if self._database.driver.cursors_need_transaction:
            await self._database.send(connection, *connection.dialect.begin(Terms(read_only=True)))

    async def _end(self, connection: Connection) -> None:
        """Close the cursor and what was begun for it. A cancellation that comes meanwhile is raised after both."""
        try:
            await self._reader.close(connection)
        except (ActiveRecordError, OSError):
            connection.terminate()
            raise
        finally:
            if connection.usable() and connection.in_transaction():
                await self._database.send(connection, "ROLLBACK" if self._has_failed else "COMMIT")


async def closed_after(error: BaseException, close: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Close what the error left open. A failure of that is noted beside the error; a cancellation goes before it."""
    try:
        await close()
    except (ActiveRecordError, OSError) as failure:
        error.add_note(f"closing the stream failed as well: {type(failure).__name__}: {failure}")
