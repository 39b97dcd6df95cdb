"""A driver clamped into a bench: its verbs called through the host, as the library calls them."""

from collections.abc import AsyncGenerator, Coroutine, Iterable
from contextlib import asynccontextmanager
from functools import cached_property
from typing import Any, TypeVar

from activerecord.config import Configuration
from activerecord.driver import Connection, Cursor, Driver, Result, Row
from activerecord.runtime import host
from activerecord.sql.dialect import Terms
from activerecord.testing.contract.subject import Subject, Words
from activerecord.testing.runners import Runner

__all__ = ["Bench", "Link", "Pull"]

T = TypeVar("T")

# Seconds that the end of a transaction or of a connection may take.
BOUND = 5.0

TABLE = """CREATE TABLE contract_rows (
    id {key},
    name VARCHAR(200) NOT NULL UNIQUE,
    amount INTEGER,
    parent INTEGER,
    CONSTRAINT amount_not_negative CHECK (amount >= 0),
    FOREIGN KEY (parent) REFERENCES contract_rows (id)
)"""


class Link:
    """One connection. Texts have `?` for a bind, which becomes the dialect's own placeholder."""

    def __init__(self, driver: Driver, connection: Connection) -> None:
        self.driver = driver
        self.connection = connection

    async def call(self, work: Coroutine[Any, Any, T]) -> T:
        """What one of the connection's verbs gives, through the host."""
        host_ = host(asyncio_only=self.driver.asyncio_only)
        return await host_.call(work, terminate=self.connection.terminate)

    async def finish(self, work: Coroutine[Any, Any, T]) -> T:
        """The same for a verb that is never cancelled."""
        host_ = host(asyncio_only=self.driver.asyncio_only)
        return await host_.finish(work, bound=BOUND, terminate=self.connection.terminate)

    async def fetch(self, sql: str, *binds: Any) -> list[Row]:
        """The rows of a query."""
        return await self.call(self.connection.fetch(self.text(sql), list(binds)))

    async def execute(self, sql: str, *binds: Any) -> Result:
        """All that a statement answers."""
        return await self.call(self.connection.execute(self.text(sql), list(binds)))

    async def execute_many(self, sql: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Run a statement for each row of binds."""
        await self.call(self.connection.execute_many(self.text(sql), rows))

    async def open_cursor(self, sql: str, *binds: Any) -> "Pull":
        """A query whose rows are asked for as they are needed, in a transaction where the driver needs one."""
        if self.driver.cursors_need_transaction and not self.connection.in_transaction():
            await self.begin()
        return Pull(self, await self.call(self.connection.open_cursor(self.text(sql), list(binds))))

    async def value(self, sql: str, *binds: Any) -> Any:
        """The one value of the one row of a query."""
        rows = await self.fetch(sql, *binds)
        assert len(rows) == 1 and len(rows[0]) == 1, f"expected one value, got {len(rows)} rows"
        return rows[0][0]

    async def begin(self) -> None:
        """Begin a transaction that may write, in the dialect's words."""
        for sql in self.driver.dialect.begin(Terms()):
            await self.finish(self.connection.execute(sql, ()))

    async def end(self, word: str) -> None:
        """COMMIT or ROLLBACK."""
        await self.finish(self.connection.execute(word, ()))

    async def close(self) -> None:
        """Close the connection."""
        await self.finish(self.connection.close())

    async def count(self) -> int:
        """The number of rows in the table of the contract."""
        number: int = await self.value("SELECT count(*) FROM contract_rows")
        return number

    async def answers(self) -> None:
        """Require that the connection answers the question that it is asked, and not an earlier one."""
        for number in (57, 1057):
            assert await self.value(f"SELECT {number}") == number, "the connection answered another question"

    async def sound(self) -> None:
        """Require that the connection is out of its transaction and answers, or says that it is of no more use."""
        if not self.connection.usable():
            self.connection.terminate()
            return
        if self.connection.in_transaction():
            await self.end("ROLLBACK")
        assert not self.connection.in_transaction(), "still in a transaction after ROLLBACK"
        await self.answers()

    def text(self, sql: str) -> str:
        """The text with the dialect's placeholders."""
        first, *rest = sql.split("?")
        placeholder = self.driver.dialect.placeholder
        return first + "".join(placeholder(number) + part for number, part in enumerate(rest, 1))


class Pull:
    """A cursor on a link."""

    def __init__(self, link: Link, cursor: Cursor) -> None:
        self.link = link
        self.cursor = cursor

    async def fetch(self, count: int) -> list[Row]:
        """The next rows."""
        return await self.link.call(self.cursor.fetch(count))

    async def rest(self, count: int) -> list[Row]:
        """All rows that are still to come, so many at a time."""
        rows: list[Row] = []
        while batch := await self.fetch(count):
            assert all(type(row) is tuple for row in batch)
            rows += batch
            if len(batch) < count:
                break
        return rows

    async def close(self) -> None:
        """Close it."""
        await self.link.finish(self.cursor.close())


class Bench:
    """One subject under one runner, with a database of its own."""

    def __init__(self, subject: Subject, runner: Runner) -> None:
        self.subject = subject
        self.driver: Driver = subject.driver
        self.words: Words = subject.words
        self.runner = runner

    @cached_property
    def configuration(self) -> Configuration:
        """How to reach the database, which is made when it is first asked for."""
        configuration = self.subject.configure()
        assert self.driver.shared(configuration) == self.shared, "the driver and its subject differ about `shared`"
        return configuration

    @property
    def shared(self) -> bool:
        """Whether the database is in its one connection."""
        return self.subject.shared

    async def connect(self) -> Link:
        """Another connection to the database."""
        host_ = host(asyncio_only=self.driver.asyncio_only)
        return Link(self.driver, await host_.call(self.driver.connect(self.configuration), orphan=_terminate))

    @asynccontextmanager
    async def link(self, *, table: bool = True) -> AsyncGenerator[Link]:
        """A connection for the length of the block, with the table of the contract, empty."""
        link = await self.connect()
        try:
            if table:
                await link.execute("DROP TABLE IF EXISTS contract_rows")
                await link.execute(TABLE.format(key=self.words.key))
            yield link
        except BaseException:
            link.connection.terminate()
            raise
        await link.close()


def _terminate(connection: Connection) -> None:
    connection.terminate()
