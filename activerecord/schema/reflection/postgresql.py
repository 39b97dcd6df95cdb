"""Tables as PostgreSQL (12 and newer) describes them, by its catalogue; one question a table.

The answer is one row of JSON texts, which come from every driver the same.

A name without a schema means what it means to the connection: the first table of that name on its search path. Foreign
keys name tables without their schemas, so they are told only where that name leads to the table: where it is in the same
schema, or, for a table that was asked for without one, where the search path finds it. Those that PostgreSQL made for
partitions out of a key of the whole are not told.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from activerecord.errors import UnknownTable, nearest
from activerecord.schema.reflection.reading import Reader, Reading, links
from activerecord.schema.table import ForeignKey, Index, Table, TableColumn
from activerecord.types import Integer, Type
from activerecord.types.postgresql_declared import type_from_postgresql

__all__ = ["READER"]

# Tables, partitioned ones, views, materialised views, foreign tables.
_KINDS = "'r', 'p', 'v', 'm', 'f'"

# `types` goes from the type of each column to what it is made of: from a domain to its base, from an array to its
# elements. A name that is too long must not be cut off, as it would be as a `name`.
_TABLE = f"""
WITH RECURSIVE found AS (
    SELECT c.oid, c.relname, c.relkind, c.relnamespace
    FROM pg_catalog.pg_class AS c
    WHERE c.relname = $1::text COLLATE "C" AND c.relkind IN ({_KINDS})
        AND CASE WHEN $2::text IS NULL THEN pg_catalog.pg_table_is_visible(c.oid)
            ELSE c.relnamespace = (
                SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname = $2::text COLLATE "C") END
), types (number, type, modifier, dimensions, not_null, has_default) AS (
    SELECT a.attnum, a.atttypid, a.atttypmod, 0, a.attnotnull,
        (a.atthasdef AND a.attgenerated = '') OR a.attidentity <> ''
    FROM found JOIN pg_catalog.pg_attribute AS a ON a.attrelid = found.oid
    WHERE a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT s.number, coalesce(e.oid, t.typbasetype),
        CASE WHEN t.typtype = 'd' AND t.typtypmod <> -1 THEN t.typtypmod ELSE s.modifier END,
        s.dimensions + CASE WHEN e.oid IS NULL THEN 0 ELSE 1 END,
        s.not_null OR (s.dimensions = 0 AND t.typnotnull),
        s.has_default OR (s.dimensions = 0 AND t.typdefault IS NOT NULL)
    FROM types AS s
    JOIN pg_catalog.pg_type AS t ON t.oid = s.type
    LEFT JOIN pg_catalog.pg_type AS e ON e.oid = t.typelem AND e.typarray = t.oid
    WHERE t.typtype = 'd' OR e.oid IS NOT NULL
)
SELECT found.relkind::text, (
    SELECT json_agg(json_build_array(
        a.attname,
        CASE WHEN t.typtype = 'e' THEN 'enum'
            WHEN t.typnamespace = 'pg_catalog'::regnamespace OR t.typname = 'citext' THEN t.typname ELSE '' END,
        s.modifier, greatest(s.dimensions, a.attndims), s.not_null, s.has_default,
        a.attgenerated <> '' OR a.attidentity = 'a',
        a.attidentity <> '' OR pg_catalog.pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%'
    ) ORDER BY a.attnum)
    FROM types AS s
    JOIN pg_catalog.pg_type AS t ON t.oid = s.type
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = found.oid AND a.attnum = s.number
    LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = found.oid AND d.adnum = s.number
    WHERE t.typtype <> 'd' AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_type AS e WHERE e.oid = t.typelem AND e.typarray = t.oid)
)::text, (
    SELECT json_agg(json_build_array(
        c.relname, i.indisprimary, i.indisunique AND i.indisvalid AND i.indpred IS NULL, (
            SELECT json_agg(a.attname ORDER BY m.place)
            FROM unnest(i.indkey) WITH ORDINALITY AS m (number, place)
            LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = m.number
            WHERE m.place <= i.indnkeyatts
        )
    ) ORDER BY i.indexrelid)
    FROM pg_catalog.pg_index AS i
    JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
    WHERE i.indrelid = found.oid
)::text, (
    SELECT json_agg(json_build_array(
        own.relname, target.relname, k.conname, k.confdeltype,
        (SELECT json_agg(a.attname ORDER BY m.place)
            FROM unnest(k.conkey) WITH ORDINALITY AS m (number, place)
            JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = m.number),
        (SELECT json_agg(a.attname ORDER BY m.place)
            FROM unnest(k.confkey) WITH ORDINALITY AS m (number, place)
            JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.confrelid AND a.attnum = m.number),
        EXISTS (
            SELECT FROM pg_catalog.pg_index AS i
            WHERE i.indrelid = k.conrelid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL
                AND k.conkey @> (i.indkey::int2[])[0:i.indnkeyatts - 1]),
        (SELECT count(*) FROM pg_catalog.pg_attribute AS a
            WHERE a.attrelid = k.conrelid AND a.attnum > 0 AND NOT a.attisdropped)
    ) ORDER BY own.relname, k.conkey, k.conname)
    FROM pg_catalog.pg_constraint AS k
    JOIN pg_catalog.pg_class AS own ON own.oid = k.conrelid
    JOIN pg_catalog.pg_class AS target ON target.oid = k.confrelid
    WHERE k.contype = 'f' AND (k.conrelid = found.oid OR k.conrelid IN (
            SELECT r.conrelid FROM pg_catalog.pg_constraint AS r WHERE r.contype = 'f' AND r.confrelid = found.oid))
        AND CASE WHEN $2::text IS NULL
            THEN pg_catalog.pg_table_is_visible(own.oid) AND pg_catalog.pg_table_is_visible(target.oid)
            ELSE own.relnamespace = found.relnamespace AND target.relnamespace = found.relnamespace END
        AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_constraint AS p
            WHERE p.oid = k.conparentid AND (p.conrelid = k.conrelid OR k.conrelid <> found.oid))
)::text
FROM found
"""

_NAMES = f"""
SELECT c.relname::text
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ({_KINDS}) AND CASE WHEN $1::text IS NULL
    THEN pg_catalog.pg_table_is_visible(c.oid) AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    ELSE n.nspname = $1::text COLLATE "C" END
ORDER BY c.relname
"""

# "a" is NO ACTION, PostgreSQL's word where a key says nothing.
_ACTIONS = {"a": None, "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}


class _ColumnRow(NamedTuple):
    name: str
    # the base type's name, "enum", or "" for one that the server does not come with
    type_name: str
    modifier: int
    dimensions: int
    not_null: bool
    has_default: bool
    # also an identity that is always the engine's
    generated: bool
    # an identity, or the next of a sequence
    counted: bool


class _IndexRow(NamedTuple):
    name: str
    primary: bool
    # of all rows
    unique: bool
    # None: an expression
    columns: list[str | None]


class _KeyRow(NamedTuple):
    table: str
    target: str
    name: str
    on_delete: str
    columns: list[str]
    target_columns: list[str]
    unique: bool
    # the number of columns of the key's table
    width: int


def _read_table(name: str, schema: str | None) -> Reading[Table]:
    """Read a table, partitioned or foreign ones too, a view or a materialised view. Names are matched exactly."""
    found = yield _TABLE, (name, schema)
    if not found:
        raise UnknownTable(f"there is no table {name!r}; {nearest(name, (yield from _table_names(schema)))}")
    ((kind, columns, indexes, keys),) = found
    return _table(
        Table(name, {}, schema=schema, is_view=kind in ("v", "m")),
        [_ColumnRow(*row) for row in _rows(columns)],
        [_IndexRow(*row) for row in _rows(indexes)],
        [_KeyRow(*row) for row in _rows(keys)],
    )


def _table_names(schema: str | None) -> Reading[list[str]]:
    """Read the names of all tables and views, of one schema or of all that the search path finds."""
    rows = yield _NAMES, (schema,)
    return [name for (name,) in rows]


def _rows(text: str | None) -> list[list[Any]]:
    """The rows of an answer; of none at all, PostgreSQL makes NULL."""
    rows: list[list[Any]] = json.loads(text) if text else []
    return rows


def _table(empty: Table, rows: list[_ColumnRow], index_rows: list[_IndexRow], key_rows: list[_KeyRow]) -> Table:
    indexes = tuple(_indexes(index_rows))
    primary_key = tuple(name for row in index_rows if row.primary for name in row.columns if name is not None)
    keys = [_foreign_key(row) for row in key_rows]
    return replace(
        empty,
        columns={row.name: _column(row, indexes) for row in rows},
        primary_key=primary_key,
        auto_key=next((row.name for row in rows if primary_key == (row.name,) and _is_auto_key(row)), None),
        foreign_keys=tuple(key for key in keys if key.table == empty.name),
        referenced_by=tuple(key for key in keys if key.target == empty.name),
        links=links(empty.name, keys, {row.table: row.width for row in key_rows}),
        indexes=indexes,
    )


def _column(row: _ColumnRow, indexes: Iterable[Index]) -> TableColumn:
    alone = [index for index in indexes if index.columns == (row.name,)]
    return TableColumn(
        name=row.name,
        type=_type(row),
        nullable=not row.not_null,
        has_default=row.has_default,
        generated=row.generated,
        unique=any(index.unique for index in alone),
        index=bool(alone),
    )


def _type(row: _ColumnRow) -> Type:
    return type_from_postgresql(row.type_name, row.modifier, row.dimensions)


def _is_auto_key(row: _ColumnRow) -> bool:
    return row.counted and isinstance(_type(row), Integer)


def _indexes(rows: Iterable[_IndexRow]) -> Iterator[Index]:
    """The indexes over plain columns. One over a part of the rows does not make anything unique in the table."""
    for row in rows:
        columns = tuple(name for name in row.columns if name is not None)
        if not row.primary and len(columns) == len(row.columns):
            yield Index(columns, row.unique, row.name)


def _foreign_key(row: _KeyRow) -> ForeignKey:
    return ForeignKey(
        table=row.table,
        columns=tuple(row.columns),
        target=row.target,
        target_columns=tuple(row.target_columns),
        on_delete=_ACTIONS[row.on_delete],
        name=row.name,
        unique=row.unique,
    )


READER = Reader(_read_table, _table_names)
"""What PostgreSQL can be asked."""
