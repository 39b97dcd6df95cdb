"""Relations on the way of longer ones, of the same table as their end: what narrows a step by its model's name means that step."""

from collections.abc import Sequence
from typing import Any

import pytest

from activerecord import (
    ActiveRecord,
    BelongsTo,
    Column,
    HasMany,
    Query,
    belongs_to,
    column,
    create_tables,
    default_scope,
    has_many,
)


class Knot(ActiveRecord):
    __table_name__ = "nw_knots"
    id: Column[int] = column(primary_key=True)
    above_id: Column[int | None]
    size: Column[int]
    above: BelongsTo["Knot | None"] = belongs_to()
    below: HasMany["Knot"] = has_many(foreign_key="above_id", order="id")
    large: HasMany["Knot"] = has_many(foreign_key="above_id", where=lambda query: query.where(Knot.size > 4))
    told: HasMany["Knot"] = has_many(foreign_key="above_id", where=lambda query: query.where("nw_knots.size > ?", 4))
    sized: HasMany["Knot"] = has_many(foreign_key="above_id", where=lambda query: query.order_by(Knot.size.desc()))
    under_large: HasMany["Knot"] = has_many(through="large.below", order="id")
    by_size: HasMany["Knot"] = has_many(through="sized.large")


class Tight(ActiveRecord):
    __table_name__ = "nw_knots"
    id: Column[int] = column(primary_key=True)
    above_id: Column[int | None]
    size: Column[int]
    below: HasMany["Tight"] = has_many(foreign_key="above_id")
    second: HasMany["Tight"] = has_many(through="below.below")

    @default_scope
    @staticmethod
    def tight(query: Query["Tight"]) -> Query["Tight"]:
        return query.where(Tight.size > 1)


@pytest.fixture
def knots(configured: str) -> None:
    """1 has the large 2 and the small 3; each of these has a small one and a large one."""
    create_tables(Knot)
    rows = [(1, None, 5), (2, 1, 5), (3, 1, 1), (4, 2, 1), (5, 2, 6), (6, 3, 1), (7, 3, 7)]
    Knot.insert_all([{"id": number, "above_id": above, "size": size} for number, above, size in rows])


def ids(records: Sequence[Any]) -> list[int]:
    return sorted(record.id for record in records)


@pytest.mark.parametrize("way", ["large", "told"])
def test_a_filter_goes_by_the_step_that_is_narrowed(knots: None, way: str) -> None:
    path = f"{way}.below"
    assert ids(Knot.query().where_has(path, {"id": 4}).all()) == [1]
    assert ids(Knot.query().where_has(path, {"id": 7}).all()) == []
    counted = Knot.query().with_count(path, as_="number").with_sum(path, "size", as_="sizes").find(1)
    assert (counted["number"], counted["sizes"]) == (2, 7)


def test_what_goes_along_it_is_loaded_so(knots: None) -> None:
    assert ids(Knot.find(1).under_large) == [4, 5]
    assert ids(Knot.query().with_("under_large").find(1).under_large) == [4, 5]
    assert ids(Knot.query().with_joined("under_large").where("nw_knots.id = 1").all()[0].under_large) == [4, 5]
    assert ids(Knot.find(1).under_large.query().all()) == [4, 5]


def test_an_order_on_the_way_is_that_of_the_step(knots: None) -> None:
    assert [each.id for each in Knot.query().with_("by_size").find(1).by_size] == [5, 7]


@pytest.mark.parametrize("way", ["large", "told"])
def test_a_join_under_another_name_is_narrowed_there(knots: None, way: str) -> None:
    assert ids(Knot.query().join(way, alias="other").where("other.id = ?", 5).all()) == [2]
    other = Knot.alias("other")
    rows = Knot.query().left_join(way, alias=other).select(Knot.id, other.id).order_by(Knot.id).tuples()
    assert rows == [(1, 2), (2, 5), (3, 7), (4, None), (5, None), (6, None), (7, None)]


def test_a_default_scope_holds_for_each_step(knots: None) -> None:
    assert ids(Tight.find(1).second) == [5]
    assert ids(Tight.query().where_has("below.below", {"id": 7}).all()) == []
