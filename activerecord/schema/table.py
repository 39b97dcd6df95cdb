"""Tables, their columns and keys as plain values, whether declared by a model or read from the database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from types import MappingProxyType
from typing import Any

from activerecord.errors import UnknownColumn, nearest
from activerecord.types import Type, Unknown

__all__ = ["ForeignKey", "Index", "Link", "Table", "TableColumn"]

_generations = count(1)


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column of a table.

    `generated` tells that the database computes it and nobody may write it; `has_default` that the database fills it
    in where an insert leaves it out; `default` is the constant that the model declares for the DDL, or None. `ranked` tells
    that the engine sorts its values by their place in a list, and compares them as texts all the same.
    """

    name: str
    type: Type = Unknown()
    nullable: bool = True
    has_default: bool = False
    generated: bool = False
    unique: bool = False
    index: bool = False
    default: Any = None
    ranked: bool = False


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Columns of `table` that point at columns of `target`.

    `on_delete` is the SQL action, or None for the engine's own; `unique` tells that no two rows hold the same key;
    `target_schema` is the schema of the target where that is not the table's own.
    """

    table: str
    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]
    on_delete: str | None = None
    name: str | None = None
    unique: bool = False
    target_schema: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A table whose columns are two foreign keys and nothing else: `near` points at the table that tells of it, `far` on."""

    near: ForeignKey
    far: ForeignKey


@dataclass(frozen=True, slots=True)
class Index:
    """An index over columns; unique or not."""

    columns: tuple[str, ...]
    unique: bool = False
    name: str | None = None


@dataclass(frozen=True)
class Table:
    """A table or view: its columns in order, its keys, the keys of others that point at it, and those of them that link it.

    Every Table has a `generation` of its own, so what was compiled for an older reading of the same table is never used
    for a newer one. `auto_key` is the one key column that the engine fills with a new integer, if there is one. `any_case`
    tells that its database finds tables whatever the case of their names, `is_read` that a database described it.
    """

    name: str
    columns: Mapping[str, TableColumn]
    schema: str | None = None
    primary_key: tuple[str, ...] = ()
    auto_key: str | None = None
    foreign_keys: tuple[ForeignKey, ...] = ()
    referenced_by: tuple[ForeignKey, ...] = ()
    links: tuple[Link, ...] = ()
    indexes: tuple[Index, ...] = ()
    is_view: bool = False
    any_case: bool = field(default=False, compare=False)
    is_read: bool = field(default=False, compare=False)
    generation: int = field(default_factory=lambda: next(_generations), compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", MappingProxyType(dict(self.columns)))

    def column(self, name: str) -> TableColumn:
        """The column called `name`. Raises UnknownColumn, naming the nearest."""
        found = self.columns.get(name)
        if found is None:
            raise UnknownColumn(f"table {self.name!r} has no column {name!r}; {nearest(name, self.columns)}")
        return found

    def type_of(self, column: str) -> Type:
        """The type of a column. Raises UnknownColumn, naming the nearest."""
        return self.column(column).type

    def names(self) -> tuple[str, ...]:
        """The names of all columns, in the table's order."""
        return self._names

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(self.columns)

    @cached_property
    def writable(self) -> tuple[str, ...]:
        """The names of the columns that a statement may set."""
        return tuple(name for name, column in self.columns.items() if not column.generated)

    @cached_property
    def generated(self) -> tuple[str, ...]:
        """The names of the columns that the database computes."""
        return tuple(name for name, column in self.columns.items() if column.generated)
