"""The semantic types of columns, and the form in which a dialect says how it stores one."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal

__all__ = [
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
    "Numeric",
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
    """A whole number that fits `bits` bits, sign included: `int`, but not `bool`."""

    bits: Literal[16, 32, 64] = 64


@dataclass(frozen=True, slots=True)
class Float(Type):
    """A binary floating-point number of 64 bits: `float`; an `int` where it is exact."""


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
    """A moment: `datetime`, naive or aware, and loaded so, an aware one as the same instant; also ISO text."""


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
