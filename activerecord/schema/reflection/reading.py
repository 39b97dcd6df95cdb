"""How a table is read from the database without any waiting in here: questions go out, rows come in."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from activerecord.schema.table import Table

__all__ = ["Reader", "Reading"]

T = TypeVar("T")

# Yields a statement and its binds, is sent all rows of the answer, returns what was read.
Reading: TypeAlias = Generator[tuple[str, tuple[Any, ...]], list[tuple[Any, ...]], T]


@dataclass(frozen=True, slots=True)
class Reader:
    """What can be read from one engine's catalogue.

    `read_table(name, schema)` returns the Table or raises UnknownTable, naming the nearest; a `schema` of None is the
    connection's own. `table_names(schema)` returns the names of all tables and views.
    """

    read_table: Callable[[str, str | None], Reading[Table]]
    table_names: Callable[[str | None], Reading[list[str]]]
