"""Rows read: with what is to be known before, and with what goes along."""

from itertools import count
from typing import Any

from activerecord import Undeclared
from activerecord.database import database
from activerecord.testing.sweep import Outcome
from tests.stress.scenes.scene import Item, Scene

__all__ = ["All", "Find", "FirstReading", "LazyLoad", "Unprepared", "With"]


class Plain(Undeclared):
    __table_name__ = "items"


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


class FirstReading(Scene):
    async def prepare(self) -> None:
        await super().prepare()
        database().catalog.forget()

    async def act(self) -> Any:
        plain = await Plain.async_find(3)
        assert plain.name == "old"

    async def wrong(self, outcome: Outcome) -> str | None:
        if (await Plain.async_find(1)).name != "old":
            return "the table cannot be read any more"
        return await super().wrong(outcome)


class LazyLoad(Scene):
    """Relations of records that were read before: for all of them at once."""

    def __init__(self) -> None:
        self.items: list[Item] = []

    async def prepare(self) -> None:
        await super().prepare()
        self.items = await Item.query().order_by("id").async_all()

    async def act(self) -> Any:
        assert [part.id for part in await self.items[0].parts] == [1, 2]
        assert not self.items[2].parts

    async def wrong(self, outcome: Outcome) -> str | None:
        if [len(await item.parts) for item in self.items] != [2, 0, 0]:
            return "the relation was read by half"
        return await super().wrong(outcome)
