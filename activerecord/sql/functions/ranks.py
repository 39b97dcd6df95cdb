"""Functions of the rows beside a row: they are of use with `.over(...)`."""

from typing import Any, TypeVar

from activerecord.sql.call import Function, called, counted
from activerecord.sql.expression import Bind, Expression, operand_of
from activerecord.types import Float, Integer

__all__ = ["Ranks"]

T = TypeVar("T")


class Ranks:
    """Functions of a row's place in its window."""

    def row_number(self) -> Function[int]:
        """The number of the row, from 1."""
        return called("row_number", type=Integer())

    def rank(self) -> Function[int]:
        """The number of the first row that is equal in the order."""
        return called("rank", type=Integer())

    def dense_rank(self) -> Function[int]:
        """The number of the group of rows that are equal in the order, from 1."""
        return called("dense_rank", type=Integer())

    def ntile(self, parts: int) -> Function[int]:
        """The number of the part that the row is in, of so many equal ones, from 1."""
        return called("ntile", counted(parts, "the number of parts", 1), type=Integer())

    def percent_rank(self) -> Function[float]:
        """The place of the row, from 0 for the first to 1 for the last."""
        return called("percent_rank", type=Float())

    def cume_dist(self) -> Function[float]:
        """The part of the rows that are no later in the order, up to 1."""
        return called("cume_dist", type=Float())

    def lag(
        self, column: "Expression[T]", offset: int = 1, default: "T | Expression[T] | None" = None
    ) -> "Function[T | None]":
        """The value `offset` rows before; where there is none NULL, or `default`, which MariaDB does not have."""
        return _beside("lag", column, offset, default)

    def lead(
        self, column: "Expression[T]", offset: int = 1, default: "T | Expression[T] | None" = None
    ) -> "Function[T | None]":
        """The value `offset` rows after; where there is none NULL, or `default`, which MariaDB does not have."""
        return _beside("lead", column, offset, default)

    def first_value(self, column: "Expression[T]") -> "Function[T | None]":
        """The value of the frame's first row."""
        return called("first_value", column)

    def last_value(self, column: "Expression[T]") -> "Function[T | None]":
        """The value of the frame's last row, which is the row itself unless a frame says otherwise."""
        return called("last_value", column)

    def nth_value(self, column: "Expression[T]", number: int) -> "Function[T | None]":
        """The value of the frame's row of this number, from 1."""
        return called("nth_value", column, counted(number, "the number of a row", 1))


def _beside(name: str, column: Expression[Any], offset: int, default: Any) -> Function[Any]:
    rest = () if default is None else (operand_of(default, column),)
    return Function(name, (column, Bind(counted(offset, "the distance of a row", 0)), *rest))
