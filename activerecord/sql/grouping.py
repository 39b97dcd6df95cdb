"""Several groupings at once: `rollup(a, b)`, `cube(a, b)`, `grouping_sets((a, b), (a,), ())`."""

from collections.abc import Callable
from typing import Any

from activerecord.errors import QueryError
from activerecord.sql.expression import Expression
from activerecord.sql.node import binds_of, shapes_of
from activerecord.sql.window import listed

__all__ = ["GroupingSets", "cube", "grouping_sets", "rollup"]


class GroupingSets(Expression[Any], parts=("columns",)):
    """Groupings that stand in GROUP BY. `kind` is ROLLUP, CUBE or GROUPING SETS; `sets` are what it is made of."""

    __slots__ = ("columns", "kind", "sets")

    def __init__(self, kind: str, sets: tuple[tuple[Expression[Any], ...], ...]) -> None:
        self.kind = kind
        self.sets = sets
        self.columns = tuple([column for each in sets for column in each])
        super().__init__(("groupings", kind, *map(shapes_of, sets)), binds_of(self.columns))

    def with_each(self, change: Callable[[Expression[Any]], Expression[Any]]) -> "GroupingSets":
        """The same of other columns, each made of one of these."""
        return GroupingSets(self.kind, tuple([tuple(map(change, each)) for each in self.sets]))


def rollup(*columns: "Expression[Any] | tuple[Expression[Any], ...]") -> Expression[Any]:
    """`GROUP BY ROLLUP (a, b)`: by a and b, by a alone, and all rows together. MySQL and MariaDB take it alone; SQLite raises NotSupported."""
    return GroupingSets("ROLLUP", _sets("ROLLUP", columns))


def cube(*columns: "Expression[Any] | tuple[Expression[Any], ...]") -> Expression[Any]:
    """`GROUP BY CUBE (a, b)`: by every choice among the columns (PostgreSQL; others raise NotSupported)."""
    return GroupingSets("CUBE", _sets("CUBE", columns))


def grouping_sets(*sets: "Expression[Any] | tuple[Expression[Any], ...]") -> Expression[Any]:
    """`GROUP BY GROUPING SETS ((a, b), (a), ())`: by each of these, `()` for all rows together (PostgreSQL; others raise NotSupported)."""
    return GroupingSets("GROUPING SETS", _sets("GROUPING SETS", sets))


def _sets(kind: str, given: tuple[Any, ...]) -> tuple[tuple[Expression[Any], ...], ...]:
    if not given:
        raise QueryError("a grouping needs a column")
    sets = tuple(map(listed, given))
    if kind != "GROUPING SETS" and not all(sets):
        raise QueryError("only grouping_sets takes a set of no columns")
    columns: list[object] = [column for each in sets for column in each]
    for column in columns:
        if not isinstance(column, Expression):
            raise QueryError(f"a grouping takes columns and expressions, got {type(column).__name__}")
    return sets
