"""The contract: a cancellation stops the statement, and the session is free, or says that it is not, within a second."""

import time
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from typing import Any

from activerecord.errors import DatabaseError
from activerecord.testing.contract.bench import Bench, Link
from activerecord.testing.contract.check import Checks
from activerecord.testing.runners import Manner, cut_short

__all__ = ["CANCELLING"]

CANCELLING = Checks()

INSERT = "INSERT INTO contract_rows (name) VALUES (?)"

# Seconds: until the cancellation, by when a slow statement has begun; and the longest that it may take to have effect.
AFTER = 0.05
PATIENCE = 1.0


async def _stopped(work: Callable[[], Coroutine[Any, Any, object]], manner: Manner) -> None:
    start = time.monotonic()
    cancelled = await cut_short(work, manner, after=AFTER)
    taken = time.monotonic() - start - AFTER
    assert cancelled, f"the cancellation ({manner}) did not come out of the verb"
    assert taken < PATIENCE, f"cancelled by {manner}, the session was free only after {taken:.2f} s"


@CANCELLING.add()
async def a_query_is_stopped(bench: Bench) -> None:
    for manner in bench.runner.manners:
        async with bench.link(table=False) as link:
            await _stopped(partial(link.fetch, bench.words.slow_query), manner)
            await link.sound()


@CANCELLING.add()
async def a_statement_with_a_result_is_stopped(bench: Bench) -> None:
    for manner in bench.runner.manners:
        async with bench.link(table=False) as link:
            await _stopped(partial(link.execute, bench.words.slow_query), manner)
            await link.sound()


@CANCELLING.add()
async def a_write_is_stopped_and_leaves_nothing(bench: Bench) -> None:
    for manner in bench.runner.manners:
        async with bench.link() as link:
            await _stopped(partial(link.execute, bench.words.slow_write), manner)
            await link.sound()
            await _left(bench, link, 0)


@CANCELLING.add()
async def a_write_stopped_in_a_transaction_does_not_split_it(bench: Bench) -> None:
    for manner in bench.runner.manners:
        async with bench.link() as link:
            await link.begin()
            await link.execute(INSERT, "before")
            await _stopped(partial(link.execute, bench.words.slow_write), manner)
            if link.connection.usable() and link.connection.in_transaction():
                await _left(bench, link, 2 if await _goes_on(link) else 0)
            else:
                await _left(bench, link, 0)


async def _goes_on(link: Link) -> bool:
    """Go on with a transaction and commit it; whether the engine allows that after a statement that was stopped."""
    try:
        await link.execute(INSERT, "after")
        await link.end("COMMIT")
    except DatabaseError:
        await link.sound()
        return False
    return True


@CANCELLING.add()
async def a_query_stopped_in_a_transaction_leaves_it_undoable(bench: Bench) -> None:
    for manner in bench.runner.manners:
        async with bench.link() as link:
            await link.begin()
            await link.execute(INSERT, "before")
            await _stopped(partial(link.fetch, bench.words.slow_query), manner)
            await link.sound()
            await _left(bench, link, 0)


@CANCELLING.add()
async def execute_many_is_stopped_between_two_rows(bench: Bench) -> None:
    for manner in bench.runner.manners:
        async with bench.link() as link:
            await link.begin()
            await _stopped(partial(link.execute_many, INSERT, _for_ever()), manner)
            await link.sound()
            await _left(bench, link, 0)


@CANCELLING.add()
async def a_cancellation_hits_no_other_statement(bench: Bench) -> None:
    for manner in bench.runner.manners:
        async with bench.link(table=False) as link:
            for round_ in range(5):
                await _stopped(partial(link.fetch, bench.words.slow_query), manner)
                if not link.connection.usable():
                    break
                for number in range(20):
                    assert await link.value(f"SELECT {round_ * 100 + number}") == round_ * 100 + number


@CANCELLING.add(lambda bench: "scope" in bench.runner.manners)
async def cancelled_before_it_begins(bench: Bench) -> None:
    async with bench.link() as link:
        assert await cut_short(partial(link.fetch, bench.words.slow_query), "scope", after=-1.0)
        await link.sound()


async def _left(bench: Bench, link: Link, rows: int) -> None:
    """Require so many rows, asked on another connection where there can be one."""
    if bench.shared:
        assert await link.count() == rows
        return
    link.connection.terminate()
    async with bench.link(table=False) as other:
        assert await other.count() == rows


def _for_ever() -> Iterator[tuple[str]]:
    """Rows that take longer to make than to insert: the engine does hardly anything, so it has no time to look up."""
    number = 0
    while True:
        number += 1
        time.sleep(0.001)
        yield (f"row {number}",)
