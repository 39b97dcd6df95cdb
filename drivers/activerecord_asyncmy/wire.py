"""asyncmy's connection, as much of it as is used here, with types; and each of its private names that there is no other way to.

A test looks at every private name, so that a new asyncmy without one is told at once.
"""

import asyncio
import struct
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import get_ident
from typing import Any, cast

from asyncmy.connection import Connection, PreparedStatement
from asyncmy.constants.CLIENT import FOUND_ROWS, MULTI_STATEMENTS, SSL
from asyncmy.constants.COMMAND import COM_STMT_FETCH
from asyncmy.errors import MySQLError

from activerecord.driver import Row
from activerecord.runtime.transport import cut, keep_alive

__all__ = ["Answer", "LibraryError", "Prepared", "ServerError", "Wire"]

# SERVER_STATUS_IN_TRANS, SERVER_MORE_RESULTS_EXISTS, SERVER_STATUS_CURSOR_EXISTS and SERVER_STATUS_LAST_ROW_SENT, of the
# flags that come with every answer but an error.
_IN_TRANSACTION, _MORE, _CURSOR, _LAST = 1, 8, 0x40, 0x80

# Of COM_STMT_EXECUTE: CURSOR_TYPE_READ_ONLY, and the number of executions.
_READ_ONLY = struct.pack("<BI", 1, 1)

# asyncmy's own numbers, which no server sends.
_CLIENT = range(2000, 3000)


class ServerError(Exception):
    """The server has refused a statement, and the connection is in step.

    `bound` tells whether the server had values by then that are not in the text.
    """

    def __init__(self, number: int, error: MySQLError, *, bound: bool) -> None:
        super().__init__(number)
        self.number = number
        self.error = error
        self.bound = bound


class LibraryError(Exception):
    """asyncmy has failed by itself, for one since the link broke: what the connection would say next is not known."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


@contextmanager
def _told_apart(*, bound: bool = False) -> Generator[None]:
    """Raise ServerError for a well-formed error of the server, and LibraryError for all else."""
    try:
        yield
    except Exception as error:  # noqa: BLE001  # whatever asyncmy raises
        number = error.args[0] if isinstance(error, MySQLError) and error.args else None
        if isinstance(error, MySQLError) and isinstance(number, int) and number > 0 and number not in _CLIENT:
            raise ServerError(number, error, bound=bound) from None
        raise LibraryError(error) from None


@dataclass(frozen=True, slots=True)
class Answer:
    """What one statement answered. It gives rows if it has columns."""

    columns: tuple[str, ...]
    rows: list[Row]
    affected: int
    inserted: int
    in_transaction: bool | None
    """Whether a transaction is open; None where the server, an old one, did not tell with the rows of a query."""
    is_first: bool = False
    """Whether others came after it, as from a procedure: they are gone, and with them the last word on the transaction."""
    is_whole: bool = True
    """Whether no more rows are to be fetched."""


class Prepared:
    """A statement that the server has read, and waits for values."""

    __slots__ = ("_connection", "_result", "_statement", "binds")

    def __init__(self, connection: Any, statement: PreparedStatement) -> None:
        self._connection = connection
        self._statement = statement
        self._result: Any = None
        self.binds = cast(int, cast(Any, statement).parameter_count)
        """How many values it takes."""

    async def execute(self, binds: Sequence[Any]) -> Answer:
        """What it answers with these values."""
        with _told_apart(bound=bool(binds)):
            return _answer(await cast(Any, self._statement).execute(binds))

    async def open(self, binds: Sequence[Any]) -> Answer:
        """What it answers with these values, its rows to be fetched. A server that ends rows the old way sends all of them."""
        statement, connection = cast(Any, self._statement), self._connection
        with _told_apart(bound=bool(binds)):
            if connection._deprecate_eof:
                # The old way there is no telling, before they come, whether rows will.
                statement._execute_header = struct.pack("<I", statement._statement_id) + _READ_ONLY
            self._result = await statement.execute(binds)
            is_open = self._result.server_status & _CURSOR
            return replace(_answer(self._result), is_whole=not is_open)

    async def fetch(self, count: int) -> Answer:
        """The next rows, if it was opened and is not whole."""
        statement, connection, result = cast(Any, self._statement), self._connection, self._result
        with _told_apart():
            await connection._execute_command(COM_STMT_FETCH, struct.pack("<II", statement._statement_id, count))
            # The rows come as those of any answer do, without the names of their columns.
            result.connection = connection
            await result._read_binary_rowdata_packet()
            if result.server_status:
                connection.server_status = result.server_status
            return replace(_answer(result), is_whole=bool(result.server_status & _LAST))

    async def close(self) -> None:
        """Have the server forget it. The server does not answer to that."""
        with _told_apart():
            await self._statement.close()


class Wire:
    """One connection, not opened yet. Its verbs raise ServerError or LibraryError, and may be called one at a time."""

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        connection = cast(Any, Connection)(
            charset="utf8mb4",
            # Where asyncmy is told nothing, it sends nothing: what a session is set to is one statement of ours.
            autocommit=None,
            client_flag=FOUND_ROWS,
            **arguments,
        )
        # Without this flag the server reads one statement from a text, and calls the rest a mistake. asyncmy always sets it.
        connection._client_flag &= ~MULTI_STATEMENTS
        self._connection = connection
        self._loop = asyncio.get_running_loop()
        self._thread = get_ident()

    async def open(self) -> None:
        """Connect, and log in. Raises what asyncmy raises."""
        await self._connection.connect()
        keep_alive(self._connection._transport)

    @property
    def is_broken(self) -> bool:
        """Whether the link is seen to have ended, for one since the server has closed it while nobody waited."""
        return bool(self._connection._stream_broken)

    @property
    def is_here(self) -> bool:
        """Whether the running loop is the one that it was made in."""
        return asyncio.get_running_loop() is self._loop

    @property
    def has_tls(self) -> bool:
        """Whether the server offers TLS; known once it has greeted."""
        return bool(getattr(self._connection, "server_capabilities", 0) & SSL)

    @property
    def greeted(self) -> bool:
        """Whether the server has told who it is."""
        return getattr(self._connection, "server_capabilities", None) is not None

    @property
    def version(self) -> str:
        """What the server calls itself."""
        return cast(str, self._connection.get_server_info())

    @property
    def session(self) -> int:
        """The number of the session on the server, by which another one can stop it."""
        return cast(int, self._connection.thread_id())

    async def prepare(self, sql: str) -> Prepared:
        """Have the server read a statement with `?` for its values."""
        with _told_apart():
            return Prepared(self._connection, await self._connection.prepare(sql))

    async def run(self, sql: str) -> Answer:
        """Run a text as it stands."""
        connection = self._connection
        with _told_apart():
            await connection.query(sql)
            # A cursor has a public name for this, but asks for warnings too, and makes Python's of them.
            answer = _answer(connection._result)
            while connection._result.has_next:
                # asyncmy leaves them, and their errors, to whatever statement is next.
                await connection.next_result()
            return answer

    async def in_transaction(self) -> bool:
        """Ask the server whether a transaction is open: it tells with the answer to a ping."""
        with _told_apart():
            await self._connection.ping(reconnect=False)
        return bool(self._connection.server_status & _IN_TRANSACTION)

    async def quit(self) -> None:
        """Take leave of the server, and close the connection."""
        await self._connection.ensure_closed()

    def abort(self) -> None:
        """Close the connection at once, in whatever thread and state. Never fails."""
        # asyncmy forgets its transport as soon as it begins to close it; the protocol knows it until it is closed.
        protocol = self._connection._proto
        if protocol is not None and protocol.transport is not None:
            cut(protocol.transport, self._loop, self._thread)


def _answer(result: Any) -> Answer:
    status: int = result.server_status
    more = bool(status & _MORE)
    if result.description is None:
        return Answer((), [], result.affected_rows, result.insert_id, bool(status & _IN_TRANSACTION), more)
    columns = tuple([column[0] for column in result.description])
    # Servers that end rows the old way, and proxies, leave asyncmy without the flags, and so with none.
    told = bool(status & _IN_TRANSACTION) if status else None
    return Answer(columns, list(result.rows), result.affected_rows, 0, told, more)
