"""Relations stand for themselves on the class, and for what they lead to on a record."""

from collections.abc import Sequence
from typing import Any, assert_type

from activerecord import ActiveRecord, Many, Query, RawQuery, Relation, async_preload, preload
from tests.typing.models import Order, Profile, User

assert_type(User.orders, Relation[list[Order]])
assert_type(User.profile, Relation[Profile | None])
assert_type(Order.user, Relation[User])
assert_type(Order.reviewer, Relation[User | None])


def total(orders: Sequence[Order]) -> float:
    return sum(order.total for order in orders)


def at_hand(user: User, order: Order) -> None:
    orders = assert_type(user.orders, Many[Order])
    assert_type(orders[0], Order)
    assert_type(orders[1:], list[Order])
    assert_type([order.total for order in orders], list[float])
    assert_type(len(user.orders), int)
    assert_type(user.orders.query(), Query[Order])
    assert_type(user.orders.where(Order.total > 1.5), Query[Order])
    assert_type(total(user.orders), float)
    assert_type(user.profile, Profile | None)
    assert_type(order.user, User)
    assert_type(order.user.name, str)
    assert_type(order.reviewer, User | None)


def assigned(user: User, order: Order) -> None:
    order.user = user
    order.reviewer = user
    order.reviewer = None


async def awaited(user: User, order: Order) -> None:
    assert_type(await user.orders, list[Order])
    assert_type(await user.async_load(User.orders), list[Order])
    assert_type(await user.async_load(User.profile), Profile | None)
    assert_type(await order.async_load(Order.user), User)
    assert_type(await order.async_load(Order.reviewer), User | None)


def loaded_in_plain_sync_code(user: User, order: Order) -> None:
    assert_type(user.load(User.orders), list[Order])
    assert_type(user.load(User.profile), Profile | None)
    assert_type(order.load(Order.user), User)
    assert_type(order.load(Order.reviewer), User | None)


def loaded_along(users: list[User]) -> None:
    assert_type(User.orders.user, Relation[Any])
    assert_type(User.query().with_("orders", User.profile), Query[User])
    User.query().with_(User.orders.user, ("orders", lambda query: query.limit(3)), (User.orders, lambda query: query))
    User.query().with_({"orders": {"user": ["profile"]}}, {User.orders: Order.user}, ["profile", User.orders])
    preload(users, "orders.user", User.profile, {User.orders: None})


def strict(query: Query[User]) -> None:
    assert_type(User.strict_loading("log"), Query[User])
    assert_type(query.strict_loading().with_("orders"), Query[User])
    assert_type(User.from_sql("SELECT 1").strict_loading("off"), RawQuery[User])


class Strict(ActiveRecord):
    __strict_loading__ = "raise"


ActiveRecord.__strict_loading__ = "log"


async def loaded_along_later(users: list[User]) -> None:
    await async_preload(users, "orders.user", User.profile, timeout=1.5)


def asked_by(query: Query[User]) -> None:
    assert_type(query.where_has("orders"), Query[User])
    assert_type(query.where_has(User.orders), Query[User])
    assert_type(query.with_count("orders"), Query[User])


async def written(user: User, order: Order) -> None:
    assert_type(user.orders.build(total=1.5), Order)
    assert_type(user.orders.create(total=1.5), Order)
    assert_type(await user.orders.async_create(total=1.5), Order)
    await user.orders.async_add(order, order)
    await user.orders.async_remove(order)
    await user.orders.async_replace([order])
    user.orders.add(order)
    user.orders.replace([order])
