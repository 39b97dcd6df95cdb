"""What is known of a database's tables: each read when it is first needed, and again where there is reason to."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Protocol, TypeAlias, TypeVar

from activerecord import runtime
from activerecord.driver import Binds, Result
from activerecord.errors import ActiveRecordError, DatabaseError, SchemaChanged, SyntaxError_
from activerecord.schema.reflection import Reading
from activerecord.schema.storage import NOTHING_KEPT, Storage
from activerecord.schema.table import Table
from activerecord.sql.cache import CachedTable
from activerecord.transaction import Transactional, current_transaction

__all__ = ["Catalog", "Described"]

T = TypeVar("T")

# a table's schema, or None for the connection's own, and its name
Key: TypeAlias = tuple[str | None, str]


class Described(Transactional, Protocol):
    """A database, as far as its tables are to be read."""

    async def execute_text(self, sql: str, binds: Binds = (), *, writes: bool | None = None) -> Result:
        """All that a statement in the engine's own words answers."""
        ...

    def notice_fork(self) -> None:
        """In a child process, let go of what is the parent's."""
        ...


class Catalog:
    """The tables of one database, as far as they were read; those that models declare are not among them."""

    def __init__(self, database: Described) -> None:
        self._database = database
        self._tables: dict[Key, Table] = {}
        self._doubted: dict[Key, object] = {}
        self._reading: dict[Key, runtime.Turnstile] = {}
        self._storages: dict[Key, Storage] = {}

    def notice_fork(self) -> None:
        """In a child process: whoever was reading is not there."""
        self._reading = {}

    async def table(self, name: str, schema: str | None = None) -> Table:
        """A table as the database describes it; read once, by the first that asks. Raises UnknownTable."""
        key = schema, name
        found = self._sure(key)
        if found is not None:
            return found
        scope = current_transaction(self._database)
        if scope is not None:
            before = self._tables.get(key)
            # waiting for another's reading here could be waiting for the connection that this task holds itself
            table = await self._read(key)
            if table is not before:
                # what was made inside goes with it
                scope.on_undo(lambda: self._undo_reading(key, before))
            return table
        self._database.notice_fork()
        turn = self._reading.setdefault(key, runtime.Turnstile())
        try:
            await turn.enter(self, timeout=self._database.configuration.acquire_timeout)
        except TimeoutError:
            # whoever is at it is stuck; reading it twice does no harm
            return await self._read(key)
        try:
            return self._sure(key) or await self._read(key)
        finally:
            turn.leave()

    def known_table(self, name: str, schema: str | None = None) -> Table | None:
        """A table that was read already."""
        return self._tables.get((schema, name))

    def forget(self) -> None:
        """Have every table read again when it is next needed."""
        # what is being read at this moment may be of before, and goes into the old dict
        self._tables, self._doubted, self._storages = {}, {}, {}

    async def storage(self, table: Table) -> Storage:
        """What a table keeps as it is written, as the database says; asked once, and again when the table is read again."""
        key = table.schema, table.name
        found = self._storages.get(key)
        if found is None:
            storages, reader = self._storages, self._database.driver.reader.read_storage
            found = NOTHING_KEPT if reader is None else await self._inspect(reader(table.name, table.schema))
            storages[key] = found
        return found

    def doubts(self, table: Table) -> bool:
        """Whether there is reason to read a table again before it is used."""
        return (table.schema, table.name) in self._doubted

    def _sure(self, key: Key) -> Table | None:
        """A table that was read, unless there is reason to read it again."""
        return None if key in self._doubted else self._tables.get(key)

    def _undo_reading(self, key: Key, before: Table | None) -> None:
        if before is None:
            self._tables.pop(key, None)
        else:
            self._doubted[key] = object()

    async def _read(self, key: Key) -> Table:
        schema, name = key
        tables, doubted = self._tables, self._doubted
        doubt = doubted.get(key)
        found: Table = await self._inspect(self._database.driver.reader.read_table(name, schema))
        # as the program spells it: an engine may find a table whatever the case of its name
        table, before = replace(found, name=name, is_read=True), tables.get(key)
        if before is not None and before == table:
            # what was compiled for it holds
            table = before
        tables[key] = table
        self._storages.pop(key, None)
        # a doubt that came up meanwhile is about a later moment
        if doubted.get(key) is doubt:
            doubted.pop(key, None)
        return table

    async def again_if_altered(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """What `attempt` gives; it is run once more where a table had been altered, and nothing of the first run was done.

        It finds out what it needs to know of tables by itself. In a scope that the first run has ended SchemaChanged is raised.
        """
        try:
            return await attempt()
        except SchemaChanged:
            if not self.may_try_again():
                raise
        return await attempt()

    def may_try_again(self) -> bool:
        """Whether what has failed with SchemaChanged may be run once more: not in a scope that it has ended."""
        scope = current_transaction(self._database)
        return scope is None or not scope.is_broken()

    async def doubt(self, error: DatabaseError, tables: Sequence[CachedTable], *, writes: bool | None = False) -> None:
        """Look whether the error comes of tables that were altered since they were read. Raises SchemaChanged if so.

        Then nothing of the statement was done. Tables that models declare are not looked at. Where no question can be asked
        now, they are read again when they are needed next.
        """
        read = [table for table in tables if isinstance(table, Table) and table.is_read]
        for table in read:
            if self._tables.get((table.schema, table.name)) is table:
                self._doubted[table.schema, table.name] = object()
        scope = current_transaction(self._database)
        if scope is not None and scope.is_broken():
            # the server has told which column it does not know, and a table had it when it was read
            gone = error.columns if isinstance(error, SyntaxError_) else ()
            altered = any(name in table.columns for table in read for name in gone)
        elif writes is not False and not isinstance(error, SyntaxError_):
            # some of the rows may be written, where a table takes no part in transactions
            return
        else:
            altered = await self._altered(read, error)
        if altered and not isinstance(error, SchemaChanged):
            raise SchemaChanged(
                f"a table was altered since it was read: {error}", sql=error.sql, code=error.code, columns=error.columns
            ) from error

    async def _altered(self, read: Sequence[Table], error: DatabaseError) -> bool:
        """Whether any of these tables is not what it was any more."""
        found = False
        for table in read:
            try:
                found = await self.table(table.name, table.schema) is not table or found
            except ActiveRecordError as failure:
                # the statement's own error says more; that there is no such table, too
                error.add_note(f"table {table.name!r} could not be read again: {type(failure).__name__}")
        return found

    async def _inspect(self, reader: Reading[T]) -> T:
        """Run a reader of the schema: it yields statements and is sent their rows."""
        try:
            sql, binds = next(reader)
            while True:
                result = await self._database.execute_text(sql, binds, writes=False)
                sql, binds = reader.send(result.rows)
        except StopIteration as read:
            found: T = read.value
            return found
