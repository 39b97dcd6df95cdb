"""One row written, and read back as the database has it: in one statement, or where it cannot be, in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from activerecord.driver import Result, Row
from activerecord.errors import InvalidValue, QueryError, StaleRecord
from activerecord.hydration import Layout
from activerecord.mapper import Mapper
from activerecord.schema.table import Table
from activerecord.sql.cache import CAPACITY, StatementCache
from activerecord.sql.dialect import Compiled, Dialect
from activerecord.sql.expression import Bind, Condition, Star, all_of
from activerecord.sql.insert import Insert
from activerecord.sql.node import Node, Shape
from activerecord.sql.reference import refer
from activerecord.sql.statement import Delete, Select, Source, Update

__all__ = ["RowWriter", "Take", "has_key"]

# Called with the row at the moment when the database has it; inside a transaction, where there is one.
Take: TypeAlias = Callable[[Layout, Sequence[Row]], object]

Values: TypeAlias = Mapping[str, Any]
Key: TypeAlias = Mapping[str, Bind[Any]]

# Called with the values that a row has now, as the driver takes them.
Hold: TypeAlias = Callable[[Values], object]


class _RowText(NamedTuple):
    """The text that writes a row, and for which reading of the table and of the server it was made."""

    table: Table
    statements: StatementCache
    compiled: Compiled
    layout: Layout


_NOTHING = Layout((), (), ())


class RowWriter:
    """Writes single rows of one model's table.

    Such a statement differs from the last of its kind by its values only, so its text is kept with the model under what it
    writes, and no statement is built to look it up by.
    """

    __slots__ = ("_database", "_mapper", "_table")

    def __init__(self, mapper: "Mapper[Any]", table: Table) -> None:
        self._mapper = mapper
        self._table = table
        self._database = mapper.database()

    @property
    def _source(self) -> Source:
        return self._mapper.source

    async def insert(self, values: Values, take: Take) -> None:
        """Insert a row of these values, and have `take` called with all of it.

        Raises QueryError, before anything is sent, where the row's key is made by the database and it would not tell;
        StaleRecord where the row is not there afterwards (a trigger may do anything).
        """
        dialect = await self._database.settle()
        columns, row = tuple(values), tuple(values.values())
        if "insert" in dialect.returning:

            def make(table: Table) -> Node:
                return Insert(self._source, columns, [row], returning=table.names())

            await self._at_once(("insert", columns), make, row, take)
            return
        _check_key(self._table, values, dialect)
        async with self._database.transaction():
            result = await self._execute(("insert", columns), lambda _: Insert(self._source, columns, [row]), row)
            key = {name: values.get(name) for name in self._table.primary_key}
            if self._table.auto_key is not None and key[self._table.auto_key] is None:
                key[self._table.auto_key] = result.last_id
            if None in key.values():
                raise _unknown_key(self._table, dialect)
            await self._read(key, take)

    async def update(self, values: Values, own: Key, take: Take, hold: Hold | None = None) -> None:
        """Set these values in the row that has the key `own`, and have `take` called with all of it. Raises StaleRecord.

        Where the server does not give the row back, and it is certain that it keeps just these values and changes nothing
        else, `hold` is called with them instead, as the driver takes them, if it is there.
        """
        dialect = await self._database.settle()
        kind, given = ("update", tuple(values), _shapes(own)), (*values.values(), *_values(own))
        gives = "update" in dialect.returning

        def make(table: Table) -> Node:
            returning = table.names() if gives else ()
            return Update.of_values(self._source, dict(values), has_key(table, own), returning=returning)

        if gives:
            await self._at_once(kind, make, given, take)
            return
        stored = self._stored(values, dialect)
        if (
            hold is not None
            and stored is not None
            and (await self._database.catalog.storage(self._table)).keeps(stored)
        ):
            # cancelled or not, what was written was written
            result = await self._execute(
                kind, make, given, late=lambda result: hold(stored) if result.affected else None
            )
            if not result.affected:
                raise self._gone()
            hold(stored)
            return
        async with self._database.transaction():
            result = await self._execute(kind, make, given)
            if not result.affected:
                raise self._gone()
            await self._read({name: values.get(name, part) for name, part in own.items()}, take)

    async def delete(self, own: Callable[[Table], Key], drop: Callable[[Table], object]) -> Result:
        """Delete the row that has the key `own(table)`, and have `drop(table)` called when that is done."""

        async def attempt() -> Result:
            table = self._mapper.table_at_hand() or await self._mapper.table()
            key = own(table)
            kind = ("delete", _shapes(key))
            text = self._kept(kind, table) or await self._text(
                kind, table, lambda t: Delete(self._source, has_key(t, key))
            )
            values = _values(key)
            # cancelled or not, what was deleted was deleted
            result = await self._database.execute_by(text.compiled, values, (table,), late=lambda _: drop(table))
            drop(table)
            return result

        return await self._database.catalog.again_if_altered(attempt)

    async def _at_once(self, kind: Shape, make: Callable[[Table], Node], values: Sequence[Any], take: Take) -> None:
        """Write a row by a statement that gives it back. Statements of one kind differ by their values only."""

        async def attempt() -> tuple[Layout, list[Row]]:
            table = self._mapper.table_at_hand() or await self._mapper.table()
            text = self._kept(kind, table) or await self._text(kind, table, make)
            # cancelled or not, what was written was written: else saving again would write it twice
            late = partial(take, text.layout)
            return text.layout, await self._database.fetch_by(text.compiled, values, (table,), writes=True, late=late)

        self._hand_over(*await self._database.catalog.again_if_altered(attempt), take)

    def _kept(self, kind: Shape, table: Table) -> _RowText | None:
        text: _RowText | None = self._mapper.row_texts.get(kind)
        if text is None or text.table is not table or text.statements is not self._database.statements:
            return None
        return text

    async def _text(self, kind: Shape, table: Table, make: Callable[[Table], Node]) -> _RowText:
        compiled, _ = await self._database.prepared(make(table), (table,))
        layout = self._mapper.loader(compiled)[0] if compiled.names else _NOTHING
        if len(self._mapper.row_texts) >= CAPACITY:
            self._mapper.row_texts.clear()
        text = self._mapper.row_texts[kind] = _RowText(table, self._database.statements, compiled, layout)
        return text

    def _stored(self, values: Values, dialect: Dialect) -> Values | None:
        """The values as the driver takes them; None where one is none, or is for the database to compute."""
        stored: dict[str, Any] = {}
        for name, value in values.items():
            dump = dialect.codec(self._table.type_of(name)).dump
            if isinstance(value, Node):
                return None
            try:
                stored[name] = value if value is None or dump is None else dump(value)
            except InvalidValue:
                # the statement says so, with the name of the column
                return None
        return stored

    async def _execute(
        self,
        kind: Shape,
        make: Callable[[Table], Node],
        values: Sequence[Any],
        late: Callable[[Result], object] | None = None,
    ) -> Result:
        """Write a row by a statement that does not give it back; as `_at_once`."""

        async def attempt() -> Result:
            table = self._mapper.table_at_hand() or await self._mapper.table()
            text = self._kept(kind, table) or await self._text(kind, table, make)
            return await self._database.execute_by(text.compiled, values, (table,), late=late)

        return await self._database.catalog.again_if_altered(attempt)

    async def _read(self, key: Values, take: Take) -> None:
        where = has_key(self._table, key)
        select = Select((Star(self._source.name),), self._source, where=where)

        async def attempt() -> tuple[Layout, list[Row]]:
            compiled, rows = await self._database.fetch(select, (await self._mapper.table(),))
            return self._mapper.loader(compiled)[0], rows

        self._hand_over(*await self._database.catalog.again_if_altered(attempt), take)

    def _hand_over(self, layout: Layout, rows: "Sequence[Row]", take: Take) -> None:
        if not rows:
            raise self._gone()
        take(layout, rows)

    def _gone(self) -> StaleRecord:
        return StaleRecord(f"the row of this {self._mapper.name} has gone, or its key has changed")


def _shapes(key: Key) -> Shape:
    return tuple([(name, part.shape) for name, part in key.items()])


def _values(key: Key) -> Sequence[Any]:
    return tuple([value for part in key.values() for value in part.binds])


def has_key(table: Table, key: Values) -> Condition:
    """The condition that a row has this key, each part a value of the program or a bind. The table has a key."""
    condition = all_of(*[refer(table.name, name) == part for name, part in key.items()])
    assert condition is not None
    return condition


def _check_key(table: Table, values: Values, dialect: Dialect) -> None:
    """Refuse what could not be read back. What is merely missing is for the database to refuse."""
    missing = [name for name in table.primary_key if values.get(name) is None and name != table.auto_key]
    made = [name for name in missing if table.column(name).has_default or table.column(name).generated]
    if made or not table.primary_key:
        raise _unknown_key(table, dialect)


def _unknown_key(table: Table, dialect: Dialect) -> QueryError:
    if not table.primary_key:
        return QueryError(
            f"table {table.name!r} has no primary key, and {dialect.name} does not give back the row that it inserts, so it "
            f"could not be found again: use insert_all, or give the table a key"
        )
    names = ", ".join(table.primary_key)
    return QueryError(
        f"the key of {table.name!r} ({names}) is made by the database, and {dialect.name} does not tell it: assign it before "
        f"saving, e.g. by column(default=uuid.uuid4)"
    )
