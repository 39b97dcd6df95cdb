"""Rows inserted together and given back whole, as records need them: in the driver's own values, in the order of the input."""

from collections.abc import Iterator, Sequence
from typing import Any

from activerecord.bulk.pairing import as_loaded, in_order_made
from activerecord.bulk.ways import Ways
from activerecord.driver import Row
from activerecord.errors import QueryError
from activerecord.mapper import Mapper
from activerecord.schema.table import Table
from activerecord.sql.dialect import Compiled
from activerecord.sql.expression import Condition, In, Star, all_of
from activerecord.sql.reference import refer
from activerecord.sql.rows import InRows
from activerecord.sql.statement import Select

__all__ = ["WholeRows"]

# Values of one statement, and characters and bytes: a level of a tree of records is to be one INSERT, as long as the server takes
# it and its making does not hold others up for more than some milliseconds.
_VALUES, _WEIGHT = 10_000, 1 << 19

_HEAVY = frozenset({str, bytes, list})


class WholeRows:
    """Inserts rows with values for the same columns. To be used inside a transaction."""

    def __init__(self, mapper: "Mapper[Any]", table: Table, columns: tuple[str, ...]) -> None:
        self._mapper = mapper
        self._table = table
        self._columns = columns
        self._key = table.primary_key
        self._database = mapper.database()
        self._ways = Ways(self._database, table, mapper.source, None, values=_VALUES)

    async def insert(self, rows: Sequence[Sequence[Any]]) -> tuple[Compiled, list[Row]] | None:
        """The rows as the database has them, and the text that loads them.

        None, with nothing sent, where nothing would tell which of them is which: then they go one by one.
        """
        dialect = await self._database.settle()
        gives = "insert" in dialect.returning
        if not self._are_known(rows) and not (self._are_counted() and (gives or dialect.made_keys)):
            return None
        text = self._ways.compiled(self._columns).rows
        assert text is not None
        stored = [text.stored(row) for row in rows]
        found: list[Row] = []
        start, compiled = 0, self._ways.compiled(self._columns, returning=self._table.names())
        for part in _parts(stored):
            given = rows[start : start + len(part)]
            start += len(part)
            if gives:
                found += await self._given_back(compiled, given, part)
            else:
                compiled, fresh = await self._read_back(given, part)
                found += fresh
        return compiled, found

    def _are_known(self, rows: Sequence[Sequence[Any]]) -> bool:
        """Whether each row says its key, and no two the same."""
        if not self._key or not {*self._key} <= {*self._columns}:
            return False
        keys = self._keys(rows)
        try:
            return len(set(keys)) == len(keys) and not any(None in key for key in keys)
        except TypeError:
            return False

    def _are_counted(self) -> bool:
        """Whether the engine counts a key for each row."""
        auto = self._table.auto_key
        return auto is not None and self._key == (auto,) and auto not in self._columns

    async def _given_back(
        self, compiled: Compiled, given: Sequence[Sequence[Any]], stored: list[list[Any]]
    ) -> list[Row]:
        found = await self._ways.add(self._columns, stored, self._table.names())
        if len(found) != len(stored):
            raise QueryError(
                f"the database has kept {len(found)} of {len(stored)} rows for {self._table.name!r}, so their records cannot be told "
                f"which is theirs: save them one by one"
            )
        if self._are_counted():
            return in_order_made(found, compiled.names.index(self._key[0]))
        return await self._in_order(self._keys(given), compiled, found)

    async def _read_back(self, given: Sequence[Sequence[Any]], stored: list[list[Any]]) -> tuple[Compiled, list[Row]]:
        """Insert where the engine does not give rows back, and read them by their keys."""
        keys = self._keys(given) if not self._are_counted() else []
        for part in self._ways.parts(self._columns, stored):
            await self._ways.add(self._columns, part)
            if self._are_counted():
                sql = self._database.dialect.made_keys
                first, step = (await self._database.execute_text(sql, writes=False)).rows[0]
                keys += [(first + number * step,) for number in range(len(part))]
        columns = [refer(self._mapper.source_name, name) for name in self._key]
        among = (
            In(columns[0], [k for (k,) in keys], negated=False) if len(columns) == 1 else InRows(tuple(columns), keys)
        )
        compiled, found = await self._read(among)
        return compiled, await self._in_order(keys, compiled, found)

    async def _in_order(self, keys: list[tuple[Any, ...]], compiled: Compiled, rows: Sequence[Row]) -> list[Row]:
        """The rows in the order of the keys that they were given."""
        places = [(compiled.names.index(name), compiled.loads[compiled.names.index(name)]) for name in self._key]
        by_key = {
            tuple([row[place] if load is None else load(row[place]) for place, load in places]): row for row in rows
        }
        known = as_loaded(self._database.dialect, self._table, self._key, keys)
        return [by_key.get(key) or await self._one(given) for key, given in zip(known, keys, strict=True)]

    async def _one(self, key: tuple[Any, ...]) -> Row:
        """The row of a key that the engine holds in another spelling."""
        equal = [refer(self._mapper.source_name, n) == part for n, part in zip(self._key, key, strict=True)]
        _, found = await self._read(all_of(*equal))
        if not found:
            raise QueryError(f"a row of {self._table.name!r} is not there under the key that it was given")
        return found[0]

    async def _read(self, where: Condition | None) -> tuple[Compiled, list[Row]]:
        select = Select((Star(self._mapper.source_name),), self._mapper.source, where=where)
        return await self._database.fetch(select, (self._table,))

    def _keys(self, rows: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
        places = [self._columns.index(name) for name in self._key]
        return [tuple([row[place] for place in places]) for row in rows]


def _parts(stored: list[list[Any]]) -> Iterator[list[list[Any]]]:
    """The rows that go together."""
    part: list[list[Any]] = []
    weight = 0
    for row in stored:
        heavy = sum([len(value) for value in row if value.__class__ in _HEAVY])
        if part and ((len(part) + 1) * len(row) > _VALUES or weight + heavy > _WEIGHT):
            yield part
            part, weight = [], 0
        part.append(row)
        weight += heavy
    if part:
        yield part
