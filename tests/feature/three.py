"""A table of three rows, and what parallel tasks do with it."""

from activerecord import ActiveRecord, Column, column, create_tables
from tests.feature.busy import with_settings

__all__ = ["Item", "fail", "name_of", "three_items"]


class Item(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    name: Column[str]


def three_items(url: str, *, max_size: int) -> None:
    """Configure the default connection, and make the table: "a", "b" and "c" with the keys 1, 2 and 3."""
    ActiveRecord.configure(with_settings(url, max_size=max_size))
    create_tables(Item)
    Item.insert_all({"name": name} for name in "abc")


async def name_of(key: int) -> str:
    return (await Item.async_find(key)).name


async def fail(error: Exception) -> None:
    """Raise it, after a query."""
    await Item.async_find(1)
    raise error
