"""Days and moments as SQLite has them: texts, which its functions take apart.

A moment is `YYYY-MM-DD HH:MM:SS`, in UTC where it has a zone, then microseconds and `+00:00` where there are such. Of
these the engine's own functions keep milliseconds at most, so they are given whole seconds, and the rest is put back.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from activerecord.sql.compiler.arithmetic import Sums
from activerecord.sql.compiler.dates import Dates
from activerecord.sql.dates import Now, Today
from activerecord.sql.expression import Arithmetic, Bind, Expression, Span
from activerecord.types import Date, DateTime, Type

__all__ = ["SQLiteDates"]

# With {0} for the whole seconds of a moment, or a day, or a time.
_PARTS: dict[str, str] = {
    "year": "CAST(strftime('%Y', {0}) AS INTEGER)",
    # the year and the week are those of their Thursday
    "isoyear": "CAST(strftime('%Y', {0}, '-3 days', 'weekday 4') AS INTEGER)",
    "quarter": "((strftime('%m', {0}) + 2) / 3)",
    "month": "CAST(strftime('%m', {0}) AS INTEGER)",
    "week": "((strftime('%j', {0}, '-3 days', 'weekday 4') + 6) / 7)",
    "day": "CAST(strftime('%d', {0}) AS INTEGER)",
    "dow": "CAST(strftime('%w', {0}) AS INTEGER)",
    "isodow": "((strftime('%w', {0}) + 6) % 7 + 1)",
    "doy": "CAST(strftime('%j', {0}) AS INTEGER)",
    "hour": "CAST(strftime('%H', {0}) AS INTEGER)",
    "minute": "CAST(strftime('%M', {0}) AS INTEGER)",
    "second": "CAST(strftime('%S', {0}) AS INTEGER)",
    "epoch": "CAST(strftime('%s', {0}) AS INTEGER)",
}

# The day, and what follows it in a moment.
_PERIODS: dict[str, tuple[str, str]] = {
    "year": ("strftime('%Y-01-01', {0})", " 00:00:00"),
    "quarter": ("date({0}, 'start of month', ((1 - strftime('%m', {1})) % 3) || ' months')", " 00:00:00"),
    "month": ("strftime('%Y-%m-01', {0})", " 00:00:00"),
    "week": ("date({0}, '-6 days', 'weekday 1')", " 00:00:00"),
    "day": ("strftime('%Y-%m-%d', {0})", " 00:00:00"),
    "hour": ("strftime('%Y-%m-%d', {0})", " %H:00:00"),
    "minute": ("strftime('%Y-%m-%d', {0})", " %H:%M:00"),
    "second": ("strftime('%Y-%m-%d', {0})", " %H:%M:%S"),
}


class SQLiteDates(Sums, Dates):
    """Days and moments by SQLite's own functions of texts."""

    def part(self, part: str, operand: Expression[Any], kind: Type) -> str:
        """`CAST(strftime('%Y', operand) AS INTEGER)`."""
        del kind
        return _PARTS[part].format(_seconds(self.free(operand)))

    def seconds(self, operand: Expression[Any]) -> str:
        """A span is a number of microseconds; the fraction goes down, below zero too."""
        text, again = self.operand_twice(operand)
        return f"({text} / 1000000 - ({again()} % 1000000 < 0))"

    def beginning(self, period: str, operand: Expression[Any], kind: Type) -> str:
        """`strftime('%Y-%m-01 00:00:00', operand)`, with the zone that the moment has."""
        text, again = self.operand_twice(operand)
        day, rest = _PERIODS[period]
        is_day = isinstance(kind, Date)
        form = day if is_day else day.replace("%d'", f"%d{rest}'") if "%" in rest else f"{day} || '{rest}'"
        # nothing is replaced in what is written: the operand may be such a text itself
        written = form.format(_seconds(text), _seconds(again()) if "{1}" in form else "")
        return written if is_day else f"({written}{self._zone(kind, again)})"

    def _zone(self, kind: Type, again: Callable[[], str]) -> str:
        """What is to be joined to a moment in UTC that may have said so, or not."""
        if isinstance(kind, DateTime) and kind.zone is not None:
            return " || '+00:00'" if kind.zone else ""
        return f" || CASE substr({again()}, -6) WHEN '+00:00' THEN '+00:00' ELSE '' END"

    def shifted(self, moment: Expression[Any], operator: str, span: Expression[Any]) -> str:
        """A day or a moment so much later or earlier."""
        if not isinstance(span, Span):
            return self._microseconds_later(moment, operator, span)
        months, rest = span.months, span.rest
        if months is not None and rest is not None:
            month_later: Expression[Any] = Arithmetic("+", moment, Span(months.binds[0], dt.timedelta()))
            return self.shifted(month_later, "+", Span(0, rest.binds[0]))
        if months is not None:
            return self._months_later(moment, months)
        if isinstance(self.type_of(moment), Date):
            return f"date({self.operand(moment)}, {self.bind(span.binds[0], _days)})"
        return self._seconds_later(moment, span) if span.whole else self._microseconds_later(moment, "+", span)

    def _months_later(self, moment: Expression[Any], months: Bind[int]) -> str:
        """The same day and time of a later month, or the last day that it has."""
        text, again = self.operand_twice(moment)
        month, month_again = self.write_twice(lambda: f"'start of month', ({self.visit(months)} || ' months')")
        found = f"strftime('%Y-%m-', {_seconds(text)}, {month})"
        day = f"strftime('%d', {_seconds(again())})"
        last = f"strftime('%d', {_seconds(again())}, {month_again()}, '+1 month', '-1 day')"
        return f"({found} || min({day}, {last}) || substr({again()}, 11))"

    def _seconds_later(self, moment: Expression[Any], span: Span) -> str:
        """The fraction of a second and the zone stay as they are."""
        text, again = self.operand_twice(moment)
        later = f"datetime({_seconds(text)}, {self.bind(span.binds[0], _whole_seconds)})"
        return f"({later} || substr({again()}, 20))"

    def _microseconds_later(self, moment: Expression[Any], operator: str, span: Expression[Any]) -> str:
        start, moment_again = self._microseconds(moment)
        span_text, span_again = self.operand_twice(span)

        def count_again() -> str:
            return f"({_since_1970(moment_again(), moment_again())} {operator} {span_again()})"

        second = f"({start} {operator} {span_text}) / 1000000 - ({count_again()} % 1000000 < 0), 'unixepoch'"
        kind = self.type_of(moment)
        if isinstance(kind, Date):
            return f"date({second})"
        fraction = f"replace(printf('.%06d', ({count_again()} % 1000000 + 1000000) % 1000000), '.000000', '')"
        return f"(datetime({second}) || {fraction}{self._zone(kind, moment_again)})"

    def difference(self, left: Expression[Any], right: Expression[Any]) -> str:
        """A number of microseconds."""
        return f"({self._microseconds(left)[0]} - {self._microseconds(right)[0]})"

    def _microseconds(self, moment: Expression[Any]) -> tuple[str, Callable[[], str]]:
        """How many since 1970, and what gives the moment again."""
        text, again = self.operand_twice(moment)
        return _since_1970(text, again()), again

    def visit_now(self, now: Now) -> str:
        """The moment at hand, in the form of those that are stored."""
        return f"strftime('%Y-%m-%d %H:%M:%f000{'+00:00' if now.zone else ''}', 'now')"

    def visit_today(self, today: Today) -> str:
        """The day at hand."""
        del today
        return "date('now')"


def _seconds(text: str) -> str:
    return f"substr({text}, 1, 19)"


def _since_1970(text: str, again: str) -> str:
    # what follows the seconds is a fraction, a zone, both or nothing, and read as a number up to the zone
    fraction = f"CAST(round(CAST('0' || substr({again}, 20) AS REAL) * 1000000) AS INTEGER)"
    return f"(strftime('%s', {_seconds(text)}) * 1000000 + {fraction})"


def _days(span: dt.timedelta) -> str:
    return f"{span.days} days"


def _whole_seconds(span: dt.timedelta) -> str:
    return f"{span // dt.timedelta(seconds=1)} seconds"
