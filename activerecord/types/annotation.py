"""From a Python annotation to a column's type."""

import datetime as dt
import ipaddress
import types
import uuid
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, NewType, Union, get_args, get_origin, is_typeddict

from activerecord.errors import UsageError
from activerecord.types.range import Range
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

__all__ = ["type_for"]

_TYPES: dict[Any, Type] = {
    Any: Unknown(),
    bool: Boolean(),
    int: Integer(),
    float: Float(),
    Decimal: Numeric(),
    str: Text(),
    bytes: Binary(),
    dt.date: Date(),
    dt.time: Time(),
    dt.datetime: DateTime(),
    dt.timedelta: Interval(),
    uuid.UUID: Uuid(),
    ipaddress.IPv4Address: Address(4),
    ipaddress.IPv6Address: Address(6),
    ipaddress.IPv4Network: Network(4),
    ipaddress.IPv6Network: Network(6),
    dict: Json(),
    list: Json(),
}

# What a union of several types may be, apart from None.
_UNIONS: tuple[tuple[tuple[type, ...], Type], ...] = (
    ((ipaddress.IPv4Address, ipaddress.IPv6Address), Address()),
    ((ipaddress.IPv4Network, ipaddress.IPv6Network), Network()),
)

# A list of these has no type of its own: it is a JSON document.
_DOCUMENTS = (Json, Unknown, Array, RangeOf)

# What a Range may be of.
_BOUNDS = (Integer, Numeric, Date, DateTime)

_SUPPORTED = (
    "bool, int, float, Decimal, str, bytes, date, time, datetime, timedelta, UUID, dict, list, list[one of these], "
    "IPv4Address, IPv6Address, IPv4Network, IPv6Network, Range[int, Decimal, date or datetime], a TypedDict, an Enum class, "
    "a Literal of texts, Any, Annotated[one of these, a Type], and one of these with '| None'"
)


def type_for(annotation: Any) -> tuple[Type, bool]:
    """The type of a column that is annotated so, and whether it may be NULL.

    `int | None` gives `(Integer(), True)`; `Annotated[Decimal, Numeric(10, 2)]` gives `(Numeric(10, 2), False)`.
    `Any` may be NULL. Raises UsageError, naming what is supported.
    """
    plain = _unwrapped(annotation)
    if get_origin(plain) is Annotated:
        return _annotated(plain)
    if get_origin(plain) in (Union, types.UnionType):
        return _optional(annotation, get_args(plain))
    return _single(annotation, plain), plain is Any


def _unwrapped(annotation: Any) -> Any:
    """The annotation behind a NewType or a `type` statement's alias."""
    while True:
        if isinstance(annotation, NewType):
            annotation = annotation.__supertype__
        elif type(annotation).__name__ == "TypeAliasType":
            annotation = annotation.__value__
        else:
            return annotation


def _annotated(annotation: Any) -> tuple[Type, bool]:
    inner, *notes = get_args(annotation)
    explicit = next((note for note in notes if isinstance(note, Type)), None)
    if explicit is None:
        return type_for(inner)
    return explicit, _admits_none(inner)


def _admits_none(annotation: Any) -> bool:
    plain = _unwrapped(annotation)
    return plain is Any or type(None) in get_args(plain)


def _optional(annotation: Any, members: tuple[Any, ...]) -> tuple[Type, bool]:
    values = [member for member in members if member is not type(None)]
    if len(values) == 1:
        return type_for(values[0])[0], len(values) < len(members)
    several = next((kind for classes, kind in _UNIONS if all(value in classes for value in values)), None)
    if several is None:
        raise _unsupported(annotation)
    return several, len(values) < len(members)


def _single(annotation: Any, plain: Any) -> Type:
    origin = get_origin(plain)
    if is_typeddict(plain):
        return Json()
    if origin is Literal and all(isinstance(choice, str) for choice in get_args(plain)):
        return Text()
    if origin is list:
        return _list(*get_args(plain))
    if origin is Range:
        return _range(annotation, *get_args(plain))
    found = _lookup(plain if origin is None else origin)
    if found is not None:
        return found
    if isinstance(plain, type) and issubclass(plain, Enum):
        return Enumeration(plain)
    raise _unsupported(annotation)


def _list(item: Any) -> Type:
    try:
        kind, nullable = type_for(item)
    except UsageError:
        return Json()
    return Json() if isinstance(kind, _DOCUMENTS) else Array(kind, nulls=nullable)


def _range(annotation: Any, item: Any) -> Type:
    kind, nullable = type_for(item)
    if nullable or not isinstance(kind, _BOUNDS):
        raise _unsupported(annotation)
    return RangeOf(kind)


def _lookup(key: object) -> Type | None:
    try:
        return _TYPES.get(key)
    except TypeError:  # an annotation may be anything, even what cannot be hashed
        return None


def _unsupported(annotation: Any) -> UsageError:
    return UsageError(f"no column type belongs to the annotation {annotation!r}; supported are {_SUPPORTED}")
