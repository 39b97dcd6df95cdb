"""Which rows of its table a query is after, as a condition that a statement which writes them can have."""

from typing import Any, TypeVar

from activerecord.errors import QueryError
from activerecord.query.clauses import Clauses, QueryCore, told
from activerecord.schema.table import Table
from activerecord.sql.beside import looks_beside
from activerecord.sql.expression import Condition, Expression, Nested, Star
from activerecord.sql.reference import Reference, refer
from activerecord.sql.rows import InRowQuery, tuple_
from activerecord.sql.statement import CommonTable, NamedTable, Select, Source, Subquery

__all__ = ["Targets", "check_said"]

R = TypeVar("R")

# A query that says these and no more is after the rows that fit its condition; a lone ORDER BY or DISTINCT does not change
# which these are.
_PLAIN = frozenset(
    {
        "columns",
        "where",
        "windows",
        "orders",
        "distinct",
        "paths",
        "joined",
        "strict",
        "comments",
        "lifted",
        "everywhere",
    }
)


def check_said(clauses: Clauses, verb: str, model: str) -> None:
    """Refuse to write all rows of a table by mistake. A default scope does not count: nobody said it here."""
    narrowing = told(clauses) & {"where", "having", "limit", "offset", "source", "distinct_on"}
    joined = any(join.kind in {"INNER", "RIGHT"} for join in clauses.joins)
    if not (narrowing or joined or clauses.everywhere):
        raise QueryError(f"{verb} without a condition writes every {model}: where(...), or if so meant, everywhere()")


class Targets(QueryCore[R]):
    """What the verbs that write need of a query."""

    __slots__ = ()

    def _target(self, clauses: Clauses, table: Table) -> Condition | None:
        """The condition that a row of the table is one of the query's; None for all. Raises QueryError where no row is."""
        mapper = self._mapper
        _check(clauses, table, mapper.source_name)
        if mapper.alias is None and told(clauses) <= _PLAIN and not (table.primary_key and self._looks_beside(clauses)):
            return clauses.where
        if not table.primary_key:
            raise QueryError(
                f"table {table.name!r} has no primary key, so only where(...) can tell which of its rows are to be written"
            )
        first, *others = keys = _keys(table, table.name)
        found: Nested[Any] = Nested(_locked(self._of_keys(clauses, table), table))
        return InRowQuery(tuple_(*keys), found) if others else first.in_(found)

    def _looks_beside(self, clauses: Clauses) -> bool:
        """Whether each row is judged by others, which must be found before one of them is written."""
        return clauses.where is not None and looks_beside(clauses.where, self._own_source())

    def _own_source(self) -> Source:
        """The table under its own name, whatever the query calls it."""
        return Source(self._mapper.table_name, schema=self._mapper.schema_name, of=self._mapper)

    def _of_keys(self, clauses: Clauses, table: Table) -> Select:
        """The keys of the query's rows."""
        source = self._mapper.source_name
        keys = _keys(table, source)
        is_limited = clauses.limit is not None or clauses.offset is not None
        clauses = clauses.but(comments=(), distinct=clauses.distinct and is_limited and bool(clauses.joins))
        if not (is_limited or clauses.distinct_on):
            clauses = clauses.but(orders=())
        if not clauses.distinct:
            return self._select(clauses.but(columns=keys))
        # so many rows of the table, each once, and not so many pairs of one with what was joined
        rows = self._select(clauses.but(columns=(Star(source),)))
        return Select(keys, Subquery(rows, source))


def _keys(table: Table, source: str) -> tuple[Reference[Any], ...]:
    return tuple([refer(source, name) for name in table.primary_key])


def _locked(rows: Select, table: Table) -> Select:
    """The rows as a table that is made once: read again and again, a query that locks could find others each time."""
    if rows.lock is None:
        return rows
    name = "locked"
    return Select(_keys(table, name), NamedTable(name), tables=(CommonTable(name, rows),))


def _check(clauses: Clauses, table: Table, source: str) -> None:
    """Refuse what makes other rows than the table's."""
    if clauses.hints:
        raise QueryError("a hint is for a query that reads")
    if clauses.distinct and clauses.columns and told(clauses) & {"limit", "offset"}:
        raise QueryError("the distinct values of some columns are no rows that could be written: leave out select(...)")
    if not clauses.groups and clauses.having is None:
        return
    grouped = {_name(group) for group in clauses.groups}
    missing = [name for name in table.primary_key if (source, name) not in grouped]
    if missing or not table.primary_key:
        raise QueryError(
            f"a group of rows is no row that could be written: group by the key of {table.name!r}, "
            f"or ask for the groups in a query inside where(...)"
        )


def _name(group: Expression[Any]) -> tuple[str, str] | None:
    return (group.source, group.column) if isinstance(group, Reference) else None
