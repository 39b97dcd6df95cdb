"""Records one after another, without all of them in memory at once."""

from collections.abc import Awaitable, Callable, Iterator
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from activerecord import runtime
from activerecord.driver import Row
from activerecord.errors import DataError, QueryError, SyntaxError_, UsageError
from activerecord.mapper import AfterLoad, Mapper
from activerecord.pool import caller
from activerecord.query.clauses import Prepared
from activerecord.query.joined import Joined
from activerecord.query.terminals import check_records
from activerecord.sql.dialect import Compiled
from activerecord.streaming import RowStream, closed_after, row_stream

__all__ = ["Stream", "Streams"]

R = TypeVar("R")

_BATCH = 1_000


class Stream(runtime.Scope, Generic[R]):
    """Records on their way: `async with query.async_stream() as rows: async for user in rows`.

    In plain sync code `with query.stream() as rows: for user in rows`. At most `batch` records are read ahead; with the
    relations that the query names by `with_`, they are siblings. Leaving the block ends the query, however many rows are
    left. Entered once and read once, by one task; who stops may go on where it stopped.
    """

    _sync_name = "stream"

    def __init__(
        self,
        mapper: Mapper[R],
        prepare: Callable[[], Awaitable[Prepared]],
        make: "Callable[[Prepared, Compiled, list[Row]], list[R]]",
        paths: "tuple[Any, ...]",
        batch: int,
    ) -> None:
        self._mapper = mapper
        self._prepare = prepare
        self._make = make
        self._prepared: Prepared | None = None
        self._paths = paths
        self._batch = batch
        self._opened_at = caller()
        self._compiled: Compiled | None = None
        self._after: AfterLoad | None = None
        self._rows: RowStream | None = None
        self._records: Iterator[R] = iter(())
        self._broken_by: BaseException | None = None
        self._is_entered = self._is_left = self._is_fetching = self._is_over = False
        self._identity: object = None
        self._task: object = None

    def __repr__(self) -> str:
        return f"<Stream of {self._mapper.name}, opened at {self._opened_at}>"

    # in async code

    async def __aenter__(self) -> Self:
        if self._is_entered:
            raise UsageError(f"a stream is entered once: this one was opened at {self._opened_at}")
        self._is_entered = True
        self._identity = runtime.run_identity()
        self._after = await self._mapper.after_load(self._mapper, self._paths) if self._paths else None
        await self._mapper.database().catalog.again_if_altered(self._open)
        return self

    async def _open(self) -> None:
        database = self._mapper.database()
        prepared = await self._prepare()
        self._compiled, binds = await database.prepared(prepared.select, prepared.tables)
        database.check_locks(self._compiled)
        rows = row_stream(database, self._compiled.sql, binds, self._opened_at)
        try:
            await rows.open()
        except (SyntaxError_, DataError) as error:
            await database.catalog.doubt(error, prepared.tables)
            raise
        self._prepared, self._rows = prepared, rows

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._is_left = True
        self._records = iter(())
        if self._rows is None:
            return
        if self._identity != runtime.run_identity():
            # Its loop is gone, as where the collector closes a task: there is nothing to wait for.
            self._rows.abandon()
            return
        await (self._rows.close() if error is None else closed_after(error, self._rows.close))

    def __aiter__(self) -> Self:
        self._check("async with ... async_stream() as rows")
        return self

    async def __anext__(self) -> R:
        for record in self._records:
            return record
        if await self._advance():
            for record in self._records:
                return record
        raise StopAsyncIteration

    # in plain sync code

    def _has_to_be_left(self) -> bool:
        return self._rows is not None

    def __iter__(self) -> Self:
        self._check("with ... stream() as rows")
        return self

    def __next__(self) -> R:
        for record in self._records:
            return record
        if runtime.run_blocking(self._advance, "stream", cure="async for ... in rows"):
            for record in self._records:
                return record
        raise StopIteration

    # in both

    def _check(self, cure: str) -> None:
        if not self._is_entered:
            raise UsageError(f"a stream is read where it was entered: `{cure}`")

    async def _advance(self) -> bool:
        """Read the next batch; whether there is any."""
        self._check("async with ... async_stream() as rows")
        if self._is_over and not self._is_left:
            return False
        if self._is_fetching:
            raise UsageError(
                f"the stream opened at {self._opened_at} is read by another task just now: give each its own"
            )
        self._check_caller()
        if self._broken_by is not None:
            raise UsageError(
                f"the stream opened at {self._opened_at} was broken off ({type(self._broken_by).__name__}), and rows of it may be "
                f"lost: open another"
            ) from self._broken_by
        self._is_fetching = True
        try:
            records = await self._next_records()
        except BaseException as error:
            self._broken_by = error
            raise
        finally:
            self._is_fetching = False
        self._records = iter(records)
        return bool(records)

    def _check_caller(self) -> None:
        if self._identity != runtime.run_identity():
            raise UsageError(f"the stream opened at {self._opened_at} belongs to another event loop or thread")
        task = runtime.running_task()
        if self._task is None:
            self._task = task
        elif self._task != task:
            raise UsageError(f"the stream opened at {self._opened_at} is read by another task: give each its own")

    async def _next_records(self) -> list[R]:
        assert self._rows is not None
        assert self._compiled is not None
        assert self._prepared is not None
        rows = await self._rows.fetch(self._batch)
        self._is_over = len(rows) < self._batch
        records = self._make(self._prepared, self._compiled, rows)
        if self._after is not None and records:
            await self._after(records)
        return records


class Streams(Joined[R]):
    """The verbs that read records one after another: `stream` for plain sync code, `async_stream` to `async with`."""

    __slots__ = ()

    def async_stream(self, *, batch: int = _BATCH) -> Stream[R]:
        """The records that fit, `batch` of them in memory at a time: `async with query.async_stream() as rows`.

        Inside a transaction the rows come through it, and the body may read and write there. Outside one the stream has a
        connection of its own until the block is left, and what the body does takes another. They are the rows as they
        were when the block was entered. Raises UsageError for a batch that is no number above zero.
        """
        return self._stream(batch)

    def stream(self, *, batch: int = _BATCH) -> Stream[R]:
        """The records that fit, `batch` of them in memory at a time: `with query.stream() as rows`; see `async_stream`."""
        return self._stream(batch)

    def _stream(self, batch: int) -> Stream[R]:
        if isinstance(batch, bool) or not isinstance(batch, int) or batch < 1:
            raise UsageError("batch is a whole number of records, one or more")
        return Stream(self._mapper, self._prepared_records, self._made, self._clauses.paths, batch)

    async def _prepared_records(self) -> Prepared:
        prepared = await self._prepare_records()
        check_records(self._mapper.source_name, self._clauses, prepared.table)
        many = None if prepared.beside is None else prepared.beside.many
        if many is not None:
            raise QueryError(
                f"a stream ends a batch anywhere, so with_joined({many!r}) could end in the middle of a record: with_({many!r})"
            )
        return prepared
