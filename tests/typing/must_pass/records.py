"""What a record's verbs give, awaited and in plain sync code."""

from typing import Any, assert_type

from activerecord import excluded, gather
from activerecord.sql.expression import Expression
from tests.typing.models import Order, Track, User


async def written(user: User) -> None:
    assert_type(User(name="ann"), User)
    assert_type(await User.async_create(name="ann"), User)
    assert_type(await User.async_find_or_create_by(name="ann"), User)
    assert_type(await User.async_create_or_find_by(name="ann"), User)
    assert_type(await User.async_insert_all([{"name": "ann"}]), int)
    assert_type(await User.async_insert_all([{"name": "ann"}], returning=True), list[Any])
    assert_type(await User.async_insert_all([{"name": "ann"}], returning=("id", User.name)), list[dict[str, Any]])
    assert_type(await User.async_upsert_all([{"name": "ann"}], unique_by="name"), int)
    assert_type(await User.async_upsert_all([{"id": 1, "name": "a"}], update=(), returning=True), list[Any])
    assert_type(await user.async_save(), bool)
    assert_type(await user.async_update(name="bob"), bool)
    assert_type(await user.async_delete(), bool)
    assert_type(await user.async_reload(), User)


def written_in_plain_sync_code(user: User) -> None:
    assert_type(User.create(name="ann"), User)
    assert_type(User.find_or_create_by(name="ann"), User)
    assert_type(User.create_or_find_by(name="ann"), User)
    assert_type(User.insert_all([{"name": "ann"}]), int)
    assert_type(User.insert_all([{"name": "ann"}], returning=True, batch=5, progress=print), list[Any])
    assert_type(User.upsert_all([{"id": 1}], unique_by=User.id, update={User.name: excluded(User.name)}), int)
    assert_type(User.upsert_all([{"id": 1}], update=["name"], returning=["id"]), list[dict[str, Any]])
    assert_type(excluded(User.name), Expression[str])
    assert_type(user.save(), bool)
    assert_type(user.update(name="bob"), bool)
    assert_type(user.delete(), bool)
    assert_type(user.reload(), User)


def what_a_record_says(user: User) -> None:
    assert_type(user.attributes, dict[str, Any])
    assert_type(user.changes, dict[str, tuple[Any, Any]])
    assert_type(user.changed, bool)
    assert_type(user.is_new, bool)
    user.attributes = {"name": "ann"}


async def in_parallel() -> None:
    users, orders, count = await gather(
        User.query().async_all(), Order.query().async_first(), User.query().async_count(), limit=2
    )
    assert_type(users, list[User])
    assert_type(orders, Order | None)
    assert_type(count, int)
    assert_type(await gather(User.async_find(1)), tuple[User])
    assert_type(await gather(User.async_find(1), Order.async_find(1)), tuple[User, Order])
    assert_type(await gather(*[User.async_find(key) for key in range(9)]), tuple[User, ...])


async def undeclared(track: Track) -> None:
    assert_type(Track.Name, Any)
    assert_type(track.Name, Any)
    track.Name = "Blue"
    assert_type(await Track.where(Track.Name == "Blue").order_by(Track.Milliseconds).async_all(), list[Track])
