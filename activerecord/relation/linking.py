"""Rows of link tables: put in and taken out many at a time, each pair of records once."""

from collections.abc import Sequence
from typing import Any

from activerecord.bulk import Ways, loaded
from activerecord.query.query import Query
from activerecord.relation.effects import has_effects, hold_parents
from activerecord.relation.hop import narrowed
from activerecord.relation.keys import keys_condition
from activerecord.relation.parents import Written
from activerecord.relation.rows import in_parts
from activerecord.relation.ties import Link
from activerecord.schema.table import Table
from activerecord.schema.writable import refuse_view
from activerecord.sql.expression import Condition, all_of
from activerecord.sql.insert import Conflict
from activerecord.sql.reference import refer
from activerecord.sql.statement import Delete, Lock, Select

__all__ = ["Pair", "key_of", "link_pairs", "linked_to", "unlink"]

# the key of the owner, and that of the target
Pair = tuple[tuple[Any, ...], tuple[Any, ...]]


async def link_pairs(link: Link, pairs: Sequence[Pair]) -> list[Written]:
    """Link pairs that are not linked yet, by one INSERT. To be used inside a transaction.

    Without a unique key over both sides the pairs that are there are asked for, and two tasks may both find one missing.
    """
    rows = list(dict.fromkeys([(*near, *far) for near, far in pairs]))
    if not rows:
        return []
    mapper, given = link.mapper, link.given()
    table, dialect = await mapper.table(), await mapper.database().settle()
    refuse_view(table)
    columns = (*link.columns, *given)
    unique = await _unique_key(link, table, columns)
    tells = dialect.names_conflict and "insert" in dialect.returning
    if not unique or (has_effects(mapper) and not tells):
        there = await _present(link, table, rows)
        rows = [row for row in rows if row not in there]
    returning = link.columns if has_effects(mapper) and tells else ()
    conflict = Conflict(unique, ()) if unique else None
    ways = Ways(mapper.database(), table, mapper.source, conflict, values=dialect.max_binds)
    text = ways.compiled(columns).rows
    assert text is not None
    await hold_parents([Written(mapper, None, dict(zip(link.columns, row, strict=True))) for row in rows])
    stored = [text.stored([*row, *given.values()]) for row in rows]
    found = await ways.add(columns, stored, returning) if stored else []
    if returning:
        rows = loaded(ways.compiled(columns, returning=returning).loads, found)
    if not has_effects(mapper):
        return []
    return [Written(mapper, None, {**given, **dict(zip(link.columns, row, strict=True))}) for row in rows]


async def unlink(link: Link, near: tuple[Any, ...], far: "Sequence[tuple[Any, ...]]") -> list[Written]:
    """Unlink an owner from targets, by one DELETE. To be used inside a transaction."""
    mapper, database = link.mapper, link.mapper.database()
    table = await mapper.table()
    refuse_view(table)
    gone = await linked_to(link, near, far) if has_effects(mapper) else []
    for part in await in_parts(mapper, len(link.far), list(far)):
        where = _where(link, near, part)
        await database.execute(Delete(mapper.source, where), (table,))
    return [Written(mapper, dict(zip(link.columns, (*near, *key), strict=True)), None) for key in gone]


async def linked_to(
    link: Link, near: tuple[Any, ...], among: "Sequence[tuple[Any, ...]] | None" = None
) -> "list[tuple[Any, ...]]":
    """The keys of the targets that an owner is linked to, of these or of all, as they will be until the transaction ends."""
    mapper = link.mapper
    table = await mapper.table()
    parts = [None] if among is None else await in_parts(mapper, len(link.far), list(among))
    return [key for part in parts for key in await _read(link, table, link.far, _where(link, near, part))]


async def _present(link: Link, table: Table, rows: "Sequence[tuple[Any, ...]]") -> "set[tuple[Any, ...]]":
    """Which of these pairs are there."""
    references = [refer(link.mapper.source_name, name) for name in link.columns]
    found: set[tuple[Any, ...]] = set()
    for part in await in_parts(link.mapper, len(link.columns), list(rows)):
        found |= {*await _read(link, table, link.columns, keys_condition(references, part))}
    return found


async def _read(link: Link, table: Table, columns: Sequence[str], where: Condition | None) -> "list[tuple[Any, ...]]":
    mapper, database = link.mapper, link.mapper.database()
    lock = Lock() if (await database.settle()).locks_rows else None
    references = tuple([refer(mapper.source_name, name) for name in columns])
    compiled, rows = await database.fetch(Select(references, mapper.source, where=where, lock=lock), (table,))
    return loaded(compiled.loads, rows)


def _where(link: Link, near: tuple[Any, ...], far: "list[tuple[Any, ...]] | None") -> Condition | None:
    """The condition that a row of the link table is one of the relation's, and links the owner with one of these."""
    name = link.mapper.source_name
    conditions = [keys_condition([refer(name, column) for column in link.near], [near])]
    if far is not None:
        conditions.append(keys_condition([refer(name, column) for column in link.far], far))
    scoped = narrowed(Query(link.mapper), link.hop.narrow).known_clauses().where
    return all_of(*conditions, *([] if scoped is None else [scoped]))


async def _unique_key(link: Link, table: Table, columns: tuple[str, ...]) -> tuple[str, ...]:
    """A unique key over both sides by which a pair that is there can be left as it is; nothing where there is none."""
    mapper, database = link.mapper, link.mapper.database()
    keys = _unique_keys(table)
    if mapper.is_declared and not any({*key} == {*link.columns} for key in keys):
        # the database may have keys that the model does not declare
        keys += _unique_keys(await database.catalog.table(mapper.table_name, mapper.schema_name))
    found = next((key for key in keys if {*key} == {*link.columns}), ())
    others = [key for key in keys if {*key} != {*found} and {*key} <= {*columns}]
    # where the engine cannot be told which key is meant, it would leave out a row for another one
    return () if others and not database.dialect.names_conflict else found


def _unique_keys(table: Table) -> list[tuple[str, ...]]:
    single = [(column.name,) for column in table.columns.values() if column.unique]
    several = [index.columns for index in table.indexes if index.unique]
    return [key for key in (table.primary_key, *single, *several) if key]


def key_of(record: Any, columns: Sequence[str]) -> tuple[Any, ...]:
    """A record's values in these columns."""
    return tuple([record[name] for name in columns])
