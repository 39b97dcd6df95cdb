"""All records of a query a batch at a time, by key: a query for each, and nothing is held between two of them."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, Literal, NamedTuple, Self, TypeVar

from activerecord import runtime
from activerecord.bounds import bounded
from activerecord.errors import QueryError, UsageError
from activerecord.query.keyset import Place
from activerecord.query.parts import Course, Part, Parts
from activerecord.query.terminals import key_parts
from activerecord.sql.expression import Bind, Condition, all_of

__all__ = ["Batch", "Batches", "Batching", "Each"]

R = TypeVar("R")

Direction = Literal["asc", "desc"]

# Enough that the statement costs little beside its rows, and few enough for any memory.
_SIZE = 1_000


class Batch(list[R]):
    """A list of records. `ids` are their keys as they were read, in order; tuples where the key is composite."""

    def __init__(self, records: Sequence[R], ids: list[Any]) -> None:
        super().__init__(records)
        self.ids = ids

    @property
    def last_id(self) -> Any:
        """The key of the last record, to go on `after=`."""
        return self.ids[-1]


# Gives the records beyond a place, at most so many; from the beginning where there is none.
_Read = Callable[[Place | None, int], Awaitable[Part[R]]]


class Batches(Generic[R]):
    """Batches on their way: `async for batch in query.async_in_batches()`, in plain sync code `for batch in query.in_batches()`.

    Each is read when it is asked for, and nothing is held meanwhile. Who stops may go on where it stopped. `last_id` is the
    key of the last record that was given, None before the first.
    """

    def __init__(self, read: "_Read[R]", size: int, limit: int | None, name: str) -> None:
        self.last_id: Any = None
        self._read = read
        self._size = size
        self._left = limit
        self._name = name
        self._place: Place | None = None
        self._is_over = limit == 0
        self._is_reading = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Batch[R]:
        batch = await self.following()
        if batch is None:
            raise StopAsyncIteration
        return batch

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Batch[R]:
        cure = f"async for ... in query.async_{self._name}()"
        batch = runtime.run_blocking(self.following, self._name, cure=cure)
        if batch is None:
            raise StopIteration
        return batch

    async def following(self) -> Batch[R] | None:
        """The next batch; None after the last. One that was not read for an error or a cancellation is read anew."""
        if self._is_over:
            return None
        if self._is_reading:
            raise UsageError("a batch is being read by another task just now: give each task batches of its own")
        self._is_reading = True
        try:
            part = await self._read(self._place, self._wanted())
        finally:
            self._is_reading = False
        return self._given(part)

    def _wanted(self) -> int:
        return self._size if self._left is None else min(self._size, self._left)

    def _given(self, part: Part[R]) -> Batch[R] | None:
        """Go past what was read."""
        count = len(part.records)
        if self._left is not None:
            self._left -= count
        self._is_over = not part.more or self._left == 0
        if not count:
            return None
        batch = Batch(part.records, part.keys())
        self._place, self.last_id = part.place(-1), batch.last_id
        return batch


class Each(Generic[R]):
    """Records on their way, read a batch at a time: `async for user in query.async_find_each()`; else as `Batches`."""

    def __init__(self, batches: Batches[R], name: str) -> None:
        self.last_id: Any = None
        self._batches = batches
        self._name = name
        self._batch: Batch[R] | None = None
        self._next = 0

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> R:
        if not self._has_next():
            self._begin(await self._batches.following())
        return self._given(StopAsyncIteration)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> R:
        if not self._has_next():
            cure = f"async for ... in query.async_{self._name}()"
            self._begin(runtime.run_blocking(self._batches.following, self._name, cure=cure))
        return self._given(StopIteration)

    def _has_next(self) -> bool:
        return self._batch is not None and self._next < len(self._batch.ids)

    def _begin(self, batch: Batch[R] | None) -> None:
        self._batch, self._next = batch, 0

    def _given(self, over: type[Exception]) -> R:
        if self._batch is None:
            raise over
        record, self.last_id = self._batch[self._next], self._batch.ids[self._next]
        self._next += 1
        return record


class _Span(NamedTuple):
    """From where to where, and which way. Keys as the caller gave them."""

    start: Any
    after: Any
    finish: Any
    descending: bool
    timeout: float | None


class Batching(Parts[R]):
    """The verbs that read all records a batch at a time: `x` for plain sync code, `async_x` to `async for`.

    They go by the key, not by an offset: `... WHERE key > ? ORDER BY key LIMIT ?`. `start` and `finish` are the keys to begin and end with,
    `after` is the key to begin behind: the `last_id` of an earlier run. Rows with a `limit` of the query's are as many; an
    order of its own is refused, and so is what makes other rows than the table's. `timeout` is for each batch.
    """

    __slots__ = ()

    def async_in_batches(
        self,
        of: int = _SIZE,
        *,
        start: Any = None,
        after: Any = None,
        finish: Any = None,
        order: Direction = "asc",
        timeout: float | None = None,
    ) -> Batches[R]:
        """All records that fit, in lists of so many, by key: `async for batch in query.async_in_batches()`. Raises QueryError."""
        return self._batches("in_batches", of, order, start=start, after=after, finish=finish, timeout=timeout)

    def in_batches(
        self,
        of: int = _SIZE,
        *,
        start: Any = None,
        after: Any = None,
        finish: Any = None,
        order: Direction = "asc",
        timeout: float | None = None,
    ) -> Batches[R]:
        """All records that fit, in lists of so many, by key: `for batch in query.in_batches()`. Raises QueryError."""
        return self._batches("in_batches", of, order, start=start, after=after, finish=finish, timeout=timeout)

    def async_find_each(
        self,
        batch: int = _SIZE,
        *,
        start: Any = None,
        after: Any = None,
        finish: Any = None,
        order: Direction = "asc",
        timeout: float | None = None,
    ) -> Each[R]:
        """All records that fit, one after another, by key: `async for user in query.async_find_each()`. Raises QueryError."""
        name = "find_each"
        return Each(self._batches(name, batch, order, start=start, after=after, finish=finish, timeout=timeout), name)

    def find_each(
        self,
        batch: int = _SIZE,
        *,
        start: Any = None,
        after: Any = None,
        finish: Any = None,
        order: Direction = "asc",
        timeout: float | None = None,
    ) -> Each[R]:
        """All records that fit, one after another, by key: `for user in query.find_each()`. Raises QueryError."""
        name = "find_each"
        return Each(self._batches(name, batch, order, start=start, after=after, finish=finish, timeout=timeout), name)

    def _batches(
        self, name: str, size: int, order: str, *, start: Any, after: Any, finish: Any, timeout: float | None
    ) -> Batches[R]:
        if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size < 1 << 31:
            raise QueryError(f"{name} takes the size of a batch, a number of records from 1")
        if order not in ("asc", "desc"):
            raise QueryError(f"{name} takes order='asc' or order='desc', which is that of the keys")
        if start is not None and after is not None:
            raise QueryError(f"{name} begins with one key: start=, which is read too, or after=, which is not")
        if self._clauses.orders:
            raise QueryError(f"{name} goes by the key and has no other order: leave out order_by(...), or use a stream")
        self._refuse(name)
        span = _Span(start, after, finish, order == "desc", timeout)
        return Batches(lambda place, count: self._batch(name, span, place, count), size, self._clauses.limit, name)

    async def _batch(self, name: str, span: _Span, place: Place | None, count: int) -> Part[R]:
        async def attempt() -> Part[R]:
            course = await self._course(name, descending=span.descending)
            return await self._part(course, _within(course, span, place), count)

        with bounded(span.timeout, name):
            return await self._mapper.database().catalog.again_if_altered(attempt)


def _within(course: Course, span: _Span, place: Place | None) -> Condition | None:
    """The rows beyond a place, or those that the caller begins with, up to those it ends with."""
    if place is not None:
        begin: Condition | None = course.beyond(place)
    elif span.after is not None:
        begin = course.beyond(_place(course, span.after))
    else:
        begin = None if span.start is None else course.beyond(_place(course, span.start), inclusive=True)
    if span.finish is None:
        return begin
    return all_of(begin, course.beyond(_place(course, span.finish), inclusive=True, backwards=True))


def _place(course: Course, key: Any) -> Place:
    parts = key_parts(course.prepared.table, key)
    return [Bind(part, term.operand) for part, term in zip(parts, course.terms, strict=True)]
