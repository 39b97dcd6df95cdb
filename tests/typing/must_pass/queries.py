"""What queries give, awaited and in plain sync code."""

import asyncio
from typing import Any, assert_type

import anyio

from activerecord import Query, Stream
from tests.typing.models import Order, User

assert_type(User.query(), Query[User])
assert_type(User.where(User.age > 18), Query[User])
assert_type(User.where("age > ?", 18).where_not(name="ann").or_where({"age": [1, 2]}), Query[User])
assert_type(User.query().order_by("name desc", User.age.desc()).limit(1).offset(2).distinct(), Query[User])
assert_type(User.query().with_("orders.user", User.profile).join(User.orders), Query[User])
assert_type(User.query().with_(("orders", lambda query: query.where(total=1)), ["profile"], [User.orders]), Query[User])
assert_type(User.query().join(Order, Order.reviewer_id == User.id), Query[User])


def run_by_the_loops_themselves() -> None:
    assert_type(asyncio.run(User.query().async_all()), list[User])
    assert_type(anyio.run(User.query().async_all), list[User])
    assert_type(anyio.run(User.async_find, 1), User)


async def in_parallel_by_asyncio() -> None:
    users, count = await asyncio.gather(User.query().async_all(), User.query().async_count())
    assert_type(users, list[User])
    assert_type(count, int)


async def streamed() -> None:
    assert_type(User.query().async_stream(batch=10), Stream[User])
    async with User.where(User.age > 18).async_stream() as rows:
        assert_type(rows, Stream[User])
        async for user in rows:
            assert_type(user, User)
            assert_type(user.name, str)


def streamed_in_plain_code() -> None:
    with User.query().stream() as rows:
        for user in rows:
            assert_type(user, User)


async def records() -> None:
    assert_type(await User.query().async_all(), list[User])
    assert_type(await User.query().async_first(), User | None)
    assert_type(await User.query().async_last(), User | None)
    assert_type(await User.query().async_one(), User)
    assert_type(await User.query().async_one_or_none(), User | None)
    assert_type(await User.query().async_find(1), User)
    assert_type(await User.query().async_find_or_none(1), User | None)
    assert_type(await User.async_find(1), User)
    assert_type(await User.async_find_or_none(1), User | None)
    assert_type(await User.async_find_by(name="ann"), User | None)
    assert_type(await User.where(age=18).async_all(), list[User])


def records_in_plain_sync_code() -> None:
    assert_type(User.query().all(), list[User])
    assert_type(User.query().first(), User | None)
    assert_type(User.query().last(), User | None)
    assert_type(User.query().one(), User)
    assert_type(User.query().one_or_none(), User | None)
    assert_type(User.query().find(1), User)
    assert_type(User.query().find_or_none(1), User | None)
    assert_type(User.find(1), User)
    assert_type(User.find_or_none(1), User | None)
    assert_type(User.find_by(name="ann"), User | None)


async def values() -> None:
    assert_type(await User.query().async_count(), int)
    assert_type(await User.query().async_count(User.email, distinct=True), int)
    assert_type(await User.query().async_exists(), bool)
    assert_type(await User.query().async_pluck(User.id), list[int])
    assert_type(await User.query().async_pluck(User.email), list[str | None])
    assert_type(await User.query().async_pluck(User.age + 1), list[int])
    assert_type(await User.query().async_pluck("id"), list[Any])
    assert_type(await User.query().async_pluck(User.id, "name"), list[tuple[Any, ...]])
    assert_type(await User.query().async_dicts(), list[dict[str, Any]])
    assert_type(await User.query().async_tuples(), list[tuple[Any, ...]])
    assert_type(await User.query().async_to_sql(), tuple[str, list[Any]])


def values_in_plain_sync_code() -> None:
    assert_type(User.query().count(), int)
    assert_type(User.query().count(User.email, distinct=True), int)
    assert_type(User.query().exists(), bool)
    assert_type(User.query().pluck(User.id), list[int])
    assert_type(User.query().pluck("id"), list[Any])
    assert_type(User.query().pluck(User.id, User.name, "age"), list[tuple[Any, ...]])
    assert_type(User.query().dicts(), list[dict[str, Any]])
    assert_type(User.query().tuples(), list[tuple[Any, ...]])
    assert_type(User.query().to_sql(), tuple[str, list[Any]])
