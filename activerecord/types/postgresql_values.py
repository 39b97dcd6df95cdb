"""Values as PostgreSQL's drivers take them, checked before they are sent: what it would refuse or change is refused here."""

import datetime as dt
import re
import sys
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from activerecord.errors import InvalidValue
from activerecord.types.json_text import dump_json, refuse_halves
from activerecord.types.numbers import dump_boolean
from activerecord.types.numeric import check_digits, finite_decimal
from activerecord.types.refusal import refuse_type
from activerecord.types.texts import dump_date, dump_text, dump_time, dump_uuid, read_datetime, text_dump
from activerecord.types.type import Numeric

__all__ = [
    "booleans",
    "dates",
    "documents",
    "intervals",
    "numeric_dump",
    "numeric_load",
    "plain_datetime",
    "string_dump",
    "strings",
    "times",
    "uuids",
    "whole",
]

# PostgreSQL's bounds of NUMERIC: digits before the point, and after it.
_BEFORE, _AFTER = 131_072, 16_383

# A NUL in JSON text: the backslash before it must not itself be the end of an escaped one.
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_STRING_OR_LARGE = re.compile(r'"(?:[^"\\]|\\.)*"|(-?\d+(?:\.\d+)?e\+\d+)')


def booleans(value: Any) -> bool:
    """A bool, and nothing else."""
    return bool(dump_boolean(value))


def strings(value: Any) -> str:
    """Text that UTF-8 can hold, without NUL."""
    return _without_nul(dump_text(value))


def string_dump(length: int | None) -> Callable[[Any], str]:
    """The check of text of at most so many characters, without NUL."""
    check, most = text_dump(length), sys.maxsize if length is None else length

    def dump(value: Any) -> str:
        # nearly every text there is
        if value.__class__ is str and value.isascii() and "\0" not in value and len(value) <= most:
            return value
        return _without_nul(check(value))

    return dump


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise InvalidValue("a text has a NUL character in it, which PostgreSQL cannot store")
    return text


def numeric_dump(kind: Numeric) -> Callable[[Any], Decimal]:
    """The check of a number that NUMERIC holds to the last digit."""

    def dump(value: Any) -> Decimal:
        number = finite_decimal(value)
        check_digits(kind, number)
        # The magnitude is looked at first: 1E+999999999 written out would fill the memory.
        if number.adjusted() >= _BEFORE or _places(number) > _AFTER:
            raise InvalidValue(f"NUMERIC has {_BEFORE} digits before the point and {_AFTER} after it, at most")
        return number

    return dump


def _places(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def numeric_load(scale: int | None) -> Callable[[Any], Any] | None:
    """The number shown with `scale` places where that changes nothing."""
    if scale is None:
        return None
    step = Decimal(1).scaleb(-scale)

    def load(value: Any) -> Any:
        # Beyond 28 digits in all quantize would have to round, and refuses.
        if not isinstance(value, Decimal) or not value.is_finite() or value.adjusted() + scale >= 28:
            return value
        shown = value.quantize(step)
        return shown if shown == value else value

    return load


def whole(value: Any) -> Any:
    """The int that a NUMERIC without places stands for."""
    return int(value) if isinstance(value, Decimal) and value == value.to_integral_value() else value


def dates(value: Any) -> dt.date:
    """A day, given as such or as ISO text."""
    return value if type(value) is dt.date else dt.date.fromisoformat(dump_date(value))


def times(value: Any) -> dt.time:
    """A time of day without a zone, given as such or as ISO text."""
    return dt.time.fromisoformat(dump_time(value))


def plain_datetime(value: Any) -> dt.datetime:
    """A moment as it is: naive, or aware and in UTC."""
    return read_datetime(value, zone=None)


def intervals(value: Any) -> dt.timedelta:
    """A span of time. PostgreSQL has days and microseconds of 32 and 64 bits, more than a timedelta can use."""
    if not isinstance(value, dt.timedelta):
        raise refuse_type("Interval", "timedelta", value)
    return value


def uuids(value: Any) -> uuid.UUID:
    """An identifier, given as such or as text."""
    return value if type(value) is uuid.UUID else uuid.UUID(dump_uuid(value))


def documents(value: Any) -> str:
    """JSON text that JSONB keeps: without NUL and halves of surrogate pairs, and with large floats still floats."""
    text = dump_json(value)
    if "\\u" in text:
        _check_escapes(value, text)
    # JSONB writes 1e300 out as an int, which equals another number; with a place after the point it stays a float.
    return _STRING_OR_LARGE.sub(_written_out, text) if "e+" in text else text


def _check_escapes(value: Any, text: str) -> None:
    if _NUL.search(text):
        raise InvalidValue("a text within a JSON document has a NUL character in it, which JSONB cannot store")
    refuse_halves(value, "JSONB")


def _written_out(match: re.Match[str]) -> str:
    return match[0] if match[1] is None else f"{float(match[1]):.1f}"
