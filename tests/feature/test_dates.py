"""Parts, beginnings, spans and differences of days and moments, against Python's own calendar."""

# ruff: noqa: DTZ001  # moments without a zone are a part of what is tested

import calendar
import datetime as dt
from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activerecord import (
    ActiveRecord,
    Column,
    QueryError,
    cast,
    column,
    create_tables,
    date_trunc,
    extract,
    fn,
    interval,
    value,
)
from activerecord.sql.dates import PARTS
from activerecord.sql.expression import Expression
from activerecord.types import DateTime

pytestmark = pytest.mark.places("memory", "server")

M = TypeVar("M", bound=dt.date)

EPOCH = dt.datetime(1970, 1, 1)
HALF_DAY = dt.timedelta(hours=12)
PERIODS = ("year", "quarter", "month", "week", "day", "hour", "minute", "second")


class Event(ActiveRecord):
    __table_name__ = "events"
    id: Column[int] = column(primary_key=True)
    moment: Column[dt.datetime]
    aware: Column[dt.datetime] = column(type=DateTime(zone=True))
    day: Column[dt.date]
    time: Column[dt.time]
    length: Column[dt.timedelta]
    ends: Column[dt.datetime | None]


@pytest.fixture
def events(configured: str) -> None:
    del configured
    create_tables(Event)


# Leap days, ends of years and weeks, both sides of 1970, fractions of a second.
EDGES = [
    dt.datetime(2024, 2, 29, 23, 59, 59, 999999),
    dt.datetime(2023, 12, 31, 23, 59, 59, 999999),
    dt.datetime(2021, 1, 3),
    dt.datetime(2020, 12, 31, 12),
    dt.datetime(2018, 12, 31, 0, 0, 1),
    dt.datetime(2000, 2, 29, 1, 2, 3, 4),
    dt.datetime(1970, 1, 1),
    dt.datetime(1969, 12, 31, 23, 59, 59, 500000),
    dt.datetime(1900, 3, 1, 13, 14, 15, 160000),
    dt.datetime(1677, 1, 1, 6, 30),
    dt.datetime(1582, 10, 10, 1),
    dt.datetime(9998, 12, 31, 23, 59, 59),
]
MOMENTS = st.one_of(st.sampled_from(EDGES), st.datetimes(dt.datetime(1000, 2, 1), dt.datetime(9998, 11, 30)))
SPANS = st.one_of(
    st.timedeltas(-dt.timedelta(days=20000), dt.timedelta(days=20000)),
    st.integers(-100_000, 100_000).map(lambda seconds: dt.timedelta(seconds=seconds)),
)


def part_of(part: str, moment: dt.datetime) -> int:
    year, week, weekday = moment.isocalendar()
    return {
        "year": moment.year,
        "isoyear": year,
        "quarter": (moment.month + 2) // 3,
        "month": moment.month,
        "week": week,
        "day": moment.day,
        "dow": weekday % 7,
        "isodow": weekday,
        "doy": moment.timetuple().tm_yday,
        "hour": moment.hour,
        "minute": moment.minute,
        "second": moment.second,
        "epoch": (moment - EPOCH) // dt.timedelta(seconds=1),
    }[part]


def beginning(period: str, moment: dt.datetime) -> dt.datetime:
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "year": midnight.replace(month=1, day=1),
        "quarter": midnight.replace(month=(moment.month - 1) // 3 * 3 + 1, day=1),
        "month": midnight.replace(day=1),
        "week": midnight - dt.timedelta(days=moment.weekday()),
        "day": midnight,
        "hour": moment.replace(minute=0, second=0, microsecond=0),
        "minute": moment.replace(second=0, microsecond=0),
        "second": moment.replace(microsecond=0),
    }[period]


def months_later(moment: M, months: int) -> M:
    whole = moment.year * 12 + moment.month - 1 + months
    year, month = divmod(whole, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, calendar.monthrange(year, month + 1)[1]))


def within_the_calendar(moment: dt.datetime) -> dt.datetime:
    """The moment in a year that some decades can be added to; of the same kind, leap or not."""
    return moment.replace(year=min(max(moment.year, 1104), 9896 + moment.year % 4))


def utc(moment: dt.datetime) -> dt.datetime:
    return moment.replace(tzinfo=dt.UTC)


def stored(moment: dt.datetime, length: dt.timedelta = dt.timedelta(hours=1)) -> Event:
    Event.query().everywhere().delete_all()
    return Event.create(
        moment=moment, aware=utc(moment), day=moment.date(), time=moment.time(), length=length, ends=moment + length
    )


def one(*expressions: Expression[Any]) -> tuple[Any, ...]:
    [row] = Event.query().select(*[each.as_(f"c{number}") for number, each in enumerate(expressions)]).tuples()
    return row


MANY = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], print_blob=True
)


@MANY
@given(moment=MOMENTS)
def test_parts(events: None, moment: dt.datetime) -> None:
    stored(moment)
    wanted = tuple([part_of(part, moment) for part in PARTS])
    midnight = dt.datetime.combine(moment.date(), dt.time())
    parts: tuple[Any, ...] = PARTS
    assert one(*[extract(part, Event.moment) for part in parts]) == wanted
    assert one(*[extract(part, Event.aware) for part in parts]) == wanted
    assert one(*[extract(part, value(moment)) for part in parts]) == wanted
    assert one(*[extract(part, Event.day) for part in parts]) == tuple([part_of(part, midnight) for part in PARTS])
    times = ("hour", "minute", "second")
    assert one(*[extract(part, Event.time) for part in ("hour", "minute", "second")]) == tuple(
        [part_of(part, moment) for part in times]
    )


@MANY
@given(moment=MOMENTS)
def test_beginnings(events: None, moment: dt.datetime) -> None:
    stored(moment)
    wanted = [beginning(period, moment) for period in PERIODS]
    periods: tuple[Any, ...] = PERIODS
    assert one(*[date_trunc(period, Event.moment) for period in periods]) == tuple(wanted)
    assert one(*[date_trunc(period, Event.aware) for period in periods]) == tuple([utc(each) for each in wanted])
    assert one(*[date_trunc(period, Event.day) for period in periods]) == tuple(
        [beginning(period, dt.datetime.combine(moment.date(), dt.time())).date() for period in PERIODS]
    )
    # what is computed is found again by the same value
    for period, begun in zip(periods, wanted, strict=True):
        assert Event.where(date_trunc(period, Event.moment) == begun).count() == 1
        assert Event.where(date_trunc(period, Event.aware) == utc(begun)).count() == 1


def test_beginnings_of_what_is_computed(events: None) -> None:
    moment = dt.datetime(2024, 1, 31, 23, 58, 57, 5)
    stored(moment)
    periods: tuple[Any, ...] = PERIODS
    for outer in periods:
        wanted = [beginning(outer, beginning(inner, moment)) for inner in PERIODS]
        assert one(*[date_trunc(outer, date_trunc(inner, Event.moment)) for inner in periods]) == tuple(wanted)
        later = beginning(outer, dt.datetime(2024, 2, 29, 23, 58, 57, 5))
        assert one(date_trunc(outer, Event.moment + interval(months=1))) == (later,)


@MANY
@given(moment=MOMENTS, span=SPANS)
def test_spans(events: None, moment: dt.datetime, span: dt.timedelta) -> None:
    moment = within_the_calendar(moment)
    stored(moment, span)
    later, earlier = moment + span, moment - span
    assert one(Event.moment + span, Event.moment - span, span + Event.moment) == (later, earlier, later)
    assert one(Event.moment + Event.length, Event.moment - Event.length) == (later, earlier)
    assert one(Event.aware + span, Event.aware - span, Event.aware + Event.length) == (
        utc(later),
        utc(earlier),
        utc(later),
    )
    assert one(Event.day + span, Event.day - dt.timedelta(days=3)) == (
        moment.date() + span,
        moment.date() - dt.timedelta(days=3),
    )
    assert Event.where((Event.moment + span) == later, (Event.aware + span) == utc(later)).count() == 1
    assert Event.where(Event.ends - Event.moment == span, Event.length + span == 2 * span).count() == 1


@MANY
@given(moment=MOMENTS, other=MOMENTS)
def test_differences(events: None, moment: dt.datetime, other: dt.datetime) -> None:
    stored(moment)
    assert one(
        Event.moment - other,
        other - Event.moment,
        Event.aware - utc(other),
        Event.day - other.date(),
        Event.ends - Event.moment,
    ) == (
        moment - other,
        other - moment,
        moment - other,
        moment.date() - other.date(),
        dt.timedelta(hours=1),
    )
    [seconds] = one(extract("epoch", Event.moment - other))
    assert seconds == (moment - other) // dt.timedelta(seconds=1)
    assert Event.where(Event.moment - other >= moment - other).count() == 1
    assert Event.where(Event.moment - other > moment - other).count() == 0


@MANY
@given(moment=MOMENTS, months=st.integers(-300, 300), days=st.integers(-40, 40), microseconds=st.integers(-5, 5))
def test_months(events: None, moment: dt.datetime, months: int, days: int, microseconds: int) -> None:
    moment = within_the_calendar(moment)
    stored(moment)
    span, rest = interval(months=months, days=days, microseconds=microseconds), dt.timedelta(days, 0, microseconds)
    later, earlier = months_later(moment, months) + rest, months_later(moment, -months) - rest
    assert one(Event.moment + span, Event.moment - span, Event.aware + span) == (later, earlier, utc(later))
    day = moment.date()
    assert one(Event.day + interval(months=months), Event.day - interval(years=1)) == (
        months_later(day, months),
        months_later(day, -12),
    )


def test_now(events: None) -> None:
    stored(dt.datetime(2024, 1, 1))
    before = dt.datetime.now(dt.UTC)
    naive, aware, day, stamp = one(fn.now(), fn.now(zone=True), fn.current_date(), fn.current_timestamp())
    slack = dt.timedelta(seconds=10)
    assert before - slack < aware < before + slack
    assert naive.tzinfo is None and utc(naive) - before < slack and abs(stamp - naive) < slack
    assert before.date() <= day <= (before + slack).date()
    assert (
        Event.where(Event.moment < fn.now(), Event.aware < fn.now(zone=True), Event.day < fn.current_date()).count()
        == 1
    )
    assert Event.where(Event.moment > fn.now() - dt.timedelta(days=1)).count() == 0


def test_written(events: None) -> None:
    moment = dt.datetime(2024, 1, 31, 12, 0, 0, 250000)
    stored(moment)
    Event.query().everywhere().update_all(
        moment=Event.moment + interval(months=1, microseconds=750000),
        aware=Event.aware - dt.timedelta(hours=13),
        day=Event.day + dt.timedelta(days=1),
        length=Event.ends - Event.moment + dt.timedelta(seconds=1),
        ends=date_trunc("hour", fn.coalesce(Event.ends, Event.moment)),
    )
    event = Event.query().one()
    assert event.moment == dt.datetime(2024, 2, 29, 12, 0, 1)
    assert event.aware == utc(moment - dt.timedelta(hours=13))
    assert event.day == dt.date(2024, 2, 1)
    assert event.ends == dt.datetime(2024, 1, 31, 13)


@pytest.mark.parametrize("moment", EDGES, ids=str)
def test_as_days_and_times(events: None, moment: dt.datetime) -> None:
    stored(moment)
    whole = (moment.date(), moment.time())
    assert one(cast(Event.moment, dt.date), cast(Event.moment, dt.time)) == whole
    assert one(cast(Event.aware, dt.date), cast(Event.aware, dt.time)) == whole


def test_spans_beside_values(events: None) -> None:
    stored(dt.datetime(2024, 1, 1), dt.timedelta(days=2, microseconds=3))
    day = value(dt.date(2024, 1, 31))
    assert one(day + interval(months=1), day + Event.length) == (dt.date(2024, 2, 29), dt.date(2024, 2, 2))
    assert one(value(dt.datetime(2024, 1, 31)) - Event.length) == (dt.datetime(2024, 1, 28, 23, 59, 59, 999997),)


def test_the_mean_of_spans(events: None) -> None:
    for days in (1, 2, 6):
        moment = dt.datetime(2024, 1, days)
        Event.create(moment=moment, aware=utc(moment), day=moment.date(), time=moment.time(), length=days * HALF_DAY)
    assert Event.query().average(Event.length) == 3 * HALF_DAY
    assert one(fn.avg(Event.moment - Event.day)) == (dt.timedelta(),)
    over = Event.query().order_by("id").pluck(fn.avg(Event.length).over(order_by=Event.id))
    assert over == [HALF_DAY, 1.5 * HALF_DAY, 3 * HALF_DAY]


def test_grouped_by_month(events: None) -> None:
    for day in (1, 15, 30):
        for number in (1, 3):
            moment = dt.datetime(2024, number, day, 5, 30)
            Event.create(moment=moment, aware=utc(moment), day=moment.date(), time=moment.time(), length=dt.timedelta())
    month = date_trunc("month", Event.moment)
    found = Event.query().select(month.as_("month"), fn.count().as_("n")).group_by(month).order_by(month).tuples()
    assert found == [(dt.datetime(2024, 1, 1), 3), (dt.datetime(2024, 3, 1), 3)]


NUMBER: Any = Event.id

REFUSED: dict[str, Callable[[], Any]] = {
    "an unknown part": lambda: extract("century'; --", Event.moment),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    "an unknown period": lambda: date_trunc("x", Event.moment),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    "the hour of a number": lambda: Event.query().select(extract("hour", Event.id)).to_sql(),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    "the year of a time": lambda: Event.query().select(extract("year", Event.time)).to_sql(),
    "the month of a number": lambda: Event.query().select(date_trunc("month", NUMBER)).to_sql(),
    "a fraction of a day": lambda: interval(days=1.5),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    "too many years": lambda: interval(years=10_001),
    "too many days": lambda: interval(days=10**12),
}


@pytest.mark.parametrize("refused", REFUSED)
@pytest.mark.places("memory")
def test_refused(events: None, refused: str) -> None:
    with pytest.raises(QueryError):
        REFUSED[refused]()
