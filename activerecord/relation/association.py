"""An association: how the records of one model find those of another."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, NamedTuple, Self, TypeVar, cast, overload

from activerecord import runtime
from activerecord.errors import ColumnNotLoaded, RelationNotLoaded, UnknownRelation, UsageError, nearest
from activerecord.mapper import Beyond, Mapper
from activerecord.query.path import Relation
from activerecord.query.query import Query
from activerecord.relation.asking import know_along, reached_along
from activerecord.relation.follow import Follow
from activerecord.relation.hop import Hop, Narrow, joins, led_to
from activerecord.relation.keys import Key, key_reader
from activerecord.relation.loading import Loaded, Loading
from activerecord.relation.shared import load_shared
from activerecord.relation.spots import Spot
from activerecord.relation.strict import forbid_later, note_later
from activerecord.relation.target import find_model
from activerecord.relation.way import Ends, KeyHere, Way, known
from activerecord.schema.table import Table
from activerecord.sql.statement import Join

__all__ = ["Association", "related"]

V = TypeVar("V")


class _Course(NamedTuple):
    """The way of an association as its tables are: its hops, and what reads a record's key."""

    newest: int
    own: Table | None
    its: Table | None
    hops: tuple[Hop, ...]
    read: Callable[[Any], Key]


class Association(ABC, Generic[V]):
    """A relation of a model, which a record gives as a `V` once it is loaded.

    On the class it is a path to itself (`with_(User.orders)`), on a record what it leads to. `way` says by which columns it
    goes, `narrow` which of the rows there are meant. Its columns and its target are found when they are first needed, so models
    may be defined in any order.
    """

    many = False
    # what the target follows of the owner's rows
    follow: Follow | None = None
    # what becomes of the records that it leads to when the owner is deleted, as relation/dependent.py lists
    dependent: str | None = None

    def __init__(
        self,
        way: Way,
        *,
        target: "str | Mapper[Any] | None" = None,
        narrow: Narrow | None = None,
        inverse: str | None = None,
    ) -> None:
        self.name = ""
        self.optional = False
        self.way = way
        self.narrow = narrow
        self._inverse = inverse
        self._owner: type[Any] | None = None
        self._target = target
        # the model that the annotation names, and which was the newest when it was looked up
        self._named: tuple[int, Mapper[Any] | None] = (0, None)
        self._held: _Course | None = None

    def __set_name__(self, owner: "type[Any]", name: str) -> None:
        self.name = name
        self._owner = owner
        self._named = (0, None)
        self._held = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._owner.__name__ if self._owner else '?'}.{self.name}>"

    @property
    def spelt(self) -> str:
        """The association as a program names it, `User.orders`, for messages."""
        return f"{self.owner.name}.{self.name}"

    def of(self, owner: "type[Any]", name: str) -> Self:
        """This association as one of `owner`, under a name."""
        self.__set_name__(owner, name)
        return self

    def leads_to(self, *targets: str, optional: bool) -> None:
        """Set the model that the annotation names, where none was given by hand. Raises UsageError for several."""
        first, *others = targets
        if others:
            raise UsageError(
                f"{self!r} leads to {' or '.join(targets)}: one record of several models is "
                f'`BelongsTo["{" | ".join(targets)}"] = belongs_to(polymorphic=True)`'
            )
        self._target = self._target or first
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
            newest, found = self._named
            if found is None or newest != Mapper.newest():
                newest, found = self._named = Mapper.newest(), find_model(self._target, self.owner)
            return found
        if self._target is None:
            kind = type(self).__name__
            raise UnknownRelation(f'{self.spelt} leads nowhere: annotate it, e.g. `{kind}["Order"]`')
        return self._target

    def may_lead_to(self, mapper: Mapper[Any]) -> bool:
        """Whether that model, or what it is derived from, is the target. Does not mind a target that is not there."""
        models = mapper.model.__mro__
        if isinstance(self._target, str) and self._target.rpartition(".")[2] not in {each.__name__ for each in models}:
            return False
        return self.target.model in models

    # the way there

    def hops(self) -> tuple[Hop, ...]:
        """The way from the owner's table to the target's. Raises UnknownRelation, UsageError where a table is not read yet."""
        return self._course().hops

    def _course(self) -> "_Course":
        """The way, found again only after a table was read anew or a model was defined."""
        owner, target = self.owner, self.target
        own, its, held = owner.known_table(), target.known_table(), self._held
        if held is not None:
            if own is None or its is None:
                # the tables are to be read again; until they are, it goes as it went
                return held
            if held.own is own and held.its is its and held.newest == Mapper.newest():
                return held
        newest, hops = Mapper.newest(), self.way.hops(self.ends())
        held = self._held = _Course(newest, own, its, hops, key_reader(owner, hops[0].here))
        return held

    async def know(self) -> Table:
        """Have the tables read that it goes by; the target's. Raises UnknownTable, and UnknownRelation where it goes nowhere."""
        await self.owner.table()
        table = await self.target.table()
        await self.way.know(self.ends())
        self.check()
        return table

    def ends(self) -> Ends:
        """The association as its way sees it."""
        return Ends(self.name, self.owner, self.target, self.narrow)

    def check(self) -> None:
        """Raise UnknownRelation where the columns that it goes by are not there, or do not pair, or no inverse is called so."""
        mapper = self.owner
        for hop in self.hops():
            self._check(mapper, hop.here)
            self._check(hop.target, hop.there)
            if not hop.here or len(hop.here) != len(hop.there):
                raise UnknownRelation(
                    f"{self.spelt} cannot pair the columns {_listed(hop.here)} of {mapper.name} with "
                    f"{_listed(hop.there)} of {hop.target.name}: name them, foreign_key=... and references=..."
                )
            mapper = hop.target
        self._check_inverse()

    def _check_inverse(self) -> None:
        if self._inverse is None:
            return
        found = cast("Association[Any]", self.target.relation(self._inverse))
        if not found.may_lead_to(self.owner):
            raise UnknownRelation(
                f"{self.spelt} names {found.spelt} as its inverse, which leads to {found.target.name}, not to "
                f"{self.owner.name}"
            )

    def _check(self, mapper: Mapper[Any], columns: tuple[str, ...]) -> None:
        names = known(mapper).columns
        for name in columns:
            if name not in names:
                raise UnknownRelation(
                    f"{self.spelt} goes by the column {name!r} of {mapper.name}, which does not exist; "
                    f"{nearest(name, names)}"
                )

    def joins(self, kind: str, source: str, alias: str | None = None) -> tuple[Join, ...]:
        """The joins that lead from `source` to the target, the last of them under an alias if one is given."""
        self.check()
        return joins(self.hops(), kind, source, alias)

    async def know_along(self, further: Sequence[str], narrow: Narrow | None) -> None:
        """Have the tables read that it goes by, and so do further relations of its target, one after the other, and `narrow`."""
        await know_along(self, further, narrow)

    def reached_along(self, further: Sequence[str], narrow: Narrow | None) -> Beyond:
        """What it leads to, or further relations from there, narrowed."""
        return reached_along(self, further, narrow)

    def inverse(self) -> "Association[Any] | None":
        """The association by which the target leads back: as named, or the only one by the same columns."""
        if self._inverse is not None:
            return cast("Association[Any]", self.target.relation(self._inverse))
        if not self.way.is_direct:
            return None
        (hop,) = self.hops()
        found: list[Association[Any]] = []
        for each in self.target.relations().values():
            other = cast("Association[Any]", each)
            if other.may_be_inverse(self, hop):
                found.append(other)
        return found[0] if len(found) == 1 else None

    def may_be_inverse(self, other: "Association[Any]", hop: Hop) -> bool:
        """Whether it leads all the way back from where another leads by one hop: one of the two holds the key."""
        if not self.way.is_direct or self.narrow is not None or self.holds_key == other.holds_key:
            # of one that leads over others, tables may not be read that nobody asked for
            return False
        if not self.may_lead_to(other.owner):
            return False
        (own,) = self.hops()
        return (own.here, own.there) == (hop.there, hop.here)

    def alone(self, other: Any) -> "Association[Any]":  # noqa: ARG002  # for those that lead to several models
        """The association as it leads to the model of this record alone."""
        return self

    def by_values(self, values: Mapping[str, Any]) -> "Association[Any] | None":  # noqa: ARG002  # for several models
        """The association as it leads on from a row of these values, by column; None where it leads nowhere."""
        return self

    def columns_held(self) -> tuple[str, ...]:
        """The columns of the owner that say where it leads."""
        return self.hops()[0].here

    @property
    def holds_key(self) -> bool:
        """Whether its owner holds the key of the target."""
        return isinstance(self.way, KeyHere)

    # reading

    @overload
    def __get__(self, record: None, owner: "type[Any]") -> "Relation[V]": ...
    @overload
    def __get__(self, record: object, owner: "type[Any]") -> Any: ...
    def __get__(self, record: object | None, owner: "type[Any]") -> Any:
        return Relation[Any](owner.__mapper__, (self.name,)) if record is None else self.read(record)

    def __set__(self, record: object, value: Any) -> None:
        self.assign(record, value)

    def assign(self, record: Any, value: Any) -> None:  # noqa: ARG002  # for the kinds that can
        """Let a record lead to `value`. Raises UsageError for what cannot be assigned."""
        raise UsageError(f"{self.spelt} cannot be assigned: set the keys of its records, and save them")

    @abstractmethod
    def read(self, record: Any) -> Any:
        """What a record shows of the association: what is loaded, or the means to load it."""

    def load_now(self, record: Any) -> None:
        """Load it for the record and its siblings, in plain sync code only. Raises RelationNotLoaded elsewhere."""
        if runtime.backend() is not None:
            forbid_later(record, self.spelt, self.name)
            now = f"record.{self.name}" if self.many else f"record.async_load({self.spelt})"
            raise RelationNotLoaded(
                f"{self.spelt} is not loaded: ask for it with the query, `.with_({self.name!r})`, or load it now, "
                f"`await {now}`"
            )
        runtime.run_blocking(lambda: self.obtain(record), self.name)

    def family(self, record: Any) -> list[Any]:
        """The record, and those of the same result that have not loaded the association either."""
        origin = record._origin
        siblings = [] if origin is None else [other for other in origin.alive() if not self.is_loaded(other)]
        return [record, *[other for other in siblings if other is not record and self._tells_key(other)]]

    def _tells_key(self, record: Any) -> bool:
        """Whether a record has the columns that say where it leads: others of its result may have been read or assigned more."""
        try:
            self.own_key(record)
        except ColumnNotLoaded:
            return False
        return True

    def is_loaded(self, record: Any) -> bool:
        """Whether a record has it at hand, for its present key."""
        held = related(record).get(self.name)
        return held is not None and held[0] == self._course().read(record)

    def own_key(self, record: Any) -> Key:
        """The record's side of the association; None where a part of it is missing."""
        return self._course().read(record)

    def query_of(self, record: Any) -> "Query[Any]":
        """A fresh query of what the record leads to."""
        key = self.own_key(record)
        if key is None:
            return Query(self.target).where("1 = 0")
        return led_to(self.hops(), key)

    # loading

    async def obtain(self, record: Any) -> Any:
        """What the record has of it, loaded for its siblings too where it was not loaded; a list is the caller's own.

        Raises StrictLoadingViolation.
        """
        await self.know()
        while not self.is_loaded(record):
            # once more only where the record's key was changed meanwhile, or another task's load has come to nothing
            await self._load_once(record)
        found = related(record)[self.name][1]
        return list(found) if self.many else found

    async def _load_once(self, record: Any) -> None:
        if self.own_key(record) is None:
            # the database is not asked
            await self.load([record])
        else:
            forbid_later(record, self.spelt, self.name)
            await load_shared(self, record)

    async def load_later(self, record: Any, family: Sequence[Any]) -> None:
        """Load it for all of a record's family, which strict loading may want to be told."""
        note_later(record, self.spelt, len(family))
        await self.load(family)

    async def load(self, records: Sequence[Any], narrow: Narrow | None = None) -> None:
        """Load it for all these records, in one query. Nothing is attached before everything has arrived."""
        loading = Loading(self.owner, records)
        self.attach(await self.fetch(records, loading, narrow))
        loading.attach()

    async def fetch(
        self, records: Sequence[Any], loading: Loading, narrow: Narrow | None = None, spot: Spot | None = None
    ) -> Loaded:
        """Read what these records lead to, to which what `spot` says will be attached. Nothing is attached yet."""
        await self.know()
        course = self._course()
        # as they are now: another task may change a key while this one waits
        keyed = [(record, course.read(record)) for record in records]
        return await loading.fetch(course.hops, keyed, narrow, first=not self.many, spot=spot)

    def attach(self, loaded: Loaded) -> None:
        """Give each record, of the key that it was asked for by, its own of what was found, and these the way back."""
        self.attach_back(loaded)
        self.attach_own(loaded)

    def attach_back(self, loaded: Loaded) -> None:
        """Give those that were found the records that they lead back to, where that is one each."""
        back = self.inverse()
        if back is None or back.many:
            return
        for record, key in loaded.keyed:
            found = loaded.by_key.get(key, ()) if key is not None else ()
            if found:
                _lead(found, back.name, (back.key_by_inverse(key, record), record))

    def attach_own(self, loaded: Loaded) -> None:
        """Give each record, of the key that it was asked for by, its own of what was found."""
        for record, key in loaded.keyed:
            found = loaded.by_key.get(key, ()) if key is not None else ()
            related(record)[self.name] = key, self.value(found)

    def key_by_inverse(self, key: Key, record: Any) -> Key:  # noqa: ARG002  # for a key that says more
        """The key of those that a record leads to, by its inverse, by this key of its own."""
        return key

    @abstractmethod
    def value(self, found: Sequence[Any]) -> Any:
        """What a record holds that leads to these records."""


def related(record: Any) -> dict[str, tuple[Any, Any]]:
    """What a record has loaded: by name of the relation, the key it was loaded for and what was found."""
    held: dict[str, tuple[Any, Any]] | None = record._related
    if held is None:
        held = record._related = {}
    return held


def _lead(records: Sequence[Any], name: str, there: tuple[Any, Any]) -> None:
    """Have all of these records lead there by that relation: `related` of each, without a call for each of many."""
    for record in records:
        held = record._related
        if held is None:
            record._related = {name: there}
        else:
            held[name] = there


def _listed(columns: tuple[str, ...]) -> str:
    return f"({', '.join(columns)})"
