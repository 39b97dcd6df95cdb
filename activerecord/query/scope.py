"""Scopes as a model's body holds them: parts of queries under a name, and what all of its queries go through."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Concatenate, Generic, NoReturn, ParamSpec, TypeVar, cast, overload

from activerecord.errors import NoSuchAttribute, QueryError, UsageError
from activerecord.mapper import Mapper, Narrowing
from activerecord.query.clauses import QueryCore
from activerecord.query.query import Query
from activerecord.query.scoping import narrowed

__all__ = ["DefaultScope", "ModelScope", "Scope", "default_scope", "scope", "scopes_of"]

R = TypeVar("R")
P = ParamSpec("P")


class Scope(Generic[P]):
    """A function that gives a query of a query: `User.adult` is what makes queries of it."""

    def __init__(self, function: "Callable[Concatenate[Any, P], Any]") -> None:
        self.function = _function(function, "scope")
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, record: None, owner: type[R]) -> "ModelScope[R, P]": ...
    @overload
    def __get__(self, record: object, owner: type[Any]) -> NoReturn: ...
    def __get__(self, record: object | None, owner: type[Any]) -> Any:
        if record is not None:
            # the record says what is wrong
            raise NoSuchAttribute(self.name)
        return ModelScope[Any, P](owner, self)


class DefaultScope:
    """A function that gives a query of a query, which every query of the model goes through."""

    def __init__(self, function: "Callable[[Any], Any]") -> None:
        self.function = _function(function, "default_scope")


class ModelScope(Generic[R, P]):
    """A scope of one model: called, it gives the query of all records that it lets through."""

    def __init__(self, model: type[R], scope: Scope[P]) -> None:
        self._model = model
        self._scope = scope

    def __repr__(self) -> str:
        return f"<scope {self._scope.name!r} of {self._model.__name__}>"

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Query[R]:
        """A query of the records that it lets through."""
        mapper: Mapper[R] | None = vars(self._model).get("__mapper__")
        if mapper is None:
            raise UsageError(f"{self._model.__name__} stands for no table: make a subclass")
        return cast("Query[R]", self.on(Query(mapper), *args, **kwargs))

    def on(self, query: QueryCore[Any], *args: P.args, **kwargs: P.kwargs) -> Any:
        """The query with what the scope adds to it. Raises QueryError for one of another model."""
        if not issubclass(query.model, self._model):
            raise QueryError(f"{self!r} is asked of a query of {query.model.__name__}")
        return narrowed(query, self._scope.name, self._scope.function, *args, **kwargs)


def scope(function: "Callable[Concatenate[Any, P], Query[Any]]") -> Scope[P]:
    """Give a part of a query a name on the model, with arguments of its own.

    The function takes a query and gives a narrower one: `def adult(query, age=18): return query.where(User.age >= age)`.
    Then `User.adult()` and `query.adult(21)` are queries. Raises UsageError where the class is made, for a name
    that is taken.
    """
    return Scope(function)


def default_scope(function: "Callable[[Any], Query[Any]]") -> DefaultScope:
    """Have every query of the model go through a function: `def present(query): return query.where(deleted=False)`.

    It may add conditions and joins. It is called for each statement, so what it says may depend on the time or the task.
    `unscoped()` leaves it out.
    """
    return DefaultScope(function)


def scopes_of(kind: type[Scope[Any]] | type[DefaultScope], bodies: "Iterable[type[Any]]") -> Mapping[str, Narrowing]:
    """The scopes of a kind in a model's body and those of its bases, the model's own first."""
    found: dict[str, Any] = {}
    for body in bodies:
        for name, value in vars(body).items():
            found.setdefault(name, value)
    return {name: value.function for name, value in found.items() if isinstance(value, kind)}


def _function(given: Any, word: str) -> Narrowing:
    # under @staticmethod it is what every checker takes for a function without a self
    found = given.__func__ if isinstance(given, staticmethod) else given
    if not callable(found):
        raise UsageError(f"{word} takes a function of a query, got {type(found).__name__}")
    return cast("Narrowing", found)
