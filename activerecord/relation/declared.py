"""The words by which a model declares its relations."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from activerecord.errors import UsageError
from activerecord.query.query import Query
from activerecord.relation.hop import Narrow
from activerecord.relation.kinds import BelongsTo, HasMany, HasOne
from activerecord.relation.way import KeyHere, KeyThere, Through, Way

__all__ = ["belongs_to", "has_many", "has_one"]

Names: TypeAlias = "str | tuple[str, ...]"
Where: TypeAlias = "Mapping[str, Any] | Callable[[Query[Any]], Query[Any]] | None"


def belongs_to(*, foreign_key: Names = (), references: Names = (), inverse: str | None = None) -> Any:
    """A relation to the one record whose key this record holds.

    `foreign_key` names the column of this model (usually `<name>_id`), `references` that of the other (usually its key);
    tuples where the key is composite. `inverse` names the other's relation back, where it is not found by itself.
    """
    return BelongsTo[Any](KeyHere(_names(foreign_key), _names(references)), inverse=inverse)


def has_one(
    *,
    foreign_key: Names = (),
    references: Names = (),
    through: str | None = None,
    where: Where = None,
    order: "str | Sequence[Any]" = (),
    inverse: str | None = None,
) -> Any:
    """A relation to the one record that holds this record's key, or that other relations lead to.

    Its options are those of `has_many`; the first in the order is the one.
    """
    way = _way(foreign_key, references, through, is_one=True)
    return HasOne[Any](way, narrow=_narrow(where, order), inverse=inverse)


def has_many(
    *,
    foreign_key: Names = (),
    references: Names = (),
    through: str | None = None,
    where: Where = None,
    order: "str | Sequence[Any]" = (),
    inverse: str | None = None,
) -> Any:
    """A relation to the records that hold this record's key, or that other relations lead to.

    `foreign_key` names the column of the other model (usually `<this model>_id`), `references` that of this one; tuples where
    the key is composite. `through` is a path of relations instead, `"albums.tracks"`, by which each record is reached
    once. `where` says which of them are meant, as a dict of values or a function of the query, and `order` in which
    order they come. `inverse` names the other's relation back, where it is not found by itself.
    """
    way = _way(foreign_key, references, through, is_one=False)
    return HasMany[Any](way, narrow=_narrow(where, order), inverse=inverse)


def _way(foreign_key: Names, references: Names, through: str | None, *, is_one: bool) -> Way:
    if through is None:
        return KeyThere(_names(foreign_key), _names(references), is_one=is_one)
    if foreign_key or references:
        raise UsageError("a relation through others goes by their columns: leave foreign_key and references out")
    names = tuple(through.split(".")) if isinstance(through, str) else ()
    if not names or not all(names):
        raise UsageError('through takes a path of relations: through="albums.tracks"')
    return Through(names)


def _narrow(where: Where, order: "str | Sequence[Any]") -> Narrow | None:
    orders = (order,) if isinstance(order, str) else tuple(order)
    if where is None and not orders:
        return None
    if where is not None and not isinstance(where, Mapping) and not callable(where):
        raise UsageError("where takes a dict of values, or a function that narrows a query")

    def narrow(query: Query[Any]) -> Query[Any]:
        if isinstance(where, Mapping):
            query = query.where(where)
        elif where is not None:
            query = where(query)
        return query.order_by(*orders) if orders else query

    return narrow


def _names(given: Names) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)
