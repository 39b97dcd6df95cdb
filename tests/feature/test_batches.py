"""Batches by key: all rows once, whatever the body does, and from where another run stopped."""

import gc
import tracemalloc
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest

from activerecord import (
    ActiveRecord,
    Batches,
    BelongsTo,
    Column,
    DeadlineExceeded,
    HasMany,
    InvalidValue,
    QueryError,
    SyncInLoop,
    Undeclared,
    UsageError,
    belongs_to,
    column,
    create_tables,
    fn,
    gather,
    has_many,
    pool_statistics,
)
from activerecord.database import database
from activerecord.testing.queries import assert_queries, count_queries
from activerecord.testing.runners import RUNNERS, Runner, cut_short
from activerecord.testing.sweep import Outcome, sweep
from tests.feature.cells import Cell
from tests.feature.sample import Sample, sample

COUNT = 25
ON_SERVERS_AND_FILES = pytest.mark.places("file", "server")


class Item(ActiveRecord):
    __table_name__ = "batch_items"
    id: Column[int] = column(primary_key=True)
    name: Column[str]
    seen: Column[int] = column(default=0)
    parts: HasMany["Part"] = has_many()


class Part(ActiveRecord):
    __table_name__ = "batch_parts"
    id: Column[int] = column(primary_key=True)
    item_id: Column[int] = column(references="batch_items.id")
    item: BelongsTo[Item] = belongs_to()


class Seat(ActiveRecord):
    __table_name__ = "batch_seats"
    line: Column[str] = column(primary_key=True, length=10)
    number: Column[int] = column(primary_key=True)
    side: Column[int] = column(primary_key=True)


class Keyless(Undeclared):
    __table_name__ = "batch_keyless"


class PlaylistTrack(Undeclared):
    __table_name__ = "PlaylistTrack"
    __connection__ = "chinook"


class Track(Undeclared):
    __table_name__ = "Track"
    __connection__ = "chinook"


@pytest.fixture
def items(configured: str) -> str:
    create_tables(Item, Part)
    Item.insert_all([{"name": f"item {number:02}", "seen": 0} for number in range(COUNT)])
    return configured


@pytest.fixture
def chinook(cell: Cell, tmp_path: Path) -> Sample:
    found = sample("chinook")
    found.configure(cell, tmp_path)
    return found


@pytest.mark.parametrize("size", [1, 5, 7, COUNT, 1000])
def test_every_row_comes_once_in_the_order_of_the_key(items: str, size: int) -> None:
    batches = list(Item.query().in_batches(size))
    assert [item.id for batch in batches for item in batch] == list(range(1, COUNT + 1))
    assert [len(batch) for batch in batches[:-1]] == [size] * (len(batches) - 1)
    assert all(batch.ids == [item.id for item in batch] for batch in batches)
    assert [item.id for item in Item.query().find_each(size, order="desc")] == list(range(COUNT, 0, -1))


def test_in_async_code(items: str, runner: Runner) -> None:
    async def main() -> None:
        found: list[int] = []
        async for batch in Item.query().async_in_batches(of=10):
            assert pool_statistics().lent == 0
            found += batch.ids
        assert found == list(range(1, COUNT + 1))
        assert [item.id async for item in Item.query().async_find_each(batch=10)] == found
        assert [item.id async for item in Item.where(Item.id > 20).async_find_each()] == found[20:]
        assert [batch async for batch in Item.where(name="nothing").async_in_batches()] == []

    runner.run(main)


def test_how_many_statements(items: str) -> None:
    Part.insert_all([{"item_id": number + 1} for number in range(COUNT)])
    assert Item.query().with_("parts").first() is not None
    with assert_queries(3, database()):
        list(Item.query().in_batches(10))
    with assert_queries(2 * 3, database()):
        counts = [len(item.parts) for item in Item.query().with_("parts").find_each(10)]
    assert counts == [1] * COUNT
    with assert_queries(0, database()):
        Item.query().in_batches(10)
    compiled = database().statements.compiled
    list(Item.query().in_batches(5))
    assert database().statements.compiled == compiled


def test_the_statements_go_by_the_key(items: str, engine: str) -> None:
    create_tables(Seat)
    Seat.insert_all([{"line": "a", "number": number, "side": 1} for number in range(4)])
    with count_queries(database()) as statements:
        list(Item.query().in_batches(20))
        list(Seat.query().in_batches(2))
    texts = [text.replace('"', "").replace("`", "") for text in statements]
    assert all("OFFSET" not in text and "ORDER BY" in text for text in texts)
    assert "WHERE batch_items.id > " in texts[1]
    by_rows = "(batch_seats.line, batch_seats.number, batch_seats.side) > (" in texts[3]
    assert by_rows == (engine != "mysql")
    assert by_rows or "batch_seats.line > ? OR (batch_seats.line = ? AND " in texts[3]


def test_composite_keys(configured: str) -> None:
    create_tables(Seat)
    keys = [(line, number, side) for line in "abc" for number in range(4) for side in range(3)]
    Seat.insert_all([dict(zip(("line", "number", "side"), key, strict=True)) for key in reversed(keys)])
    for size in 1, 4, 5, 36, 37:
        batches = Seat.query().in_batches(size)
        assert [key for batch in batches for key in batch.ids] == keys
        assert batches.last_id == keys[-1]
    assert [(s.line, s.number, s.side) for s in Seat.query().find_each(5, order="desc")] == keys[::-1]
    for place in 0, 7, 20, 35:
        assert [key for batch in Seat.query().in_batches(4, after=keys[place]) for key in batch.ids] == keys[
            place + 1 :
        ]
        assert [key for batch in Seat.query().in_batches(4, start=keys[place]) for key in batch.ids] == keys[place:]
        assert [key for batch in Seat.query().in_batches(4, finish=keys[place]) for key in batch.ids] == keys[
            : place + 1
        ]
    with pytest.raises(QueryError, match="3 parts"):
        list(Seat.query().in_batches(start="a"))


def test_where_to_begin_and_to_end(items: str) -> None:
    def ids(**bounds: Any) -> list[int]:
        return [key for batch in Item.query().in_batches(4, **bounds) for key in batch.ids]

    assert ids(start=5, finish=14) == list(range(5, 15))
    assert ids(after=5, finish=5) == []
    assert ids(after=24) == [25]
    assert ids(start=14, finish=5, order="desc") == list(range(14, 4, -1))
    assert ids(after=3, order="desc") == [2, 1]
    with pytest.raises(InvalidValue):
        ids(start="five")


def test_another_run_goes_on_where_one_stopped(items: str, runner: Runner) -> None:
    class Crash(Exception):
        pass

    async def run(after: int | None, done: list[int], crash_at: int) -> None:
        items = Item.query().async_find_each(4, after=after)
        async for item in items:
            assert items.last_id == item.id
            if item.id == crash_at:
                raise Crash
            done.append(item.id)

    async def main() -> None:
        done: list[int] = []
        for crash_at in 1, 6, 8, 9:
            with pytest.raises(Crash):
                await run(done[-1] if done else None, done, crash_at)
        await run(done[-1], done, 0)
        assert done == list(range(1, COUNT + 1))

    runner.run(main)


def test_the_body_may_write_and_break_off(items: str, runner: Runner) -> None:
    async def main() -> None:
        batches = Item.query().async_in_batches(4)
        async for batch in batches:
            for item in batch:
                await item.async_update(seen=1)
            await batch[-1].async_delete()
            await Item.async_create(name="another")
            if batch.last_id >= 12:
                break
        assert batches.last_id == 12
        assert pool_statistics().lent == 0
        # The same goes on, and comes to what was added meanwhile.
        rest = [key async for batch in batches for key in batch.ids]
        assert rest == list(range(13, COUNT + 4))
        # A key that the body changes is not that by which it goes on.
        ids: list[int] = []
        async for batch in Item.query().async_in_batches(10):
            ids += batch.ids
            batch[-1].id = 1
        assert len(ids) == len(set(ids)) == COUNT

    runner.run(main)


def test_a_transaction_around_is_used(items: str, runner: Runner) -> None:
    async def main() -> None:
        async with Item.async_transaction() as tx:
            async for item in Item.query().async_find_each(4):
                await item.async_update(seen=item.id)
            tx.rollback()
        assert await Item.where(seen=0).async_count() == COUNT

    runner.run(main)


async def read_on(batches: Batches[Item]) -> None:
    async for _ in batches:
        pass


def test_a_batch_that_was_cut_short_is_read_again(items: str, runner: Runner) -> None:
    async def main() -> None:
        for manner in runner.manners:
            batches = Item.query().async_in_batches(10)
            first = await anext(batches)

            # Too short for it, or long enough: what it goes on with follows what was given last.
            await cut_short(partial(read_on, batches), manner, after=0)
            last = batches.last_id
            rest = [key async for batch in batches for key in batch.ids]
            assert rest == list(range(last + 1, COUNT + 1))
            assert first.ids == list(range(1, 11))
            assert pool_statistics().lent == 0

    runner.run(main)


@ON_SERVERS_AND_FILES
@pytest.mark.parametrize("loop", ["asyncio", "trio"])
def test_cancelled_at_every_point(items: str, loop: str) -> None:
    async def operation() -> list[int]:
        each = Item.query().limit(5).async_find_each(2)
        found: list[int] = []
        async for item in each:
            found.append(item.id)
            if item.id in {2, 5}:
                await item.async_update(seen=item.seen + 1)
        return found

    async def judge(outcome: Outcome) -> str | None:
        if outcome.kind == "raised":
            return f"it raised {outcome.error!r}"
        if outcome.kind == "returned" and outcome.value != [1, 2, 3, 4, 5]:
            return f"the records were {outcome.value}"
        return "a connection is out" if pool_statistics().lent else None

    async def main() -> None:
        await operation()
        report = await sweep(operation, judge, again=(None, 1))
        assert report.points
        assert not report.violations, "\n".join(map(str, report.violations[:5]))

    RUNNERS[loop].run(main)


@pytest.mark.parametrize("loop", ["asyncio", "trio"])
def test_one_task_at_a_time(items: str, loop: str) -> None:
    async def main() -> None:
        batches = Item.query().async_in_batches(10)
        with pytest.raises(UsageError, match="another task"):
            await gather(anext(batches), anext(batches))
        each = Item.query().async_find_each(10)
        assert [item.id async for item in each] == list(range(1, COUNT + 1))

        async with anyio.create_task_group() as group:
            for start in 1, 11:
                group.start_soon(read, start)

    async def read(start: int) -> None:
        assert [i.id async for i in Item.query().async_find_each(3, start=start, finish=start + 9)] == [
            *range(start, start + 10)
        ]

    RUNNERS[loop].run(main)


def test_the_sync_forms_are_refused_under_a_loop(items: str) -> None:
    async def main() -> None:
        with pytest.raises(SyncInLoop, match=r"async for .*\.async_in_batches\(\)"):
            next(iter(Item.query().in_batches()))
        with pytest.raises(SyncInLoop, match=r"async for .*\.async_find_each\(\)"):
            next(iter(Item.query().find_each()))

    RUNNERS["asyncio"].run(main)


def test_limits_and_columns(items: str) -> None:
    for limit in 0, 3, 4, 11, 30:
        with count_queries(database()) as statements:
            found = list(Item.query().limit(limit).find_each(4))
        assert [item.id for item in found] == list(range(1, min(limit, COUNT) + 1))
        assert len(statements) == -(-min(limit, COUNT) // 4)
    batch = next(Item.query().select("name").in_batches(4))
    assert (batch.ids, batch[3].attributes) == ([1, 2, 3, 4], {"name": "item 03"})
    assert next(Item.query().select("name", "id").in_batches(4)).ids == [1, 2, 3, 4]


def test_what_makes_other_rows_is_refused(items: str) -> None:
    for wrong, word in (
        (Item.query().order_by("name"), "order_by"),
        (Item.query().offset(5), "offset"),
        (Item.query().group_by("seen"), "group_by"),
        (Item.query().having("count(*) > 1"), "having"),
    ):
        with pytest.raises(QueryError, match=word):
            wrong.in_batches()
        with pytest.raises(QueryError, match=word):
            wrong.async_find_each()
    for arguments in ({"of": 0}, {"of": True}, {"of": "5"}, {"order": "up"}, {"start": 1, "after": 1}):
        with pytest.raises(QueryError):
            Item.query().in_batches(**arguments)  # pyright: ignore[reportArgumentType]
    with pytest.raises(QueryError, match="distinct"):
        list(Item.query().select("name").distinct().in_batches())


def test_a_join_that_multiplies_is_refused(items: str) -> None:
    Part.insert_all([{"item_id": number % 5 + 1} for number in range(20)])
    joined = Item.query().join("parts")
    with pytest.raises(QueryError, match=r"distinct\(\)"):
        list(joined.in_batches(2))
    assert [item.id for item in joined.distinct().find_each(2)] == [1, 2, 3, 4, 5]
    assert [part.id for part in Part.query().join("item").where(Item.id < 3).find_each(2)] == [
        1,
        2,
        6,
        7,
        11,
        12,
        16,
        17,
    ]


def test_rows_that_share_a_key_are_refused(items: str) -> None:
    Part.insert_all([{"item_id": number % 5 + 1} for number in range(20)])
    shouted = Item.query().select("id", fn.upper(Item.name).as_("name"))
    repeated = Item.query().from_(Part.query().select(Part.item_id.as_("id")))
    folded = Item.query().from_(Item.query().select((Item.id % 3).as_("id")))
    parts = Item.query().join("parts").select(Part.id.as_("part"), append=True).distinct()
    for query in (Item.query().select("id", "name").union(shouted), repeated, repeated.distinct(), folded, parts):
        with pytest.raises(QueryError, match=r"place|several times"):
            list(query.in_batches(2))
        with pytest.raises(QueryError, match=r"place|several times"):
            query.paginate(2)


def test_a_query_in_place_of_the_table(items: str) -> None:
    keys = list(range(1, COUNT + 1))
    for query in (
        Item.query().from_(Item.query()),
        Item.query().from_(Item.query().cte("c")),
        Item.query().from_(Item.query().select("id", fn.upper(Item.name).as_("name"))),
        Item.where(Item.id < 10).union(Item.where(Item.id > 5)),
        Item.query().except_(Item.where(id=0)),
        Item.query().from_(Item.query().union_all(Item.query())).distinct(),
    ):
        assert [key for batch in query.in_batches(4) for key in batch.ids] == keys


def test_a_table_without_a_key_is_refused(configured: str) -> None:
    RUNNERS["sync"].run(lambda: database().execute_text("CREATE TABLE batch_keyless (name VARCHAR(9))", writes=True))
    with pytest.raises(QueryError, match="no primary key"):
        list(Keyless.query().in_batches())


def test_each_batch_has_its_time(items: str) -> None:
    found: list[int] = []
    batches = Item.query().in_batches(10, timeout=30)
    assert len(list(batches)) == 3
    late = Item.query().in_batches(10, timeout=1e-9)
    with pytest.raises(DeadlineExceeded, match="in_batches"):
        found += next(late).ids
    assert found == []


@ON_SERVERS_AND_FILES
def test_a_table_of_chinook_with_two_keys(chinook: Sample) -> None:
    wanted = chinook.rows("SELECT PlaylistId, TrackId FROM PlaylistTrack ORDER BY PlaylistId, TrackId")
    with count_queries(database("chinook")) as statements:
        found = [key for batch in PlaylistTrack.query().in_batches(1000) for key in batch.ids]
    assert found == wanted
    assert sum("PlaylistTrack" in text and "LIMIT" in text for text in statements) == 9
    jazz = Track.query().join("genre").where(Track.Milliseconds > 300_000).in_batches(100)
    assert [key for batch in jazz for key in batch.ids] == [
        key for (key,) in chinook.rows("SELECT TrackId FROM Track WHERE Milliseconds > 300000 ORDER BY TrackId")
    ]


FILL = {
    "sqlite": "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {0}) INSERT INTO batch_items SELECT i, 'x', 0 FROM n",
    "postgresql": "INSERT INTO batch_items SELECT i, 'x', 0 FROM generate_series(1, {0}) i",
    "mysql": "INSERT INTO batch_items SELECT seq, 'x', 0 FROM seq_1_to_{0}",
}


@ON_SERVERS_AND_FILES
def test_many_records_take_little_memory(configured: str, engine: str) -> None:
    count = 300_000
    create_tables(Item, Part)
    RUNNERS["sync"].run(lambda: database().execute_text(FILL[engine].format(count), writes=True))

    async def read() -> int:
        return sum([len(batch) async for batch in Item.query().async_in_batches(2000)])

    async def main() -> None:
        await anext(Item.query().async_in_batches(10))
        gc.collect()
        tracemalloc.start()
        try:
            assert await read() == count
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        # All of them together take some 180 MB.
        assert peak < 6_000_000

    # The loop has no part in it.
    RUNNERS["asyncio"].run(main)
