"""A group of parallel tasks: handles with results, bounded, one failure for all, nothing left behind."""

import asyncio
import gc
import weakref
from collections.abc import Coroutine
from typing import Any

import anyio
import pytest

from activerecord import Handle, UsageError, gather, parallel
from activerecord.testing.runners import Runner, cut_short
from tests.feature.three import Item, fail, name_of, three_items


@pytest.fixture
def items(database_url: str) -> None:
    three_items(database_url, max_size=3)


def test_handles_have_their_results(items: None, runner: Runner) -> None:
    async def main() -> None:
        async with parallel() as group:
            found = group.start(Item.query().async_all())
            names = [group.start(name_of(key)) for key in (1, 2, 3)]
            number = group.start(Item.query().async_count())
        assert ([item.name for item in found.result], number.result) == (["a", "b", "c"], 3)
        assert [name.result for name in names] == ["a", "b", "c"] and all(name.done for name in names)
        async with parallel() as group:
            pass

    runner.run(main)


def test_a_handle_may_be_awaited_inside(items: None, runner: Runner) -> None:
    async def main() -> None:
        async with parallel() as group:
            first, second = group.start(name_of(1)), group.start(name_of(2))
            assert (await second.wait(), await first.wait(), await first.wait()) == ("b", "a", "a")
            third = group.start(name_of(3))
        assert third.result == "c"

    runner.run(main)


def test_a_result_that_is_not_there_says_so(items: None, runner: Runner) -> None:
    async def main() -> None:
        async with parallel() as group:
            handle = group.start(name_of(1))
            with pytest.raises(UsageError, match=r"handle\.wait"):
                assert handle.result
        assert handle.result == "a"

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

        async with parallel(limit=2) as group:
            for _ in range(10):
                group.start(work())
        assert most == 2

    async_runner.run(main)


def test_a_task_may_start_others(items: None, async_runner: Runner) -> None:
    async def main() -> None:
        handles: list[Handle[str]] = []

        async def first() -> None:
            await Item.async_find(1)
            handles.append(group.start(name_of(2)))

        async with parallel() as group:
            group.start(first())
        assert [handle.result for handle in handles] == ["b"]

    async_runner.run(main)


def test_the_lone_failure_is_raised_itself(items: None, runner: Runner) -> None:
    async def main() -> None:
        failure = LookupError("the only one")
        group = parallel(limit=3)
        late: Handle[Any] | None = None
        with pytest.raises(LookupError) as raised:
            async with group:
                group.start(fail(failure))
                late = group.start(anyio.sleep(5) if runner.name != "sync" else name_of(1))
        assert raised.value is failure and late is not None and not late.done
        with pytest.raises(UsageError, match="failed"):
            assert late.result

    runner.run(main)


def test_who_waits_for_a_task_that_fails_is_cancelled(items: None, async_runner: Runner) -> None:
    async def main() -> None:
        went_on = False
        with pytest.raises(LookupError):
            async with parallel() as group:
                await group.start(fail(LookupError())).wait()
                went_on = True
        assert not went_on

    async_runner.run(main)


def test_several_failures_come_as_a_group(items: None, async_runner: Runner) -> None:
    async def main() -> None:
        with pytest.raises(ExceptionGroup) as raised:
            async with parallel(limit=2) as group:
                group.start(fail(LookupError()))
                try:
                    await anyio.sleep(5)
                finally:
                    raise ValueError
        assert {type(error) for error in raised.value.exceptions} == {ValueError, LookupError}

    async_runner.run(main)


def test_an_error_of_the_block_ends_the_tasks(items: None, runner: Runner) -> None:
    async def main() -> None:
        done: list[int] = []

        async def late() -> None:
            await anyio.sleep(5)
            done.append(1)

        with pytest.raises(ZeroDivisionError):
            async with parallel() as group:
                group.start(late())
                raise ZeroDivisionError
        assert done == [] and await name_of(1) == "a"

    runner.run(main)


def test_in_a_transaction_they_take_turns(items: None, runner: Runner) -> None:
    async def main() -> None:
        async with Item.async_transaction() as tx:
            async with parallel(limit=4) as group:
                for number in range(5):
                    group.start(Item.async_create(name=f"{number}"))
            assert await Item.query().async_count() == 8
            tx.rollback()
        assert await Item.query().async_count() == 3

    runner.run(main)


def test_cancelled_it_leaves_nothing(items: None, async_runner: Runner) -> None:
    async def work() -> None:
        async with Item.async_transaction():
            await Item.async_create(name="undone")
            await anyio.sleep(5)

    async def together() -> None:
        async with parallel(limit=3) as group:
            for _ in range(6):
                group.start(work())

    async def main() -> None:
        for manner in async_runner.manners:
            assert await cut_short(together, manner, after=0.03)
            assert await Item.query().async_count() == 3

    async_runner.run(main)


def test_what_cannot_be_started(items: None, runner: Runner) -> None:
    async def main() -> None:
        for limit in (0, -1, True, "2"):
            with pytest.raises(UsageError, match="at least 1"):
                parallel(limit=limit)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        group = parallel()
        with pytest.raises(UsageError, match="inside the block"):
            group.start(name_of(1))
        async with group:
            once: Coroutine[Any, Any, str] = name_of(1)
            handle = group.start(once)
            with pytest.raises(UsageError, match="one coroutine twice"):
                group.start(once)
            with pytest.raises(UsageError, match="int"):
                group.start(57)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        assert handle.result == "a"
        with pytest.raises(UsageError, match="inside the block"):
            group.start(name_of(1))

    runner.run(main)


def test_a_task_that_failed_says_so(items: None, async_runner: Runner) -> None:
    async def main() -> None:
        failure = LookupError("a")
        handles: list[Handle[None]] = []
        with pytest.raises(LookupError) as raised:
            async with parallel() as group:
                handles.append(group.start(fail(failure)))
                with anyio.CancelScope(shield=True):
                    await handles[0].wait()
        assert raised.value is failure
        with pytest.raises(UsageError, match="it failed") as told:
            _ = handles[0].result
        assert told.value.__cause__ is failure

    async_runner.run(main)


def test_a_group_is_entered_once(items: None, runner: Runner) -> None:
    async def main() -> None:
        async with parallel() as group:
            with pytest.raises(UsageError, match="entered once"):
                async with group:
                    raise AssertionError("entered")
            first = group.start(name_of(1))
        with pytest.raises(UsageError, match="entered once"):
            async with group:
                raise AssertionError("entered")
        assert first.result == "a"

    runner.run(main)


def test_a_block_keeps_nothing_of_what_has_ended(items: None, async_runner: Runner) -> None:
    async def main() -> None:
        async with parallel() as group:
            gone = [weakref.ref(group.start(name_of(1))) for _ in range(3)]
            await anyio.sleep(0.2)
            gc.collect()
            assert [ref() for ref in gone] == [None, None, None]
            once = name_of(2)
            assert await group.start(once).wait() == "b"
            with pytest.raises(UsageError, match="one coroutine twice"):
                group.start(once)

    async_runner.run(main)


def test_a_task_that_others_cancel_is_told_of(items: None) -> None:
    """A result that is not there is never taken for None."""

    async def main() -> None:
        cancelled = asyncio.get_running_loop().create_future()
        cancelled.cancel()
        for together in (
            lambda: gather(cancelled, name_of(1), limit=2),
            lambda: gather(cancelled),
            lambda: started(cancelled),
        ):
            with pytest.raises(UsageError, match="cancelled elsewhere"):
                await together()
        assert await name_of(1) == "a"

    async def started(future: "asyncio.Future[None]") -> None:
        async with parallel() as group:
            group.start(future)

    asyncio.run(main())
