"""Functions and casts of SQLite."""

from typing import Any

from activerecord.sql.call import Function
from activerecord.sql.case import Quantified
from activerecord.sql.compiler.functions import Functions
from activerecord.sql.compiler.windows import WindowClauses
from activerecord.sql.expression import Arithmetic, Comparison, Expression
from activerecord.sql.grouping import GroupingSets
from activerecord.types import Boolean, Date, DateTime, Float, Integer, Numeric, Text, Time, Type, Unknown

__all__ = ["SQLiteFunctions"]

_DISTINCT = {"IS DISTINCT FROM": "IS NOT", "IS NOT DISTINCT FROM": "IS"}


class SQLiteFunctions(Functions, WindowClauses):
    """Functions by the names that SQLite has for them, and what it has none of."""

    def operator(self, comparison: Comparison) -> str:
        """`IS NOT`, which newer versions call IS DISTINCT FROM."""
        return _DISTINCT.get(comparison.operator, comparison.operator)

    def quotient(self, arithmetic: Arithmetic[Any]) -> str:
        """A Decimal that is stored as a whole number is divided as a decimal number all the same."""
        if not isinstance(self.type_of(arithmetic), Numeric):
            return super().quotient(arithmetic)
        return f"({self.operand(arithmetic.left)} * 1.0 / {self.operand(arithmetic.right)})"

    def remainder(self, arithmetic: Arithmetic[Any]) -> str:
        """`%` makes whole numbers of both sides, so others go without it."""
        if not isinstance(self.type_of(arithmetic), Numeric | Float):
            return super().remainder(arithmetic)
        left, left_again = self.operand_twice(arithmetic.left)
        whole = left_again()
        right, right_again = self.operand_twice(arithmetic.right)
        return f"({left} - CAST({whole} * 1.0 / {right} AS INTEGER) * {right_again()})"

    def converted(self, operand: Expression[Any], given: Type, wanted: Type) -> str:
        """`CAST(operand AS INTEGER)`, `date(operand)`; a number with a fraction is rounded."""
        text, again = self.operand_twice(operand)
        match wanted:
            case Integer() if isinstance(given, Float | Numeric):
                return f"CAST(round({text}) AS INTEGER)"
            case Integer() | Text() | Float() | Numeric():
                return f"CAST({text} AS {_NAMES[type(wanted)]})"
            case Boolean() if isinstance(given, Text | Unknown):
                return f"(CAST({text} AS NUMERIC) <> 0)"
            case Boolean():
                return f"({text} <> 0)"
            case Date():
                return f"date(substr({text}, 1, 19))"
            case DateTime():
                return f"(datetime(substr({text}, 1, 19)) || substr({again()}, 20))"
            case Time():
                return f"(time(substr({text}, 1, 19)) || replace(substr({again()}, 20, 7), '+00:00', ''))"
            case _:
                raise self.uncastable(wanted)

    def resulting(self, function: Function[Any], text: str) -> str:
        """The mean of spans, which are numbers of microseconds, as a whole number of them."""
        return f"CAST(round({text}) AS INTEGER)" if self.is_mean_span(function) else text

    def ordered(self, function: Function[Any]) -> str:
        """None: newer versions have it."""
        if function.orders:
            raise self.unsupported("order within an aggregate", "order the rows that it is taken of, in an inner query")
        return ""

    def visit_quantified(self, quantified: Quantified[Any]) -> str:
        """None."""
        raise self.unsupported(quantified.word, "compare with the query's fn.min(...) or fn.max(...), or use in_")

    def visit_groupingsets(self, groupings: GroupingSets) -> str:
        """None."""
        raise self.unsupported(groupings.kind, "take the union_all of a query for each grouping")

    def fn_grouping(self, function: Function[Any]) -> str:
        """None."""
        del function
        raise self.unsupported("GROUPING", "it goes with ROLLUP and its like, which there are none of either")

    def fn_string_agg(self, function: Function[Any]) -> str:
        """`group_concat(texts, separator)`."""
        if not function.distinct:
            return f"group_concat({', '.join(self.arguments(function))}{self.ordered(function)})"
        if function.written != ",":
            raise self.unsupported(
                "distinct texts joined by anything but a comma", "join them of a distinct query, in an outer one"
            )
        texts, separator = function.arguments
        text = self.visit(texts)
        self.leave_out(separator)
        return f"group_concat(DISTINCT {text}{self.ordered(function)})"

    def fn_greatest(self, function: Function[Any]) -> str:
        """`max(a, b)`."""
        return f"max({', '.join(self.arguments(function))})"

    def fn_least(self, function: Function[Any]) -> str:
        """`min(a, b)`."""
        return f"min({', '.join(self.arguments(function))})"

    def fn_random(self, function: Function[Any]) -> str:
        """Of the 64 random bits as many as a float has."""
        del function
        return "((random() & 9007199254740991) / 9007199254740992.0)"

    def fn_round(self, function: Function[Any]) -> str:
        """`round(number, digits)`, which makes a float of a whole number."""
        number, *digits = function.arguments
        if not isinstance(self.type_of(number), Integer):
            return f"round({', '.join(self.arguments(function))})"
        return f"({self.operand(number)}{''.join([f' + 0 * {self.visit(each)}' for each in digits])})"

    def fn_floor(self, function: Function[Any]) -> str:
        """A cast goes towards zero."""
        text, again = self.operand_twice(function.arguments[0])
        return f"(CAST({text} AS INTEGER) - ({again()} < CAST({again()} AS INTEGER)))"

    def fn_ceil(self, function: Function[Any]) -> str:
        """A cast goes towards zero."""
        text, again = self.operand_twice(function.arguments[0])
        return f"(CAST({text} AS INTEGER) + ({again()} > CAST({again()} AS INTEGER)))"


_NAMES: dict[type[Type], str] = {Integer: "INTEGER", Text: "TEXT", Float: "REAL", Numeric: "NUMERIC"}
