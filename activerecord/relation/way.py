"""The ways an association can go: by a key that its owner holds, by one that its target holds, through other relations."""

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Any, ClassVar, NamedTuple, Protocol, TypeAlias, cast

from activerecord.errors import UnknownRelation, UsageError
from activerecord.mapper import Mapper
from activerecord.relation.hop import Hop, Narrow, in_turn
from activerecord.schema.naming import snake_case
from activerecord.schema.table import Table

__all__ = ["Columns", "Ends", "KeyHere", "KeyThere", "Leading", "Through", "Way", "in_table", "known"]

Columns: TypeAlias = tuple[str, ...]


class Ends(NamedTuple):
    """An association as its way sees it: what it is called, whose it is, and where it leads."""

    name: str
    owner: Mapper[Any]
    target: Mapper[Any]
    narrow: Narrow | None

    @property
    def spelt(self) -> str:
        """The association as a program names it, for messages."""
        return f"{self.owner.name}.{self.name}"


class Leading(Protocol):
    """Another association, as far as a way needs to know it."""

    way: "Way"

    @property
    def target(self) -> Mapper[Any]:
        """The model that it leads to."""
        ...

    def may_lead_to(self, mapper: Mapper[Any]) -> bool:
        """Whether that model is the target, or derived from it."""
        ...

    def hops(self) -> tuple[Hop, ...]:
        """The way from the owner's table to the target's."""
        ...

    async def know(self) -> Table:
        """Have the tables read that it goes by."""
        ...


class Way(ABC):
    """How an association gets from its owner to its target."""

    # Whether there is nothing between the two: one of them holds the key of the other.
    is_direct: ClassVar[bool] = True

    @abstractmethod
    def hops(self, ends: Ends) -> tuple[Hop, ...]:
        """The hops, once the tables are read. Raises UnknownRelation, UsageError where a table is not read yet."""

    async def know(self, ends: Ends) -> None:  # noqa: B027  # most have no tables between
        """Have the tables read that lie between the two."""

    def columns_here(self, name: str, owner: Mapper[Any]) -> Columns | None:  # noqa: ARG002  # for belongs_to
        """The foreign key that the owner holds by this way; None where it holds none."""
        return None


class KeyHere(Way):
    """The owner holds the key of the target: belongs_to."""

    def __init__(self, columns: Columns = (), references: Columns = ()) -> None:
        self._columns = columns
        self._references = references

    def hops(self, ends: Ends) -> tuple[Hop, ...]:
        """One hop, from the foreign key to the key of the target."""
        there = in_table(ends.target, self._references) or known(ends.target).primary_key
        return (Hop(self.columns_here(ends.name, ends.owner), there, ends.target, ends.narrow, is_one=True),)

    def columns_here(self, name: str, owner: Mapper[Any]) -> Columns:
        """The foreign key, as given, or `<name>_id`. Raises UnknownRelation."""
        if self._columns:
            return in_table(owner, self._columns)
        guess = in_table(owner, (f"{name}_id",))
        table = known(owner)
        if guess[0] not in table.columns:
            raise UnknownRelation(
                f"{owner.name}.{name} goes by the column {guess[0]!r}, which the table {table.name!r} does not have: "
                f"declare it, or name the right one: belongs_to(foreign_key=...)"
            )
        return guess


class KeyThere(Way):
    """The target holds the key of the owner: has_one, has_many."""

    def __init__(self, columns: Columns = (), references: Columns = (), *, is_one: bool = False) -> None:
        self._columns = columns
        self._references = references
        self._is_one = is_one

    def hops(self, ends: Ends) -> tuple[Hop, ...]:
        """One hop, from the key of the owner to the foreign key in the target."""
        here = in_table(ends.owner, self._references) or known(ends.owner).primary_key
        there = in_table(ends.target, self._columns) or _by_the_way_back(ends) or _guessed(ends)
        return (Hop(here, there, ends.target, ends.narrow, is_one=self._is_one),)


class Through(Way):
    """Along other relations, one after the other: `has_many(through="albums.tracks")`."""

    is_direct = False

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names

    def hops(self, ends: Ends) -> tuple[Hop, ...]:
        """The hops of each relation on the way; what the last one leads to is narrowed by this one too."""
        mapper, found = ends.owner, list[Hop]()
        for name in self._names:
            each = _leading(mapper, name)
            found += each.hops()
            mapper = each.target
        if _place(mapper) != _place(ends.target):
            raise UnknownRelation(
                f"{ends.spelt} is one of {ends.target.name}, and {'.'.join(self._names)!r} leads to {mapper.name}"
            )
        last = replace(found[-1], target=ends.target, narrow=in_turn(found[-1].narrow, ends.narrow))
        return (*found[:-1], last)

    async def know(self, ends: Ends) -> None:
        """Have the tables read that the relations on the way go by."""
        mapper = ends.owner
        for name in self._names:
            each = _leading(mapper, name)
            await each.know()
            mapper = each.target


def in_table(mapper: Mapper[Any], given: Columns) -> Columns:
    """The columns that are called so in the table, or as attributes of the model."""
    return tuple([mapper.column_name(name) for name in given])


def known(mapper: Mapper[Any]) -> Table:
    """The table of a model. Raises UsageError where it is not read yet."""
    table = mapper.known_table()
    if table is None:
        raise UsageError(f"the table of {mapper.name} was not read yet: `await {mapper.name}.async_schema()`")
    return table


def _leading(mapper: Mapper[Any], name: str) -> Leading:
    return cast("Leading", mapper.relation(name))


def _place(mapper: Mapper[Any]) -> tuple[str, str | None, str]:
    """Where the table of a model is, which may have several."""
    return mapper.connection, mapper.schema_name, mapper.table_name


def _by_the_way_back(ends: Ends) -> Columns:
    """The foreign key of the one belongs_to that leads from the target to the owner."""
    found: list[Columns] = []
    for name, other in ends.target.relations().items():
        back = cast("Leading", other)
        if isinstance(back.way, KeyHere) and back.may_lead_to(ends.owner):
            found.append(back.way.columns_here(name, ends.target))
    return found[0] if len(found) == 1 else ()


def _guessed(ends: Ends) -> Columns:
    guess = in_table(ends.target, (f"{snake_case(ends.owner.name)}_id",))
    table = known(ends.target)
    if guess[0] not in table.columns:
        raise UnknownRelation(
            f"{ends.spelt} goes by the column {guess[0]!r} of {table.name!r}, which does not exist: name the right one, "
            f"foreign_key=..."
        )
    return guess
