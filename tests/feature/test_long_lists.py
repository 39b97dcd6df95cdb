"""Lists of values in a condition: each is one bind on PostgreSQL, whatever the type, and the same rows everywhere."""

import datetime as dt
import ipaddress
import uuid
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest

from activerecord import ActiveRecord, Column, InvalidValue, Undeclared, column, create_tables, fn
from activerecord.database import database
from activerecord.runtime import run_blocking
from activerecord.sql.expression import Bind, Expression
from activerecord.sql.text import Text
from activerecord.testing.queries import count_queries


class Hue(Enum):
    RED = "red"
    BLUE = "blue"


class Pebble(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    boolean: Column[bool | None]
    integer: Column[int | None]
    real: Column[float | None]
    decimal: Column[Decimal | None]
    text: Column[str | None]
    short: Column[str | None] = column(length=20)
    binary: Column[bytes | None]
    date: Column[dt.date | None]
    time: Column[dt.time | None]
    moment: Column[dt.datetime | None]
    span: Column[dt.timedelta | None]
    token: Column[uuid.UUID | None]
    address: Column[ipaddress.IPv4Address | None]
    hue: Column[Hue | None]


class Native(Undeclared):
    __table_name__ = "natives"


NAIVE = dt.datetime(2024, 1, 31, 12, 30)  # noqa: DTZ001
VALUES: dict[str, tuple[Any, Any]] = {
    "boolean": (True, False),
    "integer": (5, -(2**63)),
    "real": (1.5, -0.25),
    "decimal": (Decimal("1234567.125"), Decimal("0.1")),
    "text": ("it's", 'a "{b},NULL\\'),
    "short": ("NULL", ""),
    "binary": (b"\0\xff", b""),
    "date": (dt.date(2024, 2, 29), dt.date.min),
    "time": (dt.time(12, 30, 1, 5), dt.time()),
    "moment": (NAIVE, NAIVE.replace(year=1999)),
    "span": (dt.timedelta(days=-1, microseconds=1), dt.timedelta(1)),
    "token": (uuid.UUID(int=5), uuid.UUID(int=0)),
    "address": (ipaddress.IPv4Address("10.0.0.1"), ipaddress.IPv4Address(0)),
    "hue": (Hue.RED, Hue.BLUE),
}


@pytest.fixture
def pebbles(configured: str) -> None:
    """One of the first value of each type, one of the second, one of none."""
    create_tables(Pebble)
    for place in 0, 1:
        Pebble.create(**{name: values[place] for name, values in VALUES.items()})
    Pebble.create()


def run(sql: str) -> list[tuple[Any, ...]]:
    return run_blocking(lambda: database().execute_text(sql, writes=True), "run").rows


def ids(condition: Expression[bool]) -> list[int]:
    found: list[int] = Pebble.where(condition).order_by("id").ids()
    return found


@pytest.mark.places("memory", "server")
def test_every_type(pebbles: None) -> None:
    for name, (first, second) in VALUES.items():
        stored: Expression[Any] = getattr(Pebble, name)
        assert ids(stored.in_([first])) == [1], name
        assert ids(stored.in_([first, second])) == [1, 2], name
        assert ids(stored.in_([second, None])) == [2, 3], name
        assert ids(stored.not_in([first])) == [2], name
        assert ids(stored.not_in([first, None])) == [2], name
        assert ids(stored.in_([])) == [], name
        assert ids(stored.not_in([])) == [1, 2, 3], name
        assert ids(stored.not_in([first, second])) == [], name


OPERANDS: dict[str, Callable[[], Expression[Any]]] = {
    "arithmetic": lambda: Pebble.id + 0,
    "function": lambda: fn.coalesce(Pebble.id, 0),
    "the program's own": lambda: Text("pebbles.id"),
    "a query": lambda: Pebble.where(id=2).select("id").as_value(),
    "a label": lambda: Pebble.id.as_("it"),
}


@pytest.mark.places("memory", "server")
def test_operands_that_are_no_columns(pebbles: None) -> None:
    for name, operand in OPERANDS.items():
        assert 2 in ids(operand().in_([2, 7, None])), name
        assert ids(operand().in_([7, 8, 9])) == [], name
        assert 2 not in ids(operand().not_in([2])), name
    assert ids((Pebble.id > 1).in_([True])) == [2, 3]
    assert ids(fn.lower("X").in_(["x", "y"])) == [1, 2, 3]
    assert ids(Bind[str]("x").in_(["x", "y"])) == [1, 2, 3]
    assert ids(Bind[str]("x").in_(["y"])) == []


@pytest.mark.places("memory", "server")
def test_in_every_clause(pebbles: None) -> None:
    own = Pebble.query().select("text", fn.count().as_("n")).group_by("text")
    assert own.where(id=[1, 2]).having(fn.count().in_([1, 5, 6])).order_by(fn.min(Pebble.id)).tuples() == [
        ("it's", 1),
        ('a "{b},NULL\\', 1),
    ]
    numbers = Pebble.query().select(Pebble.id.in_([1, 3]).as_("is_odd")).where(Pebble.id > 1).order_by("id")
    assert numbers.limit(2).tuples() == [(False,), (True,)]
    inner = Pebble.where(id=[1, 2], text=["it's"]).select("id")
    assert ids(Pebble.id.in_(inner) | Pebble.id.in_([3])) == [1, 3]
    assert Pebble.where("id > ?", 0).where(id=[1, 3]).where("id < ?", 9).where_not(id=[3]).ids() == [1]


WRONG: list[list[Any]] = [[1, "x"], [1.5], [2**63, 1]]


@pytest.mark.places("memory", "server")
def test_a_value_that_does_not_fit_names_its_column(pebbles: None) -> None:
    for values in WRONG:
        with pytest.raises(InvalidValue, match="'integer'"):
            ids(Pebble.integer.in_(values))


@pytest.mark.engines("postgresql")
def test_lists_of_every_length_have_one_text(pebbles: None) -> None:
    with count_queries(database()) as sent:
        for count in 1, 2, 3, 100, 5000, 40_000, 100_000:
            assert Pebble.where(id=range(2, 2 + count)).count() == min(count, 2)
    assert set(sent) == {'SELECT count(*) FROM "pebbles" WHERE "pebbles"."id" = ANY ($1)'}


@pytest.mark.engines("postgresql")
def test_types_of_the_servers_own(configured: str) -> None:
    run("CREATE TYPE mood AS ENUM ('sad', 'so so', 'glad')")
    run("CREATE DOMAIN word AS TEXT CHECK (value <> '')")
    run(
        "CREATE TABLE natives (id INTEGER PRIMARY KEY, mood mood, word word, code CHAR(3), brief VARCHAR(5), "
        "cost NUMERIC(8, 2), small SMALLINT, tiny REAL, extra JSONB, spell INT4RANGE, at TIMESTAMPTZ, tags INTEGER[])"
    )
    run(
        "INSERT INTO natives VALUES (1, 'so so', 'a', 'ab', 'abc', 1.5, 7, 0.5, '{\"a\": [1]}', '[1,5)', "
        "'2024-01-01 00:00:00+02', '{1,2}')"
    )
    run("INSERT INTO natives (id) VALUES (2)")
    one = Native.query().find(1)
    for name, value in one.attributes.items():
        if name != "code":
            assert Native.where(Native[name].in_([value, value])).ids() == [1], name
        assert Native.where(Native[name].not_in([value])).ids() == ([2] if name == "id" else []), name
    assert Native.where(Native["code"].in_(["ab", "x"])).ids() == [1]
    assert Native.where(Native["mood"].in_(["sad", None])).ids() == [2]
    assert Native.where(Text("mood").in_(["glad", "so so"])).ids() == [1]
