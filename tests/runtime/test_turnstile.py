"""The mutex between tasks, loops and threads."""

import asyncio
import random
import threading
import time
from collections.abc import Callable
from typing import Any

import anyio
import pytest
import trio

from activerecord.runtime import Turnstile, host, run_blocking, sleep
from tests.runtime.places import Runner, struck_by_scope, struck_natively

pytestmark = pytest.mark.timeout(60)


def test_enter_and_leave(run_anywhere: Runner) -> None:
    async def main() -> None:
        turnstile, me = Turnstile(), object()
        assert turnstile.holder is None
        assert turnstile.try_enter(me)
        assert turnstile.holder is me
        assert not turnstile.try_enter(object())
        turnstile.leave()
        await turnstile.enter(me)
        assert turnstile.waiting == 0
        turnstile.leave()
        assert turnstile.holder is None

    run_anywhere(main)


def test_tasks_are_served_in_order(run: Runner) -> None:
    order: list[int] = []

    async def one(turnstile: Turnstile, number: int) -> None:
        await turnstile.enter(number)
        order.append(number)
        await sleep(0.0005)
        assert turnstile.holder == number
        turnstile.leave()

    async def main() -> None:
        turnstile = Turnstile()
        await turnstile.enter("main")
        async with anyio.create_task_group() as group:
            for number in range(50):
                group.start_soon(one, turnstile, number)
                while turnstile.waiting <= number:
                    await sleep(0)
            turnstile.leave()
        assert turnstile.holder is None

    run(main)
    assert order == list(range(50))


def test_tasks_loops_and_threads_are_served_in_order() -> None:
    """They queue up in turn, from five threads, and get in as they came."""
    turnstile, order = Turnstile(), list[int]()
    assert turnstile.try_enter("test")

    def runner(number: int) -> Callable[[], Any]:
        async def one() -> None:
            await turnstile.enter(number, timeout=30)
            order.append(number)
            await sleep(0.001)
            turnstile.leave()

        choices: list[Callable[[], Any]] = [
            lambda: asyncio.run(one()),
            lambda: trio.run(one),
            lambda: run_blocking(one, "one"),
        ]
        return choices[number % 3]

    threads: list[threading.Thread] = []
    for number in range(15):
        thread = threading.Thread(target=runner(number))
        thread.start()
        threads.append(thread)
        while turnstile.waiting <= number:
            pass
    turnstile.leave()
    for thread in threads:
        thread.join(20)
    assert order == list(range(15))


def test_nobody_is_inside_with_another() -> None:
    turnstile, inside, count = Turnstile(), list[object](), list[int]()

    async def visits() -> None:
        for _ in range(150):
            me = object()
            await turnstile.enter(me, timeout=30)
            inside.append(me)
            assert inside == [me]
            if random.random() < 0.1:
                await sleep(0)
            assert inside == [me]
            inside.remove(me)
            count.append(1)
            turnstile.leave()

    async def many() -> None:
        async with anyio.create_task_group() as group:
            for _ in range(3):
                group.start_soon(visits)

    errors: list[BaseException] = []

    def guarded(run: Callable[[], Any]) -> None:
        try:
            run()
        except BaseException as error:
            errors.append(error)

    runs: list[Callable[[], Any]] = [
        lambda: asyncio.run(many()),
        lambda: trio.run(many),
        lambda: run_blocking(visits, "visits"),
        lambda: run_blocking(visits, "visits"),
    ]
    threads = [threading.Thread(target=guarded, args=[run]) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(50)
    assert not errors
    assert len(count) == 150 * 8
    assert turnstile.holder is None
    assert turnstile.waiting == 0


def test_a_cancelled_waiter_gives_its_place_up(run: Runner) -> None:
    async def main() -> None:
        turnstile = Turnstile()
        await turnstile.enter("main")
        assert await struck_by_scope(lambda: turnstile.enter("other"))
        assert turnstile.waiting == 0
        turnstile.leave()
        assert turnstile.holder is None

    run(main)


def test_a_waiter_that_is_cancelled_while_its_turn_comes_passes_it_on(run: Runner) -> None:
    async def main() -> None:
        for first in ("leave", "cancel"):
            turnstile = Turnstile()
            await turnstile.enter("main")
            served: list[str] = []
            async with anyio.create_task_group() as group:
                scope = anyio.CancelScope()

                async def cancelled(scope: anyio.CancelScope = scope, turnstile: Turnstile = turnstile) -> None:
                    with scope:
                        await turnstile.enter("cancelled")
                        turnstile.leave()

                async def patient(turnstile: Turnstile = turnstile, served: list[str] = served) -> None:
                    await turnstile.enter("patient", timeout=5)
                    served.append("patient")
                    turnstile.leave()

                group.start_soon(cancelled)
                while turnstile.waiting < 1:
                    await sleep(0)
                group.start_soon(patient)
                while turnstile.waiting < 2:
                    await sleep(0)
                if first == "leave":
                    turnstile.leave()
                    scope.cancel()
                else:
                    scope.cancel()
                    turnstile.leave()
            assert served == ["patient"]
            assert turnstile.holder is None

    run(main)


def test_a_native_cancellation_while_the_turn_comes(run_asyncio: Runner) -> None:
    async def main() -> None:
        turnstile = Turnstile()
        await turnstile.enter("main")
        task = asyncio.ensure_future(turnstile.enter("other"))
        await asyncio.sleep(0.01)
        turnstile.leave()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert turnstile.holder is None
        await turnstile.enter("main")
        assert await struck_natively(lambda: turnstile.enter("other"))
        assert turnstile.waiting == 0

    run_asyncio(main)


def test_random_cancellations_from_another_thread_lose_nothing(run: Runner) -> None:
    chance = random.Random(57)
    turnstile = Turnstile()

    def other() -> None:
        async def visit() -> None:
            try:
                await turnstile.enter("other", timeout=chance.choice([0, 0.0005, 0.01]))
            except TimeoutError:
                return
            turnstile.leave()

        for _ in range(300):
            run_blocking(visit, "visit")

    async def visit() -> None:
        with anyio.move_on_after(chance.choice([0, 0.0002, 0.001, 0.01])):
            await turnstile.enter("task")
            try:
                await sleep(chance.choice([0, 0.0002]))
            finally:
                turnstile.leave()

    async def main() -> None:
        for _ in range(10):
            async with anyio.create_task_group() as group:
                for _ in range(30):
                    group.start_soon(visit)

    thread = threading.Thread(target=other)
    thread.start()
    run(main)
    thread.join()
    assert turnstile.holder is None
    assert turnstile.waiting == 0
    assert turnstile.try_enter("end")


def test_the_time_runs_out(run: Runner) -> None:
    async def main() -> None:
        turnstile = Turnstile()
        await turnstile.enter("main")
        with pytest.raises(TimeoutError):
            await turnstile.enter("other", timeout=0.01)
        assert turnstile.waiting == 0
        assert turnstile.holder == "main"

    run(main)


def test_a_thread_does_not_wait_for_itself() -> None:
    turnstile = Turnstile()
    run_blocking(lambda: turnstile.enter("mine"), "enter")
    with pytest.raises(TimeoutError, match="this thread itself"):
        run_blocking(lambda: turnstile.enter("mine too"), "enter")
    turnstile.leave()
    assert turnstile.try_enter("again")
    with pytest.raises(TimeoutError, match="this thread itself"):
        run_blocking(lambda: turnstile.enter("mine too", timeout=60), "enter")


def test_a_thread_waits_for_another() -> None:
    turnstile = Turnstile()
    thread = threading.Thread(target=lambda: turnstile.try_enter("other"))
    thread.start()
    thread.join()
    with pytest.raises(TimeoutError, match=r"within 0\.02 s"):
        run_blocking(lambda: turnstile.enter("mine", timeout=0.02), "enter")
    timer = threading.Timer(0.02, turnstile.leave)
    timer.start()
    run_blocking(lambda: turnstile.enter("mine", timeout=5), "enter")
    assert turnstile.holder == "mine"
    timer.join()


def test_inside_a_drivers_call(run: Runner) -> None:
    async def main() -> None:
        turnstile = Turnstile()
        call = host(asyncio_only=False).call
        await call(turnstile.enter("main"))
        assert await struck_by_scope(lambda: call(turnstile.enter("other")))
        assert turnstile.waiting == 0
        turnstile.leave()

    run(main)


# loops that are closed while somebody is inside


def entered_in_a_loop_that_is_closed(turnstile: Turnstile, holder: object) -> None:
    async def main() -> None:
        await turnstile.enter(holder)

    asyncio.run(main())


def test_the_turn_of_a_closed_loop_is_taken_once_its_work_is_ended(run_anywhere: Runner) -> None:
    ended: list[object] = []
    turnstile, lost, me = Turnstile(evict=ended.append), object(), object()
    entered_in_a_loop_that_is_closed(turnstile, lost)

    async def main() -> None:
        assert turnstile.holder is lost
        await turnstile.enter(me, timeout=1)
        assert (turnstile.holder, ended) == (me, [lost])
        # a finaliser of the lost one comes late
        turnstile.leave(lost)
        assert turnstile.holder is me
        assert not turnstile.try_enter(object())
        turnstile.leave(me)
        assert turnstile.holder is None

    run_anywhere(main)


def test_the_turn_of_a_closed_loop_is_kept_where_its_work_cannot_be_ended() -> None:
    turnstile = Turnstile()
    entered_in_a_loop_that_is_closed(turnstile, object())
    assert not turnstile.try_enter(object())


def test_who_waits_already_gets_the_turn_of_a_loop_that_is_closed_meanwhile() -> None:
    turnstile = Turnstile(evict=lambda _: None)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(turnstile.enter(object()))

    def close_soon() -> None:
        while not turnstile.waiting:
            time.sleep(0.001)
        loop.close()

    thread = threading.Thread(target=close_soon)
    thread.start()
    run_blocking(lambda: turnstile.enter(57, timeout=0.1), "test")
    thread.join()
    assert turnstile.holder == 57


def test_a_turn_is_not_given_to_a_loop_that_is_closed() -> None:
    turnstile = Turnstile()
    assert turnstile.try_enter(1)
    loop = asyncio.new_event_loop()
    work = turnstile.enter(2)
    waiter = loop.create_task(work)
    loop.run_until_complete(asyncio.sleep(0.01))
    assert turnstile.waiting == 1
    loop.close()
    turnstile.leave(1)
    assert turnstile.try_enter(3)
    work.close()
    assert not waiter.done()
    assert turnstile.holder == 3
