"""What is loaded along: paths in every spelling, and the relations of records at hand."""

from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import Any

import pytest

from activerecord import (
    ActiveRecord,
    BelongsTo,
    Column,
    HasMany,
    Query,
    QueryError,
    SyntaxError_,
    UnknownRelation,
    UsageError,
    async_preload,
    belongs_to,
    column,
    create_tables,
    has_many,
    pool_statistics,
    preload,
)
from activerecord.database import Database
from activerecord.testing.queries import assert_queries
from activerecord.testing.runners import Runner, cut_short


class User(ActiveRecord):
    __table_name__ = "pre_users"
    id: Column[int] = column(primary_key=True)
    orders: HasMany["Order"] = has_many(order="id")
    notes: HasMany["Note"] = has_many(order="id")


class Note(ActiveRecord):
    __table_name__ = "pre_notes"
    id: Column[int] = column(primary_key=True)
    user_id: Column[int] = column(references="pre_users.id")
    user: BelongsTo[User] = belongs_to()


class Order(ActiveRecord):
    __table_name__ = "pre_orders"
    id: Column[int] = column(primary_key=True)
    user_id: Column[int] = column(references="pre_users.id")
    user: BelongsTo[User] = belongs_to()
    items: HasMany["Item"] = has_many(order="id")


class Item(ActiveRecord):
    __table_name__ = "pre_items"
    id: Column[int] = column(primary_key=True)
    order_id: Column[int] = column(references="pre_orders.id")
    order: BelongsTo[Order] = belongs_to()


@pytest.fixture
def shop(configured: str) -> Database:
    """Users 1 to 3 with as many orders as their number, each with two items; user 1 has a note."""
    create_tables(User, Note, Order, Item)
    User.insert_all([{"id": n} for n in (1, 2, 3)])
    Note.insert_all([{"id": 1, "user_id": 1}])
    Order.insert_all([{"id": 10 * user + n, "user_id": user} for user in (1, 2, 3) for n in range(user)])
    Item.insert_all(
        [
            {"id": 100 * user + 10 * n + i, "order_id": 10 * user + n}
            for user in (1, 2, 3)
            for n in range(user)
            for i in (1, 2)
        ]
    )
    return User.__mapper__.database()


def first_items(query: Query[Any]) -> Query[Any]:
    return query.where("pre_items.id % 10 = 1")


def failing(query: Query[Any]) -> Query[Any]:
    return query.where("no sql at all")


Paths = Callable[[], list[Any]]

SPELLINGS: dict[str, Paths] = {
    "dotted": lambda: ["orders.items", "orders.user", "notes"],
    "relations": lambda: [User.orders.items, User.orders.user, User.notes],
    "dict": lambda: [{"orders": {"items": None, "user": True}, "notes": {}}],
    "dict of lists": lambda: [{User.orders: ["items", Order.user], "notes": []}],
    "mixed": lambda: ["notes", [{"orders": "items"}, User.orders.user], {"orders": Order.items}],
}


@pytest.mark.parametrize("paths", SPELLINGS.values(), ids=SPELLINGS)
def test_one_query_for_each_relation_in_every_spelling(shop: Database, paths: Paths) -> None:
    # users that are met again through their orders have other queries' columns alike, so they are the same objects
    with assert_queries(5, shop):
        users = User.query().with_(*paths()).order_by("id").all()
    assert [[len(order.items) for order in user.orders] for user in users] == [[2], [2, 2], [2, 2, 2]]
    assert all(order.user is user for user in users for order in user.orders)
    assert [len(user.notes) for user in users] == [1, 0, 0]


NARROWED: dict[str, Paths] = {
    "tuple of a path": lambda: [("orders.items", first_items)],
    "tuple of a relation": lambda: [(User.orders.items, first_items)],
    "dict": lambda: [{"orders": {"items": first_items}}],
    "tuple in a dict": lambda: [{"orders": ("items", first_items)}],
    "twice the same": lambda: [("orders.items", first_items), {"orders": {"items": [first_items, "order"]}}],
}


@pytest.mark.parametrize("paths", NARROWED.values(), ids=NARROWED)
def test_a_function_narrows_the_last_relation_of_its_path(shop: Database, paths: Paths) -> None:
    users = User.query().with_(*paths()).order_by("id").all()
    assert [[[item.id for item in order.items] for order in user.orders] for user in users][:2] == [
        [[101]],
        [[201], [211]],
    ]


def test_a_second_function_is_refused_rather_than_lost(shop: Database) -> None:
    query = User.query().with_(("orders.items", first_items), {"orders": {"items": failing}})
    with assert_queries(0, shop), pytest.raises(QueryError, match=r"Order\.items is narrowed by two functions"):
        query.all()


@pytest.mark.parametrize("path", [{"orders": 5}, {5: "items"}, {"orders": ("items",)}, {"orders": {"": None}}])
def test_what_is_no_path_is_refused(shop: Database, path: Any) -> None:
    with pytest.raises(QueryError):
        User.query().with_(path).all()


def test_records_at_hand(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        one, two = await User.async_find(1), await User.async_find(2)
        with assert_queries(3, shop):
            await async_preload([two, one, User(), two], "notes", {"orders": "items"})
        assert [[len(order.items) for order in user.orders] for user in (one, two)] == [[2], [2, 2]]
        assert [len(user.notes) for user in (one, two)] == [1, 0]

    runner.run(main)


def test_records_at_hand_are_loaded_afresh(shop: Database) -> None:
    user = User.find(2)
    preload([user], "orders")
    Order.insert_all([{"id": 99, "user_id": 2}])
    preload([user], "orders")
    assert [order.id for order in user.orders] == [20, 21, 99]


def test_nothing_is_asked_for_no_record_and_several_models_are_refused(shop: Database) -> None:
    user, order = User.find(1), Order.find(10)
    with assert_queries(0, shop):
        preload([], "orders")
        preload([User()], "orders")
        with pytest.raises(UsageError, match="one model, got Order and User"):
            preload([user, order], "user")
        with pytest.raises(UnknownRelation, match="orders"):
            preload([user], "ordres")


def test_a_failure_beside_leaves_nothing_attached(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        users = await User.query().async_all()
        with pytest.raises(SyntaxError_):
            await async_preload(users, "orders.items", ("notes", failing))
        assert not any(user.orders.loaded or user.notes.loaded for user in users)
        with pytest.raises(SyntaxError_):
            async with User.async_transaction():
                await async_preload(users, "orders.items", ("notes", failing))
        assert not any(user.orders.loaded or user.notes.loaded for user in users)

    runner.run(main)


def test_a_cancellation_leaves_all_or_nothing(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        for moment in range(20):
            users = await User.query().async_all()
            work = partial(async_preload, users, "orders.items", "notes")
            await cut_short(work, runner.manners[moment % len(runner.manners)], after=moment * 0.0004)
            loaded = {user.orders.loaded for user in users} | {user.notes.loaded for user in users}
            assert len(loaded) == 1
            if loaded == {True}:
                assert all(order.items.loaded for user in users for order in user.orders)

    runner.run(main)


def test_what_a_narrowing_function_loads_along_is_a_part_of_the_same_load(shop: Database) -> None:
    def with_items_and_user(query: Query[Any]) -> Query[Any]:
        return query.with_("items", "user")

    users = User.query().order_by("id").all()
    with assert_queries(3, shop):
        preload(users, ("orders", with_items_and_user))
    assert [[len(order.items) for order in user.orders] for user in users] == [[2], [2, 2], [2, 2, 2]]
    assert all(order.user is user for user in users for order in user.orders)


def test_what_fails_beside_leaves_out_what_a_narrowing_function_loads_along(shop: Database, runner: Runner) -> None:
    def with_items(query: Query[Any]) -> Query[Any]:
        return query.with_("items")

    def with_failing_items(query: Query[Any]) -> Query[Any]:
        return query.with_(("items", failing))

    async def main() -> None:
        users = await User.query().with_("orders").async_all()
        for paths in ([("orders", with_failing_items)], [("orders.user.orders", with_items), ("notes", failing)]):
            with pytest.raises(SyntaxError_):
                await async_preload(users, *paths)
            assert not any(order.items.loaded for user in users for order in user.orders)

    runner.run(main)


@pytest.mark.parametrize("inside", [False, True], ids=["alone", "in a transaction"])
def test_cut_at_any_moment_a_tree_is_attached_in_whole_or_not_at_all(
    shop: Database, runner: Runner, inside: bool
) -> None:
    async def work(users: list[User]) -> None:
        if not inside:
            return await async_preload(users, "orders.items", "notes.user", "orders.user")
        async with User.async_transaction():
            return await async_preload(users, "orders.items", "notes.user", "orders.user")

    async def main() -> None:
        await work(await User.query().async_all())
        begun = perf_counter()
        await work(await User.query().async_all())
        whole = perf_counter() - begun
        for moment in range(12):
            users = await User.query().async_all()
            manner = runner.manners[moment % len(runner.manners)]
            await cut_short(partial(work, users), manner, after=whole * moment / 10)
            loaded = {user.orders.loaded and user.notes.loaded for user in users}
            assert loaded == {user.orders.loaded or user.notes.loaded for user in users} and len(loaded) == 1
            if loaded == {True}:
                assert all(order.items.loaded and order.user is user for user in users for order in user.orders)
            assert pool_statistics().lent == 0

    runner.run(main)
