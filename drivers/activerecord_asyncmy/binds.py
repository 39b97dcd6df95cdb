"""What may be bound: asyncmy sends text for whatever it does not know, so this is looked at before it is sent."""

import datetime as dt
import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from activerecord.errors import DataError

__all__ = ["sendable"]

# The digits of the largest DECIMAL.
_DIGITS = 65
# The longest TIME, 838:59:59.
_LONGEST = dt.timedelta(hours=839)


class _Refused(Exception):
    """Why a value cannot be sent, without the value."""


def _integer(value: int) -> int:
    if not -(1 << 63) <= value < 1 << 64:
        raise _Refused("is a number of more than 64 bits; bind it as a Decimal or as text")
    return int(value)


def _float(value: float) -> float:
    if not math.isfinite(value):
        raise _Refused("is NaN or an infinity, which a DOUBLE cannot hold")
    return float(value)


def _text(value: str) -> str:
    text = value if type(value) is str else str.__str__(value)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise _Refused("has lone surrogates, which UTF-8 does not have") from None
    return text


def _decimal(value: Decimal) -> Decimal:
    if not value.is_finite():
        raise _Refused("is a Decimal that is no number")
    # An exponent is written out as zeros.
    _, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    if max(len(digits), len(digits) + exponent, -exponent) > _DIGITS:
        raise _Refused(f"is a Decimal of more than {_DIGITS} digits")
    return value


def _moment(value: dt.datetime) -> dt.datetime:
    if value.tzinfo is not None:
        raise _Refused("is an aware datetime, and MySQL knows no zones: bind it in UTC, without its zone")
    return value


def _time(value: dt.time) -> dt.time:
    if value.tzinfo is not None:
        raise _Refused("is a time with a zone, which MySQL does not know")
    return value


def _span(value: dt.timedelta) -> dt.timedelta:
    if not -_LONGEST < value < _LONGEST:
        raise _Refused("is a span of time longer than a TIME")
    return value


_CHECKS: dict[type, Callable[[Any], Any]] = {
    int: _integer,
    float: _float,
    str: _text,
    bytes: bytes,
    bool: bool,
    Decimal: _decimal,
    dt.datetime: _moment,
    dt.date: lambda value: value,
    dt.time: _time,
    dt.timedelta: _span,
    bytearray: bytes,
    memoryview: bytes,
    type(None): lambda _: None,
}


def sendable(binds: Sequence[Any], sql: str) -> list[Any]:
    """The values as asyncmy sends them faithfully. Raises DataError for others, which names no value."""
    try:
        return [_CHECKS[type(value)](value) for value in binds]
    except (_Refused, KeyError):
        return [_checked(value, place, sql) for place, value in enumerate(binds, 1)]


def _checked(value: Any, place: int, sql: str) -> Any:
    check = _CHECKS.get(value.__class__) or next(
        (made for kind, made in _CHECKS.items() if isinstance(value, kind)), None
    )
    if check is None:
        raise DataError(f"bind {place} is of type {type(value).__qualname__}, which MySQL cannot store", sql=sql)
    try:
        return check(value)
    except _Refused as reason:
        failure = DataError(f"bind {place} {reason}", sql=sql)
    raise failure
