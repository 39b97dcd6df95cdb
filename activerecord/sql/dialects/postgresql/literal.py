"""Values as text of PostgreSQL's SQL, for the defaults in CREATE TABLE."""

import datetime as dt
import ipaddress
import math
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any, cast

from activerecord.errors import InvalidValue
from activerecord.types import Range

__all__ = ["postgresql_literal"]


def postgresql_literal(value: object) -> str:
    r"""A value, as a codec dumped it, as a literal: NULL, TRUE, a number, or its text in quotes, as in `DATE '2024-01-31'`.

    Raises InvalidValue for what has no literal: other types, NaN, and text with NUL in it.
    """
    if value is None:
        return "NULL"
    if type(value) in (bool, int, Decimal) or (type(value) is float and math.isfinite(value)):
        return _text(value).upper()
    word = "TIMESTAMP" if isinstance(value, dt.datetime) and value.tzinfo is None else _WORDS.get(type(value), "")
    return f"{word} {_quoted(_text(value))}" if word else _quoted(_text(value))


# Where the text alone could be taken for another type.
_WORDS: dict[type, str] = {
    dt.date: "DATE",
    dt.time: "TIME",
    dt.datetime: "TIMESTAMPTZ",
    dt.timedelta: "INTERVAL",
    float: "DOUBLE PRECISION",
}


def _quoted(text: str) -> str:
    if "\0" in text:
        raise InvalidValue("a text with a NUL character cannot be written into the text of a statement")
    quoted = "'" + text.replace("'", "''") + "'"
    # A backslash is an escape in plain quotes too where the server's settings are old.
    return "E" + quoted.replace("\\", "\\\\") if "\\" in text else quoted


def _text(value: object) -> str:
    """The value as PostgreSQL reads it from text."""
    write = _WRITERS.get(type(value))
    if write is None:
        raise InvalidValue(f"this value of type {type(value).__name__} cannot be written into the text of a statement")
    return write(value)


def _float(value: float) -> str:
    if math.isnan(value):
        raise InvalidValue("NaN cannot be written into the text of a statement")
    return repr(value)


def _interval(value: dt.timedelta) -> str:
    microseconds = (value - dt.timedelta(days=value.days)) // dt.timedelta(microseconds=1)
    return f"{value.days} days {microseconds} microseconds"


def _array(values: list[object]) -> str:
    return "{" + ",".join(["NULL" if value is None else _within(value) for value in values]) + "}"


def _range(value: Range[object]) -> str:
    if value.empty:
        return "empty"
    lower, upper = ("" if bound is None else _within(bound) for bound in (value.lower, value.upper))
    return f"{'[' if value.lower_inclusive else '('}{lower},{upper}{']' if value.upper_inclusive else ')'}"


def _within(value: object) -> str:
    """The text of an element or a bound, in quotes."""
    return '"' + _text(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


_WRITERS: dict[type, Callable[[Any], str]] = {
    bool: lambda value: "true" if value else "false",
    int: str,
    float: _float,
    Decimal: lambda value: format(cast("Decimal", value), "f"),
    str: str,
    bytes: lambda value: f"\\x{value.hex()}",
    dt.date: dt.date.isoformat,
    dt.time: dt.time.isoformat,
    dt.datetime: lambda value: value.isoformat(" "),
    dt.timedelta: _interval,
    uuid.UUID: str,
    ipaddress.IPv4Address: str,
    ipaddress.IPv6Address: str,
    ipaddress.IPv4Network: str,
    ipaddress.IPv6Network: str,
    list: _array,
    Range: _range,
}
