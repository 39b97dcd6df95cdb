"""The SQL of queries, as PostgreSQL is sent it; no database is opened."""

import datetime as dt
import ipaddress
import uuid
from decimal import Decimal
from typing import Any

import pytest

from activerecord.errors import InvalidValue, UsageError
from activerecord.schema.table import Table, TableColumn
from activerecord.sql.dialect import Terms
from activerecord.sql.dialects.postgresql import POSTGRESQL
from activerecord.sql.expression import Bind, Expression, Label
from activerecord.sql.function import fn
from activerecord.sql.insert import Insert
from activerecord.sql.reference import Reference
from activerecord.sql.statement import Select, Source
from activerecord.sql.text import Text
from activerecord.types import Array, Boolean, Float, Integer, Numeric, Range, Type
from activerecord.types import Text as TextType

TYPES: dict[str, Type] = {
    "id": Integer(),
    "name": TextType(),
    "price": Numeric(10, 2),
    "ratio": Float(),
    "done": Boolean(),
    "tags": Array(Integer()),
}
TABLE = Table("t", {name: TableColumn(name, kind, nullable=True) for name, kind in TYPES.items()})
TABLES = (TABLE,)


def ref(name: str) -> Expression[Any]:
    return Reference("t", name)


def selected(*columns: Expression[Any], where: Expression[bool] | None = None) -> str:
    select = Select(columns, Source("t"), where=where)
    text = POSTGRESQL.compiler(POSTGRESQL, TABLES).compile(select).sql
    return text.removeprefix("SELECT ").replace(' FROM "t"', "").replace('"t".', "")


@pytest.mark.parametrize(
    ("column", "sql"),
    [
        (fn.sum(ref("id")), 'sum("id")::bigint'),
        (fn.sum(ref("price")), 'sum("price")'),
        (fn.sum(ref("done")), 'sum(("done")::integer)'),
        (fn.sum(ref("id"), distinct=True), 'sum(DISTINCT "id")::bigint'),
        (fn.avg(ref("id")), 'avg("id")::double precision'),
        (fn.avg(ref("price")), 'avg("price")'),
        (fn.avg(ref("done")), 'avg(("done")::integer)::double precision'),
        (fn.min(ref("done")), 'bool_and("done")'),
        (fn.max(ref("done")), 'bool_or("done")'),
        (fn.max(ref("name")), 'max("name")'),
        (fn.ifnull(ref("id"), 0), 'coalesce("id", $1)'),
        (fn.concat(ref("name"), "x", 1), '("name" || $1::text || $2::integer::text)'),
        (fn.substr(ref("name"), 1, 2), 'substr("name", $1::integer, $2::integer)'),
        (fn.lower("X"), "lower($1)"),
        (fn.count(), "count(*)"),
        (ref("id") + 1, '("id" + $1)'),
        (ref("name") + "x", '("name" || $1)'),
        (Label(Bind[Any]("x"), "it"), '$1::text AS "it"'),
        (Label(Bind[Any](1.5, ref("price")), "it"), '$1::NUMERIC(10,2) AS "it"'),
    ],
)
def test_what_is_selected(column: Expression[Any], sql: str) -> None:
    assert selected(column) == sql


@pytest.mark.parametrize(
    ("value", "sql"),
    [
        (None, "$1"),
        (True, "$1::boolean"),
        (1, "$1::integer"),
        (-(1 << 31), "$1::integer"),
        (1 << 31, "$1::bigint"),
        (0.5, "$1::double precision"),
        (Decimal(1), "$1::numeric"),
        ("x", "$1::text"),
        (b"x", "$1::bytea"),
        (dt.date(2024, 1, 31), "$1::date"),
        (dt.datetime(2024, 1, 31, tzinfo=dt.UTC), "$1::timestamptz"),
        (dt.datetime(2024, 1, 31, tzinfo=dt.UTC).replace(tzinfo=None), "$1::timestamp"),
        (uuid.UUID(int=0), "$1::uuid"),
        (ipaddress.ip_address("::1"), "$1::inet"),
        ({}, "$1::jsonb"),
    ],
)
def test_a_value_alone_is_told_its_type(value: object, sql: str) -> None:
    assert selected(Bind(value)) == sql


def test_numbers_in_the_programs_own_sql_keep_their_type() -> None:
    """The server would take them for the type of what they are compared with: 2.5 for the integer 2."""
    text = Text("id > ? AND name = ? AND id < ?", (2.5, "x", 1 << 40))
    assert selected(ref("id"), where=text) == (
        '"id" WHERE (id > $1::double precision AND name = $2 AND id < $3::bigint)'
    )


def test_values_of_other_classes_are_other_shapes() -> None:
    shapes = {Text("a = ?", (value,)).shape for value in (1, 2, 1 << 40, 1.0, Decimal(1), "1", None, True)}
    assert len(shapes) == 7
    assert Bind(1).shape == Bind(2).shape != Bind(1.0).shape


def compiled(where: Expression[bool]) -> tuple[str, list[Any], tuple[str | None, ...]]:
    """The condition as it is sent, its binds, and the columns that they are meant for."""
    select = Select((ref("id"),), Source("t"), where=where)
    found = POSTGRESQL.compiler(POSTGRESQL, TABLES).compile(select)
    text = found.sql.removeprefix('SELECT "t"."id" FROM "t" WHERE ').replace('"t".', "")
    return text, found.binds(select.binds), found.columns


@pytest.mark.parametrize(
    ("where", "sql", "binds"),
    [
        (ref("id").in_([1]), '"id" = ANY ($1)', [[1]]),
        (ref("id").in_([1, 2, 3]), '"id" = ANY ($1)', [[1, 2, 3]]),
        (ref("id").in_([4, 4, 5, 5, 5]), '"id" = ANY ($1)', [[4, 4, 5, 5, 5]]),
        (ref("id").in_(range(70_000)), '"id" = ANY ($1)', [list(range(70_000))]),
        (ref("id").not_in([1, 2]), '"id" <> ALL ($1)', [[1, 2]]),
        (ref("id").in_([]), '("id" IS NULL AND 1 = 0)', []),
        (ref("id").not_in([]), '("id" IS NULL OR 1 = 1)', []),
        (ref("id").in_([None]), '"id" IS NULL', []),
        (ref("id").in_([None, 7, None]), '("id" = ANY ($1) OR "id" IS NULL)', [[7]]),
        (ref("id").not_in([7, None]), '("id" <> ALL ($1) AND "id" IS NOT NULL)', [[7]]),
        ((ref("id") + 1).in_([2, None]), '(("id" + $1) = ANY ($2) OR ("id" + $1) IS NULL)', [1, [2]]),
        (ref("price").in_(["1.50", 2]), '"price" = ANY ($1)', [[Decimal("1.50"), Decimal(2)]]),
        ((ref("id") > 5).in_([True]), '("id" > $1) = ANY ($2)', [5, [True]]),
        (ref("tags").in_([[1], [2, 3]]), '"tags" IN ($1, $2)', [[1], [2, 3]]),
        (
            (ref("id") > 5) & ref("name").in_(["a", "b", "c"]) & ref("id").in_([1]) & (ref("id") < 9),
            '("id" > $1 AND "name" = ANY ($2) AND "id" = ANY ($3) AND "id" < $4)',
            [5, ["a", "b", "c"], [1], 9],
        ),
    ],
)
def test_a_list_is_one_bind(where: Expression[bool], sql: str, binds: list[Any]) -> None:
    assert compiled(where)[:2] == (sql, binds)


def test_a_refused_value_of_a_list_names_its_column() -> None:
    select = Select((ref("id"),), Source("t"), where=(ref("name") == "a") & ref("id").in_([1, "x"]))
    found = POSTGRESQL.compiler(POSTGRESQL, TABLES).compile(select)
    assert found.columns == ("name", "id")
    with pytest.raises(InvalidValue, match=r"'id': .*not str"):
        found.binds(select.binds)


def test_an_insert_is_plain() -> None:
    insert = Insert(Source("t"), ("name", "price"), [("a", 1), ("b", 2)], returning=("id",))
    assert POSTGRESQL.compiler(POSTGRESQL, TABLES).compile(insert).sql == (
        'INSERT INTO "t" ("name", "price") VALUES ($1, $2), ($3, $4) RETURNING "t"."id"'
    )


@pytest.mark.parametrize(
    ("isolation", "read_only", "deferrable", "sql"),
    [
        (None, False, False, "BEGIN"),
        (None, True, False, "BEGIN READ ONLY"),
        ("serializable", False, False, "BEGIN ISOLATION LEVEL SERIALIZABLE"),
        ("Repeatable_Read", True, False, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
        ("serializable", True, True, "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE"),
    ],
)
def test_begin(isolation: str | None, read_only: bool, deferrable: bool, sql: str) -> None:
    assert POSTGRESQL.begin(Terms(isolation, read_only, deferrable)) == (sql,)


@pytest.mark.parametrize(
    "terms", [Terms(deferrable=True), Terms("serializable", deferrable=True), Terms(None, True, True)]
)
def test_what_cannot_be_deferred(terms: Terms) -> None:
    with pytest.raises(UsageError, match="deferrable"):
        POSTGRESQL.begin(terms)


def test_an_isolation_level_that_does_not_exist() -> None:
    with pytest.raises(UsageError, match="repeatable read"):
        POSTGRESQL.begin(Terms("x; DROP TABLE y"))


@pytest.mark.parametrize(
    ("value", "sql"),
    [
        (None, "NULL"),
        (True, "TRUE"),
        (-5, "-5"),
        (1.5, "1.5"),
        (float("-inf"), "DOUBLE PRECISION '-inf'"),
        (Decimal("1E+2"), "100"),
        ("it's", "'it''s'"),
        ("back\\slash'", "E'back\\\\slash'''"),
        (b"\x01\xff", "E'\\\\x01ff'"),
        (dt.date(2024, 1, 31), "DATE '2024-01-31'"),
        (dt.time(1, 2), "TIME '01:02:00'"),
        (dt.datetime(2024, 1, 31, tzinfo=dt.UTC), "TIMESTAMPTZ '2024-01-31 00:00:00+00:00'"),
        (dt.timedelta(days=-1, microseconds=5), "INTERVAL '-1 days 5 microseconds'"),
        (uuid.UUID(int=0), "'00000000-0000-0000-0000-000000000000'"),
        (ipaddress.ip_network("10.0.0.0/8"), "'10.0.0.0/8'"),
        ([], "'{}'"),
        ([1, None, 'a"\\'], 'E\'{"1",NULL,"a\\\\"\\\\\\\\"}\''),
        (Range(1, 3), '\'["1","3")\''),
        (Range[int](empty=True), "'empty'"),
    ],
)
def test_literals(value: object, sql: str) -> None:
    assert POSTGRESQL.literal(value) == sql


@pytest.mark.parametrize("value", [float("nan"), "a\0b", object(), ["a\0b"]])
def test_what_has_no_literal(value: object) -> None:
    with pytest.raises(InvalidValue):
        POSTGRESQL.literal(value)


def test_names() -> None:
    assert POSTGRESQL.quote('a"; DROP TABLE x; --') == '"a""; DROP TABLE x; --"'
    assert POSTGRESQL.name_fits("ä" * 31) and not POSTGRESQL.name_fits("ä" * 32)
