"""The class of models: columns of undeclared models, and columns by their name, as expressions."""

from typing import TYPE_CHECKING, Any, NoReturn

from activerecord.errors import NoSuchAttribute, UsageError, nearest
from activerecord.mapper import Mapper
from activerecord.query.path import Relation
from activerecord.query.query import Query
from activerecord.query.spellings import RETIRED
from activerecord.sql.reference import Reference
from activerecord.strictness import checked_strictness

__all__ = ["Mistakable", "ModelType"]


class ModelType(type):
    """What a model class itself can do: `Track.Name` and `Track["unit price"]` are columns of its table."""

    __mapper__: Mapper[Any]

    def __getitem__(cls, name: str) -> Reference[Any]:
        """The column of that name in the database, whatever the name."""
        if not isinstance(name, str):
            raise UsageError(f"{cls.__name__}[...] takes the name of a column, got {type(name).__name__}")
        return Reference(_mapper(cls).table_name, name)

    if not TYPE_CHECKING:
        # Checkers must not see these: on declared models a typo is an error.
        def __setattr__(cls, name: str, value: Any) -> None:
            if name == "__strict_loading__":
                checked_strictness(value, f"{cls.__name__}.{name}")
            super().__setattr__(name, value)

        def __getattr__(cls, name: str) -> Any:
            mapper = _mapper(cls)
            if name.startswith("_"):
                raise NoSuchAttribute(f"{cls.__name__} has no attribute {name!r}")
            if mapper.is_declared:
                raise NoSuchAttribute(f"{cls.__name__} has no attribute {name!r}; {_hint(cls, name)}")
            if name in mapper.relations():
                return Relation[Any](mapper, (name,))
            kind = Mistakable if name in RETIRED or hasattr(Query, name) else Reference
            return kind(mapper.table_name, name)


class Mistakable(Reference[Any]):
    """A column of an undeclared model, of a name that is the word for a verb too."""

    __slots__ = ()

    def __call__(self, *_: Any, **__: Any) -> NoReturn:
        verb = RETIRED.get(self.column) or f"queries have the verb: query().{self.column}(...)"
        raise UsageError(f"{self!r} is a column, which cannot be called; {verb}")


def _hint(cls: type, name: str) -> str:
    """Where the name may be found: on queries, by another word, or spelt a little otherwise."""
    if name in RETIRED:
        return RETIRED[name]
    if hasattr(Query, name):
        return f"queries have it: {cls.__name__}.query().{name}(...)"
    mapper = _mapper(cls)
    columns = {*mapper.attributes.values(), *mapper.relations()}
    verbs = {word for word in mapper.reserved if not word.startswith("_")}
    near = nearest(name, columns | verbs)
    return near if near.startswith("did you mean") else nearest(name, columns)


def _mapper(cls: type) -> Mapper[Any]:
    mapper: Mapper[Any] | None = cls.__dict__.get("__mapper__")
    if not isinstance(mapper, Mapper):
        raise NoSuchAttribute(f"{cls.__name__} stands for no table: make a subclass")
    return mapper
