"""What the sweep cancels: one operation each, what it finds beforehand, and what it may leave."""

from abc import ABC, abstractmethod
from itertools import count
from typing import Any

import anyio
from anyio.abc import TaskStatus

from activerecord import ActiveRecord, Column, HasMany, Undeclared, async_create_tables, column, gather, has_many
from activerecord.database import database
from activerecord.testing.sweep import Outcome
from tests.feature.busy import BRIEF

__all__ = ["BRIEFLY", "ON_SERVERS", "SCENES", "Scene"]


class Item(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    name: Column[str]
    parts: HasMany["Part"] = has_many()


class Part(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    item_id: Column[int] = column(references="items.id")


class Plain(Undeclared):
    __table_name__ = "items"


# A write on its own that was cancelled may have been kept, and asyncpg, which stops it, does not say: the record takes it
# for not done then. Other drivers tell.
UNTOLD = frozenset({"asyncpg"})


class Scene(ABC):
    """Three items stand in the table before each run, the first with two parts."""

    @staticmethod
    async def build() -> None:
        await async_create_tables(Item, Part)
        # A server does not count keys that it has not made itself.
        for _ in range(3):
            await Item.async_create(name="first")

    async def prepare(self) -> None:
        async with Item.async_transaction():
            for table in ("parts", "items"):
                await database().execute_text(f"DELETE FROM {table}")
            await Item.async_insert_all({"id": number, "name": "old"} for number in (1, 2, 3))
            await Part.async_insert_all({"id": number, "item_id": 1} for number in (1, 2))

    @abstractmethod
    async def act(self) -> Any: ...

    async def wrong(self, outcome: Outcome) -> str | None:
        """What is wrong with the rows, after the operation has ended so."""
        names = await self.names()
        return None if names == ["old", "old", "old"] else f"the rows have become {names}"

    async def names(self) -> list[str]:
        return await Item.query().order_by("id").async_pluck(Item.name)


def _all_or_nothing(outcome: Outcome, names: list[str], everything: list[str]) -> str | None:
    allowed = [everything] if outcome.kind == "returned" else [everything, ["old", "old", "old"]]
    return None if names in allowed else f"{outcome.kind}, and the rows are {names}"


def _is_untold(outcome: Outcome) -> bool:
    """Whether a record need not know that its write was kept."""
    return outcome.kind == "cancelled" and database().driver.name in UNTOLD


class Insert(Scene):
    def __init__(self) -> None:
        self.item = Item()

    async def prepare(self) -> None:
        await super().prepare()
        self.item = Item(name="new")

    async def act(self) -> Any:
        return await self.item.async_save()

    async def wrong(self, outcome: Outcome) -> str | None:
        there = await self.names()
        if wrong := _all_or_nothing(outcome, there, ["old", "old", "old", "new"]):
            return wrong
        if _is_untold(outcome) and self.item.is_new and len(there) == 4:
            return None
        if self.item.is_new != (len(there) == 3):
            return f"is_new is {self.item.is_new}, and the rows are {there}"
        self.item.name = "newer"
        await self.item.async_save()
        again = await self.names()
        return None if again == ["old", "old", "old", "newer"] else f"saved again, the rows are {again}"


class Update(Scene):
    def __init__(self) -> None:
        self.item = Item()

    async def prepare(self) -> None:
        await super().prepare()
        self.item = await Item.async_find(2)
        self.item.name = "new"

    async def act(self) -> Any:
        return await self.item.async_save()

    async def wrong(self, outcome: Outcome) -> str | None:
        there = await self.names()
        if wrong := _all_or_nothing(outcome, there, ["old", "new", "old"]):
            return wrong
        if self.item.was("name") != there[1] and not (_is_untold(outcome) and there[1] == "new"):
            return f"the record takes {self.item.was('name')!r} for the row's, which is {there[1]!r}"
        await self.item.async_save()
        return None if await self.names() == ["old", "new", "old"] else "saving again went wrong"


class Delete(Scene):
    def __init__(self) -> None:
        self.item = Item()

    async def prepare(self) -> None:
        await super().prepare()
        self.item = await Item.async_find(3)

    async def act(self) -> Any:
        return await self.item.async_delete()

    async def wrong(self, outcome: Outcome) -> str | None:
        there = await self.names()
        if wrong := _all_or_nothing(outcome, there, ["old", "old"]):
            return wrong
        if _is_untold(outcome) and not self.item.is_new and len(there) == 2:
            return None
        if self.item.is_new != (len(there) == 2):
            return f"is_new is {self.item.is_new}, and the rows are {there}"
        self.item.name = "again"
        await self.item.async_save()
        return None if await self.names() == ["old", "old", "again"] else "saving again went wrong"


class Find(Scene):
    async def act(self) -> Any:
        assert (await Item.async_find(2)).name == "old"


class All(Scene):
    async def act(self) -> Any:
        assert len(await Item.query().async_all()) == 3


class Unprepared(Scene):
    """A text that the server has not read before."""

    numbers = count(1)

    async def act(self) -> Any:
        found = await database().execute_text(f"SELECT name FROM items WHERE id < {1000 + next(self.numbers)}")
        assert len(found.rows) >= 3


class With(Scene):
    async def act(self) -> Any:
        items = await Item.query().with_("parts").order_by("id").async_all()
        assert [len(item.parts) for item in items] == [2, 0, 0]


class Gather(Scene):
    async def act(self) -> Any:
        found = await gather(Item.async_find(1), Item.query().async_count(), Part.query().async_all())
        assert (found[0].id, found[1], len(found[2])) == (1, 3, 2)


class InsertAll(Scene):
    async def act(self) -> Any:
        await Item.async_insert_all({"name": "new"} for _ in range(20))

    async def wrong(self, outcome: Outcome) -> str | None:
        return _all_or_nothing(outcome, await self.names(), ["old"] * 3 + ["new"] * 20)


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
        if wrong := _all_or_nothing(outcome, there, ["new", "old", "old", "new"]):
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
        return _all_or_nothing(outcome, await self.names(), ["old", "old", "old", "outer", "inner"])


class FirstReading(Scene):
    async def prepare(self) -> None:
        await super().prepare()
        database().forget_tables()

    async def act(self) -> Any:
        plain = await Plain.async_find(3)
        assert plain.name == "old"

    async def wrong(self, outcome: Outcome) -> str | None:
        if (await Plain.async_find(1)).name != "old":
            return "the table cannot be read any more"
        return await super().wrong(outcome)


class Opening(Scene):
    """Nothing is open beforehand; a database in memory is a new one each time."""

    async def prepare(self) -> None:
        if database().driver.shared(database().configuration):
            await async_create_tables(Item, Part, if_not_exists=True)
        await super().prepare()
        await database().close()

    async def act(self) -> Any:
        await database().execute_text("SELECT 57")

    async def wrong(self, outcome: Outcome) -> str | None:
        return None


class Slow(Scene):
    """A statement that takes long enough to be stopped on its way, after a write. For servers: SQLite's would only cost time."""

    async def act(self) -> Any:
        async with Item.async_transaction():
            await Item.async_create(name="new")
            await database().execute_text(BRIEF[database().dialect.name])

    async def wrong(self, outcome: Outcome) -> str | None:
        return _all_or_nothing(outcome, await self.names(), ["old", "old", "old", "new"])


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
        return _all_or_nothing(outcome, await self.names(), ["old", "old", "old", "new"])


SCENES: tuple[type[Scene], ...] = (
    Insert,
    Update,
    Delete,
    Find,
    All,
    Unprepared,
    With,
    Gather,
    InsertAll,
    Transaction,
    Nested,
    FirstReading,
    Opening,
    Queueing,
)
ON_SERVERS: tuple[type[Scene], ...] = (*SCENES, Slow)
# Those in which a loop can make a difference: it opens connections, runs tasks beside each other, and closes connections.
BRIEFLY: tuple[type[Scene], ...] = (Opening, Gather, Queueing, Transaction, Slow)
