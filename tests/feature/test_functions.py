"""Operators, functions, aggregates and windows: over the trading company, against SQL that was written by hand."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from pprint import pformat
from typing import Any, TypeAlias

import pytest

from activerecord import (
    NotSupported,
    Query,
    QueryError,
    Undeclared,
    all_,
    any_,
    case,
    cast,
    cube,
    fn,
    grouping_sets,
    groups,
    range_,
    rollup,
    rows,
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
    """A copy of the company, whose tables are read."""
    northwind.configure(cell, tmp_path)
    for model in (Customer, Order, Product, Employee):
        model.schema()
    return database("northwind")


# A query, the same by hand on SQLite, and the engines that lack what it takes.
Case: TypeAlias = tuple[Callable[[], Query[Any]], str, set[str]]

CUSTOMERS: Callable[[], Query[Any]] = Customer.query
ORDERS: Callable[[], Query[Any]] = Order.query
PRODUCTS: Callable[[], Query[Any]] = Product.query


def customers(condition: Any) -> Query[Any]:
    return Customer.where(condition).select("CustomerID")


OPERATORS: dict[str, Case] = {
    "ilike": (
        lambda: customers(Customer.City.ilike("%LON%")),
        "SELECT CustomerID FROM Customers WHERE lower(City) LIKE '%lon%'",
        set(),
    ),
    "not ilike": (
        lambda: customers(Customer.City.not_ilike("l%")),
        "SELECT CustomerID FROM Customers WHERE lower(City) NOT LIKE 'l%'",
        set(),
    ),
    "not like": (
        lambda: customers(Customer.City.not_like("Lon%")),
        "SELECT CustomerID FROM Customers WHERE NOT (City LIKE 'Lon%')",
        set(),
    ),
    "starts, ends, contains, whatever the case": (
        lambda: customers(
            Customer.City.istarts_with("LOND") | Customer.City.iends_with("PAULO") | Customer.City.icontains("ARIS")
        ),
        "SELECT CustomerID FROM Customers WHERE City LIKE 'Lond%' OR City LIKE '%Paulo' OR City LIKE '%aris%'",
        set(),
    ),
    "not between": (
        lambda: Product.where(Product.UnitsInStock.not_between(10, 100)).select("ProductID"),
        "SELECT ProductID FROM Products WHERE UnitsInStock < 10 OR UnitsInStock > 100",
        set(),
    ),
    "distinct from a value": (
        lambda: customers(Customer.Region.is_distinct_from("SP")),
        "SELECT CustomerID FROM Customers WHERE Region IS NOT 'SP'",
        set(),
    ),
    "distinct from NULL": (
        lambda: customers(Customer.Region.is_distinct_from(None)),
        "SELECT CustomerID FROM Customers WHERE Region IS NOT NULL",
        set(),
    ),
    "not distinct from a column": (
        lambda: Order.where(Order.ShipRegion.is_not_distinct_from(Order.ShipRegion) & (Order.OrderID < 10300)).select(
            Order.OrderID
        ),
        "SELECT OrderID FROM Orders WHERE OrderID < 10300",
        set(),
    ),
    "arithmetic": (
        lambda: Product.query().select(
            "ProductID",
            (Product.UnitsInStock % 7).as_("left"),
            (-Product.UnitsInStock).as_("minus"),
            (value(1) - Product.UnitsInStock).as_("from_one"),
            (-(0 - Product.UnitsInStock)).as_("twice"),
            (Product.UnitPrice % 3).as_("left_of_price"),
        ),
        (
            "SELECT ProductID, UnitsInStock % 7, -UnitsInStock, 1 - UnitsInStock, UnitsInStock, "
            "round(UnitPrice - 3 * CAST(UnitPrice / 3 AS INTEGER), 6) FROM Products"
        ),
        set(),
    ),
    "texts joined": (
        lambda: Customer.query().select(
            Customer.CustomerID.concat("-", Customer.City, "/", 1).as_("a"),
            fn.concat(Customer.CustomerID, "-", Customer.Region).as_("b"),
            (value("x") + Customer.City).as_("c"),
            (Customer.City + "'; --").as_("d"),
        ),
        (
            "SELECT CustomerID || '-' || City || '/' || 1, CustomerID || '-' || Region, 'x' || City, City || '''; --' "
            "FROM Customers"
        ),
        set(),
    ),
    "any of a query": (
        lambda: Product.where(Product.UnitPrice == any_(Product.where(CategoryID=1).select("UnitPrice"))).select(
            "ProductID"
        ),
        "SELECT ProductID FROM Products WHERE UnitPrice IN (SELECT UnitPrice FROM Products WHERE CategoryID = 1)",
        {"sqlite"},
    ),
    "all of a query": (
        lambda: Product.where(Product.UnitPrice >= all_(Product.query().select("UnitPrice"))).select("ProductID"),
        "SELECT ProductID FROM Products WHERE UnitPrice = (SELECT max(UnitPrice) FROM Products)",
        {"sqlite"},
    ),
    "case by condition": (
        lambda: Product.query().select(
            "ProductID",
            case((Product.UnitPrice < 10, "low"), (Product.UnitPrice < 50, "middle"), else_="high").as_("a"),
            case((Product.UnitPrice < 10, Product.UnitPrice), else_=0).as_("b"),
            case((Product.Discontinued, Product.UnitsInStock)).as_("c"),
            case((Product.UnitPrice < 10, Decimal("1.5")), else_=Decimal("2.25")).as_("d"),
            case((Product.UnitPrice < 10, dt.date(2024, 2, 29)), else_=dt.date(2023, 1, 1)).as_("e"),
        ),
        (
            "SELECT ProductID, CASE WHEN UnitPrice < 10 THEN 'low' WHEN UnitPrice < 50 THEN 'middle' ELSE 'high' END, "
            "CASE WHEN UnitPrice < 10 THEN UnitPrice ELSE 0 END, CASE WHEN Discontinued THEN UnitsInStock END, "
            "iif(UnitPrice < 10, 1.5, 2.25), iif(UnitPrice < 10, '2024-02-29', '2023-01-01') FROM Products"
        ),
        set(),
    ),
    "case by value": (
        lambda: Order.query().select("OrderID", case(Order.ShipVia, {1: "a", 2: "b"}, else_=Order.ShipCity).as_("via")),
        "SELECT OrderID, CASE ShipVia WHEN 1 THEN 'a' WHEN 2 THEN 'b' ELSE ShipCity END FROM Orders",
        set(),
    ),
    "casts": (
        lambda: Product.query().select(
            "ProductID",
            cast(Product.UnitPrice, int).as_("a"),
            cast(Product.ProductID, str).as_("b"),
            cast(Product.UnitsInStock, float).as_("c"),
            cast("12.50", Decimal).as_("d"),
            cast(Product.UnitsInStock, bool).as_("e"),
            cast(Product.Discontinued, int).as_("f"),
            cast("2024-02-29", dt.date).as_("g"),
            cast("17", int).as_("h"),
        ),
        (
            "SELECT ProductID, CAST(round(UnitPrice) AS INTEGER), CAST(ProductID AS TEXT), CAST(UnitsInStock AS REAL), 12.5, "
            "UnitsInStock <> 0, Discontinued, '2024-02-29', 17 FROM Products"
        ),
        set(),
    ),
    "functions": (
        lambda: (
            Product.query()
            .select(
                "ProductID",
                fn.lower(Product.ProductName).as_("a"),
                fn.upper(Product.ProductName).as_("b"),
                fn.length(Product.ProductName).as_("c"),
                fn.replace(Product.ProductName, "a", "--").as_("d"),
                fn.substr(Product.ProductName, 2, 3).as_("e"),
                fn.trim(value("  x ") + Product.QuantityPerUnit + " ").as_("f"),
                fn.abs(Product.UnitsInStock - 50).as_("g"),
                fn.round(Product.UnitPrice, 1).as_("h"),
                fn.floor(-Product.UnitPrice).as_("i"),
                fn.ceil(-Product.UnitPrice).as_("j"),
                fn.greatest(Product.UnitsInStock, Product.UnitsOnOrder, 20).as_("k"),
                fn.least(Product.UnitsInStock, 20).as_("l"),
                fn.nullif(Product.UnitsOnOrder, 0).as_("m"),
                fn.round(Product.UnitsInStock, 2).as_("n"),
                fn.ltrim(fn.rtrim(value(" x "))).as_("o"),
            )
            .where(Product.ProductID < 9, fn.upper("a") == "A")
        ),
        (
            "SELECT ProductID, lower(ProductName), upper(ProductName), length(ProductName), replace(ProductName, 'a', '--'), substr(ProductName, 2, 3), "
            "'x ' || trim(QuantityPerUnit), abs(UnitsInStock - 50), round(UnitPrice, 1), floor(-UnitPrice), ceil(-UnitPrice), "
            "max(UnitsInStock, UnitsOnOrder, 20), min(UnitsInStock, 20), nullif(UnitsOnOrder, 0), UnitsInStock, 'x' "
            "FROM Products WHERE ProductID < 9"
        ),
        set(),
    ),
    "a number from chance": (
        lambda: Product.query().order_by(fn.random()).select(((fn.random() >= 0) & (fn.random() < 1)).as_("fits")),
        "SELECT 1 FROM Products",
        set(),
    ),
}

AGGREGATES: dict[str, Case] = {
    "filtered": (
        lambda: (
            ORDERS()
            .select(
                "ShipVia",
                fn.count().filter(Order.Freight > 50).as_("a"),
                fn.count(Order.ShippedDate, distinct=True).filter(Order.Freight > 50).as_("b"),
                fn.sum(Order.Freight).filter(Order.ShipCountry == "France").filter(Order.Freight > 50).as_("c"),
                fn.max(Order.OrderID).filter(Order.ShipCountry == "nowhere").as_("d"),
                fn.count().as_("e"),
            )
            .group_by("ShipVia")
            .having(fn.count().filter(Order.Freight > 500) > 2)
        ),
        (
            "SELECT ShipVia, count(*) FILTER (WHERE Freight > 50), count(DISTINCT ShippedDate) FILTER (WHERE Freight > 50), "
            "round(sum(Freight) FILTER (WHERE ShipCountry = 'France' AND Freight > 50), 4), NULL, count(*) FROM Orders GROUP BY ShipVia "
            "HAVING count(*) FILTER (WHERE Freight > 500) > 2"
        ),
        set(),
    ),
    "grouped by an expression with values": (
        lambda: (
            CUSTOMERS()
            .select(fn.coalesce(Customer.Region, "?").as_("region"), fn.count().as_("n"))
            .group_by(fn.coalesce(Customer.Region, "?"))
            .having(fn.count() > 1)
            .order_by("region")
        ),
        "SELECT coalesce(Region, '?'), count(*) FROM Customers GROUP BY 1 HAVING count(*) > 1",
        set(),
    ),
    "grouped by a label": (
        lambda: (
            PRODUCTS()
            .select(
                case((Product.UnitPrice < 20, "low"), else_="high").as_("price"), fn.avg(Product.UnitsInStock).as_("n")
            )
            .group_by("price")
        ),
        "SELECT iif(UnitPrice < 20, 'low', 'high'), avg(UnitsInStock) FROM Products GROUP BY 1",
        set(),
    ),
    "texts of all rows": (
        lambda: (
            CUSTOMERS()
            .select("Country", fn.string_agg(fn.upper(Customer.CustomerID), "', ").as_("ids"))
            .group_by("Country")
            .having(fn.count() == 1)
        ),
        "SELECT Country, CustomerID FROM Customers GROUP BY Country HAVING count(*) = 1",
        set(),
    ),
    "texts in order": (
        lambda: (
            CUSTOMERS()
            .where(Customer.Country != "")
            .select(
                "Country",
                fn.string_agg(Customer.CustomerID, "; ", order_by=Customer.CustomerID.desc())
                .filter(Customer.CustomerID > "G")
                .as_("ids"),
            )
            .group_by("Country")
        ),
        (
            "SELECT Country, group_concat(iif(CustomerID > 'G', CustomerID, NULL), '; ') FROM "
            "(SELECT * FROM Customers WHERE Country IS NOT NULL ORDER BY CustomerID DESC) GROUP BY Country"
        ),
        {"sqlite"},
    ),
    "distinct texts": (
        lambda: (
            CUSTOMERS()
            .where(City="London")
            .select(fn.group_concat(Customer.City, distinct=True).as_("one"), fn.count(Customer.City).as_("n"))
        ),
        "SELECT City, count(*) FROM Customers WHERE City = 'London' GROUP BY City",
        set(),
    ),
    "distinct texts with another separator": (
        lambda: CUSTOMERS().where(City="London").select(fn.group_concat(Customer.City, "-", distinct=True).as_("one")),
        "SELECT 'London'",
        {"sqlite"},
    ),
    "rollup": (
        lambda: (
            ORDERS()
            .select("ShipCountry", "ShipVia", fn.count().as_("n"))
            .group_by(rollup(Order.ShipCountry, Order.ShipVia))
        ),
        (
            "SELECT ShipCountry, ShipVia, count(*) FROM Orders GROUP BY 1, 2 UNION ALL "
            "SELECT ShipCountry, NULL, count(*) FROM Orders GROUP BY 1 UNION ALL SELECT NULL, NULL, count(*) FROM Orders"
        ),
        {"sqlite"},
    ),
    "rollup, ordered outside": (
        lambda: (
            ORDERS()
            .select("ShipVia", fn.count().as_("n"))
            .group_by(rollup(Order.ShipVia))
            .union_all(ORDERS().where(OrderID=10248).select("ShipVia", value(7)))
        ),
        "SELECT ShipVia, count(*) FROM Orders GROUP BY 1 UNION ALL SELECT NULL, 830 UNION ALL SELECT 3, 7",
        {"sqlite"},
    ),
    "rollup of an expression with values": (
        lambda: (
            CUSTOMERS()
            .select(fn.coalesce(Customer.Region, "?").as_("region"), fn.count().as_("n"))
            .group_by(rollup(fn.coalesce(Customer.Region, "?")))
        ),
        "SELECT coalesce(Region, '?'), count(*) FROM Customers GROUP BY 1 UNION ALL SELECT NULL, count(*) FROM Customers",
        {"sqlite"},
    ),
    "cube": (
        lambda: (
            ORDERS()
            .select("ShipCountry", "ShipVia", fn.grouping(Order.ShipVia).as_("g"), fn.count().as_("n"))
            .group_by(cube(Order.ShipCountry, Order.ShipVia))
        ),
        (
            "SELECT ShipCountry, ShipVia, 0, count(*) FROM Orders GROUP BY 1, 2 UNION ALL "
            "SELECT NULL, ShipVia, 0, count(*) FROM Orders GROUP BY 2 UNION ALL "
            "SELECT ShipCountry, NULL, 1, count(*) FROM Orders GROUP BY 1 UNION ALL SELECT NULL, NULL, 1, count(*) FROM Orders"
        ),
        {"sqlite", "mysql"},
    ),
    "grouping sets": (
        lambda: (
            ORDERS()
            .select("ShipCountry", "ShipVia", fn.count().as_("n"))
            .group_by(grouping_sets((Order.ShipCountry, Order.ShipVia), (Order.ShipVia,), ()))
        ),
        (
            "SELECT ShipCountry, ShipVia, count(*) FROM Orders GROUP BY 1, 2 UNION ALL "
            "SELECT NULL, ShipVia, count(*) FROM Orders GROUP BY 2 UNION ALL SELECT NULL, NULL, count(*) FROM Orders"
        ),
        {"sqlite", "mysql"},
    ),
}

BY_DAY = {"partition_by": "ShipVia", "order_by": ["OrderDate", "OrderID"]}

WINDOWS: dict[str, Case] = {
    "ranks": (
        lambda: PRODUCTS().select(
            "ProductID",
            fn.row_number()
            .over(partition_by=Product.CategoryID, order_by=[Product.UnitPrice, Product.ProductID])
            .as_("a"),
            fn.rank().over(partition_by=Product.CategoryID, order_by=Product.UnitPrice.desc()).as_("b"),
            fn.dense_rank().over(order_by=Product.UnitPrice).as_("c"),
            fn.ntile(4).over(order_by=Product.ProductID).as_("d"),
            fn.round(fn.cume_dist().over(order_by=Product.UnitPrice), 4).as_("e"),
            fn.round(fn.percent_rank().over(order_by=Product.UnitPrice), 4).as_("f"),
        ),
        (
            "SELECT ProductID, row_number() OVER (PARTITION BY CategoryID ORDER BY UnitPrice, ProductID), "
            "rank() OVER (PARTITION BY CategoryID ORDER BY UnitPrice DESC), dense_rank() OVER (ORDER BY UnitPrice), "
            "ntile(4) OVER (ORDER BY ProductID), round(cume_dist() OVER (ORDER BY UnitPrice), 4), "
            "round(percent_rank() OVER (ORDER BY UnitPrice), 4) FROM Products"
        ),
        set(),
    ),
    "neighbours": (
        lambda: (
            ORDERS()
            .window("w", partition_by="CustomerID", order_by="OrderID")
            .select(
                "OrderID",
                fn.lag(Order.OrderID).over("w").as_("a"),
                fn.lead(Order.OrderDate, 2).over("w").as_("b"),
                fn.first_value(Order.Freight).over("w").as_("c"),
                fn.last_value(Order.Freight).over("w", frame=rows(None, None)).as_("d"),
                fn.nth_value(Order.OrderID, 3).over("w").as_("e"),
                fn.sum(Order.OrderID).over("w").as_("f"),
            )
        ),
        (
            "SELECT OrderID, lag(OrderID) OVER w, lead(OrderDate, 2) OVER w, first_value(Freight) OVER w, "
            "last_value(Freight) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING), nth_value(OrderID, 3) OVER w, sum(OrderID) OVER w "
            "FROM Orders WINDOW w AS (PARTITION BY CustomerID ORDER BY OrderID)"
        ),
        set(),
    ),
    "a default": (
        lambda: ORDERS().select("OrderID", fn.lag(Order.OrderID, 1, 0).over(order_by=Order.OrderID).as_("before")),
        "SELECT OrderID, lag(OrderID, 1, 0) OVER (ORDER BY OrderID) FROM Orders",
        {"mysql"},
    ),
    "running sums": (
        lambda: ORDERS().select(
            "OrderID",
            fn.sum(Order.EmployeeID).over(order_by=Order.OrderID).as_("a"),
            fn.count().filter(Order.Freight > 50).over(order_by=Order.OrderID, frame=rows(-9, 3)).as_("b"),
            fn.count().over(order_by=Order.OrderID, frame=range_(-10, 10)).as_("c"),
            (fn.sum(Order.EmployeeID).over() - Order.EmployeeID).as_("d"),
        ),
        (
            "SELECT OrderID, sum(EmployeeID) OVER (ORDER BY OrderID), "
            "count(*) FILTER (WHERE Freight > 50) OVER (ORDER BY OrderID ROWS BETWEEN 9 PRECEDING AND 3 FOLLOWING), "
            "count(*) OVER (ORDER BY OrderID RANGE BETWEEN 10 PRECEDING AND 10 FOLLOWING), "
            "(SELECT sum(EmployeeID) FROM Orders) - EmployeeID FROM Orders"
        ),
        set(),
    ),
    "moving sums and means": (
        lambda: ORDERS().select(
            "OrderID",
            fn.sum(Order.Freight).over(partition_by=[Order.ShipVia], order_by=Order.OrderID, frame=rows(-2)).as_("a"),
            fn.round(fn.avg(Order.EmployeeID).over(order_by=Order.OrderID, frame=rows(1, 4)), 6).as_("b"),
        ),
        (
            "SELECT OrderID, "
            "round(sum(Freight) OVER (PARTITION BY ShipVia ORDER BY OrderID ROWS BETWEEN 2 PRECEDING AND CURRENT ROW), 4), "
            "round(avg(EmployeeID) OVER (ORDER BY OrderID ROWS BETWEEN 1 FOLLOWING AND 4 FOLLOWING), 6) FROM Orders"
        ),
        set(),
    ),
    "groups": (
        lambda: ORDERS().select(
            "OrderID", fn.count().over(order_by=Order.OrderDate, frame=groups(-1, 1, exclude="current row")).as_("n")
        ),
        (
            "SELECT OrderID, count(*) OVER (ORDER BY OrderDate GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW) "
            "FROM Orders"
        ),
        {"mysql"},
    ),
    "excluded": (
        lambda: ORDERS().select(
            "OrderID",
            fn.sum(Order.OrderID).over(order_by=Order.OrderID, frame=rows(-3, 3, exclude="current row")).as_("n"),
        ),
        (
            "SELECT OrderID, sum(OrderID) OVER (ORDER BY OrderID ROWS BETWEEN 3 PRECEDING AND 3 FOLLOWING EXCLUDE CURRENT ROW) "
            "FROM Orders"
        ),
        {"mysql"},
    ),
    "the days before": (
        lambda: ORDERS().select(
            "OrderID",
            fn.count().over(order_by=Order.OrderDate, frame=range_(-dt.timedelta(days=7), dt.timedelta())).as_("n"),
        ),
        "SELECT OrderID, count(*) OVER (ORDER BY julianday(OrderDate) RANGE BETWEEN 7 PRECEDING AND CURRENT ROW) FROM Orders",
        {"sqlite", "mysql"},
    ),
}

SUBJECTS = {"operators": OPERATORS, "aggregates": AGGREGATES, "windows": WINDOWS}


@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_same_as_by_hand(northwind: Sample, company: Database, engine: str, subject: str) -> None:
    wrong: dict[str, Any] = {}
    for name, (query, sql, lacking) in SUBJECTS[subject].items():
        if engine in lacking:
            with pytest.raises(NotSupported):
                query().tuples()
            continue
        try:
            found, wanted = shown(query().tuples()), shown(northwind.rows(sql))
        except Exception as error:  # which of them fail is to be seen at once
            wrong[name] = repr(error)
            continue
        if found != wanted:
            wrong[name] = [pair for pair in zip_longest(found, wanted) if pair[0] != pair[1]][:3]
        assert wanted
    assert not wrong, pformat(wrong, width=200)


def test_what_no_engine_takes(company: Database) -> None:
    for refused in (fn.count(Order.ShipVia, distinct=True).over(), fn.count(Order.ShipVia, Order.EmployeeID)):
        with pytest.raises(QueryError, match=r"DISTINCT|distinct"):
            Order.query().select(refused).tuples()


def shown(found: Iterable[Sequence[Any]]) -> list[str]:
    """Rows in a form in which all engines and plain sqlite3 give the same."""
    return sorted([repr([_plain(value) for value in row]) for row in found])


def _plain(value: Any) -> Any:
    if isinstance(value, int | float | Decimal):
        return round(float(value), 4)
    return str(value) if isinstance(value, dt.date) else value
