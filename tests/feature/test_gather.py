"""Parallel queries: results in order, one failure for all, nothing left behind."""

import asyncio
from typing import Any

import anyio
import pytest

from activerecord import ActiveRecord, UniqueViolation, UsageError, gather
from activerecord.database import database
from activerecord.testing.queries import assert_queries
from activerecord.testing.runners import Runner, cut_short
from tests.feature.busy import ONE_STATE, with_settings
from tests.feature.three import Item, fail, name_of, three_items


@pytest.fixture
def items(database_url: str) -> None:
    three_items(database_url, max_size=2)


def test_results_come_in_order(items: None, runner: Runner) -> None:
    async def main() -> None:
        found, number, first = await gather(Item.query().async_all(), Item.query().async_count(), Item.async_find(1))
        assert (len(found), number, first.name) == (3, 3, "a")
        keys = [number % 3 + 1 for number in range(30)]
        assert list(await gather(*map(name_of, keys))) == ["abc"[key - 1] for key in keys]
        assert await gather() == ()
        assert await gather(name_of(2)) == ("b",)

    runner.run(main)


def test_at_most_so_many_at_a_time(items: None, async_runner: Runner) -> None:
    async def main() -> None:
        now = most = 0

        async def work() -> None:
            nonlocal now, most
            now += 1
            most = max(most, now)
            await Item.async_find(1)
            now -= 1

        await gather(*[work() for _ in range(10)], limit=3)
        assert most == 3

    async_runner.run(main)


@pytest.mark.parametrize(("size", "expected"), [(4, 3), (2, 1), (1, 1)])
def test_the_usual_limit_leaves_one_connection(
    database_url: str, size: int, expected: int, async_runner: Runner
) -> None:
    now = most = 0

    async def work() -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await anyio.sleep(0.001)
        now -= 1

    async def main() -> None:
        await gather(*[work() for _ in range(10)])

    ActiveRecord.configure(with_settings(database_url, max_size=size))
    async_runner.run(main)
    assert most == expected


def test_the_first_failure_ends_the_others(items: None, runner: Runner) -> None:
    async def main() -> None:
        done: list[int] = []

        async def late() -> None:
            await Item.async_find(1)
            if runner.name != "sync":
                await anyio.sleep(5)
            done.append(1)

        with pytest.raises(LookupError, match="the only one"):
            await gather(fail(LookupError("the only one")), late(), late(), limit=3)
        assert done == []
        assert await name_of(1) == "a"

    runner.run(main)


def test_several_failures_come_as_a_group(items: None, async_runner: Runner) -> None:
    async def main() -> None:
        begun = anyio.Event()

        async def fail_when_cancelled() -> None:
            begun.set()
            try:
                await anyio.sleep(5)
            finally:
                raise ValueError

        async def fail_then() -> None:
            await begun.wait()
            raise LookupError

        with pytest.raises(ExceptionGroup) as raised:
            await gather(fail_when_cancelled(), fail_then(), limit=2)
        assert {type(error) for error in raised.value.exceptions} == {ValueError, LookupError}

    async_runner.run(main)


def test_in_a_transaction_they_take_turns(items: None, runner: Runner) -> None:
    async def main() -> None:
        async with Item.async_transaction() as tx:
            await gather(*[Item.async_create(name=f"{number}") for number in range(5)], limit=5)
            assert (await gather(Item.query().async_count(), name_of(1))) == (8, "a")
            tx.rollback()
        assert await Item.query().async_count() == 3

    runner.run(main)


def test_transactions_in_parallel(items: None, engine: str, runner: Runner) -> None:
    isolation = ONE_STATE.get(engine)

    async def transfer(number: int) -> int:
        async with Item.async_transaction(isolation=isolation):
            before = await Item.query().async_count()
            await Item.async_create(name=f"{number}")
            assert await Item.query().async_count() == before + 1
            return number

    async def main() -> None:
        assert list(await gather(*map(transfer, range(8)), limit=8)) == list(range(8))
        assert await Item.query().async_count() == 11

    runner.run(main)


def test_cancelled_it_cancels_all_and_leaves_nothing(items: None, async_runner: Runner) -> None:
    async def main() -> None:
        async def work() -> None:
            async with Item.async_transaction():
                await Item.async_create(name="undone")
                await anyio.sleep(5)

        async def together() -> None:
            await gather(*[work() for _ in range(6)], limit=4)

        for manner in async_runner.manners:
            assert await cut_short(together, manner, after=0.03)
            assert await Item.query().async_count() == 3
            assert list(await gather(*map(name_of, (1, 2, 3)))) == ["a", "b", "c"]

    async_runner.run(main)


@pytest.mark.parametrize("wrong", [57, "async_all", None])
def test_what_is_no_awaitable_is_refused(items: None, runner: Runner, wrong: Any) -> None:
    async def main() -> None:
        with pytest.raises(UsageError, match=type(wrong).__name__):
            await gather(name_of(1), wrong)
        with pytest.raises(UsageError, match="at least 1"):
            await gather(name_of(1), limit=0)

    runner.run(main)


def test_tasks_and_futures_will_do(items: None) -> None:
    async def main() -> None:
        task = asyncio.create_task(name_of(1))
        assert await gather(task, name_of(2)) == ("a", "b")

    asyncio.run(main())


def test_a_coroutine_is_taken_once(items: None, runner: Runner) -> None:
    async def main() -> None:
        once, other = Item.query().async_count(), Item.query().async_count()
        with assert_queries(0, database()), pytest.raises(UsageError, match="one coroutine twice"):
            await gather(other, once, once)

    runner.run(main)


def test_a_task_may_be_awaited_twice(items: None) -> None:
    async def main() -> None:
        task = asyncio.ensure_future(Item.query().async_count())
        assert await gather(task, task) == (3, 3)

    asyncio.run(main())


def test_what_came_of_the_failure_is_no_second_one(items: None, runner: Runner) -> None:
    """Siblings that find the transaction aborted by it. What would fail by itself might, before it hears of the end."""

    async def main() -> None:
        for _ in range(5):
            with pytest.raises(UniqueViolation):
                async with Item.async_transaction():
                    await gather(Item.async_create(id=1, name="twice"), *[name_of(2) for _ in range(4)], limit=5)

    runner.run(main)
