"""Dependents: what becomes of the records that lead to one that is deleted."""

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest

from activerecord import (
    ActiveRecord,
    BelongsTo,
    Column,
    DeleteRestricted,
    ForeignKeyViolation,
    HasMany,
    HasOne,
    IntegrityError,
    QueryError,
    UsageError,
    belongs_to,
    column,
    create_tables,
    gather,
    has_and_belongs_to_many,
    has_many,
    has_one,
)
from activerecord.database import Database
from activerecord.testing.queries import Statements, count_queries
from activerecord.testing.runners import RUNNERS, Manner, Runner, cut_short


class Club(ActiveRecord):
    __table_name__ = "de_clubs"
    id: Column[int] = column(primary_key=True)
    members_count: Column[int] = column(default=0)
    updated_at: Column[dt.datetime | None]
    members: HasMany["Member"] = has_many(dependent="restrict")


class Member(ActiveRecord):
    __table_name__ = "de_members"
    id: Column[int] = column(primary_key=True)
    name: Column[str] = column(default="x")
    club_id: Column[int | None]
    posts_count: Column[int] = column(default=0)
    club: BelongsTo["Club | None"] = belongs_to(counter_cache=True, touch=True)
    posts: HasMany["Post"] = has_many(dependent="destroy")
    profile: HasOne["Profile"] = has_one(dependent="destroy")
    visits: HasMany["Visit"] = has_many(dependent="delete")
    remarks: HasMany["Remark"] = has_many(dependent="nullify")
    photos: HasMany["Photo"] = has_many(as_="subject", dependent="nullify")
    labels: HasMany["Label"] = has_and_belongs_to_many(table="de_links", dependent="delete")


class Post(ActiveRecord):
    __table_name__ = "de_posts"
    id: Column[int] = column(primary_key=True)
    member_id: Column[int]
    member: BelongsTo["Member"] = belongs_to(counter_cache=True)
    remarks: HasMany["Remark"] = has_many(dependent="destroy")
    photos: HasMany["Photo"] = has_many(as_="subject", dependent="destroy")


class Profile(ActiveRecord):
    __table_name__ = "de_profiles"
    id: Column[int] = column(primary_key=True)
    member_id: Column[int]
    member: BelongsTo["Member"] = belongs_to()


class Visit(ActiveRecord):
    __table_name__ = "de_visits"
    id: Column[int] = column(primary_key=True)
    member_id: Column[int]
    member: BelongsTo["Member"] = belongs_to()


class Remark(ActiveRecord):
    """Below a post, and by a member, so that it is reached by two ways."""

    __table_name__ = "de_remarks"
    id: Column[int] = column(primary_key=True)
    member_id: Column[int | None]
    post_id: Column[int | None]
    member: BelongsTo["Member | None"] = belongs_to()
    post: BelongsTo["Post | None"] = belongs_to()


class Photo(ActiveRecord):
    __table_name__ = "de_photos"
    id: Column[int] = column(primary_key=True)
    subject_type: Column[str | None] = column(length=20)
    subject_id: Column[int | None]
    subject: BelongsTo["Member | Post"] = belongs_to(polymorphic=True)


class Label(ActiveRecord):
    __table_name__ = "de_labels"
    id: Column[int] = column(primary_key=True)
    members: HasMany["Member"] = has_and_belongs_to_many(table="de_links", dependent="restrict")


class Person(ActiveRecord):
    """Two ways from a person to others, so that one may be reached before another that it leads to."""

    __table_name__ = "de_people"
    id: Column[int] = column(primary_key=True)
    mother_id: Column[int | None]
    father_id: Column[int | None]
    mother: BelongsTo["Person | None"] = belongs_to()
    father: BelongsTo["Person | None"] = belongs_to()
    hers: HasMany["Person"] = has_many(foreign_key="mother_id", dependent="destroy")
    his: HasMany["Person"] = has_many(foreign_key="father_id", dependent="destroy")


class Cell(ActiveRecord):
    """Keys of two columns."""

    __table_name__ = "de_cells"
    x: Column[int] = column(primary_key=True)
    y: Column[int] = column(primary_key=True)
    of_x: Column[int | None]
    of_y: Column[int | None]
    of: BelongsTo["Cell | None"] = belongs_to(foreign_key=("of_x", "of_y"))
    cells: HasMany["Cell"] = has_many(foreign_key=("of_x", "of_y"), dependent="destroy")


ALL: list[Any] = [Club, Member, Post, Profile, Visit, Remark, Photo, Label, Person, Cell]


@pytest.fixture
def club(configured: str) -> Database:
    create_tables(*ALL)
    Club.create(id=1)
    return Club.__mapper__.database()


def left() -> dict[str, int]:
    return {model.__name__: number for model in ALL if (number := model.query().count())}


def verbs(statements: Statements) -> list[str]:
    words = [sql.split()[0] for sql in statements]
    return [word for word in words if word in {"SELECT", "UPDATE", "DELETE"}]


def make_member(name: str = "ann") -> Member:
    member = Member.create(name=name, club_id=1)
    first = Post.create(member=member)
    Post.create(member=member)
    Profile.create(member=member)
    Visit.insert_all([{"member_id": member.id}] * 3)
    Remark.create(member=member, post=first)
    Remark.create(member=member)
    Photo.create(subject=first)
    Photo.create(subject=member)
    return member


def test_all_kinds(club: Database, runner: Runner) -> None:
    ann, bob = make_member(), make_member("bob")
    label = Label.create(members=[ann, bob])

    async def main() -> None:
        member = await Member.async_find(ann.id)
        assert await member.async_delete() and member.is_new

    runner.run(main)
    assert left() == {
        "Club": 1,
        "Member": 1,
        "Post": 2,
        "Profile": 1,
        "Visit": 3,
        "Remark": 3,
        "Photo": 3,
        "Label": 1,
    }
    # of ann a remark is left that leads nowhere, and a photo of nothing
    assert sorted(map(str, Remark.query().pluck("member_id"))) == ["2", "2", "None"]
    assert Photo.where(subject_type=None, subject_id=None).count() == 1
    assert [member.name for member in Label.find(label.id).members] == ["bob"]
    assert (Club.find(1).members_count, Member.find(bob.id).posts_count) == (1, 2)
    assert Club.find(1).updated_at is not None


def test_statements(club: Database) -> None:
    ann = Member.find(make_member().id)
    with count_queries(club) as sent:
        ann.delete()
    # own row twice (what it leads to, what leads to it); posts, profile, remarks and photos of the posts; then two keys made
    # NULL, photos, remarks, posts, profile, visits, links, the row; the counter and the moment of the club
    selects = 2 + 4
    assert [verbs(sent).count(verb) for verb in ("SELECT", "UPDATE", "DELETE")] == [selects, 2 + 2, 7], str(sent)
    bare = Member.create(name="bare")
    with count_queries(club) as sent:
        bare.delete()
    assert [verbs(sent).count(verb) for verb in ("UPDATE", "DELETE")] == [2, 3], str(sent)


def test_nothing_to_pay(club: Database) -> None:
    """A model that has no dependents is deleted as ever."""
    visit = Visit.create(member=Member.create())
    with count_queries(club) as sent:
        visit.delete()
    assert [sql.split()[0] for sql in sent] == ["DELETE"]


def test_restricted(club: Database) -> None:
    member = make_member()
    first = Club.find(1)
    with count_queries(club) as sent, pytest.raises(DeleteRestricted, match=r"Club.members are there") as caught:
        first.delete()
    assert "DELETE" not in verbs(sent) and "UPDATE" not in verbs(sent)
    assert isinstance(caught.value, IntegrityError) and not first.is_new
    label = Label.create(members=[member])
    with pytest.raises(DeleteRestricted, match=r"Label\.members"):
        label.delete()
    member.delete()
    assert first.delete() and label.delete()
    assert left() == {"Remark": 1, "Photo": 1}


class House(ActiveRecord):
    """What hangs on what it takes along is in the way too."""

    __table_name__ = "de_houses"
    id: Column[int] = column(primary_key=True)
    rooms: HasMany["Room"] = has_many(dependent="destroy")


class Room(ActiveRecord):
    __table_name__ = "de_rooms"
    id: Column[int] = column(primary_key=True)
    house_id: Column[int]
    house: BelongsTo["House"] = belongs_to()
    guests: HasMany["Guest"] = has_many(where={"gone": False}, dependent="restrict")
    former: HasMany["Guest"] = has_many(where=lambda query: query.where(gone=True), dependent="delete")


class Guest(ActiveRecord):
    __table_name__ = "de_guests"
    id: Column[int] = column(primary_key=True)
    room_id: Column[int]
    gone: Column[bool] = column(default=False)
    room: BelongsTo["Room"] = belongs_to()


def test_restricted_below_and_narrowed(club: Database) -> None:
    create_tables(House, Room, Guest)
    house = House(rooms=[Room(guests=[Guest(gone=True), Guest(gone=True)]), Room()])
    house.save()
    guest = Guest.create(room=house.rooms[1])
    with pytest.raises(DeleteRestricted, match=r"this Room cannot be deleted: Room.guests are there"):
        house.delete()
    assert (House.query().count(), Room.query().count(), Guest.query().count()) == (1, 2, 3)
    guest.update(gone=True)
    assert house.delete()
    assert (House.query().count(), Room.query().count(), Guest.query().count()) == (0, 0, 0)


def test_the_records_at_hand(club: Database) -> None:
    made = make_member()
    member = Member.query().with_("posts.remarks", "profile", "visits", "remarks", "photos").find(made.id)
    posts, profile, visits, remarks = list(member.posts), member.profile, list(member.visits), list(member.remarks)
    assert profile is not None
    below = [remark for post in posts for remark in post.remarks]
    with pytest.raises(ZeroDivisionError), Member.transaction():
        member.delete()
        assert [each.is_new for each in (member, *posts, profile, *visits, *below)] == [True] * 8
        assert (list(member.posts), member.profile, list(member.visits), list(member.remarks)) == ([], None, [], [])
        assert {remark.member_id for remark in remarks} <= {None, member.id}
        raise ZeroDivisionError
    assert not any(each.is_new for each in (member, *posts, profile, *visits, *below))
    assert (list(member.posts), member.profile, list(member.remarks)) == (posts, profile, remarks)
    assert [remark.member_id for remark in remarks] == [member.id] * 2 and not any(each.changed for each in remarks)
    member.delete()
    assert all(post.is_new for post in posts)
    free = next(remark for remark in remarks if not remark.is_new and remark.post_id is None)
    assert (free.member_id, free.changed) == (None, False)
    assert Remark.find(free.id).member_id is None


def test_gone_already(club: Database) -> None:
    member = make_member()
    twin = Member.find(member.id)
    member.delete()
    rows = left()
    Remark.query().everywhere().delete_all()
    assert not twin.delete() and twin.is_new
    assert left() == {name: number for name, number in rows.items() if name != "Remark"}


def test_a_row_reached_before_what_it_leads_to(club: Database) -> None:
    """Her child is her grandchild too, by its father: it goes before its father."""
    eve = Person.create()
    abel = Person.create(mother=eve)
    Person.create(mother=eve, father=abel)
    for _ in range(3):
        Person.create(mother=eve)
    with count_queries(club) as sent:
        eve.delete()
    assert Person.query().count() == 0
    assert verbs(sent).count("DELETE") == 3


def test_circles(club: Database) -> None:
    a = Person.create()
    b = Person.create(mother=a)
    c = Person.create(mother=b)
    a.update(mother=c)
    other = Person.create()
    other.update(mother=other, father=c)
    outside = Person.create()
    b.delete()
    assert Person.query().ids() == [outside.id]
    outside.update(father=outside)
    assert outside.delete()
    assert Person.query().count() == 0


def test_deep_trees_of_composite_keys(club: Database) -> None:
    top = Cell.create(x=0, y=0)
    Cell.insert_all([{"x": n, "y": 2 * n, "of_x": n - 1, "of_y": 2 * (n - 1)} for n in range(1, 30)])
    Cell.insert_all([{"x": 100 + n, "y": n, "of_x": 29, "of_y": 58} for n in range(500)])
    Cell.create(x=1000, y=0)
    top.delete()
    assert Cell.query().pluck("x") == [1000]


def test_many(club: Database) -> None:
    """More keys than a statement has room for on some engines."""
    member = make_member()
    number = 40_000
    Post.insert_all({"member_id": member.id} for _ in range(number))
    with count_queries(club) as sent:
        member.delete()
    assert left() == {"Club": 1, "Remark": 1, "Photo": 1}
    assert len(sent) < 40, str(sent)


class Wall(ActiveRecord):
    __table_name__ = "de_walls"
    id: Column[int] = column(primary_key=True)
    bricks: HasMany["Brick"] = has_many(dependent="nullify")
    newest: HasMany["Brick"] = has_many(where=lambda query: query.order_by("-id").limit(1))


class Brick(ActiveRecord):
    __table_name__ = "de_bricks"
    id: Column[int] = column(primary_key=True)
    wall_id: Column[int]
    wall: BelongsTo["Wall"] = belongs_to()


class Tower(ActiveRecord):
    """The same table, by other relations."""

    __table_name__ = "de_walls"
    id: Column[int] = column(primary_key=True)
    newest: HasMany["Brick"] = has_many(
        foreign_key="wall_id", where=lambda query: query.order_by("-id").limit(1), dependent="delete"
    )


class Plain(ActiveRecord):
    """Leads to bricks that it says nothing about."""

    __table_name__ = "de_walls"
    id: Column[int] = column(primary_key=True)
    bricks: HasMany["Brick"] = has_many(foreign_key="wall_id")


def test_mistakes(club: Database) -> None:
    create_tables(Wall, Brick)
    wall = Wall.create()
    brick = Brick.create(wall=wall)
    with pytest.raises(UsageError, match=r"Wall.bricks has dependent='nullify', and wall_id of Brick may not be NULL"):
        wall.delete()
    with pytest.raises(UsageError, match=r"Tower.newest has dependent and a limit"):
        Tower.find(wall.id).delete()
    with pytest.raises(ForeignKeyViolation):
        Plain.find(wall.id).delete()
    assert Brick.query().ids() == [brick.id] and not wall.is_new


def wrong(value: object) -> Any:
    """What a checker would refuse."""
    return value


@pytest.mark.parametrize(
    ("declare", "says"),
    [
        (
            lambda: has_many(dependent=wrong("destory")),
            "dependent takes one of 'destroy', 'delete', 'nullify', 'restrict'",
        ),
        (lambda: has_many(dependent=wrong(True)), "dependent takes one of"),
        (lambda: has_many(through="a.b", dependent="delete"), "declare it on the first relation of the way"),
        (lambda: has_one(order="id", dependent="delete"), "shows one: use a has_many"),
        (lambda: has_and_belongs_to_many(dependent=wrong("destroy")), "takes the links alone"),
    ],
)
def test_what_cannot_be_declared(declare: Callable[[], Any], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        declare()


class Keyless(ActiveRecord):
    __table_name__ = "de_keyless"
    shelf_id: Column[int]


class Shelf(ActiveRecord):
    __table_name__ = "de_shelves"
    id: Column[int] = column(primary_key=True)
    marks: HasMany["Keyless"] = has_many(dependent="destroy")


class OtherShelf(ActiveRecord):
    __table_name__ = "de_shelves"
    id: Column[int] = column(primary_key=True)
    marks: HasMany["Keyless"] = has_many(foreign_key="shelf_id", dependent="delete")


def test_rows_without_a_key(club: Database) -> None:
    create_tables(Shelf, Keyless)
    shelf = Shelf.create()
    Keyless.insert_all([{"shelf_id": shelf.id}] * 2)
    with pytest.raises(QueryError, match=r"'de_keyless' has no primary key, so its rows cannot be destroyed"):
        shelf.delete()
    OtherShelf.find(shelf.id).delete()
    assert Keyless.query().count() == 0


def test_cut_short(club: Database) -> None:
    """Wherever it is cut off, all of it has happened or nothing, and the records at hand know which."""
    make_member()
    full = left()

    async def main() -> None:
        for step in range(16):
            member = await Member.query().with_("posts").async_one()
            posts = list(member.posts)
            manner: Manner = "task" if step % 2 else "scope"
            await cut_short(member.async_delete, manner, after=step * 0.0008)
            gone = not await Member.where(id=member.id).async_count()
            assert member.is_new == gone and all(post.is_new == gone for post in posts)
            assert len(member.posts) == (0 if gone else 2)
            if gone:
                break

    RUNNERS["asyncio"].run(main)
    gone = not Member.query().count()
    assert left() == ({"Club": 1, "Remark": 1, "Photo": 1} if gone else full)
    assert Club.find(1).members_count == (0 if gone else 1)


def test_together(club: Database) -> None:
    """Tasks delete the same records and others add to them: nothing is left that leads nowhere, and the counter is right."""
    members = [make_member(f"m{n}") for n in range(4)]

    async def delete(key: int) -> None:
        found = await Member.async_find_by(id=key)
        if found is not None:
            await found.async_delete()

    async def add(key: int) -> None:
        with suppress(ForeignKeyViolation):
            await Post.async_create(member_id=key)

    async def main() -> None:
        keys = [member.id for member in members[:3]]
        units = [partial(work, key) for key in keys for work in (delete, add, delete, add)]
        # where gaps between keys are locked, some of them are told to begin again
        await gather(*[Member.async_run_transaction(unit, retries=20) for unit in units])

    RUNNERS["asyncio"].run(main)
    assert Member.query().pluck("name") == ["m3"]
    assert {*Post.query().pluck("member_id")} == {members[3].id}
    assert Club.find(1).members_count == 1
