"""The whole tour in one page: configure, save, query, relate, and ask several questions at once."""

import tempfile
from pathlib import Path

from activerecord import (
    ActiveRecord,
    BelongsTo,
    Column,
    HasMany,
    async_create_tables,
    belongs_to,
    column,
    gather,
    has_many,
)


class User(ActiveRecord):
    """Somebody who orders."""

    __table_name__ = "users"
    id: Column[int] = column(primary_key=True)
    name: Column[str]
    role: Column[str] = column(default="member")
    status: Column[str] = column(default="active")
    age: Column[int | None]
    orders: HasMany["Order"] = has_many()


class Order(ActiveRecord):
    """What a user has ordered. Totals are whole cents."""

    __table_name__ = "orders"
    id: Column[int] = column(primary_key=True)
    user_id: Column[int] = column(references="users.id", index=True)
    total: Column[int]
    status: Column[str] = column(default="pending")
    user: BelongsTo[User] = belongs_to()


async def create_users() -> None:
    """Save records one by one, and rows all at once."""
    ada = User(name="Ada", role="admin", age=36)
    await ada.async_save()
    bob = User()
    bob.attributes = {"name": "Bob", "age": 41}
    await bob.async_save()
    await User.async_create(name="Cyd", status="gone")
    await Order.async_insert_all(
        [
            {"user_id": ada.id, "total": 1250, "status": "paid"},
            {"user_id": ada.id, "total": 399},
            {"user_id": bob.id, "total": 8000},
        ]
    )


async def query_users() -> None:
    """Conditions in SQL, as keywords, or as expressions that a type checker can read."""
    active = await User.query().where("status = ?", "active").order_by(User.name).async_all()
    print("active:", ", ".join(user.name for user in active))
    admin = await User.query().where(role="admin").async_first()
    print("an admin:", admin.name if admin else "nobody")
    print("over forty:", await User.query().where(User.age > 40).async_count())
    print("average age:", await User.query().async_average("age"))


async def show_orders(user_id: int) -> None:
    """A record with its relation: two queries, however many orders there are."""
    user = await User.query().with_("orders").async_find(user_id)
    for order in user.orders:
        print(f"order #{order.id} of {user.name}: {order.total / 100:.2f} ({order.status})")


async def ask_at_once() -> None:
    """Queries that do not need each other run in parallel, each with a connection of its own."""
    users, pending = await gather(
        User.query().async_all(),
        Order.query().where("status = ?", "pending").with_("user").async_all(),
    )
    print(f"{len(users)} users; pending:", ", ".join(f"{order.user.name} {order.total / 100:.2f}" for order in pending))


async def main() -> None:
    """Do it all in a database that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        ActiveRecord.configure({"default": {"driver": "sqlite", "database": Path(folder) / "shop.db"}})
        await async_create_tables(User, Order)
        await create_users()
        await query_users()
        await show_orders(1)
        await ask_at_once()


if __name__ == "__main__":
    import trio

    trio.run(main)
