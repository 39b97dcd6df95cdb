"""The verbs for scopes: the parts of queries that a model has given names to."""

from functools import partial
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, Self, TypeVar, cast

from activerecord.errors import NoSuchAttribute, QueryError, nearest
from activerecord.mapper import Narrowing
from activerecord.query.clauses import QueryCore
from activerecord.query.spellings import RETIRED

__all__ = ["Scoping", "narrowed"]

R = TypeVar("R")
P = ParamSpec("P")


class _Scope(Protocol[P]):
    """A scope of a model."""

    def on(self, query: QueryCore[Any], *args: P.args, **kwargs: P.kwargs) -> Any:
        """The query with what the scope adds to it."""
        ...


class Scoping(QueryCore[R]):
    """The verbs that go through scopes, or leave default ones out."""

    __slots__ = ()

    def scope(self, scope: "_Scope[P]", /, *args: P.args, **kwargs: P.kwargs) -> Self:
        """Go through a scope of the model, `query.scope(User.adult, 21)`: the same as `query.adult(21)`, for checkers too."""
        if not hasattr(scope, "on"):
            raise QueryError(f"scope takes a scope of the model, such as User.adult, got {type(scope).__name__}")
        narrow: Self = scope.on(self, *args, **kwargs)
        return narrow

    def unscoped(self, *names: str) -> Self:
        """Without the model's default scopes, or without those of these names; wherever in the chain it stands.

        Raises QueryError for a default scope that the model does not have.
        """
        known = self._mapper.default_scopes
        for name in names:
            if not isinstance(name, str) or name not in known:
                raise QueryError(f"{self._mapper.name} has no default scope {name!r}; {nearest(str(name), known)}")
        return self._told(lifted=self._clauses.lifted | frozenset(names or known))

    if not TYPE_CHECKING:
        # Called only for what a query does not have; checkers must not see it, or no typo would be an error.
        def __getattr__(self, name: str) -> Any:
            if name.startswith("_"):
                raise NoSuchAttribute(f"a query has no attribute {name!r}")
            narrow = self._mapper.scopes.get(name)
            if narrow is None and name in RETIRED:
                raise NoSuchAttribute(f"a query has no verb {name!r}: {RETIRED[name]}")
            if narrow is None:
                known = {*self._mapper.scopes, *(word for word in dir(type(self)) if not word.startswith("_"))}
                raise NoSuchAttribute(
                    f"a query has no verb {name!r}, and {self._mapper.name} no scope of that name; {nearest(name, known)}"
                )
            return partial(narrowed, self, name, narrow)


def narrowed(query: QueryCore[Any], name: str, narrow: Narrowing, *args: Any, **kwargs: Any) -> Any:
    """What a scope makes of a query. Raises QueryError where that is none."""
    found: Any = narrow(query, *args, **kwargs)
    if not isinstance(found, QueryCore):
        raise QueryError(f"the scope {name!r} gives no query, but {type(found).__name__}: return query.where(...)")
    return cast("Any", found)
