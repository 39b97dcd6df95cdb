"""Conditions: which rows a query is after."""

from collections.abc import Iterable, Mapping
from typing import Any, Self, TypeVar, cast

from activerecord.errors import QueryError
from activerecord.query.clauses import QueryCore
from activerecord.sql.expression import Condition, Expression, Not, Selectable, all_of, any_of
from activerecord.sql.node import PLAIN
from activerecord.sql.reference import Reference
from activerecord.sql.text import text_of
from activerecord.types import Array, Json

__all__ = ["Conditions"]

R = TypeVar("R")

# What gives a choice of values.
_LISTS = (list, tuple, set, frozenset, range, Selectable)


class Conditions(QueryCore[R]):
    """The verbs that narrow a query."""

    __slots__ = ()

    def where(self, /, *conditions: Any, **equals: Any) -> Self:
        """The rows that also fit these conditions.

        `where(User.age > 18)`, `where(status="active")`, `where({"status": ["new", "paid"]})`,
        `where("age > ?", 18)`, `where("age > :age", age=18)`: `... WHERE ("users"."age" > ?)`. A list asks for any of its
        values, None for NULL. Raises WrongBinds and QueryError.
        """
        return self._told(where=all_of(self._clauses.where, self._condition(conditions, equals)))

    def where_not(self, /, *conditions: Any, **equals: Any) -> Self:
        """The rows that do not fit these conditions, given as to `where`: `... WHERE NOT (...)`."""
        return self._told(where=all_of(self._clauses.where, Not(self._condition(conditions, equals))))

    def or_where(self, /, *conditions: Any, **equals: Any) -> Self:
        """The rows that fit all that was asked so far, or these conditions: `... WHERE (...) OR (...)`."""
        condition = self._condition(conditions, equals)
        # after no condition at all, every row fits already
        return self._told(
            where=any_of(self._clauses.where, condition) if self._clauses.where is not None else condition
        )

    def having(self, /, *conditions: Any, **equals: Any) -> Self:
        """The groups that fit these conditions, given as to `where`: `... GROUP BY ... HAVING ...`."""
        return self._told(having=all_of(self._clauses.having, self._condition(conditions, equals)))

    def _condition(self, conditions: tuple[Any, ...], equals: Mapping[str, Any]) -> Condition:
        first = conditions[0] if conditions else None
        if isinstance(first, str):
            return text_of(first, conditions[1:], equals)
        found = [self._single(condition) for condition in conditions]
        joined = all_of(*found, *[self._equal(name, value) for name, value in equals.items()])
        if joined is None:
            raise QueryError("no condition was given")
        return joined

    def _single(self, condition: "Condition | Mapping[str, Any]") -> Condition | None:
        if isinstance(condition, Mapping):
            return all_of(*[self._equal(name, value) for name, value in condition.items()])
        if not isinstance(condition, Expression):
            raise QueryError(
                f"expected a condition, a dict or SQL with its values, got {type(condition).__name__}; "
                f"a comparison of columns needs a column of a model: `User.age > 18`"
            )
        return condition

    def _equal(self, name: Any, value: Any) -> Condition:
        column: Expression[Any] = self._column(name)
        if value.__class__ not in PLAIN and isinstance(value, _LISTS) and not self._holds_lists(column):
            return column.in_(cast("Iterable[Any]", value))
        same: Condition = column == value
        return same

    def _holds_lists(self, column: Expression[Any]) -> bool:
        """Whether the column itself holds lists, so that one of them is a value and not a choice of values."""
        table = self._mapper.known_table()
        if table is None or not isinstance(column, Reference) or column.column not in table.columns:
            return False
        return isinstance(table.type_of(column.column), Array | Json)
