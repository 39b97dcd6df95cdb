"""Corners of relations: orders of their own beside limits, and what is no record."""

from collections.abc import Iterable
from typing import Any

import pytest

from activerecord import (
    ActiveRecord,
    BelongsTo,
    Column,
    HasMany,
    Query,
    UsageError,
    belongs_to,
    column,
    create_tables,
    has_many,
    preload,
)


class Hill(ActiveRecord):
    __table_name__ = "rc_hills"
    id: Column[int] = column(primary_key=True)
    paths: HasMany["Path"] = has_many(order="id")


class Path(ActiveRecord):
    __table_name__ = "rc_paths"
    id: Column[int] = column(primary_key=True)
    hill_id: Column[int]
    length: Column[int]
    hill: BelongsTo["Hill"] = belongs_to()
    stones: HasMany["Stone"] = has_many()


class Stone(ActiveRecord):
    __table_name__ = "rc_stones"
    id: Column[int] = column(primary_key=True)
    path_id: Column[int]
    weight: Column[int]


@pytest.fixture
def hill(configured: str) -> Hill:
    create_tables(Hill, Path, Stone)
    hill = Hill.create()
    Path.insert_all([{"id": number, "hill_id": hill.id, "length": 10 * number} for number in (1, 2, 3)])
    Stone.insert_all([{"path_id": number, "weight": number} for number in (1, 3, 3, 2)])
    return hill


def longest(query: Query[Any]) -> Query[Any]:
    return query.order_by("length desc").limit(2)


def heaviest(query: Query[Any]) -> Query[Any]:
    return query.order_by("weight desc").limit(1)


def test_an_order_that_is_asked_for_comes_before_that_of_the_relation(hill: Hill) -> None:
    (loaded,) = Hill.query().with_(("paths", longest)).all()
    assert [path.length for path in loaded.paths] == [30, 20]
    (asked,) = Hill.query().with_sum("paths", "length", longest, as_="far").all()
    assert asked["far"] == 50
    (beyond,) = Hill.query().with_sum("paths.stones", "weight", heaviest, as_="heavy").all()
    assert beyond["heavy"] == 3


@pytest.mark.parametrize("given", [[None], [Hill], "paths", None, 3, [3]])
def test_what_is_no_record_is_not_preloaded(hill: Hill, given: Any) -> None:
    with pytest.raises(UsageError, match="preload takes a list of records, got "):
        preload(given, "paths")


def test_one_record_is_no_list(hill: Hill) -> None:
    with pytest.raises(UsageError, match="preload takes a list of records, got Hill"):
        preload(hill, "paths")  # type: ignore[arg-type]


class Clerk(ActiveRecord):
    __table_name__ = "rc_clerks"
    id: Column[int] = column(primary_key=True)
    boss_id: Column[int | None]
    boss: BelongsTo["Clerk | None"] = belongs_to()
    reports: HasMany["Clerk"] = has_many(foreign_key="boss_id", order="id")
    staff: HasMany["Clerk"] = has_many(foreign_key="boss_id", order="id")


@pytest.fixture
def clerks(configured: str) -> None:
    """1 is the boss of 2, 3 and 4; 2 is that of 5, 6 and 7."""
    create_tables(Clerk)
    bosses = {1: None, 2: 1, 3: 1, 4: 1, 5: 2, 6: 2, 7: 2}
    Clerk.insert_all([{"id": number, "boss_id": boss} for number, boss in bosses.items()])


def two(query: Query[Any]) -> Query[Any]:
    return query.limit(2)


def late(query: Query[Any]) -> Query[Any]:
    return query.where("id > 5")


def two_and_theirs(query: Query[Any]) -> Query[Any]:
    return query.limit(2).with_("reports")


def all_and_late(query: Query[Any]) -> Query[Any]:
    return query.with_(("reports", late))


def ids(clerks: Iterable[Clerk]) -> list[int]:
    return [clerk.id for clerk in clerks]


@pytest.mark.parametrize(
    ("paths", "outer", "inner"),
    [
        ([("reports", two), "reports.reports"], [5, 6], [5, 6, 7]),
        (["reports.reports", ("reports", two)], [5, 6], [5, 6, 7]),
        (["reports", ("reports.reports", late)], [5, 6, 7], [6, 7]),
        ([("reports", two), ("reports.reports", late)], [5, 6], [6, 7]),
        ([("reports", two_and_theirs)], [5, 6], [5, 6, 7]),
        ([("reports", all_and_late)], [5, 6, 7], [6, 7]),
        ([("reports", two), ("reports.reports", two)], [5, 6], [5, 6]),
    ],
)
def test_a_row_has_at_each_depth_what_is_asked_for_there(
    clerks: None, paths: list[Any], outer: list[int], inner: list[int]
) -> None:
    one, second, *_ = Clerk.query().with_(*paths).order_by("id").all()
    assert ids(second.reports) == outer
    assert ids(one.reports[0].reports) == inner
    assert one.reports[0].boss is one


def test_a_row_is_one_object_where_that_is_the_same(clerks: None) -> None:
    one, second, *_ = Clerk.query().with_("reports.reports").order_by("id").all()
    assert one.reports[0] is second
    one, second, *_ = Clerk.query().with_(("reports", two), ("reports.reports", two)).order_by("id").all()
    assert one.reports[0] is second


@pytest.mark.parametrize("paths", [["boss.reports", ("reports", two)], [("reports", two), "boss.reports"]])
def test_the_way_back_does_not_come_over_what_is_asked_for(clerks: None, paths: list[Any]) -> None:
    one, second, *_ = Clerk.query().with_(*paths).order_by("id").all()
    assert (ids(one.reports), ids(second.reports)) == ([2, 3], [5, 6])
    assert second.boss is not None
    assert ids(second.boss.reports) == [2, 3, 4]


@pytest.mark.parametrize("paths", [["reports", ("boss", late)], [("boss", late), "reports"]])
def test_a_narrowed_way_back_stays_narrowed(clerks: None, paths: list[Any]) -> None:
    assert [clerk.boss for clerk in Clerk.query().with_(*paths).all()] == [None] * 7


@pytest.mark.parametrize(
    "paths",
    [
        ["reports.reports.reports", ("boss.reports", two), "boss.reports.reports"],
        [("boss.reports", two), "boss.reports.reports", "reports.reports.reports"],
        [("boss.reports", two_and_theirs), "reports.reports"],
    ],
)
def test_what_is_asked_beyond_a_relation_counts_too(clerks: None, paths: list[Any]) -> None:
    one, second, *_ = Clerk.query().with_(*paths).order_by("id").all()
    assert ids(one.reports) == [2, 3, 4]
    assert ids(one.reports[0].reports) == [5, 6, 7]
    assert second.boss is not None
    assert ids(second.boss.reports) == [2, 3]
    assert ids(second.boss.reports[0].reports) == [5, 6, 7]


def test_a_row_is_shared_beside_what_is_narrowed(clerks: None) -> None:
    one, second, *_ = Clerk.query().with_(("reports", two), "reports.boss").order_by("id").all()
    assert one.reports[0].boss is one
    one, second, *_ = Clerk.query().with_(("reports", lambda query: query.limit(2).with_("boss"))).order_by("id").all()
    assert one.reports[0].boss is one
    assert ids(second.reports) == [5, 6]


@pytest.mark.parametrize("narrowed", ["reports.reports", "reports"])
def test_the_depth_below_is_not_that_of_the_depth_above(clerks: None, narrowed: str) -> None:
    """The same rows, by the same relation, and what each is to have of it two levels on is not the same."""
    paths = ["reports", "reports.reports", "reports.reports.reports"]
    one, *_ = Clerk.query().with_(*[(path, late) if path == narrowed else path for path in paths]).order_by("id").all()
    found: dict[str, list[int]] = {"reports": ids(one.reports)}
    found["reports.reports"] = [each for clerk in one.reports for each in ids(clerk.reports)]
    assert found == {
        "reports": {"reports": [], "reports.reports": [2, 3, 4]}[narrowed],
        "reports.reports": {"reports": [], "reports.reports": [6, 7]}[narrowed],
    }


def theirs(query: Query[Any]) -> Query[Any]:
    return query.with_("staff")


def two_of_theirs(query: Query[Any]) -> Query[Any]:
    def first(staff: Query[Any]) -> Query[Any]:
        return staff.limit(2)

    return query.with_(("staff", first))


@pytest.mark.parametrize(("narrow", "staff"), [(theirs, [5, 6, 7]), (two_of_theirs, [5, 6])])
@pytest.mark.parametrize("there", ["reports.boss.reports", "staff.boss.reports"])
def test_what_a_query_tells_itself_is_the_same_wherever_it_is_asked(
    clerks: None, narrow: Any, staff: list[int], there: str
) -> None:
    """The root is found again further on, and its reports are asked for there too, with less beyond them."""
    paths: list[Any] = [("reports", narrow), ("reports.reports", late), (there, narrow), f"{there}.boss"]
    for given in (paths, paths[::-1]):
        one, *_ = Clerk.query().with_(*given).order_by("id").all()
        assert ids(one.reports) == [2, 3, 4]
        assert ids(one.reports[0].reports) == [6, 7]
        assert ids(one.reports[0].staff) == staff
