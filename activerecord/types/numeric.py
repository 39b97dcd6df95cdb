"""Exact decimal numbers, for all dialects: what is taken for one, and whether it fits its column."""

import math
from decimal import Decimal
from typing import Any

from activerecord.errors import InvalidValue
from activerecord.types.parse import parse_decimal
from activerecord.types.refusal import refuse_type
from activerecord.types.type import Numeric

__all__ = ["check_digits", "decimal_of", "finite_decimal", "places_of"]


def finite_decimal(value: Any) -> Decimal:
    """The value as a finite Decimal: int, float and text are taken too. Raises InvalidValue."""
    number = _decimal(value)
    if number is None:
        raise InvalidValue(f"a column of type Numeric takes finite numbers, and this {type(value).__name__} is none")
    return number


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if isinstance(value, float):
        return decimal_of(value) if math.isfinite(value) else None
    if isinstance(value, str):
        return parse_decimal(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    raise refuse_type("Numeric", "Decimal, int, float or str", value)


def decimal_of(value: float) -> Decimal:
    """The Decimal that a finite float stands for: that of its shortest text; a whole number of 64 bits to the last digit."""
    if value.is_integer() and abs(value) < 1 << 63:
        return Decimal(int(value))
    return Decimal(float.__repr__(value))


def check_digits(kind: Numeric, value: Decimal) -> None:
    """Raise InvalidValue if the number has more digits than a declared precision and scale allow."""
    if kind.precision is None:
        return
    scale = kind.scale or 0
    if places_of(value) > scale:
        raise InvalidValue(f"{kind} takes {scale} decimal places, and the value has more; round it first")
    if value and value.adjusted() >= kind.precision - scale:
        raise InvalidValue(f"{kind} takes {kind.precision - scale} digits before the point, and the value has more")


def places_of(value: Decimal) -> int:
    """The number of decimal places that are needed, whatever zeros the value ends with."""
    digits, exponent = value.as_tuple()[1:]
    if not value or not isinstance(exponent, int) or exponent >= 0:
        return 0
    zeros = next(count for count, digit in enumerate(reversed(digits)) if digit)
    return max(0, -exponent - zeros)
