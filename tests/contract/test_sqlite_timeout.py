"""`statement_timeout` on SQLite: a statement is stopped in time, and the session tells the truth about its transaction."""

import time
from dataclasses import replace
from typing import Any

import pytest

from activerecord.config import Configuration
from activerecord.errors import ConfigurationError, StatementTimeout
from activerecord.testing import RUNNERS, Runner
from activerecord.testing.contract import SQLITE_WORDS, Bench, Link, Subject
from activerecord.testing.runners import cut_short
from tests.contract.places import configuration
from tests.contract.subjects import SQLITE_DRIVERS

pytestmark = pytest.mark.timeout(60)

LIMIT = 0.1
ROW = "INSERT INTO contract_rows (name) VALUES (?)"


@pytest.fixture(params=RUNNERS.values(), ids=lambda runner: runner.name)
def runner(request: pytest.FixtureRequest) -> Runner:
    found: Runner = request.param
    return found


@pytest.fixture(params=SQLITE_DRIVERS)
def bench(request: pytest.FixtureRequest, runner: Runner) -> Bench:
    return _bench(request.param, runner, LIMIT)


def _bench(driver: str, runner: Runner, limit: float | None) -> Bench:
    config = replace(configuration(":memory:"), statement_timeout=limit)
    return Bench(Subject(driver, SQLITE_DRIVERS[driver], lambda: config, SQLITE_WORDS, shared=True), runner)


async def _timed_out(link: Link, sql: str) -> None:
    begun = time.monotonic()
    with pytest.raises(StatementTimeout, match=r"statement_timeout of 0\.1 s") as caught:
        await link.execute(sql)
    assert LIMIT <= time.monotonic() - begun < LIMIT + 1
    assert (caught.value.sql, caught.value.code) == (link.text(sql), "SQLITE_INTERRUPT")


def test_a_query_is_stopped_and_the_next_has_its_own_time(bench: Bench) -> None:
    async def main() -> None:
        async with bench.link() as link:
            for _ in range(2):
                await _timed_out(link, SQLITE_WORDS.slow_query)
                await link.sound()
            with pytest.raises(StatementTimeout):
                await link.fetch(SQLITE_WORDS.slow_query)
            await link.sound()

    bench.runner.run(main)


def test_a_write_that_is_stopped_ends_its_transaction(bench: Bench) -> None:
    async def main() -> None:
        async with bench.link() as link:
            await link.begin()
            await link.execute(ROW, "before")
            await _timed_out(link, SQLITE_WORDS.slow_write)
            assert not link.connection.in_transaction()
            assert await link.count() == 0
            await link.sound()

    bench.runner.run(main)


def test_a_query_that_is_stopped_leaves_its_transaction(bench: Bench) -> None:
    async def main() -> None:
        async with bench.link() as link:
            await link.begin()
            await link.execute(ROW, "before")
            await _timed_out(link, SQLITE_WORDS.slow_query)
            assert link.connection.in_transaction()
            await link.end("COMMIT")
            assert await link.count() == 1

    bench.runner.run(main)


def test_each_row_of_many_has_its_own_time(bench: Bench) -> None:
    async def main() -> None:
        async with bench.link() as link:
            begun = time.monotonic()

            def rows() -> Any:
                while time.monotonic() < begun + 2 * LIMIT:
                    yield (f"row {time.monotonic_ns()}",)

            await link.execute_many(ROW, rows())
            assert await link.count() > 0

    bench.runner.run(main)


def test_a_cancellation_is_no_timeout(bench: Bench) -> None:
    async def main() -> None:
        for manner in bench.runner.manners:
            async with bench.link() as link:
                assert await cut_short(lambda: link.fetch(SQLITE_WORDS.slow_query), manner, after=LIMIT / 4)
                await link.sound()

    bench.runner.run(main)


@pytest.mark.parametrize("driver", SQLITE_DRIVERS)
def test_without_a_limit_nothing_is_stopped(driver: str) -> None:
    bench = _bench(driver, RUNNERS["sync"], None)

    async def main() -> None:
        async with bench.link() as link:
            begun = time.monotonic()
            await link.fetch(
                "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 2000000) SELECT max(i) FROM c"
            )
            assert time.monotonic() - begun > LIMIT

    bench.runner.run(main)


@pytest.mark.parametrize(
    ("given", "read"), [(0, None), ("0", None), ("0.0", None), ("1.5", 1.5), (2, 2.0), (None, None)]
)
def test_the_setting(given: Any, read: float | None) -> None:
    config = Configuration.read("test", {"driver": "sqlite", "statement_timeout": given})
    assert config.statement_timeout == read


@pytest.mark.parametrize("given", [-1, "soon", True, float("inf"), float("nan")])
def test_what_is_no_time(given: Any) -> None:
    with pytest.raises(ConfigurationError, match="'statement_timeout' takes seconds, zero or more"):
        Configuration.read("test", {"driver": "sqlite", "statement_timeout": given})
