"""What one transaction has set, or one refused statement has begun, does not go on into its connection's next transaction."""

from typing import Any

import anyio
import pytest

from activerecord import ActiveRecord, Column, DatabaseError, Deadlock, async_create_tables, column
from activerecord.database import database
from activerecord.testing.runners import Manner, Runner
from tests.feature.busy import cut_at, with_settings
from tests.feature.conftest import Run


class Item(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    name: Column[str]


class Other(ActiveRecord):
    """The same rows by another connection."""

    __connection__ = "other"
    __table_name__ = "items"

    id: Column[int] = column(primary_key=True)
    name: Column[str]


@pytest.fixture
def one_connection(database_url: str) -> None:
    url = with_settings(database_url, max_size=1)
    ActiveRecord.configure({"default": url, "other": url})


async def _prepared() -> None:
    await async_create_tables(Item)
    await Item.async_insert_all({"id": number, "name": "old"} for number in range(1, 6))


@pytest.mark.engines("mysql")
def test_read_only_ends_with_a_deadlock(one_connection: None, async_runner: Runner) -> None:
    async def wait_for_each_other() -> None:
        """The transaction that has written less gives way."""
        met = anyio.Event()

        async def other() -> None:
            async with Other.async_transaction():
                await Other.async_insert_all({"id": number, "name": "new"} for number in range(10, 30))
                await _rename("other", 1)
                met.set()
                await _rename("other", 2)

        async with anyio.create_task_group() as group, Item.async_transaction(isolation="serializable", read_only=True):
            await Item.async_find(2)
            group.start_soon(other)
            await met.wait()
            await Item.async_find(1)

    async def main() -> None:
        await _prepared()
        with pytest.raises((Deadlock, ExceptionGroup)):
            await wait_for_each_other()
        async with Item.async_transaction():
            await _rename("default", 3)

    async_runner.run(main)


async def _rename(connection: str, number: int) -> None:
    await database(connection).execute_text(f"UPDATE items SET name = 'newer' WHERE id = {number}", writes=True)


@pytest.mark.engines("mysql")
def test_a_level_ends_with_a_cancelled_begin(one_connection: None, async_runner: Runner) -> None:
    async def cancelled(manner: Manner) -> None:
        setting = anyio.Event()
        observers = database().observers
        observers.append(lambda sql: setting.set() if sql.startswith("SET TRANSACTION") else None)

        async def begin() -> None:
            async with Item.async_transaction(isolation="read uncommitted"):
                await anyio.sleep_forever()

        assert await cut_at(setting, begin, manner)
        observers.clear()

    async def main() -> None:
        await _prepared()
        for manner in async_runner.manners:
            await cancelled(manner)
            async with Other.async_transaction() as undone:
                await Other.async_create(id=99, name="not committed")
                async with Item.async_transaction():
                    assert await Item.async_find_or_none(99) is None
                undone.rollback()

    async_runner.run(main)


@pytest.mark.engines("postgresql")
def test_a_refused_bind_leaves_nothing_open(one_connection: None, run: Run[Any]) -> None:
    async def main() -> None:
        await _prepared()
        await database().close()
        with pytest.raises(DatabaseError):
            await database().execute_text("SELECT name FROM items WHERE id = $1", ("not a number",))
        held = await database("other").execute_text(
            "SELECT count(*) FROM pg_locks WHERE relation = 'items'::regclass AND pid <> pg_backend_pid()"
        )
        assert held.rows == [(0,)]
        async with Item.async_transaction(isolation="serializable"):
            assert await Item.query().async_count() == 5

    run(main)
