"""Days, moments, identifiers and texts of a fixed length between Python and PostgreSQL, exactly.

asyncpg's own way has date.max and datetime.max for infinity in both directions, guesses that a month has 30 days, and
gives identifiers of a class of its own. A CHAR(n) comes padded with blanks, which mean nothing to PostgreSQL itself: they
are taken off, as MySQL does. What is stored and has no Python form is an error here, and only that.
"""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from activerecord.errors import DataError
from activerecord_asyncpg.wire import Wire

__all__ = ["set_codecs"]

# PostgreSQL counts days and microseconds from here; Python's ordinal of that day.
_EPOCH = dt.datetime(2000, 1, 1)  # noqa: DTZ001  # the naive one
_EPOCH_UTC = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_ORDINAL = _EPOCH.toordinal()
_MICROSECOND = dt.timedelta(microseconds=1)
_MIDNIGHT = dt.datetime(1, 1, 1)  # noqa: DTZ001  # the naive one

_timedelta = dt.timedelta
_day = dt.date.fromordinal


def _no_form(what: str) -> DataError:
    return DataError(f"a stored {what}: select it as text, CAST(... AS TEXT)")


def _dump_date(value: Any) -> tuple[int]:
    if isinstance(value, dt.datetime) or not isinstance(value, dt.date):
        raise TypeError(f"expected date, got {type(value).__name__}")
    return (value.toordinal() - _ORDINAL,)


def _load_date(stored: tuple[int]) -> dt.date:
    try:
        return _day(stored[0] + _ORDINAL)
    except (ValueError, OverflowError):
        raise _no_form("date is infinite or not in the years 1 to 9999") from None


def _dump_timestamp(value: Any) -> tuple[int]:
    if not isinstance(value, dt.datetime) or value.tzinfo is not None:
        raise TypeError(f"expected naive datetime, got {type(value).__name__}")
    return ((value - _EPOCH) // _MICROSECOND,)


def _load_timestamp(stored: tuple[int]) -> dt.datetime:
    try:
        return _EPOCH + _timedelta(0, 0, stored[0])
    except OverflowError:
        raise _no_form("timestamp is infinite or not in the years 1 to 9999") from None


def _dump_timestamptz(value: Any) -> tuple[int]:
    if not isinstance(value, dt.datetime) or value.utcoffset() is None:
        raise TypeError(f"expected aware datetime, got {type(value).__name__}")
    return ((value - _EPOCH_UTC) // _MICROSECOND,)


def _load_timestamptz(stored: tuple[int]) -> dt.datetime:
    try:
        return _EPOCH_UTC + _timedelta(0, 0, stored[0])
    except OverflowError:
        raise _no_form("timestamptz is infinite or not in the years 1 to 9999") from None


def _dump_time(value: Any) -> tuple[int]:
    if not isinstance(value, dt.time) or value.tzinfo is not None:
        raise TypeError(f"expected naive time, got {type(value).__name__}")
    return ((dt.datetime.combine(_MIDNIGHT, value) - _MIDNIGHT) // _MICROSECOND,)


def _load_time(stored: tuple[int]) -> dt.time:
    try:
        return (_MIDNIGHT + _timedelta(0, 0, stored[0])).time() if stored[0] < 86_400_000_000 else _midnight_after()
    except OverflowError:
        raise _no_form("time is not one of a day") from None


def _midnight_after() -> dt.time:
    raise _no_form("time is 24:00, which is not one of its day")


def _dump_timetz(value: Any) -> tuple[int, int]:
    offset = value.utcoffset() if isinstance(value, dt.time) else None
    if offset is None:
        raise TypeError(f"expected aware time, got {type(value).__name__}")
    return *_dump_time(value.replace(tzinfo=None)), -(offset // dt.timedelta(seconds=1))


def _load_timetz(stored: tuple[int, int]) -> dt.time:
    return _load_time((stored[0],)).replace(tzinfo=dt.timezone(dt.timedelta(seconds=-stored[1])))


def _dump_interval(value: Any) -> tuple[int, int, int]:
    if not isinstance(value, dt.timedelta):
        raise TypeError(f"expected timedelta, got {type(value).__name__}")
    return 0, value.days, value.seconds * 1_000_000 + value.microseconds


def _load_interval(stored: tuple[int, int, int]) -> dt.timedelta:
    months, days, microseconds = stored
    if months:
        raise _no_form("interval has months, which are no number of days")
    try:
        return _timedelta(days, 0, microseconds)
    except OverflowError:
        raise _no_form("interval is longer than a timedelta") from None


def _dump_uuid(value: Any) -> bytes:
    return value.bytes if isinstance(value, uuid.UUID) else uuid.UUID(value).bytes


def _load_uuid(stored: bytes) -> uuid.UUID:
    return uuid.UUID(bytes=stored)


def _dump_padded(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected str, got {type(value).__name__}")
    return value


def _load_padded(stored: str) -> str:
    return stored.rstrip(" ")


_CODECS: tuple[tuple[str, Callable[[Any], Any], Callable[[Any], Any], str], ...] = (
    ("date", _dump_date, _load_date, "tuple"),
    ("timestamp", _dump_timestamp, _load_timestamp, "tuple"),
    ("timestamptz", _dump_timestamptz, _load_timestamptz, "tuple"),
    ("time", _dump_time, _load_time, "tuple"),
    ("timetz", _dump_timetz, _load_timetz, "tuple"),
    ("interval", _dump_interval, _load_interval, "tuple"),
    ("uuid", _dump_uuid, _load_uuid, "binary"),
    ("bpchar", _dump_padded, _load_padded, "text"),
)


async def set_codecs(wire: Wire) -> None:
    """Have the connection use these. asyncpg knows the built-in types by heart: it asks the server nothing."""
    for name, dump, load, form in _CODECS:
        await wire.set_type_codec(name, schema="pg_catalog", encoder=dump, decoder=load, format=form)
