"""Decimal numbers beside a column of two places: compared and computed with as they are, stored only where they fit."""

from decimal import Decimal

import pytest

from activerecord import ActiveRecord, Column, InvalidValue, column, create_tables, drop_tables, fn
from activerecord.types import Numeric


class Priced(ActiveRecord):
    __table_name__ = "priced"
    id: Column[int] = column(primary_key=True)
    price: Column[Decimal] = column(type=Numeric(10, 2))


@pytest.mark.places("file", "server")
def test_a_number_beside_a_column_need_not_fit_it(configured: str) -> None:
    create_tables(Priced)
    try:
        Priced.insert_all([{"price": "1.25"}, {"price": "1.50"}, {"price": "2.00"}])
        assert Priced.where(Priced.price > Decimal("1.333")).order_by("id").ids() == [2, 3]
        assert Priced.where(Priced.price.in_([Decimal("1.251"), Decimal("1.5")])).ids() == [2]
        assert Priced.where(Priced.price.between(Decimal("1.001"), Decimal("1.499"))).ids() == [1]
        assert Priced.where(id=3).pluck(Priced.price * Decimal("1.075")) == [Decimal("2.15")]
        grouped = Priced.query().select("price").group_by("price").having(fn.avg(Priced.price) > Decimal("1.9999"))
        assert grouped.tuples() == [(Decimal("2.00"),)]
        for refused in (
            lambda: Priced.where(id=1).update_all(price=Decimal("1.333")),
            lambda: Priced.create(price="1.333"),
        ):
            with pytest.raises(InvalidValue, match="price"):
                refused()
        record = Priced.find(1)
        record.price = Decimal("1.333")
        with pytest.raises(InvalidValue, match="price"):
            record.save()
        assert Priced.where(id=1).update_all(price=Priced.price + Decimal("0.75")) == 1
        assert Priced.find(1).price == 2
    finally:
        drop_tables(Priced)
