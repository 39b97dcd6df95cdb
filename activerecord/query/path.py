"""A path of relations, as models name them: `User.orders`, `User.orders.items`."""

from typing import Any, Generic, NoReturn, TypeVar

from activerecord.errors import NoSuchAttribute, QueryError, UsageError
from activerecord.mapper import Mapper
from activerecord.sql.reference import Reference

__all__ = ["Relation", "path_of", "start_of"]

V_co = TypeVar("V_co", covariant=True)


class Relation(Generic[V_co]):
    """A relation as an attribute of a model, `User.orders`, which goes on to those of its target, `User.orders.items`.

    `V` is what a record has of it. Names are looked up when the path is used, so models may be defined in any order.
    """

    __slots__ = ("_names", "_start")

    def __init__(self, start: "Mapper[Any]", names: tuple[str, ...]) -> None:
        self._start = start
        self._names = names

    def __repr__(self) -> str:
        return f"<Relation {self._start.name}.{'.'.join(self._names)}>"

    def __getattr__(self, name: str) -> "Relation[Any]":
        if name.startswith("_"):
            raise NoSuchAttribute(f"{self!r} has no attribute {name!r}")
        return Relation(self._start, (*self._names, name))

    def __call__(self, *_: Any, **__: Any) -> NoReturn:
        raise UsageError(
            f"{self._start.name}.{'.'.join(self._names)} is a relation, and no function: a record of the model has it, "
            f"and queries join and load it"
        )


def path_of(relation: Any) -> tuple[str, ...]:
    """The names along a relation, or a path of them, that is given as itself or by name. Raises QueryError."""
    match relation:
        case Relation():
            return relation._names  # pyright: ignore[reportPrivateUsage]  # every public name is a relation's
        case Reference():
            # before its table is read, a relation of an undeclared model looks like a column
            return (relation.column,)
        case str():
            names = tuple(relation.split("."))
            if not all(names):
                raise QueryError("a path of relations has a name missing")
            return names
        case _:
            raise QueryError(f"expected a relation or its name, got {type(relation).__name__}")


def start_of(relation: Any) -> "Mapper[Any] | None":
    """The model that a path leads from, where it says so."""
    return relation._start if isinstance(relation, Relation) else None  # pyright: ignore[reportPrivateUsage]
