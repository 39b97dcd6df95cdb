"""Queries made of queries: unions, queries under a name, common tables."""

from collections.abc import Callable, Sequence
from typing import Any, Self, TypeVar

from activerecord.errors import QueryError
from activerecord.query.clauses import Clauses, QueryCore, told
from activerecord.query.named import Named, checked_name
from activerecord.sql.expression import Exists
from activerecord.sql.node import Node, walk
from activerecord.sql.statement import CommonTable, Compound, FromItem, NamedTable, Rows, Subquery
from activerecord.sql.text import Text

__all__ = ["Combining", "exists", "named_once"]

R = TypeVar("R")


class Combining(QueryCore[R]):
    """The verbs that make queries of queries."""

    __slots__ = ()

    def union(self, other: "QueryCore[Any]") -> Self:
        """The rows of both queries, each once: `SELECT ... UNION SELECT ...`.

        Both select as many columns. What is asked of the result afterwards (where, order_by, limit, count) is asked of all
        of it.
        """
        return self._combined("UNION", other, every=False)

    def union_all(self, other: "QueryCore[Any]") -> Self:
        """The rows of both queries, as often as they come: `SELECT ... UNION ALL SELECT ...`."""
        return self._combined("UNION", other, every=True)

    def intersect(self, other: "QueryCore[Any]") -> Self:
        """The rows that both queries give, each once: `SELECT ... INTERSECT SELECT ...`."""
        return self._combined("INTERSECT", other, every=False)

    def except_(self, other: "QueryCore[Any]") -> Self:
        """The rows that this query gives and the other does not, each once: `SELECT ... EXCEPT SELECT ...`."""
        return self._combined("EXCEPT", other, every=False)

    def subquery(self, name: str) -> Named:
        """The query as a source of rows under a name: `join(recent, recent.user_id == User.id)`."""
        return Named(checked_name(name), Subquery(self.as_statement(), name))

    def lateral(self, name: str) -> Named:
        """The same, asked anew for each row of the sources before it, which it may name: `... JOIN LATERAL (...) AS name`.

        PostgreSQL and MySQL have it.
        """
        return Named(checked_name(name), Subquery(self.as_statement(), name, lateral=True))

    def cte(self, name: str, *, columns: Sequence[str] = (), materialized: bool | None = None) -> Named:
        """The query as a common table, which the statement that reads it names beforehand: `WITH name AS (...)`.

        `columns` names its columns anew. `materialized` says whether its rows are made once, or the query is put where it is
        read; left out, the engine decides.
        """
        if not isinstance(materialized, bool | None):
            raise QueryError(f"materialized is True, False or None, got {type(materialized).__name__}")
        return self._common(name, columns=columns, materialized=materialized)

    def recursive_cte(
        self,
        name: str,
        step: "Callable[[Any], QueryCore[Any]]",
        *,
        columns: Sequence[str] = (),
        distinct: bool = False,
    ) -> Named:
        """A common table that goes on from its own rows: `WITH RECURSIVE name AS (... UNION ALL ...)`.

        It begins with the rows of this query; `step` is given the table and gives the query of the rows that follow, run
        again and again until it finds none. With `distinct`, rows that were found before do not count, which ends circles.
        """
        own = Named(checked_name(name), NamedTable(name))
        following = _step(name, step, own)
        table = self._common(name, columns=columns, step=following._told(tables=()).as_statement(), distinct=distinct)
        # what the step reads is named before it: inside of it no engine takes a WITH
        return Named(name, table.__item__, named_once(following.clauses.tables, table.__tables__))

    def with_cte(self, *tables: Named) -> Self:
        """Name these common tables beforehand, for SQL of the program's own to read: `WITH ... SELECT ...`.

        What is joined, or read by `from_`, is named by itself.
        """
        for table in tables:
            if not isinstance(table, Named) or not table.__tables__:
                raise QueryError("with_cte takes common tables: query.cte('recent')")
        return self._told(tables=named_once(self._clauses.tables, *[table.__tables__ for table in tables]))

    def from_(self, source: "Named | QueryCore[Any]") -> Self:
        """Read the rows of another query, or of a common table, in place of the table: `SELECT ... FROM (...) AS "users"`.

        They go by the table's own name, so conditions on the model's columns work as ever. Records are made of the columns
        that it gives.
        """
        own = self._mapper.source_name
        if isinstance(source, Named):
            return self._told(source=source.under(own), tables=named_once(self._clauses.tables, source.__tables__))
        if not isinstance(source, QueryCore):
            raise QueryError(f"from_ takes a query or a source under a name, got {type(source).__name__}")
        return self._told(source=Subquery(source.as_statement(), own))

    def _common(self, name: str, *, columns: Sequence[str], **options: Any) -> Named:
        if not isinstance(columns, list | tuple):
            raise QueryError(f"columns is a list of names, got {type(columns).__name__}")
        names = tuple([checked_name(column) for column in columns])
        table = CommonTable(checked_name(name), self.as_statement(), columns=names, **options)
        return Named(name, NamedTable(name), (table,))

    def _combined(self, operator: str, other: "QueryCore[Any]", *, every: bool) -> Self:
        if not isinstance(other, QueryCore):
            raise QueryError(f"expected a query, got {type(other).__name__}")
        compound = Compound(operator, _rows_of(self), _rows_of(other), every=every)
        source: FromItem = Subquery(compound, self._mapper.source_name)
        return type(self)(self._mapper, Clauses(source=source, paths=self._clauses.paths, strict=self._clauses.strict))


def _rows_of(query: QueryCore[Any]) -> Rows:
    """The statement; of a query that is a combination and nothing more, that."""
    clauses = query.clauses
    if isinstance(clauses.source, Subquery) and told(clauses) <= {"source", "paths", "strict", "lifted"}:
        return clauses.source.query
    return query.as_statement()


def _step(name: str, step: "Callable[[Any], QueryCore[Any]]", own: Named) -> "QueryCore[Any]":
    """The query of the rows that follow. Raises QueryError for one that asks for what no single step can know."""
    if not callable(step):
        raise QueryError(f"the step of {name!r} is a function of the table, got {type(step).__name__}")
    following = step(own)
    if not isinstance(following, QueryCore):
        raise QueryError(f"the step of {name!r} gives a query, not {type(following).__name__}")
    word = next((word for word in _OF_THE_WHOLE if word in told(following.clauses)), None)
    if word is not None:
        raise QueryError(f"the step of {name!r} says {word}, which is for what reads {name!r} in the end to say")
    if _combines(following.as_statement(), name):
        raise QueryError(
            f"the step of {name!r} is a union, or the like, of queries that read {name!r}, which none of the engines takes: "
            f"read it once, and join it on either condition, join({name}, first | second)"
        )
    return following


def _combines(step: Node, name: str) -> bool:
    """Whether a combination of queries in a step reads the table that the step is of."""
    return any(
        isinstance(node, NamedTable) and node.table == name
        for combined in walk(step)
        if isinstance(combined, Compound)
        for node in walk(combined)
    )


_OF_THE_WHOLE = ("orders", "limit", "offset", "lock")


def named_once(known: tuple[CommonTable, ...], *more: tuple[CommonTable, ...]) -> tuple[CommonTable, ...]:
    """Common tables without those that are named already. Raises QueryError where two of one name are not the same."""
    found = {table.name: table for table in known}
    for tables in more:
        for table in tables:
            there = found.setdefault(table.name, table)
            if (there.shape, there.binds) != (table.shape, table.binds):
                raise QueryError(f"two common tables are called {table.name!r}: give one another name")
    return tuple(found.values())


def exists(query: "QueryCore[Any]") -> Exists:
    """Whether a query gives any row: `User.query().where(exists(Order.where(Order.user_id == User.id)))`."""
    if not isinstance(query, QueryCore):
        raise QueryError(f"exists takes a query, got {type(query).__name__}")
    clauses = query.clauses
    plain = not (
        clauses.columns or clauses.groups or clauses.having is not None or clauses.distinct or clauses.distinct_on
    )
    return Exists(query.as_statement((Text("1"),) if plain else ()))
