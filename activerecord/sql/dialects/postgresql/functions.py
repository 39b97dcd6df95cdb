"""Functions and casts of PostgreSQL, whose aggregates have types of their own."""

from typing import Any

from activerecord.sql.call import Function
from activerecord.sql.compiler.expressions import like
from activerecord.sql.compiler.functions import Functions
from activerecord.sql.compiler.windows import WindowClauses
from activerecord.sql.expression import Arithmetic, Bind, Expression, Like
from activerecord.types import Boolean, Date, DateTime, Float, Integer, Interval, Numeric, Text, Time, Type, Unknown

__all__ = ["PostgreSQLFunctions"]

# Functions that take values of any type, so that the server cannot tell what a bind among them is.
_TAKE_ANYTHING = frozenset(
    "concat_ws format json_build_array json_build_object jsonb_build_array jsonb_build_object num_nonnulls "
    "num_nulls pg_typeof quote_literal quote_nullable to_json to_jsonb".split()
)


class PostgreSQLFunctions(Functions, WindowClauses):
    """Functions of PostgreSQL, whose sums and means are of other types than what they are taken of."""

    def visit_like(self, condition: Like) -> str:
        """`operand ILIKE pattern` where the case of letters means nothing."""
        word = like(condition).replace("LIKE", "ILIKE") if condition.folded else like(condition)
        return f"{self.operand(condition.operand)} {word} {self.visit(condition.pattern)} ESCAPE '\\'"

    def joined(self, parts: list[Expression[Any]]) -> str:
        """`(left || right)`, where all but texts are made texts."""
        return f"({' || '.join(map(self._text, parts))})"

    def _text(self, part: Expression[Any]) -> str:
        if isinstance(part, Bind) and part.typed_as is not None:
            return self.visit(part)
        text = self.free(part)
        return text if isinstance(self.type_of(part), Text) else f"{text}::text"

    def remainder(self, arithmetic: Arithmetic[Any]) -> str:
        """`%`, which there is none of for floats: they are made decimal numbers."""
        if not isinstance(self.type_of(arithmetic), Float):
            return super().remainder(arithmetic)
        left, right = self.free(arithmetic.left), self.free(arithmetic.right)
        return f"({left}::numeric % {right}::numeric)::double precision"

    def converted(self, operand: Expression[Any], given: Type, wanted: Type) -> str:
        """`CAST(operand AS BIGINT)`; truth by way of a number, and moments with a zone in UTC."""
        text = self.free(operand)
        if isinstance(wanted, Boolean) and isinstance(given, _NUMBERS):
            return f"({text} <> 0)"
        if isinstance(given, Boolean) and isinstance(wanted, _NUMBERS):
            text = f"CAST({text} AS INTEGER)"
        if isinstance(given, DateTime) and given.zone and isinstance(wanted, Date | DateTime | Time | Text):
            text = f"({text} AT TIME ZONE 'UTC')"
        if isinstance(wanted, DateTime) and wanted.zone and isinstance(given, Date | DateTime):
            return f"(CAST({text} AS TIMESTAMP) AT TIME ZONE 'UTC')"
        return f"CAST({text} AS {self.dialect.codec(wanted).ddl})"

    def arguments(self, function: Function[Any]) -> list[str]:
        """With the types of values where the server cannot know them; booleans as numbers where they are added."""
        if function.name in _TAKE_ANYTHING:
            return [self.free(argument) for argument in function.arguments]
        texts = super().arguments(function)
        if function.name in ("sum", "avg") and self._is_of(function, Boolean):
            return [f"({texts[0]})::integer"]
        return texts

    def call(self, function: Function[Any], arguments: list[str], orders: str) -> str:
        """The extremes of booleans have names of their own."""
        name = _OF_BOOLEANS.get(function.name) if self._is_of(function, Boolean) else None
        if name is None:
            return super().call(function, arguments, orders)
        return f"{name}({'DISTINCT ' if function.distinct else ''}{', '.join(arguments)})"

    def resulting(self, function: Function[Any], text: str) -> str:
        """The sum of BIGINT is NUMERIC, and so is the mean of whole numbers."""
        if function.name == "sum" and self._is_of(function, Integer):
            return f"{text}::bigint"
        if function.name == "avg" and function.arguments and not self._is_of(function, Numeric, Interval, Unknown):
            return f"{text}::double precision"
        return text

    def _is_of(self, function: Function[Any], *types: type[Type]) -> bool:
        return len(function.arguments) == 1 and isinstance(self.type_of(function.arguments[0]), types)

    def fn_string_agg(self, function: Function[Any]) -> str:
        """`string_agg(text, separator ORDER BY ...)`."""
        texts, separator = function.arguments
        distinct = "DISTINCT " if function.distinct else ""
        return f"string_agg({distinct}{self._text(texts)}, {self._text(separator)}{self.ordered(function)})"

    def fn_round(self, function: Function[Any]) -> str:
        """A float has no digits to be rounded to, a decimal number has."""
        number, *digits = function.arguments
        if not digits or not isinstance(self.type_of(number), Float):
            return f"round({', '.join(self.arguments(function))})"
        return f"round({self.free(number)}::numeric, {self.visit(digits[0])})::double precision"

    def fn_floor(self, function: Function[Any]) -> str:
        """As a whole number."""
        return f"floor({self.free(function.arguments[0])})::bigint"

    def fn_ceil(self, function: Function[Any]) -> str:
        """As a whole number."""
        return f"ceil({self.free(function.arguments[0])})::bigint"

    def distance(self, span: Expression[Any]) -> str:
        """A span of time in a frame."""
        return self.visit(span)


_NUMBERS = Integer | Numeric | Float

# There are no extremes of booleans.
_OF_BOOLEANS = {"min": "bool_and", "max": "bool_or"}
