"""The same failing program gives the same error on every engine."""

from collections.abc import Awaitable
from enum import Enum
from typing import Any

import pytest

from activerecord import (
    ActiveRecord,
    CheckViolation,
    Column,
    ConnectionLost,
    DatabaseError,
    Deadlock,
    ForeignKeyViolation,
    IntegrityError,
    InvalidValue,
    LockTimeout,
    NotNullViolation,
    ReadOnly,
    RetryableError,
    SerializationFailure,
    StatementTimeout,
    SyntaxError_,
    UniqueViolation,
    async_create_tables,
    column,
)
from activerecord.database import database
from activerecord.runtime import backend, parallel, sleep
from tests.feature.conftest import Run

SECRET = "the-secret-value"


class State(Enum):
    NEW = "new"
    READ = "read"


class Shelf(ActiveRecord):
    __table_name__ = "shelves"
    id: Column[int] = column(primary_key=True)
    name: Column[str] = column(unique=True, length=40)


class Book(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    title: Column[str] = column(length=20)
    state: Column[State]
    pages: Column[int]
    shelf_id: Column[int] = column(references="shelves.id")


async def _refused(kind: type[DatabaseError], work: Awaitable[object]) -> DatabaseError:
    """The error, which is of just this kind, tells its statement and no value, and leaves the database in order."""
    with pytest.raises(kind) as caught:
        await work
    error = caught.value
    assert type(error) is kind
    assert error.code is not None
    assert SECRET not in str(error) and SECRET not in repr(error.__cause__)
    assert await Shelf.query().async_count() >= 0
    return error


async def _prepared() -> Shelf:
    await async_create_tables(Shelf, Book)
    return await Shelf.async_create(name=SECRET)


def test_a_unique_key(configured: str, run: Run[Any]) -> None:
    async def main() -> None:
        await _prepared()
        error = await _refused(UniqueViolation, Shelf.async_create(name=SECRET))
        assert isinstance(error, IntegrityError)
        assert error.columns == ("name",) or error.constraint is not None
        assert await Shelf.query().async_count() == 1

    run(main)


def test_a_foreign_key(configured: str, run: Run[Any]) -> None:
    async def main() -> None:
        shelf = await _prepared()
        book = {"title": SECRET, "state": State.NEW, "pages": 1}
        await _refused(ForeignKeyViolation, Book.async_create(shelf_id=shelf.id + 1, **book))
        await Book.async_create(shelf_id=shelf.id, **book)
        await _refused(ForeignKeyViolation, shelf.async_delete())

    run(main)


def test_a_column_that_must_have_a_value(configured: str, run: Run[Any]) -> None:
    async def main() -> None:
        shelf = await _prepared()
        missing = Book.async_create(title=SECRET, state=State.NEW, shelf_id=shelf.id)
        assert (await _refused(NotNullViolation, missing)).columns == ("pages",)
        null = Book.async_create(title=None, state=State.NEW, pages=1, shelf_id=shelf.id)
        assert (await _refused(NotNullViolation, null)).columns == ("title",)

    run(main)


def test_a_check(configured: str, run: Run[Any]) -> None:
    async def main() -> None:
        shelf = await _prepared()
        await Book.async_create(title="a", state=State.NEW, pages=1, shelf_id=shelf.id)
        await _refused(CheckViolation, database().execute_text("UPDATE books SET state = 'lost'", writes=True))

    run(main)


def test_what_a_column_does_not_take_is_never_sent(configured: str, run: Run[Any]) -> None:
    async def main() -> None:
        shelf = await _prepared()
        right: dict[str, Any] = {"title": "a", "state": State.NEW, "pages": 1, "shelf_id": shelf.id}
        for wrong in {"title": "x" * 21}, {"state": "lost"}, {"pages": SECRET}, {"pages": 1.5}, {"pages": 2**63}:
            with pytest.raises(InvalidValue) as caught:
                await Book.async_create(**{**right, **wrong})
            assert SECRET not in str(caught.value)
        assert await Book.query().async_count() == 0

    run(main)


def test_what_cannot_be_read(configured: str, run: Run[Any]) -> None:
    async def main() -> None:
        await _prepared()
        for sql in "SELEC 1", "SELECT * FROM no_such_table", "SELECT no_such_column FROM shelves", "SELECT no_such(1)":
            error = await _refused(SyntaxError_, database().execute_text(sql))
            assert error.sql == sql

    run(main)


def test_a_write_where_only_reads_are_allowed(configured: str, run: Run[Any]) -> None:
    async def main() -> None:
        await _prepared()
        async with Shelf.async_transaction(read_only=True):
            with pytest.raises(ReadOnly):
                await Shelf.async_create(name="b")
        assert await Shelf.query().async_count() == 1

    run(main)


@pytest.mark.engines("postgresql", "mysql")
def test_a_write_that_only_the_server_knows_to_be_one(configured: str, run: Run[Any]) -> None:
    async def main() -> None:
        await _prepared()
        with pytest.raises(ReadOnly) as caught:
            async with Shelf.async_transaction(read_only=True):
                await database().execute_text("DELETE FROM shelves")
        assert caught.value.code is not None
        assert await Shelf.query().async_count() == 1

    run(main)


SLOW = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    "postgresql": "SELECT pg_sleep(60)",
    "mysql": "SELECT count(*) FROM information_schema.columns a, information_schema.columns b, information_schema.columns c",
}


def test_a_statement_that_takes_too_long(database_url: str, engine: str, run: Run[Any]) -> None:
    separator = "&" if "?" in database_url else "?"
    ActiveRecord.configure(f"{database_url}{separator}statement_timeout=0.3")

    async def main() -> None:
        await _prepared()
        await _refused(StatementTimeout, database().execute_text(SLOW[engine]))

    run(main)


def test_a_lock_that_does_not_become_free(database_url: str, driver: str, run: Run[Any]) -> None:
    if ":memory:" in database_url:
        pytest.skip("a database in memory has one connection, which one task has at a time")
    separator = "&" if "?" in database_url else "?"
    ActiveRecord.configure(
        {
            "default": database_url,
            "impatient": f"{database_url}{separator}lock_timeout=0.5",
        }
    )

    class Impatient(Shelf):
        __table_name__ = "shelves"
        __connection__ = "impatient"

    async def main() -> None:
        shelf = await _prepared()
        other = await Impatient.async_find(shelf.id)
        async with Shelf.async_transaction():
            await shelf.async_update(name="mine")
            with pytest.raises(LockTimeout) as caught:
                await other.async_update(name="theirs")
            assert isinstance(caught.value, RetryableError)
        assert (await Shelf.async_find(shelf.id)).name == "mine"

    run(main)


@pytest.mark.engines("postgresql", "mysql")
def test_two_transactions_that_wait_for_each_other(configured: str, run: Run[Any]) -> None:
    async def main() -> None:
        if backend() is None:
            pytest.skip("plain sync code does one thing at a time")
        first, second = await _prepared(), await Shelf.async_create(name="b")
        failures: list[BaseException] = []

        async def swap(one: Shelf, two: Shelf) -> None:
            try:
                async with Shelf.async_transaction():
                    await one.async_update(name=f"first of {one.id}")
                    await sleep(0.2)
                    await (await Shelf.async_find(two.id)).async_update(name=f"second of {one.id}")
            except DatabaseError as error:
                failures.append(error)

        await parallel([lambda: swap(first, second), lambda: swap(second, first)])
        assert [type(failure) for failure in failures] == [Deadlock]
        # One of them was kept whole, the other not at all.
        names = set(await Shelf.query().async_pluck("name"))
        assert names in [{f"first of {kept.id}", f"second of {kept.id}"} for kept in (first, second)]

    run(main)


@pytest.mark.engines("postgresql", "mysql")
def test_transactions_that_cannot_be_put_in_order(configured: str, engine: str, run: Run[Any]) -> None:
    async def main() -> None:
        if backend() is None:
            pytest.skip("plain sync code does one thing at a time")
        shelf = await _prepared()
        failures: list[BaseException] = []

        async def rename(to: str) -> None:
            try:
                async with Shelf.async_transaction(isolation="serializable"):
                    mine = await Shelf.async_find(shelf.id)
                    await sleep(0.2)
                    await mine.async_update(name=to)
            except RetryableError as error:
                failures.append(error)

        await parallel([lambda: rename("one"), lambda: rename("two")])
        # InnoDB makes the reads of such a transaction take locks, so two that conflict wait for each other.
        expected = {"postgresql": SerializationFailure, "mysql": Deadlock}[engine]
        assert [type(failure) for failure in failures] == [expected]

    run(main)


KILL = {
    "postgresql": "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    "mysql": "SELECT id FROM information_schema.processlist WHERE db = database() AND id <> connection_id()",
}


@pytest.mark.engines("postgresql", "mysql")
def test_a_server_that_ends_the_session(database_url: str, engine: str, run: Run[Any]) -> None:
    ActiveRecord.configure({"default": database_url, "killer": database_url})

    async def kill() -> None:
        killer = database("killer")
        found = await killer.execute_text(KILL[engine])
        if engine == "mysql":
            for (session,) in found.rows:
                await killer.execute_text(f"KILL {int(session)}")

    async def main() -> None:
        await _prepared()
        with pytest.raises(ConnectionLost):
            async with Shelf.async_transaction():
                await Shelf.async_create(name="lost")
                await kill()
                await Shelf.async_create(name="never sent")
        assert await Shelf.query().async_pluck("name") == [SECRET]

    run(main)
