"""Scopes and merged queries: which records there are, through every verb that reads or writes them."""

from contextvars import ContextVar
from pathlib import Path
from typing import Any

import pytest

from activerecord import (
    ActiveRecord,
    BelongsTo,
    Column,
    HasMany,
    Query,
    RecordNotFound,
    Undeclared,
    UsageError,
    belongs_to,
    column,
    create_tables,
    default_scope,
    has_many,
    scope,
)
from activerecord.testing.runners import RUNNERS
from tests.feature.cells import Cell

pytestmark = pytest.mark.places("memory", "server")

tenant: ContextVar[int] = ContextVar("tenant", default=1)


class Shop(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    name: Column[str]
    goods: HasMany["Good"] = has_many()


class Good(ActiveRecord):
    id: Column[int] = column(primary_key=True)
    shop_id: Column[int] = column(references="shops.id")
    name: Column[str]
    price: Column[int]
    deleted: Column[bool] = column(default=False)
    shop: BelongsTo[Shop] = belongs_to()

    @default_scope
    @staticmethod
    def present(query: "Query[Good]") -> "Query[Good]":
        return query.where(deleted=False)

    @scope
    @staticmethod
    def cheap(query: "Query[Good]", price: int = 10) -> "Query[Good]":
        return query.where(Good.price <= price)

    @scope
    @staticmethod
    def called(query: "Query[Good]", *names: str) -> "Query[Good]":
        return query.where(name=list(names))


class Owned(ActiveRecord):
    """Rows of the task's own tenant."""

    __table_name__ = "goods"
    id: Column[int] = column(primary_key=True)
    shop_id: Column[int]

    @default_scope
    @staticmethod
    def own(query: "Query[Owned]") -> "Query[Owned]":
        return query.where(shop_id=tenant.get())


class Plain(Undeclared):
    __table_name__ = "goods"

    @default_scope
    @staticmethod
    def present(query: "Query[Plain]") -> "Query[Plain]":
        return query.where(Plain.deleted == False)  # noqa: E712  # SQL

    @scope
    @staticmethod
    def cheap(query: "Query[Plain]") -> "Query[Plain]":
        return query.where(Plain.price < 10)


@pytest.fixture(autouse=True)
def shops(cell: Cell, tmp_path: Path) -> None:
    ActiveRecord.configure(cell.url(tmp_path))
    create_tables(Shop, Good)
    Shop.insert_all([{"name": "corner"}, {"name": "mall"}])
    rows = [("tea", 5, False), ("pot", 20, False), ("old tea", 5, True), ("cup", 8, False)]
    Good.insert_all([{"shop_id": 1 + n // 3, "name": a, "price": b, "deleted": c} for n, (a, b, c) in enumerate(rows)])


def names(query: "Query[Good]") -> list[str]:
    return query.order_by("id").pluck(Good.name)


def test_scopes_chain() -> None:
    assert names(Good.cheap()) == ["tea", "cup"]
    assert names(Good.cheap(20).scope(Good.called, "pot", "cup")) == ["pot", "cup"]
    query: Any = Good.query()
    assert names(query.called("pot", "cup").cheap()) == ["cup"]
    assert names(Shop.find(1).goods.query().scope(Good.cheap)) == ["tea"]
    other: Any = Good.alias("other")
    with pytest.raises(Exception, match="does not read 'goods'"):
        other.cheap().all()
    assert [good.name for good in other.called("pot").all()] == ["pot"]


def test_a_default_scope_is_everywhere() -> None:
    assert names(Good.query()) == ["tea", "pot", "cup"]
    assert names(Good.unscoped()) == ["tea", "pot", "old tea", "cup"]
    assert names(Good.where(price=5).unscoped("present")) == ["tea", "old tea"]
    assert (Good.query().count(), Good.unscoped().count(), Good.query().sum(Good.price)) == (3, 4, 33)
    assert Good.where(name="old tea").exists() is False
    assert Good.find_or_none(3) is None
    assert Good.find_by(name="old tea") is None
    with pytest.raises(RecordNotFound):
        Good.find(3)
    assert Good.unscoped().find(3).name == "old tea"
    assert Good.query().ids() == [1, 2, 4]
    assert [good.id for good in Good.query().find_each(batch=2)] == [1, 2, 4]
    with Good.query().stream(batch=2) as rows:
        assert {good.id for good in rows} == {1, 2, 4}
    last = Good.query().last()
    assert last is not None
    assert last.id == 4


def test_a_default_scope_is_for_what_relations_load() -> None:
    corner = Shop.query().with_("goods").first()
    assert corner is not None
    assert [good.name for good in corner.goods] == ["tea", "pot"]
    assert [good.name for good in Shop.find(1).goods] == ["tea", "pot"]
    assert Shop.query().join("goods").where(Good.name == "old tea").count() == 1
    assert Shop.query().join("goods").merge(Good.where(name="old tea")).count() == 0
    assert Shop.query().join("goods").merge(Good.cheap(5)).pluck(Shop.name) == ["corner"]


def test_writes_by_query_go_through_it() -> None:
    assert Good.where(price=5).update_all(price=6) == 1
    assert Good.query().everywhere().delete_all() == 3
    assert names(Good.unscoped()) == ["old tea"]
    assert Good.unscoped().everywhere().delete_all() == 1


def test_a_record_does_not_go_through_it() -> None:
    good = Good.unscoped().find(3)
    good.price = 4
    assert good.save()
    assert good.reload().price == 4
    assert Good.create(shop_id=1, name="new", price=1, deleted=True).reload().deleted
    assert good.delete()


def test_it_is_asked_for_each_statement() -> None:
    async def main() -> None:
        assert await Owned.query().async_count() == 3
        token = tenant.set(2)
        try:
            assert await Owned.query().async_ids() == [4]
        finally:
            tenant.reset(token)

    for runner in RUNNERS.values():
        runner.run(main)


def test_of_an_undeclared_model() -> None:
    query: Any = Plain.query()
    assert sorted(good.name for good in query.cheap().all()) == ["cup", "tea"]
    assert Plain.unscoped().count() == 4

    class Hidden(ActiveRecord):
        __table_name__ = "goods"
        price = scope(lambda query: query)

    with pytest.raises(UsageError, match="has a column of that name"):
        Hidden.query().all()


def test_merged_queries() -> None:
    cheap = Good.where(Good.price < 10)
    assert names(cheap.merge(Good.where(name="tea"))) == ["tea"]
    assert names(cheap.merge(Good.unscoped().where(shop_id=1))) == ["tea", "old tea"]
    assert cheap.order_by("id").limit(1).merge(Good.query().limit(2)).pluck(Good.name) == ["tea", "cup"]
    assert cheap.merge(Good.query().select("name").order_by("name")).tuples() == [("cup",), ("tea",)]


def test_a_model_without_default_scopes_pays_nothing() -> None:
    query = Shop.where(id=1)
    assert query._scoped(query.clauses) is query.clauses  # pyright: ignore[reportPrivateUsage]
