"""Lists as JSON text, for engines without arrays: every element comes back exactly, or is refused.

Whole numbers, texts and booleans are what they are in JSON, and floats too but for the infinities. The rest is text: a
Decimal by its digits, bytes in hexadecimal, days and moments in ISO's form, a member of an Enum as its column stores it.
Equal lists have equal texts.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from activerecord.errors import InvalidValue, UsageError
from activerecord.types.enumeration import enumeration_dump, enumeration_load
from activerecord.types.json_text import dump_json, load_json
from activerecord.types.network import parse_address, parse_network, read_address, read_network
from activerecord.types.numbers import dump_boolean, dump_float, dump_interval, integer_dump, load_interval
from activerecord.types.numeric import check_digits, finite_decimal
from activerecord.types.parse import parse_date, parse_datetime, parse_decimal, parse_uuid
from activerecord.types.refusal import refuse_type
from activerecord.types.texts import (
    datetime_dump,
    dump_binary,
    dump_date,
    dump_time,
    dump_uuid,
    load_time,
    text_dump,
    text_load,
)
from activerecord.types.type import (
    Address,
    Array,
    Binary,
    Boolean,
    Date,
    DateTime,
    Enumeration,
    Float,
    Integer,
    Interval,
    Network,
    Numeric,
    Text,
    Time,
    Type,
    Uuid,
)

__all__ = ["array_codec", "check_elements"]


@dataclass(frozen=True, slots=True)
class _Element:
    """How an element goes into JSON, checked, and how it comes out; None where it comes out as it is."""

    dump: Callable[[Any], Any]
    load: Callable[[Any], Any] | None = None


def array_codec(kind: Array) -> tuple[Callable[[Any], str], Callable[[Any], Any]]:
    """What turns a list into JSON text, raising InvalidValue, and what turns that into the list again.

    Raises UsageError for elements of a type that lists cannot have.
    """
    element = _element(kind.item)

    def dump(value: Any) -> str:
        return dump_json(check_elements(kind, value, element.dump))

    def load(text: Any) -> Any:
        found = load_json(text)
        if element.load is None or not isinstance(found, list):
            return found
        return [item if item is None else element.load(item) for item in cast("list[object]", found)]

    return dump, load


def check_elements(kind: Array, value: Any, dump: Callable[[Any], Any] | None) -> list[Any]:
    """The elements of a list or a tuple, each dumped. Raises InvalidValue, naming the place of one that is refused."""
    if not isinstance(value, list | tuple):
        raise refuse_type("Array", "list", value)
    dumped: list[Any] = []
    for place, item in enumerate(cast("list[object]", value)):
        try:
            dumped.append(_checked(kind, item, dump))
        except InvalidValue as error:
            raise InvalidValue(f"element {place}: {error}") from None
    return dumped


def _checked(kind: Array, item: Any, dump: Callable[[Any], Any] | None) -> Any:
    if item is not None:
        return item if dump is None else dump(item)
    if not kind.nulls:
        raise InvalidValue("None is refused, unless the column is annotated as a list of '... | None'")
    return None


def _dump_float(value: Any) -> float | str:
    number = dump_float(value)
    # Adding zero makes 0.0 of -0.0: they are equal, and so their texts should be.
    return number + 0.0 if math.isfinite(number) else repr(number)


def _load_float(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return float(value) if value in ("inf", "-inf") else value


def _numeric(kind: Numeric) -> _Element:
    def dump(value: Any) -> str:
        number = finite_decimal(value)
        check_digits(kind, number)
        return _shortest(number)

    return _Element(dump, text_load(parse_decimal))


def _shortest(number: Decimal) -> str:
    """The text of a number without zeros at its end, which equal numbers have in common."""
    sign, digits, exponent = number.as_tuple()
    if not number:
        return "0"
    zeros = next(count for count, digit in enumerate(reversed(digits)) if digit)
    return str(Decimal((sign, digits[: len(digits) - zeros], cast("int", exponent) + zeros)))


def _load_binary(value: Any) -> Any:
    try:
        return bytes.fromhex(value)
    except (TypeError, ValueError):
        return value


_ELEMENTS: dict[type[Type], Callable[[Any], _Element]] = {
    Boolean: lambda _: _Element(lambda value: bool(dump_boolean(value))),
    Integer: lambda kind: _Element(integer_dump(kind)),
    Float: lambda _: _Element(_dump_float, _load_float),
    Numeric: _numeric,
    Text: lambda kind: _Element(text_dump(kind.length)),
    Binary: lambda _: _Element(lambda value: dump_binary(value).hex(), _load_binary),
    Date: lambda _: _Element(dump_date, text_load(parse_date)),
    Time: lambda _: _Element(dump_time, load_time),
    DateTime: lambda kind: _Element(datetime_dump(kind), text_load(parse_datetime)),
    Interval: lambda _: _Element(dump_interval, load_interval),
    Uuid: lambda _: _Element(dump_uuid, text_load(parse_uuid)),
    Address: lambda kind: _Element(lambda value: str(read_address(value, kind.version)), text_load(parse_address)),
    Network: lambda kind: _Element(lambda value: str(read_network(value, kind.version)), text_load(parse_network)),
    Enumeration: lambda kind: _Element(enumeration_dump(kind), enumeration_load(kind)),
}


def _element(item: Type) -> _Element:
    make = _ELEMENTS.get(type(item))
    if make is None:
        raise UsageError(
            f"no list has elements of type {type(item).__name__}; annotate it as `list`, which is stored as JSON"
        )
    return make(item)
