"""A database: a configuration with its driver, its pools, its compiled statements and what is known of its tables."""

import atexit
import os
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property, partial
from itertools import product
from typing import Any, TypeVar, cast

from activerecord import runtime
from activerecord.bounds import bounded
from activerecord.catalog import Catalog
from activerecord.config import COMMON_KEYS, Configuration, Settings
from activerecord.driver import Binds, Connection, CopyingConnection, Driver, Result, Row
from activerecord.drivers import check, find_driver
from activerecord.errors import (
    ConfigurationError,
    ConnectionLost,
    DataError,
    LockTimeout,
    QueryError,
    ReadOnly,
    SchemaChanged,
    SyntaxError_,
    UsageError,
    nearest,
)
from activerecord.pool import Lender, LoopPool, PoolStatistics, SharedConnection
from activerecord.runtime.fork import on_fork
from activerecord.sql.cache import CachedTable, StatementCache
from activerecord.sql.dialect import USUAL, Compiled, Dialect, Terms
from activerecord.sql.insert import Insert
from activerecord.sql.node import Node
from activerecord.sql.plan import Explain
from activerecord.sql.statement import Delete, Select, Source, Update
from activerecord.sql.text import RawStatement
from activerecord.transaction import RETRIES, Transaction, current_transaction, run_again
from activerecord.transaction.writer_turn import Work, Write, take_turn, writer_turn

__all__ = ["Database", "Observer", "configure", "database", "databases", "forget", "pool_statistics"]

T = TypeVar("T")
Observer = Callable[[str], object]

# How long to leave a lock alone that was found taken, where the engine does not queue: from a short statement's time to
# one that costs nothing even if the lock stays taken for seconds.
FIRST_PAUSE, LONGEST_PAUSE = 0.001, 0.025

# What a statement fails with where a table is not what it was when it was read: a name that is gone, a value that does not
# fit. Each may have other reasons, so the table is looked at.
_DOUBTFUL = (SyntaxError_, DataError, SchemaChanged)


class Database:
    """One database of one configuration. Nothing is opened before the first statement.

    `observers` are called with the text of every statement, in the order of sending.
    """

    def __init__(self, configuration: Configuration, driver: Driver) -> None:
        self.configuration = configuration
        self.driver = driver
        self.statements = StatementCache(driver.dialect)
        self.observers: list[Observer] = []
        self.catalog = Catalog(self)
        self._pools = runtime.LoopLocal(
            make=lambda: LoopPool(configuration, driver),
            close=lambda pool: pool.close(),
            terminate=self._end_pool,
            bound=configuration.close_timeout,
        )
        self._shared = SharedConnection(configuration, driver) if driver.shared(configuration) else None
        # asked for each statement, and properties of a driver
        self._reads_inline, self._waits_for_locks = driver.reads_inline, driver.waits_for_locks
        self._asyncio_only = driver.asyncio_only
        self._settled = not driver.dialect_varies
        self._retired = False
        self._pid = os.getpid()

    def __repr__(self) -> str:
        return f"<Database {self.configuration.name!r} by {self.driver.name}>"

    # statements

    async def fetch(
        self,
        statement: Node,
        tables: Sequence[CachedTable],
        *,
        late: "Callable[[Compiled, list[Row]], object] | None" = None,
    ) -> tuple[Compiled, list[Row]]:
        """The rows that a statement gives, as the driver gives them, and the text that loads them.

        `late(text, rows)` is called where they came together with a cancellation, which is raised: the statement was run.
        """
        compiled, binds = await self.prepared(statement, tables)
        writes = _writes(statement)
        if compiled.locks and not (writes or isinstance(statement, Explain)):
            self.check_locks(compiled)
        orphan = None if late is None else partial(late, compiled)
        return compiled, await self._rows(compiled, binds, tables, writes=writes, orphan=orphan)

    def fetch_by(
        self,
        compiled: Compiled,
        values: Sequence[Any],
        tables: Sequence[CachedTable],
        *,
        writes: bool = False,
        late: "Callable[[list[Row]], object] | None" = None,
    ) -> Coroutine[Any, Any, list[Row]]:
        """The rows that a text gives with these values; it was prepared for what the server speaks. `late(rows)` as in `fetch`."""
        return self._rows(compiled, compiled.binds(values), tables, writes=writes, orphan=late)

    async def _rows(
        self,
        compiled: Compiled,
        binds: list[Any],
        tables: Sequence[CachedTable],
        *,
        writes: bool | None,
        orphan: "Callable[[list[Row]], object] | None" = None,
    ) -> list[Row]:
        sql = compiled.sql
        if compiled.plain and self._reads_inline:
            rows = self._inline(sql, binds)
            if rows is not None:
                if runtime.is_breathless():
                    await runtime.breathe()
                return rows
        try:
            return await self._send(sql, lambda c: c.fetch(sql, binds), writes=writes, orphan=orphan)
        except _DOUBTFUL as error:
            await self.catalog.doubt(error, tables, writes=writes)
            raise

    def _inline(self, sql: str, binds: list[Any]) -> list[Row] | None:
        """The rows of a short read, in the thread of the caller; None where it has to go the usual way."""
        if current_transaction(self) is not None or runtime.is_expired():
            return None
        rows = self.lender().fetch_inline(sql, binds)
        if rows is not None:
            self.observe(sql)
        return rows

    async def prepared(self, statement: Node, tables: Sequence[CachedTable]) -> tuple[Compiled, list[Any]]:
        """The text of a statement, and the values that go with it."""
        if not self._settled:
            await self.settle()
        compiled = self.statements.compile(statement, tables)
        return compiled, self._few_enough(compiled.binds(statement.binds))

    def check_locks(self, compiled: Compiled) -> None:
        """Raise UsageError for a read whose locks nothing would hold, wherever in the statement they are."""
        if compiled.locks and current_transaction(self) is None:
            raise UsageError(
                "rows are locked until the transaction ends, and there is none here: "
                "`async with Model.async_transaction()`, or `with Model.transaction()` in plain sync code"
            )

    async def execute(
        self,
        statement: Node,
        tables: Sequence[CachedTable],
        *,
        late: "Callable[[Result], object] | None" = None,
    ) -> Result:
        """All that a statement answers. `late` is as in `fetch`."""
        compiled, binds = await self.prepared(statement, tables)
        return await self._executed(compiled, binds, tables, writes=_writes(statement), orphan=late)

    def execute_by(
        self,
        compiled: Compiled,
        values: Sequence[Any],
        tables: Sequence[CachedTable],
        *,
        late: "Callable[[Result], object] | None" = None,
    ) -> Coroutine[Any, Any, Result]:
        """All that a text which writes answers with these values; as `fetch_by`."""
        return self._executed(compiled, compiled.binds(values), tables, writes=True, orphan=late)

    async def _executed(
        self,
        compiled: Compiled,
        binds: list[Any],
        tables: Sequence[CachedTable],
        *,
        writes: bool | None,
        orphan: "Callable[[Result], object] | None",
    ) -> Result:
        try:
            return await self._send(
                compiled.sql, lambda c: c.execute(compiled.sql, binds), writes=writes, orphan=orphan
            )
        except _DOUBTFUL as error:
            await self.catalog.doubt(error, tables, writes=writes)
            raise

    async def execute_many(self, statement: Node, tables: Sequence[CachedTable], rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement once for each row of binds."""
        await self.settle()
        compiled = self.statements.compile(statement, tables)
        binds = [compiled.binds(row) for row in rows]
        await self._send(compiled.sql, lambda c: c.execute_many(compiled.sql, binds), writes=_writes(statement))

    async def execute_text(self, sql: str, binds: Binds = (), *, writes: bool | None = None) -> Result:
        """All that a statement in the engine's own words answers; the binds go to the driver as they are.

        One that `writes` is refused where only reads may be sent, and takes its turn where the engine has one writer. None
        where nobody knows.
        """
        return await self.catalog.again_if_altered(
            lambda: self._send(sql, lambda c: c.execute(sql, binds), writes=writes)
        )

    async def copy_rows(self, source: Source, columns: Sequence[str], rows: Sequence[Binds]) -> None:
        """Add rows to a table in the driver's own way, `driver.copies_rows`; the values go to it as they are.

        Raises NotSupported, with nothing written, where the values of a column cannot be copied.
        """
        quote = self.dialect.quote
        name = ".".join([quote(part) for part in (source.schema, source.table) if part])

        def copy(connection: Connection) -> Coroutine[Any, Any, None]:
            return cast(CopyingConnection, connection).copy_rows(source.table, source.schema, columns, rows)

        await self._send(f"COPY {name} ({', '.join(map(quote, columns))}) FROM STDIN", copy, writes=True)

    def transaction(self, terms: Terms = USUAL) -> Transaction:
        """A new transaction; inside another one of this database, a savepoint."""
        return Transaction(lambda: self, terms)

    async def run_transaction(
        self, work: Callable[[], Awaitable[T]], *, retries: int = RETRIES, isolation: str | None = None
    ) -> T:
        """What `work` returns, run in a transaction, and run again as a whole where others at work were in its way."""
        if current_transaction(self) is not None:
            raise UsageError(
                "run_transaction inside a transaction: only the outermost can be run again as a whole. Call the function "
                "as it is, or in a nested transaction"
            )
        return await run_again(lambda: self.transaction(Terms(isolation)), work, retries=retries)

    # the dialect

    @property
    def dialect(self) -> Dialect:
        """The SQL that the server speaks, as far as that is known; `settle` makes it certain."""
        return self.statements.dialect

    async def settle(self) -> Dialect:
        """The SQL that the server speaks. Where only a connection can tell, one is asked, once."""
        if not self._settled:
            dialect = await self._dialect_of_server()
            self.statements, self._settled = StatementCache(dialect), True
        return self.statements.dialect

    async def _dialect_of_server(self) -> Dialect:
        scope = current_transaction(self)
        if scope is not None:
            return await scope.run(_dialect_of)
        with self.in_time("asking what the server speaks"):
            lender = self.lender()
            lease = await lender.acquire("asking what the server speaks")
        try:
            return lease.connection.dialect
        finally:
            lender.release(lease)

    def _few_enough(self, binds: list[Any]) -> list[Any]:
        most = self.dialect.max_binds
        if len(binds) > most:
            raise QueryError(
                f"the statement has {len(binds)} values, and {self.dialect.name} takes at most {most} in one: "
                f"send it in parts, or ask by a condition (a range, a subquery) instead of a list"
            )
        return binds

    def _send(
        self, sql: str, work: "Work[T]", *, writes: bool | None, orphan: "Callable[[T], object] | None" = None
    ) -> Coroutine[Any, Any, T]:
        """Run one statement; None where nobody knows whether it writes."""
        if self.observers:
            self.observe(sql)
        routed = self._routed(sql, work, writes=writes, orphan=orphan)
        return routed if self.configuration.timeout is None else self._timed(routed)

    async def _timed(self, work: Coroutine[Any, Any, T]) -> T:
        with self.in_time("a statement"):
            return await work

    def _routed(
        self, sql: str, work: "Work[T]", *, writes: bool | None, orphan: "Callable[[T], object] | None"
    ) -> Coroutine[Any, Any, T]:
        """How one statement is run: in the scope that the task is in, or on its own, in its turn if it needs one."""
        scope = current_transaction(self)
        if scope is not None:
            return self._inside(scope, sql, work, writes=writes, orphan=orphan)
        writer = self.writer if writes else None
        if writer is not None:
            return self._in_turn(writer, sql, work, orphan)
        if self._waits_for_locks:
            return self._alone(sql, work, orphan)
        return self.patiently(lambda: self._alone(sql, work, orphan))

    async def _inside(
        self,
        scope: Transaction,
        sql: str,
        work: "Work[T]",
        *,
        writes: bool | None,
        orphan: "Callable[[T], object] | None",
    ) -> T:
        """Run one statement on the connection of a scope."""
        if writes and scope.read_only:
            raise ReadOnly("a write came to a transaction that was opened with read_only=True", sql=sql)
        if writes is None and scope.read_only and self.dialect.only_reads is not None:
            return await scope.run(lambda connection: self._only_reading(connection, work, orphan))
        return await scope.run(lambda connection: self.call(connection, work, orphan), writes=writes is not False)

    async def _in_turn(
        self, writer: runtime.Turnstile, sql: str, work: "Work[T]", orphan: "Callable[[T], object] | None"
    ) -> T:
        """Run one statement that writes on a connection of its own, after the other writers of this process."""
        write = Write(sql)
        await take_turn(writer, write, timeout=self.configuration.lock_timeout, sql=sql)
        try:
            return await self.patiently(lambda: self._alone(sql, work, orphan, write))
        finally:
            writer.leave(write)

    async def _alone(
        self, sql: str, work: "Work[T]", orphan: "Callable[[T], object] | None", write: Write | None = None
    ) -> T:
        """Run one statement on a connection of its own, which a `write` that has its turn is told of."""
        lender = self.lender()
        lease = lender.lend(sql) or await lender.acquire(sql)
        if write is not None:
            write.connection = lease.connection
        try:
            return await self._called(lease.connection, work, orphan)
        except (ConnectionLost, ReadOnly) as error:
            self._suspect(lease.connection, error)
            raise
        finally:
            lender.release(lease)

    async def _only_reading(self, connection: Connection, work: "Work[T]", orphan: "Callable[[T], object] | None") -> T:
        """Run a statement that nobody knows, and have the engine refuse it if it writes."""
        assert self.dialect.only_reads is not None
        before, after = self.dialect.only_reads
        try:
            await self.call(connection, lambda c: c.execute(before, ()))
            return await self.call(connection, work, orphan)
        except GeneratorExit:
            # its loop is gone: nothing can be waited for, and the connection must not be left like this
            connection.terminate()
            raise
        finally:
            if connection.usable():
                await self._finish(connection, _executed(connection, after), self.configuration.close_timeout)

    async def call(self, connection: Connection, work: "Work[T]", orphan: "Callable[[T], object] | None" = None) -> T:
        """Run a verb of a connection, which a cancellation breaks off. A value that came all the same goes to `orphan`."""
        try:
            return await self._called(connection, work, orphan)
        except (ConnectionLost, ReadOnly) as error:
            self._suspect(connection, error)
            raise

    def _called(
        self, connection: Connection, work: "Work[T]", orphan: "Callable[[T], object] | None"
    ) -> Coroutine[Any, Any, T]:
        host = runtime.host(asyncio_only=self._asyncio_only)
        bound = self.configuration.close_timeout
        return host.call(work(connection), orphan=orphan, grace=bound, terminate=connection.terminate)

    def _suspect(self, connection: Connection, error: "ConnectionLost | ReadOnly") -> None:
        """Have the pool hear of a failure that its other connections may share."""
        scope = current_transaction(self)
        lender = self._shared or self._pools.peek()
        if lender is not None and not (isinstance(error, ReadOnly) and scope is not None and scope.read_only):
            lender.suspect(connection, error)

    # what a transaction, or a stream, needs

    def observe(self, sql: str) -> None:
        """Tell the observers of what is about to be sent."""
        for observer in self.observers:
            observer(sql)

    def lender(self) -> Lender:
        """What lends connections to the running loop or thread."""
        self.notice_fork()
        if self._retired:
            raise UsageError(f"connection {self.configuration.name!r} was configured anew; begin again from its models")
        return self._shared or self._pools.peek() or self._pools.get()

    @property
    def writer(self) -> runtime.Turnstile | None:
        """What all writers of this process take turns on, where the engine allows but one."""
        return None if self._writer_key is None else writer_turn(self._writer_key)

    @cached_property
    def _writer_key(self) -> str | None:
        return self.driver.writer_key(self.configuration)

    def in_time(self, what: str) -> AbstractContextManager[object]:
        """A block that takes no longer than the `timeout` of the configuration; DeadlineExceeded says that `what` did."""
        limit = self.configuration.timeout
        return _NO_LIMIT if limit is None else bounded(limit, f"{what} on connection {self.configuration.name!r}")

    async def send(
        self, connection: Connection, *sql: str, bound: float | None = None, done: Callable[[], object] | None = None
    ) -> None:
        """Run statements that no cancellation may break off; after `bound` seconds the connection is ended.

        Without a bound `close_timeout` is it. `done` is called at once when they have succeeded.
        """
        for observer, text in product(self.observers, sql):
            observer(text)

        async def work() -> None:
            for text in sql:
                await connection.execute(text, ())
            if done is not None:
                done()

        await self._finish(connection, work(), bound or self.configuration.close_timeout)

    async def commit(
        self,
        connection: Connection,
        *,
        done: Callable[[], object],
        mark: str,
        marked: Callable[[Row], object],
    ) -> None:
        """Run COMMIT, which no cancellation may break off; before it, where there is a `mark`, the query that `marked` is told.

        The mark is part of it, which observers are not told.
        """
        for observer in self.observers:
            observer("COMMIT")

        async def work() -> None:
            if mark:
                marked((await connection.fetch(mark, ()))[0])
            await connection.execute("COMMIT", ())
            done()

        await self._finish(connection, work(), self.configuration.commit_timeout)

    async def _finish(self, connection: Connection, work: Coroutine[Any, Any, None], bound: float) -> None:
        host = runtime.host(asyncio_only=self._asyncio_only)
        try:
            await host.finish(work, bound=bound, terminate=connection.terminate)
        except (ConnectionLost, ReadOnly) as error:
            self._suspect(connection, error)
            raise

    async def ask(self, connection: Connection, sql: str, binds: Binds) -> list[Row]:
        """The rows of a query of the library's own on this connection."""
        return await self.call(connection, lambda c: c.fetch(sql, binds))

    async def patiently(self, attempt: "Callable[[], Coroutine[Any, Any, T]]") -> T:
        """Run what may find a lock taken, again and again until `lock_timeout`, where the engine does not queue.

        The pause is ours, so it can be cancelled, and other tasks run meanwhile.
        """
        if self._waits_for_locks:
            return await attempt()
        until = time.monotonic() + self.configuration.lock_timeout
        pause = FIRST_PAUSE
        while True:
            try:
                return await attempt()
            except LockTimeout:
                if time.monotonic() + pause > until:
                    raise
            await runtime.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    # the end

    async def fill(self) -> None:
        """Open connections for the running loop or thread, until `min_size` are there. Raises ConnectionFailed."""
        await self.lender().fill()

    def statistics(self) -> PoolStatistics:
        """Of the pool of the running loop or thread."""
        self.notice_fork()
        lender = self._shared or self._pools.peek()
        return PoolStatistics(max_size=self.configuration.max_size) if lender is None else lender.statistics()

    async def close(self) -> None:
        """End the connections of the running loop in good order, and all others at once. The next statement opens anew."""
        try:
            await self._pools.aclose()
        finally:
            self._discard()
            self.terminate_shared()
            self._share_anew()

    def retire(self) -> None:
        """End every idle connection at once, and what is still lent as it comes back. Nothing more may be sent."""
        self._retired = True
        self._discard()
        self.terminate_shared()

    def _discard(self) -> None:
        own = self._pools.discard()
        if own is not None:
            self._end_pool(own)

    def _end_pool(self, pool: LoopPool) -> None:
        if self._retired:
            pool.retire()
        else:
            pool.terminate()

    def terminate_shared(self) -> None:
        """End the connection that belongs to the whole process, if there is one."""
        if self._shared is not None and self._pid == os.getpid():
            self._shared.terminate()

    def notice_fork(self) -> None:
        """In a child process nothing of the parent's may be touched, not even closed."""
        if self._pid != os.getpid():
            self._pid = os.getpid()
            self.catalog.notice_fork()
            self._share_anew()

    def _share_anew(self) -> None:
        if self._shared is not None:
            self._shared = SharedConnection(self.configuration, self.driver)


_NO_LIMIT = nullcontext()


async def _dialect_of(connection: Connection) -> Dialect:
    return connection.dialect


async def _executed(connection: Connection, sql: str) -> None:
    await connection.execute(sql, ())


def _writes(statement: Node) -> bool | None:
    """Whether a statement writes; None where nobody knows."""
    if isinstance(statement, Explain):
        return statement.analyze and _writes(statement.query)
    if isinstance(statement, RawStatement):
        return statement.writes
    if isinstance(statement, Select):
        tables = statement.tables
        return bool(tables) and any(isinstance(table.query, Insert | Update | Delete) for table in tables)
    return isinstance(statement, Insert | Update | Delete)


# the registry of configurations, one for the whole process

_databases: dict[str, Database] = {}
_lock = threading.Lock()


def _unlock() -> None:
    """In a forked child: a thread of the parent's may have held the lock."""
    global _lock  # noqa: PLW0603  # a lock cannot be made new in place
    _lock = threading.Lock()


on_fork(_unlock)


def configure(settings: "Settings | Mapping[str, Settings]") -> tuple[str, ...]:
    """Set the connections of the process: a URL or a dict of settings for `default`, or a dict of these by name.

    Nothing is opened. Connections that are configured anew end at once; the others stay. Gives the names that were set.
    Raises ConfigurationError before anything is changed.
    """
    fresh = {name: _prepared(name, given) for name, given in _named(settings)}
    with _lock:
        old = [_databases.pop(name) for name in fresh if name in _databases]
        _databases.update(fresh)
    for replaced in old:
        replaced.retire()
    return tuple(fresh)


def _prepared(name: str, settings: Settings) -> Database:
    configuration = Configuration.read(name, settings)
    driver = find_driver(configuration)
    return Database(check(configuration, driver), driver)


def _named(settings: "Settings | Mapping[str, Settings]") -> Iterator[tuple[str, Settings]]:
    if isinstance(settings, str):
        yield "default", settings
        return
    if not isinstance(settings, Mapping) or not settings:
        raise ConfigurationError("configure takes a URL, or a dict of URLs or dicts by connection name")
    if (
        "driver" in settings
        or settings.keys() <= COMMON_KEYS
        or not all(isinstance(value, str | Mapping) for value in settings.values())
    ):
        yield "default", settings
        return
    for name, given in settings.items():
        if not isinstance(name, str):
            raise ConfigurationError(f"the name of a connection is text, got {type(name).__name__}")
        yield name, given


def database(name: str = "default") -> Database:
    """The database configured under a name. Raises ConfigurationError."""
    found = _databases.get(name)
    if found is None:
        if not _databases:
            raise ConfigurationError("no connection is configured: ActiveRecord.configure('sqlite:///shop.db')")
        raise ConfigurationError(f"no connection is called {name!r}; {nearest(name, _databases)}")
    return found


def databases() -> Mapping[str, Database]:
    """All databases that are configured now, by name."""
    return dict(_databases)


def pool_statistics(connection: str = "default") -> PoolStatistics:
    """What the pool of a connection has and has done: that of the running event loop, in plain sync code the thread's.

    All zero where none was needed yet. A database in memory has one connection for all, and `max_size` 1. Waits for
    nothing. Raises ConfigurationError where no connection has the name.
    """
    return database(connection).statistics()


@atexit.register
def _at_exit() -> None:
    """What belongs to no loop or thread, and so ends with none of them: the databases in memory."""
    for found in _databases.values():
        found.terminate_shared()


def forget(names: Iterable[str]) -> None:
    """Take configurations out of the registry and end their connections at once."""
    with _lock:
        gone = [_databases.pop(name) for name in names if name in _databases]
    for database_ in gone:
        database_.retire()
