"""Days, moments, spans and identifiers as PostgreSQL stores them, read exactly, or told by the column where they cannot be."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, TypeAlias
from uuid import UUID

from activerecord.errors import DataError
from activerecord_asyncpg.library import RangeValue, RecordValue

__all__ = ["EPOCH", "EPOCH_UTC", "ORDINAL", "Reading"]

# PostgreSQL counts days and microseconds from here; Python's ordinal of that day.
EPOCH = dt.datetime(2000, 1, 1)  # noqa: DTZ001  # the naive one
EPOCH_UTC = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
ORDINAL = EPOCH.toordinal()
_MIDNIGHT = dt.datetime(1, 1, 1)  # noqa: DTZ001  # the naive one
_DAY = 86_400_000_000

_timedelta = dt.timedelta
_day = dt.date.fromordinal


class _Unreadable:
    """In a row, the place of a value that has no Python form."""


_UNREADABLE = _Unreadable()
_None: TypeAlias = _Unreadable


class Reading:
    """What reads the values of one connection.

    asyncpg does not say in which column a decoder fails, so none does: each leaves a mark in the row, and a note here, so
    that only rows with marks are looked through.
    """

    __slots__ = ("_missed",)

    def __init__(self) -> None:
        self._missed: str | None = None

    def begin(self) -> None:
        """Forget what was read before."""
        self._missed = None

    def check(self, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Raise DataError, which names the column, where a value of the rows read since `begin` has no Python form."""
        if self._missed is None:
            return
        found = next((columns[place] for row in rows for place, value in enumerate(row) if _is_marked(value)), None)
        told = f"a stored {self._missed}: select it as text, CAST(... AS TEXT)"
        raise DataError(told) if found is None else DataError(f"column {found!r}: {told}", columns=(found,))

    def date(self, stored: tuple[int]) -> dt.date | _None:
        """Days since the epoch."""
        try:
            return _day(stored[0] + ORDINAL)
        except (ValueError, OverflowError):
            return self._miss("date is infinite or not in the years 1 to 9999")

    def timestamp(self, stored: tuple[int]) -> dt.datetime | _None:
        """Microseconds since the epoch, naive."""
        try:
            return EPOCH + _timedelta(0, 0, stored[0])
        except OverflowError:
            return self._miss("timestamp is infinite or not in the years 1 to 9999")

    def timestamptz(self, stored: tuple[int]) -> dt.datetime | _None:
        """Microseconds since the epoch, in UTC."""
        try:
            return EPOCH_UTC + _timedelta(0, 0, stored[0])
        except OverflowError:
            return self._miss("timestamptz is infinite or not in the years 1 to 9999")

    def time(self, stored: tuple[int]) -> dt.time | _None:
        """Microseconds since midnight."""
        if stored[0] >= _DAY:
            return self._miss("time is 24:00, which is not one of its day")
        return (_MIDNIGHT + _timedelta(0, 0, stored[0])).time()

    def timetz(self, stored: tuple[int, int]) -> dt.time | _None:
        """Microseconds since midnight, and seconds west of Greenwich."""
        found = self.time((stored[0],))
        if isinstance(found, _Unreadable):
            return found
        return found.replace(tzinfo=dt.timezone(_timedelta(seconds=-stored[1])))

    def interval(self, stored: tuple[int, int, int]) -> dt.timedelta | _None:
        """Months, days and microseconds."""
        months, days, microseconds = stored
        if months:
            return self._miss("interval has months, which are no number of days")
        try:
            return _timedelta(days, 0, microseconds)
        except OverflowError:
            return self._miss("interval is longer than a timedelta")

    def uuid(self, stored: bytes) -> UUID:
        """Its 16 bytes."""
        return UUID(bytes=stored)

    def padded(self, stored: str) -> str:
        """A text with blanks at its end, which mean nothing."""
        return stored.rstrip(" ")

    def _miss(self, what: str) -> _None:
        self._missed = what
        return _UNREADABLE


def _is_marked(value: Any) -> bool:
    """Whether it is a mark, or has one in it."""
    if isinstance(value, RangeValue):
        return value.lower is _UNREADABLE or value.upper is _UNREADABLE
    if isinstance(value, list | tuple | RecordValue):
        return any(map(_is_marked, value))
    return value is _UNREADABLE
