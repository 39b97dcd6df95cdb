"""Limits that count for each record by itself: over the trading company, against windows that were written by hand."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from activerecord import (
    ActiveRecord,
    BelongsTo,
    Column,
    HasMany,
    HasOne,
    Query,
    Undeclared,
    belongs_to,
    column,
    create_tables,
    has_many,
    has_one,
)
from activerecord.database import Database, database
from activerecord.testing.queries import assert_queries
from activerecord.testing.runners import Runner
from tests.feature.cells import Cell
from tests.feature.sample import Sample, sample

pytestmark = pytest.mark.places("file", "server")


class Customer(Undeclared):
    __table_name__ = "Customers"
    __connection__ = "northwind"


class Order(Undeclared):
    __table_name__ = "Orders"
    __connection__ = "northwind"


class Category(Undeclared):
    __table_name__ = "Categories"
    __connection__ = "northwind"


class Supplier(Undeclared):
    __table_name__ = "Suppliers"
    __connection__ = "northwind"


class Product(Undeclared):
    __table_name__ = "Products"
    __connection__ = "northwind"


@pytest.fixture(scope="module")
def northwind() -> Sample:
    return sample("northwind")


@pytest.fixture
def company(northwind: Sample, cell: Cell, tmp_path: Path) -> Database:
    northwind.configure(cell, tmp_path)
    found = database("northwind")
    for model in (Customer, Order, Category, Supplier, Product):
        model.schema()
    return found


def cut(rows: Sequence[tuple[Any, Any]], limit: int, offset: int = 0) -> dict[Any, list[Any]]:
    """Pairs in an order, so many for each of the first."""
    found: dict[Any, list[Any]] = {}
    for key, each in rows:
        found.setdefault(key, []).append(each)
    return {key: part for key, all_ in found.items() if (part := all_[offset : offset + limit])}


def shown(records: Sequence[Any], key: str, relation: str, column: str) -> dict[Any, list[Any]]:
    return {record[key]: [each[column] for each in many] for record in records if (many := getattr(record, relation))}


def test_the_newest_of_each(company: Database, northwind: Sample) -> None:
    rows = northwind.rows("SELECT CustomerID, OrderID FROM Orders ORDER BY OrderDate DESC, OrderID DESC")
    for limit, offset in ((3, 0), (2, 4), (1, 0), (0, 0)):

        def newest(orders: "Query[Any]", limit: int = limit, offset: int = offset) -> "Query[Any]":
            return orders.order_by("OrderDate desc", "OrderID desc").limit(limit).offset(offset)

        with assert_queries(2, company):
            customers = Customer.query().with_(("orders", newest)).all()
        assert shown(customers, "CustomerID", "orders", "OrderID") == cut(rows, limit, offset)


def test_without_an_order_by_key_and_after_a_condition(company: Database, northwind: Sample) -> None:
    rows = northwind.rows("SELECT CustomerID, OrderID FROM Orders WHERE Freight > 50 ORDER BY OrderID")
    customers = Customer.query().with_(("orders", lambda q: q.where(Order.Freight > 50).limit(2))).all()
    assert shown(customers, "CustomerID", "orders", "OrderID") == cut(rows, 2)
    rows = northwind.rows("SELECT CustomerID, OrderID FROM Orders ORDER BY OrderID")
    customers = Customer.query().with_(("orders", lambda q: q.offset(20))).all()
    assert shown(customers, "CustomerID", "orders", "OrderID") == cut(rows, 1000, 20)


def test_a_selection_and_what_is_loaded_beyond(company: Database, northwind: Sample) -> None:
    with assert_queries(3, company):
        categories = (
            Category.query()
            .with_(
                (
                    "products",
                    lambda q: q.select("ProductID", "SupplierID").order_by("UnitPrice desc", "ProductID").limit(2),
                )
            )
            .with_("products.supplier")
            .all()
        )
        suppliers = {each.ProductID: each.supplier.SupplierID for category in categories for each in category.products}
    rows = northwind.rows("SELECT CategoryID, ProductID FROM Products ORDER BY UnitPrice DESC, ProductID")
    assert shown(categories, "CategoryID", "products", "ProductID") == cut(rows, 2)
    supplied = dict(northwind.rows("SELECT ProductID, SupplierID FROM Products"))
    assert suppliers == {product: supplied[product] for product in suppliers}


class Writer(ActiveRecord):
    __table_name__ = "lim_writers"
    id: Column[int] = column(primary_key=True)
    links: HasMany["Link"] = has_many(foreign_key="writer_id")
    papers: HasMany["Paper"] = has_many(through="links.paper")
    best: HasOne["Paper"] = has_one(through="links.paper", order="score desc")
    sorted: HasMany["Link"] = has_many(foreign_key="writer_id", order="id")
    last: HasOne["Link"] = has_one(foreign_key="writer_id", order="place desc")


class Paper(ActiveRecord):
    __table_name__ = "lim_papers"
    id: Column[int] = column(primary_key=True)
    score: Column[int]
    links: HasMany["Link"] = has_many(foreign_key="paper_id")


class Link(ActiveRecord):
    __table_name__ = "lim_links"
    id: Column[int] = column(primary_key=True)
    writer_id: Column[int | None]
    paper_id: Column[int]
    place: Column[int]
    paper: BelongsTo[Paper] = belongs_to()
    writer: BelongsTo["Writer | None"] = belongs_to()


@pytest.fixture
def papers(configured: str) -> Database:
    """Writer 1 is linked with paper 1 three times over, then with 2 to 5; writer 2 with 5; writer 3 with nothing."""
    create_tables(Paper, Writer, Link)
    Writer.insert_all({"id": n} for n in (1, 2, 3))
    Paper.insert_all({"id": n, "score": 10 - n} for n in range(1, 6))
    pairs = [(1, 1, 9), (1, 1, 1), (1, 1, 2), (1, 2, 3), (1, 3, 4), (1, 4, 5), (1, 5, 6), (2, 5, 1), (None, 4, 1)]
    Link.insert_all({"writer_id": writer, "paper_id": paper, "place": place} for writer, paper, place in pairs)
    return Writer.__mapper__.database()


def test_a_record_that_is_reached_in_several_ways_counts_once(papers: Database) -> None:
    def found(**how: Any) -> list[list[int]]:
        def narrow(query: Any) -> Any:
            query = query.order_by(how["order"]) if "order" in how else query
            return query.limit(how["limit"]).offset(how.get("offset", 0))

        with assert_queries(2, papers):
            return [[p.id for p in w.papers] for w in Writer.query().with_(("papers", narrow)).order_by("id").all()]

    assert found(limit=3) == [[1, 2, 3], [5], []]
    assert found(limit=2, order="score") == [[5, 4], [5], []]
    assert found(limit=2, offset=1, order="score desc") == [[2, 3], [], []]
    # by what lies on the way: paper 1 comes where it comes first
    assert found(limit=3, order=Link.place) == [[1, 2, 3], [5], []]
    assert found(limit=3, order=Link.place.desc()) == [[1, 5, 4], [5], []]


def test_has_one_is_the_first_in_its_order_and_the_others_stay_where_they_are(papers: Database) -> None:
    with assert_queries(3, papers):
        writers = Writer.query().with_("best", "last").order_by("id").all()
        assert [writer.best and writer.best.id for writer in writers] == [1, 5, None]
        assert [writer.last and writer.last.place for writer in writers] == [9, 1, None]
    assert [len(Writer.find(n).links) for n in (1, 2, 3)] == [7, 1, 0]
    assert [paper.id for paper in Writer.find(1).papers.query().order_by("id desc").limit(2).all()] == [5, 4]


def test_an_order_that_is_asked_for_comes_before_that_of_the_relation(papers: Database) -> None:
    writers = Writer.query().with_(("sorted", lambda query: query.order_by("paper_id desc").limit(3)))
    found = [[(link.paper_id, link.place) for link in writer.sorted] for writer in writers.order_by("id").all()]
    assert found == [[(5, 6), (4, 5), (3, 4)], [(5, 1)], []]
    by_paper = Writer.find(1).sorted.order_by("paper_id").all()
    assert [link.place for link in by_paper] == [9, 1, 2, 3, 4, 5, 6]


def test_asking_about_those_within_a_limit(papers: Database) -> None:
    def newest(query: Any) -> Any:
        return query.order_by("place desc").limit(2)

    assert Writer.query().with_count("links", newest).order_by("id").pluck("id") == [1, 2, 3]
    counted = Writer.query().with_count("links", newest).with_sum("links", "place", newest).order_by("id").all()
    assert [(each["links_count"], each["links_place_sum"]) for each in counted] == [(2, 15), (1, 1), (0, 0)]
    counted = Writer.query().with_count("papers", lambda q: q.limit(4)).order_by("id").all()
    assert [each["papers_count"] for each in counted] == [4, 1, 0]
    assert Writer.query().where_has("links", lambda q: newest(q).offset(2)).ids() == [1]


def test_in_async_code(papers: Database, some_runner: Runner) -> None:
    async def main() -> None:
        writers = (
            await Writer.query().with_((Writer.papers, lambda q: q.limit(2)), "last.paper").order_by("id").async_all()
        )
        assert [[paper.id for paper in writer.papers] for writer in writers] == [[1, 2], [5], []]
        last = writers[0].last
        assert last is not None and last.paper is writers[0].papers[0]

    some_runner.run(main)
