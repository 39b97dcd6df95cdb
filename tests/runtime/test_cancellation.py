"""What a cancellation does to a driver's work, by a scope and natively: in once, cleaned up in peace, then delivered."""

import asyncio
import os
import signal
import threading
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import nullcontext, suppress
from time import monotonic, process_time
from typing import Any

import anyio
import pytest

from activerecord.runtime import GRACE, Wakeup, sleep
from tests.runtime.places import (
    STRIKES,
    Place,
    Runner,
    on_asyncio,
    on_trio,
    struck_by_scope,
    struck_natively,
    struck_twice_over,
)

pytestmark = pytest.mark.timeout(30)

Strike = Callable[..., Awaitable[bool]]


def nothing() -> None:
    pass


@pytest.fixture(params=STRIKES)
def strike(request: pytest.FixtureRequest, async_place: Place) -> Strike:
    if request.param == "native" and not async_place.is_asyncio:
        pytest.skip("a native cancellation is asyncio's")
    chosen: Strike = STRIKES[request.param]
    return chosen


class Server:
    """A driver's work whose clean-up waits; it counts what went in."""

    def __init__(self, place: Place, cleanup: float = 0.05) -> None:
        self.place = place
        self.cleanup = cleanup
        self.log: list[str] = []

    async def work(self) -> str:
        try:
            await self.place.nap(20)
        except BaseException:
            self.log.append("struck")
            for _ in range(3):
                await self.place.nap(self.cleanup / 3)
            self.log.append("clean")
            raise
        return "not reached"


def test_clean_up_is_left_in_peace(async_place: Place, strike: Strike) -> None:
    server = Server(async_place)

    async def body() -> None:
        assert await strike(lambda: async_place.host().call(server.work()))
        assert server.log == ["struck", "clean"]

    async_place.run(body)


def test_a_value_that_arrives_all_the_same_is_an_orphan(async_place: Place, strike: Strike) -> None:
    orphans: list[str] = []

    async def work() -> str:
        try:
            await async_place.nap(20)
        except BaseException:
            await async_place.nap(0.03)
        return "connection"

    async def body() -> None:
        assert await strike(lambda: async_place.host().call(work(), orphan=orphans.append))
        assert orphans == ["connection"]

    async_place.run(body)


def test_an_orphan_that_fails_does_not_hide_the_cancellation(async_place: Place, strike: Strike) -> None:
    async def work() -> str:
        with suppress(BaseException):
            await async_place.nap(20)
        return "connection"

    def fail(_: str) -> None:
        raise ValueError("orphan")

    async def body() -> None:
        assert await strike(lambda: async_place.host().call(work(), orphan=fail))

    async_place.run(body)


def test_cancellation_wins_over_an_error_of_the_clean_up(async_place: Place, strike: Strike) -> None:
    caught: list[BaseException] = []

    async def work() -> None:
        try:
            await async_place.nap(20)
        finally:
            await async_place.nap(0.01)
            raise ValueError("clean-up")

    async def call() -> None:
        try:
            await async_place.host().call(work())
        except BaseException as error:
            caught.append(error)
            raise

    async def body() -> None:
        assert await strike(call)
        (error,) = caught
        assert isinstance(error, anyio.get_cancelled_exc_class())
        assert isinstance(error.__cause__, ValueError)

    async_place.run(body)


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
def test_an_interrupt_out_of_the_clean_up_goes_on(
    async_place: Place, strike: Strike, kind: type[BaseException]
) -> None:
    async def work() -> None:
        try:
            await async_place.nap(20)
        finally:
            await async_place.nap(0.01)
            raise kind

    async def call() -> None:
        with pytest.raises(kind):
            await async_place.host().call(work())

    async def body() -> None:
        await strike(call)

    async_place.run(body)


def test_grace_runs_out_and_terminate_ends_the_work(async_place: Place, strike: Strike) -> None:
    async def body() -> None:
        ended = Wakeup()

        async def work() -> None:
            try:
                await async_place.nap(20)
            finally:
                while not ended.is_set():
                    await async_place.nap(0.01)

        start = monotonic()
        assert await strike(lambda: async_place.host().call(work(), grace=0.1, terminate=ended.set))
        assert 0.1 < monotonic() - start < 2

    async_place.run(body)


def test_work_that_terminate_does_not_end_is_given_up(async_place: Place, strike: Strike) -> None:
    terminated: list[bool] = []

    async def work() -> None:
        try:
            await async_place.nap(20)
        finally:
            await async_place.nap(20)

    async def body() -> None:
        start = monotonic()
        call = async_place.host().call
        assert await strike(lambda: call(work(), grace=0.05, terminate=lambda: terminated.append(True)))
        assert monotonic() - start < 5
        assert terminated == [True]

    async_place.run(body)


def test_a_long_clean_up_does_not_spin(async_place: Place, strike: Strike) -> None:
    server = Server(async_place, cleanup=0.6)

    async def body() -> None:
        start = process_time()
        assert await strike(lambda: async_place.host().call(server.work()))
        assert process_time() - start < 0.3

    async_place.run(body)
    assert server.log == ["struck", "clean"]


def own_timeout(place: Place, seconds: float) -> Any:
    """A timeout as a driver of this kind would set it."""
    return asyncio.timeout(seconds) if place.asyncio_only or place.is_asyncio else anyio.fail_after(seconds)


async def expires(place: Place) -> str:
    timeout = own_timeout(place, 0.01)
    try:
        if isinstance(timeout, asyncio.Timeout):
            async with timeout:
                await place.nap(20)
        else:
            with timeout:
                await place.nap(20)
    except TimeoutError:
        return "expired"
    return "not reached"


def test_the_works_own_timeout_is_its_own_business(async_place: Place) -> None:
    async def work() -> list[str]:
        return [await expires(async_place) for _ in range(3)]

    async def body() -> None:
        assert await async_place.host().call(work()) == ["expired"] * 3
        assert await async_place.host().finish(work(), bound=5, terminate=nothing) == ["expired"] * 3

    async_place.run(body)


def test_a_timeout_of_the_works_own_that_is_an_error(async_place: Place) -> None:
    async def work() -> None:
        if await expires(async_place) == "expired":
            raise TimeoutError("the driver's")

    async def body() -> None:
        with pytest.raises(TimeoutError, match="the driver's"):
            await async_place.host().call(work())

    async_place.run(body)


def test_the_works_own_timeout_expires_in_its_clean_up(async_place: Place, strike: Strike) -> None:
    log: list[str] = []

    async def work() -> None:
        try:
            await async_place.nap(20)
        finally:
            log.append(await expires(async_place))
            log.append(await expires(async_place))

    async def body() -> None:
        start = monotonic()
        assert await strike(lambda: async_place.host().call(work()))
        assert log == ["expired", "expired"]
        assert monotonic() - start < GRACE / 2

    async_place.run(body)


def test_the_works_own_timeout_expires_while_it_cleans_up_after_a_cancellation(
    async_place: Place, strike: Strike
) -> None:
    """Set before the work has moved to a task of its own, it strikes the caller then: a scope would not know its own."""

    async def work() -> None:
        timeout = own_timeout(async_place, 0.3)
        async with timeout if isinstance(timeout, asyncio.Timeout) else nullcontext():
            try:
                await async_place.nap(20)
            finally:
                await async_place.nap(0.4)

    async def body() -> None:
        assert await strike(lambda: async_place.host().call(work()), 0.1)

    async_place.run(body)


def test_a_cancellation_after_the_works_own_timeout(async_place: Place, strike: Strike) -> None:
    """The work has moved to a task of its own by then, under asyncio; what strikes now is the first for it."""
    server = Server(async_place)

    async def work() -> str:
        await expires(async_place)
        return await server.work()

    async def body() -> None:
        start = monotonic()
        call = async_place.host().call
        assert await strike(lambda: call(work()), 0.3)
        assert server.log == ["struck", "clean"]
        assert monotonic() - start < GRACE / 2

    async_place.run(body)


def test_the_works_own_timeout_may_be_followed_by_more_than_grace(async_place: Place) -> None:
    async def work() -> str:
        await expires(async_place)
        await async_place.nap(0.3)
        return "slow"

    async def body() -> None:
        assert await async_place.host().call(work(), grace=0.05, terminate=pytest.fail) == "slow"

    async_place.run(body)


@pytest.mark.parametrize("times", [1, 2, 3])
def test_native_cancellations_during_the_clean_up(run_asyncio: Runner, times: int) -> None:
    place = Place("asyncio", run_asyncio, asyncio_only=True)
    server = Server(place, cleanup=0.2)

    async def body() -> None:
        assert await struck_natively(lambda: place.host().call(server.work()), times=times)
        assert server.log == ["struck", "clean"]

    run_asyncio(body)


def test_a_scope_and_a_native_cancellation(run_asyncio: Runner) -> None:
    place = Place("asyncio", run_asyncio, asyncio_only=True)
    server = Server(place, cleanup=0.2)

    async def body() -> None:
        assert await struck_twice_over(lambda: place.host().call(server.work()))
        assert server.log == ["struck", "clean"]

    run_asyncio(body)


def test_a_cancellation_before_the_call(async_place: Place) -> None:
    server = Server(async_place)
    log: list[str] = []

    async def note() -> None:
        await async_place.nap(0.01)
        await async_place.nap(0.01)
        log.append("finished")

    async def body() -> None:
        with anyio.CancelScope() as scope:
            scope.cancel()
            await async_place.host().call(server.work())
        assert scope.cancelled_caught
        assert server.log == ["struck", "clean"]
        with anyio.CancelScope() as scope:
            scope.cancel()
            await async_place.host().finish(note(), bound=5, terminate=nothing)
        assert scope.cancelled_caught
        assert log == ["finished"]

    async_place.run(body)


def test_a_task_that_cancels_itself_before_the_call(run_asyncio: Runner) -> None:
    place = Place("asyncio", run_asyncio, asyncio_only=True)
    orphans: list[str] = []

    async def work() -> str:
        try:
            await asyncio.sleep(20)
        except asyncio.CancelledError:
            await asyncio.sleep(0.01)
        return "value"

    async def call() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await place.host().call(work(), orphan=orphans.append)

    async def body() -> None:
        with pytest.raises(asyncio.CancelledError):
            await asyncio.ensure_future(call())
        assert orphans == ["value"]

    run_asyncio(body)


def test_finish_is_never_cancelled(async_place: Place, strike: Strike) -> None:
    log: list[str] = []

    async def work() -> None:
        for _ in range(5):
            await async_place.nap(0.02)
        log.append("committed")

    async def call() -> None:
        try:
            await async_place.host().finish(work(), bound=5, terminate=nothing)
        finally:
            log.append("left")

    async def body() -> None:
        assert await strike(call)
        assert log == ["committed", "left"]

    async_place.run(body)


def test_finish_delivers_the_cancellation_from_the_works_error(async_place: Place, strike: Strike) -> None:
    caught: list[BaseException] = []

    async def work() -> None:
        await async_place.nap(0.06)
        raise ValueError("commit")

    async def call() -> None:
        try:
            await async_place.host().finish(work(), bound=5, terminate=nothing)
        except BaseException as error:
            caught.append(error)
            raise

    async def body() -> None:
        assert await strike(call)
        assert isinstance(caught[0].__cause__, ValueError)

    async_place.run(body)


@pytest.mark.parametrize("times", [2, 3])
def test_finish_outlasts_many_cancellations(run_asyncio: Runner, times: int) -> None:
    place = Place("asyncio", run_asyncio, asyncio_only=True)
    log: list[str] = []

    async def work() -> None:
        await asyncio.sleep(0.15)
        log.append("committed")

    async def body() -> None:
        finish = place.host().finish
        assert await struck_natively(lambda: finish(work(), bound=5, terminate=nothing), times=times)
        assert log == ["committed"]
        assert await struck_twice_over(lambda: finish(work(), bound=5, terminate=nothing))
        assert log == ["committed"] * 2

    run_asyncio(body)


def test_finish_in_a_cancelled_scope_does_not_spin(async_place: Place) -> None:
    async def work() -> None:
        await async_place.nap(0.6)

    async def body() -> None:
        start = process_time()
        assert await struck_by_scope(lambda: async_place.host().finish(work(), bound=5, terminate=nothing))
        assert process_time() - start < 0.3

    async_place.run(body)


def test_a_call_that_is_dropped_closes_its_work(async_place: Place) -> None:
    """Its coroutine is closed, as a loop does that ends without waiting."""
    log: list[str] = []

    async def work() -> None:
        try:
            await sleep(20)
        finally:
            log.append("closed")

    async def body() -> None:
        call = async_place.host().call(work())
        call.send(None)
        call.close()
        assert log == ["closed"]

    if async_place.is_asyncio:
        async_place.run(body)


@pytest.mark.parametrize("verb", ["call", "finish"])
def test_a_caller_that_is_dropped_while_it_waits_for_the_clean_up(verb: str) -> None:
    """By a program that stops its loop and never runs it again."""
    place = Place("asyncio", on_asyncio, asyncio_only=True)
    server = Server(place, cleanup=0.2)
    loop = asyncio.new_event_loop()

    async def body() -> Coroutine[Any, Any, Any]:
        call, finish = place.host().call, place.host().finish
        coroutine = call(server.work()) if verb == "call" else finish(server.work(), bound=20, terminate=nothing)
        task = asyncio.ensure_future(coroutine)
        await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.sleep(0.01)
        return coroutine

    loop.run_until_complete(body()).close()
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    loop.run_until_complete(asyncio.wait(tasks))
    assert all(task.cancelled() or task.exception() or task.done() for task in tasks)
    loop.close()


def test_the_callers_other_scopes_still_work_afterwards(async_place: Place) -> None:
    server = Server(async_place)

    async def body() -> None:
        for _ in range(3):
            assert await struck_by_scope(lambda: async_place.host().call(server.work()), after=0.005)
            with anyio.fail_after(5):
                await sleep(0.001)
            with pytest.raises(TimeoutError), anyio.fail_after(0.01):
                await sleep(5)

    async_place.run(body)


@pytest.mark.parametrize("verb", ["call", "finish"])
@pytest.mark.parametrize("head_start", [0, 1, 2])
def test_the_program_ends_while_others_are_at_work(run_asyncio: Runner, verb: str, head_start: int) -> None:
    """`asyncio.run` cancels every task, the one of the work included, perhaps before its first step."""
    place = Place("asyncio", run_asyncio, asyncio_only=True)
    server = Server(place, cleanup=0.01)
    tasks: list[asyncio.Task[Any]] = []

    async def body() -> None:
        host = place.host()
        for _ in range(3):
            work = server.work()
            verbs = {"call": host.call(work), "finish": host.finish(work, bound=5, terminate=nothing)}
            tasks.append(asyncio.ensure_future(verbs.pop(verb)))
            verbs.popitem()[1].close()
        for _ in range(head_start):
            await asyncio.sleep(0)

    start = monotonic()
    run_asyncio(body)
    assert monotonic() - start < 3
    assert all(task.cancelled() for task in tasks)
    assert server.log.count("struck") == server.log.count("clean")


def test_ctrl_c_during_finish_is_raised_after_it() -> None:
    """Under trio, by a driver that waits in the main task itself."""
    place = Place("trio", on_trio, asyncio_only=False)
    log: list[str] = []

    async def body() -> None:
        wakeup = Wakeup()

        async def work() -> None:
            threading.Timer(0.1, os.kill, [os.getpid(), signal.SIGINT]).start()
            threading.Timer(0.4, wakeup.set).start()
            await wakeup.wait()
            log.append("committed")

        await place.host().finish(work(), bound=5, terminate=nothing)

    with pytest.raises(KeyboardInterrupt):
        place.run(body)
    assert log == ["committed"]
