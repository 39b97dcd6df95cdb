"""How MySQL and MariaDB store each type; the codecs alone, without a database."""

import datetime as dt
import json
import uuid
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from ipaddress import ip_address, ip_network
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
    Codec,
    Date,
    DateTime,
    Enumeration,
    Float,
    Integer,
    Interval,
    Json,
    Network,
    Numeric,
    RangeOf,
    Text,
    Time,
    Type,
    Uuid,
)
from activerecord.types.mysql import MARIADB_CODECS, MYSQL_CODECS, dump_plain, key_type


class Mood(Enum):
    GOOD = "good"
    EXCELLENT = "excellent"


NAMES: list[tuple[Type, str]] = [
    (Boolean(), "TINYINT(1)"),
    (Integer(), "BIGINT"),
    (Integer(16), "SMALLINT"),
    (Integer(32, signed=False), "INT UNSIGNED"),
    (Float(), "DOUBLE"),
    (Float(32), "FLOAT"),
    (Numeric(), "DECIMAL(65,30)"),
    (Numeric(10), "DECIMAL(10,0)"),
    (Numeric(10, 2), "DECIMAL(10,2)"),
    (Text(), "LONGTEXT"),
    (Text(40), "VARCHAR(40)"),
    (Text(20_000), "LONGTEXT"),
    (Binary(), "LONGBLOB"),
    (Date(), "DATE"),
    (Time(), "TIME(6)"),
    (DateTime(), "DATETIME(6)"),
    (DateTime(zone=True), "DATETIME(6)"),
    (Interval(), "BIGINT"),
    (Uuid(), "CHAR(36) CHARACTER SET ascii COLLATE ascii_bin"),
    (Json(), "JSON"),
    (Array(Integer()), "JSON"),
    (Address(), "VARBINARY(17)"),
    (Network(), "VARBINARY(18)"),
    (Enumeration(Mood), "VARCHAR(9)"),
]


@pytest.mark.parametrize(("kind", "name"), NAMES, ids=str)
def test_names(kind: Type, name: str) -> None:
    assert MARIADB_CODECS(kind).ddl == MYSQL_CODECS(kind).ddl == name


def test_names_in_keys() -> None:
    assert key_type(Text()) == "VARCHAR(255)"
    assert key_type(Text(40)) == "VARCHAR(40)"
    assert key_type(Binary()) == "VARBINARY(255)"
    assert key_type(Integer()) == "BIGINT"


def test_ranges_are_refused() -> None:
    with pytest.raises(UsageError, match="PostgreSQL"):
        MARIADB_CODECS(RangeOf(Integer()))


def through(kind: Type, value: Any) -> Any:
    """The value after a way through the codec alone."""
    codec = MARIADB_CODECS(kind)
    stored = value if codec.dump is None else codec.dump(value)
    return stored if codec.load is None else codec.load(stored)


@given(
    st.one_of(
        st.tuples(st.just(Integer(64, signed=False)), st.integers(0, 2**64 - 1)),
        st.tuples(st.just(Float()), st.floats(allow_nan=False, allow_infinity=False)),
        st.tuples(st.just(Float(32)), st.decimals(-10, 10, places=5).map(float)),
        st.tuples(st.just(Numeric()), st.decimals(-(10**34), 10**34, places=30)),
        st.tuples(st.just(Time()), st.times()),
        st.tuples(st.just(Date()), st.dates()),
        st.tuples(st.just(DateTime()), st.datetimes()),
        st.tuples(
            st.just(DateTime(zone=True)),
            st.datetimes(dt.datetime(2, 1, 1), dt.datetime(9998, 1, 1), timezones=st.timezones()),  # noqa: DTZ001
        ),
        st.tuples(st.just(Uuid()), st.uuids()),
        st.tuples(st.just(Address()), st.ip_addresses()),
        st.tuples(st.just(Interval()), st.timedeltas(dt.timedelta(days=-(10**8)), dt.timedelta(days=10**8 - 1))),
    )
)
def test_values_come_back(case: tuple[Type, Any]) -> None:
    kind, value = case
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        # In another zone, one of an hour that comes twice equals nothing, whatever it is.
        value = value.astimezone(dt.UTC)
        assert through(kind, case[1]) == value
    assert through(kind, value) == value


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_a_float_of_32_bits_is_the_same_when_it_is_written_again(stored: float) -> None:
    codec = MARIADB_CODECS(Float(32))
    assert codec.dump is not None and codec.load is not None
    shown = codec.load(stored)
    assert codec.dump(shown) == stored
    assert len(repr(shown)) <= len(repr(stored))


@pytest.mark.parametrize("short", [0.15, 123456.79, 3.4028235e38, 1e-40, 7e-45, -1e-45])
def test_a_float_of_32_bits_comes_back_with_as_few_digits_as_tell_it(short: float) -> None:
    codec = MARIADB_CODECS(Float(32))
    assert codec.dump is not None and codec.load is not None
    assert codec.load(codec.dump(short)) == short


@pytest.mark.parametrize("computed", [0.1, 1e300, 1e-300])
def test_what_is_no_float_of_32_bits_was_computed_and_is_left_as_it_is(computed: float) -> None:
    load = MARIADB_CODECS(Float(32)).load
    assert load is not None
    assert load(computed) == computed


def test_a_moment_is_stored_in_utc_where_its_column_says_so() -> None:
    moment = dt.datetime(2024, 5, 1, 12, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    dump = MARIADB_CODECS(DateTime(zone=True)).dump
    assert dump is not None
    assert dump(moment) == dt.datetime(2024, 5, 1, 10)  # noqa: DTZ001
    assert through(DateTime(zone=True), moment).tzinfo is dt.UTC
    assert dump_plain(moment) == dt.datetime(2024, 5, 1, 10)  # noqa: DTZ001


def test_a_time_is_loaded_from_what_the_server_gives() -> None:
    load = MARIADB_CODECS(Time()).load
    assert load is not None
    assert load(dt.timedelta(hours=1, microseconds=1)) == dt.time(1, 0, 0, 1)
    for span in dt.timedelta(days=1), dt.timedelta(microseconds=-1):
        assert load(span) == span


def test_a_decimal_loses_the_zeros_of_its_column() -> None:
    load = MARIADB_CODECS(Numeric()).load
    assert load is not None
    for padded, expected in ("1.5" + "0" * 29, "1.5"), ("-100." + "0" * 30, "-100"), ("0E-30", "0"), ("100", "100"):
        assert str(load(Decimal(padded))) == expected
    long = "12345678901234567890123456789012345.123456789012345678901234567890"
    assert str(load(Decimal(long))) == long[:-1]


REFUSED: list[tuple[Type, Any]] = [
    (Boolean(), 1),
    (Integer(), True),
    (Integer(16), 2**15),
    (Integer(64, signed=False), -1),
    (Float(), float("nan")),
    (Float(), float("inf")),
    (Float(32), float("inf")),
    (Float(32), 1e39),
    (Numeric(), Decimal("NaN")),
    (Numeric(), Decimal("1E-31")),
    (Numeric(), Decimal("1E+35")),
    (Numeric(5, 2), Decimal("1.234")),
    (Text(2), "abc"),
    (Text(), "\ud800"),
    (DateTime(), dt.datetime(2024, 1, 1, tzinfo=dt.UTC)),
    (DateTime(zone=True), dt.datetime(2024, 1, 1)),  # noqa: DTZ001
    (Time(), dt.time(1, tzinfo=dt.UTC)),
    (Date(), dt.datetime(2024, 1, 1)),  # noqa: DTZ001
    (Json(), {1: 2}),
    (Address(4), ip_address("::1")),
]


@pytest.mark.parametrize(("kind", "value"), REFUSED, ids=lambda value: type(value).__name__)
def test_what_cannot_be_kept_is_refused(kind: Type, value: Any) -> None:
    dump = MARIADB_CODECS(kind).dump
    assert dump is not None
    with pytest.raises(InvalidValue):
        dump(value)


def test_mysql_keeps_no_large_number_in_a_document() -> None:
    for codecs, fits in (MYSQL_CODECS, False), (MARIADB_CODECS, True):
        dump = codecs(Json()).dump
        assert dump is not None
        assert dump({"a": [2**64 - 1, -(2**63), True, 1.5]})
        if fits:
            assert dump({"a": [2**64]}) == '{"a":[18446744073709551616]}'
        else:
            with pytest.raises(InvalidValue, match="64 bits"):
                dump({"a": [2**64]})


def nested(levels: int, innermost: Any = None) -> Any:
    """Lists and dicts in turn, one in another."""
    document: Any = innermost
    for level in range(levels):
        document = {"a": document, "b": 1} if level % 2 else [document, "["]
    return document


@pytest.mark.parametrize(("codecs", "levels"), [(MARIADB_CODECS, 31), (MYSQL_CODECS, 100)])
def test_documents_are_as_deep_as_the_server_reads_them(codecs: Callable[[Type], Codec], levels: int) -> None:
    dump = codecs(Json()).dump
    assert dump is not None
    wide: Any = [nested(levels - 1, 1.5)] * 50
    fit: list[Any] = [nested(levels), nested(levels - 1, {}), wide, [[]] * 500, "[" * 500, None]
    for document in fit:
        assert json.loads(dump(document)) == document
    for document in nested(levels + 1), nested(levels, []), nested(levels, ()), [1, wide]:
        with pytest.raises(InvalidValue, match=f"{levels} levels"):
            dump(document)


def test_a_document_that_contains_itself_is_refused() -> None:
    document: list[Any] = []
    document += [document, document]
    for codecs in MARIADB_CODECS, MYSQL_CODECS:
        dump = codecs(Json()).dump
        assert dump is not None
        with pytest.raises(InvalidValue, match="contains itself"):
            dump(document)


PLAIN: list[tuple[Any, Any]] = [
    (None, None),
    (True, 1),
    (2**64 - 1, 2**64 - 1),
    (Mood.GOOD, "good"),
    (bytearray(b"a"), b"a"),
    (dt.timedelta(seconds=1), 1_000_000),
    (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    (ip_address("1.2.3.4"), b"\x04\x01\x02\x03\x04"),
    (ip_network("1.2.3.0/24"), b"\x04\x01\x02\x03\x00\x18"),
    ([1, "a"], '[1,"a"]'),
    (dt.date(2024, 1, 1), dt.date(2024, 1, 1)),
]


@pytest.mark.parametrize(("value", "stored"), PLAIN, ids=repr)
def test_values_without_a_column(value: Any, stored: Any) -> None:
    found = dump_plain(value)
    assert (found, type(found)) == (stored, type(stored))


@pytest.mark.parametrize("value", [2**64, -(2**63) - 1, float("nan"), object()], ids=lambda value: type(value).__name__)
def test_values_that_no_column_takes(value: Any) -> None:
    with pytest.raises(InvalidValue):
        dump_plain(value)
