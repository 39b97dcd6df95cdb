"""How SQLite stores each type: its value and its order are kept, or it is refused.

Text is ordered by code point, as Python orders `str`. Moments are text whose order is theirs; aware ones are written in
UTC, so they are in order among themselves. A Decimal is a whole number of 64 bits or a REAL that stands for it exactly.
A timedelta is a whole number of microseconds. IP addresses are bytes in their order. Lists and other documents are
JSON text, whose order means nothing.
"""

import datetime as dt
import ipaddress
import uuid
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, NoReturn

from activerecord.errors import InvalidValue, UsageError
from activerecord.types.array import array_codec
from activerecord.types.enumeration import dump_member, enumeration_dump, enumeration_load
from activerecord.types.json_text import dump_json, load_json
from activerecord.types.network import dump_address, dump_network, load_address, load_network
from activerecord.types.numbers import (
    dump_boolean,
    dump_float,
    dump_integer,
    dump_interval,
    integer_dump,
    load_boolean,
    load_float,
    load_interval,
)
from activerecord.types.parse import parse_date, parse_datetime, parse_uuid
from activerecord.types.plain import dump_of
from activerecord.types.sqlite_numbers import dump_decimal, numeric_dump, numeric_load
from activerecord.types.texts import (
    datetime_dump,
    dump_binary,
    dump_date,
    dump_text,
    dump_time,
    dump_uuid,
    load_time,
    text_dump,
    text_load,
)
from activerecord.types.type import (
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
    Unknown,
    Uuid,
)

__all__ = ["SQLITE_CODECS", "dump_plain"]

_GREATEST = (1 << 63) - 1


def _enumeration(kind: Enumeration) -> Codec:
    return Codec("TEXT", enumeration_dump(kind), enumeration_load(kind))


def _numeric(kind: Numeric) -> Codec:
    sizes = "" if kind.precision is None else f"({kind.precision},{kind.scale or 0})"
    return Codec(f"DECIMAL{sizes}", numeric_dump(kind), numeric_load(kind.scale))


def _text(kind: Text) -> Codec:
    ddl = "TEXT" if kind.length is None else f"VARCHAR({kind.length})"
    return Codec(ddl, text_dump(kind.length), None)


def _integer(kind: Integer) -> Codec:
    check = integer_dump(kind)
    # Whole numbers have 64 bits here, sign included: the upper half of the unsigned ones has no place.
    return Codec("INTEGER", check if kind.bounds()[1] <= _GREATEST else lambda value: dump_integer(check(value)), None)


def _array(kind: Array) -> Codec:
    dump, load = array_codec(kind)
    return Codec("JSON", dump, load, mutable=True)


def _address(kind: Address) -> Codec:
    return Codec("BLOB", lambda value: dump_address(value, kind.version), load_address)


def _network(kind: Network) -> Codec:
    return Codec("BLOB", lambda value: dump_network(value, kind.version), load_network)


def _range(_: RangeOf) -> NoReturn:
    raise UsageError(
        "SQLite has no ranges, only PostgreSQL has: declare a column for each bound, or store the range as JSON"
    )


def _dump_document(value: Any) -> str | int:
    """JSON text. A column called JSON has NUMERIC affinity, so the one document that is not kept as text is a lone number."""
    if isinstance(value, float):
        raise InvalidValue("SQLite may change a float that is a whole JSON document: put it in a list or a dict")
    if isinstance(value, int) and not isinstance(value, bool):
        return dump_integer(value)
    return dump_json(value)


def dump_plain(value: Any) -> Any:
    """A value for a bind that belongs to no column, stored by its own Python type as a column of that type stores it.

    Takes None, bool, int, float, str, bytes, Decimal, date, time, datetime, timedelta, UUID, IP addresses and
    networks, members of an Enum (as Enumeration stores them), dict and list (JSON). Raises InvalidValue for other types, and for what no column takes.
    """
    return None if value is None else dump_of(value, _PLAIN)(value)


def _plain_address(value: Any) -> bytes:
    return dump_address(value, None)


def _plain_network(value: Any) -> bytes:
    return dump_network(value, None)


# The order is that of the search for a value of a subclass: an Enum may be a str or an int too, a datetime is a date.
_PLAIN: dict[type, Callable[[Any], Any]] = {
    Enum: dump_member,
    bool: dump_boolean,
    int: dump_integer,
    float: dump_float,
    str: dump_text,
    bytes: dump_binary,
    bytearray: dump_binary,
    memoryview: dump_binary,
    Decimal: dump_decimal,
    dt.datetime: datetime_dump(DateTime()),
    dt.date: dump_date,
    dt.time: dump_time,
    dt.timedelta: dump_interval,
    uuid.UUID: dump_uuid,
    ipaddress.IPv4Address: _plain_address,
    ipaddress.IPv6Address: _plain_address,
    ipaddress.IPv4Network: _plain_network,
    ipaddress.IPv6Network: _plain_network,
    dict: _dump_document,
    list: _dump_document,
}

_CODECS: dict[type[Type], Callable[[Any], Codec]] = {
    Unknown: lambda _: Codec("", dump_plain, None),
    Boolean: lambda _: Codec("BOOLEAN", dump_boolean, load_boolean),
    Integer: _integer,
    Float: lambda _: Codec("REAL", dump_float, load_float),
    Numeric: _numeric,
    Text: _text,
    Binary: lambda _: Codec("BLOB", dump_binary, None),
    Date: lambda _: Codec("DATE", dump_date, text_load(parse_date)),
    Time: lambda _: Codec("TIME", dump_time, load_time),
    DateTime: lambda kind: Codec("DATETIME", datetime_dump(kind), text_load(parse_datetime)),
    Interval: lambda _: Codec("INTEGER", dump_interval, load_interval),
    Uuid: lambda _: Codec("CHAR(36)", dump_uuid, text_load(parse_uuid)),
    Json: lambda _: Codec("JSON", _dump_document, load_json, mutable=True),
    Array: _array,
    Address: _address,
    Network: _network,
    RangeOf: _range,
    Enumeration: _enumeration,
}


@cache
def SQLITE_CODECS(kind: Type) -> Codec:  # noqa: N802 - it reads as the table that it stands for
    """How SQLite stores a type."""
    return _CODECS[type(kind)](kind)
