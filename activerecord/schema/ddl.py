"""The statements that create and drop the tables that models declare."""

from collections.abc import Iterable, Iterator

from activerecord.errors import UsageError, nearest
from activerecord.schema.table import ForeignKey, Index, Table, TableColumn
from activerecord.sql.dialect import Dialect
from activerecord.sql.literal import literal
from activerecord.types import Enumeration

__all__ = ["create_table", "dependency_order", "drop_table"]

_ACTIONS = ("CASCADE", "NO ACTION", "RESTRICT", "SET DEFAULT", "SET NULL")


def create_table(table: Table, dialect: Dialect, *, if_not_exists: bool) -> list[str]:
    """CREATE TABLE, then CREATE INDEX for each of its indexes.

    Raises UsageError for what cannot be declared: a view, a generated column, an unknown action of a foreign key.
    Raises InvalidValue for a default that its column does not take.
    """
    if table.is_view:
        raise UsageError(f"{table.name!r} is a view; only tables can be created")
    body = ",\n    ".join((*_columns(table, dialect), *_constraints(table, dialect)))
    created = f"CREATE TABLE{_condition('NOT EXISTS', wanted=if_not_exists)} {_qualified(table.name, table.schema, dialect)} (\n    {body}\n)"
    return [created, *_indexes(table, dialect, if_not_exists=if_not_exists)]


def drop_table(table: Table, dialect: Dialect, *, if_exists: bool = True) -> str:
    """DROP TABLE; its indexes go with it."""
    return f"DROP TABLE{_condition('EXISTS', wanted=if_exists)} {_qualified(table.name, table.schema, dialect)}"


def dependency_order(tables: Iterable[Table]) -> list[Table]:
    """Each table once, and after those that its foreign keys point at.

    In a cycle the first table given comes first, with keys that point forward.
    """
    waiting: dict[tuple[str | None, str], Table] = {}
    for table in tables:
        waiting.setdefault((table.schema, table.name), table)
    ordered: list[Table] = []
    while waiting:
        free = (place for place, table in waiting.items() if not any(goal in waiting for goal in _goals(table)))
        ordered.append(waiting.pop(next(free, next(iter(waiting)))))
    return ordered


def _goals(table: Table) -> Iterator[tuple[str | None, str]]:
    return ((table.schema, key.target) for key in table.foreign_keys if key.target != table.name)


def _columns(table: Table, dialect: Dialect) -> Iterator[str]:
    for column in table.columns.values():
        if column.generated:
            raise UsageError(f"column {column.name!r} of {table.name!r} is generated, which cannot be declared here")
        if table.primary_key == (column.name,) and table.auto_key == column.name:
            yield f"{dialect.quote(column.name)} {dialect.auto_key_clause}"
        else:
            yield " ".join(filter(None, _column(column, dialect)))


def _column(column: TableColumn, dialect: Dialect) -> Iterator[str]:
    codec = dialect.codec(column.type)
    name = dialect.quote(column.name)
    yield name
    yield codec.ddl
    if not column.nullable:
        yield "NOT NULL"
    if column.default is not None:
        yield f"DEFAULT {literal(codec.dump(column.default) if codec.dump else column.default)}"
    if isinstance(column.type, Enumeration):
        yield f"CHECK ({name} IN ({', '.join(map(literal, column.type.stored().values()))}))"


def _constraints(table: Table, dialect: Dialect) -> Iterator[str]:
    if table.primary_key and table.primary_key != (table.auto_key,):
        yield f"PRIMARY KEY {_names(table.primary_key, dialect)}"
    for column in table.columns.values():
        if column.unique and not any(index.unique and index.columns == (column.name,) for index in table.indexes):
            yield f"UNIQUE {_names((column.name,), dialect)}"
    for key in table.foreign_keys:
        yield _foreign_key(table, key, dialect)


def _foreign_key(table: Table, key: ForeignKey, dialect: Dialect) -> str:
    name = f"CONSTRAINT {dialect.quote(key.name)} " if key.name else ""
    target = f"{dialect.quote(key.target)} {_names(key.target_columns, dialect)}"
    action = f" ON DELETE {_action(table, key.on_delete)}" if key.on_delete else ""
    return f"{name}FOREIGN KEY {_names(key.columns, dialect)} REFERENCES {target}{action}"


def _action(table: Table, given: str) -> str:
    action = given.upper().replace("_", " ")
    if action not in _ACTIONS:
        raise UsageError(f"on_delete={given!r} of a foreign key of {table.name!r}: {nearest(action, _ACTIONS)}")
    return action


def _indexes(table: Table, dialect: Dialect, *, if_not_exists: bool) -> Iterator[str]:
    single = [Index((column.name,)) for column in table.columns.values() if column.index and not column.unique]
    covered = {index.columns for index in table.indexes}
    for index in (*table.indexes, *(index for index in single if index.columns not in covered)):
        words = f"CREATE {'UNIQUE ' if index.unique else ''}INDEX{_condition('NOT EXISTS', wanted=if_not_exists)}"
        name = _qualified(index.name or "_".join(("ix", table.name, *index.columns)), table.schema, dialect)
        yield f"{words} {name} ON {dialect.quote(table.name)} {_names(index.columns, dialect)}"


def _condition(words: str, *, wanted: bool) -> str:
    return f" IF {words}" if wanted else ""


def _qualified(name: str, schema: str | None, dialect: Dialect) -> str:
    return ".".join(dialect.quote(part) for part in (schema, name) if part is not None)


def _names(names: Iterable[str], dialect: Dialect) -> str:
    return f"({', '.join(dialect.quote(name) for name in names)})"
