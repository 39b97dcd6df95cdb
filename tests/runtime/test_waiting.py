"""sleep, checkpoint, deadline, parallel, Limiter."""

from contextvars import ContextVar
from functools import partial
from time import monotonic

import anyio
import pytest

from activerecord.runtime import Limiter, backend, checkpoint, deadline, parallel, run_identity, sleep
from tests.runtime.places import Place, Runner, struck_by_scope

pytestmark = pytest.mark.timeout(30)


def test_backend(run: Runner) -> None:
    async def main() -> None:
        assert backend() in ("asyncio", "trio")

    assert backend() is None
    run(main)
    assert backend() is None


def test_run_identity(run_anywhere: Runner) -> None:
    async def main() -> None:
        assert run_identity() == run_identity()
        seen.add(run_identity())

    seen = set[object]()
    run_anywhere(main)
    assert len(seen) == 1
    run_anywhere(main)
    assert len(seen) == (1 if run_identity() in seen else 2)


def test_sleep_and_checkpoint(run_anywhere: Runner) -> None:
    async def main() -> None:
        start = monotonic()
        await sleep(0.02)
        await checkpoint()
        assert 0.019 < monotonic() - start < 2

    run_anywhere(main)


def test_a_checkpoint_lets_others_run_and_a_cancellation_in(run: Runner) -> None:
    async def main() -> None:
        with anyio.CancelScope() as scope:
            scope.cancel()
            await checkpoint()
        assert scope.cancelled_caught

    run(main)


def test_deadline(run_anywhere: Runner) -> None:
    async def main() -> None:
        with deadline(None), deadline(5):
            await sleep(0.001)
        start = monotonic()
        with pytest.raises(TimeoutError), deadline(5), deadline(0.02):
            await sleep(20)
        with pytest.raises(TimeoutError), deadline(0.02), deadline(5):
            await sleep(20)
        assert monotonic() - start < 2
        await sleep(0.03)

    run_anywhere(main)


def test_parallel_keeps_the_order(run_anywhere: Runner) -> None:
    async def job(number: int) -> int:
        await sleep(0.001 * (5 - number))
        return number

    async def main() -> None:
        for limit in (None, 1, 2, 10):
            assert await parallel([partial(job, number) for number in range(5)], limit=limit) == list(range(5))
        assert await parallel([]) == []
        assert await parallel([lambda: job(3)]) == [3]

    run_anywhere(main)


def test_parallel_is_limited(run: Runner) -> None:
    running: list[int] = []
    most = 0

    async def job() -> None:
        nonlocal most
        running.append(1)
        most = max(most, len(running))
        await sleep(0.002)
        running.pop()

    async def main() -> None:
        await parallel([job] * 10, limit=3)

    run(main)
    assert most == 3


def test_a_lone_failure_is_raised_itself(run_anywhere: Runner) -> None:
    ended: list[str] = []

    async def fails() -> None:
        await sleep(0.01)
        raise ValueError("alone")

    async def long() -> None:
        try:
            await sleep(20)
        finally:
            ended.append("cancelled")

    async def main() -> None:
        start = monotonic()
        with pytest.raises(ValueError, match="alone"):
            await parallel([fails, long, long])
        assert monotonic() - start < 5

    run_anywhere(main)
    assert ended in (["cancelled"] * 2, [])


def test_several_failures_come_as_a_group(run: Runner) -> None:
    async def fails() -> None:
        await sleep(0.01)
        raise ValueError("one")

    async def fails_in_clean_up() -> None:
        try:
            await sleep(20)
        finally:
            raise KeyError("two")

    async def main() -> None:
        with pytest.RaisesGroup(ValueError, KeyError):
            await parallel([fails, fails_in_clean_up])

    run(main)


def test_parallel_can_be_cancelled(run: Runner) -> None:
    async def long() -> None:
        await sleep(20)

    async def main() -> None:
        assert await struck_by_scope(lambda: parallel([long, long, long], limit=2))

    run(main)


variable: ContextVar[int] = ContextVar("variable", default=0)


def test_jobs_do_not_see_each_others_context(run: Runner) -> None:
    async def job() -> int:
        before = variable.get()
        variable.set(before + 1)
        await sleep(0.001)
        return before

    async def main() -> None:
        assert await parallel([job] * 4, limit=1) == [0] * 4

    run(main)


class Borrower:
    pass


def test_limiter(run_anywhere: Runner) -> None:
    async def main() -> None:
        limiter, first, second = Limiter(1), Borrower(), Borrower()
        assert (limiter.total, limiter.borrowed) == (1, 0)
        await limiter.acquire(first)
        assert limiter.borrowed == 1
        assert not limiter.try_acquire(second)
        with pytest.raises(TimeoutError):
            await limiter.acquire(second, timeout=0.01)
        limiter.release(first)
        assert limiter.try_acquire(second)
        limiter.release(second)
        assert limiter.borrowed == 0

    run_anywhere(main)


def test_a_limiter_hands_on(run: Runner) -> None:
    async def main() -> None:
        limiter, order = Limiter(2), list[int]()

        async def one(number: int) -> None:
            me = Borrower()
            await limiter.acquire(me, timeout=10)
            order.append(number)
            assert limiter.borrowed <= 2
            await sleep(0.001)
            limiter.release(me)

        async with anyio.create_task_group() as group:
            for number in range(20):
                group.start_soon(one, number)
        assert sorted(order) == list(range(20))
        assert limiter.borrowed == 0

    run(main)


def test_a_full_limiter_in_plain_code_is_an_error_at_once() -> None:
    limiter = Limiter(1)
    assert limiter.try_acquire(limiter)
    start = monotonic()
    with pytest.raises(TimeoutError, match="this thread itself"):
        Place("direct", run=lambda body: body().send(None), asyncio_only=False).run(
            lambda: limiter.acquire(Borrower(), timeout=30)
        )
    assert monotonic() - start < 1
