"""Aggregates: what many rows give together."""

import datetime as dt
from decimal import Decimal
from typing import Any, TypeVar

from activerecord.errors import QueryError
from activerecord.sql.call import Function, called
from activerecord.sql.expression import Expression
from activerecord.types import Integer

__all__ = ["Aggregates"]

T = TypeVar("T")
N = TypeVar("N", float, Decimal, dt.timedelta)


class Aggregates:
    """Functions of many rows. They pass over NULLs, and but for `count` give NULL where there is no value."""

    def count(self, *columns: Expression[Any], distinct: bool = False) -> Function[int]:
        """How many rows, or how many of them have a value there, or with `distinct` how many values.

        Of several columns it is how many distinct rows of them without a NULL, which only MySQL and MariaDB count.
        """
        return called("count", *_columns(*columns), distinct=distinct, type=Integer())

    def sum(self, column: "Expression[T]", *, distinct: bool = False) -> "Function[T | None]":
        """The sum, of the column's type."""
        return called("sum", *_columns(column), distinct=distinct)

    def min(self, column: "Expression[T]") -> "Function[T | None]":
        """The least value."""
        return called("min", *_columns(column))

    def max(self, column: "Expression[T]") -> "Function[T | None]":
        """The greatest value."""
        return called("max", *_columns(column))

    def avg(self, column: "Expression[N | None]", *, distinct: bool = False) -> "Function[N | None]":
        """The mean: a Decimal of Decimals, a timedelta of timedeltas, else a float."""
        return called("avg", *_columns(column), distinct=distinct)


def _columns(*given: Any) -> tuple[Any, ...]:
    """What is aggregated. A text would be a value, the same for every row, and never the column that it names."""
    if any(isinstance(each, str) for each in given):
        raise QueryError("an aggregate of `fn` takes a column, fn.sum(Order.total) or Order['total'], not its name")
    return given
