"""What a declaration narrows its relation by: `has_many(where=..., order=...)`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from activerecord.errors import UsageError
from activerecord.query.query import Query
from activerecord.sql.node import Node

__all__ = ["Scoped", "Where", "leaves_out", "values_of"]

Narrowing: TypeAlias = Callable[[Query[Any]], Query[Any]]
Where: TypeAlias = "Mapping[str, Any] | Narrowing | None"


@dataclass(frozen=True, slots=True, eq=False)
class Scoped:
    """A function that narrows a query, and knows by which values."""

    equals: Mapping[str, Any] | None
    function: Narrowing | None
    orders: tuple[Any, ...] = ()

    @classmethod
    def read(cls, where: Where, orders: tuple[Any, ...]) -> "Scoped":
        """What a declaration says. Raises UsageError."""
        if where is None or isinstance(where, Mapping):
            return cls(where, None, orders)  # pyright: ignore[reportUnknownArgumentType]  # a function might be a mapping too
        if not callable(where):
            raise UsageError("where takes a dict of values, or a function that narrows a query")
        return cls(None, where, orders)

    def __call__(self, query: Query[Any]) -> Query[Any]:
        """The query with the conditions, in the order."""
        if self.equals is not None:
            query = query.where(self.equals)
        if self.function is not None:
            query = self.function(query)
        return query.order_by(*self.orders) if self.orders else query

    @property
    def values(self) -> dict[str, Any]:
        """The values that a row must have to be one of those meant, as far as that can be said so."""
        return {name: value for name, value in (self.equals or {}).items() if not isinstance(value, _SEVERAL)}


_SEVERAL = (list, tuple, set, frozenset, dict, range, Node, Query)


def values_of(narrow: Any) -> dict[str, Any]:
    """The values that a new record gets, for that what narrows a relation leaves it in. None known of a function."""
    return dict(narrow.values) if isinstance(narrow, Scoped) else {}


def leaves_out(narrow: Any) -> bool:
    """Whether what narrows a relation may leave rows out, and not only put them in order."""
    return narrow is not None and not (isinstance(narrow, Scoped) and narrow.equals is None is narrow.function)
