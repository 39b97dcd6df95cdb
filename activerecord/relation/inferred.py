"""The relations of a model that declares none, read from the foreign keys of its table."""

import keyword
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from typing import Any, TypeAlias, cast

from activerecord.errors import UnknownRelation, UsageError, nearest
from activerecord.mapper import Mapper
from activerecord.relation.association import Association
from activerecord.relation.kinds import BelongsTo, HasMany, HasOne
from activerecord.relation.linked import between
from activerecord.relation.way import KeyHere, KeyThere
from activerecord.schema.naming import identifier, plural, reference_name, singular, snake_case
from activerecord.schema.table import ForeignKey, Table

__all__ = ["Inferred", "inferred_relations"]

ModelOf: TypeAlias = Callable[[Table, str], Mapper[Any]]


def inferred_relations(
    mapper: Mapper[Any], table: Table, model_of: ModelOf, declared: Collection[str]
) -> Mapping[str, Association[Any]]:
    """The relations that follow from foreign keys: those of the table, those of others that point at it, and over links.

    A foreign key `ArtistId` gives `artist`, and the table it points at gets `albums`; a key that is unique gives a
    has_one. Two keys between the same tables are told apart by their columns (`friendships_by_a`). A table that is two
    foreign keys and nothing else gives both ends a many-to-many as well (`playlist.tracks`). `model_of` gives, for a table
    and the name of another beside it, the model of that. What the model declares by the name of one takes its place;
    `__relation_names__` calls some otherwise. Raises UnknownRelation, UsageError for names there that cannot be.
    """
    taken = set(table.columns) | (mapper.reserved - {*declared})
    found: dict[str, Association[Any]] = {}
    for name, other, association in _wanted(table, partial(model_of, table)):
        found[_free(name, other, taken | found.keys())] = association
    renamed = _renamed(mapper, found, set(table.columns) | mapper.reserved)
    return {name: each.of(mapper.model, name) for name, each in renamed.items() if name not in declared}


# a name, another for where that is taken, and what is called so
Wanted: TypeAlias = tuple[str, str, Association[Any]]


def _wanted(table: Table, model_of: Callable[[str], Mapper[Any]]) -> Iterator[Wanted]:
    for key in table.foreign_keys:
        name = _reference(key)
        up = BelongsTo[Any](KeyHere(key.columns, key.target_columns), target=model_of(key.target))
        yield name, f"{name}_{_one(key.target)}", up
    several = Counter(key.table for key in table.referenced_by)
    for key in table.referenced_by:
        kind = HasOne[Any] if key.unique else HasMany[Any]
        name = _one(key.table) if key.unique else _many(key.table)
        apart = f"{name}_by_{reference_name(key.columns[-1])}"
        down = kind(KeyThere(key.columns, key.target_columns, is_one=key.unique), target=model_of(key.table))
        yield apart if several[key.table] > 1 else name, apart, down
    # after the others, whose names they leave alone
    yield from _over_links(table, model_of)


def _over_links(table: Table, model_of: Callable[[str], Mapper[Any]]) -> Iterator[Wanted]:
    several = Counter(link.far.target for link in table.links)
    for link in table.links:
        name, column = _many(link.far.target), reference_name(link.near.columns[-1])
        apart = f"{name}_by_{_many(link.near.table)}"
        if link.near.target == link.far.target:
            # both ways lead over the same table, so the key tells them apart
            apart = f"{name}_by_{column}" if several[link.far.target] == 2 else f"{apart}_{column}"
        way = between(model_of(link.near.table), link.near, link.far)
        across = HasMany[Any](way, target=model_of(link.far.target))
        yield apart if several[link.far.target] > 1 else name, apart, across


def _renamed(
    mapper: Mapper[Any], found: "Mapping[str, Association[Any]]", taken: "set[str]"
) -> "Mapping[str, Association[Any]]":
    """The relations as `__relation_names__` calls them."""
    given: Any = getattr(mapper.model, "__relation_names__", {})
    if not isinstance(given, Mapping):
        raise UsageError(f"{mapper.name}.__relation_names__ is a dict of names: what is found, and what to call it")
    names = cast("Mapping[str, str]", given)
    for old, new in names.items():
        if old not in found:
            raise UnknownRelation(
                f"{mapper.name}.__relation_names__ calls a relation {old!r} otherwise, which is not there; "
                f"{nearest(str(old), found)}"
            )
        if not isinstance(new, str) or not new.isidentifier() or keyword.iskeyword(new) or new.startswith("_"):
            raise UsageError(f"{mapper.name}.__relation_names__: {new!r} cannot be the name of a relation")
    called = Counter(names.get(name, name) for name in found)
    for new in names.values():
        if new in taken or called[new] > 1:
            raise UsageError(
                f"{mapper.name}.__relation_names__: the name {new!r} is taken; call the relation otherwise"
            )
    return {names.get(name, name): association for name, association in found.items()}


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
