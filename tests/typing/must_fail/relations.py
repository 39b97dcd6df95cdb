"""Relations are neither what they lead to on the class, nor more than that on a record."""

from activerecord import Many, preload
from tests.typing.models import Order, Profile, User


async def awaited(order: Order) -> None:
    await order.async_load(Order.user)
    await order.user  # error: both
    await order.reviewer  # error: both


async def loaded(order: Order) -> None:
    name: str = (await order.async_load(Order.reviewer)).name  # error: both
    other: Order = await order.async_load(Order.user)  # error: both
    await order.async_load(Order.total)  # error: both
    print(name, other)


def possibly_none(user: User, order: Order) -> None:
    print(order.user.name)
    print(order.reviewer.name)  # error: both
    print(user.profile.id)  # error: both


def of_another_model(user: User, order: Order) -> None:
    order.user = user
    order.user = order  # error: both
    order.user = None  # error: both
    user.orders = []  # error: both
    user.profile = Profile()  # error: both
    users: Many[User] = user.orders  # error: both
    print(users)


def terminal_verbs(user: User) -> None:
    print(user.orders.query().count())
    print(user.orders.all())  # error: both
    user.orders.append(Order())  # error: both


def loaded_along(user: User) -> None:
    User.query().with_(User.orders)
    User.query().with_(5)  # error: both
    User.query().with_(User.name)  # error: both
    User.strict_loading().with_("orders").strict_loading("log")
    User.strict_loading("rise")  # error: both
    User.query().strict_loading(True)  # error: both
    User.from_sql("SELECT 1").strict_loading("rise")  # error: both
    preload([user], User.name)  # error: both
    preload(user, "orders")  # error: both


async def written(user: User, order: Order) -> None:
    user.orders.add(order)
    user.orders.add(user)  # error: both
    await user.orders.async_add(user)  # error: both
    await user.orders.async_replace([user])  # error: both
    user.orders.replace(order)  # error: both
    made: User = await user.orders.async_create(total=1)  # error: both
    print(made)
