"""Numbers as SQLite stores them: whole ones in 64 bits, others as a REAL that stands for them exactly."""

import datetime as dt
import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from activerecord.errors import InvalidValue
from activerecord.types.numeric import check_digits, decimal_of, finite_decimal
from activerecord.types.parse import parse_decimal
from activerecord.types.refusal import refuse_type
from activerecord.types.type import Numeric

__all__ = [
    "dump_boolean",
    "dump_decimal",
    "dump_float",
    "dump_integer",
    "dump_interval",
    "integer_dump",
    "load_boolean",
    "load_decimal",
    "load_float",
    "load_interval",
    "numeric_dump",
    "numeric_load",
]

_MICROSECOND = dt.timedelta(microseconds=1)

# SQLite's whole numbers go from -_LIMIT to _LIMIT - 1.
_LIMIT = 1 << 63


def dump_boolean(value: Any) -> int:
    """0 or 1 for a bool."""
    if value is True or value is False:
        return int(value)
    raise refuse_type("Boolean", "bool", value)


def load_boolean(value: Any) -> Any:
    """The bool that 0 or 1 stands for."""
    return bool(value) if isinstance(value, int) and 0 <= value <= 1 else value


def integer_dump(bits: int) -> Callable[[Any], int]:
    """The check of a whole number of so many bits."""
    limit = 1 << (bits - 1)

    def dump(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            cure = " (a Boolean column takes that)" if isinstance(value, bool) else ""
            raise InvalidValue(f"{refuse_type('Integer', 'int', value)}{cure}")
        if not -limit <= value < limit:
            raise InvalidValue(f"an int does not fit the {bits} bits of its column, sign included")
        return int(value)

    return dump


dump_integer = integer_dump(64)


def dump_float(value: Any) -> float:
    """A float, or an int that equals one; infinities too."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise refuse_type("Float", "float or int", value)
    try:
        stored = float(value)
    except OverflowError:
        stored = math.inf
    if stored != value:
        what = "NaN, which SQLite stores as NULL" if isinstance(value, float) else "an int that no float equals"
        raise InvalidValue(f"a column of type Float does not take {what}")
    return stored


def load_float(value: Any) -> Any:
    """A float where a column without REAL affinity holds a whole number."""
    return float(value) if isinstance(value, int) else value


def numeric_dump(kind: Numeric) -> Callable[[Any], int | float]:
    """The number that stands for a Decimal: SQLite compares the two kinds exactly, so their order is the Decimals'."""

    def dump(value: Any) -> int | float:
        number = finite_decimal(value)
        check_digits(kind, number)
        return _stored(number)

    return dump


dump_decimal = numeric_dump(Numeric())


def _stored(number: Decimal) -> int | float:
    # The magnitude is looked at first: 1E+999999 as an int would fill the memory.
    if number.adjusted() < 19 and number == number.to_integral_value() and -_LIMIT <= int(number) < _LIMIT:
        return int(number)
    stored = float(number)
    # The one REAL that stands for a number out of the range and equals one within it.
    if not math.isfinite(stored) or Decimal(repr(stored)) != number or stored == -_LIMIT:
        raise InvalidValue(
            "a Decimal has more digits than SQLite keeps (15 significant ones, or a whole number of 64 bits): round it, "
            "or store its text in a Text column"
        )
    return stored


def numeric_load(scale: int | None) -> Callable[[Any], Any]:
    """The Decimal that a number stands for, shown with `scale` places where that is the same number."""
    if scale is None:
        return load_decimal
    zeros = "." + "0" * scale if scale else ""
    # Below this a float's text has at most 15 digits, so if it reads as the float it is the decimal that was stored.
    bound = 10.0 ** (15 - scale)

    def load(value: Any) -> Any:
        if isinstance(value, float) and -bound < value < bound:
            text = f"{value:.{scale}f}"
            return Decimal(text) if float(text) == value else load_decimal(value)
        return Decimal(f"{value}{zeros}") if isinstance(value, int) else load_decimal(value)

    return load


def load_decimal(value: Any) -> Any:
    """The Decimal that a number, or text, stands for."""
    if isinstance(value, float):
        return decimal_of(value) if math.isfinite(value) else value
    if isinstance(value, str):
        number = parse_decimal(value)
        return value if number is None else number
    return Decimal(value) if isinstance(value, int) else value


def dump_interval(value: Any) -> int:
    """A timedelta as a whole number of microseconds."""
    if not isinstance(value, dt.timedelta):
        raise refuse_type("Interval", "timedelta", value)
    return dump_integer(value // _MICROSECOND)


def load_interval(value: Any) -> Any:
    """The timedelta of so many microseconds."""
    return dt.timedelta(microseconds=value) if isinstance(value, int) else value
