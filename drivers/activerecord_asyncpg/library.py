"""asyncpg, which has no type information, with the types of what is used of it."""

from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from typing import Any, NamedTuple, Protocol, cast

import asyncpg  # pyright: ignore[reportMissingTypeStubs]

__all__ = [
    "Attribute",
    "InterfaceError",
    "InternalClientError",
    "InvalidCachedStatement",
    "Kind",
    "OutdatedSchemaCache",
    "Portal",
    "PostgresError",
    "PreparedStatement",
    "RangeValue",
    "RecordValue",
    "WrongServer",
    "asyncpg_connect",
    "close_portal",
    "connection_class",
    "copy_in",
    "execute",
]

_asyncpg = cast("Any", asyncpg)

PostgresError: type[Exception] = _asyncpg.PostgresError
InterfaceError: type[Exception] = _asyncpg.InterfaceError
InternalClientError: type[Exception] = _asyncpg.InternalClientError
InvalidCachedStatement: type[Exception] = _asyncpg.exceptions.InvalidCachedStatementError
OutdatedSchemaCache: type[Exception] = _asyncpg.exceptions.OutdatedSchemaCacheError
# No server has the `target_session_attrs` that were asked for; asyncpg before 0.32 has it under the same name.
WrongServer: type[Exception] = _asyncpg.exceptions.TargetServerAttributeNotMatched

asyncpg_connect: Callable[..., Coroutine[Any, Any, Any]] = _asyncpg.connect
connection_class: Any = _asyncpg.Connection
RangeValue: Any = _asyncpg.Range
RecordValue: Any = _asyncpg.Record


class Kind(NamedTuple):
    """A type of the server's."""

    oid: int
    name: str
    kind: str
    schema: str


class Attribute(NamedTuple):
    """A column of an answer."""

    name: str
    type: Kind


class Portal(Protocol):
    """The rows of a statement that is being executed."""

    async def fetch(self, n: int) -> list[Iterable[Any]]:
        """The next of them, and fewer at the end."""
        ...

    async def _close_portal(self, timeout: float | None) -> None: ...


async def close_portal(portal: Portal, *, timeout: float) -> None:
    """Have the server forget the rest. asyncpg has no public name for it."""
    await portal._close_portal(timeout)  # pyright: ignore[reportPrivateUsage]


async def copy_in(
    connection: Any, sql: str, rows: Sequence[Sequence[Any]], columns: "PreparedStatement", *, timeout: float | None
) -> None:
    """Send rows after a COPY, as values of the columns that a statement selects.

    The public `copy_records_to_table` goes by columns that it keeps, and does not see that one was altered.
    """
    state = columns._state  # pyright: ignore[reportPrivateUsage]
    await connection._protocol.copy_in(sql, None, None, rows, state, timeout)


async def execute(
    connection: Any, statement: "PreparedStatement", binds: Sequence[Any]
) -> tuple[list[Iterable[Any]], str | None]:
    """The rows of a statement, and its tag ("INSERT 0 3"; an empty text has none).

    The public `fetch` does the same, by six calls more.
    """
    state = statement._state  # pyright: ignore[reportPrivateUsage]
    if state.closed:
        # it says so in its own words
        return await statement.fetch(*binds), statement.get_statusmsg()
    try:
        rows, tag, _ = await connection._protocol.bind_execute(state, binds, "", 0, True, None)  # noqa: FBT003  # not ours
    except OutdatedSchemaCache:
        await connection.reload_schema_state()
        state.mark_closed()
        raise
    return rows, tag and tag.decode()


class PreparedStatement(Protocol):
    """A statement that the server has read."""

    @property
    def _state(self) -> Any: ...

    def get_attributes(self) -> Sequence[Attribute]:
        """The columns of its answer."""
        ...

    def get_parameters(self) -> Sequence[Kind]:
        """The types of its binds."""
        ...

    def get_statusmsg(self) -> str:
        """The tag that the server ended the last execution with: "INSERT 0 3"."""
        ...

    async def fetch(self, *binds: Any) -> list[Iterable[Any]]:
        """Execute it; its rows."""
        ...

    def cursor(self, *binds: Any) -> Awaitable[Portal]:
        """Begin to execute it."""
        ...

    async def executemany(self, args: Iterable[Sequence[Any]], *, timeout: float | None = None) -> None:
        """Execute it for each row of binds, in so many seconds altogether."""
        ...
