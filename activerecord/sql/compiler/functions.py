"""Functions of SQL, alone or over a window, and the types of what they give."""

from collections.abc import Callable
from typing import Any

from activerecord.errors import QueryError
from activerecord.sql.call import Function
from activerecord.sql.compiler.arithmetic import Sums
from activerecord.sql.compiler.cases import Cases
from activerecord.sql.window import Over
from activerecord.types import Boolean, Float, Integer, Interval, Numeric, Type, Unknown

__all__ = ["Functions"]


class Functions(Cases, Sums):
    """The part of the compiler that writes functions.

    A function that is written in a way of its own has a method `fn_<name>`; the parts of all others go through
    `arguments`, `call` and `resulting`.
    """

    def visit_function(self, function: Function[Any]) -> str:
        """`name(arguments)`."""
        return self.resulting(function, self.filtered(function))

    def visit_over(self, over: Over[Any]) -> str:
        """`name(arguments) OVER (...)`."""
        function = over.function
        if not isinstance(function, Function):
            raise QueryError("only a function is taken over a window")
        if function.distinct:
            raise QueryError("no engine takes DISTINCT over a window: number the values in an inner query")
        call = self.filtered(function)
        window = over.window
        named = window.base is not None and window.is_named
        text = self.window(str(window.base)) if named else f"({self.visit(window)})"
        return self.resulting(function, f"{call} OVER {text}")

    def filtered(self, function: Function[Any]) -> str:
        """The call, and ` FILTER (WHERE condition)`."""
        call = self.called(function)
        return call if function.condition is None else f"{call} FILTER (WHERE {self.visit(function.condition)})"

    def called(self, function: Function[Any]) -> str:
        """The call alone."""
        written: Callable[[Function[Any]], str] | None = getattr(self, f"fn_{function.name}", None)
        if written is not None:
            return written(function)
        arguments = self.arguments(function)
        return self.call(function, arguments, self.ordered(function))

    def arguments(self, function: Function[Any]) -> list[str]:
        """The texts of the arguments."""
        if function.distinct and not function.arguments:
            raise QueryError(f"{function.name}(DISTINCT ...) needs a column")
        if function.name == "count" and len(function.arguments) > 1:
            self.check_count(function)
        return [self.visit(argument) for argument in function.arguments]

    def check_count(self, function: Function[Any]) -> None:
        """Raise for a count of several columns: which it is of is not said, unless it is of distinct rows of them."""
        if not function.distinct:
            raise QueryError("count takes one column; of several it counts the distinct rows: distinct=True")
        raise self.unsupported("count of distinct rows", "count the rows of select(...).distinct()")

    def ordered(self, function: Function[Any]) -> str:
        """` ORDER BY ...` within the call."""
        return self.clause(" ORDER BY ", *function.orders)

    def call(self, function: Function[Any], arguments: list[str], orders: str) -> str:
        """`name(DISTINCT arguments ORDER BY ...)`."""
        given = ", ".join(arguments) or ("*" if function.name == "count" else "")
        return f"{function.name}({'DISTINCT ' if function.distinct else ''}{given}{orders})"

    def resulting(self, function: Function[Any], text: str) -> str:
        """The whole of a call, as a value of its type."""
        del function
        return text

    def fn_ifnull(self, function: Function[Any]) -> str:
        """`coalesce`, which every engine has."""
        return f"coalesce({', '.join(self.arguments(function))})"

    def fn_concat(self, function: Function[Any]) -> str:
        """Texts joined, NULL where one is."""
        return self.joined(list(function.arguments))

    # types

    def type_of_over(self, over: Over[Any]) -> Type:
        """A window changes nothing."""
        return self.type_of(over.function)

    def type_of_function(self, function: Function[Any]) -> Type:
        """What it is known to give, or the type of its arguments where functions of its kind keep it."""
        if function.type is not None or not function.arguments:
            return function.type or Unknown()
        if function.name in _OF_ALL:
            return self.common(function.arguments)
        first = self.type_of(function.arguments[0])
        if function.name == "sum" and isinstance(first, Boolean):
            return Integer()
        if function.name != "avg":
            return first if function.name in _OF_FIRST else Unknown()
        return first if isinstance(first, Numeric | Interval) else Float()

    def is_mean_span(self, function: Function[Any]) -> bool:
        """Whether it is the mean of spans of time."""
        return function.name == "avg" and isinstance(self.type_of(function), Interval)


# Functions that give one of their arguments, which are all of one type.
_OF_ALL = frozenset({"coalesce", "greatest", "ifnull", "least"})

# Functions that give a value of the type of their first argument.
_OF_FIRST = frozenset(
    {"abs", "first_value", "lag", "last_value", "lead", "max", "min", "nth_value", "nullif", "round", "sum"}
)
