"""Statements that were compiled once, remembered by their shape."""

from collections.abc import Sequence
from typing import Any, Protocol

from activerecord.sql.dialect import Compiled, Dialect, TableLike
from activerecord.sql.lists import rounded
from activerecord.sql.node import Node

__all__ = ["CAPACITY", "CachedTable", "StatementCache"]

# Enough for every query of a large program; a program that builds more shapes than this is not repeating itself.
CAPACITY = 2048


class CachedTable(TableLike, Protocol):
    """A table that knows which reading of the schema it comes from."""

    @property
    def generation(self) -> int:
        """A number that no other reading of a table has."""
        ...


class StatementCache:
    """The compiled statements of one database. A hit never walks the statement's tree.

    The key is the shape and the generation of each table, so a schema that was read again is compiled for anew.
    """

    def __init__(self, dialect: Dialect, capacity: int = CAPACITY) -> None:
        self.dialect = dialect
        self.capacity = capacity
        self.compiled = 0
        self._found: dict[tuple[Any, ...], Compiled | tuple[int, ...]] = {}

    def __len__(self) -> int:
        return len(self._found)

    def compile(self, statement: Node, tables: Sequence[CachedTable]) -> Compiled:
        """The text of a statement that reads and writes these tables. Raises QueryError."""
        key = (statement.shape, *[table.generation for table in tables])
        found = self._found.get(key)
        if isinstance(found, tuple):
            # the text depends on the length of lists too: these of the values
            key = (*key, _lengths(statement, found))
            found = self._found.get(key)
        return found if isinstance(found, Compiled) else self._add(key, statement, tables)

    def _add(self, key: tuple[Any, ...], statement: Node, tables: Sequence[CachedTable]) -> Compiled:
        compiled = self.dialect.compiler(self.dialect, tables).compile(statement)
        self.compiled += 1
        if compiled.lists:
            plain = key[: 1 + len(tables)]
            self._keep(plain, compiled.lists)
            key = (*plain, _lengths(statement, compiled.lists))
        self._keep(key, compiled)
        return compiled

    def _keep(self, key: tuple[Any, ...], found: "Compiled | tuple[int, ...]") -> None:
        while len(self._found) >= self.capacity and key not in self._found:
            self._drop_oldest()
        self._found[key] = found

    def _drop_oldest(self) -> None:
        try:
            self._found.pop(next(iter(self._found)), None)
        except (RuntimeError, StopIteration):
            # another thread was at it between two steps of ours
            return


def _lengths(statement: Node, lists: Sequence[int]) -> tuple[int, ...]:
    return tuple([rounded(len(statement.binds[place])) for place in lists])
