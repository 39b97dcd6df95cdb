"""What MySQL and MariaDB say differently."""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from typing import Any

from activerecord.sql.beside import looks_beside, reads
from activerecord.sql.compiler import Compiler
from activerecord.sql.compiler.writer import Dump
from activerecord.sql.dialect import Dialect, TableLike
from activerecord.sql.dialects.mysql.arrays import MariaDBArrays, MySQLArrays
from activerecord.sql.dialects.mysql.dates import MySQLDates
from activerecord.sql.dialects.mysql.functions import MariaDBFunctions, MySQLFunctions
from activerecord.sql.dialects.mysql.groupings import MariaDBGroupings, MySQLGroupings
from activerecord.sql.dialects.mysql.inserts import MariaDBInserts, MySQLInserts
from activerecord.sql.dialects.mysql.json import MariaDBJson, MySQLJson
from activerecord.sql.dialects.mysql.search import MySQLSearch
from activerecord.sql.expression import Bind, Expression, In, Nested, Ordering, Position
from activerecord.sql.node import walk
from activerecord.sql.reference import Reference
from activerecord.sql.rows import InRowQuery
from activerecord.sql.statement import CommonTable, Delete, Join, Select, Source, Subquery, Update
from activerecord.types import Boolean, Float, Integer, Interval, Json, Numeric, Type
from activerecord.types.mysql_values import dump_computed

__all__ = ["MariaDBCompiler", "MySQLCompiler"]

# The engine's word for no limit is the greatest one.
_NO_LIMIT = "18446744073709551615"


class MariaDBCompiler(
    MariaDBJson, MariaDBArrays, MySQLSearch, MySQLDates, MariaDBGroupings, MariaDBFunctions, MariaDBInserts, Compiler
):
    """Standard SQL, but for words that have another meaning here, and for what a subquery may not say."""

    def __init__(self, dialect: Dialect, tables: Iterable[TableLike]) -> None:
        super().__init__(dialect, tables)
        self._written: Source | None = None
        self._around: list[list[str]] = []

    def visit_update(self, update: Update) -> str:
        """As ever; its table is remembered, for the subqueries may not read it."""
        self._written = update.source
        self._check_assignments(update)
        return super().visit_update(update)

    def _check_assignments(self, update: Update) -> None:
        """They are made from left to right here, so one would see what another has just set."""
        for place, value in enumerate(update.values):
            before = update.names[:place]
            for node in walk(value):
                if isinstance(node, Reference) and node.source == update.source.name and node.column in before:
                    raise self.unsupported(
                        f"assignments that see each other's columns as they were, as {node.column!r} here",
                        "set the columns by two statements in a transaction",
                    )

    def visit_delete(self, delete: Delete) -> str:
        """As ever; its table is remembered, for the subqueries may not read it."""
        self._written = delete.source
        return super().visit_delete(delete)

    def limits(self, select: Select) -> str:
        """`LIMIT 18446744073709551615 OFFSET ...`: OFFSET needs a LIMIT."""
        if select.offset is not None and select.limit is None:
            return f" LIMIT {_NO_LIMIT} OFFSET {self.visit(select.offset)}"
        return super().limits(select)

    def visit_in(self, condition: In) -> str:
        """A list that is limited is read out of a table of its own, which LIMIT is allowed in."""
        if condition.query is None:
            return super().visit_in(condition)
        return f"{self.operand(condition.operand)} {'NOT IN' if condition.negated else 'IN'} {self._listing(condition.query)}"

    def visit_inrowquery(self, condition: InRowQuery) -> str:
        """The same."""
        return f"{self.row(condition.row)} IN {self._listing(condition.query)}"

    def _listing(self, nested: Nested[Any]) -> str:
        query = nested.query
        if not isinstance(query, Select) or not _is_limited(query) or self._reads_written(query):
            return self.visit(nested)
        with self.apart(self._scopes):
            return f"(SELECT * FROM ({self.visit(query)}) AS `limited`)"

    def visit_nested(self, nested: Nested[Any]) -> str:
        """A query of the table that the statement writes is read out beforehand, which its LIMIT makes sure of."""
        query = nested.query
        if not isinstance(query, Select) or not self._reads_written(query) or self.sees_rows_as_they_were(query):
            return super().visit_nested(nested)
        if any(isinstance(node, Select) and node.lock is not None for node in walk(query)):
            # the statement locks every row that it looks at, and waits where it should not
            raise self.unsupported(
                "locks in the query of a write",
                "in a transaction take the keys by for_update(...).ids(), and write where(...) they are",
            )
        whole = "" if _is_limited(query) else f" LIMIT {_NO_LIMIT}"
        # what is inside it is read out with it
        written, self._written = self._written, None
        text = self.visit(query)
        self._written = written
        return f"(SELECT * FROM ({text}{whole}) AS `before`)"

    def sees_rows_as_they_were(self, query: Select) -> bool:
        """Whether it need not be read out beforehand: one that names the row at hand cannot be, and since 10.3 need not be."""
        return self._written is not None and looks_beside(query, self._written)

    def _reads_written(self, query: Select) -> bool:
        return self._written is not None and reads(query, self._written)

    def visit_ordering(self, ordering: Ordering) -> str:
        """`operand IS NULL, operand`: NULLs are below all else, and there is no other word for where they go."""
        down = " DESC" if ordering.descending else ""
        if ordering.nulls is None or (ordering.nulls == "LAST") is ordering.descending:
            return self.visit(ordering.operand) + down
        if isinstance(ordering.operand, Position):
            raise self.unsupported(
                "NULLS FIRST or LAST for an expression with values in it that is selected too",
                "select it in an inner query and order the outer one by it",
            )
        operand, again = self.operand_twice(ordering.operand)
        return f"{operand} IS {'NOT ' if ordering.nulls == 'FIRST' else ''}NULL, {again()}{down}"

    def locks(self, select: Select) -> str:
        """Rows of all sources; ` LOCK IN SHARE MODE` where others may read them so too."""
        lock = select.lock
        assert lock is not None
        if lock.of:
            raise self.unsupported("FOR UPDATE OF", "lock the rows of one table by a query of their own")
        text = super().locks(select)
        return text.replace(" FOR SHARE", " LOCK IN SHARE MODE") if lock.shared else text

    def visit_join(self, join: Join) -> str:
        """Inner, left, right and cross ones."""
        if join.kind == "FULL":
            raise self.unsupported(
                "FULL JOIN", "take the left join and, by union_all, the right join's rows without a left side"
            )
        return super().visit_join(join)

    @contextmanager
    def aside(self) -> Generator[None]:
        """Nor do those of the queries around it have names there."""
        with self.apart(self._scopes[:-1]):
            yield

    @contextmanager
    def apart(self, around: Sequence[Mapping[str, TableLike]]) -> Generator[None]:
        """Within the block no source has a name yet; these are those that would have one elsewhere."""
        scopes, self._scopes = self._scopes, []
        self._around.append([name for scope in around for name in scope])
        try:
            yield
        finally:
            self._scopes = scopes
            self._around.pop()

    def table(self, source: str) -> TableLike:
        """As ever; none that only a query around this one reads."""
        is_known = any(source in scope for scope in self._scopes)
        if not is_known and self._around and source in self._around[-1]:
            raise self.unsupported(
                f"way to name {source!r}, which the query around reads, in a query that stands in place of a table",
                "say it in where(...) of what reads that query",
            )
        return super().table(source)

    def visit_subquery(self, subquery: Subquery) -> str:
        """None that names the sources before it."""
        if subquery.lateral:
            raise self.unsupported("lateral joins", "number the rows of each group, fn.row_number().over(...)")
        return super().visit_subquery(subquery)

    def materialized(self, table: CommonTable) -> str:
        """The engine decides."""
        if table.materialized is not None:
            raise self.unsupported("MATERIALIZED", "leave materialized= out: it decides by itself")
        return ""

    def dump_beside(self, of: Type) -> Dump | None:
        """A decimal number that is compared has as many places as the server computes with."""
        return dump_computed if isinstance(of, Numeric) and not self._stores else super().dump_beside(of)

    def load_of(self, expression: Expression[Any]) -> Callable[[Any], Any] | None:
        """Sums and means of whole numbers come as decimal numbers."""
        load = super().load_of(expression)
        if isinstance(expression, Reference):
            # what a query inside has computed knows how it is loaded
            return load
        kind = self.type_of(expression)
        if isinstance(kind, Float):
            return _from_decimal(float, load)
        return _from_decimal(int, load) if isinstance(kind, Integer | Boolean | Interval) else load


def _is_limited(select: Select) -> bool:
    return select.limit is not None or select.offset is not None


@cache
def _from_decimal(make: type, load: Callable[[Any], Any] | None) -> Callable[[Any], Any]:
    def loaded(value: Any) -> Any:
        made = make(value) if isinstance(value, Decimal) else value
        return made if load is None else load(made)

    return loaded


class MySQLCompiler(MySQLJson, MySQLArrays, MySQLGroupings, MySQLFunctions, MySQLInserts, MariaDBCompiler):
    """MariaDB's SQL, but that JSON is a type of its own, which equals no text."""

    def visit_bind(self, bind: Bind[Any]) -> str:
        """`CAST(? AS JSON)` where a document is meant."""
        text = super().visit_bind(bind)
        return f"CAST({text} AS JSON)" if isinstance(self.type_of(bind), Json) else text

    def dump_beside(self, of: Type) -> Dump | None:
        """It computes with as many places as its columns have."""
        return Compiler.dump_beside(self, of)

    def sees_rows_as_they_were(self, query: Select) -> bool:
        """None does; but what is read out beforehand may name the row at hand."""
        del query
        return False

    def locks(self, select: Select) -> str:
        """As the standard has it."""
        return Compiler.locks(self, select)

    @contextmanager
    def aside(self) -> Generator[None]:
        """Those of the queries around it have names there."""
        with Compiler.aside(self):
            yield

    @contextmanager
    def apart(self, around: Sequence[Mapping[str, TableLike]]) -> Generator[None]:
        """They have names there."""
        del around
        yield

    def visit_subquery(self, subquery: Subquery) -> str:
        """A lateral one too."""
        return Compiler.visit_subquery(self, subquery)
