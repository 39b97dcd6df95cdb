"""The statements that create and drop the tables that models declare."""

from collections.abc import Collection, Iterable, Iterator
from hashlib import sha256

from activerecord.errors import UsageError, nearest
from activerecord.schema.table import ForeignKey, Index, Table, TableColumn
from activerecord.sql.dialect import Dialect
from activerecord.types import Enumeration

__all__ = ["add_key", "create_table", "drop_key", "drop_tables"]

_ACTIONS = ("CASCADE", "NO ACTION", "RESTRICT", "SET DEFAULT", "SET NULL")

# So many hexadecimal digits tell the shortened names of one schema apart.
_DIGEST = 8


def create_table(
    table: Table, dialect: Dialect, *, if_not_exists: bool, without: "Collection[ForeignKey]" = ()
) -> list[str]:
    """CREATE TABLE, then CREATE INDEX for each of its indexes that is not written in it. The keys `without` are left out.

    Raises UsageError for what cannot be declared: a view, a generated column, an unknown action of a foreign key, a name
    that the engine would cut off. Raises InvalidValue for a default that its column does not take.
    """
    if table.is_view:
        raise UsageError(f"{table.name!r} is a view; only tables can be created")
    _check_names(table, dialect)
    keys = [key for key in table.foreign_keys if key not in without and _can_be_kept(key, dialect)]
    inside = _indexes(table, dialect) if dialect.index_in_table else ()
    body = ",\n    ".join((*_columns(table, dialect), *_constraints(table, keys, dialect), *inside))
    words = f"CREATE TABLE{_condition('NOT EXISTS', wanted=if_not_exists)} {_place(table, dialect)}"
    created = f"{words} (\n    {body}\n){dialect.table_options}"
    if dialect.index_in_table:
        return [created]
    return [created, *_created_indexes(table, dialect, if_not_exists=if_not_exists)]


def add_key(table: Table, key: ForeignKey, dialect: Dialect) -> str:
    """ALTER TABLE ... ADD: a foreign key of a table that was created without it."""
    return f"ALTER TABLE {_place(table, dialect)} ADD {_foreign_key(table, key, dialect)}"


def drop_key(table: Table, key: ForeignKey, dialect: Dialect) -> str:
    """What ends a foreign key, if it is there, where the dialect has words for that."""
    return dialect.drop_key.format(_place(table, dialect), dialect.quote(_key_name(key, dialect)))


def drop_tables(tables: "Iterable[Table]", dialect: Dialect, *, if_exists: bool = True) -> list[str]:
    """DROP TABLE, in one statement where the engine takes several tables; their indexes go with them."""
    words = f"DROP TABLE{_condition('EXISTS', wanted=if_exists)} "
    places = [_place(table, dialect) for table in tables]
    if dialect.drops_together and places:
        places = [", ".join(places)]
    return [words + place for place in places]


def _check_names(table: Table, dialect: Dialect) -> None:
    given = [index.name for index in table.indexes] + [key.name for key in table.foreign_keys]
    for name in (table.name, *table.columns, *filter(None, given)):
        if not dialect.name_fits(name):
            raise UsageError(f"{name!r} of the table {table.name!r} is longer than a name may be in {dialect.name}")


def _columns(table: Table, dialect: Dialect) -> Iterator[str]:
    keyed = _keyed(table)
    for column in table.columns.values():
        if column.generated:
            raise UsageError(f"column {column.name!r} of {table.name!r} is generated, which cannot be declared here")
        if table.primary_key == (column.name,) and table.auto_key == column.name:
            clause = dialect.auto_key_clause.format(dialect.codec(column.type).ddl)
            yield f"{dialect.quote(column.name)} {clause}"
        else:
            yield " ".join(filter(None, _column(column, dialect, keyed=column.name in keyed)))


def _keyed(table: Table) -> set[str]:
    """The columns that are part of a key or an index."""
    groups = [*(key.columns for key in table.foreign_keys), *(index.columns for index in table.indexes)]
    alone = [column.name for column in table.columns.values() if column.unique or column.index]
    return {*table.primary_key, *alone, *(name for group in groups for name in group)}


def _column(column: TableColumn, dialect: Dialect, *, keyed: bool) -> Iterator[str]:
    codec = dialect.codec(column.type)
    name = dialect.quote(column.name)
    yield name
    yield dialect.key_type(column.type) if keyed and dialect.key_type is not None else codec.ddl
    if not column.nullable:
        yield "NOT NULL"
    if column.default is not None:
        stored = codec.dump(column.default) if codec.dump else column.default
        yield dialect.default_clause.format(dialect.literal(stored))
    if isinstance(column.type, Enumeration):
        yield f"CHECK ({name} IN ({', '.join(map(dialect.literal, column.type.stored().values()))}))"


def _constraints(table: Table, keys: "Iterable[ForeignKey]", dialect: Dialect) -> Iterator[str]:
    if table.primary_key and table.primary_key != (table.auto_key,):
        yield f"PRIMARY KEY {_names(table.primary_key, dialect)}"
    for column in table.columns.values():
        if column.unique and not any(index.unique and index.columns == (column.name,) for index in table.indexes):
            yield f"UNIQUE {_names((column.name,), dialect)}"
    for key in keys:
        yield _foreign_key(table, key, dialect)


def _foreign_key(table: Table, key: ForeignKey, dialect: Dialect) -> str:
    name = dialect.quote(_key_name(key, dialect))
    target = f"{_target(table, key, dialect)} {_names(key.target_columns, dialect)}"
    action = f" ON DELETE {_action(table, key.on_delete)}" if key.on_delete else ""
    return f"CONSTRAINT {name} FOREIGN KEY {_names(key.columns, dialect)} REFERENCES {target}{action}"


def _key_name(key: ForeignKey, dialect: Dialect) -> str:
    return key.name or _short("_".join(("fk", key.table, *key.columns)), dialect)


def _target(table: Table, key: ForeignKey, dialect: Dialect) -> str:
    schema = None if dialect.index_in_schema else key.target_schema or table.schema
    return _qualified(key.target, schema, dialect)


def _can_be_kept(key: ForeignKey, dialect: Dialect) -> bool:
    """Whether the engine has words for the key: where a schema is a file, no key leads out of it."""
    return key.target_schema is None or not dialect.index_in_schema


def _action(table: Table, given: str) -> str:
    action = given.upper().replace("_", " ")
    if action not in _ACTIONS:
        raise UsageError(f"on_delete={given!r} of a foreign key of {table.name!r}: {nearest(action, _ACTIONS)}")
    return action


def _listed(table: Table) -> list[Index]:
    """The indexes of a table, with those that its columns ask for by themselves."""
    single = [Index((column.name,)) for column in table.columns.values() if column.index and not column.unique]
    covered = {index.columns for index in table.indexes}
    return [*table.indexes, *(index for index in single if index.columns not in covered)]


def _indexes(table: Table, dialect: Dialect) -> Iterator[str]:
    for index in _listed(table):
        name = dialect.quote(_index_name(table, index, dialect))
        yield f"{'UNIQUE ' if index.unique else ''}INDEX {name} {_names(index.columns, dialect)}"


def _created_indexes(table: Table, dialect: Dialect, *, if_not_exists: bool) -> Iterator[str]:
    for index in _listed(table):
        words = f"CREATE {'UNIQUE ' if index.unique else ''}INDEX{_condition('NOT EXISTS', wanted=if_not_exists)}"
        name, place = _index_name(table, index, dialect), _place(table, dialect)
        if dialect.index_in_schema:
            name, place = _qualified(name, table.schema, dialect), dialect.quote(table.name)
        else:
            name = dialect.quote(name)
        yield f"{words} {name} ON {place} {_names(index.columns, dialect)}"


def _index_name(table: Table, index: Index, dialect: Dialect) -> str:
    return index.name or _short("_".join(("ix", table.name, *index.columns)), dialect)


def _short(name: str, dialect: Dialect) -> str:
    """The name, or where the engine would cut it off, its beginning and what tells it from others that begin so."""
    if dialect.name_fits(name):
        return name
    digest = sha256(name.encode()).hexdigest()[:_DIGEST]
    shorter = (f"{name[:size]}_{digest}" for size in range(len(name) - 1, 0, -1))
    return next(found for found in shorter if dialect.name_fits(found))


def _condition(words: str, *, wanted: bool) -> str:
    return f" IF {words}" if wanted else ""


def _place(table: Table, dialect: Dialect) -> str:
    return _qualified(table.name, table.schema, dialect)


def _qualified(name: str, schema: str | None, dialect: Dialect) -> str:
    return ".".join(dialect.quote(part) for part in (schema, name) if part is not None)


def _names(names: Iterable[str], dialect: Dialect) -> str:
    return f"({', '.join(dialect.quote(name) for name in names)})"
