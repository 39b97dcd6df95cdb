"""The SQL of queries and writes, as each engine is sent it; no database is opened."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from activerecord import ActiveRecord, Column, HasMany, QueryError, UnknownColumn, column, fn, has_many
from activerecord.database import database, forget
from activerecord.sql.expression import Bind, Expression
from activerecord.sql.insert import Insert
from activerecord.sql.node import Node
from activerecord.sql.reference import Reference
from activerecord.sql.statement import Delete, Select, Source, Update
from tests.unit.snapshots import Case, Statement, against_snapshots


class Buyer(ActiveRecord):
    __table_name__ = "buyers"
    id: Column[int] = column(primary_key=True)
    name: Column[str]
    age: Column[int | None]
    purchases: HasMany["Purchase"] = has_many(foreign_key="buyer_id")


class Purchase(ActiveRecord):
    __table_name__ = "purchases"
    id: Column[int] = column(primary_key=True)
    buyer_id: Column[int]
    total: Column[Decimal]
    state: Column[str] = column(name="status")


class Odd(ActiveRecord):
    __table_name__ = 'x" ; DROP TABLE `y`; --'
    id: Column[int] = column(primary_key=True)
    odd: Column[int] = column(name='a" `b')


@pytest.fixture(autouse=True)
def unopened() -> Iterator[None]:
    ActiveRecord.configure("sqlite:///nowhere/at/all.db")
    yield
    forget(["default"])


CONDITIONS: Mapping[str, Case] = {
    "all": Buyer.query,
    "equal": lambda: Buyer.where(name="ann"),
    "equal to None": lambda: Buyer.where(name=None),
    "in two": lambda: Buyer.where(age=[1, 2]),
    "in three, which is four": lambda: Buyer.where(age=[1, 2, 3]),
    "in, with None": lambda: Buyer.where(age=[1, None]),
    "in None": lambda: Buyer.where(age=[None]),
    "in nothing": lambda: Buyer.where(age=[]),
    "not in nothing": lambda: Buyer.where(Buyer.age.not_in([])),
    "not in, with None": lambda: Buyer.where(Buyer.age.not_in([1, None])),
    "two by name": lambda: Buyer.where(name="ann", age=3),
    "by dict and by expression": lambda: Buyer.where({"name": "ann"}, Buyer.age > 3),
    "different": lambda: Buyer.where(Buyer.age != 3),
    "not": lambda: Buyer.where(~(Buyer.age == 3)),
    "in words": lambda: Buyer.where("age > ?", 3),
    "in words, values as a tuple": lambda: Buyer.where("age > ? AND name = ?", (3, "a")),
    "in words, a list": lambda: Buyer.where("age IN (?)", [3, 4]),
    "in words, by name": lambda: Buyer.where("age > :a OR age < :a", a=3),
    "in words, by dict": lambda: Buyer.where("age > :a", {"a": 3}),
    "in words, with a comment": lambda: Buyer.where("age > 3 -- grown up"),
    "none of both": lambda: Buyer.query().where_not(age=3, name="a"),
    "one or other, and": lambda: Buyer.where(age=1).or_where(age=2).where(age=3),
    "or without one before": lambda: Buyer.query().or_where(age=2),
    "between": lambda: Buyer.where(Buyer.age.between(1, 2)),
    "contains": lambda: Buyer.where(Buyer.name.contains("50%")),
    "starts with": lambda: Buyer.where(Buyer.name.starts_with("50%")),
    "ends with": lambda: Buyer.where(Buyer.name.ends_with("50%")),
    "an attribute named otherwise": lambda: Purchase.where(state="paid").order_by("state"),
    "hostile names": lambda: Odd.where(odd=1),
}

CLAUSES: Mapping[str, Case] = {
    "ordered": lambda: Buyer.query().order_by("name desc", Buyer.age),
    "ordered, nulls last": lambda: Buyer.query().order_by(Buyer.age.desc().nulls_last()),
    "ordered anew": lambda: Buyer.query().order_by("name").reorder("age ASC"),
    "no longer ordered": lambda: Buyer.query().order_by("name").reorder(),
    "limit": lambda: Buyer.query().limit(3),
    "offset": lambda: Buyer.query().offset(3),
    "limit and offset": lambda: Buyer.query().offset(3).limit(4),
    "distinct": lambda: Buyer.query().distinct().select("name"),
    "groups": lambda: (
        Buyer.query().select("name", fn.count().as_("n")).group_by("name").having(fn.count() > 1).order_by("n desc")
    ),
    "arithmetic": lambda: Buyer.query().select((Buyer.age + 1) * 2),
    "arithmetic on a value": lambda: Buyer.query().select(100 - Buyer.age),
    "division": lambda: Purchase.query().select(Purchase.total / Decimal(2)),
    "joined texts": lambda: Buyer.query().select(Buyer.name + "!"),
    "count distinct": lambda: Buyer.query().select(fn.count(Buyer.name, distinct=True)),
    "coalesce": lambda: Buyer.query().select(fn.coalesce(Buyer.age, 0)),
    "join on a condition": lambda: (
        Buyer.query().select("id").join(Purchase, Purchase.buyer_id == Buyer.id).where(Purchase.total > Decimal(5))
    ),
    "left join of a relation": lambda: Buyer.query().select("id").left_join("purchases"),
    "in a query": lambda: Buyer.where(Buyer.id.in_(Purchase.where(state="paid").select(Purchase.buyer_id)), age=3),
    "in a limited query": lambda: Buyer.where(id=Purchase.query().select("buyer_id").order_by("total desc").limit(2)),
    "against a query": lambda: Buyer.where(Buyer.age > Buyer.query().select(fn.avg(Buyer.age))),
}

BUYERS = Source("buyers")
ONE: Expression[bool] = Reference[Any]("buyers", "id") == 1
OLDER: Expression[int] = Reference[Any]("buyers", "age") + 1


def of_buyers(make: Callable[..., Node], *given: Any) -> Case:
    """What the constructor of a statement makes, giving back what the engine can."""

    def case() -> Statement:
        verb = make.__qualname__.partition(".")[0].lower()
        returning = ("id", "age") if verb in database().dialect.returning else ()
        return make(BUYERS, *given, returning=returning), [Buyer.schema()]

    return case


def elsewhere() -> Statement:
    """In a schema, under an alias."""
    source = Source("buyers", schema='m"`x', alias="b")
    return Select((Reference[Any]("b", "id"),), source, limit=Bind(1)), [replace(Buyer.schema(), schema='m"`x')]


STATEMENTS: Mapping[str, Case] = {
    "insert": of_buyers(Insert, ("name", "age"), [["a", 1], ["b", None]]),
    "insert of defaults": of_buyers(Insert, (), [[]]),
    "update": of_buyers(Update.of_values, {"name": "x"}, ONE),
    "update of all": of_buyers(Update, (("age", OLDER),), None),
    "delete": of_buyers(Delete, ONE),
    "delete of all": of_buyers(Delete, None),
    "schema and alias": elsewhere,
}

test_snapshots = against_snapshots("queries", {**CONDITIONS, **CLAUSES, **STATEMENTS})


def test_unknown_names_are_refused() -> None:
    for query in (
        Buyer.where(nmae="a"),
        Buyer.query().order_by("nmae"),
        Buyer.query().select("nmae"),
        Buyer.query().group_by("nmae"),
        Buyer.where(Buyer["nmae"] == 1),
        Buyer.where(nmae=[]),
    ):
        with pytest.raises(UnknownColumn, match="did you mean 'name'"):
            query.to_sql()
    with pytest.raises(QueryError, match="does not read 'purchases'"):
        Buyer.where(Purchase.total > Decimal(1)).to_sql()


def test_what_nests_too_deeply_is_refused() -> None:
    deep = Buyer.age == 1
    for _ in range(3000):
        deep = ~deep
    with pytest.raises(QueryError, match="nested too deeply"):
        Buyer.where(deep).to_sql()
    long: Expression[Any] = Buyer.age
    for _ in range(3000):
        long = long + 1
    with pytest.raises(QueryError, match="nested too deeply"):
        Buyer.where(long > 1).to_sql()


def test_a_long_sum_is_compiled_in_no_time() -> None:
    long: Expression[Any] = Purchase.total
    for _ in range(100):
        long = Decimal(1) + long * Decimal(2)
    sql, binds = Purchase.where(long > Decimal(5)).to_sql()
    assert sql.count("?") == len(binds) == 201


def test_binds_are_dumped_as_their_columns_are() -> None:
    assert Purchase.where(Purchase.total > Decimal("1.50")).to_sql()[1] == [1.5]
    assert Purchase.where(total=[1, Decimal(2)]).to_sql()[1] == [1, 2]
    assert database().statements.compiled >= 2
