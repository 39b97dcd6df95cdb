"""Joins: what else a query reads, by relation or on a condition."""

from dataclasses import replace
from typing import Any, Self, TypeVar

from activerecord.errors import QueryError
from activerecord.mapper import Mapper
from activerecord.query.clauses import JoinWish, QueryCore
from activerecord.query.combining import named_once
from activerecord.query.named import Named, checked_name
from activerecord.query.path import Relation, path_of, start_of
from activerecord.sql.expression import Condition, Expression
from activerecord.sql.reference import Reference

__all__ = ["Joins"]

R = TypeVar("R")


class Joins(QueryCore[R]):
    """The verbs that join.

    What they take: a relation (`"orders"`, `User.orders`, a path `"orders.items"`), or a model, an alias of one, a query
    under a name or a common table, each with the condition `on` which it is joined. `alias` is the name that the joined
    table has in the query; a table that stands in it twice needs one.
    """

    __slots__ = ()

    def join(self, target: Any, on: Condition | None = None, *, alias: "str | Any | None" = None) -> Self:
        """Only rows with a partner: `... INNER JOIN ... ON ...`.

        `join("orders")`, `join(User.orders)`, `join(Order, Order.user_id == User.id)`.
        """
        return self._joined("INNER", target, on, alias)

    def inner_join(self, target: Any, on: Condition | None = None, *, alias: "str | Any | None" = None) -> Self:
        """The same as `join`."""
        return self._joined("INNER", target, on, alias)

    def left_join(self, target: Any, on: Condition | None = None, *, alias: "str | Any | None" = None) -> Self:
        """All rows, those with a partner once for each: `... LEFT JOIN ... ON ...`."""
        return self._joined("LEFT", target, on, alias)

    def right_join(self, target: Any, on: Condition | None = None, *, alias: "str | Any | None" = None) -> Self:
        """All rows of the partner, those of this model where they fit: `... RIGHT JOIN ... ON ...`; read as dicts or tuples."""
        return self._joined("RIGHT", target, on, alias)

    def full_join(self, target: Any, on: Condition | None = None, *, alias: "str | Any | None" = None) -> Self:
        """All rows of both sides, together where they fit: `... FULL JOIN ... ON ...`; read as dicts or tuples.

        Raises NotSupported on MySQL and MariaDB.
        """
        return self._joined("FULL", target, on, alias)

    def cross_join(self, target: Any, *, alias: "str | Any | None" = None) -> Self:
        """Every row with every row of the other: `... CROSS JOIN ...`."""
        wish = _wish_of_source("CROSS", target, alias)
        if wish is None:
            raise QueryError("a cross join takes a model, an alias, a query under a name or a common table")
        return self._with_tables_of(target, wish)

    def _joined(self, kind: str, target: Any, on: Condition | None, alias: "str | Any | None") -> Self:
        wish = _wish_of_source(kind, target, alias)
        if wish is None:
            return self._told(joins=(*self._clauses.joins, self._wish_along(kind, target, on, alias)))
        if on is None:
            raise QueryError(f"join {_spelt(target)} on what? join(..., condition), or by a relation")
        if not isinstance(on, Expression):
            raise QueryError(f"a join takes a condition such as `Order.user_id == User.id`, got {type(on).__name__}")
        return self._with_tables_of(target, replace(wish, condition=on))

    def _with_tables_of(self, target: Any, wish: JoinWish) -> Self:
        tables = target.__tables__ if isinstance(target, Named) else ()
        return self._told(joins=(*self._clauses.joins, wish), tables=named_once(self._clauses.tables, tables))

    def _wish_along(self, kind: str, target: Any, on: Condition | None, alias: "str | Any | None") -> JoinWish:
        if kind == "CROSS" or on is not None:
            raise QueryError("a relation says itself on what it joins")
        return JoinWish(kind, path=self._path(target), owner=self._owner(target), alias=_name(alias))

    def _path(self, target: Any) -> tuple[str, ...]:
        if not isinstance(target, str | Relation | Reference):
            raise QueryError(
                f"join takes a relation, its name, a model or a source under a name, got {type(target).__name__}"
            )
        if isinstance(target, str) and " " in target:
            raise QueryError("join takes no SQL: a relation or its path, or join(Model, condition)")
        return path_of(target)

    def _owner(self, target: Any) -> Mapper[Any] | None:
        """The model that a relation leads from, where that is not the query's own."""
        start = start_of(target)
        return start if start is not None and (start.alias or start.model is not self._mapper.model) else None


def _wish_of_source(kind: str, target: Any, alias: "str | Any | None") -> JoinWish | None:
    """The join of what is a source by itself; None for a relation."""
    if isinstance(target, QueryCore):
        raise QueryError("a query is joined under a name: query.subquery('recent')")
    name = _name(alias)
    if isinstance(target, Named):
        return JoinWish(kind, item=target.__item__ if name is None else target.under(name))
    mapper = getattr(target, "__mapper__", None)
    if not isinstance(mapper, Mapper):
        return None
    return JoinWish(kind, item=mapper.source if name is None else mapper.aliased(name).source)


def _name(alias: "str | Any | None") -> str | None:
    if alias is None:
        return None
    return alias.__name__ if isinstance(alias, Named) else checked_name(alias)


def _spelt(target: Any) -> str:
    return str(getattr(target, "__name__", target))
