"""One value per loop, closed when the loop ends."""

import asyncio
import gc
import signal
import threading
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from time import monotonic
from typing import Any

import anyio
import pytest
import trio
import uvloop

from activerecord.runtime import LoopLocal, host, run_blocking, sleep
from tests.runtime.places import Runner

pytestmark = pytest.mark.timeout(60)


class Pool:
    def __init__(self) -> None:
        self.state = "open"


class Pools:
    """A LoopLocal of pools, and what became of them."""

    def __init__(self, *, bound: float = 5.0, takes: float = 0.005) -> None:
        self.made: list[Pool] = []
        self.takes = takes
        self.local = LoopLocal(self.make, self.close, self.terminate, bound=bound)

    def make(self) -> Pool:
        self.made.append(Pool())
        return self.made[-1]

    async def close(self, pool: Pool) -> None:
        await sleep(self.takes)
        await host(asyncio_only=True).call(asyncio.sleep(self.takes))
        pool.state = "closed"

    def terminate(self, pool: Pool) -> None:
        pool.state = "terminated"

    @property
    def states(self) -> list[str]:
        return [pool.state for pool in self.made]


RUNS: dict[str, Callable[[Callable[[], Any]], Any]] = {
    "asyncio.run": lambda body: asyncio.run(body()),
    "uvloop.run": lambda body: uvloop.run(body()),
    "trio.run": trio.run,
    "anyio.run": anyio.run,
    "anyio.run trio": lambda body: anyio.run(body, backend="trio"),
}


@pytest.fixture(params=RUNS.values(), ids=list(RUNS))
def run_loop(request: pytest.FixtureRequest) -> Callable[[Callable[[], Any]], Any]:
    runner: Callable[[Callable[[], Any]], Any] = request.param
    return runner


def test_made_once_and_closed_at_the_end(run_loop: Callable[[Callable[[], Any]], Any]) -> None:
    pools = Pools()

    async def main() -> None:
        assert pools.local.peek() is None
        pool = pools.local.get()
        assert pools.local.get() is pool
        assert pools.local.peek() is pool
        await sleep(0.001)
        assert pools.states[-1] == "open"

    run_loop(main)
    run_loop(main)
    assert pools.states == ["closed", "closed"]
    assert pools.local.peek() is None


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_closed_after_an_error(run_loop: Callable[[Callable[[], Any]], Any], error: type[BaseException]) -> None:
    pools = Pools()

    async def main() -> None:
        pools.local.get()
        raise error

    with pytest.raises(error):
        run_loop(main)
    assert pools.states == ["closed"]


def test_closed_after_ctrl_c(run_loop: Callable[[Callable[[], Any]], Any]) -> None:
    pools = Pools()

    async def main() -> None:
        pools.local.get()
        signal.raise_signal(signal.SIGINT)
        await sleep(20)

    with pytest.raises(KeyboardInterrupt):
        run_loop(main)
    assert pools.states == ["closed"]


def test_a_closing_that_hangs_is_bounded(run: Runner) -> None:
    pools = Pools(bound=0.1, takes=20)

    async def main() -> None:
        pools.local.get()

    start = monotonic()
    run(main)
    assert monotonic() - start < 5
    assert pools.states == ["terminated"]


def test_one_that_fails_does_not_keep_the_others_open(run: Runner) -> None:
    pools = Pools()

    async def fail(_: object) -> None:
        raise ValueError("closing")

    failing = LoopLocal(Pool, fail, lambda _: None)

    async def main() -> None:
        pools.local.get()
        failing.get()

    run(main)
    assert pools.states == ["closed"]


def test_values_are_closed_from_the_last_to_the_first(run: Runner) -> None:
    order: list[int] = []

    def numbered(number: int) -> LoopLocal[Pool]:
        async def close(_: Pool) -> None:
            await sleep(0.001)
            order.append(number)

        return LoopLocal(Pool, close, lambda _: None)

    locals_ = [numbered(number) for number in range(4)]

    async def main() -> None:
        for local in locals_:
            local.get()

    run(main)
    assert order == [3, 2, 1, 0]


def test_aclose_and_again(run_anywhere: Runner) -> None:
    pools = Pools()

    async def main() -> None:
        first = pools.local.get()
        await pools.local.aclose()
        assert first.state == "closed"
        assert pools.local.peek() is None
        await pools.local.aclose()
        assert pools.local.get() is not first
        await pools.local.aclose()

    run_anywhere(main)
    assert pools.states == ["closed", "closed"]


def test_several_loops_in_several_threads(run: Runner) -> None:
    pools = Pools()
    barrier = threading.Barrier(6)

    async def main() -> None:
        pool = pools.local.get()
        barrier.wait(10)
        for _ in range(5):
            assert pools.local.get() is pool
            await sleep(0.001)

    threads = [threading.Thread(target=run, args=[main]) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert pools.states == ["closed"] * 6


def test_a_loop_closed_without_finalising_is_swept_by_the_next_get(run: Runner) -> None:
    pools, others = Pools(), Pools()

    async def main() -> None:
        pools.local.get()

    for _ in range(3):
        loop = asyncio.new_event_loop()
        loop.run_until_complete(main())
        loop.close()
    assert pools.states == ["terminated", "terminated", "open"]

    async def next_get() -> None:
        others.local.get()

    run(next_get)
    assert pools.states == ["terminated"] * 3


def test_a_loop_that_is_used_while_it_winds_up(run: Runner) -> None:
    """The program's own finaliser comes after ours, or before it: it works, and nothing is left open for long."""
    pools = Pools()
    kept: list[AsyncGenerator[None, None]] = []

    async def own() -> AsyncGenerator[None, None]:
        try:
            yield
        finally:
            with anyio.CancelScope(shield=True):
                await sleep(0.05)
                pools.local.get()
                await host(asyncio_only=True).call(asyncio.sleep(0.001))

    async def main() -> None:
        pools.local.get()
        kept.append(own())
        await kept[0].__anext__()

    run(main)

    async def after() -> None:
        pools.local.get()

    run(after)
    assert "open" not in pools.states


def test_a_first_use_while_the_loop_winds_up(run: Runner) -> None:
    pools = Pools()
    kept: list[AsyncGenerator[None, None]] = []

    async def own() -> AsyncGenerator[None, None]:
        try:
            yield
        finally:
            with anyio.CancelScope(shield=True):
                pools.local.get()
                await host(asyncio_only=True).call(asyncio.sleep(0.001))

    async def main() -> None:
        kept.append(own())
        await kept[0].__anext__()

    run(main)
    assert len(pools.made) == 1

    async def after() -> None:
        pools.local.get()

    run(after)
    assert "open" not in pools.states


def test_fifty_runs_leave_nothing(run: Runner) -> None:
    pools = Pools(takes=0)

    async def main() -> None:
        pools.local.get()

    run(main)
    gc.collect()
    before, threads = len(list(Path("/proc/self/fd").iterdir())), threading.active_count()
    for _ in range(50):
        run(main)
    gc.collect()
    assert len(list(Path("/proc/self/fd").iterdir())) <= before
    assert threading.active_count() <= threads
    assert set(pools.states) == {"closed"}


def test_discard(run: Runner) -> None:
    pools = Pools()
    ready, done = threading.Barrier(3), threading.Barrier(3)

    async def elsewhere() -> None:
        pool = pools.local.get()
        ready.wait(10)
        for _ in range(400):
            await sleep(0.005)
            if pool.state == "terminated":
                break
        assert pool.state == "terminated"
        assert pools.local.peek() is None
        done.wait(10)

    threads = [
        threading.Thread(target=trio.run, args=[elsewhere]),
        threading.Thread(target=asyncio.run, args=[elsewhere()]),
    ]

    async def main() -> None:
        own = pools.local.get()
        for thread in threads:
            thread.start()
        ready.wait(10)
        assert pools.local.discard() is own
        assert pools.local.peek() is None
        assert own.state == "open"
        await pools.close(own)
        done.wait(10)
        assert pools.local.get() is not own

    run(main)
    for thread in threads:
        thread.join(10)
    assert sorted(pools.states) == ["closed", "closed", "terminated", "terminated"]


def test_in_the_guest_loop() -> None:
    """What a driver keeps for its asyncio loop is closed with the guest loop, before it is closed."""
    pools = Pools()

    async def work() -> None:
        pools.local.get()
        await asyncio.sleep(0.001)

    async def main() -> None:
        await host(asyncio_only=True).call(work())

    trio.run(main)
    assert pools.states == ["closed"]


def test_in_a_private_loop() -> None:
    pools = Pools()

    async def work() -> None:
        pools.local.get()
        await asyncio.sleep(0.001)

    async def main() -> None:
        await host(asyncio_only=True).call(work())

    thread = threading.Thread(target=run_blocking, args=[main, "main"])
    thread.start()
    thread.join()
    assert pools.states == ["closed"]
