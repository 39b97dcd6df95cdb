"""Days and moments of MySQL and MariaDB: a moment has no zone here, and is in UTC where its column says so."""

from typing import Any

from activerecord.sql.compiler.arithmetic import Sums
from activerecord.sql.compiler.dates import Dates
from activerecord.sql.dates import Now, Today
from activerecord.sql.expression import Expression, Span
from activerecord.types import Date, Type

__all__ = ["MySQLDates"]

_PARTS: dict[str, str] = {
    "year": "YEAR({0})",
    "isoyear": "(YEARWEEK({0}, 3) DIV 100)",
    "quarter": "QUARTER({0})",
    "month": "MONTH({0})",
    "week": "WEEK({0}, 3)",
    "day": "DAYOFMONTH({0})",
    "dow": "(DAYOFWEEK({0}) - 1)",
    "isodow": "(WEEKDAY({0}) + 1)",
    "doy": "DAYOFYEAR({0})",
    "hour": "EXTRACT(HOUR FROM {0})",
    "minute": "EXTRACT(MINUTE FROM {0})",
    "second": "EXTRACT(SECOND FROM {0})",
    "epoch": "CAST(FLOOR(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', {0}) / 1000000) AS SIGNED)",
}

_PERIODS: dict[str, str] = {
    "year": "DATE_FORMAT({0}, '%Y-01-01')",
    "quarter": "DATE_FORMAT({0}, '%Y-01-01') + INTERVAL (QUARTER({1}) - 1) QUARTER",
    "month": "DATE_FORMAT({0}, '%Y-%m-01')",
    "week": "DATE({0}) - INTERVAL WEEKDAY({1}) DAY",
    "day": "DATE({0})",
    "hour": "DATE_FORMAT({0}, '%Y-%m-%d %H:00:00')",
    "minute": "DATE_FORMAT({0}, '%Y-%m-%d %H:%i:00')",
    "second": "DATE_FORMAT({0}, '%Y-%m-%d %H:%i:%s')",
}


class MySQLDates(Sums, Dates):
    """Days and moments by the functions of MySQL and MariaDB."""

    def part(self, part: str, operand: Expression[Any], kind: Type) -> str:
        """`YEAR(operand)`."""
        text = self.operand(operand)
        # of a day there would be no hours
        return _PARTS[part].format(f"CAST({text} AS DATETIME)" if isinstance(kind, Date) else text)

    def seconds(self, operand: Expression[Any]) -> str:
        """A span is a number of microseconds."""
        return f"CAST(FLOOR({self.operand(operand)} / 1000000) AS SIGNED)"

    def beginning(self, period: str, operand: Expression[Any], kind: Type) -> str:
        """`CAST(DATE_FORMAT(operand, '%Y-%m-01') AS DATETIME)`."""
        text, again = self.operand_twice(operand)
        found = _PERIODS[period]
        written = found.format(text, again() if "{1}" in found else "")
        return f"CAST({written} AS {'DATE' if isinstance(kind, Date) else 'DATETIME'})"

    def shifted(self, moment: Expression[Any], operator: str, span: Expression[Any]) -> str:
        """`(moment + INTERVAL ? MONTH + INTERVAL ? MICROSECOND)`."""
        kind = self.type_of(moment)
        text = self.operand(moment)
        if isinstance(span, Span):
            months = "" if span.months is None else f" + INTERVAL {self.visit(span.months)} MONTH"
            rest = "" if span.rest is None else f" + INTERVAL {self.visit(span.rest)} MICROSECOND"
            later = f"{text}{months}{rest}"
        else:
            later = f"{text} {operator} INTERVAL {self.operand(span)} MICROSECOND"
        return f"DATE({later})" if isinstance(kind, Date) else f"({later})"

    def difference(self, left: Expression[Any], right: Expression[Any]) -> str:
        """`TIMESTAMPDIFF(MICROSECOND, right, left)`."""
        later, earlier = self.visit_swapped(left, right)
        return f"TIMESTAMPDIFF(MICROSECOND, {earlier}, {later})"

    def visit_now(self, now: Now) -> str:
        """The beginning of the statement."""
        del now
        return "UTC_TIMESTAMP(6)"

    def visit_today(self, today: Today) -> str:
        """The day of it."""
        del today
        return "UTC_DATE()"
