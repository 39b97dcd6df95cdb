"""From the type that a column of MySQL or MariaDB was declared with to what its values mean."""

import re
from collections.abc import Callable

from activerecord.types.type import (
    Binary,
    Boolean,
    Date,
    DateTime,
    Float,
    Integer,
    Json,
    Numeric,
    Text,
    Time,
    Type,
    Unknown,
    Uuid,
)

__all__ = ["type_from_mysql"]

_WORDS: dict[Type, str] = {
    Float(32): "float",
    Float(): "double",
    Text(): "tinytext text mediumtext longtext enum set inet4 inet6",
    Binary(): "binary varbinary tinyblob blob mediumblob longblob",
    Date(): "date",
    Time(): "time",
    DateTime(zone=False): "datetime",
    # An instant, which sessions in UTC write and read as UTC.
    DateTime(zone=True): "timestamp",
    Integer(16, signed=False): "year",
    Json(): "json",
    Uuid(): "uuid",
}

_TYPES: dict[str, Type] = {word: kind for kind, words in _WORDS.items() for word in words.split()}

# What BOOLEAN is declared as. Of no other whole number is the number in brackets more than a width of display.
_BOOLEANS = frozenset({"tinyint(1)", "bit(1)"})

_DECLARED = re.compile(r"(\w+)(?:\((\d+)(?:,(\d+))?\))?")


def type_from_mysql(declared: str) -> Type:
    """The meaning of a COLUMN_TYPE: tinyint(1), int(10) unsigned, decimal(10,2), varchar(40), enum('a','b') ...

    TINYINT(1) and BIT(1) are booleans. The values of other BITs are bytes of no order, so they are not known here.
    """
    declared = declared.lower()
    if declared in _BOOLEANS:
        return Boolean()
    match = _DECLARED.match(declared)
    if match is None:
        return Unknown()
    word, size, scale = match.groups()
    make = _SIZED.get(word)
    if make is None:
        return _TYPES.get(word, Unknown())
    return make("unsigned" in declared, int(size or 0), int(scale or 0))


_SIZED: dict[str, Callable[[bool, int, int], Type]] = {
    "tinyint": lambda unsigned, _size, _scale: Integer(8, not unsigned),
    "smallint": lambda unsigned, _size, _scale: Integer(16, not unsigned),
    "mediumint": lambda unsigned, _size, _scale: Integer(24, not unsigned),
    "int": lambda unsigned, _size, _scale: Integer(32, not unsigned),
    "bigint": lambda unsigned, _size, _scale: Integer(64, not unsigned),
    "decimal": lambda _unsigned, size, scale: Numeric(size, scale),
    "char": lambda _unsigned, size, _scale: Text(size),
    "varchar": lambda _unsigned, size, _scale: Text(size),
}
