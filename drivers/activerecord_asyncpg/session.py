"""A connection of asyncpg, as the contract of drivers has it."""

import os
import re
import time
import warnings
from asyncio import CancelledError, get_running_loop
from collections.abc import Coroutine, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from activerecord.config import Configuration
from activerecord.driver import Binds, Result, Row
from activerecord.errors import ConnectionLost, DatabaseError, UsageError
from activerecord.runtime.fork import bury
from activerecord.sql.dialect import Dialect
from activerecord_asyncpg.copying import copied, copying
from activerecord_asyncpg.cursor import Cursor
from activerecord_asyncpg.dialect import DIALECT
from activerecord_asyncpg.errors import is_altered, is_stale, lost, translated
from activerecord_asyncpg.library import (
    InterfaceError,
    InternalClientError,
    OutdatedSchemaCache,
    Portal,
    PostgresError,
    close_portal,
    copy_in,
    execute,
)
from activerecord_asyncpg.opening import open_wire
from activerecord_asyncpg.settings import Settings
from activerecord_asyncpg.statements import Prepared, Statements
from activerecord_asyncpg.wire import Wire

__all__ = ["Session"]

T = TypeVar("T")

# Seconds that a server may take to stop a statement that was cancelled; the host gives five in all.
SETTLING = 3.0

# What is sent at once by execute_many: so many rows, or as many as come within so many seconds, for nobody can cancel
# while the rows are made.
ROWS, MOMENT = 500, 0.01

# One statement that answers nothing: it may go without being prepared. A semicolon might be the end of the first of two.
_CONTROL = re.compile(
    r"\s*(?:BEGIN|START\s+TRANSACTION|COMMIT|END|ROLLBACK|SAVEPOINT|RELEASE)\b[^;\0]*", re.IGNORECASE | re.ASCII
)
# Where the server's ROLLBACK was asked for. There may be comments before it, and a comment in a comment.
_ROLLBACK = re.compile(
    r"(?:[\s;]|--[^\n\r]*+|/\*(?:(?!/\*|\*/).|/\*(?:(?!\*/).)*\*/)*\*/)*(?:ROLLBACK|ABORT)\b",
    re.IGNORECASE | re.ASCII | re.DOTALL,
)


class Session:
    """One connection. It belongs to the event loop that it was opened in."""

    def __init__(self, wire: Wire, settings: Settings) -> None:
        self._wire = wire
        self._settings = settings
        self._statements = Statements(wire, settings.statement_cache_size)
        self._process = os.getpid()
        self._ended = False
        self._busy = False
        self._refused = False

    @classmethod
    async def open(cls, configuration: Configuration) -> "Session":
        """A session with the database that the configuration describes. Raises ConnectionFailed."""
        return cls(await open_wire(configuration), Settings.read(configuration))

    @property
    def dialect(self) -> Dialect:
        """PostgreSQL's SQL."""
        return DIALECT

    async def fetch(self, sql: str, binds: Binds) -> list[Row]:
        """The rows of a query."""
        return (await self._told(self._run(sql, binds), sql, binds))[1]

    async def execute(self, sql: str, binds: Binds) -> Result:
        """All that one statement answers; `last_id` is never told. Raises DatabaseError for a COMMIT that kept nothing."""
        if not binds and _CONTROL.fullmatch(sql):
            return await self._told(self._control(sql), sql, binds)
        prepared, rows, tag = await self._told(self._run(sql, binds), sql, binds)
        _check_commit(sql, tag)
        return Result(prepared.columns, rows, _affected(tag))

    async def execute_many(self, sql: str, rows: Iterable[Binds]) -> None:
        """Run one statement for each of the rows, of which some hundreds are sent at a time."""
        self._check()
        remaining = iter(rows)
        while batch := _batch(remaining):
            await self._told(self._send(sql, batch), sql, batch[0])

    async def copy_rows(self, table: str, schema: str | None, columns: Sequence[str], rows: Sequence[Binds]) -> None:
        """Add rows to a table by COPY."""
        sql, selecting = copying(table, schema, columns)
        await self._told(self._copy(sql, selecting, rows), sql, ())

    async def open_cursor(self, sql: str, binds: Binds) -> Cursor:
        """Run a query whose rows are asked for as they are needed. A transaction must be open."""
        return Cursor(self, *await self._told(self._portal(sql, binds), sql, binds), sql)

    async def next_rows(self, prepared: Prepared, portal: Portal, count: int, sql: str) -> list[Row]:
        """The next rows of a portal."""
        return await self._told(self._next_rows(prepared, portal, count), sql, ())

    async def close_portal(self, portal: Portal, sql: str) -> None:
        """Have the server forget a portal, if it has not."""
        if self.in_transaction():
            await self._told(close_portal(portal, timeout=self._settings.close_timeout), sql, ())

    async def close(self) -> None:
        """End the session in good order, or at once where the server does not answer."""
        if self._ended or os.getpid() != self._process:
            return
        self._ended = True
        try:
            await self._wire.close(timeout=self._settings.close_timeout)
        except (OSError, PostgresError, InterfaceError, InternalClientError):
            # There is nobody to take leave of.
            pass
        finally:
            self._wire.cut()

    def terminate(self) -> None:
        """End the session at once, even while it is being closed in good order."""
        self._end()

    def in_transaction(self) -> bool:
        """What the server said with its last answer."""
        return not self._ended and self._wire.is_in_transaction() and self.usable()

    def aborted(self) -> bool:
        """Any error of the server's aborts the transaction that it comes in, as far as the last savepoint."""
        return self._refused and self.in_transaction()

    def usable(self) -> bool:
        """Whether it is open, and of this process."""
        return not self._ended and not self._wire.is_closed() and os.getpid() == self._process

    def __del__(self) -> None:
        if not self._ended and self._end():
            warnings.warn(f"{self!r} was never closed", ResourceWarning, source=self, stacklevel=1)

    def _end(self) -> bool:
        """Terminate; whether there was something to close here."""
        was_open, self._ended = not self._ended, True
        if os.getpid() != self._process:
            bury(self._wire)
            return False
        self._wire.cut()
        return was_open

    async def _run(self, sql: str, binds: Binds) -> tuple[Prepared, list[Row], str]:
        """The statement, its rows and its tag. One that the server has forgotten is prepared again where that is allowed."""
        is_first = True
        while True:
            try:
                prepared = self._statements.kept(sql) or await self._statements.prepared(sql)
                reading = self._wire.reading
                reading.begin()
                found, tag = await execute(self._wire, prepared.statement, prepared.binds(sql, binds))
            except PostgresError as error:
                if not is_first:
                    raise
                self._renew(error)
                if is_altered(error):
                    # Its columns may be loaded otherwise now, which the caller has to know.
                    raise
                is_first = False
            else:
                rows: list[Row] = list(map(tuple, found))
                reading.check(prepared.columns, rows)
                return prepared, rows, tag or ""

    def _renew(self, error: Exception) -> None:
        """Have every statement read again after one that was out of date. Raises the error where it may not be sent again."""
        if not is_stale(error):
            raise error
        self._statements.forget()
        if self._wire.is_in_transaction():
            raise error

    async def _portal(self, sql: str, binds: Binds) -> tuple[Prepared, Portal]:
        if not self._wire.is_in_transaction():
            raise UsageError("a cursor of PostgreSQL lives in a transaction, and none is open")
        # Read anew: what was prepared for an older schema would cost the transaction.
        prepared = await self._statements.fresh(sql)
        return prepared, await prepared.statement.cursor(*prepared.binds(sql, binds))

    async def _next_rows(self, prepared: Prepared, portal: Portal, count: int) -> list[Row]:
        self._wire.reading.begin()
        rows: list[Row] = list(map(tuple, await portal.fetch(count)))
        self._wire.reading.check(prepared.columns, rows)
        return rows

    async def _send(self, sql: str, batch: list[Binds]) -> None:
        try:
            await self._send_once(sql, batch)
        except PostgresError as error:
            # The server runs a batch as a whole, so none of it was done.
            self._renew(error)
            await self._send_once(sql, batch)

    async def _send_once(self, sql: str, batch: list[Binds]) -> None:
        prepared = await self._statements.prepared(sql)
        rows = [prepared.binds(sql, row) for row in batch]
        await prepared.statement.executemany(rows, timeout=self._settings.silence(len(rows)))

    async def _copy(self, sql: str, selecting: str, rows: Sequence[Binds]) -> None:
        statement = (await self._statements.fresh(selecting, name="")).statement
        given = copied(statement.get_attributes(), rows)
        try:
            await copy_in(self._wire, sql, given, statement, timeout=self._settings.silence(len(given)))
        except Exception:
            # Whosever error it was, the server heard that the COPY has failed.
            self._refused = True
            raise

    async def _control(self, sql: str) -> Result:
        _check_commit(sql, await self._wire.execute(sql))
        return Result()

    async def _told(self, work: Coroutine[Any, Any, T], sql: str, binds: Binds) -> T:
        """What `work` answers; its errors in the words of the house. A cancellation leaves when the server has obeyed."""
        try:
            self._check()
        except BaseException:
            work.close()
            raise
        self._busy = True
        try:
            try:
                answer = await work
            except Exception as error:
                await self._fall_in_step(error, sql)
                raise
            self._refused = False
            return answer
        except CancelledError:
            await self._settle()
            raise
        except Exception as error:  # noqa: BLE001  # whatever a codec raises
            self._refused = isinstance(error, PostgresError) or self._refused
            failure = translated(error, sql, binds)
            self._judge(error, failure)
        except BaseException:
            # Dropped while it waited, or struck by Ctrl-C: nobody will read what the server says to it.
            self._end()
            raise
        finally:
            self._busy = False
        # Not in the `except`, where the error would be kept as the context even where it quotes a value.
        raise failure

    async def _fall_in_step(self, error: Exception, sql: str) -> None:
        """After an error, have asyncpg and the server mean the same place. Raises ConnectionLost where that is lost.

        What the server says unasked, when it ends the session, is out of place: before asyncpg hears of the end as well,
        it takes that for another operation's answer. It has the same kind of error for types that it does not know.
        """
        if isinstance(error, InternalClientError):
            if not await self._answers():
                raise lost("was ended by the server", sql=sql) from error
        elif not isinstance(error, PostgresError) and self.usable() and not self._wire.is_in_transaction():
            # A bind was refused after the server had read the statement. It takes what comes next for the same
            # transaction, and keeps the locks on its tables, until a question of this kind ends that.
            await self._answers()

    async def _answers(self) -> bool:
        try:
            await self._wire.execute("SELECT 1", timeout=SETTLING)
        except (OSError, PostgresError, InterfaceError, InternalClientError) as error:
            # Any error of a server that is still there will do: the transaction may have been aborted.
            return isinstance(error, PostgresError) and self.usable()
        return True

    def _check(self) -> None:
        if not self.usable():
            self._end()
            raise lost("is closed" if os.getpid() == self._process else "was made in another process")
        if self._wire.loop is not get_running_loop():
            raise UsageError("a PostgreSQL connection is used in the event loop that it was opened in, and no other")
        if self._busy:
            raise UsageError("a PostgreSQL connection runs one statement at a time, and another one is running on it")

    def _judge(self, error: Exception, failure: Exception) -> None:
        """Give up a connection that is lost, and statements that are out of date."""
        if isinstance(error, OutdatedSchemaCache):
            self._statements.forget()
        elif isinstance(failure, ConnectionLost):
            self._end()

    async def _settle(self) -> None:
        """Wait until the server has stopped what was cancelled. asyncpg has asked it to, and holds this question back."""
        try:
            await self._wire.execute("SELECT 1", timeout=SETTLING)
            self._refused = False
        except PostgresError:
            # In an aborted transaction, or hit by the request itself. If it was lost, the wire says so.
            self._refused = True
        except BaseException:  # noqa: BLE001  # the cancellation that we come from is what the caller gets
            self._end()


def _batch(rows: Iterator[Binds]) -> list[Binds]:
    """The rows to send next; what they themselves raise comes out as it is."""
    end = time.monotonic() + MOMENT
    batch: list[Binds] = []
    for row in islice(rows, ROWS):
        batch.append(row)
        if time.monotonic() > end:
            break
    return batch


def _affected(tag: str) -> int:
    """The number of rows that a statement changed, by its tag: "INSERT 0 3", "UPDATE 2"."""
    word, _, rest = tag.partition(" ")
    return int(rest.split()[-1]) if word in ("INSERT", "UPDATE", "DELETE", "MERGE") and rest else 0


def _check_commit(sql: str, tag: str) -> None:
    """The server answers whatever would commit with ROLLBACK where a statement of the transaction had failed."""
    if tag == "ROLLBACK" and not _ROLLBACK.match(sql):
        raise DatabaseError(
            "nothing was kept: a statement of the transaction had failed, and the server made a ROLLBACK of its COMMIT. "
            "What may fail alone belongs in a nested transaction",
            sql=sql,
        )
