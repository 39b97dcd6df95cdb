"""Wrong calls get an error of the library's own that says what to do, before anything is sent."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest

from activerecord import (
    ActiveRecord,
    ActiveRecordError,
    Column,
    ColumnNotLoaded,
    HasMany,
    InvalidValue,
    Query,
    QueryError,
    RecordNotFound,
    SyntaxError_,
    Undeclared,
    UnknownColumn,
    UnknownRelation,
    UnknownTable,
    UsageError,
    WrongBinds,
    column,
    create_tables,
    drop_tables,
    fn,
    has_many,
)
from activerecord.database import database
from activerecord.testing.queries import assert_queries
from activerecord.testing.runners import Runner

SECRET = "hunter2"


class Shade(Enum):
    RED = "red"
    BLUE = "blue"


class Box(ActiveRecord):
    __table_name__ = "boxes"
    id: Column[int] = column(primary_key=True)
    name: Column[str | None] = column(length=10)
    size: Column[int | None]
    ratio: Column[float | None]
    price: Column[Decimal | None]
    open: Column[bool | None]
    data: Column[bytes | None]
    day: Column[dt.date | None]
    at: Column[dt.time | None]
    made: Column[dt.datetime | None]
    lasts: Column[dt.timedelta | None]
    token: Column[uuid.UUID | None]
    extra: Column[dict[str, Any] | None]
    shade: Column[Shade | None]
    lids: HasMany["Lid"] = has_many(foreign_key="box_id")


class Lid(ActiveRecord):
    __table_name__ = "lids"
    box_id: Column[int] = column(primary_key=True)
    number: Column[int] = column(primary_key=True)


class Lonely(ActiveRecord):
    __table_name__ = "lonely"
    word: Column[str]


class Missing(ActiveRecord):
    __table_name__ = "missing"
    id: Column[int] = column(primary_key=True)


class Unread(Undeclared):
    __table_name__ = "boxes"


class Nowhere(Undeclared):
    __table_name__ = "boxen"


@pytest.fixture
def boxes() -> Iterator[None]:
    """Two boxes, which must be there at the end as they were."""
    ActiveRecord.configure("sqlite:///:memory:")
    create_tables(Box, Lid, Lonely)
    Box.create(name="a", size=1)
    Box.create(name="b", size=2)
    Lid.create(box_id=1, number=1)
    before = Box.query().tuples()
    yield
    assert Box.query().tuples() == before


Refused = tuple[Callable[[], Any], type[ActiveRecordError], str]

NOTHING_SENT: list[Refused] = [
    # names
    (lambda: Box.where(nmae="x").all(), UnknownColumn, "did you mean 'name'"),
    (lambda: Box.query().order_by("nmae").all(), UnknownColumn, "did you mean 'name'"),
    (lambda: Box.query().order_by("name sideways").all(), UnknownColumn, "name sideways"),
    (lambda: Box.query().select("nmae").all(), UnknownColumn, "did you mean 'name'"),
    (lambda: Box.query().group_by("nmae").count(), UnknownColumn, "did you mean 'name'"),
    (lambda: Box.query().pluck("nmae"), UnknownColumn, "did you mean 'name'"),
    (lambda: Box.query().sum("nmae"), UnknownColumn, "did you mean 'name'"),
    (lambda: Box(nmae="x"), UnknownColumn, "did you mean 'name'"),
    (lambda: Box.create(nmae="x"), UnknownColumn, "did you mean 'name'"),
    (lambda: Box.insert_all([{"nmae": "x"}]), UnknownColumn, "did you mean 'name'"),
    (lambda: Box.find_by(nmae="x"), UnknownColumn, "did you mean 'name'"),
    (lambda: Box.where({"": 1}).all(), UnknownColumn, "no column ''"),
    (lambda: Box.where({"na\0me": 1}).all(), UnknownColumn, "no column"),
    (lambda: Box.where({"x" * 1_000_000: 1}).all(), UnknownColumn, "no column"),
    (lambda: Box.where(Box["nmae"] == 1).all(), UnknownColumn, "did you mean 'name'"),
    (lambda: Box.query().join("lisd").all(), UnknownRelation, "did you mean 'lids'"),
    (lambda: Box.query().with_("lisd").all(), UnknownRelation, "did you mean 'lids'"),
    (lambda: Box.query().with_("").all(), QueryError, "with_ takes"),
    (lambda: Box.query().with_(5).all(), QueryError, "relation"),
    (lambda: Box.query().join(5), QueryError, "join takes a relation"),
    (lambda: Box.query().join(Lid), QueryError, "on what"),
    (lambda: Box.query().join("lids", Lid.box_id == Box.id), QueryError, "says itself"),
    (lambda: Box.query().join(Lid, "lids.box_id = boxes.id"), QueryError, "condition"),
    (lambda: Box.query().join(Box, Box.id == Box.id).all(), QueryError, "stands twice"),
    (lambda: getattr(Box, "nmae"), UsageError, "did you mean 'name'"),
    (lambda: Box[5], UsageError, "takes the name of a column"),
    (lambda: ActiveRecord.query(), UsageError, "make a subclass"),
    (lambda: ActiveRecord(), UsageError, "make a subclass"),
    (lambda: ActiveRecord["x"], UsageError, "make a subclass"),
    # names that are no text
    (lambda: Box.where({5: 1}), QueryError, "expected a column or its name"),
    (lambda: Box.where({None: 1}), QueryError, "expected a column or its name"),
    (lambda: Box.query().order_by(5), QueryError, "expected a column or its name"),
    (lambda: Box.query().order_by(None), QueryError, "expected a column or its name"),
    (lambda: Box.query().select(5), QueryError, "expected a column or its name"),
    (lambda: Box.query().group_by(b"name"), QueryError, "expected a column or its name"),
    (lambda: Box.query().pluck(5), QueryError, "expected a column or its name"),
    (lambda: Box.query().max(None), QueryError, "expected a column or its name"),
    (lambda: setattr(Box(), "attributes", {5: 1}), UsageError, "name of a column is text"),
    (lambda: setattr(Box(), "attributes", [("name", "x")]), UsageError, "takes a dict"),
    (lambda: setattr(Box(), "attributes", None), UsageError, "takes a dict"),
    (lambda: Box()[5], UsageError, "name of a column is text"),
    (lambda: Box().was(None), UsageError, "name of a column is text"),
    (lambda: Box.insert_all([{5: 1}]), QueryError, "names of columns are text"),
    # conditions
    (lambda: Box.where(), QueryError, "no condition"),
    (lambda: Box.where({}), QueryError, "no condition"),
    (lambda: Box.where(None), QueryError, "expected a condition"),
    (lambda: Box.where(True), QueryError, "expected a condition"),
    (lambda: Box.where(5), QueryError, "expected a condition"),
    (lambda: Box.where([Box.id == 1]), QueryError, "expected a condition"),
    (lambda: Box.where(Box.id == 1, "size = 1"), QueryError, "expected a condition"),
    (lambda: Box.where(""), QueryError, "empty"),
    (lambda: Box.query().where_not(), QueryError, "no condition"),
    (lambda: Box.query().or_where(), QueryError, "no condition"),
    (lambda: Box.query().having(), QueryError, "no condition"),
    (lambda: Box.find_by(), QueryError, "no condition"),
    (lambda: Box.find_or_create_by(), QueryError, "no condition"),
    (lambda: Box.where(Box.size > None), QueryError, "is_null"),
    (lambda: Box.where(Box.name.like(5)), QueryError, "takes a pattern"),
    (lambda: Box.where(Box.size.in_("12")), QueryError, "takes a list"),
    (lambda: Box.where(Box.size.in_(Box.query())).all(), QueryError, "select one column"),
    (lambda: Box.where(Box.size.in_(Box.query().select("id", "size"))).all(), QueryError, "select one column"),
    # binds
    (lambda: Box.where("name = ?").all(), WrongBinds, "1 `\\?` but 0"),
    (lambda: Box.where("name = ?", 1, 2).all(), WrongBinds, "1 `\\?` but 2"),
    (lambda: Box.where("name = ?", [1, 2, 3], 4).all(), WrongBinds, "1 `\\?` but 2"),
    (lambda: Box.where("name = ? AND size = ?", (1, 2, 3)).all(), WrongBinds, "2 `\\?` but 3"),
    (lambda: Box.where("name = :name").all(), WrongBinds, ":name"),
    (lambda: Box.where("name = :name", nmae="x").all(), WrongBinds, "no value for: :name"),
    (lambda: Box.where("name = :name", {"nmae": "x"}).all(), WrongBinds, "does not have: :nmae"),
    (lambda: Box.where("name = ?", {"a": "x"}).all(), WrongBinds, "by name"),
    (lambda: Box.where("name = ?", "x", size=1).all(), WrongBinds, "not both"),
    (lambda: Box.where("name = 'x").all(), QueryError, "not closed"),
    (lambda: Box.where("name = ?1", "x").all(), QueryError, "digit"),
    (lambda: Box.where("name = ?", object()).all(), InvalidValue, "object cannot be bound"),
    (lambda: Box.where("id IN (?)", Box.query().select("id")).all(), InvalidValue, "Query cannot be bound"),
    # numbers
    (lambda: Box.query().limit(-1), QueryError, "zero or more"),
    (lambda: Box.query().limit(True), QueryError, "whole number"),
    (lambda: Box.query().limit(1.0), QueryError, "whole number"),  # type: ignore[arg-type]
    (lambda: Box.query().limit("1"), QueryError, "whole number"),  # type: ignore[arg-type]
    (lambda: Box.query().limit(None), QueryError, "whole number"),  # type: ignore[arg-type]
    (lambda: Box.query().limit(1 << 63), QueryError, "64 bits"),
    (lambda: Box.query().offset(-1), QueryError, "zero or more"),
    (lambda: Box.query().offset(True), QueryError, "whole number"),
    (lambda: Box.query().offset(10**30), QueryError, "64 bits"),
    # keys
    (lambda: Box.find(None), RecordNotFound, "None"),
    (lambda: Box.find([1, 2]), QueryError, "for several"),
    (lambda: Box.find((1,)), QueryError, "for several"),
    (lambda: Box.find({"id": 1}), QueryError, "for several"),
    (lambda: Box.find("1"), InvalidValue, "takes int, not str"),
    (lambda: Box.find(True), InvalidValue, "not bool"),
    (lambda: Box.find(1 << 63), InvalidValue, "64 bits"),
    (lambda: Box.find(Box.id), QueryError, "for several"),
    (lambda: Lid.find(1), QueryError, "2 parts"),
    (lambda: Lid.find((1,)), QueryError, "2 parts"),
    (lambda: Lid.find((1, 2, 3)), QueryError, "2 parts"),
    (lambda: Lid.find([1, 1]), QueryError, "2 parts"),
    (lambda: Lid.find((1, None)), QueryError, "None"),
    (lambda: Lonely.find(1), QueryError, "no primary key"),
    (lambda: Lonely.query().ids(), QueryError, "no primary key"),
    (lambda: Lonely.query().last(), QueryError, "no primary key"),
    # queries are no results
    (lambda: bool(Box.query()), UsageError, "exists"),
    (lambda: len(Box.query()), UsageError, "count"),
    (lambda: list(Box.query()), UsageError, "async_all"),
    (lambda: 1 in Box.query(), UsageError, "async_all"),
    (lambda: Box.query()[0], UsageError, "async_all"),  # type: ignore[index]
    # parts that do not go together
    (lambda: Box.query().select(), QueryError, "needs a column"),
    (lambda: Box.query().pluck(), QueryError, "needs a column"),
    (lambda: Box.query().count(distinct=True), QueryError, "needs a column"),
    (lambda: Box.query().select(fn.count(distinct=True)).all(), QueryError, "needs a column"),
    (lambda: Box.query().limit(1).sum("size"), QueryError, "limited"),
    (lambda: Box.query().distinct().sum("size"), QueryError, "distinct"),
    (lambda: Box.query().group_by("name").max("size"), QueryError, "grouped"),
    (lambda: Box.query().limit(1).count("size"), QueryError, "limited"),
    (lambda: Box.query().limit(1).last(), QueryError, "limit"),
    (lambda: Box.query().select(Box.size.as_("id")).all(), QueryError, "'id'"),
    (lambda: Box.query().select(Lid.box_id, Lid.box_id.as_("name")).all(), QueryError, "does not read"),
    (lambda: Box.insert_all(None), QueryError, "list of dicts"),  # type: ignore[arg-type]
    (lambda: Box.insert_all({"name": "x"}), QueryError, "list of dicts"),
    (lambda: Box.insert_all(["name"]), QueryError, "takes dicts, got str"),  # type: ignore[list-item]
    (lambda: Box.insert_all([{"name": "x"}, {"size": 1}]), QueryError, "not in all: name, size"),
    (lambda: Box().delete(), UsageError, "no row to delete"),
    (lambda: Box().reload(), UsageError, "no row to read"),
    (lambda: create_tables("boxes"), UsageError, "expected models"),  # type: ignore[arg-type]
    (lambda: create_tables(Unread), UsageError, "declares no columns"),
    (lambda: drop_tables(ActiveRecord), UsageError, "make a subclass"),
]


@pytest.mark.parametrize(("call", "kind", "told"), NOTHING_SENT, ids=range(len(NOTHING_SENT)))
def test_refused_before_anything_is_sent(boxes: None, call: Callable[[], Any], kind: type[Exception], told: str) -> None:
    with assert_queries(0, database()), pytest.raises(kind, match=told) as caught:
        call()
    assert isinstance(caught.value, ActiveRecordError)


REFUSED_VALUES: list[tuple[str, Any, str]] = [
    ("size", SECRET, "takes int, not str"),
    ("size", True, "not bool"),
    ("size", 1.5, "takes int, not float"),
    ("size", 1 << 63, "64 bits"),
    ("name", 5, "takes str, not int"),
    ("name", SECRET.encode(), "takes str, not bytes"),
    ("name", "x" * 11, "too long for a column of 10"),
    ("name", "\ud800", "surrogate"),
    ("ratio", SECRET, "takes float or int, not str"),
    ("ratio", float("nan"), "NaN"),
    ("price", [SECRET], "not list"),
    ("price", SECRET, "finite"),
    ("price", Decimal("NaN"), "finite"),
    ("open", 1, "takes bool, not int"),
    ("open", SECRET, "takes bool, not str"),
    ("data", SECRET, "not str"),
    ("day", 5, "not int"),
    ("day", SECRET, "does not parse"),
    ("day", dt.datetime(2024, 1, 1), "not datetime"),  # noqa: DTZ001
    ("at", SECRET, "does not parse"),
    ("made", dt.date(2024, 1, 1), "not date"),
    ("made", SECRET, "does not parse"),
    ("lasts", 5, "takes timedelta, not int"),
    ("token", SECRET, "does not parse"),
    ("token", 5, "not int"),
    ("extra", {1: SECRET}, "keys of a JSON document are str"),
    ("extra", {"x": object()}, "JSON takes"),
    ("extra", {"x": float("nan")}, "NaN"),
    ("shade", SECRET, "takes the members of Shade"),
    ("shade", "red", "takes the members of Shade"),
]


@pytest.mark.parametrize(("name", "value", "told"), REFUSED_VALUES)
def test_values_of_a_wrong_type(boxes: None, name: str, value: Any, told: str) -> None:
    box = Box.find(1)
    calls: list[Callable[[], Any]] = [
        lambda: Box.create(**{name: value}),
        lambda: box.update(**{name: value}),
        lambda: Box.insert_all([{name: None}, {name: value}]),
    ]
    if not isinstance(value, list | dict):
        calls.append(Box.where({name: value}).all)
        calls.append(Box.where({name: [None, value]}).all)
    for call in calls:
        with pytest.raises(InvalidValue, match=told) as caught:
            call()
        assert SECRET not in str(caught.value)
    assert box.was(name) is None or box.was(name) in ("a", 1)
    assert box.changed


def test_a_refused_value_names_its_column(boxes: None) -> None:
    with pytest.raises(InvalidValue, match="'size'"):
        Box.create(size="x")


def test_the_table_is_missing() -> None:
    ActiveRecord.configure("sqlite:///:memory:")
    create_tables(Box)
    with pytest.raises(UnknownTable, match="did you mean 'boxes'"):
        Nowhere.query().all()
    with pytest.raises(UnknownTable, match="did you mean 'boxes'"):
        Nowhere(name="x").save()
    with pytest.raises(SyntaxError_, match="missing"):
        Missing.query().all()
    with pytest.raises(SyntaxError_, match="missing"):
        Missing().save()


def test_names_of_an_undeclared_model(boxes: None) -> None:
    with pytest.raises(UnknownColumn, match="did you mean 'name'"):
        Unread.query().where(Unread.nmae == 1).all()
    with pytest.raises(UnknownColumn, match="did you mean 'name'"):
        Unread(nmae=1).save()
    read = Unread.find(1)
    with pytest.raises(UsageError, match="did you mean 'name'"):
        assert read.nmae
    read.nmae = 1
    with pytest.raises(UnknownColumn, match="did you mean 'name'"):
        read.save()


def test_columns_that_were_not_loaded(boxes: None) -> None:
    box = Box.query().select("id", "name").all()[0]
    with pytest.raises(ColumnNotLoaded, match=r"Box\.size .*reload"):
        assert box.size
    with pytest.raises(ColumnNotLoaded, match=r"Box\.size"):
        box.was("size")
    with pytest.raises(ColumnNotLoaded, match=r"Box\.size"):
        assert box["size"]
    with pytest.raises(UnknownColumn, match="did you mean 'size'"):
        box.was("szie")
    without_key = Box.query().select("name").all()[0]
    without_key.name = "z"
    for call in (without_key.save, without_key.delete, without_key.reload):
        with pytest.raises(ColumnNotLoaded, match=r"Box\.id"):
            call()


def test_attributes_that_are_no_columns(boxes: None) -> None:
    box = Box.find(1)
    box.szie = 5  # type: ignore[attr-defined]
    with assert_queries(0, database()), pytest.raises(UnknownColumn, match="did you mean 'size'"):
        box.save()
    with pytest.raises(UsageError, match="no attribute 'nmae'; did you mean 'name'"):
        assert box.nmae  # type: ignore[attr-defined]
    assert not hasattr(box, "nmae")


def test_a_failed_assignment_assigns_nothing(boxes: None) -> None:
    box = Box.find(1)
    with pytest.raises(UnknownColumn):
        box.attributes = {"name": "z", "nmae": "y"}
    assert box.changes == {}


def test_columns_of_one_name_lose_nothing(boxes: None) -> None:
    twice = Box.query().select("id", "id")
    with pytest.raises(QueryError, match="called 'id'"):
        twice.dicts()
    with pytest.raises(QueryError, match="called 'id'"):
        twice.all()
    assert twice.tuples() == [(1, 1), (2, 2)]


def test_a_query_is_not_awaited(boxes: None, runner: Runner) -> None:
    async def main() -> None:
        with pytest.raises(UsageError, match="async_all"):
            await Box.query()  # type: ignore[misc]
        with pytest.raises(UsageError, match="async_all"):
            async for _ in Box.query():  # type: ignore[attr-defined]
                pass

    runner.run(main)


def test_several_where_one_is_expected(boxes: None) -> None:
    with pytest.raises(QueryError, match="several"):
        Box.query().one()
    with pytest.raises(QueryError, match="several"):
        Box.query().one_or_none()
    with pytest.raises(RecordNotFound, match="no Box fits"):
        Box.where(id=5).one()
    with pytest.raises(RecordNotFound, match="no Box has the key"):
        Box.find(5)
    assert Box.find_or_none(5) is None
    assert Box.find_or_none(None) is None


def test_the_same_errors_from_async_verbs(boxes: None, runner: Runner) -> None:
    async def main() -> None:
        query: Query[Box] = Box.where(nmae="x")
        with pytest.raises(UnknownColumn):
            await query.async_all()
        with pytest.raises(InvalidValue):
            await Box.async_find("1")
        with pytest.raises(UnknownColumn):
            await Box.async_insert_all([{"nmae": 1}])

    runner.run(main)
