"""A unit of work is run again as a whole where others were in its way, and only then."""

from typing import Any

import pytest

from activerecord import (
    ActiveRecord,
    Column,
    Deadlock,
    OutcomeUnknown,
    RetryableError,
    SerializationFailure,
    UniqueViolation,
    UsageError,
    async_create_tables,
    column,
    create_tables,
)
from activerecord.runtime import backend, parallel
from tests.feature.conftest import Run


class Counter(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    name: Column[str] = column(unique=True, length=20)
    total: Column[int] = column(default=0)


class Work:
    """Creates a row, and fails so many times."""

    def __init__(self, *failures: BaseException) -> None:
        self.failures = list(failures)
        self.rounds = 0

    async def __call__(self) -> int:
        self.rounds += 1
        await Counter.async_create(name=f"round {self.rounds}")
        if self.failures:
            raise self.failures.pop(0)
        return self.rounds


async def _names() -> list[str]:
    return await Counter.query().order_by("id").async_pluck(Counter.name)


def test_it_is_run_again_until_it_succeeds(configured: str, run: Run[Any]) -> None:
    async def main() -> None:
        await async_create_tables(Counter)
        work = Work(Deadlock("a"), SerializationFailure("b"))
        assert await Counter.async_run_transaction(work) == 3
        assert await _names() == ["round 3"]

    run(main)


def test_it_gives_up(configured: str, run: Run[Any]) -> None:
    async def main() -> None:
        await async_create_tables(Counter)
        last = Deadlock("last")
        work = Work(Deadlock("first"), last)
        with pytest.raises(Deadlock) as caught:
            await Counter.async_run_transaction(work, retries=1)
        assert (caught.value, work.rounds) == (last, 2)
        assert await _names() == []

    run(main)


@pytest.mark.parametrize("failure", [OutcomeUnknown("x"), UniqueViolation("x"), ValueError("x")], ids=repr)
def test_nothing_else_is_run_again(configured: str, failure: Exception, run: Run[Any]) -> None:
    async def main() -> None:
        await async_create_tables(Counter)
        work = Work(failure)
        with pytest.raises(type(failure)):
            await Counter.async_run_transaction(work)
        assert work.rounds == 1
        assert await _names() == []

    run(main)


def test_it_is_refused_inside_a_transaction(configured: str, run: Run[Any]) -> None:
    async def main() -> None:
        await async_create_tables(Counter)
        work = Work()
        async with Counter.async_transaction():
            with pytest.raises(UsageError, match="outermost"):
                await Counter.async_run_transaction(work)
        assert work.rounds == 0

    run(main)


@pytest.mark.parametrize("retries", [-1, True, 1.5, "3"], ids=repr)
def test_what_is_no_number_of_retries(configured: str, retries: Any, run: Run[Any]) -> None:
    async def main() -> None:
        with pytest.raises(UsageError, match="retries"):
            await Counter.async_run_transaction(Work(), retries=retries)

    run(main)


def test_two_that_are_in_each_others_way_both_succeed(configured: str, run: Run[Any]) -> None:
    async def main() -> None:
        if backend() is None:
            pytest.skip("plain sync code does one thing at a time")
        await async_create_tables(Counter)
        key = (await Counter.async_create(name="shared")).id

        async def increment() -> None:
            counter = await Counter.async_find(key)
            counter.total += 1
            await counter.async_save()

        async def five() -> None:
            for _ in range(5):
                await Counter.async_run_transaction(increment, retries=50, isolation="serializable")

        await parallel([five, five, five])
        assert (await Counter.async_find(key)).total == 15

    run(main)


@pytest.mark.parametrize("failures", [0, 1])
def test_in_plain_sync_code(configured: str, failures: int) -> None:
    create_tables(Counter)
    left = [RetryableError("x")] * failures

    def work() -> str:
        counter = Counter.create(name="sync")
        if left:
            raise left.pop()
        return counter.name

    assert Counter.run_transaction(work) == "sync"
    assert Counter.query().count() == 1
