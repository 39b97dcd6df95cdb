"""Rows that PostgreSQL is given as a list a column, whatever their number."""

from activerecord.sql.compiler.inserts import Inserts
from activerecord.sql.dialect import RowText
from activerecord.sql.insert import InsertMany

__all__ = ["PostgreSQLInserts"]


class PostgreSQLInserts(Inserts):
    """`INSERT ... SELECT ... FROM unnest(...)` where the types of the columns are known."""

    def row_text(self, insert: InsertMany, head: str, names: str, tail: str) -> RowText:
        """The rows are numbered and sorted, so that keys are made for them in their order."""
        if not insert.types:
            return super().row_text(insert, head, names, tail)
        rows = super().row_text(insert, head, names, tail)
        # the names of types are the server's own, written as it writes them
        lists = [f"{self.dialect.placeholder(rows.first + place)}::{name}[]" for place, name in enumerate(insert.types)]
        given = ", ".join([f"c{place}" for place in range(1, len(lists) + 1)])
        text = (
            f"{head}{names} SELECT {given} FROM unnest({', '.join(lists)}) "
            f"WITH ORDINALITY AS given ({given}, place) ORDER BY place{tail}"
        )
        return RowText(text, "", rows.dumps, rows.columns, None, rows.first, lists=True)
