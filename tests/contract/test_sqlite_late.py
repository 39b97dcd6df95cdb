"""A cancellation that comes too late: the work was done, and the host is told of it."""

import pytest

from activerecord.runtime import host
from activerecord.testing import RUNNERS, Outcome, Report, Runner, sweep
from activerecord.testing.contract import Link
from tests.contract.places import bench_on
from tests.contract.subjects import SQLITE_DRIVERS

pytestmark = pytest.mark.timeout(60)

LOOPS = [runner for runner in RUNNERS.values() if runner.name != "sync"]


@pytest.mark.parametrize("driver", SQLITE_DRIVERS)
@pytest.mark.parametrize("runner", LOOPS, ids=lambda runner: runner.name)
def test_a_row_is_there_exactly_where_the_caller_or_the_host_was_told(driver: str, runner: Runner) -> None:
    bench = bench_on(driver, ":memory:", runner=runner.name)
    late: list[object] = []

    async def body() -> Report:
        async with bench.link() as link:

            async def insert() -> None:
                await _insert(link, late)

            async def judge(outcome: Outcome) -> str | None:
                told = outcome.kind == "returned" or bool(late)
                late.clear()
                rows = await link.count()
                await link.execute("DELETE FROM contract_rows")
                return None if told == bool(rows) else f"told: {told}, rows: {rows}"

            return await sweep(insert, judge)

    report = runner.run(body)
    assert report.points and not report.violations, report.violations


async def _insert(link: Link, late: list[object]) -> None:
    work = link.connection.execute("INSERT INTO contract_rows (name) VALUES ('a')", ())
    await host(asyncio_only=link.driver.asyncio_only).call(work, orphan=late.append)
