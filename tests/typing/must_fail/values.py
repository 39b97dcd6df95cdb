"""Values of one type are not of another."""

from tests.typing.models import User


def plucked() -> None:
    names: list[tuple[int, int]] = User.query().pluck(User.id, User.name)  # error: pyright
    emails: list[str] = User.query().pluck(User.email)  # error: both
    print(names, emails)
    for key, name in User.query().pluck(User.id, User.name):
        print(key.upper(), name.upper())  # error: both
    User.query().pluck(1)  # error: both
    User.query().pluck(User.id, 1)  # error: both


async def computed() -> None:
    youngest: int = User.query().min(User.age)  # error: both
    mean: int = await User.query().async_average(User.age)  # error: both
    total: str = User.query().sum(User.age)  # error: both
    print(youngest, mean, total)
    User.query().average(User.name)  # error: both
    User.query().sum(1)  # error: both
