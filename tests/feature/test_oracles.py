"""What a query can say, each thing by itself: over the trading company, against SQL that was written by hand."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from pprint import pformat
from typing import Any, TypeAlias

import pytest

from activerecord import (
    NotSupported,
    Query,
    Undeclared,
    case,
    cast,
    date_trunc,
    default_scope,
    extract,
    fn,
    groups,
    interval,
    scope,
    tuple_,
    value,
)
from activerecord.database import Database, database
from tests.feature.cells import Cell
from tests.feature.sample import Sample, sample

pytestmark = pytest.mark.places("file", "server")


class Customer(Undeclared):
    __table_name__ = "Customers"
    __connection__ = "northwind"


class Order(Undeclared):
    __table_name__ = "Orders"
    __connection__ = "northwind"

    @scope
    @staticmethod
    def heavy(query: "Query[Any]", freight: int = 100) -> "Query[Any]":
        return query.where(Order.Freight > freight)


class Sold(Undeclared):
    __table_name__ = "Products"
    __connection__ = "northwind"

    @default_scope
    @staticmethod
    def still(query: "Query[Any]") -> "Query[Any]":
        return query.where(Discontinued=False)


# after it: what leads to the table by its foreign keys leads to the model that was defined last
class Product(Undeclared):
    __table_name__ = "Products"
    __connection__ = "northwind"


@pytest.fixture(scope="module")
def northwind() -> Sample:
    return sample("northwind")


@pytest.fixture
def company(northwind: Sample, cell: Cell, tmp_path: Path) -> Database:
    """A copy of the company, whose tables are read."""
    northwind.configure(cell, tmp_path)
    for model in (Customer, Order, Product, Sold):
        model.schema()
    return database("northwind")


# A query, the same by hand on SQLite, and the engines that lack what it takes.
Case: TypeAlias = tuple[Callable[[], Query[Any]], str, set[str]]


def orders(*conditions: Any) -> Query[Any]:
    return Order.where(*conditions).select("OrderID")


def orders_by(sql: str, *binds: Any, **named: Any) -> Query[Any]:
    return Order.where(sql, *binds, **named).select("OrderID")


def name(column: str) -> str:
    """A column as the engine has it in a text."""
    return database("northwind").dialect.quote(column)


def products(*conditions: Any) -> Query[Any]:
    return Product.where(*conditions).select("ProductID")


NEW_YEAR = dt.datetime(1997, 1, 1)  # noqa: DTZ001  # the column is naive
ORDERS = "SELECT OrderID FROM Orders WHERE "
PRODUCTS = "SELECT ProductID FROM Products WHERE "

CONDITIONS: dict[str, Case] = {
    "equal and not": (
        lambda: products(Product.CategoryID == 1, Product.SupplierID != 1),
        PRODUCTS + "CategoryID = 1 AND SupplierID <> 1",
        set(),
    ),
    "less and greater": (
        lambda: products((Product.UnitPrice < 10) | (Product.UnitPrice >= Decimal("43.9")), Product.UnitsInStock > 20),
        PRODUCTS + "(UnitPrice < 10 OR UnitPrice >= 43.9) AND UnitsInStock > 20",
        set(),
    ),
    "at most another column": (
        lambda: products(Product.UnitsInStock <= Product.ReorderLevel),
        PRODUCTS + "UnitsInStock <= ReorderLevel",
        set(),
    ),
    "a decimal of more places": (
        lambda: products(Product.UnitPrice > Decimal("9.99999")),
        PRODUCTS + "UnitPrice > 9.99999",
        set(),
    ),
    "between": (
        lambda: orders(Order.OrderDate.between(NEW_YEAR, NEW_YEAR + dt.timedelta(days=30))),
        ORDERS + "OrderDate BETWEEN '1997-01-01 00:00:00' AND '1997-01-31 00:00:00'",
        set(),
    ),
    "in a list with NULL": (
        lambda: orders(Order.ShipRegion.in_(["SP", None])),
        ORDERS + "ShipRegion = 'SP' OR ShipRegion IS NULL",
        set(),
    ),
    "not in a list": (
        lambda: orders(Order.ShipRegion.not_in(["SP", "RJ"])),
        ORDERS + "ShipRegion NOT IN ('SP', 'RJ')",
        set(),
    ),
    "in no list": (lambda: products(Product.ProductID.not_in([])), "SELECT ProductID FROM Products", set()),
    "in a query": (
        lambda: orders(Order.CustomerID.in_(Customer.where(Country="France").select("CustomerID"))),
        ORDERS + "CustomerID IN (SELECT CustomerID FROM Customers WHERE Country = 'France')",
        set(),
    ),
    "not in a query": (
        lambda: Customer.where(Customer.CustomerID.not_in(Order.query().select("CustomerID"))).select("CustomerID"),
        "SELECT CustomerID FROM Customers EXCEPT SELECT CustomerID FROM Orders",
        set(),
    ),
    "NULL and not": (
        lambda: orders(Order.ShippedDate.is_null() | (Order.ShipRegion.is_not_null() & (Order.ShipVia == 3))),
        ORDERS + "ShippedDate IS NULL OR (ShipRegion IS NOT NULL AND ShipVia = 3)",
        set(),
    ),
    "or, not, and": (
        lambda: (
            Product.where(CategoryID=[1, 2]).or_where(SupplierID=7).where_not(Discontinued=True).select("ProductID")
        ),
        PRODUCTS + "(CategoryID IN (1, 2) OR SupplierID = 7) AND NOT Discontinued",
        set(),
    ),
    "not of several": (
        lambda: products(~((Product.CategoryID == 1) | (Product.UnitPrice > 20))),
        PRODUCTS + "CategoryID <> 1 AND UnitPrice <= 20",
        set(),
    ),
    "letters that mean something in a pattern": (
        lambda: Customer.where(
            Customer.Phone.starts_with("(") & ~Customer.Address.contains("_") & ~Customer.Address.contains("%")
        ).select("CustomerID"),
        "SELECT CustomerID FROM Customers WHERE substr(Phone, 1, 1) = '(' AND NOT instr(Address, '_') AND NOT instr(Address, '%')",
        set(),
    ),
    "text with values in order": (
        lambda: orders_by(f"{name('Freight')} > ? AND {name('ShipCountry')} IN (?) /* ? */", 100, ["France", "Spain"]),
        ORDERS + "Freight > 100 AND ShipCountry IN ('France', 'Spain')",
        set(),
    ),
    "text with values by name": (
        lambda: orders_by(f"{name('Freight')} > :least AND {name('ShipCity')} <> ':least'", least=100),
        ORDERS + "Freight > 100 AND ShipCity <> ':least'",
        set(),
    ),
    "rows of two columns": (
        lambda: products(tuple_(Product.CategoryID, Product.SupplierID).in_([(1, 1), (2, 2)])),
        PRODUCTS + "(CategoryID, SupplierID) IN (VALUES (1, 1), (2, 2))",
        set(),
    ),
}

VALUES: dict[str, Case] = {
    "of the first that is not NULL": (
        lambda: Order.query().select(
            "OrderID",
            fn.coalesce(Order.ShipRegion, Order.ShipCity, "?").as_("a"),
            fn.ifnull(Order.ShippedDate, Order.RequiredDate).as_("b"),
        ),
        "SELECT OrderID, coalesce(ShipRegion, ShipCity), ifnull(ShippedDate, RequiredDate) FROM Orders",
        set(),
    ),
    "numbers of several kinds": (
        lambda: Product.query().select(
            "ProductID",
            case((Product.CategoryID == 1, Product.UnitsInStock), else_=Product.UnitPrice).as_("a"),
            fn.coalesce(fn.nullif(Product.UnitsOnOrder, 0), Product.UnitPrice).as_("b"),
            (Product.UnitPrice * Product.UnitsInStock).as_("c"),
            (cast(Product.UnitsInStock, float) * 1.5).as_("d"),
        ),
        (
            "SELECT ProductID, iif(CategoryID = 1, UnitsInStock, UnitPrice), coalesce(nullif(UnitsOnOrder, 0), UnitPrice), "
            "UnitPrice * UnitsInStock, UnitsInStock * 1.5 FROM Products"
        ),
        set(),
    ),
    "values of the program": (
        lambda: Product.query().select("ProductID", value(7).as_("a"), value("'; --").as_("b")).where(CategoryID=1),
        "SELECT ProductID, 7, '''; --' FROM Products WHERE CategoryID = 1",
        set(),
    ),
    "counts": (
        lambda: (
            Order.query()
            .select(
                "ShipCountry",
                fn.count().as_("a"),
                fn.count(Order.ShippedDate).as_("b"),
                fn.count(Order.CustomerID, distinct=True).as_("c"),
                fn.sum(Order.Freight).as_("d"),
                fn.round(fn.avg(Order.Freight), 3).as_("e"),
                fn.min(Order.OrderDate).as_("f"),
                fn.max(Order.OrderID).as_("g"),
                fn.sum(Order.ShipVia, distinct=True).as_("h"),
            )
            .group_by("ShipCountry")
            .having(fn.count() > 20, fn.min(Order.Freight) < 1)
        ),
        (
            "SELECT ShipCountry, count(*), count(ShippedDate), count(DISTINCT CustomerID), round(sum(Freight), 4), "
            "round(avg(Freight), 3), min(OrderDate), max(OrderID), sum(DISTINCT ShipVia) FROM Orders GROUP BY ShipCountry "
            "HAVING count(*) > 20 AND min(Freight) < 1"
        ),
        set(),
    ),
    "peers left out": (
        lambda: Order.query().select(
            "OrderID",
            fn.count().over(order_by=Order.OrderDate, frame=groups(-2, 0, exclude="ties")).as_("a"),
            fn.sum(Order.ShipVia).over(order_by=Order.OrderDate, frame=groups(-2, 2, exclude="group")).as_("b"),
        ),
        (
            "SELECT OrderID, count(*) OVER (ORDER BY OrderDate GROUPS BETWEEN 2 PRECEDING AND CURRENT ROW EXCLUDE TIES), "
            "sum(ShipVia) OVER (ORDER BY OrderDate GROUPS BETWEEN 2 PRECEDING AND 2 FOLLOWING EXCLUDE GROUP) FROM Orders"
        ),
        {"mysql"},
    ),
}

DATES: dict[str, Case] = {
    "parts": (
        lambda: Order.query().select(
            "OrderID",
            extract("year", Order.OrderDate).as_("a"),
            extract("quarter", Order.OrderDate).as_("b"),
            extract("month", Order.OrderDate).as_("c"),
            extract("day", Order.OrderDate).as_("d"),
            extract("dow", Order.OrderDate).as_("e"),
            extract("doy", Order.OrderDate).as_("f"),
            extract("epoch", Order.OrderDate).as_("g"),
        ),
        (
            "SELECT OrderID, CAST(strftime('%Y', OrderDate) AS INTEGER), (CAST(strftime('%m', OrderDate) AS INTEGER) + 2) / 3, "
            "CAST(strftime('%m', OrderDate) AS INTEGER), CAST(strftime('%d', OrderDate) AS INTEGER), "
            "CAST(strftime('%w', OrderDate) AS INTEGER), CAST(strftime('%j', OrderDate) AS INTEGER), "
            "CAST(strftime('%s', OrderDate) AS INTEGER) FROM Orders"
        ),
        set(),
    ),
    "by month": (
        lambda: (
            Order.query()
            .select(date_trunc("month", Order.OrderDate).as_("month"), fn.count().as_("n"))
            .group_by("month")
            .order_by("month")
        ),
        "SELECT strftime('%Y-%m-01 00:00:00', OrderDate) AS month, count(*) FROM Orders GROUP BY month",
        set(),
    ),
    "by week": (
        lambda: (
            Order.query()
            .select(date_trunc("week", Order.OrderDate).as_("week"), fn.sum(Order.Freight).as_("n"))
            .group_by("week")
        ),
        (
            "SELECT date(OrderDate, '-6 days', 'weekday 1') || ' 00:00:00' AS week, round(sum(Freight), 4) FROM Orders "
            "GROUP BY week"
        ),
        set(),
    ),
    "spans": (
        lambda: Order.query().select(
            "OrderID",
            (Order.OrderDate + dt.timedelta(days=30, hours=5)).as_("a"),
            (Order.OrderDate - interval(weeks=1)).as_("b"),
            (Order.OrderDate + interval(years=1)).as_("c"),
        ),
        (
            "SELECT OrderID, datetime(OrderDate, '30 days', '5 hours'), datetime(OrderDate, '-7 days'), "
            "datetime(OrderDate, '1 year') FROM Orders"
        ),
        set(),
    ),
    "late": (
        lambda: orders(Order.ShippedDate > Order.RequiredDate + dt.timedelta(days=7)),
        ORDERS + "julianday(ShippedDate) - julianday(RequiredDate) > 7",
        set(),
    ),
    "days to ship": (
        lambda: Order.query().select(
            "OrderID", (extract("epoch", Order.ShippedDate - Order.OrderDate) / 86400).as_("days")
        ),
        "SELECT OrderID, CAST(julianday(ShippedDate) - julianday(OrderDate) AS INTEGER) FROM Orders",
        set(),
    ),
    "the mean of days to ship": (
        lambda: (
            Order.query()
            .select("ShipVia", extract("epoch", fn.avg(Order.ShippedDate - Order.OrderDate)).as_("seconds"))
            .group_by("ShipVia")
        ),
        (
            "SELECT ShipVia, CAST(avg(julianday(ShippedDate) - julianday(OrderDate)) * 86400 AS INTEGER) FROM Orders "
            "GROUP BY ShipVia"
        ),
        set(),
    ),
    "as days": (
        lambda: Order.query().select("OrderID", cast(Order.OrderDate, dt.date).as_("day")),
        "SELECT OrderID, date(OrderDate) FROM Orders",
        set(),
    ),
}

SCOPES: dict[str, Case] = {
    "a scope": (lambda: Order.heavy(200).select("OrderID"), ORDERS + "Freight > 200", set()),
    "a scope in a chain": (
        lambda: Order.where(ShipVia=2).scope(Order.heavy).order_by("OrderID").select("OrderID"),
        ORDERS + "ShipVia = 2 AND Freight > 100",
        set(),
    ),
    "a default scope": (lambda: Sold.query().select("ProductID"), PRODUCTS + "NOT Discontinued", set()),
    "a default scope lifted": (
        lambda: Sold.where(CategoryID=1).unscoped("still").select("ProductID"),
        PRODUCTS + "CategoryID = 1",
        set(),
    ),
    "a default scope left out": (lambda: Sold.unscoped("still").select("ProductID"), PRODUCTS + "TRUE", set()),
    "merged": (
        lambda: Order.where(ShipVia=2).merge(Order.heavy(500)).select("OrderID"),
        ORDERS + "ShipVia = 2 AND Freight > 500",
        set(),
    ),
    "merged into a join": (
        lambda: (
            Customer.query()
            .join(Order, Order.CustomerID == Customer.CustomerID)
            .merge(Order.heavy(500))
            .select("CustomerID", Order.OrderID)
        ),
        "SELECT CustomerID, OrderID FROM Customers JOIN Orders USING (CustomerID) WHERE Freight > 500",
        set(),
    ),
}

SUBJECTS = {"conditions": CONDITIONS, "values": VALUES, "dates": DATES, "scopes": SCOPES}


@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_same_as_by_hand(northwind: Sample, company: Database, engine: str, subject: str) -> None:
    wrong: dict[str, Any] = {}
    for case_, (query, sql, lacking) in SUBJECTS[subject].items():
        if engine in lacking:
            with pytest.raises(NotSupported):
                query().tuples()
            continue
        try:
            found, wanted = shown(query().tuples()), shown(northwind.rows(sql))
        except Exception as error:  # which of them fail is to be seen at once
            wrong[case_] = repr(error)
            continue
        if found != wanted or not wanted:
            wrong[case_] = [pair for pair in zip(found, wanted, strict=False) if pair[0] != pair[1]][:3] or "other rows"
    assert not wrong, pformat(wrong, width=200)


def test_order_and_extent(northwind: Sample, company: Database) -> None:
    query = Order.query().order_by(Order.ShipRegion.desc().nulls_first(), "OrderID").offset(500).limit(60)
    wanted = northwind.rows(
        "SELECT OrderID, ShipRegion FROM Orders ORDER BY ShipRegion DESC NULLS FIRST, OrderID LIMIT 60 OFFSET 500"
    )
    assert query.pluck(Order.OrderID, Order.ShipRegion) == wanted
    last = Order.query().order_by(Order.ShipRegion.asc().nulls_last(), "OrderID").limit(1).pluck(Order.OrderID)
    assert (
        last
        == [number for (number,) in northwind.rows(f"{ORDERS} ShipRegion = (SELECT min(ShipRegion) FROM Orders)")][:1]
    )


def test_values_of_all_rows(northwind: Sample, company: Database) -> None:
    [(number, countries, least, most, freight)] = northwind.rows(
        "SELECT count(*), count(DISTINCT ShipCountry), min(OrderDate), max(Freight), round(sum(Freight), 2) FROM Orders"
    )
    asked = Order.query()
    assert asked.count() == number
    assert asked.count("ShipCountry", distinct=True) == countries
    assert str(asked.min("OrderDate")) == least
    assert float(asked.max(Order.Freight)) == most
    assert round(float(asked.sum("Freight")), 2) == freight
    assert round(float(asked.average("Freight")), 6) == round(freight / number, 6)
    [(span,)] = northwind.rows("SELECT avg(julianday(ShippedDate) - julianday(OrderDate)) FROM Orders")
    mean = asked.average(Order.ShippedDate - Order.OrderDate)
    assert abs(mean - dt.timedelta(days=span)) < dt.timedelta(milliseconds=1)
    assert asked.where(ShipCountry="Atlantis").exists() is False


def test_some_columns(northwind: Sample, company: Database) -> None:
    wanted = northwind.rows("SELECT ProductID, ProductName FROM Products ORDER BY ProductID")
    query = Product.query().order_by("ProductID").select("ProductID", "ProductName")
    assert query.tuples() == wanted
    assert query.dicts() == [{"ProductID": number, "ProductName": name} for number, name in wanted]
    assert [(each.ProductID, each.ProductName) for each in query.all()] == wanted
    assert Product.query().order_by("ProductID").pluck(Product.ProductName) == [name for _, name in wanted]


def shown(found: Iterable[Sequence[Any]]) -> list[str]:
    """Rows in a form in which all engines and plain sqlite3 give the same."""
    return sorted([repr([_plain(value) for value in row]) for row in found])


def _plain(value: Any) -> Any:
    if isinstance(value, int | float | Decimal):
        return round(float(value), 4)
    return str(value) if isinstance(value, dt.date) else value
