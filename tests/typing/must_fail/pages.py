"""A page is no list, and its verbs take what they say."""

from tests.typing.models import User


async def pages() -> None:
    async for batch in User.query().async_in_batches(of="5"):  # error: both
        print(batch)
    for user in User.query().async_find_each(order="up"):  # error: both
        print(user)
    User.query().paginate(after=5)  # error: both
    User.query().page(per_page="20")  # error: both
    users: list[User] = User.query().page(2)  # error: both
    print(users)
