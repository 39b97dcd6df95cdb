"""Statements: what is asked of the database as a whole."""

from dataclasses import dataclass
from typing import Any, TypeAlias

from activerecord.sql.expression import Bind, Condition, Expression, Ordering
from activerecord.sql.node import Node, Shape, binds_of, shapes_of
from activerecord.sql.reference import Reference

__all__ = [
    "CommonTable",
    "Compound",
    "Delete",
    "FromItem",
    "Join",
    "Lock",
    "NamedTable",
    "Rows",
    "Select",
    "Source",
    "Subquery",
    "Update",
]


class Source(Node):
    """A table that a statement reads or writes, under its own name or an alias.

    `of` is whoever knows its columns, told apart by a `serial` number: statements of one shape are asked of the same.
    """

    __slots__ = ("alias", "of", "schema", "table")

    def __init__(self, table: str, *, schema: str | None = None, alias: str | None = None, of: Any = None) -> None:
        self.table = table
        self.schema = schema
        self.alias = alias
        self.of = of
        super().__init__(("from", schema, table, alias, getattr(of, "serial", None)))

    @property
    def name(self) -> str:
        """The name by which the statement's columns refer to this source."""
        return self.alias or self.table


class Subquery(Node, parts=("query",)):
    """A query that stands where a table could, under a name. A `lateral` one may name the sources before it."""

    __slots__ = ("lateral", "name", "query")

    def __init__(self, query: "Rows", name: str, *, lateral: bool = False) -> None:
        self.query = query
        self.name = name
        self.lateral = lateral
        super().__init__(("subquery", name, lateral, query.shape), query.binds)


class CommonTable(Node, parts=("query", "step")):
    """A query that the statement names beforehand: `WITH name AS (query)`.

    `columns` are the names of its columns where they are not the query's own. `step` is what a recursive one adds to the
    rows of `query`, again and again until it adds none; `distinct` leaves out the rows that were there already.
    `materialized` says whether its rows are to be made once, or the query to be put where it is named.
    """

    __slots__ = ("columns", "distinct", "materialized", "name", "query", "step")

    def __init__(
        self,
        name: str,
        query: Node,
        *,
        columns: tuple[str, ...] = (),
        step: "Rows | None" = None,
        distinct: bool = False,
        materialized: bool | None = None,
    ) -> None:
        self.name = name
        self.query = query
        self.columns = columns
        self.step = step
        self.distinct = distinct
        self.materialized = materialized
        shape: Shape = (
            "with",
            name,
            columns,
            distinct,
            materialized,
            query.shape,
            None if step is None else step.shape,
        )
        super().__init__(shape, binds_of((query, step)))


class NamedTable(Node):
    """A common table where it is read, under its own name or an alias."""

    __slots__ = ("alias", "table")

    def __init__(self, table: str, alias: str | None = None) -> None:
        self.table = table
        self.alias = alias
        super().__init__(("named", table, alias))

    @property
    def name(self) -> str:
        """The name by which the statement's columns refer to it."""
        return self.alias or self.table


FromItem: TypeAlias = Source | Subquery | NamedTable


class Join(Node, parts=("source", "condition")):
    """A source joined to those before it. `kind` is INNER, LEFT, RIGHT, FULL or CROSS; only a CROSS one has no condition."""

    __slots__ = ("condition", "kind", "source")

    def __init__(self, kind: str, source: FromItem, condition: Condition | None) -> None:
        self.kind = kind
        self.source = source
        self.condition = condition
        super().__init__(
            (kind, source.shape, None if condition is None else condition.shape), binds_of((source, condition))
        )


@dataclass(frozen=True, slots=True)
class Lock:
    """What others may not do to the rows that are read, until the transaction ends.

    `shared`: write them, else lock them themselves either. `of` names the sources whose rows are meant, all if none.
    Where a row is locked already, `nowait` fails and `skip_locked` leaves it out. One that `keeps_keys` lets others write foreign
    keys to the rows, where the engine tells that apart.
    """

    shared: bool = False
    of: tuple[str, ...] = ()
    nowait: bool = False
    skip_locked: bool = False
    keeps_keys: bool = False


class Select(
    Node,
    parts=(
        "tables",
        "distinct_on",
        "columns",
        "source",
        "joins",
        "where",
        "groups",
        "having",
        "windows",
        "orders",
        "limit",
        "offset",
    ),
):
    """Rows to read.

    `lock` asks for the rows as they are by now, whatever a transaction saw before. `windows` are those with a name,
    `hints` go to the optimizer, `comments` to whoever reads the server's logs.
    """

    __slots__ = (
        "columns",
        "comments",
        "distinct",
        "distinct_on",
        "groups",
        "having",
        "hints",
        "joins",
        "limit",
        "lock",
        "offset",
        "orders",
        "source",
        "tables",
        "where",
        "windows",
    )

    def __init__(
        self,
        columns: tuple[Expression[Any], ...],
        source: FromItem,
        *,
        tables: tuple[CommonTable, ...] = (),
        joins: tuple[Join, ...] = (),
        where: Condition | None = None,
        groups: tuple[Expression[Any], ...] = (),
        having: Condition | None = None,
        windows: tuple[Node, ...] = (),
        orders: tuple[Ordering, ...] = (),
        limit: Bind[int] | None = None,
        offset: Bind[int] | None = None,
        distinct: bool = False,
        distinct_on: tuple[Expression[Any], ...] = (),
        lock: Lock | None = None,
        hints: tuple[str, ...] = (),
        comments: tuple[str, ...] = (),
    ) -> None:
        self.columns = columns
        self.source = source
        self.tables = tables
        self.joins = joins
        self.where = where
        self.groups = groups
        self.having = having
        self.windows = windows
        self.orders = orders
        self.limit = limit
        self.offset = offset
        self.distinct = distinct
        self.distinct_on = distinct_on
        self.lock = lock
        self.hints = hints
        self.comments = comments
        # most are empty, and every query of a program passes here
        super().__init__(
            (
                "select",
                distinct,
                lock,
                hints,
                comments,
                shapes_of(tables) if tables else (),
                shapes_of(distinct_on) if distinct_on else (),
                shapes_of(columns),
                source.shape,
                shapes_of(joins) if joins else (),
                None if where is None else where.shape,
                shapes_of(groups) if groups else (),
                None if having is None else having.shape,
                shapes_of(windows) if windows else (),
                shapes_of(orders) if orders else (),
                limit is not None,
                offset is not None,
            ),
            binds_of(
                (
                    *tables,
                    *distinct_on,
                    *columns,
                    source,
                    *joins,
                    where,
                    *groups,
                    having,
                    *windows,
                    *orders,
                    limit,
                    offset,
                )
            ),
        )


class Compound(Node, parts=("left", "right")):
    """The rows of two queries taken together: UNION, INTERSECT or EXCEPT, each once or, with `all`, as often as they come."""

    __slots__ = ("every", "left", "operator", "right")

    def __init__(self, operator: str, left: "Rows", right: "Rows", *, every: bool) -> None:
        self.operator = operator
        self.left = left
        self.right = right
        self.every = every
        super().__init__(("compound", operator, every, left.shape, right.shape), left.binds + right.binds)


Rows: TypeAlias = Select | Compound


class Update(Node, parts=("tables", "source", "values", "where")):
    """Rows to change. Each assignment is a column's name and the value it gets."""

    __slots__ = ("comments", "names", "returning", "source", "tables", "values", "where")

    def __init__(
        self,
        source: Source,
        assignments: tuple[tuple[str, Expression[Any]], ...],
        where: Condition | None,
        *,
        returning: tuple[str, ...] = (),
        tables: tuple[CommonTable, ...] = (),
        comments: tuple[str, ...] = (),
    ) -> None:
        self.comments = comments
        self.source = source
        self.names = tuple([name for name, _ in assignments])
        self.values = tuple([value for _, value in assignments])
        self.where = where
        self.returning = returning
        self.tables = tables
        super().__init__(
            (
                "update",
                shapes_of(tables),
                source.shape,
                self.names,
                shapes_of(self.values),
                None if where is None else where.shape,
                returning,
                comments,
            ),
            binds_of((*tables, *self.values, where)),
        )

    @classmethod
    def of_values(
        cls, source: Source, values: dict[str, Any], where: Condition, *, returning: tuple[str, ...] = ()
    ) -> "Update":
        """An update that sets columns to values of the program, each stored as its column is."""
        pairs = tuple([(name, Bind[Any](value, Reference(source.name, name))) for name, value in values.items()])
        return cls(source, pairs, where, returning=returning)


class Delete(Node, parts=("tables", "source", "where")):
    """Rows to remove; `returning` names the columns of them that are wanted back."""

    __slots__ = ("comments", "returning", "source", "tables", "where")

    def __init__(
        self,
        source: Source,
        where: Condition | None,
        *,
        returning: tuple[str, ...] = (),
        tables: tuple[CommonTable, ...] = (),
        comments: tuple[str, ...] = (),
    ) -> None:
        self.comments = comments
        self.source = source
        self.where = where
        self.returning = returning
        self.tables = tables
        super().__init__(
            ("delete", shapes_of(tables), source.shape, None if where is None else where.shape, returning, comments),
            binds_of((*tables, where)),
        )
