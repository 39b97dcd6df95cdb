"""Booleans, whole numbers, floats and spans of time as plain numbers, for all dialects."""

import datetime as dt
import math
import struct
from collections.abc import Callable
from typing import Any

from activerecord.errors import InvalidValue
from activerecord.types.refusal import refuse_type
from activerecord.types.type import Float, Integer

__all__ = [
    "dump_boolean",
    "dump_float",
    "dump_integer",
    "dump_interval",
    "float_dump",
    "integer_dump",
    "load_boolean",
    "load_float",
    "load_interval",
    "load_single",
]

_MICROSECOND = dt.timedelta(microseconds=1)


def dump_boolean(value: Any) -> int:
    """0 or 1 for a bool."""
    if value is True or value is False:
        return int(value)
    raise refuse_type("Boolean", "bool", value)


def load_boolean(value: Any) -> Any:
    """The bool that 0 or 1 stands for."""
    return bool(value) if isinstance(value, int) and 0 <= value <= 1 else value


def integer_dump(kind: Integer) -> Callable[[Any], int]:
    """The check of a whole number that fits its column."""
    least, greatest = kind.bounds()
    sign = "sign included" if kind.signed else "zero or more"

    def dump(value: Any) -> int:
        # nearly every number there is
        if value.__class__ is int and least <= value <= greatest:
            return value
        if not isinstance(value, int) or isinstance(value, bool):
            cure = " (a Boolean column takes that)" if isinstance(value, bool) else ""
            raise InvalidValue(f"{refuse_type('Integer', 'int', value)}{cure}")
        if not least <= value <= greatest:
            raise InvalidValue(f"an int does not fit the {kind.bits} bits of its column, {sign}")
        return int(value)

    return dump


dump_integer = integer_dump(Integer())


def dump_float(value: Any) -> float:
    """A float, or an int that equals one; infinities too."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise refuse_type("Float", "float or int", value)
    try:
        stored = float(value)
    except OverflowError:
        stored = math.inf
    if stored != value:
        what = (
            "NaN, which equals nothing and has no place in an order"
            if isinstance(value, float)
            else "an int that no float equals"
        )
        raise InvalidValue(f"a column of type Float does not take {what}")
    return stored


def load_float(value: Any) -> Any:
    """A float where a column without REAL affinity holds a whole number."""
    return float(value) if isinstance(value, int) else value


def float_dump(kind: Float, dump: Callable[[Any], float] = dump_float) -> Callable[[Any], float]:
    """The check of a number that fits its column, which may round it. `dump` checks what a float of 64 bits takes."""
    return dump if kind.bits == 64 else lambda value: _single(dump(value))


def _single(value: float) -> float:
    nearest = _nearest_single(value)
    if math.isinf(nearest) != math.isinf(value) or (nearest == 0) != (value == 0):
        raise InvalidValue("a float is too large or too small for the 32 bits of its column")
    return nearest


_SINGLE = struct.Struct("<f")

# Below it 32 bits hold fewer digits.
_SMALL = 2.0**-126


def _nearest_single(value: float) -> float:
    try:
        (nearest,) = _SINGLE.unpack(_SINGLE.pack(value))
    except OverflowError:
        return math.copysign(math.inf, value)
    return float(nearest)


def load_single(value: Any) -> Any:
    """The shortest number that is rounded to a float of 32 bits; other numbers, which were computed, as they are."""
    if not isinstance(value, float) or _nearest_single(value) != value:
        return load_float(value)
    # Nine digits tell every float of 32 bits from the others, and six are no digit too many but for the smallest.
    shorter = (float(f"{value:.{digits}g}") for digits in range(6 if abs(value) > _SMALL else 1, 9))
    return next((short for short in shorter if _nearest_single(short) == value), float(f"{value:.9g}"))


def dump_interval(value: Any) -> int:
    """A timedelta as a whole number of microseconds."""
    if not isinstance(value, dt.timedelta):
        raise refuse_type("Interval", "timedelta", value)
    return dump_integer(value // _MICROSECOND)


def load_interval(value: Any) -> Any:
    """The timedelta of so many microseconds."""
    return dt.timedelta(microseconds=value) if isinstance(value, int) else value
