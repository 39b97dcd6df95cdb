"""Transactions: what is kept, what is undone, who may send statements into them, and how they end."""

import asyncio
import contextvars
import gc
import sqlite3
import threading
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from contextlib import aclosing, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import anyio
import pytest

from activerecord import (
    ActiveRecord,
    Column,
    ForeignKeyViolation,
    LockTimeout,
    Outcome,
    ReadOnly,
    Transaction,
    TransactionClosed,
    Undeclared,
    UnknownTable,
    UsageError,
    async_create_tables,
    async_drop_tables,
    column,
    create_tables,
)
from activerecord.database import database
from activerecord.runtime import sleep
from activerecord.testing.runners import RUNNERS, Runner, cut_short

# Takes minutes, and ends at once when it is told to.
SLOW_WRITE = """
    INSERT INTO items (name)
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1000000000)
    SELECT n FROM numbers
"""
SLOW_QUERY = """
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {})
    SELECT max(n) FROM numbers
"""


class Item(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    name: Column[str]


class Plain(Undeclared):
    __table_name__ = "plains"


class WrongTurn(Exception):
    """Raised in the blocks of these tests."""


@pytest.fixture
def patient_items(database_url: str) -> str:
    """An empty table; nobody gives up before a statement of some 50 ms is over, however busy the machine."""
    ActiveRecord.configure(f"{database_url}?synchronous=off&max_size=3")
    create_tables(Item)
    return database_url


@pytest.fixture
def items(database_url: str) -> str:
    """An empty table; whoever waits gives up soon."""
    ActiveRecord.configure(f"{database_url}?synchronous=off&acquire_timeout=0.4&lock_timeout=0.4&max_size=3")
    create_tables(Item)
    return database_url


@pytest.fixture(params=[each for each in RUNNERS.values() if each.name != "sync"], ids=lambda each: each.name)
def async_runner(request: pytest.FixtureRequest) -> Runner:
    """For what needs two tasks."""
    found: Runner = request.param
    return found


async def names() -> list[str]:
    return await Item.query().order_by("id").async_pluck(Item.name)


async def together(*jobs: Callable[[], Coroutine[Any, Any, object]]) -> None:
    async with anyio.create_task_group() as group:
        for job in jobs:
            group.start_soon(job)


# what is kept


def test_a_transaction_is_kept_as_a_whole(items: str, runner: Runner) -> None:
    async def main() -> None:
        async with Item.async_transaction() as tx:
            await Item.async_create(name="a")
            await Item.async_create(name="b")
            open_inside = tx.outcome
        assert (open_inside, tx.outcome) == (Outcome.OPEN, Outcome.COMMITTED)
        assert await names() == ["a", "b"]

    runner.run(main)


@pytest.mark.parametrize("error", [WrongTurn, KeyboardInterrupt, SystemExit, asyncio.CancelledError])
def test_what_an_error_leaves_is_not_kept(items: str, runner: Runner, error: type[BaseException]) -> None:
    made: list[Transaction] = []

    async def main() -> None:
        try:
            async with Item.async_transaction() as tx:
                made.append(tx)
                await Item.async_create(name="a")
                raise error
        except error:
            pass
        assert made[0].outcome is Outcome.ROLLED_BACK
        assert await names() == []

    runner.run(main)


def test_rollback_undoes_without_an_error(items: str, runner: Runner) -> None:
    async def main() -> None:
        async with Item.async_transaction() as tx:
            await Item.async_create(name="a")
            tx.rollback()
            with pytest.raises(TransactionClosed, match="to be rolled back"):
                await Item.async_create(name="b")
        assert tx.outcome is Outcome.ROLLED_BACK
        assert await names() == []

    runner.run(main)


def test_a_nested_transaction_is_a_savepoint(items: str, runner: Runner) -> None:
    async def main() -> None:
        undone, inmost = Item.async_transaction(), Item.async_transaction()
        async with Item.async_transaction():
            await Item.async_create(name="outer")
            with suppress(WrongTurn):
                async with undone:
                    await Item.async_create(name="undone")
                    async with inmost:
                        await Item.async_create(name="undone as well")
                    raise WrongTurn
            async with Item.async_transaction():
                await Item.async_create(name="inner")
        assert (undone.outcome, inmost.outcome) == (Outcome.ROLLED_BACK, Outcome.ROLLED_BACK)
        assert await names() == ["outer", "inner"]

    runner.run(main)


def test_a_nested_transaction_goes_with_the_outer_one(items: str, runner: Runner) -> None:
    async def main() -> None:
        inner = Item.async_transaction()
        with suppress(WrongTurn):
            async with Item.async_transaction():
                async with inner:
                    await Item.async_create(name="inner")
                raise WrongTurn
        assert inner.outcome is Outcome.ROLLED_BACK
        assert await names() == []

    runner.run(main)


def test_isolation_words(items: str, runner: Runner) -> None:
    async def main() -> None:
        async with Item.async_transaction(isolation="serializable"):
            await Item.async_create(name="a")
            with pytest.raises(UsageError, match="nested transaction is a savepoint"):
                async with Item.async_transaction(isolation="serializable"):
                    raise AssertionError("entered")
            with pytest.raises(UsageError, match="nested transaction is a savepoint"):
                async with Item.async_transaction(read_only=True):
                    raise AssertionError("entered")
            await Item.async_create(name="b")
        with pytest.raises(UsageError, match="'chaos'"):
            async with Item.async_transaction(isolation="chaos"):
                raise AssertionError("entered")
        assert await names() == ["a", "b"]

    runner.run(main)


def test_read_only_reads_one_state_and_writes_nothing(items: str, runner: Runner) -> None:
    async def main() -> None:
        item = await Item.async_create(name="a")
        async with Item.async_transaction(read_only=True):
            assert await names() == ["a"]
            item.name = "b"
            with pytest.raises(ReadOnly, match="read_only=True"):
                await item.async_save()
            async with Item.async_transaction():
                with pytest.raises(ReadOnly):
                    await Item.async_create(name="b")
                with pytest.raises(ReadOnly):
                    await item.async_delete()
            assert await names() == ["a"]
        assert await item.async_save()
        assert await names() == ["b"]

    runner.run(main)


def test_read_only_makes_and_drops_no_tables(items: str, runner: Runner) -> None:
    async def main() -> None:
        await Item.async_create(name="a")
        async with Item.async_transaction(read_only=True):
            with pytest.raises(ReadOnly, match="read_only=True"):
                await async_create_tables(Item, if_not_exists=True)
            with pytest.raises(ReadOnly, match="read_only=True"):
                await async_drop_tables(Item)
        assert await names() == ["a"]

    runner.run(main)


@pytest.mark.parametrize("database_url", ["file"], indirect=True)
def test_a_read_only_transaction_does_not_see_what_is_committed_meanwhile(items: str, async_runner: Runner) -> None:
    async def main() -> None:
        began, written = anyio.Event(), anyio.Event()

        async def read() -> None:
            async with Item.async_transaction(read_only=True):
                assert await names() == []
                began.set()
                await written.wait()
                assert await names() == []

        async def write() -> None:
            await began.wait()
            await Item.async_create(name="a")
            written.set()

        await together(read, write)
        assert await names() == ["a"]

    async_runner.run(main)


# two at a time


def test_two_transactions_do_not_see_each_other(items: str, async_runner: Runner) -> None:
    async def main() -> None:
        first_wrote = anyio.Event()
        seen: list[object] = []

        async def first() -> None:
            async with Item.async_transaction():
                await Item.async_create(name="first")
                first_wrote.set()
                await anyio.sleep(0.03)
                seen.append(await names())
                await Item.async_create(name="first again")

        async def second() -> None:
            await first_wrote.wait()
            async with Item.async_transaction():
                seen.append(await names())
                await Item.async_create(name="second")

        await together(first, second)
        assert seen == [["first"], ["first", "first again"]]
        assert await names() == ["first", "first again", "second"]

    async_runner.run(main)


@pytest.mark.parametrize("database_url", ["file"], indirect=True)
def test_a_reader_does_not_see_what_is_not_committed(items: str, async_runner: Runner) -> None:
    async def main() -> None:
        wrote, looked = anyio.Event(), anyio.Event()

        async def write() -> None:
            async with Item.async_transaction():
                await Item.async_create(name="a")
                wrote.set()
                await looked.wait()

        async def look() -> None:
            await wrote.wait()
            assert await names() == []
            looked.set()

        await together(write, look)
        assert await names() == ["a"]

    async_runner.run(main)


def test_ones_rollback_takes_nothing_from_the_other(items: str, async_runner: Runner) -> None:
    async def main() -> None:
        async def undone(number: int) -> None:
            with suppress(WrongTurn):
                async with Item.async_transaction():
                    await Item.async_create(name=f"undone {number}")
                    await anyio.sleep(0.001)
                    raise WrongTurn

        async def kept(number: int) -> None:
            async with Item.async_transaction():
                await Item.async_create(name=f"kept {number}")
                await anyio.sleep(0.001)
            await Item.async_create(name=f"alone {number}")

        async with anyio.create_task_group() as group:
            for number in range(5):
                group.start_soon(undone, number)
                group.start_soon(kept, number)
        found = await names()
        assert sorted(found) == [*(f"alone {n}" for n in range(5)), *(f"kept {n}" for n in range(5))]

    async_runner.run(main)


def test_the_second_gives_up_waiting_when_it_is_cancelled(items: str, async_runner: Runner) -> None:
    async def second() -> None:
        async with Item.async_transaction():
            raise AssertionError("entered while the first was open")

    async def main() -> None:
        for manner in async_runner.manners:
            wrote, waited = anyio.Event(), anyio.Event()

            async def first(wrote: anyio.Event = wrote, waited: anyio.Event = waited) -> None:
                async with Item.async_transaction():
                    await Item.async_create(name="first")
                    wrote.set()
                    await waited.wait()

            async with anyio.create_task_group() as group:
                group.start_soon(first)
                await wrote.wait()
                began = time.monotonic()
                assert await cut_short(second, manner, after=0.02)
                assert time.monotonic() - began < 0.3
                waited.set()
        await Item.async_create(name="last")
        assert await names() == ["first"] * len(async_runner.manners) + ["last"]

    async_runner.run(main)


def test_the_second_gives_up_waiting_after_the_timeout(items: str, async_runner: Runner) -> None:
    async def main() -> None:
        async with Item.async_transaction():
            await Item.async_create(name="first")

            async def second() -> None:
                began = time.monotonic()
                with pytest.raises(Exception, match=r"opened at|became free") as raised:
                    async with Item.async_transaction():
                        raise AssertionError("entered while the first was open")
                assert "test_transactions.py" in str(raised.value)
                assert 0.3 < time.monotonic() - began < 2

            # a task that inherits nothing
            async with anyio.create_task_group() as group:
                _ = contextvars.Context().run(group.start_soon, second)
        assert await names() == ["first"]

    async_runner.run(main)


# callbacks


def test_callbacks_run_in_order_once_it_is_decided(items: str, runner: Runner) -> None:
    async def main() -> None:
        told: list[object] = []

        async def tell_what_is_there() -> None:
            told.append(await names())

        async with Item.async_transaction() as tx:
            tx.after_commit(lambda: told.append("plain"))
            tx.after_commit(tell_what_is_there)
            tx.after_rollback(lambda: told.append("wrong"))
            await Item.async_create(name="a")
            async with Item.async_transaction() as inner:
                inner.after_commit(lambda: told.append("inner"))
            with suppress(WrongTurn):
                async with Item.async_transaction() as undone:
                    undone.after_commit(lambda: told.append("wrong"))
                    undone.after_rollback(lambda: told.append("undone"))
                    undone.after_rollback(tell_what_is_there)
                    await Item.async_create(name="undone")
                    raise WrongTurn
            assert told == ["undone", ["a"]]
        assert told == ["undone", ["a"], "plain", ["a"], "inner"]

    runner.run(main)


def test_after_rollback_of_an_inner_scope_waits_for_the_outer(items: str, runner: Runner) -> None:
    async def main() -> None:
        told: list[str] = []
        with suppress(WrongTurn):
            async with Item.async_transaction():
                async with Item.async_transaction() as inner:
                    inner.after_commit(lambda: told.append("committed"))
                    inner.after_rollback(lambda: told.append("rolled back"))
                assert told == []
                raise WrongTurn
        assert told == ["rolled back"]

    runner.run(main)


def test_one_callbacks_failure_keeps_no_other_from_running(items: str, runner: Runner) -> None:
    async def fail() -> None:
        raise ValueError("asynchronously")

    def fail_plainly() -> None:
        raise LookupError("plainly")

    async def main() -> None:
        told: list[str] = []
        tx = Item.async_transaction()
        with pytest.raises(ValueError, match="asynchronously"):
            async with tx:
                tx.after_commit(fail)
                tx.after_commit(lambda: told.append("told"))
                await Item.async_create(name="a")
        assert (tx.outcome, told, await names()) == (Outcome.COMMITTED, ["told"], ["a"])
        tx = Item.async_transaction()
        with pytest.raises(ExceptionGroup) as raised:
            async with tx:
                tx.after_commit(fail)
                tx.after_commit(fail_plainly)
        assert [type(error) for error in raised.value.exceptions] == [ValueError, LookupError]

    runner.run(main)


def test_an_error_that_leaves_goes_before_a_callbacks(items: str, runner: Runner) -> None:
    async def fail() -> None:
        raise ValueError("in a callback")

    async def main() -> None:
        with pytest.raises(WrongTurn) as raised:
            async with Item.async_transaction() as tx:
                tx.after_rollback(fail)
                raise WrongTurn
        assert "in a callback" in raised.value.__notes__[0]

    runner.run(main)


def test_a_cancellation_cuts_no_plain_callback_off(items: str, async_runner: Runner) -> None:
    async def main() -> None:
        told: list[str] = []

        async def tell_late() -> None:
            await anyio.sleep(0.001)
            told.append("late")

        async def work() -> None:
            async with Item.async_transaction() as tx:
                item = await Item.async_create(name="a")
                tx.after_rollback(tell_late)
                tx.after_rollback(lambda: told.append(f"new: {item.is_new}"))
                await anyio.sleep(5)

        for manner in async_runner.manners:
            told.clear()
            assert await cut_short(work, manner, after=0.03)
            assert told[-1] == "new: True"

    async_runner.run(main)


def test_a_callback_may_begin_a_transaction(items: str, runner: Runner) -> None:
    async def more() -> None:
        async with Item.async_transaction():
            await Item.async_create(name="more")

    async def main() -> None:
        async with Item.async_transaction() as tx:
            tx.after_commit(more)
            await Item.async_create(name="a")
        assert await names() == ["a", "more"]

    runner.run(main)


# records


def test_a_record_is_new_again_when_its_insert_is_undone(items: str, runner: Runner) -> None:
    async def main() -> None:
        item = Item(name="a")
        with suppress(WrongTurn):
            async with Item.async_transaction():
                await item.async_save()
                item.name = "b"
                await item.async_save()
                assert not item.is_new
                raise WrongTurn
        assert item.is_new and "id" not in item.attributes
        assert await item.async_save()
        assert (await names(), item.is_new) == (["b"], False)

    runner.run(main)


def test_a_record_has_its_changes_again_when_its_updates_are_undone(items: str, runner: Runner) -> None:
    async def main() -> None:
        item = await Item.async_create(name="a")
        with suppress(WrongTurn):
            async with Item.async_transaction():
                for name in ("b", "c"):
                    item.name = name
                    await item.async_save()
                raise WrongTurn
        assert item.changes == {"name": ("a", "c")}
        assert await item.async_save()
        assert await names() == ["c"]

    runner.run(main)


def test_a_record_has_its_row_again_when_its_delete_is_undone(items: str, runner: Runner) -> None:
    async def main() -> None:
        item = await Item.async_create(name="a")
        with suppress(WrongTurn):
            async with Item.async_transaction():
                item.name = "b"
                await item.async_save()
                await item.async_delete()
                assert item.is_new
                raise WrongTurn
        assert not item.is_new
        assert item.changes == {"name": ("a", "b")}
        assert await item.async_save()
        assert await names() == ["b"]
        await item.async_delete()
        assert await names() == []

    runner.run(main)


def test_records_follow_nested_transactions(items: str, runner: Runner) -> None:
    async def main() -> None:
        outer, kept, undone = Item(name="outer"), Item(name="kept"), Item(name="undone")
        async with Item.async_transaction() as tx:
            await outer.async_save()
            with suppress(WrongTurn):
                async with Item.async_transaction():
                    await undone.async_save()
                    outer.name = "changed"
                    await outer.async_save()
                    raise WrongTurn
            assert undone.is_new and not outer.is_new
            assert outer.changes == {"name": ("outer", "changed")}
            async with Item.async_transaction():
                await kept.async_save()
            assert not kept.is_new
            tx.rollback()
        assert outer.is_new and kept.is_new and undone.is_new
        for item in (outer, kept, undone):
            await item.async_save()
        assert await names() == ["changed", "kept", "undone"]

    runner.run(main)


def test_a_table_that_is_undone_is_forgotten(items: str, runner: Runner) -> None:
    async def main() -> None:
        with suppress(WrongTurn):
            async with Plain.async_transaction():
                await database().execute_text("CREATE TABLE plains (id INTEGER PRIMARY KEY, name TEXT)")
                await Plain.async_create(name="a")
                assert [plain.name for plain in await Plain.query().async_all()] == ["a"]
                raise WrongTurn
        with pytest.raises(UnknownTable):
            await Plain.query().async_all()

    runner.run(main)


# who may send statements


def test_a_task_that_outlives_the_scope_is_refused(items: str, async_runner: Runner) -> None:
    async def main() -> None:
        left = anyio.Event()

        async def late() -> None:
            await left.wait()
            with pytest.raises(TransactionClosed, match=r"test_transactions\.py:\d+ is committed"):
                await Item.async_create(name="late")
            with pytest.raises(TransactionClosed, match="is committed"):
                async with Item.async_transaction():
                    raise AssertionError("entered")

        async with anyio.create_task_group() as group:
            async with Item.async_transaction():
                group.start_soon(late)
            left.set()
        assert await names() == []

    async_runner.run(main)


def test_child_tasks_take_turns(items: str, async_runner: Runner) -> None:
    async def main() -> None:
        async def child(number: int) -> None:
            await Item.async_create(name=f"{number}")
            async with Item.async_transaction() as tx:
                await Item.async_create(name=f"nested {number}")
                if number % 2:
                    tx.rollback()
            assert f"{number}" in await names()

        with suppress(WrongTurn):
            async with Item.async_transaction():
                async with anyio.create_task_group() as group:
                    for number in range(6):
                        group.start_soon(child, number)
                assert len(await names()) == 9
                raise WrongTurn
        assert await names() == []

    async_runner.run(main)


def test_a_child_of_the_outer_scope_awaited_in_the_nested_one_gets_an_error(items: str, async_runner: Runner) -> None:
    async def main() -> None:
        nested_is_open, child_is_done = anyio.Event(), anyio.Event()

        async def child() -> None:
            await nested_is_open.wait()
            began = time.monotonic()
            with pytest.raises(TransactionClosed, match=r"opened at .*opened at .*:\d+") as raised:
                await Item.async_create(name="child")
            assert str(raised.value).count("test_transactions.py:") == 2
            assert 0.3 < time.monotonic() - began < 2
            child_is_done.set()

        async with Item.async_transaction(), anyio.create_task_group() as group:
            group.start_soon(child)
            async with Item.async_transaction():
                nested_is_open.set()
                await child_is_done.wait()
                await Item.async_create(name="nested")
        assert await names() == ["nested"]

    async_runner.run(main)


def test_another_thread_may_not_use_it(items: str, runner: Runner) -> None:
    async def main() -> None:
        refused: list[Exception] = []

        def use() -> None:
            for verb in (Item.query().count, lambda: Item.create(name="thread")):
                try:
                    verb()
                except UsageError as error:
                    refused.append(error)

        async with Item.async_transaction():
            await Item.async_create(name="a")
            thread = threading.Thread(target=contextvars.copy_context().run, args=[use])
            thread.start()
            thread.join()
        assert len(refused) == 2
        assert "another event loop or thread" in str(refused[0])
        assert await names() == ["a"]

    runner.run(main)


def test_another_loop_may_not_use_it(items: str) -> None:
    with Item.transaction():
        Item.create(name="a")
        with pytest.raises(UsageError, match="another event loop or thread"):
            asyncio.run(Item.query().async_all())
    assert Item.query().count() == 1


def test_it_is_entered_once(items: str, runner: Runner) -> None:
    async def main() -> None:
        async with Item.async_transaction() as tx:
            with pytest.raises(UsageError, match="entered once"):
                async with tx:
                    raise AssertionError("entered")
            await Item.async_create(name="a")
        with pytest.raises(UsageError, match="entered once"):
            await tx.__aenter__()
        with pytest.raises(TransactionClosed, match="not entered yet"):
            Item.async_transaction().rollback()
        assert await names() == ["a"]

    runner.run(main)


def test_nothing_follows_an_interrupted_write(items: str, runner: Runner) -> None:
    async def main() -> None:
        for manner in runner.manners:
            tx = Item.async_transaction()
            with pytest.raises(TransactionClosed, match="nothing of it is kept"):
                async with tx:
                    await Item.async_create(name="before")
                    assert await cut_short(lambda: database().execute_text(SLOW_WRITE), manner, after=0.03)
                    with pytest.raises(TransactionClosed, match="leave it, and begin again"):
                        await Item.async_create(name="after")
                    with pytest.raises(TransactionClosed):
                        async with Item.async_transaction():
                            raise AssertionError("entered")
            assert tx.outcome is Outcome.ROLLED_BACK
            assert await names() == []

    runner.run(main)


def test_nothing_follows_a_commit_of_the_programs_own(items: str, runner: Runner) -> None:
    async def main() -> None:
        with pytest.raises(TransactionClosed):
            async with Item.async_transaction():
                await Item.async_create(name="a")
                await database().execute_text("COMMIT")
                with pytest.raises(TransactionClosed):
                    await Item.async_create(name="b")
        assert await names() == ["a"]

    runner.run(main)


def test_a_cancelled_query_inside_leaves_the_rest(items: str, runner: Runner) -> None:
    async def main() -> None:
        query = SLOW_QUERY.format(10**9)
        for manner in runner.manners:
            async with Item.async_transaction():
                await Item.async_create(name="before")
                assert await cut_short(lambda: database().execute_text(query), manner, after=0.03)
                await Item.async_create(name="after")
        assert await names() == ["before", "after"] * len(runner.manners)

    runner.run(main)


# how it ends


def test_a_commit_that_fails_rolls_back_and_says_so(items: str, runner: Runner) -> None:
    async def main() -> None:
        await database().execute_text(
            "CREATE TABLE notes (item_id INTEGER REFERENCES items (id) DEFERRABLE INITIALLY DEFERRED)"
        )
        item = Item(name="a")
        tx = Item.async_transaction()
        with pytest.raises(ForeignKeyViolation):
            async with tx:
                await item.async_save()
                await database().execute_text("INSERT INTO notes VALUES (57)")
        assert tx.outcome is Outcome.ROLLED_BACK
        assert item.is_new
        await item.async_save()
        assert await names() == ["a"]

    runner.run(main)


@contextmanager
def locked(url: str) -> Generator[None, None, None]:
    """The database's lock in other hands, as another process would have it."""
    with closing(sqlite3.connect(Path(url.partition(":///")[2]), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@pytest.mark.parametrize("database_url", ["file"], indirect=True)
def test_a_lock_of_another_process_is_waited_for_until_the_timeout(items: str, runner: Runner) -> None:
    async def begin() -> None:
        async with Item.async_transaction():
            raise AssertionError("entered")

    async def main() -> None:
        works: list[Callable[[], Coroutine[Any, Any, object]]] = [begin, lambda: Item.async_create(name="a")]
        for work in works:
            with locked(items):
                began = time.monotonic()
                with pytest.raises(LockTimeout):
                    await work()
                assert 0.3 < time.monotonic() - began < 1
                for manner in runner.manners:
                    began = time.monotonic()
                    assert await cut_short(work, manner, after=0.05)
                    assert time.monotonic() - began < 0.3
        await Item.async_create(name="b")
        assert await names() == ["b"]

    runner.run(main)


@pytest.mark.parametrize("database_url", ["file"], indirect=True)
def test_a_lock_that_becomes_free_is_taken(items: str, async_runner: Runner) -> None:
    async def main() -> None:
        async with anyio.create_task_group() as group:
            with locked(items):
                group.start_soon(Item.async_save, Item(name="a"))
                await anyio.sleep(0.05)
                assert await names() == []
        assert await names() == ["a"]

    async_runner.run(main)


def test_leaving_waits_for_a_statement_that_is_under_way(patient_items: str, async_runner: Runner) -> None:
    async def main() -> None:
        query = SLOW_QUERY.format(300_000)  # some 50 ms
        done: list[str] = []

        async def child() -> None:
            await database().execute_text(query)
            done.append("child")

        async with anyio.create_task_group() as group:
            async with Item.async_transaction():
                await Item.async_create(name="a")
                group.start_soon(child)
                await anyio.sleep(0.005)
            done.append("left")
        assert done[0] == "child" or done == ["left", "child"]
        assert await names() == ["a"]

    async_runner.run(main)


def test_a_cancelled_leaving_waits_for_a_statement_too(patient_items: str, async_runner: Runner) -> None:
    """It may be the only connection, and the database in it."""

    async def main() -> None:
        await Item.async_create(name="kept")
        query = SLOW_QUERY.format(300_000)
        for manner in async_runner.manners:
            async with anyio.create_task_group() as group:

                async def work(group: Any = group) -> None:
                    async with Item.async_transaction():
                        await Item.async_create(name="undone")
                        group.start_soon(database().execute_text, query)
                        await anyio.sleep(0.005)
                        await anyio.sleep(5)

                assert await cut_short(work, manner, after=0.02)
            assert await names() == ["kept"]

    async_runner.run(main)


def test_a_cancellation_while_leaving_is_not_lost(patient_items: str, async_runner: Runner) -> None:
    async def main() -> None:
        query = SLOW_QUERY.format(300_000)
        for manner in async_runner.manners:
            async with anyio.create_task_group() as group:

                async def work(group: Any = group) -> None:
                    async with Item.async_transaction():
                        group.start_soon(database().execute_text, query)
                        await anyio.sleep(0.005)
                        # leaving has to wait now, and that is when the cancellation comes
                        raise WrongTurn

                with suppress(WrongTurn):
                    assert await cut_short(work, manner, after=0.015)
            assert await names() == []

    async_runner.run(main)


def test_a_nested_rollback_by_cancellation_spares_the_outer_scope(items: str, async_runner: Runner) -> None:
    async def main() -> None:
        await Item.async_create(name="before")

        async def inner() -> None:
            async with Item.async_transaction():
                await Item.async_create(name="inner")
                await anyio.sleep(5)

        for manner in async_runner.manners:
            async with Item.async_transaction():
                await Item.async_create(name="outer")
                assert await cut_short(inner, manner, after=0.03)
                await Item.async_create(name="outer again")
        assert await names() == ["before"] + ["outer", "outer again"] * len(async_runner.manners)

    async_runner.run(main)


async def generated() -> AsyncGenerator[int, None]:
    async with Item.async_transaction():
        await Item.async_create(name="generated")
        yield 1
        yield 2


def test_closing_a_generator_rolls_its_transaction_back(items: str, runner: Runner) -> None:
    async def main() -> None:
        async with aclosing(generated()) as generator:
            async for _ in generator:
                break
        assert await names() == []
        await Item.async_create(name="a")
        assert await names() == ["a"]

    runner.run(main)


def test_a_generator_that_the_collector_closes_leaves_the_task_its_own(items: str, async_runner: Runner) -> None:
    if async_runner.name == "trio":
        pytest.skip("trio closes such a generator with a warning")

    async def main() -> None:
        async for _ in generated():
            break
        gc.collect()
        await sleep(0.05)
        await Item.async_create(name="a")
        assert await names() == ["a"]

    async_runner.run(main)


def test_a_coroutine_that_is_closed_leaves_nothing_open(items: str) -> None:
    class Stop:
        def __await__(self) -> Generator[None, None, None]:
            yield

    async def work() -> None:
        async with Item.async_transaction():
            await Item.async_create(name="a")
            await Stop()

    coroutine = work()
    coroutine.send(None)
    coroutine.close()
    Item.create(name="b")
    assert Item.query().pluck(Item.name) == ["b"]


# plain sync code


def test_with_in_sync_code(items: str) -> None:
    told: list[str] = []
    with Item.transaction() as tx:
        tx.after_commit(lambda: told.append("committed"))
        Item.create(name="a")
        with suppress(WrongTurn), Item.transaction():
            Item.create(name="b")
            raise WrongTurn
        with Item.transaction():
            Item.create(name="c")
    assert (tx.outcome, told) == (Outcome.COMMITTED, ["committed"])
    tx = Item.transaction()
    with pytest.raises(KeyboardInterrupt), tx:
        Item.create(name="d")
        raise KeyboardInterrupt
    assert tx.outcome is Outcome.ROLLED_BACK
    assert Item.query().order_by("id").pluck(Item.name) == ["a", "c"]


def test_threads_in_sync_code_write_in_turn(items: str) -> None:
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for _ in range(5):
                with Item.transaction():
                    before = Item.query().count()
                    Item.create(name=f"{number}")
                    assert Item.query().count() == before + 1
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert Item.query().count() == 20


def test_creating_tables_inside_a_transaction_is_undone_with_it(database_url: str, runner: Runner) -> None:
    ActiveRecord.configure(database_url)

    async def main() -> None:
        with suppress(WrongTurn):
            async with Item.async_transaction():
                await async_create_tables(Item)
                await Item.async_create(name="a")
                raise WrongTurn
        await async_create_tables(Item)
        assert await names() == []

    runner.run(main)
