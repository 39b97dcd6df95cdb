"""Many rows at once: in order, all or none, in bounded memory, and in the engine's best way."""

import asyncio
import datetime as dt
import gc
import time
import tracemalloc
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from itertools import product
from typing import Any, ClassVar

import pytest

from activerecord import (
    ActiveRecord,
    Column,
    DatabaseError,
    ForeignKeyViolation,
    InvalidValue,
    NotNullViolation,
    QueryError,
    Undeclared,
    UniqueViolation,
    UnknownColumn,
    UsageError,
    async_create_tables,
    column,
    create_tables,
    excluded,
)
from activerecord.database import database
from activerecord.runtime import run_blocking, sleep
from activerecord.testing.queries import count_queries
from activerecord.testing.runners import RUNNERS, Runner, cut_short


class Page(ActiveRecord):
    __table_name__ = "pages"
    id: Column[int] = column(primary_key=True)
    path: Column[str] = column(unique=True)
    hits: Column[int] = column(default=0)
    token: Column[uuid.UUID] = column(default=uuid.uuid4)
    note: Column[str | None] = column(name="the note")


class Seat(ActiveRecord):
    __table_name__ = "seats"
    row: Column[int] = column(primary_key=True)
    number: Column[int] = column(primary_key=True)
    taken: Column[bool | None]
    page_id: Column[int | None] = column(references="pages.id")


class Anything(Undeclared):
    __table_name__ = "anything"


@pytest.fixture
def tables(configured: str) -> None:
    create_tables(Page, Seat)


def run(*statements: str) -> list[Any]:
    return [run_blocking(partial(database().execute_text, sql), "execute_text").rows for sql in statements][-1]


def pages(count: int, start: int = 0) -> list[dict[str, Any]]:
    return [{"path": f"/{number:06}", "hits": number} for number in range(start, start + count)]


def in_order(model: Any, *names: str) -> list[Any]:
    found: list[Any] = model.query().order_by("id").pluck(*names)
    return found


# What the engine is given one row, a few rows of, many rows of, and rows of more than one batch.
COUNTS = (1, 3, 17, 500, 5_000)


@pytest.mark.parametrize("count", COUNTS)
def test_rows_and_keys_are_in_the_order_of_the_input(tables: None, count: int) -> None:
    assert Page.insert_all(pages(count)) == count
    assert in_order(Page, "path") == [row["path"] for row in pages(count)]
    shuffled = [{"path": f"/{uuid.UUID(int=number * 7919 % 100_003)}", "note": str(number)} for number in range(count)]
    keys = Page.insert_all(shuffled, returning=True)
    assert len({*keys}) == count and all(isinstance(key, int) for key in keys)
    found = dict(Page.where(id=keys).pluck("id", "path"))
    assert [found[key] for key in keys] == [row["path"] for row in shuffled]
    assert keys == sorted(keys)
    assert {*Page.query().pluck("token")} and len({*Page.query().pluck("token")}) == 2 * count


@pytest.mark.parametrize("count", COUNTS)
def test_columns_come_back_by_the_names_that_they_are_asked_by(tables: None, count: int) -> None:
    rows = [{"path": f"/{number}", "note": f"n{number}"} for number in range(count, 0, -1)]
    given = Page.insert_all(rows, returning=("id", "note", Page.path, "hits"))
    assert [tuple(row) for row in given] == [("id", "note", "path", "hits")] * count
    assert [(row["note"], row["path"], row["hits"]) for row in given] == [(row["note"], row["path"], 0) for row in rows]
    assert {row["id"]: row["path"] for row in given} == dict(Page.query().pluck("id", "path"))


@pytest.mark.parametrize("count", [2, 40])
def test_keys_of_the_programs_own(tables: None, count: int) -> None:
    rows = [{"row": number % 7, "number": number} for number in range(count, 0, -1)]
    assert Seat.insert_all(rows, returning=True) == [(row["row"], row["number"]) for row in rows]
    given = [{"id": 1000 - number, "path": str(number)} for number in range(count)]
    assert Page.insert_all(given, returning=True) == [row["id"] for row in given]
    mixed = [{"id": None if number % 3 else 5000 - number, "path": f"m{number}"} for number in range(count)]
    keys = Page.insert_all(mixed, returning=True)
    assert [Page.find(key).path for key in keys] == [row["path"] for row in mixed]
    assert keys[0] == 5000 and all((key < 5001) for key in keys[::3])


def test_keys_that_the_database_makes_otherwise(configured: str, engine: str) -> None:
    made = {"postgresql": "UUID DEFAULT gen_random_uuid()", "sqlite": "TEXT DEFAULT (lower(hex(randomblob(16))))"}
    run(f"CREATE TABLE anything (id {made.get(engine, 'CHAR(36) DEFAULT (uuid())')} PRIMARY KEY, number INTEGER)")
    rows = [{"number": number} for number in range(30, 0, -1)]
    keys = Anything.insert_all(rows, returning=True)
    assert [Anything.find(key).number for key in keys] == [row["number"] for row in rows]
    assert Anything.insert_all(rows) == 30


def test_rows_without_a_key_come_back_too(configured: str) -> None:
    run("CREATE TABLE anything (number INTEGER, doubled INTEGER GENERATED ALWAYS AS (number * 2) STORED)")
    rows = [{"number": number} for number in (3, 1, 2, 1)]
    assert Anything.insert_all(rows, returning=("doubled",)) == [{"doubled": number} for number in (6, 2, 4, 2)]
    with pytest.raises(QueryError, match="no primary key to give back"):
        Anything.insert_all(rows, returning=True)


def test_a_row_of_nothing_but_defaults(configured: str) -> None:
    key = {"sqlite": "INTEGER PRIMARY KEY", "mysql": "INTEGER AUTO_INCREMENT PRIMARY KEY"}
    words = key.get(database().dialect.name, "SERIAL PRIMARY KEY")
    run(f"CREATE TABLE anything (id {words}, number INTEGER DEFAULT 5)")
    nothing: list[dict[str, Any]] = [{}]
    assert Anything.insert_all(nothing * 20, returning=True) == [*range(1, 21)]
    assert Anything.insert_all(nothing * 2) == 2
    assert Anything.insert_all([{"id": None}] * 2, returning=("number",)) == [{"number": 5}] * 2


# how many statements


def test_a_few_rows_are_one_statement(tables: None) -> None:
    Page.query().count()
    for count in (1, 2, 16):
        with count_queries(database()) as statements:
            Page.insert_all({"path": f"{count}.{number}"} for number in range(count))
        assert len(statements) == 1, str(statements)


def test_many_rows_are_few_statements(tables: None, engine: str) -> None:
    with count_queries(database()) as statements:
        Page.insert_all(pages(5_000))
    writes = [sql for sql in statements if sql.startswith(("INSERT", "COPY"))]
    assert (statements[0][:5], statements[-1]) == ("BEGIN", "COMMIT")
    # three columns: 500 rows in one statement of VALUES, 2,000 otherwise
    assert len(writes) == (3 if engine == "postgresql" else 10)
    assert len(statements) - len(writes) == (3 if engine == "postgresql" else 2)
    assert all(sql.startswith("COPY") for sql in writes) is (engine == "postgresql")


@pytest.mark.engines("postgresql")
def test_many_rows_with_keys_that_are_counted_are_one_statement_and_a_question(tables: None) -> None:
    with count_queries(database()) as statements:
        keys = Page.insert_all(pages(1_000), returning=True)
    assert keys == Page.query().order_by("path").ids()
    assert [sql.split()[0] for sql in statements] == ["SELECT", "INSERT"], str(statements)
    with pytest.raises(UniqueViolation):
        Page.insert_all([*pages(50, 2_000), *pages(1)], returning=True)
    with Page.transaction():
        # a savepoint stands before it
        with pytest.raises(UniqueViolation):
            Page.insert_all([*pages(50, 2_000), *pages(1)], returning=True)
        assert Page.query().count() == 1_000


def test_what_progress_raises_undoes_a_single_statement_too(tables: None) -> None:
    def refuse(count: int) -> None:
        raise LookupError(count)

    for count in 3, 50:
        with pytest.raises(LookupError, match=str(count)):
            Page.insert_all(pages(count), progress=refuse)
        with pytest.raises(LookupError, match=str(count)):
            Page.insert_all(pages(count), returning=True, progress=refuse)
    assert Page.query().count() == 0


def test_rows_of_any_number_are_compiled_once(tables: None) -> None:
    Page.insert_all(pages(1))
    Page.insert_all(pages(1, 1), returning=True)
    before = database().statements.compiled
    for count in (2, 3, 5, 11, 16):
        Page.insert_all({"path": str(uuid.uuid4()), "hits": 1} for _ in range(count))
        Page.insert_all(({"path": str(uuid.uuid4()), "hits": 1} for _ in range(count)), returning=True)
    assert database().statements.compiled == before


def test_in_a_transaction_and_batches_of_the_programs_own(tables: None) -> None:
    with count_queries(database()) as statements, Page.transaction():
        assert Page.insert_all(pages(10), batch=4) == 10
    assert len([sql for sql in statements if sql.startswith("INSERT")]) == 3
    wrongs: list[Any] = [0, -1, True, "4"]
    for wrong in wrongs:
        with pytest.raises(QueryError, match="batch="):
            Page.insert_all(pages(1), batch=wrong)


# all or none


def failing_after(count: int) -> Iterator[dict[str, Any]]:
    yield from pages(count)
    raise ZeroDivisionError


@pytest.mark.parametrize("count", [1, 30, 4_000])
def test_what_fails_late_leaves_nothing(tables: None, count: int) -> None:
    wrong: list[tuple[Any, type[Exception]]] = [
        (failing_after(count), ZeroDivisionError),
        ([*pages(count), {"path": None, "hits": 1}], NotNullViolation),
        ([*pages(count), *pages(1)], UniqueViolation),
        ([*pages(count), {"path": "x"}, {"paht": 1}], QueryError),
    ]
    model: Any = Page
    for rows, kind in wrong:
        for returning in (None, True):
            with pytest.raises(kind):
                model.insert_all(failing_after(count) if kind is ZeroDivisionError else iter(rows), returning=returning)
            assert Page.query().count() == 0
    with pytest.raises(ForeignKeyViolation):
        Seat.insert_all({"row": 1, "number": number, "page_id": 57} for number in range(count))
    assert Seat.query().count() == 0


def test_in_a_transaction_a_failure_is_its_own(tables: None) -> None:
    with Page.transaction():
        Page.insert_all(pages(2))
        with pytest.raises(UniqueViolation), Page.transaction():
            Page.insert_all(pages(50))
        with pytest.raises(UniqueViolation):
            Page.insert_all(iter(pages(50)), batch=10)
        Page.insert_all(pages(30, 2))
    assert Page.query().count() == 32


@pytest.mark.places("file", "server")
def test_cancelled_on_the_way_nothing_is_left(tables: None, runner: Runner) -> None:
    if not runner.manners:
        return

    async def slowly() -> AsyncIterator[dict[str, Any]]:
        for row in pages(10_000):
            await sleep(0.001)
            yield row

    async def main() -> None:
        for manner in runner.manners:
            assert await cut_short(lambda: Page.async_insert_all(slowly(), batch=20), manner, after=0.2)
            assert await Page.query().async_count() == 0
        assert await Page.async_insert_all(pages(3)) == 3

    runner.run(main)


@pytest.mark.places("file", "server")
def test_cancelled_in_a_batch_nothing_is_left(tables: None, runner: Runner) -> None:
    if not runner.manners:
        return

    async def main() -> None:
        for manner, after in product(runner.manners, (0.01, 0.05, 0.15)):
            cancelled = await cut_short(lambda: Page.async_insert_all(pages(60_000)), manner, after=after)
            assert cancelled and await Page.query().async_count() == 0

    runner.run(main)


# rows that come one by one


def test_an_asynchronous_iterable(tables: None, runner: Runner) -> None:
    closed: list[bool] = []
    model: Any = Page

    async def rows(count: int) -> AsyncIterator[dict[str, Any]]:
        try:
            for row in pages(count):
                yield row
        finally:
            closed.append(True)

    async def main() -> None:
        assert await Page.async_insert_all(rows(700), returning=True) == await Page.query().order_by("id").async_ids()
        with pytest.raises(UniqueViolation):
            await Page.async_insert_all(rows(3_000), batch=100)
        assert await Page.async_insert_all(rows(0)) == 0

    runner.run(main)
    assert len(closed) == 3
    with pytest.raises(UsageError, match="async_insert_all"):
        model.insert_all(rows(1))


def test_progress_is_told_of(tables: None) -> None:
    told: list[tuple[int, int]] = []
    Page.insert_all(pages(25), batch=10, progress=lambda count: told.append((count, Page.query().count())))
    assert told == [(10, 10), (20, 20), (25, 25)]

    def stop(count: int) -> None:
        if count > 10:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Page.insert_all(pages(25, 25), batch=10, progress=stop)
    assert Page.query().count() == 25


@pytest.mark.places("file", "server")
def test_memory_is_bounded(tables: None, driver: str) -> None:
    if driver == "aiosqlite":
        return
    run("CREATE TABLE anything (number INTEGER, word VARCHAR(100))")
    Anything.insert_all({"number": number, "word": "w" * 50} for number in range(5_000))
    gc.collect()
    tracemalloc.start()
    peaks: list[int] = []

    def note(count: int) -> None:
        if count % 20_000 == 0:
            peaks.append(tracemalloc.get_traced_memory()[1])

    try:
        Anything.insert_all(
            ({"number": number, "word": "w" * 50} for number in range(300_000)), batch=1_000, progress=note
        )
    finally:
        tracemalloc.stop()
    assert Anything.query().count() == 305_000
    assert peaks[-1] < 8_000_000, peaks
    assert peaks[-1] - peaks[1] < 500_000, peaks


@pytest.mark.places("file", "server")
def test_large_values_are_sent_apart(tables: None) -> None:
    with count_queries(database()) as statements:
        Page.insert_all({"path": str(number), "note": "x" * 300_000} for number in range(8))
    assert len([sql for sql in statements if sql.startswith("INSERT")]) == 4
    assert {*map(len, Page.query().pluck("note"))} == {300_000}


@pytest.mark.places("file", "server")
def test_the_loop_is_not_held_for_long(tables: None) -> None:
    held: list[float] = []

    async def watch() -> None:
        while True:
            before = time.thread_time()
            await asyncio.sleep(0.001)
            held.append(time.thread_time() - before)

    async def main() -> None:
        watching = asyncio.create_task(watch())
        await Page.async_insert_all(pages(30_000))
        watching.cancel()

    RUNNERS["asyncio"].run(main)
    # seconds of work in the loop's own thread, a few hundredths: how busy the machine is does not count
    assert max(held) < 0.4 and len(held) > 20


# what is refused, and what happens in odd tables


def test_what_cannot_be_written_is_said(tables: None) -> None:
    model: Any = Page
    wrong: list[tuple[Callable[[], object], type[Exception], str]] = [
        (lambda: Page.insert_all([{"paht": 1}]), UnknownColumn, "did you mean 'path'"),
        (lambda: Page.insert_all([{"path": "a"}, {"path": "b", "note": 1}]), QueryError, "not in all: the note"),
        (lambda: Page.insert_all(pages(1), returning=("paht",)), UnknownColumn, "did you mean 'path'"),
        (lambda: model.insert_all(pages(1), returning="id"), QueryError, "returning="),
        (lambda: Page.insert_all(pages(1), returning=()), QueryError, "returning="),
        (lambda: model.insert_all(pages(1), returning=(5,)), QueryError, "returning="),
        (lambda: model.insert_all(5), QueryError, "takes a list of dicts"),
        (lambda: model.insert_all([Page(path="a")]), QueryError, "row 1: insert_all takes dicts"),
        (lambda: Page.insert_all([*pages(24), {"path": 5}], batch=10), InvalidValue, "^row 25: 'path': "),
        (
            lambda: Page.upsert_all([{"path": "a"}, {"path": "b", "hits": 1}], unique_by="path"),
            QueryError,
            "^row 2: upsert_all needs the same columns",
        ),
    ]
    for call, kind, told in wrong:
        with pytest.raises(kind, match=told):
            call()
    assert Page.query().count() == 0


@pytest.mark.parametrize("count", [2, 40])
def test_columns_that_the_database_computes(configured: str, engine: str, count: int) -> None:
    run("CREATE TABLE anything (id INTEGER PRIMARY KEY, twice INTEGER GENERATED ALWAYS AS (id * 2) STORED)")
    given = Anything.insert_all(({"id": number} for number in range(count)), returning=("twice",))
    assert given == [{"twice": 2 * number} for number in range(count)]
    with pytest.raises(QueryError, match="computed by the database"):
        Anything.insert_all({"id": number, "twice": 5} for number in range(count))
    run("CREATE VIEW seen AS SELECT id FROM anything")

    class Seen(Undeclared):
        __table_name__ = "seen"

    with pytest.raises(QueryError, match="view"):
        Seen.insert_all({"id": number} for number in range(count))


@pytest.mark.engines("postgresql")
@pytest.mark.parametrize("count", [2, 40])
def test_what_a_server_does_to_rows(configured: str, count: int) -> None:
    run(
        "CREATE TABLE pages (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, path TEXT, hits INTEGER, token UUID, "
        '"the note" TEXT)',
        "CREATE FUNCTION change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.path := upper(NEW.path); RETURN NEW; END $$",
        "CREATE TRIGGER change BEFORE INSERT ON pages FOR EACH ROW EXECUTE FUNCTION change()",
    )
    rows = [{"path": f"p{number}"} for number in range(count)]
    assert Page.insert_all(rows) == count
    assert Page.insert_all(rows, returning=("id", "path")) == [
        {"id": count + number + 1, "path": f"P{number}"} for number in range(count)
    ]
    # a COPY would override the identity without a word
    with pytest.raises(DatabaseError, match="non-DEFAULT"):
        Page.insert_all({"id": 1000 + number, **row} for number, row in enumerate(rows))
    assert Page.query().count() == 2 * count


@pytest.mark.engines("postgresql")
@pytest.mark.parametrize("count", [2, 40])
def test_types_of_the_servers_own(configured: str, count: int) -> None:
    run(
        "CREATE TYPE mood AS ENUM ('happy', 'sad')",
        "CREATE DOMAIN small AS INTEGER CHECK (VALUE < 1000)",
        'CREATE TABLE anything (id SERIAL PRIMARY KEY, mood mood, small small, word CHAR(5), letter "char", money NUMERIC(5, 2), '
        "document JSON, tags TEXT[], tiny SMALLINT, real REAL, ip INET, bits BIT(3), grid INTEGER[][])",
    )
    row: dict[str, Any] = {
        "mood": "sad",
        "small": 7,
        "word": "ab",
        "money": 5,
        "document": {"b": 1, "a": [1.50]},
        "tags": ["x", 'y"'],
        "tiny": 3,
        "real": 0.1,
        "ip": "10.0.0.1",
    }
    names = list(row)
    one = Anything.create(**row)
    expected = Anything.where(id=one.id).tuples()[0][1:]
    assert Anything.insert_all([row] * count) == count
    assert Anything.insert_all([row] * count, returning=True) == [*range(count + 2, 2 * count + 2)]
    assert {*map(str, (found[1:] for found in Anything.query().tuples()))} == {str(expected)}
    # the text of JSON is kept to the letter, as it is by one INSERT
    assert len(run("SELECT DISTINCT document::text FROM anything")) == 1
    for partly in [names[:3], ["mood"], ["tags", "word"], ["document"]]:
        assert Anything.insert_all([{name: row[name] for name in partly}] * count, returning=True)
        assert Anything.insert_all([{name: row[name] for name in partly}] * count)


@pytest.mark.engines("postgresql")
def test_a_table_in_a_schema(configured: str) -> None:
    run(
        'CREATE SCHEMA "the shop"',
        'CREATE TABLE "the shop"."an item" (id SERIAL PRIMARY KEY, word TEXT UNIQUE, hits INTEGER)',
    )

    class Item(Undeclared):
        __table_name__ = "an item"
        __schema_name__: ClassVar[str | None] = "the shop"

    rows = [{"word": str(number), "hits": number} for number in range(100)]
    with count_queries(database()) as statements:
        assert Item.insert_all(rows) == 100
    assert statements[-1] == 'COPY "the shop"."an item" ("word", "hits") FROM STDIN'
    update = {"hits": Item.hits + excluded(Item.hits)}
    keys = Item.upsert_all(reversed(rows), unique_by="word", update=update, returning=True)
    assert keys == [*range(100, 0, -1)]
    assert Item.query().sum("hits") == 2 * sum(range(100))
    assert (
        Item.insert_all(({"word": f"x{number}"} for number in range(30)), returning=("hits",)) == [{"hits": None}] * 30
    )


@pytest.mark.engines("postgresql")
def test_a_table_that_was_altered_meanwhile(tables: None) -> None:
    def put(start: int, hits: int) -> None:
        rows = [{"path": str(number), "hits": hits} for number in range(start, start + 60)]
        assert Page.insert_all(rows[:20]) == 20
        assert [row["hits"] for row in Page.insert_all(rows[20:40], returning=("hits", "id"))] == [hits] * 20
        assert Page.upsert_all(rows[40:], unique_by="path") == 20

    run("ALTER TABLE pages ALTER COLUMN hits TYPE SMALLINT")
    put(0, 1 << 10)
    run("ALTER TABLE pages ALTER COLUMN hits TYPE BIGINT")
    put(100, 1 << 40)
    run("ALTER TABLE pages ALTER COLUMN hits TYPE NUMERIC(20, 2)")
    put(200, 1 << 50)
    assert Page.query().count() == 180


@pytest.mark.engines("postgresql")
def test_rows_with_policies_and_rules_are_not_copied(configured: str) -> None:
    run(
        "CREATE TABLE anything (id INTEGER PRIMARY KEY, word TEXT)",
        "CREATE TABLE other (LIKE anything)",
        "CREATE RULE elsewhere AS ON INSERT TO anything DO INSTEAD INSERT INTO other VALUES (NEW.id, NEW.word)",
    )
    assert Anything.insert_all({"id": number, "word": "x"} for number in range(50)) == 50
    assert run("SELECT count(*) FROM other") == [(50,)]


@pytest.mark.engines("postgresql", "sqlite")
def test_rows_that_a_trigger_leaves_out(configured: str, engine: str) -> None:
    if engine == "sqlite":
        run(
            "CREATE TABLE anything (id INTEGER PRIMARY KEY, number INTEGER)",
            "CREATE TRIGGER leave_out BEFORE INSERT ON anything WHEN NEW.number = 3 BEGIN SELECT RAISE(IGNORE); END",
        )
    else:
        run(
            "CREATE TABLE anything (id SERIAL PRIMARY KEY, number INTEGER)",
            "CREATE FUNCTION leave_out() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN IF NEW.number = 3 THEN RETURN NULL; END IF; RETURN NEW; END $$",
            "CREATE TRIGGER leave_out BEFORE INSERT ON anything FOR EACH ROW EXECUTE FUNCTION leave_out()",
        )
    with pytest.raises(QueryError, match="has kept 29 of 30 rows"):
        Anything.insert_all([{"number": number} for number in range(30)], returning=True)
    assert Anything.query().count() == 0


def test_every_runner_writes_the_same(configured: str, runner: Runner) -> None:
    async def main() -> None:
        await async_create_tables(Page)
        assert await Page.async_insert_all(pages(900)) == 900
        assert (
            await Page.async_insert_all(pages(20, 900), returning=True)
            == await Page.query().order_by("id").offset(900).async_ids()
        )

    runner.run(main)


def test_moments_of_a_server_come_back(configured: str, engine: str) -> None:
    kind = {"sqlite": "DATETIME", "mysql": "DATETIME(6)"}.get(engine, "TIMESTAMP")
    run(f"CREATE TABLE anything (id INTEGER PRIMARY KEY, made {kind} DEFAULT CURRENT_TIMESTAMP)")
    made = Anything.insert_all([{"id": 2}, {"id": 1}], returning=("id", "made"))
    assert [row["id"] for row in made] == [2, 1]
    assert all(isinstance(row["made"], dt.datetime) for row in made)
