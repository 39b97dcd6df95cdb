"""Rows by their keys: read and locked many at a time."""

from collections.abc import Sequence
from typing import Any

from activerecord.bulk import loaded
from activerecord.mapper import Mapper
from activerecord.relation.keys import keys_condition
from activerecord.schema.table import Table
from activerecord.sql.expression import Ordering
from activerecord.sql.reference import refer
from activerecord.sql.statement import Lock, Select

__all__ = ["in_parts", "lock_rows", "read_columns"]

# Keys of one statement where their list is one bind.
_KEYS = 1 << 16

# Binds of one statement that are left for other values than keys: a key to set, and one to compare with.
_OTHERS = 32


async def read_columns(
    mapper: "Mapper[Any]", table: Table, keys: "list[tuple[Any, ...]]", columns: Sequence[str]
) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """What the rows of these keys have in some columns now, by key; nobody else changes it before the transaction ends."""
    database = mapper.database()
    own = [refer(mapper.source_name, name) for name in table.primary_key]
    wanted = (*own, *[refer(mapper.source_name, name) for name in columns])
    lock = Lock() if (await database.settle()).locks_rows else None
    found: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for part in await in_parts(mapper, len(own), keys):
        select = Select(wanted, mapper.source, where=keys_condition(own, part), lock=lock)
        compiled, rows = await database.fetch(select, (table,))
        for row in loaded(compiled.loads, rows):
            found[tuple(row[: len(own)])] = tuple(row[len(own) :])
    return found


async def lock_rows(mapper: "Mapper[Any]", columns: tuple[str, ...], keys: "list[tuple[Any, ...]]") -> None:
    """Lock the rows that have these keys in those columns, in the order of the keys, where the engine locks rows."""
    database, table = mapper.database(), await mapper.table()
    if not (await database.settle()).locks_rows:
        return
    own = tuple([refer(mapper.source_name, name) for name in columns])
    orders: tuple[Ordering, ...] = tuple([each.asc() for each in own])
    for part in await in_parts(mapper, len(own), keys):
        select = Select(own, mapper.source, where=keys_condition(own, part), orders=orders, lock=Lock(keeps_keys=True))
        await database.fetch(select, (table,))


async def in_parts(mapper: "Mapper[Any]", width: int, keys: "list[tuple[Any, ...]]") -> "list[list[tuple[Any, ...]]]":
    """The keys, so many at a time as one statement can name beside some other values."""
    dialect = await mapper.database().settle()
    # IN fills its list up to a power of two, so only half of the binds can be counted on
    size = _KEYS if width == 1 and dialect.list_is_a_bind else max(1, dialect.max_binds // 2 // width - _OTHERS)
    return [keys[start : start + size] for start in range(0, len(keys), size)]
