"""Deadlines: the same answers under every loop and under none, whatever is under way when they pass."""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Generator
from contextvars import copy_context
from dataclasses import dataclass
from time import monotonic
from typing import Any

import anyio
import pytest

from activerecord.errors import UsageError
from activerecord.runtime import Deadline, Wakeup, deadline, run_blocking, sleep
from tests.runtime.places import Place, Runner

pytestmark = pytest.mark.timeout(60)

LONG = 20.0
SOON = 0.05


class Late(Exception):
    """What the tests' own deadlines raise."""


class Broken(Exception):
    """What a driver's clean-up may raise."""


Log = list[str]
Work = Callable[[Place, Log], Coroutine[Any, Any, str]]


async def in_time(_: Place, log: Log) -> str:
    log.append("done")
    return "value"


async def fails_in_time(place: Place, _: Log) -> str:
    await place.nap(0.001)
    raise Broken


async def endless(place: Place, log: Log) -> str:
    try:
        await place.nap(LONG)
    finally:
        log.append("struck")
    return "never"


async def cleans_up(place: Place, log: Log) -> str:
    try:
        await place.nap(LONG)
    finally:
        await place.nap(SOON)
        await place.nap(SOON)
        log.append("cleaned")
    return "never"


async def breaks_in_clean_up(place: Place, _: Log) -> str:
    try:
        await place.nap(LONG)
    except BaseException:
        raise Broken from None
    return "never"


async def succeeds_all_the_same(place: Place, _: Log) -> str:
    try:
        await place.nap(LONG)
    except BaseException:
        await place.nap(SOON)
    return "value"


@dataclass(frozen=True)
class Case:
    """A call under a deadline that passes soon: what comes of it. `leaves` is "late" where the deadline does."""

    work: Work
    leaves: str
    log: tuple[str, ...] = ()
    orphans: tuple[str, ...] = ()
    cause: type[BaseException] | None = None


CASES = (
    Case(in_time, "value", log=("done",)),
    Case(fails_in_time, "broken"),
    Case(endless, "late", log=("struck",)),
    Case(cleans_up, "late", log=("cleaned",)),
    Case(breaks_in_clean_up, "late", cause=Broken),
    Case(succeeds_all_the_same, "late", orphans=("value",)),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.work.__name__)
def test_a_call_under_a_deadline(place: Place, case: Case) -> None:
    log: Log = []
    orphans: list[str] = []

    async def body() -> str:
        try:
            with Deadline(2 * SOON, Late):
                return await place.host().call(case.work(place, log), orphan=orphans.append)
        except Broken:
            return "broken"
        except Late as late:
            broken_off = late.__cause__
            assert broken_off is not None
            assert isinstance(broken_off.__cause__, case.cause or type(None))
            return "late"

    start = monotonic()
    assert place.run(body) == case.leaves
    assert monotonic() - start < 5
    assert (tuple(log), tuple(orphans)) == (case.log, case.orphans)


def test_the_clean_up_is_bounded_by_grace_and_terminate(place: Place) -> None:
    async def body() -> None:
        ended = Wakeup()

        async def work() -> None:
            try:
                await place.nap(LONG)
            finally:
                while not ended.is_set():
                    await place.nap(0.01)

        with pytest.raises(TimeoutError), deadline(SOON):
            await place.host().call(work(), grace=SOON, terminate=ended.set)
        assert ended.is_set()

    start = monotonic()
    place.run(body)
    assert monotonic() - start < 5


def test_finish_is_not_cut_and_the_deadline_is_told_after_it(place: Place) -> None:
    log: Log = []

    async def commit() -> None:
        await place.nap(4 * SOON)
        log.append("committed")

    async def body() -> None:
        with pytest.raises(TimeoutError), deadline(SOON):
            await place.host().finish(commit(), bound=5, terminate=lambda: log.append("terminated"))
            log.append("went on")

    place.run(body)
    assert log == ["committed"]


def test_what_comes_after_a_deadline_that_passed_is_refused(place: Place) -> None:
    log: Log = []

    async def body() -> None:
        with pytest.raises(TimeoutError), deadline(SOON):
            try:
                await place.host().call(endless(place, log))
            finally:
                await place.host().call(endless(place, log))
        assert await place.host().call(in_time(place, log)) == "value"

    start = monotonic()
    place.run(body)
    assert monotonic() - start < 5


@pytest.mark.parametrize(("outer", "inner", "first"), [(SOON, LONG, "outer"), (LONG, SOON, "inner")])
def test_of_nested_deadlines_the_earliest_counts(place: Place, outer: float, inner: float, first: str) -> None:
    async def body() -> None:
        outside, inside = Deadline(outer, lambda: Late("outer")), Deadline(inner, lambda: Late("inner"))
        with pytest.raises(Late, match=first), outside, inside:
            await place.host().call(endless(place, []))

    place.run(body)


def test_where_both_have_passed_the_outer_one_speaks(place: Place) -> None:
    async def body() -> None:
        outside, inside = Deadline(SOON, lambda: Late("outer")), Deadline(SOON / 2, lambda: Late("inner"))
        with pytest.raises(Late, match="outer"), outside, inside:
            time.sleep(2 * SOON)  # noqa: ASYNC251  # the program's own doing
            await sleep(0.001)
            await place.host().call(endless(place, []))

    place.run(body)


def test_one_is_entered_once(run_anywhere: Runner) -> None:
    async def body() -> None:
        with Deadline(LONG, Late) as once, pytest.raises(UsageError, match="once"), once:
            pytest.fail("it was entered again")

    run_anywhere(body)


def test_a_timeout_of_the_bodys_own_goes_through(run_anywhere: Runner) -> None:
    async def body() -> None:
        with pytest.raises(TimeoutError, match="of its own"), Deadline(LONG, Late):
            raise TimeoutError("of its own")

    run_anywhere(body)


def test_what_catches_exceptions_does_not_hide_it(place: Place) -> None:
    """As under a loop, where a cancellation is none."""

    async def body() -> None:
        with pytest.raises(Late), Deadline(SOON, Late):
            try:
                await place.host().call(endless(place, []))
            except Exception:
                pytest.fail("the program took it for an error")

    place.run(body)


def test_a_cancellation_of_the_task_stays_one(run_asyncio: Runner) -> None:
    async def body() -> None:
        for first in ("task", "deadline"):
            begun = asyncio.Event()
            cleaning = asyncio.Event()

            async def work() -> None:
                begun.set()  # noqa: B023
                try:
                    await asyncio.sleep(LONG)
                finally:
                    cleaning.set()  # noqa: B023
                    await asyncio.sleep(3 * SOON)

            async def bounded(seconds: float) -> None:
                with Deadline(seconds, Late):
                    await Place("", run_asyncio, asyncio_only=True).host().call(work())

            task = asyncio.create_task(bounded(SOON))
            await (begun if first == "task" else cleaning).wait()
            task.cancel()
            await asyncio.wait([task])
            assert task.cancelled(), first

    run_asyncio(body)


def test_a_cancellation_by_a_scope_stays_one(async_place: Place) -> None:
    place = async_place

    async def body() -> None:
        with anyio.move_on_after(SOON) as scope, Deadline(LONG, Late):
            await place.host().call(cleans_up(place, []))
        assert scope.cancelled_caught

    place.run(body)


def test_a_deadline_of_plain_code_is_of_its_thread() -> None:
    done: list[str] = []

    async def nap() -> None:
        await sleep(2 * SOON)
        done.append("slept")

    with deadline(SOON):
        thread = threading.Thread(target=copy_context().run, args=[lambda: run_blocking(nap, "nap")])
        thread.start()
        thread.join()
    assert done == ["slept"]


def test_a_stall_of_the_program_does_not_end_what_has_its_answer(place: Place) -> None:
    """The bound and the answer are both there when the loop comes to look."""
    if place.is_direct:
        pytest.skip("no loop goes on while the program does something else")
    terminated: list[bool] = []

    async def work() -> str:
        wakeup = Wakeup()
        threading.Timer(SOON, wakeup.set).start()
        await wakeup.wait()
        # what a driver's streams and tasks take to hand it on
        for _ in range(4):
            await place.nap(0)
        return "answer"

    async def stall() -> None:
        await sleep(0.001)
        time.sleep(4 * SOON)  # noqa: ASYNC251  # the program blocks its loop

    async def body() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(stall)
            host = place.host()
            assert await host.finish(work(), bound=2 * SOON, terminate=lambda: terminated.append(True)) == "answer"

    place.run(body)
    assert not terminated


def test_one_that_was_left_counts_no_more() -> None:
    """Out of order, as by a generator that is closed late, or in a context that was copied while it was in force."""

    def suspended() -> Generator[None]:
        with deadline(0.02):
            yield

    async def pause() -> None:
        await sleep(0.05)

    generator = suspended()
    next(generator)
    copied = copy_context()
    with deadline(5):
        generator.close()
        run_blocking(pause, "pause")
    run_blocking(pause, "pause")
    copied.run(run_blocking, pause, "pause")
