"""The pool of one event loop, or of one thread of plain sync code."""

import time
from contextlib import suppress
from typing import cast

from activerecord import runtime
from activerecord.config import Configuration
from activerecord.driver import Binds, Connection, Driver, InlineConnection, Row
from activerecord.errors import ActiveRecordError, DatabaseError, ReadOnly
from activerecord.pool.lease import Lease
from activerecord.pool.opener import Opener
from activerecord.pool.refusals import closed
from activerecord.pool.shelf import Pooled, Shelf, in_order
from activerecord.pool.statistics import Counters, PoolStatistics
from activerecord.pool.waiting import wait

__all__ = ["LoopPool"]

# Seconds without any use of a pool after which its connections may have ended unheard.
_QUIET = 0.1

# Seconds that whoever finds connections whose time is up gives them to end in good order, all together.
_ENDING = 1.0

# Seconds between two new generations for the sake of ReadOnly, which a program may well bring about by itself.
_READ_ONLY_PAUSE = 60.0


class LoopPool:
    """The connections of one event loop, or of one thread of plain sync code; at most `max_size`.

    Between two waits every change of state is complete: a connection is idle, lent, or gone. A connection that is idle
    is handed out without waiting for anything, unless it is due; one is opened only by the task that will use it, under no
    lock. Whoever may borrow has a token; tokens come free in the order in which they were waited for. With its token in hand
    it also does what is due: no timer and no task of the pool's own does.
    """

    def __init__(self, configuration: Configuration, driver: Driver) -> None:
        self.configuration = configuration
        self._opener = Opener(configuration, driver)
        self._limiter = runtime.Limiter(configuration.max_size)
        self._running_task = runtime.task_finder()
        self._shelf = Shelf(configuration)
        self._lent: dict[Lease, Pooled | None] = {}
        self._counters = Counters()
        self._used = 0.0
        self._doubted_writes = -_READ_ONLY_PAUSE
        self._closed = False

    def lend(self, purpose: str) -> Lease | None:
        """The idle connection that was used last, if nothing is due; the way that nearly everybody takes. See `Lender.lend`."""
        lease = Lease(purpose, self._running_task())
        if lease.since - self._used > _QUIET or not self._limiter.try_acquire(lease):
            return None
        pooled = self._shelf.take(lease.since)
        if pooled is None:
            self._limiter.release(lease)
            return None
        lease.connection = pooled.connection
        self._lent[lease] = pooled
        self._counters.acquired += 1
        return lease

    async def acquire(self, purpose: str) -> Lease:
        """A connection for this purpose. See `Lender.acquire`."""
        lent = self.lend(purpose)
        if lent is not None:
            return lent
        if self._closed:
            raise closed(self.configuration)
        lease = Lease(purpose, self._running_task())
        if lease.since - self._used > _QUIET and len(self._shelf):
            self._opener.catch_up()
        if not self._limiter.try_acquire(lease):
            await self._wait(lease)
        pooled = self._shelf.take(lease.since) or await self._with_patience(lease)
        lease.connection = pooled.connection
        self._lent[lease] = pooled
        self._counters.acquired += 1
        return lease

    def release(self, lease: Lease) -> None:
        """Take a connection back; one that is not in order, or whose time is up, is ended. Once: twice does nothing."""
        if lease not in self._lent:
            return
        pooled = self._lent.pop(lease)
        self._limiter.release(lease)
        if pooled is None:
            return
        now = time.monotonic()
        if not in_order(pooled.connection) or not self._shelf.put(pooled, now):
            self._end(pooled)
            return
        self._used = now
        # looked at last: another thread may have closed the pool a moment ago, and found this one lent
        if self._closed:
            self.terminate_idle()

    def fetch_inline(self, sql: str, binds: Binds) -> list[Row] | None:
        """What an idle connection reads inline. It stays on the shelf: nobody else runs in this loop meanwhile."""
        now = time.monotonic()
        pooled = self._shelf.top(now)
        if pooled is None:
            return None
        rows = cast(InlineConnection, pooled.connection).fetch_inline(sql, binds)
        if rows is not None:
            self._shelf.used(pooled, now)
            self._counters.acquired += 1
        return rows

    def suspect(self, connection: Connection, error: DatabaseError) -> None:
        """Hear of a failure of a lent connection: none that is as old as it is lent any more. See `Lender.suspect`."""
        pooled = next((each for each in self._lent.values() if each and each.connection is connection), None)
        if pooled is None:
            return
        if isinstance(error, ReadOnly):
            if not self._doubts_writes_again():
                return
        else:
            self._counters.lost += 1
        # the others that go with the same server have failed with it, and tell nothing new
        if pooled.generation == self._shelf.generation:
            self._shelf.bump()

    async def fill(self) -> None:
        """Open connections, in parallel, until `min_size` are there. Raises ConnectionFailed."""
        leases: list[Lease] = []
        failures: list[ActiveRecordError] = []

        async def lend() -> None:
            try:
                leases.append(await self.acquire("filling the pool"))
            except ActiveRecordError as error:
                failures.append(error)

        try:
            await runtime.parallel([lend] * self.configuration.min_size)
        finally:
            for lease in leases:
                self.release(lease)
        if failures:
            raise failures[0]

    def statistics(self) -> PoolStatistics:
        """See `Lender.statistics`."""
        return self._counters.seen(max_size=self._limiter.total, idle=len(self._shelf), lent=len(self._lent))

    # the end

    async def close(self) -> None:
        """End the idle connections in good order; those still lent are ended as they come back."""
        self._closed = True
        try:
            while (pooled := self._shelf.pop()) is not None:
                self._counters.ended += 1
                await self._opener.close(pooled.connection, bound=self.configuration.close_timeout)
        finally:
            self.terminate_idle()

    def retire(self) -> None:
        """Lend no more: end the idle connections at once, and those still lent as they come back."""
        self._closed = True
        self.terminate_idle()

    def terminate(self) -> None:
        """End every connection at once."""
        self.retire()
        for pooled in list(self._lent.values()):
            if pooled is not None:
                pooled.connection.terminate()

    def terminate_idle(self) -> None:
        """End the idle connections at once."""
        while (pooled := self._shelf.pop()) is not None:
            self._end(pooled)

    # what acquire does with a token in hand

    async def _with_patience(self, lease: Lease) -> Pooled:
        """A connection, after what is due was done. The lease has what is in hand, so that nothing is lost in any event."""
        self._lent[lease] = None
        try:
            # a goodbye is not cut: who is cancelled already waits for none
            await runtime.raise_if_cancelled()
            await self._end_expired(lease)
            return await self._living(lease) or await self._opened()
        except BaseException:
            self.release(lease)
            raise

    async def _end_expired(self, lease: Lease) -> None:
        """End what has expired, one after the other: beside the one in hand no more are open than there may be."""
        until = time.monotonic() + _ENDING
        while (pooled := self._shelf.expired(self._open_beside_idle())) is not None:
            seconds = until - time.monotonic()
            self._lent[lease] = pooled
            await self._take_leave(pooled, bound=min(seconds, self.configuration.close_timeout))
            self._lent[lease] = None
            self._counters.ended += 1

    async def _take_leave(self, pooled: Pooled, *, bound: float) -> None:
        if bound <= 0 or pooled.generation != self._shelf.generation:
            # a server that is suspected is not waited for
            pooled.connection.terminate()
            return
        with suppress(Exception):  # it is ended all the same
            await self._opener.close(pooled.connection, bound=bound)

    async def _living(self, lease: Lease) -> Pooled | None:
        """An idle connection that answers, if it was idle long enough to be asked. All answers have `close_timeout`."""
        until = time.monotonic() + self.configuration.close_timeout
        while (pooled := self._shelf.pop()) is not None:
            self._lent[lease] = pooled
            now = time.monotonic()
            is_known = pooled.generation == self._shelf.generation and in_order(pooled.connection)
            if is_known and (now < pooled.quiet_until or await self._answers(pooled, until - now)):
                return pooled
            self._lent[lease] = None
            self._counters.lost += 1
            self._end(pooled)
        return None

    async def _answers(self, pooled: Pooled, seconds: float) -> bool:
        """Whether it lives. After silence none of its age is asked any more: the next caller would wait as long for each."""
        if seconds <= 0:
            return False
        try:
            answers = await self._opener.answers(pooled.connection, bound=seconds)
        except TimeoutError:
            self._shelf.bump()
            return False
        except BaseException:
            if not pooled.connection.usable():
                self._counters.lost += 1
                self._shelf.bump()
            raise
        return answers and in_order(pooled.connection)

    async def _opened(self) -> Pooled:
        generation = self._shelf.generation
        connection = await self._opener.open()
        self._counters.opened += 1
        return self._shelf.new(connection, generation=generation)

    async def _wait(self, lease: Lease) -> None:
        await wait(
            lease,
            self._limiter.acquire,
            size=self._limiter.total,
            holders=lambda: self._lent,
            configuration=self.configuration,
            counters=self._counters,
        )
        if self._closed:
            self._limiter.release(lease)
            raise closed(self.configuration)

    # the books

    def _end(self, pooled: Pooled) -> None:
        self._counters.ended += 1
        pooled.connection.terminate()

    def _open_beside_idle(self) -> int:
        return self._counters.opened - self._counters.ended - len(self._shelf)

    def _doubts_writes_again(self) -> bool:
        """Whether ReadOnly has not been heard for a while."""
        now = time.monotonic()
        if now - self._doubted_writes < _READ_ONLY_PAUSE:
            return False
        self._doubted_writes = now
        return True
