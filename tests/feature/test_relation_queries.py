"""What queries ask about relations, over the music shop of which nothing is declared, against SQL that was written by hand."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from activerecord import (
    ActiveRecord,
    BelongsTo,
    Column,
    HasMany,
    Undeclared,
    UsageError,
    belongs_to,
    column,
    create_tables,
    has_many,
)
from activerecord.database import Database, database
from activerecord.testing.queries import assert_queries
from activerecord.testing.runners import Runner
from tests.feature.cells import Cell
from tests.feature.sample import Sample, sample

pytestmark = pytest.mark.places("file", "server")


class Artist(Undeclared):
    __table_name__ = "Artist"
    __connection__ = "chinook"


class Album(Undeclared):
    __table_name__ = "Album"
    __connection__ = "chinook"


class Track(Undeclared):
    __table_name__ = "Track"
    __connection__ = "chinook"


class Genre(Undeclared):
    __table_name__ = "Genre"
    __connection__ = "chinook"


class Playlist(Undeclared):
    __table_name__ = "Playlist"
    __connection__ = "chinook"


class Customer(Undeclared):
    __table_name__ = "Customer"
    __connection__ = "chinook"


class Invoice(Undeclared):
    __table_name__ = "Invoice"
    __connection__ = "chinook"


class Employee(Undeclared):
    __table_name__ = "Employee"
    __connection__ = "chinook"


@pytest.fixture(scope="module")
def chinook() -> Sample:
    return sample("chinook")


@pytest.fixture
def shop(chinook: Sample, cell: Cell, tmp_path: Path) -> Database:
    """A copy of the shop, of which no table is read yet."""
    chinook.configure(cell, tmp_path)
    return database("chinook")


def first(rows: list[Any]) -> list[Any]:
    return sorted(row[0] for row in rows)


ALONG = "JOIN Album USING (AlbumId) JOIN Artist a USING (ArtistId)"


def test_who_has_some(shop: Database, chinook: Sample) -> None:
    asked: dict[str, Any] = {
        "SELECT DISTINCT ArtistId FROM Album": lambda: Artist.query().where_has("albums"),
        "SELECT DISTINCT ArtistId FROM Album WHERE Title LIKE 'A%'": lambda: Artist.query().where_has(
            "albums", Album.Title.like("A%")
        ),
        "SELECT DISTINCT ArtistId FROM Album JOIN Track USING (AlbumId) WHERE Milliseconds > 600000": lambda: (
            Artist.query().where_has("albums.tracks", lambda tracks: tracks.where(Track.Milliseconds > 600000))
        ),
        f"SELECT DISTINCT a.ArtistId FROM Track {ALONG} JOIN Genre g USING (GenreId) WHERE g.Name = 'Jazz'": lambda: (
            Artist.query().where_has("albums", lambda albums: albums.where_has("tracks.genre", {"Name": "Jazz"}))
        ),
        "SELECT ArtistId FROM Album GROUP BY ArtistId HAVING count(*) BETWEEN 3 AND 5": lambda: (
            Artist.query().where_has("albums", at_least=3, at_most=5)
        ),
        "SELECT ArtistId FROM Artist a WHERE (SELECT count(*) FROM Album b WHERE b.ArtistId = a.ArtistId) < 2": lambda: (
            Artist.query().where_has("albums", at_most=1)
        ),
        f"SELECT a.ArtistId FROM Track {ALONG} GROUP BY a.ArtistId HAVING count(*) = 10": lambda: (
            Artist.query().where_has("albums.tracks", exactly=10)
        ),
        "SELECT ArtistId FROM Artist WHERE ArtistId NOT IN (SELECT ArtistId FROM Album)": lambda: (
            Artist.query().where_missing("albums")
        ),
        "SELECT ArtistId FROM Artist WHERE ArtistId NOT IN (SELECT ArtistId FROM Album) AND ArtistId > 150 OR ArtistId = 1": (
            lambda: Artist.query().where(Artist.ArtistId > 150).where_missing("albums").or_where(ArtistId=1)
        ),
    }
    for sql, ask in asked.items():
        wanted = first(chinook.rows(sql))
        assert wanted and sorted(ask().ids()) == wanted, sql


def test_of_itself_and_where_a_key_is_null(shop: Database, chinook: Sample) -> None:
    """The boss of all has no ReportsTo: nobody is above, and that is missing."""
    staff = Employee.query()
    assert staff.where_missing("reports_to").ids() == first(
        chinook.rows("SELECT EmployeeId FROM Employee WHERE ReportsTo IS NULL")
    )
    above = "SELECT DISTINCT b.ReportsTo FROM Employee b WHERE b.EmployeeId IN (SELECT ReportsTo FROM Employee)"
    found = staff.where_has("employees", lambda below: below.where_has("employees"))
    assert sorted(found.ids()) == first(chinook.rows(f"{above} AND b.ReportsTo IS NOT NULL"))
    counted = {row["EmployeeId"]: row["employees_count"] for row in staff.with_count("employees").dicts()}
    assert counted == dict(
        chinook.rows(
            "SELECT EmployeeId, (SELECT count(*) FROM Employee b WHERE b.ReportsTo = e.EmployeeId) FROM Employee e"
        )
    )


def test_counters_are_attributes_and_can_be_sorted_by(shop: Database, chinook: Sample) -> None:
    Artist.schema()
    query = Artist.query().with_count("albums").with_count("albums.tracks", Track.Milliseconds > 300_000, as_="long")
    wanted = chinook.rows(
        "SELECT ArtistId, (SELECT count(*) FROM Album b WHERE b.ArtistId = a.ArtistId), (SELECT count(*) FROM Track JOIN "
        "Album b USING (AlbumId) WHERE b.ArtistId = a.ArtistId AND Milliseconds > 300000) FROM Artist a ORDER BY 2 DESC, 1"
    )
    found = query.order_by("albums_count desc", "ArtistId").all()
    assert [(each.ArtistId, each.albums_count, each["long"]) for each in found] == wanted
    assert [row["long"] for row in query.order_by("albums_count desc", "ArtistId").limit(9).dicts()] == [
        row[2] for row in wanted[:9]
    ]


def test_a_record_is_counted_once_in_however_many_ways_it_is_reached(shop: Database, chinook: Sample) -> None:
    ways = "Track t JOIN PlaylistTrack p USING (TrackId) WHERE p.PlaylistId = x.PlaylistId"
    wanted = chinook.rows(
        f"SELECT PlaylistId, (SELECT count(DISTINCT t.GenreId) FROM {ways}), (SELECT coalesce(sum(i), 0) FROM (SELECT DISTINCT "
        f"t.GenreId i FROM {ways})), (SELECT max(t.GenreId) FROM {ways}) FROM Playlist x ORDER BY 1"
    )
    genres = "playlist_tracks.track.genre"
    query = (
        Playlist.query()
        .with_count(genres, as_="n")
        .with_sum(genres, "GenreId", as_="total")
        .with_max(genres, "GenreId", as_="last")
        .order_by("PlaylistId")
    )
    assert [(each.PlaylistId, each.n, each.total, each.last) for each in query.all()] == wanted


def test_sums_and_the_like(shop: Database, chinook: Sample) -> None:
    wanted = chinook.rows(
        "SELECT CustomerId, sum(Total), avg(Total), min(Total), max(InvoiceId) FROM Invoice GROUP BY 1 ORDER BY 1"
    )
    Customer.create(CustomerId=1000, FirstName="no", LastName="body", Email="nobody")
    query = (
        Customer.query()
        .with_sum("invoices", "Total")
        .with_average("invoices", Invoice.Total)
        .with_min("invoices", "Total")
        .with_max("invoices", "InvoiceId")
    )
    *found, nobody = query.order_by("CustomerId").all()
    for customer, (key, total, average, least, last) in zip(found, wanted, strict=True):
        assert (customer.CustomerId, customer.invoices_InvoiceId_max) == (key, last)
        assert customer.invoices_Total_sum == round(Decimal(total), 2)
        assert abs(customer.invoices_Total_average - Decimal(average)) < Decimal("0.01")
        assert customer.invoices_Total_min == round(Decimal(least), 2)
    assert (nobody.invoices_Total_sum, nobody.invoices_Total_average, nobody.invoices_Total_min) == (0, None, None)
    assert isinstance(nobody.invoices_Total_sum, Decimal)


def test_it_is_a_condition_as_any_other(shop: Database, chinook: Sample) -> None:
    quiet = Artist.query().where_missing("albums")
    wanted = chinook.rows(
        "SELECT ArtistId, Name FROM Artist WHERE ArtistId NOT IN (SELECT ArtistId FROM Album) ORDER BY 1"
    )
    assert (quiet.count(), quiet.exists()) == (len(wanted), True)
    assert sorted(quiet.pluck("Name")) == sorted(name for _, name in wanted)
    with quiet.order_by("ArtistId").stream(batch=7) as rows:
        assert [each.ArtistId for each in rows] == [key for key, _ in wanted]
    assert [each.ArtistId for each in quiet.find_each(10)] == [key for key, _ in wanted]
    assert Artist.query().where(Artist.ArtistId > 200).merge(quiet).count() == sum(key > 200 for key, _ in wanted)
    assert sorted(Artist.query().where(Artist.ArtistId.in_(quiet.select("ArtistId"))).ids()) == first(wanted)
    assert Album.query().join("artist").merge(Artist.query().where_has("albums", at_least=2)).count() == sum(
        count for (count,) in chinook.rows("SELECT count(*) FROM Album GROUP BY ArtistId HAVING count(*) > 1")
    )


def test_pages_by_a_counter(shop: Database, chinook: Sample) -> None:
    query = Genre.query().with_count("tracks").order_by("tracks_count desc")
    wanted = chinook.rows(
        "SELECT GenreId, (SELECT count(*) FROM Track t WHERE t.GenreId = g.GenreId) FROM Genre g ORDER BY 2 DESC, 1 DESC"
    )
    found, after = list[Any](), None
    while True:
        page = query.paginate(10, after=after)
        found += [(each.GenreId, each.tracks_count) for each in page]
        after = page.next
        if after is None:
            break
    assert found == wanted
    assert [each.GenreId for each in query.page(2, per_page=10)] == [key for key, _ in wanted[10:20]]


def test_writes(shop: Database, chinook: Sample) -> None:
    quiet = len(chinook.rows("SELECT 1 FROM Artist WHERE ArtistId NOT IN (SELECT ArtistId FROM Album)"))
    assert Artist.query().where_missing("albums").update_all(Name="quiet") == quiet
    assert Artist.where(Name="quiet").count() == quiet
    # a table that is judged by its own rows
    assert Employee.query().where_missing("employees").where_missing("customers").update_all(Title="spare") == 2
    assert Artist.query().where_missing("albums").delete_all() == quiet
    assert Artist.query().where_missing("albums").count() == 0


def test_a_record_with_a_counter_is_saved(shop: Database) -> None:
    artist = Artist.query().with_count("albums").find(1)
    artist.Name = "another"
    artist.save()
    assert (Artist.find(1).Name, artist.albums_count) == ("another", 2)


def test_in_async_code(shop: Database, some_runner: Runner) -> None:
    async def main() -> None:
        assert await Artist.query().where_has("albums", at_least=2).async_count() == 56
        assert await Artist.query().where_missing("albums").async_exists()
        genre = await Genre.query().with_count("tracks").order_by("tracks_count desc").async_first()
        assert genre is not None and genre.tracks_count == 1297
        customer = (
            await Customer.query()
            .with_sum("invoices", "Total")
            .with_average("invoices", "Total")
            .with_min("invoices", "Total")
            .with_max("invoices", "Total")
            .async_find(1)
        )
        assert (customer.invoices_Total_sum, customer.invoices_Total_max) == (Decimal("39.62"), Decimal("13.86"))
        assert (customer.invoices_Total_min, round(customer.invoices_Total_average, 2)) == (
            Decimal("0.99"),
            Decimal("5.66"),
        )

    some_runner.run(main)


def test_inside_another_query_tables_must_be_read(shop: Database) -> None:
    class Unread(Undeclared):
        __table_name__ = "Artist"
        __connection__ = "chinook"

    shop.catalog.forget()
    with pytest.raises(UsageError, match="async_schema"):
        Unread.query().where_has("albums").subquery("quiet")


class Shelf(ActiveRecord):
    __table_name__ = "ask_shelves"
    id: Column[int] = column(primary_key=True)
    place: Column[str]
    books: HasMany["Volume"] = has_many(foreign_key="shelf_id", where={"lost": False})


class Volume(ActiveRecord):
    __table_name__ = "ask_volumes"
    id: Column[int] = column(primary_key=True)
    shelf_id: Column[int | None]
    lost: Column[bool]
    shelf: BelongsTo["Shelf | None"] = belongs_to()


@pytest.mark.places("file", "server")
def test_no_statement_but_the_query_is_sent_for_declared_models(configured: str) -> None:
    create_tables(Shelf, Volume)
    Shelf.insert_all([{"place": "hall"}, {"place": "attic"}, {"place": "cellar"}])
    Volume.insert_all(
        {"shelf_id": shelf, "lost": lost} for shelf, lost in [(1, False), (1, False), (2, True), (None, False)]
    )
    with assert_queries(5, Shelf.__mapper__.database()):
        assert Shelf.query().where_has("books").ids() == [1]
        assert sorted(Shelf.query().where_missing(Shelf.books).ids()) == [2, 3]
        assert Shelf.query().with_count("books").order_by("id").pluck("id") == [1, 2, 3]
        assert [shelf.id for shelf in Shelf.query().with_count("books").order_by("books_count", "id desc").all()] == [
            3,
            2,
            1,
        ]
        assert Volume.query().where_missing("shelf").count() == 1
