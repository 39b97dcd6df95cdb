"""Functions of SQL, and the types of what they give."""

from typing import Any

from activerecord.errors import QueryError
from activerecord.sql.compiler.writer import Writer
from activerecord.sql.function import Function
from activerecord.types import Boolean, Float, Integer, Numeric, Type, Unknown

__all__ = ["Functions"]


class Functions(Writer):
    """The part of the compiler that writes functions."""

    def visit_function(self, function: Function[Any]) -> str:
        """`name(arguments)`."""
        arguments = self.visit_all(function.arguments) or ("*" if function.name == "count" else "")
        if function.distinct and not function.arguments:
            raise QueryError(f"{function.name}(DISTINCT ...) needs a column")
        return f"{function.name}({'DISTINCT ' if function.distinct else ''}{arguments})"

    def type_of_function(self, function: Function[Any]) -> Type:
        """What it is known to give, or the type of its first argument where functions of its kind keep it."""
        if function.type is not None or not function.arguments:
            return function.type or Unknown()
        first = self.type_of(function.arguments[0])
        if function.name == "sum" and isinstance(first, Boolean):
            return Integer()
        if function.name != "avg":
            return first if function.name in _SAME_TYPE else Unknown()
        return first if isinstance(first, Numeric) else Float()


# Functions that give a value of the type of their first argument.
_SAME_TYPE = frozenset({"coalesce", "ifnull", "nullif", "min", "max", "sum"})
