"""Transactions: kept, undone, nested, run again, and those whose end is waited for."""

from typing import Any

from activerecord import DeadlineExceeded, SerializationFailure, async_execute, deadline
from activerecord.database import database
from activerecord.testing.sweep import Outcome
from tests.feature.busy import BRIEF
from tests.stress.scenes.scene import OLD, Item, Scene, all_or_nothing
from tests.stress.soundness import lent, sent

__all__ = [
    "Callbacks",
    "InTime",
    "Nested",
    "OutOfTime",
    "ReadOnly",
    "Retried",
    "RolledBack",
    "Slow",
    "Transaction",
]


class Transaction(Scene):
    def __init__(self) -> None:
        self.items: list[Item] = []

    async def prepare(self) -> None:
        await super().prepare()
        self.items = [await Item.async_find(1), Item()]

    async def act(self) -> Any:
        async with Item.async_transaction():
            for item in self.items:
                item.name = "new"
                await item.async_save()

    async def wrong(self, outcome: Outcome) -> str | None:
        there = await self.names()
        if wrong := all_or_nothing(outcome, there, ["new", "old", "old", "new"]):
            return wrong
        committed = len(there) == 4
        if self.items[1].is_new is committed or (self.items[0].was("name") == "new") is not committed:
            return f"the records do not know whether it was committed: the rows are {there}"
        for item in self.items:
            item.name = "newer"
            await item.async_save()
        return None if await self.names() == ["newer", "old", "old", "newer"] else "saving again went wrong"


class Nested(Scene):
    async def act(self) -> Any:
        async with Item.async_transaction():
            await Item.async_create(name="outer")
            async with Item.async_transaction():
                await Item.async_create(name="inner")
            async with Item.async_transaction() as third:
                await Item.async_create(name="undone")
                third.rollback()

    async def wrong(self, outcome: Outcome) -> str | None:
        return all_or_nothing(outcome, await self.names(), ["old", "old", "old", "outer", "inner"])


class Slow(Scene):
    """A statement that takes long enough to be stopped on its way, after a write. For servers: SQLite's would only cost time."""

    async def act(self) -> Any:
        async with Item.async_transaction():
            await Item.async_create(name="new")
            await database().execute_text(BRIEF[database().dialect.name])

    async def wrong(self, outcome: Outcome) -> str | None:
        return all_or_nothing(outcome, await self.names(), ["old", "old", "old", "new"])


class RolledBack(Scene):
    """By request: no exception leaves the scope."""

    async def act(self) -> Any:
        async with Item.async_transaction() as tx:
            await Item.async_create(name="undone")
            tx.rollback()


class ReadOnly(Scene):
    """A statement that nobody knows has the engine look out while it runs (SQLite), and no longer."""

    async def act(self) -> Any:
        async with Item.async_transaction(read_only=True):
            assert (await async_execute("WITH a AS (SELECT 3 AS n) SELECT n FROM a")).scalar() == 3
            assert await Item.query().async_count() == len(await Item.query().async_all()) == 3


class Callbacks(Scene):
    """They wait themselves, outside of the transaction, and each is called whatever becomes of the one before."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.due = 0

    async def prepare(self) -> None:
        await super().prepare()
        self.told.clear()
        self.due = 0

    async def act(self) -> Any:
        async with Item.async_transaction() as tx:
            for _ in range(2):
                tx.after_commit(self.committed)
                tx.after_rollback(self.rolled_back)
                self.due += 1
            await Item.async_create(name="new")

    async def committed(self) -> None:
        self.told.append("committed")
        assert len(await self.names()) == 4

    async def rolled_back(self) -> None:
        self.told.append("rolled back")
        assert await self.names() == OLD

    async def wrong(self, outcome: Outcome) -> str | None:
        names = await self.names()
        if wrong := all_or_nothing(outcome, names, [*OLD, "new"]):
            return wrong
        right = ["committed" if len(names) == 4 else "rolled back"] * self.due
        return None if self.told == right else f"the rows are {names}, and {self.told} was told"


class Retried(Scene):
    """The first attempt meets another's work, and the whole is run again."""

    def __init__(self) -> None:
        self.attempts = 0

    async def prepare(self) -> None:
        await super().prepare()
        self.attempts = 0

    async def act(self) -> Any:
        isolation = "repeatable read" if database().dialect.name == "postgresql" else None
        await Item.async_run_transaction(self.work, isolation=isolation)
        assert self.attempts == 2

    async def work(self) -> None:
        self.attempts += 1
        item = await Item.async_find(1)
        await Item.async_create(name="made")
        if self.attempts == 1:
            await self.meet()
        item.name = "new"
        await item.async_save()

    async def meet(self) -> None:
        """PostgreSQL tells of a row that another has written since. Elsewhere one alone meets nobody."""
        if database().dialect.name != "postgresql":
            raise SerializationFailure("another was in the way", sql="")
        async with lent(database()) as lease:
            await sent(database(), lease, "UPDATE items SET name = name WHERE id = 1 RETURNING id")

    async def wrong(self, outcome: Outcome) -> str | None:
        return all_or_nothing(outcome, await self.names(), ["new", "old", "old", "made"])


class InTime(Scene):
    """There is time enough, by a bound of the scope's and by one around it: neither is what a cancellation becomes."""

    async def act(self) -> Any:
        with deadline(57):
            async with Item.async_transaction(timeout=57):
                await Item.async_create(name="new")

    async def wrong(self, outcome: Outcome) -> str | None:
        return all_or_nothing(outcome, await self.names(), [*OLD, "new"])


class OutOfTime(Scene):
    """Time is up in the middle of a statement, if no cancellation was quicker. For servers, as `Slow` is."""

    async def act(self) -> Any:
        try:
            async with Item.async_transaction(timeout=0.01):
                await Item.async_create(name="undone")
                await database().execute_text(BRIEF[database().dialect.name])
        except DeadlineExceeded:
            return
        raise AssertionError("it went on for longer than it had time")
