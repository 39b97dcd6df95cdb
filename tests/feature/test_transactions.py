"""Transactions: what is kept, what is undone, who may send statements into them, and how they end."""

import asyncio
import contextvars
import gc
import sqlite3
import threading
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from contextlib import aclosing, closing, contextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest

from activerecord import (
    ActiveRecord,
    Column,
    ConnectionLost,
    DatabaseError,
    Deadlock,
    ForeignKeyViolation,
    LockTimeout,
    Outcome,
    OutcomeUnknown,
    ReadOnly,
    SyntaxError_,
    Transaction,
    TransactionClosed,
    Undeclared,
    UniqueViolation,
    UnknownTable,
    UsageError,
    async_create_tables,
    async_drop_tables,
    close,
    column,
    create_tables,
)
from activerecord.database import database
from activerecord.runtime import sleep
from activerecord.testing.runners import Runner, cut_short
from tests.feature.busy import BRIEF, ONE_STATE, SLOW_QUERY, SLOW_WRITE, cut_at, with_settings
from tests.feature.sessions import kill, session
from tests.proxy import Fault, answering, asking, proxied

SEVERAL_CONNECTIONS = pytest.mark.places("file", "server")
ONE_WRITER = pytest.mark.engines("sqlite")
ON_SERVERS = pytest.mark.engines("postgresql", "mysql")


class Item(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    name: Column[str]


class Plain(Undeclared):
    __table_name__ = "plains"


class Note(ActiveRecord):
    id: Column[int] = column(primary_key=True)


class WrongTurn(Exception):
    """Raised in the blocks of these tests."""


@pytest.fixture
def patient_items(database_url: str) -> str:
    """An empty table; nobody gives up before a statement of some 50 ms is over, however busy the machine."""
    ActiveRecord.configure(with_settings(database_url, max_size=3))
    create_tables(Item)
    return database_url


@pytest.fixture
def items(database_url: str) -> str:
    """An empty table; whoever waits gives up soon."""
    ActiveRecord.configure(with_settings(database_url, acquire_timeout=0.4, lock_timeout=0.4, max_size=3))
    create_tables(Item)
    return database_url


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


def test_read_only_makes_and_drops_no_tables(items: str, engine: str, runner: Runner) -> None:
    # on MySQL no transaction does
    refusal = (UsageError, "outside of transactions") if engine == "mysql" else (ReadOnly, "read_only=True")

    async def main() -> None:
        await Item.async_create(name="a")
        async with Item.async_transaction(read_only=True):
            with pytest.raises(refusal[0], match=refusal[1]):
                await async_create_tables(Item, Note, if_not_exists=True)
            with pytest.raises(refusal[0], match=refusal[1]):
                await async_drop_tables(Item)
            assert await names() == ["a"]
        assert await names() == ["a"]

    runner.run(main)


@SEVERAL_CONNECTIONS
def test_a_read_only_transaction_does_not_see_what_is_committed_meanwhile(
    items: str, engine: str, async_runner: Runner
) -> None:
    async def main() -> None:
        began, written = anyio.Event(), anyio.Event()

        async def read() -> None:
            async with Item.async_transaction(read_only=True, isolation=ONE_STATE.get(engine)):
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


@ONE_WRITER
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


@ON_SERVERS
def test_two_transactions_that_write_at_the_same_time_do_not_see_each_other(items: str, async_runner: Runner) -> None:
    async def main() -> None:
        wrote, looked = [anyio.Event(), anyio.Event()], [anyio.Event(), anyio.Event()]

        async def work(mine: int, others: int) -> None:
            async with Item.async_transaction():
                await Item.async_create(name=f"{mine}")
                wrote[mine].set()
                await wrote[others].wait()
                assert await names() == [f"{mine}"]
                looked[mine].set()
                await looked[others].wait()

        await together(lambda: work(0, 1), lambda: work(1, 0))
        assert sorted(await names()) == ["0", "1"]

    async_runner.run(main)


@SEVERAL_CONNECTIONS
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


@ONE_WRITER
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


@ONE_WRITER
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


@ON_SERVERS
def test_who_waits_for_a_row_gives_up_when_it_is_cancelled(patient_items: str, async_runner: Runner) -> None:
    async def main() -> None:
        item = await Item.async_create(name="a")
        other = await Item.async_find(item.id)

        async def second() -> None:
            async with Item.async_transaction():
                await other.async_update(name="second")
                raise AssertionError("went on while the first had the row")

        for manner in async_runner.manners:
            wrote, waited = anyio.Event(), anyio.Event()

            async def first(manner: str = manner, wrote: anyio.Event = wrote, waited: anyio.Event = waited) -> None:
                async with Item.async_transaction():
                    await item.async_update(name=f"by {manner}")
                    wrote.set()
                    await waited.wait()

            async with anyio.create_task_group() as group:
                group.start_soon(first)
                await wrote.wait()
                began = time.monotonic()
                assert await cut_short(second, manner, after=0.1)
                assert time.monotonic() - began < 3
                waited.set()
            assert await names() == [f"by {manner}"]

    async_runner.run(main)


@ON_SERVERS
def test_who_waits_for_a_row_gives_up_after_the_timeout(items: str, engine: str, async_runner: Runner) -> None:
    async def main() -> None:
        item = await Item.async_create(name="a")
        other = await Item.async_find(item.id)

        async def second() -> None:
            async with Item.async_transaction():
                began = time.monotonic()
                with pytest.raises(LockTimeout):
                    await other.async_update(name="second")
                # MySQL counts in whole seconds
                assert 0.3 < time.monotonic() - began < 4
                if engine == "mysql":
                    await Item.async_create(name="the statement is undone alone")
                else:
                    raise WrongTurn

        async with Item.async_transaction():
            await item.async_update(name="first")
            with suppress(WrongTurn):
                # a task that inherits nothing
                async with anyio.create_task_group() as group:
                    _ = contextvars.Context().run(group.start_soon, _unless_wrong, second)
        assert await names() == ["first"] + ["the statement is undone alone"] * (engine == "mysql")

    async_runner.run(main)


async def _unless_wrong(work: Callable[[], Coroutine[Any, Any, object]]) -> None:
    with suppress(WrongTurn):
        await work()


@ON_SERVERS
def test_nothing_follows_a_deadlock(patient_items: str, engine: str, async_runner: Runner) -> None:
    """MySQL has rolled everything back by then: a statement that came through would be kept by itself."""

    async def main() -> None:
        rows = [await Item.async_create(name=name) for name in ("a", "b")]
        has_its_own = [anyio.Event(), anyio.Event()]
        refused: list[BaseException] = []
        made: list[Transaction] = []

        async def swap(mine: int, others: int) -> None:
            try:
                async with Item.async_transaction() as tx:
                    await rows[mine].async_update(name=f"{mine}")
                    has_its_own[mine].set()
                    await has_its_own[others].wait()
                    await go_on(tx, (await Item.async_find(rows[others].id)), mine)
            except (DatabaseError, TransactionClosed) as error:
                refused.append(error)

        async def go_on(tx: Transaction, other: Item, mine: int) -> None:
            try:
                await other.async_update(name=f"{mine}")
            except Deadlock:
                made.append(tx)
                for _ in range(2):
                    with pytest.raises(TransactionClosed, match="Deadlock"):
                        await Item.async_create(name="after")

        await together(lambda: swap(0, 1), lambda: swap(1, 0))
        assert [tx.outcome for tx in made] == [Outcome.ROLLED_BACK]
        assert len(refused) == 1 and "nothing" in str(refused[0]) and "kept" in str(refused[0])
        assert await names() in (["0", "0"], ["1", "1"])

    async_runner.run(main)


@ON_SERVERS
def test_a_deadlock_in_a_nested_transaction(patient_items: str, engine: str, async_runner: Runner) -> None:
    """PostgreSQL undoes the nested one, and MySQL the whole."""

    async def main() -> None:
        rows = [await Item.async_create(name=name) for name in ("a", "b")]
        has_its_own = [anyio.Event(), anyio.Event()]
        ends: list[tuple[Outcome, Outcome]] = []

        async def swap(mine: int, others: int) -> None:
            outer, inner = Item.async_transaction(), Item.async_transaction()
            kept_out = suppress(TransactionClosed) if engine == "mysql" else nullcontext()
            struck = False
            with kept_out:
                async with outer:
                    await Item.async_create(name=f"outer {mine}")
                    try:
                        async with inner:
                            await rows[mine].async_update(name=f"{mine}")
                            has_its_own[mine].set()
                            await has_its_own[others].wait()
                            await (await Item.async_find(rows[others].id)).async_update(name=f"{mine}")
                    except Deadlock:
                        struck = True
                        await Item.async_create(name=f"after {mine}")
            if struck:
                ends.append((outer.outcome, inner.outcome))
            else:
                assert (outer.outcome, inner.outcome) == (Outcome.COMMITTED, Outcome.COMMITTED)

        await together(lambda: swap(0, 1), lambda: swap(1, 0))
        kept = Outcome.ROLLED_BACK if engine == "mysql" else Outcome.COMMITTED
        assert ends == [(kept, Outcome.ROLLED_BACK)]
        found = await names()
        assert len([name for name in found if name.startswith("outer")]) == (1 if engine == "mysql" else 2)
        assert len([name for name in found if name.startswith("after")]) == (0 if engine == "mysql" else 1)

    async_runner.run(main)


# a statement fails


async def _doubled(item: Item) -> None:
    with pytest.raises(UniqueViolation):
        await Item.async_create(id=item.id, name="twice")


@pytest.mark.engines("sqlite", "mysql")
def test_a_statement_that_fails_is_undone_alone(items: str, runner: Runner) -> None:
    async def main() -> None:
        async with Item.async_transaction() as tx:
            await _doubled(await Item.async_create(name="before"))
            await Item.async_create(name="after")
        assert tx.outcome is Outcome.COMMITTED
        assert await names() == ["before", "after"]

    runner.run(main)


@pytest.mark.engines("postgresql")
def test_nothing_follows_a_statement_that_failed(items: str, runner: Runner) -> None:
    async def main() -> None:
        told: list[str] = []
        tx, item = Item.async_transaction(), Item(name="before")
        with pytest.raises(TransactionClosed, match="nothing of it is kept") as left:
            async with tx:
                tx.after_commit(lambda: told.append("committed"))
                tx.after_rollback(lambda: told.append("rolled back"))
                await item.async_save()
                await _doubled(item)
                with pytest.raises(TransactionClosed, match="after one that failed") as refused:
                    await Item.async_create(name="after")
                assert isinstance(refused.value.__cause__, UniqueViolation)
        assert isinstance(left.value.__cause__, UniqueViolation)
        assert (tx.outcome, told, item.is_new) == (Outcome.ROLLED_BACK, ["rolled back"], True)
        assert await names() == []
        await item.async_save()
        assert await names() == ["before"]

    runner.run(main)


def test_a_statement_that_fails_in_a_nested_transaction_spares_the_outer_one(items: str, runner: Runner) -> None:
    async def main() -> None:
        inner = Item.async_transaction()
        async with Item.async_transaction() as outer:
            item = await Item.async_create(name="before")
            with pytest.raises(UniqueViolation):
                async with inner:
                    await Item.async_create(name="undone")
                    await Item.async_create(id=item.id, name="twice")
            await Item.async_create(name="after")
        assert (outer.outcome, inner.outcome) == (Outcome.COMMITTED, Outcome.ROLLED_BACK)
        assert await names() == ["before", "after"]

    runner.run(main)


@pytest.mark.engines("postgresql")
def test_a_nested_transaction_is_not_kept_where_its_statement_failed(items: str, runner: Runner) -> None:
    async def main() -> None:
        inner = Item.async_transaction()
        async with Item.async_transaction() as outer:
            item, undone = await Item.async_create(name="before"), Item(name="undone")
            with pytest.raises(TransactionClosed) as refused:
                async with inner:
                    await undone.async_save()
                    await _doubled(item)
            assert isinstance(refused.value.__cause__, UniqueViolation)
            assert (inner.outcome, undone.is_new) == (Outcome.ROLLED_BACK, True)
            await Item.async_create(name="after")
        assert outer.outcome is Outcome.COMMITTED
        assert await names() == ["before", "after"]

    runner.run(main)


# a connection is lost


@pytest.fixture
def killer(patient_items: str) -> None:
    ActiveRecord.configure({"killer": patient_items})


@ON_SERVERS
def test_nothing_follows_the_loss_of_the_connection(killer: None, engine: str, runner: Runner) -> None:
    async def main() -> None:
        tx, item = Item.async_transaction(), Item(name="before")
        with pytest.raises(TransactionClosed, match="nothing of it is kept"):
            async with tx:
                await item.async_save()
                await kill(engine, await session(engine))
                with pytest.raises(ConnectionLost):
                    await Item.async_create(name="lost")
                with pytest.raises(TransactionClosed, match="ConnectionLost"):
                    await Item.async_create(name="after")
                with pytest.raises(TransactionClosed):
                    async with Item.async_transaction():
                        raise AssertionError("entered")
        assert (tx.outcome, item.is_new) == (Outcome.ROLLED_BACK, True)
        assert await names() == []

    runner.run(main)


@ON_SERVERS
def test_a_connection_that_is_lost_before_commit(killer: None, engine: str, runner: Runner) -> None:
    """Where the loss is seen before COMMIT is sent, nothing is kept; where the answer does not come, nobody knows."""

    async def main() -> None:
        tx = Item.async_transaction()
        with pytest.raises((TransactionClosed, ConnectionLost, OutcomeUnknown)) as raised:
            async with tx:
                await Item.async_create(name="before")
                await kill(engine, await session(engine))
        assert tx.outcome is (Outcome.UNKNOWN if raised.type is OutcomeUnknown else Outcome.ROLLED_BACK)
        assert await names() == []

    runner.run(main)


@ON_SERVERS
@pytest.mark.parametrize("delivered", [False, True], ids=["on its way", "on the way back"])
def test_a_connection_that_is_lost_at_commit(
    database_url: str,
    delivered: bool,
    runner: Runner,
) -> None:
    """Nobody knows then what became of it, unless the server can be asked."""
    told: list[str] = []

    async def main() -> None:
        await async_create_tables(Item)
        tx = Item.async_transaction()
        proxy.arm(Fault.CUT, answering(b"COMMIT") if delivered else asking(b"COMMIT"))
        with pytest.raises(OutcomeUnknown, match="only the data can tell"):
            async with tx:
                tx.after_commit(lambda: told.append("committed"))
                tx.after_rollback(lambda: told.append("rolled back"))
                await Item.async_create(name="a")
        assert (tx.outcome, told) == (Outcome.UNKNOWN, [])
        assert await names() == (["a"] if delivered else [])

    with proxied(database_url) as (proxy, url):
        ActiveRecord.configure(f"{url}&resolve_commit=false")
        runner.run(main)
        close()


@ON_SERVERS
def test_a_connection_that_is_lost_outside_of_transactions(killer: None, engine: str, runner: Runner) -> None:
    async def main() -> None:
        await Item.async_create(name="a")
        number = await session(engine)
        await kill(engine, number)
        # It may be noticed by the next statement only, which is not sent twice.
        with suppress(ConnectionLost):
            await Item.async_create(name="b")
        await Item.async_create(name="c")
        assert await session(engine) != number
        assert (await names())[-1] == "c" and (await names()).count("b") < 2
        await kill(engine, await session(engine))
        with suppress(ConnectionLost):
            async with Item.async_transaction():
                await Item.async_create(name="d")
        async with Item.async_transaction():
            await Item.async_create(name="e")
        assert (await names())[-1] == "e"

    runner.run(main)


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

        for manner in async_runner.manners:
            reached = anyio.Event()

            async def work(reached: anyio.Event = reached) -> None:
                async with Item.async_transaction() as tx:
                    item = await Item.async_create(name="a")
                    tx.after_rollback(tell_late)
                    tx.after_rollback(lambda: told.append(f"new: {item.is_new}"))
                    reached.set()
                    await anyio.sleep(5)

            told.clear()
            assert await cut_at(reached, work, manner)
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


@pytest.mark.engines("sqlite", "postgresql")
def test_a_table_that_is_undone_is_forgotten(items: str, engine: str, runner: Runner) -> None:
    key = {"sqlite": "INTEGER PRIMARY KEY", "postgresql": "SERIAL PRIMARY KEY"}[engine]

    async def main() -> None:
        with suppress(WrongTurn):
            async with Plain.async_transaction():
                await database().execute_text(f"CREATE TABLE plains (id {key}, name TEXT)")
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


@pytest.mark.engines("sqlite")
def test_nothing_follows_an_interrupted_write(items: str, engine: str, runner: Runner) -> None:
    async def main() -> None:
        for manner in runner.manners:
            tx = Item.async_transaction()
            with pytest.raises(TransactionClosed, match="nothing of it is kept"):
                async with tx:
                    await Item.async_create(name="before")
                    assert await cut_short(lambda: database().execute_text(SLOW_WRITE[engine]), manner, after=0.03)
                    with pytest.raises(TransactionClosed, match="leave it, and begin again"):
                        await Item.async_create(name="after")
                    with pytest.raises(TransactionClosed):
                        async with Item.async_transaction():
                            raise AssertionError("entered")
            assert tx.outcome is Outcome.ROLLED_BACK
            assert await names() == []

    runner.run(main)


@pytest.mark.engines("mysql")
def test_an_interrupted_write_is_undone_alone(items: str, engine: str, runner: Runner) -> None:
    async def main() -> None:
        for manner in runner.manners:
            async with Item.async_transaction():
                await Item.async_create(name="before")
                assert await cut_short(lambda: database().execute_text(SLOW_WRITE[engine]), manner, after=0.1)
                await Item.async_create(name="after")
        assert await names() == ["before", "after"] * len(runner.manners)

    runner.run(main)


@pytest.mark.parametrize("statement", ["COMMIT", "ROLLBACK"])
def test_nothing_follows_a_commit_of_the_programs_own(items: str, runner: Runner, statement: str) -> None:
    """And nothing is said of what was done before: it is as that statement has left it."""

    async def main() -> None:
        tx, item = Item.async_transaction(), Item(name="a")
        with pytest.raises(TransactionClosed, match="nobody can tell whether"):
            async with tx:
                await item.async_save()
                await database().execute_text(statement)
                with pytest.raises(TransactionClosed):
                    await Item.async_create(name="b")
        assert (tx.outcome, item.is_new) == (Outcome.UNKNOWN, False)
        assert await names() == (["a"] if statement == "COMMIT" else [])

    runner.run(main)


@pytest.mark.engines("mysql")
@pytest.mark.parametrize("fails", [False, True], ids=["made", "failed"])
def test_nothing_follows_a_table_that_is_made_by_hand(items: str, runner: Runner, fails: bool) -> None:
    """It commits what was done before, even where it fails then."""

    async def main() -> None:
        tx = Item.async_transaction()
        with pytest.raises(TransactionClosed, match="nobody can tell whether"):
            async with tx:
                await Item.async_create(name="a")
                with pytest.raises(SyntaxError_) if fails else nullcontext():
                    await database().execute_text(f"CREATE TABLE {'items' if fails else 'others'} (id INT)")
                for _ in range(2):
                    with pytest.raises(TransactionClosed):
                        await Item.async_create(name="b")
        assert tx.outcome is Outcome.UNKNOWN
        assert await names() == ["a"]

    runner.run(main)


def test_a_cancelled_query_inside_leaves_the_rest(items: str, engine: str, runner: Runner) -> None:
    async def slow() -> None:
        await database().execute_text(SLOW_QUERY[engine])

    async def slow_in_a_nested_transaction() -> None:
        async with Item.async_transaction():
            await slow()

    # PostgreSQL undoes all that a statement was part of when it is stopped
    work = slow_in_a_nested_transaction if engine == "postgresql" else slow

    async def main() -> None:
        for manner in runner.manners:
            async with Item.async_transaction():
                await Item.async_create(name="before")
                assert await cut_short(work, manner, after=0.03)
                await Item.async_create(name="after")
        assert await names() == ["before", "after"] * len(runner.manners)

    runner.run(main)


@pytest.mark.engines("postgresql")
def test_nothing_follows_a_cancelled_query(items: str, engine: str, runner: Runner) -> None:
    async def main() -> None:
        for manner in runner.manners:
            tx = Item.async_transaction()
            with pytest.raises(TransactionClosed, match="nothing of it is kept"):
                async with tx:
                    await Item.async_create(name="before")
                    assert await cut_short(lambda: database().execute_text(SLOW_QUERY[engine]), manner, after=0.2)
                    with pytest.raises(TransactionClosed, match="after one that failed"):
                        await Item.async_create(name="after")
            assert tx.outcome is Outcome.ROLLED_BACK
        assert await names() == []

    runner.run(main)


# how it ends


@pytest.mark.engines("sqlite", "postgresql")
def test_a_commit_that_fails_rolls_back_and_says_so(items: str, runner: Runner) -> None:
    """MySQL looks at every key at once."""

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


@pytest.mark.places("file")
def test_a_lock_of_another_process_is_waited_for_until_the_timeout(items: str, runner: Runner) -> None:
    async def begin() -> None:
        async with Item.async_transaction():
            raise AssertionError("entered")

    begins: list[float] = []

    async def begun(work: Callable[[], Coroutine[Any, Any, object]]) -> None:
        begins.append(time.monotonic())
        await work()

    async def main() -> None:
        works: list[Callable[[], Coroutine[Any, Any, object]]] = [begin, lambda: Item.async_create(name="a")]
        for work in works:
            with locked(items):
                began = time.monotonic()
                with pytest.raises(LockTimeout):
                    await work()
                assert 0.3 < time.monotonic() - began < 1
                for manner in runner.manners:
                    assert await cut_short(partial(begun, work), manner, after=0.05)
                    assert time.monotonic() - begins[-1] < 0.3
        await Item.async_create(name="b")
        assert await names() == ["b"]

    runner.run(main)


@pytest.mark.places("file")
def test_a_lock_that_becomes_free_is_taken(items: str, async_runner: Runner) -> None:
    async def main() -> None:
        async with anyio.create_task_group() as group:
            with locked(items):
                group.start_soon(Item.async_save, Item(name="a"))
                await anyio.sleep(0.05)
                assert await names() == []
        assert await names() == ["a"]

    async_runner.run(main)


def test_leaving_waits_for_a_statement_that_is_under_way(patient_items: str, engine: str, async_runner: Runner) -> None:
    async def main() -> None:
        done: list[str] = []
        tx, begun = Item.async_transaction(), anyio.Event()

        async def child() -> None:
            begun.set()
            await database().execute_text(BRIEF[engine])
            done.append("child")

        async with anyio.create_task_group() as group:
            async with tx:
                await Item.async_create(name="a")
                group.start_soon(child)
                await begun.wait()
            done.append("left")
        assert sorted(done) == ["child", "left"]
        assert tx.outcome is Outcome.COMMITTED
        assert await names() == ["a"]

    async_runner.run(main)


def test_a_cancelled_leaving_waits_for_a_statement_too(patient_items: str, engine: str, async_runner: Runner) -> None:
    """It may be the only connection, and the database in it."""

    async def main() -> None:
        await Item.async_create(name="kept")
        for manner in async_runner.manners:
            begun = anyio.Event()

            async def child(begun: anyio.Event = begun) -> None:
                begun.set()
                await database().execute_text(BRIEF[engine])

            async with anyio.create_task_group() as group:

                async def work(group: Any = group, child: Any = child) -> None:
                    async with Item.async_transaction():
                        await Item.async_create(name="undone")
                        group.start_soon(child)
                        await anyio.sleep(5)

                assert await cut_at(begun, work, manner)
            assert await names() == ["kept"]

    async_runner.run(main)


def test_a_cancellation_while_leaving_is_not_lost(patient_items: str, engine: str, async_runner: Runner) -> None:
    async def main() -> None:
        for manner in async_runner.manners:
            begun, leaving = anyio.Event(), anyio.Event()

            async def child(begun: anyio.Event = begun) -> None:
                begun.set()
                await database().execute_text(BRIEF[engine])

            async with anyio.create_task_group() as group:

                async def work(
                    group: Any = group, child: Any = child, begun: Any = begun, leaving: Any = leaving
                ) -> None:
                    async with Item.async_transaction():
                        group.start_soon(child)
                        await begun.wait()
                        # leaving has to wait now, and that is when the cancellation comes
                        leaving.set()
                        raise WrongTurn

                with suppress(WrongTurn):
                    assert await cut_at(leaving, work, manner)
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


def test_threads_in_sync_code_write_in_turn(items: str, engine: str) -> None:
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for _ in range(5):
                with Item.transaction(isolation=ONE_STATE.get(engine)):
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


@pytest.mark.engines("sqlite", "postgresql")
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


@pytest.mark.engines("mysql")
def test_creating_tables_inside_a_transaction_is_refused_where_it_would_end_it(items: str, runner: Runner) -> None:
    async def main() -> None:
        async with Item.async_transaction() as tx:
            await Item.async_create(name="a")
            with pytest.raises(UsageError, match="outside of transactions"):
                await async_create_tables(Note)
            with pytest.raises(UsageError, match="outside of transactions"):
                await async_drop_tables(Item)
            tx.rollback()
        assert await names() == []

    runner.run(main)
