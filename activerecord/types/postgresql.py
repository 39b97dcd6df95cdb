"""How PostgreSQL stores each type: in a type of its own that keeps the value, or the value is refused.

Text is ordered by the database's own collation. Moments without a zone are TIMESTAMP, those with one TIMESTAMPTZ, which
keeps the instant and gives it back in UTC. Lists are arrays, documents JSONB.
"""

import datetime as dt
import ipaddress
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, cast

from activerecord.errors import UsageError
from activerecord.types.array import check_elements
from activerecord.types.enumeration import dump_member, enumeration_dump, enumeration_load
from activerecord.types.json_text import load_json
from activerecord.types.network import read_address, read_network
from activerecord.types.numbers import dump_float, dump_integer, float_dump, integer_dump, load_single
from activerecord.types.plain import dump_of
from activerecord.types.postgresql_values import (
    booleans,
    dates,
    documents,
    intervals,
    numeric_dump,
    numeric_load,
    plain_datetime,
    string_dump,
    strings,
    times,
    uuids,
    whole,
)
from activerecord.types.range import Range
from activerecord.types.refusal import refuse_type
from activerecord.types.texts import dump_binary, read_datetime
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

__all__ = ["POSTGRESQL_CODECS", "PostgreSQLCodecs", "dump_plain"]


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class PostgreSQLCodecs:
    """How PostgreSQL stores each type, for one library: called with a Type, it gives the Codec.

    `dump_range` turns a Range into what the library takes, `load_range` turns what the library gives into a Range.
    """

    dump_range: Callable[[Range[Any]], Any] = _same
    load_range: Callable[[Any], Any] = _same

    def __call__(self, kind: Type) -> Codec:
        """How PostgreSQL stores a type."""
        return _codec(self, kind)

    def plain(self, value: Any) -> Any:
        """A value for a bind that belongs to no column, by its own Python type.

        Takes None, bool, int, float, str, bytes, Decimal, date, time, datetime, timedelta, UUID, IP addresses and
        networks, Range, members of an Enum (as Enumeration stores them), dict and list (JSON). Raises InvalidValue for
        other types, and for what no column takes.
        """
        return None if value is None else dump_of(value, _plain_dumps(self))(value)


@cache
def _plain_dumps(codecs: PostgreSQLCodecs) -> Mapping[type, Callable[[Any], Any]]:
    return {**_PLAIN, Range: codecs.dump_range}


@cache
def _codec(codecs: PostgreSQLCodecs, kind: Type) -> Codec:
    return _CODECS[type(kind)](kind, codecs)


def _integer(kind: Integer, _: PostgreSQLCodecs) -> Codec:
    least, greatest = kind.bounds()
    for bits, ddl in (16, "SMALLINT"), (32, "INTEGER"), (64, "BIGINT"):
        if -(1 << (bits - 1)) <= least and greatest < 1 << (bits - 1):
            return Codec(ddl, integer_dump(kind), None)
    return Codec("NUMERIC(20)", integer_dump(kind), whole)


def _numeric(kind: Numeric, _: PostgreSQLCodecs) -> Codec:
    sizes = "" if kind.precision is None else f"({kind.precision},{kind.scale or 0})"
    return Codec(f"NUMERIC{sizes}", numeric_dump(kind), numeric_load(kind.scale))


def _float(kind: Float, _: PostgreSQLCodecs) -> Codec:
    if kind.bits == 64:
        return Codec("DOUBLE PRECISION", dump_float, None)
    return Codec("REAL", float_dump(kind), load_single)


def _text(kind: Text, _: PostgreSQLCodecs) -> Codec:
    return Codec("TEXT" if kind.length is None else f"VARCHAR({kind.length})", string_dump(kind.length), None)


def _datetime(kind: DateTime, _: PostgreSQLCodecs) -> Codec:
    zone = bool(kind.zone)
    return Codec("TIMESTAMPTZ" if zone else "TIMESTAMP", lambda value: read_datetime(value, zone=zone), None)


def _enumeration(kind: Enumeration, _: PostgreSQLCodecs) -> Codec:
    dump = enumeration_dump(kind)
    return Codec("TEXT", lambda value: strings(dump(value)), enumeration_load(kind))


def _array(kind: Array, codecs: PostgreSQLCodecs) -> Codec:
    if isinstance(kind.item, Array | Unknown):
        raise UsageError(
            f"no array has elements of type {type(kind.item).__name__}; annotate it as `list`, which is stored as JSON"
        )
    item = codecs(kind.item)
    load = item.load

    def each(value: Any) -> Any:
        if load is None or not isinstance(value, list):
            return value
        return [None if one is None else load(one) for one in cast("list[object]", value)]

    return Codec(f"{item.ddl}[]", lambda value: check_elements(kind, value, item.dump), load and each, mutable=True)


def _address(kind: Address, _: PostgreSQLCodecs) -> Codec:
    return Codec("INET", lambda value: read_address(value, kind.version), None)


def _network(kind: Network, _: PostgreSQLCodecs) -> Codec:
    return Codec("CIDR", lambda value: read_network(value, kind.version), None)


_RANGES = {
    "SMALLINT": "INT4RANGE",
    "INTEGER": "INT4RANGE",
    "BIGINT": "INT8RANGE",
    "NUMERIC": "NUMRANGE",
    "DATE": "DATERANGE",
    "TIMESTAMP": "TSRANGE",
    "TIMESTAMPTZ": "TSTZRANGE",
}


def _range(kind: RangeOf, codecs: PostgreSQLCodecs) -> Codec:
    item = codecs(kind.item)
    ddl = _RANGES.get(item.ddl.partition("(")[0])
    if ddl is None:
        raise UsageError(f"PostgreSQL has no ranges of {type(kind.item).__name__}, only of numbers, days and moments")

    def bound(value: Any) -> Any:
        return value if value is None or item.dump is None else item.dump(value)

    def dump(value: Any) -> Any:
        if not isinstance(value, Range):
            raise refuse_type("RangeOf", "Range", value)
        given = cast("Range[object]", value)
        return codecs.dump_range(
            Range[Any](
                bound(given.lower),
                bound(given.upper),
                lower_inclusive=given.lower_inclusive,
                upper_inclusive=given.upper_inclusive,
                empty=given.empty,
            )
        )

    return Codec(ddl, dump, codecs.load_range)


_CODECS: dict[type[Type], Callable[[Any, PostgreSQLCodecs], Codec]] = {
    Unknown: lambda _, codecs: Codec("", codecs.plain, None),
    Boolean: lambda _, __: Codec("BOOLEAN", booleans, None),
    Integer: _integer,
    Float: _float,
    Numeric: _numeric,
    Text: _text,
    Binary: lambda _, __: Codec("BYTEA", dump_binary, None),
    Date: lambda _, __: Codec("DATE", dates, None),
    Time: lambda _, __: Codec("TIME", times, None),
    DateTime: _datetime,
    Interval: lambda _, __: Codec("INTERVAL", intervals, None),
    Uuid: lambda _, __: Codec("UUID", uuids, None),
    Json: lambda _, __: Codec("JSONB", documents, load_json, mutable=True),
    Enumeration: _enumeration,
    Array: _array,
    Address: _address,
    Network: _network,
    RangeOf: _range,
}


def _plain_address(value: Any) -> Any:
    return read_address(value, None)


def _plain_network(value: Any) -> Any:
    return read_network(value, None)


# The order is that of the search for a value of a subclass: an Enum may be a str or an int too, a datetime is a date.
_PLAIN: dict[type, Callable[[Any], Any]] = {
    Enum: lambda member: strings(dump_member(member)),
    bool: booleans,
    int: dump_integer,
    float: dump_float,
    str: strings,
    bytes: dump_binary,
    bytearray: dump_binary,
    memoryview: dump_binary,
    Decimal: numeric_dump(Numeric()),
    dt.datetime: plain_datetime,
    dt.date: dates,
    dt.time: times,
    dt.timedelta: intervals,
    uuid.UUID: uuids,
    ipaddress.IPv4Address: _plain_address,
    ipaddress.IPv6Address: _plain_address,
    ipaddress.IPv4Network: _plain_network,
    ipaddress.IPv6Network: _plain_network,
    dict: documents,
    list: documents,
}

POSTGRESQL_CODECS = PostgreSQLCodecs()
dump_plain = POSTGRESQL_CODECS.plain
