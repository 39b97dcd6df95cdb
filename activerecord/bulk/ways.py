"""The ways that rows go into a table: VALUES, a list a column, COPY. Which one is best is known by measurement."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from activerecord.database import Database
from activerecord.driver import Row
from activerecord.errors import NotSupported
from activerecord.schema.table import Table
from activerecord.sql.dialect import Compiled
from activerecord.sql.insert import Conflict, InsertMany
from activerecord.sql.statement import Source

__all__ = ["Ways"]

# Up to so many rows a single statement of VALUES is quickest: the others begin with a question about the table.
_FEW = 16

# Values of one statement of VALUES. MariaDB takes 300 rows of six as fast as 1,000, and keeps a text of that length prepared.
_VALUES = 2_000


class Ways:
    """Adds rows to one table, in the engine's best way. A row is its values as the driver takes them.

    `values` is how many of them one statement of VALUES may have.
    """

    def __init__(
        self, database: Database, table: Table, source: Source, conflict: Conflict | None, *, values: int = _VALUES
    ) -> None:
        self._database = database
        self._table = table
        self._source = source
        self.conflict = conflict
        self._values = values
        self._listed: Mapping[str, str] | None = None
        self._copied: frozenset[str] = frozenset()
        self._unwatched = False

    def compiled(
        self, columns: tuple[str, ...], *, returning: tuple[str, ...] = (), types: tuple[str, ...] = ()
    ) -> Compiled:
        """The statement that adds rows with values for these columns."""
        return self._database.statements.compile(self._insert(columns, returning, types), (self._table,))

    async def is_one_statement(self, columns: tuple[str, ...], count: int) -> bool:
        """Whether so many rows of these columns go in by one statement, which is done as a whole by itself."""
        return count <= self.most(columns) or bool(await self._types(columns, count))

    async def is_one_answer(self, columns: tuple[str, ...], count: int) -> bool:
        """Whether so many rows go in by one statement that answers with each of them: nothing in the database takes one out."""
        return bool(await self._types(columns, count)) and self._unwatched

    def most(self, columns: tuple[str, ...]) -> int:
        """How many rows go in by one statement of VALUES."""
        if not columns:
            return 1
        others = 0 if self.conflict is None else len(self.conflict.binds)
        return max(1, min(self._values, self._database.dialect.max_binds - others) // len(columns))

    async def add(
        self, columns: tuple[str, ...], rows: Sequence[Sequence[Any]], returning: tuple[str, ...] = ()
    ) -> list[Row]:
        """Add rows; the rows that come back, in the engine's order. More than `most` may take several statements."""
        types = await self._types(columns, len(rows))
        if not returning and self.conflict is None and await self._copy(columns, rows):
            return []
        parts = [rows] if types else self.parts(columns, rows)
        return [row for part in parts for row in await self._send(columns, part, returning, types)]

    def parts(self, columns: tuple[str, ...], rows: Sequence[Sequence[Any]]) -> Iterator[Sequence[Sequence[Any]]]:
        """The rows of one statement of VALUES each. They are as many in each, so that most have one text."""
        count = -(-len(rows) // self.most(columns))
        size = -(-len(rows) // count)
        return (rows[start : start + size] for start in range(0, len(rows), size))

    async def _send(
        self,
        columns: tuple[str, ...],
        rows: Sequence[Sequence[Any]],
        returning: tuple[str, ...],
        types: tuple[str, ...],
    ) -> list[Row]:
        insert = self._insert(columns, returning, types)
        compiled = self._database.statements.compile(insert, (self._table,))
        text = compiled.rows
        assert text is not None
        binds = text.binds(rows, compiled.binds(insert.binds))
        return (await self._database.execute_text(text.text(len(rows)), binds, writes=True)).rows

    async def _copy(self, columns: tuple[str, ...], rows: Sequence[Sequence[Any]]) -> bool:
        """Whether the rows went in by the driver's own way."""
        if not columns or not self._database.driver.copies_rows or not self._copied.issuperset(columns):
            return False
        try:
            await self._database.copy_rows(self._source, columns, rows)
        except NotSupported:
            self._copied = frozenset()
            return False
        return True

    async def _types(self, columns: tuple[str, ...], count: int) -> tuple[str, ...]:
        """What the engine calls the types of the columns, where rows may go in as a list each; else nothing."""
        if not columns or count <= _FEW or not self._database.dialect.listing:
            return ()
        if self._listed is None:
            await self._learn()
        listed = self._listed or {}
        return tuple([listed[name] for name in columns]) if listed.keys() >= {*columns} else ()

    async def _learn(self) -> None:
        """Ask, each time anew, since a table may be altered: it costs little beside the rows."""
        dialect, source = self._database.dialect, self._source
        name = ".".join([dialect.quote(part) for part in (source.schema, source.table) if part])
        found = (await self._database.execute_text(dialect.listing, (name,), writes=False)).rows
        self._listed = {column: kind for column, kind, _, _ in found if kind is not None}
        self._copied = frozenset([column for column, _, copied, _ in found if copied])
        self._unwatched = all(unwatched for _, _, _, unwatched in found)

    def _insert(self, columns: tuple[str, ...], returning: tuple[str, ...], types: tuple[str, ...]) -> InsertMany:
        return InsertMany(self._source, columns, conflict=self.conflict, returning=returning, types=types)
