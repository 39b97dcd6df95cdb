"""A connection of asyncmy, as the contract of drivers has it."""

import asyncio
import os
import re
import warnings
from collections.abc import Coroutine, Iterable
from dataclasses import replace
from typing import Any

from activerecord.config import Configuration
from activerecord.driver import Binds, Result, Row
from activerecord.errors import ActiveRecordError, SyntaxError_, UsageError, WrongBinds
from activerecord.runtime import Wakeup
from activerecord.runtime.fork import bury
from activerecord.sql.dialect import Dialect
from activerecord_asyncmy.binds import sendable
from activerecord_asyncmy.cursor import Cursor
from activerecord_asyncmy.errors import ENDS, STOPPED, UNPREPARABLE, interrupted, lost, translated, unreadable
from activerecord_asyncmy.killing import Killing, farewell
from activerecord_asyncmy.opening import dialect_of, open_session, open_wire
from activerecord_asyncmy.packets import Packets
from activerecord_asyncmy.settings import Settings
from activerecord_asyncmy.statements import Statements
from activerecord_asyncmy.wire import Answer, LibraryError, Prepared, ServerError, Wire

__all__ = ["Session"]

# What has no values to bind and gives no rows is run as a text, in one round trip; MySQL prepares hardly any of it.
_PLAIN = re.compile(
    r"\s*(?:ALTER|BEGIN|COMMIT|CREATE|DROP|RELEASE|RENAME|ROLLBACK|SAVEPOINT|SET|START|TRUNCATE|USE)\b", re.IGNORECASE
)
_INSERT = re.compile(r"\s*(?:INSERT|REPLACE)\b", re.IGNORECASE)

# What gives rows and changes some. To all else that gives rows asyncmy says how many they are.
_RETURNS = re.compile(r"\s*(?:INSERT|REPLACE|UPDATE|DELETE)\b", re.IGNORECASE)

# The server has forgotten the statement, must read it again, or keeps no more of them.
_UNKNOWN, _OUTDATED, _TOO_MANY = 1243, 1615, 1461

# Requests to stop that may be left over: the server keeps one at most, and one more is for good measure.
_ABSORBED = 3

_NOTHING = Answer((), [], 0, 0, None)


class Session:
    """One connection, of the event loop that it was opened in."""

    def __init__(self, wire: Wire, settings: Settings) -> None:
        self._wire = wire
        self._settings = settings
        self._dialect = dialect_of(wire)
        self._statements = Statements(wire, settings.statement_cache_size)
        self._packets = Packets(wire)
        self._process = os.getpid()
        self._busy = False
        self._working = False
        self._stopped = False
        self._killing: Killing | None = None
        self._is_open = True
        self._in_transaction = False

    @classmethod
    async def open(cls, configuration: Configuration) -> "Session":
        """A session with the server that the configuration describes. Raises ConnectionFailed."""
        settings = Settings.read(configuration)
        return cls(await open_session(settings), settings)

    @property
    def dialect(self) -> Dialect:
        """MySQL's or MariaDB's SQL, as the server has told."""
        return self._dialect

    async def fetch(self, sql: str, binds: Binds) -> list[Row]:
        """The rows of a query."""
        return (await self._told(self._ask(sql, binds), sql)).rows

    async def execute(self, sql: str, binds: Binds) -> Result:
        """All that one statement answers, of a procedure with several results the first.

        `last_id` is told for an INSERT or REPLACE of one row.
        """
        answer = await self._told(self._ask(sql, binds), sql)
        made = answer.affected == 1 and answer.inserted and _INSERT.match(sql)
        affected = answer.affected if not answer.columns or _RETURNS.match(sql) else 0
        return Result(answer.columns, answer.rows, affected, answer.inserted if made else None)

    async def execute_many(self, sql: str, rows: Iterable[Binds]) -> None:
        """Run one statement for each of the rows, one after another."""
        await self._told(self._ask_many(sql, rows), sql)

    async def open_cursor(self, sql: str, binds: Binds) -> Cursor:
        """Run a query whose rows the server keeps until they are asked for."""
        made: list[Prepared] = []
        answer = await self._told(self._open(sql, binds, made), sql)
        return Cursor(self, made[0], answer, sql)

    async def next_rows(self, prepared: Prepared, count: int, sql: str) -> Answer:
        """The next rows of a cursor."""
        return await self._told(prepared.fetch(count), sql)

    async def close_cursor(self, prepared: Prepared, sql: str) -> None:
        """Have the server forget a cursor, with its statement."""
        if self.usable():
            await self._told(self._forget(prepared), sql)

    async def close(self) -> None:
        """End the session in good order; nothing happens where it has ended already."""
        if self._busy or not self.usable():
            self.terminate()
            return
        self._is_open = False
        await farewell(self._wire, self._settings.close_timeout)

    def terminate(self) -> None:
        """Close the connection at once, even while it is being closed in good order.

        What runs on the server goes on to its own end there, and is undone.
        """
        self._end()

    def in_transaction(self) -> bool:
        """What the server said with its last answer."""
        return self.usable() and self._in_transaction

    def aborted(self) -> bool:
        """MySQL goes on after a statement that failed, or has rolled back everything."""
        return False

    def usable(self) -> bool:
        """Whether it is open, in step, and of this process."""
        return self._is_open and os.getpid() == self._process and not self._wire.is_broken

    def __del__(self) -> None:
        if self._is_open and self._end():
            warnings.warn(f"{self!r} was never closed", ResourceWarning, source=self, stacklevel=1)

    def _end(self) -> bool:
        """Terminate; whether there was something to close here."""
        was_open, self._is_open = self._is_open, False
        if os.getpid() != self._process:
            bury(self._wire)
            return False
        self._wire.abort()
        return was_open

    # one statement

    async def _ask(self, sql: str, binds: Binds) -> Answer:
        await self._packets.check_text(sql)
        if not binds and _PLAIN.match(sql):
            return await self._wire.run(sql)
        try:
            return await self._ask_prepared(sql, binds)
        except ServerError as refusal:
            if refusal.number == UNPREPARABLE and not binds:
                return await self._wire.run(sql)
            if not await self._is_curable(refusal.number, sql):
                raise
        return await self._ask_prepared(sql, binds)

    async def _ask_prepared(self, sql: str, binds: Binds) -> Answer:
        prepared = await self._statements.get(sql)
        values = self._fitting(prepared, sql, binds)
        await self._packets.check_values(values, sql)
        self._check_stop(sql)
        return await prepared.execute(values)

    async def _open(self, sql: str, binds: Binds, made: list[Prepared]) -> Answer:
        """A statement of its own goes into `made`: executing one that has a cursor closes that."""
        await self._packets.check_text(sql)
        prepared = await self._prepared_anew(sql)
        try:
            values = self._fitting(prepared, sql, binds)
            await self._packets.check_values(values, sql)
            self._check_stop(sql)
            answer = await prepared.open(values)
        except (ServerError, ActiveRecordError):
            await prepared.close()
            raise
        made.append(prepared)
        return answer

    async def _prepared_anew(self, sql: str) -> Prepared:
        try:
            return await self._wire.prepare(sql)
        except ServerError as refusal:
            if not (refusal.number == _TOO_MANY and await self._statements.clear()):
                raise
        return await self._wire.prepare(sql)

    async def _forget(self, prepared: Prepared) -> Answer:
        await prepared.close()
        return _NOTHING

    def _fitting(self, prepared: Prepared, sql: str, binds: Binds) -> list[Any]:
        if prepared.binds != len(binds):
            raise WrongBinds(f"{len(binds)} binds do not fit the statement, which takes {prepared.binds}: {sql[:200]}")
        return sendable(binds, sql)

    async def _is_curable(self, number: int, sql: str) -> bool:
        """Whether the statement, which did not begin, may be sent once more."""
        if number == _TOO_MANY:
            return await self._statements.clear()
        if number in (_UNKNOWN, _OUTDATED):
            await self._statements.forget(sql)
            return True
        return False

    async def _ask_many(self, sql: str, rows: Iterable[Binds]) -> Answer:
        answer = _NOTHING
        for row in rows:
            self._check_stop(sql)
            answer = await self._ask(sql, row)
            # The rows may fail later, when nothing else tells.
            self._note(answer)
        return answer

    def _note(self, answer: Answer) -> None:
        if answer.in_transaction is not None:
            self._in_transaction = answer.in_transaction

    def _check_stop(self, sql: str) -> None:
        if self._stopped:
            raise interrupted(sql)

    # a verb, from its begin to its end

    async def _told(self, work: Coroutine[Any, Any, Answer], sql: str) -> Answer:
        """The outcome of `work`, in a task of its own: a read that is cancelled would lose asyncmy its place.

        A cancellation stops the statement on the server, waits for its real end and is raised then. Where it came too
        late the value is returned: it was done, and the host, which raises the cancellation, must be able to tell.
        """
        self._begin(work, sql)
        wakeup = Wakeup()
        task = asyncio.create_task(self._settled(work, sql))

        def ended(task: "asyncio.Task[Answer]") -> None:
            # The error is looked at, so that nobody is told of one that nobody waits for.
            if task.cancelled() or not isinstance(task.exception(), Exception | None):
                self.terminate()
            # It was not begun where the task was cancelled first.
            work.close()
            self._busy = False
            wakeup.set()

        task.add_done_callback(ended)
        try:
            await wakeup.outlast(self._stop)
        except BaseException:
            if not task.done():
                # Dropped while it waited: nobody will take the answer.
                self.terminate()
            if not self._stopped or not _is_success(task):
                raise
        return task.result()

    def _begin(self, work: Coroutine[Any, Any, Any], sql: str) -> None:
        try:
            if not self.usable():
                self._end()
                raise lost("is closed" if os.getpid() == self._process else "was made in another process")
            if not self._wire.is_here:
                raise UsageError("a MySQL connection is used in the event loop that it was opened in, and no other")
            if self._busy:
                raise UsageError("a MySQL connection runs one statement at a time, and another one is running on it")
            _check_text(sql)
        except BaseException:
            work.close()
            raise
        self._busy = self._working = True
        self._stopped = False
        self._killing = None

    def _stop(self) -> None:
        self._stopped = True
        if self._working and self._is_open:
            side = replace(self._settings, database=None)
            self._killing = Killing(self._wire.session, lambda: open_wire(side), self.terminate)

    async def _settled(self, work: Coroutine[Any, Any, Answer], sql: str) -> Answer:
        """What `work` answers; its errors in the words of the house, and the session in step again."""
        try:
            answer = await work
        except ServerError as refusal:
            await self._settle(refusal.number)
            failure: Exception = translated(refusal, sql)
        except LibraryError as error:
            self.terminate()
            await self._settle(None)
            failure = unreadable(error, sql)
        except asyncio.CancelledError:
            # The loop is ending and cancels all its tasks; asyncmy has closed the connection.
            self.terminate()
            await self._settle(None)
            raise
        except Exception as error:  # noqa: BLE001  # refused before it was sent, or the error of the rows themselves
            await self._settle(None)
            failure = error
        else:
            self._note(answer)
            await self._settle(None, unsure=answer.is_first)
            return answer
        # Not in the `except`, where the error would be kept as the context even where it quotes a value.
        raise failure

    async def _settle(self, number: int | None, *, unsure: bool = False) -> None:
        """Bring the session in step after a statement that has ended, with this error if any.

        It is `unsure` whether a transaction is open where the last answer was not seen.
        """
        self._working = False
        if number in ENDS:
            self.terminate()
        killing = self._killing
        if killing is not None:
            await killing.over()
        if self._is_open and killing is not None and killing.sent:
            await self._absorb()
        elif self._is_open and (unsure or number is not None):
            await self._look()

    async def _absorb(self) -> None:
        """Take the request that came too late for its statement: the server would stop the next one."""
        began = self._in_transaction
        for _ in range(_ABSORBED):
            try:
                self._in_transaction = bool((await self._wire.run("DO 0")).in_transaction)
                if began and not self._in_transaction:
                    await self._forget_terms()
            except ServerError as refusal:
                if refusal.number != STOPPED:
                    break
            except LibraryError:
                break
            else:
                return
        self.terminate()

    async def _look(self) -> None:
        """Ask whether a transaction is open: an error does not tell, and may have ended it (a deadlock, DDL)."""
        began = self._in_transaction
        try:
            self._in_transaction = await self._wire.in_transaction()
            if began and not self._in_transaction:
                await self._forget_terms()
        except (ServerError, LibraryError):
            self.terminate()

    async def _forget_terms(self) -> None:
        """Have a level, or READ ONLY, end with its transaction: what a deadlock ends leaves them to the next one."""
        await self._wire.run("ROLLBACK")


def _check_text(sql: str) -> None:
    if "\0" in sql:
        raise SyntaxError_("the text of the statement has a NUL character", sql=sql)
    if not sql.isascii():
        try:
            sql.encode()
        except UnicodeEncodeError:
            failure = SyntaxError_("the text of the statement has lone surrogates, which UTF-8 does not have")
        else:
            return
        raise failure


def _is_success(task: "asyncio.Task[Any]") -> bool:
    return task.done() and not task.cancelled() and task.exception() is None
