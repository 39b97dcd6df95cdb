"""Names that nobody should give and values at the limits of their types: everything can be read and written all the same."""

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Context, Decimal
from pathlib import Path
from typing import Any

import pytest

from activerecord import ActiveRecord, QueryError, Undeclared, UnknownColumn, UsageError
from activerecord.database import Database, database
from activerecord.testing.queries import assert_queries
from activerecord.testing.runners import RUNNERS, Runner
from tests.feature.cells import Cell
from tests.feature.portable import one_update, portable
from tests.feature.sample import Sample, model_for, sample
from tests.feature.whole_tables import Meanings, read_whole, replace_a_row

LOOPS = [runner for name, runner in RUNNERS.items() if name in {"asyncio", "trio", "sync"}]


class Collision(Undeclared):
    __table_name__ = "api_collision"
    __connection__ = "awkward"


class Weird(Undeclared):
    __table_name__ = "Weird Names"
    __connection__ = "awkward"


class Typed(Undeclared):
    __table_name__ = "typed"
    __connection__ = "awkward"


class LineItem(Undeclared):
    __table_name__ = "line_item"
    __connection__ = "awkward"


class Log(Undeclared):
    __table_name__ = "no_pk_log"
    __connection__ = "awkward"


@pytest.fixture(scope="module")
def awkward() -> Sample:
    return sample("awkward")


@pytest.fixture
def loaded(awkward: Sample, cell: Cell, tmp_path: Path) -> Database:
    awkward.configure(cell, tmp_path)
    return database("awkward")


def with_places(places: int) -> Callable[[Any], Decimal | None]:
    """What a server keeps exactly, and SQLite as text or as a float."""
    step = Decimal(1).scaleb(-places)
    return lambda value: None if value is None else Decimal(value).quantize(step, context=Context(prec=50))


EXACT: Meanings = {
    ("line_item", "total"): with_places(2),
    ("order totals", "sum"): with_places(2),
    ("typed", "c_decbig"): with_places(10),
}
UUIDS: Meanings = {
    ("person", "uid"): uuid.UUID,
    ("typed", "c_uuid"): lambda text: None if text is None else uuid.UUID(text),
}
MEANINGS: dict[str, Meanings] = {"sqlite": {}, "postgresql": {**EXACT, **UUIDS}, "mysql": EXACT}


@pytest.mark.parametrize("loop", LOOPS, ids=lambda runner: runner.name)
def test_every_table_and_view_is_read_whole(awkward: Sample, loaded: Database, loop: Runner, engine: str) -> None:
    async def main() -> None:
        for name in [*awkward.tables, *awkward.views]:
            await read_whole(awkward, name, meanings=MEANINGS[engine])

    loop.run(main)


@pytest.mark.parametrize("loop", LOOPS, ids=lambda runner: runner.name)
def test_every_table_with_a_key_is_written(awkward: Sample, loaded: Database, loop: Runner) -> None:
    async def main() -> None:
        for name in set(awkward.tables) - {"no_pk_log"}:
            await replace_a_row(awkward, name)

    loop.run(main)


@pytest.mark.parametrize("model", [Collision, Weird], ids=["our own names", "odd characters"])
def test_every_name_of_a_column(loaded: Database, runner: Runner, engine: str, model: type[ActiveRecord]) -> None:
    async def main() -> None:
        schema = await model.async_schema()
        names = [name for name in schema.names() if name not in schema.primary_key]
        created = await model.async_create(**{name: f"new {name}"[:20] for name in names})
        for name in names:
            assert created[name] == f"new {name}"[:20]
            created[name] = f"set {name}"[:20]
            assert created.was(name) == f"new {name}"[:20]
            assert list(created.changes) == [name]
            with one_update(loaded):
                assert await created.async_save()
            column = model[name]
            found = await model.query().where(column == f"set {name}"[:20]).async_one()
            assert found == created
            assert await model.query().where({name: f"set {name}"[:20]}).async_count() == 1
            assert await model.query().where(**{name: f"set {name}"[:20]}).async_count() == 1
            assert await model.async_find_by(**{name: f"set {name}"[:20]}) == created
            assert await model.query().where(column == created[name]).order_by(name).async_pluck(name) == [
                created[name]
            ]
            assert await model.query().where(column == created[name]).async_max(column) == created[name]
            assert await created.async_update(**{name: None})
            assert (await model.async_find(created[schema.primary_key[0]]))[name] is None
        assert set(created.attributes) == set(schema.names())
        assert await created.async_delete()

    runner.run(main)


def test_columns_that_are_attributes_and_columns_that_are_not(loaded: Database, runner: Runner) -> None:
    async def main() -> None:
        record = await Collision.async_find(1)
        assert (record.pk, record.metadata, record.self, record.items) == ("pk1", "metadata1", "self1", "items1")
        assert callable(record.save) and record["save"] == "save1"
        assert record["_id"] == "_id1" and record["__table__"] == "__table__1"
        with pytest.raises(AttributeError):
            _ = record._id
        record.metadata = "other"
        assert record.changes == {"metadata": ("metadata1", "other")}
        anything: Any = record
        anything.delete = "no method any more"
        with pytest.raises(UsageError, match=r"the column is record\['delete'\]"):
            await record.async_save()
        with pytest.raises(UnknownColumn, match="did you mean 'metadata'"):
            record["metdata"] = 1
        with pytest.raises(UnknownColumn, match="did you mean 'metadata'"):
            await Collision.query().order_by(Collision["metdata"]).async_all()

    runner.run(main)


def test_names_that_look_like_the_place_of_another(loaded: Database, runner: Runner, engine: str) -> None:
    twins = model_for("twins", "awkward")

    async def main() -> None:
        made = 'CREATE TABLE twins (id INTEGER PRIMARY KEY, "save" TEXT, "column save" TEXT)'
        await loaded.execute_text(portable(engine, made))
        await twins.async_create(**{"save": "a", "column save": "b"})
        found = await twins.async_find(1)
        assert (found["save"], found["column save"]) == ("a", "b")
        assert found.attributes == {"id": 1, "save": "a", "column save": "b"}
        await loaded.execute_text("DROP TABLE twins")

    runner.run(main)


def test_generated_columns_come_back(loaded: Database, runner: Runner) -> None:
    async def main() -> None:
        item = await LineItem.async_create(order_id=1, line_no=99, label="pen", qty=3, price=Decimal("1.50"))
        assert (item.total, item.LABEL_UP) == (Decimal("4.50"), "PEN")
        item.qty = 4
        await item.async_save()
        assert item.total == Decimal("6.00")
        item.total = Decimal("1.00")
        with pytest.raises(Exception, match="total"):
            await item.async_save()

    runner.run(main)


def test_generated_columns_take_no_value(loaded: Database, runner: Runner) -> None:
    async def main() -> None:
        values = {"order_id": 1, "line_no": 99, "label": "pen", "qty": 3, "price": Decimal("1.50")}
        refused = pytest.raises(QueryError, match="'total' of 'line_item' is computed by the database")
        before = await LineItem.query().async_count()
        with refused:
            await LineItem.async_create(**values, total=Decimal("9.00"))
        with refused:
            await LineItem.async_insert_all([{**values, "total": Decimal("9.00")}])
        item = LineItem(**values)
        item.total = None
        with refused:
            await item.async_save()
        item = await LineItem.async_create(**values)
        item.total = Decimal("1.00")
        with assert_queries(0, loaded), refused:
            await item.async_save()
        await item.async_reload()
        await item.async_delete()
        assert await LineItem.query().async_count() == before

    runner.run(main)


def test_what_was_computed_for_a_row_is_computed_anew_for_the_next(loaded: Database, runner: Runner) -> None:
    async def main() -> None:
        item = await LineItem.async_create(order_id=1, line_no=99, label="pen", qty=3, price=Decimal("1.50"))
        await item.async_delete()
        assert item.total == Decimal("4.50")
        with pytest.raises(LookupError):
            async with LineItem.async_transaction():
                item.qty = 4
                await item.async_save()
                raise LookupError
        item.qty = 5
        await item.async_save()
        assert item.total == Decimal("7.50")
        await item.async_delete()
        item.total = Decimal("1.00")
        with pytest.raises(QueryError, match="'total'"):
            await item.async_save()

    runner.run(main)


def test_a_table_without_a_key(awkward: Sample, loaded: Database, runner: Runner) -> None:
    async def main() -> None:
        await Log.async_create(at=dt.datetime.fromisoformat("2030-01-02 03:04:05"), level=1, message="new")
        await Log.async_insert_all(
            [{"at": dt.datetime.fromisoformat("2030-01-01"), "level": n, "message": None} for n in range(2)]
        )
        rows = await Log.query().async_all()
        assert len(rows) == 27
        latest = await Log.query().order_by("at desc").async_first()
        assert latest is not None and latest.message == "new"
        latest.message = "changed"
        assert latest.changes == {"message": ("new", "changed")}
        for write in (latest.async_save, latest.async_delete, latest.async_reload):
            with pytest.raises(QueryError, match="'no_pk_log' has no primary key, so one of its rows cannot be told"):
                await write()
        with pytest.raises(QueryError, match="no primary key"):
            await Log.async_find(1)
        assert latest != rows[0]
        with pytest.raises(TypeError, match="without a key"):
            hash(latest)

    runner.run(main)


def test_values_at_the_limits_of_their_types(loaded: Database, runner: Runner) -> None:
    async def main() -> None:
        lowest, highest = await Typed.async_find(3), await Typed.async_find(4)
        assert (lowest.c_big, highest.c_big) == (-(1 << 63), (1 << 63) - 1)
        assert lowest.c_double == -1.7976931348623157e308
        assert lowest.c_bool is True
        assert lowest.c_bytes == bytes(range(256))
        assert lowest.c_date == dt.date(9999, 12, 31)
        assert lowest.c_time == dt.time(23, 59, 59, 999999)
        assert lowest.c_ts == dt.datetime.fromisoformat("9999-12-31 23:59:59.999999")
        assert highest.c_tstz == dt.datetime(2024, 3, 31, 1, 59, 59, 500000, tzinfo=dt.UTC)
        assert highest.c_json == []
        assert highest.c_varchar == "emoji 🙂🚀 中文 العربية"
        copy = await Typed.async_create(**{name: value for name, value in lowest.attributes.items() if name != "id"})
        again = await Typed.async_find(copy.id)
        assert {**again.attributes, "id": 3} == lowest.attributes
        assert not again.changed

    runner.run(main)


class Loose(Undeclared):
    __table_name__ = "loose"
    __connection__ = "awkward"


LOOSE = """
CREATE TABLE loose (id INTEGER PRIMARY KEY, flag BOOL, day DATE, at DATETIME, price DECIMAL(10, 2), doc JSON, code UUID)
"""


def test_values_follow_the_declared_types(loaded: Database, runner: Runner, engine: str) -> None:
    # MySQL has no such type
    code = uuid.uuid4() if engine != "mysql" else str(uuid.uuid4())
    given = {
        "flag": True,
        "day": dt.date(2024, 2, 29),
        "at": dt.datetime.fromisoformat("2024-02-29 12:30:00.000005"),
        "price": Decimal("12.30"),
        "doc": {"a": [1, 2.5, None, {"b": "ü"}]},
        "code": code,
    }

    async def main() -> None:
        await loaded.execute_text(portable(engine, LOOSE))
        created = await Loose.async_create(**given)
        found = await Loose.async_find(1)
        for record in (created, found):
            assert record.attributes == {"id": 1, **given}
            assert {name: type(record[name]) for name in given} == {name: type(value) for name, value in given.items()}
        for name, value in given.items():
            assert await Loose.where({name: value}).async_count() == 1
        await loaded.execute_text("DROP TABLE loose")

    runner.run(main)


@pytest.mark.engines("sqlite")
def test_what_does_not_parse_comes_back_as_stored(loaded: Database, runner: Runner) -> None:
    odd: dict[str, Any] = {"flag": 7, "day": "someday", "at": "noon", "price": "cheap", "doc": "{broken", "code": "x"}

    async def main() -> None:
        await loaded.execute_text(LOOSE)
        marks = ", ".join("?" * len(odd))
        await loaded.execute_text(f"INSERT INTO loose ({', '.join(odd)}) VALUES ({marks})", tuple(odd.values()))
        record = await Loose.async_find(1)
        assert record.attributes == {"id": 1, **odd}
        assert not record.changed
        record.flag = False
        with assert_queries(1, loaded) as statements:
            await record.async_save()
        assert 'SET "flag" = ?' in statements[0] and '"day" =' not in statements[0]
        assert (await loaded.execute_text("SELECT day, at, price, doc, code FROM loose")).rows == [
            tuple(odd[name] for name in ("day", "at", "price", "doc", "code"))
        ]
        record.day = "another day"
        with pytest.raises(QueryError, match="does not parse"):
            await record.async_save()
        await loaded.execute_text("DROP TABLE loose")

    runner.run(main)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"a": [1]}, {"a": [1, 2]}),
        ({"n": 1}, {"n": True}),
        ({"n": [1, {"x": 0}]}, {"n": [1, {"x": False}]}),
        ({"a": 1, "b": 2}, {"a": 1}),
        ([1, 2], [1, 2.5]),
    ],
)
def test_a_document_changed_in_place(loaded: Database, runner: Runner, engine: str, before: Any, after: Any) -> None:
    async def main() -> None:
        await loaded.execute_text(portable(engine, LOOSE))
        await Loose.async_create(doc=before)
        record = await Loose.async_find(1)
        assert not record.changed
        document: Any = record.doc
        document.clear()
        (document.extend if isinstance(before, list) else document.update)(after)
        assert list(record.changes) == ["doc"]
        assert record.was("doc") == before
        assert await record.async_save() and not record.changed
        stored = await Loose.async_find(1)
        assert repr(stored.doc) == repr(after)
        document.clear()
        assert record.changed
        await loaded.execute_text("DROP TABLE loose")

    runner.run(main)
