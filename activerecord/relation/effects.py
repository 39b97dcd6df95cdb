"""What a written row means for others: the one place that every write of rows passes, inside its transaction."""

from collections.abc import Sequence
from typing import Any

from activerecord.mapper import Mapper
from activerecord.relation.counters import count, counted
from activerecord.relation.parents import Written, followed, hold
from activerecord.relation.rows import read_columns
from activerecord.relation.touching import touch, touched

__all__ = ["before_write", "carry_out", "has_effects", "hold_parents"]


def has_effects(mapper: Mapper[Any]) -> bool:
    """Whether a write of rows of this model has to do something for others, so that it needs a transaction."""
    return bool(followed(mapper))


async def carry_out(written: Sequence[Written]) -> None:
    """Do for others what these writes ask for. Called inside the transaction of the writes, after them, before the commit."""
    await _know(written)
    await hold(_parents(written), least=2)
    await count(written)
    await touch(written)


async def hold_parents(written: Sequence[Written]) -> None:
    """Before these rows are written, lock those that follow them, where writing a key would lock the row that it is of in part.

    Else two transactions, each with a part of such a lock, would wait for each other to have the whole of it.
    """
    due = [row for row in written if followed(row.mapper)]
    if due and (await due[0].mapper.database().settle()).keys_lock:
        await _know(due)
        await hold(_parents(due), least=1)


async def before_write(record: Any, values: "dict[str, Any] | None", *, deletes: bool) -> "dict[str, Any] | None":
    """The values of a record's row as it is now, where it is to be known to whom it leads: others may have changed it.

    `values` are those that it was loaded with, None for a new one. To be used inside the transaction of the write.
    """
    mapper: Mapper[Any] = record.__mapper__
    if values is None or not followed(mapper):
        return values
    await _know([Written(mapper, values, None)])
    columns = tuple(dict.fromkeys([name for each in followed(mapper) for name in each.columns_held()]))
    if not deletes and values.keys() >= {*columns} and not {*columns} & record.changes.keys():
        return values
    table = await mapper.table()
    if not table.primary_key:
        return values
    key = tuple([record.was(name) for name in table.primary_key])
    found = await read_columns(mapper, table, [key], columns)
    return {**values, **dict(zip(columns, next(iter(found.values())), strict=True))} if found else values


async def _know(written: Sequence[Written]) -> None:
    for mapper in {row.mapper for row in written}:
        for association in followed(mapper):
            await association.know()


def _parents(written: Sequence[Written]) -> "list[Any]":
    return [*[parent for parent, _ in counted(written)], *touched(written)]
