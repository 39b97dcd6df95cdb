"""Days, moments, identifiers and texts of a fixed length between Python and PostgreSQL, exactly.

asyncpg's own way has date.max and datetime.max for infinity in both directions, guesses that a month has 30 days, and
gives identifiers of a class of its own. A CHAR(n) comes padded with blanks, which mean nothing to PostgreSQL itself: they
are taken off, as MySQL does. What is stored and has no Python form is an error, and only that.
"""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from activerecord.errors import DataError
from activerecord_asyncpg.reading import EPOCH, EPOCH_UTC, ORDINAL
from activerecord_asyncpg.wire import Wire

__all__ = ["set_codecs"]

_MICROSECOND = dt.timedelta(microseconds=1)
_MIDNIGHT = dt.datetime(1, 1, 1)  # noqa: DTZ001  # the naive one


def _aware(kind: str, cure: str) -> DataError:
    """For a moment with a zone where none goes. Its message ends what is said of a bind."""
    return DataError(f"is aware, and the server expects naive values there ({kind}): {cure}")


def _naive(kind: str, cure: str) -> DataError:
    """The other way round."""
    return DataError(f"is naive, and the server expects aware values there ({kind}): {cure}")


def _dump_date(value: Any) -> tuple[int]:
    if isinstance(value, dt.datetime) or not isinstance(value, dt.date):
        raise TypeError(f"expected date, got {type(value).__name__}")
    return (value.toordinal() - ORDINAL,)


def _dump_timestamp(value: Any) -> tuple[int]:
    if not isinstance(value, dt.datetime):
        raise TypeError(f"expected naive datetime, got {type(value).__name__}")
    if value.tzinfo is not None:
        raise _aware("timestamp", "take its tzinfo off, or CAST(? AS TIMESTAMPTZ)")
    return ((value - EPOCH) // _MICROSECOND,)


def _dump_timestamptz(value: Any) -> tuple[int]:
    if not isinstance(value, dt.datetime):
        raise TypeError(f"expected aware datetime, got {type(value).__name__}")
    if value.utcoffset() is None:
        raise _naive("timestamptz", "give it the tzinfo that it is meant in")
    return ((value - EPOCH_UTC) // _MICROSECOND,)


def _dump_time(value: Any) -> tuple[int]:
    if not isinstance(value, dt.time):
        raise TypeError(f"expected naive time, got {type(value).__name__}")
    if value.tzinfo is not None:
        raise _aware("time", "take its tzinfo off")
    return ((dt.datetime.combine(_MIDNIGHT, value) - _MIDNIGHT) // _MICROSECOND,)


def _dump_timetz(value: Any) -> tuple[int, int]:
    if not isinstance(value, dt.time):
        raise TypeError(f"expected aware time, got {type(value).__name__}")
    offset = value.utcoffset()
    if offset is None:
        raise _naive("timetz", "give it a tzinfo of a fixed offset")
    return *_dump_time(value.replace(tzinfo=None)), -(offset // dt.timedelta(seconds=1))


def _dump_interval(value: Any) -> tuple[int, int, int]:
    if not isinstance(value, dt.timedelta):
        raise TypeError(f"expected timedelta, got {type(value).__name__}")
    return 0, value.days, value.seconds * 1_000_000 + value.microseconds


def _dump_uuid(value: Any) -> bytes:
    return value.bytes if isinstance(value, uuid.UUID) else uuid.UUID(value).bytes


def _dump_padded(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected str, got {type(value).__name__}")
    return value


async def set_codecs(wire: Wire) -> None:
    """Have the connection use these. asyncpg knows the built-in types by heart: it asks the server nothing."""
    reading = wire.reading
    codecs: tuple[tuple[str, Callable[[Any], Any], Callable[[Any], Any], str], ...] = (
        ("date", _dump_date, reading.date, "tuple"),
        ("timestamp", _dump_timestamp, reading.timestamp, "tuple"),
        ("timestamptz", _dump_timestamptz, reading.timestamptz, "tuple"),
        ("time", _dump_time, reading.time, "tuple"),
        ("timetz", _dump_timetz, reading.timetz, "tuple"),
        ("interval", _dump_interval, reading.interval, "tuple"),
        ("uuid", _dump_uuid, reading.uuid, "binary"),
        ("bpchar", _dump_padded, reading.padded, "text"),
    )
    for name, dump, load, form in codecs:
        await wire.set_type_codec(name, schema="pg_catalog", encoder=dump, decoder=load, format=form)
