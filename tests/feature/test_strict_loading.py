"""Strict loading: what is loaded later than with the query is refused, or told, as the query, the model or the process says."""

import copy
import logging
import pickle
from collections.abc import Callable, Coroutine, Iterator
from types import new_class
from typing import Any

import pytest

from activerecord import (
    ActiveRecord,
    BelongsTo,
    Column,
    HasMany,
    HasOne,
    QueryError,
    RelationNotLoaded,
    StrictLoadingViolation,
    UsageError,
    async_preload,
    belongs_to,
    column,
    create_tables,
    default_scope,
    has_many,
    has_one,
    preload,
)
from activerecord.database import Database
from activerecord.runtime import backend
from activerecord.testing.queries import assert_queries
from activerecord.testing.runners import Runner
from tests.feature.cells import Cell
from tests.feature.test_polymorphic import Comment, Post, blog

__all__ = ["blog"]


class User(ActiveRecord):
    __table_name__ = "strict_users"
    id: Column[int] = column(primary_key=True)
    name: Column[str] = column(default="nobody")
    orders: HasMany["Order"] = has_many(order="id")
    items: HasMany["Item"] = has_many(through="orders.items")
    profile: HasOne["Profile"] = has_one()


class Profile(ActiveRecord):
    __table_name__ = "strict_profiles"
    __strict_loading__ = "raise"
    id: Column[int] = column(primary_key=True)
    user_id: Column[int]
    user: BelongsTo[User] = belongs_to()


class Order(ActiveRecord):
    __table_name__ = "strict_orders"
    id: Column[int] = column(primary_key=True)
    user_id: Column[int | None]
    user: BelongsTo["User | None"] = belongs_to()
    items: HasMany["Item"] = has_many(order="id")


class Item(ActiveRecord):
    __table_name__ = "strict_items"
    id: Column[int] = column(primary_key=True)
    order_id: Column[int]
    order: BelongsTo[Order] = belongs_to()


@pytest.fixture
def shop(configured: str) -> Database:
    """Users 1 to 3, each with two orders of one item each, and a profile; order 7 is nobody's."""
    create_tables(User, Profile, Order, Item)
    User.insert_all([{"id": n, "name": str(n)} for n in (1, 2, 3)])
    Profile.insert_all([{"user_id": n} for n in (1, 2, 3)])
    Order.insert_all([{"user_id": n} for n in (1, 1, 2, 2, 3, 3, None)])
    Item.insert_all([{"order_id": n} for n in range(1, 7)])
    return User.__mapper__.database()


@pytest.fixture
def strict_process() -> Iterator[None]:
    """The whole process is strict; only what is told nearer is otherwise."""
    ActiveRecord.__strict_loading__ = "raise"
    yield
    ActiveRecord.__strict_loading__ = "off"


Later = Callable[[User, Order], Coroutine[Any, Any, object]]


async def _awaited(user: User, order: Order) -> None:
    await user.orders


async def _loaded(user: User, order: Order) -> None:
    await user.async_load(User.orders)


async def _loaded_one(user: User, order: Order) -> None:
    await order.async_load(Order.user)


async def _loaded_other(user: User, order: Order) -> None:
    await user.async_load(User.profile)


async def _along_others(user: User, order: Order) -> None:
    await user.items


async def _counted(user: User, order: Order) -> None:
    len(user.orders)


async def _iterated(user: User, order: Order) -> None:
    list(user.orders)


async def _compared(user: User, order: Order) -> None:
    assert user.orders != []


async def _indexed(user: User, order: Order) -> None:
    _ = user.items[0]


async def _read_one(user: User, order: Order) -> None:
    _ = order.user


async def _read_other(user: User, order: Order) -> None:
    _ = user.profile


LATER: dict[str, Later] = {
    each.__name__[1:]: each
    for each in (
        _awaited,
        _loaded,
        _loaded_one,
        _loaded_other,
        _along_others,
        _counted,
        _iterated,
        _compared,
        _indexed,
        _read_one,
        _read_other,
    )
}


@pytest.mark.parametrize("later", LATER.values(), ids=LATER)
def test_whatever_would_load_later_is_refused(shop: Database, some_runner: Runner, later: Later) -> None:
    async def main() -> None:
        user = await User.query().strict_loading().async_find(1)
        order = await Order.query().strict_loading("raise").async_find(1)
        with assert_queries(0, shop), pytest.raises(StrictLoadingViolation, match=r"^(User|Order)\.\w+ is not loaded"):
            await later(user, order)
        assert not user.orders.loaded

    some_runner.run(main)


def test_the_error_names_the_relation_and_the_remedy(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        (user, *_) = await User.strict_loading().order_by("id").async_all()
        with pytest.raises(StrictLoadingViolation) as caught:
            await user.orders
        way = "`preload(records, 'orders')`" if backend() is None else "`await async_preload(records, 'orders')`"
        message = str(caught.value)
        assert message.startswith("User.orders is not loaded, and strict_loading() of its query forbids")
        assert ".with_('orders')" in message and way in message
        assert isinstance(caught.value, RelationNotLoaded)

    runner.run(main)


def test_what_is_loaded_along_or_for_records_at_hand_is_allowed(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        with assert_queries(3, shop):
            users = await User.strict_loading().with_("orders").order_by("id").async_all()
            await async_preload(users, "profile")
            assert [len(user.orders) for user in users] == [2, 2, 2]
            assert [len(await user.orders) for user in users] == [2, 2, 2]
            assert [user.profile and user.profile.user_id for user in users] == [1, 2, 3]

    runner.run(main)


WAYS: dict[str, Callable[[], Coroutine[Any, Any, User]]] = {}


def way(function: Callable[[], Coroutine[Any, Any, User]]) -> Callable[[], Coroutine[Any, Any, User]]:
    WAYS[function.__name__[1:]] = function
    return function


@way
async def _along() -> User:
    return await User.strict_loading().with_("orders").async_find(1)


@way
async def _at_hand() -> User:
    user = await User.strict_loading().async_find(1)
    await async_preload([user], "orders")
    return user


@way
async def _joined() -> User:
    return (await User.strict_loading().with_joined("orders").where(id=1).async_all())[0]


@way
async def _limited() -> User:
    return await User.strict_loading().with_(("orders", lambda query: query.limit(1))).async_find(1)


@way
async def _united() -> User:
    return await User.strict_loading().where(id=1).union(User.where(id=1)).with_("orders").async_one()


@way
async def _merged() -> User:
    return await User.where(id=1).with_("orders").merge(User.strict_loading()).async_one()


@way
async def _raw() -> User:
    query = User.from_sql("SELECT * FROM strict_users WHERE id = 1")
    return await query.strict_loading().with_("orders").async_one()


@way
async def _in_batches() -> User:
    users = [user async for user in User.strict_loading().with_("orders").async_find_each()]
    return users[0]


@way
async def _streamed() -> User:
    async with User.strict_loading().with_("orders").order_by("id").async_stream() as rows:
        users = [user async for user in rows]
    return users[0]


@way
async def _narrowed() -> User:
    return await User.query().with_(("orders", lambda query: query.strict_loading())).async_find(1)


@pytest.mark.parametrize("load", WAYS.values(), ids=WAYS)
def test_what_came_along_is_as_strict(
    shop: Database, cell: Cell, some_runner: Runner, load: Callable[[], Coroutine[Any, Any, User]]
) -> None:
    if load is _streamed and cell.place == "memory":
        pytest.skip("a stream has the only connection, and what is loaded along takes another")

    async def main() -> None:
        user = await load()
        with assert_queries(0, shop), pytest.raises(StrictLoadingViolation, match=r"^Order\.items"):
            await user.orders[0].items

    some_runner.run(main)


def test_the_mode_goes_down_all_levels(shop: Database) -> None:
    order = User.strict_loading().with_("orders.items").find(1).orders[0]
    item = order.items[0]
    assert item.order is order
    item.order_id = 2
    with pytest.raises(StrictLoadingViolation, match=r"^Item\.order"):
        _ = item.order


def test_a_nearer_word_wins(shop: Database) -> None:
    def easy(query: Any) -> Any:
        return query.strict_loading("off")

    user = User.strict_loading().with_(("orders", easy)).find(1)
    assert len(user.orders[0].items) == 1
    with pytest.raises(StrictLoadingViolation):
        _ = user.profile
    with pytest.raises(StrictLoadingViolation, match=r"Profile\.__strict_loading__ forbids"):
        _ = Profile.find(1).user
    assert Profile.strict_loading("off").find(1).user.id == 1
    assert User.strict_loading().strict_loading("off").find(1).profile is not None


def test_a_model_is_as_strict_as_it_says_where_it_is_reached_from_others(shop: Database) -> None:
    profile = User.query().with_("profile").find(1).profile
    assert profile is not None
    # the owner is attached by the inverse; a record that is loaded anew has it not
    assert profile.user.id == 1
    profile.user_id = 2
    with pytest.raises(StrictLoadingViolation):
        _ = profile.user


def test_the_process_is_strict(shop: Database, strict_process: None, runner: Runner) -> None:
    class Easy(User):
        __table_name__ = "strict_users"
        __strict_loading__ = "off"

    class Guest(Easy):
        __table_name__ = "strict_users"

    async def main() -> None:
        user = await User.async_find(1)
        with pytest.raises(StrictLoadingViolation, match=r"User\.__strict_loading__ forbids"):
            await user.orders
        assert len(await (await User.strict_loading("off").async_find(1)).orders) == 2
        assert await (await Easy.async_find(1)).async_load(Easy.orders) == await user.orders.query().async_all()
        assert await (await Guest.async_find(1)).async_load(Guest.profile) is not None
        ActiveRecord.__strict_loading__ = "off"
        assert len(await user.orders) == 2

    runner.run(main)


def test_logging_loads_and_warns_once(shop: Database, runner: Runner, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        with caplog.at_level(logging.WARNING, "activerecord"), assert_queries(3, shop):
            users = await User.strict_loading("log").order_by("id").async_all()
            assert [len(await user.orders) for user in users] == [2, 2, 2]
            assert [len(await order.items) for user in users for order in user.orders] == [1] * 6
        assert [(record.name, record.levelname) for record in caplog.records] == [("activerecord", "WARNING")] * 2
        first, second = caplog.messages
        assert f", at {__file__}:" in first and "(strict_loading() of its query)" in second
        assert first.startswith("User.orders is loaded later than the query, for 3 records")
        # what was loaded later warns too
        assert second.startswith("Order.items is loaded later than the query, for 6 records")

    caplog.clear()
    runner.run(main)


def test_logging_warns_of_what_is_loaded_only(shop: Database, runner: Runner, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        user = await User.strict_loading("log").async_find(1)
        if backend() is None:
            assert len(user.orders) == 2
            assert len(caplog.records) == 1
            return
        with pytest.raises(RelationNotLoaded, match="is not loaded: ask for it") as caught:
            len(user.orders)
        assert not isinstance(caught.value, StrictLoadingViolation)
        assert not caplog.records

    caplog.clear()
    runner.run(main)


def test_what_needs_no_query_passes(shop: Database, strict_process: None, some_runner: Runner) -> None:
    async def main() -> None:
        order = await Order.async_find(7)
        with assert_queries(0, shop):
            assert order.user is None
            assert await order.async_load(Order.user) is None
            fresh = User(name="new")
            assert await fresh.orders == [] and list(fresh.items) == [] and fresh.profile is None
        # a new record of a known key is not one of a result, and nothing could be loaded along with it
        owner = await Order(user_id=2).async_load(Order.user)
        assert owner is not None and owner.id == 2

    some_runner.run(main)


def test_of_a_null_key_not_even_the_siblings_are_asked(shop: Database, some_runner: Runner) -> None:
    async def main() -> None:
        orders = await Order.strict_loading().order_by("id").async_all()
        with assert_queries(0, shop):
            assert await orders[-1].async_load(Order.user) is None
            with pytest.raises(StrictLoadingViolation):
                await orders[0].async_load(Order.user)

    some_runner.run(main)


def test_fresh_queries_and_writes_are_asked_for(shop: Database, strict_process: None, some_runner: Runner) -> None:
    async def main() -> None:
        user, other = await User.async_find(1), await User.async_find(2)
        assert await user.orders.query().async_count() == 2
        assert [order.id for order in await user.orders.where(id=2).async_all()] == [2]
        made = await user.orders.async_create()
        built = user.orders.build()
        await user.async_save()
        assert not built.is_new
        nobodys = await Order.async_find(7)
        await user.orders.async_add(nobodys)
        await user.orders.async_remove(made)
        assert sorted(await user.orders.query().async_ids()) == sorted([1, 2, 7, built.id])
        await other.orders.async_replace([nobodys])
        assert await other.orders.query().async_ids() == [7]
        # what a write has made known is there
        assert [order.id for order in other.orders] == [7]
        nobodys.user = user
        await nobodys.async_save()
        await nobodys.async_delete()

    some_runner.run(main)


def test_dependents_go_with_their_owner(shop: Database, strict_process: None, some_runner: Runner) -> None:
    class Owner(ActiveRecord):
        __table_name__ = "strict_users"
        id: Column[int] = column(primary_key=True)
        name: Column[str]
        orders: HasMany[Order] = has_many(foreign_key="user_id", dependent="destroy")
        profile: HasOne[Profile] = has_one(foreign_key="user_id", dependent="delete")

    async def main() -> None:
        owner = await Owner.async_find(1)
        await Item.where(order_id=[1, 2]).async_delete_all()
        await owner.async_delete()
        assert sorted(await Order.query().async_ids()) == [3, 4, 5, 6, 7]
        assert await Profile.where(user_id=1).async_count() == 0

    some_runner.run(main)


def test_a_record_keeps_the_mode_of_its_query(shop: Database, some_runner: Runner) -> None:
    async def main() -> None:
        for change in (_saved, _reloaded, _copied, _pickled):
            user = await change(await User.strict_loading().async_find(1))
            with pytest.raises(StrictLoadingViolation):
                await user.orders

    async def _saved(user: User) -> User:
        user.name = "other"
        await user.async_save()
        return user

    async def _reloaded(user: User) -> User:
        return await user.async_reload()

    async def _copied(user: User) -> User:
        return copy.copy(user)

    async def _pickled(user: User) -> User:
        found: User = pickle.loads(pickle.dumps(user))
        return found

    some_runner.run(main)


def test_records_of_several_results_lead_to_the_strictest(shop: Database) -> None:
    easy, strict, untold = User.strict_loading("off").find(1), User.strict_loading().find(2), User.find(3)
    preload([easy, strict], "orders")
    for user in (easy, strict):
        with pytest.raises(StrictLoadingViolation):
            _ = user.orders[0].items[0]
    Order.__strict_loading__ = "raise"
    try:
        # 'off' of the one does not speak for the other, of which nothing was told
        preload([easy, untold], "orders")
        with pytest.raises(StrictLoadingViolation, match=r"Order\.__strict_loading__"):
            _ = untold.orders[0].items[0]
        preload([easy], "orders")
        assert len(easy.orders[0].items) == 1
    finally:
        del Order.__strict_loading__


def test_rows_that_a_write_gives_back(shop: Database, engine: str) -> None:
    if engine == "mysql":
        pytest.skip("it gives back no rows that it has updated")
    (user,) = User.where(id=1).strict_loading().update_all(name="x", returning=True)
    with pytest.raises(StrictLoadingViolation):
        len(user.orders)


def test_one_of_several_models(blog: Database, some_runner: Runner) -> None:
    async def main() -> None:
        comments = await Comment.strict_loading().order_by("id").async_all()
        with assert_queries(0, blog):
            assert await comments[4].async_load(Comment.commentable) is None
            with pytest.raises(StrictLoadingViolation, match=r"^Comment\.commentable"):
                await comments[0].async_load(Comment.commentable)
            with pytest.raises(StrictLoadingViolation):
                _ = comments[0].commentable
        await async_preload(comments, "commentable")
        post = comments[0].commentable
        assert isinstance(post, Post)
        with assert_queries(0, blog), pytest.raises(StrictLoadingViolation, match=r"^Post\.author"):
            await post.async_load(Post.author)

    some_runner.run(main)


def test_a_wrong_word_is_refused_at_once() -> None:
    word: Any = "rise"
    for tell in (User.strict_loading, User.query().strict_loading, User.from_sql("SELECT 1").strict_loading):
        with pytest.raises(UsageError, match="strict_loading is 'raise', 'log' or 'off', got 'rise'"):
            tell(word)
    word = True
    with pytest.raises(UsageError, match="got bool"):
        User.query().strict_loading(word)
    with pytest.raises(UsageError, match=r"^Wrong\.__strict_loading__ is 'raise'"):
        new_class("Wrong", (ActiveRecord,), exec_body=lambda body: body.update(__strict_loading__=word))

    with pytest.raises(UsageError, match=r"^ActiveRecord\.__strict_loading__"):
        ActiveRecord.__strict_loading__ = word
    with pytest.raises(UsageError, match=r"^User\.__strict_loading__"):
        User.__strict_loading__ = word
    assert User.__strict_loading__ == "off"


def test_a_default_scope_says_nothing_of_it(shop: Database) -> None:
    class Scoped(ActiveRecord):
        __table_name__ = "strict_users"
        id: Column[int] = column(primary_key=True)

        @default_scope
        @staticmethod
        def strict(query: Any) -> Any:
            return query.strict_loading()

    with pytest.raises(QueryError, match="says strict"):
        Scoped.query().all()


def test_records_with_others_joined_to_them(shop: Database) -> None:
    user = User.strict_loading().with_joined("orders").where(id=1).all()[0]
    order = Order.strict_loading().with_joined("user").where(id=1).all()[0]
    owner = order.user
    assert owner is not None
    with assert_queries(0, shop):
        for later in (lambda: user.profile, lambda: order.items[0], lambda: owner.profile):
            with pytest.raises(StrictLoadingViolation):
                later()


def test_a_write_is_the_same_statement(shop: Database) -> None:
    with assert_queries(2, shop) as statements:
        User.where(id=1).update_all(name="x")
        User.where(id=1).strict_loading().update_all(name="y")
    assert statements[0] == statements[1]
