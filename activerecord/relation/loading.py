"""Loading: what many records lead to, read in one query, before any of it is attached."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from activerecord.hydration import Layout, Origin
from activerecord.mapper import Mapper
from activerecord.relation.hop import Hop, Narrow, Reached, narrowed, reached
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
        self.meet(mapper, records)

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
        for part in await _parts(hops, keys):
            for key, record in await self._pairs(hops, part, narrow, first=first):
                by_key.setdefault(key, []).append(record)
        return Loaded(keyed, by_key if len(hops) == 1 else _each_once(by_key))

    async def _pairs(
        self, hops: Sequence[Hop], keys: "list[tuple[Any, ...]]", narrow: Narrow | None, *, first: bool
    ) -> "Iterable[tuple[Any, Any]]":
        """The records found, each with the key that it was found by."""
        found = reached(hops)
        target = hops[-1].target
        query = narrowed(found.query, narrow).where(keys_condition(found.keys, keys))
        if first and query.clauses.orders and not is_limited(query) and may_be_several(hops):
            query = query.limit(1)
        if is_limited(query):
            await query.know()
            cut = limited(Reached(query, found.keys), hops)
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
