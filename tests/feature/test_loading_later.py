"""What is loaded later than with the query is loaded for all records of the same result at once: counted, for every kind."""

import copy
import gc
from collections.abc import Callable, Coroutine
from time import perf_counter
from typing import Any

import pytest

from activerecord import (
    ActiveRecord,
    BelongsTo,
    Column,
    HasMany,
    HasOne,
    belongs_to,
    column,
    create_tables,
    has_and_belongs_to_many,
    has_many,
    has_one,
    pool_statistics,
)
from activerecord.database import Database
from activerecord.testing.queries import assert_queries, count_queries
from activerecord.testing.runners import Runner, cut_short
from tests.feature.test_polymorphic import Comment, Photo, Post, blog

__all__ = ["blog"]

USERS = 100


class User(ActiveRecord):
    __table_name__ = "later_users"
    id: Column[int] = column(primary_key=True)
    name: Column[str] = column(default="nobody")
    orders: HasMany["Order"] = has_many(order="id")
    items: HasMany["Item"] = has_many(through="orders.items", order="id")
    profile: HasOne["Profile"] = has_one()
    tags: HasMany["Tag"] = has_and_belongs_to_many(table="later_links", foreign_key="user_id", other_key="tag_id")


class Profile(ActiveRecord):
    __table_name__ = "later_profiles"
    id: Column[int] = column(primary_key=True)
    user_id: Column[int]
    user: BelongsTo[User] = belongs_to()


class Order(ActiveRecord):
    __table_name__ = "later_orders"
    id: Column[int] = column(primary_key=True)
    user_id: Column[int | None]
    user: BelongsTo["User | None"] = belongs_to()
    items: HasMany["Item"] = has_many(order="id")


class Item(ActiveRecord):
    __table_name__ = "later_items"
    id: Column[int] = column(primary_key=True)
    order_id: Column[int]
    order: BelongsTo[Order] = belongs_to()


class Tag(ActiveRecord):
    __table_name__ = "later_tags"
    id: Column[int] = column(primary_key=True)
    users: HasMany[User] = has_and_belongs_to_many(table="later_links", foreign_key="tag_id", other_key="user_id")


class Link(ActiveRecord):
    __table_name__ = "later_links"
    user_id: Column[int] = column(primary_key=True)
    tag_id: Column[int] = column(primary_key=True)


@pytest.fixture
def shop(configured: str) -> Database:
    """100 users of two orders each, n and n + 100, of one item each; a profile for each even one; tag n % 5 for each."""
    create_tables(User, Profile, Order, Item, Tag, Link)
    numbers = range(1, USERS + 1)
    User.insert_all([{"id": n} for n in numbers])
    Profile.insert_all([{"id": n, "user_id": n} for n in numbers if n % 2 == 0])
    Order.insert_all([{"id": n + more, "user_id": n} for more in (0, USERS) for n in numbers])
    Item.insert_all([{"id": n, "order_id": n} for n in range(1, 2 * USERS + 1)])
    Tag.insert_all([{"id": n} for n in range(5)])
    Link.insert_all([{"user_id": n, "tag_id": n % 5} for n in numbers])
    return User.__mapper__.database()


def users() -> Any:
    return User.query().order_by("id")


def ids(records: Any) -> list[int]:
    return [record.id for record in records]


# one loop


def test_a_loop_that_awaits_costs_two_queries(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        with assert_queries(2, shop):
            for user in await users().async_all():
                assert ids(await user.orders) == [user.id, user.id + USERS]

    runner.run(main)


def test_a_loop_in_plain_sync_code_costs_two_queries(shop: Database) -> None:
    with assert_queries(2, shop):
        for user in users().all():
            assert ids(user.orders) == [user.id, user.id + USERS]
    with assert_queries(3, shop):
        for user in users().all():
            assert len(user.tags) == 1
            assert user.load(User.profile) is user.profile


Loop = Callable[[], Coroutine[Any, Any, None]]


async def _has_many() -> None:
    for user in await users().async_all():
        assert ids(await user.async_load(User.orders)) == [user.id, user.id + USERS]


async def _has_one() -> None:
    for user in await users().async_all():
        profile = await user.async_load(User.profile)
        assert (profile and profile.user_id) == (user.id if user.id % 2 == 0 else None)


async def _belongs_to() -> None:
    for order in await Order.query().order_by("id").async_all():
        owner = await order.async_load(Order.user)
        assert owner is not None and owner.id == order.user_id


async def _many_to_many() -> None:
    for user in await users().async_all():
        assert ids(await user.tags) == [user.id % 5]


async def _through() -> None:
    for user in await users().async_all():
        assert ids(await user.items) == [user.id, user.id + USERS]


LOOPS = {each.__name__[1:]: each for each in (_has_many, _has_one, _belongs_to, _many_to_many, _through)}


@pytest.mark.parametrize("loop", LOOPS.values(), ids=LOOPS)
def test_every_kind_costs_one_query_for_all(shop: Database, some_runner: Runner, loop: Loop) -> None:
    with assert_queries(2, shop):
        some_runner.run(loop)


def test_of_several_models_one_query_for_each(blog: Database, some_runner: Runner) -> None:
    async def main() -> None:
        with assert_queries(3, blog):
            comments = await Comment.query().order_by("id").async_all()
            found = [await comment.async_load(Comment.commentable) for comment in comments]
        assert [type(each) for each in found] == [Post, Photo, Post, Post, type(None)]
        # those of one model are siblings by that load
        posts = [each for each in found if isinstance(each, Post)]
        with assert_queries(1, blog):
            assert [(await post.async_load(Post.author)).id for post in posts] == [1, 2, 1]
        with assert_queries(2, blog):
            for post in await Post.query().order_by("id").async_all():
                assert all(comment.commentable_id == post.id for comment in await post.comments)

    some_runner.run(main)


# loops in loops


def test_three_levels_cost_three_queries(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        with assert_queries(3, shop):
            found = [
                (user.id, order.id, item.id)
                for user in await users().async_all()
                for order in await user.orders
                for item in await order.items
            ]
        assert found == [(n, n + more, n + more) for n in range(1, USERS + 1) for more in (0, USERS)]

    runner.run(main)


def test_three_levels_in_plain_sync_code(shop: Database) -> None:
    with assert_queries(3, shop):
        assert sum(len(order.items) for user in users().all() for order in user.orders) == 2 * USERS


def test_children_of_what_was_loaded_along_are_siblings(shop: Database, some_runner: Runner) -> None:
    async def main() -> None:
        with assert_queries(3, shop):
            for user in await users().with_("orders").async_all():
                for order in user.orders:
                    assert ids(await order.items) == [order.id]
        with assert_queries(2, shop):
            for user in await users().with_joined("orders").async_all():
                for order in user.orders:
                    assert ids(await order.items) == [order.id]

    some_runner.run(main)


def test_up_and_down_again(shop: Database, some_runner: Runner) -> None:
    async def main() -> None:
        with assert_queries(3, shop):
            for order in await Order.query().order_by("id").async_all():
                owner = await order.async_load(Order.user)
                assert owner is not None
                assert ids(await owner.orders) == [owner.id, owner.id + USERS]

    some_runner.run(main)


# records that are not any more as the result gave them


def test_records_that_were_written_meanwhile_are_siblings_still(shop: Database, some_runner: Runner) -> None:
    async def main() -> None:
        found = await users().async_all()
        for user in found[:10]:
            user.name = "other"
            await user.async_save()
        with assert_queries(1, shop):
            for user in found:
                assert ids(await user.orders) == [user.id, user.id + USERS]

    some_runner.run(main)


def test_a_loop_that_writes_each_before(shop: Database, some_runner: Runner) -> None:
    async def main() -> None:
        with count_queries(shop) as statements:
            for user in await users().limit(10).async_all():
                user.name = "other"
                await user.async_save()
                assert ids(await user.orders) == [user.id, user.id + USERS]
        assert sum("later_orders" in sql for sql in statements) == 1

    some_runner.run(main)


def test_a_record_that_was_read_again_is_loaded_again_with_those_that_are_not(
    shop: Database, some_runner: Runner
) -> None:
    async def main() -> None:
        found = await users().async_all()
        await found[0].async_reload()
        with assert_queries(1, shop):
            assert [len(await user.orders) for user in found] == [2] * USERS
        await found[0].async_reload()
        assert not found[0].orders.loaded
        with assert_queries(1, shop):
            assert [len(await user.orders) for user in found] == [2] * USERS

    some_runner.run(main)


def test_records_that_were_deleted_meanwhile(shop: Database, some_runner: Runner) -> None:
    async def main() -> None:
        found = await Order.query().order_by("id").limit(5).async_all()
        await Item.where(order_id=[1, 2]).async_delete_all()
        await found[0].async_delete()
        with assert_queries(1, shop):
            assert [ids(await order.items) for order in found] == [[], [], [3], [4], [5]]
        # the row of another one has gone, and nobody told the record
        await Order.where(id=2).async_delete_all()
        with assert_queries(1, shop):
            owners = [await order.async_load(Order.user) for order in found[1:]]
        assert [owner and owner.id for owner in owners] == [2, 3, 4, 5]

    some_runner.run(main)


def test_a_key_that_leads_nowhere(shop: Database, some_runner: Runner) -> None:
    async def main() -> None:
        found = await Order.query().order_by("id").limit(3).async_all()
        found[1].user_id = 9999
        with assert_queries(1, shop):
            owners = [await order.async_load(Order.user) for order in found]
            assert [owner and owner.id for owner in owners] == [1, None, 3]
            # that there is none is known too
            assert await found[1].async_load(Order.user) is None

    some_runner.run(main)


def test_records_that_were_given_other_parents_meanwhile(shop: Database, some_runner: Runner) -> None:
    async def main() -> None:
        found = await Order.query().order_by("id").limit(4).async_all()
        found[1].user_id = 50
        found[2].user_id = None
        found[3].user = await User.async_find(60)
        with assert_queries(1, shop):
            owners = [await order.async_load(Order.user) for order in found]
            assert [owner and owner.id for owner in owners] == [1, 50, None, 60]
        found[0].user_id = 70
        found[1].user_id = 80
        with assert_queries(1, shop):
            owners = [await order.async_load(Order.user) for order in found]
        assert [owner and owner.id for owner in owners] == [70, 80, None, 60]

    some_runner.run(main)


def test_a_sibling_that_nobody_holds_is_not_loaded_for(shop: Database, some_runner: Runner) -> None:
    asked: list[int] = []

    async def main() -> None:
        found = await users().async_all()
        kept = [found[3], found[7]]
        del found
        gc.collect()
        with assert_queries(1, shop):
            assert [ids(await user.orders) for user in kept] == [[4, 104], [8, 108]]
        asked.extend(ids(origin.alive()) if (origin := kept[0]._origin) is not None else ())

    some_runner.run(main)
    assert asked == [4, 8]


def test_a_record_taken_out_of_its_result(shop: Database, some_runner: Runner) -> None:
    async def main() -> None:
        found = await users().limit(3).async_all()
        twin = copy.copy(found[1])
        alone = found.pop()
        with assert_queries(1, shop):
            assert ids(await twin.orders) == [2, 102]
            assert [len(await user.orders) for user in (*found, alone)] == [2, 2, 2]
        # records of other results are loaded for by themselves
        other = await User.async_find(1)
        with assert_queries(1, shop):
            assert ids(await other.orders) == ids(await found[0].orders) == [1, 101]

    some_runner.run(main)


def test_what_some_have_is_not_loaded_for_them_again(shop: Database, some_runner: Runner) -> None:
    async def main() -> None:
        found = await users().limit(3).async_all()
        first = (await found[0].orders)[0]
        found[1].id = 50
        with assert_queries(1, shop):
            assert ids(await found[1].orders) == [50, 150]
        assert (await found[0].orders)[0] is first

    some_runner.run(main)


# where it is loaded


def test_inside_a_transaction_it_is_read_there(shop: Database, some_runner: Runner) -> None:
    async def main() -> None:
        found = await users().async_all()
        async with User.async_transaction() as tx:
            await Order.async_create(id=1000, user_id=1)
            with assert_queries(1, shop):
                assert [len(await user.orders) for user in found] == [3] + [2] * (USERS - 1)
            tx.rollback()
        assert pool_statistics().lent == 0

    some_runner.run(main)


def test_a_later_load_that_is_cut_leaves_all_unloaded_and_the_next_one_is_right(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        begun = perf_counter()
        for order in await Order.query().async_all():
            await order.items
        whole = perf_counter() - begun
        outcomes: set[bool] = set()
        for moment in range(12):
            found = await Order.query().order_by("id").async_all()

            async def later(order: Order = found[5]) -> None:
                await order.items

            manner = runner.manners[moment % len(runner.manners)]
            was_cut = await cut_short(later, manner, after=whole * moment / 20)
            loaded = {order.items.loaded for order in found}
            assert len(loaded) == 1
            outcomes |= loaded
            assert was_cut or loaded == {True}
            assert [ids(await order.items) for order in found] == [[order.id] for order in found]
            assert pool_statistics().lent == 0
        # an interrupt may come too late for a load that takes less than a thread's start
        assert False in outcomes or runner.name == "sync"

    runner.run(main)


def test_a_failure_leaves_all_unloaded_and_the_next_one_is_right(shop: Database, some_runner: Runner) -> None:
    async def main() -> None:
        found = await users().limit(3).async_all()
        await _rename("later_orders", "elsewhere")
        with pytest.raises(Exception, match="later_orders"):
            await found[0].orders
        assert not any(user.orders.loaded for user in found)
        await _rename("elsewhere", "later_orders")
        assert [len(await user.orders) for user in found] == [2, 2, 2]

    async def _rename(old: str, new: str) -> None:
        await shop.execute_text(f"ALTER TABLE {old} RENAME TO {new}")

    some_runner.run(main)
