"""A music shop of which nothing is declared: eleven tables, read and written with a class and a table's name."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from activerecord import Undeclared, gather
from activerecord.database import Database, database
from activerecord.testing.queries import assert_queries
from activerecord.testing.runners import Runner
from tests.feature.cells import Cell
from tests.feature.sample import Sample, model_for, sample
from tests.feature.whole_tables import read_whole, replace_a_row

# In a file or on a server: what a database in memory answers differently is none of these tests' business.
pytestmark = pytest.mark.places("file", "server")

TABLES = "Album Artist Customer Employee Genre Invoice InvoiceLine MediaType Playlist PlaylistTrack Track".split()


class Artist(Undeclared):
    __table_name__ = "Artist"
    __connection__ = "chinook"


class Album(Undeclared):
    __table_name__ = "Album"
    __connection__ = "chinook"


class Track(Undeclared):
    __table_name__ = "Track"
    __connection__ = "chinook"


class Customer(Undeclared):
    __table_name__ = "Customer"
    __connection__ = "chinook"


class Employee(Undeclared):
    __table_name__ = "Employee"
    __connection__ = "chinook"


@pytest.fixture(scope="module")
def chinook() -> Sample:
    return sample("chinook")


@pytest.fixture
def shop(chinook: Sample, cell: Cell, tmp_path: Path) -> Database:
    """A copy of the shop."""
    chinook.configure(cell, tmp_path)
    return database("chinook")


@pytest.mark.places
def test_every_table_is_read_and_written(chinook: Sample, shop: Database, some_runner: Runner) -> None:
    assert sorted(chinook.tables) == TABLES

    async def main() -> None:
        for table in TABLES:
            await read_whole(chinook, table)
            await replace_a_row(chinook, table)

    some_runner.run(main)


@pytest.mark.parametrize("table", [name for name in TABLES if name != "PlaylistTrack"])
def test_a_record_of_every_table(shop: Database, runner: Runner, table: str) -> None:
    model = model_for(table, "chinook")

    async def main() -> None:
        key = (await model.async_schema()).primary_key[0]
        pattern = await model.query().order_by(f"{key} desc").async_first()
        assert pattern is not None
        created = await model.async_create(**{name: v for name, v in pattern.attributes.items() if name != key})
        assert created[key] == pattern[key] + 1
        assert not created.is_new and not created.changed
        with assert_queries(0, shop):
            assert await created.async_save()
        with assert_queries(1, shop):
            assert await created.async_delete()
        assert await model.async_find_or_none(pattern[key] + 1) is None

    runner.run(main)


def test_artists_to_invoice_lines_cost_a_query_each(chinook: Sample, shop: Database, runner: Runner) -> None:
    wanted = chinook.rows(
        "SELECT a.ArtistId, b.AlbumId, t.TrackId, l.InvoiceLineId FROM Artist a JOIN Album b USING (ArtistId) "
        "JOIN Track t USING (AlbumId) JOIN InvoiceLine l USING (TrackId)"
    )

    async def main() -> None:
        path = "albums.tracks.invoice_lines"
        await Artist.query().limit(1).with_(path).async_all()
        with assert_queries(4, shop):
            artists = await Artist.query().with_(path).async_all()
            found = [
                (artist.ArtistId, album.AlbumId, track.TrackId, line.InvoiceLineId)
                for artist in artists
                for album in artist.albums
                for track in album.tracks
                for line in track.invoice_lines
            ]
        assert len(artists) == 275
        assert sorted(found) == sorted(wanted)

    runner.run(main)


def test_the_way_back_shares_its_records(chinook: Sample, shop: Database, runner: Runner) -> None:
    wanted = dict(
        chinook.rows(
            "SELECT TrackId, a.Name FROM Track LEFT JOIN Album USING (AlbumId) LEFT JOIN Artist a USING (ArtistId)"
        )
    )

    async def main() -> None:
        tracks = await Track.query().with_("album.artist", "genre", "media_type").async_all()
        assert {track.TrackId: track.album.artist.Name for track in tracks} == wanted
        assert len({id(track.album) for track in tracks}) == 347
        assert len({id(track.album.artist) for track in tracks}) == 204

    runner.run(main)


Ask = Callable[[], Any]
COMPARISONS: dict[str, tuple[Ask, str]] = {
    "filtered join": (
        lambda: (
            Track.query()
            .join("album")
            .where(Album.Title == "Restless and Wild")
            .order_by("TrackId")
            .async_pluck("Name")
        ),
        "SELECT t.Name FROM Track t JOIN Album a USING (AlbumId) WHERE a.Title = 'Restless and Wild' ORDER BY TrackId",
    ),
    "join by model": (
        lambda: (
            Album.query()
            .join(Artist, Artist.ArtistId == Album.ArtistId)
            .where(Artist.Name.starts_with("A"))
            .order_by("AlbumId")
            .async_pluck("Title")
        ),
        "SELECT Title FROM Album JOIN Artist a USING (ArtistId) WHERE a.Name LIKE 'A%' ORDER BY AlbumId",
    ),
    "left join": (
        lambda: (
            Artist.query().left_join("albums").where(Album.AlbumId.is_null()).order_by("ArtistId").async_pluck("Name")
        ),
        "SELECT a.Name FROM Artist a LEFT JOIN Album b USING (ArtistId) WHERE b.AlbumId IS NULL ORDER BY a.ArtistId",
    ),
    "in": (
        lambda: Track.query().where(GenreId=[1, 3, 9], MediaTypeId=1).order_by("TrackId").async_pluck("TrackId"),
        "SELECT TrackId FROM Track WHERE GenreId IN (1, 3, 9) AND MediaTypeId = 1 ORDER BY TrackId",
    ),
    "null": (
        lambda: Track.query().where(Composer=None).order_by("TrackId").async_pluck("TrackId"),
        "SELECT TrackId FROM Track WHERE Composer IS NULL ORDER BY TrackId",
    ),
}


@pytest.mark.parametrize("name", COMPARISONS)
def test_queries_answer_as_hand_written_ones_do(chinook: Sample, shop: Database, runner: Runner, name: str) -> None:
    ask, sql = COMPARISONS[name]

    async def main() -> None:
        assert await ask() == [value for (value,) in chinook.rows(sql)]

    runner.run(main)


def test_an_employee_leads_to_employees_and_customers(chinook: Sample, shop: Database, runner: Runner) -> None:
    async def main() -> None:
        with_all = Employee.query().with_("reports_to", "employees", "customers.invoices")
        employees = await with_all.order_by("EmployeeId").async_all()
        assert {e.EmployeeId: e.reports_to and e.reports_to.EmployeeId for e in employees} == dict(
            chinook.rows("SELECT EmployeeId, ReportsTo FROM Employee")
        )
        assert all(below.ReportsTo == e.EmployeeId for e in employees for below in e.employees)
        assert sum(len(e.employees) for e in employees) == 7
        assert sum(len(customer.invoices) for e in employees for customer in e.customers) == 412

    runner.run(main)


def test_parallel_reads_of_tables_that_nobody_has_read_yet(shop: Database, runner: Runner) -> None:
    async def main() -> None:
        counts = await gather(*[model_for(table, "chinook").query().async_count() for table in TABLES])
        assert counts == (347, 275, 59, 8, 25, 412, 2240, 5, 18, 8715, 3503)

    runner.run(main)


def test_loops_that_come_and_go(shop: Database) -> None:
    for _ in range(5):
        assert asyncio.run(Customer.query().async_count()) == 59
        assert Customer.query().count() == 59
