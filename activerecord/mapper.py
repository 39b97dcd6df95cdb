"""A mapper is what the library knows of one model: its table, where its records keep each column, its relations."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from collections.abc import Set as AbstractSet
from copy import copy
from itertools import count
from typing import Any, ClassVar, Generic, NamedTuple, Protocol, TypeAlias, TypeVar, cast
from weakref import WeakSet

from activerecord.database import Database, database, databases
from activerecord.driver import Row
from activerecord.errors import QueryError, UnknownRelation, nearest
from activerecord.hydration import Layout, Loader, Origin, make_loader
from activerecord.schema.table import Table
from activerecord.sql.cache import CAPACITY
from activerecord.sql.dialect import Compiled
from activerecord.sql.expression import Expression
from activerecord.sql.node import Node, Shape, walk
from activerecord.sql.reference import Reference
from activerecord.sql.statement import Join, Source
from activerecord.strictness import Strictness

__all__ = ["AfterLoad", "Beside", "Beyond", "Joinable", "Mapper", "Modelled", "Narrowing", "mappers"]

R = TypeVar("R")

_serials = count(1)

mappers: "WeakSet[Mapper[Any]]" = WeakSet()
"""The mappers of all models of the process that are still in use."""


# (a query, arguments of its own) -> a query
Narrowing: TypeAlias = Callable[..., Any]


class Beyond(NamedTuple):
    """What a path of relations leads to from the rows of its owner.

    `query` is one of the records there; its columns `keys` hold what the owner has in its columns `here`. `each` is the key of
    these records where the query may give one of them several times, else empty.
    """

    query: Any
    keys: tuple[Reference[Any], ...]
    here: tuple[str, ...]
    each: tuple[Reference[Any], ...] = ()


class Joinable(Protocol):
    """What a query may join by name."""

    @property
    def target(self) -> "Mapper[Any]":
        """The model that is joined."""
        ...

    def joins(self, kind: str, source: str, alias: str | None = None) -> tuple[Join, ...]:
        """The joins of the given kind that lead from `source` to the target, the last of them under an alias if one is given."""
        ...

    async def know_along(self, further: Sequence[str], narrow: Narrowing | None) -> None:
        """Have the tables read that it goes by, and so do further relations of its target, one after the other, and `narrow`."""
        ...

    def reached_along(self, further: Sequence[str], narrow: Narrowing | None) -> Beyond:
        """What it leads to, or further relations from there, narrowed."""
        ...


class Beside(Protocol):
    """What is joined to the records of a query, to be made of the same rows: its columns are the last `width` of them.

    `many` is the name of a relation in it that gives several rows for one record, if there is one.
    """

    @property
    def joins(self) -> tuple[Join, ...]:
        """The joins that it takes, in order."""
        ...

    @property
    def columns(self) -> tuple[Expression[Any], ...]:
        """The columns of what is joined."""
        ...

    width: int
    many: str | None

    def records(
        self, compiled: Compiled, rows: Sequence[Row], start: int, stop: int, strict: Strictness | None
    ) -> list[Any]:
        """The records of the rows, made of their columns from `start` to `stop`, with what is joined to each."""
        ...


class AfterLoad(Protocol):
    """What a query calls with the records that it has loaded, before it gives them away."""

    def __call__(self, records: "Sequence[Any]") -> Coroutine[Any, Any, None]:
        """Complete the records."""
        ...


class Modelled(Protocol):
    """A model class, as far as the layers below it need to know."""

    __mapper__: "Mapper[Any]"


class Mapper(Generic[R]):
    """What is known of one model.

    `declared` builds the table of a model that declares columns; without it the table is read from the database.
    `attributes` says where a declared column's value is kept, by the column's name. Names in `reserved` mean something
    else on a record, so a column of such a name is kept apart and reached by `record["name"]`. `after_load` makes, of the
    paths that a query was given to load along, what completes its records, and `beside` what is joined to them; both raise
    UnknownRelation. `scopes` are
    functions that give a query of a query, by name; those in `default_scopes` are asked for every statement.
    """

    _newest: ClassVar[int] = 0

    def __init__(
        self,
        model: type[R],
        *,
        table_name: str,
        schema_name: str | None,
        connection: str,
        declared: Callable[[], Table] | None,
        attributes: Mapping[str, str],
        reserved: frozenset[str],
        relations: Callable[[Table], Mapping[str, Joinable]],
        after_load: "Callable[[Mapper[Any], tuple[Any, ...]], Coroutine[Any, Any, AfterLoad]]",
        beside: "Callable[[Mapper[Any], tuple[tuple[str, ...], ...]], Coroutine[Any, Any, Beside]]",
        scopes: "Mapping[str, Narrowing]",
        default_scopes: "Mapping[str, Narrowing]",
    ) -> None:
        self.model = model
        self.serial = next(_serials)
        self.table_name = table_name
        self.schema_name = schema_name
        self.connection = connection
        self.alias: str | None = None
        self._plain = self
        self._source: Source | None = None
        self.after_load = after_load
        self.beside = beside
        self.scopes = scopes
        self.default_scopes = default_scopes
        self.attributes = dict(attributes)
        self._columns = {attribute: column for column, attribute in attributes.items()}
        self.reserved = reserved
        self._declared = declared
        self._table: Table | None = None
        self._relations_of = relations
        self._relations: Mapping[str, Joinable] = {}
        self._relations_as_of = (0, 0)
        # of these relations, those whose targets follow what is written
        self.followed: tuple[object, tuple[Any, ...]] = (None, ())
        # and those of which something becomes when a record is deleted
        self.dependents: tuple[object, tuple[Any, ...]] = (None, ())
        # the text that finds a row by its key
        self.lookup: Any = None
        # and those that write one, by what they write
        self.row_texts: dict[Shape, Any] = {}
        # what a new record has before it is given anything
        self.defaults: Any = None
        self._keys: tuple[object, dict[str, str]] = (None, {})
        self._named_in: dict[Shape, tuple[Mapper[Any], ...]] = {}
        self._loaders: dict[tuple[object, ...], tuple[Layout, Loader]] = {}
        mappers.add(self)
        Mapper._newest = self.serial

    def __repr__(self) -> str:
        return f"<Mapper of {self.model.__name__}>"

    @classmethod
    def newest(cls) -> int:
        """The number of the model that was defined last: what was looked up by name before may have another answer since."""
        return Mapper._newest

    @property
    def is_declared(self) -> bool:
        """Whether the model names its columns itself."""
        return self._declared is not None

    @property
    def name(self) -> str:
        """The model's own name, for messages."""
        return self.model.__name__

    @property
    def source(self) -> Source:
        """The table as a statement names it."""
        if self._source is None:
            self._source = Source(self.table_name, schema=self.schema_name, alias=self.alias, of=self)
        return self._source

    @property
    def source_name(self) -> str:
        """The name by which a statement's columns refer to the table."""
        return self.alias or self.table_name

    def aliased(self, alias: str) -> "Mapper[R]":
        """The same model under another name in statements."""
        twin = copy(self)
        twin.alias = alias
        twin._source, twin.lookup, twin.row_texts = None, None, {}
        return twin

    def database(self) -> Database:
        """The database that the model's connection is configured for. Raises ConfigurationError."""
        return database(self.connection)

    async def table(self) -> Table:
        """The model's table: as declared, or as the database describes it. Raises UnknownTable."""
        found = self.table_at_hand()
        if found is None:
            found = await self.database().catalog.table(self.table_name, self.schema_name)
            # from now on a record's relations are attributes of its own
            self.relations()
        return found

    def table_at_hand(self) -> Table | None:
        """The model's table, where there is nothing to ask the database."""
        found = self._table or self.known_table()
        return None if found is not None and found.is_read and self.database().catalog.doubts(found) else found

    def known_table(self) -> Table | None:
        """The model's table, as far as it is known without asking the database."""
        if self._plain is not self:
            return self._plain.known_table()
        if self._declared is None:
            # a column may be named before anything is configured
            found = databases().get(self.connection)
            return None if found is None else found.catalog.known_table(self.table_name, self.schema_name)
        if self._table is None:
            self._table = self._declared()
        return self._table

    def named_in(self, statement: Node) -> "tuple[Mapper[Any], ...]":
        """The models whose tables a statement names. Statements of one shape name the same. Raises QueryError."""
        try:
            found = self._named_in.get(statement.shape)
        except RecursionError:
            raise QueryError("the expression is nested too deeply") from None
        if found is None:
            sources = [node for node in walk(statement) if isinstance(node, Source)]
            found = tuple(
                dict.fromkeys([cast("Mapper[Any]", source.of) for source in sources if source.of is not None])
            )
            if len(self._named_in) >= CAPACITY:
                self._named_in.clear()
            self._named_in[statement.shape] = found
        return found

    def key(self, name: str) -> str:
        """Where a record keeps the value of a column."""
        found = self.attributes.get(name)
        if found is not None:
            return found
        return f"column {name}" if name in self.reserved or name.startswith(("_", "column ")) else name

    def keys(self, table: Table) -> Mapping[str, str]:
        """Where a record keeps the values of the columns of a table of the model's, by their names."""
        as_of, keys = self._keys
        if as_of is not table:
            keys = {name: self.key(name) for name in table.columns}
            self._keys = table, keys
        return keys

    def column_name(self, name: str) -> str:
        """The name in the database of what an attribute holds, which may be called otherwise there."""
        return self._columns.get(name, name)

    def are_columns(self, names: AbstractSet[str]) -> bool:
        """Whether the model declares attributes of all these names as columns."""
        return names <= self._columns.keys()

    def is_column(self, name: str) -> bool:
        """Whether the model declares an attribute of this name as a column."""
        return name in self._columns

    def relations(self) -> Mapping[str, Joinable]:
        """The model's relations by name; those that follow from foreign keys once its table is known."""
        table = self._table or self.known_table()
        if table is None:
            return {}
        if self._relations_as_of != (table.generation, Mapper._newest):
            # a model defined meanwhile may be the better one for a table that a foreign key leads to
            self._relations = self._relations_of(table)
            self._relations_as_of = table.generation, Mapper._newest
        return self._relations

    def relation(self, name: str) -> Joinable:
        """The relation called `name`. Raises UnknownRelation, naming the nearest."""
        relations = self.relations()
        found = relations.get(name)
        if found is None:
            raise UnknownRelation(f"{self.name} has no relation {name!r}; {nearest(name, relations)}")
        return found

    def records(
        self,
        compiled: Compiled,
        rows: Sequence[Row],
        *,
        width: int | None = None,
        strict: Strictness | None = None,
    ) -> list[R]:
        """The rows of a statement as records of the model; made of so many of their first columns, where others follow.

        `strict` is what the query told about relations that are loaded later.
        """
        if width is not None:
            rows = [row[:width] for row in rows]
        layout, load = self.loader(compiled, width)
        return self.made(rows, layout, load, strict)

    def made(self, rows: Sequence[Row], layout: Layout, load: Loader, strict: Strictness | None = None) -> list[R]:
        """The rows as records of the model, by what `loader` gave."""
        origin = Origin(layout, strict)
        # before anything is loaded, since a new column may have the name that a relation had
        relations = self.relations()
        records = load(rows, self.model, origin)
        if len(records) > 1 and relations:
            origin.remember(records)
        return records

    def loader(self, compiled: Compiled, width: int | None = None) -> tuple[Layout, Loader]:
        """What turns rows of these columns, or of so many of the first ones, into records."""
        names, loads = compiled.names[:width], compiled.loads[:width]
        key = (names, loads)
        found = self._loaders.get(key)
        if found is None:
            layout = Layout(names, loads, [self.key(name) for name in names])
            if len(self._loaders) >= CAPACITY:
                self._loaders.clear()
            found = self._loaders[key] = layout, make_loader(layout, self.name)
        return found
