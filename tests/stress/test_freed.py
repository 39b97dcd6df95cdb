"""Statements of minutes that are cancelled: the database is free of them within a second, and the connection is kept."""

import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from activerecord import ActiveRecord, Column, async_close, async_create_tables, column
from activerecord.database import database
from activerecord.runtime import sleep
from activerecord.testing.runners import Manner, Runner, cut_short
from tests.feature.busy import SLOW_QUERY, SLOW_WRITE, with_settings
from tests.feature.cells import Cell
from tests.feature.sessions import session
from tests.stress.lengths import length
from tests.stress.places import FILES, LOOPS, SERVERS
from tests.stress.watching import Watch, watching

pytestmark = [pytest.mark.stress, pytest.mark.timeout(60)]

# Seconds: until the cancellation, until the database must be free, and for which nothing must be at work then.
AFTER, FREE, QUIET = 0.05, 1.0, 0.1

ROUNDS = length(bounded=1, long=30)

Work = Callable[[str], Coroutine[Any, Any, object]]


class Item(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    name: Column[str]


async def query(engine: str) -> object:
    return await database().execute_text(SLOW_QUERY[engine])


async def write(engine: str) -> object:
    return await database().execute_text(SLOW_WRITE[engine], writes=True)


async def query_in_a_transaction(engine: str) -> object:
    async with Item.async_transaction():
        return await query(engine)


async def write_in_a_savepoint(engine: str) -> object:
    async with Item.async_transaction(), Item.async_transaction():
        return await write(engine)


WORKS = (query, write, query_in_a_transaction, write_in_a_savepoint)
MANNERS = [(loop, manner) for loop in LOOPS for manner in loop.manners]


@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.__name__)
@pytest.mark.parametrize("cell", [*FILES, *SERVERS], ids=str)
@pytest.mark.parametrize(("loop", "manner"), MANNERS, ids=lambda part: getattr(part, "name", part))
def test_freed(loop: Runner, manner: Manner, cell: Cell, work: Work, tmp_path: Path) -> None:
    url = cell.url(tmp_path)
    ActiveRecord.configure({"default": with_settings(url, max_size=2), "direct": url})

    async def main() -> None:
        await async_create_tables(Item)
        before = await who(cell)
        async with watching(database("direct")) as watch:
            for _ in range(ROUNDS):
                await freed(cell, work, manner, watch)
                assert await who(cell) == before
        assert await Item.query().async_count() == 0
        await async_close()

    loop.run(main)


async def who(cell: Cell) -> tuple[int, int]:
    """The connection that is next, as its server knows it, and how many have been opened."""
    number = await session(cell.engine) if cell.place == "server" else 0
    return number, database().statistics().opened


async def freed(cell: Cell, work: Work, manner: Manner, watch: Watch) -> None:
    begun = time.monotonic()
    assert await cut_short(lambda: work(cell.engine), manner, after=AFTER)
    assert await watch.fault() is None
    assert time.monotonic() - begun < AFTER + FREE
    if cell.place == "file":
        # There is no server to ask, but the work would be this process's own.
        spent = time.process_time()
        await sleep(QUIET)
        assert time.process_time() - spent < QUIET / 2
