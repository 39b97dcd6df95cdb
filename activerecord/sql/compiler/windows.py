"""Windows and their frames, and several groupings at once."""

from typing import Any

from activerecord.sql.compiler.expressions import Expressions
from activerecord.sql.expression import Expression
from activerecord.sql.grouping import GroupingSets
from activerecord.sql.window import Bound, Frame, NamedWindow, Window

__all__ = ["WindowClauses"]


class WindowClauses(Expressions):
    """The part of the compiler that writes what stands in OVER, WINDOW and, of groupings, in GROUP BY."""

    def visit_namedwindow(self, named: NamedWindow) -> str:
        """`name AS (...)`."""
        return f"{self.dialect.quote(named.name)} AS ({self.visit(named.window)})"

    def visit_window(self, window: Window) -> str:
        """`base PARTITION BY ... ORDER BY ... ROWS ...`."""
        parts = [
            "" if window.base is None else self.window(window.base),
            self.clause("PARTITION BY ", *window.partitions),
            self.clause("ORDER BY ", *window.orders),
            self.clause("", window.frame),
        ]
        return " ".join(filter(None, parts))

    def visit_frame(self, frame: Frame) -> str:
        """`ROWS BETWEEN 2 PRECEDING AND CURRENT ROW`."""
        start, end = self.bound(frame.start, "PRECEDING"), self.bound(frame.end, "FOLLOWING")
        exclude = f" EXCLUDE {frame.exclude.upper()}" if frame.exclude else ""
        return f"{frame.unit} BETWEEN {start} AND {end}{exclude}"

    def bound(self, bound: Bound, farthest: str) -> str:
        """`2 PRECEDING`; `farthest` is the way that the rows go where they all count."""
        if bound.offset is None:
            return f"UNBOUNDED {farthest}"
        if not bound.offset:
            return "CURRENT ROW"
        distance = str(abs(bound.offset)) if bound.span is None else self.distance(bound.span)
        return f"{distance} {'PRECEDING' if bound.offset < 0 else 'FOLLOWING'}"

    def distance(self, span: Expression[Any]) -> str:
        """A span of time in a frame. Raises NotSupported."""
        del span
        raise self.unsupported("frames by a span of time", "number the days, and frame by that number")

    def visit_groupingsets(self, groupings: GroupingSets) -> str:
        """`ROLLUP (a, b)`."""
        is_list = groupings.kind == "GROUPING SETS"
        sets = [
            self.visit(each[0]) if len(each) == 1 and not is_list else f"({self.visit_all(each)})"
            for each in groupings.sets
        ]
        return f"{groupings.kind} ({', '.join(sets)})"
