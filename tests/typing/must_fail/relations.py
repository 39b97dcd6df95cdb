"""Relations are neither what they lead to on the class, nor more than that on a record."""

from activerecord import Many
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
