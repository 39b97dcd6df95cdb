"""The contract: cancelled at any of its suspensions, a verb leaves nothing behind."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

from activerecord.driver import CopyingConnection
from activerecord.runtime import sleep
from activerecord.testing.contract.bench import Bench, Link
from activerecord.testing.contract.check import Checks
from activerecord.testing.leaks import Footprint
from activerecord.testing.sweep import Outcome, Report, sweep

__all__ = ["SWEEPING"]

SWEEPING = Checks()

INSERT = "INSERT INTO contract_rows (name) VALUES (?)"


def _require(bench: Bench, report: Report) -> None:
    assert not report.violations, "\n".join(map(str, report.violations))
    assert not report.outcomes["raised"], "cancelled, a verb raised something else"
    if bench.runner.name == "sync":
        assert report.points == 0, "plain sync code suspended"
    else:
        assert report.points > 0, "the verb never suspended, so it cannot be cancelled"


@SWEEPING.add()
async def connect(bench: Bench) -> None:
    before = await _footprint(bench)

    async def judge(outcome: Outcome) -> str | None:
        if outcome.kind == "returned":
            await outcome.value.answers()
            await outcome.value.close()
        return await _left_behind(before)

    _require(bench, await sweep(bench.connect, judge))


async def _footprint(bench: Bench) -> Footprint:
    """What the process holds with no connection open. The loop has by then what it gets for its first."""
    await (await bench.connect()).close()
    await sleep(0.05)
    return Footprint.now()


async def _left_behind(before: Footprint) -> str | None:
    """What there is that was not there before. A loop closes a socket that was terminated at its next turn."""
    await sleep(0.01)
    return "; ".join(before.leaked()) or None


async def _sweep(
    bench: Bench, operation: Callable[[Link], Awaitable[Any]], expected: Callable[[Outcome, int], bool]
) -> None:
    """Sweep one verb. `expected` says whether so many rows may be there after such an outcome."""
    links: list[Link] = []

    async def run() -> Any:
        return await operation(links[-1])

    async def judge(outcome: Outcome) -> str | None:
        link = links.pop()
        usable = link.connection.usable()
        await link.sound()
        rows = await link.count() if usable else 0
        await link.close()
        links.append(await _prepared(bench))
        return None if not usable or expected(outcome, rows) else f"{rows} rows are there"

    links.append(await _prepared(bench))
    _require(bench, await sweep(run, judge))
    await links.pop().close()


async def _prepared(bench: Bench) -> Link:
    """A new connection to the table of the contract, with one row in it."""
    link = await bench.connect()
    # The table stays from one try to the next: some engines take ten times as long to make one as to empty it.
    await link.execute("CREATE TABLE IF NOT EXISTS contract_rows (name VARCHAR(200))")
    await link.execute("DELETE FROM contract_rows")
    await link.execute(INSERT, "a")
    return link


@SWEEPING.add()
async def fetch(bench: Bench) -> None:
    await _sweep(bench, lambda link: link.fetch("SELECT name FROM contract_rows"), lambda _, rows: rows == 1)


@SWEEPING.add()
async def execute(bench: Bench) -> None:
    def expected(outcome: Outcome, rows: int) -> bool:
        return rows == 2 if outcome.kind == "returned" else rows in {1, 2}

    await _sweep(bench, lambda link: link.execute(INSERT, "b"), expected)


@SWEEPING.add()
async def execute_in_a_transaction(bench: Bench) -> None:
    async def operation(link: Link) -> None:
        await link.begin()
        await link.execute(INSERT, "b")
        await link.fetch("SELECT name FROM contract_rows")

    # Whatever the outcome, the judge's connection rolls back.
    await _sweep(bench, operation, lambda _, rows: rows == 1)


@SWEEPING.add()
async def execute_many_in_a_transaction(bench: Bench) -> None:
    async def operation(link: Link) -> None:
        await link.begin()
        await link.execute_many(INSERT, ((f"row {i}",) for i in range(50)))

    await _sweep(bench, operation, lambda _, rows: rows == 1)


@SWEEPING.add(lambda bench: bench.driver.copies_rows)
async def copy_rows_in_a_transaction(bench: Bench) -> None:
    async def operation(link: Link) -> None:
        await link.begin()
        connection = cast(CopyingConnection, link.connection)
        await link.call(connection.copy_rows("contract_rows", None, ("name",), [(f"row {i}",) for i in range(50)]))

    await _sweep(bench, operation, lambda _, rows: rows == 1)


@SWEEPING.add()
async def commit(bench: Bench) -> None:
    async def operation(link: Link) -> None:
        await link.begin()
        await link.execute(INSERT, "b")
        await link.end("COMMIT")

    await _sweep(bench, operation, lambda outcome, rows: rows == 2 if outcome.kind == "returned" else rows in {1, 2})


@SWEEPING.add()
async def close(bench: Bench) -> None:
    before = await _footprint(bench)

    async def opened_and_closed() -> None:
        await (await bench.connect()).close()

    async def judge(_: Outcome) -> str | None:
        return await _left_behind(before)

    report = await sweep(opened_and_closed, judge)
    _require(bench, report)
