"""Relations that come in the same statement, over the music shop and the trading company, against joins written by hand."""

from collections.abc import Callable
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
    QueryError,
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
from tests.feature.sample import sample

pytestmark = pytest.mark.places("file", "server")


class Track(Undeclared):
    __table_name__ = "Track"
    __connection__ = "chinook"


class Artist(Undeclared):
    __table_name__ = "Artist"
    __connection__ = "chinook"


class Employee(Undeclared):
    __table_name__ = "Employee"
    __connection__ = "chinook"


class Product(Undeclared):
    __table_name__ = "Products"
    __connection__ = "northwind"


@pytest.fixture
def shop(cell: Cell, tmp_path: Path) -> Database:
    sample("chinook").configure(cell, tmp_path)
    found = database("chinook")
    for model in (Track, Artist, Employee):
        model.schema()
    # the tables that joins lead to
    Track.query().with_joined("album.artist", "genre").limit(1).all()
    return found


def test_records_of_other_tables_come_along(shop: Database) -> None:
    rows = sample("chinook").rows(
        "SELECT TrackId, Title, a.Name, g.Name FROM Track JOIN Album USING (AlbumId) JOIN Artist a USING (ArtistId) LEFT JOIN "
        "Genre g USING (GenreId) ORDER BY 1"
    )
    with assert_queries(1, shop):
        tracks = Track.query().with_joined("album.artist", "genre").order_by("TrackId").all()
        found = [(t.TrackId, t.album.Title, t.album.artist.Name, t.genre.Name) for t in tracks]
    assert found == rows
    # a row is one object
    assert len({id(track.album) for track in tracks}) == 347
    assert len({id(track.album.artist) for track in tracks}) == 204
    tracks[0].album.Title = "other"
    tracks[0].album.save()
    assert Track.query().with_joined("album").find(tracks[0].TrackId).album.Title == "other"


def test_none_where_there_is_none_and_rows_of_the_same_table(shop: Database) -> None:
    with assert_queries(1, shop):
        staff = Employee.query().with_joined("reports_to.reports_to").order_by("EmployeeId").all()
        above = [each.reports_to and each.reports_to.EmployeeId for each in staff]
        second = [each.reports_to and each.reports_to.reports_to for each in staff]
    wanted = sample("chinook").rows("SELECT ReportsTo FROM Employee ORDER BY EmployeeId")
    assert above == [key for (key,) in wanted]
    assert second[:2] == [None, None] and second[2] == staff[0]


def _rows_of(artist: Any) -> list[tuple[int, int | None, int | None]]:
    albums = sorted((album.AlbumId, sorted(track.TrackId for track in album.tracks)) for album in artist.albums)
    return [(artist.ArtistId, album, track) for album, tracks in albums for track in tracks] or [
        (artist.ArtistId, None, None)
    ]


def test_many_of_each(shop: Database) -> None:
    rows = sample("chinook").rows(
        "SELECT a.ArtistId, AlbumId, TrackId FROM Artist a LEFT JOIN Album USING (ArtistId) LEFT JOIN Track USING (AlbumId) "
        "ORDER BY 1, 2, 3"
    )
    with assert_queries(1, shop):
        artists = Artist.query().with_joined("albums.tracks").order_by("ArtistId").all()
        found = [row for artist in artists for row in _rows_of(artist)]
    assert found == rows


def test_beside_what_is_loaded_by_queries_of_its_own(shop: Database) -> None:
    with assert_queries(2, shop):
        tracks = Track.query().with_joined("album").with_("genre").where(Track.TrackId < 50).all()
        assert {track.genre.Name for track in tracks} >= {"Rock"} and all(track.album for track in tracks)
    narrowed = (
        Artist.query()
        .where(ArtistId=1)
        .with_(("albums", lambda q: q.with_joined("artist").order_by("AlbumId").limit(1)))
    )
    assert [album.artist.ArtistId for album in narrowed.one().albums] == [1]


def test_in_pages_batches_streams_and_by_key(shop: Database) -> None:
    query = Track.query().with_joined("album")
    page = query.order_by("Milliseconds desc").paginate(5)
    assert [track.album.AlbumId for track in page] == [227, 229, 253, 253, 253]
    with assert_queries(2, shop):
        assert [track.album.AlbumId for track in query.page(2, per_page=3)] == [3, 3, 1]
    with query.order_by("TrackId").stream(batch=10) as rows:
        assert [track.album.AlbumId for _, track in zip(range(25), rows, strict=False)][:8] == [1, 2, 3, 3, 3, 1, 1, 1]
    assert [track.album.AlbumId for _, track in zip(range(3), query.find_each(2), strict=False)] == [1, 2, 3]
    assert query.find(2).album.AlbumId == 2
    first = query.first()
    assert first is not None and first.album.AlbumId == 1
    assert (query.count(), query.order_by("TrackId").limit(2).ids()) == (3503, [1, 2])
    # what reads it shows it; what gives no records goes without
    assert "LEFT JOIN" in query.to_sql()[0]
    with assert_queries(1, shop) as sent:
        assert len(query.limit(2).dicts()[0]) == 9
    assert "JOIN" not in str(sent)
    with (
        pytest.raises(QueryError, match="a stream ends a batch anywhere"),
        Artist.query().with_joined("albums").stream(),
    ):
        pass


def test_conditions_and_counters_go_with_it(cell: Cell, tmp_path: Path) -> None:
    northwind = sample("northwind")
    northwind.configure(cell, tmp_path)
    rows = northwind.rows(
        "SELECT ProductID, CompanyName, CategoryName, (SELECT count(*) FROM [Order Details] d WHERE d.ProductID = p.ProductID) "
        "FROM Products p JOIN Suppliers USING (SupplierID) JOIN Categories c USING (CategoryID) WHERE c.CategoryID IN (1, 2) ORDER BY 1"
    )
    query = (
        Product.query()
        .with_joined("supplier", "category")
        .with_count("order_details", as_="n")
        .where_has("category", {"CategoryID": [1, 2]})
        .order_by("ProductID")
    )
    found = [(each.ProductID, each.supplier.CompanyName, each.category.CategoryName, each.n) for each in query.all()]
    assert found == rows


class Team(ActiveRecord):
    __table_name__ = "join_teams"
    id: Column[int] = column(primary_key=True)
    name: Column[str]
    players: HasMany["Player"] = has_many(foreign_key="team_id", order="name desc")
    goals: HasMany["Goal"] = has_many(through="players.goals", where={"own": False})
    best: HasOne["Player"] = has_one(foreign_key="team_id", order="rating desc")


class Player(ActiveRecord):
    __table_name__ = "join_players"
    id: Column[int] = column(primary_key=True)
    team_id: Column[int | None]
    name: Column[str]
    rating: Column[int]
    team: BelongsTo["Team | None"] = belongs_to()
    goals: HasMany["Goal"] = has_many(foreign_key="player_id")


class Goal(ActiveRecord):
    __table_name__ = "join_goals"
    id: Column[int] = column(primary_key=True)
    player_id: Column[int]
    own: Column[bool]


@pytest.fixture
def league(configured: str) -> Database:
    """Team 1 has players a, b and c, of whom b is the best; team 2 has none; d plays for nobody."""
    create_tables(Team, Player, Goal)
    Team.insert_all([{"name": "one"}, {"name": "two"}])
    Player.insert_all(
        {"name": name, "rating": rating, "team_id": team}
        for name, rating, team in [("a", 3, 1), ("b", 9, 1), ("c", 5, 1), ("d", 7, None)]
    )
    Goal.insert_all(
        {"player_id": player, "own": own} for player, own in [(1, False), (1, True), (2, False), (1, False)]
    )
    return Team.__mapper__.database()


def test_narrowed_ordered_and_first(league: Database, some_runner: Runner) -> None:
    async def main() -> None:
        with assert_queries(2, league):
            one, two = await Team.query().with_joined(Team.players, "goals", "best").order_by("id").async_all()
            assert [player.name for player in one.players] == ["c", "b", "a"]
            assert sorted(goal.id for goal in one.goals) == [1, 3, 4]
            assert one.best is one.players[1] and one.players[1].team is one
            assert (list(two.players), list(two.goals), two.best) == ([], [], None)
            players = await Player.query().with_joined("team.best").order_by("id").async_all()
            assert [player.team and player.team.best for player in players] == [players[1]] * 3 + [None]

    some_runner.run(main)


ASKED: list[Callable[[Query[Team]], object]] = [
    lambda teams: teams.limit(1).all(),
    lambda teams: teams.offset(1).all(),
    lambda teams: teams.first(),
    lambda teams: teams.page(1),
]


@pytest.mark.parametrize("ask", ASKED)
def test_a_limit_over_many_is_refused(league: Database, ask: "Callable[[Query[Team]], object]") -> None:
    with assert_queries(0, league), pytest.raises(QueryError, match=r"with_\('players'\)"):
        ask(Team.query().with_joined("players"))


def test_what_is_loaded_is_named_once_it_is_joined_too(league: Database) -> None:
    with assert_queries(0, league), pytest.raises(QueryError, match=r"joined too: left_join\(\.\.\.\)") as caught:
        Player.query().with_joined("team").order_by(Team.id).all()
    assert "1 team" not in str(caught.value)
    players = (
        Player.query()
        .left_join("team")
        .with_joined("team")
        .where(Team.id == 1)
        .order_by(Team.id, Player.id.desc())
        .all()
    )
    assert [player.id for player in players] == [3, 2, 1]
    assert {player.team and player.team.id for player in players} == {1}
