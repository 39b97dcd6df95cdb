"""Pools: connections lent and taken back, for one event loop each, or one connection for the whole process."""

import sys
import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

from activerecord import runtime
from activerecord.config import Configuration
from activerecord.driver import Connection, Driver
from activerecord.errors import PoolTimeout, UsageError

__all__ = ["Lease", "Lender", "LoopPool", "SharedConnection", "caller"]


class Lease:
    """The right to use one connection until it is given back. `purpose` says for what, `since` from when (seconds)."""

    __slots__ = ("connection", "purpose", "since")

    def __init__(self, purpose: str) -> None:
        self.purpose = purpose
        self.since = time.monotonic()
        self.connection: Connection

    def __str__(self) -> str:
        return f"{self.purpose} for {time.monotonic() - self.since:.1f} s"


class Lender(Protocol):
    """What lends connections."""

    async def acquire(self, purpose: str) -> Lease:
        """A connection for this purpose. Raises PoolTimeout, naming the holders, and ConnectionFailed."""
        ...

    def release(self, lease: Lease) -> None:
        """Take a connection back; one that is not in order is ended instead of kept. Never waits, never fails."""
        ...

    async def close(self) -> None:
        """End the idle connections in good order; those still lent are ended as they come back."""
        ...

    def terminate(self) -> None:
        """End every connection at once."""
        ...


# Seconds without any use of a pool after which its connections may have ended unheard.
_QUIET = 0.1


class _Opener:
    """Opens connections, so that one that arrives too late is never left open."""

    def __init__(self, configuration: Configuration, driver: Driver) -> None:
        self.configuration = configuration
        self.driver = driver

    async def open(self) -> Connection:
        """A new connection. Cancelled or not, none is left that nobody owns."""
        host = runtime.host(asyncio_only=self.driver.asyncio_only)
        return await host.call(self.driver.connect(self.configuration), orphan=lambda late: late.terminate())

    def catch_up(self) -> None:
        """Have connections that were idle hear of their end."""
        if self.driver.asyncio_only:
            runtime.catch_up()

    async def roll_back(self, connection: Connection) -> None:
        """Undo what the last user of a connection left unfinished."""
        host = runtime.host(asyncio_only=self.driver.asyncio_only)
        bound = self.configuration.close_timeout
        await host.finish(connection.execute("ROLLBACK", ()), bound=bound, terminate=connection.terminate)

    async def close(self, connection: Connection) -> None:
        """End a connection in good order, or at once where that takes longer than `close_timeout`."""
        host = runtime.host(asyncio_only=self.driver.asyncio_only)
        try:
            await host.finish(
                connection.close(), bound=self.configuration.close_timeout, terminate=connection.terminate
            )
        finally:
            connection.terminate()


def _in_order(connection: Connection) -> bool:
    return connection.usable() and not connection.in_transaction()


class LoopPool:
    """The connections of one event loop, or of one thread of plain sync code; at most `max_size`.

    Between two waits every change of state is complete: a connection is idle, lent, or gone. A connection that is idle
    is handed out without waiting for anything; one is opened only by the task that will use it, under no lock.
    """

    def __init__(self, configuration: Configuration, driver: Driver) -> None:
        self.configuration = configuration
        self._opener = _Opener(configuration, driver)
        self._limiter = runtime.Limiter(configuration.max_size)
        self._idle: deque[Connection] = deque()
        self._lent: dict[Lease, Connection | None] = {}
        self._used = 0.0
        self._closed = False

    async def acquire(self, purpose: str) -> Lease:
        """A connection for this purpose. Raises PoolTimeout, naming the holders, and ConnectionFailed."""
        self._check_open()
        lease = Lease(purpose)
        if self._idle and lease.since - self._used > _QUIET:
            self._opener.catch_up()
        if not self._limiter.try_acquire(lease):
            await self._wait(lease)
        if (idle := self._take()) is not None:
            self._lend(lease, idle)
            return lease
        self._lent[lease] = None
        try:
            self._lend(lease, await self._opener.open())
        except BaseException:
            self._forget(lease)
            raise
        return lease

    def release(self, lease: Lease) -> None:
        """Take a connection back; one that is not in order is ended instead of kept."""
        connection = self._lent.get(lease)
        self._forget(lease)
        if connection is None:
            return
        if not _in_order(connection):
            connection.terminate()
            return
        self._used = time.monotonic()
        self._idle.append(connection)
        # looked at last: another thread may have closed the pool a moment ago, and found this one lent
        if self._closed:
            self.terminate_idle()

    async def close(self) -> None:
        """End the idle connections in good order; those still lent are ended as they come back."""
        self._closed = True
        try:
            while (connection := self._pop()) is not None:
                await self._opener.close(connection)
        finally:
            self.terminate_idle()

    def retire(self) -> None:
        """Lend no more: end the idle connections at once, and those still lent as they come back."""
        self._closed = True
        self.terminate_idle()

    def terminate(self) -> None:
        """End every connection at once."""
        self.retire()
        for connection in list(self._lent.values()):
            if connection is not None:
                connection.terminate()

    def terminate_idle(self) -> None:
        """End the idle connections at once."""
        while (connection := self._pop()) is not None:
            connection.terminate()

    def _pop(self) -> Connection | None:
        """The last one used: it is the likeliest to be alive, and lets the others grow idle."""
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def _take(self) -> Connection | None:
        while (connection := self._pop()) is not None:
            if _in_order(connection):
                return connection
            connection.terminate()
        return None

    def _lend(self, lease: Lease, connection: Connection) -> None:
        lease.connection = connection
        lease.since = time.monotonic()
        self._lent[lease] = connection

    def _forget(self, lease: Lease) -> None:
        if lease in self._lent:
            del self._lent[lease]
            self._limiter.release(lease)

    async def _wait(self, lease: Lease) -> None:
        try:
            await self._limiter.acquire(lease, timeout=self.configuration.acquire_timeout)
        except TimeoutError:
            raise _exhausted(self.configuration, self.configuration.max_size, list(self._lent)) from None
        if self._closed:
            self._limiter.release(lease)
            self._check_open()

    def _check_open(self) -> None:
        if self._closed:
            raise _closed(self.configuration)


class SharedConnection:
    """The one connection of a database that lives in memory: of the whole process, lent to one lease at a time.

    It stays open between leases, whatever loop or thread they come from, until the database is configured anew. When it
    is lost its data is lost with it, so the next lease starts with an empty database.
    """

    def __init__(self, configuration: Configuration, driver: Driver) -> None:
        self.configuration = configuration
        self._opener = _Opener(configuration, driver)
        self._turn = runtime.Turnstile()
        self._connection: Connection | None = None
        self._closed = False

    async def acquire(self, purpose: str) -> Lease:
        """The connection, when it is its turn. Raises PoolTimeout, naming the holder."""
        lease = Lease(purpose)
        if not self._turn.try_enter(lease):
            await self._wait(lease)
        try:
            if self._closed:
                raise _closed(self.configuration)
            lease.connection = await self._open()
        except BaseException:
            self._leave()
            raise
        lease.since = time.monotonic()
        return lease

    def release(self, lease: Lease) -> None:
        """Take the connection back, for the next in line."""
        if not lease.connection.usable():
            self._end()
        self._leave()

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
            connection.terminate()

    async def _open(self) -> Connection:
        if self._connection is None or not self._connection.usable():
            self._connection = await self._opener.open()
        if self._connection.in_transaction():
            # ending the connection instead, as other pools do, would lose the data
            await self._opener.roll_back(self._connection)
        return self._connection

    async def _wait(self, lease: Lease) -> None:
        try:
            await self._turn.enter(lease, timeout=self.configuration.acquire_timeout)
        except TimeoutError:
            holder = self._turn.holder
            holders = [holder] if isinstance(holder, Lease) else []
            raise _exhausted(self.configuration, 1, holders) from None


def _closed(configuration: Configuration) -> UsageError:
    return UsageError(
        f"connection {configuration.name!r} was closed or configured anew while it was wanted: begin again from its models"
    )


def _exhausted(configuration: Configuration, size: int, holders: list[Lease]) -> PoolTimeout:
    held = "; ".join(str(lease) for lease in holders[:10]) or "nobody any more"
    return PoolTimeout(
        f"connection {configuration.name!r}: none of {size} connection(s) became free within "
        f"{configuration.acquire_timeout:g} s; held by: {held}"
    )


def caller(skip: Callable[[str], bool]) -> str:
    """Where the program called us from: file and line of the nearest frame whose module is not ours."""
    frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]  # the documented way to a line number without building a traceback
    while frame.f_back is not None and skip(frame.f_globals.get("__name__", "")):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"
