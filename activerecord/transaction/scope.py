"""A scope: entered, shared by the tasks that are started inside, and left for good or for nothing."""

from collections.abc import Callable, Coroutine, Mapping
from contextvars import ContextVar
from enum import Enum
from types import TracebackType
from typing import Any, Self, TypeVar

from activerecord import runtime
from activerecord.driver import Connection
from activerecord.errors import (
    ActiveRecordError,
    ConnectionLost,
    OutcomeUnknown,
    RetryableError,
    TransactionClosed,
    UsageError,
)
from activerecord.pool import caller
from activerecord.transaction.callbacks import Callback, Callbacks, call_all
from activerecord.transaction.unit import Savepoint, Transactional, Unit, Whole

__all__ = ["Outcome", "Transaction", "current_transaction"]

T = TypeVar("T")

# The open scopes of the running task, by database. Set and restored by value: a scope may be left in another context
# than it was entered in, where a token would be refused.
_current: "ContextVar[Mapping[object, Transaction]]" = ContextVar("activerecord_transactions", default={})


class Outcome(Enum):
    """How a transaction ended, or that it has not."""

    OPEN = "open"
    COMMITTED = "committed"
    ROLLED_BACK = "rolled_back"
    UNKNOWN = "unknown"


def current_transaction(database: object) -> "Transaction | None":
    """The innermost scope of the running task on this database.

    A task that inherited a scope keeps it when it is closed, and so is refused. The task that opened it goes on without
    it, even if it was left from elsewhere, as an async generator is that the garbage collector closes.
    """
    scope = _current.get().get(database)
    while scope is not None and scope.is_left_behind():
        scope = scope.parent
    return scope


class Transaction:
    """A scope: `async with Model.async_transaction() as tx`, or `with Model.transaction() as tx` in plain sync code.

    Inside another scope of the same database it is a savepoint. It ends in COMMIT, or in ROLLBACK when an exception or a
    cancellation leaves it; `outcome` tells which. Tasks started inside inherit it: their statements take turns on its one
    connection, in order.
    """

    def __init__(self, database: Transactional, *, isolation: str | None = None, read_only: bool = False) -> None:
        self.outcome = Outcome.OPEN
        self._database = database
        self._isolation = isolation
        self._read_only = read_only
        self._opened_at = caller(_ours)
        self._turn = runtime.Turnstile()
        self._parent: Transaction | None = None
        self._unit: Unit = Whole(
            database, f"a transaction opened at {self._opened_at}", isolation=isolation, read_only=read_only
        )
        self._identity: object = None
        self._task: object = None
        self._entered = False
        self._dead: BaseException | None = None
        self._decided = True
        self._wants_rollback = False
        self._callbacks = Callbacks()

    def __repr__(self) -> str:
        return f"<Transaction {self.outcome.value}, opened at {self._opened_at}>"

    # what the program does with it

    def after_commit(self, callback: Callback) -> None:
        """Call this, plain or async, once the outermost scope has committed; in the order given, outside the transaction."""
        self._check_open()
        self._callbacks.after_commit.append(callback)

    def after_rollback(self, callback: Callback) -> None:
        """Call this, plain or async, once this scope has been rolled back, by itself or with one around it."""
        self._check_open()
        self._callbacks.after_rollback.append(callback)

    def on_undo(self, callback: Callable[[], object]) -> None:
        """Call this if what was done in the scope is undone, with it or with one around it: the latest first, at once.

        It must neither wait nor fail. Records restore themselves by it; programs have `after_rollback`.
        """
        if self.outcome is Outcome.ROLLED_BACK:
            callback()
        else:
            self._callbacks.undoes.append(callback)

    def rollback(self) -> None:
        """Undo what happened inside when the scope is left, though no exception leaves it. Nothing more may be sent."""
        self._check_open()
        self._wants_rollback = True

    async def __aenter__(self) -> Self:
        if self._entered:
            raise UsageError(f"a transaction is entered once: this one was opened at {self._opened_at}")
        self._entered = True
        self._identity = runtime.run_identity()
        self._task = runtime.running_task()
        parent = current_transaction(self._database)
        await (self._begin() if parent is None else self._begin_inside(parent))
        _current.set({**_current.get(), self._database: self})
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._step_out()
        failure: BaseException | None = None
        try:
            await self._end(error)
        except BaseException as ended:  # noqa: BLE001  # raised again below, once the callbacks have been told
            failure = ended
        finally:
            self._release()
            if self.outcome is Outcome.ROLLED_BACK:
                self._callbacks.restore()
        await self._call_back(failure or error)
        if failure is not None:
            raise failure

    def __enter__(self) -> Self:
        try:
            return runtime.run_blocking(self.__aenter__, "transaction", cure="async with ... async_transaction()")
        except KeyboardInterrupt as error:
            # one that was held back until the scope was entered: nobody else would leave it
            if self._is_entered():
                self.__exit__(type(error), error, error.__traceback__)
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            runtime.run_blocking(lambda: self.__aexit__(kind, error, traceback), "transaction")
        except KeyboardInterrupt as interrupt:
            # one that came before interrupts were held back: the scope is still to be left
            if self._is_entered():
                ended = interrupt
                runtime.run_blocking(lambda: self.__aexit__(type(ended), ended, ended.__traceback__), "transaction")
            raise

    def _is_entered(self) -> bool:
        return self.outcome is Outcome.OPEN and current_transaction(self._database) is self

    # what the database does with it

    @property
    def parent(self) -> "Transaction | None":
        """The scope that this one is a savepoint of."""
        return self._parent

    @property
    def read_only(self) -> bool:
        """Whether nothing may be written inside."""
        return self._unit.read_only

    def is_left_behind(self) -> bool:
        """Whether it was left, though the running task, which opened it, has not noticed."""
        return self.outcome is not Outcome.OPEN and self._task == runtime.running_task()

    async def run(self, work: Callable[[Connection], Coroutine[Any, Any, T]]) -> T:
        """Run a statement on the scope's connection, when it is its turn. Raises TransactionClosed."""
        self._check_open()
        await self._take_turn(work)
        try:
            self._check_open()
            return await self._guarded(work)
        finally:
            self._turn.leave()

    async def _guarded(self, work: Callable[[Connection], Coroutine[Any, Any, T]]) -> T:
        connection = self._unit.connection
        try:
            value = await work(connection)
        except BaseException as error:
            # A server may end the whole transaction with one failed statement: what comes after it must not run alone.
            if not connection.usable() or not connection.in_transaction():
                self._die(error, decided=_is_undone(connection, error))
            raise
        if not connection.in_transaction():
            self._die(UsageError("a statement inside ended the transaction"), decided=False)
        return value

    def _die(self, cause: BaseException, *, decided: bool = True) -> None:
        """Let nothing follow, in any scope. Where it is not `decided`, what was done before may have been kept."""
        scope: Transaction | None = self
        while scope is not None:
            if scope._dead is None:
                scope._dead, scope._decided = cause, decided
            scope = scope._parent

    def _check_open(self) -> None:
        if self.outcome is not Outcome.OPEN or not self._entered:
            state = self.outcome.value.replace("_", " ") if self._entered else "not entered yet"
            raise TransactionClosed(f"the transaction opened at {self._opened_at} is {state}")
        if self._wants_rollback:
            raise TransactionClosed(f"the transaction opened at {self._opened_at} is to be rolled back: leave it")
        if self._dead is not None:
            raise TransactionClosed(
                f"the transaction opened at {self._opened_at} has ended "
                f"({type(self._dead).__name__}): leave it, and begin again"
            ) from self._dead
        if self._identity != runtime.run_identity():
            raise UsageError(
                f"the transaction opened at {self._opened_at} belongs to another event loop or thread; "
                f"its connection cannot be used from here"
            )

    async def _take_turn(self, purpose: object) -> None:
        if self._turn.try_enter(purpose):
            return
        timeout = self._database.configuration.acquire_timeout
        try:
            await self._turn.enter(purpose, timeout=timeout)
        except TimeoutError:
            holder = self._turn.holder
            inner = f"the nested {holder!r}" if isinstance(holder, Transaction) else "another statement"
            raise TransactionClosed(
                f"waited {timeout:g} s for a turn in the transaction opened at {self._opened_at}: {inner} holds it. A task "
                f"that was started outside the nested one cannot be awaited inside it"
            ) from None

    # beginning

    async def _begin(self) -> None:
        try:
            await self._unit.begin()
        except BaseException as error:
            try:
                await self._undo(error)
            finally:
                self._release()
            raise

    async def _begin_inside(self, parent: "Transaction") -> None:
        if self._isolation is not None or self._read_only:
            raise UsageError(
                f"a nested transaction is a savepoint of the one opened at {parent._opened_at}: isolation and read_only "
                f"are for the outermost"
            )
        parent._check_open()
        await parent._take_turn(self)
        self._parent, self._unit = parent, Savepoint(self._database, parent._unit)
        try:
            parent._check_open()
            await self._unit.begin()
        except BaseException as error:
            self.outcome = Outcome.ROLLED_BACK
            # whether the savepoint is there cannot be told: let nothing go on beside it
            parent._die(error)
            self._release()
            raise

    # ending

    async def _end(self, error: BaseException | None) -> None:
        if isinstance(error, GeneratorExit) and self._identity != runtime.run_identity():
            self._leave_to_the_lender()
            return
        struck = None if self._turn.try_enter(self) else await self._last_turn()
        if self._dead is None and not self._unit.connection.usable():
            self._die(ConnectionLost("the connection was ended"))
        keep = error is None and struck is None and not self._wants_rollback
        if keep and self._dead is None:
            await (self._commit() if self._parent is None else self._hand_up())
            return
        await self._undo(error or struck)
        if struck is not None and (error is None or not isinstance(struck, TransactionClosed)):
            raise struck
        if keep:
            kept = "nothing of it is kept" if self._decided else "nobody can tell whether what was done before is kept"
            raise TransactionClosed(
                f"the transaction opened at {self._opened_at} has ended before its time, and {kept}"
            ) from self._dead

    def _leave_to_the_lender(self) -> None:
        """The collector closes a task of a loop that is gone: nothing can be waited for. The lender rolls back."""
        self._die(TransactionClosed("its event loop is gone"))
        self.outcome = Outcome.ROLLED_BACK

    async def _last_turn(self) -> BaseException | None:
        """Wait for the statement of a task that goes on inside the scope while it is being left; what broke that off."""
        timeout = self._database.configuration.acquire_timeout
        try:
            await self._turn.enter(self, timeout=timeout)
        except TimeoutError:
            self._abandon()
            return TransactionClosed(
                f"the transaction opened at {self._opened_at} was left while a statement of another task was under way, "
                f"which did not end within {timeout:g} s: the connection was ended, and nothing is kept"
            )
        except BaseException as struck:  # noqa: BLE001  # raised once the scope is left
            await self._insist_on_turn()
            return struck
        return None

    async def _insist_on_turn(self) -> None:
        """Cancelled or not, have the other task's statement end first: ending the connection could lose a whole database."""
        bound = self._database.configuration.close_timeout
        host = runtime.host(asyncio_only=False)
        try:
            await host.finish(self._turn.enter(self, timeout=bound), bound=bound, terminate=_nothing)
        except BaseException:  # noqa: BLE001  # one cancellation is on its way already
            if self._turn.holder is not self:
                self._abandon()

    async def _commit(self) -> None:
        try:
            await self._unit.keep(self._committed)
        except BaseException as error:
            if self.outcome is Outcome.COMMITTED:
                raise
            if self._unit.connection.usable():
                await self._undo(error)
                raise
            self._abandon()
            self.outcome = Outcome.UNKNOWN
            if not isinstance(error, ConnectionLost):
                raise
            raise OutcomeUnknown(
                f"the connection was lost during COMMIT of the transaction opened at {self._opened_at}: it is kept whole "
                f"or not at all, and only the data can tell",
                sql="COMMIT",
            ) from error

    def _committed(self) -> None:
        self.outcome = Outcome.COMMITTED

    async def _hand_up(self) -> None:
        try:
            await self._unit.keep(self._handed_up)
        except BaseException as error:
            if self.outcome is Outcome.OPEN:
                await self._undo(error)
            raise

    def _handed_up(self) -> None:
        self.outcome = Outcome.COMMITTED
        if self._parent is not None:
            self._callbacks.hand_up(self._parent._callbacks, self._rolled_back)

    async def _undo(self, error: BaseException | None) -> None:
        """Roll back; where that fails, end the connection, which has the same effect."""
        try:
            await self._roll_back()
        except (ActiveRecordError, OSError) as failure:
            self._abandon()
            if error is not None:
                error.add_note(f"the rollback failed as well, so the connection was ended: {type(failure).__name__}")
        except BaseException:
            # a cancellation that came in the meantime; the rollback was seen to its end before it was delivered
            if self.outcome is Outcome.OPEN:
                self._abandon()
            raise
        finally:
            if self.outcome is Outcome.OPEN:
                self.outcome = Outcome.ROLLED_BACK if self._decided else Outcome.UNKNOWN

    async def _roll_back(self) -> None:
        # in a scope that is dead the savepoint is gone with all the rest
        if self._parent is None or self._dead is None:
            await self._unit.undo(self._rolled_back)

    def _rolled_back(self) -> None:
        self.outcome = Outcome.ROLLED_BACK

    def _abandon(self) -> None:
        """End the connection at once: the server rolls back what was begun on it, in every scope."""
        self._die(TransactionClosed("the connection was ended"))
        self._unit.end_connection()

    def _release(self) -> None:
        if self._parent is not None:
            self._parent._turn.leave()
        self._unit.release()
        if self._turn.holder is self:
            # those that still waited get their turn, and find the scope closed
            self._turn.leave()

    def _step_out(self) -> None:
        """Take this scope out of the context: it may be another than it was entered in, or hold scopes entered since."""
        scopes = dict(_current.get())
        if scopes.get(self._database) is not self:
            return
        del scopes[self._database]
        if self._parent is not None:
            scopes[self._database] = self._parent
        _current.set(scopes)

    async def _call_back(self, leaving: BaseException | None) -> None:
        """Run what waits for the end. `leaving` is what leaves the scope."""
        if self._parent is None or self.outcome is not Outcome.COMMITTED:
            due = {
                Outcome.COMMITTED: self._callbacks.after_commit,
                Outcome.ROLLED_BACK: self._callbacks.after_rollback,
            }
            await call_all(due.get(self.outcome, []), leaving)


def _nothing() -> None:
    pass


def _is_undone(connection: Connection, error: BaseException) -> bool:
    """Whether the transaction that a failed statement has ended is rolled back.

    Where DDL is not part of transactions, it commits what was done before, and may fail only then.
    """
    return not connection.usable() or connection.dialect.transactional_ddl or isinstance(error, RetryableError)


def _ours(module: str) -> bool:
    return module.partition(".")[0] == __name__.partition(".")[0]
