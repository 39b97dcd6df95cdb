"""What SQLite says differently."""

import sqlite3
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from activerecord.sql.beside import looks_beside
from activerecord.sql.case import Case
from activerecord.sql.compiler import Compiler
from activerecord.sql.dialects.sqlite.arrays import SQLiteArrays
from activerecord.sql.dialects.sqlite.dates import SQLiteDates
from activerecord.sql.dialects.sqlite.functions import SQLiteFunctions
from activerecord.sql.dialects.sqlite.json import SQLiteJson
from activerecord.sql.dialects.sqlite.search import SQLiteSearch
from activerecord.sql.expression import Arithmetic, Expression, Nested
from activerecord.sql.function import Function
from activerecord.sql.rows import InRows
from activerecord.sql.statement import Compound, Join, Select, Subquery, Update
from activerecord.sql.window import Over
from activerecord.types import Numeric

__all__ = ["SQLiteCompiler"]


class SQLiteCompiler(SQLiteJson, SQLiteArrays, SQLiteSearch, SQLiteDates, SQLiteFunctions, Compiler):
    """Standard SQL, but that OFFSET needs a LIMIT, a list of rows is a table of its own, and a Decimal is a number of one of two kinds."""

    def limits(self, select: Select) -> str:
        """`LIMIT -1 OFFSET ...`: SQLite's word for no limit is a negative one."""
        if select.offset is not None and select.limit is None:
            return f" LIMIT -1 OFFSET {self.visit(select.offset)}"
        return super().limits(select)

    def load_of(self, expression: Expression[Any]) -> Callable[[Any], Any] | None:
        """A Decimal that SQLite has computed is exact to 15 digits, and the rest of them is noise."""
        load = super().load_of(expression)
        if load is None or not _is_computed(expression) or not isinstance(self.type_of(expression), Numeric):
            return load
        return _to_15_digits(load)

    def row_list(self, condition: InRows) -> str:
        """`VALUES (...), (...)`."""
        return f"VALUES {super().row_list(condition)}"

    def locks(self, select: Select) -> str:
        """None: a transaction that writes has the whole file to itself."""
        del select
        raise self.unsupported(
            "row locks", "a transaction that may write has the database to itself from its beginning, so read in one"
        )

    def hints(self, hints: Iterable[str]) -> str:
        """None."""
        del hints
        raise self.unsupported("optimizer hints", "ANALYZE tells its planner what it needs")

    def visit_update(self, update: Update) -> str:
        """None by a query that would see the rows that are written already."""
        if any(looks_beside(value, update.source) for value in update.values):
            raise self.unsupported(
                "way to set a value by other rows of the table as they were",
                "read the values before, in the same transaction, or keep them in another table",
            )
        return super().visit_update(update)

    def visit_compound(self, compound: Compound) -> str:
        """Each row once, but after UNION ALL."""
        if compound.every and compound.operator != "UNION":
            raise self.unsupported(f"{compound.operator} ALL", f"{compound.operator} gives each row once")
        return super().visit_compound(compound)

    def visit_join(self, join: Join) -> str:
        """Right and full ones since version 3.39."""
        if join.kind in ("RIGHT", "FULL") and sqlite3.sqlite_version_info < (3, 39):
            raise self.unsupported(
                f"{join.kind} JOIN before version 3.39",
                "this Python has an older one: turn the join round, a left join",
            )
        return super().visit_join(join)

    def visit_subquery(self, subquery: Subquery) -> str:
        """None that names the sources before it."""
        if subquery.lateral:
            raise self.unsupported("lateral joins", "number the rows of each group, fn.row_number().over(...)")
        return super().visit_subquery(subquery)


@cache
def _to_15_digits(load: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: load(float(f"{value:.15g}") if isinstance(value, float) else value)


def _is_computed(expression: Expression[Any]) -> bool:
    if isinstance(expression, Function):
        return expression.name in ("sum", "avg") or any(map(_is_computed, expression.arguments))
    if isinstance(expression, Over):
        return _is_computed(expression.function)
    if isinstance(expression, Case):
        return any(map(_is_computed, expression.values))
    if isinstance(expression, Nested):
        return isinstance(expression.query, Select) and any(map(_is_computed, expression.query.columns))
    return isinstance(expression, Arithmetic)
