"""How a table is read from the database without any waiting in here: questions go out, rows come in."""

from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias, TypeVar

from activerecord.schema.storage import Storage
from activerecord.schema.table import ForeignKey, Link, Table

__all__ = ["Reader", "Reading", "links", "texts"]

T = TypeVar("T")

# Yields a statement and its binds, is sent all rows of the answer, returns what was read.
Reading: TypeAlias = Generator[tuple[str, tuple[Any, ...]], list[tuple[Any, ...]], T]


class Reader(NamedTuple):
    """What can be read from one engine's catalogue.

    `read_table(name, schema)` returns the Table or raises UnknownTable, naming the nearest; a `schema` of None is the
    connection's own. `table_names(schema)` returns the names of all tables and views. `read_storage(name, schema)` returns what
    a table keeps as it is written, where an UPDATE cannot give it back.
    """

    read_table: Callable[[str, str | None], Reading[Table]]
    table_names: Callable[[str | None], Reading[list[str]]]
    read_storage: Callable[[str, str | None], Reading[Storage]] | None = None


def links(name: str, keys: Iterable[ForeignKey], widths: Mapping[str, int]) -> tuple[Link, ...]:
    """How the table called `name` is linked to others by tables that have two foreign keys among these, and nothing besides.

    `widths` gives the number of columns of each table.
    """
    by_table: dict[str, list[ForeignKey]] = defaultdict(list)
    for key in keys:
        by_table[key.table].append(key)
    return tuple(link for table in sorted(by_table) for link in _links(name, by_table[table], widths.get(table, 0)))


def _links(name: str, keys: list[ForeignKey], width: int) -> Iterator[Link]:
    if len(keys) != 2 or any(key.unique for key in keys):
        return
    one, other = sorted(keys, key=lambda key: key.columns)
    if one.table == name or len({*one.columns, *other.columns}) != width:
        return
    if one.target == name:
        yield Link(one, other)
    if other.target == name:
        yield Link(other, one)


def texts(rows: Iterable[Sequence[Any]]) -> Iterator[list[Any]]:
    """The rows with texts for all that is told: what a driver makes of it depends on the server's own tables."""
    for row in rows:
        yield [value if value is None else _text(value) for value in row]


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
