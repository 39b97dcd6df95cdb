"""Statements that add rows, and what becomes of a row whose key is taken."""

from collections.abc import Sequence
from typing import Any, TypeVar

from activerecord.errors import QueryError
from activerecord.sql.expression import Expression
from activerecord.sql.node import Node, binds_of, shapes_of
from activerecord.sql.reference import Reference
from activerecord.sql.statement import Source

__all__ = ["Conflict", "Excluded", "Insert", "InsertMany", "excluded"]

T = TypeVar("T")


class Insert(Node, parts=("source",)):
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


class Conflict(Node, parts=("values",)):
    """What becomes of a row of which the key, these columns, is taken: each name gets its value; with none, nothing happens."""

    __slots__ = ("columns", "names", "values")

    def __init__(self, columns: tuple[str, ...], assignments: Sequence[tuple[str, Expression[Any]]]) -> None:
        self.columns = columns
        self.names = tuple([name for name, _ in assignments])
        self.values = tuple([value for _, value in assignments])
        super().__init__(("conflict", columns, self.names, *shapes_of(self.values)), binds_of(self.values))


class InsertMany(Insert, parts=("source", "conflict")):
    """Rows to add, as many as there will be: one shape, and one compilation, whatever their number.

    Its own binds are those of the conflict; those of the rows are given to the compiled text (`Compiled.rows`). `types` are
    the engine's names of the columns' types where the rows are to come as a list a column.
    """

    __slots__ = ("conflict", "types")

    def __init__(
        self,
        source: Source,
        columns: tuple[str, ...],
        *,
        conflict: Conflict | None = None,
        returning: tuple[str, ...] = (),
        types: tuple[str, ...] = (),
    ) -> None:
        self.conflict = conflict
        self.types = types
        super().__init__(source, columns, (), returning=returning)
        self.shape = ("insert many", *self.shape, None if conflict is None else conflict.shape, types)
        self.binds = binds_of((conflict,))


class Excluded(Expression[T], parts=("column",)):
    """The value that was to be inserted, in what is done to the row that is there already."""

    __slots__ = ("column",)

    def __init__(self, column: Reference[T]) -> None:
        self.column = column
        super().__init__(("excluded", column.shape))


def excluded(column: Expression[T]) -> Expression[T]:
    """What an upsert was to insert into a column, where another row is there already.

    `Page.upsert_all(rows, update={"hits": Page.hits + excluded(Page.hits)})`:
    `excluded.hits` in SQL, `VALUES(hits)` in MariaDB's.
    """
    if not isinstance(column, Reference):
        raise QueryError(f"excluded takes a column, excluded(Page.hits), got {type(column).__name__}")
    return Excluded(column)
