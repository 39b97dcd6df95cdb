"""What a scope is to the database: a transaction on a connection of its own, or a savepoint in another's."""

from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

from activerecord import runtime
from activerecord.config import Configuration
from activerecord.driver import Binds, Connection, Driver, Row
from activerecord.errors import ActiveRecordError, TransactionClosed
from activerecord.pool import Lease, Lender
from activerecord.sql.dialect import Terms
from activerecord.transaction.fate import fate_of
from activerecord.transaction.state import Outcome
from activerecord.transaction.writer_turn import take_turn

__all__ = ["Savepoint", "Transactional", "Unit", "Whole"]

T = TypeVar("T")
Done = Callable[[], object]


class Transactional(Protocol):
    """What a transaction needs of its database."""

    @property
    def configuration(self) -> Configuration:
        """How the database is reached."""
        ...

    @property
    def driver(self) -> Driver:
        """What speaks to it."""
        ...

    @property
    def writer(self) -> runtime.Turnstile | None:
        """What all writers of this process take turns on, where the engine allows but one."""
        ...

    def lender(self) -> Lender:
        """What lends its connections to the running loop or thread."""
        ...

    def in_time(self, what: str) -> AbstractContextManager[object]:
        """A block that takes no longer than the `timeout` of the configuration; DeadlineExceeded says that `what` did."""
        ...

    async def send(
        self, connection: Connection, *sql: str, bound: float | None = None, done: Done | None = None
    ) -> None:
        """Run statements that no cancellation may break off; after `bound` seconds the connection is ended.

        Without a bound `close_timeout` is it. `done` is called at once when they have succeeded.
        """
        ...

    async def commit(self, connection: Connection, *, done: Done, mark: str, marked: Callable[[Row], object]) -> None:
        """Run COMMIT, which no cancellation may break off; before it, where there is a `mark`, the query that `marked` is told."""
        ...

    async def ask(self, connection: Connection, sql: str, binds: Binds) -> list[Row]:
        """The rows of a query on this connection."""
        ...

    async def patiently(self, attempt: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run what may find a lock taken, again and again until `lock_timeout`, where the engine does not queue."""
        ...


class Unit(Protocol):
    """What can be begun, and then kept or undone as a whole. `done` is called at once when that is certain."""

    read_only: bool
    depth: int

    @property
    def connection(self) -> Connection:
        """What its statements run on. Raises TransactionClosed when there is none any more."""
        ...

    async def begin(self, done: Done) -> None:
        """Have the database begin it."""
        ...

    async def keep(self, done: Done) -> None:
        """Have the database keep what was done in it."""
        ...

    async def undo(self, done: Done) -> None:
        """Have the database forget what was done in it. Does nothing where it was never begun."""
        ...

    def note_write(self) -> None:
        """Something was sent in it that may have written."""
        ...

    async def fate(self, *, asking: bool) -> Outcome:
        """What became of it after the connection was lost in `keep`, as far as it is known, or `asking` the engine tells."""
        ...

    def end_connection(self) -> None:
        """End the connection at once: the server rolls back what was begun on it."""
        ...

    def release(self) -> None:
        """Give back what was borrowed for it."""
        ...


class Whole:
    """BEGIN and COMMIT, on a connection that is borrowed for it, in its turn where the engine has one writer."""

    depth = 0

    def __init__(self, database: Transactional, purpose: str, terms: Terms) -> None:
        self.read_only = terms.read_only
        self._database = database
        self._purpose = purpose
        self._terms = terms
        self._may_have_written = False
        self._is_marked = False
        self._mark: Row | None = None
        self._writer: runtime.Turnstile | None = None
        self._lender: Lender | None = None
        self._lease: Lease | None = None

    def __str__(self) -> str:
        return self._purpose

    @property
    def connection(self) -> Connection:
        """See `Unit.connection`."""
        if self._lease is None:
            raise TransactionClosed(f"{self._purpose} has no connection")
        return self._lease.connection

    async def begin(self, done: Done) -> None:
        """Take the writer's turn, a connection, and begin. The turn comes first: who waits for it holds no connection."""
        with self._database.in_time("BEGIN"):
            await self._take_writer()
            lender = self._lender = self._database.lender()
            self._lease = await self._database.patiently(lambda: lender.acquire(self._purpose))
        await self._database.patiently(self._send_begin)
        done()

    async def _send_begin(self) -> None:
        """As one: what came in between would leave the terms of this transaction to the connection's next one."""
        begin = self.connection.dialect.begin(self._terms)
        try:
            await self._database.send(self.connection, *begin)
        except ActiveRecordError:
            if len(begin) > 1:
                self.end_connection()
            raise

    async def keep(self, done: Done) -> None:
        """COMMIT, patiently: readers may be in its way. It is not begun by one who is cancelled."""
        await runtime.raise_if_cancelled()
        asks = self._may_have_written and self._database.configuration.resolve_commit
        mark = self.connection.dialect.mark if asks else ""
        self._is_marked = bool(mark)
        await self._database.patiently(
            lambda: self._database.commit(self.connection, done=done, mark=mark, marked=self._note_mark)
        )

    def _note_mark(self, mark: Row) -> None:
        self._mark = mark

    def note_write(self) -> None:
        """See `Unit.note_write`."""
        self._may_have_written = True

    async def fate(self, *, asking: bool) -> Outcome:
        """See `Unit.fate`. The connection is given back first, since there may be no other for the question."""
        # nothing was there to be kept; or COMMIT was not sent; or what was asked before it tells that nothing was written
        if self.read_only or (self._is_marked and (self._mark is None or self._mark[0] is None)):
            return Outcome.ROLLED_BACK
        if self._mark is None or self._lender is None or not asking:
            return Outcome.UNKNOWN
        self._give_back()
        return await fate_of(self._mark, self._database, self._lender)

    async def undo(self, done: Done) -> None:
        """ROLLBACK, if the server knows of a transaction."""
        if self._lease is None:
            return
        if not self.connection.usable():
            self.end_connection()
        elif self.connection.in_transaction():
            await self._database.send(self.connection, "ROLLBACK", done=done)

    def end_connection(self) -> None:
        """See `Unit.end_connection`."""
        if self._lease is not None:
            self._lease.connection.terminate()

    def release(self) -> None:
        """Give back the connection and the turn."""
        self._give_back()
        if self._writer is not None:
            self._writer.leave(self)
            self._writer = None

    def _give_back(self) -> None:
        if self._lease is not None and self._lender is not None:
            self._lender.release(self._lease)
            self._lease = None

    async def _take_writer(self) -> None:
        writer = None if self.read_only else self._database.writer
        if writer is None:
            return
        await take_turn(writer, self, timeout=self._database.configuration.lock_timeout)
        self._writer = writer


class Savepoint:
    """SAVEPOINT and RELEASE, on the connection of the unit around it."""

    def __init__(self, database: Transactional, outer: Unit) -> None:
        self.read_only = outer.read_only
        self.depth = outer.depth + 1
        self._database = database
        self._outer = outer
        self._name = f"activerecord_{self.depth}"

    @property
    def connection(self) -> Connection:
        """See `Unit.connection`."""
        return self._outer.connection

    async def begin(self, done: Done) -> None:
        """SAVEPOINT."""
        await self._database.send(self.connection, f"SAVEPOINT {self._name}", done=done)

    async def keep(self, done: Done) -> None:
        """RELEASE SAVEPOINT, unless one is cancelled."""
        await runtime.raise_if_cancelled()
        bound = self._database.configuration.commit_timeout
        await self._database.send(self.connection, f"RELEASE SAVEPOINT {self._name}", bound=bound, done=done)

    async def undo(self, done: Done) -> None:
        """ROLLBACK TO SAVEPOINT, which by itself would leave it standing."""
        if not self.connection.usable():
            self.end_connection()
        else:
            undo = f"ROLLBACK TO SAVEPOINT {self._name}", f"RELEASE SAVEPOINT {self._name}"
            await self._database.send(self.connection, *undo, done=done)

    def note_write(self) -> None:
        """See `Unit.note_write`."""
        self._outer.note_write()

    async def fate(self, *, asking: bool) -> Outcome:  # noqa: ARG002  # of a protocol
        """See `Unit.fate`: that of the unit around it is not decided yet."""
        return Outcome.UNKNOWN

    def end_connection(self) -> None:
        """See `Unit.end_connection`."""
        self._outer.end_connection()

    def release(self) -> None:
        """Nothing was borrowed."""
