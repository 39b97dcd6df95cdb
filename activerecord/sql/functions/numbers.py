"""Functions of numbers."""

from decimal import Decimal
from typing import Any, TypeVar

from activerecord.errors import QueryError
from activerecord.sql.call import Function, called
from activerecord.sql.expression import Expression
from activerecord.types import Float, Integer

__all__ = ["Numbers"]

N = TypeVar("N", bound="int | float | Decimal | None")


class Numbers:
    """Functions of numbers. NULL gives NULL."""

    def abs(self, number: "N | Expression[N]") -> Function[N]:
        """Without its sign."""
        return called("abs", number)

    def round(self, number: "N | Expression[N]", digits: int = 0) -> Function[N]:
        """Rounded to so many places after the point, zero or more; a half goes away from zero, on PostgreSQL not that of a float."""
        if not isinstance(digits, int) or isinstance(digits, bool) or not 0 <= digits <= 30:
            raise QueryError("round takes a number of places, from 0 to 30")
        return called("round", number, *((digits,) if digits else ()))

    def floor(self, number: "Expression[Any]") -> Function[int]:
        """The greatest whole number that is no greater."""
        return called("floor", number, type=Integer())

    def ceil(self, number: "Expression[Any]") -> Function[int]:
        """The least whole number that is no less."""
        return called("ceil", number, type=Integer())

    def random(self) -> Function[float]:
        """A number from 0 up to 1, another for each row: `order_by(fn.random())`."""
        return called("random", type=Float())
