"""The driver as the registry sees it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from activerecord.config import Configuration
from activerecord.driver import Connection
from activerecord.schema.reflection import Reader
from activerecord.schema.reflection.postgresql import READER
from activerecord.sql.dialect import Dialect
from activerecord_asyncpg.dialect import DIALECT
from activerecord_asyncpg.session import Session
from activerecord_asyncpg.settings import OPTIONS, Settings

__all__ = ["AsyncpgDriver"]


@dataclass(frozen=True, slots=True)
class AsyncpgDriver:
    """asyncpg made to speak the contract."""

    @property
    def name(self) -> str:
        """`asyncpg`."""
        return "asyncpg"

    @property
    def dialect(self) -> Dialect:
        """PostgreSQL's SQL."""
        return DIALECT

    @property
    def reader(self) -> Reader:
        """PostgreSQL's catalogues."""
        return READER

    @property
    def dialect_varies(self) -> bool:
        """It is always PostgreSQL."""
        return False

    @property
    def asyncio_only(self) -> bool:
        """It needs an asyncio loop."""
        return True

    @property
    def waits_for_locks(self) -> bool:
        """The server queues for a lock, as long as `lock_timeout` allows."""
        return True

    @property
    def cursors_interleave(self) -> bool:
        """A portal stands beside others, and sees the database as it was when it was opened."""
        return True

    @property
    def cursors_need_transaction(self) -> bool:
        """The server closes portals with their transaction."""
        return True

    @property
    def copies_rows(self) -> bool:
        """By COPY."""
        return True

    @property
    def reads_inline(self) -> bool:
        """A server is always waited for."""
        return False

    @property
    def options(self) -> Mapping[str, Callable[[Any], Any]]:
        """See `activerecord_asyncpg.settings`."""
        return OPTIONS

    def check(self, configuration: Configuration) -> None:
        """Raise ConfigurationError for what cannot be a PostgreSQL database."""
        Settings.read(configuration)

    def shared(self, configuration: Configuration) -> bool:  # noqa: ARG002
        """A server takes many connections."""
        return False

    def writer_key(self, configuration: Configuration) -> str | None:  # noqa: ARG002
        """Writers do not take turns."""
        return None

    async def connect(self, configuration: Configuration) -> Connection:
        """Open a session. Raises ConnectionFailed."""
        return await Session.open(configuration)
