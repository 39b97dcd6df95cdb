"""What expressions, functions, aggregates, windows and dates are expressions of."""

import datetime as dt
from decimal import Decimal
from typing import Any, assert_type

from activerecord import (
    ActiveRecord,
    Column,
    all_,
    any_,
    case,
    cast,
    column,
    date_trunc,
    extract,
    fn,
    interval,
    rows,
    value,
)
from activerecord.sql.expression import Condition, Expression
from activerecord.sql.function import Function
from activerecord.sql.window import Over
from activerecord.types import Numeric


class Sale(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    name: Column[str]
    city: Column[str | None]
    price: Column[Decimal]
    weight: Column[float | None]
    paid: Column[bool]
    day: Column[dt.date]
    made: Column[dt.datetime]
    sent: Column[dt.datetime | None]
    lasts: Column[dt.timedelta]


assert_type(Sale.name.ilike("a%"), Condition)
assert_type(Sale.city.is_distinct_from("x"), Condition)
assert_type(Sale.city.is_not_distinct_from(None), Condition)
assert_type(Sale.id.not_between(1, 2), Condition)
assert_type(Sale.id > any_(Sale.query().select(Sale.id)), Condition)
assert_type(Sale.id >= all_(Sale.query().select(Sale.id)), Condition)
assert_type(-Sale.id, Expression[int])
assert_type(Sale.id % 2, Expression[int])
assert_type(Sale.price > 1, Condition)
assert_type(Sale.price == 1, Condition)
assert_type(Sale.price.between(1, Decimal(2)), Condition)
assert_type(1 - Sale.price * 2, Expression[Decimal])
assert_type(Sale.name + "x", Expression[str])
assert_type(Sale.city.concat("-", Sale.id), Expression[str])
assert_type(value(1) + Sale.id, Expression[int])
assert_type(1 + Sale.id, Expression[int])

assert_type(Sale.made + dt.timedelta(days=1), Expression[dt.datetime])
assert_type(Sale.sent - dt.timedelta(days=1), Expression[dt.datetime | None])
assert_type(Sale.day + interval(months=1), Expression[dt.date])
assert_type(Sale.made + Sale.lasts, Expression[dt.datetime])
assert_type(dt.timedelta(days=1) + Sale.made, Expression[dt.datetime])
assert_type(Sale.made - Sale.sent, Expression[dt.timedelta])
assert_type(Sale.day - dt.date(2024, 1, 1), Expression[dt.timedelta])
assert_type(Sale.lasts + dt.timedelta(days=1), Expression[dt.timedelta])
assert_type(Sale.made - Sale.day > dt.timedelta(days=1), Condition)
assert_type(extract("year", Sale.sent), Expression[int])
assert_type(date_trunc("month", Sale.made), Expression[dt.datetime])
assert_type(date_trunc("month", Sale.sent), Expression[dt.datetime | None])
assert_type(date_trunc("month", Sale.day), Expression[dt.date])
assert_type(fn.now(), Expression[dt.datetime])
assert_type(Sale.made < fn.now() - dt.timedelta(days=1), Condition)

assert_type(case((Sale.paid, "x"), else_="y"), Expression[str])
assert_type(case((Sale.paid, Sale.id)), Expression[int | None])
assert_type(case(Sale.name, {"a": 1, "b": 2}, else_=3), Expression[int])
assert_type(case(Sale.name, {"a": 1}), Expression[int | None])
assert_type(cast(Sale.name, int), Expression[int])
assert_type(cast(Sale.name, Numeric(10, 2)), Expression[Any])

assert_type(fn.lower(Sale.name), Function[str])
assert_type(fn.upper(Sale.city), Function[str | None])
assert_type(fn.length(Sale.city), Function[int])
assert_type(fn.coalesce(Sale.city, "?"), Function[str])
assert_type(fn.coalesce(Sale.sent, Sale.made), Function[dt.datetime])
assert_type(fn.greatest(Sale.id, Sale.id), Function[int])
assert_type(fn.nullif(Sale.name, Sale.city), Function[str | None])
assert_type(fn.nullif(Sale.id, 0), Function[int | None])
assert_type(fn.greatest(Sale.id, 5), Function[int])
assert_type(fn.abs(Sale.price), Function[Decimal])
assert_type(fn.floor(Sale.price), Function[int])
assert_type(fn.random(), Function[float])
assert_type(fn.whatever(Sale.id), Function[Any])
assert_type(fn.lower(Sale.name) == "x", Condition)

assert_type(fn.count(), Function[int])
assert_type(fn.sum(Sale.price), Function[Decimal | None])
assert_type(fn.max(Sale.sent), Function[dt.datetime | None])
assert_type(fn.avg(Sale.price), Function[Decimal | None])
assert_type(fn.avg(Sale.id), Function[float | None])
assert_type(fn.avg(Sale.weight), Function[float | None])
assert_type(fn.string_agg(Sale.name, ", "), Function[str | None])
assert_type(fn.count().filter(Sale.paid), Function[int])
assert_type(fn.count() > 1, Condition)
assert_type(fn.row_number().over(order_by=Sale.id), Over[int])
assert_type(fn.lag(Sale.day).over("w"), Over[dt.date | None])
assert_type(fn.sum(Sale.id).over(partition_by=[Sale.city, Sale.name], frame=rows(-1, 1)), Over[int | None])


def plucked() -> None:
    assert_type(Sale.query().pluck(fn.count()), list[int])
    assert_type(Sale.query().pluck(Sale.name, Sale.made + dt.timedelta(days=1)), list[tuple[str, dt.datetime]])
