"""Ties: how a relation is written. Either one row gets the key of another, or a row of a link table the keys of both."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from activerecord.errors import UsageError
from activerecord.mapper import Mapper
from activerecord.relation.association import Association
from activerecord.relation.hop import Hop
from activerecord.relation.linked import Links
from activerecord.relation.scoped import values_of
from activerecord.schema.table import Table

__all__ = ["Link", "Need", "is_linked", "link_of", "loose_columns", "needs_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Need:
    """One record that is to get the key of another into its own columns."""

    association: Association[Any]
    holder: Any
    columns: tuple[str, ...]
    parent: Any
    references: tuple[str, ...]
    besides: tuple[tuple[str, Any], ...] = ()

    def values(self) -> dict[str, Any]:
        """The parent's key, for the columns of the holder, and what goes with it. Raises UsageError where it has none."""
        pairs = zip(self.columns, self.references, strict=True)
        found = {column: self.parent[reference] for column, reference in pairs}
        if None in found.values():
            raise UsageError(
                f"{self.association.spelt} goes by {', '.join(self.references)} of {type(self.parent).__name__}, which has no value"
            )
        return {**found, **dict(self.besides)}

    def loose(self) -> tuple[str, ...]:
        """The columns of the holder that may be NULL until the parent has its key; none where that cannot be."""
        return loose_columns(self.holder.__mapper__.known_table(), self.columns)


class Link(NamedTuple):
    """A link table: its columns that hold the keys of both sides, and which columns of the sides these are."""

    mapper: Mapper[Any]
    near: tuple[str, ...]
    far: tuple[str, ...]
    owner: tuple[str, ...]
    target: tuple[str, ...]
    hop: Hop

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the link table that a pair of records has."""
        return (*self.near, *self.far)

    def given(self) -> dict[str, Any]:
        """The values that a new row has beside the two keys."""
        table = self.mapper.known_table()
        assert table is not None
        defaults = {name: make() for name, make in self.mapper.model._defaults(table).items()}
        values = {self.mapper.column_name(name): value for name, value in values_of(self.hop.narrow).items()}
        return {name: value for name, value in {**defaults, **values}.items() if name not in self.columns}


def is_linked(association: Association[Any]) -> bool:
    """Whether it leads over another table. Raises UsageError where that is none whose rows the relation could write."""
    if len(association.hops()) == 1:
        return False
    link_of(association)
    return True


def link_of(association: Association[Any]) -> Link:
    """The link table that it goes over. Raises UsageError for a longer chain, or one whose tables hold the keys otherwise."""
    hops = association.hops()
    if len(hops) != 2 or not (isinstance(association.way, Links) or _links(*hops)):
        raise UsageError(
            f"{association.spelt} leads over other tables, and is written where its records are: "
            f"{_nearer(association, hops)}"
        )
    near, far = hops
    return Link(near.target, near.there, far.here, near.here, far.there, near)


def _links(near: Hop, far: Hop) -> bool:
    """Whether the table between holds the keys of both sides, and is no more than one side's own row."""
    table = near.target.known_table()
    assert table is not None
    own = set(table.primary_key)
    return far.is_one and set(near.there) != own and set(far.here) != own


def _nearer(association: Association[Any], hops: Sequence[Hop]) -> str:
    last, owner = hops[-1], hops[-2].target
    for name, each in owner.relations().items():
        if isinstance(each, Association) and each.way.is_direct and each.hops()[0].target == last.target:
            return f"write {owner.name}.{name}"
    return f"write the {association.target.name} by a relation of {owner.name}"


def needs_of(association: Association[Any], record: Any, others: Sequence[Any]) -> list[Need]:
    """Who gets whose key, where a record leads to others by one hop."""
    (hop,) = association.hops()
    if association.holds_key:
        return [Need(association, record, hop.here, other, hop.there) for other in others]
    return [Need(association, other, hop.there, record, hop.here, hop.besides) for other in others]


def loose_columns(table: Table | None, columns: Sequence[str]) -> tuple[str, ...]:
    """Those of the columns that become NULL where a row leads to none: a part that belongs to its own key stays."""
    assert table is not None
    return tuple([name for name in columns if name not in table.primary_key and table.column(name).nullable])
