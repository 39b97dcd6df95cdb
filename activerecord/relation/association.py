"""An association: how the records of one model find those of another."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, Generic, Self, TypeVar, cast, overload

from activerecord import runtime
from activerecord.errors import QueryError, RelationNotLoaded, UnknownRelation, UsageError, nearest
from activerecord.mapper import Mapper
from activerecord.query.query import Query
from activerecord.relation.keys import Key, key_reader, keys_condition
from activerecord.relation.target import find_model
from activerecord.schema.table import Table
from activerecord.sql.dialect import Dialect
from activerecord.sql.expression import all_of
from activerecord.sql.reference import Reference
from activerecord.sql.statement import Join

__all__ = ["Association", "Narrow", "name_of", "related"]

V = TypeVar("V")
Narrow = Callable[[Query[Any]], Query[Any]]

# Keys that one statement asks for where a list may be of any length: at this many, another round trip costs nothing
# beside their rows, and the making of the list does not hold up other tasks for long.
_KEYS = 1 << 16


class Association(ABC, Generic[V]):
    """A relation of a model, which a record gives as a `V` once it is loaded.

    On the class it stands for itself (`with_(User.orders)`), on a record for what it leads to. Its columns and its target
    are found when they are first needed, so models may be defined in any order.
    """

    many = False

    def __init__(
        self,
        *,
        target: "str | Mapper[Any] | None" = None,
        own_columns: tuple[str, ...] = (),
        target_columns: tuple[str, ...] = (),
    ) -> None:
        self.name = ""
        self.optional = False
        self._owner: type[Any] | None = None
        self._target = target
        self._own_columns = own_columns
        self._target_columns = target_columns

    def __set_name__(self, owner: "type[Any]", name: str) -> None:
        self.name = name
        self._owner = owner

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._owner.__name__ if self._owner else '?'}.{self.name}>"

    def of(self, owner: "type[Any]", name: str) -> Self:
        """This association as one of `owner`, under a name."""
        self.__set_name__(owner, name)
        return self

    def leads_to(self, target: "str | Mapper[Any]", *, optional: bool) -> None:
        """Set the model that the annotation names, where none was given by hand."""
        self._target = self._target or target
        self.optional = self.optional or optional

    @property
    def owner(self) -> Mapper[Any]:
        """The model that has the association."""
        if self._owner is None:
            raise UsageError("an association belongs into the body of a model")
        return cast("Mapper[Any]", self._owner.__mapper__)

    @property
    def target(self) -> Mapper[Any]:
        """The model that it leads to. Raises UnknownRelation."""
        if isinstance(self._target, str):
            return find_model(self._target, self.owner)
        if self._target is None:
            kind = type(self).__name__
            raise UnknownRelation(f'{self.owner.name}.{self.name} leads nowhere: annotate it, e.g. `{kind}["Order"]`')
        return self._target

    def may_lead_to(self, mapper: Mapper[Any]) -> bool:
        """Whether that model, or what it is derived from, is the target. Does not mind a target that is not there."""
        models = mapper.model.__mro__
        if isinstance(self._target, str) and self._target not in {model.__name__ for model in models}:
            return False
        return self.target.model in models

    # reading

    @overload
    def __get__(self, record: None, owner: "type[Any]") -> Self: ...
    @overload
    def __get__(self, record: object, owner: "type[Any]") -> Any: ...
    def __get__(self, record: object | None, owner: "type[Any]") -> Any:
        return self if record is None else self.read(record)

    def __set__(self, record: object, value: Any) -> None:
        self.assign(record, value)

    def assign(self, record: Any, value: Any) -> None:  # noqa: ARG002  # for the kinds that can
        """Let a record lead to `value`. Raises UsageError for what cannot be assigned."""
        raise UsageError(
            f"{self.owner.name}.{self.name} cannot be assigned: set the keys of its records, and save them"
        )

    @abstractmethod
    def read(self, record: Any) -> Any:
        """What a record shows of the association: what is loaded, or the means to load it."""

    def load_now(self, record: Any) -> None:
        """Load it for the record and its siblings, in plain sync code only. Raises RelationNotLoaded elsewhere."""
        if runtime.backend() is not None:
            model = self.owner.name
            now = f"record.{self.name}" if self.many else f"record.async_load({model}.{self.name})"
            raise RelationNotLoaded(
                f"{model}.{self.name} is not loaded: ask for it with the query, `.with_({self.name!r})`, or load it now, "
                f"`await {now}`"
            )
        runtime.run_blocking(lambda: self.load(self.family(record)), self.name)

    def family(self, record: Any) -> list[Any]:
        """The record, and those of the same result that have not loaded the association either."""
        origin = record._origin
        held = self._held()
        siblings = [] if origin is None else [other for other in origin.alive() if not held(other)]
        return siblings if any(other is record for other in siblings) else [record, *siblings]

    def is_loaded(self, record: Any) -> bool:
        """Whether a record has it at hand, for its present key."""
        return self._held()(record)

    def _held(self) -> Callable[[Any], bool]:
        read = key_reader(self.owner, self.own_columns())

        def held(record: Any) -> bool:
            found = related(record).get(self.name)
            return found is not None and found[0] == read(record)

        return held

    def own_key(self, record: Any) -> Key:
        """The record's side of the association; None where a part of it is missing."""
        return key_reader(self.owner, self.own_columns())(record)

    # loading

    async def obtain(self, record: Any) -> Any:
        """What the record has of it, loaded for its siblings too where it was not loaded; a list is the caller's own."""
        await self.owner.table()
        while not self.is_loaded(record):
            # once more only where the record's key was changed meanwhile
            await self.load(self.family(record))
        found = related(record)[self.name][1]
        return list(found) if self.many else found

    async def load(self, records: Sequence[Any], narrow: Narrow | None = None) -> list[Any]:
        """Load it for all these records, in one query; what was found.

        Nothing is attached before everything has arrived.
        """
        table = await self.know()
        # as they are now: another task may change a key while this one waits
        read = key_reader(self.owner, self.own_columns())
        keyed = [(record, read(record)) for record in records]
        keys = list(dict.fromkeys(key for _, key in keyed if key is not None))
        found: list[Any] = []
        dialect = await self.target.database().settle()
        for part in self._parts(keys, dialect):
            query = Query(self.target).where(keys_condition(table, self.target_columns(), part))
            found += await (query if narrow is None else _narrowed(narrow, query)).async_all()
        self.attach(keyed, found)
        return found

    async def know(self) -> Table:
        """Have both tables read; the target's. Raises UnknownTable, and UnknownRelation where the columns do not pair."""
        await self.owner.table()
        table = await self.target.table()
        self.pairs()
        return table

    def _parts(self, keys: "list[tuple[Any, ...]]", dialect: Dialect) -> "list[list[tuple[Any, ...]]]":
        width = max(1, len(self.own_columns()))
        # IN fills its list up to a power of two, so only half of the binds can be counted on
        size = _KEYS if width == 1 and dialect.list_is_a_bind else max(1, dialect.max_binds // 2 // width)
        return [keys[start : start + size] for start in range(0, len(keys), size)]

    @abstractmethod
    def attach(self, keyed: "Sequence[tuple[Any, Key]]", found: Sequence[Any]) -> None:
        """Give each record, of the key that it was asked for by, its own of what was found."""

    # columns

    @abstractmethod
    def own_columns(self) -> tuple[str, ...]:
        """The columns of the owner that it goes by."""

    @abstractmethod
    def target_columns(self) -> tuple[str, ...]:
        """The columns of the target that it goes by."""

    def pairs(self) -> list[tuple[str, str]]:
        """The columns by which the two models go together: the owner's and the target's. Raises UnknownRelation."""
        own, other = self.own_columns(), self.target_columns()
        self._check(self.owner, own)
        self._check(self.target, other)
        if not own or len(own) != len(other):
            raise UnknownRelation(
                f"{self.owner.name}.{self.name} cannot pair the columns {_listed(own)} of {self.owner.name} with "
                f"{_listed(other)} of {self.target.name}: name them, foreign_key=... and references=..."
            )
        return list(zip(own, other, strict=True))

    def _check(self, mapper: Mapper[Any], columns: tuple[str, ...]) -> None:
        known = self._known(mapper).columns
        for name in columns:
            if name not in known:
                raise UnknownRelation(
                    f"{self.owner.name}.{self.name} goes by the column {name!r} of {mapper.name}, which does not exist; "
                    f"{nearest(name, known)}"
                )

    def joins(self, kind: str, source: str, alias: str | None = None) -> tuple[Join, ...]:
        """The join that leads from `source` to the target, under an alias if one is given."""
        target = self.target if alias is None else self.target.aliased(alias)
        condition = all_of(
            *[Reference[Any](target.source_name, there) == Reference[Any](source, here) for here, there in self.pairs()]
        )
        assert condition is not None
        return (Join(kind, target.source, condition),)

    def _named(self, mapper: Mapper[Any], given: tuple[str, ...]) -> tuple[str, ...]:
        """The columns that are called so in the table, or as attributes of the model."""
        columns = {attribute: column for column, attribute in mapper.attributes.items()}
        return tuple([columns.get(name, name) for name in given])

    def _known(self, mapper: Mapper[Any]) -> Table:
        table = mapper.known_table()
        if table is None:
            raise UsageError(f"the table of {mapper.name} was not read yet: `await {mapper.name}.async_schema()`")
        return table


def name_of(relation: Any) -> str:
    """The name of a relation that is given as itself, by its name or, before its table is read, as if it were a column.

    Raises QueryError for anything else.
    """
    if isinstance(relation, Reference):
        return relation.column
    name = relation.name if isinstance(relation, Association) else relation
    if not isinstance(name, str):
        raise QueryError(f"expected a relation or its name, got {type(name).__name__}")
    return name


def related(record: Any) -> dict[str, tuple[Any, Any]]:
    """What a record has loaded: by name of the relation, the key it was loaded for and what was found."""
    held: dict[str, tuple[Any, Any]] | None = record._related
    if held is None:
        held = record._related = {}
    return held


def _listed(columns: tuple[str, ...]) -> str:
    return f"({', '.join(columns)})"


def _narrowed(narrow: Narrow, query: Query[Any]) -> Query[Any]:
    narrowed = narrow(query)
    if not isinstance(narrowed, Query):
        raise QueryError(f"a function that narrows a relation gives a query back, not {type(narrowed).__name__}")
    clauses = narrowed.clauses
    if clauses.limit is not None or clauses.offset is not None:
        raise QueryError(
            "a limit would count what all records lead to, taken together: narrow the relation by where(...)"
        )
    return narrowed
