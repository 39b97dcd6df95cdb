"""Waiting for another thread."""

import asyncio
import threading
from time import monotonic, process_time

import anyio
import pytest
import trio

from activerecord.runtime import Wakeup, deadline, host
from tests.runtime.places import (
    ASYNC_PLACES,
    Place,
    Runner,
    struck_by_scope,
    struck_natively,
    struck_twice_over,
)

pytestmark = pytest.mark.timeout(30)


def test_set_before_the_wait(run_anywhere: Runner) -> None:
    async def main() -> None:
        wakeup = Wakeup()
        assert not wakeup.is_set()
        wakeup.set()
        wakeup.set()
        assert wakeup.is_set()
        assert await wakeup.wait()
        assert await wakeup.wait(0)
        await wakeup.outlast(pytest.fail)

    run_anywhere(main)


def test_set_from_another_thread(run_anywhere: Runner) -> None:
    async def main() -> None:
        for delay in (0, 0, 0.001, 0.01):
            wakeup = Wakeup()
            timer = threading.Timer(delay, wakeup.set)
            timer.start()
            assert await wakeup.wait()
            assert await wakeup.wait(5)
            timer.join()

    run_anywhere(main)


def test_set_in_a_race(run_anywhere: Runner) -> None:
    async def main() -> None:
        waiting: list[Wakeup] = []
        handed, stop = threading.Semaphore(0), threading.Event()

        def setter() -> None:
            while handed.acquire() and not stop.is_set():
                waiting.pop().set()

        thread = threading.Thread(target=setter)
        thread.start()
        for _ in range(2000):
            wakeup = Wakeup()
            waiting.append(wakeup)
            handed.release()
            assert await wakeup.wait(5)
        stop.set()
        handed.release()
        thread.join()

    run_anywhere(main)


def test_set_many_times_from_many_threads(run_anywhere: Runner) -> None:
    async def main() -> None:
        wakeup = Wakeup()
        threads = [threading.Thread(target=wakeup.set) for _ in range(20)]
        for thread in threads:
            thread.start()
        assert await wakeup.wait(5)
        for thread in threads:
            thread.join()
        assert await wakeup.wait(5)

    run_anywhere(main)


def test_the_time_runs_out(run_anywhere: Runner) -> None:
    async def main() -> None:
        wakeup = Wakeup()
        start = monotonic()
        assert not await wakeup.wait(0.03)
        assert not await wakeup.wait(0)
        assert 0.02 < monotonic() - start < 2
        wakeup.set()
        assert await wakeup.wait(0)

    run_anywhere(main)


def test_set_after_the_loop_is_gone(run_anywhere: Runner) -> None:
    made: list[Wakeup] = []

    async def main() -> None:
        made.append(Wakeup())

    run_anywhere(main)
    made[0].set()
    made[0].set()
    assert made[0].is_set()
    thread = threading.Thread(target=made[0].set)
    thread.start()
    thread.join()


def test_set_in_the_guest_loop_for_a_trio_task() -> None:
    async def main() -> None:
        wakeup = Wakeup()

        async def work() -> None:
            await asyncio.sleep(0.005)
            wakeup.set()

        async with trio.open_nursery() as nursery:
            nursery.start_soon(host(asyncio_only=True).call, work())
            assert await wakeup.wait(5)

    trio.run(main)


def test_set_by_a_trio_task_for_the_guest_loop() -> None:
    async def main() -> None:
        made: list[Wakeup] = []

        async def work() -> bool:
            made.append(Wakeup())
            return await made[0].wait(5)

        async def setter() -> None:
            await trio.sleep(0.01)
            made[0].set()

        async with trio.open_nursery() as nursery:
            nursery.start_soon(setter)
            assert await host(asyncio_only=True).call(work())

    trio.run(main)


def test_several_tasks_wait(run: Runner) -> None:
    async def main() -> None:
        wakeup = Wakeup()
        results: list[bool] = []

        async def one() -> None:
            results.append(await wakeup.wait(5))

        async with anyio.create_task_group() as group:
            for _ in range(5):
                group.start_soon(one)
            await anyio.sleep(0.01)
            wakeup.set()
        assert results == [True] * 5

    run(main)


def test_a_wait_can_be_cancelled(run: Runner) -> None:
    async def main() -> None:
        wakeup = Wakeup()
        assert await struck_by_scope(wakeup.wait)
        wakeup.set()
        assert await wakeup.wait()

    run(main)


def test_a_deadline_breaks_a_wait_off(run_anywhere: Runner) -> None:
    async def main() -> None:
        wakeup = Wakeup()
        with pytest.raises(TimeoutError), deadline(0.02):
            await wakeup.wait()
        with deadline(5):
            assert not await wakeup.wait(0.01)

    run_anywhere(main)


class Job:
    """Ends some time after it was asked to."""

    def __init__(self, takes: float = 0.1) -> None:
        self.takes = takes
        self.asked = 0
        self.wakeup = Wakeup()

    def cancel(self) -> None:
        self.asked += 1
        threading.Timer(self.takes, self.wakeup.set).start()


def check(job: Job) -> None:
    assert job.asked == 1
    assert job.wakeup.is_set()


@pytest.mark.parametrize("inside", [False, True], ids=["by itself", "inside a call"])
@pytest.mark.parametrize("place", [place for place in ASYNC_PLACES if not place.asyncio_only], ids=str)
def test_outlast(place: Place, inside: bool) -> None:
    async def main() -> None:
        for strike in (struck_by_scope, *([struck_natively, struck_twice_over] if place.is_asyncio else [])):
            job = Job()

            async def body(job: Job = job) -> None:
                work = job.wakeup.outlast(job.cancel)
                await (place.host().call(work) if inside else work)

            start = process_time()
            assert await strike(body)
            check(job)
            assert process_time() - start < 0.08

    place.run(main)


@pytest.mark.parametrize("times", [2, 3])
@pytest.mark.parametrize("inside", [False, True], ids=["by itself", "inside a call"])
def test_outlast_many_cancellations(run_asyncio: Runner, inside: bool, times: int) -> None:
    async def main() -> None:
        job = Job()

        async def body() -> None:
            work = job.wakeup.outlast(job.cancel)
            await (host(asyncio_only=False).call(work) if inside else work)

        assert await struck_natively(body, times=times)
        check(job)

    run_asyncio(main)


def test_outlast_a_timeout(run_asyncio: Runner) -> None:
    async def main() -> None:
        job = Job()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await job.wakeup.outlast(job.cancel)
        check(job)

    run_asyncio(main)


def test_outlast_a_deadline(run_anywhere: Runner) -> None:
    async def main() -> None:
        job = Job()
        with pytest.raises(TimeoutError), deadline(0.02):
            await job.wakeup.outlast(job.cancel)
        check(job)

    run_anywhere(main)


def test_outlast_inside_finish_is_not_cancelled(run: Runner) -> None:
    async def main() -> None:
        job = Job()
        threading.Timer(0.1, job.wakeup.set).start()
        finish = host(asyncio_only=False).finish
        assert await struck_by_scope(lambda: finish(job.wakeup.outlast(job.cancel), bound=5, terminate=lambda: None))
        assert job.asked == 0
        assert job.wakeup.is_set()

    run(main)


def test_terminate_sets_what_outlast_waits_for(run: Runner) -> None:
    async def main() -> None:
        wakeup = Wakeup()
        call = host(asyncio_only=False).call
        start = monotonic()
        assert await struck_by_scope(lambda: call(wakeup.outlast(lambda: None), grace=0.05, terminate=wakeup.set))
        assert monotonic() - start < 2

    run(main)


def test_a_waiter_that_is_cancelled_while_it_is_woken_breaks_nothing_off() -> None:
    class Struck(asyncio.Future[None]):
        """As if a handler of signals cancelled it between two lines."""

        def set_result(self, result: None) -> None:
            self.cancel()
            super().set_result(result)

    async def main() -> None:
        loop, wakeup = asyncio.get_running_loop(), Wakeup()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(loop, "create_future", lambda: Struck(loop=loop))
            first = asyncio.create_task(wakeup.wait())
            await asyncio.sleep(0)
        second = asyncio.create_task(wakeup.wait())
        await asyncio.sleep(0)
        wakeup.set()
        assert await second
        with pytest.raises(asyncio.CancelledError):
            await first

    asyncio.run(main())


@pytest.mark.parametrize("error", [trio.RunFinishedError(), OSError(9, "Bad file descriptor"), RuntimeError("closed")])
def test_set_after_a_trio_that_crashed(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    async def main() -> Wakeup:
        return Wakeup()

    def broken(*_: object) -> None:
        raise error

    wakeup = trio.run(main)
    monkeypatch.setattr(trio.lowlevel.TrioToken, "run_sync_soon", broken)
    wakeup.set()
    assert wakeup.is_set()
