"""Merging: what one query was told, told to another as well."""

from dataclasses import replace
from typing import Any, Self, TypeVar

from activerecord.errors import QueryError
from activerecord.query.clauses import Clauses, JoinWish, QueryCore, told
from activerecord.query.combining import named_once
from activerecord.sql.expression import all_of
from activerecord.sql.node import Node

__all__ = ["Merging"]

R = TypeVar("R")

# What of two queries of one model the latter says alone.
_LATTER = frozenset({"columns", "source", "limit", "offset", "distinct", "distinct_on", "lock", "strict"})
# What a query of a joined model can add to one of another.
_OF_JOINED = frozenset({"where", "having", "asked", "joins", "tables", "orders", "lifted", "everywhere"})


class Merging(QueryCore[R]):
    """The verb that puts two queries together."""

    __slots__ = ()

    def merge(self, other: "QueryCore[Any]") -> Self:
        """This query with all that another was told too.

        Of the same model: conditions must hold together; joins, groups, orders, relations to load along, hints and comments
        come after this query's own; columns, limit, offset, distinct, lock, strictness and source are the other's where it has them;
        default scopes that either goes without are left out. Of a model that this query joins: its conditions, joins and
        orders, and its default scopes, as in `User.query().join("orders").merge(Order.where(paid=True))`. Raises QueryError
        where such a query says more.
        """
        if not isinstance(other, Merging):
            raise QueryError(f"merge takes a query, got {type(other).__name__}")
        if other.model is self.model and other._mapper.source_name == self._mapper.source_name:
            return type(self)(self._mapper, _together(self._clauses, other._clauses))
        return type(self)(self._mapper, _beside(self._clauses, other._for_others()))

    def _for_others(self) -> Clauses:
        """What a query of a model that joins this one is given: default scopes as conditions, joins that tell from where."""
        others = told(self._clauses) - _OF_JOINED
        if others:
            raise QueryError(
                f"merge takes conditions, joins and orders of {self._mapper.name}, which {min(others)} is none of"
            )
        clauses = self._scoped(self._clauses)
        joins = tuple([self._leading(join) for join in clauses.joins])
        return clauses.but(joins=joins, lifted=frozenset(), everywhere=False)

    def _leading(self, join: JoinWish) -> JoinWish:
        return replace(join, owner=self._mapper) if join.path and join.owner is None else join


def _together(one: Clauses, other: Clauses) -> Clauses:
    """The clauses of two queries of one model."""
    latter = {name: getattr(other, name) for name in told(other) & _LATTER}
    return _beside(one, other).but(**latter)


def _beside(one: Clauses, other: Clauses) -> Clauses:
    """All that both say which can be said together."""
    return one.but(
        tables=named_once(one.tables, other.tables),
        joins=one.joins + tuple([join for join in other.joins if not any(_same(join, there) for there in one.joins)]),
        where=all_of(one.where, other.where),
        groups=one.groups + other.groups,
        having=all_of(one.having, other.having),
        windows=one.windows + other.windows,
        orders=one.orders + other.orders,
        paths=one.paths + other.paths,
        joined=one.joined + other.joined,
        asked=tuple({each.shape: each for each in (*one.asked, *other.asked)}.values()),
        hints=one.hints + other.hints,
        comments=one.comments + other.comments,
        lifted=one.lifted | other.lifted,
        everywhere=one.everywhere or other.everywhere,
    )


def _same(one: JoinWish, other: JoinWish) -> bool:
    """Whether two joins are one. They cannot be compared whole: conditions compare as SQL."""
    told_alike = (one.kind, one.path, one.alias) == (other.kind, other.path, other.alias) and one.owner is other.owner
    return told_alike and _alike(one.item, other.item) and _alike(one.condition, other.condition)


def _alike(one: Node | None, other: Node | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.shape == other.shape and one.binds == other.binds
