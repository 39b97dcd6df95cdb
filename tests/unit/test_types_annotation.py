"""From Python annotations to types, and from the declared types of SQLite."""

import datetime as dt
import ipaddress
import uuid
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, NewType, Optional, TypedDict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activerecord.errors import UsageError
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
    type_for,
)
from activerecord.types.sqlite import SQLITE_CODECS
from activerecord.types.sqlite_declared import type_from_sqlite


class Mood(Enum):
    OK = "ok"


class Place(TypedDict):
    street: str


UserId = NewType("UserId", int)


ANNOTATIONS: list[tuple[Any, Type, bool]] = [
    (bool, Boolean(), False),
    (int, Integer(), False),
    (float, Float(), False),
    (Decimal, Numeric(), False),
    (str, Text(), False),
    (bytes, Binary(), False),
    (dt.date, Date(), False),
    (dt.time, Time(), False),
    (dt.datetime, DateTime(), False),
    (dt.timedelta, Interval(), False),
    (uuid.UUID, Uuid(), False),
    (dict, Json(), False),
    (dict[str, Any], Json(), False),
    (list, Json(), False),
    (list[int], Array(Integer()), False),
    (list[str], Array(Text()), False),
    (list[float], Array(Float()), False),
    (list[bool], Array(Boolean()), False),
    (list[Decimal], Array(Numeric()), False),
    (list[bytes], Array(Binary()), False),
    (list[uuid.UUID], Array(Uuid()), False),
    (list[dt.date], Array(Date()), False),
    (list[dt.datetime], Array(DateTime()), False),
    (list[Mood], Array(Enumeration(Mood)), False),
    (list[Literal["a", "b"]], Array(Text()), False),
    (list[UserId], Array(Integer()), False),
    (list[int | None], Array(Integer(), nulls=True), False),
    (list[Annotated[Decimal, Numeric(10, 2)]], Array(Numeric(10, 2)), False),
    (list[Annotated[dt.datetime, DateTime(zone=True)]], Array(DateTime(zone=True)), False),
    (list[ipaddress.IPv4Address | ipaddress.IPv6Address], Array(Address()), False),
    (list[Any], Json(), False),
    (list[dict[str, int]], Json(), False),
    (list[list[int]], Json(), False),
    (list[int | str], Json(), False),
    (list[Range[int]], Json(), False),
    (ipaddress.IPv4Address, Address(4), False),
    (ipaddress.IPv6Address, Address(6), False),
    (ipaddress.IPv6Address | ipaddress.IPv4Address, Address(), False),
    (ipaddress.IPv4Address | None, Address(4), True),
    (ipaddress.IPv4Address | ipaddress.IPv6Address | None, Address(), True),
    (ipaddress.IPv4Network, Network(4), False),
    (ipaddress.IPv6Network, Network(6), False),
    (ipaddress.IPv4Network | None | ipaddress.IPv6Network, Network(), True),
    (Range[int], RangeOf(Integer()), False),
    (Range[Decimal], RangeOf(Numeric()), False),
    (Range[dt.date] | None, RangeOf(Date()), True),
    (Range[dt.datetime], RangeOf(DateTime()), False),
    (Range[Annotated[dt.datetime, DateTime(zone=True)]], RangeOf(DateTime(zone=True)), False),
    (Place, Json(), False),
    (Mood, Enumeration(Mood), False),
    (UserId, Integer(), False),
    (Literal["a", "b"], Text(), False),
    (Any, Unknown(), True),
    (int | None, Integer(), True),
    (None | int, Integer(), True),
    (Optional[list[int]], Array(Integer()), True),  # noqa: UP045 - the old spelling is what is tried
    (UserId | None, Integer(), True),
    (Mood | None, Enumeration(Mood), True),
    (Annotated[Decimal, Numeric(10, 2)], Numeric(10, 2), False),
    (Annotated[Decimal | None, "a note", Numeric(10, 2)], Numeric(10, 2), True),
    (Optional[Annotated[Decimal, Numeric(10, 2)]], Numeric(10, 2), True),  # noqa: UP045 - the same
    (Annotated[int, "a note"], Integer(), False),
    (Annotated[int, Integer(32, signed=False)], Integer(32, signed=False), False),
    (Annotated[dt.datetime | None, DateTime(zone=True)], DateTime(zone=True), True),
]


@pytest.mark.parametrize(("annotation", "kind", "nullable"), ANNOTATIONS)
def test_annotations(annotation: Any, kind: Type, nullable: bool) -> None:
    assert type_for(annotation) == (kind, nullable)


@pytest.mark.parametrize(
    "annotation",
    [
        int | str,
        None,
        "int",
        tuple,
        set[int],
        object,
        [],
        Literal[1],
        type[int],
        Range,
        Range[float],
        Range[str],
        Range[int | None],
        ipaddress.IPv4Address | ipaddress.IPv4Network,
        ipaddress.IPv4Address | str,
        ipaddress.IPv4Interface,
    ],
)
def test_unsupported_annotations(annotation: Any) -> None:
    with pytest.raises(UsageError, match=r"supported are bool, int, .*TypedDict"):
        type_for(annotation)


@pytest.mark.parametrize(
    ("declared", "kind"),
    [
        ("BOOL", Boolean()),
        ("boolean", Boolean()),
        ("DATETIME", DateTime()),
        ("TIMESTAMP WITH TIME ZONE", DateTime()),
        ("DECIMAL(10,2)", Numeric(scale=2)),
        ("decimal ( 10 , 2 )", Numeric(scale=2)),
        ("DECIMAL(10)", Numeric(scale=0)),
        ("NUMERIC", Numeric()),
        ("NVARCHAR(160)", Text()),
        ("CHAR(5)", Text()),
        ("CHARACTER VARYING(20)", Text()),
        ("JSON", Json()),
        ("UUID", Uuid()),
        ("REAL", Float()),
        ("DOUBLE PRECISION", Float()),
        ("BLOB", Binary()),
        ("DATE", Date()),
        ("TIME", Time()),
        ("INTEGER", Integer()),
        ("UNSIGNED BIG INT", Integer()),
        ("BIGINT UNSIGNED", Integer()),
        ("", Unknown()),
        ("STRING", Unknown()),
        ("POINT", Unknown()),
        ("ENUM('INT')", Unknown()),
        ("größe", Unknown()),
        ("(10)", Unknown()),
    ],
)
def test_declared_types(declared: str, kind: Type) -> None:
    assert type_from_sqlite(declared) == kind


@settings(deadline=None)
@given(st.text())
def test_any_declared_type_has_a_codec(declared: str) -> None:
    assert SQLITE_CODECS(type_from_sqlite(declared)).ddl is not None


@pytest.mark.parametrize(
    "kind", [Boolean(), Integer(), Float(), Numeric(), Text(), Binary(), Date(), Time(), DateTime(), Uuid(), Json()]
)
def test_what_is_declared_is_read_back(kind: Type) -> None:
    read = type_from_sqlite(SQLITE_CODECS(kind).ddl)
    # CHAR(36) is text in most tables that have it.
    assert read == (Text() if kind == Uuid() else kind)
