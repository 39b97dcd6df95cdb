"""One row written, and read back as the database has it: in one statement, or where it cannot be, in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from activerecord.driver import Result, Row
from activerecord.errors import QueryError, StaleRecord
from activerecord.mapper import Mapper
from activerecord.schema.table import Table
from activerecord.sql.dialect import Compiled, Dialect
from activerecord.sql.expression import Condition, Star, all_of
from activerecord.sql.insert import Insert
from activerecord.sql.node import Node
from activerecord.sql.reference import Reference
from activerecord.sql.statement import Select, Update

__all__ = ["RowWriter", "Take", "has_key"]

# Called with the row at the moment when the database has it; inside a transaction, where there is one.
Take: TypeAlias = Callable[[Compiled, Sequence[Row]], object]

Values: TypeAlias = Mapping[str, Any]


class RowWriter:
    """Writes single rows of one model's table."""

    __slots__ = ("_database", "_mapper", "_source", "_table")

    def __init__(self, mapper: "Mapper[Any]", table: Table) -> None:
        self._mapper = mapper
        self._table = table
        self._source = mapper.source
        self._database = mapper.database()

    async def insert(self, values: Values, take: Take) -> None:
        """Insert a row of these values, and have `take` called with all of it.

        Raises QueryError, before anything is sent, where the row's key is made by the database and it would not tell;
        StaleRecord where the row is not there afterwards (a trigger may do anything).
        """
        dialect = await self._database.settle()
        columns, row = tuple(values), [tuple(values.values())]
        if "insert" in dialect.returning:
            await self._at_once(lambda table: Insert(self._source, columns, row, returning=table.names()), take)
            return
        _check_key(self._table, values, dialect)
        async with self._database.transaction():
            result = await self._execute(Insert(self._source, columns, row))
            key = {name: values.get(name) for name in self._table.primary_key}
            if self._table.auto_key is not None and key[self._table.auto_key] is None:
                key[self._table.auto_key] = result.last_id
            if None in key.values():
                raise _unknown_key(self._table, dialect)
            await self._read(key, take)

    async def update(self, values: Values, own: Values, take: Take) -> None:
        """Set these values in the row that has the key `own`, and have `take` called with all of it. Raises StaleRecord."""
        dialect = await self._database.settle()
        where = has_key(self._table, own)
        if "update" in dialect.returning:
            await self._at_once(
                lambda table: Update.of_values(self._source, dict(values), where, returning=table.names()), take
            )
            return
        async with self._database.transaction():
            result = await self._execute(Update.of_values(self._source, dict(values), where))
            if not result.affected:
                raise self._gone()
            await self._read({name: values.get(name, part) for name, part in own.items()}, take)

    async def _at_once(self, make: Callable[[Table], Node], take: Take) -> None:
        async def attempt() -> tuple[Compiled, list[Row]]:
            table = await self._mapper.table()
            # cancelled or not, what was written was written: else saving again would write it twice
            return await self._database.fetch(make(table), (table,), late=take)

        self._hand_over(*await self._database.catalog.again_if_altered(attempt), take)

    async def _execute(self, statement: Node) -> Result:
        async def attempt() -> Result:
            return await self._database.execute(statement, (await self._mapper.table(),))

        return await self._database.catalog.again_if_altered(attempt)

    async def _read(self, key: Values, take: Take) -> None:
        where = has_key(self._table, key)
        select = Select((Star(self._source.name),), self._source, where=where)

        async def attempt() -> tuple[Compiled, list[Row]]:
            return await self._database.fetch(select, (await self._mapper.table(),))

        self._hand_over(*await self._database.catalog.again_if_altered(attempt), take)

    def _hand_over(self, compiled: Compiled, rows: "Sequence[Row]", take: Take) -> None:
        if not rows:
            raise self._gone()
        take(compiled, rows)

    def _gone(self) -> StaleRecord:
        return StaleRecord(f"the row of this {self._mapper.name} has gone, or its key has changed")


def has_key(table: Table, key: Values) -> Condition:
    """The condition that a row has this key, each part a value of the program or a bind. The table has a key."""
    condition = all_of(*[Reference[Any](table.name, name) == part for name, part in key.items()])
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
