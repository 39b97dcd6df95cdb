"""What the tables of MySQL and MariaDB keep as it is written, in strict mode; two questions a table."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from activerecord.schema.reflection.reading import Reading, texts
from activerecord.schema.storage import NOTHING_KEPT, Kept, Storage

__all__ = ["read_storage"]

_COLUMNS = """
SELECT c.TABLE_SCHEMA, c.TABLE_NAME, t.TABLE_TYPE, @@sql_mode, c.COLUMN_NAME, c.DATA_TYPE, c.EXTRA,
    c.CHARACTER_MAXIMUM_LENGTH, c.CHARACTER_SET_NAME, c.DATETIME_PRECISION
FROM information_schema.COLUMNS AS c
JOIN information_schema.TABLES AS t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
WHERE c.TABLE_SCHEMA = coalesce(?, database()) AND c.TABLE_NAME = ?
"""

# The triggers of an UPDATE, and whether we would be shown them.
_TRIGGERS = """
SELECT
    (SELECT count(*) FROM information_schema.TRIGGERS
     WHERE EVENT_OBJECT_SCHEMA = ? AND EVENT_OBJECT_TABLE = ? AND EVENT_MANIPULATION = 'UPDATE'),
    (SELECT count(*) FROM information_schema.USER_PRIVILEGES WHERE GRANTEE = u.name AND PRIVILEGE_TYPE = 'TRIGGER')
    + (SELECT count(*) FROM information_schema.SCHEMA_PRIVILEGES
       WHERE GRANTEE = u.name AND PRIVILEGE_TYPE = 'TRIGGER' AND TABLE_SCHEMA = ?)
    + (SELECT count(*) FROM information_schema.TABLE_PRIVILEGES
       WHERE GRANTEE = u.name AND PRIVILEGE_TYPE = 'TRIGGER' AND TABLE_SCHEMA = ? AND TABLE_NAME = ?)
FROM (
    SELECT concat(quote(substring_index(current_user(), '@', 1)), '@', quote(substring_index(current_user(), '@', -1))) AS name
) AS u
"""

_WHOLE = frozenset({"tinyint", "smallint", "mediumint", "int", "bigint"})
_TEXTS = frozenset({"varchar", "tinytext", "text", "mediumtext", "longtext"})
_BYTES = frozenset({"varbinary", "tinyblob", "blob", "mediumblob", "longblob"})

# The most bytes that a character takes.
_WIDEST = 4


class _Row(NamedTuple):
    schema: str
    table: str
    # BASE TABLE, VIEW, SYSTEM VERSIONED ...
    kind: str
    sql_mode: str
    name: str
    declared: str
    # words: auto_increment, STORED GENERATED, on update current_timestamp() ...
    extra: str
    length: str | None
    charset: str | None
    precision: str | None


def read_storage(name: str, schema: str | None) -> Reading[Storage]:
    """What a table keeps as it is written. Nothing, where that is not certain."""
    rows = [_Row(*row) for row in texts((yield _COLUMNS, (schema, name)))]
    if not _is_plain(rows):
        return NOTHING_KEPT
    place, table = rows[0].schema, rows[0].table
    ((triggers, shown),) = yield _TRIGGERS, (place, table, place, place, table)
    if triggers or not shown:
        return NOTHING_KEPT
    columns = {row.name: _kept(row) for row in rows}
    return Storage({column: kept for column, kept in columns.items() if kept is not None})


def _is_plain(rows: Sequence[_Row]) -> bool:
    """Whether they are of one table, in which each column has what was last written into it, or an error comes."""
    return (
        len({row.table for row in rows}) == 1
        and rows[0].kind == "BASE TABLE"
        and "STRICT_" in rows[0].sql_mode
        and all(row.extra.lower() in ("", "auto_increment", "default_generated") for row in rows)
    )


def _kept(row: _Row) -> Kept | None:
    if row.declared in _WHOLE:
        return Kept(int)
    if row.declared in _TEXTS and row.charset == "utf8mb4" and row.length is not None:
        # of a varchar the characters are told, else the bytes; blanks beyond are cut off without an error
        return Kept(str, most=int(row.length) if row.declared == "varchar" else int(row.length) // _WIDEST)
    if row.declared in _BYTES and row.length is not None:
        return Kept(bytes, most=int(row.length))
    if row.declared == "date":
        return Kept(dt.date)
    if row.declared == "datetime" and row.precision is not None:
        return Kept(dt.datetime, step=10 ** (6 - int(row.precision)))
    return None
