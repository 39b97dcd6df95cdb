"""Counters: columns that hold how many rows lead to theirs, kept as rows come, go and move."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from activerecord.errors import UsageError
from activerecord.mapper import Mapper
from activerecord.relation.association import Association
from activerecord.relation.keys import conjoined, keys_condition, paired
from activerecord.relation.parents import (
    AtHand,
    Parent,
    Rows,
    Written,
    at_hand,
    column_of,
    followed,
    in_order,
    parents_of,
)
from activerecord.relation.rows import in_parts
from activerecord.sql.call import Function, called
from activerecord.sql.expression import Nested
from activerecord.sql.reference import Reference, refer
from activerecord.sql.statement import Select, Update

__all__ = ["count", "counted", "recount"]

# a row, and the column in it that counts
Counter = tuple[Parent, str]


def counted(written: Sequence[Written]) -> dict[Counter, int]:
    """By how much each counter changes that these writes change."""
    found: dict[Counter, int] = {}
    for row in written:
        for association in followed(row.mapper):
            if association.follow is None or not association.follow.counter:
                continue
            before, after = parents_of(association, row)
            for parent, change in ((before, -1), (after, 1)):
                if parent is not None and (before is None or after is None or before[1] != after[1]):
                    counter = parent[1], column_of(parent[0], "counter_cache")
                    found[counter] = found.get(counter, 0) + change
    return {counter: change for counter, change in found.items() if change}


async def count(written: Sequence[Written]) -> None:
    """Change the counters that these writes change, by one UPDATE for each table and number."""
    changes = counted(written)
    groups: dict[Rows, dict[tuple[str, int], list[tuple[Any, ...]]]] = {}
    for ((rows, key), column), change in changes.items():
        groups.setdefault(rows, {}).setdefault((column, change), []).append(key)
    for rows in in_order(groups):
        for (column, change), keys in groups[rows].items():
            await _add(rows, column, change, keys)
    records = _at_hand(written) if changes else {}
    for (parent, column), change in changes.items():
        for record in records.get(parent, ()):
            _show(record, column, change)


async def _add(rows: Rows, column: str, change: int, keys: "list[tuple[Any, ...]]") -> None:
    mapper, table = rows.target, await rows.target.table()
    own = [refer(mapper.source_name, name) for name in rows.columns]
    counter = Reference[int](mapper.source_name, column)
    value = called("coalesce", counter, 0, alike=True) + change
    for part in await in_parts(mapper, len(own), keys):
        await mapper.database().execute(Update(mapper.source, ((column, value),), keys_condition(own, part)), (table,))


def _at_hand(written: Sequence[Written]) -> AtHand:
    found: AtHand = {}
    by_mapper: dict[Mapper[Any], list[Written]] = {}
    for row in written:
        by_mapper.setdefault(row.mapper, []).append(row)
    for mapper, rows in by_mapper.items():
        records = [row.record for row in rows if row.record is not None]
        parents = [parent for row in rows for parent in row.parents]
        for association in followed(mapper):
            for parent, those in at_hand(association, records, parents).items():
                known = found.setdefault(parent, [])
                known += [each for each in those if not any(each is other for other in known)]
    return found


def _show(record: Any, column: str, change: int) -> None:
    """Have a record show its counter as it is by now, as far as it has one."""
    held = record._known_before()
    if held is not None and column in held:
        record._hold_values({column: (held[column] or 0) + change})


# all anew


async def recount(association: Association[Any], ids: "Iterable[Any] | None") -> int:
    """Set the counters that a has_many is counted by right, in all rows of its owner or those of these keys.

    Raises UsageError for a relation that nothing counts.
    """
    await association.know()
    (hop, *others) = association.hops()
    back = None if others else association.inverse()
    way = None if back is None else back.by_values(dict(hop.besides))
    if way is None or way.follow is None or not way.follow.counter:
        raise UsageError(
            f"{association.spelt} has no counter: belongs_to(counter_cache=True) in {association.target.name}"
        )
    owner, children = association.owner, association.target.aliased("counted")
    own_table, its_table = await owner.table(), await association.target.table()
    besides = [refer(children.source_name, name) == value for name, value in hop.besides]
    where = conjoined([paired(owner.source_name, hop.here, children.source_name, hop.there), *besides])
    number = Nested[int](Select((Function[int]("count", ()),), children.source, where=where))
    own = [refer(owner.source_name, name) for name in own_table.primary_key]
    keys = None if ids is None else [_as_key(each) for each in ids]
    affected = 0
    for part in [None] if keys is None else await in_parts(owner, len(own), keys):
        rows = None if part is None else keys_condition(own, part)
        statement = Update(owner.source, ((column_of(way, "counter_cache"), number),), rows)
        affected += (await owner.database().execute(statement, (own_table, its_table))).affected
    return affected


def _as_key(given: Any) -> tuple[Any, ...]:
    """A key as a tuple of its columns' values."""
    parts: tuple[Any, ...] = given if isinstance(cast("object", given), tuple) else (given,)
    return parts
