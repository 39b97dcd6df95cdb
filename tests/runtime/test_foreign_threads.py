"""A thread that was started by a program of some loop has no loop itself, whatever its context says."""

import asyncio
import contextvars
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import anyio
import anyio.to_thread
import pytest
import trio
import trio.lowlevel

from activerecord.runtime import backend, blocking, host
from tests.runtime.places import Runner, on_asyncio

pytestmark = pytest.mark.timeout(30)

Send = Callable[[Callable[[], int]], Coroutine[Any, Any, int]]


class Query:
    async def async_count(self) -> int:
        """A number, by way of a driver that needs asyncio."""
        return await host(asyncio_only=True).call(asyncio.sleep(0, result=57))

    count = blocking(async_count)


async def by_asyncio(work: Callable[[], int]) -> int:
    return await asyncio.to_thread(work)


async def by_executor(work: Callable[[], int]) -> int:
    return await asyncio.get_running_loop().run_in_executor(None, work)


async def by_executor_in_context(work: Callable[[], int]) -> int:
    return await asyncio.get_running_loop().run_in_executor(None, contextvars.copy_context().run, work)


async def by_anyio(work: Callable[[], int]) -> int:
    return await anyio.to_thread.run_sync(work)


async def by_trio(work: Callable[[], int]) -> int:
    return await trio.to_thread.run_sync(work)


async def by_hand_in_context(work: Callable[[], int]) -> int:
    found: list[int] = []
    context = contextvars.copy_context()
    thread = threading.Thread(target=lambda: context.run(lambda: found.append(work())))
    thread.start()
    thread.join()
    return found[0]


def on_anyio_asyncio(body: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    return anyio.run(body)


def on_anyio_trio(body: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    return anyio.run(body, backend="trio")


ON_ASYNCIO = [by_asyncio, by_executor, by_executor_in_context, by_anyio, by_hand_in_context]
ON_TRIO = [by_anyio, by_trio, by_hand_in_context]


def in_a_thread() -> int:
    assert backend() is None
    return Query().count()


@pytest.mark.parametrize("send", ON_ASYNCIO)
def test_sync_verbs_work_in_threads_of_asyncio(run_asyncio: Runner, send: Send) -> None:
    assert run_asyncio(lambda: send(in_a_thread)) == 57


@pytest.mark.parametrize("send", ON_ASYNCIO)
def test_sync_verbs_work_in_threads_of_asyncio_by_anyio(send: Send) -> None:
    assert on_anyio_asyncio(lambda: send(in_a_thread)) == 57


@pytest.mark.parametrize("send", ON_TRIO)
@pytest.mark.parametrize("run", [trio.run, on_anyio_trio], ids=["trio", "anyio"])
def test_sync_verbs_work_in_threads_of_trio(run: Runner, send: Send) -> None:
    assert run(lambda: send(in_a_thread)) == 57


@pytest.mark.parametrize("run", [on_anyio_asyncio, on_anyio_trio])
def test_a_loop_in_such_a_thread_is_the_one_that_counts(run: Runner) -> None:
    async def count(expected: str) -> int:
        assert backend() == expected
        return await Query().async_count()

    async def main() -> None:
        assert await by_hand_in_context(lambda: asyncio.run(count("asyncio"))) == 57
        assert await by_hand_in_context(lambda: trio.run(count, "trio")) == 57

    run(main)


@pytest.mark.parametrize("run", [on_asyncio, on_anyio_asyncio])
def test_a_trio_that_is_the_guest_of_asyncio_is_told_from_its_host(run: Runner) -> None:
    async def guest() -> str | None:
        await trio.lowlevel.checkpoint()
        return backend()

    async def main() -> None:
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[Any] = loop.create_future()
        trio.lowlevel.start_guest_run(
            guest, run_sync_soon_threadsafe=loop.call_soon_threadsafe, done_callback=ended.set_result
        )
        assert backend() == "asyncio"
        assert (await ended).unwrap() == "trio"
        assert backend() == "asyncio"

    run(main)
