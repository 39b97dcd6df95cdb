"""What must be true of a database after whatever happened: the pool is whole, and nothing is under way."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from activerecord import runtime
from activerecord.database import Database
from activerecord.driver import Row
from activerecord.pool import Lease
from activerecord.transaction import current_transaction
from tests.stress.watching import Watch

__all__ = ["ended", "fault", "lent", "sent"]


async def fault(database: Database, watch: Watch | None = None) -> str | None:
    """What is wrong with the pool of the running loop: a sentence, or None. It must give all its connections at once.

    The watch tells whether there are sessions beside these on the server.
    """
    if current_transaction(database) is not None:
        return "a transaction is still the current one"
    size = 1 if database.driver.shared(database.configuration) else database.configuration.max_size
    async with AsyncExitStack() as stack:
        leases = [await stack.enter_async_context(lent(database)) for _ in range(size)]
        for number, lease in enumerate(leases):
            if lease.connection.in_transaction():
                return "a connection came out of the pool with a transaction open"
            if await sent(database, lease, f"SELECT 57 + {number}") != [(57 + number,)]:
                return "a connection answered another's question"
        return None if watch is None else await watch.fault()


async def ended(database: Database) -> int:
    """How many connections the pool of the running loop has ended."""
    return database.lender().statistics().ended


async def sent(database: Database, lease: Lease, sql: str) -> Sequence[Row]:
    host = runtime.host(asyncio_only=database.driver.asyncio_only)
    return await host.call(lease.connection.fetch(sql, ()))


@asynccontextmanager
async def lent(database: Database) -> AsyncGenerator[Lease, None]:
    """A connection of the pool, beside the running task's transaction if it has one."""
    lender = database.lender()
    lease = await lender.acquire("a test that counts connections")
    try:
        yield lease
    finally:
        lender.release(lease)
