"""Days and moments: their parts, the beginnings of their periods, now."""

from typing import Any

from activerecord.errors import QueryError
from activerecord.sql.compiler.expressions import Expressions
from activerecord.sql.dates import Extract, Now, Today, Truncate
from activerecord.sql.expression import Expression
from activerecord.types import Date, DateTime, Interval, Time, Type, Unknown

__all__ = ["Dates"]

_OF_TIMES = ("hour", "minute", "second")


class Dates(Expressions):
    """The part of the compiler that takes days and moments apart. Moments with a zone are taken in UTC."""

    def visit_extract(self, extract: Extract) -> str:
        """`EXTRACT(part FROM operand)`."""
        kind, part = self.type_of(extract.operand), extract.part
        if isinstance(kind, Interval) and part == "epoch":
            return self.seconds(extract.operand)
        if not isinstance(kind, Date | DateTime | Unknown) and not (isinstance(kind, Time) and part in _OF_TIMES):
            raise QueryError(f"extract: a value of type {type(kind).__name__} has no {part}")
        return self.part(part, extract.operand, kind)

    def part(self, part: str, operand: Expression[Any], kind: Type) -> str:
        """A part of a day, a moment or a time."""
        del kind
        return f"EXTRACT({part} FROM {self.free(operand)})"

    def seconds(self, operand: Expression[Any]) -> str:
        """The whole seconds of a span of time."""
        return f"EXTRACT(epoch FROM {self.free(operand)})"

    def visit_truncate(self, truncate: Truncate[Any]) -> str:
        """`date_trunc('period', operand)`."""
        kind = self.type_of(truncate.operand)
        if not isinstance(kind, Date | DateTime | Unknown):
            raise QueryError(f"date_trunc takes a day or a moment, not a value of type {type(kind).__name__}")
        return self.beginning(truncate.period, truncate.operand, kind)

    def beginning(self, period: str, operand: Expression[Any], kind: Type) -> str:
        """The beginning of the period that a day or a moment is in."""
        del kind
        return f"date_trunc('{period}', {self.free(operand)})"

    def visit_now(self, now: Now) -> str:
        """The moment at hand."""
        del now
        return "CURRENT_TIMESTAMP"

    def visit_today(self, today: Today) -> str:
        """The day at hand."""
        del today
        return "CURRENT_DATE"

    def type_of_truncate(self, truncate: Truncate[Any]) -> Type:
        """A day gives a day, a moment a moment."""
        return self.type_of(truncate.operand)

    def type_of_now(self, now: Now) -> Type:
        """A moment."""
        return DateTime(zone=now.zone)
