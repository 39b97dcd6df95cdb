"""Days and moments of PostgreSQL: all are taken in UTC, whatever the zone of the session."""

from typing import Any

from activerecord.sql.compiler.arithmetic import Sums
from activerecord.sql.compiler.dates import Dates
from activerecord.sql.dates import Now, Today
from activerecord.sql.expression import Expression, Span
from activerecord.types import Date, DateTime, Type

__all__ = ["PostgreSQLDates"]


class PostgreSQLDates(Sums, Dates):
    """Days and moments by PostgreSQL's own functions."""

    def visit_span(self, span: Span) -> str:
        """`(make_interval(months => $1) + $2::interval)`."""
        parts = [f"make_interval(months => {self.visit(span.months)})"] if span.months is not None else []
        parts += [self.free(span.rest)] if span.rest is not None else []
        return parts[0] if len(parts) == 1 else f"({' + '.join(parts)})"

    def _moment(self, operand: Expression[Any], kind: Type) -> str:
        """The moment without its zone, in UTC."""
        text = self.free(operand)
        if isinstance(kind, Date):
            return f"{text}::timestamp"
        return f"({text} AT TIME ZONE 'UTC')" if _has_zone(kind) else text

    def part(self, part: str, operand: Expression[Any], kind: Type) -> str:
        """`extract(year from operand)::integer`; older versions give it as a float."""
        found = f"extract({part} from {self._moment(operand, kind)})"
        return f"floor({found})::bigint" if part in ("second", "epoch") else f"{found}::integer"

    def seconds(self, operand: Expression[Any]) -> str:
        """The whole seconds of a span of time."""
        return f"floor(extract(epoch from {self.free(operand)}))::bigint"

    def beginning(self, period: str, operand: Expression[Any], kind: Type) -> str:
        """`date_trunc('month', operand)`."""
        return _back(f"date_trunc('{period}', {self._moment(operand, kind)})", kind)

    def shifted(self, moment: Expression[Any], operator: str, span: Expression[Any]) -> str:
        """`(moment + span)`."""
        kind = self.type_of(moment)
        return _back(f"({self._moment(moment, kind)} {operator} {self.free(span)})", kind)

    def difference(self, left: Expression[Any], right: Expression[Any]) -> str:
        """`(left - right)`."""
        sides = [self._moment(side, self.type_of(side)) for side in (left, right)]
        return f"({sides[0]} - {sides[1]})"

    def visit_now(self, now: Now) -> str:
        """The beginning of the transaction."""
        return "now()" if now.zone else "(now() AT TIME ZONE 'UTC')"

    def visit_today(self, today: Today) -> str:
        """The day of it."""
        del today
        return "(now() AT TIME ZONE 'UTC')::date"


def _has_zone(kind: Type) -> bool:
    return isinstance(kind, DateTime) and bool(kind.zone)


def _back(text: str, kind: Type) -> str:
    """A moment without a zone as a value of this type."""
    if isinstance(kind, Date):
        return f"{text}::date"
    return f"({text} AT TIME ZONE 'UTC')" if _has_zone(kind) else text
