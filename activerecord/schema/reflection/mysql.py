"""Tables as MySQL and MariaDB describe them, by information_schema; three questions a table, or up to five.

A schema is a database there, and none means the connection's own. Foreign keys name tables without it, so those that
point into another database are not told.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, NamedTuple

from activerecord.errors import UnknownTable, nearest
from activerecord.schema.reflection.mysql_storage import read_storage
from activerecord.schema.reflection.reading import Reader, Reading, links, texts
from activerecord.schema.table import ForeignKey, Index, Link, Table, TableColumn
from activerecord.types import Integer, Json
from activerecord.types.mysql_declared import type_from_mysql

__all__ = ["READER"]

_COLUMNS = """
SELECT c.TABLE_SCHEMA, c.TABLE_NAME, t.TABLE_TYPE, VERSION(), @@lower_case_table_names, c.COLUMN_NAME, c.COLUMN_TYPE,
    c.IS_NULLABLE, c.COLUMN_DEFAULT, c.EXTRA
FROM information_schema.COLUMNS AS c
JOIN information_schema.TABLES AS t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
WHERE c.TABLE_SCHEMA = coalesce(?, database()) AND c.TABLE_NAME = ?
ORDER BY c.ORDINAL_POSITION
"""

# MariaDB's alone: its JSON is a LONGTEXT with this check, which is named after the column.
_DOCUMENTS = """
SELECT TABLE_NAME, CONSTRAINT_NAME, CHECK_CLAUSE
FROM information_schema.CHECK_CONSTRAINTS
WHERE CONSTRAINT_SCHEMA = ? AND TABLE_NAME = ?
"""

_FOREIGN_KEYS = """
SELECT k.TABLE_NAME, k.CONSTRAINT_NAME, r.DELETE_RULE, k.COLUMN_NAME, k.REFERENCED_TABLE_NAME, k.REFERENCED_COLUMN_NAME
FROM information_schema.KEY_COLUMN_USAGE AS k
JOIN information_schema.REFERENTIAL_CONSTRAINTS AS r
    ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.TABLE_NAME = k.TABLE_NAME
    AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME
WHERE k.TABLE_SCHEMA = ? AND r.CONSTRAINT_SCHEMA = ? AND k.REFERENCED_TABLE_SCHEMA = ?
    AND (k.TABLE_NAME = ? OR k.REFERENCED_TABLE_NAME = ?)
ORDER BY k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION
"""

# Of tables that may be links: all their columns, with no key, and the columns of all their keys.
_FURTHER = """
SELECT TABLE_NAME, '' AS k, '' AS d, COLUMN_NAME, '' AS t, '' AS c, ORDINAL_POSITION AS n
FROM information_schema.COLUMNS
WHERE TABLE_SCHEMA = ? AND TABLE_NAME IN ({0})
UNION ALL
SELECT k.TABLE_NAME, k.CONSTRAINT_NAME, r.DELETE_RULE, k.COLUMN_NAME, k.REFERENCED_TABLE_NAME, k.REFERENCED_COLUMN_NAME,
    k.ORDINAL_POSITION
FROM information_schema.KEY_COLUMN_USAGE AS k
JOIN information_schema.REFERENTIAL_CONSTRAINTS AS r
    ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.TABLE_NAME = k.TABLE_NAME
    AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME
WHERE k.TABLE_SCHEMA = ? AND r.CONSTRAINT_SCHEMA = ? AND k.REFERENCED_TABLE_SCHEMA = ? AND k.TABLE_NAME IN ({0})
ORDER BY TABLE_NAME, k, n
"""

_INDEXES = """
SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME
FROM information_schema.STATISTICS
WHERE TABLE_SCHEMA = ? AND TABLE_NAME IN ({})
ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX
"""

_NAMES = """
SELECT TABLE_NAME
FROM information_schema.TABLES
WHERE TABLE_SCHEMA = coalesce(?, database()) AND TABLE_TYPE <> 'SEQUENCE'
ORDER BY TABLE_NAME
"""


class _ColumnRow(NamedTuple):
    schema: str
    table: str
    # BASE TABLE, VIEW, SYSTEM VIEW, SYSTEM VERSIONED, SEQUENCE
    kind: str
    version: str
    # 0: the case of a table's name matters
    folded: str
    name: str
    declared: str
    nullable: str
    default: str | None
    # words: auto_increment, STORED GENERATED ...
    extra: str

    @property
    def of_mariadb(self) -> bool:
        return "mariadb" in self.version.lower()

    @property
    def has_default(self) -> bool:
        """MariaDB gives the text of an expression, which is NULL where there is no default or it is none."""
        told = self.default is not None and not (self.of_mariadb and self.default.upper() == "NULL")
        return told or self.counted

    @property
    def counted(self) -> bool:
        return "AUTO_INCREMENT" in self.extra.upper().split()

    @property
    def generated(self) -> bool:
        # not DEFAULT_GENERATED, which tells that a default is an expression
        return not {"GENERATED", "PERSISTENT"}.isdisjoint(self.extra.upper().split())


class _KeyRow(NamedTuple):
    table: str
    name: str
    on_delete: str
    column: str
    target: str
    target_column: str


class _IndexRow(NamedTuple):
    table: str
    name: str
    not_unique: str
    # None: an expression
    column: str | None


@dataclass(frozen=True, slots=True)
class _Found:
    """What the questions about one table have answered."""

    columns: Sequence[_ColumnRow]
    documents: frozenset[str]
    keys: Sequence[_KeyRow]
    indexes: Sequence[_IndexRow]

    @property
    def name(self) -> str:
        return self.columns[0].table


def _read_table(name: str, schema: str | None) -> Reading[Table]:
    """Read a table or a view. The case of its name matters where it does to the server."""
    columns = [_ColumnRow(*row) for row in texts((yield _COLUMNS, (schema, name)))]
    if not columns:
        raise UnknownTable(f"there is no table {name!r}; {nearest(name, (yield from _table_names(schema)))}")
    place, table = columns[0].schema, columns[0].table
    keys = [_KeyRow(*row) for row in texts((yield _FOREIGN_KEYS, (place, place, place, table, table)))]
    tables = sorted({table, *(key.table for key in keys)})
    question = _INDEXES.format(", ".join("?" * len(tables)))
    indexes = [_IndexRow(*row) for row in texts((yield question, (place, *tables)))]
    documents: frozenset[str] = frozenset()
    if columns[0].of_mariadb and any(row.declared == "longtext" for row in columns):
        documents = frozenset(_documents(texts((yield _DOCUMENTS, (place, table)))))
    found = _Found(columns, documents, keys, indexes)
    return replace(_table(schema, found), links=(yield from _links(place, found)))


def _links(place: str, found: _Found) -> Reading[tuple[Link, ...]]:
    """Read the further keys of tables that may be links. Most tables have none that may."""
    near = [key for key in _foreign_keys(found) if key.target == found.name and not key.unique]
    tables = sorted({key.table for key in near if key.table != found.name and _may_link(found, key)})
    if not tables:
        return ()
    question = _FURTHER.format(", ".join("?" * len(tables)))
    asked = texts((yield question, (place, *tables, place, place, place, *tables)))
    rows = [_KeyRow(*row[:6]) for row in asked]
    widths = Counter(row.table for row in rows if not row.name)
    return links(found.name, _foreign_keys(replace(found, keys=[row for row in rows if row.name])), widths)


def _may_link(found: _Found, key: ForeignKey) -> bool:
    """Whether the primary key of the key's table has more than this key, or there is none."""
    members = {row.column for row in found.indexes if row.table == key.table and row.name == "PRIMARY"}
    return not members or (len(members) > 1 and not members.isdisjoint(key.columns))


def _table_names(schema: str | None) -> Reading[list[str]]:
    """Read the names of all tables and views of one database."""
    return [name for (name,) in texts((yield _NAMES, (schema,)))]


def _documents(rows: Iterable[list[Any]]) -> Iterator[str]:
    for _, column, clause in rows:
        escaped = column.replace("`", "``")
        if clause == f"json_valid(`{escaped}`)":
            yield column


def _table(schema: str | None, found: _Found) -> Table:
    primary_key = _primary_key(found)
    keys = list(_foreign_keys(found))
    indexes = tuple(_indexes(found))
    own = [key for key in keys if key.table == found.name]
    place = {row.name: number for number, row in enumerate(found.columns)}
    return Table(
        name=found.name,
        columns={row.name: _column(row, found.documents, indexes) for row in found.columns},
        schema=schema,
        primary_key=primary_key,
        auto_key=next((row.name for row in found.columns if primary_key == (row.name,) and _is_auto_key(row)), None),
        foreign_keys=tuple(sorted(own, key=lambda key: [place[name] for name in key.columns])),
        referenced_by=tuple(key for key in keys if key.target == found.name),
        indexes=indexes,
        is_view=found.columns[0].kind.endswith("VIEW"),
        any_case=found.columns[0].folded != "0",
    )


def _column(row: _ColumnRow, documents: frozenset[str], indexes: Iterable[Index]) -> TableColumn:
    alone = [index for index in indexes if index.columns == (row.name,)]
    return TableColumn(
        name=row.name,
        type=Json() if row.name in documents and row.declared == "longtext" else type_from_mysql(row.declared),
        nullable=row.nullable == "YES",
        has_default=row.has_default,
        generated=row.generated,
        unique=any(index.unique for index in alone),
        index=bool(alone),
        ranked=row.declared.startswith(("enum(", "set(")),
    )


def _is_auto_key(row: _ColumnRow) -> bool:
    return row.counted and isinstance(type_from_mysql(row.declared), Integer)


def _primary_key(found: _Found) -> tuple[str, ...]:
    members = (row for row in found.indexes if row.table == found.name and row.name == "PRIMARY")
    return tuple(row.column for row in members if row.column is not None)


def _indexes(found: _Found) -> Iterator[Index]:
    """The indexes over plain columns. One over the first characters of a text is one over the text."""
    for (table, name), group in groupby(found.indexes, key=lambda row: (row.table, row.name)):
        members = list(group)
        columns = [row.column for row in members if row.column is not None]
        if table == found.name and name != "PRIMARY" and len(columns) == len(members):
            yield Index(tuple(columns), members[0].not_unique == "0", name)


def _foreign_keys(found: _Found) -> Iterator[ForeignKey]:
    """The keys of all tables that are concerned."""
    for (table, name), group in groupby(found.keys, key=lambda row: (row.table, row.name)):
        members = list(group)
        columns = tuple(row.column for row in members)
        yield ForeignKey(
            table=table,
            columns=columns,
            target=members[0].target,
            target_columns=tuple(row.target_column for row in members),
            # One and the same to InnoDB, which either server gives where a key says nothing.
            on_delete=None if members[0].on_delete in ("NO ACTION", "RESTRICT") else members[0].on_delete,
            name=name,
            unique=_is_unique(found, table, columns),
        )


def _is_unique(found: _Found, table: str, columns: tuple[str, ...]) -> bool:
    """Whether the columns contain those of a primary key or of a unique index."""
    own = (row for row in found.indexes if row.table == table and row.not_unique == "0")
    return any(all(row.column in columns for row in members) for _, members in groupby(own, key=lambda row: row.name))


READER = Reader(_read_table, _table_names, read_storage)
"""What MySQL and MariaDB can be asked."""
