"""What lends connections, as statements and transactions see it."""

from typing import Protocol

from activerecord.driver import Binds, Connection, Row
from activerecord.errors import DatabaseError
from activerecord.pool.lease import Lease
from activerecord.pool.statistics import PoolStatistics

__all__ = ["Lender"]


class Lender(Protocol):
    """What lends connections."""

    def lend(self, purpose: str) -> Lease | None:
        """What `acquire` gives, where that takes no wait; else None."""
        ...

    async def acquire(self, purpose: str) -> Lease:
        """A connection for this purpose.

        Raises PoolTimeout, naming the holders, ConnectionFailed, and UsageError where the caller would wait for itself.
        """
        ...

    def release(self, lease: Lease) -> None:
        """Take a connection back; one that is not in order is ended instead of kept. Never waits, never fails."""
        ...

    def fetch_inline(self, sql: str, binds: Binds) -> list[Row] | None:
        """What an idle connection reads inline, where the driver does that; it is not lent for it. See `InlineConnection`."""
        ...

    def suspect(self, connection: Connection, error: DatabaseError) -> None:
        """Hear of a failure that the other connections may share: the server was lost, or it takes no writes any more."""
        ...

    async def fill(self) -> None:
        """Open what is always to be there. Raises ConnectionFailed."""
        ...

    def statistics(self) -> PoolStatistics:
        """What it has now, and what it has done."""
        ...

    async def close(self) -> None:
        """End the idle connections in good order; those still lent are ended as they come back."""
        ...

    def terminate(self) -> None:
        """End every connection at once."""
        ...
