"""Statements are compiled once for each shape, and never mix up their values."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activerecord import ActiveRecord, Column, Query, column
from activerecord.database import database, forget
from activerecord.schema.table import Table, TableColumn
from activerecord.sql.cache import StatementCache
from activerecord.sql.dialects.sqlite import SQLITE
from activerecord.sql.expression import Star
from activerecord.sql.reference import Reference
from activerecord.sql.statement import Select, Source
from activerecord.types import Integer, Text


class Stored(ActiveRecord):
    __table_name__ = "stored"
    id: Column[int] = column(primary_key=True)
    name: Column[str]


@pytest.fixture(autouse=True, scope="module")
def unopened() -> Iterator[None]:
    ActiveRecord.configure("sqlite:///nowhere/at/all.db")
    yield
    forget(["default"])


def select(value: int, name: str = "id") -> Select:
    return Select((Star("t"),), Source("t"), where=Reference[Any]("t", name) == value)


def table(kind: Any = None) -> Table:
    return Table("t", {"id": TableColumn("id", kind or Integer()), "b": TableColumn("b")})


def test_a_shape_is_compiled_once() -> None:
    cache, known = StatementCache(SQLITE), table()
    first = cache.compile(select(1), (known,))
    assert cache.compile(select(2), (known,)) is first
    assert cache.compiled == 1
    cache.compile(select(1, "b"), (known,))
    assert cache.compiled == 2


def test_another_reading_of_the_table_is_compiled_anew() -> None:
    cache = StatementCache(SQLITE)
    as_numbers = cache.compile(select(1), (table(),))
    as_texts = cache.compile(select(1), (table(Text()),))
    assert cache.compiled == 2
    assert as_numbers.dumps != as_texts.dumps


def test_the_cache_is_bounded() -> None:
    cache, known = StatementCache(SQLITE, capacity=10), table()
    for size in range(1, 200):
        columns = tuple([Reference[Any]("t", "id")] * size)
        cache.compile(Select(columns, Source("t")), (known,))
    assert cache.compiled == 199
    kept = [Select(tuple([Reference[Any]("t", "id")] * size), Source("t")) for size in range(190, 200)]
    for statement in kept:
        cache.compile(statement, (known,))
    assert cache.compiled == 199
    cache.compile(Select((Reference[Any]("t", "id"),), Source("t")), (known,))
    assert cache.compiled == 200


def queries() -> list[Query[Stored]]:
    return [
        Stored.where(id=1),
        Stored.where(Stored.id > 1),
        Stored.where("id = ?", 1),
        Stored.where(id=[1, 2, 3]),
        Stored.query().limit(1).offset(2),
        Stored.where(Stored.id.in_(Stored.where(name="a").select("id"))),
    ]


def test_queries_that_are_built_again_are_compiled_once() -> None:
    for query in queries():
        query.to_sql()
    before = database().statements.compiled
    for query in queries():
        query.to_sql()
    assert database().statements.compiled == before


@given(st.lists(st.tuples(st.integers(-(2**63), 2**63 - 1), st.text("ab\0'\"")), min_size=1, max_size=5))
def test_values_are_never_mixed_up(pairs: list[tuple[int, str]]) -> None:
    for number, name in pairs:
        assert Stored.where(id=number, name=name).to_sql()[1] == [number, name]


def test_one_and_true_are_told_apart() -> None:
    # they are equal as keys of a dict, and must not share what was made for the other
    assert Stored.query().limit(1).to_sql()[1] == [1]
    assert Stored.where("id = ?", True).to_sql()[1] == [1]
    assert Stored.where("id = ?", 1.0).to_sql()[1] == [1.0]
    assert type(Stored.where("id = ?", 1.0).to_sql()[1][0]) is float
