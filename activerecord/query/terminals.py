"""Terminal verbs that give records: here a query meets the database."""

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar, cast

from activerecord import runtime
from activerecord.bounds import bounded
from activerecord.errors import QueryError, RecordNotFound, SchemaChanged
from activerecord.hydration import Layout, Loader
from activerecord.mapper import AfterLoad
from activerecord.query.clauses import NOTHING, Clauses, Finish
from activerecord.query.execution import loaded
from activerecord.query.joined import Joined
from activerecord.schema.table import Table
from activerecord.sql.cache import StatementCache
from activerecord.sql.dialect import Compiled
from activerecord.sql.expression import Condition, Expression, Label, Ordering, Selectable, Star, all_of
from activerecord.sql.reference import Reference, refer

__all__ = ["Terminals", "check_records", "key_condition", "key_parts"]

R = TypeVar("R")


class _Lookup(NamedTuple):
    """The text that finds a row by its key, and for which reading of the table and of the server it was made."""

    table: Table
    statements: StatementCache
    compiled: Compiled
    layout: Layout
    load: Loader


class Terminals(Joined[R]):
    """The verbs that read records. Each comes as a pair: `x` for plain sync code, `async_x` to await.

    With `timeout=` a verb takes at most so many seconds, all its waits included, and raises DeadlineExceeded after that.
    """

    __slots__ = ()

    async def async_all(self, *, timeout: float | None = None) -> list[R]:
        """All records that fit, with the relations asked for by `with_`."""
        with bounded(timeout, "all"):
            return await self._records()

    all = runtime.blocking(async_all)

    async def async_first(self, *, timeout: float | None = None) -> R | None:
        """The first record in the query's order, by key where it has none; None where nothing fits."""
        with bounded(timeout, "first"):
            return _only(await self._records(_in_key_order(self._clauses, self._mapper.source_name, limit=1)))

    first = runtime.blocking(async_first)

    async def async_last(self, *, timeout: float | None = None) -> R | None:
        """The last record in the query's order, by key where it has none; None where nothing fits."""
        if self._clauses.limit is not None or self._clauses.offset is not None:
            raise QueryError("last turns the order round, which a limit or offset forbids: order_by(...).first()")
        with bounded(timeout, "last"):
            return _only(
                await self._records(_in_key_order(self._clauses, self._mapper.source_name, limit=1, backwards=True))
            )

    last = runtime.blocking(async_last)

    async def async_one(self, *, timeout: float | None = None) -> R:
        """The one record that fits. Raises RecordNotFound for none, QueryError for several."""
        with bounded(timeout, "one"):
            found = await self.async_one_or_none()
        if found is None:
            raise RecordNotFound(f"no {self._mapper.name} fits the query")
        return found

    one = runtime.blocking(async_one)

    async def async_one_or_none(self, *, timeout: float | None = None) -> R | None:
        """The one record that fits, None for none. Raises QueryError for several."""
        with bounded(timeout, "one_or_none"):
            found = await self._records(lambda _: self._clauses.but(limit=_at_most(self._clauses.limit, 2)))
        if len(found) > 1:
            raise QueryError(f"several records of {self._mapper.name} fit a query that expects one")
        return _only(found)

    one_or_none = runtime.blocking(async_one_or_none)

    async def async_find(self, key: Any, *, timeout: float | None = None) -> R:
        """The record of this key, among those that fit. A composite key is a tuple. Raises RecordNotFound."""
        with bounded(timeout, "find"):
            found = await self._found(key)
        if not found:
            nothing = ", which was None" if key is None else ""
            raise RecordNotFound(f"no {self._mapper.name} has the key that was asked for{nothing}")
        return found[0]

    find = runtime.blocking(async_find)

    async def async_find_or_none(self, key: Any, *, timeout: float | None = None) -> R | None:
        """The record of this key, among those that fit, or None. A composite key is a tuple."""
        with bounded(timeout, "find_or_none"):
            return _only(await self._found(key))

    find_or_none = runtime.blocking(async_find_or_none)

    async def loaded_beside(self, further: Sequence[Expression[Any]]) -> tuple[list[R], list[tuple[Any, ...]]]:
        """The records, and for each the values of some further expressions in its row."""
        columns = self._clauses.columns or (Star(self._mapper.source_name),)
        check_records(self._mapper.source_name, self._clauses, await self._mapper.table())
        labels = tuple([Label(each, f" {place}") for place, each in enumerate(further)])
        asking = self._told(columns=(*columns, *labels))
        (records, beside), after = await self._mapper.database().catalog.again_if_altered(
            lambda: asking._loaded_beside(len(further))
        )
        if after is not None and records:
            await after(records)
        return records, beside

    async def _loaded_beside(self, count: int) -> "tuple[tuple[list[R], list[tuple[Any, ...]]], AfterLoad | None]":
        prepared = await self._prepare_records()
        paths = self._clauses.paths
        after = await self._mapper.after_load(self._mapper, paths) if paths else None
        compiled, rows = await self._fetched(prepared)
        end = prepared.width(compiled)
        width = end - count
        beside = loaded([row[width:end] for row in rows], compiled.loads[width:end])
        return (self._made(prepared, compiled, rows, width=width), beside), after

    async def _records(self, finish: Finish | None = None) -> list[R]:
        records, after = await self._mapper.database().catalog.again_if_altered(lambda: self._loaded(finish))
        if after is not None and records:
            await after(records)
        return records

    async def _found(self, key: Any) -> list[R]:
        """The record of this key, among those that fit."""
        if key is None:
            return []
        if self._clauses is not NOTHING or self._mapper.default_scopes:
            return await self._records(self._by_key(key))
        try:
            return await self._looked_up(key)
        except SchemaChanged:
            if not self._mapper.database().catalog.may_try_again():
                raise
        return await self._looked_up(key)

    def _by_key(self, key: Any) -> Finish:
        def finish(table: Table) -> Clauses:
            condition = key_condition(table, key, self._mapper.source_name)
            return self._clauses.but(where=all_of(self._clauses.where, condition))

        return finish

    async def _looked_up(self, key: Any) -> list[R]:
        """The record of this key, among all: by a text that is made once for a table."""
        mapper, database = self._mapper, self._mapper.database()
        table = mapper.table_at_hand() or await mapper.table()
        values = key_parts(table, key)
        lookup: _Lookup | None = mapper.lookup
        if lookup is None or lookup.table is not table or lookup.statements is not database.statements:
            lookup = mapper.lookup = await self._lookup(table, key)
        rows = await database.fetch_by(lookup.compiled, values, (table,))
        return mapper.made(rows, lookup.layout, lookup.load)

    async def _lookup(self, table: Table, key: Any) -> _Lookup:
        database, source = self._mapper.database(), self._mapper.source_name
        select = self._select(self._clauses.but(where=key_condition(table, key, source)))
        compiled, _ = await database.prepared(select, (table,))
        return _Lookup(table, database.statements, compiled, *self._mapper.loader(compiled))

    async def _loaded(self, finish: Finish | None) -> tuple[list[R], AfterLoad | None]:
        prepared = await self._prepare_records(finish)
        check_records(self._mapper.source_name, self._clauses, prepared.table)
        paths = self._clauses.paths
        after = await self._mapper.after_load(self._mapper, paths) if paths else None
        compiled, rows = await self._fetched(prepared)
        return self._made(prepared, compiled, rows), after


def check_records(source: str, clauses: Clauses, own: Table) -> None:
    """Refuse what would pass for a record, or for a value of its own and above all its key, and is none."""
    for wish in clauses.joins:
        if wish.kind not in _ONE_SIDED:
            continue
        raise QueryError(
            f"a {wish.kind.lower()} join gives rows in which there is no record of {source!r}: read them as dicts or tuples"
        )
    for column in clauses.columns:
        if isinstance(column, Label):
            name, taken = column.name, own.primary_key
        elif isinstance(column, Reference) and column.source != source:
            name, taken = column.column, own.names()
        else:
            continue
        if name in taken:
            raise QueryError(
                f"{name!r} is a column of {source!r} itself: give what is selected under its name another, as_(...), "
                f"or read it by pluck or tuples"
            )


# Joins that keep the rows of the other side, whether there are some of this side or not.
_ONE_SIDED = frozenset({"RIGHT", "FULL"})


# What is given for a key by mistake.
_NO_KEYS = (list, tuple, set, frozenset, dict, Expression, Selectable)


def key_condition(table: Table, key: Any, source: str) -> Condition:
    """The condition that a row of the source has this key. Raises QueryError for a key that does not fit the table's."""
    pairs = zip(table.primary_key, key_parts(table, key), strict=True)
    joined = all_of(*[refer(source, name) == part for name, part in pairs])
    assert joined is not None
    return joined


def key_parts(table: Table, key: Any) -> Sequence[Any]:
    """The values of a key, in the order of its columns. Raises QueryError for a key that does not fit the table's."""
    names = table.primary_key
    if not names:
        raise QueryError(f"table {table.name!r} has no primary key: use where(...)")
    first, *others = names
    parts = cast("Sequence[Any]", key) if others and isinstance(key, tuple) else (key,)
    if len(parts) != len(names):
        raise QueryError(f"the key of {table.name!r} has {len(names)} parts ({', '.join(names)}): give a tuple of them")
    for part in parts:
        if part is None:
            raise QueryError(f"a part of the key of {table.name!r} is None, which no row can be told by")
        if isinstance(part, _NO_KEYS):
            raise QueryError(f"find takes one key of {table.name!r}; for several: where({first}=[...])")
    return parts


def _in_key_order(clauses: Clauses, source: str, *, limit: int, backwards: bool = False) -> Finish:
    def finish(table: Table) -> Clauses:
        orders = clauses.orders
        if not orders and not clauses.groups:
            key = [refer(source, name) for name in table.primary_key]
            orders = tuple([Ordering(each, descending=False) for each in _sortable(clauses, key)])
        if backwards:
            if not orders:
                raise QueryError(f"table {table.name!r} has no primary key, so last needs an order_by(...)")
            orders = tuple([order.reversed() for order in orders])
        return clauses.but(orders=orders, limit=_at_most(clauses.limit, limit))

    return finish


def _sortable(clauses: Clauses, key: Sequence[Expression[Any]]) -> Sequence[Expression[Any]]:
    """What rows are sorted by in place of their key where the query leaves only some of them."""
    if clauses.distinct and clauses.columns and not any(isinstance(column, Star) for column in clauses.columns):
        # what is not selected is no part of the rows that are left
        return [column.operand if isinstance(column, Label) else column for column in clauses.columns]
    return (*clauses.distinct_on, *key)


def _at_most(limit: int | None, most: int) -> int:
    return most if limit is None else min(limit, most)


def _only(records: list[R]) -> R | None:
    return records[0] if records else None
