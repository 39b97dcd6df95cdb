"""Saving trees of new records: all of them by one save, in one transaction, in bulk, or none."""

import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from activerecord import (
    ActiveRecord,
    BelongsTo,
    Column,
    HasMany,
    HasOne,
    QueryError,
    UniqueViolation,
    UsageError,
    belongs_to,
    column,
    create_tables,
    has_many,
    has_one,
)
from activerecord.database import Database
from activerecord.testing.queries import Statements, count_queries
from activerecord.testing.runners import RUNNERS, Runner, cut_short
from tests.feature.portable import without_questions


class User(ActiveRecord):
    __table_name__ = "tree_users"
    id: Column[int] = column(primary_key=True)
    name: Column[str]
    orders: HasMany["Order"] = has_many()
    urgent: HasMany["Order"] = has_many(where={"kind": "urgent"})
    profile: HasOne["Profile"] = has_one()


class Profile(ActiveRecord):
    __table_name__ = "tree_profiles"
    user_id: Column[int] = column(primary_key=True)
    bio: Column[str]
    user: BelongsTo[User] = belongs_to()


class Order(ActiveRecord):
    __table_name__ = "tree_orders"
    id: Column[int] = column(primary_key=True)
    user_id: Column[int | None]
    total: Column[int] = column(default=0)
    kind: Column[str] = column(default="usual")
    user: BelongsTo["User | None"] = belongs_to()
    items: HasMany["Item"] = has_many()


class Item(ActiveRecord):
    __table_name__ = "tree_items"
    id: Column[int] = column(primary_key=True)
    order_id: Column[int]
    label: Column[str] = column(unique=True, length=40)
    order: BelongsTo[Order] = belongs_to()


class Node(ActiveRecord):
    __table_name__ = "tree_nodes"
    id: Column[int] = column(primary_key=True)
    parent_id: Column[int | None]
    best_id: Column[int | None]
    parent: BelongsTo["Node | None"] = belongs_to(inverse="children")
    best: BelongsTo["Node | None"] = belongs_to()
    children: HasMany["Node"] = has_many(foreign_key="parent_id", inverse="parent")


class Egg(ActiveRecord):
    __table_name__ = "tree_eggs"
    id: Column[int] = column(primary_key=True)
    hen_id: Column[int]
    hen: BelongsTo["Hen"] = belongs_to()


class Hen(ActiveRecord):
    __table_name__ = "tree_hens"
    id: Column[int] = column(primary_key=True)
    egg_id: Column[int]
    egg: BelongsTo[Egg] = belongs_to()


class Parcel(ActiveRecord):
    """Keys that the program makes."""

    __table_name__ = "tree_parcels"
    id: Column[uuid.UUID] = column(primary_key=True, default=uuid.uuid4)
    name: Column[str]
    labels: HasMany["Label"] = has_many()


class Label(ActiveRecord):
    __table_name__ = "tree_labels"
    id: Column[uuid.UUID] = column(primary_key=True, default=uuid.uuid4)
    parcel_id: Column[uuid.UUID | None]
    parcel: BelongsTo["Parcel | None"] = belongs_to()


MODELS = (User, Profile, Order, Item, Node, Parcel, Label)


@pytest.fixture
def shop(configured: str) -> Database:
    create_tables(*MODELS)
    return User.__mapper__.database()


def inserts(statements: Statements) -> int:
    return sum(sql.startswith("INSERT") for sql in statements)


def new_user(orders: int = 3, items: int = 2) -> User:
    made = [Order(total=n, items=[Item(label=f"{n}.{i}") for i in range(items)]) for n in range(orders)]
    return User(name="ann", orders=made, profile=Profile(bio="writes"))


def rows() -> tuple[int, int, int, int]:
    models: tuple[type[ActiveRecord], ...] = (User, Profile, Order, Item)
    counts = [model.query().count() for model in models]
    return counts[0], counts[1], counts[2], counts[3]


def test_a_tree_is_saved_by_one_insert_a_level(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        user = new_user()
        assert user.is_new and len(user.orders) == 3 and user.profile is not None
        with count_queries(shop) as sent:
            await user.async_save()
        assert inserts(sent) == 4, str(sent)
        with count_queries(shop) as sent:
            assert not user.is_new and not user.changed
            assert [order.total for order in user.orders] == [0, 1, 2]
            assert user.profile is not None and user.profile.user is user and user.profile.user_id == user.id
            for order in user.orders:
                assert not order.is_new and order.user is user and order.user_id == user.id
                assert [item.label for item in order.items] == [f"{order.total}.{i}" for i in range(2)]
                assert all(item.order is order and item.order_id == order.id and item.id for item in order.items)
                assert not order.changed and order.kind == "usual"
        assert not sent, str(sent)
        found = await User.query().with_("orders.items", "profile").async_one()
        assert [[item.id for item in order.items] for order in found.orders] == [
            [item.id for item in order.items] for order in user.orders
        ]
        assert await user.async_save()

    runner.run(main)


def test_a_thousand_items_are_three_inserts(shop: Database) -> None:
    user = new_user(100, 10)
    with count_queries(shop) as sent:
        user.save()
    assert inserts(sent) == 4, str(sent)
    pairs = [(item.label, item.order_id) for order in user.orders for item in order.items]
    assert len(pairs) == 1000
    assert dict(pairs) == {item.label: item.order_id for item in Item.query().all()}
    assert {order.id: order.total for order in user.orders} == dict(Order.query().pluck("id", "total"))


def test_targets_are_saved_first(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        order = Order(total=1, user=User(name="new", profile=Profile(bio="x")))
        assert order.user is not None and order.user.is_new and order.user_id is None
        await order.async_save()
        assert order.user_id == order.user.id and not order.changed
        assert order.user.profile is not None and order.user.profile.user_id == order.user_id

        # one that has a row gets the key by its own update
        order.user = User(name="another")
        assert order.user_id is None and order.user.name == "another"
        await order.async_save()
        assert (await Order.async_find(order.id)).user_id == order.user.id
        # whoever sets the key means another
        first = await User.query().async_first()
        assert first is not None
        order.user = User(name="never saved")
        order.user_id = first.id
        await order.async_save()
        assert await User.query().async_count() == 2
        order.user = User(name="neither")
        order.user = None
        await order.async_save()
        assert await User.query().async_count() == 2 and order.user is None

    runner.run(main)


def test_what_was_built(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        user = User(name="ann")
        first = user.orders.build(total=1)
        assert first.user is user and first.user_id is None and first.is_new
        # either end saves the whole
        await first.async_save()
        assert user.orders == [first] and first.user_id == user.id
        second = user.urgent.build(total=2)
        assert (second.user_id, second.kind, second.user) == (user.id, "urgent", user)
        third = user.orders.build(total=3)
        with count_queries(shop) as sent:
            assert user.orders == [first, third] and third in user.orders
            user.name = "anna"
        assert not sent
        with count_queries(shop) as sent:
            await user.async_save()
        assert inserts(sent) == 1 and not second.is_new and not third.is_new
        assert user.orders == [first, third]
        assert (await User.async_find(user.id)).name == "anna"
        built = user.orders.build(total=4)
        built.user_id = None
        await user.async_save()
        assert built.is_new

    runner.run(main)


def test_only_new_records_are_saved_along(shop: Database) -> None:
    user = new_user(1, 0)
    user.save()
    order = user.orders[0]
    order.total = 99
    user.name = "changed"
    user.orders.build(total=5)
    user.save()
    assert order.changed
    assert sorted(Order.query().pluck("total")) == [0, 5]


def test_existing_records_on_a_new_owner(shop: Database) -> None:
    orders = [Order.create(total=n) for n in range(3)]
    user = User(name="late", orders=[orders[0], Order(total=9)])
    user.orders.add(*orders[1:])
    with count_queries(shop) as sent:
        user.save()
    assert len([sql for sql in sent if sql.startswith(("INSERT", "UPDATE"))]) == 3, str(sent)
    assert {order.user_id for order in user.orders} == {user.id} and len(user.orders) == 4
    assert Order.where(user_id=user.id).count() == 4
    assert not any(order.changed for order in user.orders)


def test_circles(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        one, two = Node(), Node()
        one.best, two.best = two, one
        with count_queries(shop) as sent:
            await one.async_save()
        assert inserts(sent) == 2 and sum(sql.startswith("UPDATE") for sql in sent) == 1
        assert (one.best_id, two.best_id) == (two.id, one.id) and not one.changed and not two.changed
        assert dict(await Node.query().async_pluck("id", "best_id")) == {one.id: two.id, two.id: one.id}
        own = Node()
        own.best = own
        await own.async_save()
        assert own.best_id == own.id and own.best is own
        assert (await Node.async_find(own.id)).best_id == own.id

        hen = Hen(egg=Egg())
        hen.egg.hen = hen
        with pytest.raises(UsageError, match=r"Hen \(egg_id\)|Egg \(hen_id\)"):
            await hen.async_save()
        assert hen.is_new and hen.egg.is_new and hen.egg.hen is hen

    runner.run(main)


def test_depth_and_breadth(shop: Database) -> None:
    root = node = Node()
    for _ in range(1000):
        node = node.children.build()
    before = time.monotonic()
    root.save()
    assert time.monotonic() - before < 20
    assert Node.query().count() == 1001
    depth, here = 0, root
    while here.children:
        here = here.children[0]
        depth += 1
    assert depth == 1000


def test_keys_of_the_programs_own(shop: Database) -> None:
    parcels = [Parcel(name=str(n), labels=[Label() for _ in range(3)]) for n in range(2)]
    for parcel in parcels:
        with count_queries(shop) as sent:
            parcel.save()
        assert inserts(sent) == 2, str(sent)
        assert {label.parcel_id for label in parcel.labels} == {parcel.id}
        assert not any(label.changed for label in parcel.labels)
    other = parcels[1].labels[0]
    parcels[0].labels.add(other)
    assert other.parcel_id == parcels[0].id and not other.changed
    other.delete()
    assert Label.where(parcel_id=parcels[0].id).count() == 3


def state(user: User) -> list[Any]:
    """What is to be as it was."""
    orders = list(user.orders)
    every: list[Any] = [user, user.profile, *orders, *[item for order in orders for item in order.items]]
    keys = [(r.is_new, r.attributes) for r in every if r is not None]
    return [keys, [id(r) for r in every], [order.user is user for order in orders]]


def test_a_failure_leaves_all_as_it_was(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        await Item.async_create(label="taken", order=Order(total=7))
        user = new_user(3, 2)
        user.orders[2].items[1].label = "taken"
        before = state(user)
        for _ in range(2):
            with pytest.raises(UniqueViolation):
                await user.async_save()
            assert state(user) == before
            assert (await User.query().async_count(), await Order.query().async_count()) == (0, 1)
        user.orders[2].items[1].label = "free"
        await user.async_save()
        assert await Item.query().async_count() == 7

    runner.run(main)


def test_what_a_surrounding_transaction_undoes(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        user = new_user(2, 2)
        before = state(user)
        async with User.async_transaction() as tx:
            await user.async_save()
            assert not user.is_new
            tx.rollback()
        assert state(user) == before
        await user.async_save()
        more = user.orders.build(total=8)
        async with User.async_transaction() as tx:
            await user.async_save()
            assert len(user.orders) == 3 and not more.is_new
            tx.rollback()
        assert more.is_new and len(user.orders) == 3 and user.orders[2] is more
        await user.async_save()
        assert await Order.query().async_count() == 3

    runner.run(main)


def test_cut_short_nothing_is_half_written(shop: Database, async_runner: Runner) -> None:
    async def main() -> None:
        kept = 0
        for manner in async_runner.manners:
            for after in (0.0, 0.001, 0.002, 0.004, 0.008):
                user = User(name="cut", orders=[Order(items=[Item(label=uuid.uuid4().hex)]) for _ in range(5)])
                before = state(user)
                await cut_short(user.async_save, manner, after=after)
                count = await User.query().async_count()
                if user.is_new:
                    assert state(user) == before
                    assert count == kept
                    await user.async_save()
                kept += 1
                assert all(not item.is_new for order in user.orders for item in order.items)
                counts = await User.query().async_count(), await Order.query().async_count()
                assert counts == (kept, kept * 5) and await Item.query().async_count() == kept * 5

    async_runner.run(main)


def test_wrong_things_are_refused(shop: Database) -> None:
    saved = User.create(name="saved")
    anything: Any = saved
    with pytest.raises(UsageError, match="async_replace"):
        anything.orders = []
    with pytest.raises(UsageError, match="cannot be assigned"):
        anything.profile = Profile(bio="x")
    wrong: list[Callable[[], object]] = [
        lambda: User(name="x", orders=Order()),
        lambda: User(name="x", orders=[User(name="y")]),
        lambda: User(name="x", orders=None),
        lambda: User(name="x", orders="orders"),
        lambda: User(name="x", profile=[Profile(bio="x")]),
    ]
    for make in wrong:
        with pytest.raises(UsageError, match="takes"):
            make()
    order = Order(total=1)
    one, two = User(name="one", orders=[order]), User(name="two", orders=[order])
    # the last word counts
    one.save()
    assert order.is_new and list(one.orders) == []
    two.save()
    assert order.user_id == two.id
    assert User(name="none", profile=None, orders=[]).save()


def test_a_plain_save_is_one_statement(shop: Database) -> None:
    user = User(name="plain")
    with count_queries(shop) as sent:
        user.save()
        user.name = "other"
        user.save()
    assert len(without_questions(sent)) == 2, str(sent)


@pytest.mark.engines("sqlite")
@pytest.mark.places("memory")
def test_a_wide_tree_keeps_its_order(shop: Database) -> None:
    user = User(name="wide", orders=[Order(total=n) for n in range(10_000)])
    RUNNERS["asyncio"].run(user.async_save)
    assert [order.total for order in user.orders] == list(range(10_000))
    assert dict(Order.query().pluck("id", "total")) == {order.id: order.total for order in user.orders}
    with pytest.raises(QueryError):
        Order.query().delete_all()
