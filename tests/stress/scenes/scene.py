"""What every scene stands on: the tables, the rows that are found beforehand, and what the rows may have become."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from activerecord import ActiveRecord, Column, HasMany, async_create_tables, column, has_many
from activerecord.database import database
from activerecord.testing.sweep import Outcome

__all__ = ["OLD", "Item", "Part", "Scene", "all_or_nothing", "is_untold"]


class Item(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    name: Column[str]
    parts: HasMany["Part"] = has_many()


class Part(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    item_id: Column[int] = column(references="items.id")


# A write on its own that was cancelled may have been kept, and asyncpg, which stops it, does not say: the record takes it
# for not done then. Other drivers tell.
UNTOLD = frozenset({"asyncpg"})

OLD = ["old", "old", "old"]


class Scene(ABC):
    """One operation. Three items stand in the table before each run, the first with two parts.

    `settings` are added to the connection's; `url` is what it was configured with. A scene `keeps` the connections that it
    finds, wherever it is cancelled.
    """

    settings: ClassVar[Mapping[str, object]] = MappingProxyType({})
    url = ""
    keeps: ClassVar[bool] = True

    @staticmethod
    async def build() -> None:
        await async_create_tables(Item, Part, if_not_exists=True)
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
        return None if names == OLD else f"the rows have become {names}"

    async def names(self) -> list[str]:
        return await Item.query().order_by("id").async_pluck(Item.name)


def all_or_nothing(outcome: Outcome, names: list[str], everything: list[str]) -> str | None:
    """What is wrong with the names, of which there may be all, or, where the operation did not return, the old ones."""
    allowed = [everything] if outcome.kind == "returned" else [everything, OLD]
    return None if names in allowed else f"{outcome.kind}, and the rows are {names}"


def is_untold(outcome: Outcome) -> bool:
    """Whether a record need not know that its write was kept."""
    return outcome.kind == "cancelled" and database().driver.name in UNTOLD
