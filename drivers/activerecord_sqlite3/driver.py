"""The drivers of SQLite as the registry sees them: alike but for how they open a connection."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from activerecord.config import Configuration
from activerecord.driver import Connection
from activerecord.schema.reflection import Reader
from activerecord.schema.reflection.sqlite import READER
from activerecord.sql.dialect import Dialect
from activerecord.sql.dialects.sqlite import SQLITE
from activerecord_sqlite3.settings import OPTIONS, Settings

__all__ = ["SQLiteDriver"]


@dataclass(frozen=True, slots=True)
class SQLiteDriver:
    """One way to speak to SQLite: its name, whether it needs asyncio, may read inline, and how it opens a connection."""

    name: str
    asyncio_only: bool
    reads_inline: bool
    opening: Callable[[Configuration], Coroutine[Any, Any, Connection]]

    @property
    def dialect(self) -> Dialect:
        """SQLite's SQL."""
        return SQLITE

    @property
    def reader(self) -> Reader:
        """SQLite's catalogue."""
        return READER

    @property
    def dialect_varies(self) -> bool:
        """It is always SQLite."""
        return False

    @property
    def waits_for_locks(self) -> bool:
        """SQLite sleeps in the middle of a statement, where no cancellation reaches it; so it is told not to wait."""
        return False

    @property
    def cursors_interleave(self) -> bool:
        """Rows that are still to come are set aside before anything is written."""
        return True

    @property
    def cursors_need_transaction(self) -> bool:
        """A query alone sees one state of the database."""
        return False

    @property
    def copies_rows(self) -> bool:
        """SQLite has no way of its own for many rows."""
        return False

    @property
    def options(self) -> Mapping[str, Callable[[Any], Any]]:
        """`journal_mode`, `synchronous`, `foreign_keys`, `read_only`, `cached_statements`."""
        return OPTIONS

    def check(self, configuration: Configuration) -> None:
        """Raise ConfigurationError for what cannot be a SQLite database."""
        Settings.read(configuration)

    def shared(self, configuration: Configuration) -> bool:
        """A database in memory lives in its connection."""
        return Settings.read(configuration).in_memory

    def writer_key(self, configuration: Configuration) -> str | None:
        """A file's real path, where it may be written."""
        return Settings.read(configuration).writer_key

    async def connect(self, configuration: Configuration) -> Connection:
        """Open the database. Raises ConnectionFailed."""
        return await self.opening(configuration)
