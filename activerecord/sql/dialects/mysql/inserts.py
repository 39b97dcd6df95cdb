"""What MySQL and MariaDB say of rows whose key is taken: they cannot be told which key."""

from typing import Any

from activerecord.sql.compiler.inserts import Inserts
from activerecord.sql.dialect import RowText
from activerecord.sql.insert import Conflict, Excluded, InsertMany

__all__ = ["MariaDBInserts", "MySQLInserts"]


class MariaDBInserts(Inserts):
    """`ON DUPLICATE KEY UPDATE`, with `VALUES(column)` for what was to be inserted."""

    def defaults(self) -> str:
        """`() VALUES ()`."""
        return "() VALUES ()"

    def conflict(self, insert: InsertMany, conflict: Conflict) -> str:
        """` ON DUPLICATE KEY UPDATE column = value`; nothing is done to a row where a column keeps what it has."""
        quote, source = self.dialect.quote, insert.source
        pairs = zip(conflict.names, conflict.values, strict=True)
        assigned = [f"{self._assigned(source, name)} = {self.stored(value)}" for name, value in pairs]
        kept = quote(conflict.columns[0])
        return f" ON DUPLICATE KEY UPDATE {', '.join(assigned) or f'{kept} = {quote(source.name)}.{kept}'}"

    def visit_excluded(self, excluded: Excluded[Any]) -> str:
        """`VALUES(column)`."""
        self.type_of(excluded.column)
        return f"VALUES({self.dialect.quote(excluded.column.column)})"


class MySQLInserts(MariaDBInserts):
    """The same, with a name for the row that was to be inserted."""

    def row_text(self, insert: InsertMany, head: str, names: str, tail: str) -> RowText:
        """`VALUES (...), (...) AS excluded ON DUPLICATE KEY UPDATE ...`."""
        named = tail if insert.conflict is None else f" AS excluded{tail}"
        return super().row_text(insert, head, names, named)

    def visit_excluded(self, excluded: Excluded[Any]) -> str:
        """`excluded.column`."""
        return Inserts.visit_excluded(self, excluded)
