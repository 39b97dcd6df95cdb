"""Functions and casts of MariaDB, and what MySQL has besides."""

from typing import Any

from activerecord.sql.call import Function
from activerecord.sql.compiler.expressions import like
from activerecord.sql.compiler.functions import Functions
from activerecord.sql.compiler.windows import WindowClauses
from activerecord.sql.expression import Arithmetic, Comparison, Expression, Like
from activerecord.sql.window import Frame
from activerecord.types import (
    Binary,
    Boolean,
    Date,
    DateTime,
    Enumeration,
    Float,
    Integer,
    Numeric,
    Text,
    Time,
    Type,
    Uuid,
)

__all__ = ["MariaDBFunctions", "MySQLFunctions"]

# Aggregates that pass over NULLs, so that what does not fit can be made NULL.
_PASS_OVER_NULL = frozenset(
    "avg bit_and bit_or bit_xor count max min std stddev stddev_pop stddev_samp string_agg sum var_pop var_samp variance".split()
)

# Functions of numbers that give others than they were given.
_COMPUTE = frozenset({"round", "sum"})


def _double(kind: Type) -> Type:
    return Float() if isinstance(kind, Float) else kind


class MariaDBFunctions(Functions, WindowClauses):
    """Functions by the names that MariaDB has for them, and what it has none of."""

    def visit_comparison(self, comparison: Comparison) -> str:
        """`left <=> right`: equal, or both NULL."""
        if "DISTINCT" not in comparison.operator:
            return super().visit_comparison(comparison)
        equal = f"{self.operand(comparison.left)} <=> {self.operand(comparison.right)}"
        return f"NOT ({equal})" if comparison.operator == "IS DISTINCT FROM" else equal

    def visit_like(self, condition: Like) -> str:
        r"""`operand LIKE pattern ESCAPE '\\\\'`: a backslash in quotes is written twice; in small letters both, where case means nothing."""
        operand, pattern = self.operand(condition.operand), self.visit(condition.pattern)
        if condition.folded:
            operand, pattern = f"LOWER({operand})", f"LOWER({pattern})"
        return f"{operand} {like(condition)} {pattern} ESCAPE '\\\\'"

    def joined(self, parts: list[Expression[Any]]) -> str:
        """`CONCAT(left, right)`."""
        return f"CONCAT({self.visit_all(parts)})"

    def quotient(self, arithmetic: Arithmetic[Any]) -> str:
        """Whole numbers are divided by DIV."""
        return self.plain(arithmetic, "DIV" if isinstance(self.type_of(arithmetic), Integer) else "/")

    def type_of_arithmetic(self, arithmetic: Arithmetic[Any]) -> Type:
        """Floats are computed in 64 bits, whatever their columns have."""
        return _double(super().type_of_arithmetic(arithmetic))

    def type_of_function(self, function: Function[Any]) -> Type:
        """As arithmetic, where a function computes."""
        kind = super().type_of_function(function)
        return _double(kind) if function.name in _COMPUTE else kind

    def converted(self, operand: Expression[Any], given: Type, wanted: Type) -> str:
        """`CAST(operand AS SIGNED)`."""
        del given
        text = self.operand(operand)
        if isinstance(wanted, Boolean):
            return f"({text} <> 0)"
        if isinstance(wanted, Integer) and not wanted.signed:
            return f"CAST({text} AS UNSIGNED)"
        name = self.dialect.codec(wanted).ddl if isinstance(wanted, Numeric) else _NAMES.get(type(wanted))
        if name is None:
            raise self.uncastable(wanted)
        return f"CAST({text} AS {name})"

    def filtered(self, function: Function[Any]) -> str:
        """`count(CASE WHEN condition THEN 1 END)`: there is no FILTER."""
        if function.condition is None:
            return self.called(function)
        if function.name not in _PASS_OVER_NULL:
            raise self.unsupported(f"FILTER for {function.name}", "take it of a query with that condition")
        place = self.place()
        first, *rest = self.arguments(function) or ["1"]
        orders = self.ordered(function)
        condition = self.visit_before(place, function.condition)
        return self.call(function, [f"CASE WHEN {condition} THEN {first} END", *rest], orders)

    def ordered(self, function: Function[Any]) -> str:
        """Only texts are joined in an order."""
        if function.orders and function.name != "string_agg":
            raise self.unsupported(f"order within {function.name}", "order the rows that it is taken of")
        return super().ordered(function)

    def arguments(self, function: Function[Any]) -> list[str]:
        """The separator of texts stands in the text of the statement."""
        if function.name != "string_agg":
            return super().arguments(function)
        texts, separator = function.arguments
        given = [self.visit(texts)]
        self.leave_out(separator)
        return given

    def call(self, function: Function[Any], arguments: list[str], orders: str) -> str:
        """`GROUP_CONCAT(texts ORDER BY ... SEPARATOR 0x2C)`."""
        if function.name != "string_agg":
            return super().call(function, arguments, orders)
        distinct = "DISTINCT " if function.distinct else ""
        # a literal is all that it takes: in hexadecimal digits it has nothing to escape from
        separator = f"0x{function.written.encode().hex()}" if function.written else "''"
        return f"GROUP_CONCAT({distinct}{arguments[0]}{orders} SEPARATOR {separator})"

    def check_count(self, function: Function[Any]) -> None:
        """Of distinct rows without a NULL."""
        if not function.distinct:
            super().check_count(function)

    def resulting(self, function: Function[Any], text: str) -> str:
        """The mean of spans, which are numbers of microseconds, as a whole number of them."""
        return f"CAST(ROUND({text}) AS SIGNED)" if self.is_mean_span(function) else text

    def visit_frame(self, frame: Frame) -> str:
        """By rows and ranges, with nothing left out."""
        if frame.unit == "GROUPS":
            raise self.unsupported("frames in GROUPS", "number the groups, fn.dense_rank(), and frame by that number")
        if frame.exclude:
            raise self.unsupported("EXCLUDE in a frame", "subtract the row itself from the sum over all")
        return super().visit_frame(frame)

    def fn_grouping(self, function: Function[Any]) -> str:
        """None."""
        del function
        raise self.unsupported("GROUPING", "NULL in the column tells the rows that take all of its values together")

    def fn_lag(self, function: Function[Any]) -> str:
        """Without a default."""
        if len(function.arguments) > 2:
            raise self.unsupported(
                "default for lag and lead", "fn.coalesce(...) around it, where the column is not NULL"
            )
        return f"{function.name}({self.visit_all(function.arguments)})"

    fn_lead = fn_lag

    def fn_length(self, function: Function[Any]) -> str:
        """`length` counts characters on other engines, and bytes here."""
        return f"char_length({self.visit_all(function.arguments)})"

    def fn_random(self, function: Function[Any]) -> str:
        """`rand()`."""
        del function
        return "rand()"

    def fn_floor(self, function: Function[Any]) -> str:
        """As a whole number."""
        return f"CAST(FLOOR({self.visit_all(function.arguments)}) AS SIGNED)"

    def fn_ceil(self, function: Function[Any]) -> str:
        """As a whole number."""
        return f"CAST(CEIL({self.visit_all(function.arguments)}) AS SIGNED)"


_NAMES: dict[type[Type], str] = {
    Integer: "SIGNED",
    Text: "CHAR",
    Enumeration: "CHAR",
    Uuid: "CHAR",
    Binary: "BINARY",
    Float: "DOUBLE",
    Date: "DATE",
    Time: "TIME(6)",
    DateTime: "DATETIME(6)",
}


class MySQLFunctions(MariaDBFunctions):
    """MariaDB's, and more."""

    def distance(self, span: Expression[Any]) -> str:
        """A span of time in a frame."""
        return f"INTERVAL {self.visit(span)} MICROSECOND"

    def fn_grouping(self, function: Function[Any]) -> str:
        """`grouping(column)`."""
        return f"grouping({self.visit_all(function.arguments)})"

    def fn_lag(self, function: Function[Any]) -> str:
        """With a default too."""
        return f"{function.name}({self.visit_all(function.arguments)})"

    fn_lead = fn_lag
