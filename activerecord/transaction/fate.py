"""What became of a COMMIT whose answer was lost, asked of the server on another connection."""

from collections.abc import Mapping
from typing import Protocol

from activerecord import runtime
from activerecord.config import Configuration
from activerecord.driver import Binds, Connection, Row
from activerecord.errors import ConnectionLost, DatabaseError, PoolTimeout, UsageError
from activerecord.pool import Lender
from activerecord.transaction.state import Outcome

__all__ = ["Asking", "fate_of"]

# What PostgreSQL's txid_status answers. It says "in progress" as long as the lost session is still at it.
_FATES: Mapping[str | None, Outcome] = {"committed": Outcome.COMMITTED, "aborted": Outcome.ROLLED_BACK}
_GOES_ON = "in progress"

# Seconds between two questions: the first is put at once, and a server that is starting again takes some.
_PAUSE = 0.05


class Asking(Protocol):
    """What is needed of a database to put a question."""

    @property
    def configuration(self) -> Configuration:
        """How the database is reached."""
        ...

    async def ask(self, connection: Connection, sql: str, binds: Binds) -> list[Row]:
        """The rows of a query on this connection."""
        ...


async def fate_of(mark: Row, database: Asking, lender: Lender) -> Outcome:
    """COMMITTED, ROLLED_BACK, or UNKNOWN where the server does not tell within `acquire_timeout`.

    `mark` is the row that `Dialect.mark` gave before COMMIT. A cancellation is let out.
    """
    try:
        with runtime.deadline(database.configuration.acquire_timeout):
            while (told := await _told(mark, database, lender)) == _GOES_ON:
                await runtime.sleep(_PAUSE)
    except (TimeoutError, PoolTimeout, DatabaseError, UsageError):
        # Another server answers now, or none; or the pool was closed meanwhile.
        return Outcome.UNKNOWN
    return _FATES.get(told, Outcome.UNKNOWN)


async def _told(mark: Row, database: Asking, lender: Lender) -> str | None:
    """What the server says; "in progress" while it cannot be reached."""
    try:
        lease = await lender.acquire("asking what became of a COMMIT")
    except ConnectionLost:
        return _GOES_ON
    try:
        rows = await database.ask(lease.connection, lease.connection.dialect.fate, mark)
    except ConnectionLost:
        return _GOES_ON
    finally:
        lender.release(lease)
    told: str | None = rows[0][0]
    return told
