"""Who gets a connection, in which order, and what those are told who get none."""

import asyncio
import random
import threading
import time
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from activerecord import ActiveRecord, PoolTimeout, UsageError
from activerecord.database import database
from activerecord.pool import Lease, Lender, held, hold, let_go
from activerecord.testing.runners import RUNNERS, Runner
from tests.feature.busy import with_settings
from tests.feature.puppets import Strings

IN_MEMORY = pytest.mark.places("memory")


@pytest.fixture
def configured(database_url: str) -> str:
    ActiveRecord.configure(with_settings(database_url, max_size=2, acquire_timeout=0.3))
    return database_url


async def all_of(lender: Lender, purpose: str) -> list[Lease]:
    return [await lender.acquire(purpose) for _ in range(lender.statistics().max_size)]


def give_back(lender: Lender, leases: list[Lease]) -> None:
    for lease in leases:
        lender.release(lease)


# the order


def test_nobody_overtakes_who_waits(async_runner: Runner) -> None:
    async def main() -> None:
        pool = Strings().pool(max_size=1)
        came: list[int] = []

        async def want(number: int) -> None:
            lease = await pool.acquire("a test")
            came.append(number)
            await anyio.lowlevel.checkpoint()
            pool.release(lease)

        first = await pool.acquire("a test")
        async with anyio.create_task_group() as group:
            for number in range(5):
                group.start_soon(want, number)
                await anyio.sleep(0.001)
            pool.release(first)
            # between this and the first of those who wait there was no turn of the loop
            await want(5)
        assert came == list(range(6))

    async_runner.run(main)


def test_cancelled_waiters_leave_the_others_in_their_order(async_runner: Runner) -> None:
    async def main() -> None:
        chance = random.Random(11)
        pool = Strings().pool(max_size=1)
        came: list[int] = []
        scopes = [anyio.CancelScope() for _ in range(60)]
        given_up = set(chance.sample(range(60), 25))

        async def want(number: int) -> None:
            with scopes[number]:
                lease = await pool.acquire("a test")
                came.append(number)
                try:
                    await anyio.sleep(0.0005 * chance.random())
                finally:
                    pool.release(lease)

        leases = await all_of(pool, "a test")
        async with anyio.create_task_group() as group:
            for number in range(60):
                group.start_soon(want, number)
                await anyio.lowlevel.checkpoint()
                await anyio.lowlevel.checkpoint()
            while pool.statistics().waiting < 60:
                await anyio.sleep(0.001)
            give_back(pool, leases)
            for number in chance.sample(sorted(given_up), 25):
                # some in the very turn in which a connection is handed to them
                scopes[number].cancel()
                await (anyio.lowlevel.checkpoint() if number % 2 else anyio.sleep(0.0003))
        assert came == sorted(came)
        assert set(range(60)) - given_up <= set(came)
        assert (pool.statistics().lent, pool.statistics().waiting) == (0, 0)

    async_runner.run(main)


@pytest.mark.parametrize("name", ["asyncio", "uvloop"])
def test_waiters_cancelled_by_their_task_pass_the_turn_on(name: str) -> None:
    async def main() -> None:
        pool = Strings().pool(max_size=1)
        for round_ in range(30):
            (lease,) = await all_of(pool, "a test")
            tasks = [asyncio.create_task(pool.acquire("a test")) for _ in range(4)]
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            pool.release(lease)
            for _ in range(round_ % 3):
                await asyncio.sleep(0)
            # it has been handed the connection, and may not know yet
            tasks[0].cancel()
            await asyncio.wait([tasks[0]])
            if not tasks[0].cancelled():
                pool.release(tasks[0].result())
            for task in tasks[1:]:
                pool.release(await task)
            assert (pool.statistics().lent, pool.statistics().waiting) == (0, 0)

    RUNNERS[name].run(main)


# what they are told


def test_the_error_names_the_tasks(async_runner: Runner) -> None:
    async def main() -> None:
        pool = Strings().pool(max_size=2, acquire_timeout=0.05)
        told: list[str] = []

        async def want() -> None:
            with pytest.raises(PoolTimeout) as caught:
                await pool.acquire("a test")
            told.append(str(caught.value))

        async def keep(purpose: str) -> None:
            lease = await pool.acquire(purpose)
            await anyio.sleep(0.2)
            pool.release(lease)

        async with anyio.create_task_group() as group:
            group.start_soon(keep, "SELECT 1\n  FROM things", name="the-reader")
            group.start_soon(keep, "x" * 1000, name="the-other")
            await anyio.sleep(0.01)
            group.start_soon(want)
            group.start_soon(want)
        assert len(told) == 2
        message = told[0]
        assert "none of 2 connection(s)" in message and "within 0.05 s, for which 1 more wait" in message
        assert "SELECT 1 FROM things for 0.1 s, by task 'the-reader'" in message
        assert f"{'x' * 197}... for 0.1 s, by task 'the-other'" in message and "x" * 198 not in message
        assert pool.statistics().timeouts == 2

    async_runner.run(main)


def test_the_error_tells_of_a_task_that_has_ended(async_runner: Runner) -> None:
    async def main() -> None:
        pool = Strings().pool(max_size=1, acquire_timeout=0.01)
        async with anyio.create_task_group() as group:
            group.start_soon(pool.acquire, "what was forgotten")
        with pytest.raises(PoolTimeout, match=r"what was forgotten for 0\.\d s, by (a task that has ended|task '.*')$"):
            await pool.acquire("a test")

    async_runner.run(main)


def test_the_error_names_the_thread_in_sync_code() -> None:
    async def main() -> None:
        pool = Strings().pool(max_size=1, acquire_timeout=5)
        lease = await pool.acquire("SELECT 1")
        began = time.monotonic()
        with pytest.raises(PoolTimeout, match=rf"by thread '{threading.current_thread().name}'$"):
            await pool.acquire("SELECT 2")
        assert time.monotonic() - began < 1
        pool.release(lease)

    RUNNERS["sync"].run(main)


@IN_MEMORY
def test_the_error_names_another_thread_that_has_the_database_in_memory(configured: str) -> None:
    has_it, over = threading.Event(), threading.Event()

    async def keep() -> None:
        lender = database().lender()
        lease = await lender.acquire("something long")
        has_it.set()
        over.wait(5)
        lender.release(lease)

    async def want() -> None:
        await database().lender().acquire("a test")

    thread = threading.Thread(target=lambda: RUNNERS["sync"].run(keep), name="the-other-thread")
    thread.start()
    has_it.wait()
    with pytest.raises(PoolTimeout, match=r"something long for 0\.\d s, by thread 'the-other-thread'"):
        RUNNERS["sync"].run(want)
    over.set()
    thread.join()


# who would wait for itself


def test_who_is_inside_of_all_that_hold_a_connection_is_refused_at_once(runner: Runner, configured: str) -> None:
    async def main() -> None:
        lender = database().lender()
        leases = await all_of(lender, "a stream opened at here.py:1")
        for lease in leases:
            hold(lease)
        assert held() == tuple(leases)
        with pytest.raises(UsageError, match=r"larger max_size, or do it inside one transaction.*at here\.py:1 for 0"):
            await lender.acquire("a test")
        for lease in leases:
            let_go(lease)
        assert held() == ()
        give_back(lender, leases)
        lender.release(await lender.acquire("a test"))
        assert lender.statistics().waited == 0

    runner.run(main)


def test_what_counts_is_the_context_and_not_the_task(async_runner: Runner, configured: str) -> None:
    async def main() -> None:
        lender = database().lender()
        leases = await all_of(lender, "a stream")
        for lease in leases:
            hold(lease)
        refused: list[bool] = []

        async def child() -> None:
            with pytest.raises(UsageError, match="held by what this runs inside of"):
                await lender.acquire("a test")
            refused.append(True)

        async def stranger() -> None:
            lender.release(await lender.acquire("a test"))
            refused.append(False)

        async with anyio.create_task_group() as group:
            group.start_soon(child)
            await apart(stranger, group)
            await anyio.sleep(0.02)
            for lease in leases:
                let_go(lease)
            give_back(lender, leases)
        assert refused == [True, False]

    async_runner.run(main)


async def apart(work: Callable[[], Coroutine[Any, Any, None]], group: Any) -> None:
    """Start it with none of what the caller is inside of."""
    Context().run(group.start_soon, work)


def test_who_is_inside_of_some_of_them_waits(async_runner: Runner) -> None:
    async def main() -> None:
        pool = Strings().pool(max_size=2)
        own, others = await all_of(pool, "a test")
        hold(own)

        async def later() -> None:
            await anyio.sleep(0.01)
            pool.release(others)

        async with anyio.create_task_group() as group:
            group.start_soon(later)
            lease = await pool.acquire("a test")
            hold(lease)
            with pytest.raises(UsageError):
                await pool.acquire("a test")
            let_go(own)
            let_go(lease)
            give_back(pool, [own, lease])

    async_runner.run(main)


def test_what_was_given_back_counts_no_more(runner: Runner) -> None:
    async def main() -> None:
        pool = Strings().pool(max_size=1, acquire_timeout=0.02)
        (old,) = await all_of(pool, "a test")
        hold(old)
        pool.release(old)
        (new,) = await all_of(pool, "a test")
        with pytest.raises(PoolTimeout):
            await pool.acquire("a test")
        pool.release(new)
        let_go(old)
        let_go(old)
        assert held() == ()

    runner.run(main)
