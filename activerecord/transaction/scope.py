"""A scope: entered, shared by the tasks that are started inside, and left for good or for nothing."""

from collections.abc import Callable, Coroutine, Mapping
from contextlib import ExitStack
from contextvars import ContextVar
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar

from activerecord import runtime
from activerecord.bounds import bounded
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
from activerecord.sql.dialect import USUAL, Terms
from activerecord.transaction.again import check_decorated, name_of, place_of, run_in
from activerecord.transaction.callbacks import Callback, Callbacks, Closer, call_all, checked
from activerecord.transaction.state import Outcome, State
from activerecord.transaction.turns import Turns
from activerecord.transaction.unit import Savepoint, Transactional, Unit, Whole

__all__ = ["Transaction", "current_transaction", "inside_transaction"]

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])

# The open scopes of the running task, by database. Set and restored by value: a scope may be left in another context
# than it was entered in, where a token would be refused.
_current: "ContextVar[Mapping[Transactional, Transaction]]" = ContextVar("activerecord_transactions", default={})


def current_transaction(database: Transactional) -> "Transaction | None":
    """The innermost scope of the running task on this database.

    A task that inherited a scope keeps it when it is closed, and so is refused. The task that opened it goes on without
    it, even if it was left from elsewhere, as an async generator is that the garbage collector closes.
    """
    scopes = _current.get()
    if not scopes:
        return None
    scope = found = scopes.get(database)
    while scope is not None and scope.is_left_behind():
        scope = scope.parent
    if scope is not found:
        _put(database, scope)
    if scope is None:
        _check_predecessors(database)
    return scope


def inside_transaction() -> bool:
    """Whether the running task is in a scope of any database, or has inherited one that is closed."""
    return bool(_current.get())


def _check_predecessors(database: Transactional) -> None:
    """Raise TransactionClosed in a transaction on what the database was before its connection was configured anew."""
    for other, scope in _current.get().items():
        if other.configuration.name == database.configuration.name and scope.is_open():
            raise TransactionClosed(
                f"{scope!r} is on connection {other.configuration.name!r} as it was before it was configured anew: leave it "
                f"first"
            )


def _put(database: Transactional, scope: "Transaction | None") -> None:
    """Have the running task be in this scope, and in none of the database's without one."""
    others = {each: open_ for each, open_ in _current.get().items() if each is not database}
    _current.set(others if scope is None else {**others, database: scope})


class Transaction(runtime.Scope):
    """A scope: `async with Model.async_transaction() as tx`, or `with Model.transaction() as tx` in plain sync code.

    Inside another scope of the same database it is a savepoint. It ends in COMMIT, or in ROLLBACK when an exception or a
    cancellation leaves it; `outcome` tells which. Tasks started inside inherit it: their statements take turns on its one
    connection, in order.

    It decorates functions too, which then run in such a transaction each time they are called, and with `retries` again.
    """

    _sync_name = "transaction"

    def __init__(
        self,
        find: Callable[[], Transactional],
        terms: Terms,
        *,
        retries: int | None = None,
        timeout: float | None = None,
        opened_at: str | None = None,
        is_async: bool | None = None,
    ) -> None:
        self._find = find
        self._terms = terms
        self._retries = retries
        self._timeout = timeout
        self._is_async = is_async
        self._state = State(opened_at or caller())
        self._turns = Turns(self._state)
        self._callbacks = Callbacks()
        self._bounds = ExitStack()
        self._parent: Transaction | None = None
        self._database: Transactional
        self._unit: Unit

    def __repr__(self) -> str:
        return f"<Transaction {self.outcome.value}, opened at {self._state.opened_at}>"

    # what the program does with it

    @property
    def outcome(self) -> Outcome:
        """How it ended, or that it is open."""
        return self._state.outcome

    def after_commit(self, callback: Callback) -> None:
        """Call this, plain or async, once the outermost scope has committed; in the order given, outside the transaction."""
        self._state.check()
        self._callbacks.after_commit.append(checked(callback))

    def after_rollback(self, callback: Callback) -> None:
        """Call this, plain or async, once this scope has been rolled back, by itself or with one around it."""
        self._state.check()
        self._callbacks.after_rollback.append(checked(callback))

    def rollback(self) -> None:
        """Undo what happened inside when the scope is left, though no exception leaves it. Nothing more may be sent."""
        self._state.check_open()
        self._state.wants_rollback = True

    def __call__(self, function: F) -> F:
        """The function, run in a transaction on these terms each time it is called.

        `async_transaction` decorates async functions, `transaction` plain ones.

        With `retries` it is run again from its start, so many times, after a RetryableError, a `timeout` being that of all
        rounds together; then it cannot be called inside another transaction. Raises UsageError for what it does not decorate,
        a generator function too.
        """

        def begin() -> Transaction:
            if self._retries is not None and current_transaction(self._find()) is not None:
                raise UsageError(
                    f"{name_of(function)}, which is to be run again as a whole, was called inside a transaction: only the "
                    f"outermost can be"
                )
            return Transaction(self._find, self._terms, opened_at=place_of(function))

        check_decorated(function, is_async=self._is_async)
        return run_in(begin, function, retries=self._retries or 0, bound=partial(bounded, self._timeout))

    async def __aenter__(self) -> Self:
        if self._retries is not None:
            raise UsageError(
                "a block cannot be run again, so retries are not for `with`: decorate a function, or call run_transaction"
            )
        bound = bounded(self._timeout, str(self._state))
        self._database = self._find()
        self._state.enter()
        self._unit = Whole(self._database, f"a transaction opened at {self._state.opened_at}", self._terms)
        with ExitStack() as bounds:
            bounds.enter_context(bound)
            parent = current_transaction(self._database)
            await (self._begin() if parent is None else self._begin_inside(parent))
            self._bounds = bounds.pop_all()
        _put(self._database, self)
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
        failure = self._out_of_time(failure or error) or failure
        await self._call_back(failure or error)
        if failure is not None:
            raise failure

    def _has_to_be_left(self) -> bool:
        return self._state.is_open() and current_transaction(self._database) is self

    # what the database does with it

    @property
    def parent(self) -> "Transaction | None":
        """The scope that this one is a savepoint of."""
        return self._parent

    def is_within(self, scope: "Transaction") -> bool:
        """Whether it is that scope, or one inside it."""
        return self is scope or (self._parent is not None and self._parent.is_within(scope))

    @property
    def read_only(self) -> bool:
        """Whether nothing may be written inside."""
        return self._unit.read_only

    def is_open(self) -> bool:
        """Whether it was entered, and not left."""
        return self._state.is_open()

    def is_broken(self) -> bool:
        """Whether a failure has ended it, so that nothing more may be sent in it."""
        return self._state.cause is not None

    def is_left_behind(self) -> bool:
        """Whether it was left, though the running task, which opened it, has not noticed."""
        return self._state.is_left_behind()

    def on_undo(self, callback: Callable[[], object]) -> None:
        """Call this if what was done in the scope is undone, with it or with one around it: the latest first, at once.

        It must neither wait nor fail. Records restore themselves by it; programs have `after_rollback`.
        """
        if self.outcome is Outcome.ROLLED_BACK:
            callback()
        else:
            self._callbacks.undoes.append(callback)

    def before_end(self, close: Closer) -> None:
        """Await `close(connection)` when the scope is left, before it is kept or undone: the latest first, in the scope's last turn.

        It must be bounded, and no cancellation may break it off. Streams end by it.
        """
        self._callbacks.before_end.append(close)

    def not_before_end(self, close: Closer) -> None:
        """Take back what `before_end` was told, if it has not come to that."""
        if close in self._callbacks.before_end:
            self._callbacks.before_end.remove(close)

    async def run(self, work: Callable[[Connection], Coroutine[Any, Any, T]], *, writes: bool = True) -> T:
        """Run a statement, which may be one that `writes`, on the scope's connection in its turn. Raises TransactionClosed."""
        self._state.check()
        await self._turns.take("another statement", self._database.configuration)
        try:
            self._state.check()
            if writes:
                self._unit.note_write()
            return await self._guarded(work)
        finally:
            self._turns.leave()

    async def _guarded(self, work: Callable[[Connection], Coroutine[Any, Any, T]]) -> T:
        connection = self._unit.connection
        try:
            value = await work(connection)
        except BaseException as error:
            # A server may end the whole transaction with one failed statement: what comes after it must not run alone.
            if not connection.usable() or not connection.in_transaction():
                self._die(error, decided=_is_undone(connection, error))
            elif connection.aborted():
                self._state.aborted = error
            raise
        if not connection.usable():
            self._die(ConnectionLost("the connection was ended"))
        elif not connection.in_transaction():
            self._die(UsageError("a statement inside ended the transaction"), decided=False)
        return value

    def _die(self, cause: BaseException, *, decided: bool = True) -> None:
        """Let nothing follow, in any scope. Where it is not `decided`, what was done before may have been kept."""
        scope: Transaction | None = self
        while scope is not None:
            scope._state.die(cause, decided=decided)
            scope = scope._parent

    # beginning

    async def _begin(self) -> None:
        try:
            await self._unit.begin(_nothing)
        except BaseException as error:
            try:
                await self._undo(error)
            finally:
                self._release()
            raise

    async def _begin_inside(self, parent: "Transaction") -> None:
        if self._terms != USUAL:
            raise UsageError(
                f"a nested transaction is a savepoint of {parent._state}: isolation, read_only and deferrable are for the "
                f"outermost"
            )
        await self._take_turn_in(parent)
        self._parent, self._unit = parent, Savepoint(self._database, parent._unit)
        begun: list[bool] = []
        try:
            await self._unit.begin(lambda: begun.append(True))
        except BaseException as error:
            try:
                await self._give_up(error, begun=bool(begun))
            finally:
                self._release()
            raise

    async def _take_turn_in(self, parent: "Transaction") -> None:
        """Wait for it; the scope around may have been left meanwhile, which harms nobody else."""
        self._state.outcome = Outcome.ROLLED_BACK
        parent._state.check()
        await parent._turns.take(self, self._database.configuration)
        try:
            parent._state.check()
        except BaseException:
            parent._turns.leave()
            raise
        self._state.outcome = Outcome.OPEN

    async def _give_up(self, error: BaseException, *, begun: bool) -> None:
        """Go back to where the savepoint was set; where that cannot be told, let nothing go on around it."""
        if begun:
            await self._undo(error)
        else:
            self._state.outcome = Outcome.ROLLED_BACK
            self._die(error)

    # ending

    async def _end(self, error: BaseException | None) -> None:
        state = self._state
        if isinstance(error, GeneratorExit) and state.is_elsewhere():
            self._leave_to_the_lender()
            return
        struck = await self._turns.last(self, self._database.configuration)
        if not self._turns.is_with(self):
            self._abandon()
        struck = await self._close_what_is_open() or struck
        if state.dead is None and not self._unit.connection.usable():
            self._die(ConnectionLost("the connection was ended"))
        keep = error is None and struck is None and not state.wants_rollback
        if keep and state.cause is None:
            await (self._commit() if self._parent is None else self._hand_up())
            return
        await self._undo(error or struck)
        if struck is not None and (error is None or not isinstance(struck, TransactionClosed)):
            raise struck
        if keep:
            raise state.ended_early()

    def _leave_to_the_lender(self) -> None:
        """The collector closes a task of a loop that is gone: nothing can be waited for. The lender rolls back."""
        self._die(TransactionClosed("its event loop is gone"))
        self._state.outcome = Outcome.ROLLED_BACK

    async def _close_what_is_open(self) -> BaseException | None:
        """Call what was to be called before the end; what broke that off."""
        struck: BaseException | None = None
        while self._callbacks.before_end:
            try:
                await self._callbacks.before_end.pop()(self._unit.connection)
            except (ActiveRecordError, OSError) as failure:
                if not self._unit.connection.aborted():
                    self._die(failure)
            except BaseException as cancelled:  # noqa: BLE001  # raised once the scope is left
                struck = cancelled
        return struck

    async def _commit(self) -> None:
        try:
            await self._unit.keep(self._committed)
        except BaseException as error:
            if self.outcome is Outcome.COMMITTED:
                raise
            if self._unit.connection.usable():
                await self._undo(error)
                raise
            await self._find_out(error)

    async def _find_out(self, error: BaseException) -> None:
        """The connection was lost in COMMIT, by this error: ask what became of it, where the engine can tell.

        One who is cancelled asks nothing.
        """
        self._abandon()
        self._state.outcome = Outcome.UNKNOWN
        is_lost = isinstance(error, ConnectionLost)
        self._state.outcome = await self._unit.fate(asking=is_lost)
        if not is_lost or self.outcome is Outcome.ROLLED_BACK:
            raise error
        if self.outcome is Outcome.UNKNOWN:
            raise OutcomeUnknown(
                f"the connection was lost during COMMIT of {self._state}: it is kept whole or not at all, and only the data "
                f"can tell",
                sql="COMMIT",
            ) from error

    def _committed(self) -> None:
        self._state.outcome = Outcome.COMMITTED

    async def _hand_up(self) -> None:
        try:
            await self._unit.keep(self._handed_up)
        except BaseException as error:
            if self.outcome is Outcome.OPEN:
                await self._undo(error)
            raise

    def _handed_up(self) -> None:
        self._committed()
        if self._parent is not None:
            self._callbacks.hand_up(self._parent._callbacks, self._rolled_back)

    async def _undo(self, error: BaseException | None) -> None:
        """Roll back; where that fails, end the connection, which has the same effect."""
        try:
            await self._roll_back()
        except (ActiveRecordError, OSError) as failure:
            # whoever comes after is told of this, not of what it led to
            self._die(failure)
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
                self._state.outcome = Outcome.ROLLED_BACK if self._state.decided else Outcome.UNKNOWN

    async def _roll_back(self) -> None:
        # in a scope that is dead the savepoint is gone with all the rest
        if self._parent is None or self._state.dead is None:
            await self._unit.undo(self._rolled_back)

    def _rolled_back(self) -> None:
        self._state.outcome = Outcome.ROLLED_BACK

    def _abandon(self) -> None:
        """End the connection at once: the server rolls back what was begun on it, in every scope."""
        self._die(TransactionClosed("the connection was ended"))
        self._unit.end_connection()

    def _release(self) -> None:
        if self._parent is not None:
            self._parent._turns.leave()
        self._unit.release()
        self._turns.leave_for_good(self)

    def _out_of_time(self, leaving: BaseException | None) -> BaseException | None:
        """Leave the bounds of `timeout`; the DeadlineExceeded that takes the place of what leaves the scope, if time was up."""
        traceback = None if leaving is None else leaving.__traceback__
        try:
            self._bounds.__exit__(None if leaving is None else type(leaving), leaving, traceback)
        except BaseException as exceeded:  # noqa: BLE001  # raised when the callbacks have been told
            return exceeded
        return None

    def _step_out(self) -> None:
        """Take this scope out of the context: it may be another than it was entered in, or hold scopes entered since."""
        if _current.get().get(self._database) is self:
            _put(self._database, self._parent)

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
