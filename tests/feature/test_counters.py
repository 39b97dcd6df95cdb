"""Counters and touched moments: columns of one record that follow the records that lead to it."""

import datetime as dt
from typing import Any

import pytest

from activerecord import (
    ActiveRecord,
    BelongsTo,
    Column,
    HasMany,
    NotSupported,
    UnknownColumn,
    UsageError,
    belongs_to,
    column,
    create_tables,
    gather,
    has_many,
)
from activerecord.database import Database
from activerecord.relation.effects import has_effects
from activerecord.testing.queries import Statements, count_queries
from activerecord.testing.runners import RUNNERS, Manner, Runner, cut_short
from tests.feature.portable import without_questions


class Shop(ActiveRecord):
    __table_name__ = "co_shops"
    id: Column[int] = column(primary_key=True)
    changed_on: Column[dt.date | None]
    owners: HasMany["Owner"] = has_many()


class Owner(ActiveRecord):
    __table_name__ = "co_owners"
    id: Column[int] = column(primary_key=True)
    name: Column[str] = column(default="x")
    shop_id: Column[int | None]
    orders_count: Column[int | None]
    marks: Column[int] = column(default=0)
    updated_at: Column[dt.datetime | None]
    shop: BelongsTo["Shop | None"] = belongs_to(touch="changed_on")
    orders: HasMany["Order"] = has_many()
    notes: HasMany["Note"] = has_many(as_="subject")


class Order(ActiveRecord):
    __table_name__ = "co_orders"
    id: Column[int] = column(primary_key=True)
    owner_id: Column[int | None]
    total: Column[int] = column(default=0)
    owner: BelongsTo["Owner | None"] = belongs_to(counter_cache=True, touch=True)


class Note(ActiveRecord):
    __table_name__ = "co_notes"
    id: Column[int] = column(primary_key=True)
    subject_type: Column[str | None] = column(length=20)
    subject_id: Column[int | None]
    subject: BelongsTo["Owner | Shop"] = belongs_to(polymorphic=True, counter_cache="marks")


class Folder(ActiveRecord):
    """A tree whose parents count and are touched, up to the top."""

    __table_name__ = "co_folders"
    id: Column[int] = column(primary_key=True)
    folder_id: Column[int | None]
    folders_count: Column[int] = column(default=0)
    updated_at: Column[dt.datetime | None]
    folder: BelongsTo["Folder | None"] = belongs_to(counter_cache=True, touch=True)
    folders: HasMany["Folder"] = has_many()


class Plain(ActiveRecord):
    __table_name__ = "co_plain"
    id: Column[int] = column(primary_key=True)
    owner_id: Column[int | None]
    owner: BelongsTo["Owner | None"] = belongs_to()


class Wrong(ActiveRecord):
    __table_name__ = "co_wrong"
    id: Column[int] = column(primary_key=True)
    owner_id: Column[int | None]
    owner: BelongsTo["Owner | None"] = belongs_to(counter_cache="orders_cuont")


@pytest.fixture
def shop(configured: str) -> Database:
    create_tables(Shop, Owner, Order, Note, Folder, Plain, Wrong)
    Owner.insert_all([{"name": "ann"}, {"name": "bob"}, {"name": "cy"}])
    return Owner.__mapper__.database()


def verbs(statements: Statements) -> list[str]:
    words = [sql.split()[0] for sql in statements]
    return [word for word in words if word in {"SELECT", "INSERT", "UPDATE", "DELETE"}]


def writes(statements: Statements) -> list[str]:
    return [verb for verb in verbs(statements) if verb != "SELECT"]


def counts() -> dict[int, int]:
    return {key: count or 0 for key, count in Owner.query().order_by("id").pluck("id", "orders_count")}


def check() -> None:
    """The counters are what is there."""
    found: dict[int, int] = dict.fromkeys(Owner.query().ids(), 0)
    for owner in Order.query().pluck("owner_id"):
        if owner is not None:
            found[owner] += 1
    assert counts() == found


def test_counting(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        ann, bob = await Owner.query().order_by("id").limit(2).async_all()
        first = await Order.async_create(owner=ann)
        second = await Order.async_create(owner=ann)
        assert (ann.orders_count, ann.changed) == (2, False)
        second.owner = bob
        await second.async_save()
        assert (bob.orders_count, bob.changed) == (1, False)
        await ann.async_reload()
        assert ann.orders_count == 1
        # a write that moves nothing counts nothing
        await first.async_update(total=5)
        await first.async_delete()
        await ann.async_reload()
        await bob.async_reload()
        assert (ann.orders_count, bob.orders_count) == (0, 1)

    runner.run(main)
    check()


def test_stale_records_count_right(shop: Database) -> None:
    order = Order.create(owner_id=1)
    twin = Order.find(order.id)
    order.update(owner_id=2)
    twin.update(owner_id=3)
    check()
    order.delete()
    assert not twin.delete()
    part = Order.create(owner_id=1)
    Order.query().select("id").find(part.id).delete()
    check()


def test_many_at_once(shop: Database) -> None:
    ann, bob = Owner.find(1), Owner.find(2)
    orders = [Order(), Order(), Order()]
    with count_queries(shop) as sent:
        ann.orders.add(*orders)
    # three orders, one counter, one moment
    assert writes(sent) == ["INSERT", "UPDATE", "UPDATE"], str(sent)
    assert ann.orders_count == 3 and not ann.changed
    with count_queries(shop) as sent:
        bob.orders.add(*orders[:2])
    assert writes(sent) == ["UPDATE", "UPDATE", "UPDATE", "UPDATE"], str(sent)
    assert (bob.orders_count, bob.changed) == (2, False)
    bob.orders.remove(orders[0])
    assert (bob.orders_count, orders[0].owner_id) == (1, None)
    with count_queries(shop) as sent:
        Owner(name="new", orders=[Order(), Order()]).save()
    assert writes(sent) == ["INSERT", "INSERT", "UPDATE", "UPDATE"], str(sent)
    bob.orders.replace([Order(), Order()])
    assert bob.orders_count == 2
    check()
    bob.update(name="later")
    check()


def test_undone(shop: Database) -> None:
    ann = Owner.find(1)
    Order.create(owner=ann)
    before = ann.updated_at
    with pytest.raises(ZeroDivisionError), Order.transaction():
        Order.create(owner=ann)
        assert ann.orders_count == 2
        raise ZeroDivisionError
    assert (ann.orders_count, ann.changed, ann.updated_at) == (1, False, before)
    check()


def test_together(shop: Database) -> None:
    """Twenty tasks create, move and delete."""

    async def one(number: int) -> None:
        keys = [1 + number % 3, 1 + (number + 1) % 3]
        order = await Order.async_create(owner_id=keys[0])
        other = await Order.async_create(owner_id=keys[1])
        await order.async_update(owner_id=keys[1])
        await other.async_delete()
        owner = await Owner.async_find(keys[0])
        await owner.orders.async_add(Order(), order)

    async def main() -> None:
        await gather(*[one(number) for number in range(20)])

    RUNNERS["asyncio"].run(main)
    check()


def test_cut_short(shop: Database) -> None:
    """Wherever a write is cut off, the counter and the record at hand are what is there."""
    ann = Owner.find(1)

    async def main() -> None:
        await Order.async_create(owner=ann)
        for step in range(12):
            manner: Manner = "task" if step % 2 else "scope"
            await cut_short(lambda: Order.async_create(owner=ann), manner, after=step * 0.0004)
            assert ann.orders_count == await Order.where(owner_id=1).async_count()

    RUNNERS["asyncio"].run(main)
    check()


def test_polymorphic(shop: Database) -> None:
    ann = Owner.find(1)
    note = Note.create(subject=ann)
    assert (ann.marks, Owner.find(1).marks, ann.changed) == (1, 1, False)
    note.delete()
    assert Owner.find(1).marks == 0
    Note.insert_all([{"subject_type": "Owner", "subject_id": 1}, {"subject_type": "Shop", "subject_id": 1}])
    assert Owner.reset_counters("notes") == 3
    assert Owner.query().order_by("id").pluck("marks") == [1, 0, 0]
    with pytest.raises(UnknownColumn, match=r"Note.subject has counter_cache, and Shop has no column 'marks'"):
        Note.create(subject=Shop.create())


def test_counted_anew(shop: Database, runner: Runner) -> None:
    Order.insert_all([{"owner_id": 1}, {"owner_id": 1}, {"owner_id": 2}])
    assert counts() == {1: 0, 2: 0, 3: 0}

    async def main() -> None:
        with count_queries(shop) as sent:
            assert await Owner.async_reset_counters(Owner.orders, ids=[1], timeout=30) == 1
        assert verbs(sent) == ["UPDATE"]
        assert (await Owner.async_find(2)).orders_count is None
        assert await Owner.async_reset_counters("orders") == 3
        with pytest.raises(UsageError, match=r"Shop.owners has no counter"):
            await Shop.async_reset_counters("owners")

    runner.run(main)
    check()
    top = Folder.create()
    Folder.insert_all([{"folder_id": top.id}, {"folder_id": top.id}])
    if not shop.dialect.locks_rows:
        with pytest.raises(NotSupported, match="other rows of the table"):
            Folder.reset_counters("folders")
        return
    assert Folder.reset_counters("folders") == 3
    assert Folder.query().order_by("id").pluck("folders_count") == [2, 0, 0]


def test_touching(shop: Database) -> None:
    place = Shop.create()
    ann = Owner.create(shop=place)
    today = dt.datetime.now(dt.UTC)
    assert place.changed_on is not None and abs(place.changed_on - today.date()) <= dt.timedelta(days=1)
    place.update(changed_on=dt.date(2000, 1, 1))
    order = Order.create(owner=ann)
    assert place.changed_on != dt.date(2000, 1, 1) and not place.changed and not ann.changed
    found = Owner.find(ann.id)
    assert found.updated_at is not None
    assert abs(found.updated_at.replace(tzinfo=dt.UTC) - today) < dt.timedelta(seconds=60)
    assert Shop.find(place.id).changed_on == place.changed_on
    Owner.where(id=ann.id).update_all(updated_at=None)
    Owner.where(id=1).update_all(updated_at=None)
    Order.find(order.id).update(owner_id=1)
    assert all(moment is not None for moment in Owner.where(id=[1, ann.id]).pluck("updated_at"))
    Owner.where(id=1).update_all(updated_at=None)
    with count_queries(shop) as sent:
        order.reload().save()
    assert not writes(sent)
    assert Owner.find(1).updated_at is None
    order.delete()
    assert Owner.find(1).updated_at is not None


def test_up_to_the_top(shop: Database) -> None:
    top = Folder.create()
    middle = Folder.create(folder=top)
    low = Folder.create(folder=middle)
    # in a circle, which ends
    top.update(folder=low)
    Folder.query().everywhere().update_all(updated_at=None)
    with count_queries(shop) as sent:
        leaf = Folder.create(folder_id=low.id)
    assert writes(sent) == ["INSERT", *["UPDATE"] * 4], str(sent)
    moments = dict(Folder.query().pluck("id", "updated_at"))
    assert [key for key, moment in moments.items() if moment is None] == [leaf.id]
    assert Folder.query().order_by("id").pluck("folders_count") == [1, 1, 2, 0]


def test_nothing_to_pay(shop: Database) -> None:
    assert [model.__name__ for model in (Shop, Owner, Plain) if has_effects(model.__mapper__)] == ["Owner"]
    with count_queries(shop) as sent:
        plain = Plain.create(owner_id=1)
        plain.update(owner_id=2)
        plain.delete()
    assert writes(sent) == ["INSERT", "UPDATE", "DELETE"]
    assert len(without_questions(sent)) == 3, str(sent)


def test_mistakes(shop: Database) -> None:
    with pytest.raises(UnknownColumn, match=r"Wrong.owner has counter_cache.*'orders_cuont'.*orders_count"):
        Wrong.create(owner_id=1)
    assert Wrong.query().count() == 0
    nothing: Any = 3
    with pytest.raises(UsageError, match="touch takes True or the name"):
        belongs_to(touch=nothing)
