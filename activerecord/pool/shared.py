"""The one connection of a database that lives in memory."""

from typing import cast

from activerecord import runtime
from activerecord.config import Configuration
from activerecord.driver import Binds, Connection, Driver, InlineConnection, Row
from activerecord.errors import DatabaseError
from activerecord.pool.lease import Lease
from activerecord.pool.opener import Opener
from activerecord.pool.refusals import closed
from activerecord.pool.shelf import in_order
from activerecord.pool.statistics import Counters, PoolStatistics
from activerecord.pool.waiting import wait

__all__ = ["SharedConnection"]


class SharedConnection:
    """The one connection of a database that lives in memory: of the whole process, lent to one lease at a time.

    It stays open between leases, whatever loop or thread they come from, until the database is configured anew. When it
    is lost its data is lost with it, so the next lease starts with an empty database; nor does it ever end of age.
    """

    def __init__(self, configuration: Configuration, driver: Driver) -> None:
        self.configuration = configuration
        self._opener = Opener(configuration, driver)
        self._turn = runtime.Turnstile()
        self._connection: Connection | None = None
        self._counters = Counters()
        self._closed = False

    def lend(self, purpose: str) -> Lease | None:
        """The connection, if it is open and nobody has it or waits for it. See `Lender.lend`."""
        connection = self._connection
        if self._closed or connection is None:
            return None
        lease = Lease(purpose, runtime.running_task())
        if not self._turn.try_enter(lease):
            return None
        if connection is not self._connection or not in_order(connection):
            self._leave()
            return None
        lease.connection = connection
        self._counters.acquired += 1
        return lease

    async def acquire(self, purpose: str) -> Lease:
        """The connection, when it is its turn. See `Lender.acquire`."""
        lease = Lease(purpose, runtime.running_task())
        if not self._turn.try_enter(lease):
            await self._wait(lease)
        try:
            if self._closed:
                raise closed(self.configuration)
            lease.connection = await self._open()
        except BaseException:
            self._leave()
            raise
        self._counters.acquired += 1
        return lease

    def release(self, lease: Lease) -> None:
        """Take the connection back, for the next in line."""
        if not lease.connection.usable():
            self._end()
        self._leave()

    def fetch_inline(self, sql: str, binds: Binds) -> list[Row] | None:
        """What the connection reads inline, if nobody has it or waits for it."""
        connection = self._connection
        if self._closed or connection is None or not self._turn.try_enter(connection):
            return None
        try:
            if connection is not self._connection or not in_order(connection):
                return None
            return cast(InlineConnection, connection).fetch_inline(sql, binds)
        finally:
            self._leave()

    def suspect(self, connection: Connection, error: DatabaseError) -> None:
        """Nothing: there is no other connection that could share the failure."""

    async def fill(self) -> None:
        """Nothing: it is opened by the first that needs it."""

    def statistics(self) -> PoolStatistics:
        """See `Lender.statistics`. Counted by several threads, the sums may be a little behind."""
        lent = int(isinstance(self._turn.holder, Lease))
        there = self._connection is not None
        return self._counters.seen(max_size=1, idle=int(there and not lent), lent=lent)

    async def close(self) -> None:
        """End the connection, and the database with it."""
        self.terminate()

    def terminate(self) -> None:
        """End the connection, and the database with it."""
        self._closed = True
        self._end_if_free()

    def _leave(self) -> None:
        self._turn.leave()
        # looked at last: another thread may have closed it a moment ago, and found it lent
        if self._closed:
            self._end_if_free()

    def _end_if_free(self) -> None:
        """Whoever has the turn does this when leaving."""
        if self._turn.try_enter(self):
            self._end()
            self._turn.leave()

    def _end(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            self._counters.ended += 1
            connection.terminate()

    async def _open(self) -> Connection:
        if self._connection is not None and not self._connection.usable():
            self._counters.lost += 1
            self._end()
        if self._connection is None:
            self._connection = await self._opener.open()
            self._counters.opened += 1
        if self._connection.in_transaction():
            # ending the connection instead, as other pools do, would lose the data
            await self._opener.roll_back(self._connection)
        return self._connection

    async def _wait(self, lease: Lease) -> None:
        await wait(
            lease,
            self._turn.enter,
            size=1,
            holders=self._holders,
            configuration=self.configuration,
            counters=self._counters,
        )

    def _holders(self) -> list[Lease]:
        holder = self._turn.holder
        return [holder] if isinstance(holder, Lease) else []
