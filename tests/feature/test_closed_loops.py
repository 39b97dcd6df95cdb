"""A loop that is closed while its tasks are in the middle of a write leaves nothing locked and nothing half done.

With sqlite3 on a file. aiosqlite's thread dies when it finds its caller's loop closed, and nothing is left that could close
its connection; what lives in memory has one connection, which cannot be ended without ending the database.
"""

import asyncio
import gc
import logging
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from activerecord import ActiveRecord, Column, column, create_tables
from activerecord.database import database

pytestmark = pytest.mark.timeout(60)

# Takes minutes, and ends at once when it is told to.
NUMBERS = "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1000000000)"
SLOW_QUERY = f"{NUMBERS} SELECT max(n) FROM numbers"
SLOW_WRITE = f"INSERT INTO items (name) {NUMBERS} SELECT n FROM numbers"


class Item(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    name: Column[str]


@pytest.fixture
def items(tmp_path: Path) -> None:
    ActiveRecord.configure(f"sqlite+sqlite3:///{tmp_path / 'test.db'}?synchronous=off&lock_timeout=5")
    create_tables(Item)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """asyncio tells of each task that was still pending when it is collected."""
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    yield
    gc.collect()
    logging.getLogger("asyncio").setLevel(logging.NOTSET)


async def in_a_transaction() -> None:
    async with Item.async_transaction():
        await Item.async_create(name="half")
        await database().execute_text(SLOW_QUERY)


async def idle_in_a_transaction() -> None:
    async with Item.async_transaction():
        await Item.async_create(name="half")
        await asyncio.sleep(60)


async def on_its_own() -> None:
    await database().execute_text(SLOW_WRITE, writes=True)


WORK = [in_a_transaction, idle_in_a_transaction, on_its_own]


def leave_in_the_middle(work: Callable[[], Coroutine[Any, Any, None]], *, finalised: bool = False) -> None:
    async def main() -> None:
        tasks.append(asyncio.get_running_loop().create_task(work()))
        await asyncio.sleep(0.1)
        if finalised:
            await asyncio.get_running_loop().shutdown_asyncgens()

    tasks: list[asyncio.Task[None]] = []
    loop = asyncio.new_event_loop()
    loop.run_until_complete(main())
    loop.close()


@pytest.mark.parametrize("work", WORK)
@pytest.mark.parametrize("finalised", [False, True], ids=["closed", "finalised"])
def test_the_next_write_comes_through(
    items: None, work: Callable[[], Coroutine[Any, Any, None]], finalised: bool
) -> None:
    leave_in_the_middle(work, finalised=finalised)
    Item.create(name="after")
    assert Item.query().pluck(Item.name) == ["after"]


@pytest.mark.parametrize("work", WORK)
def test_a_later_loop_writes_as_well(items: None, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    leave_in_the_middle(work)

    async def main() -> list[str]:
        await Item.async_create(name="a")
        gc.collect()
        async with Item.async_transaction():
            await Item.async_create(name="b")
            gc.collect()
        return await Item.query().async_pluck(Item.name)

    assert asyncio.run(main()) == ["a", "b"]
