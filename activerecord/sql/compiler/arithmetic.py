"""Arithmetic: of numbers, of texts, of days and moments."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from activerecord.errors import QueryError
from activerecord.sql.compiler.expressions import Expressions
from activerecord.sql.expression import Arithmetic, Bind, Expression, Negative, Span
from activerecord.types import Date, DateTime, Float, Interval, Numeric, Text, Type, Unknown

__all__ = ["Sums", "widest"]


class Sums(Expressions):
    """The part of the compiler that computes."""

    def visit_arithmetic(self, arithmetic: Arithmetic[Any]) -> str:
        """`(left + right)`, or what the types of the two make of it."""
        left, operator, right = arithmetic.left, arithmetic.operator, arithmetic.right
        if self._is_joined(arithmetic):
            return self.joined([left, right])
        if self._is_shifted(arithmetic):
            return self.shifted(left, operator, right)
        if self._is_difference(arithmetic):
            return self.difference(left, right)
        if operator == "/":
            return self.quotient(arithmetic)
        return self.remainder(arithmetic) if operator == "%" else self.plain(arithmetic)

    def visit_negative(self, negative: Negative[Any]) -> str:
        """`(- operand)`: two signs side by side would begin a comment."""
        return f"(- {self.operand(negative.operand)})"

    def visit_span(self, span: Span) -> str:
        """A span of time as a value of its own."""
        if span.months is not None or span.rest is None:
            raise QueryError("months are of different lengths: add them to a day or a moment")
        return self.visit(span.rest)

    def plain(self, arithmetic: Arithmetic[Any], operator: str = "") -> str:
        """`(left + right)`."""
        left, right = self.operand(arithmetic.left), self.operand(arithmetic.right)
        return f"({left} {operator or arithmetic.operator} {right})"

    def joined(self, parts: "list[Expression[Any]]") -> str:
        """`(left || right)`."""
        return f"({' || '.join(map(self.free, parts))})"

    def quotient(self, arithmetic: Arithmetic[Any]) -> str:
        """`(left / right)`."""
        return self.plain(arithmetic)

    def remainder(self, arithmetic: Arithmetic[Any]) -> str:
        """`(left % right)`."""
        return self.plain(arithmetic)

    def shifted(self, moment: Expression[Any], operator: str, span: Expression[Any]) -> str:
        """A day or a moment so much later or earlier."""
        return f"({self.operand(moment)} {operator} {self.operand(span)})"

    def difference(self, left: Expression[Any], right: Expression[Any]) -> str:
        """The time from one day or moment to another."""
        return f"({self.operand(left)} - {self.operand(right)})"

    def _is_joined(self, arithmetic: Arithmetic[Any]) -> bool:
        operator = arithmetic.operator
        return operator == "||" or (operator == "+" and isinstance(self.type_of(arithmetic.left), Text))

    def _is_shifted(self, arithmetic: Arithmetic[Any]) -> bool:
        if arithmetic.operator not in "+-":
            return False
        left, right = self.type_of(arithmetic.left), arithmetic.right
        if isinstance(right, Span):
            return isinstance(left, Date | DateTime | Unknown)
        return isinstance(left, Date | DateTime) and isinstance(self.type_of(right), Interval)

    def _is_difference(self, arithmetic: Arithmetic[Any]) -> bool:
        sides = (arithmetic.left, arithmetic.right)
        return arithmetic.operator == "-" and all(isinstance(self.type_of(side), Date | DateTime) for side in sides)

    # types

    def type_of_arithmetic(self, arithmetic: Arithmetic[Any]) -> Type:
        """A decimal or floating-point number where one side is one, else that of the left side."""
        if isinstance(arithmetic.right, Span):
            return self.type_of(arithmetic.left)
        # a bind has the type of the other side, which is not to be found out twice at each level
        sides = [side for side in (arithmetic.left, arithmetic.right) if not isinstance(side, Bind)]
        types = [self.type_of(side) for side in sides or [arithmetic.left]]
        if arithmetic.operator == "||":
            return Text()
        if isinstance(types[0], Date | DateTime) and self._is_difference(arithmetic):
            return Interval()
        if isinstance(types[0], Interval) and isinstance(arithmetic.left, Bind):
            return self.type_of(arithmetic.left)
        return widest(types) or types[0]

    def type_of_negative(self, negative: Negative[Any]) -> Type:
        """A sign changes nothing."""
        return self.type_of(negative.operand)


def widest(types: Sequence[Type]) -> Type | None:
    """The kind of what is made of floats, or of decimal numbers, and others; None where there are none of either.

    What is made of decimal numbers may have more digits than the columns that they come from.
    """
    floats = [kind for kind in types if isinstance(kind, Float)]
    decimals = [replace(kind, precision=None) for kind in types if isinstance(kind, Numeric)]
    return next(iter(floats or decimals), None)
