"""SQL's functions by name."""

from typing import Any, TypeVar

from activerecord.errors import NoSuchAttribute
from activerecord.sql.expression import Expression, operand_of
from activerecord.sql.node import binds_of, shapes_of
from activerecord.types import Integer, Type

__all__ = ["Function", "Functions", "NamedFunction", "fn"]

T_co = TypeVar("T_co", covariant=True)


class Function(Expression[T_co], parts=("arguments",)):
    """A function of SQL. `type` is what it gives; None for the type of its first argument."""

    __slots__ = ("arguments", "distinct", "name", "type")

    def __init__(
        self, name: str, arguments: tuple[Expression[Any], ...], *, distinct: bool = False, type: Type | None = None
    ) -> None:
        self.name = name
        self.arguments = arguments
        self.distinct = distinct
        self.type = type
        super().__init__(("fn", name, distinct, type, *shapes_of(arguments)), binds_of(arguments))


class Functions:
    """SQL's functions by name: `fn.lower(User.name)`, `fn.count()`. The name must be a plain identifier."""

    def __getattr__(self, name: str) -> "NamedFunction":
        if not (name.isidentifier() and name.isascii()) or name.startswith("_"):
            raise NoSuchAttribute(f"fn has no function {name!r}: the name of a function is a plain identifier")
        return NamedFunction(name.lower())


class NamedFunction:
    """A function of SQL that waits for its arguments."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, *arguments: Any, distinct: bool = False) -> Expression[Any]:
        """The function of these arguments; values are bound. `fn.count()` counts rows."""
        first: Expression[Any] | None = arguments[0] if arguments and self.name in _ALIKE else None
        like = first if isinstance(first, Expression) else None
        given = tuple([operand_of(argument, like) for argument in arguments])
        return Function(self.name, given, distinct=distinct, type=_RESULTS.get(self.name))


# What a function gives where that is not the type of its first argument.
_RESULTS: dict[str, Type] = {"count": Integer(), "length": Integer()}

# Functions whose arguments are all of one type, so that a value is stored as the first of them is.
_ALIKE = frozenset({"coalesce", "ifnull", "nullif"})


fn = Functions()
"""SQL's functions by name."""
