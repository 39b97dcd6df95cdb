"""The semantic types of columns, and the form in which a dialect says how it stores one."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal

__all__ = [
    "Address",
    "Array",
    "Binary",
    "Boolean",
    "Codec",
    "Date",
    "DateTime",
    "Enumeration",
    "Float",
    "Integer",
    "Interval",
    "Json",
    "Network",
    "Numeric",
    "RangeOf",
    "Text",
    "Time",
    "Type",
    "Unknown",
    "Uuid",
]


@dataclass(frozen=True, slots=True)
class Codec:
    """How one dialect stores a Type.

    `ddl` is the type's name in CREATE TABLE. `dump` turns a Python value (never None) into what the driver takes and
    raises InvalidValue; `load` turns what the driver gives (never None) into a Python value and never raises: what does
    not parse comes back as stored. Either is None where values pass as they are. `mutable` tells that loaded values
    can be changed in place, so a record must compare them and not only watch for assignments.
    """

    ddl: str
    dump: Callable[[Any], Any] | None
    load: Callable[[Any], Any] | None
    mutable: bool = False


@dataclass(frozen=True, slots=True)
class Type:
    """What the values of a column mean, whatever the engine. Hashable: it is part of a statement's shape."""


@dataclass(frozen=True, slots=True)
class Unknown(Type):
    """Nothing is known: a value is loaded as the driver gives it and bound by its own Python type."""


@dataclass(frozen=True, slots=True)
class Boolean(Type):
    """True or False: `bool`, and nothing that is merely like it."""


@dataclass(frozen=True, slots=True)
class Integer(Type):
    """A whole number that fits `bits` bits: `int`, but not `bool`. Unless `signed`, it is zero or more."""

    bits: Literal[8, 16, 24, 32, 64] = 64
    signed: bool = True

    def bounds(self) -> tuple[int, int]:
        """The least and the greatest number that fits."""
        return (-(1 << (self.bits - 1)), (1 << (self.bits - 1)) - 1) if self.signed else (0, (1 << self.bits) - 1)


@dataclass(frozen=True, slots=True)
class Float(Type):
    """A binary floating-point number of 64 bits, or of 32: `float`; an `int` where it is exact.

    Of 32 bits, a value is rounded before it is written or compared, and loaded as the shortest number that is rounded to
    the same: 0.15 comes back as 0.15, and equals it in a condition. SQLite has 64 bits for either.
    """

    bits: Literal[32, 64] = 64


@dataclass(frozen=True, slots=True)
class Numeric(Type):
    """An exact decimal number: `Decimal`; also `int`, `float` (by its shortest text) and text that parses.

    With a `precision`, a value of more digits in all, or of more than `scale` decimal places, is refused and never
    rounded. A `scale` alone refuses nothing: values are shown with so many places where that changes nothing.
    """

    precision: int | None = None
    scale: int | None = None


@dataclass(frozen=True, slots=True)
class Text(Type):
    """Text of at most `length` characters, or of any length: `str`."""

    length: int | None = None


@dataclass(frozen=True, slots=True)
class Binary(Type):
    """Bytes: `bytes`; also `bytearray` and `memoryview`. Loaded as `bytes`."""


@dataclass(frozen=True, slots=True)
class Date(Type):
    """A day: `date`, not `datetime`; also ISO text."""


@dataclass(frozen=True, slots=True)
class Time(Type):
    """A time of day without a zone: `time`; also ISO text."""


@dataclass(frozen=True, slots=True)
class DateTime(Type):
    """A moment: `datetime`; also ISO text. An aware one is loaded as the same instant, a naive one is never given a zone.

    With `zone=True` only aware ones are taken, with `zone=False` only naive ones. None takes what the engine can tell
    apart: SQLite both in one column; PostgreSQL and MySQL only naive ones, as with False.
    """

    zone: bool | None = None


@dataclass(frozen=True, slots=True)
class Interval(Type):
    """A span of time: `timedelta`, to the microsecond."""


@dataclass(frozen=True, slots=True)
class Uuid(Type):
    """A universally unique identifier: `uuid.UUID`; also its text."""


@dataclass(frozen=True, slots=True)
class Json(Type):
    """A JSON document: dict (text keys), list, str, int, float, bool. A tuple is stored, and loaded, as a list."""


@dataclass(frozen=True, slots=True)
class Array(Type):
    """A list of values of one type: `list[int]`. An array where the engine has them, a JSON list elsewhere.

    None is refused as an element unless `nulls`.
    """

    item: Type
    nulls: bool = False


@dataclass(frozen=True, slots=True)
class Address(Type):
    """An IP address: `ipaddress.IPv4Address` or `IPv6Address`, or one `version` only; also its text.

    In order, those of version 4 come first, and within a version they are ordered as numbers.
    """

    version: Literal[4, 6] | None = None


@dataclass(frozen=True, slots=True)
class Network(Type):
    """An IP network: `ipaddress.IPv4Network` or `IPv6Network`, or one `version` only; also its text."""

    version: Literal[4, 6] | None = None


@dataclass(frozen=True, slots=True)
class RangeOf(Type):
    """A range of numbers, days or moments: `activerecord.Range[int]`, `Range[date]` ... Only PostgreSQL has them."""

    item: Type


@dataclass(frozen=True, slots=True)
class Enumeration(Type):
    """One member of an Enum class.

    Stored as text: the members' values if all of them are text, else the members' names. Text that belongs to no
    member is loaded as it is.
    """

    enum_class: type[Enum]

    def stored(self) -> dict[str, str]:
        """The text that is stored for each member, by the member's name."""
        members = list(self.enum_class)
        if all(isinstance(member.value, str) for member in members):
            return {member.name: str(member.value) for member in members}
        return {member.name: member.name for member in members}
