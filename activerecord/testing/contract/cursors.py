"""The contract: queries whose rows are asked for as they are needed."""

import gc
import time
import tracemalloc
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from activerecord.driver import Row
from activerecord.errors import ActiveRecordError, ConnectionLost, DatabaseError, QueryError, UsageError
from activerecord.runtime import parallel, sleep
from activerecord.testing.contract.answers import BYTES, FLOATS, NUMBERS, TEXTS
from activerecord.testing.contract.bench import Bench, Link, Pull
from activerecord.testing.contract.check import Checks, raised
from activerecord.testing.runners import cut_short
from activerecord.testing.sweep import Outcome, sweep

__all__ = ["CURSORS"]

CURSORS = Checks()

INSERT = "INSERT INTO contract_rows (name, amount) VALUES (?, ?)"
ROWS = "SELECT name, amount FROM contract_rows ORDER BY name"

# Seconds that a cancellation, or a close, may take to have effect.
PATIENCE = 1.0

# Rows of the queries whose memory is looked at, rows of one batch, and the bytes that reading them may take: two batches
# of rows, which have some 130 bytes each, and what a driver reads ahead; all rows would take 13 MB.
MANY, BATCH, BYTES_AT_MOST = 100_000, 500, 3_000_000


def _interleaves(bench: Bench) -> bool:
    return bench.driver.cursors_interleave


async def _fill(link: Link, count: int) -> list[Row]:
    """Put so many rows into the table; what ROWS gives of them."""
    rows = [(f"row {number:06}", number) for number in range(count)]
    await link.begin()
    await link.execute_many(INSERT, rows)
    await link.end("COMMIT")
    return rows


@CURSORS.add()
async def a_cursor_gives_what_a_query_gives(bench: Bench) -> None:
    async with bench.link() as link:
        rows = await _fill(link, 10)
        for batch in 1, 3, 5, 10, 11, 1_000:
            pull = await link.open_cursor(ROWS)
            assert await pull.rest(batch) == rows
            assert await pull.fetch(batch) == [], "after the end there is no more"
            await pull.close()
        await link.sound()


@CURSORS.add()
async def values_come_by_a_cursor_as_they_come_by_a_query(bench: Bench) -> None:
    async with bench.link(table=False) as link:
        for name, values, kind in (
            ("contract_numbers", NUMBERS, bench.words.whole),
            ("contract_floats", FLOATS, "DOUBLE PRECISION"),
            ("contract_bytes", BYTES, bench.words.binary),
            ("contract_texts", TEXTS, bench.words.text),
        ):
            await link.execute(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, value {kind})")
            for key, value in enumerate((*values, None)):
                await link.execute(f"INSERT INTO {name} VALUES (?, ?)", key, value)
            pull = await link.open_cursor(f"SELECT value FROM {name} ORDER BY id")
            found = [value for (value,) in await pull.rest(2)]
            await pull.close()
            assert found == [*values, None]
            assert {type(value) for value in found} == {type(values[0]), type(None)}
            if link.connection.in_transaction():
                await link.end("COMMIT")


@CURSORS.add()
async def a_cursor_without_rows(bench: Bench) -> None:
    async with bench.link() as link:
        pull = await link.open_cursor(ROWS)
        assert await pull.fetch(5) == []
        assert await pull.fetch(5) == []
        await pull.close()
        await link.sound()


@CURSORS.add()
async def a_cursor_takes_binds(bench: Bench) -> None:
    async with bench.link() as link:
        await _fill(link, 5)
        pull = await link.open_cursor("SELECT name FROM contract_rows WHERE amount > ? AND name <> ?", 2, "row 000003")
        assert await pull.rest(5) == [("row 000004",)]
        await pull.close()
        await raised(QueryError, link.open_cursor("SELECT name FROM contract_rows WHERE amount > ?"))
        await link.sound()


@CURSORS.add()
async def what_cannot_be_run_opens_no_cursor(bench: Bench) -> None:
    async with bench.link() as link:
        await raised(DatabaseError, link.open_cursor("SELECT nothing FROM contract_nowhere"))
        await link.sound()


@CURSORS.add()
async def a_cursor_closed_early_leaves_the_session_free(bench: Bench) -> None:
    async with bench.link(table=False) as link:
        for taken in 0, 10:
            pull = await link.open_cursor(bench.words.numbers.format(count=MANY))
            if taken:
                assert len(await pull.fetch(taken)) == taken
            start = time.monotonic()
            await pull.close()
            await link.answers()
            assert time.monotonic() - start < PATIENCE
        await link.sound()


@CURSORS.add()
async def a_cursor_is_closed_once_and_for_all(bench: Bench) -> None:
    async with bench.link() as link:
        await _fill(link, 3)
        pull = await link.open_cursor(ROWS)
        await raised(UsageError, pull.fetch(0))
        await pull.fetch(1)
        await pull.close()
        await pull.close()
        await raised(UsageError, pull.fetch(1))
        await link.sound()


@CURSORS.add()
async def a_cursor_ends_with_its_session(bench: Bench) -> None:
    for gracefully in True, False:
        async with bench.link() as link:
            await _fill(link, 3)
            other = link if bench.shared else await bench.connect()
            pull = await other.open_cursor(ROWS)
            await pull.fetch(1)
            if gracefully:
                await other.close()
            else:
                other.connection.terminate()
            await raised(ConnectionLost, pull.fetch(1))
            await pull.close()
        if not bench.shared:
            async with bench.link(table=False) as link:
                # What was left open would be in the way.
                await link.execute("DROP TABLE contract_rows")


@CURSORS.add()
async def a_forgotten_cursor_is_in_nobodys_way(bench: Bench) -> None:
    async with bench.link() as link:
        await _fill(link, 3)
        pull: Pull | None = await link.open_cursor(ROWS)
        assert pull is not None
        await pull.fetch(1)
        pull = None
        gc.collect()
        await link.answers()
        await link.sound()
        await link.execute("DROP TABLE contract_rows")


@CURSORS.add(_interleaves)
async def other_statements_run_between(bench: Bench) -> None:
    async with bench.link() as link:
        rows = await _fill(link, 20)
        await link.begin()
        pull = await link.open_cursor(ROWS)
        found = await pull.fetch(5)
        await link.answers()
        await link.execute(INSERT, "another", 1)
        found += await pull.fetch(5)
        assert await link.count() == 21
        await link.execute("DELETE FROM contract_rows WHERE name = ?", "row 000019")
        found += await pull.rest(4)
        assert found == rows, "a cursor gives the rows as they were when it was opened"
        await pull.close()
        await link.end("COMMIT")
        assert await link.count() == 20


@CURSORS.add(_interleaves)
async def a_write_does_not_show_rows_twice(bench: Bench) -> None:
    async with bench.link() as link:
        rows = await _fill(link, 300)
        await link.execute("CREATE INDEX contract_amounts ON contract_rows (amount)")
        await link.begin()
        # By the index, each row would come again as often as it is raised.
        pull = await link.open_cursor("SELECT name, amount FROM contract_rows WHERE amount >= 0 ORDER BY amount")
        found: list[Row] = []
        while batch := await pull.fetch(50):
            found += batch
            await link.execute("UPDATE contract_rows SET amount = amount + 100000")
        assert found == rows
        await pull.close()
        await link.end("COMMIT")
        assert await link.value("SELECT min(amount) FROM contract_rows") >= 600_000


@CURSORS.add(_interleaves)
async def several_cursors_at_once(bench: Bench) -> None:
    async with bench.link() as link:
        rows = await _fill(link, 10)
        first, second = await link.open_cursor(ROWS), await link.open_cursor(f"{ROWS} DESC")
        found = [(await first.fetch(2), await second.fetch(2)) for _ in range(3)]
        assert [row for one, _ in found for row in one] == rows[:6]
        assert [row for _, other in found for row in other] == rows[:3:-1]
        await first.close()
        assert await second.rest(3) == rows[3::-1]
        await second.close()
        await link.sound()


@CURSORS.add(lambda bench: not bench.driver.cursors_interleave)
async def what_cannot_run_between_is_refused(bench: Bench) -> None:
    async with bench.link() as link:
        rows = await _fill(link, 10)
        pull = await link.open_cursor(ROWS)
        found = await pull.fetch(3)
        for refused in link.fetch("SELECT 1"), link.execute("SELECT 1"), link.open_cursor(ROWS):
            await raised(UsageError, refused)
        found += await pull.rest(3)
        assert found == rows, "a cursor is never cut short"
        await pull.close()
        await link.sound()


@CURSORS.add(_interleaves)
async def a_rollback_leaves_a_cursor_right_or_ended(bench: Bench) -> None:
    for word in "COMMIT", "ROLLBACK":
        async with bench.link() as link:
            rows = await _fill(link, 20)
            await link.begin()
            await link.execute(INSERT, "row 9", 1)
            pull = await link.open_cursor(ROWS)
            found = await pull.fetch(5)
            await link.end(word)
            try:
                found += await pull.rest(5)
            except ActiveRecordError:
                pass
            else:
                assert found == [*rows, ("row 9", 1)]
            await pull.close()
            await link.sound()


@CURSORS.add(_interleaves)
async def the_schema_may_change_under_a_cursor(bench: Bench) -> None:
    async with bench.link() as link:
        rows = await _fill(link, 20)
        pull = await link.open_cursor(ROWS)
        found = await pull.fetch(5)
        try:
            await link.execute("ALTER TABLE contract_rows ADD COLUMN another INTEGER")
            found += await pull.rest(5)
        except DatabaseError:
            # The engine says that the table is in use.
            pass
        else:
            assert found == rows
        await pull.close()
        await link.sound()


@CURSORS.add()
async def a_slow_cursor_is_stopped(bench: Bench) -> None:
    async def opened_and_fetched(link: Link) -> None:
        await (await link.open_cursor(bench.words.slow_query)).fetch(1)

    for manner in bench.runner.manners:
        async with bench.link(table=False) as link:
            start = time.monotonic()
            assert await cut_short(partial(opened_and_fetched, link), manner, after=0.05)
            assert time.monotonic() - start < 0.05 + PATIENCE, "the session was free too late"
            await link.sound()


@CURSORS.add(lambda bench: bench.runner.name != "sync")
async def terminate_lets_go_of_a_fetch(bench: Bench) -> None:
    link = await bench.connect()

    async def read() -> None:
        await (await link.open_cursor(bench.words.slow_query)).fetch(1)

    async def terminate() -> None:
        await sleep(0.05)
        link.connection.terminate()

    start = time.monotonic()
    await raised(ConnectionLost, parallel([read, terminate]))
    assert time.monotonic() - start < PATIENCE


@CURSORS.add()
async def a_cursor_keeps_memory_flat(bench: Bench) -> None:
    async with bench.link(table=False) as link:
        pull = await link.open_cursor(bench.words.numbers.format(count=MANY))
        await _read_flat(pull, MANY)
        await pull.close()
        await link.sound()


@CURSORS.add(_interleaves)
async def a_write_keeps_memory_flat(bench: Bench) -> None:
    async with bench.link() as link:
        await link.begin()
        pull = await link.open_cursor(bench.words.numbers.format(count=MANY))
        assert len(await pull.fetch(BATCH)) == BATCH
        await _read_flat(pull, MANY - BATCH, partial(link.execute, INSERT, "another", 1))
        await pull.close()
        await link.end("COMMIT")


async def _read_flat(pull: Pull, count: int, first: Callable[[], Awaitable[object]] | None = None) -> None:
    """Read the rest of a cursor, and require that there are so many rows and that they are never all in memory."""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        if first is not None:
            await first()
        found = 0
        while batch := await pull.fetch(BATCH):
            found += len(batch)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found == count
    assert peak - before < BYTES_AT_MOST, f"reading {count} rows by {BATCH} took {peak - before} bytes"


@CURSORS.add()
async def a_cursor_cancelled_at_any_point(bench: Bench) -> None:
    links: list[Link] = []

    async def prepared() -> Link:
        link = await bench.connect()
        await link.execute("CREATE TABLE IF NOT EXISTS contract_rows (name VARCHAR(200), amount INTEGER)")
        if not await link.count():
            await _fill(link, 7)
        return link

    async def operation() -> Any:
        pull = await links[-1].open_cursor(ROWS)
        rows = await pull.fetch(3)
        rows += await pull.fetch(3)
        await pull.close()
        return rows

    async def judge(outcome: Outcome) -> str | None:
        link = links.pop()
        await link.sound()
        await link.close()
        links.append(await prepared())
        right = outcome.kind != "returned" or [amount for _, amount in outcome.value] == list(range(6))
        return None if right else f"the rows were {outcome.value}"

    links.append(await prepared())
    report = await sweep(operation, judge)
    assert not report.violations, "\n".join(map(str, report.violations))
    assert not report.outcomes["raised"], "cancelled, a verb raised something else"
    assert (report.points > 0) == (bench.runner.name != "sync")
    await links.pop().close()
