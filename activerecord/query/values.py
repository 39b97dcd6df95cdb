"""Terminal verbs that give values: counts, keys, plain rows."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any, TypeVar

from activerecord import runtime
from activerecord.bounds import bounded
from activerecord.errors import QueryError
from activerecord.query.clauses import Clauses, Finish, Prepared
from activerecord.query.execution import loaded
from activerecord.query.joined import Joined
from activerecord.schema.table import Table
from activerecord.sql.expression import Expression, Label, Ordering, Star
from activerecord.sql.function import Function
from activerecord.sql.reference import refer
from activerecord.sql.statement import Select, Subquery
from activerecord.sql.text import Text

__all__ = ["Values"]

R = TypeVar("R")


class Values(Joined[R]):
    """The verbs that read values. Each comes as a pair: `x` for plain sync code, `async_x` to await.

    With `timeout=` a verb takes at most so many seconds, all its waits included, and raises DeadlineExceeded after that.
    """

    __slots__ = ()

    async def async_count(
        self,
        column: "str | Expression[Any] | None" = None,
        *,
        distinct: bool = False,
        timeout: float | None = None,
    ) -> int:
        """How many rows fit, or how many values of a column are not NULL: `SELECT count(*) ...`.

        A limit, offset, distinct or grouping of the query counts the rows that come out of it.
        """
        if column is None and distinct:
            raise QueryError("count(distinct=True) needs a column; for distinct rows: distinct().count()")
        if column is not None:
            self._refuse_cut("count of a column")
        counted = () if column is None else (self._column(column),)
        with bounded(timeout, "count"):
            # no engine but MySQL's kind locks the rows that it counts
            is_cut = column is None and (self._is_cut() or self._clauses.lock is not None)
            count = Function[int]("count", counted, distinct=distinct)
            _, found = await self._scalar(self._counting if is_cut else lambda: self._aggregate(count))
        return int(found or 0)

    count = runtime.blocking(async_count)

    async def async_exists(self, *, timeout: float | None = None) -> bool:
        """Whether any row fits: `SELECT 1 ... LIMIT 1`."""
        limit = 1 if self._clauses.limit is None else min(self._clauses.limit, 1)
        clauses = self._clauses.but(orders=(), limit=limit)
        # text of the program's own in a HAVING may go by the labels of what is selected
        is_named = clauses.having is not None and bool(clauses.columns)
        if not (is_named or (clauses.distinct and clauses.offset)):
            clauses = clauses.but(columns=(Label(Text("1"), "one"),), distinct=False)
        with bounded(timeout, "exists"):
            _, rows = await self._rows(lambda _: clauses)
        return bool(rows)

    exists = runtime.blocking(async_exists)

    async def async_ids(self, *, timeout: float | None = None) -> list[Any]:
        """The keys of the rows that fit; tuples where the key is composite.

        Which columns the key has is the table's to say, so no checker knows their types: `pluck(User.id)` is typed.
        """

        def keys(table: Table) -> Clauses:
            if not table.primary_key:
                raise QueryError(f"table {table.name!r} has no primary key: use pluck(...)")
            return self._clauses.but(
                columns=tuple([refer(self._mapper.source_name, name) for name in table.primary_key]),
            )

        with bounded(timeout, "ids"):
            names, rows = await self._rows(keys)
        return [row[0] for row in rows] if len(names) == 1 else rows

    ids = runtime.blocking(async_ids)

    async def async_dicts(self, *, timeout: float | None = None) -> list[dict[str, Any]]:
        """The rows as dicts, by the names of their columns or labels."""
        with bounded(timeout, "dicts"):
            names, rows = await self._rows()
        twice = next((name for position, name in enumerate(names) if name in names[:position]), None)
        if twice is not None:
            raise QueryError(
                f"two columns of the answer are called {twice!r}: give one a label, as_(...), or use tuples()"
            )
        return [dict(zip(names, row, strict=True)) for row in rows]

    dicts = runtime.blocking(async_dicts)

    async def async_tuples(self, *, timeout: float | None = None) -> list[tuple[Any, ...]]:
        """The rows as tuples, in the order of the columns selected."""
        with bounded(timeout, "tuples"):
            return (await self._rows())[1]

    tuples = runtime.blocking(async_tuples)

    async def async_to_sql(self) -> tuple[str, list[Any]]:
        """The text of the query, and its binds as the driver would get them. Nothing is sent but what reads the schema."""
        prepared = await self._prepare_records()
        database = self._mapper.database()
        await database.settle()
        compiled = database.statements.compile(prepared.select, prepared.tables)
        return compiled.sql, compiled.binds(prepared.select.binds)

    to_sql = runtime.blocking(async_to_sql)

    async def _rows(self, finish: Finish | None = None) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """The rows with their values loaded, and the names of their columns."""
        return await self._mapper.database().catalog.again_if_altered(lambda: self._rows_once(finish))

    async def _rows_once(self, finish: Finish | None) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        prepared = await self._prepare(finish)
        compiled, rows = await self._fetched(prepared)
        return compiled.names, loaded(rows, compiled.loads)

    async def _aggregate(self, function: Function[Any]) -> Prepared:
        clauses = self._clauses.but(columns=(function,), orders=())
        return await self._prepare(lambda _: clauses)

    def _is_cut(self) -> bool:
        """Whether the rows of the answer are others than those that fit the conditions."""
        clauses = self._clauses
        return bool(
            clauses.distinct
            or clauses.distinct_on
            or clauses.groups
            or clauses.having
            or clauses.limit is not None
            or clauses.offset is not None
        )

    def _refuse_cut(self, what: str) -> None:
        if self._is_cut():
            raise QueryError(
                f"{what} of a distinct, grouped or limited query would leave that out: select(...) the aggregate, "
                f"or ask inside another query"
            )

    async def _counting(self) -> Prepared:
        columns = tuple(_numbered(self._clauses.columns or self._clauses.groups))
        inner = await self._prepare(lambda _: self._clauses.but(columns=columns, orders=self._inner_orders()))
        counting = Select((Function[int]("count", ()),), Subquery(inner.select, "counted"))
        return Prepared(counting, inner.tables, inner.table)

    def _inner_orders(self) -> tuple[Ordering, ...]:
        limited = self._clauses.limit is not None or self._clauses.offset is not None
        return self._clauses.orders if limited else ()

    async def _scalar(self, prepare: Callable[[], Awaitable[Prepared]]) -> tuple[Prepared, Any]:
        """A statement, and the one value that it gives, or None."""

        async def attempt() -> tuple[Prepared, Any]:
            prepared = await prepare()
            compiled, rows = await self._fetched(prepared)
            value = rows[0][0] if rows else None
            load = compiled.loads[0]
            return prepared, value if value is None or load is None else load(value)

        return await self._mapper.database().catalog.again_if_altered(attempt)


def _numbered(columns: Iterable[Expression[Any]]) -> Iterator[Expression[Any]]:
    """The columns under names of which no two are the same, as what stands in place of a table has them."""
    for number, column in enumerate(columns, 1):
        yield column if isinstance(column, Star | Label) else Label(column, f" {number}")
