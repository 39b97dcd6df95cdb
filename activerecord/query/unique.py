"""Whether a query that joins gives each of its records once."""

from collections.abc import Iterator, Sequence

from activerecord.errors import QueryError
from activerecord.query.clauses import Prepared
from activerecord.schema.table import Table
from activerecord.sql.expression import Comparison, Condition, Expression, Logical, Ordering, Reference
from activerecord.sql.statement import Compound, FromItem, Join, Source, Subquery

__all__ = ["check_unique"]


def check_unique(prepared: Prepared, orders: Sequence[Ordering], verb: str) -> None:
    """Require that no two rows have the same place in the order. Raises QueryError.

    A join gives a row once where it is on a key of the joined table, or where that table's key is part of the order.
    """
    select = prepared.select
    if any(join.kind in ("RIGHT", "FULL") for join in select.joins):
        raise QueryError(f"{verb}: a right or full join gives rows without a record, which have no place")
    if select.distinct:
        return
    if not _gives_once(select.source):
        raise QueryError(f"{verb}: a query of another's rows may give a record several times: distinct()")
    ordered = {(order.operand.source, order.operand.column) for order in orders if isinstance(order.operand, Reference)}
    for join in select.joins:
        keys, fixed = _keys(join, prepared.tables), _compared(join)
        sorted_by = {column for source, column in ordered if source == join.source.name}
        if not any(key <= fixed for key in keys) and not (keys and keys[0] <= sorted_by):
            raise QueryError(
                f"{verb}: the join of {join.source.name!r} may give a record several times, and such rows have no place of their "
                f"own: distinct(), where(... .in_(query)) instead of the join, or order by the key of {join.source.name!r} too"
            )


def _gives_once(source: FromItem) -> bool:
    """Whether a source has no row of its table twice."""
    if isinstance(source, Subquery):
        rows = source.query
        return not rows.every if isinstance(rows, Compound) else _gives_once(rows.source) and not rows.joins
    return isinstance(source, Source)


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
