"""Lists on PostgreSQL: arrays."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from activerecord.sql.arrays import ArrayItem
from activerecord.sql.compiler.arrays import Arrays
from activerecord.sql.compiler.expressions import column_of
from activerecord.sql.compiler.templates import Texts
from activerecord.sql.expression import Expression

__all__ = ["PostgreSQLArrays"]


class PostgreSQLArrays(Arrays):
    """`column @> $1`, which an index can answer, and `= ANY` cannot."""

    array_tests: ClassVar[Mapping[str, str]] = {
        "has": "({a} @> {v})",
        "contains": "({a} @> {v})",
        "within": "({a} <@ {v})",
        "overlaps": "({a} && {v})",
    }
    array_length = "cardinality({a})"
    array_changes: ClassVar[Mapping[str, str]] = {"concat": "({a} || {v})", "remove": "array_remove({a}, {v})"}

    def array_texts(self, operand: Expression[Any], values: list[Any], name: str) -> Texts:
        """The list, and the values as one list; the only value by itself where it is removed."""
        if name != "remove":
            return super().array_texts(operand, values, name)
        dump = self.dump(self.array_kind(operand).item)
        only = self.repeated(lambda: self.bind(values, lambda given: _only(given, dump), column_of(operand)))
        return {"a": self.array_text(operand), "v": only}

    def visit_arrayitem(self, item: ArrayItem[Any]) -> str:
        """`(column)[$1]`: the first element is 1 here."""
        array = self.array_text(item.operand)
        found = array()
        place = self.bind(item.binds[-1], lambda index: index[0] + 1)
        if item.from_end:
            return f"({found})[cardinality({array()}) + {place}::integer]"
        return f"({found})[{place}::integer]"


def _only(values: Any, dump: Callable[[Any], Any] | None) -> Any:
    value = values[0]
    return value if value is None or dump is None else dump(value)
