"""Decimal numbers as SQLite stores them: whole ones in 64 bits, others as a REAL that stands for them exactly."""

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from activerecord.errors import InvalidValue
from activerecord.types.numeric import check_digits, decimal_of, finite_decimal
from activerecord.types.parse import parse_decimal
from activerecord.types.type import Numeric

__all__ = ["dump_decimal", "load_decimal", "numeric_dump", "numeric_load"]

# SQLite's whole numbers go from -_LIMIT to _LIMIT - 1.
_LIMIT = 1 << 63


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
