"""Joins, aliases, queries of queries, common tables: over the music shop, against SQL that was written by hand."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from activerecord import LockTimeout, NotSupported, Query, QueryError, Undeclared, UsageError, exists, fn, tuple_, value
from activerecord.database import Database, database
from activerecord.testing.queries import assert_queries
from activerecord.testing.runners import RUNNERS
from tests import raw
from tests.feature.cells import Cell
from tests.feature.sample import Sample, same_rows, sample

pytestmark = pytest.mark.places("file", "server")
run = RUNNERS["asyncio"].run


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


class Employee(Undeclared):
    __table_name__ = "Employee"
    __connection__ = "chinook"


class Customer(Undeclared):
    __table_name__ = "Customer"
    __connection__ = "chinook"


class Invoice(Undeclared):
    __table_name__ = "Invoice"
    __connection__ = "chinook"


@pytest.fixture(scope="module")
def chinook() -> Sample:
    return sample("chinook")


@pytest.fixture
def shop(chinook: Sample, cell: Cell, tmp_path: Path) -> Database:
    """A copy of the shop, whose tables are read."""
    chinook.configure(cell, tmp_path)
    for model in (Artist, Album, Track, Genre, Employee, Customer, Invoice):
        model.schema()
    return database("chinook")


BOSS = Employee.alias("Boss")
TOP = Employee.alias("Top")

LONG = "SELECT AlbumId, sum(Milliseconds) AS length, count(*) AS n FROM Track GROUP BY AlbumId HAVING count(*) > 20"


def lengths() -> Query[Any]:
    grouped = Track.query().select(Track.AlbumId, fn.sum(Track.Milliseconds).as_("length"), fn.count().as_("n"))
    return grouped.group_by(Track.AlbumId).having(fn.count() > 20)


def tree(query: "Query[Any]", *, distinct: bool = False) -> Any:
    def below(above: Any) -> Query[Any]:
        return Employee.query().join(above, Employee.ReportsTo == above.EmployeeId).select("EmployeeId", "ReportsTo")

    return query.select("EmployeeId", "ReportsTo").recursive_cte("tree", below, distinct=distinct)


Case = tuple[Callable[[], "Query[Any]"], str]

CASES: dict[str, Case] = {
    "a path of relations": (
        lambda: (
            Artist.query().join("albums.tracks").where(Track.Milliseconds > 1_000_000).select("Name", Track.TrackId)
        ),
        (
            "SELECT a.Name, t.TrackId FROM Artist a JOIN Album b USING (ArtistId) JOIN Track t USING (AlbumId) "
            "WHERE t.Milliseconds > 1000000"
        ),
    ),
    "two steps along relations": (
        lambda: (
            Artist.query()
            .join("albums")
            .left_join(Album.tracks)
            .select(Artist.Name, fn.count(Track.TrackId).as_("n"))
            .group_by(Artist.Name)
        ),
        (
            "SELECT a.Name, count(t.TrackId) FROM Artist a JOIN Album b USING (ArtistId) LEFT JOIN Track t USING (AlbumId) "
            "GROUP BY a.Name"
        ),
    ),
    "a table joined to itself twice": (
        lambda: (
            Employee.query()
            .left_join(BOSS, BOSS.EmployeeId == Employee.ReportsTo)
            .left_join(TOP, TOP.EmployeeId == BOSS.ReportsTo)
            .select("LastName", BOSS.LastName.as_("boss"), TOP.LastName.as_("top"))
        ),
        (
            "SELECT e.LastName, b.LastName, t.LastName FROM Employee e LEFT JOIN Employee b ON b.EmployeeId = e.ReportsTo "
            "LEFT JOIN Employee t ON t.EmployeeId = b.ReportsTo"
        ),
    ),
    "a right join": (
        lambda: (
            Employee.query()
            .right_join(Customer, Customer.SupportRepId == Employee.EmployeeId)
            .select(Employee.LastName, Customer.CustomerId)
        ),
        "SELECT e.LastName, c.CustomerId FROM Customer c LEFT JOIN Employee e ON c.SupportRepId = e.EmployeeId",
    ),
    "a full join": (
        lambda: (
            Employee.query()
            .full_join(Customer, Customer.SupportRepId == Employee.EmployeeId)
            .select(Employee.LastName, Customer.CustomerId)
        ),
        (
            "SELECT e.LastName, c.CustomerId FROM Employee e LEFT JOIN Customer c ON c.SupportRepId = e.EmployeeId UNION ALL "
            "SELECT NULL, CustomerId FROM Customer WHERE SupportRepId IS NULL OR SupportRepId NOT IN (SELECT EmployeeId FROM Employee)"
        ),
    ),
    "a cross join": (
        lambda: Genre.query().cross_join(Employee).where(Genre.GenreId < 4).select(Genre.Name, Employee.EmployeeId),
        "SELECT g.Name, e.EmployeeId FROM Genre g, Employee e WHERE g.GenreId < 4",
    ),
    "a join of a query": (
        lambda: joined(lengths().subquery("long")),
        f"SELECT b.Title, l.length, l.n FROM Album b JOIN ({LONG}) l USING (AlbumId)",
    ),
    "a join of a common table": (
        lambda: joined(lengths().cte("long")),
        f"SELECT b.Title, l.length, l.n FROM Album b JOIN ({LONG}) l USING (AlbumId)",
    ),
    "a common table under other names": (
        lambda: renamed(lengths().cte("long", columns=["album", "ms", "tracks"])),
        f"SELECT b.Title, l.length FROM Album b JOIN ({LONG}) l USING (AlbumId) WHERE l.n < 25",
    ),
    "exists": (
        lambda: Artist.where(exists(Album.where(Album.ArtistId == Artist.ArtistId, Album.Title.like("B%")))).select(
            "ArtistId"
        ),
        "SELECT ArtistId FROM Artist a WHERE EXISTS (SELECT 1 FROM Album b WHERE b.ArtistId = a.ArtistId AND b.Title LIKE 'B%')",
    ),
    "not exists": (
        lambda: Artist.where(~exists(Album.where(Album.ArtistId == Artist.ArtistId))).select("ArtistId"),
        "SELECT ArtistId FROM Artist WHERE ArtistId NOT IN (SELECT ArtistId FROM Album)",
    ),
    "a query as a column": (
        lambda: Artist.query().select(
            "Name", Album.where(Album.ArtistId == Artist.ArtistId).select(fn.count()).as_value().as_("n")
        ),
        "SELECT Name, (SELECT count(*) FROM Album b WHERE b.ArtistId = a.ArtistId) FROM Artist a",
    ),
    "a query to compare with": (
        lambda: Track.where(Track.Milliseconds > Track.query().select(fn.avg(Track.Milliseconds)), GenreId=1).select(
            "TrackId"
        ),
        "SELECT TrackId FROM Track WHERE Milliseconds > (SELECT avg(Milliseconds) FROM Track) AND GenreId = 1",
    ),
    "rows in a list": (
        lambda: Track.where(tuple_(Track.AlbumId, Track.GenreId).in_([(1, 1), (2, 1), (3, 9)])).select("TrackId"),
        "SELECT TrackId FROM Track WHERE (AlbumId = 1 AND GenreId = 1) OR (AlbumId = 2 AND GenreId = 1)",
    ),
    "rows not in a list": (
        lambda: Track.where(tuple_(Track.AlbumId, Track.GenreId).not_in([(1, 1)]), Track.AlbumId < 3).select("TrackId"),
        "SELECT TrackId FROM Track WHERE NOT (AlbumId = 1 AND GenreId = 1) AND AlbumId < 3",
    ),
    "rows in a query": (
        lambda: Track.where(
            tuple_(Track.AlbumId, Track.MediaTypeId).in_(Track.where(GenreId=2).select("AlbumId", "MediaTypeId"))
        ).select("TrackId"),
        (
            "SELECT TrackId FROM Track t WHERE EXISTS (SELECT 1 FROM Track u WHERE u.GenreId = 2 AND u.AlbumId = t.AlbumId AND "
            "u.MediaTypeId = t.MediaTypeId)"
        ),
    ),
    "rows compared": (
        lambda: Track.where(tuple_(Track.AlbumId, Track.TrackId) >= (340, 3490)).select("TrackId"),
        "SELECT TrackId FROM Track WHERE AlbumId > 340 OR (AlbumId = 340 AND TrackId >= 3490)",
    ),
    "a union": (
        lambda: genre(1).union(genre(2)).select("MediaTypeId"),
        "SELECT MediaTypeId FROM Track WHERE GenreId = 1 UNION SELECT MediaTypeId FROM Track WHERE GenreId = 2",
    ),
    "a union of all": (
        lambda: genre(1).union_all(genre(1)).select("MediaTypeId"),
        "SELECT MediaTypeId FROM Track WHERE GenreId = 1 UNION ALL SELECT MediaTypeId FROM Track WHERE GenreId = 1",
    ),
    "a union, an intersection, what is left": (
        lambda: genre(1).union(genre(2)).intersect(genre(2).union(genre(3))).except_(genre(3)),
        (
            "SELECT * FROM (SELECT MediaTypeId FROM Track WHERE GenreId = 2 INTERSECT SELECT MediaTypeId FROM Track WHERE "
            "GenreId IN (1, 2)) EXCEPT SELECT MediaTypeId FROM Track WHERE GenreId = 3"
        ),
    ),
    "limits inside a union": (
        lambda: (
            Track.query()
            .select("TrackId")
            .order_by("TrackId")
            .limit(2)
            .union_all(Track.query().select("TrackId").order_by("TrackId desc").limit(2))
            .where(Track.TrackId > 1)
        ),
        "SELECT 2 UNION ALL SELECT max(TrackId) FROM Track UNION ALL SELECT max(TrackId) - 1 FROM Track",
    ),
    "a recursive common table": (
        lambda: Employee.query().from_(tree(Employee.where(ReportsTo=None))),
        "SELECT EmployeeId, ReportsTo FROM Employee",
    ),
    "a recursive common table without doubles": (
        lambda: Employee.query().from_(tree(Employee.where(EmployeeId=[2, 3]), distinct=True)),
        "SELECT EmployeeId, ReportsTo FROM Employee WHERE EmployeeId IN (2, 3, 4, 5)",
    ),
    "from a query": (
        lambda: Track.query().from_(Track.query().order_by("TrackId").limit(10)).where(GenreId=1).select("TrackId"),
        "SELECT TrackId FROM Track WHERE TrackId <= 10 AND GenreId = 1",
    ),
    "a group by an expression with values": (
        lambda: (
            Customer.query()
            .select(fn.coalesce(Customer.State, "none").as_("state"), fn.count().as_("n"))
            .group_by("state")
            .having(fn.count() > 2)
            .order_by("state")
        ),
        "SELECT coalesce(State, 'none'), count(*) FROM Customer GROUP BY coalesce(State, 'none') HAVING count(*) > 2",
    ),
    "a comment": (
        lambda: Genre.where(GenreId=3).comment("why not").select("Name"),
        "SELECT Name FROM Genre WHERE GenreId = 3",
    ),
}


def genre(number: int) -> "Query[Any]":
    return Track.where(GenreId=number).select("MediaTypeId")


def joined(long: Any) -> "Query[Any]":
    return Album.query().join(long, long.AlbumId == Album.AlbumId).select("Title", long.length, long.n)


def renamed(long: Any) -> "Query[Any]":
    return Album.query().join(long, long.album == Album.AlbumId).where(long.tracks < 25).select("Title", long.ms)


@pytest.mark.parametrize("name", CASES)
def test_rows_are_those_of_the_sql(chinook: Sample, shop: Database, engine: str, name: str) -> None:
    make, sql = CASES[name]
    if name == "a full join" and engine == "mysql":
        with assert_queries(0, shop), pytest.raises(NotSupported, match="no FULL JOIN"):
            make().tuples()
        return
    wanted = chinook.rows(sql)
    assert wanted
    with assert_queries(1, shop):
        found = make().tuples()
    assert same_rows(found, wanted)
    assert make().count() == len(wanted)


def test_records_come_from_wherever_a_query_reads(chinook: Sample, shop: Database) -> None:
    async def main() -> None:
        either = Album.where(ArtistId=1).union(Album.where(ArtistId=2)).order_by("AlbumId").with_("tracks")
        with assert_queries(2, shop):
            albums = await either.async_all()
        assert [album.AlbumId for album in albums] == [1, 2, 3, 4]
        assert [len(album.tracks) for album in albums] == [10, 1, 3, 8]
        last = await either.async_last()
        assert last is not None and last.AlbumId == 4
        assert await either.async_exists()
        albums[0].Title = "renamed"
        assert await albums[0].async_save()
        boss = await BOSS.query().where(BOSS.ReportsTo == None).async_one()  # noqa: E711  # SQL's
        assert isinstance(boss, Employee)
        assert boss.EmployeeId == 1
        assert (await BOSS.query().async_find(2)).ReportsTo == 1

    run(main)


def test_a_recursive_table_begins_with_a_limited_query_and_reads_another(shop: Database) -> None:
    first = Employee.query().order_by("EmployeeId").limit(1)
    few = Employee.where(Employee.EmployeeId < 5).cte("few")

    def below(above: Any) -> Query[Any]:
        return (
            Employee.query()
            .join(above, Employee.ReportsTo == above.EmployeeId)
            .join(few, few.EmployeeId == Employee.EmployeeId)
        )

    found = Employee.query().from_(first.recursive_cte("tree", below)).order_by("EmployeeId")
    assert found.pluck("EmployeeId") == [1, 2, 3, 4]


def test_rows_with_columns_of_one_name_are_counted(chinook: Sample, shop: Database) -> None:
    sold = chinook.rows(
        "SELECT DISTINCT a.AlbumId, a.Title, t.AlbumId FROM Album a JOIN Track t ON t.AlbumId = a.AlbumId"
    )
    joined = Album.query().join("tracks").select(Album.AlbumId, Album.Title, Track.AlbumId).distinct()
    assert joined.count() == len(sold)
    assert Album.query().join("tracks").group_by(Album.AlbumId, Track.AlbumId).count() == len(sold)


def test_the_first_of_some_rows_needs_no_key_among_them(chinook: Sample, shop: Database) -> None:
    names = chinook.rows("SELECT min(Name), max(Name) FROM Genre")[0]
    distinct = Genre.query().select("Name").distinct()
    found = distinct.first(), distinct.last()
    assert tuple([genre.Name for genre in found if genre is not None]) == names


def test_a_union_has_the_types_of_the_side_that_knows_them(shop: Database) -> None:
    dates = Invoice.where(InvoiceId=1).select("InvoiceDate")
    nothing = Invoice.where(InvoiceId=1).select(value(None).as_("InvoiceDate"))
    [wanted] = dates.pluck("InvoiceDate")
    assert [found for (found,) in nothing.union_all(dates).tuples() if found is not None] == [wanted]


def test_one_sided_rows_are_no_records(shop: Database) -> None:
    full = Employee.query().right_join(Customer, Customer.SupportRepId == Employee.EmployeeId)
    with assert_queries(0, shop), pytest.raises(QueryError, match="dicts"):
        full.all()
    with assert_queries(0, shop), pytest.raises(QueryError, match="dicts"), full.stream():
        pass


@pytest.mark.engines("postgresql")
def test_the_newest_three_of_each_by_a_lateral_join(chinook: Sample, shop: Database) -> None:
    newest = (
        Invoice.where(Invoice.CustomerId == Customer.CustomerId).order_by("InvoiceId desc").limit(3).lateral("newest")
    )
    found = Customer.query().cross_join(newest).select("CustomerId", newest.InvoiceId).tuples()
    wanted = chinook.rows(
        "SELECT CustomerId, InvoiceId FROM (SELECT CustomerId, InvoiceId, row_number() OVER (PARTITION BY CustomerId "
        "ORDER BY InvoiceId DESC) AS n FROM Invoice) WHERE n <= 3"
    )
    assert same_rows(found, wanted)


def test_distinct_values_in_an_order_of_their_own(chinook: Sample, shop: Database) -> None:
    later = fn.lower(Customer.Country)
    wanted = chinook.rows("SELECT DISTINCT lower(Country) FROM Customer ORDER BY 1 DESC")
    assert Customer.query().select(later).distinct().order_by(later.desc()).tuples() == wanted
    first = fn.substr(Customer.Country, 1, 1)
    grouped = Customer.query().select(first, fn.count()).group_by(fn.substr(Customer.Country, 1, 1))
    hand = "SELECT substr(Country, 1, 1), count(*) FROM Customer GROUP BY 1 ORDER BY 1"
    assert grouped.order_by(fn.substr(Customer.Country, 1, 1)).tuples() == chinook.rows(hand)


def test_a_path_goes_on_from_a_join_of_another_kind(chinook: Sample, shop: Database) -> None:
    artists = Artist.query().left_join("albums").join("albums.tracks").where(Track.Milliseconds > 1_000_000)
    hand = (
        "SELECT DISTINCT Artist.ArtistId FROM Artist LEFT JOIN Album ON Album.ArtistId = Artist.ArtistId "
        "JOIN Track ON Track.AlbumId = Album.AlbumId WHERE Track.Milliseconds > 1000000"
    )
    assert same_rows(artists.select("ArtistId").distinct().tuples(), chinook.rows(hand))


@pytest.mark.engines("postgresql")
def test_the_newest_of_each_by_distinct_on(chinook: Sample, shop: Database) -> None:
    query = Invoice.query().distinct_on("CustomerId").order_by("CustomerId", "InvoiceId desc")
    wanted = chinook.rows("SELECT CustomerId, max(InvoiceId) FROM Invoice GROUP BY CustomerId ORDER BY 1")
    assert [(invoice.CustomerId, invoice.InvoiceId) for invoice in query.all()] == wanted
    assert query.count() == len(wanted)


@pytest.mark.engines("sqlite", "mysql")
@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: Customer.query().cross_join(Invoice.query().lateral("i")), "lateral"),
        (lambda: Invoice.query().distinct_on("CustomerId"), "DISTINCT ON"),
    ],
)
def test_what_an_engine_lacks_is_refused_before_anything_is_sent(
    shop: Database, wrong: Callable[[], "Query[Any]"], message: str
) -> None:
    with assert_queries(0, shop), pytest.raises(NotSupported, match=message):
        wrong().tuples()


@pytest.mark.engines("sqlite")
def test_sqlite_locks_no_rows(shop: Database) -> None:
    with Genre.transaction(), assert_queries(0, shop):
        for query in (Genre.query().for_update(), Genre.query().for_share(), Genre.query().hint("x")):
            with pytest.raises(NotSupported):
                query.all()


@pytest.mark.engines("postgresql", "mysql")
def test_a_lock_outside_a_transaction_is_refused(shop: Database) -> None:
    with assert_queries(0, shop), pytest.raises(UsageError, match="until the transaction ends"):
        Genre.query().for_update().all()


@pytest.mark.engines("postgresql", "mysql")
def test_a_lock_of_counted_or_streamed_rows_outside_a_transaction_is_refused(shop: Database) -> None:
    with assert_queries(0, shop), pytest.raises(UsageError, match="until the transaction ends"):
        Genre.query().for_update().count()
    stream = Genre.query().for_update().stream()
    with assert_queries(0, shop), pytest.raises(UsageError, match="until the transaction ends"), stream:
        pass


@pytest.mark.engines("postgresql", "mysql")
def test_a_lock_of_a_query_inside_outside_a_transaction_is_refused(shop: Database) -> None:
    locked = Album.where(ArtistId=1).for_update().select("ArtistId")
    queries = [
        Artist.where(Artist.ArtistId.in_(locked)),
        Artist.query().join(locked.subquery("a"), locked.subquery("a").ArtistId == Artist.ArtistId),
        Artist.query().from_(Artist.where(ArtistId=1).for_update()),
    ]
    for query in queries:
        for _ in range(2):
            with assert_queries(0, shop), pytest.raises(UsageError, match="until the transaction ends"):
                query.all()
        with assert_queries(0, shop), pytest.raises(UsageError, match="until the transaction ends"), query.stream():
            pass
        assert query.explain().text
        with Artist.transaction():
            assert {artist.ArtistId for artist in query.all()} == {1}


@pytest.mark.engines("postgresql", "mysql")
@pytest.mark.parametrize("verb", ["count", "exists", "ids"])
def test_rows_that_are_counted_or_looked_for_are_locked(shop: Database, engine: str, verb: str) -> None:
    taken = "SELECT GenreId FROM Genre WHERE GenreId = 2 FOR UPDATE NOWAIT"
    taken = taken if engine == "mysql" else taken.replace("GenreId", '"GenreId"').replace("Genre ", '"Genre" ')
    with raw.connection(engine, shop.configuration.database) as other, Genre.transaction():
        assert getattr(Genre.where(GenreId=2).for_update(), verb)()
        with pytest.raises(Exception, match=r"(?i)lock"):
            other.rows(taken)


@pytest.mark.engines("postgresql", "mysql")
def test_locked_rows_are_refused_skipped_or_read(shop: Database, engine: str) -> None:
    locking = Genre.query().order_by("GenreId").limit(1)
    held = "SELECT GenreId FROM Genre WHERE GenreId = 1 FOR UPDATE"
    with raw.connection(engine, shop.configuration.database) as other:
        other.rows("BEGIN")
        other.rows(held if engine == "mysql" else held.replace("GenreId", '"GenreId"').replace("Genre ", '"Genre" '))
        with Genre.transaction():
            assert [genre.GenreId for genre in locking.for_update(skip_locked=True).all()] == [2]
            assert [genre.GenreId for genre in locking.all()] == [1]
        with pytest.raises(LockTimeout), Genre.transaction():
            locking.for_update(nowait=True).all()
        other.rows("ROLLBACK")
    with Genre.transaction():
        assert [genre.GenreId for genre in locking.for_update(nowait=True).all()] == [1]
        assert [genre.GenreId for genre in locking.for_share().all()] == [1]


@pytest.mark.engines("postgresql")
def test_rows_of_one_table_of_two_are_locked(shop: Database) -> None:
    tracks = Track.query().join("genre").where(Genre.GenreId == 1).limit(1)
    with Genre.transaction():
        assert len(tracks.for_update(of=Track).all()) == 1
        with assert_queries(0, shop), pytest.raises(QueryError, match="does not read 'nothing'"):
            tracks.for_update(of="nothing").all()


@pytest.mark.engines("mysql")
def test_mariadb_locks_the_rows_of_all_tables(shop: Database) -> None:
    with Genre.transaction(), assert_queries(0, shop), pytest.raises(NotSupported, match="FOR UPDATE OF"):
        Track.query().join("genre").for_update(of=Track).all()


def test_an_undeclared_table_may_be_read_first_inside_another_query(
    chinook: Sample, cell: Cell, tmp_path: Path
) -> None:
    chinook.configure(cell, tmp_path)
    albums = Album.query().select("ArtistId").where(Title="Restless and Wild")
    assert [artist.ArtistId for artist in Artist.where(Artist.ArtistId.in_(albums)).all()] == [2]
    named = Track.query().select("AlbumId", fn.count().as_("n")).group_by("AlbumId").subquery("s")
    assert Album.query().join(named, named.AlbumId == Album.AlbumId).where(named.n == 57).pluck("AlbumId") == [141]
    with pytest.raises(UsageError, match="not read yet"):
        Artist.where(exists(Invoice.query().join("customer")))
