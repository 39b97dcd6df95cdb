"""A loop that is closed while its tasks are in the middle of a write leaves nothing locked and nothing half done.

On files with sqlite3, and on servers. aiosqlite's thread dies when it finds its caller's loop closed, and nothing is left that
could close its connection; what lives in memory has one connection, which is not ended but rolled back for the next. A
server does not notice that nobody listens any more before a statement has ended, however long that takes.
"""

import asyncio
import gc
import logging
import warnings
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

from activerecord import ActiveRecord, Column, column, create_tables
from activerecord.database import database
from tests.feature.busy import SLOW_QUERY, SLOW_WRITE, with_settings
from tests.feature.sessions import end_sessions

pytestmark = [pytest.mark.timeout(60), pytest.mark.places("file", "server")]


class Item(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    name: Column[str]


@pytest.fixture
def items(database_url: str, driver: str) -> Iterator[str]:
    """An empty table. What still runs on a server at the end is stopped there."""
    if not database_url.startswith("sqlite"):
        # The collector ends what a task had in hand in any order, and may come upon the connection first. pytest takes
        # this back after the test.
        warnings.simplefilter("ignore", ResourceWarning)
    if driver == "aiosqlite":
        pytest.skip("its thread dies when it finds its caller's loop closed")
    ActiveRecord.configure(with_settings(database_url, lock_timeout=5))
    create_tables(Item)
    yield database_url
    if not database_url.startswith("sqlite"):
        end_sessions(database_url)


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
        await database().execute_text(SLOW_QUERY[database().dialect.name])


async def idle_in_a_transaction() -> None:
    async with Item.async_transaction():
        await Item.async_create(name="half")
        await asyncio.sleep(60)


async def on_its_own() -> None:
    await database().execute_text(SLOW_WRITE[database().dialect.name], writes=True)


WORK = [in_a_transaction, idle_in_a_transaction, on_its_own]


def skip_where_keys_are_locked(engine: str, work: object) -> None:
    if engine == "mysql" and work is on_its_own:
        pytest.skip("the server goes on with the INSERT, which has the counter of the table's keys for itself")


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
    items: str, engine: str, work: Callable[[], Coroutine[Any, Any, None]], finalised: bool
) -> None:
    skip_where_keys_are_locked(engine, work)
    leave_in_the_middle(work, finalised=finalised)
    Item.create(name="after")
    assert Item.query().pluck(Item.name) == ["after"]


@pytest.mark.parametrize("work", WORK)
def test_a_later_loop_writes_as_well(items: str, engine: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    skip_where_keys_are_locked(engine, work)
    leave_in_the_middle(work)

    async def main() -> list[str]:
        gc.collect()
        await Item.async_create(name="a")
        gc.collect()
        async with Item.async_transaction():
            await Item.async_create(name="b")
            gc.collect()
        return await Item.query().async_pluck(Item.name)

    assert asyncio.run(main()) == ["a", "b"]


@pytest.mark.engines("postgresql", "mysql")
def test_a_row_is_free_again(items: str) -> None:
    item = Item.create(name="whole")

    async def half_of_it() -> None:
        async with Item.async_transaction():
            await (await Item.async_find(item.id)).async_update(name="half")
            await asyncio.sleep(60)

    leave_in_the_middle(half_of_it)
    # nobody knows of the connection any more but the collector
    gc.collect()
    item.update(name="after")
    assert Item.query().pluck(Item.name) == ["after"]


@pytest.mark.places("memory")
def test_a_database_in_memory_outlives_the_loop(items: str) -> None:
    Item.create(name="before")
    leave_in_the_middle(idle_in_a_transaction)
    gc.collect()
    Item.create(name="after")
    assert Item.query().pluck(Item.name) == ["before", "after"]
