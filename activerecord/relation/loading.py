"""Loading: what many records lead to, read in one query, before any of it is attached."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, Protocol, cast

from activerecord.hydration import Origin
from activerecord.mapper import Mapper
from activerecord.query.query import Query
from activerecord.relation.hop import Hop, Narrow, Reached, narrowed_first, reached
from activerecord.relation.keys import Key, keys_condition
from activerecord.relation.limits import is_limited, limited, may_be_several
from activerecord.relation.met import Met
from activerecord.relation.spots import Sharing, Spot
from activerecord.strictness import Strictness, strictest

__all__ = ["Loaded", "Loading"]

# Keys that one statement asks for where a list may be of any length: at this many, another round trip costs nothing
# beside their rows, and the making of the list does not hold up other tasks for long.
_KEYS = 1 << 16


class Loaded(NamedTuple):
    """What was found for records, each with the key that it was asked for by: of each key the records it leads to."""

    keyed: Sequence[tuple[Any, Key]]
    by_key: Mapping[tuple[Any, ...], list[Any]]

    def found(self) -> list[Any]:
        """The records that were found, each once."""
        return _each_once(record for records in self.by_key.values() for record in records)


class Loading:
    """One load, of one relation or of a whole tree of them: a row that is reached twice in it is one object.

    Unless it is to have different records of one relation in two places: then it is an object in each.
    """

    def __init__(self, mapper: "Mapper[Any]", records: "Iterable[Any]", spot: Spot | None = None) -> None:
        self._root = spot or Spot()
        self._sharing = Sharing(self._root)
        self._met: dict[Spot, Met] = {}
        # what queries told, by where their records are found
        self._told: dict[tuple[Spot, Mapper[Any]], _Along] = {}
        # what was read, each with what attaches it
        self._arrived: list[tuple[_Attaching, Loaded]] = []
        self.meet(mapper, records)

    def attach(self) -> None:
        """Attach all that has arrived; what was asked for comes over what it leads back to."""
        for association, loaded in self._arrived:
            association.attach_back(loaded)
        for association, loaded in self._arrived:
            association.attach_own(loaded)

    def arrive(self, association: "_Attaching", loaded: Loaded) -> None:
        """Have this attached with the rest."""
        self._arrived.append((association, loaded))

    async def fetch(
        self,
        hops: Sequence[Hop],
        keyed: "Sequence[tuple[Any, Key]]",
        narrow: Narrow | None,
        *,
        first: bool = False,
        spot: Spot | None = None,
    ) -> Loaded:
        """What the hops lead to from these keys, asked for in as few statements as the engine allows.

        With `first` only the first record of each key is wanted; others may come too. `spot` says what will be attached to
        the records that are found.
        """
        keys = list(dict.fromkeys([key for _, key in keyed if key is not None]))
        by_key: dict[tuple[Any, ...], list[Any]] = {}
        target, strict = hops[-1].target, _strictness([record for record, _ in keyed])
        beyond: _Along | None = None
        met: Met | None = None
        for part in await _parts(hops, keys):
            asked = self._asking(hops, part, narrow, strict, first=first)
            if met is None:
                beyond = await self._told_by(asked.query, target, spot or self._root)
                met = self._met_at(spot or self._root)
            keys_found, records = await self._found(hops, _alone(asked, target), met)
            if beyond is not None:
                await beyond.fetch(_each_once(records), self)
            _group(by_key, keys_found, records, width=len(hops[0].there))
        if len(hops) > 1:
            # by several ways a record may lead to another, and still has it once
            by_key = {key: _each_once(its) for key, its in by_key.items()}
        return Loaded(keyed, by_key)

    def _asking(
        self,
        hops: Sequence[Hop],
        keys: "list[tuple[Any, ...]]",
        narrow: Narrow | None,
        strict: Strictness | None,
        *,
        first: bool,
    ) -> Reached:
        """What the hops lead to from these keys; as strict as those that lead there, unless told otherwise itself."""
        found = reached(hops)
        query = narrowed_first(found.query, narrow).where(keys_condition(found.keys, keys))
        if strict is not None and query.clauses.strict is None:
            query = query.strict_loading(strict)
        if first and query.clauses.orders and not is_limited(query) and may_be_several(hops):
            query = query.limit(1)
        return Reached(query, found.keys)

    async def _found(self, hops: Sequence[Hop], found: Reached, met: Met) -> "tuple[list[Any], list[Any]]":
        """The keys that records were found by, of one column its values, and the records."""
        target, query = hops[-1].target, found.query
        if is_limited(query):
            await query.know()
            found = limited(found, hops)
        elif len(hops) == 1 and not query.clauses.columns:
            records = await query.async_all()
            return _keys_in(records, hops[0].there), met.meet_result(target, records)
        records, by = await found.query.loaded_beside(found.keys)
        return [key[0] for key in by] if len(found.keys) == 1 else [*by], met.meet_result(target, records)

    def meet(self, mapper: "Mapper[Any]", records: "Iterable[Any]") -> list[Any]:
        """The records, or in place of each the one of the same row that was met before."""
        return self._met_at(self._root).meet(mapper, records)

    async def _told_by(self, query: Query[Any], target: "Mapper[Any]", spot: Spot) -> "_Along | None":
        """What the query itself has loaded along, which is attached at that spot too: at twins it is the same."""
        paths = query.clauses.paths
        if not paths:
            return None
        beyond = cast("_Along", await target.after_load(target, paths))
        for (other, there), known in self._told.items():
            if there is target and self._sharing.are_twins(other, spot):
                return known
        self._told[spot, target] = beyond
        self._sharing.extend(spot, beyond.spot)
        return beyond

    def _met_at(self, spot: Spot) -> Met:
        """The records that those of a spot are shared with."""
        return self._met.setdefault(self._sharing.of(spot), Met())


def _keys_in(records: "list[Any]", columns: tuple[str, ...]) -> list[Any]:
    """What the records of one result have in these columns, as their rows have it."""
    if not records:
        return []
    origin: Origin = records[0]._origin
    return origin.layout.keys_of([record._row for record in records], columns)


def _group(
    by_key: "dict[tuple[Any, ...], list[Any]]", keys: "Sequence[Any]", records: "Sequence[Any]", *, width: int
) -> None:
    """Add the records, each to those of its key."""
    groups = defaultdict[Any, list[Any]](list)
    for key, record in zip(keys, records, strict=True):
        groups[key].append(record)
    for key, its in groups.items():
        by_key.setdefault((key,) if width == 1 else key, []).extend(its)


class _Attaching(Protocol):
    """An association, as far as what is read by it is attached to records."""

    def attach_back(self, loaded: Loaded) -> None:
        """Give those that were found the records that they lead back to."""
        ...

    def attach_own(self, loaded: Loaded) -> None:
        """Give each record its own of what was found."""
        ...


class _Along(Protocol):
    """What loads relations of records as a part of a load."""

    @property
    def spot(self) -> Spot:
        """Where these are, and what it attaches to them."""
        ...

    async def fetch(self, records: Sequence[Any], loading: Loading) -> None:
        """Read them."""
        ...


def _strictness(records: Sequence[Any]) -> Strictness | None:
    """What the queries of these records told."""
    origins: set[Origin | None] = {record._origin for record in records}
    return strictest({origin.strict for origin in origins if origin is not None})


def _alone(found: Reached, target: Mapper[Any]) -> Reached:
    """The same without what is to be loaded along: that is read as a part of the load."""
    clauses = found.query.clauses
    return replace(found, query=Query(target, clauses.but(paths=()))) if clauses.paths else found


async def _parts(hops: Sequence[Hop], keys: "list[tuple[Any, ...]]") -> "Sequence[list[tuple[Any, ...]]]":
    """The keys, so many at a time as one statement can ask for."""
    dialect = await hops[-1].target.database().settle()
    width = len(hops[0].here)
    # IN fills its list up to a power of two, so only half of the binds can be counted on
    size = _KEYS if width == 1 and dialect.list_is_a_bind else max(1, dialect.max_binds // 2 // width)
    return [keys[start : start + size] for start in range(0, len(keys), size)]


def _each_once(records: "Iterable[Any]") -> list[Any]:
    return list({id(record): record for record in records}.values())
