"""Connections opened, waited for, tried and closed."""

from collections.abc import Mapping
from typing import Any, ClassVar

import anyio
from anyio.abc import TaskStatus

from activerecord import async_close, async_create_tables, connected
from activerecord.database import database, databases
from activerecord.pool import LoopPool
from activerecord.testing.sweep import Outcome
from tests.stress.scenes.scene import Item, Part, Scene, all_or_nothing
from tests.stress.soundness import lent, sent

__all__ = ["Asked", "Careless", "Close", "Connected", "Expired", "Opening", "Queueing"]


class Opening(Scene):
    """Nothing is open beforehand; a database in memory is a new one each time."""

    keeps = False

    async def prepare(self) -> None:
        if database().driver.shared(database().configuration):
            await async_create_tables(Item, Part, if_not_exists=True)
        await super().prepare()
        await database().close()

    async def act(self) -> Any:
        await database().execute_text("SELECT 57")

    async def wrong(self, outcome: Outcome) -> str | None:
        return None


class Queueing(Scene):
    """Others hold the right to write, or all connections, and give them back while the operation waits."""

    async def act(self) -> Any:
        async with anyio.create_task_group() as group:
            for _ in range(database().configuration.max_size if database().writer is None else 1):
                await group.start(self.hold)
            await Item.async_create(name="new")

    async def hold(self, *, task_status: TaskStatus[None]) -> None:
        async with Item.async_transaction():
            task_status.started()
            await anyio.sleep(0.001)

    async def wrong(self, outcome: Outcome) -> str | None:
        return all_or_nothing(outcome, await self.names(), ["old", "old", "old", "new"])


class Close(Opening):
    """Two connections are open and idle; a database in memory ends with its one."""

    async def prepare(self) -> None:
        await super().prepare()
        if not database().driver.shared(database().configuration):
            async with lent(database()), lent(database()):
                pass

    async def act(self) -> Any:
        await async_close()


class Connected(Scene):
    """A connection of another name, for as long as a program runs."""

    async def act(self) -> Any:
        # Another file: of one that is open twice SQLite keeps what it has closed, for the next who opens it.
        async with connected({"second": self.url.replace("test.db", "second.db")}):
            await database("second").execute_text("SELECT 57")

    async def wrong(self, outcome: Outcome) -> str | None:
        return "the connection is still configured" if "second" in databases() else await super().wrong(outcome)


class Asked(Scene):
    """Each connection was idle for long enough to be asked whether it lives."""

    settings: ClassVar[Mapping[str, object]] = {"ping_after": 0.00001}

    async def act(self) -> Any:
        assert (await Item.async_find(2)).name == "old"


class Expired(Scene):
    """Two connections have been idle for too long: they are ended in good order, and another is opened."""

    keeps = False

    async def prepare(self) -> None:
        await super().prepare()
        lender = database().lender()
        if not isinstance(lender, LoopPool):
            return
        async with lent(database()), lent(database()):
            pass
        # As a setting it would be the lot of those that are opened to prepare and to judge, too.
        shelf = lender._shelf  # pyright: ignore[reportPrivateUsage]
        for pooled in shelf._idle:  # pyright: ignore[reportPrivateUsage]
            pooled.expires = shelf.due = 0.0

    async def act(self) -> Any:
        assert (await Item.async_find(2)).name == "old"


class Careless(Scene):
    """A connection comes back in the middle of a transaction, of which nobody knows any more."""

    keeps = False

    async def act(self) -> Any:
        async with lent(database()) as lease:
            for sql in ("BEGIN", "INSERT INTO items (id, name) VALUES (57, 'undone')"):
                await sent(database(), lease, sql)
