"""Every host gives the same answers: values, errors of every kind, and what becomes of work that does not end."""

import asyncio
import threading
from time import monotonic

import anyio
import pytest

from activerecord.errors import ConnectionLost
from activerecord.runtime import Wakeup
from tests.runtime.places import Place

pytestmark = pytest.mark.timeout(30)


class Exotic(BaseException):
    pass


ERRORS = [ValueError("x"), KeyError("x"), TimeoutError("x"), Exotic("x"), KeyboardInterrupt(), SystemExit(3)]


def nothing() -> None:
    pass


def test_a_value(place: Place) -> None:
    async def work() -> int:
        await place.nap(0.001)
        return 57

    async def body() -> None:
        assert await place.host().call(work()) == 57
        assert await place.host().finish(work(), bound=5, terminate=nothing) == 57

    place.run(body)


def test_a_value_without_waiting(place: Place) -> None:
    async def work() -> int:
        return 57

    async def body() -> None:
        assert [await place.host().call(work()) for _ in range(50)] == [57] * 50
        assert await place.host().finish(work(), bound=5, terminate=nothing) == 57

    place.run(body)


@pytest.mark.parametrize("wait", [True, False], ids=["after a wait", "at once"])
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_goes_to_its_caller(place: Place, error: BaseException, wait: bool) -> None:
    async def work() -> None:
        if wait:
            await place.nap(0.001)
        raise error

    async def fine() -> int:
        await place.nap(0.001)
        return 57

    async def body() -> None:
        with pytest.raises(type(error)) as caught:
            await place.host().call(work())
        assert caught.value is error
        assert await place.host().call(fine()) == 57
        with pytest.raises(type(error)) as caught:
            await place.host().finish(work(), bound=5, terminate=nothing)
        assert caught.value is error
        assert await place.host().call(fine()) == 57

    place.run(body)


@pytest.mark.parametrize("wait", [True, False], ids=["after a wait", "at once"])
def test_a_foreign_cancellation_is_a_lost_connection(place: Place, wait: bool) -> None:
    async def work() -> None:
        if wait:
            await place.nap(0.001)
        raise asyncio.CancelledError

    async def body() -> None:
        with pytest.raises(ConnectionLost, match="cancelled its own call"):
            await place.host().call(work())
        with pytest.raises(ConnectionLost, match="cancelled its own call"):
            await place.host().finish(work(), bound=5, terminate=nothing)

    place.run(body)


def test_a_future_that_the_driver_cancels_itself(place: Place) -> None:
    if not place.asyncio_only:
        pytest.skip("futures are asyncio's")

    async def work() -> str:
        future = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_later(0.001, future.cancel)
        try:
            await future
        except asyncio.CancelledError:
            await place.nap(0.001)
            return "handled"
        return "not reached"

    async def body() -> None:
        assert await place.host().call(work()) == "handled"

    place.run(body)


def test_finish_is_bounded_by_terminate(place: Place) -> None:
    async def body() -> None:
        wakeup = Wakeup()

        async def work() -> str:
            while not wakeup.is_set():
                await place.nap(0.01)
            return "terminated"

        assert await place.host().finish(work(), bound=0.05, terminate=wakeup.set) == "terminated"

    place.run(body)


def test_finish_gives_up_what_terminate_does_not_end(place: Place) -> None:
    if place.is_direct and not place.asyncio_only:
        pytest.skip("in plain sync code work in place cannot be left behind")
    calls: list[float] = []

    async def work() -> None:
        await place.nap(60)

    async def body() -> None:
        start = monotonic()
        with pytest.raises(ConnectionLost):
            await place.host().finish(work(), bound=0.05, terminate=lambda: calls.append(monotonic() - start))
        assert monotonic() - start < 5
        assert len(calls) == 1
        assert 0.04 < calls[0] < 1

    place.run(body)


def test_a_neutral_driver_waits_for_its_thread(place: Place) -> None:
    if place.asyncio_only:
        pytest.skip("of neutral drivers")

    async def work() -> list[str]:
        wakeup, log = Wakeup(), list[str]()

        def job() -> None:
            log.append("done")
            wakeup.set()

        thread = threading.Thread(target=job)
        thread.start()
        await wakeup.outlast(lambda: log.append("cancelled"))
        thread.join()
        return log

    async def body() -> None:
        for _ in range(20):
            assert await place.host().call(work()) == ["done"]
        assert await place.host().finish(work(), bound=5, terminate=nothing) == ["done"]

    place.run(body)


def test_calls_in_parallel(async_place: Place) -> None:
    place = async_place

    async def work(number: int) -> int:
        await place.nap(0.001 * (number % 7))
        return number

    async def body() -> None:
        results: dict[int, int] = {}

        async def one(number: int) -> None:
            results[number] = await place.host().call(work(number))

        async with anyio.create_task_group() as group:
            for number in range(200):
                group.start_soon(one, number)
        assert results == {number: number for number in range(200)}

    place.run(body)
