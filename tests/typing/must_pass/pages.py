"""Batches and pages hold records of the query's model."""

from typing import Any, assert_type

from activerecord import Batch, Batches, Each, NumberedPage, Page
from tests.typing.models import User


async def batches() -> None:
    assert_type(User.query().async_in_batches(of=500), Batches[User])
    async for batch in User.query().async_in_batches():
        assert_type(batch, Batch[User])
        assert_type(batch[0], User)
        assert_type(batch.ids, list[Any])
        users: list[User] = batch
        print(users)
    assert_type(User.query().async_find_each(order="desc", after=5), Each[User])
    async for user in User.query().async_find_each():
        assert_type(user, User)


def batches_in_plain_sync_code() -> None:
    for batch in User.query().in_batches(100, start=1, finish=5):
        assert_type(batch, Batch[User])
    for user in User.query().find_each(batch=100):
        assert_type(user, User)


async def pages() -> None:
    page = await User.query().order_by(User.age.desc()).async_paginate(limit=20, after=None)
    assert_type(page, Page[User])
    assert_type(page.next, str | None)
    assert_type(page[0], User)
    assert_type(page[:2], list[User])
    assert_type([user.name for user in page], list[str])
    assert_type(await User.query().async_page(3, per_page=20), NumberedPage[User])


def pages_in_plain_sync_code() -> None:
    assert_type(User.query().paginate(20, before="cursor").records, list[User])
    numbered = User.query().page(3)
    assert_type(numbered.total, int)
    assert_type(numbered.pages, int)
    assert_type(list(numbered), list[User])
