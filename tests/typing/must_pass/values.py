"""What is read of columns has the types of the columns."""

from decimal import Decimal
from typing import Any, assert_type

from activerecord import ActiveRecord, Column, column
from tests.typing.models import Order, Track, User


class Payment(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    amount: Column[Decimal]
    fee: Column[Decimal | None]
    is_open: Column[bool]
    note: Column[str | None]


async def plucked() -> None:
    query = User.query()
    assert_type(await query.async_pluck(User.id), list[int])
    assert_type(await query.async_pluck(User.id, User.name), list[tuple[int, str]])
    assert_type(await query.async_pluck(User.id, User.email, User.age + 1), list[tuple[int, str | None, int]])
    for key, name in await query.async_pluck(User.id, User.name):
        assert_type(key, int)
        assert_type(name, str)
    four = await Payment.query().async_pluck(Payment.id, Payment.amount, Payment.fee, Payment.is_open)
    assert_type(four, list[tuple[int, Decimal, Decimal | None, bool]])
    assert_type(await query.async_pluck("id"), list[Any])
    assert_type(await query.async_pluck("id", "name"), list[tuple[Any, ...]])
    assert_type(await query.async_pluck(User.id, "name"), list[tuple[Any, ...]])
    assert_type(await query.async_ids(), list[Any])


def plucked_in_plain_sync_code() -> None:
    query = User.query()
    assert_type(query.pluck(User.id, User.name), list[tuple[int, str]])
    assert_type(query.pluck(User.id, User.id, User.name), list[tuple[int, int, str]])
    a, b = User.id, User.name
    assert_type(query.pluck(a, b, a, b, a), list[tuple[int, str, int, str, int]])
    assert_type(query.pluck(a, b, a, b, a, b), list[tuple[int, str, int, str, int, str]])
    assert_type(query.pluck(a, b, a, b, a, b, a), list[tuple[int, str, int, str, int, str, int]])
    assert_type(query.pluck(a, b, a, b, a, b, a, b), list[tuple[int, str, int, str, int, str, int, str]])
    assert_type(query.pluck(a, b, a, b, a, b, a, b, a), list[tuple[Any, ...]])
    assert_type(dict(query.pluck(User.id, User.name)), dict[int, str])


async def computed() -> None:
    assert_type(await User.query().async_min(User.age), int | None)
    assert_type(await User.query().async_max(User.email), str | None)
    assert_type(await User.query().async_sum(User.age), int)
    assert_type(await User.query().async_average(User.age), float | None)
    assert_type(await Payment.query().async_average(Payment.fee), Decimal | None)
    assert_type(await Payment.query().async_sum(Payment.fee), Decimal)


def computed_in_plain_sync_code() -> None:
    assert_type(User.query().min(User.age), int | None)
    assert_type(User.query().max(User.email, timeout=1), str | None)
    assert_type(User.query().max(User.age * 2), int | None)
    assert_type(User.query().sum(User.age), int)
    assert_type(Order.query().sum(Order.total), float)
    assert_type(Order.query().average(Order.total), float | None)
    assert_type(Payment.query().sum(Payment.amount), Decimal)
    assert_type(Payment.query().sum(Payment.is_open), int)
    assert_type(Payment.query().average(Payment.amount), Decimal | None)
    assert_type(Payment.query().min(Payment.note), str | None)
    assert_type(Payment.query().sum("amount"), Any)
    assert_type(Payment.query().average("amount"), Any)
    assert_type(Payment.query().max("amount"), Any)


def of_a_model_that_is_not_declared() -> None:
    longest: int = Track.query().max(Track.Milliseconds)
    total: int = Track.query().sum(Track.Milliseconds)
    mean: float = Track.query().average(Track.Milliseconds)
    names: list[str] = Track.query().pluck(Track.Name)
    pairs: list[tuple[int, str]] = Track.query().pluck(Track.TrackId, Track.Name)
    print(longest, total, mean, names, pairs)
