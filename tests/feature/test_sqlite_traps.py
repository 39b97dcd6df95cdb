"""What SQLite does to values behind one's back, and how nothing of it is met: each trap by its name."""

import datetime as dt
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from activerecord import ActiveRecord, Column, InvalidValue, Undeclared, column, create_tables
from activerecord.database import database
from activerecord.runtime import run_blocking

moment_of = dt.datetime.fromisoformat


class Sale(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    price: Column[Decimal | None]
    label: Column[str | None]
    at: Column[dt.datetime | None]
    day: Column[dt.date | None]
    done: Column[bool | None]


@pytest.fixture(autouse=True)
def table() -> None:
    ActiveRecord.configure("sqlite:///:memory:")
    create_tables(Sale)


def stored(name: str) -> list[Any]:
    """What SQLite has, and what it takes it for."""

    async def read() -> list[Any]:
        answer = await database("default").execute_text(f"SELECT {name}, typeof({name}) FROM sales ORDER BY id")
        return answer.rows

    return run_blocking(read, "read")


LONG = Decimal("12345678901234567890.123")


def test_numeric_affinity_would_make_a_lossy_real_of_a_long_decimal() -> None:
    with closing(sqlite3.connect(":memory:")) as plain:
        assert plain.execute("SELECT CAST('12345678901234567890.123' AS NUMERIC)").fetchone() == (
            1.2345678901234567e19,
        )
    for use in (
        lambda: Sale.create(price=LONG),
        lambda: Sale.insert_all([{"price": LONG}]),
        lambda: Sale.where(Sale.price == LONG).count(),
        lambda: Sale.where("price < ?", LONG).count(),
    ):
        with pytest.raises(InvalidValue, match="more digits than SQLite keeps"):
            use()
    assert Sale.query().count() == 0


def test_what_a_real_stands_for_exactly_is_kept() -> None:
    prices = [Decimal("0.1"), Decimal("1234567890.12345"), Decimal(9223372036854775807), Decimal("-0.000001")]
    Sale.insert_all({"price": price} for price in prices)
    assert Sale.query().order_by("id").pluck("price") == prices
    for price in prices:
        assert Sale.where(price=price).count() == Sale.where("price = ?", price).count() == 1


def test_decimals_are_no_texts_so_nine_and_a_half_is_below_ten() -> None:
    Sale.insert_all({"price": Decimal(price), "label": price} for price in ("10", "9.5", "100", "-1"))
    assert [str(price) for price in Sale.query().order_by("price").pluck("price")] == ["-1", "9.5", "10", "100"]
    assert Sale.where(Sale.price > Decimal("9.5")).count() == 2
    assert Sale.where("price > ?", Decimal("9.5")).count() == 2
    assert Sale.query().max("price") == 100
    # Text is text, in Python too.
    assert Sale.query().order_by("label").pluck("label") == sorted(["10", "9.5", "100", "-1"])


def test_text_of_digits_in_a_text_column_stays_text() -> None:
    Sale.insert_all({"label": label} for label in ("007", "1e3", "12345678901234567890.123"))
    assert stored("label") == [("007", "text"), ("1e3", "text"), ("12345678901234567890.123", "text")]


MOMENT = moment_of("2024-01-02 03:04:05")


@pytest.mark.parametrize("moment", [MOMENT, MOMENT.replace(microsecond=5), MOMENT.replace(tzinfo=dt.UTC)], ids=str)
def test_a_datetime_is_bound_with_a_space_as_it_is_stored(moment: dt.datetime) -> None:
    sale = Sale.create(at=moment)
    assert stored("at") == [(str(moment), "text")]
    before, after = moment - dt.timedelta(microseconds=1), moment + dt.timedelta(microseconds=1)
    for found in (
        Sale.where(at=moment),
        Sale.where(Sale.at == moment),
        Sale.where(Sale.at == moment.isoformat("T")),
        Sale.where(Sale.at.between(before, after)),
        Sale.where("at = ?", moment),
        Sale.where("at > ? AND at < ?", before, after),
        Sale.where("at = :moment", moment=moment),
        Sale.where("at IN (?, ?)", before, moment),
    ):
        assert found.one() == sale
    assert Sale.where("at > ?", moment).count() == Sale.where(Sale.at > moment).count() == 0


def test_a_datetime_of_another_zone_is_bound_as_its_instant() -> None:
    Sale.create(at=MOMENT.replace(tzinfo=dt.UTC))
    elsewhere = MOMENT.replace(tzinfo=dt.UTC).astimezone(dt.timezone(dt.timedelta(hours=-9)))
    assert Sale.where(at=elsewhere).count() == Sale.where("at = ?", elsewhere).count() == 1


def test_moments_are_in_order_with_and_without_a_fraction() -> None:
    for zone in (None, dt.UTC):
        moments = [MOMENT.replace(microsecond=count, tzinfo=zone) for count in (0, 1, 10, 100_000, 999_999)]
        Sale.insert_all({"at": moment} for moment in reversed(moments))
        assert Sale.query().order_by("at").limit(5).pluck("at") == moments
        for sale in Sale.query().all():
            sale.delete()


def test_a_datetime_is_no_date_and_a_date_no_datetime() -> None:
    Sale.create(day=MOMENT.date(), at=MOMENT)
    assert Sale.where("day = ?", MOMENT.date()).count() == 1
    for refused in (Sale.where(day=MOMENT), Sale.where(at=MOMENT.date())):
        with pytest.raises(InvalidValue):
            refused.count()


def test_true_is_one_and_the_text_true_is_refused() -> None:
    Sale.create(done=True)
    assert stored("done") == [(1, "integer")]
    assert Sale.where("done = ?", True).count() == Sale.where(done=True).count() == 1
    with pytest.raises(InvalidValue):
        Sale.where(done="true").count()


def test_nan_would_become_null() -> None:
    with pytest.raises(InvalidValue):
        Sale.where("price = ?", float("nan")).count()


class Visit(Undeclared):
    __table_name__ = "visits"


def test_a_column_that_others_filled_with_a_t_is_read_and_compared_once_it_is_put_in_order(tmp_path: Path) -> None:
    path = tmp_path / "visits.db"
    with closing(sqlite3.connect(path)) as plain:
        plain.execute("CREATE TABLE visits (id INTEGER PRIMARY KEY, at DATETIME)")
        texts = ["2024-01-02T03:04:05", "2024-01-02T03:04:05.500", "2024-01-02T03:04:05Z", "2024-01-02 03:04:06"]
        plain.executemany("INSERT INTO visits (at) VALUES (?)", [(text,) for text in texts])
        plain.commit()
    ActiveRecord.configure(f"sqlite:///{path}")
    visits = Visit.query().order_by("id").all()
    assert [visit.at for visit in visits] == [
        MOMENT,
        MOMENT.replace(microsecond=500_000),
        MOMENT.replace(tzinfo=dt.UTC),
        MOMENT.replace(second=6),
    ]
    assert not any(visit.changed for visit in visits)
    # Texts are compared as texts: this is why what we store is always of one form.
    assert Visit.where(at=MOMENT).count() == 0
    for visit in visits:
        moment, visit.at = visit.at, None
        visit.save()
        visit.update(at=moment)
    for visit in visits:
        assert Visit.where(at=visit.at).one() == visit
        assert Visit.where("at = ?", visit.at).one() == visit
