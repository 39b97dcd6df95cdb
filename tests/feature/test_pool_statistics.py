"""What a pool tells of itself, and how little its fast path does."""

import asyncio
import sys
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from functools import partial
from types import FrameType

import anyio
import pytest

from activerecord import ActiveRecord, ConfigurationError, PoolStatistics, PoolTimeout, close, pool_statistics
from activerecord.database import database
from activerecord.pool import LoopPool
from activerecord.runtime import run_blocking
from activerecord.testing.runners import RUNNERS, Runner
from tests.feature.busy import with_settings
from tests.feature.puppets import Strings


def test_of_each_loop_and_thread_its_own(database_url: str) -> None:
    ActiveRecord.configure(with_settings(database_url, max_size=4))
    in_memory = database().driver.shared(database().configuration)
    size = 1 if in_memory else 4
    nothing = PoolStatistics(max_size=size)
    assert pool_statistics() == nothing

    async def main() -> None:
        assert (pool_statistics() == nothing) is not (in_memory and pool_statistics().opened > 0)
        before = pool_statistics().acquired
        for _ in range(3):
            await database().execute_text("SELECT 1")
        seen = pool_statistics()
        assert (seen.max_size, seen.open, seen.idle, seen.lent, seen.waiting) == (size, 1, 1, 0, 0)
        assert (seen.acquired - before, seen.opened, seen.ended, seen.lost) == (3, 1, 0, 0)
        async with database().transaction():
            assert (pool_statistics().idle, pool_statistics().lent) == (0, 1)

    for runner in RUNNERS.values():
        runner.run(main)
    close()
    assert pool_statistics() == nothing


def test_another_connection_by_its_name() -> None:
    ActiveRecord.configure({"other": {"driver": "sqlite", "database": ":memory:"}})
    assert pool_statistics("other").max_size == 1
    with pytest.raises(ConfigurationError):
        pool_statistics()
    with pytest.raises(FrozenInstanceError):
        pool_statistics("other").open = 3  # type: ignore[misc]


def test_who_waited_and_for_how_long(async_runner: Runner, database_url: str) -> None:
    ActiveRecord.configure(with_settings(database_url, max_size=1, acquire_timeout=0.1))

    async def main() -> None:
        lender = database().lender()
        lease = await lender.acquire("a test")

        async def want() -> None:
            lender.release(await lender.acquire("a test"))

        async def want_in_vain() -> None:
            with pytest.raises(PoolTimeout):
                await lender.acquire("a test")

        async with anyio.create_task_group() as group:
            group.start_soon(want_in_vain)
            while pool_statistics().waiting < 1:
                await anyio.sleep(0.001)
            await anyio.sleep(0.15)
            group.start_soon(want)
            while pool_statistics().waiting < 1:
                await anyio.sleep(0.001)
            lender.release(lease)
        seen = pool_statistics()
        assert (seen.waiting, seen.waited, seen.timeouts, seen.acquired, seen.lent) == (0, 2, 1, 2, 0)
        assert 0.09 < seen.wait_seconds < 1

    async_runner.run(main)


def test_of_a_database_in_memory_all_threads_count() -> None:
    ActiveRecord.configure("sqlite:///:memory:")

    async def ask() -> None:
        await database().execute_text("SELECT 1")

    threads = [threading.Thread(target=lambda: asyncio.run(ask())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (pool_statistics().acquired, pool_statistics().opened, pool_statistics().max_size) == (3, 1, 1)


# the fast path


def calls_of(work: Callable[[], object]) -> Counter[str]:
    """How often which Python function was called."""
    calls: Counter[str] = Counter()

    def note(frame: FrameType, event: str, argument: object) -> None:
        if event == "call":
            calls[frame.f_code.co_name] += 1

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return calls


# As measured. What the libraries' limiters take of it differs: asyncio's is anyio's own, trio's is trio's.
CALLS = {"asyncio": 18, "uvloop": 18, "eager": 18, "trio": 23, "sync": 14}


def test_the_fast_path_does_little(runner: Runner) -> None:
    async def main() -> None:
        pool = Strings().pool()
        for _ in range(2):
            pool.release(await pool.acquire("a test"))
        calls = calls_of(partial(lent_and_given_back, pool))
        del calls["lent_and_given_back"]
        assert calls.total() <= CALLS[runner.name], calls

    runner.run(main)


def lent_and_given_back(pool: LoopPool) -> None:
    """Lend an idle connection and take it back."""
    lease = pool.lend("a test")
    assert lease is not None
    pool.release(lease)


def lent_without_waiting(pool: LoopPool) -> None:
    """Lend an idle connection and take it back. Any wait at all would be an error here."""
    acquiring = pool.acquire("a test")
    try:
        acquiring.send(None)
    except StopIteration as done:
        pool.release(done.value)
    else:
        raise AssertionError("it waited")


def test_the_fast_path_waits_for_nothing_under_a_loop_or_without() -> None:
    async def main() -> None:
        pool = Strings().pool()
        pool.release(await pool.acquire("a test"))
        for _ in range(100):
            lent_without_waiting(pool)
        assert (pool.statistics().acquired, pool.statistics().opened, pool.statistics().waited) == (101, 1, 0)

    for runner in RUNNERS.values():
        runner.run(main)
    run_blocking(main, "main")
