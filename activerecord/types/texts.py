"""Text, bytes, and days, moments and identifiers as text in an order that is theirs, for all dialects."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any, cast

from activerecord.errors import InvalidValue
from activerecord.types.parse import parse_date, parse_datetime, parse_time, parse_uuid
from activerecord.types.refusal import refuse_type
from activerecord.types.type import DateTime

__all__ = [
    "datetime_dump",
    "dump_binary",
    "dump_date",
    "dump_text",
    "dump_time",
    "dump_uuid",
    "load_time",
    "read_datetime",
    "text_dump",
    "text_load",
]


def dump_text(value: Any) -> str:
    """Text that UTF-8 can hold; it may contain NUL."""
    if not isinstance(value, str):
        raise refuse_type("Text", "str", value)
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise InvalidValue("a text has half of a surrogate pair in it, which no database can store") from None
    # What is stored is the text, whatever a subclass says of itself.
    return value if type(value) is str else str.__str__(value)


def text_dump(length: int | None) -> Callable[[Any], str]:
    """The check of text of at most so many characters."""
    if length is None:
        return dump_text

    def dump(value: Any) -> str:
        text = dump_text(value)
        if len(text) > length:
            raise InvalidValue(f"a text of {len(text)} characters is too long for a column of {length}")
        return text

    return dump


def dump_binary(value: Any) -> bytes:
    """A copy as bytes, which a later change of a bytearray does not reach."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(cast("bytes", value))
    raise refuse_type("Binary", "bytes, bytearray or memoryview", value)


def dump_date(value: Any) -> str:
    """`YYYY-MM-DD`."""
    day = _from_text(value, parse_date, "Date")
    if isinstance(day, dt.date) and not isinstance(day, dt.datetime):
        return day.isoformat()
    raise refuse_type("Date", "date or its ISO text", value)


def dump_time(value: Any) -> str:
    """`HH:MM:SS`, with microseconds where there are some."""
    moment = _from_text(value, parse_time, "Time")
    if not isinstance(moment, dt.time):
        raise refuse_type("Time", "time or its ISO text", value)
    if moment.tzinfo is not None:
        raise InvalidValue("a column of type Time takes a time without a zone, since a time alone has no offset")
    return moment.isoformat()


def read_datetime(value: Any, *, zone: bool | None) -> dt.datetime:
    """The datetime that is given as one or as ISO text; an aware one in UTC. Raises InvalidValue.

    With `zone=True` only an aware one is taken, with `zone=False` only a naive one.
    """
    moment = _from_text(value, parse_datetime, "DateTime")
    if not isinstance(moment, dt.datetime):
        raise refuse_type("DateTime", "datetime or its ISO text", value)
    if moment.utcoffset() is None:
        if zone:
            raise InvalidValue("a column of type DateTime(zone=True) takes an aware datetime, and this one is naive")
        return moment.replace(tzinfo=None)
    if zone is False:
        raise InvalidValue(
            "a column of type DateTime takes a naive datetime here, and this one is aware: "
            "declare the column with type=DateTime(zone=True)"
        )
    try:
        return moment.astimezone(dt.UTC)
    except OverflowError:
        raise InvalidValue("an aware datetime is stored in UTC, where this one is not in the years 1 to 9999") from None


def datetime_dump(kind: DateTime) -> Callable[[Any], str]:
    """`YYYY-MM-DD HH:MM:SS`, with microseconds where there are some; an aware one in UTC, ending in `+00:00`."""
    return lambda value: read_datetime(value, zone=kind.zone).isoformat(" ")


def dump_uuid(value: Any) -> str:
    """36 characters in lower case."""
    identifier = _from_text(value, parse_uuid, "Uuid")
    if isinstance(identifier, uuid.UUID):
        return str(identifier)
    raise refuse_type("Uuid", "UUID or its text", value)


def _from_text(value: Any, parse: Callable[[str], Any], column: str) -> Any:
    if not isinstance(value, str):
        return value
    parsed = parse(value)
    if parsed is None:
        raise InvalidValue(f"a text does not parse as the value of a column of type {column}")
    return parsed


def text_load(parse: Callable[[str], Any]) -> Callable[[Any], Any]:
    """What text parses to; the rest as stored."""

    def load(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        parsed = parse(value)
        return value if parsed is None else parsed

    return load


def load_time(value: Any) -> Any:
    """The time of day that text tells; one with a zone stays text, since it could not be written back."""
    moment = parse_time(value) if isinstance(value, str) else None
    return value if moment is None or moment.tzinfo is not None else moment
