"""The contract of a driver: what a database library must be made to do, and how one is found."""

from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from activerecord.config import Configuration
from activerecord.schema.reflection import Reader
from activerecord.sql.dialect import Dialect

__all__ = ["Binds", "Connection", "CopyingConnection", "Cursor", "Driver", "InlineConnection", "Result", "Row"]

Row: TypeAlias = tuple[Any, ...]
Binds: TypeAlias = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Result:
    """All that one statement answered.

    `columns` and `rows` are empty where it gives no rows; `affected` is the number of rows it changed;
    `last_id` the key that the engine made for the last row inserted, where it tells.
    """

    columns: tuple[str, ...] = ()
    rows: list[Row] = field(default_factory=list[Row])
    affected: int = 0
    last_id: int | None = None


class Cursor(Protocol):
    """The rows of one query, some at a time: as they were when it was opened, whatever is written meanwhile.

    Its verbs wait, and are cancelled, as those of its connection. One that is let go of unclosed holds nothing longer
    than its connection lasts.
    """

    async def fetch(self, count: int) -> list[Row]:
        """The next rows: `count` of them (1 or more), and fewer, or none, only at the end.

        Raises UsageError once it is closed, ConnectionLost where its connection has ended, and DatabaseError where the
        engine has ended it. After any failure it gives no rows any more.
        """
        ...

    async def close(self) -> None:
        """Let the engine forget it; cheap, however many rows are left. Nothing where it, or its connection, has ended."""
        ...


class Connection(Protocol):
    """One session with a database. One statement at a time; the pool sees to that.

    `dialect` is the SQL that its server speaks: the driver's own, or a variation of it that was told by the server.

    The verbs that wait are written in the driver's own manner (`Driver.asyncio_only`) and are called through a host,
    which lets a cancellation in once and then waits for the verb to end (see `activerecord.runtime`). A verb that is
    cancelled must stop its statement on the server, leave the session either usable or `usable() == False`, and raise
    the cancellation. Errors of the library leave as `DatabaseError`s, with the library's own as their cause, told apart
    by the engine's codes and never by the text of a message. Where what was kept of a statement does not fit a table any
    more, SchemaChanged is raised, nothing was done, and the next try prepares it anew.
    """

    @property
    def dialect(self) -> Dialect:
        """The SQL that the server of this connection speaks."""
        ...

    def fetch(self, sql: str, binds: Binds) -> Coroutine[Any, Any, list[Row]]:
        """The rows of a query, each a tuple in the order selected."""
        ...

    def execute(self, sql: str, binds: Binds) -> Coroutine[Any, Any, Result]:
        """Run any statement; its rows too, if it gives some."""
        ...

    async def execute_many(self, sql: str, rows: Iterable[Binds]) -> None:
        """Run one statement for each row of binds. All or nothing only inside a transaction."""
        ...

    async def open_cursor(self, sql: str, binds: Binds) -> Cursor:
        """Run a query whose rows are asked for as they are needed. Cancelled or failing, it leaves no cursor open.

        Any number may be open at once. Where the driver says `cursors_need_transaction`, one is open, and a cursor ends
        with it. Between two of its verbs others may run on the connection; where the driver does not say
        `cursors_interleave`, each of them, but closing the cursor and ending the session, raises UsageError.
        """
        ...

    async def close(self) -> None:
        """End the session in good order."""
        ...

    def terminate(self) -> None:
        """End the session at once, without waiting. Never fails; what still waits on the session fails with ConnectionLost."""
        ...

    def in_transaction(self) -> bool:
        """Whether a transaction is open, according to the server, as of its last answer."""
        ...

    def aborted(self) -> bool:
        """Whether the open transaction takes no more statements until it, or the savepoint set last, is rolled back."""
        ...

    def usable(self) -> bool:
        """Whether another statement may be sent: open, in step, nothing left unread."""
        ...


class CopyingConnection(Connection, Protocol):
    """A connection that has a way of its own to add many rows, where the driver says `copies_rows`."""

    async def copy_rows(self, table: str, schema: str | None, columns: Sequence[str], rows: Sequence[Binds]) -> None:
        """Add rows to a table, all of them or none, each with a value for each of these columns, of which there is one at least.

        Raises NotSupported, with nothing sent that writes, where the values of a column cannot be copied.
        """
        ...


class InlineConnection(Connection, Protocol):
    """A connection that can read in the thread of whoever asks, where the driver says `reads_inline`."""

    def fetch_inline(self, sql: str, binds: Binds) -> list[Row] | None:
        """The rows of a query, without a wait and within a fraction of a millisecond; None where that cannot be, or fails.

        What is None is asked again by `fetch`. Only texts are given to it that hold nothing of a program's own making.
        """
        ...


class Driver(Protocol):
    """A database library made to speak the contract. Found under its name in the entry points `activerecord.drivers`."""

    @property
    def name(self) -> str:
        """Its word in a configuration's `driver_type`."""
        ...

    @property
    def dialect(self) -> Dialect:
        """The SQL that its servers speak; where `dialect_varies`, what is common to them all."""
        ...

    @property
    def reader(self) -> Reader:
        """What its servers can be asked about their tables."""
        ...

    @property
    def dialect_varies(self) -> bool:
        """Whether only a connection can tell what its server speaks (MySQL, MariaDB): see `Connection.dialect`."""
        ...

    @property
    def asyncio_only(self) -> bool:
        """Whether its coroutines need an asyncio loop. If not, they wait only by `activerecord.runtime`."""
        ...

    @property
    def waits_for_locks(self) -> bool:
        """Whether the engine queues for a lock. If not, LockTimeout comes at once and the caller asks again."""
        ...

    @property
    def cursors_interleave(self) -> bool:
        """Whether other statements, and other cursors, may run on a connection that has one open."""
        ...

    @property
    def cursors_need_transaction(self) -> bool:
        """Whether a cursor lives in a transaction only."""
        ...

    @property
    def copies_rows(self) -> bool:
        """Whether its connections have a way of their own to add many rows: see `CopyingConnection`."""
        ...

    @property
    def reads_inline(self) -> bool:
        """Whether its connections can read in the thread of whoever asks, an event loop's even: see `InlineConnection`."""
        ...

    @property
    def options(self) -> Mapping[str, Callable[[Any], Any]]:
        """Options of its own that a configuration may have: name to a parser that raises ValueError on a bad value."""
        ...

    def check(self, configuration: Configuration) -> None:
        """Raise ConfigurationError if it can be seen, without any I/O, that this configuration cannot work."""
        ...

    def shared(self, configuration: Configuration) -> bool:
        """Whether there can be but one connection for the whole process (a database in memory)."""
        ...

    def writer_key(self, configuration: Configuration) -> str | None:
        """What all writers of this process take turns on where the engine allows one writer (a file's real path), or None."""
        ...

    async def connect(self, configuration: Configuration) -> Connection:
        """Open a session. Cancelled or failing, it leaves nothing open."""
        ...
