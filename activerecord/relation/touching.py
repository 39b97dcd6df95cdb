"""Touching: the moment at which something below a row was written, in the row itself and in those above it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from activerecord.bulk import loaded
from activerecord.relation.association import Association
from activerecord.relation.keys import keys_condition
from activerecord.relation.parents import (
    AtHand,
    Parent,
    Rows,
    Written,
    at_hand,
    column_of,
    followed,
    hold,
    in_order,
    parent_in,
    parents_of,
)
from activerecord.relation.rows import in_parts
from activerecord.schema.table import Table
from activerecord.sql.reference import refer
from activerecord.sql.statement import Select, Update
from activerecord.types import Date, DateTime

__all__ = ["touch", "touched"]

# rows that one statement touches
Touched = tuple[Rows, str]


class _Level:
    """The rows of one level that are to be touched, each with the records of it that are at hand."""

    def __init__(self) -> None:
        self.keys: dict[Touched, dict[tuple[Any, ...], None]] = {}
        self.at_hand: AtHand = {}

    def add(self, way: Association[Any], parent: Parent) -> None:
        rows, key = parent
        self.keys.setdefault((rows, column_of(way, "touch")), {})[key] = None

    def know(self, found: AtHand) -> None:
        for parent, records in found.items():
            known = self.at_hand.setdefault(parent, [])
            known += [each for each in records if not any(each is other for other in known)]

    def parents(self) -> list[Parent]:
        return [(rows, key) for (rows, _), keys in self.keys.items() for key in keys]


def touched(written: Sequence[Written]) -> list[Parent]:
    """The rows right above those that were written, which are to be touched."""
    return _first(written).parents()


async def touch(written: Sequence[Written]) -> None:
    """Touch the rows above those that were written, and those above these: one UPDATE for each table and level."""
    level, moment, done = _first(written), datetime.now(UTC), set[tuple[Touched, tuple[Any, ...]]]()
    lowest = True
    while level.keys:
        if not lowest:
            await hold(level.parents(), least=2)
        above, lowest = _Level(), False
        for rows in in_order({rows for rows, _ in level.keys}):
            for each in [each for each in level.keys if each[0] == rows]:
                fresh = [key for key in level.keys[each] if (each, key) not in done]
                done.update([(each, key) for key in fresh])
                if fresh:
                    await _touch_rows(each, fresh, moment, level, above)
        level = above


def _first(written: Sequence[Written]) -> _Level:
    level = _Level()
    for row in written:
        for association in _touching(row.mapper):
            for found in parents_of(association, row):
                if found is not None:
                    level.add(*found)
            level.know(at_hand(association, [] if row.record is None else [row.record], row.parents))
    return level


def _touching(mapper: Any) -> list[Association[Any]]:
    return [each for each in followed(mapper) if each.follow is not None and each.follow.touch]


async def _touch_rows(
    each: Touched, keys: "list[tuple[Any, ...]]", moment: datetime, level: _Level, above: _Level
) -> None:
    rows, column = each
    mapper, table = rows.target, await rows.target.table()
    upwards = _touching(mapper)
    for association in upwards:
        await association.know()
    wanted = tuple(dict.fromkeys([name for way in upwards for name in way.columns_held()]))
    now = _moment(table, column, moment)
    for values in await _set(each, keys, now, wanted):
        for association in upwards:
            found = parent_in(association, values)
            if found is not None:
                above.add(*found)
    for key in keys:
        records = level.at_hand.get((rows, key), [])
        for record in records:
            if column in record.attributes:
                record._hold_values({column: now})
        for association in upwards:
            above.know(at_hand(association, records))


async def _set(
    each: Touched, keys: "list[tuple[Any, ...]]", now: Any, wanted: tuple[str, ...]
) -> list[Mapping[str, Any]]:
    """Touch rows; their values in the columns that are wanted of them."""
    rows, column = each
    mapper, table, database = rows.target, await rows.target.table(), rows.target.database()
    tells = "update" in (await database.settle()).returning
    own = [refer(mapper.source_name, name) for name in rows.columns]
    found: list[Mapping[str, Any]] = []
    for part in await in_parts(mapper, len(own), keys):
        where = keys_condition(own, part)
        update = Update.of_values(mapper.source, {column: now}, where, returning=wanted if tells else ())
        if not wanted:
            await database.execute(update, (table,))
            continue
        if not tells:
            await database.execute(update, (table,))
        references = tuple([refer(mapper.source_name, name) for name in wanted])
        asked = update if tells else Select(references, mapper.source, where=where)
        compiled, values = await database.fetch(asked, (table,))
        found += [dict(zip(wanted, row, strict=True)) for row in loaded(compiled.loads, values)]
    return found


def _moment(table: Table, column: str, moment: datetime) -> Any:
    """The moment as the column takes it: a day, with a zone, or without one."""
    kind = table.type_of(column)
    if isinstance(kind, Date):
        return moment.date()
    return moment if isinstance(kind, DateTime) and kind.zone else moment.replace(tzinfo=None)
