"""How SQLite stores each type: its value and its order are kept, or it is refused.

Text is ordered by code point, as Python orders `str`. Moments are text whose order is theirs; aware ones are written in
UTC, so they are in order among themselves. A Decimal is a whole number of 64 bits or a REAL that stands for it exactly.
A timedelta is a whole number of microseconds.
"""

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

from activerecord.errors import InvalidValue
from activerecord.types.json_text import load_json
from activerecord.types.parse import parse_date, parse_datetime, parse_uuid
from activerecord.types.refusal import refuse_type
from activerecord.types.sqlite_numbers import (
    dump_boolean,
    dump_decimal,
    dump_float,
    dump_integer,
    dump_interval,
    integer_dump,
    load_boolean,
    load_float,
    load_interval,
    numeric_dump,
    numeric_load,
)
from activerecord.types.sqlite_texts import (
    dump_binary,
    dump_date,
    dump_datetime,
    dump_document,
    dump_text,
    dump_time,
    dump_uuid,
    load_time,
    text_dump,
    text_load,
)
from activerecord.types.type import (
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
    Numeric,
    Text,
    Time,
    Type,
    Unknown,
    Uuid,
)

__all__ = ["SQLITE_CODECS", "dump_plain"]


@cache
def _stored_texts(enum_class: type[Enum]) -> dict[str, str]:
    return {name: dump_text(text) for name, text in Enumeration(enum_class).stored().items()}


def _dump_member(member: Enum) -> str:
    text = _stored_texts(type(member)).get(member.name)
    if text is None:
        raise InvalidValue(f"a combination of flags of {type(member).__name__} has no name that could be stored")
    return text


def _enumeration(kind: Enumeration) -> Codec:
    name = kind.enum_class.__name__
    members = {text: kind.enum_class[member] for member, text in _stored_texts(kind.enum_class).items()}

    def dump(value: Any) -> str:
        if isinstance(value, kind.enum_class):
            return _dump_member(value)
        raise refuse_type(f"Enumeration({name})", f"the members of {name}", value)

    return Codec("TEXT", dump, lambda value: members.get(value, value))


def _numeric(kind: Numeric) -> Codec:
    sizes = "" if kind.precision is None else f"({kind.precision},{kind.scale or 0})"
    return Codec(f"DECIMAL{sizes}", numeric_dump(kind), numeric_load(kind.scale))


def _text(kind: Text) -> Codec:
    ddl = "TEXT" if kind.length is None else f"VARCHAR({kind.length})"
    return Codec(ddl, text_dump(kind.length), None)


def dump_plain(value: Any) -> Any:
    """A value for a bind that belongs to no column, stored by its own Python type as a column of that type stores it.

    Takes None, bool, int, float, str, bytes, Decimal, date, time, datetime, timedelta, UUID, members of an Enum (as
    Enumeration stores them), dict and list (JSON). Raises InvalidValue for other types, and for what no column takes.
    """
    if value is None:
        return None
    dump = _PLAIN.get(value.__class__) or next((dump for kind, dump in _PLAIN.items() if isinstance(value, kind)), None)
    if dump is None:
        supported = ", ".join(kind.__name__ for kind in _PLAIN)
        raise InvalidValue(f"a value of type {type(value).__name__} cannot be bound; supported are {supported}")
    return dump(value)


# The order is that of the search for a value of a subclass: an Enum may be a str or an int too, a datetime is a date.
_PLAIN: dict[type, Callable[[Any], Any]] = {
    Enum: _dump_member,
    bool: dump_boolean,
    int: dump_integer,
    float: dump_float,
    str: dump_text,
    bytes: dump_binary,
    bytearray: dump_binary,
    memoryview: dump_binary,
    Decimal: dump_decimal,
    dt.datetime: dump_datetime,
    dt.date: dump_date,
    dt.time: dump_time,
    dt.timedelta: dump_interval,
    uuid.UUID: dump_uuid,
    dict: dump_document,
    list: dump_document,
}

_CODECS: dict[type[Type], Callable[[Any], Codec]] = {
    Unknown: lambda _: Codec("", dump_plain, None),
    Boolean: lambda _: Codec("BOOLEAN", dump_boolean, load_boolean),
    Integer: lambda kind: Codec("INTEGER", integer_dump(kind.bits), None),
    Float: lambda _: Codec("REAL", dump_float, load_float),
    Numeric: _numeric,
    Text: _text,
    Binary: lambda _: Codec("BLOB", dump_binary, None),
    Date: lambda _: Codec("DATE", dump_date, text_load(parse_date)),
    Time: lambda _: Codec("TIME", dump_time, load_time),
    DateTime: lambda _: Codec("DATETIME", dump_datetime, text_load(parse_datetime)),
    Interval: lambda _: Codec("INTEGER", dump_interval, load_interval),
    Uuid: lambda _: Codec("CHAR(36)", dump_uuid, text_load(parse_uuid)),
    Json: lambda _: Codec("JSON", dump_document, load_json, mutable=True),
    Enumeration: _enumeration,
}


@cache
def SQLITE_CODECS(kind: Type) -> Codec:  # noqa: N802 - it reads as the table that it stands for
    """How SQLite stores a type."""
    return _CODECS[type(kind)](kind)
