"""What PostgreSQL is sent of each type, and what is refused before it is sent."""

import datetime as dt
import ipaddress
import json
import math
import uuid
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activerecord.errors import InvalidValue, UsageError
from activerecord.types import (
    Address,
    Array,
    Binary,
    Boolean,
    Date,
    DateTime,
    Enumeration,
    Float,
    Integer,
    Interval,
    Json,
    Network,
    Numeric,
    Range,
    RangeOf,
    Text,
    Time,
    Type,
    Unknown,
    Uuid,
)
from activerecord.types.postgresql import POSTGRESQL_CODECS, PostgreSQLCodecs, dump_plain

UTC_NOON = dt.datetime(2024, 1, 31, 12, tzinfo=dt.UTC)
NOON = UTC_NOON.replace(tzinfo=None)


class Mood(Enum):
    HAPPY = "happy"
    NUL = "a\0b"


def codec(kind: Type) -> Any:
    return POSTGRESQL_CODECS(kind)


@pytest.mark.parametrize(
    ("kind", "ddl"),
    [
        (Boolean(), "BOOLEAN"),
        (Integer(8), "SMALLINT"),
        (Integer(16), "SMALLINT"),
        (Integer(16, signed=False), "INTEGER"),
        (Integer(24), "INTEGER"),
        (Integer(32), "INTEGER"),
        (Integer(32, signed=False), "BIGINT"),
        (Integer(), "BIGINT"),
        (Integer(64, signed=False), "NUMERIC(20)"),
        (Float(), "DOUBLE PRECISION"),
        (Float(32), "REAL"),
        (Numeric(), "NUMERIC"),
        (Numeric(10, 2), "NUMERIC(10,2)"),
        (Text(), "TEXT"),
        (Text(5), "VARCHAR(5)"),
        (Binary(), "BYTEA"),
        (Date(), "DATE"),
        (Time(), "TIME"),
        (DateTime(), "TIMESTAMP"),
        (DateTime(zone=False), "TIMESTAMP"),
        (DateTime(zone=True), "TIMESTAMPTZ"),
        (Interval(), "INTERVAL"),
        (Uuid(), "UUID"),
        (Json(), "JSONB"),
        (Enumeration(Mood), "TEXT"),
        (Array(Numeric(5, 1)), "NUMERIC(5,1)[]"),
        (Array(RangeOf(Date())), "DATERANGE[]"),
        (Address(4), "INET"),
        (Network(), "CIDR"),
        (RangeOf(Integer()), "INT8RANGE"),
        (RangeOf(Integer(32)), "INT4RANGE"),
        (RangeOf(Numeric(10, 2)), "NUMRANGE"),
        (RangeOf(DateTime()), "TSRANGE"),
        (RangeOf(DateTime(zone=True)), "TSTZRANGE"),
    ],
)
def test_the_type_in_create_table(kind: Type, ddl: str) -> None:
    assert codec(kind).ddl == ddl


@pytest.mark.parametrize(
    ("kind", "given", "sent"),
    [
        (Integer(64, signed=False), (1 << 64) - 1, (1 << 64) - 1),
        (Float(), 2, 2.0),
        (Float(), math.inf, math.inf),
        (Float(32), 0.15, 0.15000000596046448),
        (Float(32), math.inf, math.inf),
        (Numeric(), 0.1, Decimal("0.1")),
        (Binary(), bytearray(b"\0"), b"\0"),
        (Date(), "2024-01-31", dt.date(2024, 1, 31)),
        (Time(), "12:00", dt.time(12)),
        (DateTime(), NOON.isoformat(), NOON),
        (DateTime(zone=True), UTC_NOON.astimezone(dt.timezone(dt.timedelta(hours=5))), UTC_NOON),
        (Uuid(), str(uuid.UUID(int=7)), uuid.UUID(int=7)),
        (Json(), {"a": "é"}, '{"a":"\\u00e9"}'),
        (Json(), {"e": 1e16}, '{"e":10000000000000000.0}'),
        (Json(), ["1e+300", "\\u0000"], '["1e+300","\\\\u0000"]'),
        (Enumeration(Mood), Mood.HAPPY, "happy"),
        (Array(Date(), nulls=True), ["2024-01-31", None], [dt.date(2024, 1, 31), None]),
        (Address(), "::1", ipaddress.ip_address("::1")),
        (RangeOf(Date()), Range("2024-01-30", "2024-01-31"), Range(dt.date(2024, 1, 30), dt.date(2024, 1, 31))),
    ],
)
def test_what_is_sent(kind: Type, given: object, sent: object) -> None:
    dumped = codec(kind).dump(given)
    assert dumped == sent and type(dumped) is type(sent)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Boolean(), 1),
        (Integer(32), 1 << 31),
        (Integer(), True),
        (Integer(), 1.0),
        (Integer(32, signed=False), -1),
        (Float(), math.nan),
        (Float(32), math.nan),
        (Float(32), 1e39),
        (Float(32), 1e-46),
        (Numeric(), Decimal("NaN")),
        (Numeric(), Decimal("1E+999999999")),
        (Numeric(), Decimal("1E-16384")),
        (Numeric(3, 1), Decimal("1.25")),
        (Text(), "a\0b"),
        (Text(), "\ud800"),
        (Text(2), "abc"),
        (Date(), NOON),
        (Time(), UTC_NOON.timetz()),
        (DateTime(), UTC_NOON),
        (DateTime(zone=True), NOON),
        (DateTime(zone=True), dt.datetime.min.replace(tzinfo=dt.timezone(dt.timedelta(hours=1)))),
        (Interval(), 5),
        (Uuid(), "x"),
        (Json(), {"a": "\0"}),
        (Json(), {"a\0": 1}),
        (Json(), ["\\\0"]),
        (Json(), ["\ud83d"]),
        (Json(), ["\ud83d\ude00"]),
        (Json(), math.nan),
        (Enumeration(Mood), Mood.NUL),
        (Enumeration(Mood), "happy"),
        (Array(Integer()), [None]),
        (Array(Integer()), [[1]]),
        (Array(Integer()), "12"),
        (Address(4), "::1"),
        (Network(), "10.0.0.1/8"),
        (RangeOf(Integer()), (1, 2)),
        (RangeOf(Integer()), Range(1.5, 2.5)),
        (Unknown(), object()),
    ],
)
def test_what_is_refused(kind: Type, value: object) -> None:
    with pytest.raises(InvalidValue):
        codec(kind).dump(value)


@pytest.mark.parametrize("kind", [Array(Array(Integer())), Array(Unknown()), RangeOf(Text())])
def test_types_that_do_not_exist(kind: Type) -> None:
    with pytest.raises(UsageError):
        codec(kind)


def test_the_cure_for_an_aware_datetime_is_named() -> None:
    with pytest.raises(InvalidValue, match="DateTime\\(zone=True\\)"):
        codec(DateTime()).dump(UTC_NOON)


@given(st.recursive(st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.text(), st.lists))
def test_documents_are_as_they_were(value: Any) -> None:
    try:
        text = codec(Json()).dump(value)
    except InvalidValue:
        assert "\\u" in json.dumps(value)
        return
    assert json.loads(text) == value


@given(st.floats(min_value=1e15, allow_infinity=False))
def test_large_floats_in_documents_have_a_point(value: float) -> None:
    text = codec(Json()).dump(value)
    assert "." in text and "e" not in text and json.loads(text) == value


@pytest.mark.parametrize(
    ("kind", "stored", "loaded"),
    [
        (Integer(64, signed=False), Decimal(5), 5),
        (Numeric(scale=2), Decimal("1.5"), Decimal("1.50")),
        (Numeric(scale=2), Decimal("1.555"), Decimal("1.555")),
        (Numeric(scale=2), Decimal("NaN"), Decimal("NaN")),
        (Json(), '{"a": [1]}', {"a": [1]}),
        (Json(), "no json", "no json"),
        (Enumeration(Mood), "happy", Mood.HAPPY),
        (Enumeration(Mood), "sad", "sad"),
        (Array(Json()), ["[1]", None], [[1], None]),
    ],
)
def test_what_is_loaded(kind: Type, stored: object, loaded: object) -> None:
    found = codec(kind).load(stored)
    assert str(found) == str(loaded) and type(found) is type(loaded)


def test_ranges_go_through_the_form_of_the_library() -> None:
    codecs = PostgreSQLCodecs(lambda value: ("range", value.lower), lambda value: Range(value[1], None))
    dump, dump_all = codecs(RangeOf(Integer())).dump, codecs(Array(RangeOf(Integer()))).dump
    assert dump and dump(Range(5, None)) == ("range", 5)
    assert dump_all and dump_all([Range(5, None)]) == [("range", 5)]
    load = codecs(Array(RangeOf(Integer()))).load
    assert load is not None and load([("range", 5), None]) == [Range(5, None), None]
    assert codecs.plain(Range(5, None)) == ("range", 5)


def test_plain_values_are_sent_as_they_are() -> None:
    for value in (True, 5, 1.5, "x", b"x", Decimal(1), NOON, UTC_NOON, NOON.date(), NOON.time(), dt.timedelta(1)):
        assert dump_plain(value) == value and type(dump_plain(value)) is type(value)
    assert dump_plain(None) is None and dump_plain(Mood.HAPPY) == "happy" and dump_plain([1]) == "[1]"
