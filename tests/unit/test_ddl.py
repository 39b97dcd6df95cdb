"""CREATE TABLE and DROP TABLE, tried on SQLite, and read back from it."""

import datetime as dt
import math
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activerecord.errors import InvalidValue, UsageError
from activerecord.schema.ddl import create_table, drop_tables
from activerecord.schema.plan import dependency_order
from activerecord.schema.reflection import Reading
from activerecord.schema.reflection.sqlite import READER
from activerecord.schema.table import ForeignKey, Index, Table, TableColumn
from activerecord.sql.dialects.sqlite import SQLITE
from activerecord.sql.literal import literal
from activerecord.types import (
    Binary,
    Boolean,
    Date,
    Enumeration,
    Float,
    Integer,
    Json,
    Numeric,
    Text,
    Type,
    Unknown,
    Uuid,
)


class State(Enum):
    NEW = "new"
    OWNED = "bob's"


class Unheard:
    """What no engine keeps."""

    def __repr__(self) -> str:
        return "Unheard()"


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    opened = sqlite3.connect(":memory:")
    opened.execute("PRAGMA foreign_keys = ON")
    yield opened
    opened.close()


def table(name: str, *columns: TableColumn, **rest: Any) -> Table:
    return Table(name=name, columns={column.name: column for column in columns}, **rest)


def create(connection: sqlite3.Connection, *tables: Table, if_not_exists: bool = False) -> None:
    for each in tables:
        for statement in create_table(each, SQLITE, if_not_exists=if_not_exists):
            connection.execute(statement)


def read(connection: sqlite3.Connection, name: str) -> Table:
    reading: Reading[Table] = READER.read_table(name, None)
    question = next(reading)
    while True:
        try:
            question = reading.send(connection.execute(*question).fetchall())
        except StopIteration as end:
            found: Table = end.value
            return found


ID = TableColumn("id", Integer(), nullable=False)
GROUPS = table("group", ID, primary_key=("id",), auto_key="id")
ORDERS = table(
    "order",
    ID,
    TableColumn("select", Text(30), nullable=False, unique=True),
    TableColumn("group", Integer(), index=True),
    TableColumn("price", Numeric(10, 2), nullable=False, default=Decimal("1.50")),
    TableColumn("state", Enumeration(State), nullable=False, default=State.OWNED),
    TableColumn("paid", Boolean(), default=False),
    TableColumn("note", Text(), default='it\'s \\ "x" -- ; %s ?'),
    TableColumn("day", Date(), default=dt.date(2024, 1, 2)),
    TableColumn("data", Binary(), default=b"\0'\xff"),
    TableColumn("document", Json(), default={"a": ["'"]}),
    TableColumn("anything", Unknown(), default=-(2**63)),
    TableColumn("share", Float(), default=-0.1),
    primary_key=("id",),
    auto_key="id",
    foreign_keys=(ForeignKey("order", ("group",), "group", ("id",), on_delete="set null", name="of group"),),
    indexes=(Index(("day", "paid")), Index(("price", "day"), unique=True, name="one a day")),
)


def test_the_text() -> None:
    assert create_table(ORDERS, SQLITE, if_not_exists=True) == [
        """CREATE TABLE IF NOT EXISTS "order" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT,
    "select" VARCHAR(30) NOT NULL,
    "group" INTEGER,
    "price" DECIMAL(10,2) NOT NULL DEFAULT 1.5,
    "state" TEXT NOT NULL DEFAULT 'bob''s' CHECK ("state" IN ('new', 'bob''s')),
    "paid" BOOLEAN DEFAULT 0,
    "note" TEXT DEFAULT 'it''s \\ "x" -- ; %s ?',
    "day" DATE DEFAULT '2024-01-02',
    "data" BLOB DEFAULT x'0027ff',
    "document" JSON DEFAULT '{"a":["''"]}',
    "anything" DEFAULT -9223372036854775808,
    "share" REAL DEFAULT -0.1,
    UNIQUE ("select"),
    CONSTRAINT "of group" FOREIGN KEY ("group") REFERENCES "group" ("id") ON DELETE SET NULL
)""",
        'CREATE INDEX IF NOT EXISTS "ix_order_day_paid" ON "order" ("day", "paid")',
        'CREATE UNIQUE INDEX IF NOT EXISTS "one a day" ON "order" ("price", "day")',
        'CREATE INDEX IF NOT EXISTS "ix_order_group" ON "order" ("group")',
    ]
    assert drop_tables([ORDERS], SQLITE) == ['DROP TABLE IF EXISTS "order"']
    assert drop_tables([replace(ORDERS, schema="shop")], SQLITE, if_exists=False) == ['DROP TABLE "shop"."order"']


def test_it_is_read_back(connection: sqlite3.Connection) -> None:
    create(connection, GROUPS, ORDERS)
    found = read(connection, "ORDER")
    assert found.names() == ORDERS.names()
    assert (found.name, found.primary_key, found.auto_key) == ("order", ("id",), "id")
    assert found.foreign_keys == (ForeignKey("order", ("group",), "group", ("id",), on_delete="SET NULL"),)
    assert set(found.indexes) == {
        Index(("select",), unique=True),
        Index(("day", "paid"), name="ix_order_day_paid"),
        Index(("price", "day"), unique=True, name="one a day"),
        Index(("group",), name="ix_order_group"),
    }
    assert {name for name, column in found.columns.items() if not column.nullable} == {"id", "select", "price", "state"}
    assert {name for name, column in found.columns.items() if not column.has_default} == {"select", "group"}
    # What was read can be created again, elsewhere, but for the defaults and the sizes, which nobody keeps a row to.
    connection.execute(*drop_tables([found], SQLITE))
    create(connection, found)
    again = read(connection, "order").columns
    expected = {name: replace(column, has_default=name == "id") for name, column in found.columns.items()}
    assert again == expected | {"price": replace(expected["price"], type=Numeric())}


def test_defaults_arrive_as_the_codec_dumps_them(connection: sqlite3.Connection) -> None:
    create(connection, GROUPS, ORDERS)
    connection.execute('INSERT INTO "order" ("select") VALUES (?)', ("x",))
    (row,) = connection.execute('SELECT * FROM "order"')
    for column, value in zip(ORDERS.columns.values(), row, strict=True):
        if column.default is not None:
            load = SQLITE.codec(column.type).load
            assert (load(value) if load else value) == column.default


def test_keys_are_not_given_twice(connection: sqlite3.Connection) -> None:
    create(connection, GROUPS)
    keys: list[int] = []
    for _ in range(3):
        cursor = connection.execute('INSERT INTO "group" DEFAULT VALUES')
        keys.append(cursor.lastrowid or 0)
        connection.execute('DELETE FROM "group"')
    assert keys == [1, 2, 3]


def test_an_enumeration_is_checked(connection: sqlite3.Connection) -> None:
    create(connection, table("t", TableColumn("state", Enumeration(State))))
    connection.execute("INSERT INTO t VALUES ('bob''s'), (NULL)")
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        connection.execute("INSERT INTO t VALUES ('old')")


@pytest.mark.parametrize(
    ("kind", "key"), [(Integer(), None), (Text(20), None), (Uuid(), None)], ids=lambda part: type(part).__name__
)
def test_other_keys(connection: sqlite3.Connection, kind: Type, key: str | None) -> None:
    made = table("t", TableColumn("code", kind, nullable=False), primary_key=("code",), auto_key=key)
    create(connection, made)
    found = read(connection, "t")
    assert found.primary_key == ("code",)
    assert not found.columns["code"].nullable


def test_composite_keys(connection: sqlite3.Connection) -> None:
    parent = table("p", TableColumn("b", Integer(), False), TableColumn("a", Text(), False), primary_key=("a", "b"))
    key = ForeignKey("c", ("x", "y"), "p", ("a", "b"), on_delete="CASCADE")
    child = table("c", TableColumn("x", Text()), TableColumn("y", Integer()), foreign_keys=(key,))
    create(connection, child, parent)
    assert read(connection, "p").primary_key == ("a", "b")
    assert read(connection, "p").referenced_by == read(connection, "c").foreign_keys == (key,)


def test_if_not_exists(connection: sqlite3.Connection) -> None:
    create(connection, GROUPS, ORDERS)
    create(connection, GROUPS, ORDERS, if_not_exists=True)
    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        create(connection, ORDERS)


def test_what_cannot_be_declared() -> None:
    action = ForeignKey("t", ("a",), "u", ("id",), on_delete="CASCADE; DROP TABLE u")
    for made in (
        table("v", TableColumn("a"), is_view=True),
        table("t", TableColumn("a", generated=True)),
        table("t", TableColumn("a"), foreign_keys=(action,)),
    ):
        with pytest.raises(UsageError):
            create_table(made, SQLITE, if_not_exists=False)
    with pytest.raises(InvalidValue):
        create_table(table("t", TableColumn("a", Integer(), default="1")), SQLITE, if_not_exists=False)


HOSTILE = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])) | st.sampled_from(
    ["'", "''", "\\'", "'; DROP TABLE t; --", "/*", "*/", '"', "\n", "\r", "\x1a", "%s", "?", ":a", "$1", "\ufeff", "é"]
)


@settings(deadline=None)
@given(HOSTILE | st.binary() | st.integers(-(2**63), 2**63 - 1) | st.none())
def test_a_literal_is_its_value(value: Any) -> None:
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute(f"CREATE TABLE t (a INTEGER, v DEFAULT {literal(value)}, w DEFAULT 'after')")
        connection.execute("INSERT INTO t (a) VALUES (1)")
        assert connection.execute(f"SELECT v, w, {literal(value)} FROM t").fetchone() == (value, "after", value)
    finally:
        connection.close()


@settings(deadline=None)
@given(st.decimals(-100_000, 100_000, places=4).map(float) | st.sampled_from([1e300, -1e-300, 5e-324, 1.5]))
def test_a_real_literal_is_its_value_to_fifteen_digits(value: float) -> None:
    connection = sqlite3.connect(":memory:")
    try:
        (found,) = connection.execute(f"SELECT {literal(value)}").fetchone()
    finally:
        connection.close()
    assert math.isclose(found, value, rel_tol=1e-15)


@pytest.mark.parametrize("value", ["a\0b", float("nan"), float("inf"), True, Decimal(1), [], Unheard()], ids=repr)
def test_what_has_no_literal(value: Any) -> None:
    with pytest.raises(InvalidValue):
        literal(value)


# SQLite tells names apart but for the case of ASCII letters, and keeps those that begin with sqlite_ to itself.
NAMES = st.lists(
    HOSTILE.filter(lambda name: bool(name) and not name.lower().startswith("sqlite_")),
    min_size=4,
    max_size=4,
    unique_by=lambda name: name.casefold(),
)


@settings(deadline=None, max_examples=60)
@given(NAMES)
def test_any_name_will_do(names: list[str]) -> None:
    one, two, first, second = names
    key = ForeignKey(two, (second,), one, (first,), name="a 'b\" c")
    parent = table(one, TableColumn(first, Integer(), nullable=False), primary_key=(first,), auto_key=first)
    child = table(
        two,
        TableColumn(first, Enumeration(State), default=State.OWNED),
        TableColumn(second, Integer(), nullable=False),
        primary_key=(second,),
        foreign_keys=(key,),
        indexes=(Index((first, second)),),
    )
    connection = sqlite3.connect(":memory:")
    try:
        create(connection, parent, child)
        expected = (replace(key, name=None, unique=True),)
        assert read(connection, one).names() == (first,)
        assert read(connection, one).referenced_by == expected
        assert read(connection, two).names() == (first, second)
        assert read(connection, two).foreign_keys == expected
        for statement in drop_tables((child, parent), SQLITE, if_exists=False):
            connection.execute(statement)
    finally:
        connection.close()


def pointing(name: str, *targets: str) -> Table:
    keys = tuple(ForeignKey(name, (f"{target}_id",), target, ("id",)) for target in targets)
    return table(name, ID, *(TableColumn(f"{target}_id", Integer()) for target in targets), foreign_keys=keys)


def test_tables_come_after_those_they_point_at() -> None:
    c, b, a = pointing("c", "b", "a"), pointing("b", "a", "b", "elsewhere"), pointing("a")
    assert dependency_order([c, b, c, a]) == [a, b, c]
    assert dependency_order(iter([a, b, c])) == [a, b, c]
    assert dependency_order([]) == []


def test_a_cycle_is_created_too(connection: sqlite3.Connection) -> None:
    egg, hen, farm = pointing("egg", "hen"), pointing("hen", "egg", "farm"), pointing("farm")
    ordered = dependency_order([egg, hen, farm])
    assert sorted(each.name for each in ordered) == ["egg", "farm", "hen"]
    create(connection, *ordered)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=12))
def test_any_order_without_a_cycle_is_kept(edges: list[tuple[int, int]]) -> None:
    later = [(max(edge), min(edge)) for edge in edges]
    tables = [pointing(str(n), *{str(low) for high, low in later if high == n}) for n in reversed(range(8))]
    place = {each.name: index for index, each in enumerate(dependency_order(tables))}
    assert all(place[str(low)] < place[str(high)] for high, low in later if low != high)
