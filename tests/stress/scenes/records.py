"""Records written, one at a time or many."""

from typing import Any

from activerecord.testing.sweep import Outcome
from tests.stress.scenes.scene import OLD, Item, Scene, all_or_nothing, is_untold

__all__ = ["Delete", "FindOrCreate", "Insert", "InsertAll", "Reload", "Update", "UpdateAll", "UpsertAll"]


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
        if wrong := all_or_nothing(outcome, there, ["old", "old", "old", "new"]):
            return wrong
        if is_untold(outcome) and self.item.is_new and len(there) == 4:
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
        if wrong := all_or_nothing(outcome, there, ["old", "new", "old"]):
            return wrong
        if self.item.was("name") != there[1] and not (is_untold(outcome) and there[1] == "new"):
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
        if wrong := all_or_nothing(outcome, there, ["old", "old"]):
            return wrong
        if is_untold(outcome) and not self.item.is_new and len(there) == 2:
            return None
        if self.item.is_new != (len(there) == 2):
            return f"is_new is {self.item.is_new}, and the rows are {there}"
        self.item.name = "again"
        await self.item.async_save()
        return None if await self.names() == ["old", "old", "again"] else "saving again went wrong"


class InsertAll(Scene):
    async def act(self) -> Any:
        await Item.async_insert_all({"name": "new"} for _ in range(20))

    async def wrong(self, outcome: Outcome) -> str | None:
        return all_or_nothing(outcome, await self.names(), ["old"] * 3 + ["new"] * 20)


class UpsertAll(Scene):
    """Two batches with an answer, so in a transaction; the second one finds a row."""

    async def act(self) -> Any:
        rows = [{"id": number, "name": "new"} for number in (4, 5, 3)]
        assert await Item.async_upsert_all(rows, returning=True, batch=2) == [4, 5, 3]

    async def wrong(self, outcome: Outcome) -> str | None:
        return all_or_nothing(outcome, await self.names(), ["old"] * 2 + ["new"] * 3)


class FindOrCreate(Scene):
    """There is none yet; it is looked for, made, and looked for again where another has made it meanwhile."""

    async def act(self) -> Any:
        assert not (await Item.async_find_or_create_by(id=57, name="new")).is_new

    async def wrong(self, outcome: Outcome) -> str | None:
        if wrong := all_or_nothing(outcome, await self.names(), [*OLD, "new"]):
            return wrong
        found = await Item.async_create_or_find_by(id=57, name="new")
        return None if (found.id, await self.names()) == (57, [*OLD, "new"]) else "it is not found again"


class UpdateAll(Scene):
    """Rows changed by a query, of which there are so many as its limit says."""

    async def act(self) -> Any:
        return await Item.query().order_by("id desc").limit(2).async_update_all(name="new")

    async def wrong(self, outcome: Outcome) -> str | None:
        return all_or_nothing(outcome, await self.names(), ["old", "new", "new"])


class Reload(Scene):
    def __init__(self) -> None:
        self.item = Item()

    async def prepare(self) -> None:
        await super().prepare()
        self.item = await Item.async_find(2)
        self.item.name = "new"

    async def act(self) -> Any:
        assert (await self.item.async_reload()).name == "old"

    async def wrong(self, outcome: Outcome) -> str | None:
        allowed = ("old",) if outcome.kind == "returned" else ("old", "new")
        if self.item.name not in allowed or self.item.was("name") != "old" or self.item.id != 2:
            return f"{outcome.kind}, and the record is {self.item!r}"
        return await super().wrong(outcome)
