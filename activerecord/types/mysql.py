"""How MySQL and MariaDB store each type: its value and its order are kept, or it is refused.

Text is ordered by code point in the tables made here (see the dialect's `table_options`). A DATETIME has no zone: an
aware datetime is kept in UTC, in a column that says so. A timedelta is a whole number of microseconds, IP addresses are
bytes in their order. Lists and other documents are JSON, whose order means nothing.
"""

import datetime as dt
import ipaddress
import uuid
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, NoReturn

from activerecord.errors import InvalidValue, UsageError
from activerecord.types.array import array_codec
from activerecord.types.enumeration import dump_member, enumeration_dump, enumeration_load
from activerecord.types.json_text import dump_json, load_json
from activerecord.types.mysql_values import (
    LARGEST,
    dump_day,
    dump_decimal,
    dump_moment,
    dump_native_json,
    dump_number,
    dump_time_of_day,
    load_date,
    load_decimal,
    load_flag,
    load_moment,
    load_time_of_day,
    load_utc,
    numeric_dump,
    shallow_json,
)
from activerecord.types.network import dump_address, dump_network, load_address, load_network
from activerecord.types.numbers import (
    dump_boolean,
    dump_interval,
    float_dump,
    integer_dump,
    load_float,
    load_interval,
    load_single,
)
from activerecord.types.parse import parse_uuid
from activerecord.types.plain import dump_of
from activerecord.types.texts import dump_binary, dump_text, dump_uuid, text_dump, text_load
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

__all__ = ["MARIADB_CODECS", "MYSQL_CODECS", "dump_plain", "key_type"]

# A row has 65535 bytes in all, of which a character of a VARCHAR may take four.
_VARCHAR = 16383

# What an index takes of a text or of bytes that has no length of its own: 255 characters of four bytes are well below
# the 3072 bytes of an InnoDB key, so that a key of two such columns fits too.
_KEYED = 255

_INTEGERS = {8: "TINYINT", 16: "SMALLINT", 24: "MEDIUMINT", 32: "INT", 64: "BIGINT"}


def _integer(kind: Integer) -> Codec:
    return Codec(_INTEGERS[kind.bits] + ("" if kind.signed else " UNSIGNED"), integer_dump(kind), None)


def _numeric(kind: Numeric) -> Codec:
    precision = LARGEST.precision if kind.precision is None else kind.precision
    scale = LARGEST.scale if kind.precision is None else kind.scale or 0
    load = load_decimal if kind.precision is None else None
    return Codec(f"DECIMAL({precision},{scale})", numeric_dump(kind), load)


def _float(kind: Float) -> Codec:
    if kind.bits == 64:
        return Codec("DOUBLE", dump_number, load_float)
    return Codec("FLOAT", float_dump(kind, dump_number), load_single)


def _text(kind: Text) -> Codec:
    fits = kind.length is not None and kind.length <= _VARCHAR
    return Codec(f"VARCHAR({kind.length})" if fits else "LONGTEXT", text_dump(kind.length), None)


def _datetime(kind: DateTime) -> Codec:
    return Codec("DATETIME(6)", dump_moment(kind), load_utc if kind.zone else load_moment)


def _enumeration(kind: Enumeration) -> Codec:
    longest = max(map(len, kind.stored().values()), default=1)
    return Codec(f"VARCHAR({max(longest, 1)})", enumeration_dump(kind), enumeration_load(kind))


def _array(kind: Array) -> Codec:
    dump, load = array_codec(kind)
    return Codec("JSON", dump, load, mutable=True)


def _address(kind: Address) -> Codec:
    return Codec("VARBINARY(17)", lambda value: dump_address(value, kind.version), load_address)


def _network(kind: Network) -> Codec:
    return Codec("VARBINARY(18)", lambda value: dump_network(value, kind.version), load_network)


def _range(_: RangeOf) -> NoReturn:
    raise UsageError(
        "MySQL has no ranges, only PostgreSQL has: declare a column for each bound, or store the range as JSON"
    )


def key_type(kind: Type) -> str:
    """The name of a type in a column that is part of a key or an index, where text and bytes need a length."""
    if isinstance(kind, Binary):
        return f"VARBINARY({_KEYED})"
    return f"VARCHAR({_KEYED})" if kind == Text() else MARIADB_CODECS(kind).ddl


def dump_plain(value: Any) -> Any:
    """A value for a bind that belongs to no column, stored by its own Python type as a column of that type stores it.

    Takes None, bool, int, float, str, bytes, Decimal, date, time, datetime (an aware one in UTC), timedelta, UUID, IP
    addresses and networks, members of an Enum (as Enumeration stores them), dict and list (JSON). Raises InvalidValue
    for other types, and for what no column takes.
    """
    return None if value is None else dump_of(value, _PLAIN)(value)


def _plain_integer(value: int) -> int:
    # BIGINT UNSIGNED holds the second half.
    if not -(1 << 63) <= value < 1 << 64:
        raise InvalidValue("an int has more than the 64 bits of a number in MySQL")
    return int(value)


def _plain_moment(value: dt.datetime) -> dt.datetime:
    return dump_moment(DateTime(zone=value.utcoffset() is not None))(value)


def _plain_address(value: Any) -> bytes:
    return dump_address(value, None)


def _plain_network(value: Any) -> bytes:
    return dump_network(value, None)


# The order is that of the search for a value of a subclass: an Enum may be a str or an int too, a datetime is a date.
_PLAIN: dict[type, Callable[[Any], Any]] = {
    Enum: dump_member,
    bool: dump_boolean,
    int: _plain_integer,
    float: dump_number,
    str: dump_text,
    bytes: dump_binary,
    bytearray: dump_binary,
    memoryview: dump_binary,
    Decimal: dump_decimal,
    dt.datetime: _plain_moment,
    dt.date: dump_day,
    dt.time: dump_time_of_day,
    dt.timedelta: dump_interval,
    uuid.UUID: dump_uuid,
    ipaddress.IPv4Address: _plain_address,
    ipaddress.IPv6Address: _plain_address,
    ipaddress.IPv4Network: _plain_network,
    ipaddress.IPv6Network: _plain_network,
    dict: dump_json,
    list: dump_json,
}

# The check of MariaDB's columns reads 31 levels, the type of MySQL has 100.
_JSON = Codec("JSON", shallow_json(dump_json, 31), load_json, mutable=True)
_NATIVE_JSON = Codec("JSON", shallow_json(dump_native_json, 100), load_json, mutable=True)

_CODECS: Mapping[type[Type], Callable[[Any], Codec]] = {
    Unknown: lambda _: Codec("LONGTEXT", dump_plain, None),
    Boolean: lambda _: Codec("TINYINT(1)", dump_boolean, load_flag),
    Integer: _integer,
    Float: _float,
    Numeric: _numeric,
    Text: _text,
    Binary: lambda _: Codec("LONGBLOB", dump_binary, None),
    Date: lambda _: Codec("DATE", dump_day, load_date),
    Time: lambda _: Codec("TIME(6)", dump_time_of_day, load_time_of_day),
    DateTime: _datetime,
    Interval: lambda _: Codec("BIGINT", dump_interval, load_interval),
    Uuid: lambda _: Codec("CHAR(36) CHARACTER SET ascii COLLATE ascii_bin", dump_uuid, text_load(parse_uuid)),
    Json: lambda _: _JSON,
    Array: _array,
    Address: _address,
    Network: _network,
    RangeOf: _range,
    Enumeration: _enumeration,
}


@cache
def MARIADB_CODECS(kind: Type) -> Codec:  # noqa: N802 - it reads as the table that it stands for
    """How MariaDB stores a type."""
    return _CODECS[type(kind)](kind)


def MYSQL_CODECS(kind: Type) -> Codec:  # noqa: N802 - it reads as the table that it stands for
    """How MySQL stores a type: as MariaDB does, but that JSON is a type of its own and no text."""
    return _NATIVE_JSON if isinstance(kind, Json) else MARIADB_CODECS(kind)
