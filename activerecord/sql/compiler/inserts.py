"""INSERT, with any number of rows, and what becomes of those whose key is taken."""

from dataclasses import replace
from typing import Any

from activerecord.sql.compiler.sources import Sources
from activerecord.sql.dialect import Compiled, RowText
from activerecord.sql.insert import Conflict, Excluded, Insert, InsertMany
from activerecord.sql.node import Node
from activerecord.sql.statement import Source
from activerecord.types import Type

__all__ = ["Inserts"]


class Inserts(Sources):
    """The part of the compiler that writes INSERT."""

    _rows: RowText | None = None

    def compile(self, statement: Node) -> Compiled:
        """The text of a statement; of one that takes rows as they come, with what makes room for them."""
        compiled = super().compile(statement)
        return compiled if self._rows is None else replace(compiled, rows=self._rows)

    def visit_insert(self, insert: Insert) -> str:
        """`INSERT INTO table (columns) VALUES (...), (...)`, or the defaults of all columns."""
        with self.writing(insert):
            table = self.visit(insert.source)
            names = ", ".join(map(self.dialect.quote, insert.columns))
            values = f"({names}) VALUES {self._values_of(insert)}" if insert.columns else self.defaults()
            return f"INSERT INTO {table} {values}{self.returning(insert.source, insert.returning)}"

    def visit_insertmany(self, insert: InsertMany) -> str:
        """The same with room for one row, which `Compiled.rows` makes wider."""
        with self.writing(insert):
            conflict = "" if insert.conflict is None else self.conflict(insert, insert.conflict)
            table = self.visit(insert.source)
            names = ", ".join(map(self.dialect.quote, insert.columns))
            tail = conflict + self.returning(insert.source, insert.returning)
            rows = self._rows = self.row_text(insert, f"INSERT INTO {table} ", f"({names})", tail)
        return rows.text(1)

    def row_text(self, insert: InsertMany, head: str, names: str, tail: str) -> RowText:
        """`head (names) VALUES (...), (...) tail`."""
        if not insert.columns:
            return RowText(head + self.defaults() + tail, "", (), (), None)
        table = self.table(insert.source.name)
        dumps = tuple([self.dump(table.type_of(name)) for name in insert.columns])
        # where placeholders have numbers, those of the conflict come first: theirs are known before the number of rows is
        first = len(insert.binds) + 1 if self._numbered else 0
        return RowText(f"{head}{names} VALUES ", tail, dumps, insert.columns, self.dialect.placeholder, first)

    def defaults(self) -> str:
        """`DEFAULT VALUES`: one row of what the database fills in."""
        return "DEFAULT VALUES"

    def conflict(self, insert: InsertMany, conflict: Conflict) -> str:
        """` ON CONFLICT (columns) DO UPDATE SET column = value`."""
        columns = ", ".join([self._assigned(insert.source, name) for name in conflict.columns])
        pairs = zip(conflict.names, conflict.values, strict=True)
        assigned = ", ".join([f"{self._assigned(insert.source, name)} = {self.stored(value)}" for name, value in pairs])
        return f" ON CONFLICT ({columns}) DO {f'UPDATE SET {assigned}' if assigned else 'NOTHING'}"

    def visit_excluded(self, excluded: Excluded[Any]) -> str:
        """`excluded.column`."""
        self.type_of(excluded.column)
        return f"excluded.{self.dialect.quote(excluded.column.column)}"

    def type_of_excluded(self, excluded: Excluded[Any]) -> Type:
        """A column's value has the column's type."""
        return self.type_of(excluded.column)

    def returning(self, source: Source, columns: tuple[str, ...]) -> str:
        """` RETURNING columns`, where some are wanted."""
        quote = self.dialect.quote
        # SQLite takes a name that it does not know for text, unless it is qualified
        return " RETURNING " + ", ".join([f"{quote(source.name)}.{quote(name)}" for name in columns]) if columns else ""

    def _assigned(self, source: Source, name: str) -> str:
        self.table(source.name).type_of(name)
        return self.dialect.quote(name)

    def _values_of(self, insert: Insert) -> str:
        table = self.table(insert.source.name)
        dumps = [self.dump(table.type_of(name)) for name in insert.columns]
        width = len(dumps)
        rows = [
            [
                self.bind(value, dump, name)
                for value, dump, name in zip(insert.binds[start : start + width], dumps, insert.columns, strict=True)
            ]
            for start in range(0, insert.rows * width, width)
        ]
        return ", ".join([f"({', '.join(row)})" for row in rows])
