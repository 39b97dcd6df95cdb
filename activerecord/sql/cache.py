"""Statements that were compiled once, remembered by their shape."""

from collections.abc import Mapping
from typing import Protocol

from activerecord.sql.dialect import Compiled, Dialect, TableLike
from activerecord.sql.node import Node

__all__ = ["CachedTable", "StatementCache"]

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
        self._found: dict[tuple[object, ...], Compiled] = {}

    def compile(self, statement: Node, tables: Mapping[str, CachedTable]) -> Compiled:
        """The text of a statement over these tables. Raises QueryError."""
        key = (statement.shape, *[table.generation for table in tables.values()])
        found = self._found.get(key)
        return found if found is not None else self._add(key, statement, tables)

    def _add(self, key: tuple[object, ...], statement: Node, tables: Mapping[str, CachedTable]) -> Compiled:
        compiled = self.dialect.compiler(self.dialect, tables).compile(statement)
        self.compiled += 1
        if len(self._found) >= self.capacity:
            # the oldest goes; another thread may have taken it already
            self._found.pop(next(iter(self._found), ()), None)
        self._found[key] = compiled
        return compiled
