"""The published tools find what they are for: a tool that never fails shows nothing."""

import os
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from activerecord.config import Configuration
from activerecord.database import Observer
from activerecord.driver import Binds, Connection
from activerecord.errors import UsageError
from activerecord.runtime import Wakeup, sleep
from activerecord.testing import (
    RUNNERS,
    Footprint,
    Outcome,
    Report,
    Runner,
    assert_queries,
    count_queries,
    cut_short,
    sweep,
)
from activerecord.testing.contract import CHECKS, DriverContract
from activerecord_sqlite3.driver import SQLiteDriver
from activerecord_sqlite3.session import Session
from tests.contract.subjects import SUBJECTS

pytestmark = pytest.mark.timeout(30)

loops = pytest.mark.parametrize("runner", [r for r in RUNNERS.values() if r.name != "sync"], ids=lambda r: r.name)
runners = pytest.mark.parametrize("runner", RUNNERS.values(), ids=lambda r: r.name)


class Counter:
    """Something that is taken and given back."""

    def __init__(self) -> None:
        self.taken = 0

    async def careless(self) -> None:
        await sleep(0.0001)
        self.taken += 1
        await sleep(0.0001)
        self.taken -= 1

    async def careful(self) -> None:
        await sleep(0.0001)
        self.taken += 1
        try:
            await sleep(0.0001)
        finally:
            self.taken -= 1

    async def judge(self, _: Outcome) -> str | None:
        wrong, self.taken = self.taken, 0
        return f"{wrong} are out" if wrong else None


@loops
def test_a_sweep_tells_careless_from_careful(runner: Runner) -> None:
    counter = Counter()
    careful = runner.run(lambda: sweep(counter.careful, counter.judge))
    ways = 6 * len(runner.manners)
    assert careful.violations == [] and careful.points == 2 * ways
    assert careful.outcomes["cancelled"] and careful.outcomes["returned"] >= ways
    careless = runner.run(lambda: sweep(counter.careless, counter.judge))
    assert {violation.point for violation in careless.violations} >= {2}
    assert {(violation.manner, violation.mode) for violation in careless.violations} == {
        (manner, mode) for manner in runner.manners for mode in ("enter", "ready")
    }


@loops
def test_ready_is_the_moment_between_the_answer_and_its_taking(runner: Runner) -> None:
    given: list[bool] = []

    async def operation() -> None:
        wakeup = Wakeup()
        timer = threading.Timer(0.02, wakeup.set)
        timer.start()
        try:
            await wakeup.wait()
        finally:
            timer.join()
            given.append(wakeup.is_set())

    async def judge(_: Outcome) -> None:
        return None

    async def body() -> Report:
        return await sweep(operation, judge, modes=["ready"], again=[None])

    report = runner.run(body)
    assert report.points == len(runner.manners)
    assert all(given)


def test_a_sweep_without_a_loop_runs_once() -> None:
    counter = Counter()
    report = RUNNERS["sync"].run(lambda: sweep(counter.careless, counter.judge))
    assert (report.points, report.violations, report.outcomes["returned"]) == (0, [], 12)


@loops
def test_an_endless_operation_is_told(runner: Runner) -> None:
    async def operation() -> None:
        for _ in range(100):
            await sleep(0)

    async def judge(_: Outcome) -> None:
        return None

    with pytest.raises(RuntimeError, match="more than 5 times"):
        runner.run(lambda: sweep(operation, judge, limit=5))


@runners
def test_cut_short_says_whether_the_cancellation_came_out(runner: Runner) -> None:
    async def body() -> None:
        for manner in runner.manners:
            assert await cut_short(lambda: sleep(10), manner, after=0.02)
            assert not await cut_short(lambda: sleep(0), manner, after=0.2)
            with pytest.raises(ZeroDivisionError):
                await cut_short(_divide, manner, after=0.2)

    runner.run(body)


async def _divide() -> float:
    return 1 / 0


def test_a_footprint_tells_what_is_left() -> None:
    before = Footprint.now()
    assert before.leaked(within=0) == []
    end = threading.Event()
    thread = threading.Thread(target=end.wait, name="left behind")
    thread.start()
    reading, writing = os.pipe()
    assert sorted(before.leaked(within=0.05)) == ["descriptor pipe", "descriptor pipe", "thread left behind"]
    end.set()
    thread.join()
    os.close(reading)
    os.close(writing)
    assert before.leaked() == []


class Source:
    """Stands for a database."""

    def __init__(self) -> None:
        self.observers: list[Observer] = []

    def send(self, sql: str) -> None:
        for observer in self.observers:
            observer(sql)


def test_statements_are_counted_and_listed() -> None:
    source = Source()
    source.send("before")
    with count_queries(source) as outer:
        source.send("SELECT 1")
        with assert_queries(1, source) as inner:
            source.send("SELECT 2")
        with pytest.raises(AssertionError, match="expected 1 statements, 2 were sent:\n   1 A\n   2 B"):
            _send_two(source)
    source.send("after")
    assert (list(outer), list(inner)) == (["SELECT 1", "SELECT 2", "A", "B"], ["SELECT 2"])
    assert source.observers == []
    with pytest.raises(ZeroDivisionError), assert_queries(5, source):
        _ = 1 / 0


def test_counting_the_statements_of_no_database_is_refused() -> None:
    with pytest.raises(UsageError, match="whose statements"), assert_queries(0):
        pass


def _send_two(source: Source) -> None:
    with assert_queries(1, source):
        source.send("A")
        source.send("B")


class Liar(Session):
    """Says what it believes instead of asking."""

    _begun = False

    async def execute(self, sql: str, binds: Binds) -> Any:
        self._begun = sql.startswith("BEGIN") or (self._begun and sql not in {"COMMIT", "ROLLBACK"})
        return await super().execute(sql, binds)

    def in_transaction(self) -> bool:
        return self._begun


class Optimist(Session):
    """Is always of use."""

    def usable(self) -> bool:
        return True


def failing(session: type[Session]) -> set[str]:
    """The demands that a driver with such connections does not meet on asyncio."""

    async def opening(configuration: Configuration) -> Connection:
        return await session.open(configuration)

    driver = SQLiteDriver("broken", asyncio_only=False, reads_inline=False, opening=opening)
    subject = replace(next(subject for subject in SUBJECTS if subject.name == "sqlite3-memory"), driver=driver)
    names = {
        "a_query_is_stopped",
        "a_write_is_stopped_and_leaves_nothing",
        "a_write_stopped_in_a_transaction_does_not_split_it",
        "a_connection_may_be_closed_twice",
        "values_come_back_as_they_went_in",
    }
    assert names <= {check.name for _, check in CHECKS}
    demands = [d for d in DriverContract.of(subject, [RUNNERS["asyncio"]]) if d.check.name in names]
    return {demand.check.name for demand in demands if not _met(demand.run)}


def _met(run: Callable[[], object]) -> bool:
    try:
        run()
    except Exception:
        return False
    return True


def test_the_contract_finds_broken_drivers() -> None:
    assert failing(Session) == set()
    assert failing(Liar) == {"a_write_stopped_in_a_transaction_does_not_split_it"}
    assert failing(Optimist) == {"a_connection_may_be_closed_twice"}
