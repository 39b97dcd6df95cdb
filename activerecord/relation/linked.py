"""Many-to-many by a link table: one that holds the keys of both sides, and that the program needs no model for."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Protocol, TypeAlias

from activerecord.errors import UnknownRelation, UsageError
from activerecord.mapper import Mapper, mappers
from activerecord.relation.hop import Hop
from activerecord.relation.target import is_private, model_of_table
from activerecord.relation.way import Columns, Ends, Way, in_table, known
from activerecord.schema.naming import snake_case
from activerecord.schema.table import ForeignKey, Table, TableColumn

__all__ = ["LinkOf", "LinkTable", "Linked", "Links", "between"]


class LinkTable(NamedTuple):
    """What a private model of a link table is made of: the models on both sides, and what builds the table."""

    ends: frozenset[type[Any]]
    table: Callable[[], Table]


class LinkOf(Protocol):
    """What makes the model of a link table that the program has none of."""

    def __call__(self, beside: Mapper[Any], name: str, schema: str | None, link: LinkTable | None) -> Mapper[Any]:
        """A model of that table beside another: private where it is told what it is made of, else read from the database."""
        ...


# the link table of an association: its model, its key to the owner, its key to the target
Link: TypeAlias = tuple[Mapper[Any], ForeignKey, ForeignKey]


class Links(Way):
    """Over a link table: to its rows of the owner's key, and from them to the target."""

    is_direct = False

    def __init__(self, link: Link | None = None) -> None:
        self._link = link

    def hops(self, ends: Ends) -> tuple[Hop, ...]:
        """Two hops, to the link table and from it."""
        link, near, far = self.link(ends)
        return (
            Hop(near.target_columns, near.columns, link, is_link=True),
            Hop(far.columns, far.target_columns, ends.target, ends.narrow),
        )

    async def know(self, ends: Ends) -> None:
        """Have the link table read."""
        await self.link_model(ends).table()

    def link_model(self, ends: Ends) -> Mapper[Any]:
        """The model of the link table, whose own table need not be read yet."""
        return self.link(ends)[0]

    def link(self, ends: Ends) -> Link:  # noqa: ARG002  # for links that are looked for
        """The link table's model, and its keys to both sides."""
        assert self._link is not None
        return self._link


class Linked(Links):
    """Over a link table that is declared by its name and the names of its keys, or goes without saying."""

    def __init__(self, table: str | None = None, foreign_key: Columns = (), other_key: Columns = ()) -> None:
        super().__init__()
        self._table = table
        self._near = foreign_key
        self._far = other_key
        self._made_by: LinkOf | None = None
        self._models: dict[tuple[type[Any], type[Any]], Mapper[Any]] = {}

    def made_by(self, maker: LinkOf) -> None:
        """Set what makes the link's model, where the program has none."""
        self._made_by = self._made_by or maker

    def link_model(self, ends: Ends) -> Mapper[Any]:
        """The program's own declared model of the link table, or the one that both sides share; made now if need be."""
        sides = ends.owner.model, ends.target.model
        name, schema = self._table or "_".join(sorted([ends.owner.table_name, ends.target.table_name])), _schema(ends)
        own = model_of_table(name, ends.owner, any_case=known(ends.owner).any_case)
        if own is not None and (own.is_declared or not _are_declared(ends)):
            return own
        found = _shared(name, frozenset(sides)) or self._models.get(sides) or self._made(ends, name, schema)
        # only this keeps it: it lives as long as the relations that go by it
        self._models[sides] = found
        return found

    def _made(self, ends: Ends, name: str, schema: str | None) -> Mapper[Any]:
        if self._made_by is None:
            raise UsageError(f"{ends.spelt}: a relation belongs into the body of a model")
        link: LinkTable | None = None
        if _are_declared(ends):
            link = LinkTable(
                frozenset([ends.owner.model, ends.target.model]), lambda: self._described(ends, name, schema)
            )
        return self._made_by(ends.owner, name, schema, link)

    def link(self, ends: Ends) -> Link:
        """The link table's model, and its keys to both sides. Raises UnknownRelation."""
        model = self.link_model(ends)
        if ends.owner.connection != ends.target.connection:
            raise UnknownRelation(f"{ends.spelt} leads to another connection, where no link table leads")
        near, far = self._columns(ends)
        if is_private(model):
            return model, _key(model, near, ends.owner), _key(model, far, ends.target)
        return (
            model,
            _found_key(model, in_table(model, self._near), near, ends.owner),
            _found_key(model, in_table(model, self._far), far, ends.target),
        )

    def _columns(self, ends: Ends) -> tuple[Columns, Columns]:
        if ends.owner.model is ends.target.model and not self._far:
            raise UnknownRelation(
                f"{ends.spelt} leads from a table to itself: name the key that leads on, other_key=..., and "
                f"foreign_key=..., the one that leads back"
            )
        return self._near or _guess(ends.owner), self._far or _guess(ends.target)

    def _described(self, ends: Ends, name: str, schema: str | None) -> Table:
        """The table of the keys of both sides, which are its primary key together; a row goes with either side."""
        pairs = zip(self._columns(ends), (ends.owner, ends.target), strict=True)
        # the same table, whichever side asks for it first
        sides = sorted(pairs, key=lambda side: (side[1].table_name, side[0]))
        columns = {
            column: TableColumn(column, known(end).type_of(theirs), nullable=False)
            for names, end in sides
            for column, theirs in zip(names, known(end).primary_key, strict=False)
        }
        keys = [
            ForeignKey(
                name, names, end.table_name, known(end).primary_key, "CASCADE", target_schema=_other(schema, end)
            )
            for names, end in sides
        ]
        return Table(name, columns, schema=schema, primary_key=tuple(columns), foreign_keys=tuple(keys))


def between(link: Mapper[Any], near: ForeignKey, far: ForeignKey) -> Links:
    """The way over a link table whose keys are known."""
    return Links((link, near, far))


def _shared(name: str, ends: frozenset[type[Any]]) -> Mapper[Any] | None:
    """The private model of a link table between two models, if there is one already."""
    for mapper in list(mappers):
        if is_private(mapper) and mapper.table_name == name:
            link: LinkTable = vars(mapper.model)["__link__"]
            if link.ends == ends:
                return mapper
    return None


def _are_declared(ends: Ends) -> bool:
    return ends.owner.is_declared and ends.target.is_declared


def _schema(ends: Ends) -> str | None:
    """The schema of the link table: that of the side whose table comes first."""
    return min(ends.owner, ends.target, key=lambda end: (end.table_name, end.schema_name or "")).schema_name


def _other(schema: str | None, end: Mapper[Any]) -> str | None:
    return None if end.schema_name == schema else end.schema_name


def _guess(end: Mapper[Any]) -> Columns:
    return (f"{snake_case(end.name)}_id",)


def _key(link: Mapper[Any], columns: Columns, end: Mapper[Any]) -> ForeignKey:
    return ForeignKey(link.table_name, columns, end.table_name, known(end).primary_key)


def _found_key(link: Mapper[Any], given: Columns, guess: Columns, end: Mapper[Any]) -> ForeignKey:
    """The key that a table which was read or declared has: of the columns given, or the only one that leads to that side."""
    keys = list(_keys_to(link, end))
    if given:
        fitting = [key for key in keys if key.columns == given]
        return fitting[0] if fitting else _key(link, given, end)
    return keys[0] if len(keys) == 1 else _key(link, in_table(link, guess), end)


def _keys_to(link: Mapper[Any], end: Mapper[Any]) -> Iterator[ForeignKey]:
    table = known(link)
    for key in table.foreign_keys:
        same = key.target == end.table_name or (table.any_case and key.target.casefold() == end.table_name.casefold())
        if same and key.target_schema in (None, end.schema_name):
            yield key
