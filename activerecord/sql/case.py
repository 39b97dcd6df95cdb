"""Values by condition, values of another type, and values of the program: `case`, `cast`, `value`."""

from collections.abc import Mapping
from typing import Any, TypeGuard, TypeVar, overload

from activerecord.errors import QueryError, UsageError
from activerecord.sql.expression import Bind, Expression, Nested, Selectable, is_expression, operand_of
from activerecord.sql.node import Shape, binds_of, shapes_of
from activerecord.sql.window import listed
from activerecord.types import Type, type_for

__all__ = ["Case", "Cast", "Quantified", "all_", "any_", "case", "cast", "value"]

T = TypeVar("T")
K = TypeVar("K")
T_co = TypeVar("T_co", covariant=True)


class Case(Expression[T_co], parts=("subject", "branches", "otherwise")):
    """The value of the first branch that fits. `branches` are what is asked and what is given, in turns."""

    __slots__ = ("branches", "otherwise", "subject")

    def __init__(
        self, subject: Expression[Any] | None, branches: tuple[Expression[Any], ...], otherwise: Expression[Any] | None
    ) -> None:
        self.subject = subject
        self.branches = branches
        self.otherwise = otherwise
        shape: Shape = (
            "case",
            None if subject is None else subject.shape,
            shapes_of(branches),
            None if otherwise is None else otherwise.shape,
        )
        super().__init__(shape, binds_of((subject, *branches, otherwise)))

    @property
    def values(self) -> tuple[Expression[Any], ...]:
        """All that it may give."""
        return self.branches[1::2] if self.otherwise is None else (*self.branches[1::2], self.otherwise)


class Cast(Expression[T_co], parts=("operand",)):
    """A value as one of another type."""

    __slots__ = ("operand", "type")

    def __init__(self, operand: Expression[Any], type: Type) -> None:
        self.operand = operand
        self.type = type
        super().__init__(("cast", type, operand.shape), operand.binds)


class Quantified(Expression[T_co], parts=("query",)):
    """Any or every row of a query, to compare with."""

    __slots__ = ("query", "word")

    def __init__(self, word: str, query: Nested[Any]) -> None:
        self.word = word
        self.query = query
        super().__init__((word, query.shape), query.binds)


@overload
def case(*branches: "tuple[Expression[bool | None], Expression[T]]", else_: Expression[T]) -> Expression[T]: ...
@overload
def case(*branches: "tuple[Expression[bool | None], Expression[T]]", else_: None = None) -> "Expression[T | None]": ...
@overload
def case(
    *branches: "tuple[Expression[bool | None], T | Expression[T]]", else_: "T | Expression[T]"
) -> Expression[T]: ...
@overload
def case(
    *branches: "tuple[Expression[bool | None], T | Expression[T]]", else_: None = None
) -> "Expression[T | None]": ...
@overload
def case(
    subject: Expression[K], values: "Mapping[K, T | Expression[T]]", /, *, else_: "T | Expression[T]"
) -> Expression[T]: ...
@overload
def case(
    subject: Expression[K], values: "Mapping[K, T | Expression[T]]", /, *, else_: None = None
) -> "Expression[T | None]": ...
def case(*branches: Any, else_: Any = None) -> Expression[Any]:
    """The value of the first condition that holds: `case((User.age < 18, "child"), else_="adult")`.

    Or by what a column is: `case(User.status, {"a": "active", "b": "blocked"}, else_="other")`. Without `else_` the rest
    is NULL. `CASE WHEN ... THEN ... ELSE ... END`.
    """
    first: object = branches[0] if branches else None
    subject = first if is_expression(first) else None
    pairs = [_branch(branch) for branch in branches] if subject is None else _by_value(branches[1:])
    if not pairs:
        raise QueryError("case needs a branch: case((condition, value), ...)")
    given = [found for _, found in pairs] + ([] if else_ is None else [else_])
    like = _first_typed(given)
    parts = [part for asked, found in pairs for part in (operand_of(asked, subject), operand_of(found, like))]
    return Case(subject, tuple(parts), None if else_ is None else operand_of(else_, like))


def _first_typed(given: list[Any]) -> Expression[Any] | None:
    """What tells the type of the values beside it."""
    return next((each for each in given if is_expression(each) and not isinstance(each, Bind)), None)


def _by_value(rest: tuple[Any, ...]) -> list[tuple[Any, Any]]:
    values = rest[0] if len(rest) == 1 else None
    if not _is_mapping(values):
        raise QueryError('case of a column takes a mapping: case(User.status, {"a": 1, "b": 2})')
    if None in values:
        raise QueryError("nothing equals NULL: ask for it first, case((column.is_null(), value), ...)")
    return list(values.items())


def _is_mapping(given: object) -> TypeGuard[Mapping[Any, Any]]:
    return isinstance(given, Mapping)


def _branch(given: object) -> tuple[Expression[Any], Any]:
    parts = listed(given if isinstance(given, tuple) else ())
    asked: object = parts[0] if len(parts) == 2 else None
    if not is_expression(asked):
        raise QueryError("a branch of case is a condition and a value: case((User.age < 18, 'child'), ...)")
    return asked, parts[1]


@overload
def cast(given: Any, to: type[T]) -> Expression[T]: ...
@overload
def cast(given: Any, to: Type) -> Expression[Any]: ...
def cast(given: Any, to: Any) -> Expression[Any]:
    """A value as one of another type, `cast(User.code, int)`, by a Python type or a Type: `CAST(... AS BIGINT)`.

    Text that tells no such value is an error on PostgreSQL, and zero or NULL on other engines. NULL stays NULL.
    """
    if isinstance(to, Type):
        return Cast(operand_of(given, None), to)
    try:
        return Cast(operand_of(given, None), type_for(to)[0])
    except UsageError as error:
        raise QueryError(f"cast: {error}") from None


def value(given: T) -> Expression[T]:
    """A value of the program as an expression, to be selected or begun with: `value(1) - User.share`. It is bound."""
    return Bind(given)


def any_(query: Selectable) -> Expression[Any]:
    """Any row of a query of one column, to compare with: `User.age > ANY (SELECT ...)`. SQLite raises NotSupported."""
    return Quantified("ANY", _nested("any_", query))


def all_(query: Selectable) -> Expression[Any]:
    """Every row of a query of one column, to compare with: `User.age >= ALL (SELECT ...)`. SQLite raises NotSupported."""
    return Quantified("ALL", _nested("all_", query))


def _nested(word: str, query: object) -> Nested[Any]:
    if not isinstance(query, Selectable):
        raise QueryError(f"{word} takes a query, got {type(query).__name__}")
    return query.as_value()
