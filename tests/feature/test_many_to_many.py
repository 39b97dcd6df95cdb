"""Many-to-many: over a link table without a model, over one that the program has a model of, over those of the samples."""

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from activerecord import (
    ActiveRecord,
    BelongsTo,
    Column,
    HasMany,
    HasOne,
    Undeclared,
    UnknownRelation,
    UnknownTable,
    UsageError,
    belongs_to,
    column,
    create_tables,
    drop_tables,
    has_and_belongs_to_many,
    has_many,
    has_one,
)
from activerecord.database import Database, database
from activerecord.relation.linked import Links
from activerecord.schema.table import Link
from activerecord.testing.queries import assert_queries
from activerecord.testing.runners import RUNNERS, Runner
from tests.feature.cells import Cell
from tests.feature.sample import Sample, model_for, quoted, sample


class Post(ActiveRecord):
    __table_name__ = "mm_posts"
    id: Column[int] = column(primary_key=True)
    title: Column[str]
    tags: HasMany["Tag"] = has_and_belongs_to_many(table="mm_posts_tags", order="name")
    short_tags: HasMany["Tag"] = has_and_belongs_to_many(table="mm_posts_tags", where=lambda q: q.where(Tag.name < "b"))
    siblings: HasMany["Post"] = has_many(through="tags.posts", order="id")


class Tag(ActiveRecord):
    __table_name__ = "mm_tags"
    id: Column[int] = column(primary_key=True)
    name: Column[str]
    posts: HasMany[Post] = has_and_belongs_to_many(table="mm_posts_tags")


class Person(ActiveRecord):
    __table_name__ = "mm_people"
    id: Column[int] = column(primary_key=True)
    friends: HasMany["Person"] = has_and_belongs_to_many(
        table="mm_friends", foreign_key="person_id", other_key="friend_id", order="id"
    )
    admirers: HasMany["Person"] = has_and_belongs_to_many(
        table="mm_friends", foreign_key="friend_id", other_key="person_id", order="id"
    )


class Seat(ActiveRecord):
    __table_name__ = "mm_seats"
    row: Column[int] = column(primary_key=True)
    number: Column[int] = column(primary_key=True, name="seat number")
    guests: HasMany["Guest"] = has_and_belongs_to_many(
        table="mm_seated", foreign_key=("in_row", "on_seat"), other_key="guest_code"
    )


class Guest(ActiveRecord):
    __table_name__ = "mm_guests"
    code: Column[str] = column(primary_key=True, length=20)
    seats: HasMany[Seat] = has_and_belongs_to_many(
        table="mm_seated", foreign_key="guest_code", other_key=("in_row", "on_seat")
    )


def link(model: type[ActiveRecord], name: str) -> type[ActiveRecord]:
    """The private model of a relation's link table."""
    relation: Any = model.__mapper__.relation(name)
    found: type[ActiveRecord] = relation.hops()[0].target.model
    return found


@pytest.fixture
def blog(configured: str) -> Database:
    """Post n of 1 to 4 has the tags 1 to n - 1."""
    create_tables(Post, Tag)
    Post.insert_all({"title": f"post {n}"} for n in range(1, 5))
    Tag.insert_all({"name": "abc"[n]} for n in range(3))
    link(Post, "tags").insert_all({"post_id": n, "tag_id": m} for n in range(1, 5) for m in range(1, n))
    return Post.__mapper__.database()


def test_both_sides_in_two_queries(blog: Database, runner: Runner) -> None:
    async def main() -> None:
        with assert_queries(3, blog):
            posts = await Post.query().with_("tags.posts").order_by("id").async_all()
            assert [[tag.name for tag in post.tags] for post in posts] == [[], ["a"], ["a", "b"], ["a", "b", "c"]]
            assert [{p.id for p in tag.posts} for tag in posts[3].tags] == [{2, 3, 4}, {3, 4}, {4}]
            # a row that is reached by several ways is one object
            assert posts[1].tags[0] is posts[3].tags[0]
        with assert_queries(2, blog):
            for tag in await Tag.query().async_all():
                assert [post.id for post in await tag.posts] != []

    runner.run(main)


def test_the_link_table_is_made_with_both_sides(configured: str, engine: str) -> None:
    create_tables(Tag)
    with pytest.raises(UnknownTable):
        model_for("mm_posts_tags", "default").schema()
    drop_tables(Tag)
    create_tables(Post, Tag)
    create_tables(Post, Tag, if_not_exists=True)
    assert link(Post, "tags") is link(Tag, "posts") is link(Post, "short_tags")
    table = model_for("mm_posts_tags", "default").schema()
    assert table.primary_key == ("post_id", "tag_id") == tuple(table.columns)
    assert not any(each.nullable for each in table.columns.values())
    keys = {(key.columns, key.target, key.target_columns, key.on_delete) for key in table.foreign_keys}
    assert keys == {
        (("post_id",), "mm_posts", ("id",), "CASCADE"),
        (("tag_id",), "mm_tags", ("id",), "CASCADE"),
    }
    assert model_for("mm_tags", "default").schema().links == (
        Link(near=next(key for key in table.foreign_keys if key.target == "mm_tags"), far=_far(table.foreign_keys)),
    )
    drop_tables(Post)
    with pytest.raises(UnknownTable):
        model_for("mm_posts_tags", "default").schema()
    drop_tables(Post, Tag)


def _far(keys: Any) -> Any:
    return next(key for key in keys if key.target == "mm_posts")


def test_a_link_goes_with_either_side(blog: Database) -> None:
    Tag.find(1).delete()
    Post.find(4).delete()
    assert link(Post, "tags").query().pluck("post_id", "tag_id") == [(3, 2)]


def test_narrowed_through_and_asked_afresh(blog: Database) -> None:
    post = Post.query().with_("short_tags", "siblings").find(3)
    with assert_queries(0, blog):
        assert [tag.name for tag in post.short_tags] == ["a"]
        # by two tags, and once all the same
        assert [other.id for other in post.siblings] == [2, 3, 4]
    assert [tag.name for tag in post.tags.query().order_by("name desc").all()] == ["a", "b"]
    assert post.tags.where(name="b").count() == 1
    assert post.siblings.query().count() == 3
    assert Post.query().join("tags").where(Tag.name == "b").order_by("id").pluck("id") == [3, 4]
    assert Post.query().left_join("tags").where(Tag.id.is_null()).pluck("id") == [1]
    assert Post.query().join(Post.tags.posts, alias="other").where("other.id = 4").count() == 6


def test_a_table_that_leads_to_itself(configured: str) -> None:
    create_tables(Person)
    Person.insert_all({"id": n} for n in range(1, 6))
    link(Person, "friends").insert_all({"person_id": n, "friend_id": n // 2} for n in range(2, 6))
    assert link(Person, "friends") is link(Person, "admirers")
    with assert_queries(4, Person.__mapper__.database()):
        people = Person.query().with_("friends.admirers", "admirers").order_by("id").all()
        assert [[other.id for other in person.friends] for person in people] == [[], [1], [1], [2], [2]]
        assert [[other.id for other in person.admirers] for person in people] == [[2, 3], [4, 5], [], [], []]
        assert people[1] in people[2].friends[0].admirers
    assert Person.query().join("friends", alias="f").where("f.id = 1").order_by("id").pluck("id") == [2, 3]
    drop_tables(Person)


def test_composite_keys(configured: str, engine: str) -> None:
    create_tables(Seat, Guest)
    Seat.insert_all({"row": row, "number": number} for row in (1, 2) for number in (1, 2))
    Guest.insert_all({"code": code} for code in "ab")
    seated = [(1, 1, "a"), (1, 2, "a"), (2, 1, "b"), (1, 1, "b")]
    link(Seat, "guests").insert_all({"in_row": row, "on_seat": seat, "guest_code": code} for row, seat, code in seated)
    with assert_queries(3, Seat.__mapper__.database()):
        seats = Seat.query().with_("guests.seats").order_by("row", "number").all()
        found = [(seat.row, seat.number, guest.code) for seat in seats for guest in seat.guests]
        assert sorted(found) == sorted(seated)
        guest = seats[0].guests[0]
        assert {(seat.row, seat.number) for seat in guest.seats} == {
            (r, s) for r, s, code in seated if code == guest.code
        }
    assert seats[0].guests.query().count() == 2
    assert Guest.find("a").seats.query().count() == 2
    assert Guest.query().join("seats").where(Seat.number == 2).pluck("code") == ["a"]
    drop_tables(Seat, Guest)


class Course(ActiveRecord):
    __table_name__ = "mm_courses"
    id: Column[int] = column(primary_key=True)
    pupils: HasMany["Pupil"] = has_and_belongs_to_many(table="mm_places", foreign_key="course", other_key="pupil")
    places: HasMany["Place"] = has_many(foreign_key="course")
    graded: HasMany["Pupil"] = has_many(through="places.owner", where={"name": "ann"})


class Pupil(ActiveRecord):
    __table_name__ = "mm_pupils"
    id: Column[int] = column(primary_key=True)
    name: Column[str]


class Place(ActiveRecord):
    """The program's own model of a link table, whose attributes are called otherwise than its columns."""

    __table_name__ = "mm_places"
    course: Column[int] = column(primary_key=True, name="the_course", references="mm_courses.id")
    pupil: Column[int] = column(primary_key=True, name="the_pupil", references="mm_pupils.id")
    grade: Column[int | None]
    owner: BelongsTo[Pupil] = belongs_to(foreign_key="pupil")


def test_a_link_table_that_has_a_model(configured: str) -> None:
    create_tables(Course, Pupil, Place)
    Course.create()
    for name in ("ann", "bob"):
        Pupil.create(name=name)
    Place.insert_all({"course": 1, "pupil": n, "grade": n} for n in (1, 2))
    assert link(Course, "pupils") is Place
    course = Course.query().with_("pupils", "graded", "places.owner").one()
    assert {pupil.name for pupil in course.pupils} == {"ann", "bob"}
    assert [pupil.name for pupil in course.graded] == ["ann"]
    assert {(place.grade, place.owner.name) for place in course.places} == {(1, "ann"), (2, "bob")}


def test_declarations_that_cannot_work(configured: str) -> None:
    class Cup(ActiveRecord):
        __table_name__ = "mm_cups"
        id: Column[int] = column(primary_key=True)
        cups: HasMany["Cup"] = has_and_belongs_to_many()
        lids: HasMany["Lid"] = has_and_belongs_to_many()
        seats: HasMany["Seat"] = has_and_belongs_to_many(table="mm_cups_seats")
        strays: HasMany["Lib"] = has_and_belongs_to_many()  # type: ignore[name-defined]  # noqa: F821
        named: HasMany["Lid"] = has_and_belongs_to_many(inverse="cupz")

    class Lid(ActiveRecord):
        __table_name__ = "mm_lids"
        id: Column[int] = column(primary_key=True)
        cups: HasMany["Cup"] = has_and_belongs_to_many(foreign_key="lid", other_key="cupid")

    for name, message in (
        ("cups", "Cup.cups leads from a table to itself: name the key that leads on, other_key="),
        ("seats", r"cannot pair the columns \(row, seat number\) of Seat|cannot pair the columns"),
        ("strays", "no model is called so; did you mean 'Lid'"),
        ("named", "Lid has no relation 'cupz'; did you mean 'cups'"),
    ):
        with pytest.raises(UnknownRelation, match=message):
            Cup.query().with_(name).all()
    # the first side makes the link table, and the other names other keys
    assert Cup.__mapper__.relation("lids").target is Lid.__mapper__
    link(Cup, "lids")
    with pytest.raises(
        UnknownRelation, match=r"goes by the column 'lid' of .*, which does not exist; did you mean 'lid_id'"
    ):
        Lid.query().with_("cups").all()
    with pytest.raises(UnknownRelation):
        create_tables(Cup, Lid)


# undeclared models


class Playlist(Undeclared):
    __table_name__ = "Playlist"
    __connection__ = "chinook"
    songs: HasMany["Track"] = has_and_belongs_to_many(table="PlaylistTrack", order="TrackId")
    first_song: HasOne["Track"] = has_one(through="tracks", order="TrackId")
    playlist_tracks: HasMany["Track"] = has_many(through="songs", where={"MediaTypeId": 1})


class Track(Undeclared):
    __table_name__ = "Track"
    __connection__ = "chinook"
    __relation_names__: ClassVar = {"playlists": "lists", "playlist_tracks": "links"}


def test_declared_on_top_of_a_table_that_is_there(cell: Cell, tmp_path: Path) -> None:
    of = sample("chinook")
    of.configure(cell, tmp_path)
    lists = Playlist.query().with_("songs", "first_song", "tracks", "playlist_tracks").order_by("PlaylistId").all()
    sql = 'SELECT "PlaylistId", "TrackId" FROM "PlaylistTrack" ORDER BY 1, 2'
    pairs: list[tuple[int, int]] = of.rows(sql)
    assert [(each.PlaylistId, song.TrackId) for each in lists for song in each.songs] == pairs
    assert sorted((each.PlaylistId, song.TrackId) for each in lists for song in each.tracks) == pairs
    firsts = {each.PlaylistId: each.first_song.TrackId for each in lists if each.first_song is not None}
    assert firsts == {place: min(song for other, song in pairs if other == place) for place, _ in pairs}
    # declared by the name of one that was found, it takes its place
    assert all(song.MediaTypeId == 1 for each in lists for song in each.playlist_tracks)
    assert "playlist_tracks_by_playlist" not in Playlist.__mapper__.relations()


def test_names_that_the_program_gives(cell: Cell, tmp_path: Path) -> None:
    sample("chinook").configure(cell, tmp_path)
    track = Track.query().with_("lists", "links").find(1)
    assert {each.PlaylistId for each in track.lists} == {each.PlaylistId for each in track.links} == {1, 8, 17}
    assert not {"playlists", "playlist_tracks"} & Track.__mapper__.relations().keys()


@pytest.fixture
def forgotten() -> Iterator[None]:
    """Models of tables that others have models of too are not met by later tests."""
    yield
    gc.collect()


@pytest.mark.engines("sqlite")
@pytest.mark.places("file")
@pytest.mark.parametrize(
    ("names", "error", "message"),
    [
        ({"playlits": "lists"}, UnknownRelation, "calls a relation 'playlits' otherwise.*did you mean 'playlists'"),
        ({"playlists": "album"}, UsageError, "'album' is taken"),
        ({"playlists": "Name"}, UsageError, "'Name' is taken"),
        ({"playlists": "save"}, UsageError, "'save' is taken"),
        ({"playlists": "same", "album": "same"}, UsageError, "'same' is taken"),
        ({"playlists": "two words"}, UsageError, "cannot be the name"),
        ({"playlists": 5}, UsageError, "cannot be the name"),
        (["playlists"], UsageError, "is a dict of names"),
    ],
)
@pytest.mark.usefixtures("forgotten")
def test_names_that_cannot_be(cell: Cell, tmp_path: Path, names: Any, error: type[Exception], message: str) -> None:
    class Song(ActiveRecord):
        __table_name__ = "Track"
        __connection__ = "chinook"
        __relation_names__ = names

    sample("chinook").configure(cell, tmp_path)
    with pytest.raises(error, match=message):
        Song.query().with_("album").first()


@pytest.mark.engines("sqlite")
@pytest.mark.places("file")
@pytest.mark.usefixtures("forgotten")
def test_names_that_are_swapped(cell: Cell, tmp_path: Path) -> None:
    class Song(Undeclared):
        __table_name__ = "Track"
        __connection__ = "chinook"
        __relation_names__: ClassVar = {"album": "genre", "genre": "album"}

    sample("chinook").configure(cell, tmp_path)
    song = Song.query().with_("album", "genre").find(1)
    assert (song.album.Name, song.genre.Title) == ("Rock", "For Those About To Rock We Salute You")
    with pytest.raises(UsageError, match="leave out __relation_names__"):

        class Declared(ActiveRecord):  # pyright: ignore[reportUnusedClass]
            __relation_names__: ClassVar = {"a": "b"}
            id: Column[int] = column(primary_key=True)


LINKS = {
    "chinook": {("Playlist", "tracks"), ("Track", "playlists")},
    "northwind": {
        ("Customers", "customer_demographics"),
        ("CustomerDemographics", "customers"),
        ("Employees", "territories"),
        ("Territories", "employees"),
    },
    # a friendship and an enrolment say more than who and whom
    "awkward": set[tuple[str, str]](),
}


@pytest.fixture(params=["chinook", "northwind", "awkward"])
def of(request: pytest.FixtureRequest, tmp_path: Path, cell: Cell) -> Sample:
    found = sample(str(request.param))
    found.configure(cell, tmp_path)
    return found


def test_every_link_table_of_the_samples(of: Sample, some_runner: Runner) -> None:
    async def check(model: type[ActiveRecord], name: str, way: Links, relation: Any) -> None:
        ends = relation.ends()
        link, near, far = way.link(ends)
        own, theirs = near.target_columns, far.target_columns
        records = await model.query().with_(name).async_all()
        found = [
            (*(one[part] for part in own), *(other[part] for part in theirs))
            for one in records
            for other in getattr(one, name)
        ]
        columns = ", ".join(
            [f"o.{quoted(part)}" for part in own] + [f"t.{quoted(part)}" for part in theirs],
        )
        on = " AND ".join(f"l.{quoted(a)} = o.{quoted(b)}" for a, b in zip(near.columns, own, strict=True))
        further = " AND ".join(f"l.{quoted(a)} = t.{quoted(b)}" for a, b in zip(far.columns, theirs, strict=True))
        wanted = of.rows(
            f"SELECT DISTINCT {columns} FROM {quoted(near.target)} o JOIN {quoted(link.table_name)} l ON {on} "
            f"JOIN {quoted(far.target)} t ON {further}"
        )
        assert sorted(map(repr, found)) == sorted(map(repr, wanted))
        assert await model.query().join(name).async_count() == len(wanted)

    async def main() -> None:
        seen: set[tuple[str, str]] = set()
        for table in of.tables:
            model = model_for(table, of.name)
            await model.async_schema()
            relations: dict[str, Any] = dict(model.__mapper__.relations())
            for name, relation in relations.items():
                if isinstance(relation.way, Links):
                    seen.add((table, name))
                    await check(model, name, relation.way, relation)
        assert seen == LINKS[of.name]

    some_runner.run(main)


def test_links_between_the_same_tables_are_told_apart(configured: str) -> None:
    async def main() -> None:
        place = database()
        for sql in (
            "CREATE TABLE people (id INTEGER PRIMARY KEY, name VARCHAR(9))",
            "CREATE TABLE clubs (id INTEGER PRIMARY KEY)",
            (
                "CREATE TABLE follows (follower_id INTEGER NOT NULL REFERENCES people (id), "
                "followed_id INTEGER NOT NULL REFERENCES people (id), PRIMARY KEY (follower_id, followed_id))"
            ),
            (
                "CREATE TABLE members (person_id INTEGER NOT NULL REFERENCES people (id), "
                "club_id INTEGER NOT NULL REFERENCES clubs (id), PRIMARY KEY (person_id, club_id))"
            ),
            # without a key of its own, but of nothing else
            (
                "CREATE TABLE visits (person_id INTEGER NOT NULL REFERENCES people (id), "
                "club_id INTEGER NOT NULL REFERENCES clubs (id))"
            ),
            # with payload
            (
                "CREATE TABLE fees (person_id INTEGER NOT NULL REFERENCES people (id), "
                "club_id INTEGER NOT NULL REFERENCES clubs (id), amount INTEGER, PRIMARY KEY (person_id, club_id))"
            ),
            "INSERT INTO people VALUES (1, 'ann'), (2, 'bob'), (3, 'cy')",
            "INSERT INTO follows VALUES (1, 2), (1, 3), (2, 3)",
        ):
            await place.execute_text(sql, writes=True)
        people: Any = model_for("people", "default")
        clubs = model_for("clubs", "default")
        await people.async_schema()
        await clubs.async_schema()
        assert {*people.__mapper__.relations()} == {
            "fees",
            "members",
            "visits",
            "follows_by_follower",
            "follows_by_followed",
            "people_by_follower",
            "people_by_followed",
            "clubs_by_members",
            "clubs_by_visits",
        }
        assert {*clubs.__mapper__.relations()} == {"fees", "members", "visits", "people_by_members", "people_by_visits"}
        ann, _, cy = await people.query().with_("people_by_follower", "people_by_followed").order_by("id").async_all()
        assert {person.name for person in ann.people_by_follower} == {"bob", "cy"}
        assert {person.name for person in cy.people_by_followed} == {"ann", "bob"}

    RUNNERS["asyncio"].run(main)
