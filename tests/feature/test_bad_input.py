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
from activerecord.errors import NoSuchAttribute
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
def memory() -> Iterator[None]:
    """The same in memory, for what is tried once for each of many cases."""
    ActiveRecord.configure("sqlite:///:memory:")
    yield from two_boxes()


@pytest.fixture
def boxes(configured: str) -> Iterator[None]:
    """Two boxes, which must be there at the end as they were."""
    yield from two_boxes()


def two_boxes() -> Iterator[None]:
    create_tables(Box, Lid, Lonely)
    Box.create(name="a", size=1)
    Box.create(name="b", size=2)
    Lid.create(box_id=1, number=1)
    before = Box.query().order_by("id").tuples()
    yield
    assert Box.query().order_by("id").tuples() == before


# For calls that a type checker would refuse.
AnyBox: Any = Box
ANY_CREATE: Any = create_tables

Refused = tuple[Callable[[], Any], type[ActiveRecordError], str]

NOTHING_SENT: list[Refused] = [
    # names
    (lambda: AnyBox.where(nmae="x").all(), UnknownColumn, "did you mean 'name'"),
    (lambda: AnyBox.query().order_by("nmae").all(), UnknownColumn, "did you mean 'name'"),
    (lambda: AnyBox.query().order_by("name sideways").all(), UnknownColumn, "name sideways"),
    (lambda: AnyBox.query().order_by("size desc nulls last"), QueryError, r"desc\(\)\.nulls_last\(\)"),
    (lambda: AnyBox.query().order_by("size NULLS FIRST"), QueryError, r"nulls_first\(\)"),
    (lambda: AnyBox.query().distinct().order_by("name").ids(), QueryError, "sorted by what is selected"),
    (lambda: AnyBox.query().distinct().order_by("name").pluck("size"), QueryError, "sorted by what is selected"),
    (lambda: AnyBox.where(AnyBox.name).all(), QueryError, "'name' is no condition"),
    (lambda: AnyBox.filter(name="x"), NoSuchAttribute, "no attribute 'filter'; where"),
    (lambda: AnyBox.query().filter_by(name="x"), NoSuchAttribute, "no verb 'filter_by': where"),
    (lambda: AnyBox.get(1), NoSuchAttribute, r"no attribute 'get'; find\(key\)"),
    (lambda: AnyBox.query().select("nmae").all(), UnknownColumn, "did you mean 'name'"),
    (lambda: AnyBox.query().group_by("nmae").count(), UnknownColumn, "did you mean 'name'"),
    (lambda: AnyBox.query().pluck("nmae"), UnknownColumn, "did you mean 'name'"),
    (lambda: AnyBox.query().sum("nmae"), UnknownColumn, "did you mean 'name'"),
    (lambda: AnyBox(nmae="x"), UnknownColumn, "did you mean 'name'"),
    (lambda: AnyBox(timeout=1), UnknownColumn, "known: 'at', 'data', 'day', "),
    (lambda: AnyBox.create(nmae="x"), UnknownColumn, "did you mean 'name'"),
    (lambda: AnyBox.insert_all([{"nmae": "x"}]), UnknownColumn, "did you mean 'name'"),
    (lambda: AnyBox.find_by(nmae="x"), UnknownColumn, "did you mean 'name'"),
    (lambda: AnyBox.where({"": 1}).all(), UnknownColumn, "no column ''"),
    (lambda: AnyBox.where({"na\0me": 1}).all(), UnknownColumn, "no column"),
    (lambda: AnyBox.where({"x" * 1_000_000: 1}).all(), UnknownColumn, "no column"),
    (lambda: AnyBox.where(AnyBox["nmae"] == 1).all(), UnknownColumn, "did you mean 'name'"),
    (lambda: AnyBox.query().join("lisd").all(), UnknownRelation, "did you mean 'lids'"),
    (lambda: AnyBox.query().with_("lisd").all(), UnknownRelation, "did you mean 'lids'"),
    (lambda: AnyBox.query().with_("").all(), QueryError, "name missing"),
    (lambda: AnyBox.query().with_(5).all(), QueryError, "relation"),
    (lambda: AnyBox.query().join(5), QueryError, "join takes a relation"),
    (lambda: AnyBox.query().join(Lid), QueryError, "on what"),
    (lambda: AnyBox.query().join("lids", Lid.box_id == AnyBox.id), QueryError, "says itself"),
    (lambda: AnyBox.query().join(Lid, "lids.box_id = boxes.id"), QueryError, "condition"),
    (lambda: AnyBox.query().join(AnyBox, AnyBox.id == AnyBox.id).all(), QueryError, "stands twice"),
    (lambda: AnyBox.nmae, UsageError, "did you mean 'name'"),
    (lambda: AnyBox[5], UsageError, "takes the name of a column"),
    (ActiveRecord.query, UsageError, "make a subclass"),
    (ActiveRecord, UsageError, "make a subclass"),
    (lambda: ActiveRecord["x"], UsageError, "make a subclass"),
    # names that are no text
    (lambda: AnyBox.where({5: 1}), QueryError, "expected a column or its name"),
    (lambda: AnyBox.where({None: 1}), QueryError, "expected a column or its name"),
    (lambda: AnyBox.query().order_by(5), QueryError, "expected a column or its name"),
    (lambda: AnyBox.query().order_by(None), QueryError, "expected a column or its name"),
    (lambda: AnyBox.query().select(5), QueryError, "expected a column or its name"),
    (lambda: AnyBox.query().group_by(b"name"), QueryError, "expected a column or its name"),
    (lambda: AnyBox.query().pluck(5), QueryError, "expected a column or its name"),
    (lambda: AnyBox.query().max(None), QueryError, "expected a column or its name"),
    (lambda: setattr(AnyBox(), "attributes", {5: 1}), UsageError, "name of a column is text"),
    (lambda: setattr(AnyBox(), "attributes", [("name", "x")]), UsageError, "takes a dict"),
    (lambda: setattr(AnyBox(), "attributes", None), UsageError, "takes a dict"),
    (lambda: AnyBox()[5], UsageError, "name of a column is text"),
    (lambda: AnyBox().was(None), UsageError, "name of a column is text"),
    (lambda: AnyBox.insert_all([{5: 1}]), QueryError, "names of columns are text"),
    # conditions
    (AnyBox.where, QueryError, "no condition"),
    (lambda: AnyBox.where({}), QueryError, "no condition"),
    (lambda: AnyBox.where(None), QueryError, "expected a condition"),
    (lambda: AnyBox.where(True), QueryError, "expected a condition"),
    (lambda: AnyBox.where(5), QueryError, "expected a condition"),
    (lambda: AnyBox.where([AnyBox.id == 1]), QueryError, "expected a condition"),
    (lambda: AnyBox.where(AnyBox.id == 1, "size = 1"), QueryError, "expected a condition"),
    (lambda: AnyBox.where(""), QueryError, "empty"),
    (lambda: AnyBox.query().where_not(), QueryError, "no condition"),
    (lambda: AnyBox.query().or_where(), QueryError, "no condition"),
    (lambda: AnyBox.query().having(), QueryError, "no condition"),
    (AnyBox.find_by, QueryError, "no condition"),
    (AnyBox.find_or_create_by, QueryError, "no condition"),
    (lambda: AnyBox.where(AnyBox.size > None), QueryError, "is_null"),
    (lambda: AnyBox.where(AnyBox.name.like(5)), QueryError, "takes a pattern"),
    (lambda: AnyBox.where(AnyBox.size.in_("12")), QueryError, "takes a list"),
    (lambda: AnyBox.where(AnyBox.size.in_(AnyBox.query())).all(), QueryError, "select one column"),
    (lambda: AnyBox.where(AnyBox.size.in_(AnyBox.query().select("id", "size"))).all(), QueryError, "select one column"),
    # binds
    (lambda: AnyBox.where("name = ?").all(), WrongBinds, "1 `\\?` but 0"),
    (lambda: AnyBox.where("name = ?", 1, 2).all(), WrongBinds, "1 `\\?` but 2"),
    (lambda: AnyBox.where("name = ?", [1, 2, 3], 4).all(), WrongBinds, "1 `\\?` but 2"),
    (lambda: AnyBox.where("name = ? AND size = ?", (1, 2, 3)).all(), WrongBinds, "2 `\\?` but 3"),
    (lambda: AnyBox.where("name = :name").all(), WrongBinds, ":name"),
    (lambda: AnyBox.where("name = :name", nmae="x").all(), WrongBinds, "no value for: :name"),
    (lambda: AnyBox.where("name = :name", {"nmae": "x"}).all(), WrongBinds, "does not have: :nmae"),
    (lambda: AnyBox.where("name = ?", {"a": "x"}).all(), WrongBinds, "by name"),
    (lambda: AnyBox.where("name = ?", "x", size=1).all(), WrongBinds, "not both"),
    (lambda: AnyBox.where("name = 'x").all(), QueryError, "not closed"),
    (lambda: AnyBox.where("name = ?1", "x").all(), QueryError, "digit"),
    (lambda: AnyBox.where("name = ?", object()).all(), InvalidValue, "object cannot be bound"),
    (lambda: AnyBox.where("id IN (?)", AnyBox.query().select("id")).all(), InvalidValue, "Query cannot be bound"),
    # numbers
    (lambda: AnyBox.query().limit(-1), QueryError, "zero or more"),
    (lambda: AnyBox.query().limit(True), QueryError, "whole number"),
    (lambda: AnyBox.query().limit(1.0), QueryError, "whole number"),
    (lambda: AnyBox.query().limit("1"), QueryError, "whole number"),
    (lambda: AnyBox.query().limit(None), QueryError, "whole number"),
    (lambda: AnyBox.query().limit(1 << 63), QueryError, "64 bits"),
    (lambda: AnyBox.query().offset(-1), QueryError, "zero or more"),
    (lambda: AnyBox.query().offset(True), QueryError, "whole number"),
    (lambda: AnyBox.query().offset(10**30), QueryError, "64 bits"),
    # keys
    (lambda: AnyBox.find(None), RecordNotFound, "None"),
    (lambda: AnyBox.find([1, 2]), QueryError, "for several"),
    (lambda: AnyBox.find((1,)), QueryError, "for several"),
    (lambda: AnyBox.find({"id": 1}), QueryError, "for several"),
    (lambda: AnyBox.find("1"), InvalidValue, "takes int, not str"),
    (lambda: AnyBox.find(True), InvalidValue, "not bool"),
    (lambda: AnyBox.find(1 << 63), InvalidValue, "64 bits"),
    (lambda: AnyBox.find(AnyBox.id), QueryError, "for several"),
    (lambda: Lid.find(1), QueryError, "2 parts"),
    (lambda: Lid.find((1,)), QueryError, "2 parts"),
    (lambda: Lid.find((1, 2, 3)), QueryError, "2 parts"),
    (lambda: Lid.find([1, 1]), QueryError, "2 parts"),
    (lambda: Lid.find((1, None)), QueryError, "None"),
    (lambda: Lonely.find(1), QueryError, "no primary key"),
    (lambda: Lonely.query().ids(), QueryError, "no primary key"),
    (lambda: Lonely.query().last(), QueryError, "no primary key"),
    # queries are no results
    (lambda: bool(AnyBox.query()), UsageError, "exists"),
    (lambda: len(AnyBox.query()), UsageError, "count"),
    (lambda: list(AnyBox.query()), UsageError, "async_all"),
    (lambda: 1 in AnyBox.query(), UsageError, "async_all"),
    (lambda: AnyBox.query()[0], UsageError, "async_all"),
    # parts that do not go together
    (lambda: AnyBox.query().select(), QueryError, "needs a column"),
    (lambda: AnyBox.query().pluck(), QueryError, "needs a column"),
    (lambda: AnyBox.query().count(distinct=True), QueryError, "needs a column"),
    (lambda: AnyBox.query().select(fn.count(distinct=True)).all(), QueryError, "needs a column"),
    (lambda: AnyBox.query().limit(1).sum("size"), QueryError, "limited"),
    (lambda: AnyBox.query().distinct().sum("size"), QueryError, "distinct"),
    (lambda: AnyBox.query().group_by("name").max("size"), QueryError, "grouped"),
    (lambda: AnyBox.query().limit(1).count("size"), QueryError, "limited"),
    (lambda: AnyBox.query().limit(1).last(), QueryError, "limit"),
    (lambda: AnyBox.query().select(AnyBox.size.as_("id")).all(), QueryError, "'id'"),
    (lambda: AnyBox.query().select(Lid.box_id, Lid.box_id.as_("name")).all(), QueryError, "does not read"),
    (lambda: AnyBox.insert_all(None), QueryError, "list of dicts"),
    (lambda: AnyBox.insert_all({"name": "x"}), QueryError, "list of dicts"),
    (lambda: AnyBox.insert_all(["name"]), QueryError, "takes dicts, got str"),
    (lambda: AnyBox.insert_all([{"name": "x"}, {"size": 1}]), QueryError, "not in all: name, size"),
    (lambda: AnyBox().delete(), UsageError, "no row to delete"),
    (lambda: AnyBox().reload(), UsageError, "no row to read"),
    (lambda: ANY_CREATE("boxes"), UsageError, "expected models"),
    (lambda: create_tables(Unread), UsageError, "declares no columns"),
    (lambda: drop_tables(ActiveRecord), UsageError, "make a subclass"),
]


def check_refused(call: Callable[[], Any], kind: type[Exception], told: str) -> None:
    with assert_queries(0, database()), pytest.raises(kind, match=told) as caught:
        call()
    assert isinstance(caught.value, ActiveRecordError)


@pytest.mark.parametrize(("call", "kind", "told"), NOTHING_SENT, ids=range(len(NOTHING_SENT)))
def test_refused_before_anything_is_sent(
    memory: None, call: Callable[[], Any], kind: type[Exception], told: str
) -> None:
    check_refused(call, kind, told)


@pytest.mark.engines("postgresql", "mysql")
def test_refused_before_anything_is_sent_to_a_server(boxes: None) -> None:
    for call, kind, told in NOTHING_SENT:
        check_refused(call, kind, told)


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


def check_value(name: str, value: Any, told: str) -> None:
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


@pytest.mark.parametrize(("name", "value", "told"), REFUSED_VALUES)
def test_values_of_a_wrong_type(memory: None, name: str, value: Any, told: str) -> None:
    check_value(name, value, told)


@pytest.mark.engines("postgresql", "mysql")
def test_values_of_a_wrong_type_for_a_server(boxes: None) -> None:
    for name, value, told in REFUSED_VALUES:
        check_value(name, value, told)


def test_a_refused_value_names_its_column(boxes: None) -> None:
    with pytest.raises(InvalidValue, match="'size'"):
        Box.create(size="x")


def test_the_table_is_missing(configured: str) -> None:
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
    assert sorted(twice.tuples()) == [(1, 1), (2, 2)]


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


@pytest.mark.places("memory", "server")
def test_more_values_than_a_statement_takes(boxes: None, runner: Runner, engine: str) -> None:
    def listed(count: int) -> Query[Box]:
        # In the program's own SQL each value of a list is one of the statement's, on every engine.
        return Box.where("id IN (?)", list(range(count)))

    async def main() -> None:
        most = database().driver.dialect.max_binds
        assert await listed(most).async_count() == 2
        with (
            assert_queries(0, database()),
            pytest.raises(QueryError, match=f"has {most + 1} values, and {engine} takes at most {most}"),
        ):
            await listed(most + 1).async_count()
        with assert_queries(0, database()), pytest.raises(QueryError, match="in parts"):
            await listed(most + 1).async_all()
        assert await Box.where(id=list(range(most))).async_count() == 2

    runner.run(main)


@pytest.mark.parametrize("name", ["id--", "a b", "", "_hidden", "é"])
def test_a_function_has_a_plain_name(name: str) -> None:
    assert not hasattr(fn, name)
    with pytest.raises(UsageError, match="plain identifier") as caught:
        getattr(fn, name)
    assert isinstance(caught.value, AttributeError)
