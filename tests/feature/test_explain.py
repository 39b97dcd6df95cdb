"""Plans of queries over the music shop, as each engine tells them."""

from pathlib import Path
from typing import Any

import pytest

from activerecord import NotSupported, Plan, Undeclared, async_execute, execute
from activerecord.database import Database, database
from activerecord.testing.queries import assert_queries
from tests.feature.cells import Cell
from tests.feature.conftest import Run
from tests.feature.sample import Sample, sample

pytestmark = pytest.mark.places("file", "server")


class Album(Undeclared):
    __table_name__ = "Album"
    __connection__ = "chinook"


class Track(Undeclared):
    __table_name__ = "Track"
    __connection__ = "chinook"


@pytest.fixture(scope="module")
def chinook() -> Sample:
    return sample("chinook")


@pytest.fixture
def shop(chinook: Sample, cell: Cell, tmp_path: Path) -> Database:
    chinook.configure(cell, tmp_path)
    for model in (Album, Track):
        model.schema()
    return database("chinook")


@pytest.mark.usefixtures("shop")
def test_a_scan_and_an_index(run: Run[Any]) -> None:
    async def ask() -> None:
        with assert_queries(1, database("chinook")):
            whole = await Track.where(Track.Composer == "Nobody").async_explain(timeout=10)
        assert whole.full_scans == ("Track",)
        assert not whole.uses_index
        by_key = await Track.where(TrackId=5).async_explain()
        assert not by_key.is_full_scan
        assert by_key.uses_index

    run(ask)


@pytest.mark.usefixtures("shop")
def test_a_join_is_a_tree() -> None:
    query = Album.query().join("tracks").where(Track.Milliseconds > 10, AlbumId=[1, 2]).order_by(Track.Name).limit(3)
    plan = query.explain()
    assert {step.target for step in plan.steps()} >= {"Album", "Track"}
    assert len(str(plan).splitlines()) == len(list(plan.steps())) >= 3
    assert plan.text
    assert not plan.analyzed
    assert repr(plan).startswith("Plan(root=PlanStep(")


@pytest.mark.engines("postgresql", "mysql")
@pytest.mark.usefixtures("shop")
def test_analyze_runs_the_query() -> None:
    plan = Track.where(Track.Milliseconds > 300_000).explain(analyze=True)
    assert plan.analyzed
    [step] = [step for step in plan.steps() if step.target == "Track"]
    # MariaDB counts the rows that it reads, PostgreSQL those that fit
    assert step.actual_rows in (Track.where(Track.Milliseconds > 300_000).count(), Track.query().count())
    assert step.time is not None
    assert step.rows is not None


@pytest.mark.engines("sqlite")
@pytest.mark.usefixtures("shop")
def test_sqlite_has_no_analyze() -> None:
    with assert_queries(0, database("chinook")), pytest.raises(NotSupported, match="SQLite has no EXPLAIN ANALYZE"):
        Track.query().explain(analyze=True)


@pytest.mark.usefixtures("shop")
def test_a_plan_in_a_read_only_transaction() -> None:
    with Track.transaction(read_only=True):
        assert isinstance(Track.where(TrackId=1).explain(), Plan)
        assert Track.where(TrackId=1).count() == 1


@pytest.mark.usefixtures("shop")
def test_a_plan_of_raw_sql(run: Run[Any], engine: str) -> None:
    mark = "`" if engine == "mysql" else '"'
    sql = 'SELECT * FROM "Track" WHERE "Composer" = ?'.replace('"', mark)

    async def ask() -> None:
        plan = await Track.from_sql(sql, "Nobody").async_explain()
        assert plan.full_scans == ("Track",)
        # a plan runs nothing
        gone = await Track.from_sql('DELETE FROM "Track" WHERE "Composer" = ?'.replace('"', mark), "x").async_explain()
        assert "Track" in {step.target for step in gone.steps()}
        counted = await async_execute('SELECT count(*) FROM "Track"'.replace('"', mark), connection="chinook")
        assert counted.scalar() == 3503

    run(ask)
    assert execute("SELECT 1", connection="chinook").scalar() == 1
