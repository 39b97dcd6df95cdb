"""What every part of the compiler stands on: values counted as they are written, names found where they mean something."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from activerecord.errors import NotSupported, QueryError, nearest
from activerecord.sql.dialect import Answer, Compiled, Dialect, TableLike
from activerecord.sql.expression import Bind, Expression
from activerecord.sql.lists import rounded
from activerecord.sql.node import Node
from activerecord.sql.plain import is_plain
from activerecord.sql.reference import Reference
from activerecord.types import Boolean, Numeric, Type, Unknown

__all__ = ["Derived", "Dump", "Writer"]

Dump: TypeAlias = Callable[[Any], Any]


class Derived:
    """A table that is no more than a query: its columns are what the query gives."""

    __slots__ = ("_columns", "name")

    schema = None

    def __init__(self, name: str, columns: Sequence[Answer]) -> None:
        self.name = name
        self._columns = {column.name: column for column in columns}
        if len(self._columns) < len(columns):
            names = [column.name for column in columns]
            twice = next(each for place, each in enumerate(names) if each in names[:place])
            raise QueryError(f"two columns of the query {name!r} are called {twice!r}: give one a label, as_(...)")

    def type_of(self, column: str) -> Type:
        """The type of a column. Raises QueryError, naming the nearest."""
        return self._column(column).type

    def load_of(self, column: str) -> Dump | None:
        """What the values of a column go through when they arrive."""
        return self._column(column).load

    def names(self) -> tuple[str, ...]:
        """The names of all columns."""
        return tuple(self._columns)

    def _column(self, name: str) -> Answer:
        found = self._columns.get(name)
        if found is None:
            raise QueryError(f"the query {self.name!r} gives no column {name!r}; {nearest(name, self._columns)}")
        return found


@dataclass(frozen=True, slots=True)
class _Place:
    """Where one placeholder gets its value: which of the statement's, and which item of it where that is a list."""

    index: int
    item: int | None
    dump: Dump | None
    column: str | None


class Writer(ABC):
    """Writes one statement for one dialect. `tables` are the tables that it reads and writes.

    Each `visit_*` gives the text of one kind of node. Parts are visited in the order of their node's `binds`: each value is
    counted when it is first written. Where a text has to stand twice, `visit_twice` gives it a second time; where a dialect
    wants two texts the other way round, `visit_swapped`.
    """

    def __init__(self, dialect: Dialect, tables: Iterable[TableLike]) -> None:
        self.dialect = dialect
        self._tables = {(table.schema, table.name): table for table in tables}
        self._scopes: list[Mapping[str, TableLike]] = []
        self._windows: tuple[str, ...] = ()
        self._places: list[_Place] = []
        self._values: tuple[Any, ...] = ()
        self._next = 0
        self._stores = False
        self._by_length = False
        self._locks = False
        # where placeholders have numbers, a text that stands twice needs no second value
        self._numbered = dialect.placeholder(1) != dialect.placeholder(2)

    def compile(self, statement: Node) -> Compiled:
        """The text of a statement and the treatment of its values. Raises QueryError."""
        self._values = statement.binds
        try:
            sql = self.visit(statement)
            answer = self.answer(statement)
        except RecursionError:
            raise QueryError("the expression is nested too deeply") from None
        if self._next != len(self._values):
            raise AssertionError(f"{type(statement).__name__} has values that its text leaves out")
        _check_letters(sql)
        return Compiled(
            sql,
            tuple([place.dump for place in self._places]),
            tuple([place.column for place in self._places]),
            tuple([column.name for column in answer]),
            tuple([column.load for column in answer]),
            self._sources(),
            tuple(sorted({place.index for place in self._places if place.item is not None})),
            locks=self._locks,
            plain=is_plain(statement),
        )

    def _sources(self) -> tuple[tuple[int, int | None], ...] | None:
        sources = tuple([(place.index, place.item) for place in self._places])
        return None if sources == tuple([(number, None) for number in range(len(self._values))]) else sources

    def visit(self, node: Node) -> str:
        """The text of a node, by its class or the nearest above."""
        for kind in type(node).__mro__:
            method: Callable[[Any], str] | None = getattr(self, f"visit_{kind.__name__.lower()}", None)
            if method is not None:
                return method(node)
        raise QueryError(f"{type(node).__name__} has no place in a statement")

    def visit_all(self, nodes: Iterable[Node], separator: str = ", ") -> str:
        """The texts of several nodes, joined."""
        return separator.join([self.visit(node) for node in nodes])

    def clause(self, word: str, *nodes: Node | None) -> str:
        """A word and the texts of what follows it; nothing where there is none."""
        present = [node for node in nodes if node is not None]
        return word + self.visit_all(present) if present else ""

    def condition(self, node: Expression[Any]) -> str:
        """The text of what rows must fit. Raises QueryError for a column of which it is known that it is none."""
        if isinstance(node, Reference):
            kind = self.type_of(node)
            if not isinstance(kind, Boolean | Unknown):
                raise QueryError(
                    f"the column {node.column!r} is no condition, since it is of type {type(kind).__name__}: "
                    f"compare it, `column == value`, or ask `column.is_not_null()`"
                )
        return self.visit(node)

    def conditioned(self, word: str, node: Expression[Any] | None) -> str:
        """A word and the condition after it; nothing where there is none."""
        return "" if node is None else word + self.condition(node)

    def visit_twice(self, node: Node) -> tuple[str, Callable[[], str]]:
        """The text of a node, and what gives it again, to be called when the second text has its turn."""
        return self.write_twice(lambda: self.visit(node))

    def write_twice(self, write: Callable[[], str]) -> tuple[str, Callable[[], str]]:
        """As `visit_twice`, of a text that is written so. Raises QueryError for one that grows beyond all measure."""
        start = len(self._places)
        text = write()
        if len(text) > _TWICE:
            raise QueryError(
                "the expression is too long: the engine has to be told it twice, and what is in it again at each level"
            )
        end = len(self._places)

        def again() -> str:
            if not self._numbered:
                self._places.extend(self._places[start:end])
            return text

        return text, again

    def visit_swapped(self, first: Node, second: Node) -> tuple[str, str]:
        """The texts of two nodes that are counted in this order, and stand in the text the other way round."""
        start = len(self._places)
        before = self.visit(first)
        middle = len(self._places)
        after = self.visit(second)
        if not self._numbered:
            self._places[start:] = self._places[middle:] + self._places[start:middle]
        return before, after

    def place(self) -> int:
        """Where in the text the next placeholder comes, for `visit_before`."""
        return len(self._places)

    def visit_before(self, place: int, node: Node) -> str:
        """The text of a node that is counted now, and stands before what was written since `place`."""
        middle = len(self._places)
        text = self.visit(node)
        if not self._numbered:
            self._places[place:] = self._places[middle:] + self._places[place:middle]
        return text

    def unsupported(self, what: str, instead: str) -> NotSupported:
        """The error for what the dialect does not have."""
        return NotSupported(f"{self.dialect.title} has no {what}: {instead}")

    # values

    def bind(self, value: Any, dump: Dump | None, column: str | None = None) -> str:
        """A placeholder for the statement's next value."""
        return self._placed(_Place(self._counted(value), None, dump, column))

    def bind_parts(self, value: Any, dumps: Iterable[Dump]) -> list[Callable[[], str]]:
        """The statement's next value in parts: what writes a placeholder for what each of these makes of it."""
        index = self._counted(value)
        return [partial(self._placed, _Place(index, None, dump, None)) for dump in dumps]

    def bind_whole(self, values: Sequence[Any], dump: Dump | None, column: str | None = None) -> str:
        """One placeholder for a whole list; each of its values is dumped by itself."""
        return self._placed(_Place(self._counted(values), None, _dump_of_each(dump), column))

    def bind_rows(self, columns: Sequence[tuple[Sequence[Any], Dump | None, str | None]]) -> list[list[str]]:
        """Placeholders for lists of equal length side by side, row by row: each list with its dump and its column's name.

        The last row is repeated up to a number that lists of similar length share, and so share their text.
        """
        self._by_length = True
        size = rounded(len(columns[0][0]))
        counted = [(self._counted(values), dump, name) for values, dump, name in columns]
        return [
            [self._placed(_Place(index, item, dump, name)) for index, dump, name in counted] for item in range(size)
        ]

    def leave_out(self, bind: Node) -> None:
        """Count a value that has no placeholder: the text says it otherwise, and so the node's shape does."""
        self._counted(bind.binds[0])

    def _counted(self, value: Any) -> int:
        index = self._next
        if index >= len(self._values) or self._values[index] is not value:
            raise AssertionError("a statement's parts are not visited in the order of its binds")
        self._next += 1
        return index

    def _placed(self, place: _Place) -> str:
        self._places.append(place)
        return self.dialect.placeholder(len(self._places))

    # names

    def table(self, source: str) -> TableLike:
        """What is known of a source that the query at hand, or one around it, reads. Raises QueryError."""
        for scope in reversed(self._scopes):
            if source in scope:
                return scope[source]
        # a name that begins with a digit is one of the library's own, for what with_joined loads: nobody could write it
        every = [name for scope in reversed(self._scopes) for name in scope]
        known = [name for name in every if not name[:1].isdigit()]
        hint = nearest(source, known)
        if len(known) < len(every):
            hint += " (the columns of what with_joined loads are named once the relation is joined too: left_join(...))"
        raise QueryError(f"the query does not read {source!r}; {hint}")

    def stored_table(self, schema: str | None, name: str) -> TableLike:
        """A table of the database. Raises QueryError where the statement was compiled without it."""
        found = self._tables.get((schema, name))
        if found is None:
            raise QueryError(f"nothing is known of the table {name!r}")
        return found

    @contextmanager
    def names(self, scope: Mapping[str, TableLike]) -> Generator[None]:
        """Within the block these names mean these tables."""
        self._scopes.append(scope)
        try:
            yield
        finally:
            self._scopes.pop()

    @contextmanager
    def windows(self, names: Iterable[str]) -> Generator[None]:
        """Within the block these are the windows that have names."""
        around, self._windows = self._windows, tuple(names)
        try:
            yield
        finally:
            self._windows = around

    def window(self, name: str) -> str:
        """The name of a window of the query at hand. Raises QueryError."""
        if name not in self._windows:
            raise QueryError(
                f"the query has no window {name!r}, query.window({name!r}, ...); {nearest(name, self._windows)}"
            )
        return self.dialect.quote(name)

    def dump(self, of: Type) -> Dump | None:
        """What the values of a type go through before they are sent."""
        return self.dialect.dump_plain if isinstance(of, Unknown) else self.dialect.codec(of).dump

    def dump_beside(self, of: Type) -> Dump | None:
        """What a value goes through that stands beside one of this type: a decimal number need not be one that fits a column."""
        return self.dump(Numeric() if isinstance(of, Numeric) and not self._stores else of)

    def stored(self, value: Expression[Any]) -> str:
        """The text of what a column is given: a value of the program's must fit it."""
        self._stores = isinstance(value, Bind)
        try:
            return self.visit(value)
        finally:
            self._stores = False

    # types

    def type_of(self, expression: Expression[Any]) -> Type:
        """The type of an expression's value, as far as it is known: `type_of_*` knows, or the kind of node itself."""
        method: Callable[[Any], Type] | None = getattr(self, f"type_of_{type(expression).__name__.lower()}", None)
        return (expression.gives or Unknown()) if method is None else method(expression)

    def load_of(self, expression: Expression[Any]) -> Dump | None:
        """What the values of an expression go through when they arrive."""
        if isinstance(expression, Reference):
            table = self.table(expression.source)
            if isinstance(table, Derived):
                return table.load_of(expression.column)
        return self.dialect.codec(self.type_of(expression)).load

    @abstractmethod
    def answer(self, statement: Node) -> Sequence[Answer]:
        """The columns of what a statement gives."""


# A text that is doubled at each level must not fill the memory.
_TWICE = 200_000


def _dump_of_each(dump: Dump | None) -> Dump:
    return list if dump is None else lambda values: [dump(value) for value in values]


def _check_letters(sql: str) -> None:
    """Raises QueryError for what no engine is sent: all of them read UTF-8."""
    try:
        sql.encode()
    except UnicodeEncodeError:
        raise QueryError("a name, or the SQL text, holds half of a surrogate pair, which UTF-8 does not have") from None
