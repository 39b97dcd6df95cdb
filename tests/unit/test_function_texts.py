"""The SQL of operators, functions, aggregates, windows and dates, in every dialect."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from activerecord import (
    ActiveRecord,
    Column,
    QueryError,
    all_,
    any_,
    case,
    cast,
    column,
    cube,
    date_trunc,
    extract,
    fn,
    grouping_sets,
    groups,
    interval,
    range_,
    rollup,
    rows,
    value,
)
from activerecord.sql.dates import PARTS
from activerecord.sql.expression import Expression
from activerecord.sql.function import Function
from activerecord.types import DateTime
from tests.unit.snapshots import Case, against_snapshots


class Sale(ActiveRecord):
    __table_name__ = "sales"
    id: Column[int] = column(primary_key=True)
    name: Column[str]
    city: Column[str | None]
    price: Column[Decimal]
    weight: Column[float]
    paid: Column[bool]
    day: Column[dt.date]
    made: Column[dt.datetime]
    sent: Column[dt.datetime | None] = column(type=DateTime(zone=True))
    lasts: Column[dt.timedelta]


def selecting(*expressions: Expression[Any]) -> Case:
    return lambda: Sale.query().select(*expressions)


def counting(condition: Expression[bool]) -> Case:
    return lambda: Sale.where(condition).select(Sale.id)


DAY = dt.date(2024, 2, 29)
MOMENT = dt.datetime(2024, 2, 29, 12, 30, tzinfo=dt.UTC)
SHORT = dt.timedelta(days=3)
TEN = Decimal(10)
ANY_PRICE: Any = Sale.price
SPAN: Any = interval(months=1, days=3)
FINE = dt.timedelta(seconds=1, microseconds=5)
CITY = fn.coalesce(Sale.city, "?")
PART: dict[str, Case] = {f"extract {part}": selecting(extract(part, Sale.made)) for part in PARTS}  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

EXPRESSIONS: dict[str, Case] = {
    "like": counting(Sale.name.like("a%") & Sale.name.not_like("b_")),
    "to the letter": counting(Sale.name.starts_with("50%_\\") & Sale.name.ends_with("'") & ~Sale.name.contains("%")),
    "ilike": counting(Sale.name.ilike("a%") | Sale.name.not_ilike("%b")),
    "starts, ends, contains": counting(
        Sale.name.istarts_with("50%_\\") & Sale.name.iends_with("é") & Sale.name.icontains("")
    ),
    "not between": counting(Sale.id.not_between(1, 9)),
    "null-safe": counting(Sale.city.is_distinct_from("a") & Sale.city.is_not_distinct_from(None)),
    "null-safe, negated": counting(~Sale.city.is_distinct_from(Sale.name)),
    "any": counting(Sale.id == any_(Sale.query().select(Sale.id))),
    "all": counting(Sale.id >= all_(Sale.where(paid=True).select(Sale.id))),
    "remainders": selecting(Sale.id % 7, Sale.price % TEN, Sale.weight % 0.5, 10 % Sale.id),
    "quotients": selecting(Sale.id / 7, Sale.price / TEN, Sale.weight / 2),
    "signs": selecting(-Sale.id, TEN - (-Sale.price)),
    "texts joined": selecting(
        Sale.name + "x", value("x") + Sale.name, Sale.name.concat("-", Sale.id, 5), fn.concat("a", Sale.city)
    ),
    "values": selecting(
        value(1).as_("a"),
        value("x").as_("b"),
        value(Decimal("1.5")).as_("c"),
        value(DAY).as_("d"),
        value(MOMENT).as_("e"),
    ),
    "case": selecting(case((Sale.price < TEN, "low"), (Sale.paid, "paid"), else_="high")),
    "case of columns": selecting(case((Sale.price < TEN, Sale.price), else_=TEN), case((Sale.paid, Sale.city))),
    "case by value": selecting(case(Sale.name, {"a": 1, "b": 2}, else_=Sale.id)),
    "casts": selecting(
        cast(Sale.price, int),
        cast(Sale.id, str),
        cast(Sale.id, float),
        cast(Sale.name, Decimal),
        cast(Sale.id, bool),
        cast(Sale.paid, int),
        cast(Sale.made, dt.date),
        cast(Sale.day, dt.datetime),
        cast(Sale.sent, dt.date),
        cast("12", int),
    ),
    "casts of moments and texts": selecting(
        cast(Sale.made, dt.time), cast(Sale.sent, dt.time), cast(Sale.name, bool), cast("1", bool)
    ),
    "numbers of several kinds": selecting(
        case((Sale.paid, Sale.id), else_=Sale.price),
        fn.coalesce(Sale.id, Sale.weight),
        ANY_PRICE + Sale.weight,
    ),
    "functions of texts": selecting(
        fn.lower(Sale.name),
        fn.length(Sale.name),
        fn.replace(Sale.name, "a", "b"),
        fn.substr(Sale.name, 2),
        fn.trim("x"),
    ),
    "functions of numbers": selecting(
        fn.abs(Sale.price),
        fn.round(Sale.price, 1),
        fn.round(Sale.weight, 1),
        fn.round(Sale.id, 1),
        fn.floor(Sale.weight),
        fn.ceil(Sale.price),
        fn.random(),
    ),
    "functions of anything": selecting(
        CITY, fn.ifnull(Sale.city, "?"), fn.nullif(Sale.id, 0), fn.greatest(Sale.id, 5, 7), fn.least(3, Sale.id)
    ),
    "another function": selecting(fn.concat_ws("-", Sale.name, 1)),
}

AGGREGATES: dict[str, Case] = {
    "plain": selecting(
        fn.count(), fn.count(Sale.city, distinct=True), fn.sum(Sale.id), fn.avg(Sale.weight), fn.max(Sale.paid)
    ),
    "filtered": selecting(
        fn.count().filter(Sale.paid),
        fn.sum(Sale.id * 2).filter(Sale.id > 5).filter(Sale.name == "x"),
        fn.max(Sale.name + "y").filter(Sale.id > 5),
    ),
    "means of spans": selecting(fn.avg(Sale.lasts), fn.avg(Sale.made - Sale.day).over(partition_by=Sale.city)),
    "distinct rows counted": selecting(fn.count(Sale.name, Sale.city, distinct=True)),
    "filtered, of no use as CASE": selecting(fn.json_agg(Sale.name).filter(Sale.paid)),
    "texts joined": selecting(
        fn.string_agg(Sale.name, "', "), fn.string_agg(Sale.id), fn.group_concat(Sale.name, distinct=True)
    ),
    "texts joined in order": selecting(
        fn.string_agg(Sale.name + "x", "; ", order_by=[Sale.day.desc(), Sale.id + 7]).filter(Sale.id > 5)
    ),
    "texts joined, distinct": selecting(fn.string_agg(Sale.name, "; ", distinct=True)),
    "in order": selecting(fn.array_agg(Sale.name, order_by=Sale.id)),
    "by an expression with values": lambda: Sale.query().select(CITY, fn.count()).group_by(CITY).having(fn.count() > 1),
    "rollup": lambda: Sale.query().select(Sale.city, fn.count()).group_by(rollup(Sale.city, Sale.name)),
    "rollup with values": lambda: Sale.query().select(CITY.as_("c"), fn.count()).group_by(rollup(CITY)),
    "rollup in order": lambda: (
        Sale.query().select(Sale.city, fn.count()).group_by(rollup(Sale.city)).order_by(Sale.city)
    ),
    "rollup beside another": lambda: Sale.query().select(Sale.city, fn.count()).group_by(Sale.name, rollup(Sale.city)),
    "rollup of several together": lambda: (
        Sale.query().select(fn.count()).group_by(rollup((Sale.city, Sale.name), Sale.day))
    ),
    "cube": lambda: Sale.query().select(Sale.city, fn.count()).group_by(cube(Sale.city, Sale.name)),
    "grouping sets": lambda: (
        Sale.query().select(Sale.city, fn.count()).group_by(grouping_sets((Sale.city, Sale.name), Sale.city, ()))
    ),
    "grouping": lambda: Sale.query().select(Sale.city, fn.grouping(Sale.city)).group_by(rollup(Sale.city)),
}

WINDOWS: dict[str, Case] = {
    "the whole": selecting(fn.count().over()),
    "ranks": selecting(
        fn.row_number().over(order_by=Sale.id),
        fn.rank().over(partition_by=[Sale.city, Sale.name], order_by=[Sale.price.desc(), Sale.id]),
        fn.ntile(4).over(order_by=Sale.id),
    ),
    "neighbours": selecting(fn.lag(Sale.id).over(order_by=Sale.id), fn.nth_value(Sale.name, 3).over(order_by=Sale.id)),
    "a default": selecting(fn.lag(Sale.id, 2, 0).over(order_by=Sale.id)),
    "named": lambda: (
        Sale.query()
        .window("w", partition_by="city", order_by="id desc")
        .window('v"`', order_by=Sale.price * TEN)
        .select(fn.sum(Sale.id).over("w"), fn.rank().over('v"`'), fn.avg(Sale.id).over("w", frame=rows(-1, 1)))
        .where(Sale.id > 7)
    ),
    "rows": selecting(
        fn.sum(Sale.price).over(order_by=Sale.id, frame=rows(-2)), fn.sum(Sale.id).over(frame=rows(1, None))
    ),
    "filtered": selecting(
        fn.sum(Sale.id).filter(Sale.id > 3).over(partition_by=Sale.price + TEN, order_by=Sale.id - 2)
    ),
    "range": selecting(fn.count().over(order_by=Sale.id, frame=range_(-10, 10))),
    "range of days": selecting(fn.count().over(order_by=Sale.made, frame=range_(-SHORT, dt.timedelta()))),
    "groups": selecting(fn.count().over(order_by=Sale.id, frame=groups(None, 1))),
    "excluded": selecting(fn.sum(Sale.id).over(order_by=Sale.id, frame=rows(-1, 1, exclude="current row"))),
}

PERIODS: dict[str, Case] = {
    f"date_trunc {period}": selecting(
        date_trunc(period, Sale.made), date_trunc(period, Sale.sent), date_trunc(period, Sale.day)
    )
    for period in ("year", "quarter", "month", "week", "day", "hour", "minute", "second")
}

DATES: dict[str, Case] = {
    "spans beside values": selecting(value(DAY) + SPAN, value(DAY) + Sale.lasts),
    **PART,
    "extract of others": selecting(
        extract("year", Sale.sent), extract("hour", Sale.day), extract("week", DAY), extract("epoch", Sale.lasts)
    ),
    **PERIODS,
    "later": selecting(Sale.made + SHORT, Sale.sent - SHORT, Sale.day + SHORT, SHORT + Sale.made),
    "later to the microsecond": selecting(Sale.made + FINE, Sale.sent + FINE),
    "later by a column": selecting(Sale.made + Sale.lasts, Sale.day - Sale.lasts, Sale.lasts + SHORT),
    "later by months": selecting(Sale.made + interval(months=1), Sale.day - interval(years=1)),
    "later by months and days": selecting(Sale.made - interval(months=1, days=3), SPAN + Sale.made),
    "differences": selecting(Sale.made - Sale.day, Sale.sent - MOMENT, DAY - Sale.day, Sale.day - Sale.day),
    "a difference compared": counting(Sale.made - Sale.day > SHORT),
    "now": selecting(fn.now(), fn.now(zone=True), fn.current_date()),
    "older than": counting((Sale.made < fn.now() - SHORT) & (Sale.day <= fn.current_date())),
}

test_expression_snapshots = against_snapshots("expressions", EXPRESSIONS)
test_aggregate_snapshots = against_snapshots("aggregates", AGGREGATES)
test_window_snapshots = against_snapshots("windows", WINDOWS)
test_date_snapshots = against_snapshots("dates", DATES)


# What no checker lets through.
CASE: Any = case
CAST: Any = cast
FN: Any = fn
ROWS: Any = rows
NAME: Any = Sale.name
WRONG: Any = "city"

REFUSED: dict[str, Callable[[], Any]] = {
    "case of nothing": CASE,
    "case of a bare condition": lambda: CASE((Sale.paid,)),
    "case without a condition": lambda: CASE((True, 1)),
    "case of None": lambda: CASE(Sale.city, {None: 1}),
    "case of a list": lambda: CASE(Sale.city, [1]),
    "cast to nothing": lambda: CAST(Sale.id, object),
    "any of a list": lambda: any_(WRONG),
    "any of two columns": lambda: any_(Sale.query().select("id", "name")),
    "filter by a bool": lambda: FN.count().filter(True),
    "a sum of text": lambda: FN.sum("id"),
    "a count of text": lambda: FN.count("id"),
    "a partition by text": lambda: FN.count().over(partition_by="id"),
    "an order by text": lambda: FN.count().over(order_by="id"),
    "a frame of numbers": lambda: FN.count().over(frame=(1, 2)),
    "no name of a window": lambda: fn.count().over(""),
    "a name of a window twice": lambda: Sale.query().window("w").window("w"),
    "a frame that ends before it begins": lambda: rows(1, -1),
    "a frame of days in rows": lambda: ROWS(SHORT),
    "a frame of true": lambda: ROWS(True),
    "a frame of numbers and days": lambda: range_(-1, SHORT),
    "exclude what is not there": lambda: ROWS(exclude="x"),
    "a grouping of nothing": rollup,
    "a grouping by text": lambda: cube(WRONG),
    "a separator that is none": lambda: FN.string_agg(Sale.name, 1),
    "places to round to": lambda: fn.round(Sale.price, -1),
    "a pattern of a number": lambda: NAME.ilike(1),
    "a word of SQL": lambda: fn.exists(1),
}


@pytest.mark.parametrize("refused", REFUSED)
def test_refused(refused: str) -> None:
    with pytest.raises(QueryError):
        REFUSED[refused]()


def test_what_varies_in_the_text_is_in_the_shape() -> None:
    """Two of one shape share one text, so whatever their texts differ in is in their shapes."""
    differing: list[list[Expression[Any]]] = [
        [extract(part, Sale.made) for part in ("year", "month")],
        [fn.string_agg(Sale.name, separator) for separator in ",;"],
        [Sale.name.like("a"), Sale.name.ilike("a"), Sale.name.not_like("a"), Sale.name.not_ilike("a")],
        [Sale.id.between(1, 2), Sale.id.not_between(1, 2)],
        [Sale.made + SHORT, Sale.made + FINE, Sale.made + interval(months=1), Sale.made + interval(months=1, days=1)],
        [cast(Sale.id, str), cast(Sale.id, float)],
        [fn.count().over(), fn.count().over("w"), fn.count().over(order_by=Sale.id), fn.count().over(frame=rows())],
        [fn.sum(Sale.id), fn.sum(Sale.id).filter(Sale.paid), fn.sum(Sale.id, distinct=True)],
        [
            fn.count().over(frame=frame)
            for frame in (rows(-1), rows(-2), range_(-1), groups(-1), rows(-1, exclude="ties"))
        ],
        [rollup(Sale.id, Sale.name), rollup((Sale.id, Sale.name)), cube(Sale.id, Sale.name)],
        [value(MOMENT), value(MOMENT.replace(tzinfo=None))],
        [fn.now(), fn.now(zone=True)],
        [case((Sale.paid, 1)), case((Sale.paid, 1), else_=2), case(Sale.paid, {True: 1})],
    ]
    for expressions in differing:
        assert len({expression.shape for expression in expressions}) == len(expressions)


def test_values_are_no_part_of_the_shape() -> None:
    alike: list[list[Expression[Any]]] = [
        [Sale.made + dt.timedelta(days=days) for days in (1, -2)],
        [case((Sale.id > number, number)) for number in (1, 2)],
        [fn.coalesce(Sale.city, text) for text in "ab"],
        [Sale.name.icontains(text) for text in "ab"],
    ]
    for expressions in alike:
        assert len({expression.shape for expression in expressions}) == 1


def test_a_function_that_is_filtered_is_another() -> None:
    counted = fn.count()
    assert isinstance(counted.filter(Sale.paid), Function)
    assert counted.condition is None
