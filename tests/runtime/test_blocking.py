"""The sync twins of async verbs, and where they are refused."""

import asyncio
import gc
from collections.abc import Callable
from typing import Any

import pytest
import trio

from activerecord.errors import SyncInLoop, UsageError
from activerecord.runtime import blocking, host, run_blocking
from tests.runtime.places import Runner

pytestmark = pytest.mark.timeout(30)


class Query:
    async def async_all(self, limit: int, *, offset: int = 0) -> list[int]:
        """The records."""
        return await host(asyncio_only=True).call(asyncio.sleep(0, result=[limit, offset]))

    all = blocking(async_all)


class Overridden(Query):
    async def async_all(self, limit: int, *, offset: int = 0) -> list[int]:
        return [-1, *await super().async_all(limit, offset=offset)]


def test_a_twin_gives_what_the_async_verb_gives() -> None:
    assert Query().all(3, offset=4) == [3, 4]


def test_an_override_counts() -> None:
    assert Overridden().all(3) == [-1, 3, 0]


def test_a_twin_has_its_own_name() -> None:
    assert Query.all.__name__ == "all"
    assert Query.all.__qualname__ == "Query.all"
    assert Query.all.__doc__ == "The records."


def refuses() -> None:
    made: list[bool] = []

    async def verb() -> None:
        made.append(True)

    with pytest.raises(SyncInLoop, match=r"`await \.\.\. async_all\(\)`"):
        run_blocking(verb, "all")
    with pytest.raises(SyncInLoop, match=r"all\(\) would block .* `await \.\.\. async_all\(\)`"):
        Query().all(3)
    assert not made
    gc.collect()


def test_a_sync_verb_is_refused_in_a_task(run: Runner) -> None:
    async def main() -> None:
        refuses()

    run(main)


def test_a_sync_verb_is_refused_in_a_callback(run_asyncio: Runner) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        for schedule in (loop.call_soon, loop.call_soon_threadsafe):
            await in_callback(schedule)

    run_asyncio(main)


async def in_callback(schedule: Callable[[Callable[[], None]], Any]) -> None:
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def callback() -> None:
        try:
            refuses()
        except BaseException as error:
            done.set_exception(error)
        else:
            done.set_result(None)

    schedule(callback)
    await done


def test_a_sync_verb_is_refused_in_a_callback_of_trio() -> None:
    async def main() -> None:
        event, errors = trio.Event(), list[BaseException]()

        def callback() -> None:
            try:
                refuses()
            except BaseException as error:
                errors.append(error)
            event.set()

        trio.lowlevel.current_trio_token().run_sync_soon(callback)
        await event.wait()
        assert not errors

    trio.run(main)


def test_a_sync_verb_is_refused_in_a_drivers_work(run_anywhere: Runner) -> None:
    async def work() -> None:
        refuses()

    async def main() -> None:
        await host(asyncio_only=True).call(work())

    run_anywhere(main)


def test_a_sync_verb_works_in_a_thread_of_a_loop(run: Runner) -> None:
    async def main() -> None:
        import anyio.to_thread

        assert await anyio.to_thread.run_sync(Query().all, 3) == [3, 0]

    run(main)


def test_an_await_that_needs_a_loop_is_named() -> None:
    closed: list[bool] = []

    async def foreign() -> None:
        try:
            await asyncio.Future(loop=loop)
        finally:
            closed.append(True)

    loop = asyncio.new_event_loop()
    with pytest.raises(UsageError, match="await that only an event loop can serve"):
        run_blocking(foreign, "all")
    loop.close()
    assert closed == [True]
