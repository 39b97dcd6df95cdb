"""Streams with a body that saves, in a transaction and on a connection of their own."""

from typing import Any

from activerecord.database import database
from activerecord.testing.sweep import Outcome
from tests.stress.scenes.scene import OLD, Item, Scene, all_or_nothing

__all__ = ["Stream", "StreamInside"]


class Stream(Scene):
    """Each record is saved by itself; a database in memory has no second connection for that."""

    async def act(self) -> Any:
        saves = not database().driver.shared(database().configuration)
        async with Item.query().order_by("id").async_stream(batch=2) as items:
            async for item in items:
                item.name = "new"
                if saves:
                    await item.async_save()

    async def wrong(self, outcome: Outcome) -> str | None:
        names = await self.names()
        if database().driver.shared(database().configuration):
            return None if names == OLD else f"the rows have become {names}"
        saved = names.count("new")
        right = names == ["new"] * saved + ["old"] * (3 - saved) and (saved == 3 or outcome.kind != "returned")
        return None if right else f"{outcome.kind}, and the rows are {names}"


class StreamInside(Scene):
    """Its batches and the body's statements take turns, and all is kept or nothing."""

    async def act(self) -> Any:
        async with Item.async_transaction(), Item.query().order_by("id").async_stream(batch=2) as items:
            async for item in items:
                item.name = "new"
                await item.async_save()

    async def wrong(self, outcome: Outcome) -> str | None:
        return all_or_nothing(outcome, await self.names(), ["new"] * 3)
