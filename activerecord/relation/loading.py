"""Loading: what many records lead to, read in one query, before any of it is attached."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, cast

from activerecord.hydration import Layout, Origin
from activerecord.mapper import Mapper
from activerecord.query.query import Query
from activerecord.relation.hop import Hop, Narrow, Reached, narrowed_first, reached
from activerecord.relation.keys import Key, keys_condition
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
        return _each_once(record for records in self.by_key.values() for record in records)


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
            keys_found, records = await self._found(hops, _alone(asked, target))
            if beyond is not None:
                await cast("_Along", beyond).fetch(_each_once(records), self)
            _group(by_key, keys_found, records, width=len(hops[0].there))
        if len(hops) > 1:
            # by several ways a record may lead to another, and still has it once
            by_key = {key: _each_once(its) for key, its in by_key.items()}
        return Loaded(keyed, by_key)

    def _asking(
        self, hops: Sequence[Hop], keys: "list[tuple[Any, ...]]", narrow: Narrow | None, *, first: bool
    ) -> Reached:
        """What the hops lead to from these keys."""
        found = reached(hops)
        query = narrowed_first(found.query, narrow).where(keys_condition(found.keys, keys))
        if first and query.clauses.orders and not is_limited(query) and may_be_several(hops):
            query = query.limit(1)
        return Reached(query, found.keys)

    async def _found(self, hops: Sequence[Hop], found: Reached) -> "tuple[list[Any], list[Any]]":
        """The keys that records were found by, of one column its values, and the records."""
        target, query = hops[-1].target, found.query
        if is_limited(query):
            await query.know()
            found = limited(found, hops)
        elif len(hops) == 1 and not query.clauses.columns:
            records = await query.async_all()
            return _keys_in(records, hops[0].there), self.meet(target, records)
        records, by = await found.query.loaded_beside(found.keys)
        return [key[0] for key in by] if len(found.keys) == 1 else [*by], self.meet(target, records)

    def meet(self, mapper: "Mapper[Any]", records: "Iterable[Any]") -> list[Any]:
        """The records, or in place of each the one of the same row that was met before."""
        given, table = list(records), mapper.known_table()
        if table is None or not table.primary_key:
            return given
        layouts = {None if record._origin is None else record._origin.layout for record in given}
        if len(layouts) == 1:
            return self._meet(layouts.pop(), table.primary_key, given)
        return [
            self._meet(None if record._origin is None else record._origin.layout, table.primary_key, [record])[0]
            for record in given
        ]

    def _meet(self, layout: Layout | None, names: tuple[str, ...], records: "list[Any]") -> list[Any]:
        if layout is None or not layout.positions.keys() >= {*names}:
            return records
        keys = layout.keys_of([record._row for record in records], names)
        known = self._met.setdefault(layout, {})
        if not known:
            known.update(zip(keys, records, strict=True))
            if len(known) == len(records) and not any(map(_is_null, known)):
                return records
            known.clear()
        return [
            record if _is_null(key) else known.setdefault(key, record)
            for key, record in zip(keys, records, strict=True)
        ]


def _is_null(key: Any) -> bool:
    """Whether a key has a part that is NULL, so that it is equal to no other."""
    return key is None or (key.__class__ is tuple and None in key)


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


class _Along(Protocol):
    """What loads relations of records as a part of a load."""

    async def fetch(self, records: Sequence[Any], loading: Loading) -> None:
        """Read them."""
        ...


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
