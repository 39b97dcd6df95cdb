"""Aggregates: what many rows give together."""

from decimal import Decimal
from typing import Any, TypeVar

from activerecord.sql.call import Function, called
from activerecord.sql.expression import Expression
from activerecord.types import Integer

__all__ = ["Aggregates"]

T = TypeVar("T")
N = TypeVar("N", float, Decimal)


class Aggregates:
    """Functions of many rows. They pass over NULLs, and but for `count` give NULL where there is no value."""

    def count(self, *columns: Expression[Any], distinct: bool = False) -> Function[int]:
        """How many rows, or how many of them have a value there, or with `distinct` how many values."""
        return called("count", *columns, distinct=distinct, type=Integer())

    def sum(self, column: "Expression[T]", *, distinct: bool = False) -> "Function[T | None]":
        """The sum, of the column's type."""
        return called("sum", column, distinct=distinct)

    def min(self, column: "Expression[T]") -> "Function[T | None]":
        """The least value."""
        return called("min", column)

    def max(self, column: "Expression[T]") -> "Function[T | None]":
        """The greatest value."""
        return called("max", column)

    def avg(self, column: "Expression[N | None]", *, distinct: bool = False) -> "Function[N | None]":
        """The mean: a Decimal of Decimals, else a float."""
        return called("avg", column, distinct=distinct)
