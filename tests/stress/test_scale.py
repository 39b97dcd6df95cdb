"""Ten thousand tasks on a pool of ten: all are served, in the order in which they came, and waiting costs nothing."""

import gc
import time
import tracemalloc
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest
from anyio.abc import TaskGroup

from activerecord import ActiveRecord, Column, async_create_tables, column
from activerecord.database import database
from activerecord.pool import Lease, LoopPool
from activerecord.testing.runners import RUNNERS, Runner
from tests.feature.busy import with_settings
from tests.feature.cells import Cell
from tests.stress.lengths import length
from tests.stress.places import FILES, SERVERS
from tests.stress.soundness import fault

pytestmark = [pytest.mark.stress, pytest.mark.timeout(length(bounded=180, long=600))]

TASKS = length(bounded=10_000, long=50_000)
SIZE = 10
WAITING = 1000  # tasks that wait while nothing happens
QUIET = 1.0  # seconds of it

COUNTED = length(bounded=1000, long=20_000)  # tasks whose memory is looked at, which takes its time
# Bytes that may remain of a task once it is gone, fewer than the smallest object has; while it waits it takes thousands. A
# table that tasks are kept in may have become wider, which it does once: of two rounds the better one counts.
REMAINS = 40
# Seconds of the processor's time that a quiet second may take; it is hardly a thousandth.
COST = 0.2


class Item(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    name: Column[str]


def _loops(*names: str) -> list[Runner]:
    return [RUNNERS[name] for name in names if name in RUNNERS]


def _cells() -> Iterator[tuple[Runner, Cell]]:
    """asyncmy once: it is the pool that is looked at, and it is the same."""
    for cell in (FILES[0], *SERVERS):
        for loop in _loops("asyncio") if cell.engine == "mysql" else _loops("asyncio", "uvloop", "trio"):
            yield loop, cell


CELLS = [pytest.param(*cell, id="-".join((cell[0].name, str(cell[1])))) for cell in _cells()]


def _configure(cell: Cell, folder: Path) -> None:
    ActiveRecord.configure(with_settings(cell.url(folder), max_size=SIZE, acquire_timeout=150, lock_timeout=150))


class Order:
    """Notes who asks for a connection, and who is lent one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[int] = []
        self.lent: list[int] = []
        acquire = LoopPool.acquire

        async def noted(pool: LoopPool, purpose: str, *more: Any, **how: Any) -> Lease:
            number = len(self.asked)
            self.asked.append(number)
            lease = await acquire(pool, purpose, *more, **how)
            self.lent.append(number)
            return lease

        monkeypatch.setattr(LoopPool, "acquire", noted)

    def furthest(self) -> int:
        """By how many places anybody was served out of turn."""
        return max(abs(place - number) for place, number in enumerate(self.lent))


async def _all_at_once(count: int, work: Callable[[], Coroutine[Any, Any, object]]) -> None:
    async with anyio.create_task_group() as group:
        for _ in range(count):
            group.start_soon(work)


async def _prepared() -> None:
    """A row to read, and every connection open: opening one takes as long as it takes."""
    await async_create_tables(Item)
    await Item.async_create(id=1, name="one")

    async def hold() -> None:
        async with Item.async_transaction(read_only=True):
            await Item.async_find(1)
            await anyio.sleep(0.05)

    await _all_at_once(SIZE, hold)


@pytest.mark.parametrize(("loop", "cell"), CELLS)
def test_all_are_served_in_order(loop: Runner, cell: Cell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _configure(cell, tmp_path)
    served: list[str] = []

    async def one() -> None:
        served.append((await Item.async_find(1)).name)

    async def main() -> Order:
        await _prepared()
        assert await fault(database()) is None
        order = Order(monkeypatch)
        await _all_at_once(TASKS, one)
        monkeypatch.undo()
        assert await fault(database()) is None
        return order

    order = loop.run(main)
    assert served == ["one"] * TASKS
    assert len(order.asked) == len(order.lent) == TASKS
    # trio wakes those whose turn came in the same moment in an order of its own.
    assert order.furthest() < (SIZE if loop.name == "trio" else 1)


@pytest.mark.parametrize(("loop", "cell"), CELLS)
def test_memory_stays_flat(loop: Runner, cell: Cell, tmp_path: Path) -> None:
    _configure(cell, tmp_path)

    async def one() -> None:
        await Item.async_find(1)

    async def left_by(tasks: int) -> int:
        before = _in_use()
        await _all_at_once(tasks, one)
        return _in_use() - before

    async def main() -> int:
        await _prepared()
        await left_by(COUNTED)
        return min([await left_by(COUNTED) for _ in range(2)])

    tracemalloc.start()
    try:
        remains = loop.run(main)
    finally:
        tracemalloc.stop()
    assert remains < REMAINS * COUNTED


def _in_use() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


class Counted:
    """Counts the steps of what it runs, from the first on."""

    def __init__(self) -> None:
        self.steps = 0

    def run(self, work: Coroutine[Any, Any, Any]) -> Awaitable[Any]:
        return _Stepping(work, self)


class _Stepping:
    def __init__(self, work: Coroutine[Any, Any, Any], counter: Counted) -> None:
        self._work = work
        self._counter = counter

    def __await__(self) -> Generator[Any, Any, Any]:
        inner = self._work.__await__()
        step: Callable[[], Any] = partial(next, inner)
        while True:
            self._counter.steps += 1
            try:
                awaited = step()
            except StopIteration as end:
                return end.value
            try:
                step = partial(inner.send, (yield awaited))
            except BaseException as error:
                step = partial(inner.throw, error)


class Waiting:
    """Many tasks that wait for something while nothing happens."""

    def __init__(self) -> None:
        self.counted = [Counted() for _ in range(WAITING)]
        self._begin = anyio.Event()

    async def for_a_connection(self) -> float:
        """Nobody gives one back before the second is over. Gives the processor's time of that second, as the other does."""
        all_held, release = anyio.Event(), anyio.Event()
        holders = iter(range(SIZE - 1, -1, -1))

        async def hold() -> None:
            async with Item.async_transaction(read_only=True):
                if not next(holders):
                    all_held.set()
                await release.wait()

        async with anyio.create_task_group() as group:
            for _ in range(SIZE):
                group.start_soon(hold)
            await all_held.wait()
            self._start(group)
            cost = await self._quiet_second()
            release.set()
            return cost
        raise AssertionError("unreachable: no task is cancelled")

    async def for_a_turn(self) -> float:
        """The tasks are of the outer scope, whose turn the nested one has as long as it is open."""
        async with Item.async_transaction(), anyio.create_task_group() as group:
            self._start(group)
            async with Item.async_transaction():
                return await self._quiet_second()
        raise AssertionError("unreachable: no task is cancelled")

    def _start(self, group: TaskGroup) -> None:
        for counter in self.counted:
            group.start_soon(self._one, counter)

    async def _one(self, counter: Counted) -> None:
        await self._begin.wait()
        await counter.run(Item.async_find(1))

    async def _quiet_second(self) -> float:
        self._begin.set()
        while not all(counter.steps for counter in self.counted):
            await anyio.sleep(0.01)
        before, began = [counter.steps for counter in self.counted], time.process_time()
        await anyio.sleep(QUIET)
        cost = time.process_time() - began
        assert [counter.steps for counter in self.counted] == before
        return cost


@pytest.mark.parametrize("way", [Waiting.for_a_connection, Waiting.for_a_turn])
@pytest.mark.parametrize(("loop", "cell"), CELLS)
def test_a_waiting_task_takes_no_step(
    loop: Runner, cell: Cell, way: Callable[[Waiting], Coroutine[Any, Any, float]], tmp_path: Path
) -> None:
    _configure(cell, tmp_path)

    async def main() -> Waiting:
        await _prepared()
        waiting = Waiting()
        assert await way(waiting) < COST
        return waiting

    waiting = loop.run(main)
    assert all(counter.steps > 1 for counter in waiting.counted)
