"""The relations of a model that declares none, read from the foreign keys of its table."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from activerecord.mapper import Mapper
from activerecord.relation.association import Association
from activerecord.relation.kinds import BelongsTo, HasMany, HasOne
from activerecord.relation.way import KeyHere, KeyThere
from activerecord.schema.naming import identifier, plural, reference_name, singular, snake_case
from activerecord.schema.table import ForeignKey, Table

__all__ = ["Inferred", "inferred_relations"]

ModelOf: TypeAlias = Callable[[Table, str], Mapper[Any]]


def inferred_relations(mapper: Mapper[Any], table: Table, model_of: ModelOf) -> Mapping[str, Association[Any]]:
    """The relations that follow from foreign keys: those of the table, and those of others that point at it.

    A foreign key `ArtistId` gives `artist`, and the table it points at gets `albums`; a key that is unique gives a
    has_one. Two keys between the same tables are told apart by their columns (`friendships_by_a`). `model_of` gives, for a
    table and the name of another beside it, the model of that.
    """
    taken = set(table.columns) | mapper.reserved
    found: dict[str, Association[Any]] = {}

    def add(name: str, other: str, association: Association[Any]) -> None:
        association.of(mapper.model, _free(name, other, taken | found.keys()))
        found[association.name] = association

    for key in table.foreign_keys:
        name = _reference(key)
        add(
            name,
            f"{name}_{_one(key.target)}",
            BelongsTo(KeyHere(key.columns, key.target_columns), target=model_of(table, key.target)),
        )
    several = Counter(key.table for key in table.referenced_by)
    for key in table.referenced_by:
        other = model_of(table, key.table)
        kind = HasOne[Any] if key.unique else HasMany[Any]
        name = _one(key.table) if key.unique else _many(key.table)
        if several[key.table] > 1:
            name = f"{name}_by_{reference_name(key.columns[-1])}"
        add(
            name,
            f"{name}_by_{reference_name(key.columns[-1])}",
            kind(KeyThere(key.columns, key.target_columns, is_one=key.unique), target=other),
        )
    return found


class Inferred:
    """An inferred relation as an attribute of the records of its model, for as long as their table says so.

    Where their table is not read yet, was changed since, or is that of a derived model without the relation, the
    attribute is what any other is.
    """

    def __init__(self, association: Association[Any]) -> None:
        self._last = association

    def __get__(self, record: Any, owner: "type[Any]") -> Any:
        name = self._last.name
        association = None if record is None else self._association(owner.__mapper__)
        if association is None:
            return self._plain(record, owner)
        if name in vars(record):
            # assigned before the table was read
            association.assign(record, vars(record).pop(name))
        return association.read(record)

    def __set__(self, record: Any, value: Any) -> None:
        association = self._association(record.__mapper__)
        if association is None:
            vars(record)[self._last.name] = value
        else:
            association.assign(record, value)

    def _plain(self, record: Any, owner: "type[Any]") -> Any:
        mapper: Mapper[Any] = owner.__mapper__
        name = self._last.name
        values: dict[str, Any] = getattr(record, "__dict__", {})
        if name in values:
            return values[name]
        if record is not None and not record.is_new and mapper is self._last.owner and mapper.known_table() is None:
            # the table is to be read again; what was loaded before is there all the same
            return self._last.read(record)
        # what answers for names that are not there knows more
        raise AttributeError(f"{owner.__name__} has no attribute {name!r}")

    def _association(self, mapper: Mapper[Any]) -> Association[Any] | None:
        relations: Mapping[str, Any] = mapper.relations()
        found: Association[Any] | None = relations.get(self._last.name)
        return found if isinstance(found, Association) else None


def _free(name: str, other: str, taken: "set[str]") -> str:
    """A name that nothing else has: this one, or the other, or that with as many underscores as it takes."""
    if name not in taken:
        return name
    while other in taken:
        other += "_"
    return other


def _reference(key: ForeignKey) -> str:
    """What a foreign key leads to: `course_code` that points at the `code` of `course` leads to a `course`."""
    name, one = reference_name(key.columns[-1]), _one(key.target)
    return one if name == f"{one}_{snake_case(key.target_columns[-1])}" else name


def _one(table: str) -> str:
    return identifier(singular(snake_case(table)))


def _many(table: str) -> str:
    return identifier(plural(snake_case(table)))
