"""A trading company: names with spaces, natural and composite keys, views, pictures, decimals."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from activerecord import QueryError, Undeclared, UnknownTable
from activerecord.database import Database, database
from activerecord.testing.runners import Runner
from tests.feature.cells import Cell
from tests.feature.portable import one_update
from tests.feature.sample import Sample, model_for, sample
from tests.feature.whole_tables import read_whole, replace_a_row


class Order(Undeclared):
    __table_name__ = "Orders"
    __connection__ = "northwind"


class OrderDetail(Undeclared):
    __table_name__ = "Order Details"
    __connection__ = "northwind"


class Product(Undeclared):
    __table_name__ = "Products"
    __connection__ = "northwind"


class Employee(Undeclared):
    __table_name__ = "Employees"
    __connection__ = "northwind"


@pytest.fixture(scope="module")
def northwind() -> Sample:
    return sample("northwind")


@pytest.fixture
def company(northwind: Sample, cell: Cell, tmp_path: Path) -> Database:
    northwind.configure(cell, tmp_path)
    return database("northwind")


def test_every_table_and_view_is_read_whole(
    northwind: Sample, company: Database, some_runner: Runner, engine: str
) -> None:
    async def main() -> None:
        for name in northwind.tables:
            await read_whole(northwind, name)
        for name in northwind.views:
            # the servers compute with discounts of 32 bits
            await read_whole(northwind, name, tolerance=0.0 if engine == "sqlite" else 1e-6)

    some_runner.run(main)


def test_every_table_is_written(northwind: Sample, company: Database, some_runner: Runner) -> None:
    async def main() -> None:
        for name in northwind.tables:
            await replace_a_row(northwind, name)

    some_runner.run(main)


def test_a_composite_key_and_its_neighbours(northwind: Sample, company: Database, runner: Runner, engine: str) -> None:
    sql = 'SELECT o.OrderID, p.ProductName FROM "Order Details" o JOIN Products p USING (ProductID)'

    async def main() -> None:
        details = await OrderDetail.query().with_("order.customer", "product.category").async_all()
        assert sorted((d.OrderID, d.product.ProductName) for d in details) == sorted(northwind.rows(sql))
        assert all(d.order.CustomerID == d.order.customer.CustomerID for d in details)
        detail = await OrderDetail.async_find((10248, 11))
        assert (detail.UnitPrice, detail.Quantity) == (Decimal("14.0000"), 12)
        detail.Quantity += 1
        with one_update(company):
            await detail.async_save()
        await detail.async_update(ProductID=1)
        assert (await OrderDetail.async_find((10248, 1))).Quantity == 13
        assert await OrderDetail.async_find_or_none((10248, 11)) is None
        with pytest.raises(QueryError, match=r"has 2 parts \(OrderID, ProductID\)"):
            await OrderDetail.async_find(10248)

    runner.run(main)


def test_values_have_the_types_of_their_columns(company: Database, runner: Runner) -> None:
    async def main() -> None:
        order = await Order.async_find(10248)
        assert isinstance(order.OrderDate, dt.datetime)
        assert order.Freight == Decimal("32.3800")
        product = await Product.where(Discontinued=True).order_by("ProductID").async_first()
        assert product is not None and product.Discontinued is True and product.ProductID == 5
        employee = await Employee.async_find(1)
        assert isinstance(employee.Photo, bytes)
        product.UnitPrice = Decimal("1.25")
        assert await product.async_save()
        assert (await Product.where(UnitPrice=Decimal("1.25")).async_one()).ProductID == 5

    runner.run(main)


def test_an_aggregate_over_a_join(northwind: Sample, company: Database, runner: Runner) -> None:
    wanted = northwind.rows(
        'SELECT c.CategoryName, count(*) FROM "Order Details" d JOIN Products p USING (ProductID) '
        "JOIN Categories c USING (CategoryID) GROUP BY 1 ORDER BY 1"
    )
    category: Any = model_for("Categories", "northwind")

    async def main() -> None:
        found: list[tuple[Any, ...]] = []
        for record in await category.query().order_by("CategoryName").with_("products.order_details").async_all():
            lines = sum(len(product.order_details) for product in record.products)
            found.append((record["CategoryName"], lines))
        assert found == wanted
        joined = OrderDetail.query().join("product").where(Product.CategoryID == 1)
        assert await joined.async_count() == dict(wanted)["Beverages"]

    runner.run(main)


@pytest.mark.parametrize("view", ["Order Subtotals", "Current Product List"])
def test_a_view_is_read_and_not_written(northwind: Sample, company: Database, runner: Runner, view: str) -> None:
    model = model_for(view, "northwind")

    async def main() -> None:
        first = await model.query().async_first()
        assert first is not None
        name = (await model.async_schema()).names()[1]
        first[name] = 5
        with pytest.raises(QueryError, match="has no primary key"):
            await first.async_save()
        with pytest.raises(QueryError, match="has no primary key"):
            await first.async_delete()
        with pytest.raises(QueryError, match="is a view"):
            await model.async_create(**{name: first.was(name)})
        with pytest.raises(QueryError, match="is a view"):
            await model.async_insert_all([{name: first.was(name)}])

    runner.run(main)


@pytest.mark.engines("sqlite")
def test_a_table_is_found_whatever_the_case_of_its_name(company: Database, runner: Runner) -> None:
    model = model_for("order details", "northwind")
    undeclared: Any = model

    async def main() -> None:
        detail = await undeclared.query().with_("product").where(undeclared.Quantity > 129).async_first()
        assert (detail["Quantity"], detail.product.ProductID) == (130, detail["ProductID"])
        detail["Quantity"] = 131
        assert await detail.async_save()
        assert (await undeclared.async_find((detail["OrderID"], detail["ProductID"]))).Quantity == 131
        assert await undeclared.query().join("product").async_count() == 2155
        assert await detail.async_delete()

    runner.run(main)


@pytest.mark.engines("postgresql", "mysql")
def test_the_case_of_a_name_matters_where_it_does_to_the_server(company: Database, runner: Runner, engine: str) -> None:
    model = model_for("order details", "northwind")

    async def main() -> None:
        await company.settle()
        if engine == "mysql" and (await company.execute_text("SELECT @@lower_case_table_names")).rows != [(0,)]:
            assert await model.query().async_count() == 2155
            return
        with pytest.raises(UnknownTable, match="did you mean 'Order Details'"):
            await model.query().async_count()
        # nor is it the model that relations of others lead to
        product = await Product.query().with_("order_details").async_find(1)
        assert len(product.order_details) == 38 and type(product.order_details[0]) is not model

    runner.run(main)


def test_a_float_of_four_bytes_is_the_number_that_was_written(company: Database, runner: Runner) -> None:
    async def main() -> None:
        found = await OrderDetail.where(Discount=0.15).async_all()
        assert len(found) == 157 and {detail.Discount for detail in found} == {0.15}
        assert await OrderDetail.query().where(OrderDetail.Discount > 0.15).async_min("Discount") == 0.2
        assert 0.05 in await OrderDetail.query().distinct().async_pluck("Discount")
        detail = found[0]
        await detail.async_update(Discount=0.07)
        assert detail.Discount == 0.07 and not detail.changed
        assert (await OrderDetail.async_find((detail.OrderID, detail.ProductID))).Discount == 0.07

    runner.run(main)
