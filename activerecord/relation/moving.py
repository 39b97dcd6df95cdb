"""Rows that get the key of another, or lose it: many of them by one UPDATE."""

from collections.abc import Mapping, Sequence
from typing import Any

from activerecord.errors import QueryError, StaleRecord
from activerecord.mapper import Mapper
from activerecord.relation.effects import has_effects, hold_parents
from activerecord.relation.keys import conjoined, keys_condition
from activerecord.relation.parents import Written
from activerecord.relation.rows import in_parts, read_columns
from activerecord.schema.table import Table
from activerecord.sql.expression import Condition
from activerecord.sql.reference import Reference, refer
from activerecord.sql.statement import Update

__all__ = ["move", "release", "rows_of"]


async def move(mapper: "Mapper[Any]", records: Sequence[Any], values: Mapping[str, Any]) -> list[Written]:
    """Give the rows of these records these values. Raises StaleRecord where one of the rows has gone.

    To be used inside a transaction.
    """
    table = await mapper.table()
    by_key = rows_of(table, records)
    before = await _before(mapper, table, list(by_key), tuple(values)) if has_effects(mapper) else {}
    await hold_parents([Written(mapper, had, {**had, **values}) for had in before.values()])
    for part in await in_parts(mapper, len(table.primary_key), list(by_key)):
        affected = await _update(mapper, table, values, keys_condition(_own(mapper, table), part))
        if affected < len(part):
            gone = len(part) - affected
            raise StaleRecord(f"{gone} of these {len(part)} {mapper.name} have gone, or their keys have changed")
    for record in records:
        record._hold_values(values)
    return [Written(mapper, had, {**had, **values}, by_key[key][0]) for key, had in before.items()]


async def release(
    mapper: "Mapper[Any]",
    by_key: "Mapping[tuple[Any, ...], Sequence[Any]]",
    loose: Sequence[str],
    held: Mapping[str, Any],
) -> list[Written]:
    """Make these columns NULL in the rows of these keys that hold such a key themselves; others are left as they are.

    Of each row the records at hand are given, which learn what it holds. To be used inside a transaction.
    """
    table, affected = await mapper.table(), 0
    values: dict[str, Any] = dict.fromkeys(loose)
    before = await _before(mapper, table, list(by_key), tuple(held)) if has_effects(mapper) else {}
    its_own = conjoined([refer(mapper.source_name, name) == value for name, value in held.items()])
    for part in await in_parts(mapper, len(table.primary_key), list(by_key)):
        affected += await _update(mapper, table, values, keys_condition(_own(mapper, table), part) & its_own)
    fresh = await read_columns(mapper, table, list(by_key), tuple(held)) if affected < len(by_key) else {}
    for key, records in by_key.items():
        for record in records:
            # another has it by now, whose key this record is to know of
            record._hold_values(dict(zip(held, fresh[key], strict=True)) if key in fresh else values)
    return [
        Written(mapper, had, {**had, **values}, next(iter(by_key[key]), None))
        for key, had in before.items()
        if had == dict(held)
    ]


async def _before(
    mapper: "Mapper[Any]", table: Table, keys: "list[tuple[Any, ...]]", columns: tuple[str, ...]
) -> "dict[tuple[Any, ...], dict[str, Any]]":
    found = await read_columns(mapper, table, keys, columns)
    return {key: dict(zip(columns, values, strict=True)) for key, values in found.items()}


def rows_of(table: Table, records: Sequence[Any]) -> "dict[tuple[Any, ...], list[Any]]":
    """The records by the keys of their rows, whatever was assigned since. Raises QueryError for a table without a key."""
    if not table.primary_key:
        raise QueryError(f"table {table.name!r} has no primary key, so one of its rows cannot be told from another")
    found: dict[tuple[Any, ...], list[Any]] = {}
    for record in records:
        found.setdefault(tuple([record.was(name) for name in table.primary_key]), []).append(record)
    if any(None in key for key in found):
        raise QueryError(f"the key of a row of {table.name!r} is NULL, so it cannot be told from others")
    return found


def _own(mapper: "Mapper[Any]", table: Table) -> list[Reference[Any]]:
    return [refer(mapper.source_name, name) for name in table.primary_key]


async def _update(mapper: "Mapper[Any]", table: Table, values: Mapping[str, Any], where: Condition) -> int:
    statement = Update.of_values(mapper.source, dict(values), where)
    return (await mapper.database().execute(statement, (table,))).affected
