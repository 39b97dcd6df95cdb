"""Many transactions at once, cancelled at random: no pool dies, no half transaction stays, no cancellation is masked."""

import asyncio
import random
import time
from collections import Counter
from functools import partial
from pathlib import Path

import anyio
import pytest

from activerecord import ActiveRecord, Column, LockTimeout, PoolTimeout, async_create_tables, column
from activerecord.database import database
from activerecord.runtime import backend, sleep
from activerecord.testing.runners import RUNNERS, Manner, Runner, cut_short
from tests.feature.busy import SLOW_QUERY, with_settings
from tests.feature.cells import Cell
from tests.stress.lengths import length
from tests.stress.places import FILES, SERVERS
from tests.stress.soundness import fault
from tests.stress.watching import Watch, watching

pytestmark = [pytest.mark.stress, pytest.mark.timeout(60)]

TRANSACTIONS = 150
LONGEST = 0.03  # seconds until the last of a transaction's cancellations
SEEDS = length(bounded=range(1, 7), long=range(1, 25))
FREE = 3.0  # seconds after its cancellation in which each has ended, on a busy machine too; a server alone needs one
AT_ONCE = 12  # transactions under way at a time, on a pool of 2
STUCK = 10  # every so many-th waits for minutes in the middle, if nobody cancels it

CELLS = [
    (RUNNERS[name], manner)
    for name in ("asyncio", "uvloop", "trio")
    if name in RUNNERS
    for manner in RUNNERS[name].manners
]


class Entry(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    transfer: Column[int]
    amount: Column[int]


class Storm:
    """Each transaction writes two entries that sum up to nothing, with time for a cancellation in between.

    Given a statement that takes minutes, some run that in between.
    """

    def __init__(self, manner: Manner, seed: int, *, longest: float = LONGEST, slow: str | None = None) -> None:
        self._manner: Manner = manner
        self._random = random.Random(seed)
        self._longest = longest
        self._slow = slow
        self._entered: set[int] = set()
        self._left: dict[int, bool] = {}
        self.slowest = 0.0
        self.outcomes: Counter[str] = Counter()

    async def rage(self) -> None:
        await async_create_tables(Entry)
        places = anyio.Semaphore(AT_ONCE)

        async def one(number: int, after: float) -> None:
            async with places:
                await self._cut_short(number, after)

        async with anyio.create_task_group() as group:
            for number in range(TRANSACTIONS):
                group.start_soon(one, number, self._random.uniform(0, self._longest))
        async with watching(database()) as watch:
            await self._judge(watch)

    async def _cut_short(self, number: int, after: float) -> None:
        began = time.monotonic()
        try:
            cancelled = await cut_short(partial(self._transfer, number), self._manner, after=after)
        except (LockTimeout, PoolTimeout) as error:
            self.outcomes[type(error).__name__] += 1
        else:
            self.outcomes["cancelled" if cancelled else "returned"] += 1
            self._left[number] = cancelled
        self.slowest = max(self.slowest, time.monotonic() - began - after)

    async def _transfer(self, number: int) -> None:
        first, second = Entry(transfer=number, amount=57), Entry(transfer=number, amount=-57)
        async with Entry.async_transaction() as tx:
            tx.after_commit(lambda: self._entered.add(number))
            await first.async_save()
            await (database().execute_text(self._slow) if self._slow and number % STUCK == 0 else sleep(0))
            async with Entry.async_transaction():
                await second.async_save()
            assert await Entry.query().async_sum(Entry.amount) == 0
        task = asyncio.current_task() if backend() == "asyncio" else None
        assert task is None or not task.cancelling(), "the cancellation was masked"

    async def _judge(self, watch: Watch) -> None:
        assert await watch.fault() is None
        assert await fault(database()) is None
        halves = Counter(await Entry.query().async_pluck(Entry.transfer))
        assert all(count == 2 for count in halves.values()), "half a transaction"
        assert set(halves) == self._entered, "after_commit was told otherwise"
        # what returned is there; what was cancelled is there as a whole or not at all
        assert {number for number, cancelled in self._left.items() if not cancelled} <= set(halves)
        assert set(self.outcomes) <= {"cancelled", "returned"}, self.outcomes
        await Entry.async_create(transfer=-1, amount=0)
        assert await fault(database()) is None


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("cell", [*FILES, *SERVERS], ids=str)
@pytest.mark.parametrize(("loop", "manner"), CELLS, ids=lambda part: getattr(part, "name", part))
def test_storm(loop: Runner, manner: Manner, cell: Cell, seed: int, tmp_path: Path) -> None:
    ActiveRecord.configure(with_settings(cell.url(tmp_path), max_size=2))
    # Most waits on a server are for a connection: every third storm there has the time to get further.
    longest = 3 * LONGEST if cell.place == "server" and seed % 3 == 0 else LONGEST
    storm = Storm(manner, seed, longest=longest, slow=SLOW_QUERY[cell.engine])
    loop.run(storm.rage)
    assert storm.outcomes["cancelled"] > TRANSACTIONS / 10, storm.outcomes
    assert storm.slowest < FREE


@pytest.mark.parametrize(("loop", "manner"), CELLS, ids=lambda part: getattr(part, "name", part))
def test_storm_in_memory(loop: Runner, manner: Manner) -> None:
    ActiveRecord.configure("sqlite:///:memory:")
    storm = Storm(manner, 57)
    loop.run(storm.rage)
    assert storm.outcomes["cancelled"] > TRANSACTIONS / 10, storm.outcomes
