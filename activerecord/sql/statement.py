"""Statements: what is asked of the database as a whole."""

from collections.abc import Sequence
from typing import Any

from activerecord.sql.expression import Bind, Condition, Expression, Ordering, Reference
from activerecord.sql.node import Node, binds_of, shapes_of

__all__ = ["Delete", "Insert", "Join", "Select", "Source", "Subquery", "Update"]


class Source(Node):
    """A table that a statement reads or writes, under its own name or an alias."""

    __slots__ = ("alias", "schema", "table")

    def __init__(self, table: str, *, schema: str | None = None, alias: str | None = None) -> None:
        self.table = table
        self.schema = schema
        self.alias = alias
        super().__init__(("from", schema, table, alias))

    @property
    def name(self) -> str:
        """The name by which the statement's columns refer to this source."""
        return self.alias or self.table


class Join(Node):
    """A source joined to those before it. `kind` is INNER or LEFT."""

    __slots__ = ("condition", "kind", "source")

    def __init__(self, kind: str, source: Source, condition: Condition) -> None:
        self.kind = kind
        self.source = source
        self.condition = condition
        super().__init__((kind, source.shape, condition.shape), condition.binds)


class Select(Node):
    """Rows to read. Its clauses are in the order of the text, and so are its binds.

    `locked` asks for the rows as they are by now, whatever a transaction saw before, and has others wait to write them.
    """

    __slots__ = (
        "columns",
        "distinct",
        "groups",
        "having",
        "joins",
        "limit",
        "locked",
        "offset",
        "orders",
        "source",
        "where",
    )

    def __init__(
        self,
        columns: tuple[Expression[Any], ...],
        source: "Source | Subquery",
        *,
        joins: tuple[Join, ...] = (),
        where: Condition | None = None,
        groups: tuple[Expression[Any], ...] = (),
        having: Condition | None = None,
        orders: tuple[Ordering, ...] = (),
        limit: Bind[int] | None = None,
        offset: Bind[int] | None = None,
        distinct: bool = False,
        locked: bool = False,
    ) -> None:
        self.columns = columns
        self.source = source
        self.joins = joins
        self.where = where
        self.groups = groups
        self.having = having
        self.orders = orders
        self.limit = limit
        self.offset = offset
        self.distinct = distinct
        self.locked = locked
        super().__init__(
            (
                "select",
                distinct,
                locked,
                shapes_of(columns),
                source.shape,
                shapes_of(joins),
                None if where is None else where.shape,
                shapes_of(groups),
                None if having is None else having.shape,
                shapes_of(orders),
                limit is not None,
                offset is not None,
            ),
            binds_of((*columns, source, *joins, where, *groups, having, *orders, limit, offset)),
        )


class Subquery(Node):
    """A query that stands where a table could, under a name."""

    __slots__ = ("name", "query")

    def __init__(self, query: Select, name: str) -> None:
        self.query = query
        self.name = name
        super().__init__(("subquery", name, query.shape), query.binds)


class Insert(Node):
    """Rows to add. Every row has a value for every column; `returning` names the columns wanted back."""

    __slots__ = ("columns", "returning", "rows", "source")

    def __init__(
        self,
        source: Source,
        columns: tuple[str, ...],
        rows: Sequence[Sequence[Any]],
        *,
        returning: tuple[str, ...] = (),
    ) -> None:
        self.source = source
        self.columns = columns
        self.returning = returning
        self.rows = len(rows)
        super().__init__(
            ("insert", source.shape, columns, len(rows), returning),
            tuple([value for row in rows for value in row]),
        )


class Update(Node):
    """Rows to change. Each assignment is a column's name and the value it gets."""

    __slots__ = ("assignments", "returning", "source", "where")

    def __init__(
        self,
        source: Source,
        assignments: tuple[tuple[str, Expression[Any]], ...],
        where: Condition | None,
        *,
        returning: tuple[str, ...] = (),
    ) -> None:
        self.source = source
        self.assignments = assignments
        self.where = where
        self.returning = returning
        values = tuple([value for _, value in assignments])
        names = tuple([name for name, _ in assignments])
        super().__init__(
            ("update", source.shape, names, shapes_of(values), None if where is None else where.shape, returning),
            binds_of((*values, where)),
        )

    @classmethod
    def of_values(
        cls, source: Source, values: dict[str, Any], where: Condition, *, returning: tuple[str, ...] = ()
    ) -> "Update":
        """An update that sets columns to values of the program, each stored as its column is."""
        pairs = tuple([(name, Bind[Any](value, Reference(source.name, name))) for name, value in values.items()])
        return cls(source, pairs, where, returning=returning)


class Delete(Node):
    """Rows to remove."""

    __slots__ = ("source", "where")

    def __init__(self, source: Source, where: Condition | None) -> None:
        self.source = source
        self.where = where
        super().__init__(
            ("delete", source.shape, None if where is None else where.shape), () if where is None else where.binds
        )
