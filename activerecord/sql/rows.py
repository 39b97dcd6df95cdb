"""Several values taken together: `tuple_(Order.year, Order.number) > (2024, 17)`."""

from collections.abc import Sequence
from typing import Any, cast

from activerecord.errors import QueryError
from activerecord.sql.expression import Comparison, Condition, Expression, Nested, Not, Selectable, listed, operand_of
from activerecord.sql.node import Shape, binds_of, shapes_of
from activerecord.types import Boolean

__all__ = ["InRowQuery", "InRows", "Row", "row", "tuple_"]


class InRows(Expression[bool], parts=("operands",), gives=Boolean()):
    """Whether several values together are one of several rows, of which there is at least one.

    The values of one column, taken over all rows, are one bind.
    """

    __slots__ = ("operands", "rows")

    def __init__(self, operands: tuple[Expression[Any], ...], rows: "Sequence[Sequence[Any]]") -> None:
        self.operands = operands
        self.rows = len(rows)
        columns = tuple(zip(*rows, strict=True))
        shape: Shape = ("in rows", *shapes_of(operands))
        super().__init__(shape, binds_of(operands) + columns)


class InRowQuery(Expression[bool], parts=("row", "query"), gives=Boolean()):
    """Whether several values together are a row of a query."""

    __slots__ = ("query", "row")

    def __init__(self, row: "Row", query: Nested[Any]) -> None:
        self.row = row
        self.query = query
        super().__init__(("in row query", row.shape, query.shape), row.binds + query.binds)


class Row(Expression[Any], parts=("values",)):
    """Several values in parentheses, compared from the first to the last."""

    __slots__ = ("values",)

    def __init__(self, values: tuple[Expression[Any], ...]) -> None:
        self.values = values
        super().__init__(("row", *shapes_of(values)), binds_of(values))

    def __eq__(self, other: object) -> Condition:  # type: ignore[override]
        """`(a, b) = (c, d)`."""
        return self._compared("=", other)

    def __ne__(self, other: object) -> Condition:  # type: ignore[override]
        """`(a, b) <> (c, d)`."""
        return self._compared("<>", other)

    def __lt__(self, other: Any) -> Condition:
        """`(a, b) < (c, d)`."""
        return self._compared("<", other)

    def __le__(self, other: Any) -> Condition:
        """`(a, b) <= (c, d)`."""
        return self._compared("<=", other)

    def __gt__(self, other: Any) -> Condition:
        """`(a, b) > (c, d)`."""
        return self._compared(">", other)

    def __ge__(self, other: Any) -> Condition:
        """`(a, b) >= (c, d)`."""
        return self._compared(">=", other)

    def __hash__(self) -> int:
        return hash(self.shape)

    def in_(self, values: Any) -> Condition:
        """`(a, b) IN (...)` over tuples of as many values, none of them None, or a query of as many columns."""
        if isinstance(values, Selectable):
            return InRowQuery(self, values.as_row(len(self.values)))
        rows = [self._checked(given) for given in listed(values)]
        if not rows:
            raise QueryError("`tuple_(...).in_` takes one tuple at least")
        return InRows(self.values, rows)

    def not_in(self, values: Any) -> Condition:
        """`NOT ((a, b) IN (...))`."""
        return Not(self.in_(values))

    def _compared(self, operator: str, other: object) -> Condition:
        if isinstance(other, Row):
            self._count(other.values)
            return Comparison(operator, self, other)
        return Comparison(operator, self, row(self._checked(other), self.values))

    def _checked(self, given: object) -> Sequence[Any]:
        if not isinstance(given, tuple | list):
            raise QueryError(f"values taken together compare with a tuple of values, got {type(given).__name__}")
        values = cast("Sequence[Any]", given)
        self._count(values)
        if None in values:
            raise QueryError("a part of the tuple is None, which equals nothing and is less or greater than nothing")
        return values

    def _count(self, values: Sequence[Any]) -> None:
        if len(values) != len(self.values):
            raise QueryError(f"{len(self.values)} values taken together do not compare with {len(values)}")


def row(values: Sequence[Any], like: Sequence[Expression[Any]]) -> Row:
    """These values of the program as a row, each stored as its neighbour in `like` is."""
    return Row(tuple([operand_of(value, beside) for value, beside in zip(values, like, strict=True)]))


def tuple_(*values: Any) -> Row:
    """Several columns or values taken together, `tuple_(Order.year, Order.number) >= (2024, 17)`; also `.in_([...])`."""
    if not values:
        raise QueryError("tuple_ takes one value at least")
    return Row(tuple([operand_of(value, None) for value in values]))
