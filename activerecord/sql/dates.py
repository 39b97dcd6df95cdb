"""Days and moments: their parts, their beginnings, spans of time, and now."""

import datetime as dt
from typing import Any, Literal, TypeAlias, TypeVar, get_args

from activerecord.errors import QueryError
from activerecord.sql.expression import Expression, Selectable, Span, operand_of
from activerecord.types import Date, Integer

__all__ = ["PARTS", "Extract", "Now", "Part", "Period", "Today", "Truncate", "date_trunc", "extract", "interval"]

D = TypeVar("D", bound="dt.date | None")

Part: TypeAlias = Literal[
    "year",
    "isoyear",
    "quarter",
    "month",
    "week",
    "day",
    "dow",
    "isodow",
    "doy",
    "hour",
    "minute",
    "second",
    "epoch",
]
Period: TypeAlias = Literal["year", "quarter", "month", "week", "day", "hour", "minute", "second"]

PARTS: tuple[str, ...] = get_args(Part)
_PERIODS: tuple[str, ...] = get_args(Period)


class Extract(Expression[int], parts=("operand",), gives=Integer()):
    """A part of a day or a moment, as a number."""

    __slots__ = ("operand", "part")

    def __init__(self, part: str, operand: Expression[Any]) -> None:
        self.part = part
        self.operand = operand
        super().__init__(("extract", part, operand.shape), operand.binds)


class Truncate(Expression[D], parts=("operand",)):
    """The beginning of the period that a day or a moment is in."""

    __slots__ = ("operand", "period")

    def __init__(self, period: str, operand: Expression[D]) -> None:
        self.period = period
        self.operand = operand
        super().__init__(("truncate", period, operand.shape), operand.binds)


class Now(Expression[dt.datetime]):
    """The moment at hand, in UTC, with a zone or without."""

    __slots__ = ("zone",)

    def __init__(self, *, zone: bool) -> None:
        self.zone = zone
        super().__init__(("now", zone))


class Today(Expression[dt.date], gives=Date()):
    """The day at hand, in UTC."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(("today",))


def extract(
    part: Part, given: "dt.date | dt.time | dt.timedelta | Expression[dt.date | dt.time | dt.timedelta | None]"
) -> Expression[int]:
    """A part of a day or a moment as a whole number: `extract("year", Order.created)`; of one with a zone, in UTC.

    `week` is ISO's, from 1 to 53, in the year that `isoyear` gives; `dow` counts from Sunday, 0 to 6, `isodow` from
    Monday, 1 to 7; `doy` is the day of the year; `epoch` the seconds since 1970, or of a span of time, less any
    fraction. Of a time there are only hours, minutes and seconds.
    """
    return Extract(_word("part", part, PARTS), _moment(given))


def date_trunc(period: Period, given: "D | Expression[D]") -> Expression[D]:
    """The beginning of a year, quarter, month, week (from Monday), day, hour, minute or second, as in `date_trunc('month', ...)`.

    A day gives a day, a moment a moment; one with a zone is taken in UTC.
    """
    return Truncate(_word("period", period, _PERIODS), _moment(given))


def interval(
    *,
    years: int = 0,
    months: int = 0,
    weeks: int = 0,
    days: int = 0,
    hours: int = 0,
    minutes: int = 0,
    seconds: int = 0,
    microseconds: int = 0,
) -> Expression[dt.timedelta]:
    """A span of time to add to a day or a moment, `Order.created + ...`, or to take from it.

    Months are added first; where the month has no such day it is its last. Raises QueryError for numbers that are no int,
    or beyond ten thousand years.
    """
    numbers = (years, months, weeks, days, hours, minutes, seconds, microseconds)
    if not all(isinstance(number, int) and not isinstance(number, bool) for number in numbers):
        raise QueryError("interval takes whole numbers")
    try:
        rest = dt.timedelta(
            weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds, microseconds=microseconds
        )
    except OverflowError:
        raise QueryError("interval: more than ten thousand years") from None
    whole = 12 * years + months
    if abs(whole) > _MONTHS or abs(rest.days) > _DAYS:
        raise QueryError("interval: more than ten thousand years")
    return Span(whole, rest)


# Of ten thousand years.
_MONTHS, _DAYS = 120_000, 3_652_500


def _moment(given: Any) -> Expression[Any]:
    if not isinstance(given, dt.date | dt.time | dt.timedelta | Expression | Selectable):
        raise QueryError(f"expected a day, a moment or a column of such, got {type(given).__name__}")
    return operand_of(given, None)


def _word(what: str, given: object, known: tuple[str, ...]) -> str:
    if not isinstance(given, str) or given not in known:
        raise QueryError(f"the {what} is one of {', '.join(known)}")
    return given
