"""Polymorphic relations: to one record of several models, by a column that names the model and one that holds its key."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Generic, NoReturn, TypeGuard, TypeVar, cast

from activerecord.errors import QueryError, UnknownRelation, UnknownType, UsageError, nearest
from activerecord.mapper import Mapper
from activerecord.query.query import Query
from activerecord.relation.association import Association, related
from activerecord.relation.hop import Hop, Narrow, in_turn
from activerecord.relation.keys import Key, key_reader
from activerecord.relation.kinds import BelongsTo
from activerecord.relation.loading import Loaded, Loading
from activerecord.relation.pending import put, waiting
from activerecord.relation.spots import Spot
from activerecord.relation.target import find_model
from activerecord.relation.way import Columns, Ends, KeyHere, Way, in_table, known
from activerecord.schema.table import Table

__all__ = ["Held", "PolymorphicBelongsTo", "polymorphic_name"]

T = TypeVar("T")


class _ByType(Way):
    """By a key of one model or another, so no single way at all."""

    def hops(self, ends: Ends) -> NoReturn:
        """Raise QueryError: each row may lead to another table."""
        raise _no_single_way(ends.spelt)


class PolymorphicBelongsTo(BelongsTo[T], Generic[T]):
    """The one record, of one of several models, whose key this record holds beside the model's name.

    `commentable: BelongsTo["Post | Photo"] = belongs_to(polymorphic=True)` goes by `commentable_type` and `commentable_id`.
    For each model there is a part: the belongs_to that it would be if it led to that model alone.
    """

    def __init__(
        self, foreign_key: Columns = (), type_column: str | None = None, *, inverse: str | None = None
    ) -> None:
        super().__init__(_ByType(), inverse=inverse)
        self._foreign_key = foreign_key
        self._type_column = type_column
        self._names: tuple[str, ...] = ()
        self._parts: Mapping[str, BelongsTo[Any]] = {}
        self._parts_as_of: tuple[object, ...] = ()

    def __set_name__(self, owner: "type[Any]", name: str) -> None:
        super().__set_name__(owner, name)
        self._parts, self._parts_as_of = {}, ()

    def leads_to(self, *targets: str, optional: bool) -> None:
        """Set the models that the annotation names."""
        self._names = self._names or targets
        self.optional = self.optional or optional

    # what it leads to

    @property
    def target(self) -> NoReturn:
        """Raise QueryError: it leads to no single model."""
        raise _no_single_way(self.spelt)

    @property
    def targets(self) -> tuple[Mapper[Any], ...]:
        """The models that the annotation names. Raises UnknownRelation."""
        return tuple([part.target for part in self.parts().values()])

    def may_lead_to(self, mapper: Mapper[Any]) -> bool:
        """Whether that model is one of those that the annotation names."""
        names = {name.rpartition(".")[2] for name in self._names}
        return mapper.name in names and any(part.target.model is mapper.model for part in self.parts().values())

    def may_be_inverse(self, other: Association[Any], hop: Hop) -> bool:  # noqa: ARG002  # its inverse says so itself
        """Never: the relation back is the one that says `as_`."""
        return False

    @property
    def holds_key(self) -> bool:
        """Whether its owner holds the key of the target: it does."""
        return True

    def parts(self) -> Mapping[str, BelongsTo[Any]]:
        """For each model, by the name that stands for it in the type's column, the belongs_to to it alone. Raises UnknownRelation."""
        as_of = (Mapper.newest(), self.owner)
        if self._parts_as_of != as_of:
            self._parts = self._made_parts()
            self._parts_as_of = as_of
        return self._parts

    def _made_parts(self) -> Mapping[str, BelongsTo[Any]]:
        if not self._names:
            raise UnknownRelation(f'{self.spelt} leads nowhere: annotate it, e.g. `BelongsTo["Post | Photo"]`')
        made: dict[str, BelongsTo[Any]] = {}
        for target in [find_model(name, self.owner) for name in self._names]:
            name = polymorphic_name(target)
            if name in made:
                raise UnknownRelation(
                    f"{self.spelt}: {made[name].target.name} and {target.name} are both called {name!r} in its rows; "
                    f"give one another __polymorphic_name__"
                )
            part = BelongsTo[Any](KeyHere(self._foreign_key), target=target)
            part.follow = self.follow
            made[name] = part.of(self.owner.model, self.name)
        return made

    def part(self, name: Any) -> BelongsTo[Any]:
        """The belongs_to to the model that a row names. Raises UnknownType."""
        found = self.parts().get(name) if isinstance(name, str) else None
        if found is None:
            raise UnknownType(
                f"{self.spelt}: a row names {name!r} in its column {self.type_column!r}, for which no model stands; "
                f"{nearest(str(name), self.parts())} (the annotation names the models, and __polymorphic_name__ says what "
                f"rows call one)"
            )
        return found

    def part_of(self, record: Any) -> BelongsTo[Any] | None:
        """The belongs_to that a record goes by now; None where it leads to nothing. Raises UnknownType."""
        key = self.own_key(record)
        return None if key is None else self.part(key[0])

    def name_of(self, mapper: Mapper[Any]) -> str:
        """What stands for a model in the type's column. Raises UnknownRelation for one that the annotation does not name."""
        for name, part in self.parts().items():
            if part.target.model is mapper.model:
                return name
        raise UnknownRelation(
            f"{self.spelt} leads to {self._listed()}, not to {mapper.name}: name it in the annotation"
        )

    def _listed(self) -> str:
        return " or ".join(self._names)

    def alone(self, other: Any) -> BelongsTo[Any]:
        """The belongs_to to the model of this record alone."""
        return self.part(self.name_of(other.__mapper__))

    def by_values(self, values: Mapping[str, Any]) -> BelongsTo[Any] | None:
        """The belongs_to that a row of these values goes by; None where it leads to nothing. Raises UnknownType."""
        name = values.get(self.type_column)
        return None if name is None else self.part(name)

    # its columns

    def columns_held(self) -> tuple[str, ...]:
        """The columns that say where it leads: the model's, and the key's."""
        return (self.type_column, *self.own_columns())

    @property
    def type_column(self) -> str:
        """The column that names the model."""
        return in_table(self.owner, (self._type_column or f"{self.name}_type",))[0]

    def own_columns(self) -> tuple[str, ...]:
        """The column that holds the key."""
        return in_table(self.owner, self._foreign_key or (f"{self.name}_id",))

    def own_key(self, record: Any) -> Key:
        """The name of the model and the key; None where either is missing."""
        return key_reader(self.owner, (self.type_column, *self.own_columns()))(record)

    def is_loaded(self, record: Any) -> bool:
        """Whether a record has it at hand, for its present key."""
        held = related(record).get(self.name)
        return held is not None and held[0] == self.own_key(record)

    async def know(self) -> Table:
        """Have the tables read that it goes by; the owner's."""
        table = await self.owner.table()
        for part in self.parts().values():
            await part.target.table()
        self.check()
        return table

    def check(self) -> None:
        """Raise UnknownRelation where a column that it goes by is not there, or a model has a key of several columns."""
        table = known(self.owner)
        for name in (self.type_column, *self.own_columns()):
            if name not in table.columns:
                raise UnknownRelation(
                    f"{self.spelt} goes by the column {name!r} of {self.owner.name}, which does not exist; "
                    f"{nearest(name, table.columns)} (foreign_key=..., type_column=...)"
                )
        for part in self.parts().values():
            if len(known(part.target).primary_key) != 1 or len(self.own_columns()) != 1:
                raise UnknownRelation(
                    f"{self.spelt} is polymorphic and goes by one column, and the key of {part.target.name} is of "
                    f"{len(known(part.target).primary_key)}: declare a belongs_to for it alone"
                )
            part.check()

    # reading, assigning

    def read(self, record: Any) -> Any:
        """The record that it leads to, or None. Loaded at once in plain sync code, else RelationNotLoaded."""
        if self.owner.known_table() is None:
            self.load_now(record)
        waits = waiting(self, record)
        if waits:
            return waits[0]
        if self.own_key(record) is None:
            return None
        if not self.is_loaded(record):
            self.load_now(record)
        return related(record)[self.name][1]

    def query_of(self, record: Any) -> Query[Any]:
        """A fresh query of what the record leads to. Raises QueryError where it leads to nothing, of no model at all."""
        part = self.part_of(record)
        if part is None:
            raise QueryError(f"{self.spelt} leads to nothing here, so there is no model to ask")
        return part.query_of(record)

    def assign(self, record: Any, value: Any) -> None:
        """Let a record lead to another, or to none: its columns become the other's model and key. Raises UsageError."""
        if value is None:
            put(record, self.name, None)
            self._assign(record, None, dict.fromkeys((self.type_column, *self.own_columns())))
            return
        mapper: Mapper[Any] | None = getattr(value.__class__, "__mapper__", None)
        if mapper is None or not self.may_lead_to(mapper):
            raise UsageError(f"{self.spelt} takes a {self._listed()}, got {type(value).__name__}")
        name = self.name_of(mapper)
        self.part(name).assign(record, value)
        self._assign(record, value, {self.type_column: name})
        related(record)[self.name] = self.own_key(record), value

    # loading

    async def fetch(
        self, records: Sequence[Any], loading: Loading, narrow: Narrow | None = None, spot: Spot | None = None
    ) -> Loaded:
        """Read what these records lead to, one query for each model. Raises UnknownType; nothing is attached yet."""
        await self.know()
        keyed = [(record, self.own_key(record)) for record in records]
        by_key: dict[tuple[Any, ...], list[Any]] = {}
        for part, name in _present(self, keyed):
            own = [(record, key[1:]) for record, key in keyed if key is not None and key[0] == name]
            loaded = await loading.fetch(part.hops(), own, narrow, spot=spot)
            by_key.update({(name, *key): found for key, found in loaded.by_key.items()})
        return Loaded(keyed, by_key)

    def attach_back(self, loaded: Loaded) -> None:
        """Give those that were found the records that they lead back to, where that is one each."""
        for record, key in loaded.keyed:
            for other in loaded.by_key.get(key, ()) if key is not None else ():
                back = self._back(other.__mapper__)
                if back is not None:
                    related(other)[back.name] = back.own_key(other), record

    def _back(self, target: Mapper[Any]) -> Association[Any] | None:
        """The has_one of a model that leads back by this, if it has just one."""
        if self._inverse is not None:
            found = [target.relation(self._inverse)]
        else:
            found = [each for each in target.relations().values() if _leads_back(each, self)]
        back = cast("Association[Any]", found[0]) if len(found) == 1 else None
        return None if back is None or back.many else back

    def key_by_inverse(self, key: Key, record: Any) -> Key:
        """Its key where a record leads back here by this key of its own."""
        return None if key is None else (self.name_of(record.__mapper__), *key)


class Held(Way):
    """The target holds the key of the owner beside the name of its model: `has_many(as_="commentable")`."""

    def __init__(self, name: str, *, is_one: bool = False) -> None:
        self._name = name
        self._is_one = is_one

    def hops(self, ends: Ends) -> tuple[Hop, ...]:
        """One hop, to those rows that name the owner's model."""
        back = self.back(ends)
        held = ((back.type_column, back.name_of(ends.owner)),)

        def of_type(query: Query[Any]) -> Query[Any]:
            return query.where(dict(held))

        here, there = known(ends.owner).primary_key, back.own_columns()
        narrow = in_turn(of_type, ends.narrow)
        return (Hop(here, there, ends.target, narrow, is_one=self._is_one, besides=held),)

    def back(self, ends: Ends) -> PolymorphicBelongsTo[Any]:
        """The polymorphic belongs_to that leads back. Raises UnknownRelation."""
        back: Any = ends.target.relation(self._name)
        if not _is_polymorphic(back):
            raise UnknownRelation(
                f"{ends.spelt} goes by {ends.target.name}.{self._name}, which is not polymorphic: "
                f"belongs_to(polymorphic=True), or leave as_ out"
            )
        return back

    def is_back_of(self, other: Association[Any]) -> bool:
        """Whether it goes by that relation."""
        return self._name == other.name


def polymorphic_name(mapper: Mapper[Any]) -> str:
    """What stands for a model in the columns that name one: its class's name, or its `__polymorphic_name__`."""
    given = vars(mapper.model).get("__polymorphic_name__", mapper.name)
    if not isinstance(given, str) or not given:
        raise UsageError(f"{mapper.name}.__polymorphic_name__ is a text that is not empty")
    return given


def _present(relation: PolymorphicBelongsTo[Any], keyed: Iterable[tuple[Any, Key]]) -> list[tuple[BelongsTo[Any], Any]]:
    """The parts that records go by, each with the name in their rows. Raises UnknownType before anything is sent."""
    names = dict.fromkeys([key[0] for _, key in keyed if key is not None])
    return [(relation.part(name), name) for name in names]


def _is_polymorphic(found: Any) -> TypeGuard[PolymorphicBelongsTo[Any]]:
    return isinstance(found, PolymorphicBelongsTo)


def _leads_back(each: Any, other: PolymorphicBelongsTo[Any]) -> bool:
    return (
        isinstance(each, Association)
        and isinstance(each.way, Held)
        and each.narrow is None
        and each.way.is_back_of(other)
        and each.may_lead_to(other.owner)
    )


def _no_single_way(spelt: str) -> QueryError:
    return QueryError(
        f"{spelt} leads to records of several models, so nothing is joined or asked along it: join one model on a condition, "
        f"join(Post, (Comment.commentable_id == Post.id) & (Comment.commentable_type == 'Post'))"
    )
