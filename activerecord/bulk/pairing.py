"""Rows that come back, in the engine's own order, brought into the order of those that were sent."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from operator import itemgetter
from typing import Any

from activerecord.bulk.wanted import Wanted
from activerecord.database import Database
from activerecord.driver import Row
from activerecord.errors import QueryError
from activerecord.mapper import Mapper
from activerecord.schema.table import Table
from activerecord.sql.dialect import Dialect
from activerecord.sql.expression import In, all_of
from activerecord.sql.reference import Reference, refer
from activerecord.sql.rows import tuple_
from activerecord.sql.statement import Select

__all__ = ["Pairing", "as_loaded", "in_order_made", "loaded"]

Load = Callable[[Any], Any]


class Pairing:
    """Tells the rows of one call apart by the values that they have in the columns `by`.

    A row is read and returned as the values of `columns`: those that are wanted, and then those of `by`.
    """

    def __init__(self, mapper: "Mapper[Any]", table: Table, wanted: Wanted, by: tuple[str, ...]) -> None:
        self.columns = wanted.columns + by
        self.by = by
        self._width = len(by)
        self._wanted = wanted
        self._table = table
        self._source = mapper.source
        self._database: Database = mapper.database()

    async def in_order(self, keys: Sequence[Sequence[Any]], rows: Sequence[Row], *, all_there: bool) -> list[Any]:
        """What is wanted of each row, by the values it was given for `by`; None where it is not among the rows.

        Where `all_there`, it is an error that one is not. The engine may take for equal what Python does not: it is asked then.
        """
        found = {self._key(row): row for row in rows}
        as_read = as_loaded(self._database.dialect, self._table, self.by, keys)
        paired: list[Row | None] = [found.get(key) for key in as_read]
        if None in paired and (all_there or len({*map(id, paired)} - {id(None)}) < len(rows)):
            await self._ask(keys, paired, None if all_there else found)
        answers = iter(self._wanted.answers([row for row in paired if row is not None]))
        return [None if row is None else next(answers) for row in paired]

    async def read(self, keys: Sequence[Sequence[Any]]) -> list[Row]:
        """The rows as the database has them now, in whatever order."""
        columns = [refer(self._source.name, name) for name in self.by]
        where = (
            In(columns[0], [key[0] for key in keys], negated=False)
            if len(columns) == 1
            else tuple_(*columns).in_([tuple(key) for key in keys])
        )
        select = Select(self._references(), self._source, where=where)
        return loaded(*await self._fetch(select))

    async def _ask(
        self, keys: Sequence[Sequence[Any]], paired: "list[Row | None]", among: "Mapping[Any, Row] | None"
    ) -> None:
        for place, row in enumerate(paired):
            if row is not None:
                continue
            equal = [refer(self._source.name, name) == part for name, part in zip(self.by, keys[place], strict=True)]
            found = loaded(*await self._fetch(Select(self._references(), self._source, where=all_of(*equal))))
            if among is not None:
                # where it was skipped, another row stands in its place, which is none of those that were written
                paired[place] = among.get(self._key(found[0])) if found else None
            elif found:
                paired[place] = found[0]
            else:
                raise QueryError(
                    f"a row of {self._table.name!r} is not there under the key that it was given, so it cannot be given back"
                )

    async def _fetch(self, select: Select) -> Any:
        compiled, rows = await self._database.fetch(select, (self._table,))
        return compiled.loads, rows

    def _references(self) -> tuple[Reference[Any], ...]:
        return tuple([refer(self._source.name, name) for name in self.columns])

    def _key(self, row: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(row[-self._width :])


def as_loaded(
    dialect: Dialect, table: Table, columns: Sequence[str], keys: Iterable[Sequence[Any]]
) -> list[tuple[Any, ...]]:
    """The values that were given for these columns as they would be loaded."""
    codecs = [dialect.codec(table.type_of(name)) for name in columns]
    changes = [(codec.dump, codec.load) for codec in codecs]
    return [
        tuple([_through(value, dump, load) for value, (dump, load) in zip(key, changes, strict=True)]) for key in keys
    ]


def _through(value: Any, dump: Load | None, load: Load | None) -> Any:
    stored = value if dump is None or value is None else dump(value)
    return stored if load is None or stored is None else load(stored)


def loaded(loads: "Sequence[Load | None]", rows: Sequence[Row]) -> list[Row]:
    """The rows of a driver with their values as Python has them."""
    if not any(loads):
        return list(rows)
    return [
        tuple([value if load is None or value is None else load(value) for value, load in zip(row, loads, strict=True)])
        for row in rows
    ]


def in_order_made(rows: list[Row], key: int) -> list[Row]:
    """Rows in the order in which they were inserted: that of the keys that were counted for them.

    They come so, in practice, though no engine promises it; a sequence may count downwards.
    """
    keys = [row[key] for row in rows]
    falling = all(before > after for before, after in pairwise(keys))
    return rows if falling else sorted(rows, key=itemgetter(key))
