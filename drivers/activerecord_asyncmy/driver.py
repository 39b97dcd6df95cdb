"""The driver of MySQL and MariaDB as the registry sees it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from activerecord.config import Configuration
from activerecord.driver import Connection
from activerecord.schema.reflection import Reader
from activerecord.schema.reflection.mysql import READER
from activerecord.sql.dialect import Dialect
from activerecord.sql.dialects.mysql import MYSQL
from activerecord_asyncmy.session import Session
from activerecord_asyncmy.settings import OPTIONS, Settings

__all__ = ["AsyncmyDriver"]


@dataclass(frozen=True, slots=True)
class AsyncmyDriver:
    """MySQL and MariaDB by asyncmy, over TCP, TLS or a unix socket."""

    name: str = "asyncmy"

    @property
    def dialect(self) -> Dialect:
        """What MySQL and MariaDB have in common."""
        return MYSQL

    @property
    def reader(self) -> Reader:
        """The information schema."""
        return READER

    @property
    def dialect_varies(self) -> bool:
        """The server tells which of the two it is."""
        return True

    @property
    def asyncio_only(self) -> bool:
        """Its coroutines wait by asyncio."""
        return True

    @property
    def waits_for_locks(self) -> bool:
        """The server queues for a lock, as long as `lock_timeout` says, in whole seconds and one at least."""
        return True

    @property
    def cursors_interleave(self) -> bool:
        """The server keeps the rows of a cursor apart, until they are asked for."""
        return True

    @property
    def cursors_need_transaction(self) -> bool:
        """It outlives transactions."""
        return False

    @property
    def copies_rows(self) -> bool:
        """It has no way to: LOAD DATA reads files."""
        return False

    @property
    def reads_inline(self) -> bool:
        """A server is always waited for."""
        return False

    @property
    def options(self) -> Mapping[str, Callable[[Any], Any]]:
        """What TLS is asked for, `unix_socket`, `application_name`, `sql_mode`, `connect_timeout`, `statement_cache_size`."""
        return OPTIONS

    def check(self, configuration: Configuration) -> None:
        """Raise ConfigurationError for what cannot be a server."""
        Settings.read(configuration)

    def shared(self, configuration: Configuration) -> bool:  # noqa: ARG002  # the name is the contract's
        """A server takes many connections."""
        return False

    def writer_key(self, configuration: Configuration) -> str | None:  # noqa: ARG002  # the name is the contract's
        """A server takes many writers."""
        return None

    async def connect(self, configuration: Configuration) -> Connection:
        """Open a session. Raises ConnectionFailed."""
        return await Session.open(configuration)
