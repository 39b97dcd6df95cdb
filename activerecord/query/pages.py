"""Terminal verbs that give a page of records: beyond a cursor, or by its number."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar, overload

from activerecord import runtime
from activerecord.bounds import bounded
from activerecord.errors import InvalidCursor, InvalidValue, QueryError
from activerecord.query.clauses import Clauses
from activerecord.query.cursor import CursorText, Stored
from activerecord.query.keyset import Place
from activerecord.query.parts import Course, Part, Parts, with_key
from activerecord.query.terminals import Terminals
from activerecord.query.values import Values
from activerecord.schema.table import Table
from activerecord.sql.dialect import Compiled
from activerecord.sql.expression import Condition
from activerecord.sql.statement import Select

__all__ = ["NumberedPage", "Page", "Pages"]

R = TypeVar("R")

# A page is for somebody to look at; for all records there are batches and streams.
_LARGEST = 10_000


class _Records(Sequence[R]):
    """The records of a page."""

    records: "list[R]"

    def __len__(self) -> int:
        return len(self.records)

    @overload
    def __getitem__(self, index: int) -> R: ...
    @overload
    def __getitem__(self, index: slice) -> "list[R]": ...
    def __getitem__(self, index: "int | slice") -> "R | list[R]":
        return self.records[index]


@dataclass(frozen=True, slots=True, eq=False)
class Page(_Records[R], Generic[R]):
    """A page of records, in the query's order; a Sequence of them.

    `next` is the cursor to give as `after=` for the page that follows, `previous` the one to give as `before=` for the page
    that came before; None where there is none.
    """

    records: "list[R]"
    next: str | None
    previous: str | None

    @property
    def has_next(self) -> bool:
        """Whether records follow."""
        return self.next is not None

    @property
    def has_previous(self) -> bool:
        """Whether records come before."""
        return self.previous is not None


@dataclass(frozen=True, slots=True, eq=False)
class NumberedPage(_Records[R], Generic[R]):
    """A page of records by its `number`, from 1; a Sequence of them. `total` is the number of records on all pages together."""

    records: "list[R]"
    number: int
    per_page: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; 0 where there is no record."""
        return -(-self.total // self.per_page)

    @property
    def has_next(self) -> bool:
        """Whether pages follow."""
        return self.number < self.pages

    @property
    def has_previous(self) -> bool:
        """Whether pages come before."""
        return self.number > 1


class Pages(Parts[R], Terminals[R], Values[R]):
    """The verbs that give pages: `x` for plain sync code, `async_x` to await. `timeout` is as in the other verbs."""

    __slots__ = ()

    async def async_paginate(
        self, limit: int = 20, *, after: str | None = None, before: str | None = None, timeout: float | None = None
    ) -> Page[R]:
        """The first records in the query's order, those after a cursor, or those before one: `... WHERE (...) > (...) LIMIT ?`.

        The order is ended by the key, so that every row has its place; without an order the key is it. At most 10,000
        records. Raises InvalidCursor for a cursor that is damaged or of another query, QueryError for a query whose rows have no
        place of their own.
        """
        _check_size("limit", limit)
        if after is not None and before is not None:
            raise QueryError("paginate takes one cursor: after= or before=")
        if self._clauses.limit is not None:
            raise QueryError("paginate does not go with limit(...): it takes the limit itself, paginate(limit=...)")
        cursor, backwards = (after, False) if before is None else (before, True)

        async def attempt() -> Page[R]:
            course = await self._course("paginate")
            text = CursorText(self._order_text(course), self._mapper.database().configuration.cursor_secret)
            start = None if cursor is None else self._start(course, text, cursor, backwards=backwards)
            condition = None if start is None else start.condition
            part = await self._part(course, condition, limit, ahead=1, backwards=backwards)
            return _page(part, text, start, backwards=backwards)

        with bounded(timeout, "paginate"):
            return await self._mapper.database().catalog.again_if_altered(attempt)

    paginate = runtime.blocking(async_paginate)

    async def async_page(self, number: int = 1, *, per_page: int = 20, timeout: float | None = None) -> NumberedPage[R]:
        """The records of a page by its number, from 1, and how many there are in all: `... LIMIT ? OFFSET ?`, `SELECT count(*) ...`.

        The query's order is ended by the key where rows stand for themselves. A page after the last is empty. At most 10,000 records.
        Raises QueryError.
        """
        _check_size("per_page", per_page)
        if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= 1 << 40:
            raise QueryError("page takes the number of a page, from 1")
        if self._clauses.limit is not None or self._clauses.offset is not None:
            raise QueryError("page does not go with limit(...) or offset(...): page(number, per_page=...)")
        with bounded(timeout, "page"):
            records = await self._records(lambda table: self._numbered(table, number, per_page))
            total = await self.async_count()
        return NumberedPage(records, number, per_page, total)

    page = runtime.blocking(async_page)

    def _numbered(self, table: Table, number: int, per_page: int) -> Clauses:
        clauses = self._clauses
        by_itself = not (clauses.groups or clauses.distinct or clauses.distinct_on)
        orders = with_key(clauses.orders, table, self._mapper.source_name) if by_itself else clauses.orders
        return clauses.but(orders=orders, limit=per_page, offset=(number - 1) * per_page)

    def _order_text(self, course: Course) -> str:
        """What tells the query's order from that of others, in this process and in the next."""
        compiled, select = self._compiled(course, None)
        return repr((compiled.sql, compiled.binds(select.binds)))

    def _compiled(self, course: Course, where: Condition | None) -> tuple[Compiled, Select]:
        """The order as a statement of its own."""
        prepared, orders = course.prepared, tuple([term.ordering for term in course.terms])
        select = Select(
            tuple([term.operand for term in course.terms]),
            prepared.select.source,
            tables=prepared.select.tables,
            joins=prepared.select.joins,
            where=where,
            orders=orders,
        )
        return self._mapper.database().statements.compile(select, prepared.tables), select

    def _start(self, course: Course, text: CursorText, cursor: str, *, backwards: bool) -> "_Start":
        """Where a cursor leads. Raises InvalidCursor."""
        place, inclusive = text.read(cursor, len(course.terms))
        loads = self._compiled(course, None)[0].loads
        values = [_member(value, load) for value, load in zip(place, loads, strict=True)]
        if course.dialect.any_value and not all(
            isinstance(value, int | float | str | bytes | None) for value in values
        ):
            raise InvalidCursor(_OF_ANOTHER_TYPE)
        condition = course.beyond(values, inclusive=inclusive, backwards=backwards)
        compiled, select = self._compiled(course, condition)
        try:
            compiled.binds(select.binds)
        except InvalidValue:
            raise InvalidCursor(_OF_ANOTHER_TYPE) from None
        return _Start(place, inclusive, condition)


class _Start(NamedTuple):
    """Where a page begins: beyond this place, and with it if `inclusive`."""

    place: Place
    inclusive: bool
    condition: Condition


_OF_ANOTHER_TYPE = "the cursor has a value that its column does not take: begin again without one"


def _member(value: Any, load: Any) -> Any:
    return load(str(value)) if isinstance(value, Stored) and load is not None else value


def _page(part: Part[R], text: CursorText, start: _Start | None, *, backwards: bool) -> Page[R]:
    """The page, with cursors to where there are records beyond it."""
    onward = text.write(part.place(0 if backwards else -1), inclusive=False) if part.more else None
    back = None if start is None else _back(part, text, start, backwards=backwards)
    return Page(part.records, *((back, onward) if backwards else (onward, back)))


def _back(part: Part[R], text: CursorText, start: _Start, *, backwards: bool) -> str:
    """The cursor to where the page was come from. Of a page without records that is all that its own start left out."""
    if not part.records:
        return text.write(start.place, inclusive=not start.inclusive)
    return text.write(part.place(-1 if backwards else 0), inclusive=False)


def _check_size(word: str, count: int) -> None:
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= _LARGEST:
        raise QueryError(f"{word} takes a number of records, from 1 to {_LARGEST}")
