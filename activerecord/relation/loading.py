"""Loading: what many records lead to, read in one query, before any of it is attached."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, cast

from activerecord.hydration import Layout, Origin
from activerecord.mapper import Mapper
from activerecord.query.query import Query
from activerecord.relation.hop import Hop, Narrow, Reached, narrowed_first, reached
from activerecord.relation.keys import Key, key_reader, keys_condition
from activerecord.relation.limits import is_limited, limited, may_be_several

__all__ = ["Loaded", "Loading"]

# Keys that one statement asks for where a list may be of any length: at this many, another round trip costs nothing
# beside their rows, and the making of the list does not hold up other tasks for long.
_KEYS = 1 << 16


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was found for records, each with the key that it was asked for by: of each key the records it leads to."""

    keyed: Sequence[tuple[Any, Key]]
    by_key: Mapping[tuple[Any, ...], list[Any]]

    def found(self) -> list[Any]:
        """The records that were found, each once."""
        return list({id(record): record for records in self.by_key.values() for record in records}.values())


class Loading:
    """One load, of one relation or of a whole tree of them: a row that is reached twice in it is one object."""

    def __init__(self, mapper: "Mapper[Any]", records: "Iterable[Any]") -> None:
        # of the columns that were read, by key: an object with others would lack some, or give away too many
        self._met: dict[Layout, dict[Hashable, Any]] = {}
        # what attaches that which was read
        self.arrived: list[Callable[[], None]] = []
        self.meet(mapper, records)

    def attach(self) -> None:
        """Attach all that has arrived."""
        for each in self.arrived:
            each()

    async def fetch(
        self,
        hops: Sequence[Hop],
        keyed: "Sequence[tuple[Any, Key]]",
        narrow: Narrow | None,
        *,
        first: bool = False,
    ) -> Loaded:
        """What the hops lead to from these keys, asked for in as few statements as the engine allows.

        With `first` only the first record of each key is wanted; others may come too.
        """
        keys = list(dict.fromkeys([key for _, key in keyed if key is not None]))
        by_key: dict[tuple[Any, ...], list[Any]] = {}
        target = hops[-1].target
        for part in await _parts(hops, keys):
            asked = self._asking(hops, part, narrow, first=first)
            paths = asked.query.clauses.paths
            beyond = await target.after_load(target, paths) if paths else None
            pairs = await self._pairs(hops, _alone(asked, target))
            if beyond is not None:
                pairs = list(pairs)
                await cast("_Along", beyond).fetch(list({id(record): record for _, record in pairs}.values()), self)
            for key, record in pairs:
                by_key.setdefault(key, []).append(record)
        return Loaded(keyed, by_key if len(hops) == 1 else _each_once(by_key))

    def _asking(
        self, hops: Sequence[Hop], keys: "list[tuple[Any, ...]]", narrow: Narrow | None, *, first: bool
    ) -> Reached:
        """What the hops lead to from these keys."""
        found = reached(hops)
        query = narrowed_first(found.query, narrow).where(keys_condition(found.keys, keys))
        if first and query.clauses.orders and not is_limited(query) and may_be_several(hops):
            query = query.limit(1)
        return Reached(query, found.keys)

    async def _pairs(self, hops: Sequence[Hop], found: Reached) -> "Iterable[tuple[Any, Any]]":
        """The records found, each with the key that it was found by."""
        target, query = hops[-1].target, found.query
        if is_limited(query):
            await query.know()
            cut = limited(found, hops)
            records, by = await cut.query.loaded_beside(cut.keys)
            return zip(by, self.meet(target, records), strict=True)
        if len(hops) > 1 or query.clauses.columns:
            records, by = await query.loaded_beside(found.keys)
            return zip(by, self.meet(target, records), strict=True)
        records = await query.async_all()
        read = key_reader(target, hops[0].there)
        return zip(map(read, records), self.meet(target, records), strict=True)

    def meet(self, mapper: "Mapper[Any]", records: "Iterable[Any]") -> list[Any]:
        """The records, or in place of each the one of the same row that was met before."""
        table = mapper.known_table()
        if table is None or not table.primary_key:
            return list(records)
        names = table.primary_key
        read = key_reader(mapper, names)
        return [self._one(record, names, read) for record in records]

    def _one(self, record: Any, names: tuple[str, ...], read: "Callable[[Any], Key]") -> Any:
        origin: Origin | None = record._origin
        if origin is None or not origin.layout.positions.keys() >= set(names):
            return record
        key = read(record)
        return record if key is None else self._met.setdefault(origin.layout, {}).setdefault(key, record)


class _Along(Protocol):
    """What loads relations of records as a part of a load."""

    async def fetch(self, records: Sequence[Any], loading: Loading) -> None:
        """Read them."""
        ...


def _alone(found: Reached, target: Mapper[Any]) -> Reached:
    """The same without what is to be loaded along: that is read as a part of the load."""
    clauses = found.query.clauses
    return replace(found, query=Query(target, replace(clauses, paths=()))) if clauses.paths else found


async def _parts(hops: Sequence[Hop], keys: "list[tuple[Any, ...]]") -> "Sequence[list[tuple[Any, ...]]]":
    """The keys, so many at a time as one statement can ask for."""
    dialect = await hops[-1].target.database().settle()
    width = len(hops[0].here)
    # IN fills its list up to a power of two, so only half of the binds can be counted on
    size = _KEYS if width == 1 and dialect.list_is_a_bind else max(1, dialect.max_binds // 2 // width)
    return [keys[start : start + size] for start in range(0, len(keys), size)]


def _each_once(by_key: "Mapping[tuple[Any, ...], list[Any]]") -> "Mapping[tuple[Any, ...], list[Any]]":
    """By several ways a record may lead to another, and still has it once."""
    return {key: list({id(record): record for record in records}.values()) for key, records in by_key.items()}
