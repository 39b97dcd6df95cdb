"""Records of a declared model have the columns and verbs that it says, and no others."""

from activerecord import gather
from tests.typing.models import Order, User


def assigned(user: User) -> None:
    user.age = 18
    user.age = "x"  # error: both
    user.age = None  # error: both
    user.email = None
    user.email = 1  # error: both


def misspelt(user: User) -> None:
    user.agee = 18  # error: both
    print(user.agee)  # error: both
    print(User.agee)  # error: both
    print(User.agee > 18)  # error: both
    print(user.is_old())  # error: both
    print(User.qury())  # error: both


def possibly_none(user: User) -> str:
    return user.email  # error: both


def unset() -> None:
    found = User.find_by(name="ann")
    print(found.name)  # error: both
    first = User.query().first()
    print(first.name)  # error: both


async def not_awaited() -> None:
    User.query().async_all()  # error: both
    users: list[User] = User.query().async_all()  # error: both
    print(users)


async def awaited_for_nothing() -> None:
    await User.query().all()  # error: both
    await User.query()  # error: both


async def in_parallel() -> None:
    users, orders = await gather(User.query().async_all(), Order.query().async_all())
    first: Order = users[0]  # error: both
    print(first, orders)
    await gather(User.query())  # error: both
    await gather(User.query().async_all(), 2)  # error: both
    await gather(User.query().async_all(), limit="2")  # error: both
