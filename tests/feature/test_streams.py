"""Streams: records one after another, with what the body does meanwhile, and how they end."""

import asyncio
import gc
import time
import tracemalloc
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AsyncExitStack, aclosing, suppress
from itertools import islice
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from activerecord import (
    ActiveRecord,
    BelongsTo,
    Column,
    HasMany,
    Outcome,
    PoolTimeout,
    Stream,
    SyncInLoop,
    SyntaxError_,
    TransactionClosed,
    UnknownColumn,
    UnknownRelation,
    UsageError,
    belongs_to,
    close,
    column,
    create_tables,
    gather,
    has_many,
    pool_statistics,
)
from activerecord.database import database
from activerecord.errors import ConnectionLost
from activerecord.runtime import sleep
from activerecord.testing.queries import count_queries
from activerecord.testing.runners import RUNNERS, Manner, Runner, cut_short
from activerecord.testing.sweep import Outcome as Ending
from activerecord.testing.sweep import sweep
from tests.feature.busy import cut_at, with_settings
from tests.feature.sessions import kill, session
from tests.proxy import proxied

SEVERAL_CONNECTIONS = pytest.mark.places("file", "server")
IN_MEMORY = pytest.mark.places("memory")
ON_SERVERS = pytest.mark.engines("postgresql", "mysql")

COUNT = 25
NAMES = [f"item {number:02}" for number in range(COUNT)]


class Item(ActiveRecord):
    __table_name__ = "stream_items"
    id: Column[int] = column(primary_key=True)
    name: Column[str]
    seen: Column[int] = column(default=0)
    parts: HasMany["Part"] = has_many()


class Part(ActiveRecord):
    __table_name__ = "stream_parts"
    id: Column[int] = column(primary_key=True)
    item_id: Column[int] = column(references="stream_items.id")
    item: BelongsTo[Item] = belongs_to()


class WrongTurn(Exception):
    """Raised in the blocks of these tests."""


def prepared(url: str, count: int = COUNT, **settings: object) -> None:
    """Tables with so many items; whoever waits gives up soon."""
    ActiveRecord.configure(with_settings(url, **{"acquire_timeout": 2, "lock_timeout": 2, "max_size": 3, **settings}))
    create_tables(Item, Part)
    with Item.transaction():
        Item.insert_all([{"name": f"item {number:02}", "seen": 0} for number in range(count)])


@pytest.fixture
def items(database_url: str) -> str:
    prepared(database_url)
    return database_url


def in_order() -> Any:
    return Item.query().order_by("id")


def stream(batch: int = 4) -> Stream[Item]:
    return Item.query().order_by("id").async_stream(batch=batch)


def _ignore(_loop: asyncio.AbstractEventLoop, _context: dict[str, Any]) -> None:
    pass


async def names_of(records: Stream[Item]) -> list[str]:
    return [record.name async for record in records]


async def write(change: str, where: str = "id > 0") -> None:
    await database().execute_text(f"UPDATE stream_items SET {change} WHERE {where}", writes=True)


async def all_free() -> None:
    """Require that every connection is there again, in no transaction and answering."""
    assert pool_statistics().lent == 0
    assert await Item.query().async_count() >= 0


# what comes


@pytest.mark.parametrize("batch", [1, 4, COUNT, COUNT + 1, 1000])
def test_a_stream_gives_what_all_gives(items: str, runner: Runner, batch: int) -> None:
    async def main() -> None:
        async with stream(batch) as rows:
            found = [record async for record in rows]
        assert found == await in_order().async_all()
        assert [record.name for record in found] == NAMES
        assert all(type(record) is Item for record in found)
        await all_free()
        async with Item.async_transaction(), stream(batch) as rows:
            assert await names_of(rows) == NAMES

    runner.run(main)


def test_conditions_and_columns_count(items: str, runner: Runner) -> None:
    async def main() -> None:
        async with Item.where(Item.id > 20).select("id", "name").order_by("id").async_stream(batch=2) as rows:
            assert await names_of(rows) == NAMES[20:]
        async with Item.where(name="nothing").async_stream() as rows:
            assert await names_of(rows) == []
        for wrong in Item.where(nothing=1), Item.query().with_("nothing"):
            with pytest.raises((UnknownColumn, UnknownRelation)):
                async with wrong.async_stream():
                    pytest.fail("a query that cannot be sent was sent")
        await all_free()

    runner.run(main)


def test_in_plain_sync_code(items: str) -> None:
    with Item.query().order_by("id").stream(batch=4) as rows:
        found = [record.name for record in rows]
    assert found == NAMES
    with Item.transaction(), Item.query().order_by("id").stream(batch=4) as rows:
        for record in rows:
            record.update(seen=record.id)
    assert in_order().pluck(Item.seen) == list(range(1, COUNT + 1))
    with pytest.raises(WrongTurn), Item.query().stream(batch=4) as rows:
        for _ in rows:
            raise WrongTurn
    assert pool_statistics().lent == 0


def test_the_sync_forms_are_refused_under_a_loop(items: str, async_runner: Runner) -> None:
    async def main() -> None:
        with pytest.raises(SyncInLoop, match="async_stream"), Item.query().stream():
            pytest.fail("a sync stream was entered under a loop")
        async with stream() as rows:
            with pytest.raises(SyncInLoop, match="async for"):
                next(iter(rows))

    async_runner.run(main)


def test_relations_are_loaded_for_each_batch(items: str, runner: Runner) -> None:
    Part.insert_all([{"item_id": number % COUNT + 1} for number in range(60)])

    async def main() -> None:
        async with Item.async_transaction():
            # Whatever is asked once for a model, such as its relations' tables, is known from now on.
            await Item.query().with_("parts").async_all()
            with count_queries(database()) as statements:
                async with Item.query().with_("parts").order_by("id").async_stream(batch=10) as rows:
                    found = {record.id: len(record.parts) async for record in rows}
        assert found == {number: 3 if number <= 10 else 2 for number in range(1, COUNT + 1)}
        assert len(statements) == 1 + 3, statements

    runner.run(main)


def test_records_of_one_batch_are_siblings(items: str, runner: Runner) -> None:
    Part.insert_all([{"item_id": number + 1} for number in range(COUNT)])

    async def main() -> None:
        async with Item.async_transaction():
            await Part.query().with_("item").async_all()
            async with Part.query().order_by("id").async_stream(batch=10) as rows:
                read = [part async for part in rows]
            with count_queries(database()) as statements:
                for part in read:
                    await part.async_load(Part.item)
            assert len(statements) == 3, "one query for each batch"
            assert read[0].item.name == NAMES[0]

    runner.run(main)


def test_how_many_statements_a_stream_takes(items: str, runner: Runner) -> None:
    async def main() -> None:
        await Item.query().async_count()
        with count_queries(database()) as statements:
            async with stream(4) as rows:
                await names_of(rows)
        around = 2 if database().driver.cursors_need_transaction else 0
        assert len(statements) == 1 + around, statements

    runner.run(main)


# what the body does


def test_the_body_may_save_inside_a_transaction(items: str, runner: Runner) -> None:
    async def main() -> None:
        async with Item.async_transaction() as tx, stream(4) as rows:
            async for record in rows:
                await record.async_update(seen=record.id)
                if record.id % 10 == 0:
                    await Item.async_create(name="another")
                    async with Item.async_transaction():
                        await write("name = 'changed'", f"id = {record.id + 1}")
        assert tx.outcome is Outcome.COMMITTED
        assert await in_order().limit(COUNT).async_pluck(Item.seen) == list(range(1, COUNT + 1))
        # What was read is as it was: of the rows written meanwhile none came.
        assert await Item.query().async_count() == COUNT + 2

    runner.run(main)


def test_a_stream_does_not_see_what_its_body_writes(items: str, runner: Runner) -> None:
    async def main() -> None:
        async with (
            Item.async_transaction(),
            Item.where(Item.seen < 100).order_by("seen", "id").async_stream(batch=3) as rows,
        ):
            found: list[str] = []
            async for record in rows:
                found.append(record.name)
                await record.async_update(seen=record.seen + 1)
        assert found == NAMES
        assert await Item.where(seen=1).async_count() == COUNT

    runner.run(main)


@SEVERAL_CONNECTIONS
def test_the_body_may_save_outside_a_transaction(items: str, runner: Runner) -> None:
    async def main() -> None:
        async with stream(4) as rows:
            async for record in rows:
                await record.async_update(seen=record.id)
                if record.id == 7:
                    async with Item.async_transaction():
                        await Item.async_create(name="another")
        assert await in_order().limit(COUNT).async_pluck(Item.seen) == list(range(1, COUNT + 1))
        await all_free()

    runner.run(main)


@SEVERAL_CONNECTIONS
def test_a_stream_outside_is_not_in_a_transaction_that_is_opened_inside(items: str, runner: Runner) -> None:
    async def main() -> None:
        async with stream(4) as rows:
            found: list[str] = []
            async for record in rows:
                found.append(record.name)
                if record.id == 2:
                    with pytest.raises(WrongTurn):
                        async with Item.async_transaction():
                            await write("name = 'undone'", "id = 3")
                            raise WrongTurn
        assert found == NAMES

    runner.run(main)


@SEVERAL_CONNECTIONS
def test_two_streams_at_once(items: str, async_runner: Runner) -> None:
    async def read() -> list[str]:
        async with stream(3) as rows:
            found: list[str] = []
            async for record in rows:
                found.append(record.name)
                await anyio.lowlevel.checkpoint()
            return found

    async def main() -> None:
        assert await gather(read(), read()) == (NAMES, NAMES)
        async with Item.async_transaction():
            assert await gather(read(), read()) == (NAMES, NAMES)
            async with stream(3) as outer:
                async for record in outer:
                    async with stream(5) as inner:
                        assert (await anext(inner.__aiter__())).id == 1
                    if record.id > 7:
                        break
        await all_free()

    async_runner.run(main)


def test_tasks_of_the_body_take_turns_with_the_stream(items: str, async_runner: Runner) -> None:
    async def main() -> None:
        async with Item.async_transaction(), stream(4) as rows, anyio.create_task_group() as group:
            async for record in rows:
                group.start_soon(touch, record.id)
        assert await Item.where(seen=1).async_count() == COUNT

    async def touch(key: int) -> None:
        await write("seen = 1", f"id = {key}")

    async_runner.run(main)


def test_a_failure_in_the_body_ends_no_stream_that_it_need_not(items: str, runner: Runner) -> None:
    async def main() -> None:
        async with Item.async_transaction(), stream(4) as rows:
            found: list[str] = []
            async for record in rows:
                found.append(record.name)
                if record.id % 6 == 0:
                    with pytest.raises(SyntaxError_):
                        async with Item.async_transaction():
                            await write("nothing = 1")
        assert found == NAMES
        # Not in a nested one it takes the transaction along, at least where the engine says so.
        with pytest.raises(SyntaxError_):
            async with Item.async_transaction(), stream(4) as rows:
                async for _ in rows:
                    await write("nothing = 1")
        await all_free()

    runner.run(main)


# a pool of one


@pytest.mark.parametrize("nested", [False, True])
def test_a_second_connection_of_a_pool_of_one_is_refused_at_once(
    database_url: str, runner: Runner, nested: bool
) -> None:
    prepared(database_url, max_size=1, acquire_timeout=30)

    async def work() -> None:
        if nested:
            async with Item.async_transaction():
                pytest.fail("a second connection came out of a pool of one")
        else:
            await Item.async_create(name="another")

    async def main() -> None:
        start = time.monotonic()
        with pytest.raises(UsageError, match="stream opened at"):
            async with stream(4) as rows:
                async for _ in rows:
                    await work()
        assert time.monotonic() - start < 5
        await all_free()
        async with Item.async_transaction(), stream(4) as rows:
            async for record in rows:
                await record.async_update(seen=1)
        assert await Item.where(seen=1).async_count() == COUNT

    runner.run(main)


# how it is used


def test_a_stream_is_read_once_and_inside_its_block(items: str, runner: Runner) -> None:
    async def main() -> None:
        with pytest.raises(UsageError, match="async with"):
            async for _ in stream():
                pytest.fail("a stream was read outside of its block")
        rows = stream()
        async with rows:
            assert await names_of(rows) == NAMES
            # as with any iterator of Python's
            assert await names_of(rows) == []
            assert await anext(rows, None) is None
        with pytest.raises(UsageError, match="once"):
            async with rows:
                pytest.fail("a stream was entered twice")
        with pytest.raises(UsageError, match="left"):
            await anext(rows)
        for batch in 0, -1, True, "4":
            with pytest.raises(UsageError, match="batch"):
                Item.query().async_stream(batch=batch)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

    runner.run(main)


def test_who_stops_may_go_on(items: str, runner: Runner) -> None:
    async def main() -> None:
        async with stream(4) as rows:
            seen = [(await anext(aiter(rows))).name]
            async for item in rows:
                seen.append(item.name)
                if len(seen) == 6:
                    break
            seen += await names_of(rows)
        assert seen == NAMES

    runner.run(main)


def test_in_chunks(items: str) -> None:
    with Item.query().order_by("id").stream(batch=4) as rows:
        chunks: list[list[str]] = []
        while chunk := list(islice(rows, 10)):
            chunks.append([item.name for item in chunk])
    assert chunks == [NAMES[:10], NAMES[10:20], NAMES[20:]]


def test_one_task_reads_a_stream(items: str, async_runner: Runner) -> None:
    refused: list[UsageError] = []

    async def main() -> None:
        async with stream(1) as rows, anyio.create_task_group() as group:
            iterator = rows.__aiter__()

            async def read() -> None:
                try:
                    while await anext(iterator, None) is not None:
                        pass
                except UsageError as error:
                    refused.append(error)

            group.start_soon(read)
            group.start_soon(read)
        await all_free()

    async_runner.run(main)
    assert len(refused) == 1
    assert "another task" in str(refused[0])


def test_a_stream_ends_with_its_scope(items: str, runner: Runner) -> None:
    async def main() -> None:
        for kept in True, False:
            async with AsyncExitStack() as later:
                async with Item.async_transaction() as tx:
                    rows = await later.enter_async_context(stream(4))
                    iterator = rows.__aiter__()
                    for _ in range(4):
                        await anext(iterator)
                    if not kept:
                        tx.rollback()
                with pytest.raises(TransactionClosed):
                    await anext(iterator)
            await all_free()

    runner.run(main)


def test_a_stream_ends_with_the_savepoint_that_it_was_opened_in(items: str, runner: Runner) -> None:
    async def main() -> None:
        async with AsyncExitStack() as later, Item.async_transaction():
            rows = stream(4)
            iterator: Any = None
            with pytest.raises(WrongTurn):
                async with Item.async_transaction():
                    iterator = (await later.enter_async_context(rows)).__aiter__()
                    await anext(iterator)
                    await Item.async_create(name="undone")
                    raise WrongTurn
            for _ in range(3):
                await anext(iterator)
            with pytest.raises(TransactionClosed):
                await anext(iterator)
            async with stream(4) as rows:
                assert await names_of(rows) == NAMES

    runner.run(main)


def test_a_stream_of_the_outer_scope_is_read_in_the_nested_one(items: str, runner: Runner) -> None:
    async def main() -> None:
        async with Item.async_transaction(), stream(2) as rows:
            iterator = rows.__aiter__()
            found = [(await anext(iterator)).name]
            async with Item.async_transaction():
                await write("name = 'kept'")
                found += [(await anext(iterator)).name for _ in range(4)]
            with pytest.raises(WrongTurn):
                async with Item.async_transaction():
                    await write("name = 'undone'")
                    found += [(await anext(iterator)).name for _ in range(4)]
                    raise WrongTurn
            found += [record.name async for record in rest_of(iterator)]
        assert found == NAMES
        assert await Item.where(name="kept").async_count() == COUNT

    async def rest_of(iterator: Any) -> AsyncGenerator[Item]:
        while (record := await anext(iterator, None)) is not None:
            yield record

    runner.run(main)


# how it ends


def test_leaving_early_frees_everything_at_once(items: str, runner: Runner) -> None:
    async def main() -> None:
        async with stream(4) as rows:
            async for _ in rows:
                break
            assert pool_statistics().lent == 1
        await all_free()
        with pytest.raises(WrongTurn):
            async with stream(4) as rows:
                async for record in rows:
                    if record.id == 6:
                        raise WrongTurn
        await all_free()
        async with Item.async_transaction():
            async with stream(4) as rows:
                async for _ in rows:
                    break
            await Item.async_create(name="another")
        assert await Item.query().async_count() == COUNT + 1

    runner.run(main)


def test_an_error_in_the_body_undoes_the_transaction(items: str, runner: Runner) -> None:
    async def main() -> None:
        with pytest.raises(WrongTurn):
            async with Item.async_transaction(), stream(4) as rows:
                async for record in rows:
                    await record.async_update(seen=1)
                    if record.id == 6:
                        raise WrongTurn
        await all_free()
        assert await Item.where(seen=1).async_count() == 0

    runner.run(main)


def test_an_async_generator_around_a_stream(items: str, async_runner: Runner) -> None:
    """Closed in good order it ends the stream; what the collector closes loses no connection either."""

    async def read() -> AsyncGenerator[str]:
        async with stream(4) as rows:
            async for record in rows:
                yield record.name

    async def main() -> None:
        async with aclosing(read()) as found:
            async for name in found:
                assert name == NAMES[0]
                break
        await all_free()

    async_runner.run(main)


async def read_to_the_sixth(inside: Callable[[], Any]) -> None:
    async with stream(4) as rows:
        async for record in rows:
            if record.id == 6:
                await inside()


async def write_and_read(inside: Callable[[], Any]) -> None:
    async with Item.async_transaction():
        await Item.async_create(name="undone")
        await read_to_the_sixth(inside)


async def cut_inside(work: Callable[[Callable[[], Any]], Any], manner: Manner) -> bool:
    """Cancel the work there; by Ctrl-C, which has no better way, after a while."""
    if manner == "interrupt":
        return await cut_short(lambda: work(lambda: sleep(5)), manner, after=0.3)
    reached = anyio.Event()

    async def wait() -> None:
        reached.set()
        await sleep(5)

    return await cut_at(reached, lambda: work(wait), manner)


def test_a_cancelled_body(items: str, runner: Runner) -> None:
    async def main() -> None:
        for manner in runner.manners:
            for work in read_to_the_sixth, write_and_read:
                assert await cut_inside(work, manner)
                await all_free()
        assert await Item.query().async_count() == COUNT

    runner.run(main)


@SEVERAL_CONNECTIONS
@pytest.mark.parametrize("inside", [False, True])
def test_cancelled_at_every_point(items: str, async_runner: Runner, inside: bool) -> None:
    async def operation() -> list[str]:
        async with AsyncExitStack() as blocks:
            if inside:
                await blocks.enter_async_context(Item.async_transaction())
            rows = await blocks.enter_async_context(Item.query().order_by("id").limit(5).async_stream(batch=3))
            found: list[str] = []
            async for record in rows:
                found.append(record.name)
                if record.id in {1, 5}:
                    await record.async_update(seen=record.seen + 1)
            return found

    async def judge(outcome: Ending) -> str | None:
        if outcome.kind == "raised":
            return f"it raised {outcome.error!r}"
        if outcome.kind == "returned" and outcome.value != NAMES[:5]:
            return f"the rows were {outcome.value}"
        await all_free()
        first, last = await Item.where(Item.id.in_([1, 5])).order_by("id").async_pluck(Item.seen)
        return None if not inside or first == last else "half a transaction"

    async def main() -> None:
        await operation()
        report = await sweep(operation, judge, again=(None, 1))
        assert report.points
        assert not report.violations, "\n".join(map(str, report.violations[:5]))

    async_runner.run(main)


@pytest.mark.parametrize("inside", [True, False])
def test_reading_on_after_a_cancellation_loses_nothing_unsaid(items: str, async_runner: Runner, inside: bool) -> None:
    """The rows that came with the cancellation are gone, so the stream is: what it gave is without a gap."""

    async def read(after: float) -> None:
        seen: list[str] = []
        async with Item.query().order_by("id").async_stream(batch=3) as rows:
            with suppress(StopAsyncIteration), anyio.move_on_after(after):
                while True:
                    seen.append((await anext(rows)).name)
            with suppress(StopAsyncIteration, UsageError):
                while True:
                    seen.append((await anext(rows)).name)
        assert seen == NAMES[: len(seen)]

    async def main() -> None:
        for number in range(30):
            if not inside:
                await read(number / 10_000)
                continue
            with suppress(TransactionClosed):
                async with Item.async_transaction(read_only=True):
                    await read(number / 10_000)

    async_runner.run(main)


@SEVERAL_CONNECTIONS
def test_a_batch_whose_relations_fail_is_not_skipped(database_url: str, runner: Runner) -> None:
    prepared(database_url, max_size=2, acquire_timeout=0.05)

    async def main() -> None:
        lender = database().lender()
        async with Item.query().order_by("id").with_("parts").async_stream(batch=5) as rows:
            for _ in range(5):
                await anext(rows)
            lease = await lender.acquire("in the way")
            with pytest.raises((PoolTimeout, UsageError)):
                await anext(rows)
            lender.release(lease)
            with pytest.raises(UsageError, match="broken off"):
                await anext(rows)

    runner.run(main)


@ON_SERVERS
@pytest.mark.parametrize("inside", [False, True])
def test_the_server_ends_the_connection_of_a_stream(items: str, runner: Runner, engine: str, inside: bool) -> None:
    ActiveRecord.configure({"killer": items})

    async def read() -> None:
        async with AsyncExitStack() as blocks:
            if inside:
                await blocks.enter_async_context(Item.async_transaction())
                number = await session(engine)
            else:
                # The pool lends the one that it was given back last.
                number = await session(engine)
            rows = await blocks.enter_async_context(stream(4))
            async for record in rows:
                if record.id == 1:
                    await kill(engine, number)

    async def main() -> None:
        start = time.monotonic()
        with pytest.raises(ConnectionLost):
            await read()
        assert time.monotonic() - start < 5
        await all_free()

    runner.run(main)


@ON_SERVERS
@pytest.mark.parametrize("inside", [False, True])
def test_a_server_that_falls_silent_holds_no_stream(database_url: str, runner: Runner, inside: bool) -> None:
    """Neither is leaving it waited for longer than its bound, nor is the connection lent again."""
    prepared(database_url)
    close()
    with proxied(database_url) as (proxy, url):
        ActiveRecord.configure(with_settings(url, close_timeout=0.5))

        async def main() -> None:
            start = 0.0
            with pytest.raises((WrongTurn, ConnectionLost)):
                async with AsyncExitStack() as blocks:
                    if inside:
                        await blocks.enter_async_context(Item.async_transaction())
                    rows = await blocks.enter_async_context(stream(4))
                    async for record in rows:
                        if record.id == 6:
                            start = time.monotonic()
                            proxy.freeze()
                            raise WrongTurn
            # A cursor and a transaction, each with its bound and the moment that the end of a connection takes.
            assert time.monotonic() - start < 4
            assert pool_statistics().lent == 0
            proxy.mend()
            async with stream(4) as rows:
                assert await names_of(rows) == NAMES

        runner.run(main)
        close()


@IN_MEMORY
def test_a_stream_whose_loop_is_gone(items: str) -> None:
    """The collector finds it. The one connection of a database in memory, and its data, are there for others."""
    loop = asyncio.new_event_loop()
    reached = asyncio.Event()

    async def read() -> None:
        async with stream(4) as rows:
            async for _ in rows:
                reached.set()
                await asyncio.Event().wait()

    work = read()
    task = loop.create_task(work)
    loop.run_until_complete(reached.wait())
    # A task that is destroyed while it waits is told of.
    loop.set_exception_handler(_ignore)
    loop.close()
    with suppress(RuntimeError):
        work.close()
    del task, work
    gc.collect()
    assert in_order().pluck(Item.name) == NAMES
    assert Item.create(name="another").id == COUNT + 1


@SEVERAL_CONNECTIONS
def test_a_stream_of_a_closed_loop_is_in_nobodys_way(items: str) -> None:
    async def enter() -> Stream[Item]:
        rows = stream(4)
        await rows.__aenter__()
        await anext(rows.__aiter__())
        return rows

    rows = RUNNERS["asyncio"].run(enter)
    assert in_order().pluck(Item.name) == NAMES
    with pytest.raises(UsageError, match="another event loop"):
        list(iterate(rows))
    rows.__exit__(None, None, None)
    Item.create(name="another")


def iterate(rows: Stream[Item]) -> Iterator[Item]:
    while True:
        yield next(rows)


# memory


@pytest.mark.parametrize("inside", [False, True])
def test_many_records_take_little_memory(database_url: str, inside: bool) -> None:
    doublings = 9
    count = 100 * 2**doublings
    prepared(database_url, count=100)

    async def read() -> int:
        total = 0
        async with AsyncExitStack() as blocks:
            if inside:
                await blocks.enter_async_context(Item.async_transaction())
            rows = await blocks.enter_async_context(Item.query().async_stream(batch=500))
            async for record in rows:
                total += 1
                if inside and total == 1_000:
                    await Item.async_create(name="another")
                assert record.seen == 0
        return total

    async def main() -> None:
        for _ in range(doublings):
            await database().execute_text(
                "INSERT INTO stream_items (name, seen) SELECT name, seen FROM stream_items", writes=True
            )
        gc.collect()
        tracemalloc.start()
        try:
            assert await read() == count
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        # All of them together take some 30 MB.
        assert peak < 6_000_000

    # The loop has no part in it.
    RUNNERS["asyncio"].run(main)
