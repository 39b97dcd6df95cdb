"""A machine of Hypothesis that opens, uses, breaks and leaves scopes at random, beside a model of what must come of it."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any, Literal, TypeAlias, TypeVar

import anyio
from anyio.from_thread import BlockingPortal
from hypothesis import strategies
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from activerecord import (
    ActiveRecord,
    Column,
    ConnectionLost,
    OutcomeUnknown,
    TransactionClosed,
    async_create_tables,
    column,
)
from activerecord.database import database
from activerecord.testing.runners import Manner
from activerecord.transaction import Outcome, Transaction
from tests.feature.busy import SLOW_QUERY, SLOW_WRITE
from tests.feature.sessions import kill, session
from tests.stress.steps import taking_steps

__all__ = ["Item", "Machine", "Watcher", "prepare"]

T = TypeVar("T")
Rows: TypeAlias = dict[int, str]
State: TypeAlias = Literal["alive", "aborted", "dead"]

# Far from the keys that engines make themselves.
KEYS = strategies.integers(10_000_001, 10_000_004)
NAMES = strategies.sampled_from(["one", "two", "three"])
MOSTLY = strategies.sampled_from([True, True, True, False])
MOMENTS = strategies.sampled_from([0.02, 0.005, 0.0])  # seconds until a statement is cancelled

DEEPEST = 3

# What a cancelled statement may leave of its scope. Each may also be cancelled before it is sent.
LEFT_BY_CANCELLATION: Mapping[str, frozenset[State]] = {
    # An interrupted write takes the whole transaction with it.
    "sqlite": frozenset({"alive", "dead"}),
    # The server takes no more until the innermost scope is left.
    "postgresql": frozenset({"alive", "aborted"}),
    "mysql": frozenset({"alive"}),
}
REFUSALS = (TransactionClosed, ConnectionLost, OutcomeUnknown)


class Item(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    name: Column[str]


class Watcher(ActiveRecord):
    """The same rows, seen by another connection."""

    __connection__ = "watcher"
    __table_name__ = "items"

    id: Column[int] = column(primary_key=True)
    name: Column[str]


@dataclass(slots=True)
class Level:
    """An open scope: what it sees, what is due when it ends, and how it is.

    "aborted" ends with this scope, "dead" with the outermost.
    """

    scope: Transaction
    rows: Rows
    numbers: list[int]
    state: State = "alive"


async def prepare() -> None:
    await async_create_tables(Item)


class Machine(RuleBasedStateMachine):
    """Each rule does one thing and compares what it sees with the model."""

    def __init__(self, portal: BlockingPortal, manner: Manner) -> None:
        super().__init__()
        self._exit = ExitStack()
        self._steps = self._exit.enter_context(taking_steps(portal))
        self._manner: Manner = manner
        self._engine = database().dialect.name
        self._committed: Rows = {}
        self._levels: list[Level] = []
        self._numbers = count(1)
        self._due: set[tuple[int, str]] = set()
        self._called: set[tuple[int, str]] = set()

    def _take(self, step: Callable[[], Coroutine[Any, Any, T]]) -> T:
        return self._steps.take(step)

    @property
    def _rows(self) -> Rows:
        return self._levels[-1].rows if self._levels else self._committed

    @property
    def _state(self) -> State:
        return self._levels[-1].state if self._levels else "alive"

    # rules

    @initialize()
    def empty(self) -> None:
        async def step() -> None:
            await database().execute_text("DELETE FROM items", writes=True)

        self._take(step)

    # No rule has a precondition: what a cancellation hits is a matter of time, and Hypothesis must draw the same each time.

    @rule()
    def enter(self) -> None:
        if len(self._levels) == DEEPEST:
            return
        scope, number = Item.async_transaction(), next(self._numbers)

        async def step() -> None:
            await scope.__aenter__()
            scope.after_commit(lambda: self._called.add((number, "commit")))
            scope.after_rollback(lambda: self._called.add((number, "rollback")))

        if not self._is_refused(step):
            self._levels.append(Level(scope, dict(self._rows), [number]))

    @rule()
    def enter_again(self) -> None:
        """Twice as likely: most of what can go wrong goes wrong inside."""
        self.enter()

    @rule(key=KEYS, name=NAMES)
    def write(self, key: int, name: str) -> None:
        if not self._is_refused(partial(_write, key, name)):
            self._rows[key] = name

    @rule(key=KEYS)
    def delete(self, key: int) -> None:
        if not self._is_refused(partial(_delete, key)):
            self._rows.pop(key, None)

    @rule()
    def read(self) -> None:
        found: list[Rows] = []

        async def step() -> None:
            found.append(await _read(Item))

        if not self._is_refused(step):
            assert found == [self._rows]

    @rule()
    def look_from_outside(self) -> None:
        assert self._take(lambda: _read(Watcher)) == self._committed

    @rule(statement=strategies.sampled_from(["query", "write"]), after=MOMENTS, inside=MOSTLY)
    def cancel(self, statement: str, after: float, inside: bool) -> None:
        if inside and not self._levels:
            self.enter()
        if self._state != "alive":
            return
        slow = SLOW_WRITE if statement == "write" else SLOW_QUERY
        work = partial(database().execute_text, slow[self._engine], writes=statement == "write")
        assert self._take(lambda: _cut_short(work, self._manner, after)), "the cancellation is lost"
        self._find_out()

    @rule(is_noticed=strategies.booleans(), inside=MOSTLY)
    def kill(self, is_noticed: bool, inside: bool) -> None:
        if inside and not self._levels:
            self.enter()
        if self._state != "alive" or self._engine == "sqlite":
            return
        self._take(_kill)
        for level in self._levels:
            level.state = "dead"
        if not self._levels:
            # The pool may lend the dead connection once more.
            self._take(_notice)
        elif is_noticed:
            self.read()

    @rule(how=strategies.sampled_from(["commit", "commit", "commit", "rollback", "error"]))
    def leave(self, how: str) -> None:
        if self._levels:
            self._leave(how)

    def _leave(self, how: str) -> None:
        level = self._levels.pop()
        if how == "rollback" and not self._asks_for_rollback(level.scope):
            how = "error"
        error = ValueError("leaving") if how == "error" else None
        failure = self._failure_of(partial(level.scope.__aexit__, type(error) if error else None, error, None))
        assert (failure is not None) == (how == "commit" and level.state != "alive"), failure
        self._close(level, kept=how == "commit" and failure is None)
        assert self._called == self._due

    def teardown(self) -> None:
        try:
            while self._levels:
                self._leave("error")
            self.read()
            self.look_from_outside()
        finally:
            # After a failure there may be some that are left: the next example needs their connection.
            for level in reversed(self._levels):
                self._failure_of(partial(level.scope.__aexit__, None, None, None))
            self._exit.close()

    # what comes of it

    def _close(self, level: Level, *, kept: bool) -> None:
        outcome = level.scope.outcome
        if not kept:
            assert outcome is Outcome.ROLLED_BACK or (outcome is Outcome.UNKNOWN and level.state == "dead"), outcome
            self._due |= {(number, "rollback") for number in level.numbers if outcome is Outcome.ROLLED_BACK}
            return
        assert outcome is Outcome.COMMITTED
        if self._levels:
            self._levels[-1].rows = level.rows
            self._levels[-1].numbers += level.numbers
        else:
            self._committed = level.rows
            self._due |= {(number, "commit") for number in level.numbers}

    def _find_out(self) -> None:
        """What a cancelled statement has left: a scope that goes on must show the rows of before."""
        try:
            assert self._take(lambda: _read(Item)) == self._rows
        except TransactionClosed:
            dead = "dead" in LEFT_BY_CANCELLATION[self._engine]
            for level in self._levels if dead else self._levels[-1:]:
                level.state = "dead" if dead else "aborted"
        assert self._state in LEFT_BY_CANCELLATION[self._engine]

    def _is_refused(self, step: Callable[[], Coroutine[Any, Any, object]]) -> bool:
        """Take a step, which a scope must refuse unless it is alive."""
        failure = self._failure_of(step)
        assert (failure is not None) == (self._state != "alive"), failure
        return failure is not None

    def _failure_of(self, step: Callable[[], Coroutine[Any, Any, object]]) -> Exception | None:
        try:
            self._take(step)
        except REFUSALS as failure:
            return failure
        return None

    def _asks_for_rollback(self, scope: Transaction) -> bool:
        """Ask; one that is dead refuses that too."""

        async def step() -> None:
            scope.rollback()

        return self._failure_of(step) is None


async def _write(key: int, name: str) -> None:
    found = await Item.async_find_or_none(key)
    if found is None:
        await Item.async_create(id=key, name=name)
    else:
        found.name = name
        await found.async_save()


async def _delete(key: int) -> None:
    found = await Item.async_find_or_none(key)
    if found is not None:
        await found.async_delete()


async def _read(model: type[Item] | type[Watcher]) -> Rows:
    return {item.id: item.name for item in await model.query().async_all()}


async def _kill() -> None:
    engine = database().dialect.name
    await kill(engine, await session(engine))


async def _notice() -> None:
    try:
        await _read(Item)
    except ConnectionLost:
        await _read(Item)


async def _cut_short(work: Callable[[], Coroutine[Any, Any, object]], manner: Manner, after: float) -> bool:
    """Run `work()` in this very task, whose scopes it uses, and cancel it after so many seconds."""
    if manner == "scope":
        with anyio.move_on_after(after) as scope:
            await work()
        return scope.cancelled_caught
    task = asyncio.current_task()
    assert task is not None
    timer = asyncio.get_running_loop().call_later(after, task.cancel)
    try:
        await work()
    except asyncio.CancelledError:
        task.uncancel()
        return True
    finally:
        timer.cancel()
    return False
