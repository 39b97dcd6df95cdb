"""Several operations at once: beside each other, and in turns inside a transaction."""

from typing import Any

from activerecord import gather, parallel
from activerecord.testing.sweep import Outcome
from tests.stress.scenes.scene import OLD, Item, Part, Scene, all_or_nothing

__all__ = ["Gather", "GatherInside", "Parallel"]


class Gather(Scene):
    async def act(self) -> Any:
        found = await gather(Item.async_find(1), Item.query().async_count(), Part.query().async_all())
        assert (found[0].id, found[1], len(found[2])) == (1, 3, 2)


class GatherInside(Scene):
    """They take turns on the transaction's connection."""

    async def act(self) -> Any:
        async with Item.async_transaction():
            made = await gather(*(Item.async_create(name="new") for _ in range(3)), limit=2)
            assert len(made) == 3

    async def wrong(self, outcome: Outcome) -> str | None:
        return all_or_nothing(outcome, await self.names(), [*OLD, "new", "new", "new"])


class Parallel(Scene):
    """A group whose results are asked for inside and afterwards."""

    async def act(self) -> Any:
        async with parallel(limit=2) as group:
            first = group.start(Item.async_find(1))
            number = group.start(Item.query().async_count())
            parts = group.start(Part.query().async_all())
            assert (await first.wait()).id == 1
        assert (number.result, len(parts.result)) == (3, 2)
