"""Whether a query that joins, or reads another query, gives each of its records once."""

from collections.abc import Iterator, Sequence
from typing import Any

from activerecord.errors import QueryError
from activerecord.query.clauses import Prepared
from activerecord.schema.table import Table
from activerecord.sql.expression import Comparison, Condition, Expression, Label, Logical, Ordering, Star
from activerecord.sql.node import walk
from activerecord.sql.reference import Reference
from activerecord.sql.statement import CommonTable, Compound, FromItem, Join, NamedTable, Rows, Select, Source, Subquery
from activerecord.sql.text import Text

__all__ = ["check_unique"]


def check_unique(prepared: Prepared, orders: Sequence[Ordering], verb: str) -> None:
    """Require that no two rows have the same place in the order. Raises QueryError.

    A join gives a row once where it is on a key of the joined table, or where that table's key is part of the order.
    """
    select = prepared.select
    if any(join.kind in ("RIGHT", "FULL") for join in select.joins):
        raise QueryError(f"{verb}: a right or full join gives rows without a record, which have no place")
    given = _Given(prepared.table, select.tables)
    columns, once = given.by_item(select.source)
    if not columns.issuperset(prepared.table.primary_key):
        raise QueryError(
            f"{verb}: what is read in place of the table does not have its key, by which rows have their place"
        )
    if not once and not (select.distinct and None not in columns):
        raise QueryError(f"{verb}: a query of another's rows may give a record several times: distinct()")
    ordered = {(order.operand.source, order.operand.column) for order in orders if isinstance(order.operand, Reference)}
    for join in select.joins:
        keys, fixed = _keys(join, prepared.tables), _compared(join)
        sorted_by = {column for source, column in ordered if source == join.source.name}
        is_once = any(key <= fixed for key in keys) or (keys and keys[0] <= sorted_by)
        if not is_once and not (select.distinct and not _reads(select.columns, join.source.name)):
            raise QueryError(
                f"{verb}: the join of {join.source.name!r} may give a record several times, and such rows have no place of their "
                f"own: distinct(), where(... .in_(query)) instead of the join, or order by the key of {join.source.name!r} too"
            )


def _reads(columns: Sequence[Expression[object]], source: str) -> bool:
    """Whether what is selected has anything of a source, as far as can be told."""
    nodes = [node for column in columns for node in walk(column)]
    return any(
        isinstance(node, Text) or (isinstance(node, Reference | Star) and node.source == source) for node in nodes
    )


class _Given:
    """Finds which columns of a source are the table's own, under their own names, and whether it has no row of the table twice.

    None stands for any other column.
    """

    def __init__(self, table: Table, tables: Sequence[CommonTable]) -> None:
        self._table = table
        self._common = {each.name: each for each in tables}

    def by_item(self, item: FromItem) -> tuple[set[str | None], bool]:
        columns, once = self._by_item(item)
        return set(columns), once

    def _by_item(self, item: FromItem) -> tuple[list[str | None], bool]:
        match item:
            case Source():
                is_own = (item.schema, item.table) == (self._table.schema, self._table.name)
                return ([*self._table.names()], True) if is_own else ([None], False)
            case Subquery():
                return self._by_rows(item.query)
            case NamedTable():
                return self._by_common(self._common.get(item.table))

    def _by_common(self, table: CommonTable | None) -> tuple[list[str | None], bool]:
        if table is None or table.columns or not isinstance(table.query, Select | Compound):
            return [None], False
        columns, once = self._by_rows(table.query)
        if table.step is None:
            return columns, once
        columns = _alike(columns, self._by_rows(table.step)[0])
        return columns, table.distinct and None not in columns

    def _by_rows(self, rows: Rows) -> tuple[list[str | None], bool]:
        if isinstance(rows, Compound):
            (left, once), (right, _) = self._by_rows(rows.left), self._by_rows(rows.right)
            columns = _alike(left, right)
            if rows.operator == "UNION":
                return columns, not rows.every and None not in columns
            # the rows are some of the left ones
            return left, once or (not rows.every and None not in left)
        inside, once = self._by_item(rows.source)
        columns = [name for column in rows.columns for name in _own(column, rows.source.name, inside)]
        return columns, (once and not rows.joins and not rows.groups) or (rows.distinct and None not in columns)


def _alike(left: Sequence[str | None], right: Sequence[str | None]) -> list[str | None]:
    """The columns that are the same in two queries."""
    return [one if one == other else None for one, other in zip(left, right, strict=False)]


def _own(column: Expression[Any], source: str, inside: Sequence[str | None]) -> Sequence[str | None]:
    """The columns of a source that one that is selected stands for."""
    if isinstance(column, Star):
        return inside if column.source == source else [None]
    plain, name = (column.operand, column.name) if isinstance(column, Label) else (column, None)
    if not isinstance(plain, Reference) or plain.source != source or plain.column not in inside:
        return [None]
    return [plain.column if name in (None, plain.column) else None]


def _keys(join: Join, tables: Sequence[Table]) -> list[set[str]]:
    """The sets of columns that no two rows of the joined table have alike, its key first."""
    source = join.source
    if not isinstance(source, Source):
        return []
    table = next((table for table in tables if (table.schema, table.name) == (source.schema, source.table)), None)
    if table is None or not table.primary_key:
        return []
    alone = [{name} for name, column in table.columns.items() if column.unique]
    together = [set(index.columns) for index in table.indexes if index.unique]
    return [set(table.primary_key), *alone, *together]


def _compared(join: Join) -> set[str]:
    """The columns of the joined source that must equal something outside of it."""
    name = join.source.name
    found: set[str] = set()
    for comparison in _equalities(join.condition):
        for one, other in ((comparison.left, comparison.right), (comparison.right, comparison.left)):
            if _is_of(one, name) and isinstance(other, Reference) and not _is_of(other, name):
                assert isinstance(one, Reference)
                found.add(one.column)
    return found


def _is_of(expression: Expression[object], source: str) -> bool:
    return isinstance(expression, Reference) and expression.source == source


def _equalities(condition: Condition | None) -> Iterator[Comparison]:
    """The comparisons by `=` that must all hold."""
    if isinstance(condition, Logical) and condition.operator == "AND":
        for part in condition.conditions:
            yield from _equalities(part)
    elif isinstance(condition, Comparison) and condition.operator == "=":
        yield condition
