"""Tables as SQLite (3.37 and newer) describes them, by its table-valued pragmas; three questions a table."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from activerecord.errors import UnknownTable, nearest
from activerecord.schema.reflection.reading import Reader, Reading, links
from activerecord.schema.table import ForeignKey, Index, Table, TableColumn
from activerecord.types.sqlite_declared import type_from_sqlite

__all__ = ["READER"]

# An unqualified name means the table in `temp`, else in `main`, else in the database that was attached first.
_COLUMNS = """
SELECT t.name, t.schema, t.type, c.name, c.type, c."notnull", c.dflt_value, c.pk, c.hidden
FROM pragma_table_list(?) AS t
JOIN pragma_database_list AS d ON d.name = t.schema
JOIN pragma_table_xinfo(t.name, t.schema) AS c
WHERE ? IS NULL OR t.schema = ? COLLATE NOCASE
ORDER BY CASE d.seq WHEN 1 THEN -1 ELSE d.seq END, c.cid
"""

_INDEXES = """
SELECT i.name, i."unique", i.origin, i.partial, c.name
FROM pragma_index_list(?, ?) AS i
JOIN pragma_index_info(i.name, ?) AS c
ORDER BY i.seq DESC, c.seqno
"""

# Names are given back as their tables have them, whatever the case in which a key names its target. A key that names
# no columns means the target's primary key. A key is unique where its columns contain those of a primary key or of a
# unique index over all rows; a primary key that is the rowid has no index. Of a table that points at this one all keys are
# told, since it may be a link to another.
_FOREIGN_KEYS = """
SELECT t.name, f.id, f."from", f.on_delete,
    coalesce((SELECT o.name FROM pragma_table_list(f."table") AS o WHERE o.schema = t.schema), f."table"),
    CASE WHEN f."to" IS NULL
        THEN (SELECT p.name FROM pragma_table_info(f."table", t.schema) AS p WHERE p.pk = f.seq + 1)
        ELSE coalesce(
            (SELECT p.name FROM pragma_table_xinfo(f."table", t.schema) AS p WHERE p.name = f."to" COLLATE NOCASE),
            f."to")
    END,
    EXISTS (
        SELECT 1 FROM pragma_index_list(t.name, t.schema) AS i
        WHERE i."unique" AND NOT i.partial AND NOT EXISTS (
            SELECT 1 FROM pragma_index_info(i.name, t.schema) AS c
            WHERE c.name IS NULL OR c.name NOT IN (
                SELECT g."from" FROM pragma_foreign_key_list(t.name, t.schema) AS g WHERE g.id = f.id)))
    OR coalesce(
        (SELECT min(p.name IN (SELECT g."from" FROM pragma_foreign_key_list(t.name, t.schema) AS g WHERE g.id = f.id))
        FROM pragma_table_info(t.name, t.schema) AS p WHERE p.pk), 0),
    (SELECT count(*) FROM pragma_table_xinfo(t.name, t.schema))
FROM pragma_table_list AS t
JOIN pragma_foreign_key_list(t.name, t.schema) AS f
WHERE t.schema = ?1 AND t.type = 'table' AND (t.name = ?2 OR EXISTS (
    SELECT 1 FROM pragma_foreign_key_list(t.name, t.schema) AS g WHERE g."table" = ?2 COLLATE NOCASE))
ORDER BY t.name, f.id DESC, f.seq
"""

_NAMES = """
SELECT DISTINCT name FROM pragma_table_list
WHERE (? IS NULL OR schema = ? COLLATE NOCASE) AND type <> 'shadow' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
ORDER BY name
"""


class _ColumnRow(NamedTuple):
    table: str
    schema: str
    kind: str
    name: str
    declared: str
    not_null: int
    default: str | None
    key_position: int
    # 1: hidden in a virtual table, 2 and 3: generated
    hidden: int


class _IndexRow(NamedTuple):
    name: str
    unique: int
    # "c": CREATE INDEX, "u": UNIQUE, "pk": PRIMARY KEY
    origin: str
    partial: int
    # None: an expression, or the rowid
    column: str | None


class _KeyRow(NamedTuple):
    table: str
    number: int
    column: str
    on_delete: str
    target: str
    target_column: str | None
    unique: int
    # the number of columns of the key's table
    width: int


def _read_table(name: str, schema: str | None) -> Reading[Table]:
    """Read a table, a view or a virtual table; the case of its name does not matter, as for SQLite itself."""
    found = [_ColumnRow(*row) for row in (yield _COLUMNS, (name, schema, schema))]
    if not found:
        raise UnknownTable(f"there is no table {name!r}; {nearest(name, (yield from _table_names(schema)))}")
    first = found[0]
    columns = [row for row in found if row.schema == first.schema]
    indexes = [_IndexRow(*row) for row in (yield _INDEXES, (first.table, first.schema, first.schema))]
    keys = [_KeyRow(*row) for row in (yield _FOREIGN_KEYS, (first.schema, first.table))]
    table = _table(schema, columns, indexes, _foreign_keys(keys))
    return replace(table, links=links(table.name, _foreign_keys(keys), {row.table: row.width for row in keys}))


def _table_names(schema: str | None) -> Reading[list[str]]:
    """Read the names of all tables and views, of one attached database or of all."""
    rows = yield _NAMES, (schema, schema)
    return [name for (name,) in rows]


def _table(schema: str | None, rows: list[_ColumnRow], index_rows: list[_IndexRow], keys: list[ForeignKey]) -> Table:
    name = rows[0].table
    indexes = _indexes(index_rows)
    auto_key = _auto_key(rows, index_rows)
    return Table(
        name=name,
        columns={row.name: _column(row, auto_key, indexes) for row in rows},
        schema=schema,
        primary_key=_primary_key(rows),
        auto_key=auto_key,
        foreign_keys=tuple(key for key in keys if key.table == name),
        referenced_by=tuple(key for key in keys if key.target == name),
        indexes=indexes,
        is_view=rows[0].kind == "view",
        any_case=True,
    )


def _column(row: _ColumnRow, auto_key: str | None, indexes: Iterable[Index]) -> TableColumn:
    alone = [index for index in indexes if index.columns == (row.name,)]
    return TableColumn(
        name=row.name,
        type=type_from_sqlite(row.declared),
        nullable=not row.not_null and row.name != auto_key,
        has_default=row.name == auto_key or (row.default is not None and row.default.upper() != "NULL"),
        generated=row.hidden != 0,
        unique=any(index.unique for index in alone),
        index=bool(alone),
    )


def _primary_key(rows: list[_ColumnRow]) -> tuple[str, ...]:
    members = sorted((row for row in rows if row.key_position), key=lambda row: row.key_position)
    return tuple(row.name for row in members)


def _auto_key(rows: list[_ColumnRow], indexes: list[_IndexRow]) -> str | None:
    """The column that is the rowid: a sole INTEGER PRIMARY KEY that has no index of its own.

    It has one where it is not the rowid: WITHOUT ROWID, and the historic exception `INTEGER PRIMARY KEY DESC`.
    """
    members = [row for row in rows if row.key_position]
    if len(members) != 1 or members[0].declared.upper() != "INTEGER":
        return None
    return None if any(index.origin == "pk" for index in indexes) else members[0].name


def _indexes(rows: list[_IndexRow]) -> tuple[Index, ...]:
    """The indexes over plain columns. One over a part of the rows does not make anything unique in the table."""
    found: list[Index] = []
    for _, group in groupby(rows, key=lambda row: row.name):
        members = list(group)
        first = members[0]
        columns = [row.column for row in members if row.column is not None]
        if first.origin != "pk" and len(columns) == len(members):
            # The index behind a UNIQUE in CREATE TABLE has a name that nobody else may use.
            name = first.name if first.origin == "c" else None
            found.append(Index(tuple(columns), bool(first.unique and not first.partial), name))
    return tuple(found)


def _foreign_keys(rows: list[_KeyRow]) -> list[ForeignKey]:
    """The keys of all tables that are concerned; without those whose target, or its primary key, does not exist."""
    found: list[ForeignKey] = []
    for _, group in groupby(rows, key=lambda row: (row.table, row.number)):
        members = list(group)
        targets = [row.target_column for row in members if row.target_column is not None]
        if len(targets) == len(members):
            found.append(_foreign_key(members, tuple(targets)))
    return found


def _foreign_key(rows: list[_KeyRow], target_columns: tuple[str, ...]) -> ForeignKey:
    first = rows[0]
    return ForeignKey(
        table=first.table,
        columns=tuple(row.column for row in rows),
        target=first.target,
        target_columns=target_columns,
        # SQLite's word where a key says nothing.
        on_delete=None if first.on_delete == "NO ACTION" else first.on_delete,
        unique=bool(first.unique),
    )


READER = Reader(_read_table, _table_names)
"""What SQLite can be asked."""
