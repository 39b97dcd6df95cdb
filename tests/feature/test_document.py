"""Every call in the document that this library was asked for by, as it is written there."""

import asyncio
from typing import Any

import pytest

from activerecord import ActiveRecord, Column, HasMany, SyncInLoop, column, create_tables, gather, has_many
from activerecord.database import database
from activerecord.testing.runners import Runner


class User(ActiveRecord):
    __table_name__ = "users"
    id: Column[int] = column(primary_key=True)
    name: Column[str]
    status: Column[str] = column(default="active")
    role: Column[str] = column(default="user")
    age: Column[int | None]
    orders: HasMany["Order"] = has_many()


class Order(ActiveRecord):
    __table_name__ = "orders"
    id: Column[int] = column(primary_key=True)
    user_id: Column[int] = column(references="users.id")
    status: Column[str] = column(default="pending")
    total: Column[float]


class Product(ActiveRecord):
    __table_name__ = "products"
    id: Column[int] = column(primary_key=True)
    name: Column[str]


class Account(ActiveRecord):
    __table_name__ = "accounts"
    id: Column[int] = column(primary_key=True)
    balance: Column[int]


@pytest.fixture
def shop(configured: str) -> str:
    create_tables(User, Order, Product, Account)
    ann = User.create(name="ann", role="admin", age=30)
    User.create(name="bob", age=50, status="gone")
    for total in (1.5, 2.5):
        Order.create(user_id=ann.id, total=total)
    Product.create(name="pen")
    for balance in (100, 0):
        Account.create(balance=balance)
    return configured


def test_configuring_as_the_document_does() -> None:
    ActiveRecord.configure(
        {"default": {"driver": "sqlite", "driver_type": "sqlite3", "database": ":memory:", "async_mode": True}}
    )
    assert database().configuration.async_mode


def test_basic_operations(shop: str, runner: Runner) -> None:
    async def create_user(data: dict[str, Any]) -> User | None:
        user = User()
        user.attributes = data
        success = await user.async_save()
        return user if success else None

    async def main() -> None:
        created = await create_user({"name": "cid", "age": 7})
        assert created is not None
        assert created.id == 3
        users = await User.query().async_all()
        assert [user.name for user in users] == ["ann", "bob", "cid"]

    runner.run(main)


def test_query_methods(shop: str, runner: Runner) -> None:
    async def main() -> None:
        assert (await User.async_find(1)).name == "ann"
        assert [user.name for user in await User.query().where("status = ?", "active").async_all()] == ["ann"]
        first_admin = await User.query().where("role = ?", "admin").async_first()
        assert first_admin is not None
        assert first_admin.name == "ann"
        assert await User.query().async_count() == 2
        assert await User.query().async_average("age") == 40.0

    runner.run(main)


async def transfer(from_account_id: int, to_account_id: int, amount: int) -> None:
    async with Account.async_transaction():
        from_account = await Account.async_find(from_account_id)
        to_account = await Account.async_find(to_account_id)
        from_account.balance -= amount
        to_account.balance += amount
        await from_account.async_save()
        await to_account.async_save()
        if from_account.balance < 0:
            raise ValueError("overdrawn")


def test_transactions(shop: str, runner: Runner) -> None:
    async def main() -> list[int]:
        await transfer(1, 2, 60)
        with pytest.raises(ValueError, match="overdrawn"):
            await transfer(1, 2, 60)
        return await Account.query().order_by("id").async_pluck(Account.balance)

    assert runner.run(main) == [40, 60]


def test_parallel_operations_by_asyncio(shop: str) -> None:
    async def main() -> None:
        users_task = User.query().async_all()
        products_task = Product.query().async_all()
        orders_task = Order.query().where("status = ?", "pending").async_all()
        users, products, orders = await asyncio.gather(users_task, products_task, orders_task)
        assert (len(users), len(products), len(orders)) == (2, 1, 2)

    asyncio.run(main())


def test_parallel_operations_by_our_gather(shop: str, runner: Runner) -> None:
    async def main() -> None:
        users, products, orders = await gather(
            User.query().async_all(),
            Product.query().async_all(),
            Order.query().where("status = ?", "pending").async_all(),
        )
        assert (len(users), len(products), len(orders)) == (2, 1, 2)

    runner.run(main)


def test_relationships(shop: str, runner: Runner) -> None:
    async def main() -> list[float]:
        user = await User.query().with_("orders").async_find(1)
        return [order.total for order in user.orders]

    assert runner.run(main) == [1.5, 2.5]


def test_sync_code(shop: str) -> None:
    assert len(User.query().all()) == 2
    for _ in range(5):
        assert len(asyncio.run(User.query().async_all())) == 2
    assert [order.total for order in User.find(1).orders] == [1.5, 2.5]


def test_a_sync_verb_under_a_running_loop_is_refused(shop: str, runner: Runner) -> None:
    if runner.name == "sync":
        pytest.skip("there is no loop to block")

    async def main() -> None:
        with pytest.raises(SyncInLoop, match=r"async_all\(\)"):
            User.query().all()
        with pytest.raises(SyncInLoop, match=r"async_find"):
            User.find(1)
        with pytest.raises(SyncInLoop), Account.transaction():
            raise AssertionError("the block must not be entered")

    runner.run(main)
