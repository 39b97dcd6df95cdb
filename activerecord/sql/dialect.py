"""A dialect: the list of named differences between one engine's SQL and the standard's."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from activerecord.errors import InvalidValue, UsageError
from activerecord.sql.literal import literal
from activerecord.sql.node import Node
from activerecord.sql.plan import Explaining
from activerecord.sql.storing import Store, make_store, named
from activerecord.types import Codec, Type

__all__ = [
    "USUAL",
    "Answer",
    "Compiled",
    "Dialect",
    "RowText",
    "StatementCompiler",
    "TableLike",
    "Terms",
    "Transactions",
]


class TableLike(Protocol):
    """What a compiler needs to know of a table: its names, and the type of each column."""

    @property
    def name(self) -> str:
        """The table's name as the database has it."""
        ...

    @property
    def schema(self) -> str | None:
        """The schema that the table is in, or None for the connection's own."""
        ...

    def type_of(self, column: str) -> Type:
        """The type of a column; raises UnknownColumn, naming the nearest."""
        ...

    def names(self) -> tuple[str, ...]:
        """The names of all columns, in the table's order."""
        ...


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement's text, with what each bind and each column of the answer goes through.

    `dumps` has an entry a placeholder, in the order of the text, and so has `columns`: the name of the column that the
    value is meant for, where there is one. `names` and `loads` have one a column of the answer. A dump or load of None
    means that the value passes as it is. `sources` tells where each placeholder gets its value, which of the statement's
    and, of a list, which item; None where there is one for each value in order. `lists` are those of the statement's values
    on whose length the text depends. `rows` is there where the statement takes rows beside its values, in any number. `locks`
    tells that it locks the rows that it reads, or that a query inside of it does; `plain` that it only reads, calls nothing, and
    has no SQL of the program's own.
    """

    sql: str
    dumps: tuple[Callable[[Any], Any] | None, ...]
    columns: tuple[str | None, ...]
    names: tuple[str, ...] = ()
    loads: tuple[Callable[[Any], Any] | None, ...] = ()
    sources: tuple[tuple[int, int | None], ...] | None = None
    lists: tuple[int, ...] = ()
    rows: "RowText | None" = None
    locks: bool = False
    plain: bool = False

    def binds(self, values: Sequence[Any]) -> list[Any]:
        """The values as the driver takes them. Raises InvalidValue."""
        given = values if self.sources is None else [_placed(values[index], item) for index, item in self.sources]
        try:
            return [
                value if dump is None or value is None else dump(value)
                for dump, value in zip(self.dumps, given, strict=True)
            ]
        except InvalidValue as error:
            raise named(self.dumps, self.columns, given, error) from None


def _placed(value: Any, item: int | None) -> Any:
    """The value itself, or an item of the list that it is, whose last one fills the places that are left."""
    return value if item is None else value[item] if item < len(value) else value[-1]


@dataclass(frozen=True, slots=True)
class RowText:
    """The text of a statement that takes any number of rows, between its `head` and its `tail`.

    `dumps` and `columns` have an entry a value of a row. The first value of the first row is the placeholder numbered `first`,
    where they are numbered: then the statement's other values come before those of the rows, else (0) after them. With `lists`
    the values of a column go in as one list, and the text is the same for any number of rows. `stored` gives the values of a
    row as the driver takes them, and raises InvalidValue, naming the column.
    """

    head: str
    tail: str
    dumps: tuple[Callable[[Any], Any] | None, ...]
    columns: tuple[str, ...]
    placeholder: Callable[[int], str] | None
    first: int = 0
    lists: bool = False
    stored: Store = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "stored", make_store(self.dumps, self.columns))

    def text(self, count: int) -> str:
        """The statement's text for so many rows."""
        width, place = len(self.dumps), self.placeholder
        if place is None or self.lists:
            return self.head + self.tail
        if not self.first:
            row = f"({', '.join([place(1)] * width)})"
            return f"{self.head}{', '.join([row] * count)}{self.tail}"
        starts = range(self.first, self.first + count * width, width)
        rows = [f"({', '.join(map(place, range(start, start + width)))})" for start in starts]
        return f"{self.head}{', '.join(rows)}{self.tail}"

    def binds(self, rows: Sequence[Sequence[Any]], others: Sequence[Any]) -> list[Any]:
        """What goes with the text for these rows, which are stored already, and the statement's other values."""
        given = list(map(list, zip(*rows, strict=True))) if self.lists else [value for row in rows for value in row]
        return [*others, *given] if self.first else [*given, *others]


@dataclass(frozen=True, slots=True)
class Answer:
    """One column of what a query gives: its name, its type, and what loads its values."""

    name: str
    type: Type
    load: Callable[[Any], Any] | None


class StatementCompiler(Protocol):
    """Turns a statement into text for one dialect; used once, then thrown away."""

    def compile(self, statement: Node) -> Compiled:
        """The text of a statement and the treatment of its values. Raises QueryError."""
        ...

    def answer(self, statement: Node) -> Sequence[Answer]:
        """The columns of what a statement gives."""
        ...


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a transaction begins. `deferrable`: it waits until it can run without being refused, or in the way."""

    isolation: str | None = None
    read_only: bool = False
    deferrable: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.isolation, str | None):
            raise UsageError(f"isolation is a level in words, got {type(self.isolation).__name__}")

    @property
    def level(self) -> str | None:
        """The isolation level in the words of SQL: "repeatable read" for "REPEATABLE_READ"."""
        return None if self.isolation is None else self.isolation.lower().replace("_", " ")


USUAL = Terms()
"""As the engine has it, to read and to write."""


class Transactions(Protocol):
    """The statements that begin a transaction in one dialect."""

    def __call__(self, terms: Terms) -> Sequence[str]:
        """The texts to send, in order. Raises UsageError for what the engine does not have."""
        ...


@dataclass(frozen=True, slots=True)
class Dialect:
    """One engine's SQL: a filled-in form of the differences that the rest of the house may ask for.

    `title` is the engine's own name, for messages, `words` its names in a configuration's `driver`. `max_binds` is the
    number of binds that one statement may have; `list_is_a_bind` tells that the list of an IN, however long, is one of
    them. `returning` has the verbs (insert, update, delete) that may give the rows they write. `locks_rows` tells that a SELECT
    may lock its rows, which it need not where the engine has one writer at a time, `keys_lock` that writing a foreign key
    keeps others from changing anything in the row that it leads to. `mark` is a query that gives one row, by
    which the transaction it is sent in is known ever after, and `fate` one that takes this row as its binds, and tells:
    "committed", "aborted", "in progress" or NULL; both are empty where the engine cannot tell.

    What follows is asked for by the DDL. `auto_key_clause` is what follows the name of a column in CREATE TABLE that the
    engine fills with a new integer and that is the whole primary key, with a place for the name of its type;
    `default_clause` has a place for a literal; `key_type` gives the name of a type in a column that is part of a key or an
    index, `table_options` what follows the body of CREATE TABLE. `name_fits` tells whether the engine keeps a name whole.

    `index_in_schema` tells that in CREATE INDEX the index, and not the table, is named with the schema, and that foreign
    keys stay inside it; `index_in_table` that indexes are written into CREATE TABLE. `forward_keys` tells that a foreign
    key may point at a table that is not there yet; `drops_together` that one DROP TABLE takes several tables; where tables
    that point at each other cannot be dropped even so, `drop_key` ends a foreign key, with places for a table and a
    constraint. `transactional_ddl` tells that a rollback undoes CREATE TABLE.

    For many rows at once: `listing` is a query of a table's name, as a statement writes it, that gives a row a column: its
    name, the name of its type, or NULL where its values cannot be given as a list, whether rows with a value for it may be
    copied into the table, and whether no rule or trigger minds what is inserted there; empty where rows are given one by
    one. `names_conflict` tells that an upsert names the key that
    it is about. Where an INSERT does not give its rows, `made_keys` gives one of the first key that the last INSERT of the
    session made, and how far it is from there to the next.

    For pages and batches: `nulls_high` tells that NULL is sorted above all else, and not below; `row_ranges` that a
    comparison of rows, `(a, b) > (?, ?)`, is looked up in an index; `any_value` that a column may hold a value of another
    type than its own, which has its place in the order all the same.

    `explaining` is how a plan is asked for. `only_reads` are two statements that stand around one of which nobody knows
    whether it writes, in a read-only transaction, where BEGIN has no word that makes it one.
    """

    name: str
    title: str
    words: tuple[str, ...]
    quote: Callable[[str], str]
    placeholder: Callable[[int], str]
    codec: Callable[[Type], Codec]
    dump_plain: Callable[[Any], Any]
    compiler: "Callable[[Dialect, Iterable[TableLike]], StatementCompiler]"
    begin: Transactions
    returning: frozenset[str]
    max_binds: int
    auto_key_clause: str
    locks_rows: bool = False
    keys_lock: bool = False
    mark: str = ""
    fate: str = ""
    literal: Callable[[object], str] = literal
    default_clause: str = "DEFAULT {}"
    key_type: Callable[[Type], str] | None = None
    table_options: str = ""
    name_fits: Callable[[str], bool] = bool
    index_in_schema: bool = False
    index_in_table: bool = False
    forward_keys: bool = False
    drops_together: bool = False
    drop_key: str = ""
    transactional_ddl: bool = True
    list_is_a_bind: bool = False
    nulls_high: bool = False
    row_ranges: bool = False
    any_value: bool = False
    listing: str = ""
    names_conflict: bool = True
    made_keys: str = ""
    explaining: Explaining | None = None
    only_reads: tuple[str, str] | None = None
